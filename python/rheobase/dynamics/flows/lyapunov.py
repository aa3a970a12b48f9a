"""Lyapunov exponents: the mean rates at which nearby solutions part or meet."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.dynamics.solvers import euler_step, rk4_step
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, counted

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
        Their standard errors, from ten consecutive stretches of the solution (ddof = 1); NaN where it was interrupted
        before its tenth decomposition.
    duration : float
        Time averaged over.
    state : ndarray, shape (n,)
        Where the solution ended.
    frame : ndarray, shape (n, k)
        The orthonormal perturbations there.
    growth : ndarray, shape (rounds, k)
        Rates of growth between decompositions, whose means are the exponents.
    interrupted : bool
        Whether Ctrl-C ended it early.
    t_end : float
        Time of the end, since the start: where a drive goes on.
    random : Generator, optional
        What draws the noise, as it stood at the end; None without noise.
    """

    exponents: np.ndarray
    standard_errors: np.ndarray = field(repr=False)
    duration: float
    state: np.ndarray = field(repr=False)
    frame: np.ndarray = field(repr=False)
    growth: np.ndarray = field(repr=False)
    interrupted: bool = False
    t_end: float = 0.0
    random: np.random.Generator | None = field(default=None, repr=False)

    @property
    def entropy_rate(self) -> float:
        """Sum of the positive exponents (Pesin), nats per unit of time; NaN where the k exponents do not suffice."""
        enough = self.exponents[-1] <= 0 or len(self.exponents) == len(self.state)
        return float(self.exponents[self.exponents > 0].sum()) if enough else float("nan")

    @property
    def dimension(self) -> float:
        """Kaplan and Yorke's dimension of the attractor; NaN where the k exponents do not suffice.

        Where all n exponents add up to nothing, as volumes are kept, it is n.
        """
        total = np.cumsum(self.exponents)
        if self.exponents[0] < 0:
            return 0.0
        if total[-1] >= 0:
            return float(len(total)) if len(total) == len(self.state) else float("nan")
        j = int(np.flatnonzero(total < 0)[0])
        return float(j + total[j - 1] / abs(self.exponents[j]))

    def _repr_html_(self) -> str:
        pairs = zip(self.exponents[:5], self.standard_errors[:5], strict=True)
        shown = ", ".join(f"{value:.5g} ± {error:.2g}" for value, error in pairs)
        more = f" and {len(self.exponents) - 5} more" if len(self.exponents) > 5 else ""
        return f"<b>Lyapunov exponents</b> over {self.duration:g}: {shown}{more}"


