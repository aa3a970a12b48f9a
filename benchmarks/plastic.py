"""What plastic synapses take: bytes each, peak of memory, seconds to build and to run them.

    python benchmarks/plastic.py --synapses 100000000

builds one projection of that many, from Poisson sources to leaky cells that a current drives, runs it, and prints one
line of JSON. Memory is that of a fresh process: `bytes` are what building adds to its resident memory, per synapse,
`peak_mb` is the most that it ever had, everything included.
"""

import argparse
import json
import resource
from pathlib import Path

import rheobase as rb


def resident():
    """Return the resident memory of this process (bytes)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--synapses", type=int, default=10_000_000)
    parser.add_argument("--in-degree", type=int, default=1000)
    parser.add_argument("--rule", default="VogelsSTDP")
    parser.add_argument("--rate", type=float, default=5.0, help="of the pre neurons (Hz)")
    parser.add_argument("--time", type=float, default=1000.0, help="biological time (ms)")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    n = options.synapses // options.in_degree
    net = rb.Network(threads=options.threads, seed=1)
    x = net.add(rb.Poisson(options.rate), n, name="x")
    e = net.add(rb.LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, I_x=rb.Uniform(9.5, 11)), n, name="e")
    rule = getattr(rb, options.rule)()
    net.connect(x, e, rb.FixedInDegree(options.in_degree), weight=0.001, synapse=rb.Exponential(tau=5), plasticity=rule)
    before = resident()
    net.build()
    added = resident() - before
    res = net.run(options.time)
    print(
        json.dumps(
            {
                "synapses": net.synapse_count,
                "rule": options.rule,
                "threads": options.threads,
                "bytes": round(added / net.synapse_count, 2),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "construction": round(res.timing.construction, 2),
                "simulation": round(res.timing.simulation, 2),
                "rates": {name: round(float(rate), 2) for name, rate in zip("xe", res.rates().values(), strict=False)},
            }
        )
    )


if __name__ == "__main__":
    main()
