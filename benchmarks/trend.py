"""Measure how fast a commit is, keep it as one JSON, draw all that are kept, and say what became slower.

    python benchmarks/trend.py                                   this checkout, installed in this Python
    python benchmarks/trend.py --python PYTHON --commit NAME     another installed version, of commit NAME
    python benchmarks/trend.py --draw                            only draws, and compares the last two

Each network runs a few times in a process of its own, on one thread and on two; its best time counts, in units of a
yardstick of NumPy's that runs between them, since machines drift. What takes 5 % more than in the last commit that was
measured on such a machine is named, and the exit status is 1. Run it on a machine that does nothing else.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import matplotlib
import numpy as np
import versions
from run import machine

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).resolve().parent / "results" / "trend"
#: By name: the expression that makes the network, and how long it runs (ms).
CASES = {
    **versions.CASES,
    "CUBA 4,000": ("rb.circuits.cuba(4000, seed=1, threads={threads})", 5000.0),
    "Brunel 12,500": ("rb.circuits.brunel(12_500, seed=1, threads={threads})", 500.0),
    "Vogels 2011": ("rb.circuits.inhibitory_plasticity(seed=1, threads={threads})", 2000.0),
}
#: What counts as slower, and what it is called in the table.
ALLOWED = 1.05


def yardstick():
    """Return the seconds that a fixed piece of arithmetic takes."""
    numbers = np.linspace(-1.0, 1.0, 4096)
    start = perf_counter()
    for _ in range(3000):
        np.sqrt(np.exp(numbers) * numbers * numbers + 1.0)
    return perf_counter() - start


def measure(python, turns):
    """Return seconds by network and threads, and those of the yardstick, turn by turn."""
    found = {f"{name}, {threads}": [] for name in CASES for threads in (1, 2)}
    sticks = []
    for _ in range(turns):
        for name, (network, duration) in CASES.items():
            for threads in (1, 2):
                sticks.append(yardstick())
                times = versions.measure(python, network.format(threads=threads), duration)
                found[f"{name}, {threads}"].append(dict(zip(("construction", "simulation"), times, strict=True)))
    return found, sticks


def entry(options):
    """Measure, and return what is kept."""
    commit, date = _commit(options.commit)
    found, sticks = measure(options.python, options.turns)
    description = machine().split("; load")[0]
    return {"commit": commit, "date": date, "machine": description, "yardstick": sticks, "seconds": found}


def _commit(name):
    """Return the short name and date of a commit; what is not committed is told by a plus."""
    git = ["git", "-C", str(ROOT)]
    run = subprocess.run(
        [*git, "log", "-1", "--format=%h %cI", name or "HEAD"], capture_output=True, text=True, check=True
    )
    short, date = run.stdout.split()
    status = [*git, "status", "--porcelain", "-uno", "--", ".", ":!benchmarks/results"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    return short + ("+" if changed and name is None else ""), date


def load():
    """Return all that is kept, in the order of the commits."""
    return sorted((json.loads(path.read_text()) for path in FOLDER.glob("*.json")), key=lambda kept: kept["date"])


def costs(kept, phase="simulation"):
    """Return the best time of each network in units of the best yardstick."""
    unit = min(kept["yardstick"])
    return {name: min(times[phase] for times in turns) / unit for name, turns in kept["seconds"].items()}


def compare(entries):
    """Print the last commit beside the one before on such a machine; return what became slower."""
    if not entries:
        return []
    alike = [kept for kept in entries if kept["machine"] == entries[-1]["machine"]]
    last, before = alike[-1], alike[-2] if len(alike) > 1 else None
    print(f"{last['commit']}" + (f" beside {before['commit']}: its cost over that" if before else ""))
    slower = []
    for phase in ("construction", "simulation"):
        now = costs(last, phase)
        earlier = costs(before, phase) if before else {}
        for name, cost in now.items():
            ratio = cost / earlier[name] if name in earlier else float("nan")
            best = min(times[phase] for times in last["seconds"][name])
            print(f"{phase:13} {name:24} {best:8.4f} s  {ratio:5.2f}")
            if ratio > ALLOWED:
                slower.append(f"{phase} of {name}: {ratio:.2f}")
    return slower


def draw(entries, path):
    """Draw the speed of each network from commit to commit, over that of the first commit with it, on each machine."""
    machines = list(dict.fromkeys(kept["machine"] for kept in entries))
    figure, axes = plt.subplots(len(machines), 2, figsize=(11, 4 * len(machines)), squeeze=False, sharey="row")
    for row, described in zip(axes, machines, strict=True):
        alike = [kept for kept in entries if kept["machine"] == described]
        for ax, threads in zip(row, ("1", "2"), strict=True):
            for name in CASES:
                points = [(k, costs(kept).get(f"{name}, {threads}")) for k, kept in enumerate(alike)]
                points = [(k, cost) for k, cost in points if cost is not None]
                ax.plot([k for k, _ in points], [points[0][1] / cost for _, cost in points], "o-", label=name)
            ax.axhline(1.0, color="0.8", zorder=0)
            ax.set_xticks(range(len(alike)), [f"{kept['commit']}\n{kept['date'][:10]}" for kept in alike])
            ax.set_title(f"{threads} thread{'s' if threads == '2' else ''}: {described.split(';')[0]}", fontsize=9)
        row[0].set_ylabel("speed over the first commit's")
        row[1].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--python", default=sys.executable, help="of an environment with another version")
    parser.add_argument("--commit", help="of that version; this checkout's by default")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    options = parser.parse_args()
    if options.turns < 1:
        raise SystemExit(f"--turns must be 1 or more, got {options.turns}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not options.draw:
        kept = entry(options)
        path = FOLDER / f"{kept['date'][:10]}-{kept['commit']}.json"
        path.write_text(json.dumps(kept, indent=1) + "\n")
    entries = load()
    slower = compare(entries)
    if entries:
        draw(entries, FOLDER.with_suffix(".png"))
    if slower:
        raise SystemExit("slower by over 5 %: " + "; ".join(slower))


if __name__ == "__main__":
    main()
