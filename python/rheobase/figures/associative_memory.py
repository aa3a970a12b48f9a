"""Figures of source 001: a Hopfield network of 64 graded units."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase.attractors import GradedHopfield, GradedRun, cross_pattern, overlap, random_patterns, smiley_pattern
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The outer-product rule of eqs. (4) and (6), which keeps the diagonal.
store = partial(rb.learning.hebbian, diagonal=True)

ACTIVATION = "The source leaves f out; here it is the sign. With tanh and a slope of 1 every state would decay to 0."


@figure("H10", "Pattern 'X'", source="001")
def cross() -> Figure:
    """Draw the 8×8 'X'."""
    return _picture_of(cross_pattern())


def _picture_of(pattern: np.ndarray) -> Figure:
    picture, axes = panels("A", (2.6, 3.0))
    rb.plot.patterns(pattern, ax=axes["A"])
    axes["A"].spines[:].set_visible(True)
    axes["A"].set_xlabel("black +1, white −1")
    return Figure(picture, {"pattern": pattern, "active": int((pattern > 0).sum())})


@figure("H11", "Weights that store the 'X'", source="001")
def weights_of_one_pattern() -> Figure:
    """Draw W = p pᵀ/N."""
    return _weights_of(store(cross_pattern()))


def _weights_of(weights: np.ndarray) -> Figure:
    from matplotlib.colors import LinearSegmentedColormap

    picture, axes = panels("A", (5, 4.2))
    image = rb.plot.hopfield_weights(weights, ax=axes["A"])
    # Two colours that differ in lightness too, for print in grey.
    image.set_cmap(LinearSegmentedColormap.from_list("weights", [INHIBITORY, "white", EXCITATORY]))
    return Figure(picture, {"64 W": np.unique(64 * weights), "trace": float(np.trace(weights))})


@figure("H12", "Activity settles into the stored 'X'", source="001")
def settling(seed: int = 1) -> Figure:
    """Draw the state, all units and the overlap with the pattern on the way from a random state."""
    chance = rb.checks.generator(seed)
    net = GradedHopfield(store(cross_pattern()))
    run = net.run(random_patterns(1, 64, seed=chance), 10.0, seed=chance)
    picture, axes = panels("AA;BC", (9, 4.6))
    _snapshots(axes["A"], run, 0)
    image = axes["B"].imshow(run.states[:, 0].T, aspect="auto", cmap="gray_r", vmin=-1, vmax=1, extent=(0, 10, 64, 0))
    axes["B"].set(xlabel="t (time constants)", ylabel="unit")
    picture.colorbar(image, ax=axes["B"], label="x")
    m = overlap(run.states[:, 0], cross_pattern())
    axes["C"].plot(run.times, m, color=BLACK)
    axes["C"].set(xlabel="t (time constants)", ylabel="overlap with the 'X'", ylim=(-1.08, 1.08))
    level(axes["C"], float(np.sign(m[-1])))
    return Figure(picture, {"overlap(0)": float(m[0]), "overlap(10)": float(m[-1])}, ACTIVATION)


@figure("H13", "From random states to the 'X' or its negative", source="001")
def two_attractors(seed: int = 1) -> Figure:
    """Draw three runs from random states, and the overlaps of 40."""
    chance = rb.checks.generator(seed)
    run = GradedHopfield(store(cross_pattern())).run(random_patterns(40, 64, seed=chance), 10.0, seed=chance)
    m = overlap(run.states, cross_pattern())
    picture, axes = panels("AD;BD;CD", (9, 4.6), width_ratios=[1.5, 1])
    axes["D"].plot(run.times, m[:, 3:], color=EXTERNAL, linewidth=0.5)
    for trial, panel in enumerate("ABC"):
        _snapshots(axes[panel], run, trial)
        axes["D"].plot(run.times, m[:, trial], color=colour((0, 1, 3)[trial]), linewidth=2, label=f"run {panel}")
    axes["D"].set(xlabel="t (time constants)", ylabel="overlap with the 'X'", ylim=(-1.08, 1.08))
    axes["D"].legend(loc="center right")
    numbers = {"overlap(10)": m[-1], "ends at X": int((m[-1] > 0).sum()), "ends at −X": int((m[-1] < 0).sum())}
    residual = run.last - np.sign(m[-1])[:, None] * cross_pattern()
    numbers["sd about the attractor (ddof 0)"] = float(residual.std())
    return Figure(
        picture, numbers, "Grey: 37 more runs. One stored pattern makes two attractors, the 'X' and its negative."
    )


@figure("H14", "Pattern of a smiley", source="001")
def smiley() -> Figure:
    """Draw the 8×8 smiley."""
    return _picture_of(smiley_pattern())


@figure("H15", "Weights that store 'X' and smiley", source="001")
def weights_of_two_patterns() -> Figure:
    """Draw W = (p pᵀ + q qᵀ)/N."""
    return _weights_of(store([cross_pattern(), smiley_pattern()]))


@figure("H16", "Two stored patterns", source="001")
def four_attractors(seed: int = 1) -> Figure:
    """Draw a run that ends at the smiley, one that ends at the 'X', and where 40 runs end."""
    chance = rb.checks.generator(seed)
    stored = np.array([cross_pattern(), smiley_pattern()])
    run = GradedHopfield(store(stored)).run(random_patterns(40, 64, seed=chance), 10.0, seed=chance)
    m = overlap(run.states, stored)
    picture, axes = panels("AC;BC", (9.5, 4.2), letters=False, width_ratios=[1.6, 1])
    for panel, k, name in (("A", 1, "(a) to the smiley"), ("B", 0, "(b) to the 'X'")):
        _snapshots(axes[panel], run, int(m[-1, :, k].argmax()))
        axes[panel].set_title(name, loc="left")
    axes["C"].plot(m[:, :, 0], m[:, :, 1], color=EXTERNAL, linewidth=0.7)
    axes["C"].plot(*m[0].T, ".", color=INHIBITORY, label="t = 0")
    axes["C"].plot(*m[-1].T, "o", color=EXCITATORY, label="t = 10")
    axes["C"].set(xlabel="overlap with the 'X'", ylabel="overlap with the smiley", aspect="equal")
    axes["C"].legend(loc="lower right", ncols=2, bbox_to_anchor=(1.0, 1.0))
    common = float(overlap(stored[0], stored[1]))
    near = {name: int((s * m[-1, :, k] > 0.9).sum()) for name, k, s in _ATTRACTORS}
    note = f"The two pictures have an overlap of {common:g}, so a run that ends at one has that overlap with the other."
    return Figure(picture, {"overlap of the patterns": common, **near, "overlaps(10)": m[-1]}, note)


_ATTRACTORS = (("X", 0, 1), ("−X", 0, -1), ("smiley", 1, 1), ("−smiley", 1, -1))


@figure("H17", "Recovery of a corrupted 'X'", source="001")
def recovery(seed: int = 1) -> Figure:
    """Draw the way back from the 'X' with 30 % of its units flipped, with two patterns stored."""
    chance = rb.checks.generator(seed)
    start = rb.attractors.corrupt(cross_pattern(), 0.3, seed=chance)
    run = GradedHopfield(store([cross_pattern(), smiley_pattern()])).run(start, 10.0, seed=chance)
    m = overlap(run.states[:, 0], [cross_pattern(), smiley_pattern()])
    picture, axes = panels("A;B", (8, 4.6))
    _snapshots(axes["A"], run, 0)
    axes["B"].plot(run.times, m[:, 0], color=BLACK, label="with the 'X'")
    axes["B"].plot(run.times, m[:, 1], "--", color=EXCITATORY, label="with the smiley")
    axes["B"].set(xlabel="t (time constants)", ylabel="overlap", ylim=(-0.5, 1.08))
    axes["B"].legend(loc="center right")
    flipped = int((start != cross_pattern()).sum())
    return Figure(
        picture, {"flipped": flipped, "overlap(0)": float(m[0, 0]), "overlap(10)": float(m[-1, 0])}, ACTIVATION
    )


@figure("H18", "Recovery against the number of stored patterns", source="001")
def capacity(seed: int = 1) -> Figure:
    """Draw the fraction of patterns recovered from three corruptions, with the theoretical capacities."""
    counts = [1, 3, 5, 7, 8, 9, 10, 12, 15]
    curves = rb.attractors.recovery_curves(64, counts, store=store, networks=40, dynamics="graded", seed=seed)
    bounds = rb.attractors.capacity_bounds(64)
    picture, axes = panels("A", (6.5, 4))
    axes["A"].set_prop_cycle(color=(BLACK, EXCITATORY, INHIBITORY), linestyle=("-", "--", ":"))
    rb.plot.recovery_curves(curves, ax=axes["A"])
    axes["A"].legend(loc="upper right")
    numbers = {"counts": np.array(counts), "recovered": curves.recovered, "standard error": curves.standard_error}
    theory = {"0.138 N": bounds.retrieval, "N/(2 ln N)": bounds.most_units, "N/(4 ln N)": bounds.all_patterns}
    note = (
        "Overlap of at least 0.95 after 10 time constants, 40 networks a point. No one corruption gives both claims of "
    )
    note += "the source, above 95 % up to 7 or 8 patterns (as from 10 %) and 50 % at 9 (as from 30 %)."
    return Figure(picture, {**numbers, **theory}, note)


def _snapshots(ax: Axes, run: GradedRun, trial: int) -> None:
    """Draw the states of a trial at six times side by side."""
    times = np.array([0.0, 0.3, 0.6, 1.0, 2.0, 10.0])
    steps = np.searchsorted(run.times, times - 1e-9)
    rb.plot.patterns(run.states[steps, trial], ax=ax)
    ax.spines[:].set_visible(True)
    ax.set_xticks(3.5 + 9 * np.arange(times.size), [f"t = {t:g}" for t in times])
    ax.tick_params(length=0)
    ax.set_xlabel("time constants")
