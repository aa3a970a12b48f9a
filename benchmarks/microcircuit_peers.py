"""Measure the microcircuit in NEST or GeNN, and make a reference of its activity, at a chosen scale.

    python benchmarks/microcircuit_peers.py --scale 0.1 --time 2000 --save reference.npz
    python benchmarks/microcircuit_peers.py --simulator genn --time 1000

Full scale takes NEST 15 GB, half an hour of construction and minutes a second of biological time on two cores.
"""

import argparse
import json
import subprocess
import tempfile
from math import sqrt
from pathlib import Path

import numpy as np
import peers
import reference

from rheobase.circuits.microcircuit import (
    DELAY_SPREAD,
    DELAYS,
    EXTERNAL_IN_DEGREES,
    EXTERNAL_RATE,
    NEURONS,
    POPULATIONS,
    TAU_SYN,
    V_START,
    WEIGHT,
    WEIGHT_SPREAD,
    steady_input,
    synapse_numbers,
    weights,
)
from rheobase.spikes import SpikeTrains

HERE = Path(__file__).parent


def definition(options):
    """Return everything a simulator needs to know of the network; GeNN alone has a choice of precision."""
    scale, drive = options.scale, options.drive
    mean = weights() / sqrt(scale)
    return {
        "names": POPULATIONS,
        "dt": 0.1,
        "neurons": [max(1, round(scale * n)) for n in NEURONS],
        "model": {
            "C_m": 250.0,
            "tau_m": 10.0,
            "E_L": -65.0,
            "V_th": -50.0,
            "V_reset": -65.0,
            "t_ref": 2.0,
            "tau_syn_ex": TAU_SYN,
            "tau_syn_in": TAU_SYN,
        },
        "V": V_START,
        "steady": steady_input(scale, drive).tolist(),
        "totals": synapse_numbers(scale, scale).tolist(),
        "weights": mean.tolist(),
        "weight_spread": WEIGHT_SPREAD,
        "delays": np.where(mean < 0, DELAYS["I"], DELAYS["E"]).tolist(),
        "delay_spread": DELAY_SPREAD,
        "drive": drive,
        "drive_rates": (EXTERNAL_RATE * EXTERNAL_IN_DEGREES * scale).tolist(),
        "drive_weight": WEIGHT / sqrt(scale),
        "discard": options.discard,
        "time": options.time,
        "threads": options.threads,
        "seed": options.seed,
        "precision": options.precision,
    }


def simulate(network, simulator):
    """Return the measurement and the spike trains of a run in NEST or GeNN."""
    with tempfile.TemporaryDirectory() as folder:
        path, spikes = Path(folder, "definition.json"), Path(folder, "spikes.npz")
        path.write_text(json.dumps(network))
        script = HERE / "networks" / f"microcircuit_{simulator}.py"
        run = subprocess.run(
            [peers.python(simulator), script, path, spikes], capture_output=True, text=True, check=False, cwd=folder
        )
        if run.returncode != 0:
            raise SystemExit(run.stdout + run.stderr)
        measured = json.loads(run.stdout.splitlines()[-1])
        begin, end = network["discard"], network["discard"] + network["time"]
        trains = {}
        with np.load(spikes) as data:
            for name, n in zip(network["names"], network["neurons"], strict=True):
                times, senders = np.rint(data[f"times_{name}"] / 0.1) * 0.1, data[f"senders_{name}"]
                order = np.lexsort((senders, times))
                trains[name] = SpikeTrains(times[order], senders[order], n, 0.0, end).between(begin, end)
    return measured, trains


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", choices=("nest", "genn"), default="nest")
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--drive", choices=("poisson", "dc"), default="poisson")
    parser.add_argument("--discard", type=float, default=500.0, help="ms before the measurement")
    parser.add_argument("--time", type=float, default=2000.0, help="ms that are measured")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--precision", choices=("single", "double"), default="single", help="GeNN's")
    parser.add_argument("--save", help="file for the reference (.npz)")
    options = parser.parse_args()
    network = definition(options)
    measured, trains = simulate(network, options.simulator)
    found = reference.statistics(trains)
    print(json.dumps(measured))
    print({name: round(rate, 3) for name, rate in reference.rates(found, options.time).items()})
    if options.save:
        reference.save(options.save, found, network["neurons"], options.time)


if __name__ == "__main__":
    main()
