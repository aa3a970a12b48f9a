"""
Brunel (2000): four states of a sparse network
==============================================

J Comput Neurosci 8:183, figure 8: 10,000 excitatory and 2500 inhibitory leaky integrate-and-fire neurons, each with
1000 and 250 inputs that kick the potential after 1.5 ms, and as much again from outside. Two numbers decide what they
do: g, how much stronger inhibition is, and eta, the external rate over the one that would just reach threshold.

A (g = 3, eta = 2): all fire together, as fast as they can. B (6, 4): a fast oscillation in which single neurons fire
irregularly. C (5, 2): asynchronous and irregular; the paper's theory, Siegert's formula in balance with itself, gives
37.95 Hz. D (4.5, 0.9): a slow oscillation at a low rate.

Two seeds of Brian2 2.9, with its delay one step shorter and its refractory period one step longer, fire at 335 (A),
59.1 and 59.6 (B), 36.9 and 37.5 (C), 4.6 and 5.3 Hz (D).

A spike here takes ``delay`` from neuron to neuron. In Brian2 ``v_post += J`` takes ``delay + dt``, and ``refractory``
one step less than it says, which shows in state A: `how to convert them
<../../coming_from.html#delays-and-refractory-periods>`_.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

#: g, eta and duration (ms).
PANELS = {"A": (3.0, 2.0, 300.0), "B": (6.0, 4.0, 600.0), "C": (5.0, 2.0, 600.0), "D": (4.5, 0.9, 1100.0)}


def run(g, eta, duration, scale=1.0, seed=1):
    """Simulate `duration` ms of one state; J grows where there are fewer neurons, so that the mean input stays."""
    net = rb.Network(dt=0.1, seed=seed)
    lif, J = rb.LIF(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=2), 0.1 / scale
    C_E, C_I = round(1000 * scale), round(250 * scale)
    e = net.add(lif, 10 * C_E, name="e", V=rb.Uniform(0, 20))
    i = net.add(lif, 10 * C_I, name="i", V=rb.Uniform(0, 20))
    net.connect(e, [e, i], rb.FixedInDegree(C_E), weight=J, synapse=rb.Delta(), delay=1.5)
    net.connect(i, [e, i], rb.FixedInDegree(C_I), weight=-g * J, synapse=rb.Delta(), delay=1.5)
    for post in (e, i):
        net.drive(post, rate=eta * 1e3 * 20 / (J * C_E * 20), sources=C_E, weight=J, synapse=rb.Delta())
    return net.run(duration)


def measure(res):
    """Return the rate (Hz) of all neurons after the first 100 ms, and the mean CV of their intervals."""
    settled = {name: res.spikes(name).between(100, res.t_stop) for name in "ei"}
    count = np.concatenate([trains.count() for trains in settled.values()])
    cvs = np.concatenate([rb.spikes.cv(trains) for trains in settled.values()])
    return {"rate (Hz)": 1e3 * count.mean() / (res.t_stop - 100), "CV": np.nanmean(cvs)}


def draw(results):
    """Draw spikes of 50 neurons and the rate of all for each state."""
    shape = {"sharex": "col", "squeeze": False, "height_ratios": (2, 1)}
    _, axes = plt.subplots(2, len(results), figsize=(11, 4), layout="constrained", **shape)
    for (upper, lower), (name, res) in zip(axes.T, results.items(), strict=True):
        window = {"t_start": res.t_stop - 100, "t_stop": res.t_stop}
        rb.plot.raster(res.spikes("e").select(slice(0, 50)), ax=upper, **window)
        rb.plot.population_rate(res.spikes("e"), bin_width=1.0, ax=lower, **window)
        upper.set(title=f"{name}: g = {PANELS[name][0]:g}, eta = {PANELS[name][1]:g}", xlabel="")
    for ax in axes[:, 1:].flat:
        ax.set_ylabel("")


# %%
if __name__ == "__main__":
    results = {name: run(*panel) for name, panel in PANELS.items()}
    for name, res in results.items():
        print(f"{name}:", ", ".join(f"{what} {value:.3g}" for what, value in measure(res).items()))
    draw(results)
    plt.show()
