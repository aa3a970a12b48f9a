"""How a probability, a weight or a delay depends on distance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.values import Described


class Profile(Described):
    """A function of distance: base of `GaussianProfile`, `ExponentialProfile` and `LinearProfile`."""

    #: Beyond it the profile is as good as zero.
    reach = inf

    def __call__(self, distance: Any) -> Any:
        """Return the value at a distance, or at each of an array of distances."""
        raise TypeError(f"{type(self).__name__} must define its values")

    def _most(self, low: float, high: float) -> float:
        """Return the largest value at distances between two."""
        return float(max(self(low), self(high)))


@dataclass(frozen=True, eq=False)
class GaussianProfile(Profile):
    """peak · exp(−d² / 2σ²) at distance d.

    As a probability it ends at 6 σ, beyond which one in 10⁸ of the connections of a plane would lie.

    Parameters
    ----------
    peak : float
        Value at distance 0.
    sigma : float
        In the unit of the positions.

    Examples
    --------
    >>> rb.GaussianProfile(peak=0.8, sigma=0.1)(0.1).round(3)
    np.float64(0.485)
    """

    peak: float
    sigma: float

    def __post_init__(self) -> None:
        checks.field(self, "peak")
        checks.field(self, "sigma", above=0)

    @property
    def reach(self) -> float:  # type: ignore[override]
        """Beyond it the profile is as good as zero."""
        return 6.0 * self.sigma

    def __call__(self, distance: Any) -> Any:
        """Return the value at a distance, or at each of an array of distances."""
        scaled = np.minimum(np.abs(checks.array("distance", distance)) / self.sigma, 1e3)  # beyond, it is 0
        return self.peak * np.exp(-0.5 * scaled**2)


@dataclass(frozen=True, eq=False)
class ExponentialProfile(Profile):
    """peak · exp(−d / length) at distance d.

    As a probability it ends at 20 lengths, beyond which one in 10⁷ of the connections of a plane would lie.

    Parameters
    ----------
    peak : float
        Value at distance 0.
    length : float
        In the unit of the positions.

    Examples
    --------
    >>> rb.ExponentialProfile(peak=0.8, length=0.1)(0.2).round(3)
    np.float64(0.108)
    """

    peak: float
    length: float

    def __post_init__(self) -> None:
        checks.field(self, "peak")
        checks.field(self, "length", above=0)

    @property
    def reach(self) -> float:  # type: ignore[override]
        """Beyond it the profile is as good as zero."""
        return 20.0 * self.length

    def __call__(self, distance: Any) -> Any:
        """Return the value at a distance, or at each of an array of distances."""
        return self.peak * np.exp(-checks.array("distance", distance) / self.length)


@dataclass(frozen=True, eq=False)
class LinearProfile(Profile):
    """origin + slope · d at distance d: delays of conduction, say, of a synapse's own delay and 1 / velocity.

    Parameters
    ----------
    origin : float
        Value at distance 0.
    slope : float
        Per unit of the positions.

    Examples
    --------
    >>> rb.LinearProfile(origin=0.5, slope=1 / 0.3)(0.3).round(1)
    np.float64(1.5)
    """

    origin: float
    slope: float

    def __post_init__(self) -> None:
        checks.field(self, "origin")
        checks.field(self, "slope")

    def __call__(self, distance: Any) -> Any:
        """Return the value at a distance, or at each of an array of distances."""
        return self.origin + self.slope * checks.array("distance", distance)


#: What depends on distance: a profile, or a function of an array of distances.
OfDistance = Profile | Callable[[np.ndarray], Any]


def depends_on_distance(value: Any) -> bool:
    """Return whether a weight or delay is a profile or a function of distance."""
    return isinstance(value, Profile) or (callable(value) and not isinstance(value, type))


def values_at(name: str, of_distance: OfDistance, distances: np.ndarray) -> np.ndarray:
    """Return what a profile or a function gives at distances, one value each."""
    values = checks.array(f"{name}(distance)", of_distance(distances))
    if values.shape not in ((), distances.shape):
        raise ValueError(
            f"{name} must return one value for each of {len(distances)} distances, got shape {values.shape}"
        )
    return np.broadcast_to(values, distances.shape)
