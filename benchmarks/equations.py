"""Models of equations beside the built-in ones: time to the first spike, and the speed of networks.

    python benchmarks/equations.py --neurons 4000 --time 500

Networks of 4/5 excitatory and 1/5 inhibitory neurons with 80 inputs each (Brette et al. 2007). Built-in and written
models take turns; the smallest CPU time of each counts, on one thread.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import rheobase as rb

sys.path.insert(0, str(Path(__file__).parent / "networks"))
from definitions import COBAHH, CUBA, sizes

HELD = "(unless refractory)"
SPIKE = {"threshold": "V >= V_th", "reset": "V = V_re", "refractory": "t_ref"}
LIF = {"equations": f"dV/dt = (-(V - E_L) + I/g_L)/tau_m : mV {HELD}", "initial": {"V": "E_L"}, **SPIKE}
ADEX = {
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
ADEX_CELL = {"tau_m": 20.0, "E_L": -60.0, "V_T": -50.0, "D": 2.0, "tau_w": 100.0, "a": 1.0, "b": 10.0, "V_th": -40.0}
#: Name, model, text, parameters, weights, and whether synapses are conductances.
NETWORKS = {
    "CUBA": (
        rb.LIF,
        LIF,
        {"tau_m": 20.0, "g_L": 10.0, **{n: CUBA["neuron"][n] for n in ("E_L", "V_th", "V_re", "t_ref")}},
        CUBA["weights"],
        None,
    ),
    "AdEx": (rb.AdEx, ADEX, {**ADEX_CELL, "V_re": -60.0, "t_ref": 5.0, "g_L": 10.0}, COBAHH["weights"], "reversal"),
    "COBAHH": (rb.TraubMiles, PYRAMIDAL, COBAHH["neuron"], COBAHH["weights"], "reversal"),
}


def written(model, text):
    """Return the built-in model as a class of equations."""
    given = {p.name: p.standard for p in model.model.parameters}
    return rb.neuron(f"My{model.model.name}", parameters=given, **text)


def network(neuron, weights, reversal, neurons):
    """Return the network of the benchmark with a neuron model."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    counts = sizes(neurons)
    cells = {name: net.add(neuron, n, name=name, V=rb.Uniform(-65, -51)) for name, n in counts.items()}
    for post in "ei":
        for pre in "ei":
            synapse = rb.Exponential(
                tau=COBAHH["tau"][pre],
                reversal=COBAHH["reversal"][pre] if reversal else None,
                norm="peak",
            )
            degree = 80 * counts[pre] // neurons
            net.connect(cells[pre], cells[post], rb.FixedInDegree(degree), weight=weights[pre], synapse=synapse)
    x = net.add(rb.Poisson(rate=20), 200, name="x")  # keeps the networks alive
    start = rb.Exponential(tau=5, reversal=0.0 if reversal else None, norm="peak")
    for cell in cells.values():
        net.connect(x, cell, rb.FixedInDegree(20), weight=weights["e"], synapse=start)
    net.build()
    return net


def seconds(net, duration):
    """Return CPU time of a run, and its mean rate."""
    began = time.process_time()
    result = net.run(duration)
    return time.process_time() - began, np.mean(list(result.rates().values()))


def compare(name, neurons, duration, turns):
    """Return CPU times per simulated second of the built-in and the written model, and both rates."""
    model, text, parameters, weights, reversal = NETWORKS[name]
    method = model.model.methods[0]
    nets = [network(m(method=method, **parameters), weights, reversal, neurons) for m in (model, written(model, text))]
    best, rates = [np.inf, np.inf], [0.0, 0.0]
    for _ in range(turns):
        for k, net in enumerate(nets):
            taken, rates[k] = seconds(net, duration)
            best[k] = min(best[k], taken)
    return [b / duration * 1e3 for b in best], rates


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
    rest = {key: value for key, value in ADEX.items() if key != "equations"}
    code = FIRST_SPIKE.format(text=repr(ADEX["equations"]), parameters=parameters, rest=rest)
    runs = [json.loads(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    return np.min(runs, axis=0)


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--neurons", type=int, default=4000)
    parser.add_argument("--time", type=float, default=500.0, help="ms per turn")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    made, spiked = first_spike()
    print(
        f"after import: class of equations {made * 1e3:.1f} ms, first run of 50 ms with spikes {spiked * 1e3:.1f} ms\n"
    )
    print("| network | built-in, s per s | equations, s per s | speed | rates, Hz |\n|---|---|---|---|---|")
    for name in NETWORKS:
        (own, mine), rates = compare(name, options.neurons, options.time, options.turns)
        print(f"| {name} | {own:.3f} | {mine:.3f} | {own / mine:.2f} | {rates[0]:.1f}, {rates[1]:.1f} |")


if __name__ == "__main__":
    main()
