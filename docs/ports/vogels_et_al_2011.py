"""
Vogels et al. (2011): inhibition that learns to balance
=======================================================

Science 334:1569: neurons whose inhibition onto excitatory cells begins at zero and is strengthened by pairs of spikes.
For one second learning is off and the network fires as fast as it can, then inhibition grows. A quarter of the size of
the paper's network (2500 neurons, in-degrees of 160 and 40), as it was run in Brian2 2.9: two seconds after learning
began the mean weight is 1.36 to 1.39 nS, and excitatory cells fire at 45 to 46 Hz in these two seconds.

Brian2 has a variable ``eta`` that changes between runs; here a projection learns or not. `The third tutorial
<../tutorials/3_inhibitory_plasticity.html>`_ follows such a network until it is balanced.
"""

import matplotlib.pyplot as plt

import rheobase as rb


def run(duration=2000.0, neurons=2500, seed=1):
    """Simulate a second without learning and `duration` ms with it; in-degrees do not depend on the size."""
    net = rb.Network(dt=0.1, seed=seed)
    lif = rb.LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10, I_x=200)
    e = net.add(lif, neurons * 4 // 5, name="e", V=-60)
    i = net.add(lif, neurons // 5, name="i", V=-60)
    excitation, inhibition = rb.Exponential(tau=5, reversal=0), rb.Exponential(tau=10, reversal=-80)
    rule = rb.Bernoulli(200 / neurons)
    net.connect(e, [e, i], rule, weight=0.3, synapse=excitation)
    net.connect(i, i, rule, weight=3.0, synapse=inhibition)
    stdp = rb.VogelsSTDP(eta=0.01, tau=20, rho_0=3, w_max=100)
    learned = net.connect(i, e, rule, weight=0.0, synapse=inhibition, plasticity=stdp)
    net.record_weights(learned, every=20.0, mean=True)
    learned.learning = False
    before = net.run(1000)
    learned.learning = True
    return before, net.run(duration)


def measure(results):
    """Return rates (Hz) of the excitatory cells without and with learning, and the mean weight at the end (nS)."""
    before, after = results
    return {
        "rate before (Hz)": before.rates()["e"],
        "rate while learning (Hz)": after.rates()["e"],
        "mean weight (nS)": after.weights("i", "e").values[-1].mean(),
    }


def draw(results):
    """Draw spikes before learning and at the end, and the mean weight."""
    _, axes = plt.subplots(1, 3, figsize=(11, 3.5), layout="constrained")
    for ax, res, title in zip(axes, results, ("before", "at the end"), strict=False):
        spikes = {name: res.spikes(name) for name in "ei"}
        rb.plot.raster(spikes, t_start=res.t_stop - 100, t_stop=res.t_stop, max_neurons=500, ax=ax)
        ax.set_title(title)
    weights = results[1].weights("i", "e")
    rb.plot.traces(weights.times, weights.values, ylabel="mean weight i → e (nS)", ax=axes[2])


# %%
if __name__ == "__main__":
    results = run()
    for name, value in measure(results).items():
        print(f"{name}: {value:.3g}")
    draw(results)
    plt.show()
