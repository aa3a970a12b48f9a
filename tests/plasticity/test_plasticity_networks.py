"""Plastic networks: the textbook's, and their independence of threads and split runs."""

import numpy as np
import pytest

import rheobase as rb

WEIGHTS = {("e", "x"): 30, ("i", "x"): 20, ("e", "e"): 12, ("e", "i"): -45, ("i", "e"): 35, ("i", "i"): -70}
TAU = {"x": 8, "e": 6, "i": 4}


def plastic_cortex(threads=1, seed=5, size=800):
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
    for name, n in (("e", size), ("i", size // 4)):
        net.add(eif, n, name=name, V=rb.Uniform(-72, -55))
    net.add(rb.Poisson(10), size, name="x")
    for (post, pre), weight in WEIGHTS.items():
        rule = rb.InhibitorySTDP(epsilon=50, tau_y=150, r_0=5) if (post, pre) == ("e", "i") else None
        scaled = weight * 800 / size
        projection = net.connect(
            net[pre], net[post], rb.Bernoulli(0.2), weight=scaled, synapse=rb.Exponential(tau=TAU[pre]), plasticity=rule
        )
        if rule:
            plastic = projection
    return net, plastic


def test_inhibition_moves_the_excitatory_rate_to_its_target():
    """Fig. 4.1 E. Rates of single runs of 800 + 200 neurons; the bands are those of the fact sheet, 3 s.d. wide."""
    net, plastic = plastic_cortex()
    net.record_weights(plastic, every=100.0, mean=True)
    result = net.run(2000)

    def rate(name, a, b):
        trains = result.spikes(name)
        return len(trains.between(a, b).times) / trains.n / (b - a) * 1e3

    assert rate("e", 0, 100) == pytest.approx(18.8, abs=3)
    assert rate("i", 0, 100) == pytest.approx(45, abs=6)
    assert rate("e", 1500, 2000) == pytest.approx(6.2, abs=0.6 * 3)
    assert rate("i", 1500, 2000) == pytest.approx(20.9, abs=2 * 3)
    weights = result.weights("i", "e").values[:, 0]
    assert weights[0] == -45.0
    assert weights[-1] == pytest.approx(-58.6, abs=3)
    assert np.all(np.diff(weights[4:]) < 0)  # after the first volley, when the traces have filled


@pytest.fixture(scope="module")
def whole():
    net, plastic = plastic_cortex(1, size=203)
    result = net.run(60)
    return result.spikes("e"), plastic.connections()["weight"]


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_threads_do_not_change_a_bit(whole, threads):
    net, plastic = plastic_cortex(threads, size=203)
    spikes = net.run(60).spikes("e")
    assert np.array_equal(spikes.times, whole[0].times)
    assert np.array_equal(spikes.indices, whole[0].indices)
    assert np.array_equal(plastic.connections()["weight"], whole[1])


def test_split_runs_do_not_change_a_bit(whole):
    net, plastic = plastic_cortex(2, size=203)
    for duration in (0.1, 17.3, 0.0, 42.6):
        net.run(duration)
    assert np.array_equal(plastic.connections()["weight"], whole[1])


def test_a_restored_network_goes_on_learning_bit_by_bit(whole, tmp_path):
    net, _ = plastic_cortex(2, size=203)
    net.run(25.0)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net", threads=3)
    again.run(35.0)
    plastic = next(p for p in again.projections if p.plasticity)
    assert np.array_equal(plastic.connections()["weight"], whole[1])


def test_weights_survive_what_is_added_later():
    net, plastic = plastic_cortex(2, size=101)
    net.run(20)
    learned = plastic.connections()["weight"]
    net.add(rb.LIF(), 3, name="late")
    net.run(0)
    assert np.array_equal(plastic.connections()["weight"], learned)
