"""Small networks whose every spike, weight and state is known by its fingerprint.

Together with those of `fingerprint_equations.py` they use every model, method, kernel, rule, plasticity rule and
current, so that no spike, weight or state can change unseen. `fingerprints.json` holds their fingerprints;
`test_engine_fingerprints.py` compares them.

    python tests/engine/fingerprint_networks.py

writes the table again. Only a commit that says which arithmetic it changed, and why, may do so; a new network may be
added at any time, as long as the lines of the others stay as they are.

The table has one column for the instruction sets with fused multiply-add (AVX2 and AVX-512), which agree bit for bit,
and one for the baseline, which rounds products and may differ in the last bit. What numpy's generators draw (initial
values and parameters from distributions, the degrees of `Bernoulli` and `FixedTotal`) and what the C library's
functions return (exp for the decay of a synapse, for example) is part of the fingerprints: another version of numpy or
of the C library may change them where nothing changed here.

    python tests/engine/fingerprint_networks.py print

prints the fingerprints of this process's instruction set instead (RHEOBASE_ISA chooses one).
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import fingerprint_equations  # noqa: F401  (its networks belong to the table)
import numpy as np
import scipy.sparse
from fingerprint_trial import NETWORKS, Trial, network, rb

TABLE = Path(__file__).with_name("fingerprints.json")
#: Instruction sets, each with its column of the table.
COLUMNS = {"baseline": "baseline", "avx2": "fused", "avx512": "fused"}


# ---- neuron models ---------------------------------------------------------------------------------------------------

EXACT, ETD2 = ("exact", "euler", "heun", "rk4"), ("etd2", "euler", "heun", "rk4")
RK4, RELAXED = ("rk4", "euler", "heun"), ("exponential_euler", "euler", "heun", "rk4")
GATED = ("exponential_midpoint", *RELAXED)


def steps_of(*values):
    """Times in steps of 0.1 ms that alternate from neuron to neuron."""
    return np.resize(values, 37)


#: For each model its methods, time step (ms) and weight, the parameters that all neurons share in one population, those
#: that each has by itself in another, of 37 neurons, and the initial state.
NEURONS = {
    "LIF": (EXACT, 0.1, 30, lambda: {"I_x": 14, "t_ref": 0.5}, lambda: {
        "tau_m": rb.Uniform(8, 12), "V_th": rb.Normal(-55, 1), "t_ref": steps_of(0, 0.3, 2), "I_x": rb.Uniform(10, 20),
        "g_L": rb.Uniform(0.9, 1.1),
    }, lambda: {"V": rb.Uniform(-72, -56)}),
    "EIF": (ETD2, 0.1, 30, lambda: {"I_x": 14, "t_ref": 0.3}, lambda: {
        "tau_m": rb.Uniform(8, 12), "D": rb.LogNormal(0.5, 0.1), "t_ref": steps_of(0, 1), "I_x": rb.Uniform(10, 20),
    }, lambda: {"V": rb.Normal(-65, 4, high=-56)}),
    "LeakyIntegrator": (EXACT, 0.1, 30, lambda: {"I_x": 14}, lambda: {
        "tau_m": rb.Uniform(8, 12), "E_L": rb.Normal(-70, 1), "I_x": rb.Uniform(10, 20),
    }, lambda: {"V": rb.Uniform(-72, -56)}),
    "QIF": (EXACT, 0.1, 60, lambda: {"I_x": 40, "t_ref": 0.3}, lambda: {
        "tau_m": rb.Uniform(12, 15), "V_T": rb.Normal(-55, 1), "t_ref": steps_of(0, 1), "I_x": rb.Uniform(30, 50),
    }, lambda: {"V": rb.Uniform(-72, -56)}),
    "AdEx": (ETD2, 0.1, 30, lambda: {"I_x": 18, "t_ref": 0.3}, lambda: {
        "tau_w": rb.Uniform(30, 400), "b": rb.Uniform(0, 2), "t_ref": steps_of(0, 1), "I_x": rb.Uniform(15, 25),
    }, lambda: {"V": rb.Uniform(-72, -56), "w": rb.Uniform(0, 2)}),
    "Izhikevich": (RK4, 0.1, 20, lambda: {"I_x": 8}, lambda: {
        "a": rb.Uniform(0.02, 0.1), "c": rb.Uniform(-65, -50), "d": rb.Uniform(2, 8), "I_x": rb.Uniform(6, 12),
    }, lambda: {"V": rb.Uniform(-70, -60), "u": rb.Uniform(-15, -12)}),
    "HodgkinHuxley": (GATED, 0.01, 10, lambda: {"I_x": 10}, lambda: {
        "g_K": rb.Normal(36, 1), "g_Na": rb.Uniform(110, 130), "I_x": rb.Uniform(8, 14), "t_ref": steps_of(0, 2),
    }, lambda: {"V": rb.Uniform(-70, -60), "n": 0.32, "m": rb.Uniform(0, 0.1), "h": 0.6}),
    "TraubMiles": (GATED, 0.02, 300, lambda: {"I_x": 300}, lambda: {
        "g_K": rb.Normal(6000, 100), "V_T": rb.Normal(-63, 1), "I_x": rb.Uniform(200, 500), "t_ref": steps_of(0, 3),
    }, lambda: {"V": rb.Uniform(-70, -60), "n": 0.05, "m": rb.Uniform(0, 0.05), "h": 0.9}),
    "MorrisLecar": (RELAXED, 0.1, 100, lambda: {"I_x": 95}, lambda: {
        "phi": rb.Uniform(0.04, 0.08), "V3": rb.Normal(2, 1), "I_x": rb.Uniform(90, 120),
    }, lambda: {"V": rb.Uniform(-60, 0), "w": rb.Uniform(0, 0.2)}),
    "FitzHughNagumo": (RK4, 0.1, 1, lambda: {"I_x": 0.5}, lambda: {
        "tau": rb.Uniform(8, 12.5), "a": rb.Normal(0.7, 0.02), "I_x": rb.Uniform(0.4, 0.8),
    }, lambda: {"V": rb.Uniform(-1, 1), "w": rb.Uniform(-0.5, 0.5)}),
    "ThetaNeuron": (EXACT, 0.05, 1, lambda: {"I_x": 0.5}, lambda: {
        "tau_m": rb.Uniform(1, 3), "I_x": rb.Uniform(-0.1, 2),
    }, lambda: {"theta": rb.Uniform(-3, 3)}),
    "Binary": (("exact",), 1.0, 5, lambda: {"I_x": 0.8}, lambda: {
        "theta": rb.Normal(1, 0.5), "I_x": rb.Uniform(0, 1),
    }, lambda: {"S": (np.arange(37) % 3 == 0) * 1.0}),
    "EIFChR": (ETD2, 0.1, 30, lambda: {"I_x": 10, "t_ref": 0.3}, lambda: {
        "g_ChR": rb.Uniform(0.1, 0.3), "tau_ChR": rb.Uniform(1, 3), "I_x": rb.Uniform(5, 15), "t_ref": steps_of(0, 1),
    }, lambda: {"V": rb.Uniform(-72, -56), "p": rb.Uniform(0, 0.5), "L": rb.Uniform(0, 0.5)}),
}  # fmt: skip


def neurons(name, trial):
    methods, dt, weight, common, each, state = NEURONS[name]
    trial.network(dt=dt, seed=len(name))
    x = trial.poisson(50, rate=2 / dt)  # as many spikes per step for each model
    model = getattr(rb, name)
    for method in methods:
        for parameters in common, each:
            p = trial.add(model(method=method, **parameters()), 37, **state())
            trial.connect(x, p, rb.FixedInDegree(5), 0.2 * weight / 5, rb.Delta())
            if name != "Binary":  # whose input comes through delta synapses alone
                trial.connect(x, p, rb.FixedInDegree(10), weight / 2)
                trial.connect(x, p, rb.FixedInDegree(5), weight / 500, rb.Exponential(tau=5, reversal=0))
            trial.connect(p, p, rb.FixedInDegree(3), -weight / 50, rb.Delta(), delay=10 * dt)
            trial.record(p, p.variables[0], neurons=[5, 0], every=5 * dt)
    trial.run(1000 * dt)
    p[next(iter(each()))] = next(iter(each().values()))
    p["I_x"] = 0.3 * p["I_x"]
    trial.run(500 * dt)


NETWORKS |= {f"neurons {name}": partial(neurons, name) for name in NEURONS}


# ---- synapses --------------------------------------------------------------------------------------------------------


def kernels():
    return [
        (rb.Exponential, {"tau": 4}),
        (rb.Alpha, {"tau": 3}),
        (rb.DifferenceOfExponentials, {"tau_rise": 0.7, "tau_decay": 5}),
        (rb.DifferenceOfExponentials, {"tau_rise": 3, "tau_decay": 3}),
    ]


def targets(trial, n):
    """Linear neurons on the exact path, the same with another method, neurons that differ, and nonlinear ones."""
    models = [rb.LIF(I_x=10), rb.LIF(I_x=10, method="rk4"), rb.LIF(I_x=10, tau_m=rb.Uniform(8, 12)), rb.EIF(I_x=12)]
    return [trial.add(model, n, V=rb.Uniform(-72, -56)) for model in models]


def synapses(norm, reversals, weight, trial):
    trial.network(seed=2)
    x, y = trial.poisson(101, 30), trial.poisson(99, 30)
    for post in targets(trial, 41):
        for kernel, parameters in kernels():
            for source, reversal, w in zip((x, y), reversals, weight, strict=True):
                synapse = kernel(**parameters, reversal=reversal, norm=norm)
                q = trial.connect(source, post, rb.FixedInDegree(20), w, synapse, delay=0.4)
        trial.record(post, q.variable, neurons=slice(3, 6), every=0.5)
    trial.run(80)


for norm, current, conductance in ("area", (12, -5), (0.2, 0.1)), ("peak", (2, -1), (0.05, 0.02)):
    NETWORKS[f"currents by {norm}"] = partial(synapses, norm, (None, None), current)
    NETWORKS[f"conductances by {norm}"] = partial(synapses, norm, (0, -80), conductance)


@network
def delta_synapses(trial):
    trial.network(seed=3)
    x = trial.poisson(100, 20)
    for post in targets(trial, 257):
        trial.connect(x, post, rb.FixedInDegree(30), rb.Uniform(0, 2.5), rb.Delta())
        trial.connect(post, post, rb.Bernoulli(0.05), -0.4, rb.Delta(norm="peak"), delay=1.2)
    trial.run(40)


@network
def shared_and_labelled_kernels(trial):
    trial.network(seed=4)
    x, y = trial.poisson(100, 20), trial.poisson(60, 20)
    for post in targets(trial, 255):
        slow = rb.Exponential(tau=8, label="slow")
        for pre, synapse in (x, rb.Alpha()), (y, rb.Alpha()), (x, slow), (y, slow), (x, rb.Exponential(tau=8)):
            q = trial.connect(pre, post, rb.FixedInDegree(20), 12, synapse)
        trial.record(post, q.variable, mean=True)
    trial.run(40)


# ---- connections -----------------------------------------------------------------------------------------------------


RULES = {
    "Bernoulli": lambda n: [rb.Bernoulli(p, autapses=a) for p in (0.0, 0.1, 1.0) for a in (True, False)],
    "FixedInDegree": lambda n: degrees(rb.FixedInDegree, n),
    "FixedOutDegree": lambda n: degrees(rb.FixedOutDegree, n),
    "FixedTotal": lambda n: [rb.FixedTotal(20 * n, bool(m), bool(a)) for m, a in np.ndindex(2, 2)],
    "AllToAll": lambda n: [rb.AllToAll(autapses=a) for a in (True, False)],
    "OneToOne": lambda n: [rb.OneToOne()],
    "Pairs": lambda n: [rb.Pairs([], []), rb.Pairs(np.arange(5 * n) * 7 % n, np.arange(5 * n) * 11 % n)],
    "sparse": lambda n: [scipy.sparse.coo_array(listed(n), shape=(n, n)), scipy.sparse.csr_array((n, n))],
}


def degrees(rule, n):
    return [rule(k, multapses=bool(m), autapses=bool(a)) for k in (10, np.arange(n) % 20) for m, a in np.ndindex(2, 2)]


def listed(n):
    """Weights and (row, column) of a sparse matrix, in no order."""
    random = np.random.default_rng(5)
    cells = random.choice(n * n, 10 * n, replace=False)
    return random.uniform(-30, 30, 10 * n), (cells // n, cells % n)


def rules(name, trial):
    n = 131
    trial.network(seed=5)
    x = trial.poisson(n, 20)
    p = trial.add(rb.EIF(I_x=20), n, V=rb.Uniform(-72, -55))
    for rule in RULES[name](n):
        for pre in x, p:
            weight = None if name == "sparse" else rb.Normal(0, 30)
            trial.connect(pre, p, rule, weight, delay=0.3)
            if name not in ("sparse", "OneToOne", "Pairs"):
                trial.connect(pre, p, rule, 0.05, rb.Alpha())
    trial.run(80)


NETWORKS |= {f"connections {name}": partial(rules, name) for name in RULES}


@network
def listed_weights_and_delays(trial):
    trial.network(seed=6)
    x, p = trial.poisson(100, 30), trial.add(rb.LIF(I_x=10), 100, V=-70)
    random = np.random.default_rng(6)
    pre, post = random.integers(0, 100, (2, 3000))
    weight, delay = random.uniform(0, 12, 3000), 0.1 * random.integers(1, 90, 3000)
    trial.connect(x, p, rb.Pairs(pre, post), weight)
    trial.connect(x, p, rb.Pairs(pre, post), 0.4, rb.Alpha(), delay=delay)
    trial.connect(p, p, rb.Pairs(pre, post), -weight, delay=delay)
    trial.connect(p, p, rb.Pairs(pre, post), -weight, delay=delay, weight_bits=16)
    trial.connect(p, p, rb.FixedInDegree(30), weight, delay=rb.Uniform(1, 3))
    trial.connect(x, p, scipy.sparse.coo_array(listed(100), shape=(100, 100)), delay=rb.Uniform(1, 3))
    trial.run(40)


def drawn(bits, trial):
    trial.network(seed=7)
    x = trial.poisson(203, 20)
    p = trial.add(rb.EIF(I_x=10), 255, V=rb.Uniform(-72, -55))
    weights = [9.0, rb.Uniform(0, 15), rb.Normal(8, 3, low=0), rb.LogNormal(2, 0.4), rb.LogNormal(2, 0.4, high=20)]
    delays = [0.7, rb.Uniform(0.1, 6), rb.Normal(1.5, 0.8, low=0.05), rb.LogNormal(0, 0.5, high=20), 1.5]
    for k, weight in enumerate(weights):
        for delay in delays[k], delays[k - 1]:
            trial.connect(x, p, rb.FixedInDegree(10), weight, delay=delay, weight_bits=bits)
    trial.connect(p, p, rb.Bernoulli(0.1), rb.Normal(-4, 2), rb.Alpha(), delay=rb.Uniform(0.1, 2), weight_bits=bits)
    trial.run(40)


NETWORKS |= {f"drawn weights of {bits} bits": partial(drawn, bits) for bits in (16, 32)}


@network
def long_delays(trial):
    """Delays longer than a run, than all runs, and the longest there is."""
    trial.network(seed=8)
    x, p = trial.poisson(100, 20), trial.add(rb.LIF(I_x=14), 100, V=rb.Uniform(-72, -56))
    trial.connect(x, p, rb.FixedInDegree(20), 10, delay=rb.Uniform(0.1, 40))
    trial.connect(p, p, rb.FixedInDegree(20), -5, rb.Alpha(), delay=25)
    trial.connect(p, p, rb.FixedInDegree(5), 5, rb.Delta(), delay=6553.5)
    trial.run(10, 0.1, 20, 0, 50)


# ---- plasticity ------------------------------------------------------------------------------------------------------

PLASTICITY = {
    "InhibitorySTDP": (-2, lambda: [rb.InhibitorySTDP(), rb.InhibitorySTDP(epsilon=9, tau_y=30, w_min=-4)]),
    "VogelsSTDP": (0.01, lambda: [rb.VogelsSTDP(), rb.VogelsSTDP(eta=0.1, w_max=0.2)]),
    "PairSTDP": (0.5, lambda: [rb.PairSTDP(), rb.PairSTDP(mu=1), rb.PairSTDP(mu=0.4, tau_minus=35)]),
    "TripletSTDP": (0.5, lambda: [rb.TripletSTDP(), rb.TripletSTDP(A3_plus=0.05, A2_plus=0.01)]),
    "TsodyksMarkram": (20, lambda: [rb.TsodyksMarkram(), rb.TsodyksMarkram(U=0.1, tau_rec=50, tau_facil=300)]),
}


def plastic(name, trial):
    weight, learn = PLASTICITY[name]
    trial.network(seed=9)
    x, p = trial.poisson(61, 40), trial.add(rb.LIF(I_x=20), 67, V=rb.Uniform(-72, -56))
    weights = rb.Uniform(*sorted((0.5 * weight, 1.5 * weight)))
    projections = []
    for k, rule in enumerate(learn()):
        for pre, post_delay in (x, 0.1), (p, 2.5):
            reversal = -80 if name == "VogelsSTDP" else None
            synapse = rb.Exponential(tau=4 + k, reversal=reversal)
            connect = rb.FixedInDegree(10, multapses=pre is x)
            projections.append(trial.connect(pre, p, connect, weights, synapse, delay=post_delay, plasticity=rule))
    trial.connect(x, p, rb.AllToAll(), 0.2 * weight, synapse, plasticity=learn()[0])
    trial.record_weights(projections[0], connections=[7, 3, 300], every=1)
    trial.record_weights(projections[1], every=0.5, mean=True)
    trial.run(30)
    projections[0].learning = False
    trial.run(10)
    projections[0].learning = True
    projections[1].weights = 1.1 * projections[1].connections()["weight"]
    projections[2].weights = weight
    trial.run(30)
    projections[1].weights = 0.9 * projections[1].weights  # a sparse matrix
    trial.run(10)


NETWORKS |= {f"plasticity {name}": partial(plastic, name) for name in PLASTICITY}


# ---- sources and currents --------------------------------------------------------------------------------------------


def hills(t):
    """Rates that rise and fall; of sums and products alone, for numpy's sine depends on the processor."""
    return 40 + 30 * np.abs(t % 20 / 10 - 1)


