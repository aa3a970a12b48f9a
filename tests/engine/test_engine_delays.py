"""Delays and refractory periods, to the step."""

import numpy as np
import pytest

import rheobase as rb


def arrival_steps(net, population, duration):
    """Step at which each neuron of a non-leaky integrator was first kicked by a delta synapse."""
    net.record(population, "V")
    V = net.run(duration).states(population.name, "V")
    moved = np.abs(V.values - V.values[0]) > 1e-6
    assert moved.any(axis=0).all()
    return np.rint(V.times[np.argmax(moved, axis=0)] / net.dt).astype(int)


def still(**parameters):
    """Neurons that stay where they are until they are kicked."""
    return rb.LIF(tau_m=1e15, V_th=1e6, **parameters)


@pytest.mark.parametrize("dt", [0.1, 0.025, 0.125, 1.0])
@pytest.mark.parametrize("threads", [1, 3])
def test_every_delay_arrives_at_its_step(dt, threads):
    longest, start = 300, 7
    net = rb.Network(dt=dt, threads=threads)
    x = net.add(rb.Trains([[start * dt]]), 1)
    v = net.add(still(), longest, name="v")
    delays = dt * np.random.default_rng(1).permutation(np.arange(1, longest + 1))
    net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=delays)
    steps = arrival_steps(net, v, (start + longest + 2) * dt)
    assert np.array_equal(steps, start + np.rint(delays / dt))
    assert v["V"] + 72 == pytest.approx(1.0, abs=1e-9)  # and once only


def test_one_delay_a_projection():
    net = rb.Network(dt=0.1, threads=2)
    x = net.add(rb.Trains([[1.0]]), 1)
    v = net.add(still(), 60, name="v")
    for k in range(60):
        net.connect(x, v, rb.Pairs([0], [k]), weight=1.0, synapse=rb.Delta(), delay=0.1 * (k + 1))
    assert np.array_equal(arrival_steps(net, v, 8.0), 10 + np.arange(1, 61))


def test_default_delay_is_one_step():
    net = rb.Network(dt=0.05)
    x = net.add(rb.Trains([[1.0]]), 1)
    v = net.add(still(), 1, name="v")
    p = net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta())
    assert p.connections()["delay"] == pytest.approx([0.05])
    assert arrival_steps(net, v, 2.0) == [21]


def test_the_longest_delay():
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[0.1, 0.3]]), 1)
    v = net.add(still(), 2, name="v")
    net.connect(x, v, rb.Pairs([0, 0], [0, 1]), weight=1.0, synapse=rb.Delta(), delay=np.array([6553.5, 0.1]))
    net.run(6553.5)
    assert v["V"] + 72 == pytest.approx([0, 2], abs=1e-9)
    net.run(0.1)
    assert v["V"] + 72 == pytest.approx([1, 2], abs=1e-9)
    net.run(0.2)
    assert v["V"] + 72 == pytest.approx([2, 2], abs=1e-9)


@pytest.mark.parametrize("rule", [rb.FixedInDegree(2), rb.FixedOutDegree(150), rb.Bernoulli(0.02)])
def test_drawn_delays_arrive_when_they_say(rule):
    # sources spike one by one, 40 ms apart, so that every arrival is that of a connection read back
    dt, n, sources = 0.1, 150, 12
    net = rb.Network(dt=dt, seed=2, threads=3)
    x = net.add(rb.Trains([[40.0 * (k + 1)] for k in range(sources)]), sources)
    v = net.add(still(), n, name="v")
    p = net.connect(x, v, rule, weight=1.0, synapse=rb.Delta(), delay=rb.Uniform(0.1, 30))
    net.record(v, "V")
    V = net.run(40.0 * (sources + 1)).states("v", "V")
    step, neuron = np.nonzero(np.diff(V.values, axis=0) > 0.5)
    found = sorted(zip(step + 1, neuron, strict=True))
    c = p.connections()
    wanted = sorted(zip(np.rint((40.0 * (c["pre"] + 1) + c["delay"]) / dt).astype(int), c["post"], strict=True))
    assert len(wanted) > 10 and found == wanted
    assert len(np.unique(np.rint(c["delay"] / dt))) > min(100, len(wanted) // 2)  # many different delays


def test_spikes_in_flight_outlive_the_end_of_a_run():
    net = rb.Network(dt=0.1)
    x = net.add(rb.Trains([[0.5]]), 1)
    v = net.add(still(), 1, name="v")
    net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=5.0)
    net.run(2.0)
    late = net.add(rb.LIF(), 3)  # neither laying out the network anew nor a longer memory for spikes loses one
    net.connect(x, late, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=20.0)
    net.run(3.4)
    assert v["V"][0] == pytest.approx(-72, abs=1e-9)
    net.run(0.1)
    assert v["V"][0] == pytest.approx(-71, abs=1e-9)


