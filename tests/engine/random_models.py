"""Neurons, synapses and plasticity rules written as text, each put together at random from parts.

The parts are mild: whatever is drawn stays bounded, spikes now and then, and takes part in all that models of equations
can do. `random_networks.py` builds networks with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import rheobase as rb


@dataclass
class Cell:
    """A neuron model with what a network may give it."""

    model: type
    methods: Sequence[str]
    #: What the areas of the kernels of all spikes under way may sum up to.
    weight: float
    #: Parameters that all neurons share, and those that differ from neuron to neuron.
    common: dict
    each: dict
    #: Initial values.
    state: dict
    #: Names of what changes in time.
    inputs: tuple[str, ...] = ()
    is_text: bool = False


#: Names that depend on what a step brings, and are read only where they are recorded.
OF_STEPS = ("shift", "inflow")


def cell(dice):
    """Return a `Cell` whose potential leaks, and to which anything may be added."""
    noisy = dice.chance(0.3)
    lines, drive, flag = [], ["(E_L - V + I)"], dice.pick(["", " (unless refractory)"])
    given, initial = {"tau_m": 10.0, "E_L": -65.0, "V_th": -52.0}, {"V": "E_L"}
    reset, events, inputs, functions = ["V = E_L"], {}, {}, {}
    state = {"V": rb.Uniform(-72, -53)}
    if dice.chance(0.4):
        lines.append("dw/dt = (a*(V - E_L) - w)/tau_w : mV")
        drive.append("- w")
        given |= {"a": 0.1, "tau_w": 40.0, "b": 1.0}
        reset.append("w += b")
        initial["w"] = 0
        state["w"] = rb.Uniform(0, 2)
    if dice.chance(0.3):
        drive.append("+ D*exp((min(V, V_th) - V_T)/D)")
        given |= {"D": 1.0, "V_T": -55.0}
    if dice.chance(0.3):
        lines += [
            "m_inf = 1/(1 + exp(-(V + 55)/4)) : 1",
            "tau_h = 2 + 5/cosh((V + 60)/10) : ms",
            "dh/dt = (1 - m_inf - h)/tau_h : 1",
        ]
        drive.append("+ 8*m_inf*h**2")
        initial["h"] = 0.5
        state["h"] = rb.Uniform(0, 1)
    if dice.chance(0.2):
        lines.append("g_named : nS (receptor)")
        drive.append("+ g_named*(0 - V)")
    if dice.chance(0.2):
        lines.append("I_named : mV (receptor)")
        drive.append("+ tanh(I_named/10)*10")
    if dice.chance(0.3):
        inputs["stim"] = 0
        drive.append("+ stim")
    if dice.chance(0.2):
        functions["wave"] = lambda t: 2 * np.sin(t / 3)
        drive.append("+ wave(t)")
    if dice.chance(0.2):
        lines.append("shift = 0.5*(i % 3) + 0.1*int(not_refractory) : mV")
        drive.append("+ shift")
    if dice.chance(0.3):
        lines.append("inflow = tanh(I/20)*20 + rand() : mV")
        drive.append("+ 0.1*inflow")
    amplitude = dice.pick(["sigma", "sigma*(1 + 0.1*tanh(V + 60))", "sigma*randn()"]) if noisy else None
    if amplitude:
        given["sigma"] = 2.0
    noise = f" + {amplitude}*sqrt(2/tau_m)*{dice.pick(['xi', 'xi_1'])}" if amplitude else ""
    lines.append(f"dV/dt = ({' '.join(drive)})/tau_m{noise} : mV{flag}")
    if dice.chance(0.3):
        lines.append("count : 1 (state)")
        initial["count"] = dice.pick(["0", "int(i > 3)", "floor(3*rand())"])
        reset.append("count += 1")
        events["many"] = ("count >= 3", dice.pick(["count = 0", "count = 0; V -= 0.5*rand()"]))
    if dice.chance(0.3):
        events["half"] = ("crosses(V, -58)", dice.pick([None, "V += 0.1"]))
    threshold = dice.pick(["V >= V_th", "crosses(V, V_th)", "V > V_th + 2*sin(t/5)", "V > V_th and not V > 1e4"])
    refractory = dice.pick([None, "t_ref", "2", "V > -50"])
    if refractory == "t_ref":
        given["t_ref"] = 1.0
    if dice.chance(0.2):
        reset.append("V -= 2*rand()")
    made = rb.neuron(
        "Drawn", "\n".join(lines), threshold=threshold, reset="; ".join(reset), refractory=refractory,
        parameters=given, initial=initial, events=events or None, inputs=inputs or None, functions=functions or None,
    )  # fmt: skip
    each = {"tau_m": rb.Uniform(8, 12), "E_L": rb.Normal(-65, 1), "I_x": rb.Uniform(5, 25)}
    each |= {"b": rb.Uniform(0, 2)} if "b" in given else {}
    each |= {"t_ref": np.resize([0.0, 1.0, 2.0], 37)} if "t_ref" in given else {}
    return Cell(made, made.model.methods, 30, {"I_x": 14}, each, state, tuple(inputs), is_text=True)


CURRENTS = [
    dict(equations="dI/dt = -I/tau : mV", on_pre="I += w/tau", parameters=dict(tau=5.0)),
    dict(
        equations="dx/dt = -x/tau : mV\ndI/dt = (x - I)/tau_I : mV",
        on_pre="x += w/tau",
        parameters=dict(tau=2.0, tau_I=6.0),
    ),
    dict(
        equations="dx/dt = -x/tau : mV\nI = 20*tanh(x/20) : mV",
        on_pre="x += w/tau*exp(-abs(x)/50)",
        parameters=dict(tau=5.0),
    ),
    dict(
        equations="dI/dt = (m - I)/tau + 0.5*sqrt(2/tau)*xi : mV\nm : mV (state)",
        on_pre="I += w/tau; m += 0.01*w*exp(-((m/m_0)**2))",
        parameters=dict(tau=4.0, m_0=1.0),
        initial=dict(m=0.1),
    ),
]
CONDUCTANCES = [
    dict(equations="dg/dt = -g/tau : nS", on_pre="g += w/tau", parameters=dict(tau=5.0)),
    dict(
        equations="""
            dx/dt = -x/tau_rise : 1
            ds/dt = alpha*x*(1 - s) - s/tau : 1
            g = g_max*s/(1 + Mg/3.57*exp(-0.062*V_post)) : nS
            """,
        on_pre="x += w",
        parameters=dict(tau_rise=2.0, tau=80.0, alpha=0.5, Mg=1.0, g_max=0.3),
    ),
    dict(
        equations="dg/dt = -g/tau + wave*0.001 : nS\nwave = (1 + sin(t/7))*(1 + i % 2) : 1",
        on_pre="g += w/tau",
        parameters=dict(tau=5.0),
        initial=dict(g="0.001*tau"),
    ),
]
#: Sums over connections of what neurons with a V give, as currents and as conductances.
SUMS = [
    dict(equations="I = w*(V_pre - V_post) : mV (summed)"),
    dict(equations="I = w*sin((V_pre - V_post)/20 + shift) : mV (summed)", parameters=dict(shift=0.3)),
    dict(
        equations="S = w/(1 + exp(-(V_pre - V_half)/k)) : nS (summed)\ndg/dt = (S - g)/tau : nS",
        parameters=dict(V_half=-60.0, k=2.0, tau=5.0),
        reversal=-80.0,
    ),
    dict(
        equations="""
            dx/dt = -x/tau_rise : 1 (pre)
            ds/dt = alpha*x*(1 - s) - s/tau : 1 (pre)
            S = w*s : nS (summed)
            g = S/(1 + Mg/3.57*exp(-0.062*V_post)) : nS
            """,
        on_pre="x += 1",
        parameters=dict(tau_rise=2.0, tau=80.0, alpha=0.5, Mg=1.0),
        reversal=0.0,
    ),
]


def synapse(dice, reversal, label):
    """Return a kernel that takes in weights: a current, or a conductance with a reversal potential."""
    text = dict(dice.pick(CURRENTS if reversal is None else CONDUCTANCES))
    if "tau" in text["parameters"] and dice.chance(0.3):
        text["parameters"] = {**text["parameters"], "tau": dice.pick([3.0, 7.0])}
    if "V_post" not in text["equations"] and dice.chance(0.2) and "xi" not in text["equations"]:
        text["method"] = "euler"
    return rb.synapse("Kernel", **text)(label=label, reversal=reversal)


def sum_over_connections(dice, label):
    """Return a synapse that adds up over connections in each step."""
    return rb.synapse("Sum", **dice.pick(SUMS))(label=label)


#: A third factor: a substance that is kept once for each post neuron, for rules that read it.
SUBSTANCE = rb.synapse("Substance", "ds/dt = -s/tau\nI = 0.1*s", on_pre="s += w", parameters=dict(tau=30.0))


def plasticity(dice, w_max, post):
    """Return a rule whose weights stay between 0 and w_max; what it reads of the post neurons is there."""
    lines, given = [], {"w_max": w_max, "A": 0.1 * w_max}
    on_pre, on_post, on_clock, initial = [], [], [], {}
    if dice.chance(0.7):
        lines += ["dx/dt = -x/tau : 1", "dy/dt = -y/tau_y : 1"]
        given |= {"tau": 20.0, "tau_y": 15.0}
        on_pre.append("x += 1")
        on_post.append("y += 1")
        up, down = "A*x", "A*y*exp(-w/w_max)"
    else:
        up, down = "0.5*A", "0.1*A"
    if post.variables and dice.chance(0.5):
        up += f"*(1 + 0.3*tanh({dice.pick(post.variables)}_post/10))"
    eligible = dice.chance(0.4)
    if eligible:
        lines.append("dc/dt = -c/tau_c : 1")
        given["tau_c"] = 60.0
        on_pre.insert(0, f"c -= {down}")
        on_post.insert(0, f"c += {up}")
        third = "*(0.1 + s_da_post)" if "s_da" in post.variables else ""
        on_clock.append(f"w = clip(w + 0.1*c{third}, 0, w_max)")
    else:
        on_pre.insert(0, f"w = clip(w - {down}, 0, w_max)")
        on_post.insert(0, f"w = clip(w + {up}, 0, w_max)")
    if dice.chance(0.4):  # each synapse has a U of its own
        lines += ["U : 1 (state)", "dr/dt = (1 - r)/tau_r : 1"]
        given["tau_r"] = 50.0
        initial |= {"U": 0.4, "r": 1}
        on_pre += ["arrival = w*U*r", "r -= U*r"]
    elif dice.chance(0.2):
        on_pre.append("arrival = 0.5*w")
    if not on_clock and dice.chance(0.3):
        on_clock.append("w = w*(1 - 0.01*w/w_max)")
    made = rb.plasticity(
        "Rule", "\n".join(lines), on_pre="; ".join(on_pre), on_post="; ".join(on_post),
        on_clock="; ".join(on_clock) or None, every=dice.pick([1.0, 2.0, 5.0]) if on_clock else None,
        parameters=given, initial=initial,
    )  # fmt: skip
    return made()
