"""The textbook's EIF network in Brian2, by the textbook's Euler steps."""

import brian2_device
from brian2 import Hz, NeuronGroup, PoissonGroup, Synapses, ms
from definitions import CORTEX, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=10_000, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), CORTEX["neuron"]

equations = """
dv/dt = (-(v - E_L) + D * exp((v - V_T) / D) + I_x + I_e + I_i) / tau_m : 1
dI_x/dt = -I_x / tau_x : 1
dI_e/dt = -I_e / tau_e : 1
dI_i/dt = -I_i / tau_i : 1
"""
namespace = {name: value for name, value in p.items() if not name.startswith("tau")}
namespace["tau_m"] = p["tau_m"] * ms
namespace.update({f"tau_{a}": tau * ms for a, tau in CORTEX["tau"].items()})
group = NeuronGroup(
    options.neurons, equations, threshold="v >= V_th", reset="v = V_re", method="euler", namespace=namespace
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(CORTEX["V"], n[a], random)
cells["x"] = PoissonGroup(n["e"], CORTEX["rate_x"] * Hz)
synapses = []
# one group and no delay; weights differ by pair of populations. Two groups take as long: 0.91 and 0.91 s per second of
# 10,000 neurons on one thread of an Intel Xeon
for (post, pre), weight in CORTEX["weights"].items():
    jump = weight / CORTEX["tau"][pre]
    s = Synapses(cells[pre], cells[post], on_pre=f"I_{pre}_post += {jump!r}")
    s.connect(i=f"k for k in sample(N_pre, size={CORTEX['in_degrees'][pre]})")
    synapses.append(s)
brian2_device.measure(cells, synapses, options, groups=[group, cells["x"]])
