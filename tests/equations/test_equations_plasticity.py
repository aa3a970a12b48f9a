"""Plasticity rules of equations: they agree with the library's, and take part in all that those do."""

import pickle

import numpy as np
import pytest

import rheobase as rb

#: The library's rules written once as text.
TEXTS = {
    "PairSTDP": dict(
        equations="dx/dt = -x/tau_plus : 1\ndy/dt = -y/tau_minus : 1",
        on_pre="w = clip(w - A_minus*y, w_min, w_max); x += 1",
        on_post="w = clip(w + A_plus*x, w_min, w_max); y += 1",
        without=("mu",),
    ),
    "TripletSTDP": dict(
        equations="""
        dr1/dt = -r1/tau_plus : 1
        dr2/dt = -r2/tau_x : 1
        do1/dt = -o1/tau_minus : 1
        do2/dt = -o2/tau_y : 1
        """,
        on_pre="w = clip(w - o1*(A2_minus + A3_minus*r2), w_min, w_max); r1 += 1; r2 += 1",
        on_post="w = clip(w + r1*(A2_plus + A3_plus*o2), w_min, w_max); o1 += 1; o2 += 1",
    ),
    "VogelsSTDP": dict(
        equations="dx/dt = -x/tau : 1 (pre)\ndy/dt = -y/tau : 1 (post)",
        on_pre="w = clip(w + eta*(y - 2e-3*rho_0*tau), w_min, w_max); x += 1",
        on_post="w = clip(w + eta*x, w_min, w_max); y += 1",
    ),
    "InhibitorySTDP": dict(
        equations="dx/dt = -x/tau_y : 1/ms\ndy/dt = -y/tau_y : 1/ms",
        on_pre="w = clip(w - epsilon*(y - 2e-3*r_0), w_min, w_max); x += 1/tau_y",
        on_post="w = clip(w - epsilon*x, w_min, w_max); y += 1/tau_y",
    ),
    "TsodyksMarkram": dict(
        equations="du/dt = -u/tau_facil : 1\ndx/dt = (1 - x)/tau_rec : 1",
        on_pre="u += U*(1 - u); arrival = w*u*x; x -= u*x",
        initial=dict(x=1),
        without=("w_min", "w_max"),
        values=dict(tau_facil=300.0),
    ),
}


def written(name):
    """Return the text of a rule as a class, and the values that both take."""
    given = dict(TEXTS[name])
    without, values = given.pop("without", ()), given.pop("values", {})
    parameters = {p.name: p.standard for p in getattr(rb, name).rule.parameters if p.name not in without}
    return rb.plasticity(f"{name}Text", parameters=parameters, **given), values


def network(plasticity, threads=1, weight=0.5, seed=4, n=200, delay=1.5, **options):
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    e = net.add(rb.LIF(), n, name="e", V=rb.Uniform(-72, -56))
    x = net.add(rb.Poisson(rate=30), 100, name="x")
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    synapse = options.pop("synapse", rb.Exponential(tau=5))
    net.connect(x, e, rb.Bernoulli(0.2), weight=weight, synapse=synapse, delay=delay, plasticity=plasticity)
    net.connect(e, e, rb.Bernoulli(0.1), weight=weight, synapse=synapse, delay=0.5, plasticity=plasticity)
    return net


def outcome(net):
    return np.concatenate([net["e"]["V"], *(q.connections()["weight"] for q in net.projections)])


@pytest.mark.parametrize("name", TEXTS)
def test_text_agrees_with_the_rule_of_the_library(name):
    cls, values = written(name)
    weight = -0.5 if name == "InhibitorySTDP" else 0.5
    theirs, mine = network(getattr(rb, name)(**values), weight=weight), network(cls(**values), weight=weight)
    a, b = theirs.run(100), mine.run(100)
    assert len(a.spikes("e").times) > 100
    np.testing.assert_array_equal(a.spikes("e").times, b.spikes("e").times)
    np.testing.assert_allclose(outcome(mine), outcome(theirs), rtol=1e-11, atol=1e-12)
    if name != "TsodyksMarkram":
        assert np.ptp(outcome(mine)[200:]) > 1e-4


#: Everything at once: an eligibility trace of each synapse, a parameter of each, a third factor, a clock.
REWARDED = rb.plasticity(
    "Rewarded",
    """
    tau_c : ms  # of eligibility
    dx/dt = -x/tau : 1
    dy/dt = -y/tau : 1
    dc/dt = -c/tau_c : 1
    gain : 1 (state)
    """,
    on_pre="c -= A*y; x += 1; arrival = gain*w",
    on_post="c += A*x*(1 + 0.01*(V_post + 70)); y += 1",
    on_clock="w = clip(w + eta*c*s_da_post, 0, w_max)",
    every=5.0,
    parameters=dict(tau=20.0, tau_c=200.0, A=0.1, eta=0.5, w_max=2.0),
    initial=dict(gain=1),
)
DOPAMINE = rb.synapse("Dopamine", "ds/dt = -s/tau\nI = 0*s", on_pre="s += w", parameters=dict(tau=150.0))


