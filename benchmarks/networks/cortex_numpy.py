"""The textbook's EIF network as a plain NumPy loop with dense matrices, as the textbook writes it (Euler)."""

import numpy as np
from definitions import CORTEX, DT, draw, random_state, sizes
from measure import Stopwatch, arguments, report

options = arguments(neurons=1000, time=1000)
random = random_state(options.seed)
n = {**sizes(options.neurons), "x": sizes(options.neurons)["e"]}
p = CORTEX["neuron"]
stopwatch = Stopwatch()

J = {}
for (post, pre), weight in CORTEX["weights"].items():
    J[post, pre] = np.zeros((n[post], n[pre]))
    for j in range(n[post]):
        J[post, pre][j, random.choice(n[pre], CORTEX["in_degrees"][pre], replace=False)] = weight
V = {a: draw(CORTEX["V"], n[a], random) for a in "ei"}
current = {pair: np.zeros(n[pair[0]]) for pair in J}
steps = round(options.time / DT)
counts = dict.fromkeys("ei", 0)
construction = stopwatch.lap()

spikes = {a: np.zeros(0, dtype=int) for a in "eix"}
for step in range(steps):
    for a in "ei":
        total = sum(current[a, b] for b in "eix")
        V[a] += DT / p["tau_m"] * (-(V[a] - p["E_L"]) + p["D"] * np.exp((V[a] - p["V_T"]) / p["D"]) + total)
    for a, b in J:
        current[a, b] *= 1 - DT / CORTEX["tau"][b]
        if spikes[b].size:
            current[a, b] += J[a, b][:, spikes[b]].sum(axis=1) / CORTEX["tau"][b]
    for a in "ei":
        spikes[a] = np.flatnonzero(V[a] >= p["V_th"])
        V[a][spikes[a]] = p["V_re"]
        if step >= 0.2 * steps:
            counts[a] += spikes[a].size
    spikes["x"] = np.flatnonzero(random.random(n["x"]) < 1e-3 * CORTEX["rate_x"] * DT)

simulation = stopwatch.lap()
report(
    construction=construction,
    simulation=simulation,
    rates={a: counts[a] / n[a] / (0.8e-3 * options.time) for a in "ei"},
    synapses=sum(np.count_nonzero(matrix) for matrix in J.values()),
    neurons=options.neurons,
    threads=1,
)
