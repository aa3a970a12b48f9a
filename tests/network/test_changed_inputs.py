"""Sources and inputs changed between runs: bit for bit the network that is built that way from the start."""

from copy import deepcopy

import numpy as np
import pytest
from networks_to_change import (
    CURRENTS,
    EACH,
    SYNAPSE,
    N,
    assert_same,
    cells,
    driven,
    injected,
    outcome,
    poisson,
    spiking,
)

import rheobase as rb

# ---- sources and drives: a change at a time is a rate that changes there -------------------------------------------

RATES = {
    "number": 55.0,
    "array": EACH,
    "Steps": rb.Steps([0.0, 25.0], [30.0, 70.0]),
    "Samples of each": rb.Samples(np.random.default_rng(1).uniform(10, 80, (20, N)), every=2.0),
    "function": lambda t: 40 + 30 * np.sin(t / 5),
    "silence": 0.0,
}


def set_rate(net, rate):
    if net.drives:
        net.drives[0]["rate"] = rate
    else:
        net["x"]["rate"] = rate


@pytest.mark.parametrize("make", [poisson, driven])
@pytest.mark.parametrize("new", RATES)
@pytest.mark.parametrize("old", ["number", "Steps", "function"])
def test_rates(make, old, new):
    changed, built = make(RATES[old]), make(RATES[new])
    set_rate(changed, RATES[new])
    assert_same(outcome(changed), outcome(built))
    assert changed.circuit == built.circuit
    if new != "function":
        assert_same(outcome(deepcopy(changed)), outcome(built))


@pytest.mark.parametrize("make", [poisson, driven])
def test_a_change_of_a_rate_is_a_step_of_a_series(make):
    stepped, changed = make(rb.Steps([0.0, 20.0], [30.0, 70.0])), make(30.0)
    outcome(stepped), outcome(changed)
    set_rate(changed, 70.0)
    found = outcome(changed)
    assert_same(found, outcome(stepped))
    assert spiking(found)


def test_one_rate_for_each_neuron_draws_what_one_rate_for_all_draws():
    """Alike rates given as an array take another way through the engine; so does one number in a series."""
    for rate in (0.5, 40.0, 2000.0, 60000.0):
        wanted = outcome(driven(rate, weight=1.0))
        assert_same(outcome(driven(np.full(N, rate), weight=1.0)), wanted)
        assert_same(outcome(driven(rb.Steps([0.0], [rate]), weight=1.0)), wanted)
        assert_same(outcome(driven(rb.Steps([0.0], [[rate] * N]), weight=1.0)), wanted)


