"""The neuron models of the library, each written once as text."""

from typing import Any

import rheobase as rb

RESET = {"threshold": "V >= V_th", "reset": "V = V_re", "refractory": "t_ref"}
#: Where V is held at the reset potential, and where an upstroke is followed no further than V_th.
HELD, CAPPED = "(unless refractory)", "min(V, V_th)"
UPSTROKE = f"D*exp(({CAPPED} - V_T)/D)"
MEMBRANE = "(-g_L*(V - E_L) - g_K*n**4*(V - E_K) - g_Na*m**3*h*(V - E_Na) + I)/C_m"
GATES = "".join(f"\nd{x}/dt = alpha_{x}*(1 - {x}) - beta_{x}*{x}" for x in "nmh")
SQUID = f"""
alpha_n = 0.1/exprel(-0.1*(V + 55))
beta_n = 0.125*exp(-0.0125*(V + 65))
alpha_m = 1/exprel(-0.1*(V + 40))
beta_m = 4*exp(-0.0556*(V + 65))
alpha_h = 0.07*exp(-0.05*(V + 65))
beta_h = 1/(1 + exp(-0.1*(V + 35)))
dV/dt = {MEMBRANE} : mV {GATES}
"""
PYRAMIDAL = f"""
v = V - V_T : mV
alpha_n = 0.16/exprel((15 - v)/5)
beta_n = 0.5*exp((10 - v)/40)
alpha_m = 1.28/exprel((13 - v)/4)
beta_m = 1.4/exprel((v - 40)/5)
alpha_h = 0.128*exp((17 - v)/18)
beta_h = 4/(1 + exp((40 - v)/5))
dV/dt = {MEMBRANE} : mV {GATES}
"""
GATES_AT_REST = {x: 0.3 for x in "nmh"}
TEXTS: dict[str, dict[str, Any]] = {
    "LeakyIntegrator": {"equations": "dV/dt = (-(V - E_L) + I/g_L)/tau_m : mV", "initial": {"V": "E_L"}},
    "LIF": {"equations": f"dV/dt = (-(V - E_L) + I/g_L)/tau_m : mV {HELD}", "initial": {"V": "E_L"}, **RESET},
    "EIF": {
        "equations": f"dV/dt = (-(V - E_L) + {UPSTROKE} + I/g_L)/tau_m : mV {HELD}",
        "initial": {"V": "E_L"},
        **RESET,
    },
    "QIF": {
        "equations": f"dV/dt = ((V - V_T)**2/(2*D) - (V_T - E_L - D) + I/g_L)/tau_m : mV {HELD}",
        "initial": {"V": "E_L"},
        **RESET,
    },
    "AdEx": {
        "equations": f"""
            dV/dt = (-(V - E_L) + {UPSTROKE} + (I - w)/g_L)/tau_m : mV {HELD}
            dw/dt = (a*({CAPPED} - E_L) - w)/tau_w : mV
            """,
        "initial": {"V": "E_L", "w": 0},
        **RESET,
        "reset": "V = V_re; w += b",
    },
    "EIFChR": {
        "equations": f"""
            L : 1 (state)
            dp/dt = (L - p)/tau_ChR : 1
            dV/dt = (-(V - E_L) + {UPSTROKE} + (I - g_ChR*p*(V - E_ChR))/g_L)/tau_m : mV {HELD}
            """,
        "initial": {"V": "E_L", "p": 0, "L": 0},
        **RESET,
    },
    "Izhikevich": {
        "equations": f"""
            dV/dt = 0.04*{CAPPED}**2 + 5*{CAPPED} + 140 - u + I : mV
            du/dt = a*(b*{CAPPED} - u) : mV
            """,
        "initial": {"V": "c", "u": "b*c"},
        "threshold": "V >= V_th",
        "reset": "V = c; u += d",
    },
    "ThetaNeuron": {
        "equations": "dtheta/dt = (1 - cos(theta) + (1 + cos(theta))*I)/tau_m : 1",
        "initial": {"theta": 0},
        "threshold": "theta >= pi",
        "reset": "theta -= 2*pi",
    },
    "FitzHughNagumo": {
        "equations": """
            dV/dt = V - V**3/3 - w + I : 1
            dw/dt = (V + a - b*w)/tau : 1
            """,
        "initial": {"V": -1.2, "w": -0.6},
        "threshold": "crosses(V, V_th)",
    },
    "MorrisLecar": {
        "equations": """
            m_inf = (1 + tanh((V - V1)/V2))/2
            w_inf = (1 + tanh((V - V3)/V4))/2
            dV/dt = (-g_L*(V - E_L) - g_Ca*m_inf*(V - E_Ca) - g_K*w*(V - E_K) + I)/C_m : mV
            dw/dt = phi*cosh((V - V3)/(2*V4))*(w_inf - w) : 1
            """,
        "initial": {"V": "E_L", "w": 0},
        "threshold": "crosses(V, V_th)",
    },
    "HodgkinHuxley": {
        "equations": SQUID,
        "initial": {"V": "E_L", **GATES_AT_REST},
        "threshold": "crosses(V, V_th)",
        "refractory": "t_ref",
    },
    "TraubMiles": {
        "equations": PYRAMIDAL,
        "initial": {"V": "E_L", **GATES_AT_REST},
        "threshold": "crosses(V, V_th)",
        "refractory": "t_ref",
    },
}


def written(name: str) -> type:
    """Return a model of the library as a class made of its text."""
    built_in = getattr(rb, name)
    given = {p.name: p.standard for p in built_in.model.parameters}
    return rb.neuron(f"My{name}", parameters=given, **TEXTS[name])
