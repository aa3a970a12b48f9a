"""A circuit is described once: what a network is made of, whatever happens to the arrays that were handed in."""

import copy
import pickle

import numpy as np
import pytest

import rheobase as rb
from rheobase.models.ends import Ends


def network(threads=1, seed=4):
    """One of everything that a circuit may hold."""
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    e = net.add(rb.EIF(tau_m=rb.Normal(10, 1, low=5), I_x=12.0), 60, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(tau_m=10, t_ref=0.5, I_x=rb.Uniform(15, 18)), 20, name="i", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(rb.Uniform(5, 60)), 50, name="x")
    net.connect(x, e, rb.Bernoulli(0.3), weight=25, synapse=rb.Exponential(tau=8), delay=rb.Normal(1.5, 0.5, high=3.0))
    net.connect(i, e, rb.Bernoulli(0.3), weight=-45, synapse=rb.Exponential(tau=4), plasticity=rb.InhibitorySTDP())
    net.drive(e, rate=500, weight=5, synapse=rb.Alpha(tau=3))
    net.connect(e, i, rb.FixedInDegree(4), weight=[15.0] * 80, synapse=rb.Exponential(tau=4))
    net.inject(e, rb.OrnsteinUhlenbeck(mean=1, std=2, tau=5))
    net.inject(i, rb.WhiteNoise(mean=0, sigma=2))
    return net


def assert_same(a, b):
    for name in a.spikes():
        assert np.array_equal(a.spikes(name).times, b.spikes(name).times)
        assert np.array_equal(a.spikes(name).indices, b.spikes(name).indices)


def test_equal_scripts_make_equal_circuits():
    assert network().circuit == network(threads=3).circuit
    assert hash(network().circuit) == hash(network().circuit)
    assert network().circuit != network(seed=5).circuit
    other = network()
    other.drive(other["i"], rate=5, weight=1, synapse=rb.Exponential(tau=4))
    assert other.circuit != network().circuit


def test_a_network_of_a_circuit_is_that_network():
    net = network()
    again = rb.Network.of(net.circuit, threads=2)
    assert again.circuit == net.circuit
    assert_same(again.run(30), net.run(30))


def test_a_circuit_stays_as_it_is():
    net = network()
    before = net.circuit
    net["e"]["tau_m"] = 9.0
    net.add(rb.LIF(), 1)
    assert before == network().circuit != net.circuit
    assert net.circuit["e"].model.tau_m == 9.0
    with pytest.raises(AttributeError):
        before.dt = 1.0


def test_circuits_show_themselves():
    assert "x → e" in network().circuit._repr_html_()
    assert "drive → e" in network()._repr_html_()


HANDED_IN = {
    "weights": lambda net, a: net.connect(
        net["x"], net["n"], rb.OneToOne(), weight=a, synapse=rb.Exponential(), delay=0.1
    ),
    "delays": lambda net, a: net.connect(
        net["x"], net["n"], rb.OneToOne(), weight=1, synapse=rb.Exponential(), delay=a
    ),
    "parameter": lambda net, a: net.add(rb.LIF(tau_m=a), 2, name="m"),
    "input": lambda net, a: net.add(rb.LIF(I_x=a), 2, name="m"),
    "state": lambda net, a: net.add(rb.LIF(), 2, name="m", V=a),
    "rate": lambda net, a: net.add(rb.Poisson(a), 2, name="m"),
    "pulse": lambda net, a: net.inject(net["n"], rb.Pulse(1, 2, a)),
    "steps": lambda net, a: net.inject(net["n"], rb.Steps([1.0, 2.0], a)),
    "step times": lambda net, a: net.inject(net["n"], rb.Steps(a, [1.0, 2.0])),
    "samples": lambda net, a: net.inject(net["n"], rb.Samples(a, every=1.0)),
    "trains": lambda net, a: net.add(rb.Trains(times=a, indices=[0, 1]), 2, name="m"),
    "pairs": lambda net, a: net.connect(
        net["x"], net["n"], rb.Pairs(a.astype(int) - 1, [0, 1]), weight=1, synapse=rb.Exponential()
    ),
    "set parameter": lambda net, a: net["n"].__setitem__("tau_m", a),
    "set input": lambda net, a: net["n"].__setitem__("I_x", a),
}