@network
def poisson_rates(trial):
    trial.network(seed=10)
    n = 53
    rates = [
        0, 30, 1e5, np.linspace(0, 100, n), rb.Uniform(10, 60), rb.LogNormal(3, 0.5),
        rb.Pulse(5, 25, 80), rb.Pulse(5, 25, np.linspace(0, 90, n)), rb.Steps([3, 9, 27], [10, 90, 30]),
        rb.Steps([3, 9], hills(np.arange(2.0 * n)).reshape(2, n)),
        rb.Samples(hills(np.arange(40.0)), every=1, t_start=2),
        rb.Samples(hills(np.arange(20.0 * n)).reshape(20, n), every=0.5), hills,
    ]  # fmt: skip
    p = trial.add(rb.LIF(), 100)
    for k, rate in enumerate(rates):
        trial.connect(trial.poisson(n, rate), p, rb.FixedInDegree(5), 0.02 if k == 2 else 20)
    trial.run(20, 0.1, 20)


@network
def given_trains(trial):
    trial.network(seed=11)
    random = np.random.default_rng(11)
    times, indices = 0.1 * random.integers(1, 400, 500), random.integers(0, 31, 500)
    x = trial.add(rb.Trains(times=times, indices=indices), 31)
    y = trial.add(rb.Trains([[0.1, 5.0, 5.0], [], [20.0], [90.0]]), 4)
    p = trial.add(rb.EIF(I_x=10), 33)
    trial.connect(x, p, rb.AllToAll(), rb.Uniform(0, 8))
    trial.connect(y, p, rb.AllToAll(), 3, rb.Delta(), delay=0.5)
    trial.run(30, 20)


