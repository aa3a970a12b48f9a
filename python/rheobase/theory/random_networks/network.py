"""One random rate network: its draw, its motion and the statistics to compare with the theory."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import eigs

from rheobase import checks
from rheobase.dynamics.fields import Field, beyond_numbers
from rheobase.dynamics.solvers import euler_step, rk4_step
from rheobase.dynamics.systems.rate_field import RateField
from rheobase.models.values import Brief
from rheobase.progress import counted
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.stationary import block_weights
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function

Precision = type[np.float32] | type[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class NetworkActivity(Brief):
    """States of a network over time.

    Attributes
    ----------
    times : array (T,)
        Times of the samples, from the beginning of the record, in membrane time constants.
    x : array (T, N)
        States.
    """

    times: np.ndarray
    x: np.ndarray

    @property
    def variance(self) -> float:
        """⟨x²⟩ over units and time (about 0, the mean over networks; nothing is estimated, so no ddof)."""
        return float(np.mean(np.square(self.x, dtype=float)))

    def autocovariance(self, longest: float) -> tuple[np.ndarray, np.ndarray]:
        """Lags 0 ≤ τ ≤ `longest` and ⟨x(t)x(t + τ)⟩, averaged over units and over the T − τ pairs of samples."""
        every = self.times[1] - self.times[0] if len(self.times) > 1 else 1.0
        longest = checks.number("longest", longest, low=0, high=(len(self.times) - 1) * every)
        lags = int(longest / every * (1 + 1e-12))
        length = len(self.times)
        # Zero padding to twice the length keeps the circular correlation of the FFT from wrapping around.
        spectrum = np.fft.rfft(self.x, 2 * length, axis=0)
        power = np.sum(np.abs(spectrum) ** 2, axis=1)
        sums = np.fft.irfft(power, 2 * length)[: lags + 1]
        return np.arange(lags + 1) * every, sums / ((length - np.arange(lags + 1)) * self.x.shape[1])


@dataclass(frozen=True, eq=False, repr=False)
class RandomNetwork(Brief):
    """Network x' = −x + Jφ(x) + η with J_ij ~ N(0, g²/N) and frozen η_i ~ N(0, D).

    Time is in units of the membrane time constant. `random_network` draws one; with a J of one's own, g and D only
    tell its statistics to the theory and to the finder of fixed points. It is a field for all of `rheobase.dynamics`,
    for instance ``lyapunov_exponents(network, x0, 200, dt=0.1, n=3)``.

    Attributes
    ----------
    g, D : float
        Gain and variance of the frozen input noise.
    transfer : Transfer
        φ and φ'.
    J : array or scipy.sparse array (N, N)
        Weights, post × pre; float32 is kept, everything else becomes float64. Sparse weights stay sparse in all that
        needs products alone: `simulate`, Lyapunov exponents, and `eigenvalues` of which `k` are asked for. Searches
        for fixed points solve sparse systems where that is faster; all eigenvalues take full Jacobians.
    eta : float or array (N,), default 0
        Frozen input.

    Raises
    ------
    TypeError, ValueError
        If J is not square or not finite, eta does not fit, or a number is out of range.
    """

    batched: ClassVar = True

    g: float
    D: float
    transfer: Transfer
    J: Any = field(repr=False)
    eta: np.ndarray = field(repr=False, default=0.0)  # type: ignore[arg-type]
    _equation: RateField = field(init=False, repr=False)

    def __post_init__(self) -> None:
        gain(self.g)
        noise_variance(self.D)
        object.__setattr__(self, "transfer", transfer_function(self.transfer))
        own = RateField(copy(self.J), self.transfer.phi, self.transfer.slope, self.eta)
        object.__setattr__(self, "_equation", own)
        object.__setattr__(self, "J", own.J)
        object.__setattr__(self, "eta", own.eta)

    @property
    def n(self) -> int:
        """Number of units."""
        return self._equation.n

    def _content(self) -> tuple[Any, ...]:
        return self.g, self.D, self.transfer.name, *self._equation._content()

    def in_double_precision(self) -> RateField:
        """Return the field with products in double precision, in which fixed points are sought."""
        return self._equation.in_double_precision()

    def field(self, u: np.ndarray) -> np.ndarray:
        """Return −u + Jφ(u) + η for states, shape (N,) or (N, m)."""
        return self._equation.field(u)

    def jacobian(self, u: np.ndarray) -> Any:
        """Return −1 + J diag φ'(u) for states, shape (N, N) for one, sparse as J is, and (m, N, N) for m."""
        return self._equation.jacobian(u)

    def variation(self, u: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the field at one state and what the Jacobian makes of `vectors`, shape (N, k)."""
        return self._equation.variation(u, vectors)

    def eigenvalues(self, x: npt.ArrayLike, k: int | None = None) -> np.ndarray:
        """Return eigenvalues of the Jacobian at one state.

        Parameters
        ----------
        x : array_like, shape (N,)
            The state.
        k : int, optional
            Return the k of largest real part alone, by Arnoldi's method, which needs products only; at most N − 2.
            Default: all, which takes a full matrix.

        Returns
        -------
        ndarray of complex, shape (N,) or (k,)
            The k by falling real part.

        Raises
        ------
        ValueError, MemoryError
            If x or k does not fit, or J is sparse and its full matrix does not fit into memory.

        Examples
        --------
        >>> network = random_network(400, 1.5, density=0.1, seed=1)
        >>> network.eigenvalues(np.zeros(400), k=3).shape
        (3,)
        """
        x = checks.reals("x", x, shape=(self.n,))
        if k is None:
            return np.linalg.eigvals(Field(self).jacobian(x))
        k = checks.integer("k", k, low=1, high=max(self.n - 2, 1))
        # A fixed start: the same call gives the same numbers.
        start = np.random.default_rng(0).standard_normal(self.n)
        values = eigs(self.jacobian(x).astype(float), k, which="LR", v0=start, return_eigenvectors=False)
        return np.asarray(values[np.argsort(-values.real, kind="stable")])

    def simulate(
        self,
        duration: float,
        *,
        dt: float = 0.1,
        t_start: float = 0.0,
        every: float | None = None,
        x0: npt.ArrayLike | None = None,
        method: str = "rk4",
        drive: npt.ArrayLike | Callable[[float], npt.ArrayLike] = 0.0,
        noise: float = 0.0,
        seed: checks.Seed = None,
        progress: bool = False,
    ) -> NetworkActivity:
        """Run the network.

        Parameters
        ----------
        duration : float
            Length of the record, in membrane time constants; a multiple of `every`.
        dt : float, default 0.1
            Step.
        t_start : float, default 0
            Time from which the record is kept; a multiple of `dt`.
        every : float, optional
            Interval between samples, a multiple of `dt`. Default: `dt`.
        x0 : array (N,), optional
            Start. Default: drawn from N(0, 1) with `seed`.
        method : {"rk4", "euler"}, default "rk4"
            Integrator. With "euler" and ``dt=1`` the network runs in discrete time, x → Jφ(x) + η.
        drive : float, array (N,) or callable, default 0
            Further input, or a function of the time since the start that returns it.
        noise : float, default 0
            Amplitude σ of white noise in time, independent for each unit; it needs ``method="euler"``.
        seed : int, SeedSequence or Generator, optional
            Seed of the start and of the noise.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        NetworkActivity
            The state at `t_start` comes first, and its times count from there.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the activity stops being finite.
        """
        dt = checks.number("dt", dt, unit="", above=0, below=2)
        checks.choice("method", method, ("rk4", "euler"))
        burn_in = checks.steps("t_start", t_start, dt, unit="")
        stride = 1 if every is None else checks.steps("every", every, dt, low=1, unit="")
        steps = checks.steps("duration", duration, dt, unit="")
        if steps % stride:
            raise ValueError(f"duration must be a multiple of every = {stride * dt:g}, got {duration:g}")
        samples = steps // stride
        checks.memory("duration over every", float(samples + 1) * self.n * self.J.dtype.itemsize)
        noise = checks.number("noise", noise, low=0)
        if noise and method != "euler":
            raise ValueError(f"noise needs method='euler', got method={method!r}")
        if callable(drive):
            checks.one_or_each("drive(0)", drive(0.0), self.n)
        else:
            drive = checks.one_or_each("drive", drive, self.n).astype(self.J.dtype)
        random = checks.generator(seed)
        x = self._start(x0, random)
        record = np.empty((samples + 1, self.n), dtype=self.J.dtype)
        total = burn_in + samples * stride
        step = euler_step if method == "euler" else rk4_step

        def slope(u: np.ndarray, t: float) -> np.ndarray:
            return self.field(u) + (np.asarray(drive(t), dtype=u.dtype) if callable(drive) else drive)

        with beyond_numbers():
            for k in counted(range(total + 1), "simulating", "step", progress):
                if k >= burn_in and (k - burn_in) % stride == 0:
                    record[(k - burn_in) // stride] = x
                if k < total:
                    x = step(slope, x, k * dt, dt)
                    if noise:
                        x = x + (noise * np.sqrt(dt) * random.standard_normal(self.n)).astype(x.dtype)
                    if not np.isfinite(x.sum()) and not np.isfinite(x).all():
                        raise ValueError(f"the activity must stay finite, but it was lost by t = {(k + 1) * dt:.6g}")
        return NetworkActivity(np.arange(samples + 1) * stride * dt, record)

    def _start(self, x0: npt.ArrayLike | None, seed: checks.Seed) -> np.ndarray:
        if x0 is None:
            return checks.generator(seed).standard_normal(self.n).astype(self.J.dtype)
        return checks.reals("x0", x0, shape=(self.n,)).astype(self.J.dtype)


def random_network(
    n: int,
    g: npt.ArrayLike,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    m: npt.ArrayLike = 0.0,
    sizes: npt.ArrayLike | None = None,
    symmetry: float = 0.0,
    self_coupling: float = 0.0,
    structure: npt.ArrayLike | None = None,
    density: float = 1.0,
    seed: checks.Seed = None,
    single_precision: bool = False,
) -> RandomNetwork:
    """Draw a random network.

    Parameters
    ----------
    n : int
        Number of units.
    g : float or array_like, shape (B, B)
        Gain, ≥ 0, or those between populations, post × pre: the weights from population b to a have mean m_ab/N_b and
        variance g_ab²/N_b, as `stationary_state` and `fluctuating_state` have them.
    D : float, default 0
        Variance of the frozen input noise, ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.
    m : float or array_like, shape (B, B), default 0
        Means of the weights.
    sizes : array_like of int, shape (B,), optional
        Units of each population, n in all; needed where there are several.
    symmetry : float, default 0
        Correlation of J_ij with J_ji, from −1 (antisymmetric) to 1 (symmetric). The eigenvalues of J fill an ellipse
        of half axes g (1 + symmetry) and g (1 − symmetry). `sampled_state` is its mean field.
    self_coupling : float, default 0
        Weight of each unit on itself, added to the diagonal of J. `sampled_state` is its mean field, too.
    structure : array_like, shape (n, n), optional
        What else is not random, added to J: a part of low rank such as ``np.outer(a, b) / n`` (`LowRank.draw`), or one
        that is constant between populations (`blocks`).
    density : float, default 1
        Chance p of each connection. Below 1, J is a `scipy.sparse.csr_array` of weights of variance g²/(pN), so that
        the theory of full networks holds for many connections per unit; it takes neither `symmetry` nor `m` nor
        `structure`.
    seed : int, SeedSequence or Generator, optional
        Seed of J and η.
    single_precision : bool, default False
        Keep J and η in float32: half the memory and the time for thousands of units.

    Returns
    -------
    RandomNetwork
        Its `g` is, of several populations, the root of the largest eigenvalue of the squared gains: silence of an odd
        sigmoid ends where that is 1/φ'(0) (Aljadeff, Stern & Sharpee 2015).

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> network = random_network(200, g=1.5, seed=1)
    >>> activity = network.simulate(duration=50, t_start=50, seed=2)
    """
    n = checks.integer("n", n, low=1)
    gains, means = block_weights(gain(g) if np.isscalar(g) else g, m)
    counts, D = _sizes(n, len(gains), sizes), noise_variance(D)
    g = gain(float(np.sqrt(np.abs(np.linalg.eigvals(gains**2)).max())) if len(gains) > 1 else gains.item())
    random = checks.generator(seed)
    dtype = np.float32 if checks.flag("single_precision", single_precision) else np.float64
    density = checks.number("density", density, above=0, high=1)
    symmetry = checks.number("symmetry", symmetry, low=-1, high=1)
    self_coupling = checks.number("self_coupling", self_coupling)
    if density < 1:
        if symmetry or means.any() or structure is not None:
            raise ValueError(
                f"density must be 1 with symmetry, m or structure, which fill the weights, got {density:g}"
            )
        J = _sparse_weights(gains, counts, density, random, dtype)
        J = J + dtype(self_coupling) * sparse.eye_array(n, dtype=dtype)
        return RandomNetwork(g, D, transfer_function(transfer), J, _frozen_noise(n, D, random, dtype))
    checks.memory("n", float(n) ** 2 * dtype().itemsize)
    J = random.standard_normal((n, n), dtype=dtype)
    if symmetry:
        J = _partly_symmetric(J, symmetry)
    ends = np.cumsum([0, *counts])
    for a, b in np.ndindex(gains.shape):
        block = J[ends[a] : ends[a + 1], ends[b] : ends[b + 1]]
        block *= dtype(gains[a, b] / np.sqrt(counts[b]))
        block += dtype(means[a, b] / counts[b])
    if self_coupling:
        np.einsum("ii->i", J)[...] += dtype(self_coupling)
    if structure is not None:
        J += checks.array("structure", structure, shape=(n, n)).astype(dtype)
    return RandomNetwork(g, D, transfer_function(transfer), J, _frozen_noise(n, D, random, dtype))


def _sizes(n: int, populations: int, sizes: npt.ArrayLike | None) -> np.ndarray:
    """Return the numbers of units of populations, which n are divided among."""
    if sizes is None:
        if populations > 1:
            raise ValueError(f"sizes must be given where g is that of several populations, here {populations}")
        return np.array([n])
    counts = checks.array("sizes", sizes, shape=(populations,), low=1)
    if (counts != np.round(counts)).any() or counts.sum() != n:
        raise ValueError(f"sizes must be whole numbers that add up to n = {n}, got {counts}")
    return counts.astype(int)


def _frozen_noise(n: int, D: float, random: np.random.Generator, dtype: Precision) -> np.ndarray:
    return random.standard_normal(n, dtype=dtype) * dtype(np.sqrt(D))


def _sparse_weights(
    gains: np.ndarray, counts: np.ndarray, density: float, random: np.random.Generator, dtype: Precision
) -> sparse.csr_array:
    """Return weights of variance g²/(density N) where a coin falls so, from the distances between them."""
    n = int(counts.sum())
    expected = density * n**2
    checks.memory("n", 32.0 * expected)
    # So many distances lead beyond the last entry, but for one draw in 10¹⁵.
    gaps = random.geometric(density, int(expected + 8 * np.sqrt(expected) + 20))
    places = np.cumsum(gaps) - 1
    places = places[places < n**2]
    post, pre = np.divmod(places, n)
    owner = np.repeat(np.arange(len(counts)), counts)
    scales = np.asarray(gains / np.sqrt(density * counts), dtype=dtype)[owner[post], owner[pre]]
    values: np.ndarray = random.standard_normal(places.size, dtype=dtype)
    values *= scales
    return sparse.csr_array((values, (post, pre)), shape=(n, n))


def _partly_symmetric(J: np.ndarray, symmetry: float) -> np.ndarray:
    """Return weights of the same variance of which J_ij and J_ji have this correlation."""
    # a² + b² = 1 and 2ab = symmetry: a J_ij + b J_ji has variance 1, and 1 + symmetry on the diagonal.
    a = (np.sqrt(1 + symmetry) + np.sqrt(1 - symmetry)) / 2
    b = (np.sqrt(1 + symmetry) - np.sqrt(1 - symmetry)) / 2
    return np.asarray(J.dtype.type(a) * J + J.dtype.type(b) * J.T)


def blocks(values: npt.ArrayLike, sizes: npt.ArrayLike) -> np.ndarray:
    """Return a matrix that is constant between populations, such as the mean weights of an E–I network.

    Parameters
    ----------
    values : array_like, shape (B, B)
        The entry of each block, post × pre.
    sizes : array_like of int, shape (B,)
        Units of each population.

    Returns
    -------
    ndarray, shape (n, n)

    Examples
    --------
    >>> blocks([[1, -2], [3, -4]], [1, 2])
    array([[ 1., -2., -2.],
           [ 3., -4., -4.],
           [ 3., -4., -4.]])
    """
    entries = checks.array("values", values, shape=(None, None))
    counts = checks.array("sizes", sizes, shape=(len(entries),), low=1)
    if entries.shape[0] != entries.shape[1] or (counts != np.round(counts)).any():
        raise ValueError(f"values must be square, and sizes whole numbers, got shape {entries.shape} and {counts}")
    checks.memory("sizes", 8 * counts.sum() ** 2)
    owner = np.repeat(np.arange(len(entries)), counts.astype(int))
    return entries[owner[:, None], owner]
