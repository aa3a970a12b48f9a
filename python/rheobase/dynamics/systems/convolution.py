"""Numerical convolution with a kernel, and the kernels of appendix A.

A kernel array has odd length and its middle element belongs to s = 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal

from rheobase import checks


def convolve(x: npt.ArrayLike, kernel: npt.ArrayLike, dt: float) -> np.ndarray:
    """Return (k∗x)(t) = ∫ k(s) x(t − s) ds on the grid of `x` (book A.4), with x = 0 outside it.

    Parameters
    ----------
    x : array_like, shape (K,)
        Signal.
    kernel : array_like, shape (2 m + 1,)
        Kernel at ``s = dt * arange(-m, m + 1)``; it may be longer than the signal.
    dt : float
        Step, ms.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    ValueError
        If the kernel has even length and so no element at s = 0.

    Examples
    --------
    >>> convolve([0, 1.0, 0], [1, 2, 3.0], dt=1.0)
    array([1., 2., 3.])
    """
    signal_, weights = checks.array("x", x, shape=(None,)), checks.array("kernel", kernel, shape=(None,))
    dt = checks.number("dt", dt, unit="", above=0)
    if len(weights) % 2 == 0:
        raise ValueError(f"kernel must have odd length with s = 0 in the middle, got length {len(weights)}")
    if not signal_.size:
        return signal_
    m = len(weights) // 2
    # mode "same" would return the length of the longer array; the grid of x starts at m of the full convolution.
    return signal.convolve(signal_, weights, mode="full")[m : m + len(signal_)] * dt


def exponential_kernel(tau: float, dt: float, length: float | None = None, normalise: bool = True) -> np.ndarray:
    """Return k(s) = e^{−s/τ}/τ for s ≥ 0 (book eq. A.19) with s = 0 in the middle.

    Parameters
    ----------
    tau : float
        Time constant, ms.
    dt : float
        Step, ms.
    length : float, optional
        Largest s, ms; rounded up to a multiple of `dt`. Default: 5 τ, which holds 0.9933 of the area.
    normalise : bool
        Divide by the sum, so that the kernel has unit area on the grid.

    Returns
    -------
    ndarray, shape (2 m + 1,)
        In 1/ms.

    Examples
    --------
    >>> round(float(exponential_kernel(tau=10, dt=0.1).sum() * 0.1), 12)
    1.0
    """
    tau, dt = checks.number("tau", tau, unit="", above=0), checks.number("dt", dt, unit="", above=0)
    s = _centred_grid("tau", tau, length, dt)
    return _normalised(np.where(s >= 0, np.exp(-np.abs(s) / tau) / tau, 0.0), dt, normalise)


def gaussian_kernel(sigma: float, dt: float, length: float | None = None, normalise: bool = True) -> np.ndarray:
    """Return the Gaussian k(s) = e^{−s²/(2σ²)}/(σ√(2π)), of standard deviation σ, with s = 0 in the middle.

    The textbook's A.4 omits the 2 in the exponent, which makes the standard deviation σ/√2 and the area 1/√2.

    Parameters
    ----------
    sigma : float
        Standard deviation, ms.
    dt : float
        Step, ms.
    length : float, optional
        Largest s, ms; rounded up to a multiple of `dt`. Default: 5 σ.
    normalise : bool
        Divide by the sum, so that the kernel has unit area on the grid.

    Returns
    -------
    ndarray, shape (2 m + 1,)
        In 1/ms.

    Examples
    --------
    >>> gaussian_kernel(sigma=2, dt=0.1).argmax()
    np.int64(100)
    """
    sigma, dt = checks.number("sigma", sigma, above=0), checks.number("dt", dt, unit="", above=0)
    s = _centred_grid("sigma", sigma, length, dt)
    return _normalised(np.exp(-(s**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi)), dt, normalise)


def _centred_grid(name: str, width: float, length: float | None, dt: float) -> np.ndarray:
    """Multiples of `dt` from −length to length, or ±5 widths, built from integers so that 0 is exactly among them."""
    name, length = (name, 5 * width) if length is None else ("length", checks.number("length", length, above=0))
    checks.memory(name, 64 * length / dt)
    m = int(np.ceil(length / dt - 1e-9))
    return dt * np.arange(-m, m + 1)


def _normalised(kernel: np.ndarray, dt: float, normalise: bool) -> np.ndarray:
    return kernel / (kernel.sum() * dt) if checks.flag("normalise", normalise) else kernel
