"""Classes that are made from tables or texts; written by tools/write_stubs.py."""

from rheobase.models.distributions import Value
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.synapses import Synapse

NEURONS: dict[str, type[Neuron]]
SYNAPSES: dict[str, type[Synapse]]
PLASTICITY: dict[str, type[Plasticity]]

__all__ = [
    "LIF",
    "EIF",
    "LeakyIntegrator",
    "QIF",
    "AdEx",
    "Izhikevich",
    "HodgkinHuxley",
    "TraubMiles",
    "MorrisLecar",
    "FitzHughNagumo",
    "ThetaNeuron",
    "Binary",
    "EIFChR",
    "Delta",
    "Exponential",
    "Alpha",
    "DifferenceOfExponentials",
    "InhibitorySTDP",
    "VogelsSTDP",
    "PairSTDP",
    "TripletSTDP",
    "TsodyksMarkram",
]

class LIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 10.0,
        E_L: Value = -72.0,
        V_th: Value = -55.0,
        V_re: Value = -75.0,
        t_ref: Value = 0.0,
        g_L: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exact',
    ) -> None: ...

class EIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        V_T: Value = -55.0,
        D: Value = 2.0,
        V_th: Value = 5.0,
        V_re: Value = -75.0,
        t_ref: Value = 0.0,
        g_L: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'etd2',
    ) -> None: ...

class LeakyIntegrator(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        g_L: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exact',
    ) -> None: ...

class QIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        V_T: Value = -55.0,
        D: Value = 2.0,
        V_th: Value = 5.0,
        V_re: Value = -75.0,
        t_ref: Value = 0.0,
        g_L: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exact',
    ) -> None: ...

class AdEx(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        V_T: Value = -55.0,
        D: Value = 2.0,
        tau_w: Value = 400.0,
        a: Value = 0.1,
        b: Value = 0.75,
        V_th: Value = 5.0,
        V_re: Value = -75.0,
        t_ref: Value = 0.0,
        g_L: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'etd2',
    ) -> None: ...

class Izhikevich(Neuron):
    def __init__(
        self,
        *,
        a: Value = 0.02,
        b: Value = 0.2,
        c: Value = -65.0,
        d: Value = 8.0,
        V_th: Value = 30.0,
        I_x: Value = 0.0,
        method: str | None = 'rk4',
    ) -> None: ...

class HodgkinHuxley(Neuron):
    def __init__(
        self,
        *,
        C_m: Value = 1.0,
        g_L: Value = 0.3,
        g_K: Value = 36.0,
        g_Na: Value = 120.0,
        E_L: Value = -54.387,
        E_K: Value = -77.0,
        E_Na: Value = 50.0,
        V_th: Value = 0.0,
        t_ref: Value = 0.0,
        I_x: Value = 0.0,
        method: str | None = 'exponential_midpoint',
    ) -> None: ...

class TraubMiles(Neuron):
    def __init__(
        self,
        *,
        C_m: Value = 200.0,
        g_L: Value = 10.0,
        g_K: Value = 6000.0,
        g_Na: Value = 20000.0,
        E_L: Value = -60.0,
        E_K: Value = -90.0,
        E_Na: Value = 50.0,
        V_T: Value = -63.0,
        V_th: Value = -20.0,
        t_ref: Value = 3.0,
        I_x: Value = 0.0,
        method: str | None = 'exponential_midpoint',
    ) -> None: ...

class MorrisLecar(Neuron):
    def __init__(
        self,
        *,
        C_m: Value = 20.0,
        g_L: Value = 2.0,
        g_Ca: Value = 4.4,
        g_K: Value = 8.0,
        E_L: Value = -60.0,
        E_Ca: Value = 120.0,
        E_K: Value = -84.0,
        V1: Value = -1.2,
        V2: Value = 18.0,
        V3: Value = 2.0,
        V4: Value = 30.0,
        phi: Value = 0.04,
        V_th: Value = 0.0,
        I_x: Value = 0.0,
        method: str | None = 'exponential_euler',
    ) -> None: ...

class FitzHughNagumo(Neuron):
    def __init__(
        self,
        *,
        a: Value = 0.7,
        b: Value = 0.8,
        tau: Value = 12.5,
        V_th: Value = 0.5,
        I_x: Value = 0.0,
        method: str | None = 'rk4',
    ) -> None: ...

class ThetaNeuron(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exact',
    ) -> None: ...

class Binary(Neuron):
    def __init__(
        self,
        *,
        theta: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exact',
    ) -> None: ...

class EIFChR(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        V_T: Value = -55.0,
        D: Value = 2.0,
        V_th: Value = 5.0,
        V_re: Value = -75.0,
        t_ref: Value = 0.0,
        g_L: Value = 1.0,
        g_ChR: Value = 0.2,
        E_ChR: Value = 50.0,
        tau_ChR: Value = 2.0,
        I_x: Value = 0.0,
        method: str | None = 'etd2',
    ) -> None: ...

class Delta(Synapse):
    def __init__(
        self,
        *,
        reversal: float | None = None,
        norm: str | None = None,
        label: str | None = None,
    ) -> None: ...

class Exponential(Synapse):
    def __init__(
        self,
        *,
        tau: float = 5.0,
        reversal: float | None = None,
        norm: str | None = None,
        label: str | None = None,
    ) -> None: ...

class Alpha(Synapse):
    def __init__(
        self,
        *,
        tau: float = 2.0,
        reversal: float | None = None,
        norm: str | None = None,
        label: str | None = None,
    ) -> None: ...

class DifferenceOfExponentials(Synapse):
    def __init__(
        self,
        *,
        tau_rise: float = 0.5,
        tau_decay: float = 4.0,
        reversal: float | None = None,
        norm: str | None = None,
        label: str | None = None,
    ) -> None: ...

class InhibitorySTDP(Plasticity):
    def __init__(
        self,
        *,
        epsilon: float = 50.0,
        tau_y: float = 150.0,
        r_0: float = 5.0,
        w_min: float = -1000000000.0,
        w_max: float = 0.0,
    ) -> None: ...

class VogelsSTDP(Plasticity):
    def __init__(
        self,
        *,
        eta: float = 0.01,
        tau: float = 20.0,
        rho_0: float = 3.0,
        w_min: float = 0.0,
        w_max: float = 100.0,
    ) -> None: ...

class PairSTDP(Plasticity):
    def __init__(
        self,
        *,
        A_plus: float = 0.01,
        A_minus: float = 0.0105,
        tau_plus: float = 20.0,
        tau_minus: float = 20.0,
        mu: float = 0.0,
        w_min: float = 0.0,
        w_max: float = 1.0,
    ) -> None: ...

class TripletSTDP(Plasticity):
    def __init__(
        self,
        *,
        A2_plus: float = 5e-10,
        A3_plus: float = 0.0062,
        A2_minus: float = 0.007,
        A3_minus: float = 0.00023,
        tau_plus: float = 16.8,
        tau_x: float = 101.0,
        tau_minus: float = 33.7,
        tau_y: float = 125.0,
        w_min: float = 0.0,
        w_max: float = 1.0,
    ) -> None: ...

class TsodyksMarkram(Plasticity):
    def __init__(
        self,
        *,
        U: Value = 0.5,
        tau_rec: Value = 800.0,
        tau_facil: Value = 0.0,
        w_min: Value = -1000000000.0,
        w_max: Value = 1000000000.0,
    ) -> None: ...
