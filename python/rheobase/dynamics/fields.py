"""Vector fields: what every tool in this package takes, and their Jacobians."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rheobase import checks


class HasField(Protocol):
    """An object with a method ``field(u)``; it may also have ``jacobian(u)``."""

    def field(self, u: np.ndarray) -> np.ndarray:
        """Return du/dt at `u`."""


#: A function of the state, or an object with ``field`` (and perhaps ``jacobian``), such as a rate network.
FieldLike = Callable[[np.ndarray], npt.ArrayLike] | HasField

#: A function from one parameter to a vector field.
Family = Callable[[float], FieldLike]


class Field:
    """The right-hand side of u' = F(u) (book eq. A.28), with its Jacobian.

    Parameters
    ----------
    source : callable or object
        Function of the state `u`, shape (n,), returning du/dt, shape (n,); or any object with a method ``field(u)``
        and perhaps ``jacobian(u)``, such as a `rheobase.rates.RateNetwork`. Functions that also accept shape (n, m),
        m states at once, are evaluated faster on grids.
    jacobian : callable, optional
        Function of `u` returning the (n, n) matrix dF_j/du_k. Default: the ``jacobian`` of `source`, otherwise
        fourth-order central differences (relative error about 1e-12 for smooth fields).

    Raises
    ------
    TypeError
        If `source` is neither a function nor an object with ``field``.

    Examples
    --------
    >>> F = Field(lambda u: u**2 - 1)
    >>> F.jacobian([1.0])
    array([[2.]])
    """

    def __init__(self, source: FieldLike, jacobian: Callable[[np.ndarray], npt.ArrayLike] | None = None) -> None:
        self._function: Callable[[np.ndarray], npt.ArrayLike]
        self._jacobian: Callable[[np.ndarray], npt.ArrayLike] | None = None
        self.names: tuple[str, ...] | None = getattr(source, "names", None)
        if isinstance(source, Field):
            self._function, self._jacobian = source._function, source._jacobian
        elif hasattr(source, "field"):
            self._function, self._jacobian = source.field, getattr(source, "jacobian", None)
        elif callable(source):
            self._function = source
        else:
            raise TypeError(f"field must be a function of the state or an object with field(u), got {source!r}")
        if jacobian is not None:
            self._jacobian = jacobian

    def __call__(self, u: npt.ArrayLike) -> np.ndarray:
        """Return du/dt at one state `u`, shape (n,)."""
        u = np.asarray(u, dtype=float)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = np.asarray(self._function(u), dtype=float)
        if value.shape != u.shape:
            if value.size != u.size:
                raise ValueError(f"field must return shape {u.shape} for a state of that shape, got {value.shape}")
            value = value.reshape(u.shape)
        return value

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian matrix dF_j/du_k at `u`, shape (n, n) (book A.9)."""
        u = np.asarray(u, dtype=float)
        if self._jacobian is None:
            return numerical_jacobian(self, u)
        matrix = np.asarray(self._jacobian(u), dtype=float)
        if matrix.size != u.size**2:
            raise ValueError(f"jacobian must return shape {(u.size, u.size)}, got {matrix.shape}")
        return matrix.reshape(u.size, u.size)

    def many(self, states: np.ndarray) -> np.ndarray:
        """Return du/dt at many states, shape (n, m)."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            try:
                values = np.asarray(self._function(states), dtype=float)
            except (TypeError, ValueError, IndexError):
                values = np.empty(0)
        # A field written for one state may still return the right shape: trust it only where it agrees with itself.
        probe = np.linspace(0, states.shape[1] - 1, 3).astype(int)
        if values.shape == states.shape and all(
            np.allclose(values[:, k], self(states[:, k]), rtol=1e-9, equal_nan=True) for k in probe
        ):
            return values
        return np.stack([self(state) for state in states.T], axis=1)

    def at(self, name: str, u: Any) -> np.ndarray:
        """Return the state `u` checked: one-dimensional, finite, with a finite field of the same shape."""
        state = np.atleast_1d(checks.array(name, u))
        if state.ndim != 1:
            raise ValueError(f"{name} must have shape (n,), got {state.shape}")
        value = self(state)
        if not np.isfinite(value).all():
            raise ValueError(f"field must be finite, got {value} at {name} = {state}")
        return state


def numerical_jacobian(function: Callable[[np.ndarray], npt.ArrayLike], u: npt.ArrayLike) -> np.ndarray:
    """Return the Jacobian of `function` at `u` by fourth-order central differences.

    Parameters
    ----------
    function : callable
        From shape (n,) to shape (m,).
    u : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (m, n)

    Examples
    --------
    >>> numerical_jacobian(lambda u: [u[0] * u[1]], [2.0, 3.0])
    array([[3., 2.]])
    """
    u = np.asarray(u, dtype=float)
    columns = []
    for k in range(u.size):
        # The truncation error h**4 and the rounding error eps/h balance at h = eps**(1/5).
        h = np.finfo(float).eps ** 0.2 * max(abs(u[k]), 1.0)
        step = np.zeros_like(u)
        step[k] = h
        far = np.subtract(function(u + 2 * step), function(u - 2 * step))
        near = np.subtract(function(u + step), function(u - step))
        columns.append((8 * near - far) / (12 * h))
    return np.stack(columns, axis=1)


def as_box(box: Any) -> np.ndarray:
    """Return `box` as (n, 2) lower and upper bounds; a single pair (low, high) is a box in one dimension."""
    bounds = checks.array("box", box)
    if bounds.shape == (2,):
        bounds = bounds[None]
    if bounds.ndim != 2 or bounds.shape[1] != 2 or not len(bounds):
        raise ValueError(f"box must hold one pair (low, high) a dimension, shape (n, 2), got shape {bounds.shape}")
    if (bounds[:, 0] >= bounds[:, 1]).any():
        k = int(np.argmax(bounds[:, 0] >= bounds[:, 1]))
        raise ValueError(f"box must have low < high in every dimension, got {tuple(bounds[k].tolist())} at index {k}")
    return bounds
