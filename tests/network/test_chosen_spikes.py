"""Spikes of chosen neurons alone are those that a recording of all has of them."""

import pickle

import numpy as np
import pytest

import rheobase as rb

CHOICES = {
    "the first": np.arange(7),
    "a stride": np.arange(3, 60, 7),
    "in another order": np.array([41, 3, 17, 59, 0]),
    "one": np.array([12]),
}


def network(threads=1):
    net = rb.Network(seed=4, threads=threads)
    e = net.add(rb.LIF(), 60, name="e")
    x = net.add(rb.Poisson(rate=40.0), 30, name="x")
    net.connect(x, e, rb.Bernoulli(0.3), weight=90, synapse=rb.Exponential(tau=5))
    net.connect(e, e, rb.Bernoulli(0.2), weight=10, synapse=rb.Exponential(tau=5))
    return net


@pytest.fixture(scope="module")
def everything():
    return network().run(120)


def assert_part(result, chosen, everything):
    (name,) = (name for name in result.spikes() if name != "x")
    found, expected = result.spikes(name), everything.spikes("e").select(chosen)
    assert found.n == len(chosen) and len(found.times) > 3
    assert np.array_equal(found.times, expected.times)
    assert np.array_equal(found.indices, expected.indices)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_chosen_neurons(everything, chosen, threads):
    net = network(threads)
    net.record_spikes(net["e"][chosen])
    result = net.run(120)
    assert_part(result, chosen, everything)
    assert result.spikes(net["e"][chosen]) == result.spikes()[net["e"][chosen].name]
    with pytest.raises(ValueError, match=r"one whose spikes were recorded \(.*\), got 'e'"):
        result.spikes("e")


def test_all_but_the_chosen(everything):
    net = network()
    net.record_spikes(net["e"][:50], False)
    assert_part(net.run(120), np.arange(50, 60), everything)


def test_the_choice_goes_along(everything, tmp_path):
    net, chosen = network(), CHOICES["in another order"]
    net.record_spikes(net["e"][chosen])
    net.save(tmp_path / "net")
    before = net.store()
    for other in (net.copy(), pickle.loads(pickle.dumps(net)), rb.load(tmp_path / "net")):
        assert_part(other.run(120), chosen, everything)
    net.record_spikes("e")
    net.restore(before)
    assert_part(net.run(120), chosen, everything)
    net.reset()
    net.record_spikes("e")
    assert net.run(120).spikes("e") == everything.spikes("e")


def test_a_result_in_a_file_keeps_the_name(tmp_path):
    pytest.importorskip("h5py")
    net = network()
    net.record_spikes(net["e"][:7])
    result = net.run(50)
    result.save(tmp_path / "result.h5")
    assert rb.Result.load(tmp_path / "result.h5").spikes("e[:7]") == result.spikes("e[:7]")


def test_not_while_running():
    net = network()
    with pytest.raises(RuntimeError, match="nor the recorded spikes changed"):
        net.run(5, call=lambda net: net.record_spikes("e", False))
    assert "e" in net.run(5).spikes()


def test_states_are_there_without_spikes():
    net = network()
    net.record_spikes("e", False)
    net.record("e", "V", every=10.0)
    result = net.run(20)
    assert result.populations == ["e", "x"] and list(result.spikes()) == ["x"]
    assert result.states("e", "V").values.shape[1] == result.states(net["e"][:7], "V").values.shape[1] + 53
