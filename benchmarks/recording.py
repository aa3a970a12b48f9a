"""What recording costs: with spikes recorded, written to disk, or not at all, on one thread.

    python benchmarks/recording.py --time 6800                      100 million spikes of cells without synapses
    python benchmarks/recording.py --network coba --time 130000     as many of a network

The cells are 100,000 LIF that fire at about 150 Hz, so that next to nothing is computed between two spikes; the
network is `rb.circuits.coba` with 40,000 neurons, whose spikes reach 80 others each.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

import rheobase as rb

WAYS = ("none", "memory", "disk")


def cells():
    """Return a network of cells that nothing connects."""
    net = rb.Network(seed=1, threads=1)
    net.add(rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2, I_x=40), 100_000, name="e", V=rb.Uniform(-65, -50))
    return net


def coba():
    """Return the network of conductances."""
    return rb.circuits.coba(40_000, seed=1, threads=1)


NETWORKS = {made.__name__: made for made in (cells, coba)}


def measure(way, network, time):
    """Return seconds, spikes and peak memory (GB) of one way, after 20 ms."""
    net = NETWORKS[network]()
    with tempfile.TemporaryDirectory() as folder:
        for population in net:
            if way == "disk":
                net.record_spikes(population, to=folder)
            elif way == "none":
                net.record_spikes(population, False)
        net.run(20)
        began = perf_counter()
        result = net.run(time)
        seconds = perf_counter() - began
        spikes = sum(rate * net[name].n for name, rate in result.rates().items()) * 1e-3 * time
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"seconds": seconds, "spikes": round(spikes), "peak_gb": peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, default="cells")
    parser.add_argument("--time", type=float, default=300.0, help="ms")
    parser.add_argument("--turns", type=int, default=1, help="how often each way is measured, in turns")
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process, print JSON")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options.way, options.network, options.time)))
        return
    found = {way: [] for way in WAYS}
    for _ in range(options.turns):
        for way, reports in found.items():
            command = [sys.executable, __file__, "--way", way, "--network", options.network, "--time", options.time]
            run = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True)
            reports.append(json.loads(run.stdout))
    for way, reports in found.items():
        seconds, spikes, peak = (median(r[name] for r in reports) for name in ("seconds", "spikes", "peak_gb"))
        pairs = zip(reports, found["none"], strict=True)
        more = median(100 * (r["seconds"] / none["seconds"] - 1) for r, none in pairs)
        print(f"{way:8} {seconds:.2f} s ({more:+.1f} %), {spikes:,.0f} spikes, peak {peak:.2f} GB")


if __name__ == "__main__":
    main()
