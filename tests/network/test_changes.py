"""What is changed between runs: each change gives, bit for bit, the network that is built that way from the start."""

from copy import deepcopy

import numpy as np
import pytest
import scipy.sparse

import rheobase as rb

N = 40
SYNAPSE = rb.Exponential(tau=4)
EACH = np.linspace(20.0, 60.0, N)


def cells(net, name="e", model=None):
    return net.add(model or rb.LIF(I_x=12), N, name=name, V=rb.Uniform(-72, -56))


def outcome(net, duration=20.0, after=()):
    """Spikes and voltages of everything from here on."""
    res = net.run(duration)
    found = []
    for p in net:
        found += [res.spikes(p.name).times, res.spikes(p.name).indices]
        if p.variables:
            found += [p["V"]]
    return found + [net.projections[k].connections()["weight"] for k in after]


def assert_same(mine, theirs):
    assert all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))


def spiking(found):
    return sum(map(len, found[::3]))


# ---- sources and drives: a change at a time is a rate that changes there -------------------------------------------

RATES = {
    "number": 55.0,
    "array": EACH,
    "Steps": rb.Steps([0.0, 25.0], [30.0, 70.0]),
    "Samples of each": rb.Samples(np.random.default_rng(1).uniform(10, 80, (20, N)), every=2.0),
    "function": lambda t: 40 + 30 * np.sin(t / 5),
    "silence": 0.0,
}


def poisson(rate):
    net = rb.Network(seed=3, threads=1)
    x, e = net.add(rb.Poisson(rate), N, name="x"), cells(net)
    net.connect(x, e, rb.Bernoulli(0.5), weight=30, synapse=SYNAPSE)
    return net


def driven(rate, **given):
    net = rb.Network(seed=3, threads=1)
    e = cells(net)
    net.drive(e, rate, **{"sources": 20, "weight": 30, "synapse": SYNAPSE, **given})
    return net


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

CURRENTS = {
    "pulse": rb.Pulse(t_start=5, t_stop=35, amplitude=9),
    "steps": rb.Steps([0, 15], [6.0, 12.0]),
    "samples of each": rb.Samples(np.random.default_rng(2).normal(8, 3, (30, N)), every=1.0),
    "white": rb.WhiteNoise(mean=6, sigma=12),
    "white, each": rb.WhiteNoise(mean=EACH / 8, sigma=EACH[::-1] / 4),
    "coloured": rb.OrnsteinUhlenbeck(mean=6, std=8, tau=5),
    "coloured, each": rb.OrnsteinUhlenbeck(mean=EACH / 8, std=EACH[::-1] / 4, tau=5),
}


def injected(*currents):
    net = rb.Network(seed=3, threads=1)
    e = cells(net)
    for current in currents:
        net.inject(e, current)
    return net


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


# ---- weights -------------------------------------------------------------------------------------------------------


def connected(rule, weight, beside=True, **given):
    """A projection of its own, with others from the same neurons that are stored beside it."""
    net = rb.Network(seed=3, threads=1)
    x, e, i = net.add(rb.Poisson(40), N, name="x"), cells(net), cells(net, "i")
    if beside:
        net.connect(x, i, rb.FixedInDegree(8), weight=25, synapse=SYNAPSE, delay=0.4)
        net.connect(x, i, rb.Bernoulli(0.2), weight=15, synapse=rb.Delta(), delay=0.4)
    net.connect(x, e, rule, weight=weight, synapse=SYNAPSE, **given)
    if beside:
        net.connect(x, i, rb.FixedTotal(200), weight=rb.Normal(20, 2), synapse=rb.Alpha(tau=3), delay=0.2)
    return net


RULES = {
    "Bernoulli": rb.Bernoulli(0.4),
    "FixedInDegree": rb.FixedInDegree(15),
    "FixedTotal": rb.FixedTotal(600),
    "AllToAll": rb.AllToAll(),
}
GIVEN = {
    "one delay": {"delay": 0.5},
    "delays": {"delay": rb.Uniform(0.1, 1.5)},
    "16 bits": {"weight_bits": 16},
}


def last(net):
    return next(q for q in net.projections if q.post.name == "e")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("weight", [7.5, rb.Normal(10, 3)])
