"""Neuron models; written by tests/package/write_stubs.py."""

from typing import Any, ClassVar

import numpy.typing as npt

from rheobase import _engine
from rheobase.distributions import Distribution

class Neuron:
    model: ClassVar[_engine.NeuronModel]
    method: str
    I_x: Any
    parameters: dict[str, Any]
    def __init__(self, *, I_x: float | npt.ArrayLike | Distribution = 0.0, method: str | None = None, **parameters: Any) -> None: ...
    @staticmethod
    def named(name: str, **parameters: Any) -> Neuron: ...
    def __getattr__(self, name: str) -> Any: ...
    def _repr_html_(self) -> str: ...

def check_order(lesser: str, a: Any, greater: str, b: Any) -> None: ...
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
