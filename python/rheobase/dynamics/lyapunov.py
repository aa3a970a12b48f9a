"""Lyapunov exponents: the mean rates at which nearby solutions part or meet."""

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.progress import counted


def lyapunov_exponents(
    field: FieldLike,
    u0: npt.ArrayLike,
    T: float,
    dt: float = 0.01,
    *,
    transient: float = 0.0,
    count: int | None = None,
    every: int = 10,
    progress: bool = False,
) -> np.ndarray:
    """Estimate the Lyapunov exponents along a solution of u' = F(u).

    The solution and a frame of perturbations, Q' = J(u) Q, are advanced together by fourth-order Runge–Kutta; the
    frame is made orthonormal again every few steps by a QR decomposition, and the logarithms of the diagonal of R are
    averaged (Benettin et al. 1980).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    u0 : array_like, shape (n,)
    T : float
        Averaging time, a multiple of `dt`.
    dt : float
        Step.
    transient : float
        Time, a multiple of `dt`, to reach the attractor before averaging begins.
    count : int, optional
        Number of exponents, the largest ones. Default: all n.
    every : int
        Steps between decompositions.
    progress : bool
        Show a progress bar.

    Returns
    -------
    ndarray, shape (count,)
        Decreasing, in inverse units of time.

    Raises
    ------
    ValueError
        If the solution stops being finite.

    Examples
    --------
    >>> lyapunov_exponents(lambda u: -2 * u, [1.0], T=10)
    array([-2.])
    """
    F = Field(field)
    u = F.at("u0", u0)
    dt = checks.number("dt", dt, above=0)
    steps, early = checks.steps("T", T, dt, low=1), checks.steps("transient", transient, dt)
    n = u.size
    count = n if count is None else checks.integer("count", count, low=1, high=n)
    every = checks.integer("every", every, low=1)

    def slope(y: np.ndarray) -> np.ndarray:
        return np.column_stack([F(y[:, 0]), F.jacobian(y[:, 0]) @ y[:, 1:]])

    # A generic frame: one along special directions might never feel the fastest growth.
    frame = np.linalg.qr(np.random.default_rng(0).standard_normal((n, count)))[0]
    y = np.column_stack([u, frame])
    growth = np.zeros(count)
    with np.errstate(over="ignore", invalid="ignore"):
        for i in counted(range(1, early + steps + 1), "Lyapunov exponents", "step", progress):
            k1 = slope(y)
            k2 = slope(y + dt / 2 * k1)
            k3 = slope(y + dt / 2 * k2)
            k4 = slope(y + dt * k3)
            y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            if i % every == 0 or i == early or i == early + steps:
                if not np.isfinite(y).all():
                    raise ValueError(f"the solution must stay finite, but it was lost by t = {i * dt:.6g}")
                y[:, 1:], R = np.linalg.qr(y[:, 1:])
                if i > early:
                    growth += np.log(np.abs(np.diag(R)))
    return np.sort(growth / (steps * dt))[::-1]
