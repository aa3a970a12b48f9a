"""
Izhikevich (2003): a thousand neurons that all differ
=====================================================

IEEE Trans Neural Netw 14:1569: 800 excitatory cells between regular spiking and chattering, 200 inhibitory ones between
fast and low-threshold spiking, all connected to all with random weights, in white noise. Alpha and gamma rhythms come
and go.

Eight seeds in Brian2 2.9: excitatory cells fire at 9.0 to 9.5 Hz with a CV of 0.40 to 0.41, inhibitory ones at 9.9 to
10.0 Hz.

The paper's steps are 1 ms long, and a spike is a current that lasts for one of them: a kick of V by the weight.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb


def run(duration=1000.0, scale=1.0, seed=1):
    """Simulate `duration` ms; weights grow where there are fewer neurons, so that the mean input stays."""
    net, rng = rb.Network(dt=1.0, seed=seed), np.random.default_rng(seed)
    re, ri = rng.random(round(800 * scale)), rng.random(round(200 * scale))
    excitatory = rb.Izhikevich(a=0.02, b=0.2, c=-65 + 15 * re**2, d=8 - 6 * re**2, method="euler")
    inhibitory = rb.Izhikevich(a=0.02 + 0.08 * ri, b=0.25 - 0.05 * ri, c=-65, d=2, method="euler")
    e = net.add(excitatory, re.size, name="e", V=-65, u=-65 * 0.2)
    i = net.add(inhibitory, ri.size, name="i", V=-65, u=-65 * (0.25 - 0.05 * ri))
    net.connect(e, [e, i], rb.AllToAll(), weight=rb.Uniform(0, 0.5 / scale), synapse=rb.Delta())
    net.connect(i, [e, i], rb.AllToAll(), weight=rb.Uniform(-1 / scale, 0), synapse=rb.Delta())
    net.inject(e, rb.WhiteNoise(mean=0, sigma=5))
    net.inject(i, rb.WhiteNoise(mean=0, sigma=2))
    return net.run(duration)


def measure(res):
    """Return rates (Hz), and the CV of the intervals of excitatory cells."""
    rates = {f"rate of {name} (Hz)": rate for name, rate in res.rates().items()}
    return rates | {"CV of e": np.nanmean(rb.spikes.cv(res.spikes("e")))}


def draw(res):
    """Draw spikes, and the rate of both populations."""
    spikes = {name: res.spikes(name) for name in "ei"}
    _, axes = plt.subplots(2, 1, sharex=True, height_ratios=(3, 1), figsize=(8, 5), layout="constrained")
    rb.plot.raster(spikes, ax=axes[0])
    rb.plot.population_rate(spikes, ax=axes[1])
    axes[0].set_xlabel("")


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
