"""A time loop in plain NumPy that runs what a plain `rb.Network` describes, written from the equations.

It reads the parameters, the connections and the given trains of a network that has not run yet, and nothing else of
it. LIF and EIF neurons, every method; all kernels as currents and conductances; pair-based and short-term plasticity.

From step i to i + 1: the synaptic currents of i drive the membranes and decay; delta synapses whose spikes are due at
i + 1 move V; V at or above the threshold is a spike of i + 1. Then what is due at i + 1 enters the kernels, and the
connections onto those that spiked learn.
"""

import numpy as np
import scipy.linalg
from reference_network import growth

import rheobase as rb


class PlainKernel:
    """A chain of one or two linear stages that weights enter, for all neurons of a population."""

    def __init__(self, synapse, n, dt, method, leak_rates):
        values = synapse.parameters
        self.reversal = synapse.reversal
        if "tau" in values:
            fall = rise = values["tau"]
        else:
            fall, rise = values["tau_decay"], values["tau_rise"]
        self.two = not isinstance(synapse, rb.Exponential)
        peak = synapse.norm == "peak"
        if not self.two:
            self.jump = 1.0 if peak else 1.0 / fall
        else:  # tau_rise s' = -s, tau_decay I' = -I + s: the second stage has area 1 for s(0) = 1 / tau_rise
            self.jump = (1.0 / rise) / (self.highest(rise, fall) if peak else 1.0)
        self.stages = np.zeros((2, n))
        self.dt, self.rise, self.fall = dt, rise, fall
        if method == "euler":
            self.keep, self.means = np.eye(2) + dt * self.matrix(), np.array([[0.0, 1.0]])
        else:
            self.keep = scipy.linalg.expm(dt * self.matrix())
            self.means = np.array([self.mean(rate if method in ("exact", "etd2") else None) for rate in leak_rates])

    @staticmethod
    def highest(rise, fall):
        """Return the peak of the kernel of unit area."""
        if rise == fall:
            return np.exp(-1.0) / rise
        t = np.log(fall / rise) * rise * fall / (fall - rise)
        return (np.exp(-t / fall) - np.exp(-t / rise)) / (fall - rise)

    def matrix(self):
        if not self.two:
            return np.array([[0.0, 0.0], [0.0, -1.0 / self.fall]])
        return np.array([[-1.0 / self.rise, 0.0], [1.0 / self.fall, -1.0 / self.fall]])

    def mean(self, leak_rate):
        """Return how the stages at the beginning of a step weigh in the current that the membrane sees over it.

        A leaky membrane weighs the current at the end of the step more than that at its beginning.
        """
        A = np.zeros((3, 3))
        A[:2, :2] = self.matrix()
        A[2, 1] = 1.0 / self.dt if leak_rate is None else leak_rate
        A[2, 2] = 0.0 if leak_rate is None else -leak_rate
        row = scipy.linalg.expm(A * self.dt)[2, :2]
        return row if leak_rate is None else row / (1.0 - np.exp(-leak_rate * self.dt))

    def give(self):
        """Return the current, or conductance, of a step and let it decay to the end."""
        given = (self.means.T * self.stages).sum(axis=0)
        self.stages = self.keep @ self.stages
        return given

    def take(self, weights):
        self.stages[0 if self.two else 1] += self.jump * weights


class PlainNeurons:
    """The neurons of a population, their kernels, and until when each is refractory."""

    def __init__(self, population, dt):
        self.p = {name: population[name] for name in population.parameters}
        self.method, self.exponential = population.model.method, isinstance(population.model, rb.EIF)
        self.V, self.dt, self.kernels, self.jumps = population["V"], dt, {}, np.zeros(population.n)
        self.free = np.zeros(population.n, dtype=int)
        self.refractory = np.rint(self.p["t_ref"] / dt).astype(int)

    def kernel(self, synapse):
        if isinstance(synapse, rb.Delta):
            return None
        key = repr(synapse)
        if key not in self.kernels:
            rates = 1.0 / self.p["tau_m"]
            rates = rates if len(np.unique(rates)) > 1 else rates[:1]
            self.kernels[key] = PlainKernel(synapse, len(self.V), self.dt, self.method, rates)
        return self.kernels[key]

    def upstroke(self, V):
        """D exp((V - V_T) / D), followed up to where the spike is counted."""
        p = self.p
        return p["D"] * np.exp((np.minimum(V, p["V_th"]) - p["V_T"]) / p["D"]) if self.exponential else 0.0 * V

    def slope(self, V, current, conductance):
        """V' by the model's equation."""
        p = self.p
        return (p["E_L"] - V + self.upstroke(V) + (current - conductance * V) / p["g_L"]) / p["tau_m"]

    def advance(self, i):
        """Move V on from i to i + 1 and return who spikes there."""
        p, dt = self.p, self.dt
        current, conductance = p["I_x"].copy(), np.zeros(len(self.V))
        for kernel in self.kernels.values():
            given = kernel.give()
            current += given if kernel.reversal is None else given * kernel.reversal
            conductance += 0.0 if kernel.reversal is None else given

        def f(V):
            return self.slope(V, current, conductance)

        V = self.V
        if self.method == "euler":
            V = V + dt * f(V)
        elif self.method == "heun":
            V = V + dt / 2 * (f(V) + f(V + dt * f(V)))
        elif self.method == "rk4":
            k1 = f(V)
            k2 = f(V + dt / 2 * k1)
            k3 = f(V + dt / 2 * k2)
            V = V + dt / 6 * (k1 + 2 * k2 + 2 * k3 + f(V + dt * k3))
        else:  # the linear part exactly, the upstroke as growing linearly from its first value to a predicted second
            rate = (1.0 + conductance / p["g_L"]) / p["tau_m"]
            z = rate * dt
            first = V + dt * f(V) * -np.expm1(-z) / z
            V = first
            if self.exponential:
                moved = np.minimum(first, p["V_th"]) - np.minimum(self.V, p["V_th"])
                more = self.upstroke(self.V) * growth(moved / p["D"]) / p["tau_m"]
                V = first + dt * more * (np.expm1(-z) + z) / z**2
        free = self.free <= i
        V = np.where(free, V + self.jumps, self.V)
        self.jumps[:] = 0.0
        spiking = np.flatnonzero(free & (p["V_th"] <= V))
        V[spiking] = p["V_re"][spiking]
        self.free[spiking] = i + 1 + self.refractory[spiking]
        self.V = V
        return spiking


