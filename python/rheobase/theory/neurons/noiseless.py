"""The f–I curve without noise, exactly: closed forms for leaky and quadratic neurons, quadrature for all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, as_membrane, inputs
from rheobase.units import PER_MS

#: Frequency, Hz, up to which a response is asked for.
_MAX_FREQUENCY = 1e6

#: Phase that a modulation passes in an interval below which it is slow.
_SLOW = 1e-6


@cache
def _quadrature() -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss and Legendre on [-1, 1].

    At the first use: what makes them keeps threads of BLAS spinning, which an import must not.
    """
    return np.polynomial.legendre.leggauss(400)


@dataclass(frozen=True)
class Noiseless:
    """f–I curve of an integrate-and-fire neuron in steady input: 1/(t_ref + τ_m ∫ dV/(F(V) + I)) (Ex. 1.2.2).

    The integral from reset to threshold is done by Gauss–Legendre quadrature. Near the threshold current all time
    passes in the bottleneck at the minimum of F, V_T; with V = V_T + w sinh s, w = √(2 (F + I)/F'') there, the
    integrand is smooth however narrow it gets.

    Attributes
    ----------
    neuron : Neuron or Membrane
        ``rb.LIF``, ``rb.EIF``, ``rb.QIF``, or any `Membrane`.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model.

    Examples
    --------
    >>> Noiseless(rb.EIF(tau_m=15))([15.0, 16.0, 20.0]).round(3)
    array([ 0.   , 10.42 , 25.506])
    """

    neuron: Neuron | Membrane

    def __post_init__(self) -> None:
        object.__setattr__(self, "_membrane", as_membrane(self.neuron))

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at input `I`, mV."""
        return 1 / (PER_MS * self.interval(I))

    def interval(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the interspike interval, ms; infinite at and below the threshold current."""
        return self._moments(I)[0]

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain, Hz/mV."""
        interval, squared = self._moments(I)
        return squared / (PER_MS * interval**2)

    def response(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the linear response to a modulated input, Hz/mV, of many neurons that are anywhere in their interval.

        With v = (F + I)/τ_m, t the time since the reset, T the interval and ω = 2πf it is
        A = iω/(T τ_m) ∫ e^{−iω (T − t_ref − t)} dt/v / (1 − e^{−iωT}), which has a pole at each multiple of the rate:
        neurons without noise never forget.

        Parameters
        ----------
        frequencies : array_like
            f, Hz.
        I : float
            Input, mV.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`
            0 where the neuron does not fire.

        Examples
        --------
        >>> abs(Noiseless(rb.EIF(tau_m=15)).response([0.0, 60.0], I=20.0)).round(2)
        array([3.12, 1.24])
        """
        return self.pushed(frequencies, I, np.ones_like)

    def pushed(
        self,
        frequencies: npt.ArrayLike,
        I: float,  # noqa: E741
        push: Callable[[np.ndarray], np.ndarray],
    ) -> np.ndarray:
        """Return the linear response to a modulation that moves a neuron more at some potentials than at others.

        Parameters
        ----------
        frequencies : array_like
            f, Hz.
        I : float
            Input, mV.
        push : callable
            From potentials, mV, to the input, mV, that a unit of what is modulated is there: E − V of a conductance.

        Returns
        -------
        ndarray of complex, of the shape of `frequencies`
            Hz.

        Examples
        --------
        >>> abs(Noiseless(rb.EIF(tau_m=15)).pushed(0.0, 20.0, lambda V: 0.0 - V)).round(1)
        np.float64(180.5)
        """
        hertz = checks.reals("frequencies", frequencies, low=-_MAX_FREQUENCY, high=_MAX_FREQUENCY)
        push = checks.function("push", push)
        mean, m = float(inputs(checks.number("I", I, unit="mV"))), self._of
        excess = mean - m.threshold_current
        if excess <= 0:
            return np.zeros(hertz.shape, dtype=complex)
        V, weight = (x[0] for x in _path(m, np.array([excess])))
        speed = (m.drift(V) + mean) / m.tau_m
        passing = weight / speed
        left = passing.sum() - np.cumsum(passing) + passing / 2
        interval, iw = m.t_ref + passing.sum(), 2j * np.pi * PER_MS * hertz[..., None]
        along = (np.exp(-iw * left) * push(V) * passing / speed).sum(axis=-1) / m.tau_m
        slow = np.abs(iw[..., 0] * interval) < _SLOW
        with np.errstate(divide="ignore", invalid="ignore"):
            again = np.where(slow, 1 / interval, iw[..., 0] / -np.expm1(-iw[..., 0] * interval))
        return np.asarray(along * again / (PER_MS * interval))

    def power_spectrum(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return the power spectrum of the spike train, Hz: lines at multiples of the rate, each spread up to the next.

        That is 0 below half the rate and the rate above.

        Parameters
        ----------
        frequencies : array_like
            Hz.
        I : float
            Input, mV.

        Returns
        -------
        ndarray, of the shape of `frequencies`
        """
        hertz, rate = checks.reals("frequencies", frequencies), float(self(checks.number("I", I, unit="mV")))
        return np.where(np.abs(hertz) < rate / 2, 0.0, rate)

    @property
    def _of(self) -> Membrane:
        return self.__dict__["_membrane"]

    def _moments(self, I: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
        """Return the interval, and τ_m ∫ dV/(F + I)², which is minus its derivative."""
        m, mean = self._of, inputs(I)
        excess = mean - m.threshold_current
        fires = excess > 0
        V, weight = _path(m, np.where(fires, excess, 1.0))
        speed = m.drift(V) + np.where(fires, mean, m.threshold_current + 1.0)[..., None]
        first = m.tau_m * (weight / speed).sum(axis=-1)
        second = m.tau_m * (weight / speed**2).sum(axis=-1)
        return np.where(fires, m.t_ref + first, np.inf), np.where(fires, second, 0.0)


def saddle_node_interval(neuron: Neuron, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
    """Return the interval near the threshold current I_th of an EIF or QIF, π τ_m √(2 D/(I − I_th)), ms.

    Parameters
    ----------
    neuron : Neuron
        ``rb.EIF`` or ``rb.QIF``.
    I : array_like
        Input, mV.

    Returns
    -------
    ndarray
        Infinite at and below the threshold current.

    Raises
    ------
    ValueError
        If the neuron has no sharpness D.

    Examples
    --------
    >>> saddle_node_interval(rb.EIF(tau_m=15), 15.01).round(2)
    np.float64(942.48)
    """
    m = as_membrane(neuron)
    if isinstance(neuron, Membrane) or m.slowest is None:
        raise ValueError(f"neuron must be an rb.EIF or rb.QIF, which spike past a saddle-node, got {neuron!r}")
    excess = inputs(I) - m.threshold_current
    with np.errstate(divide="ignore"):
        interval = np.pi * m.tau_m * np.sqrt(2 * neuron.parameters["D"] / np.maximum(excess, 0))
    return np.asarray(interval)


def _path(m: Membrane, excess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes from reset to threshold, crowded where the neuron is slow, and their weights, shape (..., nodes)."""
    if m.slowest is None:
        centre, width = m.V_th, 1e-3 * (m.V_th - m.V_re) * np.ones_like(excess)
        width = np.minimum(width, excess)
    else:
        centre, h = m.slowest, 1e-3
        curvature = (
            float(m.drift(np.asarray(centre + h)) + m.drift(np.asarray(centre - h)) - 2 * m.drift(np.asarray(centre)))
            / h**2
        )
        width = np.sqrt(2 * excess / curvature) if curvature > 0 else np.sqrt(excess)
    start, stop = np.arcsinh((m.V_re - centre) / width), np.arcsinh((m.V_th - centre) / width)
    half = (stop - start) / 2
    nodes, weights = _quadrature()
    s = ((start + stop) / 2)[..., None] + half[..., None] * nodes
    return centre + width[..., None] * np.sinh(s), half[..., None] * width[..., None] * np.cosh(s) * weights