@pytest.mark.parametrize("hand_in", HANDED_IN.values(), ids=HANDED_IN)
def test_a_circuit_shares_no_memory(hand_in):
    net = rb.Network(threads=1)
    net.add(rb.Poisson(100), 2, name="x")
    net.add(rb.LIF(), 2, name="n")
    array = np.array([1.0, 2.0])
    hand_in(net, array)
    before = pickle.dumps(net)
    kept = net.circuit
    array[:] = [2.0, 1.0]
    assert pickle.dumps(net) == before
    assert net.circuit == kept


def test_integers_handed_in_are_copied():
    pre, k = np.array([0, 1]), np.array([1, 2])
    pairs, degrees = rb.Pairs(pre, pre), rb.FixedInDegree(k)
    pre[:], k[:] = 1, 9
    assert pairs == rb.Pairs([0, 1], [0, 1]) and degrees == rb.FixedInDegree([1, 2])


@pytest.mark.parametrize("again", [lambda net: pickle.loads(pickle.dumps(net)), copy.deepcopy], ids=["pickle", "copy"])
def test_copies_go_on_bit_for_bit(again):
    net = network()
    net.run(20)
    net["e"]["V"] = rb.Uniform(-70, -60)
    net["i"]["I_x"] = rb.Uniform(15, 20)
    net.connect(net["x"], net["i"], rb.Bernoulli(0.2), weight=9, synapse=rb.Exponential(tau=6), delay=2.0)
    net.record_spikes(net["x"], False)
    net.projections[1].learning = False
    other = again(net)
    assert other.circuit == net.circuit and other.t == net.t
    assert other.projections[1].learning is False
    net["e"]["V"] = other["e"]["V"] = rb.Uniform(-70, -60)
    assert_same(other.run(20), net.run(20))
    assert np.array_equal(other.projections[1].connections()["weight"], net.projections[1].connections()["weight"])
    assert pickle.dumps(other) == pickle.dumps(net)


def test_a_function_of_time_can_be_copied_and_not_pickled():
    net = rb.Network(threads=1)
    net.add(rb.Poisson(lambda t: 50 + 0 * t), 30, name="x")
    net.run(5)
    assert_same(copy.deepcopy(net).run(50), net.run(50))
    with pytest.raises(ValueError, match="must be made of numbers, arrays and models"):
        pickle.dumps(net)


def test_models_are_values():
    for model in (rb.LIF(), rb.EIF(tau_m=[1.0, 2.0]), rb.Exponential(tau=3), rb.VogelsSTDP(), rb.Pulse(1, 2, [1, 2])):
        again = pickle.loads(pickle.dumps(model))
        assert again == model and hash(again) == hash(model)
    assert rb.LIF() == rb.LIF() != rb.LIF(V_th=-54)
    with pytest.raises(AttributeError, match=r"V_th must not be set.*replaced.*population"):
        rb.LIF().V_th = -40
    with pytest.raises(AttributeError, match="tau must not be set"):
        rb.Exponential().tau = 3
    with pytest.raises(TypeError):
        rb.LIF().parameters["V_th"] = -40.0
    assert not pickle.loads(pickle.dumps(rb.EIF(tau_m=[1.0, 2.0]))).tau_m.flags.writeable


def test_in_degrees_of_a_population_onto_itself():
    """Without autapses a neuron has n - 1 others to hear."""
    for n, degree in ((1, 0), (2, 1), (10, 9)):
        net = rb.Network(threads=1)
        e = net.add(rb.EIF(), n, name="e")
        net.connect(e, e, rb.AllToAll(autapses=False), weight=3.0, synapse=rb.Exponential())
        assert net.mean_field().W == pytest.approx(3.0 * degree)
    assert rb.Bernoulli(0.5, autapses=False)._mean_in_degree(Ends.of(10, 10, True)) == 4.5
    assert rb.Bernoulli(0.5, autapses=False)._mean_in_degree(Ends.of(10, 10)) == 5


def test_seeds_that_are_drawn():
    a, b = rb.Network(seed=None, threads=1), rb.Network(seed=None, threads=1)
    assert a.seed != b.seed
    assert rb.Network.of(a.circuit, threads=1).seed == a.seed


