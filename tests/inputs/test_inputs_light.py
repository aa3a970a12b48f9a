"""Light that changes while neurons run, on channelrhodopsin of appendix B.1 (τ = 2 ms, E = 50 mV)."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import rheobase as rb

#: Light that all channels follow from the 100th ms on.
LIGHT_ON = rb.Light(rb.Steps([100.0], [1.0]))


def lit(light, duration, *, n=1, dt=0.01, record=(), threads=1, **parameters):
    net = rb.Network(dt=dt, seed=1, threads=threads)
    cells = net.add(rb.EIFChR(**parameters), n, name="cells")
    for one in light if isinstance(light, list) else [light]:
        net.inject(cells, one)
    for variable in record:
        net.record(cells, variable)
    return net.run(duration)


def trains(result):
    spikes = result.spikes("cells")
    return [spikes.times[spikes.indices == k] for k in range(spikes.n)]


def test_channels_follow_the_light():
    """p reaches 1 - 1/e two milliseconds after the light goes on, and 1/e of what it had after it goes off."""
    states = lit(rb.Light(rb.Pulse(10, 20, 1.0)), 40.0, dt=0.1, record=["p", "L"])
    t, p = states.states("cells", "p").times, states.states("cells", "p").values[:, 0]
    rise, fall = 1 - np.exp(-(t - 10) / 2), (1 - np.exp(-5)) * np.exp(-(t - 20) / 2)
    expected = np.where(t < 10, 0.0, np.where(t < 20, rise, fall))
    assert p == pytest.approx(expected, abs=1e-12)
    assert p[[120, 220]] == pytest.approx([1 - np.exp(-1), (1 - np.exp(-5)) * np.exp(-1)], abs=1e-12)
    L = states.states("cells", "L").values[:, 0]
    assert np.array_equal(L, ((t > 10.05) & (t < 20.05)).astype(float))  # the light of the step that led there


def test_the_threshold_conductance_is_that_of_the_textbook():
    """Where all channels are open the neuron fires from g = 0.143043 on; in the dark before it does not."""
    spikes = trains(lit(LIGHT_ON, 2100.0, n=2, dt=0.1, g_ChR=0.143043 + np.array([-1e-4, 1e-4])))
    assert [len(s) > 0 for s in spikes] == [False, True]
    assert spikes[1][0] > 100.0


@pytest.mark.parametrize("dim", [1.0, 0.5])
def test_the_rates_are_those_of_the_textbook(dim):
    """g: rate (Hz) at τ_m = 15 ms; half the light opens half the channels, so twice the conductance does the same."""
    expected = {0.16: 15.07, 0.17135: 20.0, 0.18: 23.33, 0.20: 30.31, 0.25: 45.84}
    dt = 0.005
    light = rb.Light(rb.Steps([100.0], [dim]))
    spikes = trains(lit(light, 400.0, n=5, dt=dt, g_ChR=np.array(list(expected)) / dim))
    for train, rate in zip(spikes, expected.values(), strict=True):
        # two spikes each seen up to a step late, and the last digit of the textbook
        assert 1e3 / np.diff(train)[-1] == pytest.approx(rate, abs=1.5 * dt * 1e-3 * rate**2 + 0.006)


def reference(pulses, g, duration, tau_m=15.0):
    """Spike times of the neuron's equations under pulses (start, stop), solved piece by piece."""

    def slope(_, s, L):
        V, p = s
        current = -g * p * (V - 50.0) + 2.0 * np.exp((min(V, -20.0) + 55.0) / 2.0)
        return [(-(V + 72.0) + current) / tau_m, (L - p) / 2.0]

    def threshold(_, s, L):
        return s[0] + 20.0  # from here to V_th = 5 mV it takes tau_m exp(-17.5) = 4e-7 ms

    threshold.terminal = True
    edges = [0.0, *np.ravel(pulses), duration]
    state, spikes = [-72.0, 0.0], []
    for k, (begin, end) in enumerate(pairwise(edges)):
        while begin < end:
            found = solve_ivp(slope, (begin, end), state, args=(float(k % 2),), events=threshold, rtol=1e-9, atol=1e-9)
            assert found.success
            begin, state = found.t[-1], list(found.y[:, -1])
            if found.status == 1:
                spikes.append(begin)
                state[0] = -75.0
    return np.array(spikes)