@network
def drives(trial):
    trial.network(seed=12)
    for p in targets(trial, 129):
        trial.net.drive(p, rate=8, sources=100, weight=0.8, synapse=rb.Delta())
        trial.net.drive(p, rate=2000, weight=2, synapse=rb.Exponential(tau=4))
        trial.net.drive(p, rate=300, weight=-2, synapse=rb.Alpha(tau=4))
        trial.net.drive(p, rate=100, weight=0.02, synapse=rb.Exponential(tau=3, reversal=0))
        trial.connect(p, p, rb.FixedInDegree(10), -3, rb.Exponential(tau=4))
    trial.run(15, 25)


CURRENTS = {
    "Pulse": lambda n: [rb.Pulse(5, 25, 18), rb.Pulse(10, 30, np.linspace(0, 20, n))],
    "Steps": lambda n: [rb.Steps([0, 12, 20], [8, 2, 16]), rb.Steps([4, 8], hills(np.arange(2.0 * n)).reshape(2, n))],
    "Samples": lambda n: [
        rb.Samples(hills(np.arange(50)) / 5, every=0.5),
        rb.Samples(hills(np.arange(9.0 * n)).reshape(9, n) / 9, every=1.1, t_start=3),
    ],
    "WhiteNoise": lambda n: [rb.WhiteNoise(mean=8, sigma=8), rb.WhiteNoise(mean=3, sigma=0)],
    "OrnsteinUhlenbeck": lambda n: [rb.OrnsteinUhlenbeck(12, 6, 5), rb.OrnsteinUhlenbeck(2, 3, 40)],
}