def test_longer_memory_for_spikes_loses_none():
    net = rb.Network(dt=0.1, threads=2)
    x = net.add(rb.Trains([0.1 * np.arange(1, 60)]), 1)
    v, w = net.add(still(), 1, name="v"), net.add(still(), 1)
    net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=0.5)
    net.record(v, "V")
    parts = [net.run(2.0).states("v", "V").values]
    net.connect(x, w, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=3.0)
    parts.append(net.run(2.0).states("v", "V").values)
    assert np.diff(np.concatenate(parts)[5:, 0]) == pytest.approx(1.0, abs=1e-9)  # a spike in every step


@pytest.mark.parametrize("plasticity", [None, rb.PairSTDP(A_plus=0, A_minus=0, w_max=9)])
@pytest.mark.parametrize("synapse", [rb.Delta(), rb.Exponential(tau=5)])
def test_later_projection_carries_no_spike_from_before_it(plasticity, synapse):
    """Of spikes in every step it carries those after the step that had been reached when it was made."""
    net = rb.Network(dt=0.1, threads=2)
    x = net.add(rb.Trains([0.1 * np.arange(1, 60)]), 1)
    v, w = net.add(still(), 1, name="v"), net.add(still(), 1)
    net.connect(x, w, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=4.0)  # spikes are kept for long
    net.run(2.0)
    q = net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=synapse, delay=0.5, plasticity=plasticity)
    variable = q.variable or "V"
    net.record(v, variable)
    values = net.run(2.0).states("v", variable)
    # the first is the spike of step 21, which arrives 5 steps later; a current drives the neuron from then on
    seen = np.flatnonzero(np.diff(values.values[:, 0]) > 0.01)[0] + 1
    assert np.rint(values.times[seen] / net.dt) == (26 if variable == "V" else 27)


def test_coincident_spikes_add():
    net = rb.Network(dt=0.1, threads=2)
    x = net.add(rb.Trains([[1.0, 1.0, 1.0], [0.5]]), 2)  # three spikes of one source in one step
    v = net.add(still(), 1, name="v")
    net.connect(x, v, rb.Pairs([0, 1, 1], [0, 0, 0]), weight=1.0, synapse=rb.Delta(), delay=np.array([0.5, 1.0, 1.0]))
    net.run(1.4)
    assert v["V"][0] == pytest.approx(-72, abs=1e-9)
    net.run(0.1)
    assert v["V"][0] == pytest.approx(-67, abs=1e-9)


# ---- refractory periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dt", [0.025, 0.05, 0.1, 0.125])
@pytest.mark.parametrize("model", [rb.LIF, rb.EIF])
def test_refractory_periods_lengthen_the_interval_by_their_steps(dt, model):
    k = np.arange(51)
    net = rb.Network(dt=dt, threads=2)
    net.add(model(t_ref=k * dt, I_x=40), len(k), name="n")
    spikes = net.run(1200 * dt).spikes("n")
    steps = [np.rint(spikes.times[spikes.indices == j] / dt).astype(int) for j in k]
    free = np.unique(np.diff(steps[0]))
    assert len(free) == 1
    for j in k:
        assert len(steps[j]) >= 2
        assert (np.diff(steps[j]) == free[0] + j).all(), j


@pytest.mark.parametrize("period", [0.3, 0.7, 1.1, 2.3, 4.9])
def test_decimal_refractory_periods_are_on_the_grid(period):
    # 0.3 / 0.1 is 2.9999…: rounding errors of decimal fractions are forgiven
    net = rb.Network(dt=0.1)
    n = net.add(rb.LIF(t_ref=period, I_x=1000), 1, name="n", V=-20.0)
    net.record(n, "V")
    V = net.run(10).states("n", "V").values[:, 0]
    held = round(period / 0.1)
    assert (V[1 : held + 2] == -75).all() and V[held + 2] > -75


def test_refractory_neurons_ignore_kicks_while_their_currents_go_on():
    net = rb.Network(dt=0.1)
    x = net.add(rb.Trains([[2.0]]), 1, name="x")
    n = net.add(rb.LIF(tau_m=10, V_re=-75, t_ref=4.0), 1, name="n", V=-20.0)  # spikes at 0.1 ms, held until 4.1 ms
    net.connect(x, n, rb.AllToAll(), weight=5.0, synapse=rb.Delta())
    net.connect(x, n, rb.AllToAll(), weight=10.0, synapse=rb.Exponential(tau=5))
    net.record(n, "V")
    net.record(n, "I_x_syn")
    res = net.run(6.0)
    V, current = res.states("n", "V").values[:, 0], res.states("n", "I_x_syn").values[:, 0]
    assert (V[1:42] == -75).all() and V[42] > -75
    edges = np.exp(-0.1 * np.arange(40) / 5)
    assert current[21] == 0 and current[22:] == pytest.approx(-10.0 * np.diff(edges) / 0.1, abs=1e-12)


def test_refractory_neuron_above_threshold_does_not_spike():
    # V is held even where it was set above the threshold meanwhile; the spike follows when the period is over
    net = rb.Network(dt=0.1)
    n = net.add(rb.LIF(t_ref=1.0), 1, name="n", V=-20.0)
    assert net.run(0.1).spikes("n").times == pytest.approx([0.1])
    n["V"] = -20.0
    assert net.run(3.0).spikes("n").times == pytest.approx([1.2])
