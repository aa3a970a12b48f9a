"""The microcircuit in NEST, from a definition in JSON; see benchmarks/microcircuit_nest.py, which writes it.

Arguments: the definition, and where to save the spikes (.npz: `times` in ms and `senders` by population).
"""

import json
import sys
from pathlib import Path

import nest
import nest_kernel
import numpy as np
from measure import Stopwatch, report

definition = json.loads(Path(sys.argv[1]).read_text())
names, dt = definition["names"], definition["dt"]
nest_kernel.prepare(definition["threads"], definition["seed"], dt)
stopwatch = Stopwatch()

cells = {}
for p, name in enumerate(names):
    mean, std = definition["V"][p]
    cells[name] = nest.Create("iaf_psc_exp", definition["neurons"][p], params=definition["model"])
    cells[name].set(V_m=nest.random.normal(mean, std), I_e=definition["steady"][p])
# one model holds at most 134,217,726 connections a thread: one a target population
for i, post in enumerate(names):
    model = f"static_{post}"
    nest.CopyModel("static_synapse", model)
    for j, pre in enumerate(names):
        total, weight, delay = (definition[key][i][j] for key in ("totals", "weights", "delays"))
        if total == 0:
            continue
        bounds = {"min": 0.0} if weight > 0 else {"max": 0.0}
        drawn = nest.random.normal(weight, definition["weight_spread"] * abs(weight))
        spread = nest.random.normal(delay, definition["delay_spread"] * delay)
        synapse = {
            "synapse_model": model,
            "weight": nest.math.redraw(drawn, **{"min": -np.inf, "max": np.inf, **bounds}),
            "delay": nest.math.redraw(spread, min=0.5 * dt, max=np.inf),
        }
        nest.Connect(cells[pre], cells[post], {"rule": "fixed_total_number", "N": total}, synapse)
    if definition["drive"] == "poisson":
        drive = nest.Create("poisson_generator", params={"rate": definition["drive_rates"][i]})
        nest.Connect(drive, cells[post], syn_spec={"weight": definition["drive_weight"], "delay": 1.5})
recorders = nest_kernel.record(cells)
nest.Prepare()
construction = stopwatch.lap()

nest.Run(definition["discard"])
stopwatch.lap()
nest.Run(definition["time"])
simulation = stopwatch.lap()

spikes = {}
for name, recorder in recorders.items():
    spikes[f"times_{name}"] = np.asarray(recorder.events["times"])
    spikes[f"senders_{name}"] = np.asarray(recorder.events["senders"]) - cells[name][0].global_id
np.savez(sys.argv[2], **spikes)
end = definition["discard"] + definition["time"]
report(
    construction=construction,
    simulation=simulation,
    rates=nest_kernel.rates(recorders, cells, definition["discard"], end),
    synapses=sum(map(sum, definition["totals"])),
    neurons=sum(definition["neurons"]),
    threads=definition["threads"],
)
