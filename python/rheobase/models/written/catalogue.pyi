"""Classes that are made from tables or texts; written by tools/write_stubs.py."""

from rheobase.models.distributions import Value
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.synapses import Synapse

NEURONS: dict[str, type[Neuron]]
SYNAPSES: dict[str, type[Synapse]]
PLASTICITY: dict[str, type[Plasticity]]

__all__ = [
    "GIF",
    "GLIF",
    "Neuromodulator",
    "ClopathSTDP",
    "RewardSTDP",
    "GraupnerBrunel",
]

class GIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 15.0,
        E_L: Value = -72.0,
        g_L: Value = 1.0,
        V_T: Value = -55.0,
        D: Value = 2.0,
        lambda_0: Value = 0.1,
        V_re: Value = -65.0,
        t_ref: Value = 2.0,
        tau_eta_1: Value = 10.0,
        tau_eta_2: Value = 100.0,
        q_eta_1: Value = 5.0,
        q_eta_2: Value = 1.0,
        tau_gamma_1: Value = 10.0,
        tau_gamma_2: Value = 200.0,
        q_gamma_1: Value = 5.0,
        q_gamma_2: Value = 1.0,
        I_x: Value = 0.0,
        method: str | None = 'exponential_midpoint',
    ) -> None: ...

class GLIF(Neuron):
    def __init__(
        self,
        *,
        tau_m: Value = 6.2,
        E_L: Value = -78.85,
        g_L: Value = 9.43,
        V_th: Value = -51.68,
        t_ref: Value = 3.8,
        f_V: Value = 0.2,
        delta_V: Value = 18.51,
        tau_theta: Value = 111.0,
        delta_theta: Value = 0.37,
        a_V: Value = 0.005,
        tau_V: Value = 11.1,
        tau_1: Value = 333.0,
        tau_2: Value = 10.0,
        f_1: Value = 1.0,
        f_2: Value = 1.0,
        delta_1: Value = -9.18,
        delta_2: Value = -198.94,
        I_x: Value = 0.0,
        method: str | None = 'exponential_midpoint',
    ) -> None: ...

class Neuromodulator(Synapse):
    def __init__(
        self,
        *,
        tau: float = 200.0,
        reversal: float | None = None,
        label: str | None = None,
    ) -> None: ...

class ClopathSTDP(Plasticity):
    def __init__(
        self,
        *,
        A_LTD: float = 0.00014,
        A_LTP: float = 8e-05,
        theta_minus: float = -70.6,
        theta_plus: float = -45.3,
        tau_x: float = 15.0,
        tau_minus: float = 10.0,
        tau_plus: float = 7.0,
        V_spike: float = 33.0,
        t_spike: float = 2.0,
        w_min: float = 0.0,
        w_max: float = 1.0,
    ) -> None: ...

class RewardSTDP(Plasticity):
    def __init__(
        self,
        *,
        A_plus: float = 0.01,
        A_minus: float = 0.015,
        tau_plus: float = 20.0,
        tau_minus: float = 20.0,
        tau_c: float = 1000.0,
        d_0: float = 0.002,
        w_min: float = 0.0,
        w_max: float = 4.0,
    ) -> None: ...

class GraupnerBrunel(Plasticity):
    def __init__(
        self,
        *,
        tau_Ca: float = 20.0,
        C_arrival: float = 1.0,
        C_spike: float = 2.0,
        theta_d: float = 1.0,
        theta_p: float = 1.3,
        gamma_d: float = 200.0,
        gamma_p: float = 321.808,
        tau: float = 150000.0,
        sigma: float = 0.0,
        rho_star: float = 0.5,
        w_min: float = 0.0,
        w_max: float = 1.0,
    ) -> None: ...
