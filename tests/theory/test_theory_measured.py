"""Curves that the engine measures where neurons differ by what they receive, and trains are no Poisson processes."""

from dataclasses import replace

import numpy as np
import pytest

import rheobase as rb
from rheobase.theory.mean_fields.measured import measure
from rheobase.theory.mean_fields.measuring import repeated
from rheobase.theory.mean_fields.sent_spikes import SentSpikes, received

N = 3000


def regular(n=20, duration=500.0):
    """Neuron k sends 5 (k + 1) spikes at even times."""
    counts = 5 * (1 + np.arange(n))
    times = np.concatenate([(np.arange(c) + 0.5) * duration / c for c in counts])
    return SentSpikes(times, np.repeat(np.arange(n), counts), n, duration)


def received_by(rule, n_pre=300, weight=2.0, duration=100.0):
    net = rb.Network(dt=0.1, seed=1)
    p = net.add(rb.EIF(), n_pre, name="p")
    net.connect(p, p, rule, weight=weight, synapse=rb.Exponential(tau=5))
    return net, received(net.circuit, "p", {"p": 10.0}, {"p": regular()}, (N, duration), np.random.default_rng(1))


def test_trains_are_played_at_another_rate_as_regular_as_they_were():
    sent, number, duration = regular(), 400, 2500.0
    assert sent.rate == pytest.approx(105.0)
    times, trains = sent.played(42.0, number, duration, np.random.default_rng(1))
    assert 0 <= times.min() and times.max() < duration
    counts = np.bincount(trains, minlength=number)
    # Two turns of each train within 2500 ms, for it runs 2.5 times as slowly: as many spikes as there are, twice.
    assert counts.sum() == number * 42.0 * 2.5
    assert (counts == 10 * np.repeat(1 + np.arange(20), 20)).all()
    for k in (0, 150, 399):
        own = np.sort(times[trains == k])
        assert np.diff(own) == pytest.approx(duration / counts[k])
    first = [times[trains == k].min() / (duration / counts[k]) for k in range(number)]
    assert np.mean(first) == pytest.approx(0.5, abs=4.5 * np.sqrt(1 / 12 / number))  # shifted by chance


def test_trains_of_two_rounds_stand_beside_each_other():
    both = regular(2).beside(regular(3))
    assert (both.n, both.rate) == (5, pytest.approx((2 * regular(2).rate + 3 * regular(3).rate) / 5))
    assert (np.bincount(both.indices) == [5, 10, 5, 10, 15]).all()
    some = SentSpikes.of(both.times, both.indices, np.array([4, 1]), 500.0)
    assert (some.n, np.bincount(some.indices).tolist()) == (2, [15, 10])


@pytest.mark.parametrize(
    ("rule", "variance"),
    [
        (rb.FixedInDegree(30), 0.0),
        (rb.Bernoulli(0.1, autapses=True), 27.0),
        (rb.FixedTotal(9000, multapses=True), 30 * (1 - 1 / 300)),
        (rb.FixedInDegree(np.repeat([10, 50], 150)), 400.0),
    ],
)
def test_numbers_of_inputs_are_drawn_as_the_rule_does(rule, variance):
    _, given = received_by(rule)
    numbers = np.bincount(given.projections[0].rule.post, minlength=N)
    assert numbers.mean() == pytest.approx(30, abs=4.5 * np.sqrt(variance / N) + 1e-9)
    # The fourth cumulant of these laws is at most twelve times the squared variance: that of the gamma law of one half.
    assert numbers.var() == pytest.approx(variance, rel=4.5 * np.sqrt((2 + 12 * (variance > 100)) / N), abs=1e-9)


def test_many_connections_are_stood_for_by_fewer_with_the_same_mean_and_power():
    _, given = received_by(rb.FixedInDegree(1000), n_pre=2000)
    (made,), (steady,) = given.projections, given.drives
    number = len(made.rule.pre) / N
    assert number == 200
    assert number * made.weight**2 == pytest.approx(1000 * 2.0**2)
    assert number * made.weight + steady.sources * steady.weight == pytest.approx(1000 * 2.0)
    assert steady.sources * steady.weight**2 < 0.01 * 1000 * 2.0**2


@pytest.mark.parametrize(("rule", "left"), [(rb.FixedInDegree(30), 0.9), (rb.AllToAll(), 0.0)])
def test_who_receives_from_all_senders_receives_as_much_as_others(rule, left):
    _, given = received_by(rule, 300 if left else 30, duration=5250.0)  # all that they sent, once
    (made,), rates = given.projections, np.bincount(given.senders[0].model.indices)
    mean = np.bincount(made.rule.post, weights=rates[made.rule.pre]) / np.bincount(made.rule.post)
    # One sender from each thirtieth of them: a step from one of twenty rates to the next lies in 19 of these parts, and
    # is all that is left, 19/30 of a sixth of its square: 0.0032 of the variance that 30 by chance have.
    by_chance = rates.var() / 30
    assert mean.var() == pytest.approx(left * by_chance, rel=4.5 * np.sqrt(2 / N), abs=0.004 * by_chance)


