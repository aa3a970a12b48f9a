"""One random rate network: its draw, its motion and the statistics to compare with the theory."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.dynamics.slow_points import RateField
from rheobase.progress import counted
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function


@dataclass(frozen=True)
class NetworkActivity:
    """States of a network over time.

    Attributes
    ----------
    times : array (T,)
        Times of the samples, from the end of the transient, in membrane time constants.
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


@dataclass(frozen=True, eq=False)
class RandomNetwork:
    """Network x' = −x + Jφ(x) + η with J_ij ~ N(0, g²/N) and frozen η_i ~ N(0, D).

    Time is in units of the membrane time constant. Build one with `random_network`. Its methods `velocity` and
    `jacobian` make it a flow for `rheobase.dynamics.find_slow_points`.

    Attributes
    ----------
    g, D : float
        Gain and variance of the frozen input noise.
    transfer : Transfer
        φ and φ'.
    J : array (N, N)
        Weights, post × pre, float64 or float32.
    eta : array (N,)
        Frozen input.
    """

    g: float
    D: float
    transfer: Transfer
    J: np.ndarray = field(repr=False)
    eta: np.ndarray = field(repr=False)

    @property
    def N(self) -> int:
        """Number of units."""
        return len(self.J)

    @property
    def flow(self) -> RateField:
        """The vector field, for the finder of fixed and slow points."""
        return RateField(self.J, self.transfer.phi, self.transfer.slope, self.eta)

    def velocity(self, x: np.ndarray) -> np.ndarray:
        """−x + Jφ(x) + η for states `(..., N)`."""
        return self.transfer.phi(x) @ self.J.T + self.eta - x

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        """−1 + J diag φ'(x) for states `(..., N)`, `(..., N, N)`."""
        return self.flow.jacobian(x)

    def eigenvalues(self, x: Any) -> np.ndarray:
        """Eigenvalues of the Jacobian at one state `(N,)`, complex `(N,)`."""
        x = checks.array("x", x, shape=(self.N,))
        return np.linalg.eigvals(self.jacobian(x))

    def simulate(
        self,
        duration: float,
        *,
        dt: float = 0.1,
        transient: float = 0.0,
        every: float | None = None,
        x0: Any = None,
        method: str = "rk4",
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
        transient : float, default 0
            Time to run before the record begins; a multiple of `dt`.
        every : float, optional
            Interval between samples, a multiple of `dt`. Default: `dt`.
        x0 : array (N,), optional
            Start. Default: drawn from N(0, 1) with `seed`.
        method : {"rk4", "euler"}, default "rk4"
            Integrator.
        seed : int, SeedSequence or Generator, optional
            Seed of the start.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        NetworkActivity
            The state at the end of the transient comes first.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit.
        """
        dt = checks.number("dt", dt, above=0, below=2)
        checks.choice("method", method, ("rk4", "euler"))
        burn_in = checks.steps("transient", transient, dt)
        stride = 1 if every is None else checks.steps("every", every, dt, low=1)
        samples = checks.steps("duration", duration, stride * dt)
        x = self._start(x0, seed)
        record = np.empty((samples + 1, self.N), dtype=self.J.dtype)
        total = burn_in + samples * stride
        step = self._euler if method == "euler" else self._rk4
        for n in counted(range(total + 1), "simulating", "step", progress):
            if n >= burn_in and (n - burn_in) % stride == 0:
                record[(n - burn_in) // stride] = x
            if n < total:
                x = step(x, dt)
        return NetworkActivity(np.arange(samples + 1) * stride * dt, record)

    def _start(self, x0: Any, seed: checks.Seed) -> np.ndarray:
        if x0 is None:
            return checks.generator(seed).standard_normal(self.N).astype(self.J.dtype)
        return checks.array("x0", x0, shape=(self.N,)).astype(self.J.dtype)

    def _euler(self, x: np.ndarray, dt: float) -> np.ndarray:
        return x + dt * self._velocity(x)

    def _rk4(self, x: np.ndarray, dt: float) -> np.ndarray:
        k1 = self._velocity(x)
        k2 = self._velocity(x + dt / 2 * k1)
        k3 = self._velocity(x + dt / 2 * k2)
        k4 = self._velocity(x + dt * k3)
        return x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def _velocity(self, x: np.ndarray) -> np.ndarray:
        return self.J @ self.transfer.phi(x) + self.eta - x


def random_network(
    N: int,
    g: float,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    seed: checks.Seed = None,
    single_precision: bool = False,
) -> RandomNetwork:
    """Draw a random network.

    Parameters
    ----------
    N : int
        Number of units.
    g, D : float
        Gain and variance of the frozen input noise (default 0), ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.
    seed : int, SeedSequence or Generator, optional
        Seed of J and η.
    single_precision : bool, default False
        Keep J and η in float32: half the memory and the time for thousands of units.

    Returns
    -------
    RandomNetwork

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> network = random_network(200, g=1.5, seed=1)
    >>> activity = network.simulate(duration=50, transient=50, seed=2)
    """
    N = checks.integer("N", N, low=1)
    g, D = checks.number("g", g, low=0), checks.number("D", D, low=0)
    random = checks.generator(seed)
    dtype = np.float32 if single_precision else np.float64
    J = random.standard_normal((N, N), dtype=dtype)
    J *= dtype(g / np.sqrt(N))
    eta = random.standard_normal(N, dtype=dtype) * dtype(np.sqrt(D))
    return RandomNetwork(g, D, transfer_function(transfer), J, eta)
