"""
Song, Miller & Abbott (2000): synapses that compete
===================================================

Nat Neurosci 3:919: a thousand Poisson processes at 15 Hz reach one neuron by conductances that change with the order of
spikes on either side. Weights part in two groups, near 0 and near the largest, while the neuron keeps firing.

After 50 s in Brian2 2.9 (three seeds) the mean weight is 0.476 to 0.479 of the largest; 29 to 30 % of the weights lie
in the lowest fifth and 24 to 25 % in the highest, and the neuron fires at 24 to 26 Hz in the last 5 s.

Brian2's example is 34 lines long, as it writes the rule down; here the rule has a name. ``rb.plasticity`` writes it
down, too.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

W_MAX = 0.01  # of the leak conductance


def run(duration=50_000.0, seed=1, change=0.01):
    """Learn for `duration` ms; a pair of spikes changes a weight by at most `change` of the largest."""
    net = rb.Network(dt=0.1, seed=seed)
    x = net.add(rb.Poisson(rate=15), 1000, name="x")
    post = net.add(rb.LIF(tau_m=10, E_L=-74, V_th=-54, V_re=-60), 1, name="post", V=-60)
    stdp = rb.PairSTDP(A_plus=change * W_MAX, A_minus=1.05 * change * W_MAX, w_max=W_MAX)
    synapse = rb.Exponential(tau=5, reversal=0)
    weights = rb.Uniform(0, W_MAX)
    learned = net.connect(x, post, rb.AllToAll(), weight=weights, synapse=synapse, plasticity=stdp)
    net.record_weights(learned, every=100.0)
    return net.run(duration)


def measure(res):
    """Return the mean weight, the share of weights in the outer fifths, and the rate (Hz) in the last tenth."""
    w = res.weights("x", "post").values[-1] / W_MAX
    late = res.spikes("post").between(0.9 * res.t_stop, res.t_stop)
    shares = np.histogram(w, bins=5, range=(0, 1))[0] / w.size
    return {
        "mean weight": w.mean(),
        "in the lowest fifth": shares[0],
        "in the highest fifth": shares[-1],
        "rate (Hz)": rb.spikes.mean_rate(late).mean(),
    }


def draw(res):
    """Draw the weights at the end, and how twenty of them came there."""
    weights = res.weights("x", "post")
    _, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    axes[0].hist(weights.values[-1] / W_MAX, bins=20, color=rb.plot.palette.EXCITATORY)
    axes[0].set(xlabel="weight / largest", ylabel="synapses")
    axes[1].plot(weights.times / 1e3, weights.values[:, ::50] / W_MAX, lw=0.8)
    axes[1].set(xlabel="time (s)", ylabel="weight / largest")


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