def currents(name, trial):
    n = 71
    trial.network(seed=13)
    for k, p in enumerate(targets(trial, n)):
        for current in CURRENTS[name](n)[: 1 + k % 2]:  # one alone, or one after the other
            trial.net.inject(p, current)
        trial.record(p, "V", neurons=[0, 70, 35], every=0.3)
    trial.run(20)
    trial.net.inject(p, CURRENTS[name](n)[0])
    trial.run(20)


NETWORKS |= {f"injected {name}": partial(currents, name) for name in CURRENTS}


@network
def light(trial):
    trial.network(seed=14)
    lit = [trial.add(rb.EIFChR(method=method, I_x=12), 65, L=0.5) for method in ("etd2", "euler")]
    for p in lit:
        trial.net.inject(p, rb.Light(rb.Pulse(5, 25, 0.6)))
        for variable in "V", "p", "L":
            trial.record(p, variable, neurons=slice(0, 65, 16), every=0.5)
    trial.run(15)
    for p in lit:
        trial.net.inject(p, rb.Light(rb.Steps([10, 20, 40], [np.linspace(0, 0.4, 65), np.ones(65) / 3, np.zeros(65)])))
    trial.run(45)


# ---- recording and running -------------------------------------------------------------------------------------------


def cortex(trial, n=200, seed=15, dt=0.1):
    """The textbook's network in small: excitatory, inhibitory and external cells."""
    trial.network(seed=seed, dt=dt)
    eif = rb.EIF(tau_m=10, V_th=0, V_re=-72)
    e, i = (trial.add(eif, size, V=rb.Uniform(-72, -55)) for size in (4 * n, n))
    x = trial.poisson(4 * n, 10)
    for pre, post, k, weight, tau in [
        (x, e, 40, 90, 8), (x, i, 40, 60, 8), (e, e, 40, 12, 6),
        (e, i, 40, 35, 6), (i, e, 10, -45, 4), (i, i, 10, -70, 4),
    ]:  # fmt: skip
        trial.connect(pre, post, rb.FixedInDegree(k), weight, rb.Exponential(tau=tau))
    return e, i, x


