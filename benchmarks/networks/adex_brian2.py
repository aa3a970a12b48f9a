"""The coba network with adaptive exponential neurons, in Brian2, by Euler steps. Conductances in nS, currents in pA."""

import brian2_device
from brian2 import NeuronGroup, Synapses, ms
from definitions import ADEX, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), ADEX["neuron"]

equations = """
dv/dt = (E_L - v + D * exp((clip(v, -1000, V_th) - V_T) / D)
         + (g_e * (E_e - v) + g_i * (E_i - v) - w) / g_L) / tau_m : 1 (unless refractory)
dw/dt = (a * (v - E_L) - w) / tau_w : 1
dg_e/dt = -g_e / tau_e : 1
dg_i/dt = -g_i / tau_i : 1
"""
namespace = {
    **{k: p[k] for k in ("g_L", "E_L", "V_T", "D", "a", "b", "V_th", "V_re")},
    "tau_m": p["tau_m"] * ms,
    "tau_w": p["tau_w"] * ms,
    "tau_e": ADEX["tau"]["e"] * ms,
    "tau_i": ADEX["tau"]["i"] * ms,
    "E_e": ADEX["reversal"]["e"],
    "E_i": ADEX["reversal"]["i"],
}
group = NeuronGroup(
    options.neurons,
    equations,
    threshold="v >= V_th",
    reset="v = V_re; w += b",
    refractory=brian2_device.refractory(p["t_ref"]),
    method="euler",
    namespace=namespace,
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(ADEX["V"], n[a], random)
    cells[a].g_e = draw(ADEX["g"]["e"], n[a], random)
    cells[a].g_i = draw(ADEX["g"]["i"], n[a], random)
synapses = []
# two groups, four Synapses and a delay of one step took 0.186 s for 500 ms where this took 0.165, on a busy machine
for pre in "ei":
    jump = ADEX["weights"][pre]
    s = Synapses(cells[pre], group, on_pre=f"g_{pre}_post += {jump!r}")
    s.connect(p=ADEX["in_degree"] / options.neurons)
    synapses.append(s)
brian2_device.measure(cells, synapses, options, groups=[group])
