"""How time a synaptic event and memory per synapse change with the size of the network.

    python benchmarks/scaling.py --memory 16      up to a million neurons, a billion synapses or 16 GB

The textbook's network (about 360 inputs per neuron, of which 160 external) at growing size, then its in-degrees grow at
constant summed input. Every point runs in a process of its own. Saves a table and a plot to benchmarks/results/.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import rheobase as rb

HERE = Path(__file__).resolve().parent
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
#: Factors of the in-degrees: 360 and 1000 inputs per neuron.
FACTORS = (1.0, 1000 / 360)
#: What a synapse takes, construction included, to see beforehand what fits (bytes).
BYTES_PER_SYNAPSE = 4.0


def network(neurons, factor, threads):
    """Return the textbook's network with `factor` times the inputs, each weaker by as much."""
    from rheobase.circuits.cortex import IN_DEGREES, TIME_CONSTANTS, WEIGHTS

    net = rb.Network(seed=1, threads=threads)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
    n_e = neurons * 4 // 5
    net.add(eif, n_e, name="e", V=rb.Uniform(-72, -55))
    net.add(eif, neurons - n_e, name="i", V=rb.Uniform(-72, -55))
    net.add(rb.Poisson(rate=5), n_e, name="x")
    for (post, pre), weight in WEIGHTS.items():
        rule = rb.FixedInDegree(round(factor * IN_DEGREES[pre]), multapses=True)
        net.connect(net[pre], net[post], rule, weight=weight / factor, synapse=rb.Exponential(tau=TIME_CONSTANTS[pre]))
    return net


def measure(neurons, factor, threads, time):
    """Run one point and return it."""
    net = network(neurons, factor, threads)
    net.run(100)
    result = net.run(time)
    timing = result.timing
    return {
        "neurons": neurons,
        "synapses": net.synapse_count,
        "threads": threads,
        "construction_s": timing.construction,
        "simulation_s": timing.simulation,
        "events": timing.events,
        "ns_per_event": 1e9 * timing.simulation / max(timing.events, 1),
        "bytes_per_synapse": net.synapse_bytes / net.synapse_count,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "rate_e_hz": result.rates()["e"],
    }


def table(points):
    """Return the points as a Markdown table."""
    lines = [
        "| neurons | synapses | threads | construction (s) | ns/event | ns/synapse built | bytes/synapse | peak (GB) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for p in points:
        lines.append(
            f"| {p['neurons']:,} | {p['synapses']:,} | {p['threads']} | {p['construction_s']:.2f} | "
            f"{p['ns_per_event']:.2f} | {1e9 * p['construction_s'] / p['synapses']:.1f} | "
            f"{p['bytes_per_synapse']:.2f} | {p['peak_gb']:.2f} |"
        )
    return "\n".join(lines)


def _inputs(point):
    return round(point["synapses"] / point["neurons"])


def plot(points, path):
    """Draw time per event and bytes per synapse over the number of synapses."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, (inputs, threads) in enumerate(sorted({(_inputs(p), p["threads"]) for p in points})):
        mine = sorted(
            (p for p in points if (_inputs(p), p["threads"]) == (inputs, threads)), key=lambda p: p["neurons"]
        )
        style = {
            "marker": "os^v"[threads % 4],
            "color": f"C{number // 2}",
            "fillstyle": "none" if threads == 1 else "full",
        }
        style["label"] = f"{inputs} inputs, {threads} thread{'s' if threads > 1 else ''}"
        left.plot([p["neurons"] for p in mine], [p["ns_per_event"] for p in mine], **style)
        right.plot([p["neurons"] for p in mine], [p["bytes_per_synapse"] for p in mine], **style)
    left.set_ylabel("wall time a synaptic event (ns)")
    right.set_ylabel("memory per synapse (bytes)")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("neurons")
    left.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", type=float, default=8.0, help="GB a network may take (default 8)")
    parser.add_argument("--neurons", type=int, nargs="+", default=SIZES)
    parser.add_argument("--factors", type=float, nargs="+", default=FACTORS, help="of the in-degrees")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--time", type=float, default=200.0, help="ms measured, after 100 ms")
    parser.add_argument("--save", default=str(HERE / "results" / "scaling"), help="file without its ending")
    parser.add_argument("--point", type=float, nargs=3, metavar=("NEURONS", "FACTOR", "THREADS"), help="one point")
    options = parser.parse_args()
    if options.point:
        neurons, factor, threads = options.point
        print(json.dumps(measure(int(neurons), factor, int(threads), options.time)))
        return
    points = []
    for factor in options.factors:
        for neurons in options.neurons:
            expected = 1e-9 * BYTES_PER_SYNAPSE * neurons * 360 * factor
            if expected > options.memory:
                print(f"{neurons:,} neurons left out: about {expected:.1f} GB", file=sys.stderr)
                continue
            for threads in options.threads:
                command = [sys.executable, __file__, "--time", options.time, "--point", neurons, factor, threads]
                run = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True)
                points.append(json.loads(run.stdout.splitlines()[-1]))
                print(table(points[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
                save(points, Path(options.save))
    print(table(points))


def save(points, path):
    """Write table, numbers and plot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".md").write_text(f"# Scaling\n\n{table(points)}\n")
    path.with_suffix(".json").write_text(json.dumps(points, indent=1) + "\n")
    plot(points, path.with_suffix(".png"))


if __name__ == "__main__":
    main()
