"""
Brette et al. (2007): a network of current-based synapses
=========================================================

Benchmark 2 of the review of simulators (J Comput Neurosci 23:349), known as CUBA: 3200 excitatory and 800 inhibitory
leaky integrate-and-fire neurons, connected at random with probability 0.02. Rest lies above threshold, so the network
needs no other input.

In Brian2 2.9 excitatory neurons fire at 5.65 Hz (eight seeds, standard deviation 0.27) with a CV of 0.581 (0.009),
inhibitory ones at 5.57 Hz (0.06) with 0.583 (0.018), from 200 to 1800 ms, where a CV takes three spikes.

In Brian2 a synapse is ``ge += we``, a jump: ``norm="peak"`` takes the same number, where weights are areas otherwise.
"""

import matplotlib.pyplot as plt

import rheobase as rb


def run(duration=1800.0, scale=1.0, seed=1):
    """Simulate `duration` ms; with another `scale` a neuron has as many inputs as before."""
    net = rb.Network(dt=0.1, seed=seed)
    lif = rb.LIF(tau_m=20, E_L=-49, V_th=-50, V_re=-60, t_ref=5)
    e = net.add(lif, round(3200 * scale), name="e", V=rb.Uniform(-60, -50))
    i = net.add(lif, round(800 * scale), name="i", V=rb.Uniform(-60, -50))
    rule = rb.Bernoulli(0.02 / scale)
    net.connect(e, [e, i], rule, weight=1.62, synapse=rb.Exponential(tau=5, norm="peak"))
    net.connect(i, [e, i], rule, weight=-9, synapse=rb.Exponential(tau=10, norm="peak"))
    return net.run(duration)


def measure(res):
    """Return rates (Hz) and CVs after the first 200 ms."""
    settled = {name: res.spikes(name).between(200, res.t_stop) for name in "ei"}
    rates = {f"rate of {name} (Hz)": rb.spikes.mean_rate(trains).mean() for name, trains in settled.items()}
    cvs = {name: rb.spikes.cv(trains)[trains.count() > 2] for name, trains in settled.items()}
    return rates | {f"CV of {name}": cv.mean() for name, cv in cvs.items()}


def draw(res):
    """Draw spikes, and the rate of both populations."""
    spikes = {name: res.spikes(name) for name in "ei"}
    _, axes = plt.subplots(2, 1, sharex=True, height_ratios=(3, 1), figsize=(8, 5), layout="constrained")
    rb.plot.raster(spikes, ax=axes[0], t_stop=400)
    rb.plot.population_rate(spikes, ax=axes[1], t_stop=400)
    axes[0].set_xlabel("")


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
