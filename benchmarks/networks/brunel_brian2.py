"""Brunel's network in Brian2."""

import brian2_device
from brian2 import Hz, NeuronGroup, PoissonInput, Synapses, ms
from definitions import BRUNEL, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=12_500, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), BRUNEL["neuron"]

group = NeuronGroup(
    options.neurons,
    "dv/dt = -(v - E_L) / tau_m : 1 (unless refractory)",
    threshold="v >= V_th",
    reset="v = V_re",
    refractory=brian2_device.refractory(p["t_ref"]),
    method="exact",
    namespace={"E_L": p["E_L"], "V_th": p["V_th"], "V_re": p["V_re"], "tau_m": p["tau_m"] * ms},
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(BRUNEL["V"], n[a], random)
weights = {"e": BRUNEL["J"], "i": -BRUNEL["g"] * BRUNEL["J"]}
in_degrees = {a: round(BRUNEL["share"] * n[a]) for a in "ei"}
threshold_rate = 1e3 * p["V_th"] / (BRUNEL["J"] * in_degrees["e"] * p["tau_m"])
synapses = []
# two groups and four Synapses took as long on a busy machine: 7.4 s for 500 ms
for pre in "ei":
    s = Synapses(cells[pre], group, on_pre=f"v_post += {weights[pre]!r}", delay=BRUNEL["delay"] * ms)
    s.connect(i=f"k for k in sample(N_pre, size={in_degrees[pre]})")
    synapses.append(s)
drive = PoissonInput(group, "v", in_degrees["e"], BRUNEL["eta"] * threshold_rate * Hz, weight=BRUNEL["J"])
brian2_device.measure(cells, synapses, options, groups=[group], drives=[drive])
