"""Inhibitory plasticity in Brian2: a spike carries the weight after its update. Conductances in nS."""

import brian2_device
from brian2 import NeuronGroup, Synapses, ms
from definitions import VOGELS2011, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=10_000, time=5000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), VOGELS2011["neuron"]
rule = VOGELS2011["plasticity"]

equations = """
dv/dt = (g_L * (E_L - v) + g_e * (E_e - v) + g_i * (E_i - v) + I) / C_m : 1 (unless refractory)
dg_e/dt = -g_e / tau_e : 1
dg_i/dt = -g_i / tau_i : 1
"""
namespace = {
    **{k: p[k] for k in ("g_L", "E_L", "V_th", "V_re", "I")},
    "C_m": p["C_m"] * ms,  # pF are nS times ms
    "tau_e": VOGELS2011["tau"]["e"] * ms,
    "tau_i": VOGELS2011["tau"]["i"] * ms,
    "E_e": VOGELS2011["reversal"]["e"],
    "E_i": VOGELS2011["reversal"]["i"],
    "tau": rule["tau"] * ms,
    "eta": rule["eta"],
    "alpha": 2e-3 * rule["rate"] * rule["tau"],
    "w_max": rule["w_max"],
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
    cells[a].v = draw(VOGELS2011["V"], n[a], random)
traces = """
w : 1
dx_i/dt = -x_i / tau : 1 (event-driven)
dx_e/dt = -x_e / tau : 1 (event-driven)
"""
w_e, w_ii = VOGELS2011["weights"]["e"], VOGELS2011["weights"]["ii"]
# one group, one Synapses per kind of weight, no delay; conductances times V leave no exact method. Traces of neurons
# that decay in every step instead of those of synapses took 5.2 s instead of 6.2 for 4 s (one run each on a busy AMD
# EPYC), but count pairs that coincide otherwise than the rule
synapses = [Synapses(cells["e"], group, on_pre=f"g_e_post += {w_e!r}")]
synapses.append(Synapses(cells["i"], cells["i"], on_pre=f"g_i_post += {w_ii!r}"))
synapses.append(
    Synapses(
        cells["i"],
        cells["e"],
        traces,
        on_pre="""
        x_i += 1
        w = clip(w + eta * (x_e - alpha), 0, w_max)
        g_i_post += w
        """,
        on_post="""
        x_e += 1
        w = clip(w + eta * x_i, 0, w_max)
        """,
        namespace=namespace,
    )
)
for s in synapses:
    s.connect(p=VOGELS2011["p"])
brian2_device.measure(cells, synapses, options, settled=0.8, groups=[group])
