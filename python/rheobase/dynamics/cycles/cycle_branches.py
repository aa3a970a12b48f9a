"""Branches of limit cycles, and the bifurcations on them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class CycleBifurcation(Brief):
    """A bifurcation of limit cycles.

    Attributes
    ----------
    kind : str
        ``"fold"`` (two cycles meet), ``"period doubling"`` (a multiplier −1), ``"Neimark-Sacker"`` (a complex pair on
        the unit circle), ``"branch point"`` (cycles cross, as at a loss of symmetry), ``"Hopf"`` (the cycle shrinks to
        a fixed point), ``"homoclinic"`` (its period grows without bound near a saddle) or ``"infinite period"`` (it
        grows without a saddle near by, as at a saddle-node on the cycle).
    parameter : float
    cycle : LimitCycle
    """

    kind: str
    parameter: float
    cycle: LimitCycle


@dataclass(frozen=True, eq=False, repr=False)
class CycleBranch(Brief):
    """A branch of limit cycles.

    Attributes
    ----------
    parameter : ndarray, shape (K,)
    cycles : tuple of LimitCycle
        One per value of the parameter.
    bifurcations : tuple of CycleBifurcation
        In order along the branch.
    ended : tuple of str
        Why the tracing stopped at the first and at the last cycle: ``"left the range"``, ``"period exceeds
        max_period"``, ``"Hopf"``, ``"closed on itself"``, the kind of the point it set out from, or how far it got.
    """

    parameter: np.ndarray
    cycles: tuple[LimitCycle, ...] = field(repr=False)
    bifurcations: tuple[CycleBifurcation, ...]
    ended: tuple[str, str]

    @property
    def period(self) -> np.ndarray:
        """Periods, shape (K,)."""
        return np.array([cycle.period for cycle in self.cycles])

    @property
    def low(self) -> np.ndarray:
        """Smallest value of each component on each cycle, shape (K, n)."""
        return np.array([cycle.low for cycle in self.cycles])

    @property
    def high(self) -> np.ndarray:
        """Largest value of each component on each cycle, shape (K, n)."""
        return np.array([cycle.high for cycle in self.cycles])

    @property
    def multipliers(self) -> np.ndarray:
        """Floquet multipliers by decreasing modulus, complex, shape (K, n)."""
        return np.array([cycle.multipliers for cycle in self.cycles])

    @property
    def stable(self) -> np.ndarray:
        """Whether each cycle is stable, shape (K,)."""
        return np.array([cycle.stable for cycle in self.cycles])

    def _repr_html_(self) -> str:
        events = "".join(
            f"<li>{b.kind} at {b.parameter:.8g}, period {b.cycle.period:.6g}</li>" for b in self.bifurcations
        )
        return (
            f"<b>Branch</b> of {len(self.cycles)} limit cycles, parameter {self.parameter.min():.6g} … "
            f"{self.parameter.max():.6g}<ul>{events}</ul>ended: {self.ended[0]}; {self.ended[1]}"
        )
