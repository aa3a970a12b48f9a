"""How long the textbook's network takes from the first import to its raster, in processes of their own.

    python benchmarks/first_raster.py              medians and extremes of seven processes, in seconds

The network is that of the README: 10,000 neurons, 3.6 million synapses, one second. Bytecode and files are warm, as
from the second time on; drawing the picture, which is matplotlib's time, is left out.
"""

import argparse
import json
import statistics
import subprocess
import sys
from time import perf_counter

PARTS = ("import", "definition", "construction", "simulation", "spikes", "total")


def measure():
    """Return the seconds of each part, of a process that has imported nothing yet."""
    began = perf_counter()
    import rheobase as rb

    imported = perf_counter()
    net = rb.circuits.cortex(10_000, seed=1)
    defined = perf_counter()
    result = net.run(1000)
    ran = perf_counter()
    for name in ("e", "i"):
        result.spikes(name)
    ended = perf_counter()
    timing = result.timing
    seconds = (
        *(imported - began, defined - imported),
        *(timing.construction, ran - defined - timing.construction, ended - ran, ended - began),
    )
    return dict(zip(PARTS, seconds, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=7)
    parser.add_argument("--once", action="store_true", help="measure this process, print JSON")
    options = parser.parse_args()
    if options.once:
        print(json.dumps(measure()))
        return
    runs = []
    for _ in range(options.processes + 1):  # the first one warms up
        run = subprocess.run([sys.executable, __file__, "--once"], capture_output=True, text=True, check=True)
        runs.append(json.loads(run.stdout))
    for part in PARTS:
        seconds = [run[part] for run in runs[1:]]
        print(f"{part:14} {statistics.median(seconds):.3f}  ({min(seconds):.3f} to {max(seconds):.3f})")


if __name__ == "__main__":
    main()
