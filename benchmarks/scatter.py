"""Compile and run the bare scatter loop, the bound of what delivery of the microcircuit's spikes can reach.

    python benchmarks/scatter.py --threads 1 2

A spike of the full network reaches 3,873 targets; divided by threads and by some 30 delays they come in segments of
65 on two threads. Compare with the events per second of the phase "deliver" of benchmarks/microcircuit.py.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("scatter.cpp")
ENGINE = Path(__file__).parents[1] / "cpp" / "include"
NEURONS, SYNAPSES, DELAYS = 77_169, 298_880_968, 30


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synapses", type=int, default=SYNAPSES, help="size of the stream, 6 bytes each")
    parser.add_argument("--events", type=float, default=5e8, help="synaptic events to deliver")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--compiler", default="c++")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "scatter")
        flags = ["-O3", "-std=c++17", "-Wall", "-Wextra", "-pthread", f"-I{ENGINE}"]
        subprocess.run([options.compiler, *flags, SOURCE, "-o", program], check=True)
        for threads in options.threads:
            slots = NEURONS // max(threads, 2)  # a tile holds at most 65,536 slots
            length = SYNAPSES / NEURONS / max(threads, 2) / DELAYS
            arguments = [options.synapses, slots, length, DELAYS, int(options.events / length), threads]
            run = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True)
            for line in run.stdout.splitlines():
                r = json.loads(line)
                rate = r["events_per_second"]
                print(
                    f"{threads} thread(s), {length:.0f} synapses per segment, {r['kilobytes']:.0f} kB, {r['work']}: "
                    f"{rate:.3g} events/s, {1e9 * threads / rate:.2f} ns per event and thread"
                )


if __name__ == "__main__":
    main()
