"""Where neurons are: positions on grids, at random, or given."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.values import Described, own

#: Space has at most so many dimensions.
MOST_AXES = 3


@dataclass(frozen=True, eq=False)
class Positions(Described):
    """Given positions of neurons.

    Parameters
    ----------
    points : array, shape (n, d)
        One row per neuron, with d = 1, 2 or 3 coordinates, in any unit of length.
    extent : float or sequence of d floats, optional
        Lengths of the box from 0 on that holds all points; needed where `periodic`.
    periodic : bool, default False
        Whether what leaves the box on one side comes back on the other: a ring, a torus.

    Examples
    --------
    >>> ring = rb.Positions(np.arange(100)[:, None], extent=100, periodic=True)
    >>> cells = rb.Network().add(rb.LIF(), 100, positions=ring)
    """

    points: Any
    extent: Any = None
    periodic: bool = False

    def __post_init__(self) -> None:
        points = checks.reals("points", self.points, shape=(None, None))
        if not 1 <= points.shape[1] <= MOST_AXES:
            raise ValueError(f"points must have 1 to {MOST_AXES} coordinates each, got shape {points.shape}")
        object.__setattr__(self, "points", own(points))
        if checks.flag("periodic", self.periodic) and self.extent is None:
            raise ValueError("extent must be given where space is periodic")
        if self.extent is not None:
            extent = _extent(self.extent, points.shape[1])
            object.__setattr__(self, "extent", extent)
            if points.size and (points.min() < 0 or np.any(points.max(axis=0) > extent)):
                raise ValueError(f"points must lie between 0 and extent = {extent}, got {points.min(axis=0)} to "
                                 f"{points.max(axis=0)}")  # fmt: skip

    @property
    def axes(self) -> int:
        """Number of coordinates."""
        return int(self.points.shape[1])

    @property
    def box(self) -> np.ndarray | None:
        """Lengths after which space repeats; None where it does not."""
        return np.asarray(self.extent, float) if self.periodic else None

    def _place(self, n: int, random: np.random.Generator) -> Positions:
        """Return the positions of `n` neurons."""
        if len(self.points) != n:
            raise ValueError(f"positions must be those of {n} neurons, got {len(self.points)}")
        return self

    def __repr__(self) -> str:
        return f"Positions(<{len(self.points)} points>, extent={self.extent}, periodic={self.periodic})"


@dataclass(frozen=True, eq=False)
class Grid(Described):
    """Neurons at the middle of the cells of a regular grid, the last axis running fastest.

    Parameters
    ----------
    shape : int or sequence of int
        Cells along each of one to three axes; their product is the number of neurons.
    extent : float or sequence of float, default 1
        Length along each axis, in any unit.
    periodic : bool, default False
        Whether what leaves the grid on one side comes back on the other.

    Examples
    --------
    >>> sheet = rb.Network().add(rb.LIF(), 400, positions=rb.Grid((20, 20), extent=(1.0, 1.0), periodic=True))
    >>> sheet.positions[:2]
    array([[0.025, 0.025],
           [0.025, 0.075]])
    """

    shape: Any
    extent: Any = 1.0
    periodic: bool = False

    def __post_init__(self) -> None:
        shape = np.atleast_1d(checks.integers("shape", self.shape, low=1))
        if shape.ndim != 1 or not 1 <= len(shape) <= MOST_AXES:
            raise ValueError(f"shape must be 1 to {MOST_AXES} numbers of cells, got {self.shape!r}")
        object.__setattr__(self, "shape", tuple(int(n) for n in shape))
        object.__setattr__(self, "extent", _extent(self.extent, len(shape)))
        checks.flag("periodic", self.periodic)

    def _place(self, n: int, random: np.random.Generator) -> Positions:
        """Return the positions of `n` neurons."""
        if prod(self.shape) != n:
            raise ValueError(f"positions must be those of {n} neurons, a grid of shape {self.shape} has "
                             f"{prod(self.shape)}")  # fmt: skip
        axes = [(np.arange(k) + 0.5) * length / k for k, length in zip(self.shape, self.extent, strict=True)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(n, len(axes))
        return Positions(points, self.extent, self.periodic)


@dataclass(frozen=True, eq=False)
class RandomPositions(Described):
    """Neurons anywhere in a box, uniformly and independently; the network's seed decides where.

    Parameters
    ----------
    extent : float or sequence of float, default (1, 1)
        Length along each of one to three axes, in any unit.
    periodic : bool, default False
        Whether what leaves the box on one side comes back on the other.

    Examples
    --------
    >>> rb.Network().add(rb.LIF(), 400, positions=rb.RandomPositions((1.0, 2.0))).positions.shape
    (400, 2)
    """

    extent: Any = (1.0, 1.0)
    periodic: bool = False

    def __post_init__(self) -> None:
        extent = np.atleast_1d(checks.array("extent", self.extent))
        if extent.ndim != 1 or not 1 <= len(extent) <= MOST_AXES:
            raise ValueError(f"extent must be 1 to {MOST_AXES} lengths, got {self.extent!r}")
        object.__setattr__(self, "extent", _extent(extent, len(extent)))
        checks.flag("periodic", self.periodic)

    def _place(self, n: int, random: np.random.Generator) -> Positions:
        """Return the positions of `n` neurons."""
        return Positions(random.random((n, len(self.extent))) * self.extent, self.extent, self.periodic)


def placed(positions: Any, n: int, random: np.random.Generator) -> Positions:
    """Return the positions of `n` neurons from an array of points or what makes them."""
    if not isinstance(positions, Positions | Grid | RandomPositions):
        if not isinstance(positions, np.ndarray | list | tuple):
            raise TypeError(f"positions must be a Grid, RandomPositions, Positions or an array of points, got "
                            f"{positions!r}")  # fmt: skip
        positions = Positions(checks.reals("positions", positions, shape=(n, None)))
    return positions._place(n, random)


def _extent(given: Any, axes: int) -> tuple[float, ...]:
    extent = checks.array("extent", given, above=0)
    if extent.shape not in ((), (axes,)):
        raise ValueError(f"extent must be one length or one along each of {axes} axes, got {given!r}")
    return tuple(float(length) for length in np.broadcast_to(extent, (axes,)))
