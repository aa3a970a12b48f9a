"""Lyapunov spectra of simulated networks, by QR decomposition of tangent vectors."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.progress import counted
from rheobase.theory.random_networks.network import RandomNetwork


@dataclass(frozen=True)
class LyapunovSpectrum:
    """Largest Lyapunov exponents of one trajectory.

    Attributes
    ----------
    exponents : array (k,)
        The k largest exponents, falling, per membrane time constant.
    standard_errors : array (k,)
        Their standard errors, from ten consecutive stretches of the run (ddof = 1).
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


def lyapunov_spectrum(
    network: RandomNetwork,
    k: int = 1,
    *,
    duration: float = 200.0,
    transient: float = 50.0,
    dt: float = 0.1,
    every: float = 1.0,
    x0: Any = None,
    seed: checks.Seed = None,
    progress: bool = False,
) -> LyapunovSpectrum:
    """Measure the `k` largest Lyapunov exponents (Benettin et al., 1980).

    Tangent vectors follow u' = (−1 + J diag φ'(x)) u along the trajectory, by the same Runge–Kutta steps, and are made
    orthonormal at intervals of `every`; the logarithms of their lengths then average to the exponents.

    Parameters
    ----------
    network : RandomNetwork
        The network.
    k : int, default 1
        Number of exponents, at most N.
    duration, transient : float, default 200 and 50
        Time averaged over and time before; the transient aligns state and tangent vectors. Multiples of `every`;
        `duration` has at least ten of them.
    dt, every : float, default 0.1 and 1
        Step, and interval between decompositions, a multiple of `dt`.
    x0, seed
        Start, or seed for a start drawn from N(0, 1); the seed draws the first tangent vectors, too.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    LyapunovSpectrum

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> from rheobase.theory.random_networks import random_network
    >>> spectrum = lyapunov_spectrum(random_network(200, g=2.0, seed=1), k=3, seed=2)
    """
    k = checks.integer("k", k, low=1, high=network.N)
    dt = checks.number("dt", dt, above=0, below=2)
    inner = checks.steps("every", every, dt, low=1)
    warm = checks.steps("transient", transient, inner * dt)
    rounds = checks.steps("duration", duration, inner * dt, low=10)
    random = checks.generator(seed)
    x = network._start(x0, random)
    tangent = np.linalg.qr(random.standard_normal((network.N, k)))[0].astype(network.J.dtype)
    growth = np.empty((rounds, k))
    for n in counted(range(warm + rounds), "Lyapunov exponents", "step", progress):
        for _ in range(inner):
            x, tangent = _tangent_step(network, x, tangent, dt)
        tangent, triangle = np.linalg.qr(tangent)
        if n >= warm:
            growth[n - warm] = np.log(np.abs(np.diag(triangle)))
    rates = growth / (inner * dt)
    stretches = np.array([stretch.mean(axis=0) for stretch in np.array_split(rates, 10)])
    exponents, errors = rates.mean(axis=0), stretches.std(axis=0, ddof=1) / np.sqrt(10)
    order = np.argsort(-exponents, kind="stable")
    return LyapunovSpectrum(exponents[order], errors[order], rounds * inner * dt)


def _tangent_step(
    network: RandomNetwork, x: np.ndarray, tangent: np.ndarray, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """One Runge–Kutta step of the state and of its tangent vectors `(N, k)`."""

    def flow(state: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        phi, slope = network.transfer.phi(state), network.transfer.slope(state)
        # One product serves both: J is read from memory once.
        product = network.J @ np.column_stack([phi, slope[:, None] * vectors])
        return product[:, 0] + network.eta - state, product[:, 1:] - vectors

    a, u = flow(x, tangent)
    b, v = flow(x + dt / 2 * a, tangent + dt / 2 * u)
    c, w = flow(x + dt / 2 * b, tangent + dt / 2 * v)
    d, y = flow(x + dt * c, tangent + dt * w)
    return x + dt / 6 * (a + 2 * b + 2 * c + d), tangent + dt / 6 * (u + 2 * v + 2 * w + y)