@pytest.mark.parametrize(("g", "some"), [(0.25, 3), (1.0, 15)])
def test_spikes_under_pulses(g, some):
    """Against the equations of appendix B.1 solved on their own: as many spikes, each seen up to 1.5 steps late."""
    pulses, dt = [(20, 25), (60, 80), (120, 180)], 0.005
    light = [rb.Light(rb.Pulse(start, stop, 1.0)) for start, stop in pulses]
    found, expected = trains(lit(light, 220.0, dt=dt, g_ChR=g))[0], reference(pulses, g, 220.0)
    assert len(expected) >= some and len(found) == len(expected)
    # a spike is seen at the end of a step, up to 1.5 steps late, and passes that on to those that follow
    late = (found - expected) / dt
    assert np.all(late > -0.1) and np.all(late < 1.5 * np.arange(1, len(found) + 1))


def test_a_short_flash_evokes_one_spike_or_none():
    """Of four milliseconds, with g = 1: 0.8 is too dim, full light is enough."""
    spikes = trains(lit(rb.Light(rb.Pulse(20, 24, [0.8, 1.0])), 100.0, n=2, g_ChR=1.0))
    assert [len(s) for s in spikes] == [len(reference([(20, 24)], g, 100.0)) for g in (0.8, 1.0)] == [0, 1]


def test_pulses_steps_and_samples_are_the_same_light():
    brightness = np.array([0.3, 0.9, 0.5])
    series = [
        rb.Pulse(5, 10, brightness),
        rb.Steps([5.0, 10.0], [brightness, 0 * brightness]),
        rb.Samples(np.vstack([np.tile(brightness, (5, 1)), np.zeros((1, 3))]), every=1.0, t_start=5.0),
    ]
    p = [lit(rb.Light(one), 20.0, n=3, record=["p"]).states("cells", "p").values for one in series]
    assert np.array_equal(p[0], p[1]) and np.array_equal(p[0], p[2])
    assert p[0][1000] == pytest.approx(brightness * (1 - np.exp(-2.5)), abs=1e-12)


def test_lights_add_up_and_take_the_place_of_what_was_set():
    net = rb.Network(dt=0.1, threads=1)
    cells = net.add(rb.EIFChR(), 2, name="cells", L=0.7)
    net.inject(cells, rb.Light(rb.Pulse(1, 3, [0.25, 0.5])))
    net.inject(cells, rb.Light(rb.Pulse(2, 4, 0.5)))
    net.record(cells, "L", every=1.0)
    L = net.run(5).states("cells", "L").values
    assert L.tolist() == [[0.7, 0.7], [0, 0], [0.25, 0.5], [0.75, 1.0], [0.5, 0.5], [0, 0]]


def protocol(threads):
    """Three kinds of light on two populations that span several blocks, recurrently connected."""
    net = rb.Network(dt=0.1, seed=5, threads=threads)
    a = net.add(rb.EIFChR(g_ChR=0.5, V_T=rb.Uniform(-56, -54)), 700, name="cells", V=rb.Uniform(-75, -60))
    b = net.add(rb.EIFChR(g_ChR=0.5), 300, name="b", V=rb.Uniform(-75, -60))
    random = np.random.default_rng(2)
    net.inject(a, rb.Light(rb.Samples(random.uniform(0, 0.5, (20, 700)), every=2.0)))
    net.inject(a, rb.Light(rb.Pulse(5, 35, random.uniform(0, 0.5, 700))))
    net.inject(b, rb.Light(rb.Steps([3, 20], [0.9, 0.2])))
    net.connect(a, b, rb.Bernoulli(0.05), weight=5.0, synapse=rb.Exponential(tau=5))
    net.connect(b, a, rb.Bernoulli(0.05), weight=-5.0, synapse=rb.Exponential(tau=5), delay=1.0)
    return net


@pytest.fixture(scope="module")
def whole():
    net = protocol(1)
    spikes = net.run(40.0).spikes("cells")
    assert len(spikes.times) > 300
    return spikes.times, spikes.indices, net["b"]["p"]