def test_the_rate_of_each_neuron_is_its_own():
    """Mean and variance of the number of arrivals, against those of Poisson processes, four s.d. wide."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    e = net.add(rb.LIF(V_th=1e6), N, name="e")
    net.drive(e, EACH, sources=10, weight=1.0, synapse=rb.Exponential(tau=1e9, norm="peak"))
    net.run(2000)
    arrived, wanted = e["I_drive"], EACH * 10 * 2
    z = (arrived - wanted) / np.sqrt(wanted)
    assert np.abs(z).max() < 4.5 and abs(np.sum(z**2) - N) < 4 * np.sqrt(2 * N)


def test_rates_are_read_as_they_are_in_force():
    net = poisson(rb.Steps([0.0, 10.0], [30.0, 70.0]))
    assert (net["x"]["rate"] == 30).all()
    net.run(10)
    assert (net["x"]["rate"] == 70).all() and net["x"].parameters == ["rate"]
    net["x"]["rate"] = EACH
    assert np.array_equal(net["x"]["rate"], EACH)
    net["x"]["rate"] = rb.Uniform(10, 20)
    drawn = net["x"]["rate"]
    assert len(np.unique(drawn)) == N and np.array_equal(deepcopy(net)["x"]["rate"], drawn)
    drive = driven(lambda t: t).drives[0]
    assert np.allclose(drive["rate"], 0.05) and drive["sources"] == 20 and drive["weight"] == 30


def test_a_distribution_of_rates_is_read_as_it_was_drawn():
    net = rb.Network(seed=3, threads=1)
    net.add(rb.LIF(tau_m=rb.Uniform(9, 11)), 3)
    x = net.add(rb.Poisson(rb.Uniform(0, 2000)), N)
    counts = np.bincount(net.run(1000).spikes(x.name).indices, minlength=N)
    assert np.abs((counts - x["rate"]) / np.sqrt(x["rate"] + 1)).max() < 4.5


@pytest.mark.parametrize(("name", "value"), [("weight", 12.0), ("sources", 45.0)])
def test_weight_and_sources_of_a_drive(name, value):
    changed, built = driven(50.0), driven(50.0, **{name: value})
    changed.drives[0][name] = value
    assert_same(outcome(changed), outcome(built))
    assert changed.circuit == built.circuit


def test_drives_can_be_removed_and_others_go_on_as_they_were():
    def network(rates):
        net = rb.Network(seed=3, threads=1)
        e, i = cells(net), cells(net, "i")
        for rate, weight in rates:
            net.drive(e, rate, weight=weight, sources=20, synapse=SYNAPSE)
            net.drive(i, rate, weight=weight, sources=20, synapse=rb.Delta())
        return net

    net, alone, silent = network([(50, 30), (40, 20)]), network([(50, 30)]), network([(50, 30), (0, 20)])
    for drive in net.drives[2:]:
        drive.remove()
    for drive in silent.drives[2:]:
        drive["rate"] = 0
    assert len(net.drives) == 2 and net.circuit.drives == alone.circuit.drives
    found = outcome(net)
    assert_same(found, outcome(alone))
    assert_same(found, outcome(silent))
    added = net.drive(net["e"], 40, weight=20, sources=20, synapse=SYNAPSE)
    again = deepcopy(net)
    assert_same(outcome(again), outcome(net))
    added.remove()
    with pytest.raises(ValueError, match="the drive must be part of the network, it was removed"):
        added["rate"] = 5


# ---- trains --------------------------------------------------------------------------------------------------------


def trains(given, n=3, **options):
    net = rb.Network(seed=3, threads=1)
    x, e = net.add(rb.Trains(given, **options), n, name="x"), cells(net)
    net.connect(x, e, rb.AllToAll(), weight=60, synapse=SYNAPSE)
    return net


def test_trains():
    first, second = [[3.0, 15.0], [4.0], []], [[21.0, 33.3], [], [30.0]]
    both = [[3.0, 15.0, 21.0, 33.3], [4.0], [30.0]]
    changed, built = trains(first), trains(both)
    assert_same(outcome(changed), outcome(built))
    changed["x"]["trains"] = second
    assert [list(train) for train in changed["x"]["trains"]] == second
    again = deepcopy(changed)
    found = outcome(changed)
    assert_same(found, outcome(built))
    assert_same(found, outcome(again))
    assert len(found[0]) == 3
    with pytest.raises(
        ValueError, match=r"trains must have spikes after t = 40 ms, where the network is.*got 33\.3 ms"
    ):
        changed["x"]["trains"] = second
    changed["x"]["trains"] = [[], [], []]
    assert not len(changed.run(20).spikes("x").times)
    changed["x"]["trains"] = rb.Trains(times=[70.0], indices=[2])
    assert changed.run(20).spikes("x").times.tolist() == [70.0]


def test_trains_snap_to_the_grid_where_they_are_told_to():
    given = [[0.0, 0.02, 3.1415, 9.96], [7.449999], []]
    with pytest.raises(ValueError, match="times must be a multiple of dt"):
        trains(given[1:], 2)
    net = trains(given, snap=True)
    res = net.run(20).spikes("x")
    assert np.allclose(res.times, [0.1, 0.1, 3.1, 7.4, 10.0]) and res.indices.tolist() == [0, 0, 0, 1, 0]
    net["x"]["trains"] = [[], [], [23.14]]
    assert np.allclose(net.run(20).spikes("x").times, [23.1])
    with pytest.raises(ValueError, match="times must be at least one step"):
        trains([[-0.2], [], []], snap=True)


# ---- currents, noise and light -------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", CURRENTS)
@pytest.mark.parametrize("old", ["steps", "white", "coloured"])
def test_currents(old, new):
    built = injected(CURRENTS[new])
    changed = injected(CURRENTS[old])
    changed.stimuli[0].current = CURRENTS[new]
    assert changed.circuit == built.circuit
    found = outcome(changed)
    assert_same(found, outcome(built))
    assert spiking(found)
    changed.stimuli[0].current = CURRENTS[old]
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))


def test_noise_of_each_neuron_given_alike_is_noise_of_all():
    for one, each in (
        (rb.WhiteNoise(6, 12), rb.WhiteNoise(np.full(N, 6.0), np.full(N, 12.0))),
        (rb.OrnsteinUhlenbeck(6, 8, 5), rb.OrnsteinUhlenbeck(np.full(N, 6.0), np.full(N, 8.0), 5)),
    ):
        assert_same(outcome(injected(one)), outcome(injected(each)))


def test_coloured_noise_goes_on_from_where_it_is():
    """Another mean and s.d. are those of a network built with them: what is drawn is in units of the s.d."""
    changed, built = injected(rb.OrnsteinUhlenbeck(2, 3, 5)), injected(CURRENTS["coloured"])
    outcome(changed), outcome(built)
    changed.stimuli[0].current = CURRENTS["coloured"]
    for net in (changed, built):
        net["e"]["V"] = -70.0
    assert_same(outcome(changed, 40.0)[2:], outcome(built, 40.0)[2:])


def test_noise_of_each_neuron_has_its_own_intensity():
    """The variance of the free membrane of each, against sigma^2 / (2 tau_m)."""
    sigma = np.repeat([0.0, 2.0, 8.0], 200)
    net = rb.Network(dt=0.5, seed=1, threads=1)
    e = net.add(rb.LeakyIntegrator(tau_m=10, E_L=0) if hasattr(rb, "LeakyIntegrator") else rb.LIF(E_L=0, V_th=1e3), 600)
    net.inject(e, rb.WhiteNoise(mean=0.0, sigma=sigma))
    net.run(100)
    found = [np.std(e["V"][sigma == s]) for s in (0.0, 2.0, 8.0)]
    assert found[0] == 0
    for s, std in zip((2.0, 8.0), found[1:], strict=True):
        assert abs(std / (s / np.sqrt(20)) - 1) < 4 / np.sqrt(2 * 200)


def test_stimuli_can_be_removed_and_others_go_on_as_they_were():
    net, alone = injected(*CURRENTS.values()), injected(CURRENTS["white"], CURRENTS["coloured"])
    kept = {"white", "coloured"}
    for name, stimulus in zip(CURRENTS, net.stimuli, strict=True):
        if name not in kept:
            stimulus.remove()
    assert [s.current for s in net.stimuli] == [s.current for s in alone.stimuli]
    again = deepcopy(net)
    outcome(again)
    first = net.stimuli[0]
    net.inject(net["e"], CURRENTS["white"])  # takes the free random stream
    assert len({i.id for i in net.circuit.injections}) == 3
    again = deepcopy(net)
    assert_same(outcome(again), outcome(net))
    first.remove()
    with pytest.raises(ValueError, match="the stimulus must be part of the network, it was removed"):
        first.current = CURRENTS["pulse"]
    pulse = injected(CURRENTS["pulse"], CURRENTS["white"])
    pulse.stimuli[0].remove()
    assert_same(outcome(pulse), outcome(injected(CURRENTS["white"])))


def lit(*series):
    net = rb.Network(seed=3, threads=1)
    e = cells(net, model=rb.EIFChR(I_x=6))
    for s in series:
        net.inject(e, rb.Light(s))
    return net


def test_light():
    dim, bright = rb.Pulse(0, 15, 0.3), rb.Steps([0, 10], [0.9, 0.2])
    changed, built = lit(dim, rb.Pulse(0, 5, 0.1)), lit(bright, rb.Pulse(0, 5, 0.1))
    changed.stimuli[0].current = rb.Light(bright)
    assert changed.circuit == built.circuit
    assert_same(outcome(changed), outcome(built))
    with pytest.raises(ValueError, match="current must be light, as it was"):
        changed.stimuli[0].current = CURRENTS["white"]
    with pytest.raises(ValueError, match="lights on a population must add up to at most 1"):
        changed.stimuli[0].current = rb.Light(rb.Steps([0], [0.95]))
    for stimulus in changed.stimuli:
        stimulus.remove()
    assert (changed["e"]["L"] == 0).all()
    changed["e"]["L"] = 0.25
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))
    assert (changed["e"]["L"] == 0.25).all()


def test_inputs_of_equations():
    Cell = rb.neuron(
        "Cell", "dV/dt = (-V + s)/10", threshold="V > 1", reset="V = 0", inputs={"s": 0.0}, initial={"V": 0}
    )

    def network(s):
        net = rb.Network(seed=3, threads=1)
        net.add(Cell(s=s), N, name="e")
        return net

    for value in (2.0, EACH / 20, rb.Steps([0, 10], [1.5, 3.0])):
        changed, built = network(0.5), network(value)
        changed["e"]["s"] = value
        assert changed.circuit == built.circuit
        assert_same(outcome(changed, 40.0), outcome(built, 40.0))
        assert_same(outcome(deepcopy(changed)), outcome(built))
