"""What recording costs: LIF cells that fire at about 150 Hz, with spikes recorded, written to disk, or not at all.

python benchmarks/recording.py --time 6800         100 million spikes
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from time import perf_counter

import rheobase as rb

WAYS = ("none", "memory", "disk")


def measure(way, neurons, time):
    """Return seconds, spikes and peak memory (GB) of one way, after 20 ms."""
    net = rb.Network(seed=1, threads=1)
    lif = rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2, I_x=40)
    e = net.add(lif, neurons, name="e", V=rb.Uniform(-65, -50))
    with tempfile.TemporaryDirectory() as folder:
        if way == "disk":
            net.record_spikes(e, to=folder)
        elif way == "none":
            net.record_spikes(e, False)
        net.run(20)
        began = perf_counter()
        result = net.run(time)
        seconds = perf_counter() - began
        rate = result.rates().get("e", 0.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"seconds": seconds, "spikes": round(rate * neurons * 1e-3 * time), "peak_gb": peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neurons", type=int, default=100_000)
    parser.add_argument("--time", type=float, default=300.0, help="ms")
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process, print JSON")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options.way, options.neurons, options.time)))
        return
    for way in WAYS:
        command = [sys.executable, __file__, "--way", way, "--neurons", options.neurons, "--time", options.time]
        run = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True)
        found = json.loads(run.stdout)
        print(f"{way:8} {found['seconds']:.2f} s, {found['spikes']:,} spikes, peak {found['peak_gb']:.2f} GB")


if __name__ == "__main__":
    main()
