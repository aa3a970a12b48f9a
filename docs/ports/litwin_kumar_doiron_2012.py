"""
Litwin-Kumar & Doiron (2012): clusters that come and go
=======================================================

Nat Neurosci 15:1498: 4000 excitatory and 1000 inhibitory neurons in balance. Where excitatory neurons form 50 clusters,
within which pairs are connected 2.5 times as often and 1.9 times as strongly, whole clusters wander between low and
high rates, and counts of spikes vary more than those of a Poisson process. In a uniform network they vary less.

In the paper Fano factors lie below 1 in the uniform network and above 1 in the clustered one, whose clusters reach some
tens of Hz.

``rb.Clustered`` takes a probability for each pair of groups, where Brian2 has a condition such as ``p="p_in*(i//80 ==
j//80)"``. The paper's weights are kicks; in V they have the area ``J tau_m``.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

TAU_M = {"e": 15.0, "i": 10.0}


def run(ratio=2.5, clusters=50, duration=2500.0, seed=1):
    """Simulate `duration` ms; with fewer clusters of 80 cells weights grow, so that the balance stays."""
    net = rb.Network(dt=0.1, seed=seed)
    lif = {"V_th": 1, "V_re": 0, "t_ref": 5}
    net.add(rb.LIF(tau_m=15, E_L=rb.Uniform(1.1, 1.2), **lif), 80 * clusters, name="e", V=rb.Uniform(0, 1))
    net.add(rb.LIF(tau_m=10, E_L=rb.Uniform(1.0, 1.05), **lif), 20 * clusters, name="i", V=rb.Uniform(0, 1))
    same, factor = np.eye(clusters), 1.9 if ratio > 1 else 1.0
    p = 0.2 * clusters / (ratio + clusters - 1)  # between clusters; 0.2 on average
    for post, pre, rule, J in (
        ("e", "e", rb.Clustered(ratio * p * same), 0.024 * factor),
        ("e", "e", rb.Clustered(p * (1 - same)), 0.024),
        ("i", "e", rb.Bernoulli(0.5), 0.014),
        ("e", "i", rb.Bernoulli(0.5), -0.045),
        ("i", "i", rb.Bernoulli(0.5), -0.057),
    ):
        synapse = rb.DifferenceOfExponentials(tau_rise=1, tau_decay=3 if pre == "e" else 2)
        net.connect(net[pre], net[post], rule, weight=J * TAU_M[post] * np.sqrt(50 / clusters), synapse=synapse)
    return net.run(duration)


def cluster_rates(res):
    """Return the rates (Hz) of the clusters in windows of 100 ms after the first 500, shape (clusters, windows)."""
    counts = rb.spikes.binned_counts(res.spikes("e").between(500, res.t_stop), 100)
    return counts.reshape(-1, 80, counts.shape[1]).mean(axis=1) * 10


def measure(res):
    """Return the rate (Hz), the mean Fano factor of counts in 100 ms, and how much rates of clusters vary (Hz)."""
    trains, rates = res.spikes("e").between(500, res.t_stop), cluster_rates(res)
    counts = rb.spikes.binned_counts(trains, 100)
    counts = counts[counts.sum(axis=1) >= 5]
    return {
        "rate of e (Hz)": rb.spikes.mean_rate(trains).mean(),
        "Fano factor": (counts.var(axis=1, ddof=1) / counts.mean(axis=1)).mean(),
        "deviation of cluster rates (Hz)": rates.std(axis=1).mean(),
        "highest cluster rate (Hz)": rates.max(),
    }


def draw(results):
    """Draw spikes of the excitatory neurons of both networks, one above the other."""
    _, axes = plt.subplots(2, 1, sharex=True, figsize=(8, 7), layout="constrained")
    for ax, (name, res) in zip(axes, results.items(), strict=True):
        rb.plot.raster({"e": res.spikes("e")}, t_start=res.t_stop - 1500, t_stop=res.t_stop, ax=ax)
        ax.set_title(name)
    axes[0].set_xlabel("")


# %%
if __name__ == "__main__":
    results = {"uniform": run(ratio=1.0), "clustered": run(ratio=2.5)}
    for name, res in results.items():
        print(f"{name}:", ", ".join(f"{what} {value:.3g}" for what, value in measure(res).items()))
    draw(results)
    plt.show()