def same(whole, parts, net):
    times, indices, p = whole
    assert np.array_equal(np.concatenate([s.times for s in parts]), times)
    assert np.array_equal(np.concatenate([s.indices for s in parts]), indices)
    assert np.array_equal(net["b"]["p"], p)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_nothing(threads, whole):
    net = protocol(threads)
    same(whole, [net.run(40.0).spikes("cells")], net)


def test_split_runs_change_nothing(whole):
    net = protocol(2)
    same(whole, [net.run(d).spikes("cells") for d in (0.1, 4.9, 7.3, 0.0, 27.7)], net)


@pytest.mark.parametrize("at", [0.0, 5.0, 12.3])
def test_saving_and_loading_change_nothing(at, whole, tmp_path):
    net = protocol(2)
    first = net.run(at).spikes("cells")
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net", threads=3)
    same(whole, [first, again.run(40.0 - at).spikes("cells")], again)
    with pytest.raises(ValueError, match="L must not be set"):
        again["b"]["L"] = 0.0


def test_light_may_come_between_runs():
    net = rb.Network(dt=0.1, threads=1)
    cells = net.add(rb.EIFChR(), 1, name="cells")
    cells["L"] = 0.25
    net.run(50.0)
    assert cells["p"][0] == pytest.approx(0.25, abs=1e-10)
    net.inject(cells, rb.Light(rb.Steps([20.0, 60.0], [0.5, 1.0])))
    net.run(10.0)  # it is on for long
    assert cells["p"][0] == pytest.approx(0.5 - 0.25 * np.exp(-5), abs=1e-10)


SERIES = rb.Pulse(1, 2, 1.0)

BAD = {
    "too bright": (lambda n, e, x: rb.Light(rb.Pulse(1, 2, 1.5)), ValueError, "between 0, dark, and 1, got 1.5"),
    "negative": (lambda n, e, x: rb.Light(rb.Steps([1], [-0.1])), ValueError, "between 0, dark, and 1, got -0.1"),
    "negative sample": (lambda n, e, x: rb.Light(rb.Samples([0.5, -1], every=1)), ValueError, "got -1"),
    "a number": (lambda n, e, x: rb.Light(0.5), TypeError, "series must be a Pulse, Steps or Samples, got 0.5"),
    "noise": (lambda n, e, x: rb.Light(rb.WhiteNoise(0, 1)), TypeError, "series must be a Pulse, Steps or Samples"),
    "light of light": (lambda n, e, x: rb.Light(rb.Light(SERIES)), TypeError, "series must be a Pulse"),
    "the class": (lambda n, e, x: n.inject(e, rb.Light), TypeError, "current must be a Pulse"),
    "plain neurons": (
        lambda n, e, x: n.inject(n.add(rb.EIF(), 3), rb.Light(SERIES)),
        ValueError,
        "post must have light-gated channels, as rb.EIFChR() has, got neurons of EIF",
    ),
    "sources": (lambda n, e, x: n.inject(x, rb.Light(SERIES)), ValueError, "must be made of neurons"),
    "a wrong number": (lambda n, e, x: n.inject(e, rb.Light(rb.Pulse(1, 2, [1, 1]))), ValueError, "4 neurons, got 2"),
    "off the grid": (lambda n, e, x: n.inject(e, rb.Light(rb.Pulse(0.05, 2, 1))), ValueError, "start must be a mult"),
    "too bright together": (
        lambda n, e, x: [n.inject(e, rb.Light(rb.Pulse(start, start + 2, 0.6))) for start in (1, 2)],
        ValueError,
        "lights on a population must add up to at most 1, got 1.2 at t = 2 ms",
    ),
    "set by hand": (
        lambda n, e, x: (n.inject(e, rb.Light(SERIES)), e.__setitem__("L", 0.5)),
        ValueError,
        "L must not be set: the light injected into 'e'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    call, error, text = BAD[case]
    net = rb.Network(dt=0.1, threads=1)
    e, x = net.add(rb.EIFChR(), 4, name="e"), net.add(rb.Poisson(5), 4, name="x")
    with pytest.raises(error) as raised:
        call(net, e, x)
    assert text in str(raised.value)
    net.run(3)
    assert e["p"].max() <= 1.0
