"""
Diesmann et al. (1999): a synfire chain
=======================================

Nature 402:529: ten groups of 100 neurons, each group connected to all of the next. A volley of 85 spikes, spread over
some milliseconds, becomes sharper from group to group and travels to the end of the chain, through membrane noise that
alone makes the neurons fire at 3 Hz.

In Brian2 2.9, ten seeds, the last volley has 101 spikes (standard deviation 1) within 0.26 ms (0.05), and takes 0.636
ms (0.013) per group, with a delay of one step; 0.534 ms with its default of no delay, which does not exist here.

The noise lies within the synaptic cascade, so the neuron is written as equations, which read as in Brian2, and spikes
kick ``y``, the variable with the flag ``delta``.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

Neuron = rb.neuron(
    "Synfire",
    """
    dV/dt = (E_L - V + x)/tau_m : mV
    dx/dt = (y - x)/tau_psp : mV
    dy/dt = -y/tau_psp + 25.27 + 39.24*xi : mV (delta)
    """,
    threshold="V > V_th",
    reset="V = E_L",
    refractory=1.0,
    parameters={"E_L": -70, "V_th": -55, "tau_m": 10, "tau_psp": 0.325},
    initial={"V": "E_L + rand()*(V_th - E_L)", "x": 0, "y": 0},
)


def run(groups=10, spikes=85, spread=1.0, seed=1):
    """Simulate 100 ms; a volley of `spikes`, normal in time with a standard deviation of `spread`, comes at 50 ms."""
    net, rng = rb.Network(dt=0.1, seed=seed), np.random.default_rng(seed)
    cells = net.add(Neuron(method="euler"), 100 * groups, name="cells")
    volley = net.add(rb.Trains(rng.normal(50, spread, (spikes, 1)), snap=True), spikes, name="volley")
    net.connect(cells, cells, rb.Clustered(np.eye(groups, k=-1)), weight=4.86, synapse=rb.Delta())
    net.connect(volley, cells[:100], rb.AllToAll(), weight=4.86, synapse=rb.Delta())
    return net.run(100)


def measure(res):
    """Return spikes and spread (ms) of the volley in the last group, and the time it takes for a group (ms)."""
    trains, middle, spread = res.spikes("cells"), [], []
    for k in range(trains.n // 100):
        times = trains.select(slice(100 * k, 100 * k + 100)).between(45, 75).times
        middle.append(np.median(times))
        volley = times[np.abs(times - middle[-1]) < 2]
        spread.append(volley.std())
    return {
        "spikes in the last group": volley.size,
        "spread in the first group (ms)": spread[0],
        "spread in the last group (ms)": spread[-1],
        "time per group (ms)": (middle[-1] - middle[0]) / (len(middle) - 1),
    }


def draw(res):
    """Draw the spikes of all groups."""
    _, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
    rb.plot.raster({"cells": res.spikes("cells")}, ax=ax)


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
