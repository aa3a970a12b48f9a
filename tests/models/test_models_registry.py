"""What holds for every neuron model, whatever it is."""

import re

import numpy as np
import pytest

import rheobase as rb
from rheobase.models.catalogue import NEURONS

EVERY = [(name, method) for name, model in NEURONS.items() for method in model.model.methods]
PARAMETERS = [(name, p) for name, model in NEURONS.items() for p in model.model.parameters]

DT = 0.02


def _example(name):
    return NEURONS[name].model.example


def _counts_crossings(name):
    """Return whether a spike is an upward crossing of V_th, after which the state goes on."""
    return not _example(name).reset and any(p.name == "V_th" for p in NEURONS[name].model.parameters)


@pytest.mark.parametrize("name", NEURONS)
def test_documents_itself(name):
    model = NEURONS[name].model
    assert model.summary.endswith(".")
    assert model.summary[0].isupper()
    assert re.search(r"' = |\(n \+ 1\) = ", model.equation)
    assert re.search(r"\b(1[89]|20)\d\d\b", model.reference) or "Rosenbaum" in model.reference
    described = [*model.parameters, *model.variables]
    assert all(entry.name and entry.unit and entry.doc for entry in described)
    assert len({entry.name for entry in described}) == len(described)
    text = NEURONS[name].__doc__
    assert model.equation in text
    assert all(re.search(rf"\b{p.name}\b", text) and p.doc[1:] in text for p in described)
    assert list(NEURONS[name].__signature__.parameters) == [*(p.name for p in model.parameters), "I_x", "method"]
    assert getattr(rb, name) is NEURONS[name]
    assert name in rb.__all__


@pytest.mark.parametrize(("name", "method"), EVERY)
def test_defaults_run(name, method, simulate):
    traces = simulate(NEURONS[name](method=method), 100 * DT, DT, n=3)
    assert all(np.isfinite(v).all() and (v == v[0]).all() for v in traces.end.values())


@pytest.mark.parametrize(("name", "p"), PARAMETERS, ids=[f"{n}-{p.name}" for n, p in PARAMETERS])
def test_bounds(name, p):
    model = NEURONS[name]
    for bad, error in ((np.nan, ValueError), (np.inf, ValueError), ("1", TypeError), (None, TypeError)):
        with pytest.raises(error, match=p.name):
            model(**{p.name: bad})
    for bound, outside in ((p.low, -1.0), (p.high, 1.0)):
        if not np.isfinite(bound):
            continue
        for bad in [bound + outside, *([bound] if p.open else [])]:
            with pytest.raises(ValueError, match=p.name):
                model(**{p.name: bad})
            with pytest.raises(ValueError, match=p.name):
                model(**{p.name: [p.standard, bad]})
        if not p.open:
            assert getattr(model(**{p.name: bound}), p.name) == bound
    assert getattr(model(), p.name) == p.standard


@pytest.mark.parametrize("name", [n for n, m in NEURONS.items() if m.model.orders])
def test_orders(name):
    model = NEURONS[name]
    for lesser, greater in model.model.orders:
        a, b = model.model.parameters[lesser], model.model.parameters[greater]
        with pytest.raises(ValueError, match=f"{a.name} must be < {b.name}"):
            model(**{a.name: b.standard})
        with pytest.raises(ValueError, match=f"{a.name} must be < {b.name}"):
            model(**{a.name: [a.standard, b.standard + 1.0]})


@pytest.mark.parametrize("name", NEURONS)
def test_unknown_names_are_met_with_a_suggestion(name):
    model = NEURONS[name].model
    known = model.parameters[0].name
    with pytest.raises(ValueError, match=f"did you mean {known!r}"):
        NEURONS[name](**{known + "x": 1.0})
    with pytest.raises(ValueError, match="method must be one of"):
        NEURONS[name](method="magic")
    net = rb.Network(threads=1)
    with pytest.raises(ValueError, match=f"state variable of {name}"):
        net.add(NEURONS[name](), 1, nothing=0.0)


# a map such as Binary may spike in every step, which a run of this length warns of; its own tests look at its spikes
@pytest.mark.parametrize(("name", "method"), [e for e in EVERY if NEURONS[e[0]].model.has_derivative])
def test_spikes_and_what_follows(name, method, simulate):
    traces = simulate(
        NEURONS[name](I_x=_example(name).strong_I, method=method), 15000 * DT, DT, record=list(_variables(name))
    )
    times = traces.spikes[0]
    example, first = _example(name), _variables(name)[0]
    if example.silent:
        assert len(times) == 0
        return
    assert len(times) >= 3
    model, at = NEURONS[name](), np.rint(times / DT).astype(int)
    values = traces.values[first][:, 0]
    if example.reset:
        assert (values[at] == getattr(model, example.reset)).all(), "at a spike the reset value is what is seen"
        assert np.delete(values, at).max() < model.V_th
    elif _counts_crossings(name):
        assert np.array_equal(at, 1 + np.flatnonzero((values[:-1] < model.V_th) & (values[1:] >= model.V_th)))


