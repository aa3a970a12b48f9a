"""The rate of a neuron whose noise comes through a synapse, and how it follows modulations of the input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, as_membrane, inputs
from rheobase.theory.neurons.coloured_density import ColouredDensity, settle
from rheobase.units import PER_MS

#: Range of τ_s/τ_m in which so few nodes describe the current.
_SHORTEST, _LONGEST = 0.01, 10.0

#: Number of nodes where an upstroke carries every neuron over V_th in noise that is all but white, and τ_s/τ_m up to
#: which it is.
_NEARLY_WHITE, _FASTEST = 4, 0.02

#: Numbers of nodes where an upstroke carries every neuron over V_th, in noise faster than the membrane and slower, and
#: where a boundary layer forms there, in noise faster than two membrane time constants and slower.
_WITH_UPSTROKE, _WITH_SLOW_UPSTROKE, _WITH_LAYER, _WITH_SLOW_LAYER = 10, 16, 24, 40

#: τ_s/τ_m up to which a boundary layer leaves the gain smooth: it jumps by less than 0.3 % in faster noise.
_FAST_LAYER = 0.05

#: Mean inputs whose responses are averaged, in units of the distance of the nodes, and their weights: 4/3 on those
#: within half a distance, -1/3 on all, so that neither what repeats after a distance nor curvature is left.
_SHIFTS = (np.arange(8) - 3.5) / 4
_WEIGHTS = np.where(np.abs(_SHIFTS) < 0.5, 1 / 3, 0.0) - 1 / 24

#: Frequency (Hz) up to which a response is asked for: no neuron follows beyond.
_MAX_FREQUENCY = 1e6


@dataclass(frozen=True)
class ColouredNoise:
    """f–I curve of a one-variable neuron in noise that an exponential synapse has filtered.

    The two-dimensional Fokker–Planck equation of V and the synaptic current is solved as a linear system, with Hermite
    functions of the current. White noise is the limit of a small `tau_s` (see `ThresholdIntegration`, `Siegert`), the
    average of the noiseless rate over the current that of a large one.

    Attributes
    ----------
    neuron : Neuron or Membrane
        ``rb.LIF``, ``rb.EIF``, ``rb.QIF``, or any `Membrane` with another drift.
    sigma : float
        s.d. of the free membrane potential, mV, above 0; that of the current is σ √(1 + τ_m/τ_s).
    tau_s : float
        Time constant of the synapse, ms, from 0.01 to 10 membrane time constants.
    skewness : float
        Skewness of the current, from -2 to 2: that of shot noise, negative where inhibition has the larger weights.
    kurtosis : float
        Its excess kurtosis, from 0 to 4.
    nodes : int, optional
        Number of currents at which the density is known, from 4 to 40. Default: 10, or 16 if τ_s is above τ_m and 4 if
        it is below τ_m/50; where some currents hold the neuron below V_th, as those of the LIF do, 24, or 40 if τ_s is
        above two τ_m.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model, or a number is out of range.

    Examples
    --------
    >>> f = ColouredNoise(rb.EIF(tau_m=10, V_th=-40), sigma=5.0, tau_s=5.0)
    >>> f(12.0).round(1)
    np.float64(9.9)
    """

    neuron: Neuron | Membrane
    sigma: float = 5.0
    tau_s: float = 5.0
    skewness: float = 0.0
    kurtosis: float = 0.0
    nodes: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_membrane", self._taken())
        checks.field(self, "sigma", above=0, unit="mV")
        tau_m = self.membrane.tau_m
        checks.field(self, "tau_s", low=_SHORTEST * tau_m, high=_LONGEST * tau_m)
        checks.field(self, "skewness", low=-2, high=2)
        checks.field(self, "kurtosis", low=0, high=4)
        if self.nodes is not None:
            checks.integer("nodes", self.nodes, low=4, high=40)

    @property
    def membrane(self) -> Membrane:
        """The neuron as drift, threshold and reset."""
        return self.__dict__["_membrane"]

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV."""
        mean = inputs(I)
        densities = [self._density(float(x)) for x in mean.flat]
        settle(densities)
        return np.array([density.rate for density in densities]).reshape(mean.shape) / PER_MS

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain dr/dI, Hz/mV: the response to a slow modulation of the input."""
        mean = inputs(I)
        return np.array([self.response(0.0, float(x)).real for x in mean.flat]).reshape(mean.shape)

    def response(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the linear response of the rate to a modulated input, Hz/mV.

        An input I + ε e^{2πi f t} makes the rate r + ε A(f) e^{2πi f t}; A(0) is the gain.

        Parameters
        ----------
        frequencies : array_like
            f, Hz.
        I : float
            Mean input, mV.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`

        Examples
        --------
        >>> f = ColouredNoise(rb.EIF(), sigma=5.0, tau_s=5.0)
        >>> abs(f.response([0.0, 100.0], I=12.0)).round(2)
        array([1.75, 0.39])
        """
        return self.responses(frequencies, I)[0]

    def responses(self, frequencies: npt.ArrayLike, I: float) -> tuple[np.ndarray, ...]:  # noqa: E741
        """Return the linear responses of the rate to modulations of the mean input and of the noise.

        Noise of 1 + ε e^{2πi f t} times its intensity, as of Poisson spikes whose rate is modulated, makes the rate
        r + ε B(f) e^{2πi f t} where the mean input stays as it is.

        Parameters
        ----------
        frequencies : array_like
            f, Hz.
        I : float
            Mean input, mV.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`
            A, Hz/mV, as `response`.
        ndarray of complex, of the shape of `frequencies`
            B, Hz.

        Examples
        --------
        >>> f = ColouredNoise(rb.EIF(), sigma=5.0, tau_s=5.0)
        >>> abs(f.responses([0.0, 100.0], I=12.0)[1]).round(1)
        array([4.8, 0.9])
        """
        hertz, density = self._at(frequencies, I)
        return self._responses(hertz, self._smoothed(density))

    def power_spectrum(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the power spectrum of the spike train, Hz.

        It is the rate at high frequencies, and the rate times the Fano factor of long counts at low ones.

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
        >>> f = ColouredNoise(rb.EIF(), sigma=5.0, tau_s=5.0)
        >>> f.power_spectrum([0.0, 20.0, 500.0], I=12.0).round(1)
        array([4.8, 6.6, 6.9])
        """
        return self._powers(*self._at(frequencies, I))

    def fluctuations(self, frequencies: npt.ArrayLike, I: float) -> tuple[np.ndarray, ...]:  # noqa: E741
        """Return both `responses` and the `power_spectrum`, which take no longer than one of them.

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
        >>> f = ColouredNoise(rb.EIF(), sigma=5.0, tau_s=5.0)
        >>> to_mean, to_noise, power = f.fluctuations([0.0, 100.0], I=12.0)
        """
        hertz, density = self._at(frequencies, I)
        smoothed = self._smoothed(density)
        if len(smoothed) > 1:
            return (*self._responses(hertz, smoothed), self._powers(hertz, density))
        responses, power = density.fluctuations(_omega(hertz))
        return tuple(one.reshape(hertz.shape) / PER_MS for one in (*responses, power))

    def _at(self, frequencies: npt.ArrayLike, I: float) -> tuple[np.ndarray, ColouredDensity]:  # noqa: E741
        """Return frequencies in Hz and the density at a mean input."""
        hertz = checks.reals("frequencies", frequencies, low=-_MAX_FREQUENCY, high=_MAX_FREQUENCY)
        return hertz, density_of(self, float(inputs(checks.number("I", I, unit="mV"))))

    @staticmethod
    def _powers(hertz: np.ndarray, density: ColouredDensity) -> np.ndarray:
        return density.spectrum(_omega(hertz)).reshape(hertz.shape) / PER_MS

    @staticmethod
    def _responses(hertz: np.ndarray, smoothed: list[tuple[float, ColouredDensity]]) -> tuple[np.ndarray, ...]:
        settle([density for _, density in smoothed])
        found = np.sum([w * density.response(_omega(hertz)) for w, density in smoothed], axis=0)
        return tuple(one.reshape(hertz.shape) / PER_MS for one in found)

    def _smoothed(self, density: ColouredDensity) -> list[tuple[float, ColouredDensity]]:
        """Return densities whose responses add up to those at the mean input of `density`, and their weights.

        In a boundary layer the rate has a kink wherever a node passes the current that holds the neuron at V_th. The
        rate hardly shows it, but its slope jumps by up to 15 % in noise that is not fast.
        """
        fast = self.tau_s <= _FAST_LAYER * self.membrane.tau_m
        distance = 0.0 if self.nodes or fast else density.distance_of_nodes
        if distance == 0:
            return [(1.0, density)]
        means = density.mean + distance * _SHIFTS
        return [(float(w), self._with_nodes(float(x), _WITH_LAYER)) for w, x in zip(_WEIGHTS, means, strict=True)]

    def _taken(self) -> Membrane:
        """Return the membrane of the neuron."""
        return as_membrane(self.neuron)

    @property
    def _relaxation(self) -> float:
        """Time in which the membrane forgets, ms."""
        return self.membrane.tau_m

    def _density(self, mean: float) -> ColouredDensity:
        slowness = self.tau_s / self._relaxation
        upstroke = _WITH_UPSTROKE if slowness <= 1 else _WITH_SLOW_UPSTROKE
        if slowness <= _FASTEST:
            upstroke = _NEARLY_WHITE
        density = self._with_nodes(mean, self.nodes or upstroke)
        if self.nodes or density.carried:
            return density
        return self._with_nodes(mean, _WITH_LAYER if slowness <= 2 else _WITH_SLOW_LAYER)

    def _with_nodes(self, mean: float, nodes: int) -> ColouredDensity:
        return ColouredDensity(self.membrane, mean, self.sigma, self.tau_s, self.skewness, self.kurtosis, nodes)


def density_of(curve: ColouredNoise, mean: float) -> ColouredDensity:
    """Return the density at a mean input, mV, which is solved once: the curve keeps the last one."""
    last = curve.__dict__.get("_last")
    if last is None or last.mean != mean:
        last = curve.__dict__["_last"] = curve._density(mean)
    return last


def _omega(hertz: np.ndarray) -> np.ndarray:
    """Return angular frequencies, 1/ms, one after the other."""
    return np.asarray(2 * np.pi * PER_MS * hertz.ravel())
