"""
Plasticity: inhibition that learns its place
============================================

Inhibitory synapses that strengthen when both sides fire, and weaken when the inhibitory side fires alone, hold every
excitatory neuron at one rate. First a single pair of spikes, then a network that balances itself.
"""

# %%
# One pair of spikes
# ------------------
# :class:`rheobase.VogelsSTDP` keeps a trace x of the spikes on either side. A presynaptic spike changes the weight by
# ``eta (x_post - 2 rho_0 tau)``, a postsynaptic spike by ``eta x_pre``: two spikes close in time strengthen
# inhibition in either order, and a lone presynaptic spike weakens it. We send one pair at each of 81 distances, each
# through a synapse of its own, and draw the rule in closed form on top.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

eta, tau, rho_0 = 0.01, 20.0, 3.0
distances = np.arange(-80.0, 82.0, 2.0)  # postsynaptic minus presynaptic spike (ms)
net = rb.Network(dt=0.1)
pre = net.add(rb.Trains([[200.0]] * distances.size), distances.size, name="pre")
trigger = net.add(rb.Trains([[200.0 + d] for d in distances]), distances.size, name="trigger")
post = net.add(rb.LIF(tau_m=10, E_L=-70, V_th=-50, V_re=-70), distances.size, name="post", V=-70)
net.connect(trigger, post, rb.OneToOne(), weight=100, synapse=rb.Delta())
rule = rb.VogelsSTDP(eta=eta, tau=tau, rho_0=rho_0, w_max=10)
plastic = net.connect(pre, post, rb.OneToOne(), weight=1.0, synapse=rb.Exponential(tau=5), plasticity=rule)
res = net.run(400)
changes = plastic.connections()["weight"] - 1.0
print("every neuron fired once:", bool((res.spikes("post").count() == 1).all()))

fine = np.linspace(-80, 80, 401)
rb.plot.traces(fine, eta * (np.exp(-np.abs(fine) / tau) - 2 * rho_0 * 1e-3 * tau), ylabel="change of weight")
plt.plot(distances, changes, "o", ms=4, color=rb.plot.palette.EXCITATORY)
plt.axhline(0, color="0.7", lw=0.8)
plt.xlabel("postsynaptic minus presynaptic spike (ms)")
plt.show()

# %%
# A network that balances itself
# ------------------------------
# :func:`rheobase.circuits.inhibitory_plasticity` is the circuit of Vogels et al. (2011): conductance-based neurons
# whose inhibition onto excitatory cells begins at zero. The excitatory cells fire as fast as they can, until
# inhibition has learned to hold them near 3 Hz. A higher learning rate than the paper's makes the story shorter.

net = rb.circuits.inhibitory_plasticity(1000, rate=3.0, eta=0.1, seed=1, threads=1)
inhibition = net.projections[-1]
net.record_weights(inhibition, every=10.0, mean=True)
res = net.run(8000)

figure, axes = plt.subplots(2, 1, sharex=True, layout="constrained")
rb.plot.population_rate({name: res.spikes(name) for name in ("e", "i")}, bin_width=50.0, ax=axes[0])
axes[0].axhline(3.0, color="0.5", ls=":", label="target of e")
axes[0].set(yscale="log", ylim=(1, 200), xlabel="")
axes[0].legend()
learned = res.weights("i", "e")
rb.plot.traces(learned.times, learned.values, ylabel="mean weight i → e (nS)", ax=axes[1])
plt.show()
print({name: round(rate, 2) for name, rate in res.rates(t_start=6000).items()}, "Hz in the last two seconds")

# %%
# What it learned
# ---------------
# Before learning, activity is fast and synchronous; after it, slow and irregular. The raster shows the first tenth of a
# second, and the last.

figure, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 3.5), layout="constrained")
for ax, (start, stop) in zip(axes, ((0, 100), (7900, 8000)), strict=True):
    rb.plot.raster({name: res.spikes(name) for name in ("e", "i")}, t_start=start, t_stop=stop, ax=ax)
    ax.locator_params(axis="x", nbins=5)
axes[1].set_ylabel("")
plt.show()

# %%
# A disturbance
# -------------
# Each neuron learns for itself. We give a quarter of the excitatory neurons 40 pA more, for good: their rate jumps,
# their inhibition grows, and after some seconds they fire like the others again.

favoured = np.arange(200)
net["e"]["I_x"] = np.where(np.arange(net["e"].n) < favoured.size, 240.0, 200.0)
before = inhibition.weights.sum(axis=1)
disturbed = net.run(10_000)
after = inhibition.weights.sum(axis=1)

spikes = disturbed.spikes("e")
groups = {"favoured": spikes.select(favoured), "others": spikes.select(np.arange(200, spikes.n))}
rb.plot.population_rate(groups, bin_width=200.0)
plt.axhline(3.0, color="0.5", ls=":")
plt.show()
growth = after / before
print(f"inhibition grew by {growth[:200].mean() - 1:.0%} onto the favoured and {growth[200:].mean() - 1:.0%} elsewhere")

# %%
# Learning can be switched off between runs: ``inhibition.learning = False`` freezes the weights, and the network stays
# where it is.

inhibition.learning = False
learned = inhibition.weights
print(f"with learning off: {net.run(1000).rates()['e']:.2f} Hz, changed weights: {(inhibition.weights != learned).nnz}")