def test_a_list_of_no_rates_drives_nobody():
    net = rb.Network(threads=1)
    drive = net.drive(net.add(rb.LIF(), 0), rate=[], weight=1.0, synapse=rb.Delta())
    net.run(1)
    drive["rate"] = []
    net.run(1)
    assert len(drive["rate"]) == 0


def test_an_empty_population_of_different_neurons():
    net = rb.Network(threads=1)
    n = net.add(rb.EIF(tau_m=rb.Normal(10, 1, low=5), I_x=[]), 0, name="n")
    x = net.add(rb.Poisson(10), 5, name="x")
    net.drive(n, rate=5, weight=1, synapse=rb.Delta())
    net.connect(x, n, rb.AllToAll(), weight=1, synapse=rb.Delta())
    n["tau_m"] = []
    assert n["tau_m"].shape == n["I_x"].shape == (0,)
    assert len(net.run(5).spikes("n").times) == 0


def test_two_projections_between_two_populations_are_both_recorded():
    net = rb.Network(threads=1)
    x, n = net.add(rb.Poisson(10), 3, name="x"), net.add(rb.LIF(), 3, name="n")
    options = {"synapse": rb.Exponential(), "plasticity": rb.PairSTDP()}
    first, second = (net.connect(x, n, rb.OneToOne(), weight=w, **options) for w in (0.25, 0.5))
    assert (first.name, second.name) == ("x→n", "x→n 2")
    net.record_weights(first)
    net.record_weights(second)
    with pytest.raises(ValueError, match="variable must be new to the recording of projection"):
        net.record_weights(second)
    result = net.run(0.1)
    assert result.weights("x", "n", 1).values[0] == pytest.approx(0.25)
    assert result.weights("x", "n", 2).values[0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"which must say whose weights .* \[1, 2\]"):
        result.weights("x", "n")


def test_a_shared_current_is_recorded_under_all_its_names():
    net = rb.Network(threads=1)
    e, i, n = (net.add(rb.LIF(), 1, name=name) for name in "ein")
    net.connect(e, n, rb.OneToOne(), weight=1, synapse=rb.Exponential())
    net.record(n, "I_e")
    net.connect(i, n, rb.OneToOne(), weight=1, synapse=rb.Exponential())
    assert n.variables == ["V", "I_e+i"]
    with pytest.raises(ValueError, match=r"'V', 'I_e\+i', got 'I_e'; did you mean 'I_e\+i'"):
        net.record(n, "I_e")
    assert net.run(1).states("n", "I_e+i").values.shape == (11, 1)


@pytest.mark.parametrize("weight", [-1, [0.1, 200.0], rb.Normal(1, 1), rb.Uniform(0, 101)])
def test_plastic_weights_out_of_bounds_are_refused(weight):
    net = rb.Network(threads=1)
    x, n = net.add(rb.Poisson(10), 2, name="x"), net.add(rb.LIF(), 2, name="n")
    rule = rb.PairSTDP(w_min=0, w_max=100)
    with pytest.raises(ValueError, match=r"weight must lie in \[w_min, w_max\] = \[0, 100\]"):
        net.connect(x, n, rb.OneToOne(), weight=weight, synapse=rb.Exponential(), plasticity=rule)
    projection = net.connect(x, n, rb.OneToOne(), weight=1, synapse=rb.Exponential(), plasticity=rule)
    with pytest.raises(ValueError, match=r"weights must lie in .*, got -3"):
        projection.weights = [1.0, -3.0]


def test_a_runaway_network_is_named():
    net = rb.Network(threads=1)
    net.add(rb.LIF(I_x=1e4), 5, name="wild")
    with pytest.warns(RuntimeWarning, match=r"population 'wild' ran away: .* Hz on average from t = 0 ms"):
        net.run(100)
    net.run(100)


@pytest.mark.parametrize("name", ["V_th", "V", "n", "threads", "weight", "plasticity", "dt", "seed", "nothing"])
def test_no_attribute_can_be_set_without_effect(name):
    net = rb.circuits.cortex(500)
    for thing in (net, net["e"], net.projections[0], net["e"].model, net.circuit, rb.Bernoulli(0.1)):
        with pytest.raises(AttributeError):
            setattr(thing, name, 1)


def test_what_cannot_be_set_names_what_can():
    with pytest.raises(
        AttributeError, match=r"V_th must not be set as an attribute of a Population: population\[name\]"
    ):
        rb.circuits.cortex(500)["e"].V_th = -40
