"""Phase oscillators: the quadratic integrate-and-fire neuron as a phase, its response curves and pairs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states


@dataclass(frozen=True)
class QuadraticNeuron:
    """V' = V² + I, dimensionless, from V = −∞ to +∞ and back: the quadratic integrate-and-fire neuron.

    For I > 0 it fires with period T_p = π/√I, and its phase φ' = 1 (mod T_p) is V = −√I cot(√I φ).

    Attributes
    ----------
    I : float

    Examples
    --------
    >>> round(QuadraticNeuron(I=4).period, 6)
    1.570796
    """

    I: float = 4.0  # noqa: E741
    names: ClassVar = ("V",)

    def __post_init__(self) -> None:
        checks.field(self, "I")

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return V', shape of `u` (1,) or (1, m)."""
        return as_states("u", u, 1) ** 2 + self.I

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return 2V, shape (1, 1)."""
        return np.array([[2 * as_state("u", u, 1)[0]]])

    @property
    def _root(self) -> float:
        return float(np.sqrt(checks.number("I", self.I, above=0)))

    @property
    def period(self) -> float:
        """Interspike interval T_p = π/√I; needs I > 0."""
        return float(np.pi / self._root)

    def voltage(self, phase: npt.ArrayLike) -> np.ndarray:
        """Return V at `phase` in (0, T_p)."""
        with np.errstate(divide="ignore"):  # a spike is at phase 0, where V = −∞
            return -self._root / np.tan(self._root * checks.array("phase", phase))

    def phase(self, V: npt.ArrayLike) -> np.ndarray:
        """Return the phase in [0, T_p] at which the neuron passes `V`."""
        return (np.pi / 2 + np.arctan(checks.array("V", V, finite=False) / self._root)) / self._root

    def response(self, phase: npt.ArrayLike, kick: float | None = None) -> np.ndarray:
        """Return the phase response: how far a kick V → V + a at `phase` advances the phase.

        Parameters
        ----------
        phase : array_like
            In [0, T_p].
        kick : float, optional
            The kick a. Default: the infinitesimal response sin²(√I φ)/I, the limit of response/a.

        Returns
        -------
        ndarray
            Shape of `phase`.

        Examples
        --------
        >>> QuadraticNeuron(I=4).response(np.pi / 4, kick=1).round(6)
        np.float64(0.231824)
        """
        at = checks.array("phase", phase)
        if kick is None:
            return np.sin(self._root * at) ** 2 / self.I
        a = checks.number("kick", kick)
        # arccot(cot(x) − a/√I) as the angle of a vector, so that the ends of the period need no special case.
        sin, cos = np.sin(self._root * at), np.cos(self._root * at)
        return np.arctan2(sin, cos - a / self._root * sin) / self._root - at


def driven_phases(neuron: QuadraticNeuron, kick: float, phase: float, n: int) -> np.ndarray:
    """Iterate φ ← φ + G_a(φ): the phase of a neuron at the spikes of an identical one that kicks it by a.

    Parameters
    ----------
    neuron : QuadraticNeuron
    kick : float
        The weight a of the connection.
    phase : float
        Phase of the driven neuron just before the first spike, in [0, T_p].
    n : int
        Number of spikes.

    Returns
    -------
    ndarray, shape (n + 1,)
        Phases just before each spike; for a > 0 they creep up to T_p, which is synchrony.

    Examples
    --------
    >>> driven_phases(QuadraticNeuron(I=4), 1.0, np.pi / 4, 1).round(4)
    array([0.7854, 1.0172])
    """
    neuron = checks.instance("neuron", neuron, QuadraticNeuron, "a QuadraticNeuron")
    n = checks.integer("n", n, low=0)
    checks.memory("n", 40 * n)
    phases = [checks.number("phase", phase, low=0, high=neuron.period)]
    for _ in range(n):
        phases.append(phases[-1] + float(neuron.response(phases[-1], kick)))
    return np.array(phases)