@network
def recordings(trial):
    e, i, x = cortex(trial, n=50)
    _, ei, _, ie, _, ii = trial.net.projections
    trial.record(e, "V")
    trial.record(i, "V", neurons=[49, 0, 7], every=0.7, dtype=np.float32)
    trial.record(e, ie.variable if ie.post is e else ii.variable, mean=True, every=0.2)
    trial.run(10)
    trial.record(i, ei.variable, neurons=np.arange(50) % 3 == 0, dtype="float32", mean=True)
    trial.net.record_spikes(x, False)
    trial.net.record_spikes(i, False)
    trial.run(10.3)
    trial.net.record_spikes(i)
    trial.record(e, e.variables[1], neurons=5, every=1)
    trial.run(10)


@network
def split_runs(trial):
    cortex(trial)
    trial.run(0.1, 0.1, 7.3, 0, 0.4, 52)


@network
def grown_between_runs(trial):
    """Populations, connections and drives that come after the first run, and values set between runs."""
    e, i, _ = cortex(trial, n=60)
    trial.run(10)
    trial.connect(i, e, rb.Bernoulli(0.1), rb.Normal(-20, 5), rb.Alpha(), delay=rb.Uniform(0.1, 3))
    trial.run(10)
    late = trial.add(rb.LIF(), 77, V=rb.Uniform(-72, -56))
    trial.connect(e, late, rb.FixedInDegree(30), 30, delay=12)
    trial.connect(late, i, rb.FixedInDegree(5), 10, rb.Delta())
    trial.net.drive(late, rate=500, weight=1, synapse=rb.Delta())
    trial.run(10)
    e["tau_m"], i["V_re"], late["I_x"] = 12, rb.Uniform(-75, -70), np.linspace(0, 20, 77)
    e["V"], e[e.variables[1]] = rb.Uniform(-72, -60), 1.5
    trial.run(30)