def lyapunov_exponents(
    field: FieldLike,
    x0: npt.ArrayLike | LyapunovExponents,
    duration: float,
    dt: float = 0.01,
    *,
    n: int | None = None,
    t_start: float = 0.0,
    every: float | None = None,
    method: str = "rk4",
    drive: npt.ArrayLike | Callable[[float], npt.ArrayLike] = 0.0,
    noise: float = 0.0,
    seed: checks.Seed = 0,
    progress: bool = False,
) -> LyapunovExponents:
    """Estimate the Lyapunov exponents along a solution of u' = F(u) + drive(t) + σξ(t).

    The solution and a frame of perturbations, Q' = J(u) Q, are advanced together by fourth-order Runge–Kutta; the
    frame is made orthonormal again and again by a QR decomposition, and the logarithms of the diagonal of R are
    averaged (Benettin et al. 1980). Drive and noise are the same for all solutions whose distances are followed: a
    largest exponent below 0 says that these forget where they began (Rajan, Abbott & Sompolinsky 2010; Schuecker,
    Goedeke & Helias 2018).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    x0 : array_like, shape (n,), or LyapunovExponents
        Start; or a former result with the same `n` and `every`, which then goes on: what it averaged counts, too.
    duration : float
        Time averaged over, a multiple of `every` and, with that of a former result, at least ten times it.
    dt : float, default 0.01
        Step.
    n : int, optional
        Number of exponents, the largest ones. Default: all.
    t_start : float, default 0
        Time at which averaging begins, a multiple of `every`. Until then the solution reaches the attractor and the
        frame falls into line.
    every : float, optional
        Time between decompositions, ms (the unit of the field's time), a multiple of `dt`. Default: ten steps.
    method : {"rk4", "euler"}, default "rk4"
        How a step is made. With "euler" and ``dt=1`` the exponents are those of the map u → u + F(u), which is a rate
        network in discrete time, x → Jφ(x) + η.
    drive : float, array_like, shape (n,), or callable, default 0
        Further input, or a function of the time since the start that returns it. A former result goes on with the drive
        that is given again.
    noise : float, default 0
        Amplitude σ of white noise in time, independent for each variable; it needs ``method="euler"``.
    seed : int, SeedSequence or Generator, default 0
        Of the noise and of the first frame: one along special directions might never feel the fastest growth. A former
        result goes on with its own.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    LyapunovExponents

    Raises
    ------
    ValueError
        If an argument does not fit, or the solution stops being finite.
    rheobase.Interrupted
        On Ctrl-C, once a decomposition that counts is done; its ``result`` goes on later as `x0`.

    Notes
    -----
    For a random network of 5000 units a time constant takes some 8 s of processor time for 100 exponents and 25 s for
    500, in less than 0.5 GB (``benchmarks/lyapunov_spectrum.py``). All 5000 take 60 s and 2.2 GB, with ``dt=0.2`` and
    ``every=2``. A result that is pickled goes on later.

    Examples
    --------
    >>> lyapunov_exponents(lambda u: -2 * u, [1.0], duration=10).exponents
    array([-2.])
    """
    F = Field(field)
    checks.choice("method", method, ("rk4", "euler"))
    former = x0 if isinstance(x0, LyapunovExponents) else None
    u = F.at("x0", former.state if former is not None else x0)  # type: ignore[arg-type]
    dt = checks.number("dt", dt, unit="", above=0)
    inner = 10 if every is None else checks.steps("every", every, dt, low=1, high=_MOST_STEPS, unit="")
    warm = checks.steps("t_start", t_start, inner * dt, high=_MOST_STEPS // inner, unit="")
    rounds = checks.steps("duration", duration, inner * dt, high=_MOST_STEPS // inner, unit="")
    if rounds + (0 if former is None else len(former.growth)) < 10:
        raise ValueError(f"duration must be at least ten times every = {inner * dt:g} (dt = {dt:g}), got {duration:g}")
    n = (u.size if former is None else former.frame.shape[1]) if n is None else n
    n = checks.integer("n", n, low=1, high=u.size)
    checks.memory("duration", 8 * rounds * n)
    noise = checks.number("noise", noise, low=0)
    if noise and method != "euler":
        raise ValueError(f"noise needs method='euler', got method={method!r}")
    start = 0.0 if former is None else former.t_end
    constant = checks.one_or_each(*(("drive(t)", drive(start)) if callable(drive) else ("drive", drive)), u.size)
    if former is not None:
        _check_continued(former, n, inner * dt, warm)

    def slope(y: np.ndarray, t: float) -> np.ndarray:
        value, moved = F.variation(y[:, 0], y[:, 1:])
        return np.column_stack([value + (drive(t) if callable(drive) else constant), moved])

    random = checks.generator(seed)
    frame = np.linalg.qr(random.standard_normal((u.size, n)))[0] if former is None else former.frame
    if former is not None and former.random is not None:
        random = deepcopy(former.random)
    advance = rk4_step if method == "rk4" else euler_step
    y = np.column_stack([u, frame])
    growth, done = np.zeros((rounds, n)), 0
    # `kept` is the state after the last decomposition: a step makes a new one.
    kept = _End(y, start, random if noise else None)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            for k in counted(range(warm + rounds), "Lyapunov exponents", "round", progress):
                for step in range(k * inner, (k + 1) * inner):
                    y = advance(slope, y, start + step * dt, dt)
                    if noise:
                        y[:, 0] += noise * np.sqrt(dt) * random.standard_normal(u.size)
                if not np.isfinite(y).all():
                    raise ValueError(
                        f"the solution must stay finite, but it was lost by t = {(k + 1) * inner * dt:.6g}"
                    )
                y[:, 1:], R = np.linalg.qr(y[:, 1:])
                if k >= warm:
                    growth[k - warm] = np.log(np.abs(np.diag(R))) / (inner * dt)
                    time = start + (k + 1) * inner * dt
                    kept, done = _End(y, time, deepcopy(random) if noise else None), k - warm + 1
    except KeyboardInterrupt:
        if not done:
            raise
        result = _averaged(former, growth[:done], inner * dt, kept, interrupted=True)
        raise Interrupted(f"stopped by Ctrl-C after {result.duration:g} units of time", result) from None
    return _averaged(former, growth, inner * dt, kept)


@dataclass(frozen=True)
class _End:
    """Where a solution with its frame, (n, 1 + k), stands, the time, and what draws the noise."""

    y: np.ndarray
    time: float
    random: np.random.Generator | None


def _averaged(
    former: LyapunovExponents | None, growth: np.ndarray, every: float, end: _End, interrupted: bool = False
) -> LyapunovExponents:
    """Return the means of rates of growth, after those of a former result, with where all ended."""
    if former is not None:
        growth = np.concatenate([former.growth, growth])
    exponents, errors = growth.mean(axis=0), np.full(growth.shape[1], np.nan)
    if len(growth) >= 10:
        stretches = np.array([stretch.mean(axis=0) for stretch in np.array_split(growth, 10)])
        errors = stretches.std(axis=0, ddof=1) / np.sqrt(10)
    order = np.argsort(-exponents, kind="stable")
    state, frame = end.y[:, 0].copy(), end.y[:, 1:].copy()
    return LyapunovExponents(
        exponents[order],
        errors[order],
        len(growth) * every,
        state,
        frame,
        growth,
        interrupted,
        end.time,
        end.random,
    )


def _check_continued(former: LyapunovExponents, n: int, every: float, warm: int) -> None:
    """Refuse to go on with another number of exponents, interval or start."""
    if n != former.frame.shape[1]:
        raise ValueError(f"n must be that of the former result, {former.frame.shape[1]}, got {n}")
    if not np.isclose(every * len(former.growth), former.duration, rtol=1e-9):
        raise ValueError(
            f"every must be that of the former result, {former.duration / len(former.growth):g}, got {every:g}"
        )
    if warm:
        raise ValueError("t_start must be 0 where a former result goes on")
