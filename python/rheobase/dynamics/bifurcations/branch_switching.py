"""The branches of fixed points that meet at a branch point, of any number of eigenvalues that cross there together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.bifurcations.arclength import INTERRUPTED, Curve, trace
from rheobase.dynamics.bifurcations.continuation import (
    Bifurcation,
    Branch,
    around_branch_point,
    bifurcations,
    described,
    event_tests,
    margin_within,
)
from rheobase.dynamics.bifurcations.events import events_along, stays_on_branch
from rheobase.dynamics.fields import Family
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, Search

#: Newton iterations on the sphere, and the part of its radius within which two of its points are one.
_ITERATIONS, _SAME = 40, 1e-3

#: Starts without a new point after which the search ends: at least, and per point found.
_IDLE, _IDLE_EACH = 40, 5

#: Points of the sphere belong to a continuum if there are more than these, or if one can move as freely as this.
_MOST, _LOOSE = 1000, 1e-10


def find_branches(
    family: Family,
    point: Bifurcation,
    p_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.01,
    max_steps: int = 2000,
    seed: checks.Seed = 0,
    progress: bool = False,
) -> tuple[Branch, ...]:
    """Follow all branches that cross the known one at a branch point.

    Where several eigenvalues cross together, as symmetry makes them do, many branches meet. All of them pass through a
    small sphere about the point, of radius `step`, where they are isolated zeros of F(u, p) = 0: Newton's method finds
    them from random places of the sphere within the kernel of dF, until it finds no more. Two opposite zeros are ends
    of one smooth branch. Each half is followed away from the point.

    Parameters
    ----------
    family, p_range, box, step, max_steps, progress
        As in `continuation`.
    point : Bifurcation
        A branch point found by `continuation`.
    seed : int, SeedSequence or Generator, optional
        For the places on the sphere. Default: 0.

    Returns
    -------
    tuple of Branch
        Without the one on which `point` was found. Each has `point` among its bifurcations.

    Raises
    ------
    ValueError
        If `point` is not a branch point, or infinitely many branches leave it, as under a continuous symmetry.
    rheobase.Interrupted
        On Ctrl-C, once a branch is followed; its ``result`` holds the branches until there, the last ended
        ``"interrupted"``.

    Examples
    --------
    Two units that do not feel each other have a pitchfork each, at once: besides both pure branches there are two on
    which the units are equal, or opposite.

    >>> from rheobase.dynamics import continuation
    >>> def two_units(a):
    ...     return lambda u: a * u - u**3
    >>> (point,) = continuation(two_units, [0.0, 0.0], -0.5, (-1, 1)).bifurcations
    >>> branches = find_branches(two_units, point, (-1, 1))
    >>> sorted(np.abs(branch.states[-1].round(3)).tolist() for branch in branches)
    [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """
    curve, centre, bounds = around_branch_point(family, point, p_range, box)
    step, max_steps = checks.number("step", step, above=0, high=0.5), checks.integer("max_steps", max_steps, low=1)
    sphere = _Sphere(curve, centre, step)
    exits = sphere.exits(max(point.crossing, 1) + 1, checks.generator(seed))
    margin, tests = margin_within(curve, box, bounds), event_tests(len(point.u))

    def half(away: np.ndarray) -> _Half:
        first = sphere.centre + step * away
        with Search("fixed points", progress) as search:
            path = trace(curve, first, away, margin, step, max_steps, stays_on_branch, search.advance)
        events, all_found = events_along(curve, path.points, away, tests, progress)
        return _Half(path.points, bifurcations(curve, events), path.ended if all_found else INTERRUPTED)

    branches = []
    for back, ahead in _opposites(_others(exits, point.tangent)):
        here = Bifurcation("branch point", point.parameter, point.u, point.eigenvalues, ahead, point.crossing)
        first = _Half([], (), "branch point") if back is None else half(back)
        last = half(ahead) if first.ended != INTERRUPTED else _Half([], (), INTERRUPTED)
        points = [*first.points[::-1], sphere.centre, *last.points]
        events = (*first.events[::-1], here, *last.events)
        branches.append(described(curve, points, events, (first.ended, last.ended)))
        if last.ended == INTERRUPTED:
            raise Interrupted(f"stopped by Ctrl-C on branch {len(branches)}", tuple(branches))
    return tuple(branches)


@dataclass(frozen=True, eq=False, repr=False)
class _Half(Brief):
    """What lies on one side of the branch point."""

    points: list[np.ndarray]
    events: tuple[Bifurcation, ...]
    ended: str


class _Sphere:
    """Points of a curve at a distance `radius` from a `centre` on it, in scaled units."""

    def __init__(self, curve: Curve, centre: np.ndarray, radius: float) -> None:
        self.curve, self.centre, self.radius = curve, centre, radius

    def exits(self, dimension: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Return the directions of all points, as unit vectors, from starts in the kernel of dG/dz."""
        kernel = np.linalg.svd(self.curve.matrix(self.centre))[2][-dimension:]
        found: list[np.ndarray] = []
        idle = 0
        while idle < _IDLE + _IDLE_EACH * len(found):
            away = self._solved(rng.standard_normal(dimension) @ kernel)
            if away is not None and all(np.linalg.norm(away - other) > _SAME for other in found):
                found.append(away)
                idle = 0
                if len(found) > _MOST:
                    raise self._continuum()
            else:
                idle += 1
        return found

    def _continuum(self) -> ValueError:
        at = self.centre[-1] * self.curve.scale[-1]
        return ValueError(
            f"point must be left by finitely many branches, got a continuum of them at parameter {at:.6g}"
        )

    def _solved(self, away: np.ndarray) -> np.ndarray | None:
        """Return the direction of a point from a guess of it, by Newton's method with steps of bounded length."""
        away = away / np.linalg.norm(away)
        for _ in range(_ITERATIONS):
            z = self.centre + self.radius * away
            matrix, value = self.curve.matrix(z), self.curve.value(z)
            if not (np.isfinite(matrix).all() and np.isfinite(value).all()):
                return None
            # Rows that vanish at the centre are small.
            size = np.maximum(np.linalg.norm(matrix, axis=1), 1e-300)
            system = np.vstack([matrix / size[:, None], away])
            right = np.append(value / (self.radius * size), 0.0)
            turn, _, _, sizes = np.linalg.lstsq(system, -right, rcond=1e-14)
            turn *= min(1.0, 0.3 / max(float(np.linalg.norm(turn)), 1e-300))
            away = away + turn
            away = away / np.linalg.norm(away)
            if np.linalg.norm(turn) < 1e-9:
                if sizes[-1] < _LOOSE * sizes[0]:
                    raise self._continuum()
                return away
        return None


def _others(exits: list[np.ndarray], tangent: np.ndarray) -> list[np.ndarray]:
    """Return the exits but for those of the branch with this tangent."""
    rest = list(exits)
    for along in (tangent, -tangent):
        cosines = [float(away @ along) for away in rest]
        if cosines and max(cosines) > 0.95:
            del rest[int(np.argmax(cosines))]
    return rest


def _opposites(exits: list[np.ndarray]) -> list[tuple[np.ndarray | None, np.ndarray]]:
    """Return pairs of exits that are opposite; one that has no opposite comes alone, second."""
    rest, pairs = list(exits), []
    while rest:
        ahead = rest.pop(0)
        gaps = [float(np.linalg.norm(ahead + other)) for other in rest]
        back = rest.pop(int(np.argmin(gaps))) if gaps and min(gaps) < 0.3 else None
        pairs.append((back, ahead))
    return pairs
