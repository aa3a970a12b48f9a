"""Quantities of other libraries become numbers in ms, mV, Hz, or are refused by name."""

import numpy as np
import pytest
from fake_quantities import FAKES
from real_quantities import LIBRARIES, quantity

import rheobase as rb
from rheobase import checks, units

MILLIVOLT = {"m": 2, "kg": 1, "s": -3, "A": -1}


@pytest.fixture(params=FAKES)
def fake(request):
    return FAKES[request.param]


def second(fake, value):
    return fake(value, 1.0, s=1)


def hertz(fake, value, factor=1.0):
    return fake(value, factor, s=-1)


def volt(fake, value, factor=1.0):
    return fake(value, factor, **MILLIVOLT)


@pytest.mark.parametrize(
    ("text", "factor", "dimension"),
    [
        ("ms", 1e-3, (0, 0, 1, 0, 0, 0, 0)),
        ("1/ms", 1e3, (0, 0, -1, 0, 0, 0, 0)),
        ("mV*ms", 1e-6, (2, 1, -2, -1, 0, 0, 0)),
        ("mV*ms**(1/2)", 1e-3 * 1e-3**0.5, (2, 1, -2.5, -1, 0, 0, 0)),
        ("mS/cm2", 10.0, (-4, -1, 3, 2, 0, 0, 0)),
        ("uF/cm2", 1e-2, (-4, -1, 4, 2, 0, 0, 0)),
        ("rad/ms", 1e3, (0, 0, -1, 0, 0, 0, 0)),
        ("mV*ms**-1", 1.0, (2, 1, -4, -1, 0, 0, 0)),
        ("1", 1.0, (0,) * 7),
    ],
)
def test_texts_of_units_are_read(text, factor, dimension):
    read = units.unit(text)
    assert read.factor == pytest.approx(factor, rel=1e-12)
    assert read.dimension == dimension


@pytest.mark.parametrize("text", ["", "furlong", "mV +", "volt"])
def test_texts_of_no_unit_are_not_read(text):
    assert units.unit(text) is None


def test_every_unit_of_the_tables_is_read():
    for name in rb._catalogue:
        kind = getattr(rb, name)
        info = next(getattr(kind, a) for a in ("model", "_kernel", "rule") if hasattr(kind, a))
        for described in (*info.parameters, *getattr(info, "variables", ())):
            for choice in getattr(described, "unit", "1").split(" or "):
                if "weight" in choice:  # of which the rule does not know the unit
                    continue
                assert units.unit(choice) is not None, f"{name}.{described.name}"


def test_parameters_are_converted(fake):
    neuron = rb.LIF(tau_m=second(fake, 0.01), E_L=volt(fake, -0.07), g_L=fake(10e-9, 1.0, m=-2, kg=-1, s=3, A=2))
    assert (neuron.tau_m, neuron.E_L, neuron.g_L) == pytest.approx((10, -70, 10), rel=1e-12)
    assert isinstance(neuron.tau_m, float)
    each = rb.LIF(tau_m=second(fake, np.array([0.01, 0.02])))
    np.testing.assert_allclose(each.tau_m, [10, 20], rtol=1e-12)
    assert type(each.tau_m) is np.ndarray
    assert rb.Exponential(tau=second(fake, 0.005), reversal=volt(fake, 0.0)).parameters["tau"] == pytest.approx(5)
    assert rb.PairSTDP(tau_plus=second(fake, 0.02)).parameters["tau_plus"] == pytest.approx(20)
    assert rb.HodgkinHuxley(C_m=fake(0.02, 1.0, m=-4, kg=-1, s=4, A=2)).C_m == pytest.approx(2)


def test_rates_times_and_currents_are_converted(fake):
    assert rb.Poisson(rate=hertz(fake, 0.005, 1e3)).rate == pytest.approx(5)
    assert rb.Poisson(rate=hertz(fake, [0.005, 0.01], 1e3)).rate == pytest.approx([5, 10])
    assert rb.Trains([second(fake, [0.02, 0.2])]).times == pytest.approx([20, 200])
    pulse = rb.Pulse(t_start=second(fake, 0.1), t_stop=second(fake, 0.3), amplitude=volt(fake, 4, 1e-3))
    assert (pulse.t_start, pulse.t_stop, *pulse.amplitude) == pytest.approx((100, 300, 4))
    noise = rb.OrnsteinUhlenbeck(mean=fake(10e-12, 1.0, A=1), std=fake(4e-12, 1.0, A=1), tau=second(fake, 0.005))
    assert (noise.mean, noise.std, noise.tau) == pytest.approx((10, 4, 5))
    white = rb.WhiteNoise(mean=0, sigma=fake(5e-3 * 1e-3**0.5, 1.0, **{**MILLIVOLT, "s": -2.5}))
    assert white.sigma == pytest.approx(5)
    samples = rb.Samples([1.0, 2.0], every=second(fake, 0.001))
    assert samples.every == pytest.approx(1)


