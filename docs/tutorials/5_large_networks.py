"""
Large networks
==============

How long will it take, will it fit into memory, and where does the time go? The cortical microcircuit, at a tenth of its
size, answers for the full one.
"""

# %%
# Build, look, run
# ----------------
# :func:`rheobase.circuits.microcircuit` is the circuit under a square millimetre of cortex (Potjans & Diesmann 2014).
# At full size it has 77,169 neurons and 299 million synapses; ``scale=0.1`` has a tenth of the neurons, each with a
# tenth of the inputs. :meth:`~rheobase.Network.build` draws the connections; otherwise
# :meth:`~rheobase.Network.run` would do it.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase.circuits.microcircuit import POPULATIONS, REFERENCE_RATES, synapse_numbers

net = rb.circuits.microcircuit(scale=0.1, seed=1)
net.build()
per_synapse = net.synapse_bytes / net.synapse_count
print(f"{sum(p.n for p in net):,} neurons, {net.synapse_count:,} synapses of {per_synapse:.2f} bytes each")

# %%
# Memory
# ------
# Synapses take nearly all of it. Their number is known before anything is built, so a first guess costs nothing.
# Targets are stored in 16 bits and delays take no bytes, which makes the guess from a small network an upper bound.

full = int(synapse_numbers().sum())
print(f"the full network: {full:,} synapses, about {full * per_synapse / 1e9:.2f} GB")

# %%
# Recorded states can take more than the network: 8 bytes per value. Record few neurons, seldom, their mean, or in
# single precision. A run that would fill more than half of the free memory warns before it begins.

net.record(net["L4E"], "V", neurons=slice(0, 100), every=1.0, dtype="float32")

# %%
# Time
# ----
# ``profile=True`` measures the phases of the time loop, ``progress=True`` shows a bar (left out here).

res = net.run(500, profile=True)
timing = res.timing
print(f"construction {timing.construction:.2f} s, simulation {timing.simulation:.2f} s for {res.duration:g} ms")
print(f"{timing.events / timing.simulation:.2e} synaptic events per second on {net.threads} threads")
phases = timing.phases
plt.barh(list(phases), list(phases.values()), color=rb.plot.palette.INHIBITORY)
plt.xlabel("seconds in each phase")
plt.gca().invert_yaxis()
plt.tight_layout()
plt.show()

# %%
# The spikes do not depend on the number of threads. More threads pay where a step has much to do; a network of a few
# thousand neurons is done before they have met at the barrier.

again = rb.circuits.microcircuit(scale=0.02, seed=1, threads=1).run(200)
other = rb.circuits.microcircuit(scale=0.02, seed=1, threads=2).run(200)
same = all(
    np.array_equal(again.spikes(name).times, other.spikes(name).times)
    and np.array_equal(again.spikes(name).indices, other.spikes(name).indices)
    for name in again.populations
)
print("one thread and two give the same spikes:", same)

# %%
# Does it still behave?
# ---------------------
# Scaling keeps the mean and the variance of the input to a neuron, so the rates of the eight populations survive it.
# Points are those of the full network in NEST.

rates = res.rates(t_start=200)
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), width_ratios=[3, 2], layout="constrained")
shown = {name: res.spikes(name) for name in reversed(POPULATIONS)}
rb.plot.raster(shown, ax=axes[0], t_start=300, max_neurons=3000)
axes[1].barh(POPULATIONS, [rates[name] for name in POPULATIONS], color=rb.plot.palette.EXTERNAL, label="scale 0.1")
axes[1].plot(REFERENCE_RATES, POPULATIONS, "o", color=rb.plot.palette.EXCITATORY, label="full size, NEST")
axes[1].invert_yaxis()
axes[1].set_xlabel("rate (Hz)")
axes[1].legend()
plt.show()

# %%
# From here, ``rheobase demo microcircuit --scale 1`` runs the full network from the shell: see
# :doc:`/performance` for the time it takes.
