"""
Stimberg et al. (2018): conductances that depress and facilitate
================================================================

Figure 1 of "Modeling neuron-glia interactions with the Brian 2 simulator": 3200 excitatory and 800 inhibitory neurons
with conductances, whose synapses all have short-term plasticity. The activity stays asynchronous at a low rate.

Three seeds of Brian2 2.9: excitatory cells fire at 3.95 to 4.10 Hz with a CV of 0.45 to 0.46, inhibitory ones at 3.92
to 4.00 Hz.

Brian2 states the synapses' equations; :class:`rheobase.TsodyksMarkram` has them, with time constants instead of rates.
Synapses of one neuron that began alike stay alike, so their resources are kept once for each neuron.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb


def run(duration=1000.0, scale=1.0, seed=1):
    """Simulate `duration` ms; with another `scale` a neuron has as many inputs as before."""
    net = rb.Network(dt=0.1, seed=seed)
    lif = rb.LIF(tau_m=198 / 9.99, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=9.99, I_x=150)
    e = net.add(lif, round(3200 * scale), name="e", V=rb.Uniform(-60, -50))
    i = net.add(lif, round(800 * scale), name="i", V=rb.Uniform(-60, -50))
    stp = rb.TsodyksMarkram(U=0.6, tau_rec=1e3 / 2.0, tau_facil=1e3 / 3.33)
    excitation, inhibition = rb.Exponential(tau=5, reversal=0), rb.Exponential(tau=10, reversal=-80)
    net.connect(e, [e, i], rb.Bernoulli(0.05 / scale), weight=0.05, synapse=excitation, plasticity=stp)
    net.connect(i, [e, i], rb.Bernoulli(0.2 / scale), weight=1.0, synapse=inhibition, plasticity=stp)
    net.record(e, ["V", "g_e", "g_i"], neurons=[50])
    return net.run(duration)


def measure(res):
    """Return rates (Hz), and the CV of the intervals of excitatory cells."""
    rates = {f"rate of {name} (Hz)": rate for name, rate in res.rates().items()}
    return rates | {"CV of e": np.nanmean(rb.spikes.cv(res.spikes("e")))}


def draw(res):
    """Draw spikes, and the conductances and the potential of one neuron."""
    _, axes = plt.subplots(3, 1, sharex=True, height_ratios=(3, 1, 1), figsize=(8, 6), layout="constrained")
    rb.plot.raster({name: res.spikes(name) for name in "ei"}, ax=axes[0], max_neurons=1000)
    g = np.hstack([res.states("e", f"g_{name}").values for name in "ei"])
    V = res.states("e", "V")
    rb.plot.traces(V.times, g, labels=["e", "i"], ylabel="g (nS)", ax=axes[1])
    axes[1].set_ylim(top=6)
    axes[1].legend(loc="upper right", ncols=2)
    rb.plot.traces(V.times, V.values, ylabel="V (mV)", ax=axes[2])
    for ax in axes[:2]:
        ax.set_xlabel("")


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
