"""Time two versions of rheobase against each other, in turns, so that a drifting machine slows both alike.

    python benchmarks/versions.py OLD_PYTHON NEW_PYTHON --turns 9 --save benchmarks/results/versions.md

Each argument is the Python of an environment in which that version is installed. Printed are medians of construction
and simulation (s) and, pair by pair, how fast the new version is in units of the old: above 1 it is faster. Run it on a
machine that does nothing else.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

#: By name: the expression that makes the network, and how long it runs (ms).
CASES = {
    "cortex 10,000": ("rb.circuits.cortex(10_000, seed=1, threads={threads})", 1000.0),
    "COBA 4,000": ("rb.circuits.coba(4000, seed=1, threads={threads})", 2000.0),
    "COBAHH 4,000": ("rb.circuits.cobahh(4000, seed=1, threads={threads})", 500.0),
    "microcircuit at 0.3": ("rb.circuits.microcircuit(0.3, seed=1, threads={threads})", 300.0),
}

SCRIPT = """
import json
import rheobase as rb
net = {network}
timing = net.run({duration}).timing
print(json.dumps([timing.construction, timing.simulation]))
"""


def measure(python, network, duration):
    """Return (construction, simulation) in seconds, in a process of its own."""
    script = SCRIPT.format(network=network, duration=duration)
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(old, new, turns):
    """Yield a row of the table for every case and number of threads."""
    for name, (network, duration) in CASES.items():
        for threads in (1, 2):
            asked = network.format(threads=threads)
            pairs = [(measure(old, asked, duration), measure(new, asked, duration)) for _ in range(turns)]
            row = [name, str(threads)]
            for part in (0, 1):
                before, after = ([times[k][part] for times in pairs] for k in (0, 1))
                ratios = [b / a for b, a in zip(before, after, strict=True)]
                row += [f"{statistics.median(before):.3f}", f"{statistics.median(after):.3f}"]
                row += [f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"]
            yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    head = ["network", "threads", "construction, old", "new", "old/new", "simulation, old", "new", "old/new"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    print("\n".join(lines))
    for row in compare(options.old, options.new, options.turns):
        lines.append("| " + " | ".join(row) + " |")
        print(lines[-1], flush=True)
    if options.save:
        options.save.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
