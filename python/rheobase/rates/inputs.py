"""Time-dependent inputs to rate networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import ByValue


class SampledInput(ByValue):
    """An input X(t) given by its values on a time grid, held constant during each step.

    Parameters
    ----------
    values : array_like, shape (K, n)
        Input, mV, of each of n populations from ``k * dt`` to ``(k + 1) * dt``; the first and last values hold before
        and after.
    dt : float
        Step, ms.

    Raises
    ------
    ValueError
        If `values` is not two-dimensional, empty or not finite, or `dt` not positive.

    Examples
    --------
    >>> X = SampledInput([[0.0, 0.0], [24.0, 16.0]], dt=0.1)
    >>> X(0.1)
    array([24., 16.])
    """

    def __init__(self, values: npt.ArrayLike, dt: float) -> None:
        self.values = checks.array("values", values, shape=(None, None))
        if not len(self.values):
            raise ValueError("values must hold at least one time, got shape (0, n)")
        self.dt = checks.number("dt", dt, above=0)

    def _content(self) -> tuple[Any, ...]:
        return self.values, self.dt

    def __call__(self, t: float) -> np.ndarray:
        """Return X(t), shape (n,)."""
        t = checks.number("t", t)
        # Rounding: 3 × 0.1 / 0.1 is a little less than 3.
        k = np.clip(np.floor(t / self.dt + 1e-9), 0, len(self.values) - 1)
        return self.values[int(k)]
