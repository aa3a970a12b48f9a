"""Every model of the library, written as text, does what its header does."""

import numpy as np
import pytest
from built_in_texts import TEXTS, written

import rheobase as rb

N = 300
CASES = [(name, method) for name in TEXTS for method in getattr(rb, name).model.methods]
#: Methods by which a header follows its own equation exactly within the step, as text does not.
ITS_OWN = {("QIF", "exact"), ("ThetaNeuron", "exact"), ("EIFChR", "etd2")}


def start(model, rng):
    """Return a state that lies about rest and below threshold."""
    known = {
        **{x: rng.uniform(0.2, 0.5, N) for x in ("n", "h", "p", "L")},
        "m": rng.uniform(0.01, 0.05, N),
        "V": rng.uniform(-70, -56, N),
        "w": rng.uniform(-1, 1, N),
        "u": rng.uniform(-15, -10, N),
        "theta": rng.uniform(-2, 2, N),
    }
    if model.model.name.endswith("FitzHughNagumo"):
        known["V"] = rng.uniform(-2, -0.5, N)
    return {v.name: known[v.name] for v in model.model.variables}


def run(model, steps, conductance, **given):
    rng = np.random.default_rng(5)
    net = rb.Network(dt=0.01, seed=3)
    scale = 0.02 if model.model.name.endswith(("FitzHughNagumo", "ThetaNeuron")) else 1.0
    e = net.add(model(I_x=scale * np.linspace(-5, 20, N), **given), N, name="e", **start(model, rng))
    x = net.add(rb.Poisson(rate=1000), 100, name="x")
    synapse = rb.Exponential(tau=5, reversal=-30.0) if conductance else rb.Exponential(tau=5)
    net.connect(x, e, rb.FixedInDegree(10), weight=0.01 if conductance else scale, synapse=synapse)
    net.connect(x, e, rb.FixedInDegree(2), weight=0.02 * scale, synapse=rb.Delta())
    for v in model.model.variables:
        net.record(e, v.name)
    result = net.run(steps * net.dt)
    return {v.name: result.states("e", v.name).values for v in model.model.variables}, result.spikes("e")


def series_bound(model, values, steps, dt):
    """Return how far a step of second order may lead from a text's.

    Where V moves by x D, the header's upstroke N grows by x + 2/3 x² + x³/2 of itself and not by exp(x) - 1, which
    is less than x²/5 away for |x| < 1/20; at most dt / (2 tau_m) of that joins V in each step.
    """
    p = model().parameters
    N = p["D"] * np.exp((values["V"].max() - p["V_T"]) / p["D"])
    # from step to step V moves by what a step predicts, and by jumps, which only make the bound larger
    x = np.abs(np.diff(values["V"], axis=0)).max() / p["D"]
    assert 0 < x < 0.05
    return steps * dt / (2 * p["tau_m"]) * N * x**2 / 5


@pytest.mark.parametrize("conductance", [False, True])
@pytest.mark.parametrize(("name", "method"), CASES)
def test_text_agrees_with_the_header(name, method, conductance):
    if (name, method) in ITS_OWN:
        pytest.skip("the header solves its own equation exactly")
    if name == "ThetaNeuron":
        pytest.skip("a delta synapse and a conductance move tan(theta / 2), which is no variable of the text")
    theirs, _ = run(getattr(rb, name), 5, conductance, method=method)
    mine, _ = run(written(name), 5, conductance, method=method)
    by_series = (name, method) in (("EIF", "etd2"), ("AdEx", "etd2"))
    beyond = series_bound(getattr(rb, name), theirs, 5, 0.01) if by_series else 0.0
    for variable, expected in theirs.items():
        size = np.abs(expected) + 1.0
        assert np.all(np.abs(mine[variable] - expected) <= 1e-12 * size + beyond), variable


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("LeakyIntegrator", "ThetaNeuron")])
def test_text_spikes_as_the_header_does(name):
    method = "euler"
    rng = np.random.default_rng(5)

    def spikes(model):
        net = rb.Network(dt=0.01, seed=3)
        strong = (
            0.6 if name.endswith("FitzHughNagumo") else {"TraubMiles": 1000.0, "HodgkinHuxley": 20.0}.get(name, 100.0)
        )
        e = net.add(model(method=method, I_x=strong), 5, name="e", **{k: v[:5] for k, v in start(model, rng).items()})
        return net.run(30).spikes(e.name)

    rng = np.random.default_rng(5)
    theirs = spikes(getattr(rb, name))
    rng = np.random.default_rng(5)
    mine = spikes(written(name))
    assert len(theirs.times) > 0
    np.testing.assert_array_equal(mine.times, theirs.times)
    np.testing.assert_array_equal(mine.indices, theirs.indices)


@pytest.mark.parametrize("name", ["LIF", "AdEx", "TraubMiles"])
def test_parameters_per_neuron_do_what_shared_ones_do(name):
    first = getattr(rb, name).model.parameters[0]
    shared, _ = run(written(name), 20, True)
    own, _ = run(written(name), 20, True, **{first.name: np.full(N, first.standard)})
    for variable, expected in shared.items():
        np.testing.assert_array_equal(own[variable], expected)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_field_is_that_of_the_header(name):
    rng = np.random.default_rng(2)
    theirs, mine = getattr(rb, name)(I_x=3.0), written(name)(I_x=3.0)
    u = np.array(list(start(type(theirs), rng).values()))
    order = [mine.variables.index(v) for v in theirs.variables]
    mixed = np.empty_like(u)
    mixed[order] = u
    np.testing.assert_allclose(mine.field(mixed)[order], theirs.field(u), rtol=1e-11, atol=1e-11)
