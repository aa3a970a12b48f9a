"""Brunel's network in NEST (iaf_psc_delta)."""

import nest
import nest_kernel
from definitions import BRUNEL, DT, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=12_500, time=1000)
random = random_state(options.seed)
nest_kernel.prepare(options.threads, options.seed, DT)
n, p = sizes(options.neurons), BRUNEL["neuron"]
stopwatch = Stopwatch()

parameters = {
    "C_m": 1.0,
    "tau_m": p["tau_m"],
    "E_L": p["E_L"],
    "V_th": p["V_th"],
    "V_reset": p["V_re"],
    "t_ref": p["t_ref"],
}
cells = {a: nest.Create("iaf_psc_delta", n[a], params=parameters) for a in "ei"}
weights = {"e": BRUNEL["J"], "i": -BRUNEL["g"] * BRUNEL["J"]}
in_degrees = {a: round(BRUNEL["share"] * n[a]) for a in "ei"}
for a in "ei":
    cells[a].V_m = draw(BRUNEL["V"], n[a], random)
    for post in "ei":
        rule = {"rule": "fixed_indegree", "indegree": in_degrees[a], "allow_multapses": False}
        nest.Connect(cells[a], cells[post], rule, {"weight": weights[a], "delay": BRUNEL["delay"]})
# eta times the rate of all C_E inputs that brings a neuron to threshold
rate = 1e3 * BRUNEL["eta"] * p["V_th"] / (BRUNEL["J"] * p["tau_m"])
drive = nest.Create("poisson_generator", params={"rate": rate})
for a in "ei":
    nest.Connect(drive, cells[a], syn_spec={"weight": BRUNEL["J"], "delay": BRUNEL["delay"]})
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
