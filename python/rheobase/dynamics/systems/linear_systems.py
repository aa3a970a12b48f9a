"""Linear systems u' = A u, and the five planar ones of the textbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import expm

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states
from rheobase.models.values import ByValue


class LinearSystem(ByValue):
    """The linear system u' = A u (book eq. A.30).

    Parameters
    ----------
    A : array_like, shape (n, n)

    Raises
    ------
    ValueError
        If `A` is not a finite square matrix.

    Examples
    --------
    >>> LinearSystem([[-1, 0], [0, -2]]).solution([1, 1], [1.0]).round(4)
    array([[0.3679, 0.1353]])
    """

    def __init__(self, A: npt.ArrayLike) -> None:
        self.A = np.atleast_2d(checks.array("A", A))
        if self.A.ndim != 2 or self.A.shape[0] != self.A.shape[1] or not self.A.size:
            raise ValueError(f"A must be a square matrix, got shape {self.A.shape}")

    def _content(self) -> tuple[Any, ...]:
        return (self.A,)

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return A u; `u` has shape (n,) or (n, m)."""
        return self.A @ as_states("u", u, len(self.A))

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return A."""
        as_state("u", u, len(self.A))
        return self.A

    def solution(self, x0: npt.ArrayLike, times: npt.ArrayLike) -> np.ndarray:
        """Return the exact solution e^{At} x0 at `times`, shape (K, n).

        Parameters
        ----------
        x0 : array_like, shape (n,)
        times : array_like, shape (K,)

        Returns
        -------
        ndarray, shape (K, n)

        Examples
        --------
        >>> LinearSystem([[0, -1], [1, 0]]).solution([1, 0], [np.pi]).round(9)
        array([[-1.,  0.]])
        """
        start = checks.array("x0", x0, shape=(len(self.A),))
        times = checks.array("times", times, unit="", shape=(None,))
        states = np.empty((len(times), len(start)))
        for state, t in zip(states, times, strict=True):
            state[:] = expm(self.A * t) @ start
        return states


@dataclass(frozen=True)
class LinearExample:
    """A planar linear system with an initial state to show it from."""

    A: tuple[tuple[float, float], tuple[float, float]]
    x0: tuple[float, float]


#: The five panels of book Figs A.8 and A.9, by the kind of their fixed point.
LINEAR_EXAMPLES: dict[str, LinearExample] = {
    "stable node": LinearExample(((-2, -1), (-1, -2)), (1.75, 0.25)),
    "unstable node": LinearExample(((2, 1), (1, 2)), (-0.25, 0.4)),
    "saddle": LinearExample(((-1, -2), (-2, -1)), (1, 1.2)),
    "stable spiral": LinearExample(((-1, 10), (-10, -1)), (1.5, 1.25)),
    "unstable spiral": LinearExample(((1, -10), (10, 1)), (0.2, 0.5)),
}
