"""Fixed points and slow points of high-dimensional flows, found from many starts at once (Sussillo & Barak, 2013)."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from rheobase import checks
from rheobase.progress import counted

_BATCH = 32  # states whose Jacobians fit into the cache together


class Flow(Protocol):
    """What the finder needs of a system x' = v(x): velocities and Jacobians of a stack of states."""

    def velocity(self, x: np.ndarray) -> np.ndarray:
        """v(x) for states `(B, N)`, `(B, N)`."""

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """∂v/∂x for states `(B, N)`, `(B, N, N)`."""


@dataclass(frozen=True)
class VectorField:
    """A flow from two functions of one state.

    Parameters
    ----------
    v : callable
        `v(x)` for a state `(N,)`.
    dv : callable
        Jacobian `dv(x)`, `(N, N)`.
    batched : bool, default False
        Whether the functions take stacks of states `(B, N)`, which is faster.

    Examples
    --------
    >>> pitchfork = VectorField(lambda x: x - x**3, lambda x: np.diag(1 - 3 * x**2))
    >>> find_slow_points(pitchfork, [[-2.0], [0.1], [2.0]]).points.round(9).ravel() + 0.0
    array([-1.,  0.,  1.])
    """

    v: Callable[[np.ndarray], Any]
    dv: Callable[[np.ndarray], Any]
    batched: bool = False

    def velocity(self, x: np.ndarray) -> np.ndarray:
        """Velocities of states `(B, N)`."""
        return np.asarray(self.v(x)) if self.batched else np.array([self.v(one) for one in x], dtype=float)

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """Jacobians at states `(B, N)`."""
        return np.asarray(self.dv(x)) if self.batched else np.array([self.dv(one) for one in x], dtype=float)


class RateField:
    """The rate network x' = −x + Jφ(x) + η, with velocities and Jacobians of whole stacks of states.

    Parameters
    ----------
    J : array (N, N)
        Weights, post × pre.
    phi, slope : callable, default tanh and its derivative
        φ and φ', elementwise.
    eta : float or array (N,), default 0
        Constant input.

    Raises
    ------
    TypeError, ValueError
        If J is not square or eta does not fit.

    Examples
    --------
    >>> RateField([[0.0, 2.0], [2.0, 0.0]]).jacobian(np.zeros((1, 2)))[0]
    array([[-1.,  2.],
           [ 2., -1.]])
    """

    def __init__(
        self,
        J: Any,
        phi: Callable[[np.ndarray], np.ndarray] = np.tanh,
        slope: Callable[[np.ndarray], np.ndarray] | None = None,
        eta: Any = 0.0,
    ) -> None:
        self.J = checks.array("J", J, shape=(None, None))
        if self.J.shape[0] != self.J.shape[1]:
            raise ValueError(f"J must be square, got shape {self.J.shape}")
        if slope is None and phi is not np.tanh:
            raise ValueError("slope must be given with any phi but tanh")
        self.phi = phi
        self.slope = _tanh_slope if slope is None else slope
        self.eta = (
            np.broadcast_to(checks.array("eta", eta), (len(self.J),))
            if np.ndim(eta) == 0
            else checks.array("eta", eta, shape=(len(self.J),))
        )

    def velocity(self, x: np.ndarray) -> np.ndarray:
        """−x + Jφ(x) + η for states `(..., N)`."""
        if x.shape[-1] != len(self.J):
            raise ValueError(f"states must have {len(self.J)} entries along their last axis, got shape {x.shape}")
        return self.phi(x) @ self.J.T + self.eta - x

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """−1 + J diag φ'(x) for states `(..., N)`, `(..., N, N)`."""
        matrix = self.J * self.slope(x)[..., None, :]
        np.einsum("...ii->...i", matrix)[...] -= 1
        return matrix


