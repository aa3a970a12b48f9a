"""The textbook's EIF network in NEST.

`aeif_psc_exp` without adaptation is the EIF neuron. It has one excitatory time constant: external spikes decay with
that of the excitatory ones here, at the same area.
"""

import nest
import nest_kernel
from definitions import CORTEX, DT, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=10_000, time=1000)
random = random_state(options.seed)
nest_kernel.prepare(options.threads, options.seed, DT)
n, p, tau = sizes(options.neurons), CORTEX["neuron"], dict(CORTEX["tau"])
tau["x"] = tau["e"]
g_L = 10.0  # nS: currents of 1 mV are 10 pA
stopwatch = Stopwatch()

model = {
    "C_m": g_L * p["tau_m"],
    "g_L": g_L,
    "E_L": p["E_L"],
    "V_th": p["V_T"],
    "Delta_T": p["D"],
    "V_peak": p["V_th"],
    "V_reset": p["V_re"],
    "t_ref": 0.0,
    "a": 0.0,
    "b": 0.0,
    "tau_syn_ex": tau["e"],
    "tau_syn_in": tau["i"],
}
cells = {a: nest.Create("aeif_psc_exp", n[a], params=model) for a in "ei"}
for a in "ei":
    cells[a].V_m = draw(CORTEX["V"], n[a], random)
cells["x"] = nest.Create("parrot_neuron", n["e"])
nest.Connect(nest.Create("poisson_generator", params={"rate": CORTEX["rate_x"]}), cells["x"])
for (post, pre), weight in CORTEX["weights"].items():
    rule = {"rule": "fixed_indegree", "indegree": CORTEX["in_degrees"][pre], "allow_multapses": False}
    nest.Connect(cells[pre], cells[post], rule, {"weight": g_L * weight / tau[pre], "delay": DT})
recorded = {a: cells[a] for a in "ei"}
recorders = nest_kernel.record(recorded)
nest.Prepare()
construction = stopwatch.lap()

nest.Run(options.time)
simulation = stopwatch.lap()
report(
    construction=construction,
    simulation=simulation,
    rates=nest_kernel.rates(recorders, recorded, 0.2 * options.time, options.time),
    synapses=nest.num_connections,
    neurons=options.neurons,
    threads=options.threads,
)
nest_kernel.save_spikes(options.spikes, recorders, recorded)
