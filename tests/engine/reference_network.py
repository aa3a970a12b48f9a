"""The textbook's time loop in plain NumPy, written from the equations and not from the engine.

Order inside the step from i to i + 1 (section 3.2 of the book): every right-hand side uses values at i; then V at i + 1
is compared with the threshold (>=), reset, and the spikes are noted at i + 1. A spike noted at i enters the synaptic
current, as a jump, at i + d, where d >= 1 is its delay in steps.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Neurons:
    """EIF neurons: parameters as in eq. (1.5), membrane potentials, and the synaptic currents they receive."""

    V: np.ndarray
    tau_m: float = 10.0
    E_L: float = -72.0
    V_T: float = -55.0
    D: float = 2.0
    V_th: float = 0.0
    V_re: float = -72.0
    refractory_steps: int = 0
    I_x: float = 0.0

    def __post_init__(self):
        self.currents = {}  # time constant -> synaptic current
        self.held = np.zeros(len(self.V), dtype=int)


class Connections:
    """A projection as the engine read it back: one entry a connection, delays in steps."""

    def __init__(self, pre, post, weight, delay, tau, n_pre, n_post):
        order = np.argsort(pre, kind="stable")
        self.post, self.weight, self.delay, self.tau = post[order], weight[order], delay[order], tau
        self.first = np.searchsorted(pre[order], np.arange(n_pre + 1))
        self.due = np.zeros((delay.max() + 1, n_post))  # what arrives in the coming steps, a ring

    def send(self, sources, step):
        """Put the weights of spikes noted at `step` where they arrive."""
        for source in sources:
            mine = slice(self.first[source], self.first[source + 1])
            np.add.at(self.due, ((step + self.delay[mine]) % len(self.due), self.post[mine]), self.weight[mine])

    def arrivals(self, step):
        """Return the summed weights that reach every target at `step`."""
        arrived = self.due[step % len(self.due)].copy()
        self.due[step % len(self.due)] = 0.0
        return arrived


def growth(x):
    """Return by which part of itself an upstroke grows where V moves by x D, as second-order steps take it.

    exp(x) - 1 to first order. More of it follows tau V' = D exp(V / D), solved by V - D ln(1 - x): x + x growth(x) / 2
    has the terms of that up to the fourth power. At least -1.
    """
    return np.maximum(x + 2 / 3 * x**2 + x**3 / 2, -1.0)


class Reference:
    """Populations of neurons by name, sources with given spikes by name, and connections between them."""

    def __init__(self, dt, neurons, sources, connections):
        self.dt, self.neurons, self.sources, self.connections = dt, neurons, sources, connections
        for (_, post), c in connections.items():
            neurons[post].currents.setdefault(c.tau, np.zeros(len(neurons[post].V)))

    def run(self, steps, method):
        """Return the spikes of every population as (steps, indices)."""
        found = {name: ([], []) for name in self.neurons}
        advance = {"euler": self.euler, "etd2": self.etd2}[method]
        for i in range(steps):
            spikes = {name: given.get(i + 1, []) for name, given in self.sources.items()}
            for name, n in self.neurons.items():
                V = np.where(n.held > 0, n.V, advance(n))
                spikes[name] = np.flatnonzero((V - n.V_th >= 0) & (n.held == 0))
                n.held = np.maximum(n.held - 1, 0)
                V[spikes[name]] = n.V_re
                n.held[spikes[name]] = n.refractory_steps
                n.V = V
                found[name][0].extend([i + 1] * len(spikes[name]))
                found[name][1].extend(spikes[name])
            for (pre, post), c in self.connections.items():
                self.neurons[post].currents[c.tau] += c.arrivals(i + 1) / c.tau
                c.send(spikes[pre], i + 1)
        return {name: (np.array(steps), np.array(indices)) for name, (steps, indices) in found.items()}

    def euler(self, n):
        """V + dt V', and tau I' = -I."""
        upstroke = n.D * np.exp((n.V - n.V_T) / n.D)
        V = n.V + self.dt * (-(n.V - n.E_L) + upstroke + n.I_x + sum(n.currents.values())) / n.tau_m
        for tau, current in n.currents.items():
            n.currents[tau] = current - self.dt * current / tau
        return V

    def etd2(self, n):
        """Second-order exponential differencing, the upstroke by a series; decaying currents enter exactly."""
        h = self.dt / n.tau_m
        linear = n.E_L + n.I_x + (n.V - n.E_L - n.I_x) * np.exp(-h)
        for tau, current in n.currents.items():
            # the integral of exp(-(dt - s) / tau_m) I exp(-s / tau) / tau_m over the step
            linear = linear + current * tau * (np.exp(-h) - np.exp(-self.dt / tau)) / (n.tau_m - tau)
            n.currents[tau] = current * np.exp(-self.dt / tau)
        before = n.D * np.exp((n.V - n.V_T) / n.D)
        predicted = linear + (1 - np.exp(-h)) * before
        # beyond V_th the upstroke is not followed: the spike is made anyway
        grown = before * growth((np.minimum(predicted, n.V_th) - n.V) / n.D)
        return predicted + grown * (np.exp(-h) - 1 + h) / h
