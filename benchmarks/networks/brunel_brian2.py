"""Brunel's network in Brian2."""

import brian2_device
from brian2 import Hz, NeuronGroup, PoissonInput, Synapses, ms
from definitions import BRUNEL, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=12_500, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), BRUNEL["neuron"]

cells = {
    a: NeuronGroup(
        n[a],
        "dv/dt = -(v - E_L) / tau_m : 1 (unless refractory)",
        threshold="v >= V_th",
        reset="v = V_re",
        refractory=brian2_device.refractory(p["t_ref"]),
        method="exact",
        namespace={"E_L": p["E_L"], "V_th": p["V_th"], "V_re": p["V_re"], "tau_m": p["tau_m"] * ms},
    )
    for a in "ei"
}
weights = {"e": BRUNEL["J"], "i": -BRUNEL["g"] * BRUNEL["J"]}
in_degrees = {a: round(BRUNEL["share"] * n[a]) for a in "ei"}
threshold_rate = 1e3 * p["V_th"] / (BRUNEL["J"] * in_degrees["e"] * p["tau_m"])
synapses, drives = [], []
for post in "ei":
    cells[post].v = draw(BRUNEL["V"], n[post], random)
    for pre in "ei":
        s = Synapses(cells[pre], cells[post], on_pre=f"v_post += {weights[pre]!r}", delay=BRUNEL["delay"] * ms)
        s.connect(i=f"k for k in sample(N_pre, size={in_degrees[pre]})")
        synapses.append(s)
    drives.append(
        PoissonInput(cells[post], "v", in_degrees["e"], BRUNEL["eta"] * threshold_rate * Hz, weight=BRUNEL["J"])
    )
brian2_device.measure(cells, synapses, options, drives=drives)
