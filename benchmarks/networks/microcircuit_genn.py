"""The microcircuit in GeNN, from a definition in JSON; see benchmarks/microcircuit_peers.py, which writes it.

Arguments: the definition, and where to save the spikes (.npz: `times` in ms and `senders` by population). On one
thread.
"""

import json
import sys
from pathlib import Path

import genn_run
import numpy as np
from measure import Stopwatch, program_folder, report
from pygenn import GeNNModel, init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

#: Longest delay, in s.d. above the mean: a synapse in thirty million has a longer one.
LONGEST = 5.5

definition = json.loads(Path(sys.argv[1]).read_text())
names, dt, cell = definition["names"], definition["dt"], definition["model"]
end = definition["discard"] + definition["time"]
stopwatch = Stopwatch()
PRECISION = {"single": "float", "double": "double"}
model = GeNNModel(PRECISION[definition["precision"]], "microcircuit", backend="single_threaded_cpu", optimize_code=True)
model.dt, model.seed = dt, definition["seed"]
model.fuse_postsynaptic_models = True
model.default_narrow_sparse_ind_enabled = True

leaky = {"C_m": cell["C_m"], "g_L": cell["C_m"] / cell["tau_m"], "E_L": cell["E_L"], "V_th": cell["V_th"]}
leaky |= {"V_re": cell["V_reset"], "t_ref": cell["t_ref"]}
cells = {}
for p, name in enumerate(names):
    mean, std = definition["V"][p]
    parameters = {**genn_run.leaky_cell(leaky), "Ioffset": 1e-3 * definition["steady"][p]}
    start = {"V": init_var("Normal", {"mean": mean, "sd": std}), "RefracTime": 0.0}
    cells[name] = model.add_neuron_population(name, definition["neurons"][p], "LIF", parameters, start)
    cells[name].spike_recording_enabled = True
    if definition["drive"] == "poisson":
        drive = {
            "weight": 1e-3 * definition["drive_weight"],
            "tauSyn": cell["tau_syn_ex"],
            "rate": definition["drive_rates"][p],
        }
        model.add_current_source(f"{name}_drive", "PoissonExp", cells[name], drive, {"current": 0.0})

for i, post in enumerate(names):
    for j, pre in enumerate(names):
        total, weight, delay = (definition[key][i][j] for key in ("totals", "weights", "delays"))
        if total == 0:
            continue
        spread = definition["delay_spread"] * delay
        longest = np.ceil((delay + LONGEST * spread) / dt) * dt
        sign = {"min": 0.0, "max": 1e6} if weight > 0 else {"min": -1e6, "max": 0.0}
        drawn = {"mean": 1e-3 * weight, "sd": 1e-3 * definition["weight_spread"] * abs(weight), **sign}
        late = {"mean": delay, "sd": spread, "min": dt, "max": float(longest)}
        synapses = model.add_synapse_population(
            f"{pre}_{post}",
            "SPARSE",
            cells[pre],
            cells[post],
            init_weight_update(
                "StaticPulseDendriticDelay",
                {},
                {"g": init_var("NormalClipped", drawn), "d": init_var("NormalClippedDelay", late)},
            ),
            init_postsynaptic("ExpCurr", {"tau": cell["tau_syn_ex"]}),
            init_sparse_connectivity("FixedNumberTotalWithReplacement", {"num": total}),
        )
        synapses.max_dendritic_delay_timesteps = round(longest / dt) + 1

discarded, measured = round(definition["discard"] / dt), round(definition["time"] / dt)
with program_folder() as folder:
    model.build(folder)
    compilation = stopwatch.lap()
    model.load(num_recording_timesteps=discarded + measured)
    construction = stopwatch.lap()
    for _ in range(discarded):
        model.step_time()
    stopwatch.lap()
    for _ in range(measured):
        model.step_time()
    simulation = stopwatch.lap()
    model.pull_recording_buffers_from_device()

spikes, rates = {}, {}
for name, population in cells.items():
    times, senders = population.spike_recording_data[0]
    spikes[f"times_{name}"], spikes[f"senders_{name}"] = times, senders
    rates[name] = np.sum(times > definition["discard"]) / population.num_neurons / (1e-3 * definition["time"])
np.savez(sys.argv[2], **spikes)
report(
    construction=construction,
    simulation=simulation,
    compilation=compilation,
    rates=rates,
    synapses=sum(map(sum, definition["totals"])),
    neurons=sum(definition["neurons"]),
    threads=1,
)
