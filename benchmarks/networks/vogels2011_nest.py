"""Inhibitory plasticity in NEST: a spike carries the weight after its update (vogels_sprekeler_synapse)."""

import nest
import nest_kernel
from definitions import DT, VOGELS2011, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=10_000, time=5000)
random = random_state(options.seed)
nest_kernel.prepare(options.threads, options.seed, DT)
n, p, rule = sizes(options.neurons), VOGELS2011["neuron"], VOGELS2011["plasticity"]
stopwatch = Stopwatch()

parameters = {
    "C_m": p["C_m"],
    "g_L": p["g_L"],
    "E_L": p["E_L"],
    "V_th": p["V_th"],
    "V_reset": p["V_re"],
    "t_ref": p["t_ref"],
    "I_e": p["I"],
    "E_ex": VOGELS2011["reversal"]["e"],
    "E_in": VOGELS2011["reversal"]["i"],
    "tau_syn_ex": VOGELS2011["tau"]["e"],
    "tau_syn_in": VOGELS2011["tau"]["i"],
    "tau_minus": rule["tau"],
}
cells = {a: nest.Create("iaf_cond_exp", n[a], params=parameters) for a in "ei"}
for a in "ei":
    cells[a].V_m = draw(VOGELS2011["V"], n[a], random)
bernoulli = {"rule": "pairwise_bernoulli", "p": VOGELS2011["p"]}
plastic = {
    "synapse_model": "vogels_sprekeler_synapse",
    "weight": -1e-6,  # NEST wants the sign of Wmax from the start
    "Wmax": -rule["w_max"],
    "eta": rule["eta"],
    "alpha": 2e-3 * rule["rate"] * rule["tau"],
    "tau": rule["tau"],
    "delay": DT,
}
for post in "ei":
    nest.Connect(cells["e"], cells[post], bernoulli, {"weight": VOGELS2011["weights"]["e"], "delay": DT})
nest.Connect(cells["i"], cells["i"], bernoulli, {"weight": -VOGELS2011["weights"]["ii"], "delay": DT})
nest.Connect(cells["i"], cells["e"], bernoulli, plastic)
recorders = nest_kernel.record(cells)
nest.Prepare()
construction = stopwatch.lap()

nest.Run(options.time)
simulation = stopwatch.lap()
report(
    construction=construction,
    simulation=simulation,
    rates=nest_kernel.rates(recorders, cells, 0.8 * options.time, options.time),
    synapses=nest.num_connections,
    neurons=options.neurons,
    threads=options.threads,
)
nest_kernel.save_spikes(options.spikes, recorders, cells)
