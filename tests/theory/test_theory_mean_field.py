"""The mean field of a network, whatever its rules, currents and neurons, and the rates that its theory finds."""

import sys
import warnings

import numpy as np
import pytest

import rheobase as rb
from rheobase.rates import ThresholdLinear
from rheobase.theory import SelfConsistentField, mean_field, self_consistent_rates

EIF = {"tau_m": 10, "E_L": -72, "V_T": -55, "D": 2, "V_th": 0, "V_re": -72}
SYNAPSE = rb.Exponential(tau=5)


def textbook(rate, strength=1.0, inhibition=1.0, rule=None):
    """The textbook's network with a tenth of its neurons and ten times its weights."""
    net = rb.Network(seed=1, threads=1)
    e, i = net.add(rb.EIF(**EIF), 80, name="e"), net.add(rb.EIF(**EIF), 20, name="i")
    x = net.add(rb.Poisson(rate=rate), 80, name="x")
    weights = [(x, e, 300, 10), (x, i, 200, 10), (e, e, 120, 8), (e, i, 350, 8)]
    for pre, post, weight, tau in [*weights, (i, e, -450 * inhibition, 4), (i, i, -700 * inhibition, 4)]:
        net.connect(pre, post, rule or rb.Bernoulli(0.2), weight=strength * weight, synapse=rb.Exponential(tau=tau))
    return net


@pytest.mark.slow
@pytest.mark.parametrize(("strength", "inhibition"), [(0.5, 1.0), (1.0, 1.0), (1.5, 1.0), (1.0, 2.0)])
def test_rates_are_found_at_all_inputs(strength, inhibition):
    previous = np.zeros(2)
    for rate in (0.1, 1.0, 5.0, 20.0, 60.0, 200.0):
        field = SelfConsistentField.of(textbook(rate, strength, inhibition), alike=True)
        rates = field.solve()
        np.testing.assert_allclose(field.map(rates), rates, rtol=1e-4, atol=1e-4)
        assert (rates >= previous).all()
        previous = rates


@pytest.mark.slow
@pytest.mark.parametrize("alike", [True, False])
def test_the_start_asked_for_is_the_one_taken(alike):
    field = SelfConsistentField.of(textbook(5.0, rule=rb.FixedInDegree(16)), alike=alike)
    with pytest.raises(ValueError, match=r"x0 must have shape \(2,\), the rates"):
        field.solve([1.0, 2.0, 3.0])
    rates = field.solve()[:2]
    np.testing.assert_allclose(field.solve(rates)[:2], rates, rtol=1e-4)


