"""
Nicola & Clopath (2017): spikes that learn a sine
=================================================

Nature Communications 8:2208, figure 2: leaky integrate-and-fire neurons in a chaotic network read out their own
filtered spikes. What they read is fed back to all, and recursive least squares (FORCE) bring it to a sine of 5 Hz;
afterwards the network goes on by itself. Here 1000 neurons do, instead of 2000.

In the paper, and in Brian2's example of it, the output after learning has the period and the amplitude of the sine.

Brian2's example reads out and learns in two functions that are called at every step and every 2.5 ms;
:class:`rheobase.learning.SpikingReservoir` does both every 2.5 ms.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase.learning import RLS, Readout, SpikingReservoir

EVERY = 2.5


def run(n=1000, before=1000.0, learning=5000.0, after=2000.0, seed=1):
    """Simulate so many ms before, while and after the network learns."""
    net, rng = rb.Network(dt=0.05, seed=seed), np.random.default_rng(seed)
    lif = rb.LIF(tau_m=10, E_L=-40, V_th=-40, V_re=-65, t_ref=2)
    e = net.add(lif, n, name="e", V=rb.Uniform(-65, 30))
    kernel = rb.DifferenceOfExponentials(tau_rise=2, tau_decay=20)
    weights = rb.Normal(0, 1e3 * 0.04 / (np.sqrt(n) * 0.1))  # mV ms
    net.connect(e, e, rb.Bernoulli(0.1), weight=weights, synapse=kernel)
    feedback = rng.uniform(-10, 10, (n, 1))
    readout = Readout(n, rule=RLS(c=5e-6))
    model = SpikingReservoir(e, readout, Q=feedback, tau_r=20, tau_rise=2, every=EVERY)
    t = np.arange(0, before + learning + after, EVERY)
    return model.fit(np.sin(2 * np.pi * 5e-3 * t), t_start=before, t_stop=before + learning)


def free(res):
    """Return target and output after learning."""
    late = res.times >= res.learning[1]
    return res.y[late, 0], res.z[late, 0]


def measure(res):
    """Return the output's frequency (Hz) and amplitude after learning, and the neurons' rate (Hz)."""
    y, z = free(res)
    spectrum = np.fft.rfft(z - z.mean(), 8 * z.size)
    return {
        "frequency (Hz)": np.abs(spectrum).argmax() / (8 * z.size * EVERY * 1e-3),
        "amplitude": np.sqrt(2) * z.std(),
        "correlation": np.corrcoef(y, z)[0, 1],
        "rate (Hz)": rb.spikes.mean_rate(res.spiking.spikes("e")).mean(),
    }


def draw(res):
    """Draw target and output, and the spikes of 20 neurons."""
    _, axes = plt.subplots(2, 1, sharex=True, figsize=(8, 5), layout="constrained")
    axes[0].axvspan(*res.learning, color="0.92", label="learning")
    axes[0].plot(res.times, res.y, color=rb.plot.palette.EXTERNAL, lw=3, label="target")
    axes[0].plot(res.times, res.z, color=rb.plot.palette.EXCITATORY, lw=1, label="output")
    axes[0].legend(loc="lower left", ncols=3)
    axes[0].set(ylim=(-2, 2), ylabel="output")
    rb.plot.raster(res.spiking.spikes("e").select(slice(0, 20)), ax=axes[1])


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