@pytest.mark.parametrize("name", [n for n, m in NEURONS.items() if any(p.name == "t_ref" for p in m.model.parameters)])
def test_refractory_period(name, simulate):
    t_ref = 5.0 if not _counts_crossings(name) else 30.0
    traces = simulate(NEURONS[name](I_x=_example(name).strong_I, t_ref=t_ref), 200.0, DT, record=list(_variables(name)))
    times = traces.spikes[0]
    assert len(times) >= 3
    assert np.diff(times).min() > t_ref
    V, steps = traces.values["V"][:, 0], round(t_ref / DT)
    for at in np.rint(times[:-1] / DT).astype(int):
        held = V[at : at + steps + 1] == V[at]
        if _counts_crossings(name):
            assert not held[1:].any(), "the state goes on"
        else:
            assert held.all(), "V is held for the whole period"
            assert V[at + steps + 1] != V[at], "and not longer"
    if _counts_crossings(name):
        free = simulate(NEURONS[name](I_x=_example(name).strong_I, t_ref=0.0), 200.0, DT, record=["V"])
        assert np.array_equal(free.values["V"][:, 0], V), "only the counting changes"
        assert len(free.spikes[0]) > len(times)


@pytest.mark.parametrize(("name", "method"), [e for e in EVERY if _example(e[0]).kicks])
def test_delta_synapses_kick_one_variable(name, method, simulate):
    variables, model = _variables(name), NEURONS[name](method=method)
    kick, kicked = 0.25, _example(name).kicks
    still = simulate(model, 20 * DT, DT, record=variables).values
    moved = simulate(model, 20 * DT, DT, record=variables, kicks=([10 * DT], kick)).values
    for variable in variables:
        before, after = still[variable][:, 0], moved[variable][:, 0]
        assert np.array_equal(before[:10], after[:10])
        assert after[10] == pytest.approx(before[10] + (kick if variable == kicked else 0.0), abs=1e-12)


@pytest.mark.parametrize(("name", "method"), EVERY)
@pytest.mark.parametrize("conductance", [False, True], ids=["current", "conductance"])
def test_own_parameters_do_what_common_ones_do(name, method, conductance, simulate):
    n, g = 19, (0.1, -60.0) if conductance else None  # two vectors of eight and a rest
    own = {p.name: _nearby(p, n) for p in NEURONS[name].model.parameters}
    drive = _example(name).strong_I * np.linspace(0.9, 1.1, n)
    variables = _variables(name)
    duration = 12.0
    together = simulate(NEURONS[name](method=method, **own, I_x=drive), duration, DT, n=n, record=variables, g=g)
    for k in range(n):
        one = {parameter: float(values[k]) for parameter, values in own.items()}
        alone = simulate(NEURONS[name](method=method, **one, I_x=drive[k]), duration, DT, record=variables, g=g)
        assert np.array_equal(alone.spikes[0], together.spikes[k])
        for v in variables:
            assert np.array_equal(alone.values[v][:, 0], together.values[v][:, k])


@pytest.mark.parametrize("name", NEURONS)
def test_results_do_not_depend_on_threads(name):
    def run(threads):
        net = rb.Network(dt=DT, seed=5, threads=threads)
        p = net.add(NEURONS[name](I_x=rb.Uniform(0.0, 2.0 * _example(name).strong_I)), 301, name="p")
        net.connect(p, p, rb.Bernoulli(0.05), weight=0.2, synapse=rb.Delta())
        net.connect(p, p, rb.Bernoulli(0.05), weight=0.3, synapse=rb.Exponential(tau=2.0))
        spikes = net.run(10.0).spikes("p")
        return spikes.times, spikes.indices, *(p[v] for v in p.variables)

    one, three = run(1), run(3)
    assert all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))
    assert _example(name).silent or len(one[0]) > 0


def _variables(name: str) -> list[str]:
    return [v.name for v in NEURONS[name].model.variables]


def _nearby(p, n: int) -> np.ndarray:
    """Return n values around the default, within bounds; times stay on the grid."""
    if p.name == "t_ref":
        return DT * np.arange(n)
    return p.standard + (0.01 * np.abs(p.standard) if p.standard else 0.01) * np.linspace(0.0, 1.0, n)
