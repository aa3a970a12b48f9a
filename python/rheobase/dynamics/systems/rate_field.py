"""The rate network x' = −x + Jφ(x) + η, the vector field of random networks and of trained recurrent ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states
from rheobase.models.values import ByValue


class RateField(ByValue):
    """The rate network x' = −x + Jφ(x) + η.

    Parameters
    ----------
    J : array or scipy.sparse array (n, n)
        Weights, post × pre. Single precision is kept, and products are then taken in it. Sparse weights stay sparse, in
        rows (CSR): the field, and the tangents that `variation` moves, cost one operation per connection.
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
        J: npt.ArrayLike | sparse.sparray,
        phi: Callable[[np.ndarray], np.ndarray] = np.tanh,
        slope: Callable[[np.ndarray], np.ndarray] | None = None,
        eta: npt.ArrayLike = 0.0,
    ) -> None:
        self.J = _weights(J)
        self.n: int = self.J.shape[0]
        if slope is None and phi is not np.tanh:
            raise ValueError("slope must be given with any phi but tanh")
        self.phi = checks.function("phi", phi)
        self.slope = _tanh_slope if slope is None else checks.function("slope", slope)
        self.eta = checks.one_or_each("eta", eta, self.n, dtype=self.J.dtype)

    def _content(self) -> tuple[Any, ...]:
        J = self.J
        weights = (J.data, J.indices, J.indptr) if sparse.issparse(J) else (J,)
        return *weights, self.phi, self.slope, self.eta

    def in_double_precision(self) -> RateField:
        """Return the same network with products in double precision; itself where they are."""
        if self.J.dtype == np.float64:
            return self
        checks.memory("J", 8.0 * (self.J.nnz if sparse.issparse(self.J) else self.J.size))
        return RateField(self.J.astype(float), self.phi, self.slope, self.eta)

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return −x + Jφ(x) + η for states, shape (n,) or (n, m)."""
        x = as_states("u", u, self.n)
        return self.J @ self.phi(x.astype(self.J.dtype, copy=False)) + self._column(self.eta, x) - x

    def jacobian(self, u: npt.ArrayLike) -> Any:
        """Return −1 + J diag φ'(x) for states, shape (n, n) for one and (m, n, n) for m.

        Where J is sparse, so is the matrix of one state; several make full ones, which must fit into memory.
        """
        slopes = self.slope(as_states("u", u, self.n).T)
        if not sparse.issparse(self.J):
            matrix = self.J * slopes[..., None, :]
        elif slopes.ndim == 1:
            return (self.J @ sparse.diags_array(slopes) - sparse.eye_array(self.n)).tocsr()
        else:
            checks.memory("u", 8.0 * self.n**2 * len(slopes))
            matrix = self.J.toarray() * slopes[:, None, :]
        np.einsum("...ii->...i", matrix)[...] -= 1
        return matrix

    def variation(self, u: npt.ArrayLike, vectors: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the field at one state and what the Jacobian makes of `vectors`, shape (n, k)."""
        x = as_state("u", u, self.n)
        vectors = checks.array("vectors", vectors, shape=(self.n, None), finite=False)
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


def _weights(J: Any) -> Any:
    """Return J as a square array, or a sparse one in rows, of single or double precision."""
    dtype = np.float32 if getattr(J, "dtype", None) == np.float32 else np.float64
    if sparse.issparse(J):
        weights = sparse.csr_array(J)
        checks.array("the entries of J", weights.data)
        weights = weights.astype(dtype)
        # Entries that are given twice add up; each then comes once, whoever compares two fields.
        weights.sum_duplicates()
    else:
        weights = checks.array("J", J, shape=(None, None), dtype=dtype)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
        raise ValueError(f"J must be square, got shape {weights.shape}")
    return weights