def test_networks_take_quantities(fake):
    net = rb.Network(dt=second(fake, 1e-4))
    e = net.add(rb.LIF(), 4, name="e", V=volt(fake, -0.06))
    assert e["V"] == pytest.approx(-60)
    e["V"] = volt(fake, [-61, -62, -63, -64], 1e-3)
    assert e["V"] == pytest.approx([-61, -62, -63, -64])
    area = fake(35e-6, 1.0, **{**MILLIVOLT, "s": -2})
    p = net.connect(e, e, rb.AllToAll(), weight=area, synapse=rb.Exponential(tau=5), delay=second(fake, 0.0015))
    assert p.connections()["weight"] == pytest.approx(35)
    assert p.connections()["delay"] == pytest.approx(1.5)
    p["weight"] = fake(20e-6, 1.0, **{**MILLIVOLT, "s": -2})
    assert p.connections()["weight"] == pytest.approx(20)
    drive = net.drive(e, hertz(fake, 8.0), weight=volt(fake, 0.1e-3), synapse=rb.Delta())
    assert drive["weight"] == pytest.approx(0.1)
    drive["weight"] = volt(fake, 0.2e-3)
    assert drive["weight"] == pytest.approx(0.2)
    net.record(e, "V", every=second(fake, 0.001))
    assert net.run(second(fake, 0.01)).duration == pytest.approx(10)
    with pytest.raises(TypeError, match=r"weight must be in mV\*ms or pA\*ms, .*got"):
        net.connect(e, e, rb.AllToAll(), weight=volt(fake, 1e-3), synapse=rb.Exponential(tau=5))
    with pytest.raises(TypeError, match="V must be in mV"):
        e["V"] = second(fake, 1)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda q: rb.LIF(tau_m=q), "tau_m must be in ms"),
        (lambda q: rb.LIF(I_x=q), "I_x must be in mV or pA"),
        (lambda q: rb.HodgkinHuxley(I_x=q), "I_x must be in uA/cm2"),
        (lambda q: rb.Poisson(rate=q), "rate must be in Hz"),
        (lambda q: rb.Exponential(tau=q), "tau must be in ms"),
        (lambda q: rb.Network(dt=q), "dt must be in ms"),
        (lambda q: rb.LogNormal(q, 1), "mu must be a number without a unit"),
        (lambda q: rb.Bernoulli(q), "p must be a number without a unit"),
        (lambda q: rb.FixedInDegree(q), "k must be a number without a unit"),
        (
            lambda q: rb.spikes.binned_counts(rb.spikes.SpikeTrains([1.0], [0], 1, 0, 10), 1.0, t_start=q),
            "t_start must be in ms",
        ),
        (lambda q: rb.spikes.SpikeTrains.from_trains([q], t_stop=10), r"trains\[0\] must be in ms"),
        (lambda q: rb.spikes.SpikeTrains.from_trains([[q, q]], t_stop=10), r"trains\[0\]\[0\] must be in ms"),
        (lambda q: rb.theory.Siegert(tau_m=q), "tau_m must be in ms"),
    ],
)
def test_another_dimension_is_refused_by_name_with_both_units(fake, call, wanted):
    with pytest.raises(TypeError, match=rf"{wanted}, .*got") as caught:
        call(fake(1.0, 1.0, cd=1))
    assert "in units of" in str(caught.value)


def test_plain_quantities_are_numbers(fake):
    assert checks.number("theta", fake(50.0, 0.01)) == pytest.approx(0.5)
    assert checks.number("p", fake(0.25, 1.0)) == 0.25
    with pytest.raises(TypeError, match="tau_m must be in ms"):
        rb.LIF(tau_m=fake(10.0, 1.0))


def test_lists_hold_quantities_throughout(fake):
    q = second(fake, 0.02)
    np.testing.assert_allclose(checks.array("times", [q, q, 0]), [20, 20, 0])
    with pytest.raises(TypeError, match=r"times\[1\] must be in ms.* throughout, got 3 without a unit"):
        checks.array("times", [q, 3])


def test_fields_that_hold_quantities_become_numbers(fake):
    siegert = rb.theory.Siegert(tau_m=second(fake, 0.01))
    assert siegert.tau_m == pytest.approx(10)
    assert isinstance(siegert.tau_m, float)


def test_a_unit_that_is_not_known_is_refused():
    class Foreign(np.ndarray):
        units = "furlong"

    given = np.array([1.0, 2.0]).view(Foreign)
    with pytest.raises(TypeError, match=r"times must be in ms.*unit is not known"):
        checks.array("times", given)