@network
def saved_and_loaded(trial):
    """Everything that a file has to bring back: spikes under way, noise, traces, series, refractory times."""
    e, i, x = cortex(trial, n=60)
    q = trial.connect(i, e, rb.Bernoulli(0.1), -20, rb.Alpha(), delay=8, plasticity=rb.InhibitorySTDP())
    trial.connect(x, e, rb.Bernoulli(0.05), rb.LogNormal(1, 0.3), rb.Delta(), delay=rb.Uniform(0.1, 9), weight_bits=16)
    trial.connect(trial.poisson(20, rb.Samples([90, 20], every=15)), e, rb.AllToAll(), 1)
    trial.connect(trial.add(rb.Trains([[3, 21], [18.5]]), 2), i, rb.AllToAll(), 9, rb.Delta())
    trial.net.inject(e, rb.OrnsteinUhlenbeck(0, 4, 10))
    trial.net.inject(i, rb.WhiteNoise(0, 4))
    trial.net.drive(i, rate=100, weight=0.5, synapse=rb.Delta())
    e["t_ref"] = 2.5
    trial.record_weights(q, every=1.3, mean=True)
    trial.record(e, "V", neurons=[3, 1], every=0.7)
    trial.run(14.2)
    (e, *_), _ = trial.save_and_load()
    trial.run(5.5)
    e["I_x"] = rb.Uniform(0, 5)
    _, (*_, q, _, _, _) = trial.save_and_load()
    q.learning = False
    trial.run(30.3)


