"""Networks of every kind from a number: each seed gives one valid network, its changes between runs included.

A seed decides over models and methods, kernels, rules, weights, delays, plasticity, sources, drives, currents, light,
recordings, and what happens to the network at which step. Neurons, kernels and rules are those of the library, or text
that `random_models.py` puts together. `RandomNetwork.play` makes the network and lets it run, in one piece or cut,
saved and loaded, and copied anywhere, its equations interpreted or as machine code; all that may be seen of it comes
out, and must be the same bit for bit (`test_engine_random_networks.py`). Every fourth seed gives a plain network, one
that `plain_loop.py` can run as well.

    python tests/engine/random_networks.py 0 60

prints the digests of what comes out of these seeds with this process's instruction set (RHEOBASE_ISA chooses one).
"""

import contextlib
import copy
import hashlib
import itertools
import json
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import random_models
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

    def play(self, threads, cuts=(), saves=None, copies=None, folder=None, tiers=("off",), reset=False):
        """Make the network, run it, and return all that can be seen of it, as arrays by name.

        It is cut at the steps `cuts`, saved and loaded at the steps of `saves`, which say on how many threads it goes
        on, and copied at the steps of `copies`, which say how. `tiers` are the values of RHEOBASE_JIT that its runs
        take in turn. It may have run before and been reset. A network that blows up gives its error alone.
        """
        tiers = itertools.cycle(tiers)
        saves, copies = saves or {}, copies or {}
        self.parts = {}
        net, now = self.network(threads), 0
        if reset:
            stray(net)
            net.reset()
        try:
            for stop in sorted({*cuts, *saves, *copies, *self.changes, self.steps}):
                if stop > now:
                    os.environ["RHEOBASE_JIT"] = next(tiers)
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
            if key[2:] == ("event",):
                trains = result.events(*key[:2])
                self.parts.setdefault(key, []).append((np.rint(trains.times / self.dt), trains.indices))
                continue
            found = result.weights(*key[:2]) if key[2:] else result.states(*key)
            self.parts.setdefault(key, []).append((np.rint(found.times / self.dt), found.values))

    def seen(self, net):
        """Return everything as arrays by name: what came out of the runs, then what the network holds."""
        arrays = {}
        for key, parts in self.parts.items():
            for field, pieces in enumerate(zip(*parts, strict=True)):
                arrays[(*key, field)] = np.concatenate(pieces)
        for p in net:
            is_text = p.name in self.cells and self.cells[p.name].is_text
            for name in [*p.variables, *p.parameters]:
                told = (p.name, name) in net._told
                if (told or not (is_text and name in random_models.OF_STEPS)) and name != "trains":
                    arrays[p.name, name, "at the end"] = p[name]
        for k, q in enumerate(net.projections):
            for field, values in q.connections().items():
                arrays["connections", k, field] = values
            arrays["connections", k, "learning"] = np.array(q.learning)
            for name in q.plasticity.variables if q.plasticity is not None else ():
                arrays["connections", k, "variable", name] = q[name]
        return arrays

    # ---- what it is made of ------------------------------------------------------------------------------------------

    def network(self, threads):
        dice = Dice(self.seed, 1)
        net = rb.Network(dt=self.dt, seed=self.seed, threads=threads)
        self.recorded, self.cells = [], {}
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
        return [p for p in net if p.name in self.cells]

    def add_neurons(self, net, dice):
        cell = random_models.cell(dice) if not self.plain and dice.chance(0.35) else self.cell_of_the_library(dice)
        n = dice.pick(SIZES) if dice.chance(0.95) or self.plain else 0
        parameters = cell.common if dice.chance(0.4) else cell.each
        if self.plain and dice.chance(0.7):
            parameters["I_x"] = rb.Uniform(14, 30)
        parameters = {key: resized(value, n) for key, value in parameters.items()}
        parameters |= {name: self.series(dice, n, 10) for name in cell.inputs}
        start = {key: resized(value, n) for key, value in cell.state.items()} if dice.chance(0.8) else {}
        method = dice.pick(cell.methods)
        p = net.add(cell.model(method=method, **parameters), n, name=f"n{len(net.populations)}", **start)
        self.cells[p.name] = cell

    def cell_of_the_library(self, dice):
        name = dice.pick(PLAIN if self.plain else COARSE if self.dt == 0.1 else NEURONS)
        methods, _, weight, common, each, state = NEURONS[name]
        return random_models.Cell(getattr(rb, name), methods, weight, common(), each(), state())

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
        if not self.plain and dice.chance(0.15) and self.have_potentials(pre, post):
            self.couple(net, dice, pre, post, rule, count)
            return
        if dice.chance(0.25):
            options["plasticity"], low, high = self.plasticity(dice, net, post)
            options["delay"] = self.delay(dice, None, alike=True)
            late = Dice(self.seed, 4, len(net.projections))
            if not self.plain and late.chance(0.4):
                options["post_delay"] = self.delay(late, None, alike=late.chance(0.5))
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

    def have_potentials(self, *ends):
        """Tell whether all ends are neurons whose V is in mV."""
        return all(p.name in self.cells and self.cells[p.name].weight >= 10 for p in ends)

    def couple(self, net, dice, pre, post, rule, count):
        """Connect by a synapse that adds up over connections in each step, whether there are spikes or not."""
        synapse = random_models.sum_over_connections(dice, dice.pick([None, "shared"]))
        weight = self.cells[post.name].weight * dice.real(0, 0.03) / max(1.0, mean_in_degree(rule, pre.n, post.n))
        if scipy.sparse.issparse(rule):
            rule.data[:] *= weight
            weight = None
        elif dice.chance(0.4):
            weight = self.weight(dice, weight, count)
        delay = self.delay(dice, None, alike=True)
        net.connect(pre, post, rule, weight=weight, synapse=synapse, delay=delay)

    def synapse(self, dice, post):
        """Return a synapse and the weight of one of several dozen spikes under way."""
        unit = self.cells[post.name].weight * (1e4 if self.stormy else 0.4)
        if self.cells[post.name].model is rb.Binary or dice.chance(0.2):
            return 0.05 * unit, rb.Delta()
        if not self.plain and dice.chance(0.3):
            return self.synapse_of_text(dice, post, unit)
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

    def synapse_of_text(self, dice, post, unit):
        reversal = dice.pick([None, 0.0, -80.0])
        label = dice.pick([None, "shared", "named"])
        if not self.have_potentials(post):  # whose equations may know no V
            reversal = None
        return (unit if reversal is None else unit / 60), random_models.synapse(dice, reversal, label)

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

    def plasticity(self, dice, net, post):
        """Return a rule and two weights that lie well within its bounds."""
        w = 0.1 * self.cells[post.name].weight
        if not self.plain and dice.chance(0.4):
            if dice.chance(0.4) and self.cells[post.name].model is not rb.Binary:
                pre = dice.pick(net)
                net.connect(pre, post, rb.Bernoulli(0.2), weight=0.5, synapse=random_models.SUBSTANCE(label="da"))
            return random_models.plasticity(dice, w, post), 0, w
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
        strong = 0.3 * self.cells[post.name].weight
        currents = [
            lambda: self.series(dice, post.n, strong),
            lambda: rb.WhiteNoise(0.3 * strong, strong),
            lambda: rb.OrnsteinUhlenbeck(0.3 * strong, 0.5 * strong, dice.pick([1, 20])),
        ]
        if self.cells[post.name].model is rb.EIFChR:
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
        for event in p.model.events:
            if (p.name, event, "event") not in self.recorded and dice.chance(0.7):
                net.record(p, event)
                self.recorded.append((p.name, event, "event"))
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
            self.set_synapses, self.switch_spikes,
        ]  # fmt: skip
        for _ in range(dice.integer(1, 3)):
            dice.pick(changes)(net, dice)

    def set_parameter(self, net, dice):
        p = dice.pick(self.neurons(net))
        each = self.cells[p.name].each
        name = dice.pick([*each, "I_x"])
        values = [resized(each[name], p.n), p[name], p[name][0] if p.n else 0.0]
        if p.n:
            p[name] = dice.pick(values)

    def set_state(self, net, dice):
        p = dice.pick(self.neurons(net))
        name, values = dice.pick(self.cells[p.name].state.items())
        if p.n and name != "L":
            p[name] = resized(values, p.n)
        of_synapses = [v for v in p.variables if v.startswith(("I_", "g_", "s_", "x_", "m_")) and v != "m_inf"]
        if of_synapses:
            try:
                p[dice.pick(of_synapses)] = dice.real(0, 0.01) * self.cells[p.name].weight
            except ValueError as error:
                if "it is made of other variables" not in str(error):
                    raise

    def switch_learning(self, net, dice):
        for q in net.projections:
            if q.plasticity is not None and dice.chance(0.7):
                q.learning = not q.learning

    def set_weights(self, net, dice):
        for q in net.projections:
            if q.plasticity is not None and dice.chance(0.7):
                weights = q.connections()["weight"]
                q.weights = weights * dice.random.random(len(weights))

    def set_synapses(self, net, dice):
        for q in net.projections:
            for name in q.plasticity.variables if q.plasticity is not None else ():
                if not dice.chance(0.7):
                    continue
                try:
                    q[name] = q[name] * dice.random.random(len(q))
                except ValueError as error:  # of built-in rules they are read alone
                    if "keeps it for pre neurons" not in str(error):
                        raise

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


def store_and_restore(net):
    """Go astray for some steps and come back."""
    before = net.store()
    stray(net)
    net.restore(before)
    return net


def stray(net):
    with contextlib.suppress(FloatingPointError):
        net.run(20 * net.dt)


#: Ways to copy a network with all its state.
COPIES = [copy_by_pickle, copy.deepcopy, rb.Network.copy, store_and_restore]


def digest(arrays):
    total = hashlib.sha256()
    for key in sorted(arrays, key=repr):
        total.update(f"{key}{arrays[key].dtype}{arrays[key].shape}".encode())
        total.update(arrays[key].tobytes())
    return total.hexdigest()[:16]


if __name__ == "__main__":
    print(json.dumps([digest(RandomNetwork(seed).play(1)) for seed in range(int(sys.argv[1]), int(sys.argv[2]))]))
