"""A cycle on a branch, and the functions of its multipliers and its tangent that vanish at bifurcations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rheobase.dynamics.cycles.collocation import Linearised, Orbit
from rheobase.dynamics.cycles.limit_cycles import LimitCycle
from rheobase.dynamics.fields import Family, Field
from rheobase.models.values import Brief


def problem_of(family: Family) -> Callable[[np.ndarray], tuple[float, Field]]:
    """Return the function from the two scalars of an orbit, period and parameter, to its period and field."""
    return lambda scalars: (float(scalars[0]), Field(family(float(scalars[1]))))


@dataclass(frozen=True, eq=False, repr=False)
class TracedCycle(Brief):
    """A cycle, the direction of the branch there, and the linearised equations (None: not a cycle yet)."""

    orbit: Orbit
    tangent: Orbit
    linear: Linearised | None

    def turned(self) -> TracedCycle:
        """Return it with the opposite direction."""
        back = Orbit(self.tangent.knots, -self.tangent.nodes, -self.tangent.scalars)
        return TracedCycle(self.orbit, back, self.linear)

    @property
    def multipliers(self) -> np.ndarray:
        """Floquet multipliers by decreasing modulus."""
        assert self.linear is not None
        return self.linear.multipliers

    def limit_cycle(self) -> LimitCycle:
        """Return the cycle in units of time."""
        period = float(self.orbit.scalars[0])
        return LimitCycle(period, self.orbit.times * period, self.orbit.states, self.multipliers)


def _nontrivial(cycle: TracedCycle) -> np.ndarray:
    values = cycle.multipliers
    return np.delete(values, np.argmin(np.abs(values - 1)))


def fold_test(cycle: TracedCycle) -> float:
    """Return what vanishes at a fold: the parameter's part of the direction of the branch."""
    return float(cycle.tangent.scalars[1])


def _period_doubling(cycle: TracedCycle) -> float:
    values = _nontrivial(cycle)
    return float(np.prod((values + 1) / (np.abs(values) + 1)).real)


def _neimark_sacker(cycle: TracedCycle) -> float:
    values = _nontrivial(cycle)
    i, j = np.triu_indices(len(values), 1)
    products = values[i] * values[j]
    return float(np.prod((products - 1) / (np.abs(products) + 1)).real)


def one_test(cycle: TracedCycle) -> float:
    """Return what vanishes where a second multiplier is 1, at folds and at branch points."""
    values = _nontrivial(cycle)
    return float(np.prod((values - 1) / (np.abs(values) + 1)).real)


#: What vanishes where multipliers leave the unit circle elsewhere.
CYCLE_TESTS: dict[str, Callable[[TracedCycle], float]] = {
    "period doubling": _period_doubling,
    "Neimark-Sacker": _neimark_sacker,
}


def has_unit_pair(cycle: TracedCycle) -> bool:
    """Return whether the two multipliers whose product is nearest 1 are a complex pair."""
    values = _nontrivial(cycle)
    i, j = np.triu_indices(len(values), 1)
    k = int(np.argmin(np.abs(values[i] * values[j] - 1)))
    return bool(abs(values[i[k]].imag) > 1e-6)


def has_double_one(cycle: TracedCycle) -> bool:
    """Return whether a second multiplier is 1, about, as at a fold."""
    return bool(np.abs(_nontrivial(cycle) - 1).min(initial=np.inf) < 0.5)
