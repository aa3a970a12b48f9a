"""Neuron models; written by tools/write_stubs.py."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import _engine
from rheobase.models.distributions import Distribution
from rheobase.models.host import Host
from rheobase.models.registry import Model

class Neuron(Model):
    model: ClassVar[_engine.NeuronModel]
    method: str
    I_x: Any
    def __init__(self, *, I_x: float | npt.ArrayLike | Distribution = 0.0, method: str | None = None, **parameters: Any) -> None: ...
    @staticmethod
    def named(name: str, **parameters: Any) -> Neuron: ...
    def _enter(self, host: Host, n: int) -> int: ...
    def _check(self, values: dict[str, np.ndarray], dt: float) -> None: ...
    def origin(self, variable: str) -> str: ...
    def _add(self, host: Host, n: int, values: list[np.ndarray]) -> int: ...
    def replaced(self, name: str, value: Any) -> Neuron: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    def field(self, u: npt.ArrayLike) -> np.ndarray: ...
    def _repr_html_(self) -> str: ...

def value_of(name: str, value: Any, info: _engine.ParameterInfo | None) -> Any: ...

MODELS: dict[str, type[Neuron]]

class LIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 10.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        V_th: float | npt.ArrayLike | Distribution = -55.0,
        V_re: float | npt.ArrayLike | Distribution = -75.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exact",
    ) -> None: ...

class EIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 15.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        V_T: float | npt.ArrayLike | Distribution = -55.0,
        D: float | npt.ArrayLike | Distribution = 2.0,
        V_th: float | npt.ArrayLike | Distribution = 5.0,
        V_re: float | npt.ArrayLike | Distribution = -75.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "etd2",
    ) -> None: ...

class LeakyIntegrator(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 15.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exact",
    ) -> None: ...

class QIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 15.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        V_T: float | npt.ArrayLike | Distribution = -55.0,
        D: float | npt.ArrayLike | Distribution = 2.0,
        V_th: float | npt.ArrayLike | Distribution = 5.0,
        V_re: float | npt.ArrayLike | Distribution = -75.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exact",
    ) -> None: ...

class AdEx(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 15.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        V_T: float | npt.ArrayLike | Distribution = -55.0,
        D: float | npt.ArrayLike | Distribution = 2.0,
        tau_w: float | npt.ArrayLike | Distribution = 400.0,
        a: float | npt.ArrayLike | Distribution = 0.1,
        b: float | npt.ArrayLike | Distribution = 0.75,
        V_th: float | npt.ArrayLike | Distribution = 5.0,
        V_re: float | npt.ArrayLike | Distribution = -75.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "etd2",
    ) -> None: ...

class Izhikevich(Neuron):
    def __init__(
        self,
        *,
        a: float | npt.ArrayLike | Distribution = 0.02,
        b: float | npt.ArrayLike | Distribution = 0.2,
        c: float | npt.ArrayLike | Distribution = -65.0,
        d: float | npt.ArrayLike | Distribution = 8.0,
        V_th: float | npt.ArrayLike | Distribution = 30.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "rk4",
    ) -> None: ...

class HodgkinHuxley(Neuron):
    def __init__(
        self,
        *,
        C_m: float | npt.ArrayLike | Distribution = 1.0,
        g_L: float | npt.ArrayLike | Distribution = 0.3,
        g_K: float | npt.ArrayLike | Distribution = 36.0,
        g_Na: float | npt.ArrayLike | Distribution = 120.0,
        E_L: float | npt.ArrayLike | Distribution = -54.387,
        E_K: float | npt.ArrayLike | Distribution = -77.0,
        E_Na: float | npt.ArrayLike | Distribution = 50.0,
        V_th: float | npt.ArrayLike | Distribution = 0.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exponential_euler",
    ) -> None: ...

class TraubMiles(Neuron):
    def __init__(
        self,
        *,
        C_m: float | npt.ArrayLike | Distribution = 200.0,
        g_L: float | npt.ArrayLike | Distribution = 10.0,
        g_K: float | npt.ArrayLike | Distribution = 6000.0,
        g_Na: float | npt.ArrayLike | Distribution = 20000.0,
        E_L: float | npt.ArrayLike | Distribution = -60.0,
        E_K: float | npt.ArrayLike | Distribution = -90.0,
        E_Na: float | npt.ArrayLike | Distribution = 50.0,
        V_T: float | npt.ArrayLike | Distribution = -63.0,
        V_th: float | npt.ArrayLike | Distribution = -20.0,
        t_ref: float | npt.ArrayLike | Distribution = 3.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exponential_euler",
    ) -> None: ...

class MorrisLecar(Neuron):
    def __init__(
        self,
        *,
        C_m: float | npt.ArrayLike | Distribution = 20.0,
        g_L: float | npt.ArrayLike | Distribution = 2.0,
        g_Ca: float | npt.ArrayLike | Distribution = 4.4,
        g_K: float | npt.ArrayLike | Distribution = 8.0,
        E_L: float | npt.ArrayLike | Distribution = -60.0,
        E_Ca: float | npt.ArrayLike | Distribution = 120.0,
        E_K: float | npt.ArrayLike | Distribution = -84.0,
        V1: float | npt.ArrayLike | Distribution = -1.2,
        V2: float | npt.ArrayLike | Distribution = 18.0,
        V3: float | npt.ArrayLike | Distribution = 2.0,
        V4: float | npt.ArrayLike | Distribution = 30.0,
        phi: float | npt.ArrayLike | Distribution = 0.04,
        V_th: float | npt.ArrayLike | Distribution = 0.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exponential_euler",
    ) -> None: ...

class FitzHughNagumo(Neuron):
    def __init__(
        self,
        *,
        a: float | npt.ArrayLike | Distribution = 0.7,
        b: float | npt.ArrayLike | Distribution = 0.8,
        tau: float | npt.ArrayLike | Distribution = 12.5,
        V_th: float | npt.ArrayLike | Distribution = 0.5,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "rk4",
    ) -> None: ...

class ThetaNeuron(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exact",
    ) -> None: ...

class Binary(Neuron):
    def __init__(
        self,
        *,
        theta: float | npt.ArrayLike | Distribution = 1.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "exact",
    ) -> None: ...

class EIFChR(Neuron):
    def __init__(
        self,
        *,
        tau_m: float | npt.ArrayLike | Distribution = 15.0,
        E_L: float | npt.ArrayLike | Distribution = -72.0,
        V_T: float | npt.ArrayLike | Distribution = -55.0,
        D: float | npt.ArrayLike | Distribution = 2.0,
        V_th: float | npt.ArrayLike | Distribution = 5.0,
        V_re: float | npt.ArrayLike | Distribution = -75.0,
        t_ref: float | npt.ArrayLike | Distribution = 0.0,
        g_L: float | npt.ArrayLike | Distribution = 1.0,
        g_ChR: float | npt.ArrayLike | Distribution = 0.2,
        E_ChR: float | npt.ArrayLike | Distribution = 50.0,
        tau_ChR: float | npt.ArrayLike | Distribution = 2.0,
        I_x: float | npt.ArrayLike | Distribution = 0.0,
        method: str | None = "etd2",
    ) -> None: ...
