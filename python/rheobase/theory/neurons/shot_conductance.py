"""Synaptic conductances that jump at every spike and decay: the values they take, and how these become others.

A conductance that Poisson spikes open and that decays exponentially has the cumulants r ⟨aᵏ⟩ τ/k. The polynomials that
are orthogonal in its stationary distribution give nodes, none of which is negative, and decay and jumps carry
polynomials into such of no higher degree: with n nodes the moments up to order n − 1 obey their own equations, however
large the jumps are (`modes_of` of `hermite_modes` is the same for a Gaussian current).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property, lru_cache
from math import comb

import numpy as np
from scipy.special import roots_genlaguerre

from rheobase.models.values import Brief

#: Digits with which polynomials are found from their moments, and how many more for each node: where spikes are rare,
#: each node loses twice the digits of their number in a time constant.
_DIGITS, _MORE_DIGITS = 60, 15

#: Nodes of weights that differ between connections.
_SIZES = 6


@dataclass(frozen=True)
class Opening:
    """What opens a conductance: n connections on which spikes come with one rate, 1/ms, and jumps over the leak.

    `variance` is that of the jumps over connections, which are taken to have a gamma distribution. Each spike stands
    for `burst` of those that are sent, which make their jump together.
    """

    rate: float
    n: float
    jump: float
    variance: float
    burst: float = 1.0

    @property
    def sizes(self) -> tuple[np.ndarray, np.ndarray]:
        """Sizes of the jumps, and how often each comes: exact for the moments of up to twice as many."""
        if self.variance <= 1e-12 * self.jump**2:
            return np.array([self.jump]), np.ones(1)
        shape = self.jump**2 / self.variance
        at, weights = roots_genlaguerre(_SIZES, shape - 1)
        return at * (self.variance / self.jump), weights / weights.sum()


@dataclass(frozen=True)
class ShotConductance:
    """A conductance, next to the leak, with time constant (ms), reversal potential (mV) and what opens it."""

    tau: float
    reversal: float
    openings: tuple[Opening, ...]

    @property
    def mean(self) -> float:
        """Mean, next to the leak."""
        return self.cumulant(1)

    def cumulant(self, order: int) -> float:
        """Return a cumulant of its stationary distribution."""
        jumps = [(o.rate * o.n, *o.sizes) for o in self.openings]
        return float(sum(rate * (weights @ sizes**order) for rate, sizes, weights in jumps)) * self.tau / order

    def nodes(self, n: int) -> ConductanceNodes:
        """Return n values that stand for its distribution."""
        jumps = tuple(
            (o.rate * o.n * weight * self.tau, size)
            for o in self.openings
            for size, weight in zip(*(x.tolist() for x in o.sizes), strict=True)
        )
        return ConductanceNodes(self, *_recurrence(jumps, n))


@dataclass(frozen=True, eq=False, repr=False)
class ConductanceNodes(Brief):
    """Values of a conductance, and the orthogonal polynomials of their standardised distribution.

    These obey x p_k = below_{k+1} p_{k+1} + centre_k p_k + below_k p_{k−1}.
    """

    conductance: ShotConductance
    centre: np.ndarray
    below: np.ndarray

    @cached_property
    def _eigen(self) -> tuple[np.ndarray, np.ndarray]:
        z, modes = np.linalg.eigh(np.diag(self.centre) + np.diag(self.below, 1) + np.diag(self.below, -1))
        return z, modes * np.sign(modes[0])

    @property
    def values(self) -> np.ndarray:
        """Conductances at the nodes, next to the leak."""
        return np.asarray(np.maximum(self.conductance.mean + self._std * self._eigen[0], 0.0))

    @property
    def modes(self) -> np.ndarray:
        """Orthogonal matrix from amplitudes at nodes (columns) to polynomials (rows)."""
        return self._eigen[1]

    @cached_property
    def decay(self) -> np.ndarray:
        """How the conductance decays, from node to node, 1/ms."""
        z, mean = self._eigen[0], self.conductance.mean
        slopes = self._polynomials(z)[1]
        return self._between_nodes(-(z + mean / self._std) / self.conductance.tau * slopes)

    @cached_property
    def jumps(self) -> tuple[np.ndarray, ...]:
        """How each opening changes it, from node to node, per spike on each of its connections."""
        z = self._eigen[0]
        here, found = self._polynomials(z)[0], []
        for opening in self.conductance.openings:
            sizes, weights = opening.sizes
            after = sum(w * self._polynomials(z + a / self._std)[0] for a, w in zip(sizes, weights, strict=True))
            found.append(self._between_nodes(opening.n * (after - here)))
        return tuple(found)

    @cached_property
    def exchange(self) -> np.ndarray:
        """How all of it changes, from node to node, 1/ms."""
        rates = [opening.rate for opening in self.conductance.openings]
        return np.asarray(self.decay + sum(r * jump for r, jump in zip(rates, self.jumps, strict=True)))

    @property
    def _std(self) -> float:
        return float(np.sqrt(self.conductance.cumulant(2)))

    def _polynomials(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the polynomials and their slopes (polynomials × points)."""
        n = len(self.centre)
        values, slopes = np.zeros((2, n, len(x)))
        values[0] = 1.0
        for k in range(n - 1):
            last = (self.below[k - 1] * values[k - 1], self.below[k - 1] * slopes[k - 1]) if k else (0.0, 0.0)
            values[k + 1] = ((x - self.centre[k]) * values[k] - last[0]) / self.below[k]
            slopes[k + 1] = ((x - self.centre[k]) * slopes[k] + values[k] - last[1]) / self.below[k]
        return values, slopes

    def _between_nodes(self, of_polynomials: np.ndarray) -> np.ndarray:
        """Return what a change of the polynomials at the nodes does from node to node."""
        z, modes = self._eigen
        # To the polynomials: exact, by Gauss's quadrature.
        return np.asarray(modes.T @ ((of_polynomials * modes[0] ** 2) @ self._polynomials(z)[0].T) @ modes)


@lru_cache(maxsize=64)
def _recurrence(jumps: tuple[tuple[float, float], ...], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of the polynomials that are orthogonal in the standardised distribution (Chebyshev).

    From the numbers of jumps in a time constant, and their sizes: rounded cumulants would belong to no distribution.
    """
    with localcontext() as context:
        context.prec = _DIGITS + _MORE_DIGITS * n
        exact = [(Decimal(number), Decimal(size)) for number, size in jumps]
        cumulants = [sum((r * a**k for r, a in exact), Decimal(0)) / k for k in range(1, 2 * n + 1)]
        std = cumulants[1].sqrt()
        standard = [Decimal(0), *(c / std**k for k, c in enumerate(cumulants[1:], 2))]
        moments = [Decimal(1)]
        for order in range(1, 2 * n):
            terms = (comb(order - 1, k) * standard[k] * moments[order - 1 - k] for k in range(order))
            moments.append(sum(terms, Decimal(0)))
        before, row = [Decimal(0)] * (2 * n), moments
        centre, squared = [row[1] / row[0]], [Decimal(1)]
        for k in range(1, n):
            new = [Decimal(0)] * (2 * n)
            for m in range(k, 2 * n - k):
                new[m] = row[m + 1] - centre[-1] * row[m] - squared[-1] * before[m]
            squared.append(new[k] / row[k - 1])
            centre.append(new[k + 1] / new[k] - row[k] / row[k - 1])
            before, row = row, new
        return np.array([float(c) for c in centre]), np.sqrt(np.array([float(s) for s in squared[1:]]))
