"""Vector fields: what every tool in this package takes, and their Jacobians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rheobase import checks
from rheobase.dynamics import finite_differences


class HasField(Protocol):
    """An object with a method ``field(u)``, such as a rate network or a neuron model.

    It may also have

    * ``jacobian(u)``, the matrix dF_j/du_k, shape (n, n), an array or a `scipy.sparse` one, which most tools fill;
    * ``batched = True``: ``field`` takes m states as columns, shape (n, m), and ``jacobian`` then returns m matrices,
      shape (m, n, n). Both are safe to call from several threads at once;
    * ``variation(u, vectors)``, which returns F(u) and J(u) @ vectors together without the matrix J(u);
    * ``in_double_precision()``, which returns the same field in double precision, where it is one of single precision:
      fixed points are sought in that;
    * ``variables``, or else ``names``, the names of the state variables.
    """

    def field(self, u: np.ndarray) -> np.ndarray:
        """Return du/dt at `u`."""


#: A function of the state, or an object with ``field`` (and perhaps ``jacobian``), such as a rate network.
FieldLike = Callable[[np.ndarray], npt.ArrayLike] | HasField

#: A function from one parameter to a vector field.
Family = Callable[[float], FieldLike]

#: What NumPy does where a field grows beyond the range of numbers, as it may somewhere in a box.
BEYOND_NUMBERS: dict[str, Any] = {"over": "ignore", "invalid": "ignore", "divide": "ignore"}


class Field:
    """The right-hand side of u' = F(u) (book eq. A.28), with its Jacobian.

    Every tool of this package reads a vector field through this class. States that are evaluated together stand in
    columns, shape (n, m). Lists of states, such as trajectories, starts and points found, have one state per row.

    Parameters
    ----------
    field : callable or object
        Function of the state `u`, shape (n,), returning du/dt, shape (n,); or any object with a method ``field(u)``,
        see `HasField`. Functions that also accept shape (n, m), m states at once, are evaluated faster on grids. The
        function gets a copy of the state and its result is copied, so it may reuse its memory.
    jacobian : callable, optional
        Function of `u` returning the (n, n) matrix dF_j/du_k. Default: the ``jacobian`` of `field`, otherwise
        fourth-order central differences (relative error about 1e-12 for smooth fields).

    Raises
    ------
    TypeError
        If `field` is neither a function nor an object with ``field``.

    Examples
    --------
    >>> F = Field(lambda u: u**2 - 1)
    >>> F.jacobian([1.0])
    array([[2.]])
    """

    def __init__(self, field: FieldLike, jacobian: Callable[[np.ndarray], npt.ArrayLike] | None = None) -> None:
        self._function: Callable[[np.ndarray], npt.ArrayLike]
        self._jacobian: Callable[[np.ndarray], npt.ArrayLike] | None = None
        self._variation: Callable[[np.ndarray, np.ndarray], tuple[npt.ArrayLike, npt.ArrayLike]] | None = None
        self.names: tuple[str, ...] | None = getattr(field, "variables", None) or getattr(field, "names", None)
        #: From the name of a variable to its unit, where the field knows.
        self._unit_of: Callable[[str], str] | None = getattr(field, "_unit_of", getattr(field, "_variable_unit", None))
        #: Whether the field says that it takes many states at once, from any thread.
        self.batched = bool(getattr(field, "batched", False))
        if isinstance(field, Field):
            self._function, self._jacobian, self._variation = field._function, field._jacobian, field._variation
        elif hasattr(field, "field"):
            self._function, self._jacobian = field.field, getattr(field, "jacobian", None)
            self._variation = getattr(field, "variation", None)
        else:
            self._function = checks.function("field", field)
        #: Whether linear systems with its Jacobian are solved by sparse factors, see `linear_systems.choose_solver`.
        self.thin = False
        self._many_jacobians = self.batched and jacobian is None and self._jacobian is not None
        if jacobian is not None:
            self._jacobian, self._variation = checks.function("jacobian", jacobian), None

    @classmethod
    def precise(cls, field: FieldLike) -> Field:
        """Return a field in double precision, if it has one: rounding to single precision hides where it vanishes."""
        precise = getattr(field, "in_double_precision", None)
        return cls(field if precise is None else precise())

    def unit(self, name: str) -> str:
        """Return the unit of a variable; empty where none is known."""
        if self.names is not None:
            checks.choice("name", name, self.names)
        return self._unit_of(name) if self._unit_of is not None else ""

    @property
    def has_jacobian(self) -> bool:
        """Whether the Jacobian is known, and not found by differences."""
        return self._jacobian is not None

    def __call__(self, u: npt.ArrayLike) -> np.ndarray:
        """Return du/dt at one state `u`, shape (n,)."""
        state = as_state("u", u)
        value = self._value(state)
        if value.shape != state.shape:
            if value.size != state.size:
                raise ValueError(f"field must return shape {state.shape} for a state of that shape, got {value.shape}")
            value = value.reshape(state.shape)
        return value

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian matrix dF_j/du_k at `u`, shape (n, n) (book A.9)."""
        state = as_state("u", u).copy()
        if self._jacobian is None:
            # A field that takes many states at once is asked once; checking that it does is worth it from here on.
            return self._many_differences(state[:, None])[0] if state.size > 3 else numerical_jacobian(self, state)
        given: Any = self._jacobian(state)
        if sparse.issparse(given):
            # What reads a Jacobian here decomposes it, which fills it.
            checks.memory("u", 16.0 * state.size**2)
            given = given.toarray()
        matrix = np.array(given, dtype=float)
        if matrix.size != state.size**2:
            raise ValueError(f"jacobian must return shape {(state.size, state.size)}, got {matrix.shape}")
        return matrix.reshape(state.size, state.size)

    def sparse_jacobian(self, u: npt.ArrayLike) -> Any:
        """Return the Jacobian at one state as a `scipy.sparse.csc_array`, None where the field gives a full one."""
        given = None if self._jacobian is None else self._jacobian(as_state("u", u).copy())
        return sparse.csc_array(given, dtype=float) if sparse.issparse(given) else None

    def many(self, states: npt.ArrayLike) -> np.ndarray:
        """Return du/dt at many states, shape (n, m)."""
        states = checks.array("states", states, shape=(None, None), finite=False)
        if self.batched:
            return self._value(states)
        try:
            values = self._value(states)
        except (TypeError, ValueError, IndexError):
            values = np.empty(0)
        # A field written for one state may still return the right shape: trust it only where it agrees with itself.
        probe = np.linspace(0, states.shape[1] - 1, 3).astype(int) if states.shape[1] else ()
        if values.shape == states.shape and all(_agree(values[:, k], self(states[:, k])) for k in probe):
            return values
        return np.stack([self(state) for state in states.T], axis=1)

    def many_jacobians(self, states: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobians at many states (n, m), shape (m, n, n)."""
        states = checks.array("states", states, shape=(None, None), finite=False)
        n, m = states.shape
        if self._many_jacobians and self._jacobian is not None:
            return np.asarray(self._jacobian(states), dtype=float).reshape(m, n, n)
        if self._jacobian is not None or not m:
            return np.array([self.jacobian(state) for state in states.T]).reshape(m, n, n)
        return self._many_differences(states)

    def variation(self, u: npt.ArrayLike, vectors: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return F(u), shape (n,), and J(u) @ `vectors`, shape (n, k)."""
        u = as_state("u", u)
        vectors = checks.array("vectors", vectors, shape=(u.size, None), finite=False)
        if self._variation is not None:
            value, moved = self._variation(u, vectors)
            return np.asarray(value), np.asarray(moved)
        return self(u), self.jacobian(u) @ vectors

    def at(self, name: str, u: npt.ArrayLike) -> np.ndarray:
        """Return the state `u` checked: one-dimensional, finite, with a finite field of the same shape."""
        state = np.atleast_1d(checks.array(checks.text("name", name), u))
        if state.ndim != 1 or not state.size:
            raise ValueError(f"{name} must have shape (n,), got {state.shape}")
        try:
            value = self(state)
        except Exception as error:  # of a function that somebody else wrote
            kind = f"{type(error).__name__}: {error}"
            raise ValueError(f"field must take {name}, a state of shape {state.shape}, but it raised {kind}") from error
        if not np.isfinite(value).all():
            raise ValueError(f"field must be finite, got {value} at {name} = {state}")
        return state.copy()

    def box(self, box: npt.ArrayLike) -> np.ndarray:
        """Return `box` as (n, 2) bounds, see `as_box`, with as many dimensions as the field has named variables."""
        bounds = as_box(box)
        if self.names is not None and len(self.names) != len(bounds):
            raise ValueError(
                f"field must have as many variables as dimensions are asked for, {len(bounds)}, "
                f"got {len(self.names)}: {', '.join(self.names)}"
            )
        return bounds

    def _value(self, states: np.ndarray) -> np.ndarray:
        """Return the field at a copy of `states`, in memory of its own."""
        with beyond_numbers():
            return checks.array("the value of field", self._function(states.copy()), finite=False).copy()

    def _many_differences(self, states: np.ndarray) -> np.ndarray:
        """Central differences at many states, with one evaluation of the field for all."""
        n, m = states.shape
        h = finite_differences.BEST_STEP * np.maximum(np.abs(states), 1.0)
        shifts = np.eye(n)[:, :, None] * h[:, None, :]
        moved = [(states[:, None, :] + k * shifts).reshape(n, n * m) for k in finite_differences.STEPS]
        values = np.moveaxis(self.many(np.hstack(moved)).reshape(n, len(moved), n, m), 1, 0)
        with beyond_numbers():
            return np.moveaxis(finite_differences.slope(values, h[None]), 2, 0)


def _agree(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether two values are the same but for rounding; NaN is the same as NaN."""
    with beyond_numbers():
        close = np.abs(a - b) <= 1e-8 + 1e-9 * np.abs(b)
    return bool((close | (a == b) | (np.isnan(a) & np.isnan(b))).all())


def beyond_numbers() -> np.errstate:
    """Return a context, or decorator, without warnings of NumPy where a field grows beyond the range of numbers."""
    return np.errstate(**BEYOND_NUMBERS)


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
    function, u = checks.function("function", function), as_state("u", u)
    columns = []
    for k in range(u.size):
        h = finite_differences.BEST_STEP * max(abs(u[k]), 1.0)
        step = np.zeros_like(u)
        step[k] = h
        # Copies, since a function may return the same array again and again.
        at = [np.array(function(u + k * step), dtype=float) for k in finite_differences.STEPS]
        with beyond_numbers():
            columns.append(finite_differences.slope(at, h))
    return np.stack(columns, axis=1)


def as_state(name: str, value: npt.ArrayLike, n: int | None = None) -> np.ndarray:
    """Return `value` as one state, shape (n,), which need not be finite."""
    state = checks.array(name, value, finite=False)
    if state.ndim != 1 or not state.size or n not in (None, state.size):
        raise ValueError(f"{name} must have shape ({'n' if n is None else n},), got {state.shape}")
    return state


def as_states(name: str, value: npt.ArrayLike, n: int) -> np.ndarray:
    """Return `value` as one state, shape (n,), or m states as columns, shape (n, m); they need not be finite."""
    states = checks.array(name, value, finite=False)
    if states.ndim not in (1, 2) or len(states) != n:
        raise ValueError(f"{name} must have shape ({n},), or ({n}, m) for m states as columns, got {states.shape}")
    return states


def as_box(box: npt.ArrayLike, name: str = "box") -> np.ndarray:
    """Return `box` as (n, 2) lower and upper bounds; a single pair (low, high) is a box in one dimension."""
    bounds = checks.array(name, box)
    if bounds.shape == (2,):
        bounds = bounds[None]
    if bounds.ndim != 2 or bounds.shape[1] != 2 or not len(bounds):
        raise ValueError(f"{name} must hold one pair (low, high) per dimension, shape (n, 2), got shape {bounds.shape}")
    if (bounds[:, 0] >= bounds[:, 1]).any():
        k = int(np.argmax(bounds[:, 0] >= bounds[:, 1]))
        raise ValueError(
            f"{name} must have low < high in every dimension, got {tuple(bounds[k].tolist())} at index {k}"
        )
    return bounds
