"""The networks, once for all simulators: parameters (ms, mV, Hz; nS, pF, pA with conductances) and initial values,
uniform between two bounds.

Networks of 4/5 excitatory ("e") and 1/5 inhibitory ("i") neurons; dt is 0.1 ms and so is the delay, unless given.
"""

import numpy as np

DT = 0.1

#: The textbook's EIF network: in-degrees and time constants by source, weights (mV·ms) by target and source.
CORTEX = {
    "neuron": {"tau_m": 10.0, "E_L": -72.0, "V_T": -55.0, "D": 2.0, "V_th": 0.0, "V_re": -72.0},
    "in_degrees": {"x": 160, "e": 160, "i": 40},
    "tau": {"x": 8.0, "e": 6.0, "i": 4.0},
    "weights": {
        ("e", "x"): 30.0,
        ("i", "x"): 20.0,
        ("e", "e"): 12.0,
        ("e", "i"): -45.0,
        ("i", "e"): 35.0,
        ("i", "i"): -70.0,
    },
    "rate_x": 5.0,
    "V": (-72.0, -55.0),
}

#: Vogels–Abbott, current-based; weights are jumps in pA.
CUBA = {
    "neuron": {"C_m": 200.0, "g_L": 10.0, "E_L": -49.0, "V_th": -50.0, "V_re": -60.0, "t_ref": 5.0},
    "tau": {"e": 5.0, "i": 10.0},
    "weights": {"e": 16.2, "i": -90.0},
    "in_degree": 80,
    "V": (-60.0, -50.0),
}

#: Vogels–Abbott, conductance-based; weights are jumps in nS.
COBA = {
    "neuron": {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_re": -60.0, "t_ref": 5.0},
    "reversal": {"e": 0.0, "i": -80.0},
    "tau": {"e": 5.0, "i": 10.0},
    "weights": {"e": 6.0, "i": 67.0},
    "in_degree": 80,
    "V": (-65.0, -55.0),
    "g": {"e": (0.0, 20.0), "i": (0.0, 100.0)},
}

#: The same with Hodgkin–Huxley neurons of Traub and Miles.
COBAHH = {
    **COBA,
    "neuron": {
        "C_m": 200.0,
        "g_Na": 20000.0,
        "g_K": 6000.0,
        "g_L": 10.0,
        "E_Na": 50.0,
        "E_K": -90.0,
        "E_L": -60.0,
        "V_T": -63.0,
        "V_th": -20.0,
        "t_ref": 3.0,
    },
}

#: The same with adaptive exponential neurons.
ADEX = {
    **COBA,
    "neuron": {
        "tau_m": 20.0,
        "E_L": -60.0,
        "V_T": -50.0,
        "D": 2.0,
        "tau_w": 100.0,
        "a": 1.0,
        "b": 10.0,
        "V_th": -40.0,
        "V_re": -60.0,
        "t_ref": 5.0,
        "g_L": 10.0,
    },
}

#: Brunel at panel C (g 5, eta 2); weights are jumps of V in mV. In-degrees are a tenth of the populations.
BRUNEL = {
    "neuron": {"tau_m": 20.0, "E_L": 0.0, "V_th": 20.0, "V_re": 10.0, "t_ref": 2.0},
    "J": 0.1,
    "g": 5.0,
    "eta": 2.0,
    "share": 0.1,
    "delay": 1.5,
    "V": (0.0, 20.0),
}

#: Inhibitory plasticity; weights are jumps in nS, those from i to e are plastic and start at 0.
VOGELS2011 = {
    "neuron": {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_re": -60.0, "t_ref": 5.0, "I": 200.0},
    "reversal": {"e": 0.0, "i": -80.0},
    "tau": {"e": 5.0, "i": 10.0},
    "weights": {"e": 0.3, "ii": 3.0},
    "p": 0.02,
    "plasticity": {"tau": 20.0, "eta": 0.01, "rate": 3.0, "w_max": 100.0},
    "V": (-60.0, -50.0),
}


def sizes(neurons):
    """Return how many neurons are excitatory and how many inhibitory."""
    n_e = neurons * 4 // 5
    return {"e": n_e, "i": neurons - n_e}


def draw(bounds, n, random):
    """Return `n` uniform initial values."""
    return random.uniform(*bounds, n)


def random_state(seed):
    """Return the generator of initial values."""
    return np.random.default_rng(seed)
