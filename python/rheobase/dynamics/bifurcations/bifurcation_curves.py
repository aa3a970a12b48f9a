"""Curves of folds and of Hopf points in the plane of two parameters, with the degenerate points on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import optimize

from rheobase import checks
from rheobase.dynamics.bifurcations.arclength import INTERRUPTED, trace
from rheobase.dynamics.bifurcations.continuation import state_scales
from rheobase.dynamics.bifurcations.critical_curves import (
    CriticalCurve,
    FoldSystem,
    HopfSystem,
    PlaneFamily,
    remaining,
)
from rheobase.dynamics.bifurcations.multilinear_forms import Forms, hopf_coefficient
from rheobase.dynamics.fields import Field, as_box
from rheobase.dynamics.stability import has_imaginary_pair, pair_sums, sorted_eigenvalues
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, Search


@dataclass(frozen=True, eq=False, repr=False)
class DegeneratePoint(Brief):
    """A point in the plane of two parameters at which a bifurcation is degenerate, or two happen at once.

    Attributes
    ----------
    kind : str
        ``"cusp"`` (two folds meet), ``"Bogdanov-Takens"`` (a double eigenvalue 0: fold and Hopf curve meet),
        ``"generalised Hopf"`` (Bautin: the first Lyapunov coefficient vanishes), ``"zero-Hopf"`` (fold and Hopf at
        once) or ``"Hopf-Hopf"`` (two pairs at once).
    p, q : float
    u : ndarray, shape (n,)
    eigenvalues : ndarray of complex, shape (n,)
        By decreasing real part.
    """

    kind: str
    p: float
    q: float
    u: np.ndarray
    eigenvalues: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class BifurcationCurve(Brief):
    """A curve of folds or of Hopf points in the plane of two parameters.

    Attributes
    ----------
    kind : str
        ``"fold"`` or ``"Hopf"``.
    p, q : ndarray, shape (K,)
    states : ndarray, shape (K, n)
        The fixed point that bifurcates.
    eigenvalues : ndarray of complex, shape (K, n)
        By decreasing real part.
    coefficients : ndarray, shape (K,)
        Of folds the quadratic coefficient ½ w·B(v, v) with unit null vectors v and w, whose sign changes at a cusp; of
        Hopf points the first Lyapunov coefficient, see `lyapunov_coefficient`.
    points : tuple of DegeneratePoint
        In order along the curve.
    ended : tuple of str
        Why the tracing stopped at the first and at the last point, as in `Branch`; a Hopf curve may also end at a
        ``"Bogdanov-Takens"`` point.
    """

    kind: str
    p: np.ndarray
    q: np.ndarray
    states: np.ndarray
    eigenvalues: np.ndarray
    coefficients: np.ndarray
    points: tuple[DegeneratePoint, ...]
    ended: tuple[str, str]

    @property
    def cusps(self) -> np.ndarray:
        """Points (p, q) at which two folds meet and vanish, shape (C, 2)."""
        return np.array([(x.p, x.q) for x in self.points if x.kind == "cusp"]).reshape(-1, 2)

    @property
    def frequency(self) -> np.ndarray:
        """Angular frequency of the pair of a Hopf curve, the imaginary part nearest to the axis, shape (K,)."""
        nearest = np.argmin(np.abs(self.eigenvalues.real), axis=1)
        return np.abs(self.eigenvalues[np.arange(len(nearest)), nearest].imag)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{x.kind} at ({x.p:.8g}, {x.q:.8g})</li>" for x in self.points)
        return (
            f"<b>{self.kind} curve</b> of {len(self.p)} points<ul>{items}</ul>ended: {self.ended[0]}; {self.ended[1]}"
        )


def fold_curve(
    family: PlaneFamily,
    x0: npt.ArrayLike,
    p0: float,
    q0: float,
    p_range: tuple[float, float],
    q_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.02,
    max_steps: int = 2000,
    progress: bool = False,
) -> BifurcationCurve:
    """Follow a fold through the plane of two parameters, around its cusps.

    F(u, p, q) = 0 and det J = 0, as a minimally extended system, are continued by pseudo-arclength. Cusps (the
    quadratic coefficient vanishes), Bogdanov–Takens points (w·v = 0 of the null vectors) and zero-Hopf points are
    located.

    Parameters
    ----------
    family : callable
        From the parameters (p, q) to a vector field, see `Field`.
    x0 : array_like, shape (n,)
        The fold, near enough for Newton's method, as found by `continuation` in p at `q0`.
    p0, q0 : float
        Its parameters.
    p_range, q_range : tuple of float
    box : array_like, shape (n, 2), optional
        Its widths set the scales of the state. Default: max(abs(x0), 1).
    step : float
        Longest step, relative to the ranges and the scales, or to how far a variable has come, if that is further.
    max_steps : int
        Most points in each direction.
    progress : bool, default False
        Count the points, where it takes more than a second.

    Returns
    -------
    BifurcationCurve

    Raises
    ------
    ValueError
        If no fold can be reached from the start.
    rheobase.Interrupted
        On Ctrl-C; its ``result`` is the curve until there, ended ``"interrupted"``, with the points found by then.

    Examples
    --------
    >>> curve = fold_curve(lambda a, b: lambda x: a + b * x - x**3, [0.6], -0.4, 1.0, (-1, 1), (-1, 1))
    >>> bool(abs(curve.cusps).max() < 1e-8)
    True
    """
    return _followed(FoldSystem, "fold", family, x0, p0, q0, p_range, q_range, box, step, max_steps, progress)


def hopf_curve(
    family: PlaneFamily,
    x0: npt.ArrayLike,
    p0: float,
    q0: float,
    p_range: tuple[float, float],
    q_range: tuple[float, float],
    *,
    box: npt.ArrayLike | None = None,
    step: float = 0.02,
    max_steps: int = 2000,
    progress: bool = False,
) -> BifurcationCurve:
    """Follow a Hopf point through the plane of two parameters, to Bogdanov–Takens points or the ends of the ranges.

    F(u, p, q) = 0 and a singular bialternate product 2J ⊙ 1, as a minimally extended system, are continued by
    pseudo-arclength. Generalised Hopf points (the first Lyapunov coefficient vanishes), zero-Hopf and Hopf–Hopf points
    are located. The product has n (n − 1) / 2 rows: some fifty state variables are feasible.

    Parameters
    ----------
    family, x0, p0, q0, p_range, q_range, box, step, max_steps, progress
        As in `fold_curve`; `x0` is a Hopf point found by `continuation`.

    Returns
    -------
    BifurcationCurve

    Raises
    ------
    ValueError
        If no Hopf point can be reached from the start.
    rheobase.Interrupted
        As in `fold_curve`.

    Examples
    --------
    The Brusselator oscillates above b = 1 + a²:

    >>> def brusselator(b, a):
    ...     return lambda u: np.array([a - (b + 1) * u[0] + u[0] ** 2 * u[1], b * u[0] - u[0] ** 2 * u[1]])
    >>> curve = hopf_curve(brusselator, [1.0, 2.0], 2.0, 1.0, (0, 10), (0.5, 2))
    >>> bool(abs(curve.p - 1 - curve.q**2).max() < 1e-8)
    True
    """
    return _followed(HopfSystem, "Hopf", family, x0, p0, q0, p_range, q_range, box, step, max_steps, progress)


def _followed(
    system: type[CriticalCurve],
    kind: str,
    family: PlaneFamily,
    x0: npt.ArrayLike,
    p0: float,
    q0: float,
    p_range: tuple[float, float],
    q_range: tuple[float, float],
    box: npt.ArrayLike | None,
    step: float,
    max_steps: int,
    progress: bool,
) -> BifurcationCurve:
    step, max_steps = checks.number("step", step, above=0, high=0.5), checks.integer("max_steps", max_steps, low=1)
    family = checks.function("family", family)
    p_bounds, q_bounds = as_box(p_range, "p_range")[0], as_box(q_range, "q_range")[0]
    p0 = checks.number("p0", p0, low=p_bounds[0], high=p_bounds[1])
    q0 = checks.number("q0", q0, low=q_bounds[0], high=q_bounds[1])
    u = Field(family(p0, q0)).at("x0", x0)
    if kind == "Hopf" and u.size < 2:
        raise ValueError(f"x0 must have at least two variables for a Hopf point, got {u.size}")
    scale = np.concatenate([state_scales(u, box), [np.ptp(p_bounds), np.ptp(q_bounds)]])
    guess = np.concatenate([u, [p0, q0]]) / scale
    curve = system(family, scale, guess)
    start = curve.correct(guess, np.eye(len(guess))[-1])
    if start is None or not _is_critical(curve, start):
        raise ValueError(f"no {kind} point could be reached from x0 = {u}, p0 = {p0:g}, q0 = {q0:g}")
    bounds = np.stack([p_bounds, q_bounds]) / scale[-2:, None]

    def margin(z: np.ndarray) -> float:
        inside = float(np.minimum(z[-2:] - bounds[:, 0], bounds[:, 1] - z[-2:]).min() + 1e-12)
        return min(inside, _square_frequency(curve, z)) if isinstance(curve, HopfSystem) else inside

    tangent = curve.tangent(start, np.eye(len(start))[-1])
    with Search(f"{kind} points", progress) as search:
        back = trace(curve, start, -tangent, margin, step, max_steps, watch=search.advance)
        whole = back.ended in ("closed on itself", INTERRUPTED)
        ahead = None if whole else trace(curve, start, tangent, margin, step, max_steps, watch=search.advance)
    path = back.points[::-1] if ahead is None else [*back.points[:0:-1], *ahead.points]
    ended = (back.ended, back.ended if ahead is None else ahead.ended)
    if kind == "Hopf":
        ended = (_named_end(curve, path[0], ended[0]), _named_end(curve, path[-1], ended[1]))
    found = _described(kind, curve, path, ended)
    if INTERRUPTED in found.ended:
        raise Interrupted(f"stopped by Ctrl-C after {len(path)} {kind} points", found)
    return found


def _described(kind: str, curve: CriticalCurve, path: list[np.ndarray], ended: tuple[str, str]) -> BifurcationCurve:
    """Return the curve through `path` in its own units, with its degenerate points."""
    tests = _FOLD_TESTS if kind == "fold" else _HOPF_TESTS
    null: list[tuple[np.ndarray, np.ndarray]] = []
    rows: list[list[float]] = []
    try:
        for z in path:
            vectors = curve.null_vectors(z, null[-1]) if null else curve.first_null_vectors(z)
            rows.append([test(curve, z, *vectors) for test in tests.values()])
            null.append(vectors)
    except KeyboardInterrupt:
        if not null:
            raise
        path, ended = path[: len(null)], (ended[0], INTERRUPTED)
    values = np.array(rows[: len(null)])
    found: list[DegeneratePoint] = []
    try:
        for at, name in _events(curve, path, null, values, tests):
            found.append(_degenerate(name, curve, at))
    except KeyboardInterrupt:
        ended = ended[0], INTERRUPTED
    if kind == "Hopf" and ended[0] == _BT:
        found.insert(0, _degenerate(_BT, curve, path[0]))
    if kind == "Hopf" and ended[1] == _BT:
        found.append(_degenerate(_BT, curve, path[-1]))
    points = np.array(path) * curve.scale
    eigenvalues = np.array([sorted_eigenvalues(curve.jacobian(z)) for z in path])
    return BifurcationCurve(
        kind, points[:, -2], points[:, -1], points[:, :-2], eigenvalues, values[:, 0], tuple(found), ended
    )


def _events(
    curve: CriticalCurve,
    path: list[np.ndarray],
    null: list[tuple[np.ndarray, np.ndarray]],
    values: np.ndarray,
    tests: dict[str, _Test],
) -> Iterator[tuple[np.ndarray, str]]:
    """Yield the places at which tests vanish, and their names, step by step."""
    for i, (a, b) in enumerate(pairwise(path)):
        for k, (name, test) in enumerate(tests.items()):
            if values[i, k] * values[i + 1, k] < 0:
                at = _located(curve, a, b, null[i], test)
                if at is not None and _is_truly(name, curve, at):
                    yield at, name


def _degenerate(kind: str, curve: CriticalCurve, z: np.ndarray) -> DegeneratePoint:
    p, q = z[-2:] * curve.scale[-2:]
    return DegeneratePoint(kind, float(p), float(q), curve.state(z), sorted_eigenvalues(curve.jacobian(z)))


#: Of the curve, a point and its left and right null vector; changes sign at a degenerate point.
_Test = Callable[[CriticalCurve, np.ndarray, np.ndarray, np.ndarray], float]

_BT = "Bogdanov-Takens"


def _located(
    curve: CriticalCurve, a: np.ndarray, b: np.ndarray, near: tuple[np.ndarray, np.ndarray], test: _Test
) -> np.ndarray | None:
    """Return the zero of a test between two points of the curve; None where the test jumps or the curve is lost."""
    chord = b - a

    def at(s: float) -> np.ndarray:
        z = curve.correct(a + s * chord, chord / np.linalg.norm(chord))
        if z is None or np.linalg.norm(z - a - s * chord) > np.linalg.norm(chord):
            raise ValueError("the curve was lost")
        return z

    def value(s: float) -> float:
        z = a if s == 0 else b if s == 1 else at(s)
        return test(curve, z, *curve.null_vectors(z, near))

    try:
        s = float(optimize.brentq(value, 0.0, 1.0, xtol=1e-13, rtol=1e-13))
        ends = max(abs(value(0.0)), abs(value(1.0)))
        return at(s) if abs(value(s)) < 1e-3 * ends else None
    except ValueError:
        return None


def _quadratic(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """½ w·B(v, v), zero at a cusp."""
    return float(w @ Forms(curve.field(z), curve.state(z), curve.scale[:-2]).bilinear(v, v) / 2)


def _overlap(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """Return w·v, zero where the eigenvalue 0 is double."""
    return float(w @ v)


def _pair_beside_zero(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """Zero where, beside the eigenvalue 0, a pair has sum zero."""
    return pair_sums(remaining(curve.jacobian(z), v[:, None])) if len(v) > 2 else 1.0


def _lyapunov(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """Return the first Lyapunov coefficient; NaN where the pair is not imaginary."""
    square = _square_frequency(curve, z, v)
    if square <= 1e-9:
        return np.nan
    omega = np.sqrt(square) * curve.unit
    return hopf_coefficient(curve.field(z), curve.state(z), curve.jacobian(z), curve.scale[:-2], float(omega))


def _zero_beside_pair(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """Zero where an eigenvalue beside the pair vanishes."""
    rest = _beside_pair(curve, z, v)
    return float(np.linalg.det(rest / curve.unit)) if len(rest) else 1.0


def _pair_beside_pair(curve: CriticalCurve, z: np.ndarray, w: np.ndarray, v: np.ndarray) -> float:
    """Zero where a second pair has sum zero."""
    rest = _beside_pair(curve, z, v)
    return pair_sums(rest) if len(rest) > 1 else 1.0


#: The first of each gives the coefficients of the curve.
_FOLD_TESTS: dict[str, _Test] = {"cusp": _quadratic, _BT: _overlap, "zero-Hopf": _pair_beside_zero}
_HOPF_TESTS: dict[str, _Test] = {
    "generalised Hopf": _lyapunov,
    "zero-Hopf": _zero_beside_pair,
    "Hopf-Hopf": _pair_beside_pair,
}


def _beside_pair(curve: CriticalCurve, z: np.ndarray, v: np.ndarray) -> np.ndarray:
    assert isinstance(curve, HopfSystem)
    return remaining(curve.jacobian(z), curve.plane(v))


def _square_frequency(curve: CriticalCurve, z: np.ndarray, v: np.ndarray | None = None) -> float:
    """Return ω² of the pair in units of the curve: below 0 for a neutral saddle."""
    assert isinstance(curve, HopfSystem)
    plane = curve.plane(curve.current_null_vector(z) if v is None else v)
    return float(np.linalg.det(plane.T @ curve.jacobian(z) @ plane / curve.unit))


def _is_critical(curve: CriticalCurve, z: np.ndarray) -> bool:
    """Return whether Newton's method ended at a fold, or at a Hopf point that is no neutral saddle."""
    if not abs(curve.value(z)[-1]) < 1e-7:
        return False
    return not isinstance(curve, HopfSystem) or _square_frequency(curve, z) > 0


def _named_end(curve: CriticalCurve, z: np.ndarray, ended: str) -> str:
    return _BT if ended == "left the range" and abs(_square_frequency(curve, z)) < 1e-9 else ended


def _is_truly(name: str, curve: CriticalCurve, z: np.ndarray) -> bool:
    """Return whether a second pair with sum zero is imaginary, too."""
    if name == "Hopf-Hopf":
        return has_imaginary_pair(_beside_pair(curve, z, curve.current_null_vector(z)))
    if name == "zero-Hopf" and isinstance(curve, FoldSystem):
        return has_imaginary_pair(remaining(curve.jacobian(z), curve.current_null_vector(z)[:, None]))
    return True
