"""Time the continuation of fixed points of models with six variables through 500 points.

    python benchmarks/continuation.py

Three models: a rate network of six populations whose field is a Python function, the same as `rb.rates.RateNetwork`,
which knows its Jacobian, and two coupled columns of excitation, inhibition and adaptation. Each line gives points,
seconds of the processor (the best of three runs), those that 500 points take, and bifurcations found.
"""

import time

import numpy as np

import rheobase as rb
from rheobase.dynamics import continuation

CURVE = rb.rates.Tanh()
WEIGHTS = np.random.default_rng(1).normal(0, 1.2, (6, 6))


def function(gain):
    return lambda u: -u + np.tanh(gain * (WEIGHTS @ u) + 0.1)


def network(gain):
    return rb.rates.RateNetwork(gain * WEIGHTS, 0.1, CURVE, tau=1.0, dimensionless=True)


def columns(drive):
    """Return two coupled columns of excitation, inhibition and adaptation."""
    W = np.array([[8.0, -6.0, 1.0, 0.0], [7.0, -2.0, 0.5, 0.0], [1.0, 0.0, 8.0, -6.0], [0.5, 0.0, 7.0, -2.0]])

    def field(u):
        rates, adaptation = u[:4], u[4:]
        out = W @ rates + drive
        out[[0, 2]] -= 2.0 * adaptation
        return np.concatenate([-rates + 1 / (1 + np.exp(-out)), 0.1 * (rates[[0, 2]] - adaptation)])

    return field


CASES = {
    "function": (function, np.zeros(6), 0.0, (0.0, 6.0), 0.003),
    "RateNetwork": (network, np.zeros(6), 0.05, (0.0, 6.0), 0.003),
    "two columns": (columns, np.zeros(6), -6.0, (-6.0, 6.0), 0.006),
}

if __name__ == "__main__":
    for name, (family, start, parameter, bounds, step) in CASES.items():
        taken = []
        for _ in range(3):
            began = time.process_time()
            branch = continuation(family, start, parameter, bounds, step=step, max_steps=600)
            taken.append(time.process_time() - began)
        kinds = ", ".join(b.kind for b in branch.bifurcations) or "none"
        points = len(branch.parameter)
        print(f"{name:12s} {points:4d} points {min(taken):5.2f} s, {500 * min(taken) / points:.2f} s per 500; {kinds}")
