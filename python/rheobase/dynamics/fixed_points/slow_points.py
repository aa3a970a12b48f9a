"""Fixed points and slow points of high-dimensional flows, found from many starts at once (Sussillo & Barak, 2013)."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import BEYOND_NUMBERS, Field, FieldLike, beyond_numbers
from rheobase.dynamics.fixed_points.continua import continuum_dimension
from rheobase.dynamics.fixed_points.field_curves import follow_curves
from rheobase.dynamics.fixed_points.linear_systems import choose_solver, one_blas_thread
from rheobase.dynamics.fixed_points.newton_steps import (
    batch_size,
    bounded_newton,
    in_batches,
    least_squares,
    settle,
    speeds,
)
from rheobase.models.values import Brief
from rheobase.progress import Counter, Interrupted, counted

#: Points closer than this, next to the size of their coordinates, are one; slow points are flat minima, less certain.
_SAME_FIXED, _SAME_SLOW = 1e-5, 1e-3

#: Smallest eigenvalue, next to the largest, up to which a fixed point may be on a continuum.
_SINGULAR = 1e-3

#: About how many of these are looked at; where there are more, others are as the nearest of them.
_LOOKED_AT = 100

#: Fixed points closer than this are one if the field is as small halfway between them.
_FLAT = 0.02


@dataclass(frozen=True, eq=False, repr=False)
class SlowPoints(Brief):
    """Distinct points at which a flow stands still or is locally slowest, ordered by their first coordinate.

    Attributes
    ----------
    points : array (m, n)
        The points, one per row.
    speeds : array (m,)
        ``|u'|`` there.
    fixed : array (m,) of bool
        Whether the point is a fixed point (speed below the tolerance) rather than a slow one.
    hits : array (m,)
        Number of starts that ended there.
    eigenvalues : array (m, n) complex
        Eigenvalues of the Jacobian, by falling real part.
    continuum : array (m,) of int
        Dimension of the set of fixed points around each: 0 for an isolated point, 1 on a line of them, 2 on a surface.
    starts, lost : int
        Number of starts, and of those that ended at no point of the list.
    odd : bool
        Whether the field was found to be odd, F(−u) = −F(u), so that the mirror image of each point is a point, too.
    interrupted : bool
        Whether Ctrl-C ended the search early; `starts` then are those that were done.
    """

    points: np.ndarray = field(repr=False)
    speeds: np.ndarray = field(repr=False)
    fixed: np.ndarray = field(repr=False)
    hits: np.ndarray = field(repr=False)
    eigenvalues: np.ndarray = field(repr=False)
    continuum: np.ndarray = field(repr=False)
    starts: int
    lost: int
    odd: bool = False
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.points)

    @property
    def unstable_directions(self) -> np.ndarray:
        """Number of eigenvalues with positive real part at each point, shape (m,)."""
        return (self.eigenvalues.real > 0).sum(axis=1)

    @property
    def index_sum(self) -> int:
        """Sum of the Poincaré–Hopf indices, ±1 each, of the fixed points.

        Each counts (−1)^k with k unstable directions; those on a continuum have none. Where the field points inward on
        all of a large box, the indices of all fixed points in it add up to 1: another sum tells that some are missing
        (or degenerate).
        """
        return int((1 - 2 * (self.unstable_directions[self.fixed & (self.continuum == 0)] % 2)).sum())

    @property
    def coverage(self) -> float:
        """Good and Turing's estimate of the chance that a further successful start ends at a point of the list.

        It speaks of starts like those that were made, and knows nothing of points that hardly any of them can reach.
        """
        total = self.hits.sum()
        return float(1 - (self.hits == 1).sum() / total) if total else 0.0

    def merged(self, other: SlowPoints) -> SlowPoints:
        """Return the points of two searches of one field, so that a search can go on from other starts.

        Parameters
        ----------
        other : SlowPoints
            Of the same field, from other starts.

        Returns
        -------
        SlowPoints
            Each point once, with the hits, starts and losses of both.

        Raises
        ------
        ValueError
            If the two are of fields of another size.

        Examples
        --------
        >>> f = lambda u: u - u**3
        >>> find_slow_points(f, [[2.0]]).merged(find_slow_points(f, [[0.1], [-2.0]])).hits
        array([2, 2, 2])
        """
        other = checks.instance("other", other, SlowPoints, "SlowPoints")
        if other.points.shape[1] != self.points.shape[1]:
            raise ValueError(f"other must hold states of {self.points.shape[1]} variables, got {other.points.shape[1]}")
        both = [(getattr(self, name), getattr(other, name)) for name in ("points", "speeds", "fixed", "hits")]
        points, speed, fixed, hits = (np.concatenate(pair) for pair in both)
        eigenvalues = np.concatenate([self.eigenvalues, other.eigenvalues])
        continuum = np.concatenate([self.continuum, other.continuum])
        chosen, owner = _clusters(points.T, speed, np.where(fixed, _SAME_FIXED, _SAME_SLOW))
        counts = np.bincount(owner, hits, len(chosen)).astype(int)
        order = np.lexsort(points[chosen].T[::-1])
        kept = chosen[order].astype(int)
        return SlowPoints(
            points[kept],
            speed[kept],
            fixed[kept],
            counts[order],
            eigenvalues[kept],
            continuum[kept],
            self.starts + other.starts,
            self.lost + other.lost,
            self.odd and other.odd,
        )

    def overlaps(self) -> np.ndarray:
        """Return the cosines of the angles between the points, shape (m, m); NaN for a point at the origin.

        Examples
        --------
        >>> find_slow_points(lambda u: u - u**3, [[-2.0], [2.0]]).overlaps().round(6)
        array([[ 1., -1.],
               [-1.,  1.]])
        """
        size = np.linalg.norm(self.points, axis=1)
        with np.errstate(invalid="ignore"):
            unit = self.points / np.where(size > 0, size, np.nan)[:, None]
        return np.asarray(unit @ unit.T)

    def nearest(self, states: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return how far states, such as those of a trajectory, are from the nearest point, and which that is.

        Parameters
        ----------
        states : array_like, shape (T, n)

        Returns
        -------
        distances : ndarray, shape (T,)
            Root mean squares over the coordinates.
        indices : ndarray of int, shape (T,)
            Rows of `points`.

        Raises
        ------
        ValueError
            If there is no point, or the states have another size.

        Examples
        --------
        >>> points = find_slow_points(lambda u: u - u**3, [[-2.0], [2.0]])
        >>> points.nearest([[0.5], [-3.0]])[0]
        array([0.5, 2. ])
        """
        n = self.points.shape[1]
        if not len(self):
            raise ValueError("there must be at least one point, none was found")
        at = checks.array("states", states, shape=(None, n))
        squares = (at**2).sum(axis=1)[:, None] + (self.points**2).sum(axis=1) - 2 * at @ self.points.T
        indices = squares.argmin(axis=1)
        # The squares of small distances cancel: those of the nearest are taken again.
        return np.sqrt(np.mean((at - self.points[indices]) ** 2, axis=1)), indices

    def _repr_html_(self) -> str:
        joined = int((self.continuum > 0).sum())
        note = f", {joined} of them on a continuum of fixed points," if joined else ""
        return (
            f"<b>{int(self.fixed.sum())} fixed and {int((~self.fixed).sum())} slow points</b>{note} "
            f"from {self.starts} starts ({self.lost} lost), estimated coverage {self.coverage:.1%}, "
            f"sum of indices {self.index_sum}"
        )


