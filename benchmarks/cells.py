"""What individual cells and silent cells cost.

    python benchmarks/cells.py

Populations whose cells are all alike, differ in one parameter, and differ in all of them, in turns on one thread; and a
network of the size of a fly's brain (139,000 leaky cells, 15 million synapses) in which sources keep some cells active,
each at 100 Hz, and most are silent: real-time factor, mean rate, and nanoseconds per cell and step.
"""

import argparse
import time

import numpy as np

import rheobase as rb

MODELS = {"LIF": rb.LIF, "EIF": rb.EIF, "AdEx": rb.AdEx, "TraubMiles": rb.TraubMiles}
#: Cells of a fly's brain; in-degree; and cells of a module, beyond which no synapse reaches in the network of modules.
CELLS, DEGREE, MODULE = 139_000, 108, 4096
#: Numbers of cells that sources keep active: mean rates between 0.02 and 1 Hz.
ACTIVE = (20, 100, 400, 1400)


def around(value, n, random):
    """Return n values close to one."""
    return value * (1 + 1e-3 * random.uniform(-1, 1, n))


def population(neuron, alike, n):
    """Return a network of cells driven by two kinds of synapses; `alike` is all, all but one, or none."""
    random = np.random.default_rng(1)
    standard = {p.name: p.standard for p in neuron.model.parameters if p.standard != 0 and p.name != "t_ref"}
    differ = {"all alike": [], "one parameter": ["V_th"], "all parameters": list(standard)}[alike]
    net = rb.Network(dt=0.1, seed=1, threads=1)
    cells = net.add(neuron(**{name: around(standard[name], n, random) for name in differ}), n, name="e")
    x = net.add(rb.Poisson(rate=20), 200, name="x")
    for tau, reversal in ((5.0, 0.0), (10.0, -80.0)):
        net.connect(x, cells, rb.FixedInDegree(20), weight=0.01, synapse=rb.Exponential(tau=tau, reversal=reversal))
    net.build()
    return net


def seconds(net, duration):
    """Return CPU seconds of this thread for a second of a network's time."""
    began = time.thread_time()
    net.run(duration)
    return (time.thread_time() - began) / duration * 1e3


def individual(options):
    """Print what cells that differ cost."""
    print("| model | cells | ns per cell and step | times the cost of cells alike |\n|---|---|---|---|")
    for name, neuron in MODELS.items():
        nets = {
            alike: population(neuron, alike, options.cells)
            for alike in ("all alike", "one parameter", "all parameters")
        }
        turns = np.array([[seconds(net, options.time) for net in nets.values()] for _ in range(options.turns)])
        for k, alike in enumerate(nets):
            own, ratio = np.median(turns[:, k]), np.median(turns[:, k] / turns[:, 0])
            print(f"| {name} | {alike} | {own * 1e5 / options.cells:.2f} | {ratio:.2f} |", flush=True)


def fly(local, active):
    """Return a network of a fly's size; the synapses of its cells end within a module, or anywhere."""
    random = np.random.default_rng(2)
    net = rb.Network(dt=0.1, seed=1, threads=1)
    cell = rb.LIF(tau_m=20.0, E_L=-52.0, V_th=-45.0, V_re=-52.0, t_ref=2.2)
    cells = net.add(cell, CELLS, name="cells")
    post = np.repeat(np.arange(CELLS), DEGREE)
    within = post // MODULE * MODULE + random.integers(0, MODULE, len(post))
    pre = np.minimum(within, CELLS - 1) if local else random.integers(0, CELLS, len(post))
    synapse = rb.Exponential(tau=5.0, norm="peak")
    net.connect(cells, cells, rb.Pairs(pre, post), weight=0.4, delay=1.8, synapse=synapse)
    stimulus = net.add(rb.Poisson(rate=100), active, name="stimulus")
    few = np.arange(stimulus.n)
    net.connect(stimulus, cells, rb.Pairs(few, few), weight=60.0, synapse=synapse)
    return net


def silent(options):
    """Print how fast a network runs of which most is silent."""
    print(
        "\n| synapses | active cells | real-time factor | ns per cell and step | mean rate, Hz |\n|---|---|---|---|---|"
    )
    for name, local in (("within modules", True), ("anywhere", False)):
        for active in ACTIVE:
            net = fly(local, active)
            net.run(100.0)
            runs = []
            for _ in range(options.turns):
                began = time.thread_time()
                result = net.run(options.time)
                runs.append((time.thread_time() - began) / options.time * 1e3)
            rate = len(result.spikes("cells").times) / CELLS / options.time * 1e3
            took = np.median(runs)
            print(f"| {name} | {active} | {took:.3f} | {took * 1e5 / CELLS:.3f} | {rate:.3f} |", flush=True)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=4096)
    parser.add_argument("--time", type=float, default=200.0, help="ms per turn")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--only", choices=("individual", "silent"))
    options = parser.parse_args()
    if options.only != "silent":
        individual(options)
    if options.only != "individual":
        silent(options)


if __name__ == "__main__":
    main()
