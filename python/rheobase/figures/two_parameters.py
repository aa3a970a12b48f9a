"""Bifurcations of rate networks in two parameters."""

from functools import partial

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

#: Ranges of the inputs to the excitatory and the inhibitory population.
RANGES = ((-7.0, 7.0), (-13.0, 1.0))

#: Inputs to the inhibitory population at which the bifurcations to start from are found.
STARTS = (-6.5, -5.5)

#: Bounds of both rates.
BOX = ((-0.1, 1.1), (-0.1, 1.1))

#: How many points from the end of a Hopf curve cycles are followed to a homoclinic orbit, and up to which period.
FROM_END, LONG = 4, 120.0

#: How each degenerate point is drawn.
MARKERS = {"cusp": "^", "Bogdanov-Takens": "s", "generalised Hopf": "D"}


def wilson_cowan(P: float, Q: float) -> rb.rates.RateNetwork:
    """Return x' = −x + S(10x − 10y + P), y' = −y + S(10x + 2y + Q) with the logistic function S."""
    return rb.rates.RateNetwork([[10, -10], [10, 2]], [P, Q], rb.rates.Logistic(), tau=1.0, dimensionless=True)


def _along(Q: float, P: float) -> rb.rates.RateNetwork:
    return wilson_cowan(P, Q)


def _starts() -> list[tuple[float, rb.dynamics.Bifurcation]]:
    """Return the bifurcations along two lines of constant input to the inhibitory population."""
    found = []
    for q in STARTS:
        family = partial(_along, q)
        branch = rb.dynamics.continuation(family, [0.0, 0.0], RANGES[0][0], RANGES[0], box=BOX, step=0.03)
        found += [(q, point) for point in branch.bifurcations]
    return found


def _homoclinic(hopf: rb.dynamics.BifurcationCurve) -> list[rb.dynamics.HomoclinicCurve]:
    """Return the homoclinic curves that set out from the double zeros at which a Hopf curve ends."""
    found = []
    for k, end in zip((FROM_END, -1 - FROM_END), hopf.ended, strict=True):
        if end != "Bogdanov-Takens":
            continue
        q = float(hopf.q[k])
        family = partial(_along, q)
        near = (hopf.p[k] - 0.2, hopf.p[k] + 0.2)
        branch = rb.dynamics.continuation(family, hopf.states[k], hopf.p[k], near, box=BOX, step=0.1)
        points = [b for b in branch.bifurcations if b.kind == "Hopf"]
        point = min(points, key=lambda b: abs(b.parameter - hopf.p[k]))
        cycles = rb.dynamics.cycle_continuation(family, point, RANGES[0], box=BOX, max_period=LONG)
        last = cycles.bifurcations[-1]
        if last.kind == "homoclinic":
            found.append(rb.dynamics.homoclinic_curve(wilson_cowan, last, last.parameter, q, *RANGES, box=BOX))
    return found


@figure(
    "Hoppensteadt-Izhikevich 1997",
    "Bifurcations in two parameters",
    source="published",
    also=("two parameters",),
)
def two_parameters() -> Figure:
    """Draw the fold, Hopf and homoclinic curves over both inputs, with the points at which they meet."""
    picture, axes = panels("A", (6.0, 4.6))
    follow = {"fold": rb.dynamics.fold_curve, "Hopf": rb.dynamics.hopf_curve}
    colours = {"fold": INHIBITORY, "Hopf": EXCITATORY}
    numbers: dict[str, np.ndarray] = {}
    drawn: list[tuple[str, np.ndarray]] = []
    for q, point in _starts():
        # A curve that crosses the line of starts twice is drawn once.
        if any(k == point.kind and np.hypot(*(c - (point.parameter, q)).T).min() < 0.3 for k, c in drawn):
            continue
        curve = follow[point.kind](wilson_cowan, point.u, point.parameter, q, *RANGES, box=BOX, step=0.03)
        drawn.append((point.kind, np.column_stack([curve.p, curve.q])))
        axes["A"].plot(curve.p, curve.q, color=colours[point.kind], label=f"{point.kind} curve")
        for special in curve.points:
            axes["A"].plot(special.p, special.q, MARKERS.get(special.kind, "o"), color=BLACK, ms=5, label=special.kind)
            key = f"{special.kind} on {curve.kind} curves"
            numbers[key] = np.vstack([numbers.get(key, np.empty((0, 2))), [special.p, special.q]])
        for orbits in _homoclinic(curve) if curve.kind == "Hopf" else []:
            axes["A"].plot(orbits.p, orbits.q, "--", color=BLACK, lw=1, label="homoclinic curve")
            points = np.column_stack([orbits.p, orbits.q])
            numbers["homoclinic curves"] = np.vstack([numbers.get("homoclinic curves", np.empty((0, 2))), points])
    axes["A"].set(xlabel="P, input to the excitatory population", ylabel="Q, input to the inhibitory population")
    axes["A"].set(xlim=RANGES[0], ylim=RANGES[1])
    handles, labels = axes["A"].get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    axes["A"].legend(once.values(), once.keys(), loc="upper left")
    return Figure(picture, numbers, "Hopf and homoclinic curves end at a double zero.")