@beyond_numbers()
def find_slow_points(
    field: FieldLike,
    starts: npt.ArrayLike,
    *,
    slow: float | None = None,
    method: str = "newton",
    tolerance: float = 1e-9,
    max_step: float = 0.5,
    max_iterations: int = 60,
    progress: bool = False,
) -> SlowPoints:
    """Find the fixed points, and if wanted the slow points, that many starts lead to.

    If the field is odd, F(−u) = −F(u), each end u counts for −u, too. Fields that declare themselves ``batched`` (see
    `rheobase.dynamics.fields.HasField`) are searched by one thread per core; the result does not depend on it.

    Parameters
    ----------
    field : callable or object
        See `Field`.
    starts : array_like, shape (m, n)
        Starts, one per row.
    slow : float, optional
        Keep local minima of the speed, too, where ``|u'|`` is below this. Starts that Newton loses are then minimised.
    method : {"newton", "follow", "minimise"}, default "newton"
        "newton" solves u' = 0 by Newton's method with steps of bounded length. In high dimensions it loses most starts;
        "follow" then goes on along curves, and wastes few: from the points that it found, where the field keeps the
        direction that it has at a start; or, where this costs less, from the starts themselves, where the field is
        replaced little by little by one that rests at the start. "minimise" lowers ``|u'|²/2`` by Levenberg–Marquardt
        steps, and often ends at a minimum that is no fixed point. In high dimensions each finds another biased sample
        of the points.
    tolerance : float, default 1e-9
        Speed below which a point counts as fixed.
    max_step : float, default 0.5
        Longest Newton step, as a root mean square over the coordinates: a quarter of the spread of the points or so.
    max_iterations : int, default 60, at most 100,000
        Iterations allowed to each start; to each curve of "follow" a third of it to five times as many.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    SlowPoints

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or field and Jacobian return the wrong shape.
    rheobase.Interrupted
        On Ctrl-C, once a point is found; its ``result`` holds the points until then, for `SlowPoints.merged`.

    Notes
    -----
    Where the Jacobian of 500 variables or more is sparse, systems are solved by sparse factors if these fill less than
    15 % of it. Those of random weights fill more from some three connections per unit on, and then LAPACK is faster.
    Full systems of fewer than 500 variables are the engine's. Eigenvalues take full matrices.

    Curves of fields of 32 variables or more are first followed by factors of single precision; the points at which they
    end are found in double precision.

    LAPACK is held to one thread for each of ours, if `threadpoolctl` is installed; without it set
    ``OMP_NUM_THREADS=1``, for its own threads slow down small matrices.

    Examples
    --------
    >>> find_slow_points(lambda u: u - u**3, [[-2.0], [0.1], [2.0]]).points.round(9).ravel() + 0.0
    array([-1.,  0.,  1.])
    """
    checks.choice("method", method, ("newton", "follow", "minimise"))
    F = Field.precise(field)
    states = np.ascontiguousarray(checks.array("starts", starts, shape=(None, None)).T)
    tolerance = checks.number("tolerance", tolerance, above=0)
    max_step = checks.number("max_step", max_step, above=0)
    max_iterations = checks.integer("max_iterations", max_iterations, low=1, high=100_000)
    slow = None if slow is None else checks.number("slow", slow, above=tolerance)
    n, count = states.shape
    if not count or not n:
        raise ValueError(f"starts must hold at least one state, got shape {(count, n)}")
    F.at("starts", states[:, 0])
    F.jacobian(states[:, 0])
    choose_solver(F, states[:, 0])
    threads = (os.cpu_count() or 1) if F.batched else 1
    with one_blas_thread(), ThreadPoolExecutor(threads, initializer=partial(np.seterr, **BEYOND_NUMBERS)) as pool:
        search = _Search(F, states, tolerance, max_step, max_iterations, progress, pool)
        interrupted = search.run(method, slow)
        found = search.points(tolerance if slow is None else slow, interrupted)
    if interrupted:
        raise Interrupted(f"stopped by Ctrl-C after {found.starts} of {count} starts", found)
    return found


