"""Networks of every kind from a number: each seed gives one valid network, its changes between runs included.

A seed decides over models and methods, kernels, rules, weights, delays, plasticity, sources, drives, currents, light,
recordings, and what happens to the network at which step. `RandomNetwork.play` makes it and lets it run, in one piece
or cut, saved and loaded, and copied anywhere; all that may be seen of it comes out, and must be the same bit for bit
(`test_engine_random_networks.py`). Every fourth seed gives a plain network, one that `plain_loop.py` can run as well.

    python tests/engine/random_networks.py 0 60

prints the digests of what comes out of these seeds with this process's instruction set (RHEOBASE_ISA chooses one).
"""

import copy
import hashlib
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import scipy.sparse
from fingerprint_networks import NEURONS

import rheobase as rb
from rheobase.models.ends import Ends

#: Models that take large steps, and those that need small ones.
COARSE = ["LIF", "EIF", "LeakyIntegrator", "QIF", "AdEx", "Izhikevich", "MorrisLecar", "FitzHughNagumo", "Binary"]
COARSE += ["EIFChR"]
PLAIN = ["LIF", "EIF"]
SIZES = [1, 2, 5, 13, 31, 40, 67, 101, 130, 257, 300]


class Dice:
    """Random choices that belong to a seed and a purpose."""

    def __init__(self, *seed):
        self.random = np.random.default_rng(seed)

    def chance(self, p):
        return bool(self.random.random() < p)

    def pick(self, choices):
        choices = list(choices)
        return choices[self.random.integers(len(choices))]

    def integer(self, low, high):
        """Return an integer from low to high, both included."""
        return int(self.random.integers(low, high, endpoint=True))

    def real(self, low, high):
        return float(self.random.uniform(low, high))

    def some(self, n):
        """Return a few indices below n, in no order."""
        return self.random.permutation(n)[: self.integer(1, min(n, 5))]