@network
def odd_sizes(trial):
    """Populations of no neuron, of one, and of a few less or more than a block."""
    trial.network(seed=16, dt=0.25)
    x = trial.poisson(1000, 15)
    sizes = [0, 1, 7, 8, 9, 63, 65, 255, 256, 257, 1000]
    parts = [trial.add(rb.EIF(I_x=10), n, V=rb.Uniform(-72, -55)) for n in sizes]
    for k, p in enumerate(parts):
        trial.connect(x, p, rb.FixedInDegree(100), 12)
        trial.connect(p, parts[k - 1], rb.Bernoulli(0.2), -3, rb.Exponential(tau=5), delay=0.5)
        trial.connect(p, p, rb.Bernoulli(0.1, autapses=False), 2, rb.Alpha())
    trial.connect(trial.poisson(0), p, rb.AllToAll(), 1)
    trial.run(30)


@network
def several_tiles(trial):
    """More than 65,536 input slots, which a thread goes through in more than one piece."""
    trial.network(seed=17)
    v = trial.add(rb.LIF(V_th=-70, I_x=rb.Uniform(0, 2.5)), 70_001, V=rb.Uniform(-75, -70))
    x, w = trial.poisson(300, 50), trial.add(rb.EIF(), 101)
    trial.connect(x, v, rb.FixedInDegree(2), 3)
    trial.connect(x, v, rb.FixedOutDegree(100), rb.Normal(0.3, 0.1), rb.Delta(), delay=rb.Uniform(0.1, 2))
    trial.connect(v, w, rb.FixedInDegree(500), 120, rb.Exponential(tau=2))
    trial.connect(w, v, rb.Bernoulli(0.001), 2, rb.Alpha(), delay=0.3)
    trial.run(5)


