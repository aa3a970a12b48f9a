"""Compare examples of Brian2 with the same models here, and keep what Brian2 found as the reference of the tests.

    python benchmarks/agreement.py                       all examples: run both, print a table
    python benchmarks/agreement.py wang_buzsaki          some of them
    python benchmarks/agreement.py --save                write Brian2's numbers to agreement.json, too

The examples are in examples/: the same equations on both sides. tests/equations/test_equations_examples.py compares
with the stored numbers.
"""

import argparse
import importlib
import json
import subprocess
from pathlib import Path

import examples
import numpy as np
import peers

HERE = Path(__file__).resolve().parent
PATH = HERE / "agreement.json"
SEEDS = range(1, 11)


def seeds_of(module):
    """One run says all where nothing is random."""
    return SEEDS if module.EXACT is None else SEEDS[:1]


def measure_brian2(name, seeds):
    """Return the numbers of each seed by name, from Brian2's own environment."""
    code = (
        f"import importlib, json, brian2; brian2.prefs.codegen.target = 'numpy'\n"
        f"example = importlib.import_module('examples.{name}')\n"
        f"for seed in {list(seeds)}:\n"
        f"    print('found', json.dumps({{key: float(value) for key, value in example.brian2(seed).items()}}))\n"
    )
    command = [peers.python("brian2"), "-W", "ignore", "-c", code]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"{name} in Brian2 ended with {run.returncode}\n{run.stdout}{run.stderr}")
    return together(json.loads(line[5:]) for line in run.stdout.splitlines() if line.startswith("found"))


def measure_rheobase(module, seeds):
    return together(module.rheobase(seed) for seed in seeds)


def together(runs):
    """Turn dictionaries of numbers, one per seed, into one of lists."""
    runs = list(runs)
    return {key: [float(run[key]) for run in runs] for key in runs[0]}


def describe(values):
    return f"{np.mean(values):.6g}" + (f" ± {np.std(values, ddof=1):.2g}" if len(values) > 1 else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *examples.NAMES], metavar="name", help="default: all")
    parser.add_argument("--save", action="store_true", help="keep Brian2's numbers for the tests")
    arguments = parser.parse_args()
    reference = json.loads(PATH.read_text()) if PATH.exists() else {}
    print("| example | measure | rheobase | Brian2 |\n|---|---|---|---|")
    for name in arguments.names or examples.NAMES:
        module = importlib.import_module(f"examples.{name}")
        reference[name] = measure_brian2(name, seeds_of(module))
        for key, ours in measure_rheobase(module, seeds_of(module)).items():
            print(f"| {name} | {key} | {describe(ours)} | {describe(reference[name][key])} |", flush=True)
    if arguments.save:
        PATH.write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