class RandomNetwork:
    """The network of a seed: what it is made of, and what happens to it at which step."""

    def __init__(self, seed):
        dice = Dice(seed)
        self.seed, self.plain = seed, seed % 4 == 0
        self.dt = 0.1 if self.plain else dice.pick([0.1, 0.1, 0.1, 0.05, 0.02])
        self.steps = dice.integer(100, 400)
        changes = 0 if self.plain else dice.integer(0, 3)
        self.changes = sorted(dice.integer(1, self.steps - 1) for _ in range(changes))
        #: Weights beyond all measure, under which most methods blow up.
        self.stormy = not self.plain and dice.chance(0.06)

    # ---- running -----------------------------------------------------------------------------------------------------

    def play(self, threads, cuts=(), saves=None, copies=None, folder=None):
        """Make the network, run it, and return all that can be seen of it, as arrays by name.

        It is cut at the steps `cuts`, saved and loaded at the steps of `saves`, which say on how many threads it goes
        on, and copied at the steps of `copies`, which say how. A network that blows up gives its error alone.
        """
        saves, copies = saves or {}, copies or {}
        self.parts = {}
        net, now = self.network(threads), 0
        try:
            for stop in sorted({*cuts, *saves, *copies, *self.changes, self.steps}):
                if stop > now:
                    self.keep(net.run((stop - now) * self.dt))
                    now = stop
                if stop in saves:
                    path = Path(folder) / f"{self.seed}.rheobase"
                    net.save(path)
                    net = rb.load(path, threads=saves[stop])
                if stop in copies:
                    net = copies[stop](net)
                for k, step in enumerate(self.changes):
                    if step == stop:
                        self.change(net, Dice(self.seed, 2, k))
        except FloatingPointError as error:
            return {"error": np.frombuffer(str(error).encode(), np.uint8)}
        self.net = net
        return self.seen(net)

    def keep(self, result):
        for name, trains in result.spikes().items():
            self.parts.setdefault(("spikes", name), []).append((np.rint(trains.times / self.dt), trains.indices))
        for key in self.recorded:
            found = result.weights(*key[:2]) if key[2:] else result.states(*key)
            self.parts.setdefault(key, []).append((np.rint(found.times / self.dt), found.values))

    def seen(self, net):
        """Return everything as arrays by name: what came out of the runs, then what the network holds."""
        arrays = {}
        for key, parts in self.parts.items():
            for field, pieces in enumerate(zip(*parts, strict=True)):
                arrays[(*key, field)] = np.concatenate(pieces)
        for p in net:
            for name in [*p.variables, *p.parameters]:
                arrays[p.name, name, "at the end"] = p[name]
        for k, q in enumerate(net.projections):
            for field, values in q.connections().items():
                arrays["connections", k, field] = values
            arrays["connections", k, "learning"] = np.array(q.learning)
        return arrays

    # ---- what it is made of ------------------------------------------------------------------------------------------

    def network(self, threads):
        dice = Dice(self.seed, 1)
        net = rb.Network(dt=self.dt, seed=self.seed, threads=threads)
        self.recorded, self.models, self.scale = [], {}, {}
        for _ in range(dice.integer(1, 3)):
            self.add_neurons(net, dice)
        for _ in range(dice.integer(1, 2)):
            self.add_source(net, dice)
        for _ in range(dice.integer(2, 7)):
            self.connect(net, dice)
        for _ in range(0 if self.plain else dice.integer(0, 2)):
            self.drive(net, dice)
        for _ in range(0 if self.plain else dice.integer(0, 3)):
            self.inject(net, dice)
        for _ in range(dice.integer(1, 4)):
            self.record(net, dice)
        return net

    def neurons(self, net):
        return [p for p in net if p.name in self.models]

    def add_neurons(self, net, dice):
        name = dice.pick(PLAIN if self.plain else COARSE if self.dt == 0.1 else NEURONS)
        methods, _, weight, common, each, state = NEURONS[name]
        n = dice.pick(SIZES) if dice.chance(0.95) or self.plain else 0
        method = dice.pick(methods)
        parameters = common() if dice.chance(0.4) else each()
        if self.plain and dice.chance(0.7):
            parameters["I_x"] = rb.Uniform(14, 30)
        parameters = {key: resized(value, n) for key, value in parameters.items()}
        start = {key: resized(value, n) for key, value in state().items()} if dice.chance(0.8) else {}
        p = net.add(getattr(rb, name)(method=method, **parameters), n, name=f"n{len(net.populations)}", **start)
        self.models[p.name], self.scale[p.name] = name, weight

    def add_source(self, net, dice):
        n, name = dice.pick(SIZES), f"x{len(net.populations)}"
        if self.plain or dice.chance(0.3):
            count = dice.integer(0, 8 * n)
            times = self.dt * dice.random.integers(1, self.steps, count, endpoint=True)
            net.add(rb.Trains(times=times, indices=dice.random.integers(0, n, count)), n, name=name)
            return
        unit = 0.1 / self.dt  # as many spikes a step for every dt
        rates = [
            lambda: 30 * unit,
            lambda: np.linspace(0, 100, n) * unit,
            lambda: rb.Uniform(0, 60 * unit),
            lambda: self.series(dice, n, 80 * unit),
        ]
        net.add(rb.Poisson(rate=dice.pick(rates)()), n, name=name)

    def series(self, dice, n, high):
        """Return values between 0 and `high` that change in time, the same for all of n or each its own."""
        ms = [self.dt * step for step in np.sort(dice.random.choice(self.steps, 3, replace=False))]
        width = n if dice.chance(0.5) else 1
        rows = high * dice.random.random((3, width))
        if width == 1:
            rows = rows[:, 0]
        series = [
            lambda: rb.Pulse(ms[0], ms[1], rows[0]),
            lambda: rb.Steps(ms, rows),
            lambda: rb.Samples(rows, dice.integer(1, 60) * self.dt, ms[0]),
        ]
        return dice.pick(series)()

    def connect(self, net, dice):
        pre, post = dice.pick(net), dice.pick(self.neurons(net))
        weight_scale, synapse = self.synapse(dice, post)
        rule, count = self.rule(dice, pre, post)
        options = {}
        if dice.chance(0.25):
            options["plasticity"], low, high = self.plasticity(dice, self.scale[post.name])
            options["delay"] = self.delay(dice, None, alike=True)
            weight = dice.pick([rb.Uniform(low, high), 0.5 * (low + high)])
        else:
            low = 0.0
            high = dice.pick([1, 1, -1]) * weight_scale / max(1.0, mean_in_degree(rule, pre.n, post.n) ** 0.5)
            options["weight_bits"], options["delay"] = (
                32 if self.plain else dice.pick([32, 32, 16]),
                self.delay(dice, count, alike=False),
            )
            weight = self.weight(dice, high, count)
        if scipy.sparse.issparse(rule):  # which has weights in it, between 0 and 1
            rule.data[:] = low + (high - low) * rule.data
            weight = None
        net.connect(pre, post, rule, weight=weight, synapse=synapse, **options)

    def synapse(self, dice, post):
        """Return a synapse and the weight of one of several dozen spikes under way."""
        unit = self.scale[post.name] * (1e4 if self.stormy else 0.4)
        if self.models[post.name] == "Binary" or dice.chance(0.2):
            return 0.05 * unit, rb.Delta()
        kernels = [
            lambda **options: rb.Exponential(tau=dice.pick([2, 5, 8]), **options),
            lambda **options: rb.Alpha(tau=dice.pick([1.5, 3]), **options),
            lambda **options: rb.DifferenceOfExponentials(tau_rise=dice.pick([0.5, 3]), tau_decay=3, **options),
        ]
        reversal = dice.pick([None, None, 0, -80])
        norm = dice.pick([None, "area", "peak"])
        kernel = kernels[0] if self.plain and dice.chance(0.5) else dice.pick(kernels)
        label = "shared" if dice.chance(0.2) else "own"  # the name of a current without a label may grow
        synapse = kernel(reversal=reversal, norm=norm, label=label)
        unit /= 1 if reversal is None else 60
        return unit / (1 if synapse.norm == "area" else 5), synapse

    def rule(self, dice, pre, post):
        """Return a rule and the number of its connections, None where that is drawn."""
        a, b = bool(dice.integer(0, 1)), bool(dice.integer(0, 1))
        most = min(pre.n, post.n) - 1  # can be had without multapses and without autapses
        k = dice.integer(0, min(max(most, 0), 12))
        pairs = dice.random.integers(0, (max(pre.n, 1), max(post.n, 1)), (dice.integer(0, 300), 2))
        if not (pre.n and post.n):
            pairs = pairs[:0]
        sparse = scipy.sparse.random_array((post.n, pre.n), density=0.1, rng=dice.random, format="coo")
        rules = [
            lambda: (rb.Bernoulli(dice.real(0, 0.3), autapses=a), None),
            lambda: (rb.FixedInDegree(k, multapses=a, autapses=b), k * post.n),
            lambda: (rb.FixedInDegree(np.arange(post.n) % (k + 1), multapses=a, autapses=b), None),
            lambda: (rb.FixedOutDegree(k, multapses=a, autapses=b), k * pre.n),
            lambda: (rb.FixedTotal(k * post.n, multapses=a, autapses=b), k * post.n),
            lambda: (rb.Pairs(*pairs.T), len(pairs)),
            lambda: (sparse, sparse.nnz),
        ]
        if pre.n * post.n < 3000:
            rules.append(lambda: (rb.AllToAll(autapses=a), None))
        if pre.n == post.n:
            rules.append(lambda: (rb.OneToOne(), post.n))
        return dice.pick(rules)()

    def weight(self, dice, mean, count):
        weights = [
            lambda: mean * dice.real(0.5, 2),
            lambda: rb.Uniform(*sorted((0, 2 * mean))),
            lambda: rb.Normal(mean, abs(mean)),
            lambda: rb.LogNormal(np.log(abs(mean)), 0.5, high=50 * abs(mean)),
        ]
        if count is not None:
            weights.append(lambda: 2 * mean * dice.random.random(count))
        return dice.pick(weights)()

    def delay(self, dice, count, alike):
        long = dice.pick([1, 4, 15, 15, 40, 150])
        ms = self.dt * dice.integer(1, long)
        delays = [lambda: ms, lambda: ms, lambda: self.dt * dice.pick([1, self.steps // 2, self.steps, 65535])]
        if not alike:
            delays += [
                lambda: rb.Uniform(self.dt, self.dt + ms),
                lambda: rb.Normal(ms, 0.5 * ms, low=0.5 * self.dt, high=5 * ms),
                lambda: rb.LogNormal(np.log(ms), 0.5, high=8 * ms),
            ]
            if count is not None:
                delays += [lambda: self.dt * dice.random.integers(1, 2 * long, count)] * 2
        return dice.pick(delays)()

    def plasticity(self, dice, scale):
        """Return a rule and two weights that lie well within its bounds."""
        w = 0.1 * scale
        rules = [lambda: (rb.PairSTDP(A_plus=0.1 * w, A_minus=0.1 * w, mu=dice.pick([0, 0.4, 1]), w_max=w), 0, w)]
        rules += [lambda: (rb.TsodyksMarkram(U=0.3, tau_rec=30, tau_facil=dice.pick([0, 50])), -w, w)]
        if not self.plain:
            rules += [
                lambda: (rb.InhibitorySTDP(epsilon=w, tau_y=20, w_min=-2 * w), -2 * w, 0),
                lambda: (rb.VogelsSTDP(eta=0.1 * w, w_max=w), 0, w),
                lambda: (rb.TripletSTDP(A3_plus=0.1 * w, A2_minus=0.1 * w, w_max=w), 0, w),
            ]
        return dice.pick(rules)()

    def drive(self, net, dice):
        post = dice.pick(self.neurons(net))
        weight, synapse = self.synapse(dice, post)
        rate = dice.pick([5, 200, 2000]) * 0.1 / self.dt
        net.drive(post, rate=rate, sources=dice.pick([1, 2.5]), weight=0.1 * weight, synapse=synapse)

    def inject(self, net, dice):
        post = dice.pick(self.neurons(net))
        strong = 0.3 * self.scale[post.name]
        currents = [
            lambda: self.series(dice, post.n, strong),
            lambda: rb.WhiteNoise(0.3 * strong, strong),
            lambda: rb.OrnsteinUhlenbeck(0.3 * strong, 0.5 * strong, dice.pick([1, 20])),
        ]
        if self.models[post.name] == "EIFChR":
            currents += [lambda: rb.Light(self.series(dice, post.n, 0.2))] * 3
        if post.n:
            net.inject(post, dice.pick(currents)())

    def record(self, net, dice):
        every = dice.pick([None, 2, 7, 50])
        every = every and every * self.dt
        q = dice.pick(net.projections)
        if q.plasticity is not None and len(q):
            key = q.pre.name, q.post.name, "weights"
            if key not in self.recorded:
                net.record_weights(q, connections=dice.some(len(q)), every=every, mean=dice.chance(0.3))
                self.recorded.append(key)
        p = dice.pick(self.neurons(net))
        variable = dice.pick(p.variables)
        if p.n and (p.name, variable) not in self.recorded:
            neurons = dice.some(p.n) if dice.chance(0.7) else slice(None)
            dtype = dice.pick([np.float64, np.float32])
            net.record(p, variable, neurons=neurons, every=every, mean=dice.chance(0.3), dtype=dtype)
            self.recorded.append((p.name, variable))

    # ---- what happens to it between runs -----------------------------------------------------------------------------

    def change(self, net, dice):
        changes = [
            self.connect, self.connect, self.add_neurons, self.add_source, self.drive, self.inject, self.record,
            self.set_parameter, self.set_parameter, self.set_state, self.switch_learning, self.set_weights,
            self.switch_spikes,
        ]  # fmt: skip
        for _ in range(dice.integer(1, 3)):
            dice.pick(changes)(net, dice)

    def set_parameter(self, net, dice):
        p = dice.pick(self.neurons(net))
        each = NEURONS[self.models[p.name]][4]()
        name = dice.pick([*each, "I_x"])
        values = [resized(each[name], p.n), p[name], p[name][0] if p.n else 0.0]
        if p.n:
            p[name] = dice.pick(values)

    def set_state(self, net, dice):
        p = dice.pick(self.neurons(net))
        name, values = dice.pick(NEURONS[self.models[p.name]][5]().items())
        if p.n and name != "L":
            p[name] = resized(values, p.n)
        currents = [v for v in p.variables if v.startswith(("I_", "g_"))]
        if currents:
            p[dice.pick(currents)] = dice.real(0, 0.01) * self.scale[p.name]

    def switch_learning(self, net, dice):
        for q in net.projections:
            if q.plasticity is not None and dice.chance(0.7):
                q.learning = not q.learning

    def set_weights(self, net, dice):
        for q in net.projections:
            if q.plasticity is not None and dice.chance(0.7):
                weights = q.connections()["weight"]
                q.weights = weights * dice.random.random(len(weights))

    def switch_spikes(self, net, dice):
        net.record_spikes(dice.pick(net), dice.chance(0.5))


def resized(values, n):
    """Return an array for n neurons, from one for another number; anything else as it is."""
    return np.resize(values, n) if np.ndim(values) else values


def mean_in_degree(rule, n_pre, n_post):
    if scipy.sparse.issparse(rule):
        return rule.nnz / max(1, n_post)
    return rule._mean_in_degree(Ends.of(n_pre, n_post)) if n_pre and n_post else 0.0


def copy_by_pickle(net):
    return pickle.loads(pickle.dumps(net))


#: Ways to copy a network with all its state.
COPIES = [copy_by_pickle, copy.deepcopy]


def digest(arrays):
    total = hashlib.sha256()
    for key in sorted(arrays, key=repr):
        total.update(f"{key}{arrays[key].dtype}{arrays[key].shape}".encode())
        total.update(arrays[key].tobytes())
    return total.hexdigest()[:16]


if __name__ == "__main__":
    print(json.dumps([digest(RandomNetwork(seed).play(1)) for seed in range(int(sys.argv[1]), int(sys.argv[2]))]))
