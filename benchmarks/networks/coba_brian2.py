"""Vogels–Abbott, coba, in Brian2, by exponential Euler steps. Conductances in nS."""

import brian2_device
from brian2 import NeuronGroup, Synapses, ms
from definitions import COBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), COBA["neuron"]

equations = """
dv/dt = (g_L * (E_L - v) + g_e * (E_e - v) + g_i * (E_i - v)) / C_m : 1 (unless refractory)
dg_e/dt = -g_e / tau_e : 1
dg_i/dt = -g_i / tau_i : 1
"""
namespace = {
    **{k: p[k] for k in ("g_L", "E_L", "V_th", "V_re")},
    "C_m": p["C_m"] * ms,  # pF are nS times ms
    "tau_e": COBA["tau"]["e"] * ms,
    "tau_i": COBA["tau"]["i"] * ms,
    "E_e": COBA["reversal"]["e"],
    "E_i": COBA["reversal"]["i"],
}
group = NeuronGroup(
    options.neurons,
    equations,
    threshold="v >= V_th",
    reset="v = V_re",
    refractory=brian2_device.refractory(p["t_ref"]),
    method="exponential_euler",
    namespace=namespace,
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(COBA["V"], n[a], random)
    cells[a].g_e = draw(COBA["g"]["e"], n[a], random)
    cells[a].g_i = draw(COBA["g"]["i"], n[a], random)
synapses = []
# one group, one Synapses per source, no delay: 137 ms per second of 4,000 neurons on one thread of an AMD EPYC;
# two groups, four Synapses with a delay of one step: 156 ms
for pre in "ei":
    jump = COBA["weights"][pre]
    s = Synapses(cells[pre], group, on_pre=f"g_{pre}_post += {jump!r}")
    s.connect(p=COBA["in_degree"] / options.neurons)
    synapses.append(s)
brian2_device.measure(cells, synapses, options, groups=[group])
