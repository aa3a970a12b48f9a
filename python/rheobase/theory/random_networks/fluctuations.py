"""Fluctuating states of random networks: any transfer function, populations, low rank, noise, discrete time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import eigs

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.progress import counted
from rheobase.theory.random_networks.covariances import GaussianCovariances, Rest
from rheobase.theory.random_networks.low_rank import LowRank, following_overlaps, shift, spread
from rheobase.theory.random_networks.stationary import block_weights
from rheobase.theory.random_networks.transfer import TANH, Function, Transfer, transfer_function

#: Iterations, the part of each step that is made, and the change, next to the variance, that counts as none.
_ROUNDS, _PACE, _SETTLED = 4000, 0.8, 1e-8

#: Change of what the series of covariances leave, next to ⟨φ²⟩, that counts as none.
_SAME_REST = 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class FluctuatingState(Brief):
    """Statistics of x' = −x + Jφ(x) + drive + η + σξ(t), or of x → Jφ(x) + …, as N → ∞, in each of B populations.

    Attributes
    ----------
    mean, variance : ndarray, shape (B,)
        Of x over units and time.
    plateau : ndarray, shape (B,)
        Variance over units of the time averages. Without noise, the network is at rest where it is the variance.
    rates : ndarray, shape (B,)
        ⟨φ⟩.
    lags : ndarray, shape (T,)
    autocovariance : ndarray, shape (B, T)
        ⟨δx(t) δx(t + τ)⟩ with δx = x − mean.
    radius : float
        Of the bulk of eigenvalues of J diag φ'(x) at one time.
    lyapunov : float
        Largest Lyapunov exponent, the noise being the same for both solutions; of the bulk, where weights are of low
        rank, too.
    kappa : ndarray, shape (R,)
        Overlaps ⟨n^r φ⟩ of the activity with the vectors of the weights of low rank; empty without.
    """

    mean: np.ndarray
    variance: np.ndarray
    plateau: np.ndarray
    rates: np.ndarray
    lags: np.ndarray = field(repr=False)
    autocovariance: np.ndarray = field(repr=False)
    radius: float
    lyapunov: float
    kappa: np.ndarray


def fluctuating_state(
    g: npt.ArrayLike,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    m: npt.ArrayLike = 0.0,
    drive: npt.ArrayLike = 0.0,
    noise: float = 0.0,
    low_rank: LowRank | None = None,
    kappa: npt.ArrayLike = 1.0,
    discrete: bool = False,
    longest: float = 60.0,
    dt: float = 0.05,
    progress: bool = False,
) -> FluctuatingState:
    """Solve the dynamical mean-field theory of a random network of any transfer function.

    The weights from population b to a have mean m_ab/N_b and variance g_ab²/N_b. The autocovariances obey
    Δ_a'' = Δ_a − Σ g_ab² C_b(τ) − D − σ²δ(τ), where C_b = ⟨φ(x(t))φ(x(t + τ))⟩ over Gaussian x of mean μ_b and
    autocovariance Δ_b, and μ_a = Σ m_ab⟨φ⟩_b + drive_a (Kadmon & Sompolinsky 2015; Schuecker et al. 2018). They are
    iterated from fluctuations that are fast, on lags up to `longest`. The exponent λ is the largest with
    (1 + λ)²ψ_a = ψ_a'' + Σ g_ab² C'_b(τ) ψ_b, C' being C of the slopes.

    Weights of low rank, Σ m_i^r n_j^r/N, add Σ κ_r m^r to the input, with κ_r = ⟨n^r φ⟩: to its mean, and as frozen
    input to its variance (Mastrogiuseppe & Ostojic 2018). In discrete time Δ_a = Σ g_ab² C_b(τ) + D + σ²δ_τ0 at each
    lag, and λ = ln radius (Molgedey, Schuchhardt & Schuster 1992).

    Parameters
    ----------
    g : float or array_like, shape (B, B)
        Gains of the random weights, ≥ 0, post × pre.
    D : float, default 0
        Variance of the frozen input noise.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ; it need be no odd sigmoid.
    m : float or array_like, shape (B, B), default 0
        Means of the weights.
    drive : float or array_like, shape (B,), default 0
        Input to all units of a population.
    noise : float, default 0
        Amplitude σ of white noise in time, as that of `RandomNetwork.simulate`.
    low_rank : LowRank, optional
        Weights of low rank, in one population.
    kappa : float or array_like, shape (R,), default 1
        Overlaps to start from: where there are several solutions, such as κ, −κ and 0, it chooses.
    discrete : bool, default False
        Time in steps, as that of `RandomNetwork.simulate` with ``method="euler", dt=1``; `dt` then does not count.
    longest : float, default 60
        Longest lag, in membrane time constants; some ten times the decay time, which grows without bound near the
        onset of chaos.
    dt : float, default 0.05
        Step of the lags, of which there may be 20,000.
    progress : bool, default False
        Count rounds, of which there are many near the onset of a state, and 4000 at the most.

    Returns
    -------
    FluctuatingState

    Raises
    ------
    ValueError
        If shapes differ, weights of low rank come with several populations, the activity grows without bound, or the
        iteration does not settle.

    Examples
    --------
    >>> fluctuating_state(2.0).variance.round(3)
    array([1.925])
    """
    gains, means = block_weights(g, m)
    n = len(gains)
    inputs, D = checks.one_or_each("drive", drive, n), checks.number("D", D, low=0, high=1e6)
    noise, phi = checks.number("noise", noise, low=0, high=1e3), transfer_function(transfer)
    ranks = 0 if low_rank is None else None
    low_rank = LowRank(0.0, 0.0) if low_rank is None else checks.instance("low_rank", low_rank, LowRank, "a LowRank")
    if n > 1 and np.any(low_rank.variance) | np.any(low_rank.left) | np.any(low_rank.right):
        raise ValueError(f"low_rank needs one population, got {n}")
    overlaps = checks.one_or_each("kappa", kappa, low_rank.rank)
    dt = 1.0 if checks.flag("discrete", discrete) else checks.number("dt", dt, above=0, high=0.5)
    steps = checks.steps("longest", longest, dt, low=10, high=20_000, unit="")
    lags, averages = dt * np.arange(steps + 1), GaussianCovariances()
    filtered = (lambda covariances: covariances) if discrete else _Leak(steps, dt)
    own = noise**2 * (1.0 * (lags == 0) if discrete else np.exp(-lags) / 2)
    mean, delta = inputs.copy(), np.ones((n, 1)) * np.exp(-lags) + D
    pace, former = _PACE, np.zeros(n + len(overlaps))
    rests: list[Rest | None] = [None] * n
    for _ in counted(range(_ROUNDS), "fluctuations", "round", progress):
        rates, covariances = _of_rates(averages, phi.phi, mean, delta, rests)
        slopes = np.array([averages.mean(phi.slope, a, b) for a, b in zip(mean, delta[:, 0], strict=True)])
        following = gains**2 @ filtered(covariances) + own + D + spread(low_rank, overlaps)
        moves = np.concatenate(
            [
                means @ rates + inputs + shift(low_rank, overlaps) - mean,
                following_overlaps(low_rank, overlaps, rates[0], slopes[0]) - overlaps,
            ]
        )
        change = max(float(np.abs(following - delta).max()), float(np.abs(moves).max()))
        if not change < 1e9:
            raise ValueError(f"g, m, drive and kappa must let the activity stay finite, but with {phi.name!r} it grows")
        # A step that went too far, over a bend of φ, is followed by shorter ones.
        pace = pace / 2 if moves @ former < 0 else min(pace * 1.25, _PACE)
        former = moves
        moved = _implicit_step(_feedback(means, low_rank, slopes), moves, pace)
        delta, mean, overlaps = delta + _PACE * (following - delta), mean + moved[:n], overlaps + moved[n:]
        if change < _SETTLED * max(float(delta[:, 0].max()), 1e-3):
            former_rests, rests = rests, _rests(averages, phi.phi, mean, delta)
            if not _differ(former_rests, rests, covariances):
                break
    else:
        raise ValueError(
            f"longest must be some ten times the decay time, but by lag {longest:g} the autocovariances did not settle "
            "(at the onset of a state they never do)"
        )
    rates, _ = _of_rates(averages, phi.phi, mean, delta, rests)
    _, slopes = _of_rates(averages, phi.slope, mean, delta, _rests(averages, phi.slope, mean, delta))
    radius = float(np.sqrt(np.abs(np.linalg.eigvals(gains**2 * slopes[:, 0])).max()))
    exponent = float(np.log(radius)) if discrete and radius else _exponent(gains**2, slopes, radius, dt)
    return FluctuatingState(mean, delta[:, 0], delta[:, -1], rates, lags, delta, radius, exponent, overlaps[:ranks])


def _feedback(means: np.ndarray, low_rank: LowRank, slopes: np.ndarray) -> np.ndarray:
    """Return how means and overlaps that follow depend on means and overlaps, (B + R, B + R), at fixed variances."""
    from_overlaps = np.broadcast_to(np.asarray(low_rank.left), (len(means), low_rank.rank))
    to_overlaps = np.broadcast_to(np.asarray(low_rank.right)[:, None] * slopes[0], (low_rank.rank, len(means)))
    return np.block([[means * slopes, from_overlaps], [to_overlaps, np.asarray(low_rank.overlap) * slopes[0]]])


def _implicit_step(feedback: np.ndarray, moves: np.ndarray, pace: float) -> np.ndarray:
    """Return a step of what flows by `moves`, of which `pace` is made where nothing inhibits; inhibition is implicit.

    What excites itself is also held by the variance, so that no step is longer for that.
    """
    growth = max(float(np.linalg.eigvals(feedback).real.max()), 0.0)
    return np.asarray(np.linalg.solve((1 / pace + growth) * np.eye(len(moves)) - feedback, moves))


class _Leak:
    """What a leak in time makes of autocovariances: the even solution of Δ'' = Δ − C."""

    def __init__(self, steps: int, dt: float) -> None:
        # On the circle of lags, whose far side is the longest.
        self.steps = steps
        self.gain = 1 / (1 + (np.pi * np.arange(steps + 1) / (steps * dt)) ** 2)

    def __call__(self, covariances: np.ndarray) -> np.ndarray:
        spectra = np.fft.rfft(np.concatenate([covariances, covariances[:, -2:0:-1]], axis=1), axis=1).real
        return np.fft.irfft(spectra * self.gain, 2 * self.steps, axis=1)[:, : self.steps + 1]


def _of_rates(
    averages: GaussianCovariances, function: Function, mean: np.ndarray, delta: np.ndarray, rests: list[Rest | None]
) -> tuple[np.ndarray, np.ndarray]:
    both = [averages(function, float(a), b, rest) for a, b, rest in zip(mean, delta, rests, strict=True)]
    return np.array([rate for rate, _ in both]), np.stack([covariance for _, covariance in both])


def _rests(averages: GaussianCovariances, function: Function, mean: np.ndarray, delta: np.ndarray) -> list[Rest | None]:
    return [averages.rest(function, float(a), float(b)) for a, b in zip(mean, delta[:, 0], strict=True)]


def _differ(some: list[Rest | None], others: list[Rest | None], covariances: np.ndarray) -> bool:
    """Return whether what series leave has changed, next to the covariances at lag 0."""
    for one, other, largest in zip(some, others, covariances[:, 0], strict=True):
        first, second = (np.zeros(1) if rest is None else rest.values for rest in (one, other))
        if np.abs(first - second).max() > _SAME_REST * largest:
            return True
    return False


def _exponent(squares: np.ndarray, slopes: np.ndarray, radius: float, dt: float) -> float:
    """Return λ with (1 + λ)² the largest eigenvalue of ∂² + g_ab² C'_b(τ), on functions of τ that are even."""
    n, count = slopes.shape
    # The largest eigenfunction is even, about the far side of the circle of lags too: both ends couple twice.
    before, after = np.full((2, count - 1), 1 / dt**2)
    before[-1] *= 2
    after[0] *= 2
    curvature = sparse.diags_array([before, np.full(count, -2 / dt**2), after], offsets=[-1, 0, 1])
    blocks = [[sparse.diags_array(squares[a, b] * slopes[b]) for b in range(n)] for a in range(n)]
    operator = sparse.kron(sparse.eye_array(n), curvature) + sparse.block_array(blocks)
    # C' is largest at τ = 0, so that nothing lies beyond the square of the radius.
    largest = eigs(
        operator.tocsc(),
        1,
        sigma=radius**2 + 1e-3 * max(radius, 1e-3) ** 2,
        v0=np.ones(n * count),
        return_eigenvectors=False,
    )[0].real
    # Where all units are saturated nothing is left but the leak, to rounding.
    return float(-1 + np.sqrt(max(largest, 0.0)))
