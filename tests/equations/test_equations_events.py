"""Events of a model of equations that are recorded, and initial values that are drawn."""

import numpy as np
import pytest

import rheobase as rb

Clock = rb.neuron(
    "Clock",
    "dV/dt = rate : 1",
    threshold="V >= 1",
    reset="V = 0",
    parameters=dict(rate=0.1),
    initial=dict(V="(i % 10)*0.01"),
    events=dict(half=("crosses(V, 0.5)", None), late=("V > 0.9", "V += 0")),
)


def run(duration=30.0, n=600, threads=1, dt=0.1):
    net = rb.Network(dt=dt, seed=3, threads=threads)
    cells = net.add(Clock(), n, name="e")
    net.record(cells, "half")
    net.record(cells, "V")
    net.record(cells, "late")
    return net, net.run(duration)


def test_times_of_an_event_are_those_at_which_its_condition_came_true():
    _, res = run()
    values = res.states("e", "V").values
    steps, neurons = np.nonzero((values[1:] > 0.5) & (values[:-1] <= 0.5))
    half = res.events("e", "half")
    np.testing.assert_allclose(half.times, (steps + 1) * 0.1)
    assert np.array_equal(half.indices, neurons)
    assert half.n == 600 and len(half.times) >= 3 * 590


def test_events_are_the_same_on_any_number_of_threads_and_in_parts():
    _, whole = run()
    _, many = run(threads=3)
    net, first = run(duration=12.0)
    second = net.run(18)
    for event in ("half", "late"):
        a, b = whole.events("e", event), many.events("e", event)
        assert np.array_equal(a.times, b.times) and np.array_equal(a.indices, b.indices)
        parts = [first.events("e", event), second.events("e", event)]
        np.testing.assert_allclose(np.concatenate([p.times for p in parts]), a.times)
        assert np.array_equal(np.concatenate([p.indices for p in parts]), a.indices)


def test_a_loaded_network_goes_on_recording(tmp_path):
    net, _ = run(duration=12.0)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    a, b = net.run(18).events("e", "half"), again.run(18).events("e", "half")
    assert np.array_equal(a.times, b.times) and np.array_equal(a.indices, b.indices) and len(a.times)


def test_what_cannot_be_recorded_of_an_event_is_refused():
    net, res = run(duration=1.0, n=2)
    with pytest.raises(ValueError, match="must be new to the recording of 'e', got 'half' again"):
        net.record(net["e"], "half")
    other = net.add(Clock(), 2, name="f")
    with pytest.raises(ValueError, match="every and mean not given, for 'half', an event of all neurons"):
        net.record(other, "half", every=1.0)
    with pytest.raises(ValueError, match=r"call net.record\('f', 'half'\) first"):
        net.run(1).events("f", "half")
    with pytest.raises(ValueError, match="event must be one of 'half', 'late', got 'halve'"):
        res.events("e", "halve")


def test_initial_values_are_drawn_from_the_seed_and_depend_on_the_index():
    drawn = rb.neuron(
        "Drawn",
        "dV/dt = 0*ms\nm : 1 (state)\nk : 1 (state)\nms : 1",
        parameters=dict(ms=1, E=-70, s=3),
        initial=dict(V="E + s*randn()", m="rand()", k="i"),
    )
    n = 20000

    def values(seed):
        cells = rb.Network(dt=0.1, seed=seed).add(drawn(E=rb.Uniform(-70, -70 + 1e-9)), n)
        return {v: cells[v] for v in "Vmk"}

    a, b, c = values(1), values(1), values(2)
    assert all(np.array_equal(a[v], b[v]) for v in "Vmk") and not np.array_equal(a["V"], c["V"])
    assert np.array_equal(a["k"], np.arange(n))
    # four standard errors of a mean, of a standard deviation, and of the largest of n uniform numbers
    assert abs(a["V"].mean() + 70) < 4 * 3 / np.sqrt(n) and abs(a["V"].std() / 3 - 1) < 4 / np.sqrt(2 * n)
    assert abs(a["m"].mean() - 0.5) < 4 / np.sqrt(12 * n) and 0 < a["m"].min() < 10 / n < 1 - 10 / n < a["m"].max() < 1
    assert abs(np.corrcoef(a["V"], a["m"])[0, 1]) < 4 / np.sqrt(n)
