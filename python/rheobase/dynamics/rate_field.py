"""The rate network x' = −x + Jφ(x) + η, the vector field of random networks and of trained recurrent ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states
from rheobase.models.values import ByValue


class RateField(ByValue):
    """The rate network x' = −x + Jφ(x) + η.

    Parameters
    ----------
    J : array (n, n)
        Weights, post × pre. Single precision is kept, and products are then taken in it.
    phi, slope : callable, default tanh and its derivative
        φ and φ', elementwise.
    eta : float or array (n,), default 0
        Constant input.

    Raises
    ------
    TypeError, ValueError
        If J is not square or eta does not fit.

    Examples
    --------
    >>> RateField([[0.0, 2.0], [2.0, 0.0]]).jacobian(np.zeros(2))
    array([[-1.,  2.],
           [ 2., -1.]])
    """

    batched: ClassVar = True

    def __init__(
        self,
        J: npt.ArrayLike,
        phi: Callable[[np.ndarray], np.ndarray] = np.tanh,
        slope: Callable[[np.ndarray], np.ndarray] | None = None,
        eta: npt.ArrayLike = 0.0,
    ) -> None:
        dtype = np.float32 if getattr(J, "dtype", None) == np.float32 else np.float64
        self.J = checks.array("J", J, shape=(None, None), dtype=dtype)
        if self.J.shape[0] != self.J.shape[1]:
            raise ValueError(f"J must be square, got shape {self.J.shape}")
        if slope is None and phi is not np.tanh:
            raise ValueError("slope must be given with any phi but tanh")
        self.phi = checks.function("phi", phi)
        self.slope = _tanh_slope if slope is None else checks.function("slope", slope)
        self.eta = checks.one_or_each("eta", eta, len(self.J), dtype=dtype)

    def _content(self) -> tuple[Any, ...]:
        return self.J, self.phi, self.slope, self.eta

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return −x + Jφ(x) + η for states, shape (n,) or (n, m)."""
        x = as_states("u", u, len(self.J))
        return self.J @ self.phi(x.astype(self.J.dtype, copy=False)) + self._column(self.eta, x) - x

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return −1 + J diag φ'(x) for states, shape (n, n) for one and (m, n, n) for m."""
        matrix = self.J * self.slope(np.moveaxis(as_states("u", u, len(self.J)), 0, -1))[..., None, :]
        np.einsum("...ii->...i", matrix)[...] -= 1
        return matrix

    def variation(self, u: npt.ArrayLike, vectors: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the field at one state and what the Jacobian makes of `vectors`, shape (n, k)."""
        x = as_state("u", u, len(self.J))
        vectors = checks.array("vectors", vectors, shape=(len(self.J), None), finite=False)
        inner = x.astype(self.J.dtype, copy=False)
        scaled = self.slope(inner)[:, None] * vectors.astype(self.J.dtype, copy=False)
        # One product serves both: J is read from memory once.
        product = self.J @ np.column_stack([self.phi(inner), scaled])
        return product[:, 0] + self.eta - x, product[:, 1:] - vectors

    @staticmethod
    def _column(values: np.ndarray, x: np.ndarray) -> np.ndarray:
        return values if x.ndim == 1 else values[:, None]


def _tanh_slope(x: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(x) ** 2