@pytest.mark.parametrize("n", [1, 2, 10])
@pytest.mark.parametrize("autapses", [True, False])
@pytest.mark.parametrize("rule", ["AllToAll", "Bernoulli", "FixedInDegree", "FixedOutDegree", "FixedTotal"])
def test_in_degrees_within_a_population(n, autapses, rule):
    """Mean, and variance over neurons and networks, of the numbers of connections that are drawn."""
    choices = n - (not autapses)
    arguments = {"AllToAll": (), "Bernoulli": (0.4,), "FixedTotal": (n * choices // 2,)}.get(rule, (choices // 2,))
    options = {"autapses": autapses} | ({"multapses": False} if rule.startswith("Fixed") else {})
    made = getattr(rb, rule)(*arguments, **options)
    sampled = []
    for seed in range(60):
        net = rb.Network(seed=seed, threads=1)
        p = net.add(rb.LIF(), n, name="p")
        projection = net.connect(p, p, made, weight=3.0, synapse=SYNAPSE)
        sampled.append(np.bincount(projection.connections()["post"], minlength=n))
    ((found,),) = SelfConsistentField.of(net).afferents
    samples = np.ravel(sampled)
    # 4.5 standard errors, where neurons of one network count as one for safety.
    error = 4.5 * np.sqrt(found.n_variance / 60)
    assert found.n == pytest.approx(samples.mean(), abs=error + 1e-12)
    assert found.n_variance == pytest.approx(samples.var(), abs=4.5 * found.n_variance * np.sqrt(2 / 60) * 1.5 + 1e-12)
    assert mean_field(net, ThresholdLinear()).W == pytest.approx(np.array([[3.0 * found.n]]))


def test_in_degrees_between_populations():
    net = rb.Network(seed=1, threads=1)
    a, b = net.add(rb.EIF(**EIF), 4, name="a"), net.add(rb.EIF(**EIF), 6, name="b")
    for rule, degree in [
        (rb.FixedOutDegree(3), 2.0),
        (rb.FixedOutDegree([1, 2, 3, 6]), 2.0),
        (rb.FixedTotal(12), 2.0),
        (rb.Pairs([0, 0, 1], [2, 2, 3]), 0.5),
        (rb.AllToAll(autapses=False), 4.0),
    ]:
        net.connect(a, b, rule, weight=1.0, synapse=SYNAPSE)
        assert net.circuit.mean_in_degree(net.circuit.projections[-1]) == pytest.approx(degree)
    assert net.mean_field().W == pytest.approx(np.array([[0, 0], [10.5, 0]]))


@pytest.mark.parametrize(
    ("rule", "without"),
    [
        (rb.FixedOutDegree(80, multapses=True), 8.0),
        (rb.FixedTotal(4000, multapses=True), 8.0),
        (rb.FixedInDegree(10, multapses=True), np.nan),
    ],
)
def test_connections_drawn_twice_count_in_the_variance(rule, without):
    sampled = []
    for seed in range(10):
        net = rb.Network(seed=seed, threads=1)
        x, e = net.add(rb.Poisson(rate=5), 50, name="x"), net.add(rb.LIF(), 400, name="e")
        projection = net.connect(x, e, rule, weight=3.0, synapse=SYNAPSE)
        sampled.append(np.bincount(projection.connections()["post"], minlength=400))
    ((found,),) = SelfConsistentField.of(net).afferents
    assert found.n == pytest.approx(np.mean(sampled)) == 10
    assert found.left == 1  # two neurons share no more senders than chance has it
    # 4.5 standard errors of a variance of 4000 numbers, which tells it from that without repetition.
    error = 4.5 * found.n_variance * np.sqrt(2.1 / 4000)
    assert found.n_variance == pytest.approx(np.var(sampled), abs=error + 1e-12)
    assert not abs(found.n_variance - without) < error


def test_one_to_one_passes_the_differences_of_the_senders_on():
    net = rb.Network(seed=1, threads=1)
    x, e = net.add(rb.Poisson(rate=np.arange(1.0, 31.0)), 30, name="x"), net.add(rb.LIF(), 30, name="e")
    net.connect(x, e, rb.OneToOne(), weight=200.0, synapse=SYNAPSE)
    field = SelfConsistentField.of(net)
    ((found,),) = field.afferents
    assert (found.n, found.n_variance, found.left) == (1, 0, 1)
    rates = np.arange(1.0, 31.0)
    assert found.quenched(rates.mean(), rates.var()) == pytest.approx(np.var(200.0 * rates / 1000))
    means, quenched, _ = field.moments(np.zeros(2))
    assert means[0] == pytest.approx(200.0 * rates.mean() / 1000)
    assert quenched[0] == pytest.approx(np.std(200.0 * rates / 1000))


def test_injected_currents_count():
    net = rb.Network(seed=1, threads=1)
    e = net.add(rb.EIF(**EIF, I_x=2.0), 4, name="e")
    net.drive(e, 10.0, sources=100, weight=3.0, synapse=SYNAPSE)
    net.inject(e, rb.Steps([0.0], [4.0]))
    net.inject(e, rb.WhiteNoise(mean=1.5, sigma=2.0))
    assert net.mean_field().X == pytest.approx([2 + 3 + 4 + 1.5])
    net.inject(e, rb.Pulse(t_start=10, t_stop=20, amplitude=[1.0, 2.0, 3.0, 4.0]))
    changing = net.mean_field()
    assert [float(changing.external(t)[0]) for t in (0.0, 10.0, 19.9, 20.0)] == pytest.approx([10.5, 13.0, 13.0, 10.5])
    with pytest.raises(ValueError, match="network must have steady injected currents"):
        self_consistent_rates(net)


@pytest.mark.parametrize(
    ("neuron", "theory"),
    [
        (rb.LIF(), "ColouredNoise of LIF"),
        (rb.QIF(), "ColouredNoise of QIF"),
        (rb.EIF(D=0.5, V_th=-40), "ColouredNoise of EIF"),
        (rb.EIF(V_T=-50), "ColouredNoise of EIF"),
    ],
)
def test_neurons_unlike_the_textbooks_get_their_own_theory(neuron, theory):
    """With no word from the caller; the rates of the self-consistent state are then a fixed point."""
    net = rb.Network(seed=1, threads=1)
    e, other = net.add(rb.EIF(), 80, name="e"), net.add(neuron, 20, name="other")
    for p in (e, other):
        net.drive(p, 40.0, sources=100, weight=5.0, synapse=SYNAPSE)
        net.connect(e, p, rb.FixedInDegree(10), weight=20.0, synapse=SYNAPSE)
        net.connect(other, p, rb.FixedInDegree(10), weight=-20.0, synapse=SYNAPSE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = net.mean_field()
    assert [theory in repr(f) for f in chosen.f] == [theory == "ColouredNoise of EIF", True]
    assert "ColouredNoise of EIF, noise " in repr(chosen.f[0])
    rates = self_consistent_rates(net, alike=True).rates
    np.testing.assert_allclose(chosen.field(rates), 0, atol=1e-5)
    assert (rates > 1).all()


@pytest.mark.parametrize(
    ("weight", "inhibition", "neuron", "how"),
    [
        (15.0, -60.0, rb.AdEx(), "measured"),
        (20.0, -60.0, rb.AdEx(b=20.0), "measured"),
        (10.0, -100.0, rb.Izhikevich(), None),
    ],
)
def test_neurons_without_a_theory_are_measured(weight, inhibition, neuron, how):
    net = rb.Network(seed=1, threads=1)
    e, i = net.add(neuron, 400, name="e"), net.add(neuron, 100, name="i")
    for p in (e, i):
        net.drive(p, 10.0, sources=200, weight=weight, synapse=SYNAPSE)
        net.connect(e, p, rb.FixedInDegree(40), weight=weight, synapse=SYNAPSE)
        net.connect(i, p, rb.FixedInDegree(10), weight=inhibition, synapse=SYNAPSE)
    chosen = net.mean_field(how)
    assert [f"{neuron.model.name} in the engine" in repr(f) for f in chosen.f] == [True, True]
    (point,) = chosen.fixed_points([(0, 150), (0, 150)])
    simulated = net.run(1500).rates(t_start=500)
    # Curves and simulation have 1 % of s.d. each, three of both are 4 %; correlations of 500 neurons, of the Izhikevich
    # neurons above all, make as much again.
    assert point.u == pytest.approx([simulated["e"], simulated["i"]], rel=0.08)


@pytest.mark.parametrize(
    ("neuron", "drive", "inhibition"),
    [
        (rb.GIF(), 16.0, -25.0),
        (rb.GLIF(), 160.0, -90.0),
        (rb.MorrisLecar(), 60.0, -60.0),
        (rb.EIFChR(), 16.0, -25.0),
        (rb.TraubMiles(), 16.0, -25.0),
    ],
)
def test_networks_of_neurons_that_have_no_theory(neuron, drive, inhibition):
    net = rb.Network(dt=0.05, seed=1, threads=1)
    p = net.add(neuron, 300, name="p")
    net.drive(p, 12.0, sources=200, weight=drive, synapse=SYNAPSE)
    net.connect(p, p, rb.FixedInDegree(40), weight=inhibition, synapse=rb.Exponential(tau=5, label="i"))
    chosen = net.mean_field()
    assert f"{neuron.model.name} in the engine" in repr(chosen.f[0])
    (point,) = chosen.fixed_points([(0, 200)])
    simulated = net.run(1500).rates(t_start=300)["p"]
    assert simulated > 5
    # 300 neurons fire at least 2,000 spikes in 1.2 s, an s.d. of 2 % at the most, the curve is as uncertain: with
    # inhibition, which takes some of it away, three of both are 6 %.
    assert point.u[0] == pytest.approx(simulated, rel=0.06)


@pytest.mark.parametrize(
    ("neuron", "excitation", "inhibition", "how"),
    [(rb.HodgkinHuxley(), 0.02, 0.05, None), (rb.AdEx(g_L=10), 1.5, 2.0, "measured")],
)
def test_neurons_with_conductances_and_without_a_theory_are_measured(neuron, excitation, inhibition, how):
    net = rb.Network(dt=0.05, seed=1, threads=1)
    p = net.add(neuron, 300, name="p")
    net.drive(p, 12.0, sources=200, weight=excitation, synapse=rb.Exponential(tau=5, reversal=0))
    net.connect(p, p, rb.FixedInDegree(40), weight=inhibition, synapse=rb.Exponential(tau=10, reversal=-80))
    chosen = net.mean_field(how)
    assert f"{neuron.model.name} in the engine" in repr(chosen.f[0])
    (point,) = chosen.fixed_points([(0, 200)])
    # As above, with weaker inhibition: 4 % of chance.
    assert point.u[0] == pytest.approx(net.run(1200).rates(t_start=200)["p"], rel=0.05)
    # Mean conductances of excitation, and of the state's inhibition, drive as much as at the mean potential.
    g_L = neuron.parameters["g_L"]
    assert chosen.W[0, 0] < 0 < chosen.X[0]
    V = -chosen.X[0] * g_L / (12.0 * 200 * excitation * 5e-3)
    assert chosen.W[0, 0] == pytest.approx(40 * inhibition * 10 / g_L * (-80 - V))


def test_neurons_that_fall_silent_with_conductances_are_named():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.AdEx(g_L=10), 10, name="p")
    net.connect(p, p, rb.FixedInDegree(5), weight=1.0, synapse=rb.Exponential(tau=5, reversal=0))
    with pytest.raises(ValueError, match="stationary state in which neurons fire for a mean field of conductances"):
        net.mean_field("measured")


def test_tabulated_curves_are_near_the_theory_between_its_points():
    """Next to white noise the rate changes by orders of magnitude where neurons begin to fire."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.Izhikevich(), 50, name="p")
    net.drive(p, 10.0, sources=100, weight=20.0, synapse=rb.Exponential(tau=4))
    net.connect(p, p, rb.FixedInDegree(10), weight=-10.0, synapse=rb.Exponential(tau=4))
    field = net.mean_field()
    (point,) = field.fixed_points([(0, 300)])
    inputs = np.array([0.0, 5.0, 10.0])
    exact = SelfConsistentField.of(net, alike=True).curve("p", point.u)(inputs)
    assert field.f[0](inputs) == pytest.approx(exact, rel=0.08)


def test_measured_curves_fall_where_strong_input_keeps_cells_from_firing():
    net = rb.Network(dt=0.05, seed=1, threads=1)
    cells = net.add(rb.FitzHughNagumo(), 100, name="cells")
    net.drive(cells, 10.0, sources=100, weight=12.0, synapse=rb.Exponential(tau=5))
    field = net.mean_field()
    assert field.f[0]([4.0, 40.0]) == pytest.approx([47, 0], abs=5)
    (point,) = field.fixed_points([(0, 300)])
    # 112 and some 70 spikes, in bursts of a few, are 0.6 Hz within 0.1 Hz each.
    assert abs(point.u[0] - net.run(2300).rates(t_start=300)["cells"]) < 0.4


def test_measured_curves_that_do_not_settle_are_refused(monkeypatch):
    monkeypatch.setattr(sys.modules["rheobase.theory.mean_fields.measured"], "_ROUNDS", 1)
    with pytest.raises(ValueError, match="after 1 rounds that of 'cells' still goes from 0 to"):
        rb.theory.measured(driven_lif(), n=20, duration=800.0)


def driven_lif():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    net.drive(net.add(rb.LIF(), 10, name="cells"), 10.0, sources=100, weight=25.0, synapse=rb.Exponential(tau=5))
    return net


def test_measured_curves_are_those_of_the_theory():
    net = rb.Network(seed=1, threads=1)
    p = net.add(rb.EIF(**EIF), 50, name="p")
    net.drive(p, 20.0, sources=100, weight=6.0, synapse=SYNAPSE)
    net.inject(p, rb.Steps([0.0], [3.0]))
    (curve,), (exact,) = rb.theory.measured(net, n=100, seed=3), net.mean_field("self-consistent").f
    mean = float(net.mean_field().X[0])
    # 100 neurons for 2 s fire 2000 spikes (10 Hz each) of CV 0.8: 1.8 %, and half of that where the curve is smoothed.
    assert curve([mean])[0] == pytest.approx(exact([mean])[0], rel=0.05)
    with pytest.raises(TypeError, match="network must be a network that can run"):
        rb.theory.measured(net.circuit)
    with pytest.raises(ValueError, match="network must be one that can run, not its circuit"):
        unknown = rb.Network()
        unknown.add(rb.MorrisLecar(), 2)
        mean_field(unknown.circuit)


def test_a_hardly_driven_network_is_solved_at_once():
    """Noise of 0.05 mV needs a thousand times fewer potentials than an even grid has."""
    net = rb.Network(seed=1, threads=1)
    a, b = net.add(rb.QIF(I_x=14.8), 4, name="a"), net.add(rb.QIF(), 6, name="b")
    net.connect(a, b, rb.FixedOutDegree(3), weight=10.0, synapse=SYNAPSE)
    net.drive(a, 0.1, weight=30.0, synapse=SYNAPSE)
    assert net.mean_field().names == ("a", "b")


def test_parameters_of_nobody_have_no_mean():
    net = rb.Network()
    net.add(rb.EIF(tau_m=np.zeros(0)), 0, name="z")
    with pytest.raises(ValueError, match="is a population empty"):
        net.mean_field()


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"tau": [10.0, 0.0]}, ValueError, "tau .* must be > 0"),
        ({"tau": [10.0] * 3}, ValueError, "tau must be a number or have shape"),
        ({"tau": "slow"}, TypeError, "tau must"),
        ({"f": "exact"}, ValueError, "f must be one of"),
    ],
)
def test_a_refused_call_does_no_work(monkeypatch, arguments, error, text):
    def no_work(*_args, **_more):
        raise AssertionError("rates were looked for")

    for work in ("settled", "measure", "field_of"):
        monkeypatch.setattr(sys.modules["rheobase.theory.mean_fields.mean_field"], work, no_work)
    for synapse in (SYNAPSE, rb.Exponential(tau=5, reversal=0.0)):
        net = rb.Network(seed=1, threads=1)
        for name in "ei":
            net.drive(net.add(rb.LIF(), 10, name=name), 40.0, sources=100, weight=0.05, synapse=synapse)
        with pytest.raises(error, match=text):
            net.mean_field(**arguments)


def test_bursts_through_fast_and_slow_synapses_are_not_taken_as_those_through_one():
    """They would feed on themselves: six times the engine's rate."""
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(tau_m=20, E_L=-70, V_th=-50, V_re=-55, t_ref=2), 800, name="e")
    i = net.add(rb.LIF(tau_m=10, E_L=-70, V_th=-50, V_re=-55, t_ref=1), 200, name="i")
    x = net.add(rb.Poisson(rate=8), 2000, name="x")
    for pre, k, weight, tau in ((x, 200, 20.0, 2), (e, 160, 7.5, 2), (e, 160, 15.0, 100), (i, 40, -112.5, 10)):
        net.connect(pre, [e, i], rb.FixedInDegree(k), weight=weight, synapse=rb.Exponential(tau=tau))
    with pytest.raises(ValueError, match=r"synapses of 2 and of 100 ms must receive .* see measured"):
        self_consistent_rates(net)