def _tanh_slope(x: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(x) ** 2


@dataclass(frozen=True)
class SlowPoints:
    """Distinct points at which a flow stands still or is locally slowest, ordered by their first coordinate.

    Attributes
    ----------
    points : array (M, N)
        The points.
    speeds : array (M,)
        ‖x'‖ there.
    fixed : array (M,) of bool
        Whether the point is a fixed point (speed below the tolerance) rather than a slow one.
    hits : array (M,)
        Number of starts that ended there.
    eigenvalues : array (M, N) complex, or None
        Eigenvalues of the Jacobian, by falling real part, if asked for.
    starts, lost : int
        Number of starts, and of those that ended at no point of the list.
    """

    points: np.ndarray = field(repr=False)
    speeds: np.ndarray = field(repr=False)
    fixed: np.ndarray = field(repr=False)
    hits: np.ndarray = field(repr=False)
    eigenvalues: np.ndarray | None = field(repr=False)
    starts: int
    lost: int

    def __len__(self) -> int:
        return len(self.points)

    @property
    def unstable_directions(self) -> np.ndarray:
        """Number of eigenvalues with positive real part at each point, `(M,)`; needs `stability=True`."""
        if self.eigenvalues is None:
            raise ValueError("eigenvalues were not computed: find the points with stability=True")
        return (self.eigenvalues.real > 0).sum(axis=1)

    @property
    def coverage(self) -> float:
        """Good and Turing's estimate of the chance that a further successful start ends at a point of the list."""
        total = self.hits.sum()
        return float(1 - (self.hits == 1).sum() / total) if total else 0.0

    def _repr_html_(self) -> str:
        return (
            f"<b>{int(self.fixed.sum())} fixed and {int((~self.fixed).sum())} slow points</b> "
            f"from {self.starts} starts ({self.lost} lost), estimated coverage {self.coverage:.1%}"
        )


def find_slow_points(
    flow: Flow,
    starts: Any,
    *,
    method: str = "newton",
    slow: float | None = None,
    tolerance: float = 1e-9,
    merge: float = 1e-5,
    max_step: float = 0.5,
    max_iterations: int = 60,
    odd: bool = False,
    stability: bool = True,
    workers: int | None = None,
    progress: bool = False,
) -> SlowPoints:
    """Find the fixed points, and if wanted the slow points, that many starts lead to.

    Parameters
    ----------
    flow : Flow
        `RateField`, `VectorField`, or anything with batched `velocity` and `jacobian`.
    starts : array (B, N)
        Starts.
    method : {"newton", "minimise"}, default "newton"
        "newton" solves x' = 0 by Newton's method with steps of bounded length. "minimise" lowers the speed itself,
        ½‖x'‖², by Levenberg–Marquardt steps, and often ends at a minimum that is no fixed point. In high dimensions
        each finds another biased sample of the points.
    slow : float, optional
        Keep local minima of the speed, too, where ‖x'‖ is below this. Starts that Newton loses are then minimised.
    tolerance : float, default 1e-9
        Speed below which a point counts as fixed.
    merge : float, default 1e-5
        Points closer than this are one.
    max_step : float, default 0.5
        Longest Newton step, as a root mean square over the coordinates: a quarter of the spread of the points or so.
    max_iterations : int, default 60
        Iterations allowed to each start.
    odd : bool, default False
        The flow is odd, v(−x) = −v(x): each end x counts for −x, too.
    stability : bool, default True
        Compute the eigenvalues of the Jacobian at each point.
    workers : int, optional
        Threads. Default: one for each core. The result does not depend on it.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    SlowPoints

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit, or velocity and Jacobian return the wrong shape.

    Notes
    -----
    LAPACK is held to one thread for each of ours, if `threadpoolctl` is installed; without it set
    ``OMP_NUM_THREADS=1``, for its own threads slow down small matrices.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> network = RateField(rng.normal(0, 4 / 16**0.5, (16, 16)))
    >>> found = find_slow_points(network, rng.normal(0, 3, (500, 16)))
    """
    checks.choice("method", method, ("newton", "minimise"))
    starts = checks.array("starts", starts, shape=(None, None))
    tolerance = checks.number("tolerance", tolerance, above=0)
    merge = checks.number("merge", merge, above=0)
    max_step = checks.number("max_step", max_step, above=0)
    max_iterations = checks.integer("max_iterations", max_iterations, low=1)
    slow = None if slow is None else checks.number("slow", slow, above=tolerance)
    workers = (os.cpu_count() or 1) if workers is None else checks.integer("workers", workers, low=1)
    if not len(starts):
        raise ValueError("starts must hold at least one state, got none")
    _check_shapes(flow, starts)

    def descend(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if method == "newton":
            ends = _newton(flow, batch, tolerance, max_step, max_iterations)
            if slow is None:
                return ends, _speeds(flow, ends) < tolerance
            failed = _speeds(flow, ends) >= tolerance
            ends[failed], still = _minimise(flow, ends[failed], tolerance, max_iterations)
            settled = ~failed
            settled[failed] = still
            return ends, settled
        return _minimise(flow, batch, tolerance, max_iterations)

    batches = [starts[i : i + _BATCH] for i in range(0, len(starts), _BATCH)]
    with _one_blas_thread(), ThreadPoolExecutor(workers) as pool:
        found = list(counted(pool.map(descend, batches), "slow points", "batch", progress, len(batches)))
        ends, settled = (np.concatenate(parts) for parts in zip(*found, strict=True))
        settled &= _speeds(flow, ends) < (tolerance if slow is None else slow)
        lost = int((~settled).sum())
        if odd:
            ends, settled = np.concatenate([ends, -ends]), np.concatenate([settled, settled])
        ends = ends[settled]
        speeds = _speeds(flow, ends)
        chosen, hits = _distinct(ends, speeds, merge)
        points, speeds = ends[chosen], speeds[chosen]
        eigenvalues = _spectra(flow, points, pool) if stability else None
    return SlowPoints(points, speeds, speeds < tolerance, hits, eigenvalues, len(starts), lost)


def _speeds(flow: Flow, x: np.ndarray) -> np.ndarray:
    return np.linalg.norm(flow.velocity(x), axis=1) if len(x) else np.zeros(0)


def _newton(flow: Flow, x: np.ndarray, tolerance: float, max_step: float, max_iterations: int) -> np.ndarray:
    """Newton's method on a stack of states, with steps of bounded length."""
    x = x.copy()
    active = np.arange(len(x))
    for _ in range(max_iterations):
        v = flow.velocity(x[active])
        # One step beyond the tolerance costs little and brings rounding accuracy.
        going = np.linalg.norm(v, axis=1) > 1e-3 * tolerance
        active = active[going]
        if not active.size:
            break
        step = _solve(flow.jacobian(x[active]), -v[going])
        length = np.sqrt(np.mean(step**2, axis=1))
        # No demand that the speed falls: a start that may climb escapes the minima in which descent gets stuck.
        x[active] += step * np.minimum(1.0, max_step / np.maximum(length, 1e-300))[:, None]
    return x


def _minimise(flow: Flow, x: np.ndarray, tolerance: float, max_iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Levenberg–Marquardt on ½|v|²; returns the ends and whether each is a minimum or a zero of the speed."""
    x = x.copy()
    settled = np.zeros(len(x), dtype=bool)
    damping = np.ones(len(x))
    steepest = np.zeros(len(x))
    active = np.arange(len(x))
    if not active.size:
        return x, settled
    v = flow.velocity(x)
    speed = np.linalg.norm(v, axis=1)
    for _ in range(max_iterations):
        if not active.size:
            break
        jacobian = flow.jacobian(x[active])
        transposed = np.swapaxes(jacobian, 1, 2)
        slope = (transposed @ v[active][:, :, None])[:, :, 0]
        # Against the largest Jacobian met, for at a slow point the Jacobian itself may vanish.
        steepest[active] = np.maximum(steepest[active], np.linalg.norm(jacobian, axis=(1, 2)))
        settled[active] = (speed[active] <= 1e-3 * tolerance) | (
            np.linalg.norm(slope, axis=1) < 1e-7 * steepest[active] * speed[active]
        )
        going = ~settled[active]
        active, slope, transposed, jacobian = active[going], slope[going], transposed[going], jacobian[going]
        if not active.size:
            break
        normal = transposed @ jacobian
        np.einsum("bii->bi", normal)[...] += damping[active, None]
        trial = x[active] - _solve(normal, slope)
        trial_v = flow.velocity(trial)
        trial_speed = np.linalg.norm(trial_v, axis=1)
        better = trial_speed < speed[active]
        moved = active[better]
        x[moved], v[moved], speed[moved] = trial[better], trial_v[better], trial_speed[better]
        damping[active] *= np.where(better, 0.25, 6.0)
        # Nothing is left to gain once even tiny steps do not help: rounding has been reached.
        stuck = damping[active] > 1e12
        settled[active[stuck]] = speed[active[stuck]] < tolerance
        active = active[~stuck]
        damping = np.maximum(damping, 1e-14)
    return x, settled | (speed < tolerance)


def _solve(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(matrices, right[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:  # one of them is exactly singular; the least-squares step is still a descent step
        return np.array([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(matrices, right, strict=True)])


def _distinct(points: np.ndarray, speeds: np.ndarray, merge: float) -> tuple[np.ndarray, np.ndarray]:
    """Pick the slowest point of each cluster, by first coordinate; return indices and cluster sizes."""
    if not len(points):
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    # Close points have close projections, so only neighbours along one fixed direction need comparing.
    direction = np.cos(1.0 + np.arange(points.shape[1], dtype=float) ** 2)
    projection = points @ (direction / np.linalg.norm(direction))
    order = np.argsort(projection, kind="stable")
    free = np.ones(len(points), dtype=bool)
    chosen, hits = [], []
    for candidate in np.argsort(speeds, kind="stable"):
        if not free[candidate]:
            continue
        low, high = np.searchsorted(projection, projection[candidate] + np.array([-merge, merge]), sorter=order)
        window = order[low : high + 1]
        window = window[free[window]]
        close = window[np.linalg.norm(points[window] - points[candidate], axis=1) <= merge]
        free[close] = False
        free[candidate] = False
        chosen.append(candidate)
        hits.append(max(1, len(close)))
    by_coordinate = np.lexsort(points[chosen].T[::-1])
    return np.array(chosen)[by_coordinate], np.array(hits)[by_coordinate]


def _spectra(flow: Flow, points: np.ndarray, pool: ThreadPoolExecutor) -> np.ndarray:
    def spectrum(batch: np.ndarray) -> np.ndarray:
        values = np.linalg.eigvals(flow.jacobian(batch))
        return np.take_along_axis(values, np.argsort(-values.real, axis=1, kind="stable"), axis=1)

    batches = [points[i : i + 16] for i in range(0, len(points), 16)]
    spectra = list(pool.map(spectrum, batches))
    return np.concatenate(spectra).astype(complex) if spectra else np.zeros(points.shape, dtype=complex)


def _check_shapes(flow: Flow, starts: np.ndarray) -> None:
    probe = starts[:1]
    size = starts.shape[1]
    for name, value, shape in (
        ("velocity", flow.velocity(probe), (1, size)),
        ("jacobian", flow.jacobian(probe), (1, size, size)),
    ):
        if np.shape(value) != shape:
            raise ValueError(
                f"flow.{name} must return shape {shape} for starts of shape {(1, size)}, got {np.shape(value)}"
            )


def _one_blas_thread() -> AbstractContextManager[Any]:
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        return nullcontext()
    return threadpool_limits(1, user_api="blas")