def test_one_weight_and_weights_that_are_drawn(rule, given, weight):
    changed, built = connected(RULES[rule], 12.0, **GIVEN[given]), connected(RULES[rule], weight, **GIVEN[given])
    last(changed).weights = weight
    assert changed.circuit == built.circuit
    assert_same(outcome(changed, after=(0, 1, 2, 3)), outcome(built, after=(0, 1, 2, 3)))
    changed = connected(RULES[rule], rb.Uniform(5, 15), **GIVEN[given])
    outcome(changed)
    last(changed)["weight"] = weight
    assert np.array_equal(last(changed)["weight"], last(built)["weight"])
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))


@pytest.mark.parametrize("rule", ["Bernoulli", "FixedInDegree", "FixedTotal"])
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("beside", [True, False])
def test_weights_of_each_connection(rule, given, beside):
    changed = connected(RULES[rule], 12.0, beside, **GIVEN[given])
    c = last(changed).connections()
    weight = np.random.default_rng(5).normal(20, 8, len(c["pre"])).astype(np.float32)
    delay = {"delay": c["delay"]} if given == "delays" else {}
    built = connected(rb.Pairs(c["pre"], c["post"]), weight, beside, **{**GIVEN[given], **delay})
    last(changed)["weight"] = weight
    wanted = outcome(built)
    found = outcome(changed)
    assert_same(found, wanted)
    assert spiking(found[3:])
    for name, values in last(built).connections().items():
        assert np.array_equal(last(changed)[name], values)
    again = deepcopy(changed)
    found = outcome(changed)
    assert_same(found, outcome(built))
    assert_same(found, outcome(again))
    assert_same(outcome(rb.Network.of(changed.circuit, threads=1)), wanted)


def test_weights_change_in_the_middle_of_a_run_as_spikes_that_arrive_see_them():
    """A spike on its way brings the weight that there is when it arrives, as it would by hand."""
    net = rb.Network(threads=1)
    x, e = net.add(rb.Trains([[1.0, 6.0]]), 1), net.add(rb.LIF(E_L=0, V_th=1e3, V_re=-1, tau_m=10), 1, V=0.0)
    q = net.connect(x, e, rb.AllToAll(), weight=8.0, synapse=rb.Exponential(tau=1e9, norm="peak"), delay=3.0)
    net.run(3)
    q.weights = 2.0
    net.run(5)
    q.weights = np.array([5.0])
    net.run(2)
    assert e[q.variable] == pytest.approx([7.0], rel=1e-6)


def test_sparse_and_dense_arrays_in_and_out():
    net = connected(RULES["Bernoulli"], 12.0)
    q, random = last(net), np.random.default_rng(6)
    W = q.weights
    assert W.shape == (N, N) and W.nnz == len(q)
    q.weights = 0.5 * W
    assert (q["weight"] == 6).all()
    mask = random.random((N, N)) < 0.5
    dense = q.weights.toarray() * mask  # a lesion: zeros where connections were
    q.weights = dense
    assert np.array_equal(q.weights.toarray(), dense) and len(q) == W.nnz
    drawn = scipy.sparse.coo_array(W)
    drawn.data = random.normal(size=W.nnz)
    order = random.permutation(W.nnz)
    shuffled = scipy.sparse.coo_array((drawn.data[order], (drawn.row[order], drawn.col[order])), shape=(N, N))
    for form in ("csr", "csc", "coo"):
        q.weights = 0.0
        q.weights = shuffled.asformat(form)
        assert np.allclose(q.weights.toarray(), shuffled.toarray(), rtol=1e-6)
    w = q["weight"]
    w[q["pre"] < 10] = 0  # some of them
    q["weight"] = w
    assert not q.weights.toarray()[:, :10].any() and np.array_equal(q["weight"], w)


