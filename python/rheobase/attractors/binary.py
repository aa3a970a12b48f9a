"""Hopfield networks of binary units: asynchronous, block and synchronous recall, and the energy on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.storage import sign_patterns
from rheobase.models.values import Brief
from rheobase.progress import counted

_UPDATES = ("asynchronous", "block", "synchronous")

#: Units whose fields one matrix product prepares in an asynchronous sweep: a matter of speed alone.
_GROUP = 32


@dataclass(frozen=True, eq=False, repr=False)
class Recall(Brief):
    """What a batch of trials did on the way to its attractors.

    Attributes
    ----------
    states : ndarray of ±1, (trials, N)
        Last states.
    energy : ndarray, (trials, sweeps + 1)
        Energy at the start and after each sweep; a settled trial keeps its last value.
    sweeps : ndarray of int, (trials,)
        Sweeps until nothing changed any more, the last, idle one included.
    period : ndarray of int, (trials,)
        1 at a fixed point, 2 on a cycle of two states (synchronous updates), 0 if the sweeps were used up first.
    """

    states: np.ndarray
    energy: np.ndarray
    sweeps: np.ndarray
    period: np.ndarray

    @property
    def converged(self) -> np.ndarray:
        """Whether each trial reached a fixed point, (trials,)."""
        return self.period == 1

    def _repr_html_(self) -> str:
        return (
            f"<b>Recall</b>: {len(self.states)} trials of {self.states.shape[1]} units, {self.converged.sum()} at a "
            f"fixed point, mean energy {self.energy[:, 0].mean():.4g} → {self.energy[:, -1].mean():.4g}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class EnergyPath(Brief):
    """One run followed update by update.

    Attributes
    ----------
    units : ndarray of int, (updates,)
        The unit visited at each update.
    flipped : ndarray of bool, (updates,)
        Whether it changed.
    energy : ndarray, (updates + 1,)
        Energy at the start and after each update.
    state : ndarray of ±1, (N,)
        Last state.
    """

    units: np.ndarray
    flipped: np.ndarray
    energy: np.ndarray
    state: np.ndarray


class HopfieldNetwork:
    """A network of binary units ``S_j ← sign(Σ_k W_jk S_k)``; a unit without input (a tie) keeps its state.

    Its energy ``E = -½ Sᵀ W S`` never rises under asynchronous updates if W is symmetric with a diagonal ``>= 0``
    (Hopfield 1982).

    Parameters
    ----------
    weights : array, (N, N)
        post × pre; see `rheobase.learning.hebbian`, `pseudo_inverse` and `storkey`.

    Raises
    ------
    ValueError
        If the weights are not a finite square matrix.

    Examples
    --------
    >>> from rheobase.attractors import HopfieldNetwork, corrupt, cross_pattern
    >>> from rheobase.learning import hebbian
    >>> net = HopfieldNetwork(hebbian(cross_pattern()))
    >>> bool((net.recall(corrupt(cross_pattern(), 0.3, seed=1), seed=2).states == cross_pattern()).all())
    True
    """

    def __init__(self, weights: npt.ArrayLike) -> None:
        self.weights = square_weights(weights)

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.weights)

    def energy(self, states: npt.ArrayLike) -> np.ndarray:
        """Compute ``E = -½ Sᵀ W S``.

        Parameters
        ----------
        states : array of ±1, (N,) or (trials, N)
            Where to evaluate it.

        Returns
        -------
        ndarray, () or (trials,)
            Energies.

        Raises
        ------
        ValueError
            If the states have another length than the network or entries other than ±1.
        """
        s = sign_patterns("states", states, self.n)
        energy = _energy(s, s @ self.weights.T)
        return energy[0] if np.ndim(states) == 1 else energy

    def recall(
        self,
        states: npt.ArrayLike,
        *,
        updates: str = "asynchronous",
        block: int | None = None,
        sweeps: int = 100,
        seed: checks.Seed = None,
        progress: bool = False,
    ) -> Recall:
        """Run trials from the given states until each settles or `sweeps` are used up.

        A sweep visits every unit once. All trials run as one batch.

        Parameters
        ----------
        states : array of ±1, (N,) or (trials, N)
            Initial states; the argument is not changed.
        updates : {"asynchronous", "block", "synchronous"}
            One unit at a time in a random order, new for each sweep and common to the trials; random groups of
            `block` units at once; or all at once. Only the first is sure to lower the energy and to settle.
        block : int, optional
            Units per group of the block updates; required by them alone.
        sweeps : int, default 100
            Most sweeps of a trial. Running out of them is no error: see `Recall.period`.
        seed : int, SeedSequence or Generator, optional
            Source of the orders.
        progress : bool, default False
            Show a bar that counts sweeps.

        Returns
        -------
        Recall
            States, energies, numbers of sweeps and whether each trial settled.

        Raises
        ------
        ValueError
            If a state has the wrong length or entries, an option is unknown, or `block` does not fit.
        """
        initial = sign_patterns("states", states, self.n)
        sweep = self._sweep(updates, block, checks.generator(seed))
        return self._settle(initial, sweep, checks.integer("sweeps", sweeps, low=1), updates == "synchronous", progress)

    def follow(self, state: npt.ArrayLike, updates: int, *, seed: checks.Seed = None) -> EnergyPath:
        """Update randomly drawn units (with replacement) one by one and record the energy after each.

        Parameters
        ----------
        state : array of ±1, (N,)
            Initial state; not changed.
        updates : int
            How many units to visit.
        seed : int, SeedSequence or Generator, optional
            Source of the units.

        Returns
        -------
        EnergyPath
            Units visited, which of them flipped, energies and the last state.

        Raises
        ------
        ValueError
            If the state has the wrong length or entries.
        """
        s = sign_patterns("state", checks.array("state", state, shape=(self.n,)))[0].copy()
        updates = checks.integer("updates", updates, low=0)
        checks.memory("updates", 17.0 * updates)
        units = checks.generator(seed).integers(self.n, size=updates)
        flipped = np.zeros(len(units), dtype=bool)
        energy = np.empty(len(units) + 1)
        h = self.weights @ s
        tie = _tie(self.weights)
        energy[0] = _energy(s, h)
        for i, j in enumerate(units):
            flipped[i] = h[j] * s[j] < -tie
            energy[i + 1] = energy[i]
            if flipped[i]:
                s[j] = -s[j]
                h += 2 * s[j] * self.weights[:, j]
                energy[i + 1] = _energy(s, h)
        return EnergyPath(units, flipped, energy, s)

    def _sweep(self, updates: str, block: int | None, rng: np.random.Generator) -> _Sweep:
        checks.choice("updates", updates, _UPDATES)
        if (block is None) == (updates == "block"):
            raise ValueError(f"block must be given for block updates and only for them, got {block} for {updates!r}")
        if updates == "asynchronous":
            return lambda s: _asynchronous_sweep(self.weights, s, rng.permutation(self.n))
        size = self.n if block is None else checks.integer("block", block, low=1, high=self.n)
        order = np.arange(self.n)
        return lambda s: _block_sweep(self.weights, s, rng.permutation(self.n) if size < self.n else order, size)

    def _settle(self, initial: np.ndarray, sweep: _Sweep, sweeps: int, cycles: bool, progress: bool) -> Recall:
        states, before = initial.copy(), initial.copy()
        used = np.full(len(states), sweeps)
        period = np.zeros(len(states), dtype=int)
        energy = [_energy(states, states @ self.weights.T)]
        moving = np.arange(len(states))
        for i in counted(range(1, sweeps + 1), "recall", "sweep", progress):
            s = states[moving]
            fields = sweep(s)
            energy.append(energy[-1].copy())
            energy[-1][moving] = _energy(s, fields)
            still = (s == states[moving]).all(axis=1)
            swing = (s == before[moving]).all(axis=1) & ~still & (cycles and i > 1)
            before[moving], states[moving] = states[moving], s
            period[moving[still]], period[moving[swing]] = 1, 2
            used[moving[still | swing]] = i
            moving = moving[~(still | swing)]
            if not len(moving):
                break
        return Recall(states, np.array(energy).T, used, period)


_Sweep = Callable[[np.ndarray], np.ndarray]


def square_weights(weights: npt.ArrayLike) -> np.ndarray:
    """Return the weights of a recurrent network as a finite square matrix with at least one unit.

    Raises
    ------
    ValueError
        If they are not square or empty.
    """
    w = checks.array("weights", weights, shape=(None, None))
    if w.shape[0] != w.shape[1] or not w.size:
        raise ValueError(f"weights must be square and not empty, got shape {w.shape}")
    return w


def _asynchronous_sweep(weights: np.ndarray, states: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Visit the units in `order`, updating `states` (trials, N) in place; return the fields of the last states."""
    tie = _tie(weights)
    for start in range(0, len(order), _GROUP):
        units = order[start : start + _GROUP]
        # One matrix product gives the fields of a group; the flips within it then correct what is left of the group.
        s = np.ascontiguousarray(states[:, units].T)
        fields = weights[units] @ states.T
        if not (fields * s < -tie).any():
            continue
        coupling = weights[np.ix_(units, units)]
        for i in range(len(units)):
            unstable = np.flatnonzero(fields[i] * s[i] < -tie)
            if len(unstable):
                s[i, unstable] *= -1
                fields[i + 1 :, unstable] += 2 * coupling[i + 1 :, i, None] * s[i, unstable]
        states[:, units] = s.T
    return states @ weights.T


def _block_sweep(weights: np.ndarray, states: np.ndarray, order: np.ndarray, block: int) -> np.ndarray:
    """Update `states` (trials, N) in place, `block` units of `order` at once; return the fields of the last states."""
    tie = _tie(weights)
    for start in range(0, len(order), block):
        units = order[start : start + block]
        fields = states @ weights[units].T
        states[:, units] = np.where(np.abs(fields) > tie, np.sign(fields), states[:, units])
    return states @ weights.T


def _energy(states: np.ndarray, fields: np.ndarray) -> np.ndarray:
    return -0.5 * np.sum(states * fields, axis=-1)


def _tie(weights: np.ndarray) -> float:
    """Return the size below which a field is zero but for rounding."""
    return 1e-13 * float(np.abs(weights).sum(axis=1).max())
