"""A connectome of a fly's size beside Brian2: trials in which a few cells are activated.

    python benchmarks/connectome.py --brian2 PYTHON --save benchmarks/results/connectome.md

139,000 leaky cells and 15 million edges of a made connectome (`networks/made_connectome.py`), the model of Shiu et al.
(2024), of which 100 cells are activated at 150 Hz. One thread each, in turns; a trial of rheobase is a reset with a new
seed and a run. Real-time factors are CPU seconds of the time loop for a second of the network's time: medians of all
turns; the ratio is the median of those of a turn. Rates are mean and standard deviation over trials.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import rheobase as rb

sys.path.insert(0, str(Path(__file__).parent / "networks"))
from made_connectome import ACTIVE, CELL, CELLS, DELAY, EDGES, KICK, RATE, TAU, edges


def network(cells, pre, post, weight, threads=1):
    """Return the network with its stimulus, and print what making it took."""
    net = rb.Network(dt=0.1, seed=1, threads=threads)
    e = net.add(rb.LIF(**CELL), cells, name="cells")
    began = time.perf_counter()
    synapse = rb.Exponential(tau=TAU, norm="peak")
    net.connect(e, e, rb.Pairs(pre, post), weight=weight, synapse=synapse, delay=DELAY)
    connected = time.perf_counter()
    x = net.add(rb.Poisson(rate=RATE), ACTIVE, name="stimulus")
    net.connect(x, e[:ACTIVE], rb.OneToOne(), weight=KICK, synapse=rb.Delta())
    net.build()
    built = time.perf_counter()
    print(f"connect {connected - began:.2f} s, build {built - connected:.2f} s\n", flush=True)
    return net


def trial(net, seed, duration):
    """Return what Brian2's script says of a trial."""
    net.reset(seed=seed)
    began = time.thread_time()
    result = net.run(duration)
    seconds = time.thread_time() - began
    count = result.spikes("cells").count()
    return {
        "seconds": seconds,
        "active": int(count[:ACTIVE].sum()),
        "others": int(count[ACTIVE:].sum()),
        "reached": int((count[ACTIVE:] > 0).sum()),
    }


class Brian2:
    """A process that runs trials of the same edges one at a time."""

    def __init__(self, python, path, cells, duration):
        script = Path(__file__).parent / "networks" / "connectome_brian2.py"
        command = [python, str(script), str(path), "--neurons", str(cells), "--time", str(duration)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while self.process.stdout.readline().strip() != "made":
            if self.process.poll() is not None:
                raise RuntimeError("Brian2 must make its program, see above")

    def trial(self):
        """Run one."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def table(turns, cells, duration):
    """Return the table of all turns, by who ran."""
    head = "| | real-time factor | over Brian2 | rate of activated cells, Hz | of the others, Hz | others that spiked |"
    lines = [head, "|---|---|---|---|---|---|"]
    seconds = {who: np.array([t["seconds"] for t in trials]) for who, trials in turns.items()}
    for who, trials in turns.items():
        ratio = f"{np.median(seconds['Brian2'] / seconds[who]):.1f}" if "Brian2" in turns else ""
        shown = []
        for key, n in (("active", ACTIVE), ("others", cells - ACTIVE)):
            rates = np.array([t[key] for t in trials]) / n / duration * 1e3
            shown.append(f"{rates.mean():.4g} ± {rates.std(ddof=1):.2g}")
        reached = np.array([t["reached"] for t in trials])
        shown.append(f"{reached.mean():.0f} ± {reached.std(ddof=1):.0f}")
        factor = np.median(seconds[who]) / duration * 1e3
        lines.append(f"| {who} | {factor:.3f} | {ratio} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=CELLS)
    parser.add_argument("--edges", type=int, default=EDGES)
    parser.add_argument("--time", type=float, default=1000.0, help="ms of a trial")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--brian2", help="a Python that has Brian2")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    pre, post, weight = edges(options.cells, options.edges, seed=3)
    net = network(options.cells, pre, post, weight)
    with tempfile.TemporaryDirectory() as folder:
        turns, peer = {"rheobase": []}, None
        if options.brian2:
            path = Path(folder) / "edges.npz"
            np.savez(path, pre=pre, post=post, weight=weight)
            peer = Brian2(options.brian2, path, options.cells, options.time)
            turns["Brian2"] = []
        for k in range(options.turns):
            turns["rheobase"].append(trial(net, k, options.time))
            if peer:
                turns["Brian2"].append(peer.trial())
        if peer:
            peer.close()
    shown = table(turns, options.cells, options.time)
    print(shown)
    if options.save:
        options.save.write_text(shown, encoding="utf-8")


if __name__ == "__main__":
    main()
