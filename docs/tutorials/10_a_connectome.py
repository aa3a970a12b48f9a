"""
A connectome: activate some cells, silence others
=================================================

A connectome is a list: which cell reaches which, by how many synapses. Shiu et al. (Nature 634, 2024) made a network of
leaky integrate-and-fire cells from that of a fly's brain, activated sensory cells, and saw which others answer. We do
such an experiment with a list that is made, with heavy-tailed degrees as real ones have: activation, silencing, thirty
trials, and rates with their spread.
"""

# %%
# A list of edges
# ---------------
# A fly's brain has about 139,000 cells and 15 million edges, 108 per cell. In- and out-degrees are spread over two
# orders of magnitude, and so are synapses per edge. A cell excites all of its targets or inhibits all of them.
#
# The page takes a sixtieth of the cells, with as many edges per cell, and activates fewer. Cells that an active cell
# reaches receive the same there; they only have more targets in common, so that activity spreads farther.
# ``CELLS = 139_000`` is the whole brain: connected in two seconds, and a second of a trial takes one or two.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

CELLS, PER_CELL = 2300, 108


def made_edges(cells, n, seed):
    """Return pre and post of n edges, in no order, how many synapses each has, and what the cells do: 1 or -1."""
    random = np.random.default_rng(seed)
    sending, receiving = random.lognormal(0.0, 0.8, (2, cells))
    pre = random.choice(cells, n, p=sending / sending.sum())
    post = random.choice(cells, n, p=receiving / receiving.sum())
    sign = np.where(random.random(cells) < 0.6, 1, -1)
    return pre, post, np.ceil(random.lognormal(0.6, 1.1, n)), sign


pre, post, synapses, sign = made_edges(CELLS, CELLS * PER_CELL, seed=3)
out_degree, in_degree = np.bincount(pre, minlength=CELLS), np.bincount(post, minlength=CELLS)
print("in-degrees, 5 %, median, 95 %:", np.percentile(in_degree, [5, 50, 95]))
print(f"synapses per edge: {synapses.mean():.1f} on the average, at most {synapses.max():.0f}")

# %%
# The network
# -----------
# All cells are alike. Each synapse adds 0.275 mV to a current that decays within 5 ms, 1.8 ms after the spike; a table
# of edges from a file would be given to ``connect`` just so (:class:`rheobase.Edges`). Without input nothing happens.

net = rb.Network(dt=0.1, seed=1)
cell = rb.LIF(tau_m=20, E_L=-52, V_th=-45, V_re=-52, t_ref=2.2)
brain = net.add(cell, CELLS, name="brain")
edges = rb.Edges({"pre": pre, "post": post, "weight": 0.275 * sign[pre] * synapses})
net.connect(brain, brain, edges, synapse=rb.Exponential(tau=5, norm="peak"), delay=1.8)

# %%
# Activation
# ----------
# Thirty excitatory cells are activated, as light or sugar would do it: each event of a Poisson process lifts V far
# above the threshold. Thirty others can be silenced, those that the active ones reach by most synapses: then their
# threshold is out of reach. ``each`` sets up a trial, and three conditions take turns; connections are made once.

active = np.random.default_rng(7).choice(np.flatnonzero(sign > 0), 30, replace=False)
lamp = net.add(rb.Poisson(rate=0), len(active), name="lamp")
net.connect(lamp, brain[active], rb.OneToOne(), weight=70, synapse=rb.Delta())

received = np.bincount(post, synapses * np.isin(pre, active), CELLS)
received[active] = 0
silenced = np.argsort(received)[-30:]


CONDITIONS = [("100 Hz", 100, False), ("150 Hz", 150, False), ("150 Hz, silenced", 150, True)]


def activate(net, k):
    """Set up trial k."""
    _, rate, silence = CONDITIONS[k % 3]
    net["lamp"]["rate"] = rate
    if silence:
        net["brain"][silenced]["V_th"] = 1e6


DURATION, TRIALS = 200, 30
trials = rb.trials(net, TRIALS, DURATION, each=activate)

# %%
# Rates with their spread
# -----------------------
# Counts have one row per trial and one column per cell. Others that spike less once these are silenced were reached
# through them; some spike more, since some of the silenced cells inhibit.

each = trials.counts("brain") / DURATION * 1e3
mean = {name: each[k::3].mean(axis=0) for k, (name, _, _) in enumerate(CONDITIONS)}
spread = {name: each[k::3].std(axis=0, ddof=1) for k, (name, _, _) in enumerate(CONDITIONS)}
others = np.setdiff1d(np.arange(CELLS), np.concatenate([active, silenced]))
for name in mean:
    answering = others[mean[name][others] > 1]
    rate, sd = mean[name][answering].mean(), spread[name][answering].mean()
    print(f"{name}: active cells {mean[name][active].mean():.0f} Hz, {len(answering)} other cells answer, at "
          f"{rate:.1f} Hz (sd over trials {sd:.1f} Hz)")  # fmt: skip

figure, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
axes[0].loglog(1 + out_degree, 1 + in_degree, ".", ms=2, alpha=0.4)
axes[0].set(xlabel="1 + out-degree", ylabel="1 + in-degree", title="the connectome")
strongest = np.argsort(received)[::-1][:40]
for name, colour in zip(mean, ("C0", rb.plot.palette.EXCITATORY, "0.5"), strict=True):
    axes[1].errorbar(np.arange(40), mean[name][strongest], spread[name][strongest], fmt="o", ms=3, lw=0.8, color=colour)
axes[1].legend(list(mean))
axes[1].set(xlabel="cell, by synapses from the active ones", ylabel="rate (Hz)", title="mean ± sd over trials")
axes[2].plot(mean["150 Hz"][others], mean["150 Hz, silenced"][others], ".", color=rb.plot.palette.EXCITATORY)
axes[2].axline((0, 0), slope=1, color="0.6", lw=0.8)
axes[2].set(xlabel="rate (Hz)", ylabel="rate, silenced (Hz)", title="all other cells, 150 Hz")
plt.show()
