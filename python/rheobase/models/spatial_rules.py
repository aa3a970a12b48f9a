"""Connection rules by distance, between populations that have positions."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.ends import Ends
from rheobase.models.neighbours import Cells, distances, drawn_pairs
from rheobase.models.profiles import Profile, values_at
from rheobase.models.rules import DrawnRule

#: Targets whose sources are counted for an expected in-degree; evenly spaced ones where there are more.
COUNTED = 256
#: Points whose neighbours are sought together.
PIECE = 2**13


class SpatialRule(DrawnRule):
    """A rule that draws pairs by where neurons are: base of `ByDistance` and `Nearest`."""

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """List the pairs, which must be of one space."""
        ends.check_space()
        return super()._for_engine(ends, random)


@dataclass(frozen=True, eq=False)
class ByDistance(SpatialRule):
    """Each pair is connected with a probability that depends on the distance, independently.

    Memory and time grow with the number of connections, not with that of pairs.

    Parameters
    ----------
    p : float, Profile or callable
        Probability: one for all distances up to `reach` (a disc); a profile such as ``rb.GaussianProfile(0.8,
        sigma=0.1)``; or a function of an array of distances.
    reach : float, optional
        Largest distance; needed where `p` is a number or a function. Profiles that fall off have their own.
    beyond : float, default 0
        Smallest distance; with `reach` it makes an annulus.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> net = rb.Network()
    >>> sheet = net.add(rb.LIF(), 400, positions=rb.Grid((20, 20), periodic=True))
    >>> near = rb.ByDistance(rb.GaussianProfile(0.8, sigma=0.1))
    >>> q = net.connect(sheet, sheet, near, weight=10, synapse=rb.Exponential(tau=5), delay=rb.LinearProfile(1, 5))
    >>> ring = net.connect(sheet, sheet, rb.ByDistance(0.5, reach=0.3, beyond=0.2), weight=-5, synapse=rb.Delta())
    """

    p: Any
    reach: float | None = None
    beyond: float = 0.0
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.p):
            checks.field(self, "p", low=0, high=1)
        beyond = checks.number("beyond", self.beyond, low=0, high=1e150)  # whose square is a number
        if self.reach is not None:
            checks.field(self, "reach", above=beyond)
        elif not (isinstance(self.p, Profile) and self.p.reach < inf):
            raise ValueError(f"reach must be given where p has none of its own, got p = {self.p!r}")
        if isinstance(self.p, Profile):
            _check_probabilities(np.array([self.p(beyond), self.p(min(self._reach, 1e300))]), self)

    @property
    def _reach(self) -> float:
        own = self.p.reach if isinstance(self.p, Profile) else inf
        return float(min(own, inf if self.reach is None else self.reach))

    def _probability(self, distance: np.ndarray) -> np.ndarray:
        if not callable(self.p):
            return np.full(distance.shape, float(self.p))
        return _check_probabilities(values_at("p", self.p, distance), self)

    def _most(self, low: float, high: float) -> float:
        """Return a bound of the probability between two distances."""
        if isinstance(self.p, Profile):
            return self.p._most(low, high)
        return 1.0 if callable(self.p) else float(self.p)

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw the pairs cell by cell."""
        cells = Cells(ends.pre.points, ends.post.points, ends.box, self._reach)
        pre, post = drawn_pairs(cells, self._probability, self._most, self.beyond, random)
        return ends.without_autapses(pre, post, self.autapses)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the mean of the expected in-degrees that targets have where they are, of 256 of them where many."""
        ends.check_space()
        if not (ends.n_pre and ends.n_post):
            return 0.0
        chosen = np.unique(np.linspace(0, ends.n_post - 1, min(ends.n_post, COUNTED)).astype(np.int64))
        total = 0.0
        for k in chosen:
            distance = distances(ends.pre.points, ends.post.points[k], ends.box)
            within = (distance >= self.beyond) & (distance <= self._reach)
            if ends.same and not self.autapses:
                within &= ends.pre.indices != ends.post.indices[k]
            total += float(self._probability(distance[within]).sum())
        return total / len(chosen)


@dataclass(frozen=True, eq=False)
class Nearest(SpatialRule):
    """Every neuron is connected to the `k` nearest of the other end; which of equally near ones is left open.

    Parameters
    ----------
    k : int
    per : {"post", "pre"}, default "post"
        Whose `k` it is: every target hears its `k` nearest sources, or every source reaches its `k` nearest targets.
    autapses : bool, default False
        Whether a neuron, the nearest of all to itself, may be one of them.

    Examples
    --------
    >>> net = rb.Network()
    >>> sheet = net.add(rb.LIF(), 400, positions=rb.RandomPositions())
    >>> q = net.connect(sheet, sheet, rb.Nearest(8), weight=10, synapse=rb.Exponential(tau=5))
    """

    k: int
    per: str = "post"
    autapses: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("k", self.k, low=0)
        checks.choice("per", self.per, ("post", "pre"))

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return k, or what as many from each source make."""
        return float(self.k) if self.per == "post" else self.k * ends.n_pre / max(ends.n_post, 1)

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Ask a tree for neighbours."""
        from scipy.spatial import cKDTree

        own, other = (ends.post, ends.pre) if self.per == "post" else (ends.pre, ends.post)
        alone = ends.same and not self.autapses
        choices = ends.pre_choices(self.autapses) if self.per == "post" else ends.post_choices(self.autapses)
        if self.k > np.min(choices):
            raise ValueError(f"k must be at most the {np.min(choices)} neurons to choose from, got {self.k}")
        if self.k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        tree = cKDTree(_wrapped(other.points, ends.box), boxsize=ends.box)
        asked = min(self.k + alone, other.n)
        owners, neighbours = [], []
        for first in range(0, own.n, PIECE):
            member = np.arange(first, min(first + PIECE, own.n))
            found = tree.query(_wrapped(own.points[member], ends.box), k=[*range(1, asked + 1)])[1]
            wanted = np.ones(found.shape, bool)
            if alone:
                wanted = other.indices[found] != own.indices[member][:, None]
            wanted &= np.cumsum(wanted, axis=1) <= self.k
            owners.append(np.repeat(member, wanted.sum(axis=1)))
            neighbours.append(found[wanted])
        pair = np.concatenate(neighbours), np.concatenate(owners)
        return pair if self.per == "post" else pair[::-1]


def _wrapped(points: np.ndarray, box: np.ndarray | None) -> np.ndarray:
    """Return points within [0, box), as a tree of periodic space wants them."""
    return points if box is None else np.where(points >= box, 0.0, points)


def _check_probabilities(p: np.ndarray, rule: ByDistance) -> np.ndarray:
    if p.size and not (p.min() >= 0 and p.max() <= 1):
        raise ValueError(f"p must give probabilities between 0 and 1, got {p.min():g} to {p.max():g} of {rule.p!r}")
    return p