class PlainProjection:
    """The connections of a projection as the engine read them back, and their traces where they learn."""

    def __init__(self, projection, dt, neurons):
        c = projection.connections()
        self.pre, self.post, self.weight = c["pre"], c["post"], c["weight"]
        delays, self.dt = np.rint(c["delay"] / dt).astype(int), dt
        self.by_delay = {delay: np.flatnonzero(delays == delay) for delay in np.unique(delays)}
        self.ends = projection.pre.name, projection.post.name
        self.n_pre, self.neurons, self.kernel = projection.pre.n, neurons, neurons.kernel(projection.synapse)
        self.rule, self.traces = projection.plasticity, {}
        self.single_delay = projection.delay
        if isinstance(self.rule, rb.PairSTDP):
            self.traces = {"plus": np.zeros(projection.pre.n), "minus": np.zeros(projection.post.n)}
        if isinstance(self.rule, rb.TsodyksMarkram):
            self.traces = {"rec": np.zeros(projection.pre.n), "facil": np.zeros(projection.pre.n)}

    def take(self, spikes, i):
        """Hand on what is due at `i`: `spikes` are those of the presynaptic population by step."""
        for name in self.traces:
            tau = self.rule.parameters["tau_" + name]
            self.traces[name] *= np.exp(-self.dt / tau) if tau else 0.0
        reached = np.zeros(len(self.neurons.V))
        if self.rule is None:
            for delay, due in self.by_delay.items():
                if len(spikes.get(i - delay, ())):
                    counts = np.bincount(spikes[i - delay], minlength=self.n_pre)
                    np.add.at(reached, self.post[due], self.weight[due] * counts[self.pre[due]])
        else:
            for source in spikes.get(i - round(self.single_delay / self.dt), ()):
                mine = self.pre == source
                np.add.at(reached, self.post[mine], self.arrive(source, mine) * self.weight[mine])
        if self.kernel is None:
            self.neurons.jumps += reached
        else:
            self.kernel.take(reached)

    def arrive(self, source, mine):
        """Let a presynaptic spike change its weights and traces; return the share of the weights that it delivers."""
        p = self.rule.parameters
        if isinstance(self.rule, rb.TsodyksMarkram):
            u, used = self.traces["facil"], self.traces["rec"]
            u[source] += p["U"] * (1 - u[source])
            share = u[source] * (1 - used[source])
            used[source] += share
            return share
        w, range_ = self.weight[mine], p["w_max"] - p["w_min"]
        w = w - p["A_minus"] * ((w - p["w_min"]) / range_) ** p["mu"] * self.traces["minus"][self.post[mine]]
        self.weight[mine] = np.clip(w, p["w_min"], p["w_max"])
        self.traces["plus"][source] += 1
        return 1.0

    def learn(self, spiking):
        """Let postsynaptic spikes change the weights and traces."""
        if not isinstance(self.rule, rb.PairSTDP):
            return
        p = self.rule.parameters
        mine = np.isin(self.post, spiking)
        w = self.weight[mine]
        share = ((p["w_max"] - w) / (p["w_max"] - p["w_min"])) ** p["mu"]
        w = w + p["A_plus"] * share * self.traces["plus"][self.pre[mine]]
        self.weight[mine] = np.clip(w, p["w_min"], p["w_max"])
        self.traces["minus"][spiking] += 1


def run_plainly(net, steps):
    """Run a network's description for `steps`; return spikes by population and step, neurons and projections."""
    neurons = {p.name: PlainNeurons(p, net.dt) for p in net if not isinstance(p.model, rb.Trains)}
    projections = [PlainProjection(q, net.dt, neurons[q.post.name]) for q in net.projections]
    spikes = {p.name: {} for p in net}
    for p in net:
        if isinstance(p.model, rb.Trains):
            for step, index in zip(np.rint(p.model.times / net.dt).astype(int), p.model.indices, strict=True):
                spikes[p.name].setdefault(step, []).append(index)
    for i in range(steps):
        for q in projections:
            if q.kernel is None:
                q.take(spikes[q.ends[0]], i + 1)
        for name, some in neurons.items():
            spikes[name][i + 1] = some.advance(i)
        for q in projections:
            if q.kernel is not None:
                q.take(spikes[q.ends[0]], i + 1)
            q.learn(spikes[q.ends[1]][i + 1])
    return spikes, neurons, projections
