"""How close delivery, background, update and plasticity are to what this machine can do: measured rates beside peaks.

    python benchmarks/roofline.py --threads 1 2      prints a table and draws results/roofline.png

Peaks are measured by `peaks.cpp`, compiled for this very machine. What a phase must do at least, per event:

* delivery: read the bytes of a synapse from memory, and add to a slot that lies in the second-level cache;
* background (Poisson drive): draw eight random bits, and read and write a slot;
* update of a leaky cell with one exponential current: read and write V and slot, and read until when it rests;
* plasticity (pair STDP): at a spike of a pre neuron read and write its weights in memory, read their places, and add to
  slots. Spikes of post neurons wait until then, and cost no memory of their own.
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from run import machine

import rheobase as rb

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
CELLS, RATE = 65_536, 3.0


@dataclass(frozen=True)
class Phase:
    """Seconds per event, in fact and at least, by what bounds it; threads share the events."""

    name: str
    event: str
    measured: float
    bounds: dict[str, float]

    @property
    def share(self):
        """How much of the best possible rate is reached."""
        return max(self.bounds.values()) / self.measured


def peaks(threads, compiler):
    """Compile `peaks.cpp` and return what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "peaks")
        flags = ["-O3", "-std=c++17", "-march=native", "-pthread"]
        subprocess.run([compiler, *flags, HERE / "peaks.cpp", "-o", program], check=True)
        return json.loads(subprocess.run([program, str(threads)], capture_output=True, text=True, check=True).stdout)


def cells(net):
    """Add cells as those of the microcircuit; they do not reach threshold by what they get here."""
    lif = rb.LIF(tau_m=10, E_L=-65, V_th=1000, V_re=-65, t_ref=2, g_L=25)
    return net.add(lif, CELLS, name="cells", V=rb.Normal(-60, 4))


def delivery(peak, threads, duration):
    """Spikes of sources, as rare and as far-reaching as those of the microcircuit."""
    net = rb.Network(seed=1, threads=threads)
    post = cells(net)
    sources = net.add(rb.Poisson(rate=RATE), CELLS, name="sources")
    rule, weight, delay = rb.FixedTotal(3000 * CELLS), rb.Normal(88, 8.8), rb.Normal(1.5, 0.75, low=0.1)
    net.connect(sources, post, rule, weight=weight, delay=delay, synapse=rb.Exponential(tau=0.5, norm="peak"))
    timing, _ = _run(net, duration)
    byte = net.synapse_bytes / net.synapse_count
    bounds = {"memory": byte / peak["memory_bytes"], "slots": 1.0 / peak["additions"]}
    seconds = timing.phases["send_off"] + timing.phases["deliver"]
    return Phase("delivery", "synaptic event", seconds / timing.events, bounds)


def background_and_update(peak, threads, duration):
    """Cells with Poisson drive and one exponential current."""
    net = rb.Network(seed=1, threads=threads)
    post = cells(net)
    net.drive(post, rate=16_000, weight=88, synapse=rb.Exponential(tau=0.5, norm="peak"))
    timing, _ = _run(net, duration)
    steps = CELLS * duration / net.dt
    drawn = {"random bits": 0.25 / peak["words"], "slots": 16 / peak["cache_bytes"]}
    moved = {"cache": (2 * 16 + 8) / peak["cache_bytes"]}
    return [
        Phase("background", "cell and step", timing.phases["deliver"] / steps, drawn),
        Phase("update", "cell and step", timing.phases["update"] / steps, moved),
    ]


def plasticity(peak, threads, duration):
    """Pair STDP between sources and cells that spike at random, 10 times per second; weights are double precision."""
    inputs = 1000
    net = rb.Network(seed=1, threads=threads)
    sources = net.add(rb.Poisson(rate=10), 8192, name="sources")
    post = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2, g_L=25), 8192, name="post")
    net.drive(post, rate=16_000, weight=63, synapse=rb.Exponential(tau=0.5, norm="peak"))
    rule = rb.PairSTDP(A_plus=0.005, A_minus=-0.005, w_max=1.0)
    given = {"weight": 0.5, "synapse": rb.Exponential(tau=5), "plasticity": rule}
    net.connect(sources, post, rb.FixedInDegree(inputs), **given)
    timing, result = _run(net, duration)
    spikes = result.spikes("post").count().sum()
    at_drive = background_and_update(peak, threads, duration)[0].measured * net["post"].n * duration / net.dt
    seconds = timing.phases["send_off"] + timing.phases["deliver"] + timing.phases["learn"] - at_drive
    byte = net.synapse_bytes / net.synapse_count
    changed = timing.events + inputs * spikes
    moved = timing.events * (byte + 8) / changed
    added = timing.events / changed
    bounds = {"memory": moved / peak["memory_bytes"], "slots": added / peak["additions"]}
    return Phase("plasticity", "weight changed", seconds / changed, bounds)


def _run(net, duration):
    net.run(200)
    result = net.run(duration, profile=True)
    return result.timing, result


def report(phases, threads):
    """Print a line per phase."""
    for phase in phases:
        bounds = ", ".join(f"{name} {1e9 * seconds:.2f}" for name, seconds in phase.bounds.items())
        measured = f"{phase.name:11} {1e9 * phase.measured:6.2f} ns per {phase.event}"
        print(f"{threads} thread(s)  {measured}; at least: {bounds}; {phase.share:.0%} of what can be", flush=True)


def draw(found, path):
    """Draw what an event takes beside what it takes at least, for each number of threads."""
    figure, axes = plt.subplots(1, len(found), figsize=(5.2 * len(found) + 1.5, 3.4), squeeze=False, sharey=True)
    for ax, (threads, phases) in zip(axes[0], found.items(), strict=True):
        places = np.arange(len(phases))
        ax.bar(places, [1e9 * phase.measured for phase in phases], width=0.6, color="0.8", label="measured")
        names = list(dict.fromkeys(name for phase in phases for name in phase.bounds))
        for k, name in enumerate(names):
            bounded = [(x, 1e9 * phase.bounds[name]) for x, phase in enumerate(phases) if name in phase.bounds]
            x, y = zip(*bounded, strict=True)
            ax.scatter(x, y, marker="_", s=500, linewidths=2.5, color=f"C{k}", label=f"at least, by {name}")
        for x, phase in zip(places, phases, strict=True):
            ax.annotate(f"{phase.share:.0%}", (x, 1e9 * phase.measured), ha="center", va="bottom")
        ax.set_xticks(places, [f"{phase.name}\nper {phase.event}" for phase in phases], fontsize=8)
        ax.set_yscale("log")
        ax.set_title(f"{threads} thread{'s' if threads > 1 else ''}")
    axes[0][0].set_ylabel("ns")
    axes[0][-1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--duration", type=float, default=1000.0, help="ms of each network")
    parser.add_argument("--compiler", default="c++")
    options = parser.parse_args()
    print(machine())
    found = {}
    for threads in options.threads:
        peak = peaks(threads, options.compiler)
        print(f"{threads} thread(s)  peaks: " + ", ".join(f"{name} {rate:.3g}/s" for name, rate in peak.items()))
        asked = (peak, threads, options.duration)
        found[threads] = [delivery(*asked), *background_and_update(*asked), plasticity(*asked)]
        report(found[threads], threads)
    draw(found, HERE / "results" / "roofline.png")


if __name__ == "__main__":
    main()
