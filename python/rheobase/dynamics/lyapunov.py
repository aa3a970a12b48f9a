"""Lyapunov exponents: the mean rates at which nearby solutions part or meet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.solvers import rk4_step
from rheobase.models.values import Brief
from rheobase.progress import counted

#: More steps of a loop in Python are taken for a mistake.
_MOST_STEPS = 2**32


@dataclass(frozen=True, eq=False, repr=False)
class LyapunovExponents(Brief):
    """Largest Lyapunov exponents of one solution.

    Attributes
    ----------
    exponents : ndarray, shape (k,)
        The k largest exponents, falling, in inverse units of time.
    standard_errors : ndarray, shape (k,)
        Their standard errors, from ten consecutive stretches of the solution (ddof = 1).
    duration : float
        Time averaged over.
    """

    exponents: np.ndarray
    standard_errors: np.ndarray = field(repr=False)
    duration: float

    @property
    def dimension(self) -> float:
        """Kaplan and Yorke's dimension of the attractor; NaN where the k exponents do not suffice."""
        total = np.cumsum(self.exponents)
        if self.exponents[0] < 0:
            return 0.0
        if total[-1] >= 0:
            return float("nan")
        j = int(np.flatnonzero(total < 0)[0])
        return float(j + total[j - 1] / abs(self.exponents[j]))

    def _repr_html_(self) -> str:
        pairs = zip(self.exponents[:5], self.standard_errors[:5], strict=True)
        shown = ", ".join(f"{value:.5g} ± {error:.2g}" for value, error in pairs)
        more = f" and {len(self.exponents) - 5} more" if len(self.exponents) > 5 else ""
        return f"<b>Lyapunov exponents</b> over {self.duration:g}: {shown}{more}"


def lyapunov_exponents(
    field: FieldLike,
    x0: npt.ArrayLike,
    duration: float,
    dt: float = 0.01,
    *,
    n: int | None = None,
    t_start: float = 0.0,
    every: float | None = None,
    seed: checks.Seed = 0,
    progress: bool = False,
) -> LyapunovExponents:
    """Estimate the Lyapunov exponents along a solution of u' = F(u).

    The solution and a frame of perturbations, Q' = J(u) Q, are advanced together by fourth-order Runge–Kutta; the
    frame is made orthonormal again and again by a QR decomposition, and the logarithms of the diagonal of R are
    averaged (Benettin et al. 1980).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,)
        Start.
    duration : float
        Time averaged over, at least ten times `every` and a multiple of it.
    dt : float, default 0.01
        Step.
    n : int, optional
        Number of exponents, the largest ones. Default: all.
    t_start : float, default 0
        Time at which averaging begins, a multiple of `every`. Until then the solution reaches the attractor and the
        frame falls into line.
    every : float, optional
        Time between decompositions, ms (the unit of the field's time), a multiple of `dt`. Default: ten steps.
    seed : int, SeedSequence or Generator, default 0
        For the first frame: one along special directions might never feel the fastest growth.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    LyapunovExponents

    Raises
    ------
    ValueError
        If an argument does not fit, or the solution stops being finite.

    Examples
    --------
    >>> lyapunov_exponents(lambda u: -2 * u, [1.0], duration=10).exponents
    array([-2.])
    """
    F = Field(field)
    u = F.at("x0", x0)
    dt = checks.number("dt", dt, unit="", above=0)
    inner = 10 if every is None else checks.steps("every", every, dt, low=1, high=_MOST_STEPS, unit="")
    warm = checks.steps("t_start", t_start, inner * dt, high=_MOST_STEPS // inner, unit="")
    rounds = checks.steps("duration", duration, inner * dt, high=_MOST_STEPS // inner, unit="")
    checks.memory("duration", 8 * rounds * u.size)
    if rounds < 10:
        raise ValueError(f"duration must be at least ten times every = {inner * dt:g} (dt = {dt:g}), got {duration:g}")
    n = u.size if n is None else checks.integer("n", n, low=1, high=u.size)

    def slope(y: np.ndarray, t: float) -> np.ndarray:
        return np.column_stack(F.variation(y[:, 0], y[:, 1:]))

    y = np.column_stack([u, np.linalg.qr(checks.generator(seed).standard_normal((u.size, n)))[0]])
    growth = np.zeros((rounds, n))
    with np.errstate(over="ignore", invalid="ignore"):
        for k in counted(range(warm + rounds), "Lyapunov exponents", "round", progress):
            for _ in range(inner):
                y = rk4_step(slope, y, 0.0, dt)
            if not np.isfinite(y).all():
                raise ValueError(f"the solution must stay finite, but it was lost by t = {(k + 1) * inner * dt:.6g}")
            y[:, 1:], R = np.linalg.qr(y[:, 1:])
            if k >= warm:
                growth[k - warm] = np.log(np.abs(np.diag(R))) / (inner * dt)
    stretches = np.array([stretch.mean(axis=0) for stretch in np.array_split(growth, 10)])
    exponents, errors = growth.mean(axis=0), stretches.std(axis=0, ddof=1) / np.sqrt(10)
    order = np.argsort(-exponents, kind="stable")
    return LyapunovExponents(exponents[order], errors[order], rounds * inner * dt)
