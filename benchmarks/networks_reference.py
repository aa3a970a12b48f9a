"""Make a reference of the published networks' activity: rate and irregularity of every neuron in Brian2 or NEST.

    python benchmarks/networks_reference.py            all four networks
    python benchmarks/networks_reference.py coba       one of them; the others stay as they are in the file

The definitions are those of networks/definitions.py. tests/circuits/test_circuits_peers.py compares with the result.
"""

import argparse
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import peers

from rheobase import spikes

NETWORKS = Path(__file__).resolve().parent / "networks"
PATH = Path(__file__).with_name("networks_reference.npz")


@dataclass(frozen=True)
class Case:
    """Who runs it, at what size, the window that is looked at (ms), and the number of seeds, from 1 on."""

    peer: str
    neurons: int
    window: tuple[float, float]
    seeds: int


#: All activity is steady by 200 ms, Brunel's, faster, by 100. Brunel's is NEST's, where neurons, as in the paper, do
#: not listen while they are refractory; in Brian2 delta synapses move V all the same.
CASES = {
    "cuba": Case("brian2", 4000, (200.0, 1800.0), 8),
    "coba": Case("brian2", 4000, (200.0, 1200.0), 8),
    "cobahh": Case("brian2", 4000, (200.0, 1000.0), 7),
    "brunel": Case("nest", 12_500, (100.0, 400.0), 7),
}


def simulate(name, case, seed, folder):
    """Return the measurement and the spike trains of one run, compiled in `folder`."""
    path = Path(folder, "spikes.npz")
    arguments = ["--neurons", case.neurons, "--time", case.window[1], "--seed", seed, "--spikes", path]
    command = [peers.python(case.peer), NETWORKS / f"{name}_{case.peer}.py", *arguments]
    environment = {**os.environ, "PROGRAM_FOLDER": str(Path(folder, "program")), "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=environment)
    if run.returncode != 0:
        raise SystemExit(f"{name} ended with {run.returncode}\n{run.stdout}{run.stderr}")
    n_e = case.neurons * 4 // 5
    trains = {}
    with np.load(path) as data:
        for a, n in (("e", n_e), ("i", case.neurons - n_e)):
            times, senders = np.rint(data[f"times_{a}"] / 0.1) * 0.1, data[f"senders_{a}"]
            order = np.lexsort((senders, times))
            record = spikes.SpikeTrains(times[order], senders[order], n, 0.0, case.window[1])
            trains[a] = record.between(*case.window)
    return json.loads(run.stdout.splitlines()[-1]), trains


def statistics(trains):
    """Return counts and CVs (NaN below three spikes) by population, in rising order: only distributions matter."""
    found = {}
    for a, record in trains.items():
        counts = record.count()
        found[f"{a}_counts"] = np.sort(counts).astype(np.uint16)
        found[f"{a}_cv"] = np.sort(np.where(counts > 2, spikes.cv(record), np.nan)).astype(np.float16)
    return found


def reference(name):
    """Return the arrays of one network, runs x neurons, and their window."""
    case, runs = CASES[name], []
    with tempfile.TemporaryDirectory(prefix="brian2-") as folder:
        for seed in range(1, case.seeds + 1):
            measured, trains = simulate(name, case, seed, folder)
            runs.append(statistics(trains))
            print(name, seed, measured["rates"], flush=True)
    return {f"{name}_{key}": np.stack([run[key] for run in runs]) for key in runs[0]} | {
        f"{name}_window": np.array(case.window)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", help=f"of {', '.join(CASES)}; all unless named")
    parser.add_argument("--save", default=PATH, type=Path, help="file for the reference (.npz)")
    options = parser.parse_args()
    arrays = {}
    if options.save.exists():
        with np.load(options.save) as data:
            arrays.update(data)
    for name in options.networks or CASES:
        arrays.update(reference(name))
        np.savez_compressed(options.save, **arrays)


if __name__ == "__main__":
    main()
