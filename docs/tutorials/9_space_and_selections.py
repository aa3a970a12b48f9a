"""
Space: a sheet of neurons, and parts of it
==========================================

Neurons in a plane excite those nearby and inhibit those farther away, so a disc of them that is driven silences a ring
around it. On the way: positions, rules by distance, and selections, which stand for parts of a population wherever a
population may stand.
"""

# %%
# Positions
# ---------
# :meth:`rheobase.Network.add` takes ``positions``: a grid, random places, or an array of points. A periodic grid has no
# edge: what leaves it on one side comes back on the other.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

net = rb.Network(dt=0.1, seed=4)
grid = rb.Grid((60, 60), extent=(1.0, 1.0), periodic=True)
sheet = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2), 3600, name="sheet", positions=grid)
sheet["V"] = rb.Uniform(-65, -50)
print(sheet.positions[:3])

# %%
# Rules by distance
# -----------------
# Each neuron excites those within a Gaussian of 0.03 and inhibits a ring around it. Delays grow with distance. The rule
# looks at pairs cell by cell, so a sheet of a hundred thousand neurons takes seconds, and no array of all pairs.

near = rb.ByDistance(rb.GaussianProfile(peak=0.7, sigma=0.03), autapses=False)
around = rb.ByDistance(0.2, reach=0.2, beyond=0.08)
conduction = rb.LinearProfile(origin=0.5, slope=10)
excite = net.connect(sheet, sheet, near, weight=4, synapse=rb.Exponential(tau=5), delay=conduction)
inhibit = net.connect(sheet, sheet, around, weight=-4, synapse=rb.Exponential(tau=8), delay=conduction)
net.drive(sheet, rate=10, sources=100, weight=14, synapse=rb.Exponential(tau=5))
expected = 0.7 * 2 * np.pi * 0.03**2 * 3600, 0.2 * np.pi * (0.2**2 - 0.08**2) * 3600
print(
    "in-degrees:", len(excite) / sheet.n, "and", len(inhibit) / sheet.n, "; in closed form about", np.round(expected, 1)
)

# %%
# Selections
# ----------
# Indexing a population chooses neurons: by a slice, by indices, or by a mask. A selection can be connected, driven,
# injected, recorded, read and set. Here a disc in the middle receives more current for a while.

x, y = sheet.positions.T
disc = sheet[(x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.15**2]
print(disc)
net.inject(disc, rb.Pulse(t_start=400, t_stop=800, amplitude=12))
before = net.run(400)
during = net.run(400)
print("rate in the disc:", len(before.spikes(disc).times) / 0.4 / disc.n, "Hz, then",
      len(during.spikes(disc).times) / 0.4 / disc.n, "Hz")  # fmt: skip

# %%
# Connections from the disc to the rest are a part of each projection, whose weights are read (and, where weights can be
# set, set) by themselves.

rest = sheet[(x - 0.5) ** 2 + (y - 0.5) ** 2 >= 0.15**2]
print(inhibit.between(disc, rest), "has", len(inhibit.between(disc, rest)), "connections")

# %%
# The picture: rates where the neurons are, before and during the pulse.

figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
highest = np.max(during.spikes(sheet).count() / 0.4)
for ax, result, title in zip(axes, (before, during), ("before", "with current into the disc"), strict=True):
    rates = result.spikes(sheet).count() / 0.4
    rb.plot.positions(sheet, rates, ax=ax, label="rate (Hz)", area=9, cmap="magma", vmin=0, vmax=highest)
    ax.set_title(title)
plt.show()
