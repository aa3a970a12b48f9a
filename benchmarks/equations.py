"""Models of equations beside the built-in ones and Brian2: time to the first spike, and the speed of networks.

    python benchmarks/equations.py --brian2 benchmarks/environments/brian2/bin/python

Networks of 4/5 excitatory and 1/5 inhibitory neurons with 80 inputs each (Brette et al. 2007), on one thread: with the
built-in model, with the same model as equations that are interpreted (`RHEOBASE_JIT=off`), with equations as machine
code (`now`, where llvmlite is installed), and in Brian2 as C++ (where its Python is named). Models run with the method
that they have by default, and with that of Brian2 where it is another. All take turns; ratios are medians of those of a
turn, times are medians. Then the built-in rule of pair STDP and the same as text, interpreted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import rheobase as rb

sys.path.insert(0, str(Path(__file__).parent / "networks"))
from definitions import ADEX, COBAHH, CUBA, sizes

HELD = "(unless refractory)"
SPIKE = {"threshold": "V >= V_th", "reset": "V = V_re", "refractory": "t_ref"}
LIF = {"equations": f"dV/dt = (-(V - E_L) + I/g_L)/tau_m : mV {HELD}", "initial": {"V": "E_L"}, **SPIKE}
ADAPTIVE = {
    "equations": f"""
        dV/dt = (-(V - E_L) + D*exp((min(V, V_th) - V_T)/D) + (I - w)/g_L)/tau_m : mV {HELD}
        dw/dt = (a*(min(V, V_th) - E_L) - w)/tau_w : pA
        """,
    "initial": {"V": "E_L", "w": 0},
    **SPIKE,
    "reset": "V = V_re; w += b",
}
PYRAMIDAL = {
    "equations": """
        v = V - V_T : mV
        dV/dt = (-g_L*(V - E_L) - g_K*n**4*(V - E_K) - g_Na*m**3*h*(V - E_Na) + I)/C_m : mV
        dn/dt = 0.16/exprel((15 - v)/5)*(1 - n) - 0.5*exp((10 - v)/40)*n : 1
        dm/dt = 1.28/exprel((13 - v)/4)*(1 - m) - 1.4/exprel((v - 40)/5)*m : 1
        dh/dt = 0.128*exp((17 - v)/18)*(1 - h) - 4/(1 + exp((40 - v)/5))*h : 1
        """,
    "initial": {"V": "E_L", "n": 0.01, "m": 0.01, "h": 0.99},
    "threshold": "crosses(V, V_th)",
    "refractory": "t_ref",
}
#: Name, model, text, parameters and the network they are for.
NETWORKS = {
    "CUBA": (
        rb.LIF,
        LIF,
        {"tau_m": 20.0, "g_L": 10.0, **{n: CUBA["neuron"][n] for n in ("E_L", "V_th", "V_re", "t_ref")}},
        CUBA,
    ),
    "AdEx": (rb.AdEx, ADAPTIVE, ADEX["neuron"], ADEX),
    "COBAHH": (rb.TraubMiles, PYRAMIDAL, COBAHH["neuron"], COBAHH),
}
#: How Brian2 integrates them.
PEER_METHODS = {"CUBA": "exact", "AdEx": "euler", "COBAHH": "exponential_euler"}
PEER = "Brian2 C++"
#: How each tier is asked for, and whether the model is of equations.
TIERS = {"built-in": ("off", False), "interpreted": ("off", True), "machine code": ("now", True)}


def written(model, text):
    """Return the built-in model as a class of equations."""
    given = {p.name: p.standard for p in model.model.parameters}
    return rb.neuron(f"My{model.model.name}", parameters=given, **text)


def network(neuron, definition, neurons):
    """Return a network of the benchmark with a neuron model; what starts at rest gets a few sources."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    counts = sizes(neurons)
    cells = {name: net.add(neuron, n, name=name, V=rb.Uniform(*definition["V"])) for name, n in counts.items()}
    reversal = definition.get("reversal", dict.fromkeys("ei"))
    for pre in "ei":
        synapse = rb.Exponential(tau=definition["tau"][pre], reversal=reversal[pre], norm="peak")
        rule = rb.FixedInDegree(definition["in_degree"] * counts[pre] // neurons)
        for post in "ei":
            net.connect(cells[pre], cells[post], rule, weight=definition["weights"][pre], synapse=synapse)
    if definition is not CUBA:  # of which every neuron fires by itself
        x = net.add(rb.Poisson(rate=20), 200, name="x")
        start = rb.Exponential(tau=definition["tau"]["e"], reversal=reversal["e"], norm="peak")
        for cell in cells.values():
            net.connect(x, cell, rb.FixedInDegree(20), weight=definition["weights"]["e"], synapse=start)
    net.build()
    return net


def brian2(name, python, options, folder):
    """Return seconds of Brian2's time loop for a second of a network's time, and the mean rate."""
    script = Path(__file__).parent / "networks" / f"{name.lower()}_brian2.py"
    command = [python, str(script), "--neurons", str(options.neurons), "--time", str(options.time)]
    environment = {**os.environ, "PROGRAM_FOLDER": str(folder / name), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    said = json.loads(run.stdout.strip().splitlines()[-1])
    rates = [said["rates"][a] * n for a, n in sizes(options.neurons).items()]
    return said["simulation"] / options.time * 1e3, sum(rates) / options.neurons


def run(net, tier, duration):
    """Return CPU seconds of this thread for a second of a network's time, and the mean rate."""
    os.environ["RHEOBASE_JIT"] = TIERS[tier][0]
    began = time.thread_time()
    result = net.run(duration)
    taken = (time.thread_time() - began) / duration * 1e3
    counts = [len(result.spikes(a).times) for a in "ei"]
    return taken, sum(counts) / sum(net.populations[a].n for a in "ei") / duration * 1e3


def compare(name, options, folder):
    """Return seconds and mean rates of every turn, by the method and who ran."""
    model, text, parameters, definition = NETWORKS[name]
    tiers = [t for t in TIERS if t != "machine code" or find_spec("llvmlite") is not None]
    nets = {}
    for method in dict.fromkeys([model.model.methods[0], PEER_METHODS[name]]):
        for tier in tiers:
            neuron = written(model, text) if TIERS[tier][1] else model
            net = nets[method, tier] = network(neuron(method=method, **parameters), definition, options.neurons)
            run(net, tier, 20.0)  # machine code is made
    turns = {key: [] for key in nets}
    for _ in range(options.turns):
        for (method, tier), net in nets.items():
            turns[method, tier].append(run(net, tier, options.time))
        if options.brian2:
            turns.setdefault((PEER_METHODS[name], PEER), []).append(brian2(name, options.brian2, options, folder))
    return {key: np.array(runs).T for key, runs in turns.items()}


PAIR_STDP = {
    "equations": "dx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1",
    "on_pre": "w = clip(w - A_minus*y, w_min, w_max); x += 1",
    "on_post": "w = clip(w + A_plus*x, w_min, w_max); y += 1",
    "parameters": {p.name: p.standard for p in rb.PairSTDP.rule.parameters if p.name != "mu"},
}


def plastic_network(rule, synapses):
    """Return 20,000 Poisson sources at 10 Hz, plastic synapses, and 4,000 neurons that a drive keeps firing."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    x = net.add(rb.Poisson(rate=10), 20_000, name="x")
    e = net.add(rb.LIF(V_th=-55, t_ref=2), 4000, name="e", V=rb.Uniform(-70, -55))
    net.drive(e, rate=1000, weight=1.5, synapse=rb.Delta())
    synapse = rb.Exponential(tau=5)
    net.connect(x, e, rb.FixedInDegree(synapses // 4000), weight=0.5, synapse=synapse, delay=1.0, plasticity=rule)
    net.build()
    return net


def compare_plasticity(synapses, turns, duration=50.0):
    """Return the medians over turns: CPU seconds of 50 ms by the built-in rule and by text, and their ratio."""
    mine = rb.plasticity("MyPairSTDP", **PAIR_STDP)
    nets = [plastic_network(rule, synapses) for rule in (rb.PairSTDP(), mine())]
    for net in nets:
        net.run(20.0)
    taken = np.empty((turns, 2))
    for turn in taken:
        for k, net in enumerate(nets):
            began = time.thread_time()
            net.run(duration)
            turn[k] = time.thread_time() - began
    return (*np.median(taken, axis=0), np.median(taken[:, 0] / taken[:, 1]))


FIRST_SPIKE = """
import rheobase as rb, time, json
began = time.perf_counter()
Mine = rb.neuron("Mine", {text}, parameters={parameters}, **{rest})
made = time.perf_counter()
net = rb.Network(dt=0.1, threads=1)
net.add(Mine(I_x=30.0), 100, name="e")
result = net.run(50)
assert len(result.spikes("e").times)
print(json.dumps([made - began, time.perf_counter() - began]))
"""


def first_spike():
    """Return seconds from import to the class of an AdEx neuron, and to the result of its first run."""
    parameters = {p.name: p.standard for p in rb.AdEx.model.parameters}
    rest = {key: value for key, value in ADAPTIVE.items() if key != "equations"}
    code = FIRST_SPIKE.format(text=repr(ADAPTIVE["equations"]), parameters=parameters, rest=rest)
    runs = [json.loads(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return np.min(runs, axis=0)


def table(options, folder):
    """Print how fast each network ran."""
    print("| network | method | run by | s per s | speed, of the built-in model | over Brian2 | rate, Hz |")
    print("|---|---|---|---|---|---|---|")
    for name in options.networks:
        turns = compare(name, options, folder)
        peer = turns.get((PEER_METHODS[name], PEER))
        for (method, who), (seconds, rates) in turns.items():
            own = np.median(turns[method, "built-in"][0] / seconds)
            over = "" if peer is None else f"{np.median(peer[0] / seconds):.1f}"
            said = f"{np.median(seconds):.3f} | {own:.2f} | {over} | {np.mean(rates):.1f}"
            print(f"| {name} | `{method}` | {who} | {said} |", flush=True)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--neurons", type=int, default=4000)
    parser.add_argument("--time", type=float, default=500.0, help="ms per turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--synapses", type=int, default=20_000_000, help="plastic ones; 0 leaves them out")
    parser.add_argument("--brian2", help="a Python that has Brian2")
    options = parser.parse_args()
    made, spiked = first_spike()
    print(
        f"after import: class of equations {made * 1e3:.1f} ms, first run of 50 ms with spikes {spiked * 1e3:.1f} ms\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        table(options, Path(folder))
    if options.synapses:
        built_in, text, ratio = compare_plasticity(options.synapses, options.turns)
        print(
            f"\npair STDP on {options.synapses:,} synapses, 50 ms: built-in {built_in:.2f} s, text {text:.2f} s, "
            f"speed {ratio:.2f} of the built-in rule"
        )


if __name__ == "__main__":
    main()
