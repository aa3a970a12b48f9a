"""Machine code takes over from the interpreter, and nobody can see when: every number keeps its bits."""

import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from built_in_texts import TEXTS, written
from test_equations_networks import network
from test_equations_random import PARAMETERS, VARIABLES, model

import rheobase as rb
from rheobase import _engine
from rheobase.models.equations import compilation
from rheobase.models.equations.machine_code import _OPERATIONS, _RANDOM

pytest.importorskip("llvmlite", reason="machine code is made where llvmlite is installed")

#: What each instruction set's functions treat differently, or not at all.
EDGES = [np.nextafter(0.5, 1), np.nextafter(-0.5, -1), 708.0, 708.5, -708.5, 710.0, 1e5, -1e5, 1e17, -1e17, 1e308]
SMALL = [0.0, -0.0, 1e-7, -1e-7, 1e-300, 5e-324, -5e-324]
SPECIAL = np.array([*EDGES, *SMALL, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, 20.0, np.inf, -np.inf, np.nan])
#: What comes of joining two operations, when a program is bound.
JOINED = (
    *(f"add_{n}_products" for n in ("two", "three", "four", "five")),
    "select_multiply_add",
    "exponential_of_multiply_add",
    "scaled_phi1",
    "scaled_phi2",
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing is compiled but what a test compiles."""
    before, own = compilation._compiler, compilation._Compiler()
    monkeypatch.setattr(compilation, "_compiler", own)
    forget(before)
    yield
    forget(own)


def forget(compiler):
    """Let all that a compiler has compiled be interpreted."""
    for shape in compiler.codes:
        _engine.set_machine_code(shape, 0)


def tier(monkeypatch, mode):
    monkeypatch.setenv("RHEOBASE_JIT", mode)


def same_bits(a, b):
    """Whether two arrays hold the same numbers, the sign of zero included; what is no number has no bits to compare."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    nan = np.isnan(a)
    return np.array_equal(nan, np.isnan(b)) and np.array_equal(a[~nan].view(np.int64), b[~nan].view(np.int64))


def operands(random, n):
    """Return numbers of every size, the special ones with each other among them."""
    any_size = random.normal(size=n) * 10.0 ** random.integers(-8, 6, n)
    moderate = random.uniform(-3, 3, n)
    values = np.where(random.random(n) < 0.5, any_size, moderate)
    special = random.random(n) < 0.4
    values[special] = random.choice(SPECIAL, special.sum())
    return values


def result_of(operation, values, compiled):
    """Return what one operation gives, by the engine alone or by machine code."""
    count = len(values)
    leaves = [("state", k, 0.0) for k in range(count)]
    code = [(operation, *range(3))] if operation not in _RANDOM else [(operation, 1, 0, 0)]
    empty = _engine.Program([], [], [])
    program = _engine.NeuronProgram(
        prepare=empty,
        start=empty,
        step=_engine.Program(leaves, code, [("state", count, count)]),
        events=[],
        release=empty,
        observe=empty,
        prepared_count=0,
        leak_rate=-1,
        refractoriness="none",
        receptors=[],
        observed=[],
        reads_input=[],
    )
    engine = _engine.Simulation(0.1, 1, 1)
    names = [f"x{k}" for k in range(count + 1)]
    cells = engine.add_equations(
        name="One", variables=names, parameters=[], method="euler", program=program, size=len(values[0]), values=[]
    )
    for name, value in zip(names, values, strict=False):
        engine.set_variable(cells, name, value)
    engine.build()
    compilation.compile_if_worth(engine, 1)
    assert len(engine.interpreted_programs()) == (0 if compiled else 1)
    try:
        engine.run(1)
    except _engine.NonFiniteState:
        assert not np.isfinite(engine.get_variable(cells, names[-1])).all() or not np.isfinite(values).all()
    else:
        assert np.isfinite(engine.get_variable(cells, names[-1])).all()
    return engine.get_variable(cells, names[-1])


@pytest.mark.parametrize("operation", [*(o for o in _OPERATIONS if o not in JOINED), *_RANDOM])
def test_every_operation(monkeypatch, operation):
    """Three operands are given to each; it takes what it wants. 600 neurons leave a rest to the interpreter."""
    random = np.random.default_rng(1)
    for finite in (False, True):
        values = [operands(random, 603) for _ in range(3)]
        if finite:
            values = [np.where(np.isfinite(v), v, 1.0) for v in values]
        tier(monkeypatch, "off")
        expected = result_of(operation, values, compiled=False)
        tier(monkeypatch, "now")
        assert same_bits(result_of(operation, values, compiled=True), expected)


@pytest.mark.parametrize("slow", [True, False])
@pytest.mark.parametrize("operation", ["phi1", "phi2"])
def test_slow_decays(monkeypatch, operation, slow):
    """They take a way of their own, where all lanes of a vector do."""
    values = [-np.linspace(0, 0.5 if slow else 2, 600)] * 3
    tier(monkeypatch, "off")
    expected = result_of(operation, values, compiled=False)
    tier(monkeypatch, "now")
    assert same_bits(result_of(operation, values, compiled=True), expected)


def everything(net, names):
    return np.concatenate([net["e"][name] for name in names])


@pytest.mark.parametrize("seed", range(20))
def test_random_models(monkeypatch, seed):
    random = np.random.default_rng(seed)
    cls = model(random)
    method = str(random.choice(cls.model.methods))
    n = int(random.integers(1, 700))
    each = random.random() < 0.5
    parameters = {p: random.uniform(0.5, 2, n) if each else float(random.uniform(0.5, 2)) for p in PARAMETERS}
    state = {v: random.normal(0, 1, n) for v in VARIABLES}
    current = random.normal(0, 1, n)
    found = []
    for mode in ("off", "now"):
        tier(monkeypatch, mode)
        net = rb.Network(dt=0.1, threads=2)
        net.add(cls(method=method, I_x=current, **parameters), n, name="e", **state)
        net.run(2)
        found.append(everything(net, VARIABLES))
    assert same_bits(*found), f"{method}: {cls.model.equation}"


CASES = [(name, method) for name in TEXTS for method in written(name).model.methods]


@pytest.mark.parametrize(("name", "method"), CASES)
def test_all_neurons_and_schemes(monkeypatch, name, method):
    """With conductances and kicks, the code taking over at a random step."""
    cls, (variables, spikes) = written(name), ([], [])
    change = float(np.random.default_rng(len(name)).integers(1, 299)) / 10
    for modes in (("off", "off"), ("off", "now"), ("now", "off")):
        net = rb.Network(dt=0.02, seed=2)
        net.add(cls(method=method), 300, name="e")
        x = net.add(rb.Poisson(rate=20), 100, name="x")
        net.connect(x, "e", rb.FixedInDegree(20), weight=5.0, synapse=rb.Exponential(tau=5))
        net.connect(x, "e", rb.FixedInDegree(10), weight=0.01, synapse=rb.Exponential(tau=5, reversal=0.0))
        trains = []
        for mode, duration in zip(modes, (change, 30 - change), strict=True):
            tier(monkeypatch, mode)
            trains.append(net.run(round(duration, 1)).spikes("e"))
        variables.append(everything(net, net["e"].neuron.variables))
        spikes.append([np.concatenate([t.times for t in trains]), np.concatenate([t.indices for t in trains])])
    for k in (1, 2):
        assert same_bits(variables[0], variables[k])
        assert all(np.array_equal(a, b) for a, b in zip(spikes[0], spikes[k], strict=True))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_rich_model(monkeypatch, threads):
    """Noise, events, refractoriness, named receptors, recorded names: all at once, and from a file."""
    results = []
    for mode in ("off", "now"):
        tier(monkeypatch, mode)
        net = network(threads=threads)
        net.record("e", "drive", every=0.5)
        first, second = net.run(33.3), net.run(50)
        recorded = [r.states("e", "drive").values for r in (first, second)]
        spikes = [r.spikes("e").times for r in (first, second)]
        results.append([everything(net, ("V", "w", "count")), *recorded, *spikes])
    assert len(results[0][-1]) > 100
    assert all(same_bits(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("method", ["euler", "etd2", "rk4"])
def test_inputs_in_time_and_recorded_events(monkeypatch, method, threads):
    """Steps of each neuron and a smooth function of time come in, events go out, at random initial values."""
    Fed = rb.neuron(
        "Fed",
        "dV/dt = (stim + wave(t) - V)/tau : 1",
        threshold="V > 1",
        reset="V = 0",
        refractory="1",
        parameters=dict(tau=10.0),
        initial=dict(V="0.5*rand() + (i % 10)*0.01"),
        inputs=dict(stim=0),
        functions=dict(wave=lambda t: np.sin(t / 3)),
        events=dict(half=("crosses(V, 0.5)", None), late=("V > 0.9", "V += 0.01*stim")),
    )
    n = 603  # leaves a rest to the interpreter
    stim = rb.Steps([0, 7.3, 20], np.random.default_rng(1).uniform(1, 4, (3, n)))
    found = []
    for modes in (("off", "off"), ("now", "now"), ("off", "now"), ("now", "off")):
        net = rb.Network(dt=0.1, seed=4, threads=threads)
        net.add(Fed(stim=stim, method=method), n, name="e")
        for name in ("half", "late", "stim"):
            net.record("e", name)
        parts = []
        for mode, duration in zip(modes, (12.3, 20), strict=True):
            tier(monkeypatch, mode)
            result = net.run(duration)
            assert mode == "off" or not net._engine.interpreted_programs()
            trains = [result.spikes("e"), result.events("e", "half"), result.events("e", "late")]
            assert all(len(t.times) > 100 for t in trains)
            parts += [a for t in trains for a in (t.times, t.indices)]
            parts.append(result.states("e", "stim").values)
        found.append([everything(net, ("V",)), *parts])
    for other in found[1:]:
        assert all(same_bits(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("refractory", ["V > -20", "2 + 0*V", None])
def test_refractoriness(monkeypatch, refractory):
    """By a condition, by a time, or not at all; what a reset and a name ask of it."""
    Held = rb.neuron(
        "Held",
        """
        free = int(not_refractory)
        dV/dt = (30 - V)/5 : mV (unless refractory)
        du/dt = (int(not_refractory) - u)/3 + 0.1*xi
        """,
        threshold="V > 20",
        reset="V = -10*u + where(not_refractory, 1, 2)",
        refractory=refractory,
        initial=dict(V=0, u=0),
    )
    results = []
    for mode in ("off", "now"):
        tier(monkeypatch, mode)
        net = rb.Network(dt=0.1, seed=3)
        net.add(Held(), 300, name="e", V=rb.Uniform(0, 10))
        net.record("e", "free", every=0.1)
        result = net.run(40)
        results.append([everything(net, ("V", "u")), result.states("e", "free").values, result.spikes("e").times])
    assert len(results[0][-1]) > 100
    assert all(same_bits(a, b) for a, b in zip(*results, strict=True))


def test_in_the_background(monkeypatch):
    """The code comes when it comes."""
    tier(monkeypatch, "off")
    net = network()
    net.run(60)
    expected = everything(net, ("V", "w", "count"))
    monkeypatch.setattr(compilation, "_WORTH", 0.0)
    tier(monkeypatch, "auto")
    net = network()
    for _ in range(60):
        net.run(1)
    for thread in threading.enumerate():
        if thread.name == "rheobase compiles":
            thread.join()
    assert same_bits(everything(net, ("V", "w", "count")), expected)
    assert not net._engine.interpreted_programs()


def test_short_runs_are_not_compiled():
    net = network()
    net.run(1)
    assert not compilation._compiler.codes
    assert not compilation._compiler.under_way


def test_what_fails_is_interpreted(monkeypatch):
    def fails(*_):
        raise MemoryError("no room for code")

    tier(monkeypatch, "off")
    net = network()
    net.run(5)
    expected = everything(net, ("V", "w", "count"))
    tier(monkeypatch, "now")
    monkeypatch.setattr(compilation, "_compiled", fails)
    net = network()
    with pytest.warns(RuntimeWarning, match="interpreted, with the same results.*no room for code"):
        net.run(2.5)
    net.run(2.5)  # which warns no more
    assert same_bits(everything(net, ("V", "w", "count")), expected)


def test_states_that_are_not_finite_are_found(monkeypatch):
    tier(monkeypatch, "now")
    Runaway = rb.neuron("Runaway", "dV/dt = V**3", initial=dict(V=0))
    net = rb.Network(dt=0.1)
    net.add(Runaway(method="euler"), 100, name="e", V=np.where(np.arange(100) == 37, 10, 0))
    with pytest.raises(FloatingPointError, match="neuron 37 of population 'e'"):
        net.run(100)


def test_the_switch_has_three_positions(monkeypatch):
    tier(monkeypatch, "maybe")
    with pytest.raises(ValueError, match="RHEOBASE_JIT must be one of 'auto', 'off', 'now', got 'maybe'"):
        network().run(1)


def test_files_and_pickles_hold_text_alone(monkeypatch, tmp_path):
    tier(monkeypatch, "off")
    net = network()
    net.run(5)
    net.save(tmp_path / "interpreted")
    pickled = pickle.dumps(net["e"].neuron)
    tier(monkeypatch, "now")
    net = network()
    net.run(5)
    net.save(tmp_path / "compiled")
    assert pickle.dumps(net["e"].neuron) == pickled
    assert (tmp_path / "compiled").read_bytes() == (tmp_path / "interpreted").read_bytes()


def test_without_llvmlite_nothing_is_missed():
    code = """
import sys
sys.modules["llvmlite"] = None
import rheobase as rb
net = rb.Network(dt=0.1)
net.add(rb.neuron("Decay", "dV/dt = -V/10", initial=dict(V=1))(), 1, name="e")
net.run(10)
print(net["e"]["V"][0])
"""
    out = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    assert abs(float(out.stdout) - np.exp(-1)) < 1e-12
