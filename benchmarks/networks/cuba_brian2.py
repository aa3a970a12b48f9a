"""Vogels–Abbott, cuba, in Brian2; linear equations, solved exactly. Currents in pA."""

import brian2_device
from brian2 import NeuronGroup, Synapses, ms
from definitions import CUBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), CUBA["neuron"]

equations = """
dv/dt = (-(v - E_L) + (I_e + I_i) / g_L) / tau_m : 1 (unless refractory)
dI_e/dt = -I_e / tau_e : 1
dI_i/dt = -I_i / tau_i : 1
"""
namespace = {
    **{k: p[k] for k in ("g_L", "E_L", "V_th", "V_re")},
    "tau_m": p["C_m"] / p["g_L"] * ms,
    "tau_e": CUBA["tau"]["e"] * ms,
    "tau_i": CUBA["tau"]["i"] * ms,
}
group = NeuronGroup(
    options.neurons,
    equations,
    threshold="v >= V_th",
    reset="v = V_re",
    refractory=brian2_device.refractory(p["t_ref"]),
    method="exact",
    namespace=namespace,
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(CUBA["V"], n[a], random)
synapses = []
# one group, one Synapses per source, no delay: 63 ms per second of 4,000 neurons on one thread of an AMD EPYC;
# two groups, four Synapses with a delay of one step: 77 ms
for pre in "ei":
    jump = CUBA["weights"][pre]
    s = Synapses(cells[pre], group, on_pre=f"I_{pre}_post += {jump!r}")
    s.connect(p=CUBA["in_degree"] / options.neurons)
    synapses.append(s)
brian2_device.measure(cells, synapses, options, groups=[group])