class _Search:
    """Starts, (n, m), on their way to fixed or slow points of a field."""

    def __init__(
        self,
        F: Field,
        starts: np.ndarray,
        tolerance: float,
        max_step: float,
        max_iterations: int,
        progress: bool,
        pool: Executor,
    ) -> None:
        self.F, self.starts, self.progress, self.pool = F, starts, progress, pool
        self.tolerance, self.max_step, self.max_iterations = tolerance, max_step, max_iterations
        self.size = batch_size(len(starts))
        #: Where each start is, whether that is a point, and whether the start was tried.
        self.ends = starts.copy()
        self.settled, self.tried = np.zeros((2, starts.shape[1]), dtype=bool)

    def run(self, method: str, slow: float | None) -> bool:
        """Carry the starts to points; return whether Ctrl-C ended this early, once a point was found."""
        try:
            if method == "follow":
                self._follow()
            else:
                every = np.arange(self.ends.shape[1])
                self._in_turn(self._minimised if method == "minimise" else self._by_newton, every)
            self.tried[:] = True
            if slow is not None and method != "minimise" and not self.settled.all():
                self._in_turn(self._minimised, np.flatnonzero(~self.settled))
        except KeyboardInterrupt:
            if not self.settled.any():
                raise
            self.tried |= self.settled
            return True
        return False

    def points(self, slowest: float, interrupted: bool) -> SlowPoints:
        """Return the distinct points at which the speed is below `slowest`."""
        F = self.F
        self.settled &= speeds(F, self.ends) < slowest
        odd = is_odd(F, self.starts)
        kept = self.ends[:, self.settled]
        kept = np.concatenate([kept, -kept], axis=1) if odd else kept
        chosen, hits = distinct_points(F, kept, self.tolerance)
        eigenvalues = self._eigenvalues(chosen, odd)
        speed = speeds(F, chosen)
        fixed = speed < self.tolerance
        continuum = self._continua(chosen, fixed, eigenvalues)
        done, lost = int(self.tried.sum()), int((self.tried & ~self.settled).sum())
        return SlowPoints(chosen.T.copy(), speed, fixed, hits, eigenvalues, continuum, done, lost, odd, interrupted)

    def _follow(self) -> None:
        with Counter(self.ends.shape[1], "fixed points", "start", self.progress) as counter:
            follow_curves(
                self.F,
                self.starts,
                self.ends,
                self.settled,
                self.tolerance,
                self.max_step,
                self.max_iterations,
                self.pool,
                counter.show,
            )

    def _in_turn(self, iterate: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], some: np.ndarray) -> None:
        parts = [some[i : i + self.size] for i in range(0, some.size, self.size)]
        found = counted(
            self.pool.map(iterate, [self.ends[:, part] for part in parts]),
            "slow points",
            "batch",
            self.progress,
            len(parts),
        )
        for part, (x, ok) in zip(parts, found, strict=True):
            self.ends[:, part], self.settled[part], self.tried[part] = x, ok, True

    def _by_newton(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ends = bounded_newton(self.F, batch, self.tolerance, self.max_step, self.max_iterations)
        return ends, speeds(self.F, ends) < self.tolerance

    def _minimised(self, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return least_squares(self.F, batch, self.tolerance, self.max_iterations)

    def _eigenvalues(self, points: np.ndarray, odd: bool) -> np.ndarray:
        """Return those of the Jacobians at some points in order, (n, m), by falling real part, shape (m, n)."""
        count = points.shape[1]
        # Mirror images stand at the other end, and their Jacobians are the same.
        mirrored = odd and np.allclose(points, -points[:, ::-1], rtol=0, atol=self.tolerance)
        some = points[:, : (count + 1) // 2] if mirrored else points
        batches = [some[:, i : i + self.size] for i in range(0, some.shape[1], self.size)]
        spectra = list(self.pool.map(lambda batch: _spectra(self.F, batch), batches))
        values = np.concatenate(spectra) if spectra else np.zeros((0, len(points)), dtype=complex)
        return np.concatenate([values, values[: count // 2][::-1]]) if mirrored else values

    def _continua(self, points: np.ndarray, fixed: np.ndarray, eigenvalues: np.ndarray) -> np.ndarray:
        """Return the dimension of the set of fixed points around each of some points, (n, m)."""
        spread = np.ptp(self.starts, axis=1)
        width = np.where(spread > 0, spread, 4 * self.max_step)
        # Only where an eigenvalue is next to 0 the singular values, which take longer, are looked at.
        size = np.abs(eigenvalues)
        singular = fixed & (size.min(axis=1, initial=np.inf) <= _SINGULAR * size.max(axis=1, initial=0.0))
        dimension = np.zeros(points.shape[1], dtype=int)
        candidates = np.flatnonzero(singular)
        looked_at = candidates[:: 1 + candidates.size // _LOOKED_AT]
        for k in looked_at:
            u = points[:, k]
            dimension[k] = continuum_dimension(self.F, u, self.F.jacobian(u), width)
        for k in np.setdiff1d(candidates, looked_at):
            away = np.linalg.norm((points[:, looked_at] - points[:, [k]]) / width[:, None], axis=0)
            dimension[k] = dimension[looked_at[np.argmin(away)]]
        return dimension


def is_odd(F: Field, states: np.ndarray) -> bool:
    """Return whether F(−u) = −F(u) to rounding at the first few of `states`, shape (n, m)."""
    some = states[:, :8]
    up, down = F.many(some), F.many(-some)
    size = np.abs(up).max(initial=0.0)
    return bool(np.isfinite(size) and size > 0 and np.abs(up + down).max() <= 1e-12 * size)


def distinct_points(F: Field, ends: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct ones of `ends`, shape (n, m), and how many of `ends` each stands for.

    Fixed points are first carried on to where Newton's steps vanish, so that a degenerate one comes once.
    """
    if not ends.shape[1]:
        return ends, np.zeros(0, dtype=int)
    fixed = speeds(F, ends) < tolerance
    ends = ends.copy()
    # Those that are one already need not be settled one by one.
    first, owners = _clusters(ends, speeds(F, ends), np.where(fixed, _SAME_FIXED, _SAME_SLOW))
    settled = ends[:, first]
    settled[:, fixed[first]] = in_batches(lambda x: settle(F, x), settled[:, fixed[first]])
    chosen, groups = _clusters(settled, speeds(F, settled), np.where(fixed[first], _SAME_FIXED, _SAME_SLOW))
    points, groups = settled[:, chosen], groups[owners]
    kept, flat = _flat_clusters(F, points, tolerance)
    hits = np.bincount(flat[groups], minlength=len(kept))
    points = points[:, kept]
    order = np.lexsort(points[::-1])
    return points[:, order], hits[order]


def _clusters(points: np.ndarray, speed: np.ndarray, same: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pick the slowest point of each cluster; return the indices of those and the cluster of every point."""
    size = np.maximum(np.sqrt(np.mean(points**2, axis=0)), 1.0)
    # Close points have close projections, so only neighbours along one fixed direction need comparing.
    direction = np.cos(1.0 + np.arange(len(points), dtype=float) ** 2)
    projection = direction / np.linalg.norm(direction) @ points
    order = np.argsort(projection, kind="stable")
    owner = np.full(points.shape[1], -1)
    chosen: list[int] = []
    for candidate in np.argsort(speed, kind="stable"):
        if owner[candidate] >= 0:
            continue
        reach = same[candidate] * size[candidate]
        low, high = np.searchsorted(projection, projection[candidate] + np.array([-reach, reach]), sorter=order)
        window = order[low : high + 1]
        window = window[owner[window] < 0]
        close = window[np.linalg.norm(points[:, window] - points[:, [candidate]], axis=0) <= reach]
        owner[close] = owner[candidate] = len(chosen)
        chosen.append(int(candidate))
    return np.array(chosen), owner


def _flat_clusters(F: Field, points: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Join fixed points between which the field stays as small as at them; as `_clusters` returns.

    Around a zero of high order rounding ends every search somewhere. A continuum of fixed points is thinned.
    """
    speed = speeds(F, points)
    size = np.maximum(np.sqrt(np.mean(points**2, axis=0)), 1.0)
    owner = np.full(points.shape[1], -1)
    chosen: list[int] = []
    for candidate in np.argsort(speed, kind="stable"):
        if owner[candidate] >= 0:
            continue
        free = np.flatnonzero((owner < 0) & (speed < tolerance))
        gap = np.linalg.norm(points[:, free] - points[:, [candidate]], axis=0)
        near = free[(gap < _FLAT * size[candidate]) & (gap > 0)]
        if near.size and speed[candidate] < tolerance:
            halfway = speeds(F, (points[:, near] + points[:, [candidate]]) / 2)
            owner[near[halfway <= 2 * speed[near] + 1e-14]] = len(chosen)
        owner[candidate] = len(chosen)
        chosen.append(int(candidate))
    return np.array(chosen), owner


def _spectra(F: Field, points: np.ndarray) -> np.ndarray:
    """Eigenvalues of the Jacobians by falling real part, shape (m, n)."""
    values = np.linalg.eigvals(F.many_jacobians(points)).astype(complex)
    return np.take_along_axis(values, np.argsort(-values.real, axis=1, kind="stable"), axis=1)
