"""Steady states of random networks with symmetry or self-coupling, by sampling the equation of one unit.

Where units feel the echo of their own activity, or act on themselves, x is not Gaussian, and its autocovariance obeys
no equation of its own. What is left of the network is one unit in Gaussian noise with a memory, both self-consistent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.progress import counted
from rheobase.theory.random_networks.disorder import gain, noise_variance
from rheobase.theory.random_networks.self_coupling import critical_gain
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function

#: Solutions that are found apart from each other; their spread is the statistical error.
_SOLUTIONS = 8

#: Part of each step that is made, and by which power of their number steps shrink where they are averaged.
_PACE, _SLOWER = 0.8, 0.6

#: Change of the variance, beyond errors, that counts as none.
_SETTLED = 0.05

#: Part of the variance, beyond errors, that may be left in the last quarter of the lags of what decays, or be lost on
#: the way there of what need not.
_LEFT = 0.1

#: Part of the variance of units with two states that must fluctuate, lest they rest where they began.
_FROZEN = 0.02


@dataclass(frozen=True, eq=False, repr=False)
class SampledState(Brief):
    """Statistics of x' = −x + sφ(x) + Jφ(x) + η with partly symmetric J, as N → ∞, with standard errors.

    Attributes
    ----------
    mean, variance : float
        Of x over units and time.
    lags : ndarray, shape (T,)
    autocovariance, standard_error : ndarray, shape (T,)
        ⟨δx(t) δx(t + τ)⟩ with δx = x − mean, and its error.
    rate_autocovariance : ndarray, shape (T,)
        The same of φ(x).
    response, response_error : ndarray, shape (T,)
        R(τ), what a short input of unit area adds to ⟨φ⟩ after τ, and its error.
    """

    mean: float
    variance: float
    lags: np.ndarray = field(repr=False)
    autocovariance: np.ndarray = field(repr=False)
    standard_error: np.ndarray = field(repr=False)
    rate_autocovariance: np.ndarray = field(repr=False)
    response: np.ndarray = field(repr=False)
    response_error: np.ndarray = field(repr=False)


def sampled_state(
    g: float,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    symmetry: float = 0.0,
    self_coupling: float = 0.0,
    longest: float = 60.0,
    dt: float = 0.1,
    units: int = 800,
    rounds: int = 60,
    seed: checks.Seed = None,
    progress: bool = False,
) -> SampledState:
    """Solve the dynamical mean-field theory of a random network with symmetry or self-coupling, by sampling.

    With a correlation ρ of J_ij with J_ji a unit feels what it did to the others, and obeys
    x' = −x + sφ(x) + g²ρ∫R(τ)φ(x(t − τ))dτ + γ(t) with R the response of φ and Gaussian γ of autocovariance
    g²⟨φ(x(t))φ(x(t + τ))⟩ + D (Martí, Brunel & Ostojic 2018; for s Stern, Sompolinsky & Abbott 2014). In each round γ
    is drawn, on a circle of lags, units follow it, and both functions move to what is found, as in Roy et al. 2019, but
    for the steady state alone. Eight solutions are found apart; the result is their mean, over the second half of the
    rounds.

    Parameters
    ----------
    g : float
        Gain, ≥ 0.
    D : float, default 0
        Variance of the frozen input noise.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        φ; it need be no odd sigmoid.
    symmetry : float, default 0
        ρ, from −1 to below 1. At 1 the network runs down an energy ever more slowly, and has no steady state.
    self_coupling : float, default 0
        Weight s of each unit on itself.
    longest : float, default 60
        Longest lag, in membrane time constants; some ten times the decay time, which grows with symmetry.
    dt : float, default 0.1
        Step, of at most 0.5, of the integration, of second order, and of the lags, of which there may be 10,000.
    units : int, default 800
        Units, divided among the eight solutions.
    rounds : int, default 60
        Rounds, at least 8. What they leave of the start, exp(−τ), is in no error: where correlations last long,
        some 200 are needed.
    seed : int, SeedSequence or Generator, optional
        Seed of the noise and of the starts.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    SampledState

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, the activity grows without bound, the autocovariance still falls at the
        longest lag, or units of two states, with s φ'(0) > 1, rest where they began (see `aligned_rest`).

    Examples
    --------
    >>> state = sampled_state(0.5, 0.2, symmetry=0.5, longest=10, rounds=8, units=80, seed=1)
    >>> state.autocovariance.shape
    (101,)
    """
    g, D, phi = checks.number("g", gain(g), high=1e6), noise_variance(D), transfer_function(transfer)
    symmetry = checks.number("symmetry", symmetry, low=-1, below=1)
    self_coupling = checks.number("self_coupling", self_coupling, low=-1e3, high=1e3)
    dt = checks.number("dt", dt, above=0, high=0.5)
    steps = checks.steps("longest", longest, dt, low=10, high=10_000, unit="")
    units = -(-checks.integer("units", units, low=_SOLUTIONS) // _SOLUTIONS)
    rounds = checks.integer("rounds", rounds, low=8)
    checks.memory("longest over dt times units", 8.0 * 12 * 2 * steps * units * _SOLUTIONS)
    unit = _Unit(phi, self_coupling, dt, steps)
    random = checks.generator(seed)
    silent = phi.odd_sigmoid and D == 0 and g <= critical_gain(symmetry, self_coupling, phi)
    lags = dt * np.arange(steps + 1)
    covariance = np.zeros((_SOLUTIONS, steps + 1)) if silent else np.exp(-lags) * np.ones((_SOLUTIONS, 1))
    response = np.exp(-lags) * np.ones((_SOLUTIONS, 1))
    x = np.zeros((_SOLUTIONS, units)) if silent else random.standard_normal((_SOLUTIONS, units))
    kept, means = [], []
    for k in counted(range(rounds), "sampling", "round", progress):
        noise = _drawn(g**2 * covariance + D, units, random)
        found = unit.sample(x, noise, g**2 * symmetry * response)
        if not np.abs(found.state).max() < 1e9:
            raise ValueError(f"g and self_coupling must let the activity stay finite, but with {phi.name!r} it grows")
        averaged = k - rounds // 2
        pace = _PACE / max(averaged, 1) ** _SLOWER
        covariance = covariance + pace * (found.of_rates - covariance)
        response = response + pace * (found.response - response)
        x = found.state
        if averaged >= 0:
            kept.append(np.stack([found.of_states, found.of_rates, found.response]))
            means.append(found.means)
    _check_settled(np.array([each[0, :, 0] for each in kept]))
    solutions = np.mean(kept, axis=0)
    _check_end(solutions[0], D == 0 and phi.odd_sigmoid, self_coupling * float(phi.slope(np.zeros(1))[0]) > 1)
    mean, error = solutions.mean(axis=1), solutions.std(axis=1, ddof=1) / np.sqrt(_SOLUTIONS)
    # Units of an odd function have no mean, but those that were drawn do.
    x_mean, rate_mean = (0.0, 0.0) if phi.odd_sigmoid else np.mean(means, axis=0)
    return SampledState(
        mean=float(x_mean),
        variance=float(mean[0, 0] - x_mean**2),
        lags=lags,
        autocovariance=mean[0] - x_mean**2,
        standard_error=error[0],
        rate_autocovariance=mean[1] - rate_mean**2,
        response=mean[2],
        response_error=error[2],
    )


def _check_settled(variances: np.ndarray) -> None:
    """Refuse variances, (rounds, solutions), that still change."""
    third = len(variances) // 3
    early, late = variances[:third].mean(axis=0), variances[-third:].mean(axis=0)
    change, error = float((late - early).mean()), (late - early).std(ddof=1) / np.sqrt(_SOLUTIONS)
    if abs(change) > _SETTLED * late.mean() + 5 * error:
        raise ValueError(
            f"rounds must let the variance settle, but over the averaged half of {len(variances)} it went from "
            f"{early.mean():.4g} to {late.mean():.4g}"
        )


def _check_end(covariances: np.ndarray, decays: bool, bistable: bool) -> None:
    """Refuse autocovariances, one of each solution, that are frozen or have not settled by the longest lag."""
    steps = covariances.shape[1]
    # Means over a quarter: at the longest lag itself each is flat, for the circle closes there.
    before, after = (covariances[:, a * steps // 4 : b * steps // 4].mean(axis=1) for a, b in ((2, 3), (3, 4)))
    variance = float(covariances[:, 0].mean())
    if bistable and variance - float(after.mean()) < _FROZEN * variance:
        raise ValueError(
            "g must let units of two states move between them, but with this self_coupling they rest where they began; "
            "`aligned_rest` gives the most stable of such states"
        )
    left = after if decays else before - after
    if abs(left.mean()) > _LEFT * variance + 5 * left.std(ddof=1) / np.sqrt(len(left)):
        raise ValueError(
            "longest must be some ten times the decay time, but the autocovariance has not settled there: "
            f"{left.mean() / variance:.2g} of the variance is left"
        )


def _drawn(covariance: np.ndarray, units: int, random: np.random.Generator) -> np.ndarray:
    """Return Gaussian noise of these autocovariances, (solutions, lags), on the circle, (solutions, times, units)."""
    whole = np.concatenate([covariance, covariance[:, -2:0:-1]], axis=1)
    spectrum = np.maximum(np.fft.rfft(whole, axis=1).real, 0)
    white = np.fft.rfft(random.standard_normal((len(whole), whole.shape[1], units)), axis=1)
    return np.fft.irfft(white * np.sqrt(spectrum)[:, :, None], whole.shape[1], axis=1)


@dataclass(frozen=True)
class _Sample:
    """What units did in one round, in each solution: means of products, response, means over all, where they are."""

    of_states: np.ndarray
    of_rates: np.ndarray
    response: np.ndarray
    means: tuple[float, float]
    state: np.ndarray


@dataclass(frozen=True)
class _Unit:
    """The equation of one unit, of which many copies are followed at once."""

    phi: Transfer
    self_coupling: float
    dt: float
    steps: int

    def sample(self, start: np.ndarray, noise: np.ndarray, memory: np.ndarray) -> _Sample:
        """Follow units (solutions, units) through the circle of noise twice; the second time counts."""
        circle = 2 * self.steps

        def inputs(n: int) -> np.ndarray:
            return np.asarray(noise[:, n % circle])

        states, rates = self._follow(start, lambda x, n: self.phi.phi(x), inputs, memory, 2 * circle)
        x, rate = states[:, circle:], rates[:, circle:]
        slopes = self.phi.slope(x[:, : self.steps + 1])
        # A short input moves x by 1, and then spreads as the linear equation says.
        _, echo = self._follow(
            np.ones_like(start), lambda z, n: slopes[:, n] * z, lambda n: 0.0, memory, self.steps + 1
        )
        return _Sample(
            self._products(x), self._products(rate), echo.mean(axis=2), (x.mean(), rate.mean()), states[:, -1]
        )

    def _products(self, values: np.ndarray) -> np.ndarray:
        circle = values.shape[1]
        power = np.mean(np.abs(np.fft.rfft(values, axis=1)) ** 2, axis=2)
        return np.fft.irfft(power, circle, axis=1)[:, : self.steps + 1] / circle

    def _follow(
        self,
        start: np.ndarray,
        output: Callable[[np.ndarray, int], np.ndarray],
        inputs: Callable[[int], np.ndarray | float],
        memory: np.ndarray,
        steps: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return z and its outputs with z' = −z + s·output + ∫memory(τ) output(t − τ)dτ + input, to second order.

        The memory of outputs since the start is a trapezoidal sum; its end at lag 0 is known for the state alone.
        """
        solutions, units = start.shape
        states, outputs = np.empty((2, solutions, steps, units))
        reach = self.steps if memory.any() else 0
        backwards = np.ascontiguousarray(memory[:, None, ::-1]) * self.dt
        at_once = self.self_coupling + self.dt / 2 * memory[:, :1]
        # The leak is exact, where what drives it is a straight line from step to step.
        kept, filled = np.exp(-self.dt), -np.expm1(-self.dt)
        rising = 1 - filled / self.dt
        z = start
        states[:, 0], outputs[:, 0] = z, output(z, 0)
        past: np.ndarray | float = -self.dt / 2 * memory[:, :1] * outputs[:, 0]
        for n in range(1, steps):
            following: np.ndarray | float = 0.0
            if reach:
                lags = min(n, reach)
                following = np.matmul(backwards[:, :, reach - lags : reach], outputs[:, n - lags : n])[:, 0]
                if n <= reach:
                    following -= self.dt / 2 * memory[:, n : n + 1] * outputs[:, 0]
            driving = at_once * outputs[:, n - 1] + inputs(n - 1) + past
            ahead = kept * z + filled * driving
            z = ahead + rising * (at_once * output(ahead, n) + inputs(n) + following - driving)
            past = following
            states[:, n], outputs[:, n] = z, output(z, n)
        return states, outputs
