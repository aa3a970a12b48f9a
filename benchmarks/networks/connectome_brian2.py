"""A made connectome in Brian2, as published scripts simulate one: a group, and synapses with a weight each.

    python connectome_brian2.py EDGES.npz --neurons 139000 --time 1000

Prints a line when the program is made; then, for every line that it reads, runs one trial and prints CPU seconds of the
time loop and the spikes of every cell's trial: those of activated cells, of the others, and how many of these spiked.
"""

import argparse
import json
import sys

import brian2_device
import numpy as np
from brian2 import Hz, Network, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, defaultclock, device, ms
from made_connectome import ACTIVE, CELL, DELAY, KICK, RATE, TAU

EQUATIONS = """
dv/dt = (E_L - v + g) / tau_m : 1 (unless refractory)
dg/dt = -g / tau : 1
"""
#: Of C++, around the time loop.
BEFORE, AFTER = (
    "const std::clock_t began = std::clock();",
    'std::ofstream("cpu_seconds") << double(std::clock() - began) / CLOCKS_PER_SEC;',
)


def network(path, neurons):
    """Return the network and what counts its spikes."""
    with np.load(path) as edges:
        pre, post, weight = edges["pre"], edges["post"], edges["weight"]
    namespace = {**{name: CELL[name] for name in ("E_L", "V_th", "V_re")}, "tau_m": CELL["tau_m"] * ms, "tau": TAU * ms}
    cells = NeuronGroup(
        neurons,
        EQUATIONS,
        threshold="v > V_th",
        reset="v = V_re",
        refractory=brian2_device.refractory(CELL["t_ref"]),
        method="exact",
        namespace=namespace,
    )
    cells.v = CELL["E_L"]
    synapses = Synapses(cells, cells, "w : 1", on_pre="g += w", delay=DELAY * ms)
    synapses.connect(i=pre, j=post)
    synapses.w = weight
    # At most one event in a step, as likely as one or more of a Poisson process, and before the threshold is looked at:
    # by default it would be a step late and cells would spike a little less.
    likely = -np.expm1(-RATE * Hz * defaultclock.dt) / defaultclock.dt
    stimulus = PoissonInput(cells[:ACTIVE], "v", N=1, rate=likely, weight=KICK, when="before_thresholds")
    spikes = SpikeMonitor(cells)
    return Network(cells, synapses, stimulus, spikes), spikes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edges")
    parser.add_argument("--neurons", type=int, required=True)
    parser.add_argument("--time", type=float, required=True, help="ms of a trial")
    options = parser.parse_args()
    brian2_device.prepare(1, None)
    made, spikes = network(options.edges, options.neurons)
    device.insert_code("before_network_run", BEFORE)
    device.insert_code("after_network_run", AFTER)
    made.run(options.time * ms)
    program = brian2_device.Program(run=False)
    print("made", flush=True)
    for _ in sys.stdin:
        program.run()
        count = np.bincount(spikes.i, minlength=options.neurons)
        with open(program.folder + "/cpu_seconds") as file:
            seconds = float(file.read())
        said = {"seconds": seconds, "active": int(count[:ACTIVE].sum()), "others": int(count[ACTIVE:].sum())}
        print(json.dumps({**said, "reached": int((count[ACTIVE:] > 0).sum())}), flush=True)
    program.remove()


if __name__ == "__main__":
    main()
