"""What notebooks and consoles ask of objects: names, keys, equality, signatures, and messages of what is done."""

import importlib
import inspect
import logging

import numpy as np
import pytest

import rheobase as rb

PACKAGES = ("", *rb._SUBPACKAGES, "dynamics.hamiltonian", "plot.random_networks", "theory.random_networks")


def _module(name):
    return importlib.import_module("rheobase" + ("." + name if name else ""))


@pytest.mark.parametrize("name", [n for n in PACKAGES if n != "plot.random_networks"])
def test_packages_list_what_is_public_alone(name):
    module = _module(name)
    listed = dir(module)
    below = {n.split(".")[-1] for n in PACKAGES if n.rpartition(".")[0] == name} | {"__version__", "palette"}
    assert set(module.__all__) <= set(listed) <= set(module.__all__) | below
    assert all(hasattr(module, n) for n in listed)


def test_keys_are_offered_and_serve():
    net = rb.Network(seed=1)
    e = net.add(rb.LIF(I_x=20), 10, name="e")
    p = net.connect(e, e, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), plasticity=rb.PairSTDP())
    drive = net.drive(e, 5.0, weight=0.1, synapse=rb.Delta())
    net.record(e, "V")
    result = net.run(20)
    for thing in (net, net.circuit, e, e[2:5], p, p.between(e[:3], e), drive, result):
        keys = thing._ipython_key_completions_()
        assert keys
        for key in keys:
            assert thing[key] is not None
    assert result["e"].times.size == result.spikes("e").times.size
    assert result["e.V"] == result.states("e", "V")
    with pytest.raises(ValueError, match=r"name must be one of 'e', 'e.V'"):
        result["i"]


def test_models_and_results_are_equal_by_what_they_are_made_of():
    def network():
        net = rb.Network(seed=1)
        net.record(net.add(rb.LIF(I_x=20), 10, name="e"), "V")
        return net.run(20)

    pairs = [
        (lambda k: rb.LIF(tau_m=10 + k), True),
        (lambda k: rb.Edges({"pre": [0, 1], "post": [k, 0]}), True),
        (lambda k: rb.rates.RateNetwork([[0.1 * k]], [1.0], rb.rates.Tanh()), True),
        (lambda k: rb.rates.FeedforwardNetwork([[[1.0 + k]]], rb.rates.Tanh()), True),
        (lambda k: rb.rates.Interpolated([0, 1, 2], [0, 1, 2 + k]), True),
        (lambda k: rb.rates.SampledInput([[1.0], [k]], 0.1), True),
        (lambda k: rb.dynamics.LinearSystem([[-1 - k]]), True),
        (lambda k: rb.dynamics.RateField([[0.5 + k]]), True),
        (lambda k: rb.spikes.gaussian_filter(1.0 + k, 0.1), True),
        (lambda k: rb.dynamics.Trajectory(np.arange(2.0), np.array([[1.0], [k]])), True),
        (lambda k: network() if k == 0 else rb.Network(seed=2).run(20), False),
    ]
    for make, hashable in pairs:
        assert make(0) == make(0)
        assert make(0) != make(1)
        assert not hashable or hash(make(0)) == hash(make(0))


def test_values_that_are_not_numbers_equal_themselves():
    first, second = (rb.dynamics.Trajectory(np.arange(2.0), np.array([[np.nan], [1.0]])) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", PACKAGES)
def test_signatures_can_be_read(name):
    module = _module(name)
    for key in getattr(module, "__all__", []):
        thing = getattr(module, key)
        members = vars(thing).values() if inspect.isclass(thing) else ()
        for member in (thing, *members):
            if inspect.isfunction(member):
                assert "_array_like" not in str(inspect.signature(member)), f"{module.__name__}.{key}"


def test_what_is_done_is_logged_where_it_is_asked_for(caplog):
    net = rb.Network(seed=1)
    e = net.add(rb.LIF(I_x=20), 100, name="e")
    net.connect(e, e, rb.Bernoulli(0.5), weight=1.0, synapse=rb.Exponential(tau=5))
    with caplog.at_level(logging.INFO, logger="rheobase"):
        net.run(20)
        net.run(10)
    texts = [record.getMessage() for record in caplog.records]
    assert [text.split()[0] for text in texts] == ["built", "ran", "ran"]
    assert texts[0].startswith(f"built {net.synapse_count} synapses in ")
    assert texts[2].startswith("ran 10 ms in ")


def test_nothing_is_logged_by_default(capfd):
    rb.Network().run(1)
    assert capfd.readouterr() == ("", "")
