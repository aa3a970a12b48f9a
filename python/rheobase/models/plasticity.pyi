"""Plasticity rules; written by tools/write_stubs.py."""

from typing import Any, ClassVar

from rheobase import _engine
from rheobase.models.registry import Model

class Plasticity(Model):
    rule: ClassVar[_engine.PlasticityRule]
    def __init__(self, **parameters: float) -> None: ...
    @staticmethod
    def named(name: str, **parameters: Any) -> Plasticity: ...

RULES: dict[str, type[Plasticity]]

class InhibitorySTDP(Plasticity):
    def __init__(self, *, epsilon: float = 50.0, tau_y: float = 150.0, r_0: float = 5.0, w_min: float = -1000000000.0, w_max: float = 0.0) -> None: ...

class VogelsSTDP(Plasticity):
    def __init__(self, *, eta: float = 0.01, tau: float = 20.0, rho_0: float = 3.0, w_min: float = 0.0, w_max: float = 100.0) -> None: ...

class PairSTDP(Plasticity):
    def __init__(self, *, A_plus: float = 0.01, A_minus: float = 0.0105, tau_plus: float = 20.0, tau_minus: float = 20.0, mu: float = 0.0, w_min: float = 0.0, w_max: float = 1.0) -> None: ...

class TripletSTDP(Plasticity):
    def __init__(self, *, A2_plus: float = 5e-10, A3_plus: float = 0.0062, A2_minus: float = 0.007, A3_minus: float = 0.00023, tau_plus: float = 16.8, tau_x: float = 101.0, tau_minus: float = 33.7, tau_y: float = 125.0, w_min: float = 0.0, w_max: float = 1.0) -> None: ...

class TsodyksMarkram(Plasticity):
    def __init__(self, *, U: float = 0.5, tau_rec: float = 800.0, tau_facil: float = 0.0, w_min: float = -1000000000.0, w_max: float = 1000000000.0) -> None: ...