def rewarded(threads=1):
    net = rb.Network(dt=0.1, seed=6, threads=threads)
    e = net.add(rb.LIF(), 300, name="e", V=rb.Uniform(-72, -56))
    d = net.add(rb.Poisson(rate=20), 5, name="d")
    net.connect(d, e, rb.AllToAll(), weight=0.3, synapse=DOPAMINE(label="da"))
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    q = net.connect(e, e, rb.Bernoulli(0.1), weight=1.0, synapse=rb.Exponential(tau=5), plasticity=REWARDED())
    q["gain"] = np.linspace(0.5, 1.5, len(q))
    return net


def everything(net):
    q = net.projections[-1]
    return np.concatenate([outcome(net), q["c"], q["gain"]])


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads):
    one, more = rewarded(), rewarded(threads)
    one.run(60), more.run(60)
    assert np.ptp(one.projections[-1].connections()["weight"]) > 1e-3
    np.testing.assert_array_equal(everything(one), everything(more))


def test_split_runs_saving_and_pickling_change_nothing(tmp_path):
    one, saved = rewarded(), rewarded()
    one.run(60)
    for t in (0.1, 4.9, 17.3):
        saved.run(t)
    saved.save(tmp_path / "net")
    for net in (saved, rb.load(tmp_path / "net", threads=2), pickle.loads(pickle.dumps(saved))):
        net.run(37.7)
        np.testing.assert_array_equal(everything(net), everything(one))


def pair(rule, pre, post, weight=1.0, duration=100.0, **options):
    """Return a network of one synapse whose ends spike when they are told."""
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.LIF(), 1, name="e")
    x, y = net.add(rb.Trains([pre]), 1, name="x"), net.add(rb.Trains([post]), 1, name="y")
    net.connect(y, e, rb.AllToAll(), weight=100.0, synapse=rb.Delta(), delay=0.1)
    q = net.connect(x, e, rb.AllToAll(), weight=weight, synapse=rb.Exponential(tau=5), plasticity=rule, delay=0.1)
    net.run(duration)
    return q


def test_eligibility_waits_for_reward():
    """A pair leaves a trace that decays exactly, whenever its synapse is looked at."""
    rule = rb.plasticity(
        "Trace",
        "dx/dt = -x/tau\ndc/dt = -c/tau_c",
        on_pre="x += 1; c = c",
        on_post="c += x",
        parameters=dict(tau=20.0, tau_c=50.0),
    )
    q = pair(rule(), pre=[10.0, 80.0], post=[15.0])
    assert q["c"][0] == pytest.approx(np.exp(-5 / 20) * np.exp(-(100 - 15.1) / 50), rel=1e-12)


def test_synapses_differ_in_their_parameters():
    """Short-term depression with a U of each synapse: the n-th amplitude is U (1 - U)^n without recovery."""
    rule = rb.plasticity(
        "Depression",
        "U : 1 (state)\ndx/dt = (1 - x)/tau : 1",
        on_pre="arrival = w*U*x; x -= U*x",
        parameters=dict(tau=1e9),
        initial=dict(x=1, U=0.5),
    )
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.LIF(V_th=1e6), 3, name="e")
    x = net.add(rb.Trains([[1.0, 2.0, 3.0]]), 1, name="x")
    q = net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=1e9, norm="peak"), plasticity=rule())
    q["U"] = [0.1, 0.5, 0.9]
    net.run(10)
    U = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(q["x"], (1 - U) ** 3, atol=1e-8)  # with what recovers in 9 ms of 1e9
    np.testing.assert_allclose(e["I_x_syn"], 1 - (1 - U) ** 3, rtol=1e-6)
    assert rule().variables == ("U", "x")


def test_variables_in_which_synapses_agree_are_kept_once():
    rule, _ = written("PairSTDP")
    assert rule().variables == ()
    assert {v.name: v.place for v in rule.rule.placed.variables} == {"x": "pre", "y": "post"}


def test_weights_that_do_not_learn_stay():
    rule, _ = written("PairSTDP")
    net = network(rule())
    for q in net.projections:
        q.learning = False
    net.run(30)
    assert all(set(q.connections()["weight"]) == {0.5} for q in net.projections)


def test_models_compare_by_their_text():
    assert rb.plasticity(**REWARDED.arguments()) is REWARDED
    assert pickle.loads(pickle.dumps(REWARDED(A=2))) == REWARDED(A=2) != REWARDED()
    assert "tau_c=200" in repr(REWARDED())


#: Units throughout, and what makes them not fit.
UNITS = dict(
    equations="A : mV\ntau : ms\ndx/dt = -x/tau : 1\ndy/dt = -y/tau : mV\nc : mV (state)\nd = 2*A : mV",
    on_pre="x += 1; c = d + A*x; w += c/A + y/A",
    parameters=dict(A=1.0, tau=20.0),
)


