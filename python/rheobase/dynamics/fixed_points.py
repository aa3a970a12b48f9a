"""Fixed points: where a vector field vanishes, and what happens next to them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize
from scipy.stats import qmc

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike, as_box
from rheobase.dynamics.stability import classify


@dataclass(frozen=True)
class FixedPoint:
    """A fixed point u* of u' = F(u), with F linearised there.

    Attributes
    ----------
    u : ndarray, shape (n,)
    jacobian : ndarray, shape (n, n)
    eigenvalues : ndarray of complex, shape (n,)
        By decreasing real part.
    kind : str
        See `classify`.
    """

    u: np.ndarray
    jacobian: np.ndarray
    eigenvalues: np.ndarray
    kind: str

    @property
    def stable(self) -> bool:
        """Whether every eigenvalue has a negative real part."""
        return bool((self.eigenvalues.real < 0).all()) and self.kind not in ("centre", "degenerate")

    @property
    def trace(self) -> float:
        """Trace of the Jacobian, the sum of the eigenvalues (eq. A.31)."""
        return float(np.trace(self.jacobian))

    @property
    def determinant(self) -> float:
        """Determinant of the Jacobian, the product of the eigenvalues (eq. A.31); a stable planar point has D > 0."""
        return float(np.linalg.det(self.jacobian))

    def _repr_html_(self) -> str:
        at = ", ".join(f"{x:.6g}" for x in self.u)
        values = ", ".join(f"{x:.4g}" for x in self.eigenvalues)
        return f"<b>{self.kind}</b> at ({at}); eigenvalues {values}"


def linearise(field: FieldLike, u: npt.ArrayLike) -> FixedPoint:
    """Return the fixed point at `u`, which is taken as given, with its Jacobian, eigenvalues and kind.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    u : array_like, shape (n,)

    Returns
    -------
    FixedPoint

    Examples
    --------
    >>> linearise(lambda u: -u, [0.0]).kind
    'stable'
    """
    F = Field(field)
    u = F.at("u", u)
    jacobian = F.jacobian(u)
    eigenvalues = np.linalg.eigvals(jacobian).astype(complex)
    kind = "degenerate" if u.size == 1 and _flat(F, u, jacobian) else classify(jacobian)
    return FixedPoint(u, jacobian, eigenvalues[np.argsort(-eigenvalues.real, kind="stable")], kind)


def _flat(F: Field, u: np.ndarray, jacobian: np.ndarray) -> bool:
    """Whether a scalar field is flat at its zero `u`: a lone eigenvalue is small only next to the slope around it."""
    h = 1e-6 * max(abs(u[0]), 1)
    around = max(abs(F(u + h)[0]), abs(F(u - h)[0])) / h
    return bool(abs(jacobian[0, 0]) < 0.1 * around)


def newton(field: FieldLike, guess: npt.ArrayLike) -> np.ndarray:
    """Return the fixed point reached from `guess` by Newton's method with a trust region (MINPACK's hybrj).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    guess : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If the iteration does not converge; the message says where it ended.

    Examples
    --------
    >>> newton(lambda u: u**2 - 1, [0.7])
    array([1.])
    """
    F = Field(field)
    start = F.at("guess", guess)
    found = _polish(F, start)
    if found is None:
        raise ValueError(f"no fixed point could be reached from guess = {start}")
    return found


def fixed_points(
    field: FieldLike,
    box: npt.ArrayLike,
    *,
    points: int | None = None,
    starts: int = 300,
    seed: checks.Seed = 0,
) -> tuple[FixedPoint, ...]:
    """Find all fixed points in a box.

    In one dimension they are the changes of sign of F on a grid, refined by Brent's method, and the places where F
    touches zero. In two dimensions the candidates are the cells of a grid which both nullclines cross. In three or
    more they are many starts that fill the box evenly, so that completeness is likely, not certain. Candidates are
    polished by Newton's method, and duplicates dropped.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    box : array_like, shape (n, 2)
        ``[(low, high), ...]``; a single pair in one dimension.
    points : int, optional
        Grid points along each axis, in one (default 2001) and two (default 201) dimensions. Fixed points closer
        together than a cell may be missed.
    starts : int
        Number of starts, in three and more dimensions.
    seed : int, SeedSequence or Generator
        For the starts in three and more dimensions.

    Returns
    -------
    tuple of FixedPoint
        In lexicographic order of the location; empty if the box holds none.

    Raises
    ------
    ValueError
        If the field is finite nowhere in the box.

    Examples
    --------
    >>> [p.kind for p in fixed_points(lambda x: x**2 - 1, (-2, 2))]
    ['stable', 'unstable']
    """
    F, bounds = Field(field), as_box(box)
    n = len(bounds)
    if points is None:
        points = 2001 if n == 1 else 201
    points = checks.integer("points", points, low=3)
    if n == 1:
        found = _roots(F, bounds, points)
    else:
        guesses = _cells(F, bounds, points) if n == 2 else _spread(F, bounds, starts, seed)
        found = _distinct(bounds, [u for guess in guesses if (u := _polish(F, guess)) is not None])
    order = sorted(found, key=lambda u: tuple(u))
    return tuple(linearise(F, u) for u in order)


def _roots(F: Field, bounds: np.ndarray, points: int) -> list[np.ndarray]:
    """Zeros of a scalar field: changes of sign, exact zeros and places where the field touches zero."""
    x = np.linspace(bounds[0, 0], bounds[0, 1], points)
    y = _finite_somewhere(F.many(x[None]))[0]
    found = [x[[k]] for k in np.flatnonzero(y == 0)]
    for k in np.flatnonzero(y[:-1] * y[1:] < 0):
        # A pole changes sign too: a root must make the field small.
        root = optimize.brentq(lambda v: F([v])[0], x[k], x[k + 1], xtol=1e-14 * np.ptp(bounds), rtol=1e-15)
        if abs(F([root])[0]) <= min(abs(y[k]), abs(y[k + 1])) + 1e-9 * np.nanmedian(np.abs(y)):
            found.append(np.array([root]))
    size = np.abs(y)
    inner = size[1:-1]
    dips = 1 + np.flatnonzero((inner < size[:-2]) & (inner <= size[2:]) & (y[:-2] * y[2:] > 0) & (inner > 0))
    for k in dips[size[dips] < 0.01 * np.nanmax(size)]:
        low = optimize.minimize_scalar(
            lambda v: abs(F([v])[0]), bounds=(x[k - 1], x[k + 1]), method="bounded", options={"xatol": 1e-13}
        )
        if low.fun < 1e-12 * np.nanmax(size):
            found.append(np.array([low.x]))
    return _distinct(bounds, found)


def _cells(F: Field, bounds: np.ndarray, points: int) -> np.ndarray:
    """Guesses in the cells of a grid in which both components of a planar field change sign."""
    x, y = (np.linspace(b[0], b[1], points) for b in bounds)
    values = _finite_somewhere(F.many(np.stack(np.meshgrid(x, y, indexing="ij")).reshape(2, -1)))
    values = values.reshape(2, points, points)
    corners = np.stack([values[:, :-1, :-1], values[:, 1:, :-1], values[:, :-1, 1:], values[:, 1:, 1:]])
    crossed = ((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0)).all(axis=0)
    i, j = np.nonzero(crossed)
    # The centre and two opposite corners, so that a pair of points in one cell (near a fold) is found whole.
    return np.concatenate(
        [
            np.stack([x[i] + a * (x[1] - x[0]), y[j] + b * (y[1] - y[0])], axis=1)
            for a, b in ((0.5, 0.5), (0.05, 0.05), (0.95, 0.95))
        ]
    )


def _spread(F: Field, bounds: np.ndarray, starts: int, seed: checks.Seed) -> np.ndarray:
    """Latin hypercube of starting points in a box, those with a finite field."""
    starts = checks.integer("starts", starts, low=1)
    unit = qmc.LatinHypercube(len(bounds), rng=checks.generator(seed)).random(starts)
    guesses = bounds[:, 0] + unit * np.ptp(bounds, axis=1)
    values = _finite_somewhere(F.many(guesses.T))
    return guesses[np.isfinite(values).all(axis=0)]


def _polish(F: Field, guess: np.ndarray) -> np.ndarray | None:
    """Newton's method from `guess`; None where it does not end at a zero of the field."""
    slope = F(guess)
    if not np.isfinite(slope).all():
        return None
    # The trial steps may leave the domain of the field: MINPACK then only shortens them.
    with np.errstate(all="ignore"):
        result = optimize.root(
            F, guess, jac=lambda u: np.nan_to_num(F.jacobian(u)), method="hybr", options={"xtol": 1e-13}
        )
        u, residual = result.x, F(result.x)
        # What remains must be explained by rounding: an error of 1e-9 in u, or a field flat to second order.
        allowed = 1e-9 * np.abs(F.jacobian(u)) @ np.maximum(np.abs(u), 1) + 1e-12 * (1 + np.abs(slope))
    return u if np.isfinite(residual).all() and (np.abs(residual) <= allowed).all() else None


def _distinct(bounds: np.ndarray, found: list[np.ndarray]) -> list[np.ndarray]:
    """Keep one of each group of points closer than 1e-6 of the box, and only points inside it."""
    width = np.ptp(bounds, axis=1)
    kept: list[np.ndarray] = []
    for u in found:
        inside = ((u >= bounds[:, 0] - 1e-9 * width) & (u <= bounds[:, 1] + 1e-9 * width)).all()
        if inside and all((np.abs(u - other) > 1e-6 * width).any() for other in kept):
            kept.append(u)
    return kept


def _finite_somewhere(values: np.ndarray) -> np.ndarray:
    """Return field `values` if any is finite, else complain."""
    if not np.isfinite(values).all(axis=0).any():
        raise ValueError("field must be finite somewhere in the box, got no finite value on the whole grid")
    return values
