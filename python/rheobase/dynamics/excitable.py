"""Excitable planar neurons: FitzHugh–Nagumo and Morris–Lecar."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class FitzHughNagumo:
    """v' = v − v³/3 − w + I, w' = (v + a − b w)/τ, dimensionless (FitzHugh 1961; Nagumo et al. 1962).

    Attributes
    ----------
    I : float
        Input.
    a, b, tau : float
        Standard values 0.7, 0.8, 12.5; Hopf points at v = ∓√(1 − b/τ), I = 0.331281 and 1.418719.

    Examples
    --------
    >>> FitzHughNagumo(I=0.5).field(np.array([0.0, 0.0]))
    array([0.5  , 0.056])
    """

    I: float = 0.0  # noqa: E741
    a: float = 0.7
    b: float = 0.8
    tau: float = 12.5
    names: ClassVar = ("v", "w")

    def field(self, u: np.ndarray) -> np.ndarray:
        """Return (v', w'), shape of `u` (2,) or (2, m)."""
        v, w = u
        return np.stack([v - v**3 / 3 - w + self.I, (v + self.a - self.b * w) / self.tau])

    def jacobian(self, u: np.ndarray) -> np.ndarray:
        """Return the Jacobian, shape (2, 2)."""
        return np.array([[1 - u[0] ** 2, -1.0], [1 / self.tau, -self.b / self.tau]])


@dataclass(frozen=True)
class MorrisLecar:
    """The Morris–Lecar neuron (1981), in the sets of Rinzel and Ermentrout: V in mV, w dimensionless, time in ms.

    C V' = I − g_L (V − E_L) − g_Ca m_∞(V) (V − E_Ca) − g_K w (V − E_K), w' = φ (w_∞(V) − w)/τ_w(V), with
    m_∞ = ½[1 + tanh((V − V1)/V2)], w_∞ = ½[1 + tanh((V − V3)/V4)], τ_w = 1/cosh((V − V3)/(2 V4)). The defaults are the
    Hopf set; `snlc` and `homoclinic` make the others.

    Attributes
    ----------
    I : float
        Input, µA/cm².
    C : float
        Capacitance, µF/cm².
    g_L, g_Ca, g_K : float
        Conductances, mS/cm².
    E_L, E_Ca, E_K, V1, V2, V3, V4 : float
        Voltages, mV.
    phi : float
        Rate of w, 1/ms.

    Examples
    --------
    >>> MorrisLecar().field(np.array([-60.86, 0.01491])).round(3)
    array([0.001, 0.   ])
    """

    I: float = 0.0  # noqa: E741
    C: float = 20.0
    g_L: float = 2.0
    g_Ca: float = 4.4
    g_K: float = 8.0
    E_L: float = -60.0
    E_Ca: float = 120.0
    E_K: float = -84.0
    V1: float = -1.2
    V2: float = 18.0
    V3: float = 2.0
    V4: float = 30.0
    phi: float = 0.04
    names: ClassVar = ("V", "w")

    @classmethod
    def snlc(cls, I: float = 0.0) -> "MorrisLecar":  # noqa: E741
        """Return the set with a saddle-node on a limit cycle (class I excitability) at I = 39.963."""
        return cls(I=I, g_Ca=4.0, V3=12.0, V4=17.4, phi=1 / 15)

    @classmethod
    def homoclinic(cls, I: float = 0.0) -> "MorrisLecar":  # noqa: E741
        """Return the set in which cycles end at a homoclinic orbit: that of `snlc` with φ = 0.23."""
        return cls(I=I, g_Ca=4.0, V3=12.0, V4=17.4, phi=0.23)

    def field(self, u: np.ndarray) -> np.ndarray:
        """Return (V', w'), shape of `u` (2,) or (2, m)."""
        V, w = u
        m = (1 + np.tanh((V - self.V1) / self.V2)) / 2
        w_inf = (1 + np.tanh((V - self.V3) / self.V4)) / 2
        current = self.I - self.g_L * (V - self.E_L) - self.g_Ca * m * (V - self.E_Ca) - self.g_K * w * (V - self.E_K)
        return np.stack([current / self.C, self.phi * (w_inf - w) * np.cosh((V - self.V3) / (2 * self.V4))])

    def jacobian(self, u: np.ndarray) -> np.ndarray:
        """Return the Jacobian, shape (2, 2)."""
        V, w = u
        m = (1 + np.tanh((V - self.V1) / self.V2)) / 2
        dm = 2 * m * (1 - m) / self.V2
        w_inf = (1 + np.tanh((V - self.V3) / self.V4)) / 2
        dw_inf = 2 * w_inf * (1 - w_inf) / self.V4
        half = (V - self.V3) / (2 * self.V4)
        dV = (-self.g_L - self.g_Ca * (m + dm * (V - self.E_Ca)) - self.g_K * w) / self.C
        relax = self.phi * (dw_inf * np.cosh(half) + (w_inf - w) * np.sinh(half) / (2 * self.V4))
        return np.array([[dV, -self.g_K * (V - self.E_K) / self.C], [relax, -self.phi * np.cosh(half)]])