def test_weights_and_rates_of_drives_that_differ_are_drawn():
    net, given = received_by(rb.FixedInDegree(30), weight=rb.Normal(2.0, 1.0))
    assert given.projections[0].weight.std() == pytest.approx(1.0, rel=4.5 / np.sqrt(2 * 30 * N))
    net.drive(net["p"], np.linspace(5.0, 15.0, 300), weight=1.0, synapse=rb.Exponential(tau=5))
    given = received(net.circuit, "p", {"p": 10.0}, {}, (N, 100.0), np.random.default_rng(1))
    recurrent, drive = given.drives
    assert recurrent.rate.mean() == pytest.approx(10.0, rel=0.01)  # Poisson processes, which differ by their weights
    assert recurrent.rate.std() == pytest.approx(10.0 * 0.5 / np.sqrt(30), rel=4.5 / np.sqrt(2 * N))
    assert drive.rate.std() == pytest.approx(10 / np.sqrt(12), rel=0.05)


def test_neurons_that_differ_are_stood_for_by_some_of_them():
    net = rb.Network(dt=0.1, seed=1)
    currents = np.arange(10.0)
    cells = net.add(rb.EIF(I_x=currents, E_L=-70 - currents), 10, name="cells", V=-60 - currents)
    made = repeated(net.circuit[cells.name], 5, np.array([0.0, 100.0]), np.random.default_rng(1))
    some = np.array([8.0, 6.0, 4.0, 2.0, 0.0])  # every second one, in the order of the first parameter that differs
    assert made.neuron.I_x == pytest.approx(np.append(some, 100 + some))
    assert made.neuron.parameters["E_L"] == pytest.approx(np.tile(-70 - some, 2))
    assert dict(made.initial)["V"] == pytest.approx(np.tile(-60 - some, 2))


def coba(equal):
    """Return Vogels and Abbott's network, with as many inputs for all neurons or by chance."""
    circuit = rb.circuits.coba(seed=1, threads=1).circuit
    if equal:
        rules = [rb.FixedInDegree(round(circuit.mean_in_degree(q))) for q in circuit.projections]
        projections = tuple(replace(q, rule=rule) for q, rule in zip(circuit.projections, rules, strict=True))
        circuit = replace(circuit, projections=projections)
    return rb.Network.of(circuit, threads=1)


@pytest.mark.parametrize(
    # By `python benchmarks/mean_field.py coba`, of twelve networks each. Neurons that are alike and receive Poisson
    # spikes would have 10.3 Hz in both.
    ("equal", "rate", "error"),
    [(False, 19.1, 0.3), (True, 14.1, 0.1)],
)
def test_neurons_that_differ_and_fire_in_bursts(equal, rate, error):
    calls = []
    inputs, curves = measure(coba(equal), n=20, duration=1200.0, seed=1, watch=lambda: calls.append(None))
    field = rb.rates.RateNetwork(inputs.W, inputs.X, curves)
    (point,) = field.fixed_points([(0, 100)] * 2)
    # What is measured so shortly has an s.d. over seeds of 5 % of the rate.
    assert point.u == pytest.approx(rate, abs=3 * np.hypot(0.05 * rate, error))
    assert curves[0] == curves[1]  # e and i receive the same, and are measured once
    assert 7 <= len(calls) <= 30


def test_rates_that_swing_come_to_rest():
    """Inhibition by 3 mV per Hz: from silence neurons would fire at 40 Hz, and then fall silent."""
    net = rb.Network(dt=0.2, seed=1, threads=1)
    p = net.add(rb.AdEx(), 5000, name="p")
    net.drive(p, 10.0, sources=1500, weight=4.0, synapse=rb.Exponential(tau=5))
    net.connect(p, p, rb.FixedInDegree(100), weight=-30.0, synapse=rb.Exponential(tau=5))
    field = net.mean_field(rb.theory.measured(net, n=10, duration=400.0))
    (point,) = field.fixed_points([(0, 100)])
    # 200 spikes in each of four rounds are 4 % by chance, of which inhibition leaves a fifth at the most: four s.d.
    theory = rb.theory.self_consistent_rates(net, alike=True)["p"]
    assert point.u[0] == pytest.approx(theory, rel=0.03)


def test_the_seed_decides():
    net = rb.Network(dt=0.2, seed=1, threads=1)
    x, p = net.add(rb.Poisson(rate=5.0), 1000, name="x"), net.add(rb.LIF(), 200, name="p")
    net.connect(x, p, rb.Bernoulli(0.2), weight=20.0, synapse=rb.Exponential(tau=5))
    one, same, other = (rb.theory.measured(net, n=4, duration=100.0, seed=seed)[0] for seed in (1, 1, 2))
    assert one == same != other


def test_inputs_reach_as_far_as_neurons_stay_finite():
    """The root has no value below -1 mV, where the lowest inputs would lead. 20 neurons for 0.4 s scatter by 2 %."""
    equation = "dV/dt = (-V + I + 0.1*sqrt(V + 1))/10"
    neuron = rb.neuron("Rooted", equation, threshold="V > 10", reset="V = 0", initial={"V": 0})
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(neuron(), 200, name="p")
    net.drive(p, 10.0, sources=100, weight=11.0, synapse=rb.Exponential(tau=5))
    (point,) = net.mean_field(rb.theory.measured(net, n=20, duration=400)).fixed_points([(0, 200)])
    assert point.u == pytest.approx([net.run(1000).rates(t_start=200)["p"]], rel=0.06)
