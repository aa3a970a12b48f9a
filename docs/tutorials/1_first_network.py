"""
A first network
===============

One neuron, two neurons and a synapse, a network: from a current to a raster, and to what theory says of it.
"""

# %%
# A neuron and its rheobase
# -------------------------
# A network holds populations; a population is any number of neurons of one model. Times are in ms, potentials and
# currents in mV. :class:`rheobase.EIF` is the exponential integrate-and-fire neuron
#
# .. code-block:: text
#
#     tau_m V' = -(V - E_L) + D exp((V - V_T) / D) + I
#
# which fires again and again once its input exceeds the rheobase ``V_T - E_L - D``, 15 mV here. We inject a step below
# it and a step above it, and record V.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

net = rb.Network(dt=0.1)
eif = rb.EIF(tau_m=15, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75)
neuron = net.add(eif, 1, name="n", V=-72)
net.inject(neuron, rb.Steps([0, 100, 300, 400, 600], [0, 14, 0, 18, 0]))
net.record(neuron, "V")
res = net.run(700)
print("spikes at", res.spikes("n").times, "ms")

V = res.states("n", "V")
rb.plot.traces(V.times, V.values)
plt.show()

# %%
# Parameters may differ from neuron to neuron: an array, or a distribution, gives one value each. A hundred neurons
# with a hundred currents make an f–I curve in one run. :func:`rheobase.theory.Noiseless` has it in closed form.

currents = np.linspace(10, 30, 100)
net = rb.Network(dt=0.1)
net.add(rb.EIF(tau_m=15, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75, I_x=currents), 100, name="n")
rates = net.run(2000).spikes("n").between(500, 2000).count() / 1.5  # Hz
rb.plot.fi_curve(currents, rates, threshold=15.0, xlabel="current (mV)")
plt.show()

# %%
# Two neurons and a synapse
# -------------------------
# A projection has a rule that says who is connected, a weight and a synapse. The weight is the area under the current
# that a spike evokes, so that it moves the membrane by 60 mV·ms in all, however slow the synapse is.

net = rb.Network(dt=0.1)
pre = net.add(eif, 1, name="pre", V=-72)
post = net.add(eif, 1, name="post", V=-72)
net.connect(pre, post, rb.AllToAll(), weight=60, synapse=rb.Exponential(tau=5), delay=1.5)
net.inject(pre, rb.Pulse(t_start=20, t_stop=180, amplitude=20))
net.record(pre, "V")
net.record(post, "V")
res = net.run(250)

figure, axes = plt.subplots(2, 1, sharex=True, layout="constrained")
for ax, name in zip(axes, ("pre", "post"), strict=True):
    V = res.states(name, "V")
    rb.plot.traces(V.times, V.values, ylabel=f"V of {name} (mV)", ax=ax)
plt.show()

# %%
# A network
# ---------
# Excitatory and inhibitory neurons excite and inhibit each other, and themselves; Poisson spikes drive them. In-degrees
# and weights are those of the textbook, at a fifth of the size on the start page.

net = rb.Network(dt=0.1, seed=1)
eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
e = net.add(eif, 1600, name="e", V=rb.Uniform(-72, -55))
i = net.add(eif, 400, name="i", V=rb.Uniform(-72, -55))
x = net.add(rb.Poisson(rate=5), 1600, name="x")  # Hz
for source, k, tau, to_e, to_i in [(x, 160, 8, 30, 20), (e, 160, 6, 12, 35), (i, 40, 4, -45, -70)]:
    synapse = rb.Exponential(tau=tau)
    net.connect(source, e, rb.FixedInDegree(k), weight=to_e, synapse=synapse)
    net.connect(source, i, rb.FixedInDegree(k), weight=to_i, synapse=synapse)
net.record(e, "V", neurons=0)
res = net.run(1000)
print({name: round(rate, 1) for name, rate in res.rates(t_start=200).items()}, "Hz")

rb.plot.raster({name: res.spikes(name) for name in ("e", "i")}, t_start=600)
plt.show()

# %%
# Results are plain arrays: ``res.spikes("e").times`` and ``.indices``, ``res.states("e", "V").values``. The statistics
# of :mod:`rheobase.spikes` take them as they are. Neurons fire irregularly, almost like a Poisson process (whose
# coefficient of variation is 1), although nothing in them is random: the recurrent input does it.

cv = rb.spikes.cv(res.spikes("e").between(200, 1000))
print(f"coefficient of variation of the intervals: {np.nanmean(cv):.2f}")
rb.plot.isi_histogram(res.spikes("e").between(200, 1000))
plt.show()

# %%
# The same object that simulates gives its own mean field: a rate network with the weights ``W`` and inputs ``X`` of
# these very connections and the f–I curves of these very neurons, whose fixed point predicts the rates.

mean_field = net.mean_field()
fixed_point = mean_field.fixed_points([(0, 100), (0, 100)])[0]
print("mean field:", dict(zip(mean_field.names, fixed_point.u.round(1).tolist(), strict=True)), "Hz")
rb.plot.population_rate(
    {name: res.spikes(name) for name in ("e", "i")},
    bin_width=5.0,
    mean_field=dict(zip(mean_field.names, fixed_point.u, strict=True)),
)
plt.show()

# %%
# Running again goes on where the last run ended, bit for bit as if it had never stopped, and so does a network that was
# saved and loaded. The next tutorial follows this network until it oscillates.

before = net.t
more = net.run(100)
print(f"from {before:g} to {net.t:g} ms: {len(more.spikes('e').times)} more spikes of e")
