"""The f–I curve without noise, exactly: closed forms for leaky and quadratic neurons, quadrature for all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, as_membrane, inputs
from rheobase.units import PER_MS


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

    def _moments(self, I: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
        """Return the interval, and τ_m ∫ dV/(F + I)², which is minus its derivative."""
        m: Membrane = self.__dict__["_membrane"]
        mean = inputs(I)
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
