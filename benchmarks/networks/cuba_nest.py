"""Vogels–Abbott, cuba, in NEST (iaf_psc_exp)."""

import nest
import nest_kernel
from definitions import CUBA, DT, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
nest_kernel.prepare(options.threads, options.seed, DT)
n, p = sizes(options.neurons), CUBA["neuron"]
stopwatch = Stopwatch()

parameters = {
    "C_m": p["C_m"],
    "tau_m": p["C_m"] / p["g_L"],
    "E_L": p["E_L"],
    "V_th": p["V_th"],
    "V_reset": p["V_re"],
    "t_ref": p["t_ref"],
    "tau_syn_ex": CUBA["tau"]["e"],
    "tau_syn_in": CUBA["tau"]["i"],
}
cells = {a: nest.Create("iaf_psc_exp", n[a], params=parameters) for a in "ei"}
for a in "ei":
    cells[a].V_m = draw(CUBA["V"], n[a], random)
for pre in "ei":
    weight = CUBA["weights"][pre]
    rule = {"rule": "pairwise_bernoulli", "p": CUBA["in_degree"] / options.neurons}
    for post in "ei":
        nest.Connect(cells[pre], cells[post], rule, {"weight": weight, "delay": DT})
recorders = nest_kernel.record(cells)
nest.Prepare()
construction = stopwatch.lap()

nest.Run(options.time)
simulation = stopwatch.lap()
report(
    construction=construction,
    simulation=simulation,
    rates=nest_kernel.rates(recorders, cells, 0.2 * options.time, options.time),
    synapses=nest.num_connections,
    neurons=options.neurons,
    threads=options.threads,
)
nest_kernel.save_spikes(options.spikes, recorders, cells)
