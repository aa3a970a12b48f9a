"""
An experiment with trials
=========================

A stimulus is shown again and again, and what a neuron does differs from trial to trial. We run such an experiment with
:func:`rheobase.trials`, look at rates with their errors, find that a stimulus quenches variability, and close a loop in
which the stimulus depends on what the network does.
"""

# %%
# A network with clusters
# -----------------------
# Eight groups of excitatory neurons are connected more strongly within than between, and noise keeps all of them
# going. Trials keep the connections of the network and take seeds of their own for initial voltages and noise.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

net = rb.Network(dt=0.1, seed=4)
neuron = rb.LIF(tau_m=15, E_L=-70, V_th=-50, V_re=-65, t_ref=3)
e = net.add(neuron, 400, name="e", V=rb.Uniform(-70, -50))
i = net.add(neuron, 100, name="i", V=rb.Uniform(-70, -50))
net.inject(e, rb.WhiteNoise(mean=19, sigma=8))
net.inject(i, rb.WhiteNoise(mean=17, sigma=8))

excitation, inhibition = rb.Exponential(tau=5), rb.Exponential(tau=4)
group = np.arange(400) // 50
random = np.random.default_rng(1)
chance = np.where(group[:, None] == group, 0.5, 0.15)
pre, post = np.nonzero(random.random((400, 400)) < chance)
net.connect(e, e, rb.Pairs(pre, post), weight=3.5, synapse=excitation, delay=1.0)
net.connect(e, i, rb.Bernoulli(0.2), weight=4.0, synapse=excitation, delay=1.0)
net.connect(i, e, rb.Bernoulli(0.5), weight=-9.0, synapse=inhibition, delay=1.0)
net.connect(i, i, rb.Bernoulli(0.5), weight=-8.0, synapse=inhibition, delay=1.0)

# %%
# Twenty trials
# -------------
# ``each`` sets the stimulus of a trial: here a current to the first group, from 400 ms on. Connections
# are made once, each trial runs on a copy that shares them, and two workers do what one would do, bit for bit.


def stimulus(net, k):
    """Bring a current to the first group; what is returned is stacked."""
    amplitude = np.where(group == 0, 4.0, 0.0)
    net.inject(net["e"], rb.Pulse(t_start=400, t_stop=800, amplitude=amplitude))
    return {"first voltage": net["e"]["V"][0]}


trials = rb.trials(net, 20, 800, each=stimulus, workers=2)
print(trials)
print("every trial began elsewhere:", len(set(trials.returned["first voltage"])) == 20)

figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
rb.plot.raster(trials.neuron("e", 7), ax=axes[0])
axes[0].set(ylabel="trial", title="one neuron of the first group")
rb.plot.trial_average(trials, "e", 20.0, ax=axes[1])
axes[1].set_title("all excitatory neurons, mean ± sem")
plt.show()

# %%
# Variability
# -----------
# The Fano factor of a neuron's count over trials tells how much trials differ. In windows of 100 ms we see that of the
# group that is driven fall when the stimulus comes: neurons near saturation fire more regularly.

fano = trials.fano_factor("e", 100.0, ddof=1)[group == 0]
windows = np.arange(8) * 100 + 50
plt.figure()
plt.plot(windows, np.nanmean(fano, axis=0), "o-", color=rb.plot.palette.EXCITATORY)
plt.axvspan(400, 800, color="0.9")
plt.xlabel("time (ms)")
plt.ylabel("Fano factor over trials")
plt.show()

before, during = trials.counts("e", t_stop=400)[:, group == 0], trials.counts("e", t_start=400)[:, group == 0]
print(f"first group: {before.mean() / 0.4:.1f} Hz before, {during.mean() / 0.4:.1f} Hz during the stimulus")
print(f"Fano factor: {np.nanmean(fano[:, :4]):.2f} before, {np.nanmean(fano[:, 4:]):.2f} during the stimulus")

# %%
# By hand
# -------
# What ``rb.trials`` does can be done step by step. ``store`` keeps a network in memory, ``restore`` brings it back as
# it was, and ``copy`` makes another one that shares the connections. Here two futures of one moment, which differ in
# their noise alone:

net.run(300)
moment = net.store()
futures = [net.copy(seed=seed).run(200).rates()["e"] for seed in (1, 2)]
net.restore(moment)
print("two futures (Hz):", np.round(futures, 1))

# %%
# A closed loop
# -------------
# A function that a run calls may change the input while the network runs: here a controller that holds the rate of the
# excitatory neurons at 10 Hz.

held = []


def control(net):
    """Bring the rate of the last 10 ms a little closer to 10 Hz."""
    rate = len(net.latest_spikes("e")) / 400 / 0.010
    net["e"]["I_x"] = net["e"]["I_x"][0] + 0.02 * (10.0 - rate)
    held.append(rate)


net.run(2000, every=10.0, call=control)
print(f"rate in the last second: {np.mean(held[-100:]):.1f} Hz")
plt.figure()
plt.plot(10.0 * np.arange(len(held)), held, lw=0.8)
plt.axhline(10, color="0.5", ls=":")
plt.xlabel("time (ms)")
plt.ylabel("rate of e (Hz)")
plt.show()