def test_units_that_fit_are_read_again():
    rule = rb.plasticity("WithUnits", **UNITS)
    assert rb.plasticity(**rule.arguments()) is rule
    free = rb.plasticity("NoUnits", "x : (state)\nc : mV (state)", on_pre="c += x; arrival = w")
    assert rb.plasticity(**free.arguments()) is free  # what has no unit does not become a number


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("equations", "-y/tau", "-y", "line 4, column 9: dy/dt must be in units of mV"),
        ("equations", "d = 2*A", "d = A*A", r"d must be in units of mV, the expression is in mV\*\*2"),
        ("equations", "d = 2*A", "d = A + tau", "tau is in units of ms, what it is put together with in mV"),
        ("on_pre", "c = d + A*x", "c = tau", "on_pre, line 1.*c is in units of mV, what it is given in ms"),
        ("on_pre", "c = d + A*x", "c = d + tau", "tau is in units of ms"),
    ],
)
def test_units_that_are_given_fit(part, old, new, message):
    with pytest.raises(ValueError, match=message):
        rb.plasticity("WrongUnits", **{**UNITS, part: UNITS[part].replace(old, new)})


def test_bounds_are_those_of_the_parameters():
    rule, _ = written("PairSTDP")
    with pytest.raises(ValueError, match=r"weight must lie in \[w_min, w_max\]"):
        network(rule(), weight=3.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(on_pre="w += z"), "name must be one of"),
        (dict(on_pre="z += 1"), "state variable must be one of"),
        (dict(on_pre="A += 1"), "A must not be assigned to"),
        (dict(equations="dx/dt = -A*x*rand()"), "must not be random in plasticity"),
        (dict(equations="dx/dt = -A*x : 1 (pre)", on_pre="x += V_pre"), "must not depend on V_pre"),
        (dict(on_pre="w += i"), "must not read i"),
        (dict(on_pre="w = arrival; arrival = w"), "arrival must be assigned to"),
        (dict(equations="dx/dt = -A*x : mV", on_pre="x += A", on_post="x += y"), "name must be one of"),
        (dict(on_pre="w += arrival"), "arrival must be assigned to"),
        (dict(on_post="arrival = w"), "arrival must not be assigned to|state variable must be one of"),
        (dict(equations="dx/dt = -A*x*x"), "linear equations with constant coefficients"),
        (dict(equations="dx/dt = -A*x + V_post"), "V_post must not stand"),
        (dict(equations="dx/dt = -A*x : 1 (pre)", on_pre="x += w"), "must not depend on w"),
        (dict(equations="dx/dt = -A*x : 1 (post)", on_pre="x += 1"), "on_pre must not change x"),
        (dict(equations="dx/dt = -A*x + xi"), "noise must not enter"),
        (dict(equations="x = y\ny = x"), "must not depend on itself"),
        (dict(on_pre="w = 0", every=1), "every must be given with on_clock alone"),
        (dict(on_pre=None), "must say what changes"),
    ],
)
def test_errors(changes, message):
    given = dict(equations="dx/dt = -A*x", on_pre="w += A*x; x += w", parameters=dict(A=1.0))
    with pytest.raises(ValueError, match=message):
        rb.plasticity("Wrong", **{**given, **changes})


def test_what_the_neurons_lack_is_refused():
    rule = rb.plasticity("Reads", on_pre="w += u_post")
    net = rb.Network()
    e = net.add(rb.LIF(), 3, name="e")
    with pytest.raises(ValueError, match="plasticity Reads reads u_post: variable of LIF must be one of 'V'"):
        net.connect(e, e, rb.AllToAll(), weight=1, synapse=rb.Delta(), plasticity=rule())
    assert not net.projections
    assert e.variables == ["V"]


@pytest.mark.parametrize("recorded", [False, True])
def test_a_summed_current_is_read_as_it_is_in_each_step(recorded):
    """A clock integrates what a decaying cell sends; nobody needs to record it."""
    cell = rb.neuron("Decaying", "dx/dt = -x/50", initial=dict(x=1))
    sent = rb.synapse("Sent", "I = w*x_pre : mV (summed)")
    rule = rb.plasticity("Integral", "c : 1 (state)", on_pre="arrival = w", on_clock="c += I_sent_post", every=1.0)
    net = rb.Network(dt=1.0, threads=1)
    a, e = net.add(cell(), 1, name="a"), net.add(rb.LIF(), 1, name="e")
    net.connect(a, e, rb.OneToOne(), weight=1.0, synapse=sent(label="sent"))
    q = net.connect(e, e, rb.AllToAll(), weight=0.0, synapse=rb.Exponential(tau=5), plasticity=rule())
    if recorded:
        net.record(e, "I_sent", every=1.0)
    net.run(100)
    # The integral of exp(-t/50) over 100 ms, summed in steps: off by at most one step at either end.
    assert q["c"][0] == pytest.approx(50 * (1 - np.exp(-2)), abs=2)