BAD_WEIGHTS = {
    "too few": (lambda q: np.ones(3), "weights must be a number or have shape"),
    "not finite": (lambda q: np.nan, "weight must be finite"),
    "a text": (lambda q: "strong", "weight must be a number"),
    "shape": (lambda q: np.ones((3, 3)), r"weights must have shape \(post, pre\)"),
    "more entries": (lambda q: np.ones((N, N)), "an entry for each of the .* connections and no other"),
    "fewer entries": (lambda q: scipy.sparse.csr_array((N, N)), "an entry for each of the .* connections and no other"),
    "too large": (lambda q: 1e300, "weight must be"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_refused_weights_leave_no_trace(case):
    net = connected(RULES["Bernoulli"], 12.0)
    net.run(5)
    clean, before, (value, message) = deepcopy(net), net.circuit, BAD_WEIGHTS[case]
    with pytest.raises((TypeError, ValueError), match=message):
        last(net).weights = value(last(net))
    assert net.circuit == before
    assert_same(outcome(net), outcome(clean))


def test_what_a_connection_is_cannot_change():
    q = last(connected(RULES["Bernoulli"], 12.0, delay=0.5))
    with pytest.raises(ValueError, match="delay must not be set: spikes are under way"):
        q["delay"] = 2.0
    with pytest.raises(ValueError, match="pre must not be set: a projection keeps its connections"):
        q["pre"] = 2
    with pytest.raises(ValueError, match="must be one of 'pre', 'post', 'weight', 'delay', got 'weigh'; did you mean"):
        q["weigh"] = 2
    assert (q["delay"] == 0.5).all()


# ---- plasticity ----------------------------------------------------------------------------------------------------

TEXT = rb.plasticity(
    "Text",
    "dx/dt = -x/tau",
    on_pre="x += 1",
    on_post="w = clip(w + A*x, 0, w_max)",
    parameters={"tau": 20.0, "A": 0.01, "w_max": 20.0},
)


def learning(rule):
    net = rb.Network(seed=3, threads=1)
    x, e = net.add(rb.Poisson(40), N, name="x"), cells(net)
    net.connect(x, e, rb.Bernoulli(0.5), weight=8.0, synapse=SYNAPSE, plasticity=rule)
    return net


PLASTICITIES = {
    "pair": (rb.PairSTDP(w_max=20), {"A_plus": 0.9, "tau_plus": 8.0}),
    "triplet": (rb.TripletSTDP(w_max=20), {"A2_plus": 0.9}),
    "text": (TEXT(), {"A": 0.5, "tau": 10.0}),
}


@pytest.mark.parametrize("kind", PLASTICITIES)
def test_parameters_of_plasticity(kind):
    rule, values = PLASTICITIES[kind]
    new = rule
    for name, value in values.items():
        new = new.replaced(name, value)
    changed, built, same = learning(rule), learning(new), learning(rule)
    for name, value in values.items():
        changed.projections[0][name] = value
        assert changed.projections[0][name] == value
    assert changed.circuit == built.circuit and changed.projections[0].plasticity == new
    found = outcome(changed, after=[0])
    assert_same(found, outcome(built, after=[0]))
    assert not np.array_equal(found[-1], outcome(same, after=[0])[-1])
    untouched = deepcopy(same)
    for name in values:  # to the values that they have: weights and traces go on
        same.projections[0][name] = rule.parameters[name]
    assert_same(outcome(same, after=[0]), outcome(untouched, after=[0]))
    for name, value in values.items():
        same.projections[0][name] = value
    again = deepcopy(same)
    assert_same(outcome(again, after=[0]), outcome(same, after=[0]))


def test_bounds_of_weights_must_hold_those_that_there_are():
    net = learning(rb.PairSTDP(w_max=20))
    q, before = net.projections[0], net.circuit
    with pytest.raises(ValueError, match=r"weights must lie in \[w_min, w_max\] = \[0, 5\]"):
        q["w_max"] = 5.0
    with pytest.raises(ValueError, match="w_min must be < w_max"):
        q["w_min"] = 30.0
    assert net.circuit == before
    q["w_max"] = 30.0
    assert q.plasticity.bounds == (0, 30)


# ---- what all changes have in common -------------------------------------------------------------------------------

REFUSED = [
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", -1.0), "rate must be >= 0"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", EACH[:5]), "rate must have shape"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", "fast"), "rate must be a number"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("V", 1), "must be one of 'rate', got 'V'"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", rb.Samples(np.ones((3, 2)), every=1)), "values must have"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", -1.0), "rate must be >= 0"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", 1e9), "rate . sources must bring at most 500"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", EACH[:5]), "one value for each of the 40 neurons"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("sources", 1e9), "rate . sources must bring at most 500"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("weight", np.nan), "weight must be finite"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("weigh", 1), "did you mean 'weight'"),
    (driven, rb.Steps([0], [[1.0] * N]), lambda net: net.drives[0].__setitem__("rate", rb.Steps([0.01], [1])), "times"),
    (injected, CURRENTS["white"], lambda net: setattr(net.stimuli[0], "current", 5.0), "current must be a Pulse"),
    (
        injected,
        CURRENTS["white"],
        lambda net: setattr(net.stimuli[0], "current", rb.WhiteNoise(1, EACH[:5])),
        "sigma must have one value for all",
    ),
    (
        injected,
        CURRENTS["coloured"],
        lambda net: setattr(net.stimuli[0], "current", rb.Light(rb.Pulse(0, 5, 0.1))),
        "current must be no light, as it was",
    ),
    (learning, rb.PairSTDP(w_max=20), lambda net: net.projections[0].__setitem__("A_plus", "x"), "A_plus must be"),
    (learning, rb.PairSTDP(w_max=20), lambda net: net.projections[0].__setitem__("tau_plus", -1), "tau_plus must be"),
]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_refused_changes_leave_no_trace(case):
    make, given, change, message = REFUSED[case]
    net = make(given)
    net.run(5)
    clean, before = deepcopy(net), net.circuit
    with pytest.raises((TypeError, ValueError), match=message):
        change(net)
    assert net.circuit == before
    assert_same(outcome(net), outcome(clean))