def test_equations_keep_their_units(fake):
    made = rb.neuron(
        "UnitsOfEquations",
        "dV/dt = (E - V) / tau + k * (E - V) + 0 * u : volt\nE : volt\ntau : second\nk : Hz\nu : furlong",
        parameters={"E": -65.0, "tau": 10.0, "k": 1.0, "u": 1.0},
        initial={"V": -65.0},
    )
    neuron = made(E=volt(fake, -0.07), tau=second(fake, 0.02), k=hertz(fake, 3.0))
    assert (neuron.E, neuron.tau, neuron.k) == pytest.approx((-70, 20, 3e-3))
    with pytest.raises(TypeError, match="u must be a number in units of furlong"):
        made(u=fake(1.0, 1.0, m=1))


@pytest.mark.parametrize("library", LIBRARIES)
def test_real_libraries(library):
    assert checks.array("times", quantity(library, [10.0, 20.0], "us")) == pytest.approx([0.01, 0.02])
    assert checks.array("rate", quantity(library, [0.005, 0.01], "kHz")) == pytest.approx([5, 10])
    neuron = rb.LIF(tau_m=quantity(library, [0.01, 0.02], "second"), E_L=quantity(library, [-0.07, -0.06], "volt"))
    np.testing.assert_allclose([neuron.tau_m, neuron.E_L], [[10, 20], [-70, -60]], rtol=1e-12)
    with pytest.raises(TypeError, match=r"tau_m must be in ms.*got"):
        rb.LIF(tau_m=quantity(library, [1.0], "mV"))
    with pytest.raises(TypeError, match="p must be a number without a unit"):
        rb.Bernoulli(quantity(library, [1.0], "mV"))


@pytest.mark.parametrize("library", [name for name in LIBRARIES if name != "neo"])
def test_real_scalars(library):
    assert rb.LIF(tau_m=quantity(library, 10.0, "ms")).tau_m == pytest.approx(10)
    assert rb.Poisson(rate=quantity(library, 0.005, "kHz")).rate == pytest.approx(5)
    area = rb.TraubMiles(g_L=quantity(library, 0.01, "uS")).g_L
    assert area == pytest.approx(10)


def test_trains_of_neo_are_in_ms():
    neo, pq = pytest.importorskip("neo"), pytest.importorskip("quantities")
    train = neo.SpikeTrain([0.1, 0.2] * pq.s, t_stop=1 * pq.s)
    assert rb.spikes.SpikeTrains.from_trains([train], t_stop=1 * pq.s).times == pytest.approx([100, 200])
    assert rb.Trains([train]).times == pytest.approx([100, 200])


def test_distributions_hold_quantities(fake):
    drawn = rb.Uniform(volt(fake, -0.072), volt(fake, -0.055))
    net, plain = (rb.Network(seed=1) for _ in range(2))
    e = net.add(rb.LIF(tau_m=rb.Normal(second(fake, 0.01), second(fake, 0.001), low=0)), 20, name="e", V=drawn)
    same = plain.add(rb.LIF(tau_m=rb.Normal(10, 1, low=0)), 20, name="e", V=rb.Uniform(-72, -55))
    assert e.model == same.model
    for name in ("V", "tau_m"):
        np.testing.assert_array_equal(e[name], same[name])
    area, delay = fake(35e-6, 1.0, **{**MILLIVOLT, "s": -2}), rb.Uniform(second(fake, 1e-3), second(fake, 2e-3))
    weight = rb.Normal(area, fake(1e-6, 1.0, **{**MILLIVOLT, "s": -2}))
    p = net.connect(e, e, rb.AllToAll(), weight=weight, synapse=rb.Exponential(tau=5), delay=delay)
    assert (p.weight, p.delay) == (rb.Normal(35, 1), rb.Uniform(1, 2))
    e["V"] = drawn
    assert -72 <= e["V"].min() < e["V"].max() <= -55
    assert rb.Poisson(rb.Uniform(hertz(fake, 5), hertz(fake, 9))).rate == rb.Uniform(5, 9)


def test_distributions_of_quantities_are_refused_elsewhere(fake):
    drawn = rb.Uniform(volt(fake, -0.072), volt(fake, -0.055))
    for use, message in (
        (lambda: rb.LIF(tau_m=drawn), "low of tau_m must be in ms"),
        (lambda: rb.LIF(E_L=rb.Normal(volt(fake, -0.07), 5)), "std of E_L must be in mV as the others are, got 5 with"),
        (lambda: rb.LogNormal(volt(fake, 1.0), 1), "mu must be a number without a unit"),
        (drawn.mean_value, "must first be given to what knows its unit"),
        (lambda: drawn.sample(3), "must first be given to what knows its unit"),
        (lambda: rb.Poisson(drawn), "low of rate must be in Hz"),
    ):
        with pytest.raises(TypeError, match=message):
            use()