@network
def other_steps(trial):
    cortex(trial, n=30, seed=2**64 - 1, dt=0.05)
    trial.run(40)


@network
def space(trial):
    """Neurons at places, rules, weights and delays by distance, and parts of populations."""
    trial.network(seed=5)
    sheet = trial.add(rb.LIF(I_x=15), 400, positions=rb.Grid((20, 20), periodic=True), V=rb.Uniform(-72, -56))
    torus = trial.add(rb.LIF(), 200, positions=rb.RandomPositions(periodic=True))
    line = trial.add(rb.Poisson(40), 50, positions=rb.Positions(np.arange(50)[:, None]))
    row = trial.add(rb.LIF(), 50, positions=np.arange(50)[:, None])
    near, far = rb.GaussianProfile(0.8, 0.1), rb.ExponentialProfile(0.5, 0.05)
    trial.connect(sheet, torus, rb.ByDistance(near), 5, delay=rb.LinearProfile(0.5, 4))
    trial.connect(torus, sheet, rb.ByDistance(far), near)
    trial.connect(sheet, sheet, rb.ByDistance(0.5, reach=0.3, beyond=0.2, autapses=False), -2)
    trial.connect(line, row, rb.Nearest(4), 500)
    left, right = sheet[:200], sheet[200:]
    trial.connect(left, right, rb.FixedInDegree(10), 3)
    trial.connect(right, left[::-3], rb.Bernoulli(0.1), rb.Normal(2, 0.5))
    trial.net.drive(sheet[50:150], 20, sources=100, weight=2, synapse=rb.Exponential(tau=5))
    trial.net.inject(torus[[9, 3, 77]], rb.OrnsteinUhlenbeck(20, 5, 4))
    trial.record(torus, "V", neurons=[3, 9])
    trial.run(60)


@network
def random_graphs(trial):
    """Groups, small worlds and degrees given at both ends."""
    trial.network(seed=7)
    e = trial.add(rb.LIF(I_x=19), 240, V=rb.Uniform(-72, -56))
    trial.connect(e, e, rb.Clustered(0.05 + 0.3 * np.eye(4), autapses=False), 1.5, delay=0.5)
    trial.connect(e, e[::2], rb.Clustered([[0.1, 0.3]], pre=np.arange(240) % 2), -1.5)
    trial.connect(e, e, rb.SmallWorld(8, 0.2), rb.Uniform(1, 2))
    trial.connect(e, e, rb.Edges({"pre": [5, 0, 5], "post": [1, 239, 0]}), 3)
    trial.connect(e, e, rb.DegreeSequences(rb.Uniform(0, 15), np.arange(240) % 16, autapses=False), -0.5)
    trial.run(60)


# ---- the table -------------------------------------------------------------------------------------------------------


def fingerprint(name, threads=2):
    """Run a network and return the digests of what came out."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(threads, folder)
        NETWORKS[name](trial)
        return trial.fingerprint()


def with_instruction_set(isa):
    """Return all fingerprints of a process of its own, or None where this machine lacks the instructions."""
    done = subprocess.run(
        [sys.executable, __file__, "print"],
        env={**os.environ, "RHEOBASE_ISA": isa},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and "at most what this machine has" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def write_table():
    columns = {COLUMNS[isa]: with_instruction_set(isa) for isa in ("baseline", "avx2")}
    if columns["fused"] is None:
        raise SystemExit("the table must be written on a machine that has AVX2")
    rows = [
        f'{json.dumps(name)}: {{\n  "fused": {json.dumps(columns["fused"][name])},\n'
        f'  "baseline": {json.dumps(columns["baseline"][name])}\n}}'
        for name in NETWORKS
    ]
    TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["print"]:
        print(json.dumps({name: fingerprint(name) for name in NETWORKS}))
    else:
        write_table()
