"""Curves of fixed points with a critical Jacobian in two parameters, as minimally extended systems.

A fold has det J = 0, a Hopf point a pair of eigenvalues with sum zero, where the bialternate product 2J ⊙ 1 is
singular. Either is a matrix M(J) that depends on J linearly. The one equation that says M is singular is g = 0 in
[M b; cᵀ 0] (v, g) = (0, 1) (Griewank & Reddien 1984; Govaerts 2000), whose gradient is −wᵀ(dM)v; v and w become the
null vectors, and serve as c and b further along the curve.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from rheobase.dynamics.bifurcations.arclength import Curve
from rheobase.dynamics.fields import Field, FieldLike, numerical_jacobian

#: Shifts of the parameters and of the state in differences, in units of the curve.
_SHIFT, _BEND = 1e-5, 1e-3

#: A function from two parameters to a vector field.
PlaneFamily = Callable[[float, float], FieldLike]


class CriticalCurve(Curve, ABC):
    """The curve F(u, p, q) = 0, g(u, p, q) = 0 in units of `scale`: z = (u, p, q) / scale.

    Parameters
    ----------
    plane_family : callable
        From the parameters (p, q) to a field.
    scale : ndarray, shape (n + 2,)
    start : ndarray, shape (n + 2,)
        A point near the curve, scaled.
    """

    saves_matrices: ClassVar = False

    def __init__(self, plane_family: PlaneFamily, scale: np.ndarray, start: np.ndarray) -> None:
        super().__init__(lambda q: plane_family(float(start[-2] * scale[-2]), q), scale)
        self.plane_family = plane_family
        J = self.jacobian(start)
        self.unit = max(float(np.linalg.norm(J, 2)), 1e-300)
        left, _, right = np.linalg.svd(self.critical(J))
        self._left, self._right = left[:, -1], right[-1]
        self._known: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    @abstractmethod
    def critical(self, J: np.ndarray) -> np.ndarray:
        """Return the matrix M(J) that is singular on the curve."""

    @abstractmethod
    def weights(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return K, shape (n, n), with wᵀM(J)v = Σ K∘J."""

    def field(self, z: np.ndarray) -> Field:
        """Return the field at the parameters of `z`."""
        p, q = z[-2:] * self.scale[-2:]
        return Field(self.plane_family(float(p), float(q)))

    def state(self, z: np.ndarray) -> np.ndarray:
        """Return the state at `z` in its own units, shape (n,)."""
        return np.asarray(z[:-2] * self.scale[:-2])

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """Return the Jacobian of the field with respect to the unscaled state, shape (n, n)."""
        return self.field(z).jacobian(self.state(z))

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return F and g, shape (n + 1,)."""
        return self._evaluated(z)[0]

    def matrix(self, z: np.ndarray) -> np.ndarray:
        """Return their derivatives, shape (n + 1, n + 2)."""
        return self._evaluated(z)[1]

    def null_vectors(self, z: np.ndarray, near: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the left and the right null vector of M at `z`, of unit length, that make acute angles with `near`."""
        w, v, _ = self._bordered(self.jacobian(z), *near)
        return w, v

    def first_null_vectors(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the left and the right null vector of M at `z`, of either sign."""
        left, _, right = np.linalg.svd(self.critical(self.jacobian(z)))
        return left[:, -1], right[-1]

    def current_null_vector(self, z: np.ndarray) -> np.ndarray:
        """Return the right null vector of M at `z`, next to that of the last point looked at."""
        return self.null_vectors(z, (self._left, self._right))[1]

    def _bordered(self, J: np.ndarray, b: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        matrix = np.block([[self.critical(J) / self.unit, b[:, None]], [c[None], np.zeros((1, 1))]])
        last = np.eye(len(matrix))[-1]
        both, left = np.linalg.solve(matrix, last), np.linalg.solve(matrix.T, last)
        w, v = left[:-1], both[:-1]
        return w / np.linalg.norm(w), v / np.linalg.norm(v), float(both[-1] / (np.linalg.norm(w) * np.linalg.norm(v)))

    def _evaluated(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        for known, value, matrix in self._known:
            if np.array_equal(known, z):
                return value, matrix
        F, u = self.field(z), self.state(z)
        J, velocity = F.jacobian(u), F(u)
        if not (np.isfinite(J).all() and np.isfinite(velocity).all()):
            return np.full(len(z) - 1, np.nan), np.full((len(z) - 1, len(z)), np.nan)
        w, v, g = self._bordered(J, self._left, self._right)
        # The zeros of g do not depend on the borders: the best ones for the next point are the null vectors here.
        self._left, self._right = w, v
        weights = -self.weights(w, v) / self.unit
        gradient = np.concatenate([_bent(F, u, weights, self.scale[:-2]), np.zeros(2)])
        by_parameters = np.zeros((len(u), 2))
        for k in (0, 1):
            shift = _SHIFT * np.eye(len(z))[len(u) + k]
            up, down = self.field(z + shift), self.field(z - shift)
            by_parameters[:, k] = (up(u) - down(u)) / (2 * _SHIFT)
            gradient[len(u) + k] = (_weighted(up, u, weights) - _weighted(down, u, weights)) / (2 * _SHIFT)
        matrix = np.vstack([np.column_stack([J * self.scale[:-2], by_parameters]), gradient])
        value = np.append(velocity, g)
        self._known = [(z.copy(), value, matrix), *self._known[:2]]
        return value, matrix


def _rank_one_parts(weights: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return vectors (a, b) whose products a bᵀ add up to `weights`."""
    left, sizes, right = np.linalg.svd(weights)
    return [(sizes[k] * left[:, k], right[k]) for k in range(int((sizes > 1e-13 * sizes[0]).sum()))]


def _weighted(F: Field, u: np.ndarray, weights: np.ndarray) -> float:
    """Return the sum over all entries of weights ∘ J(u), by derivatives along few directions where J is not known."""
    if F.has_jacobian:
        return float((weights * F.jacobian(u)).sum())

    def slope(b: np.ndarray) -> np.ndarray:
        return numerical_jacobian(lambda s: F(u + s[0] * b), [0.0])[:, 0]

    return float(sum(a @ slope(b) for a, b in _rank_one_parts(weights)))


def _bent(F: Field, u: np.ndarray, weights: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the derivatives of the sum of weights ∘ J(u) by u / scale, shape (n,).

    They steer Newton's method and need not be exact: differences of second order do.
    """
    n, gradient = len(u), np.zeros(len(u))
    for a, b in _rank_one_parts(weights):
        across, along = _BEND * np.diag(scale), _BEND / np.abs(b / scale).max() * b[:, None]
        corners = [u[:, None] + i * across + j * along for i, j in ((1, 1), (-1, -1), (1, -1), (-1, 1))]
        values = F.many(np.concatenate(corners, axis=1)).reshape(n, 4, n)
        bends = values[:, 0] + values[:, 1] - values[:, 2] - values[:, 3]
        gradient += a @ bends / (4 * _BEND * _BEND) * np.abs(b / scale).max()
    return gradient


class FoldSystem(CriticalCurve):
    """Folds: M = J."""

    def critical(self, J: np.ndarray) -> np.ndarray:
        """Return J."""
        return J

    def weights(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return w vᵀ."""
        return np.outer(w, v)


class HopfSystem(CriticalCurve):
    """Hopf points and neutral saddles: M = 2J ⊙ 1, the map V → JV + VJᵀ of antisymmetric matrices."""

    def __init__(self, plane_family: PlaneFamily, scale: np.ndarray, start: np.ndarray) -> None:
        self._rows = np.triu_indices(len(scale) - 2, 1)
        super().__init__(plane_family, scale, start)

    def critical(self, J: np.ndarray) -> np.ndarray:
        """Return 2J ⊙ 1, shape (n (n − 1) / 2, n (n − 1) / 2)."""
        p, q = (index[:, None] for index in self._rows)
        r, s = (index[None] for index in self._rows)
        return np.asarray(J[p, r] * (q == s) - J[p, s] * (q == r) + (p == r) * J[q, s] - (p == s) * J[q, r])

    def weights(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return W Vᵀ of the antisymmetric matrices."""
        return self.antisymmetric(w) @ self.antisymmetric(v).T

    def antisymmetric(self, v: np.ndarray) -> np.ndarray:
        """Return the antisymmetric matrix whose upper triangle is `v`."""
        n = len(self.scale) - 2
        matrix = np.zeros((n, n))
        matrix[self._rows] = v
        return matrix - matrix.T

    def plane(self, v: np.ndarray) -> np.ndarray:
        """Return orthonormal columns, shape (n, 2), that span the plane of the pair of eigenvalues."""
        return np.linalg.svd(self.antisymmetric(v))[0][:, :2]


def remaining(J: np.ndarray, invariant: np.ndarray) -> np.ndarray:
    """Return J without the eigenvalues that belong to an invariant subspace, spanned by orthonormal columns."""
    complement = np.linalg.svd(invariant)[0][:, invariant.shape[1] :]
    return np.asarray(complement.T @ J @ complement)
