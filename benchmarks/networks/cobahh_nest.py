"""Vogels–Abbott, cobahh, in NEST (hh_cond_exp_traub), whose conductances start at 0."""

import nest
import nest_kernel
from definitions import COBAHH, DT, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
nest_kernel.prepare(options.threads, options.seed, DT)
n, p = sizes(options.neurons), COBAHH["neuron"]
stopwatch = Stopwatch()

parameters = {
    **{k: p[k] for k in ("C_m", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "V_T", "t_ref")},
    "E_ex": COBAHH["reversal"]["e"],
    "E_in": COBAHH["reversal"]["i"],
    "tau_syn_ex": COBAHH["tau"]["e"],
    "tau_syn_in": COBAHH["tau"]["i"],
}
cells = {a: nest.Create("hh_cond_exp_traub", n[a], params=parameters) for a in "ei"}
for a in "ei":
    cells[a].V_m = draw(COBAHH["V"], n[a], random)
for pre in "ei":
    weight = (1 if pre == "e" else -1) * COBAHH["weights"][pre]
    rule = {"rule": "pairwise_bernoulli", "p": COBAHH["in_degree"] / options.neurons}
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