def test_the_theory_reads_drives_and_noise_of_each_neuron():
    each, one = driven(EACH), driven(float(EACH.mean()))
    assert each.mean_field("self-consistent").X == pytest.approx(one.mean_field("self-consistent").X)
    with pytest.raises(ValueError, match="rate must be steady for a mean rate"):
        driven(rb.Steps([0], [5.0])).mean_field("self-consistent")
    assert "&lt;40 values&gt;" in each._repr_html_() and "drive of 'e'" in repr(each.drives[0])


def test_inputs_and_weights_of_chosen_neurons_change_alike():
    def network(rate, current, weight, rule=None):
        net = rb.Network(seed=3, threads=1)
        e = cells(net)
        part = e[[7, 3, 20, 12]]
        net.drive(part, rate, sources=20, weight=30, synapse=SYNAPSE)
        net.inject(part, current)
        net.connect(e[::2], e[[9, 1, 5]], rule or rb.AllToAll(), weight=weight, synapse=SYNAPSE)
        return net

    rates, noise = EACH[:4], rb.OrnsteinUhlenbeck(mean=EACH[:4], std=EACH[4:8], tau=5)
    changed, built = network(5.0, rb.OrnsteinUhlenbeck(1, 1, 5), 30.0), network(rates, noise, 70.0)
    changed.drives[0]["rate"] = rates
    assert np.array_equal(changed.drives[0]["rate"], rates)
    changed.stimuli[0].current = noise
    changed.projections[0].weights = 70.0
    assert changed.circuit == built.circuit
    assert_same(outcome(changed), outcome(built))
    q = changed.projections[0]
    q["weight"] = each = np.arange(60.0)
    assert np.array_equal(q["weight"], each) and q["post"].tolist() == [0, 1, 2] * 20
    assert np.array_equal(q.weights.toarray(), each.reshape(20, 3).T)
    fresh, listed = network(rates, noise, 70.0), network(rates, noise, each, rb.Pairs(q["pre"], q["post"]))
    fresh.projections[0].weights = each.reshape(20, 3).T
    assert_same(outcome(fresh), outcome(listed))
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))


def test_handles_are_those_of_the_moment_that_is_restored():
    net = injected(CURRENTS["pulse"], CURRENTS["white"])
    drive = net.drive(net["e"], 50.0, sources=20, weight=30, synapse=SYNAPSE)
    first, second = net.stimuli
    before = net.store()
    wanted = outcome(deepcopy(net))
    first.remove()
    drive["rate"] = 5.0
    net.drive(net["e"], 9.0, weight=3, synapse=SYNAPSE)
    outcome(net)
    net.restore(before)
    assert net.stimuli == (first, second) and net.drives == (drive,) and (drive["rate"] == 50).all()
    assert_same(outcome(net), wanted)
    first.current = CURRENTS["steps"]
    net.reset()
    assert net.stimuli[0].current == CURRENTS["steps"] and drive["weight"] == 30
    assert_same(outcome(net), outcome(rb.Network.of(net.circuit, threads=1)))
