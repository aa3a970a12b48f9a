"""Richardson's threshold integration of the Fokker–Planck equation (Richardson, Phys Rev E 76, 021919, 2007).

The neuron is τ_m V' = F(V) + I + σ √(2 τ_m) ξ(t): σ is the s.d. of the free potential if F is the leak. Density P and
flux J obey τ_m J = (F + I) P − σ² P', and J jumps by the rate at the reset. Both are integrated from the threshold
down, where P = 0 and J is the rate, with the drift taken as constant from one point to the next, for which the solution
is exact; the norm of P then gives the rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from rheobase import checks
from rheobase.dynamics import finite_differences
from rheobase.models.neurons import Neuron
from rheobase.models.values import Brief
from rheobase.theory.membranes import Membrane, as_membrane, inputs_and_sigma, lowest_potential
from rheobase.units import PER_MS

#: Frequency (Hz) up to which a response is asked for: no neuron follows, and the integration overflows beyond.
_MAX_FREQUENCY = 1e6

#: Points of a grid of potentials that reaches from the lowest to the threshold.
_MAX_POINTS = 10**7

#: Points of grids on which rates are found together.
_AT_ONCE = 30_000

#: Points of an even grid, beyond which a rate is found on one that is fine only where the neuron is slow.
_MANY_POINTS = 20_000

#: The s.d. next to the largest potential that a grid of such resolves at least, and one, mV, below which all are alike.
_FINEST, _FAINTEST = 1e-10, 1e-20


@dataclass(frozen=True, eq=False, repr=False)
class Stationary(Brief):
    """Stationary state of a neuron in white noise.

    Attributes
    ----------
    rate : float
        Hz.
    V : ndarray, shape (K,)
        Membrane potentials, mV.
    density : ndarray, shape (K,)
        Probability density, 1/mV; its integral is 1 minus the refractory fraction, rate · t_ref.
    """

    rate: float
    V: np.ndarray
    density: np.ndarray

    @property
    def mean(self) -> float:
        """Mean membrane potential of neurons that are not refractory, mV."""
        return float((self.V * self.density).sum() / self.density.sum())

    @property
    def std(self) -> float:
        """Its standard deviation (ddof 0), mV."""
        return float(np.sqrt(((self.V - self.mean) ** 2 * self.density).sum() / self.density.sum()))


@dataclass(frozen=True)
class ThresholdIntegration:
    """f–I curve of any one-variable neuron in white noise.

    Attributes
    ----------
    neuron : Neuron or Membrane
        ``rb.EIF``, ``rb.LIF``, ``rb.QIF``, or any `Membrane` with another drift.
    sigma : float
        s.d. of the free membrane potential, mV, above 0: the noise is σ √(2 τ_m) ξ(t).
    points : int
        Intervals of the grid between reset and threshold; at least 50. The error falls with its square.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model, or σ is not positive.

    Examples
    --------
    >>> f = ThresholdIntegration(rb.EIF(tau_m=15), sigma=5.0)
    >>> f([10.0, 15.0]).round(2)
    array([ 4.52, 14.78])
    """

    neuron: Neuron | Membrane
    sigma: float = 5.0
    points: int = 3000

    def __post_init__(self) -> None:
        object.__setattr__(self, "_membrane", as_membrane(self.neuron))
        checks.field(self, "sigma", above=0, unit="mV")
        checks.integer("points", self.points, low=50)

    @property
    def membrane(self) -> Membrane:
        """The neuron as drift, threshold and reset."""
        return self.__dict__["_membrane"]

    def __call__(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None = None) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV, and s.d. `sigma`, mV (by default the curve's own)."""
        mean, spread = self._inputs(I, sigma)
        grids = (self._graded_grid(*pair) for pair in zip(mean.flat, spread.flat, strict=True))
        return self._rates(mean.ravel(), spread.ravel(), grids).reshape(mean.shape)

    def derivative(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None = None) -> np.ndarray:  # noqa: E741
        """Return the gain dr/dI, Hz/mV: the response to a slow modulation of the input."""
        mean, spread = self._inputs(I, sigma)
        h = 1e-3 * spread.ravel()
        moved = np.concatenate([mean.ravel() + k * h for k in finite_differences.STEPS])
        # All on the grid at the input itself.
        grids = [self._graded_grid(*pair) for pair in zip(mean.flat, spread.flat, strict=True)]
        again = len(finite_differences.STEPS)
        rates = self._rates(moved, np.tile(spread.ravel(), again), grids * again)
        return np.asarray(finite_differences.slope(rates.reshape(again, -1), h)).reshape(mean.shape)

    def stationary(self, I: float, sigma: float | None = None) -> Stationary:  # noqa: E741
        """Return rate and density at mean input `I`, mV."""
        mean = checks.number("I", I, unit="mV")
        spread = self.sigma if sigma is None else checks.number("sigma", sigma, above=0, unit="mV")
        V, per_rate, norm = self._density(mean, spread)
        if not np.isfinite(norm):
            raise ValueError(
                f"sigma must let the neuron fire now and then, but at I = {mean:g} mV it never does, got {spread:g}"
            )
        return Stationary(1 / (PER_MS * norm), V, per_rate / norm)

    def response(self, frequencies: npt.ArrayLike, I: float, sigma: float | None = None) -> np.ndarray:  # noqa: E741
        """Return the linear response of the rate to a modulated input, Hz/mV.

        An input I + ε e^{2πi f t} makes the rate r + ε A(f) e^{2πi f t}; A(0) is the gain.

        Parameters
        ----------
        frequencies : array_like
            f, Hz.
        I : float
            Mean input, mV.
        sigma : float, optional
            Default: the curve's own.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`

        Examples
        --------
        >>> f = ThresholdIntegration(rb.EIF(), sigma=5.0)
        >>> abs(f.response([0.0, 100.0], I=12.0)).round(2)
        array([2.  , 0.43])
        """
        return self._responses(frequencies, I, self.sigma if sigma is None else sigma)[0]

    def fluctuations(self, frequencies: npt.ArrayLike, I: float) -> tuple[np.ndarray, ...]:  # noqa: E741
        """Return the responses to a modulated input and to a modulated intensity of the noise, and the power spectrum.

        Noise of intensity σ² (1 + ε e^{2πi f t}) makes the rate r + ε B(f) e^{2πi f t}, the input the same as in
        `response` (Lindner & Schimansky-Geier 2001).

        Parameters
        ----------
        frequencies : array_like
            Hz.
        I : float
            Mean input, mV.

        Returns
        -------
        tuple of three ndarrays, of the shape of `frequencies`
            A, Hz/mV; B, Hz; and the spectrum, Hz.

        Examples
        --------
        >>> f = ThresholdIntegration(rb.LIF(), sigma=5.0)
        >>> to_mean, to_noise, power = f.fluctuations([0.0, 1000.0], I=12.0)
        >>> abs(to_noise).round(1)
        array([14.6, 28.2])
        """
        return (*self._responses(frequencies, I, self.sigma), self.power_spectrum(frequencies, I))

    def _responses(self, frequencies: npt.ArrayLike, I: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
        """Return the responses to modulations of the input, Hz/mV, and of the intensity of the noise, Hz."""
        hertz = checks.reals("frequencies", frequencies, low=-_MAX_FREQUENCY, high=_MAX_FREQUENCY)
        omega = 2 * np.pi * hertz.ravel() * PER_MS
        base = self.stationary(I, sigma)
        m, V, P = self.membrane, base.V, base.density
        dV = V[1] - V[0]
        keep, gain = _step(m.drift(V - dV / 2) + float(I), dV, sigma, m.tau_m)
        reset = round((m.V_re - V[0]) / dV)
        returns = np.exp(-1j * omega * m.t_ref)
        # Three solutions: flux 1 through the threshold, and the fluxes that the modulations drive, with none.
        push = np.zeros((len(V) - 1, 3, 1))
        push[:, 1, 0] = (P[:-1] + P[1:]) / 2 / m.tau_m
        push[:, 2, 0] = -(sigma**2) * np.diff(P) / dV / m.tau_m
        starts = np.array([-1.0, 0.0, 0.0])[:, None] * returns
        J = _fluxes(np.array([1.0, 0.0, 0.0]), omega, keep, gain, dV, push, reset, starts)
        slow = omega == 0
        answers = -J[1:] / (PER_MS * np.where(slow, 1.0, J[0]))
        if slow.any():
            answers[0, slow] = self.derivative(I, sigma)
            answers[1, slow] = self._slope_by_noise(float(I), sigma)
        return answers[0].reshape(hertz.shape), answers[1].reshape(hertz.shape)

    def _slope_by_noise(self, mean: float, sigma: float) -> float:
        """Return the change of the rate with the logarithm of the intensity of the noise, Hz."""
        h = 1e-3
        sigmas = sigma * np.exp(h / 2 * np.array(finite_differences.STEPS))
        grid = self._graded_grid(mean, sigma)
        rates = self._rates(np.full(len(sigmas), mean), sigmas, [grid] * len(sigmas))
        return float(finite_differences.slope(rates.reshape(-1, 1), np.array([h]))[0])

    def power_spectrum(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the power spectrum of the spike train, Hz: ``r (1 − |ρ|²) / |1 − ρ|²`` with ρ of the intervals.

        Parameters
        ----------
        frequencies : array_like
            Hz; at 0 the limit, without the peak of the mean rate.
        I : float
            Mean input, mV.

        Returns
        -------
        ndarray, of the shape of `frequencies`

        Examples
        --------
        >>> f = ThresholdIntegration(rb.EIF(), sigma=5.0)
        >>> f.power_spectrum([0.0, 20.0, 500.0], I=12.0).round(1)
        array([4.7, 8. , 8. ])
        """
        hertz = checks.reals("frequencies", frequencies, low=-_MAX_FREQUENCY, high=_MAX_FREQUENCY)
        mean = checks.number("I", I, unit="mV")
        m, V, rate = self.membrane, self._grid(mean, self.sigma), float(self(mean))
        omega = np.maximum(np.abs(2 * np.pi * hertz.ravel()), 1e-3 * rate) * PER_MS
        dV = V[1] - V[0]
        keep, gain = _step(m.drift(V - dV / 2) + mean, dV, self.sigma, m.tau_m)
        reset = round((m.V_re - V[0]) / dV)
        # Flux 1 through the threshold, and flux 1 that starts at the reset: their ratio is the transform of intervals.
        starts = np.array([0.0, 1.0])[:, None] * np.exp(-1j * omega * m.t_ref)
        push = np.zeros((len(V) - 1, 2, 1))
        J = _fluxes(np.array([1.0, 0.0]), omega, keep, gain, dV, push, reset, starts)
        passage = J[1] / J[0]
        power = rate * (1 - np.abs(passage) ** 2) / np.abs(1 - passage) ** 2
        return np.asarray(power.reshape(hertz.shape))

    def _inputs(self, I: npt.ArrayLike, sigma: npt.ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
        mean, spread = inputs_and_sigma(I, self.sigma if sigma is None else sigma)
        if (spread <= 0).any():
            raise ValueError(f"sigma must be > 0, got {spread.min():g}; see Noiseless for the curve without noise")
        return mean, np.maximum(spread, _FAINTEST)

    def _rates(self, means: np.ndarray, sigmas: np.ndarray, grids: Iterable[np.ndarray]) -> np.ndarray:
        """Return the rates, Hz, at inputs (K,) on grids of potentials, those of some thousand points at once."""
        rates, some, done = np.zeros(len(means)), list[np.ndarray](), 0
        for k, V in enumerate(grids, 1):
            some.append(V)
            if k == len(means) or sum(map(len, some)) > _AT_ONCE:
                rates[done:k] = self._rates_on(some, means[done:k], sigmas[done:k])
                some, done = [], k
        return rates

    def _rates_on(self, grids: Sequence[np.ndarray], means: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
        """Return the rates at inputs whose grids are laid one behind the other."""
        m, points = self.membrane, [len(V) for V in grids]
        V, sigma = np.concatenate(grids), np.repeat(sigmas, points)[1:]
        starts = np.cumsum([0, *points[:-1]])
        # What leads from one grid to the next has no width, and nothing comes over it.
        dV = np.diff(V)
        between = starts[1:] - 1
        dV[between] = 0.0
        drift = m.drift(V[1:] - dV / 2) + np.repeat(means, points)[1:]
        keep, gain = _step(drift, dV, sigma, m.tau_m)
        keep[between] = 0.0
        flux = V[1:] > m.V_re
        P = _from_threshold(keep, gain * flux)
        if len(grids) > 1 and not np.isfinite(P).all():  # what overflows in one would reach the others
            alone = zip(grids, means[:, None], sigmas[:, None], strict=True)
            return np.concatenate([self._rates_on([V], *at) for V, *at in alone])
        areas = _areas(P, drift, dV, sigma, m.tau_m * flux)
        areas[between] = 0.0
        with np.errstate(over="ignore"):
            norms = m.t_ref + np.add.reduceat(np.append(areas, 0.0), starts)
        finite = np.isfinite(norms)
        return np.where(finite, 1 / (PER_MS * np.where(finite, norms, 1.0)), 0.0)

    def _density(self, mean: float, sigma: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Potentials, density over rate (ms/mV), and the interval 1/rate (ms), infinite where it overflows."""
        m = self.membrane
        V = self._grid(mean, sigma)
        dV = V[1] - V[0]
        keep, gain = _step(m.drift(V[1:] - dV / 2) + mean, dV, sigma, m.tau_m)
        P = _from_threshold(keep, gain * (V[1:] > m.V_re + dV / 2))
        with np.errstate(over="ignore", invalid="ignore"):
            norm = m.t_ref + dV * float(P.sum())
        return V, P, norm

    def _grid(self, mean: float, sigma: float) -> np.ndarray:
        """Evenly spaced potentials, with the reset and the threshold among them, down to where no neuron goes."""
        dV, below, above = self._spacing(mean, sigma)
        self._check_points(below + above, sigma)
        return self.membrane.V_re + dV * np.arange(-int(below), above + 1)

    def _check_points(self, points: float, sigma: float) -> None:
        if not points <= _MAX_POINTS:
            raise ValueError(
                f"sigma must be near V_th - V_re for this theory, but at {sigma:g} its grid has {points:.2g} points"
            )

    def _spacing(self, mean: float, sigma: float) -> tuple[float, float, int]:
        """Return the interval of an even grid, mV, and the numbers of its intervals below and above the reset."""
        m = self.membrane
        above = int(np.ceil((m.V_th - m.V_re) / min((m.V_th - m.V_re) / self.points, 0.05 * sigma)))
        dV = (m.V_th - m.V_re) / above
        return dV, float(np.ceil((m.V_re - lowest_potential(self.membrane, mean, sigma)) / dV)), above

    def _graded_grid(self, mean: float, sigma: float) -> np.ndarray:
        """Return the even grid or, where that has too many points, one that is fine where the drift is weak.

        There the noise decides, over distances of σ; elsewhere the density follows the drift, over those of F/F'. Noise
        that is less than numbers can tell apart decides nothing.
        """
        m, (dV, below, above) = self.membrane, self._spacing(mean, sigma)
        if below + above <= _MANY_POINTS:
            return m.V_re + dV * np.arange(-int(below), above + 1)
        lowest = lowest_potential(self.membrane, mean, sigma)
        parts = np.ceil((m.V_re - lowest) / (m.V_th - m.V_re) * self.points)
        self._check_points(parts, sigma)
        V = np.append(np.linspace(lowest, m.V_re, int(parts) + 1), np.linspace(m.V_re, m.V_th, self.points + 1)[1:])
        finest = max(sigma, _FINEST * float(np.abs(V).max()))
        while True:
            drift = np.abs(m.drift(V) + mean)
            # The drift may vanish inside an interval whose ends it passes with either sign.
            crossing = np.sign(m.drift(V[1:]) + mean) != np.sign(m.drift(V[:-1]) + mean)
            weakest = np.where(crossing, 0.0, np.minimum(drift[1:], drift[:-1]))
            wide = np.diff(V) > 0.05 * np.maximum(finest, weakest)
            if not wide.any():
                return V
            V = np.sort(np.append(V, (V[:-1] + V[1:])[wide] / 2))


def _step(
    drift: np.ndarray, dV: float | np.ndarray, sigma: float | np.ndarray, tau_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what intervals passed downwards keep of the density, and what a unit flux adds, at constant drift."""
    x = np.maximum(drift * dV / sigma**2, -600.0)
    keep = np.exp(-x)
    safe = np.where(np.abs(x) < 1e-8, 1.0, x)
    return keep, tau_m * dV / sigma**2 * np.where(np.abs(x) < 1e-8, 1.0, -np.expm1(-safe) / safe)


def _fluxes(
    above: np.ndarray,
    omega: np.ndarray,
    keep: np.ndarray,
    gain: np.ndarray,
    dV: float,
    push: np.ndarray,
    reset: int,
    joining: np.ndarray,
) -> np.ndarray:
    """Return the fluxes at the lower end of the grid of some solutions, from those through the threshold down.

    `push` is the flux that a modulation drives within each interval, and `joining` what joins the fluxes at the reset.
    """
    J = np.repeat(above[:, None], len(omega), axis=1).astype(complex)
    P = np.zeros_like(J)
    for k in range(len(push), 0, -1):
        before = P
        P = keep[k] * P + gain[k] * (J - push[k - 1])
        # The flux falls by what the density gains: J' = −iω P.
        J = J + 1j * omega * dV * (P + before) / 2
        if k - 1 == reset:
            J += joining
    return J


def _from_threshold(keep: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return P[k] = keep[k] P[k + 1] + source[k], from P = 0 at the threshold: a bidiagonal system."""
    # The diagonal, of ones, is not read.
    bands = np.empty((2, len(keep) + 1), order="F")
    bands[0, 0], bands[0, 1:] = 0.0, -keep
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(lapack.dtbtrs(bands, np.append(source, 0.0), diag="U")[0])


def _areas(P: np.ndarray, drift: np.ndarray, dV: np.ndarray, sigma: np.ndarray, push: np.ndarray) -> np.ndarray:
    """Return ∫P dV of every interval, in which τ_m J = `push` = F P − σ²P' with constant F; infinite at overflow."""
    weak = np.abs(drift) * dV < 0.02 * sigma**2
    with np.errstate(over="ignore", invalid="ignore"):
        exact = (push * dV + sigma**2 * np.diff(P)) / np.where(weak, 1.0, drift)
        return np.where(weak, dV * (P[1:] + P[:-1]) / 2, exact)
