"""Synaptic kernels of equations: they agree with the library's, and take part in all that those do."""

import pickle

import numpy as np
import pytest

import rheobase as rb

#: The library's kernels written once as text: (text, weight 1 as area, weight 1 as peak).
CURRENTS = {
    "Exponential": rb.synapse("ExponentialText", "dI/dt = -I/tau : mV", on_pre="I += w/tau", parameters=dict(tau=5.0)),
    "Alpha": rb.synapse(
        "AlphaText",
        """
        dx/dt = -x/tau : mV
        dI/dt = (x - I)/tau : mV
        """,
        on_pre="x += w/tau",
        parameters=dict(tau=5.0),
    ),
    "DifferenceOfExponentials": rb.synapse(
        "DifferenceText",
        """
        dx/dt = -x/tau_rise : mV
        dI/dt = (x - I)/tau_decay : mV
        """,
        on_pre="x += w/tau_rise",
        parameters=dict(tau_rise=2.0, tau_decay=7.0),
    ),
}
NMDA = rb.synapse(
    "NMDA",
    """
    tau_decay : ms  # of the gate
    dx/dt = -x/tau_rise : 1
    ds/dt = alpha*x*(1 - s) - s/tau_decay : 1
    B = 1/(1 + Mg/3.57*exp(-0.062*V_post)) : 1
    g = g_max*s*B : nS
    """,
    on_pre="x += w",
    parameters=dict(tau_rise=2.0, tau_decay=100.0, alpha=0.5, Mg=1.0, g_max=0.1),
    reversal=0.0,
)
NOISY = rb.synapse(
    "Noisy",
    """
    dg/dt = -g/tau + sigma*sqrt(2/tau)*xi : nS
    """,
    on_pre="g += w*(1 + 0.1*g)",
    parameters=dict(tau=5.0, sigma=0.01),
    initial=dict(g="sigma"),
    reversal=0.0,
)


def network(synapse, model, threads=1, weight=20.0, n=300):
    net = rb.Network(dt=0.1, seed=1, threads=threads)
    e = net.add(model, n, name="e", V=rb.Uniform(-72, -58))
    x = net.add(rb.Poisson(rate=50), 100, name="x")
    net.connect(x, e, rb.FixedInDegree(20), weight=weight, synapse=synapse)
    net.drive(e, rate=100, sources=5, weight=weight / 10, synapse=synapse)
    return net


def trace(net, variable, steps):
    net.record("e", "V")
    net.record("e", variable)
    result = net.run(steps * net.dt)
    return result.states("e", "V").values, result.states("e", variable).values, net["e"][variable]


@pytest.mark.parametrize(
    "model", [rb.LIF(I_x=5), rb.LIF(I_x=5, method="euler"), rb.EIF(), rb.AdEx(), rb.HodgkinHuxley()]
)
@pytest.mark.parametrize("kernel", CURRENTS)
def test_text_agrees_with_the_kernel_of_the_library(kernel, model):
    values = dict(tau_rise=2.0, tau_decay=7.0) if kernel == "DifferenceOfExponentials" else dict(tau=5.0)
    theirs = trace(network(getattr(rb, kernel)(**values, label="s"), model), "I_s", 20)
    mine = trace(network(CURRENTS[kernel](label="s"), model), "I_s", 20)
    for a, b in zip(theirs, mine, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-12 * np.abs(a).max())


@pytest.mark.parametrize("model", [rb.LIF(tau_m=rb.Uniform(5, 20)), rb.EIF(method="euler"), rb.AdEx()])
def test_conductances_agree_with_the_library(model):
    text = rb.synapse("Opening", "dg/dt = -g/tau : nS", on_pre="g += w", parameters=dict(tau=5.0), reversal=0.0)
    theirs = trace(network(rb.Exponential(tau=5, reversal=0, label="s"), model, weight=0.02), "g_s", 20)
    mine = trace(network(text(label="s"), model, weight=0.02), "g_s", 20)
    for a, b in zip(theirs, mine, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-12 * np.abs(a).max())


def test_a_gate_follows_its_equation():
    """One spike into a saturating gate: the solution by quadrature of a linear equation with a known drive."""
    net = rb.Network(dt=0.01, threads=1)
    e = net.add(rb.LIF(E_L=-60.0), 1, name="e", V=-60.0)
    x = net.add(rb.Trains([[1.0]]), 1, name="x")
    gate = rb.synapse(
        "Gate",
        """
        dx/dt = -x/tau_rise
        ds/dt = alpha*x*(1 - s) - s/tau
        I = s
        """,
        on_pre="x += w",
        parameters=dict(alpha=0.5, tau=100.0, tau_rise=2.0),
        method="etd2",
    )
    net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=gate(label="g"), delay=0.01)
    net.record("e", "s_g")
    values = net.run(50).states("e", "s_g")
    t = np.linspace(0, 49, 490_001)  # since the arrival
    rate = 0.5 * np.exp(-t / 2)
    exponent = np.concatenate([[0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(t))]) + t / 100
    inner = rate * np.exp(exponent)
    s = np.exp(-exponent) * np.concatenate([[0], np.cumsum(0.5 * (inner[1:] + inner[:-1]) * np.diff(t))])
    at = values.times[:, None] if values.times.ndim > 1 else values.times
    late = at > 2
    expected = np.interp(at[late] - 1.01, t, s)
    np.testing.assert_allclose(values.values[late, 0], expected, rtol=2e-5)


def test_magnesium_blocks_at_rest():
    def peak(V):
        net = rb.Network(dt=0.1, threads=1)
        e = net.add(rb.LIF(E_L=V, V_th=100.0), 1, name="e", V=V)
        x = net.add(rb.Trains([[1.0]]), 1, name="x")
        net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=NMDA(label="n", g_max=1e-9))
        net.record("e", "g_n")
        return net.run(30).states("e", "g_n").values.max()

    block = [1 / (1 + np.exp(-0.062 * V) / 3.57) for V in (-70, 0)]
    assert peak(-70) / peak(0) == pytest.approx(block[0] / block[1], rel=1e-6)


def rich(threads=1):
    net = network(NMDA(), rb.LIF(tau_m=rb.Uniform(8, 20)), threads, weight=0.5, n=700)
    net.add(rb.AdEx(), 300, name="i")
    net.connect("e", "i", rb.FixedInDegree(10), weight=0.05, synapse=NOISY(), delay=1.0)
    net.connect("i", "e", rb.FixedInDegree(10), weight=rb.Uniform(-9, -1), synapse=CURRENTS["Alpha"](), delay=0.3)
    net.connect("x", "i", rb.FixedInDegree(10), weight=0.3, synapse=rb.Delta())
    net.drive("e", rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    return net


def outcome(net):
    e, i = net["e"], net["i"]
    return np.concatenate([*(e[v] for v in e.variables), *(i[v] for v in i.variables)])


def test_variables_have_names():
    net = rich()
    assert net["e"].variables == ["V", "g_x+drive", "x_x+drive", "s_x+drive", "I_i", "x_i"]
    assert net["i"].variables == ["V", "w", "g_e"]


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads):
    one, more = rich(), rich(threads)
    a, b = one.run(60), more.run(60)
    assert len(a.spikes("e").times) > 50
    np.testing.assert_array_equal(a.spikes("e").times, b.spikes("e").times)
    np.testing.assert_array_equal(outcome(one), outcome(more))


def test_split_runs_change_nothing():
    one, split = rich(), rich()
    one.record("i", "g_e", every=0.5)
    split.record("i", "g_e", every=0.5)
    whole = one.run(60).states("i", "g_e").values
    parts = [split.run(t).states("i", "g_e").values for t in (0.1, 20.0, 7.4, 32.5)]
    np.testing.assert_array_equal(outcome(one), outcome(split))
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_saving_and_pickling_change_nothing(tmp_path):
    one, saved = rich(), rich()
    one.run(60)
    saved.run(23.7)
    saved.save(tmp_path / "net")
    loaded, copied = rb.load(tmp_path / "net", threads=2), pickle.loads(pickle.dumps(saved))
    for net in (loaded, copied, rb.Network.of(saved.circuit)):
        assert net.circuit == saved.circuit
    for net in (saved, loaded, copied):
        net.run(36.3)
        np.testing.assert_array_equal(outcome(net), outcome(one))


def test_models_compare_by_their_text():
    again = rb.synapse(**NMDA.arguments())
    assert again is NMDA
    assert NMDA(Mg=2) == again(Mg=2) != again()
    assert pickle.loads(pickle.dumps(NMDA(Mg=2, label="n"))) == NMDA(Mg=2, label="n")
    assert repr(NMDA()) == "NMDA(tau_rise=2, tau_decay=100, alpha=0.5, Mg=1, g_max=0.1, reversal=0)"


def test_conductances_reach_text_neurons_by_name():
    cell = rb.neuron(
        "Reader",
        """
        g_n : nS (receptor)
        dV/dt = (E_L - V + g_n*(0 - V))/tau : mV
        """,
        parameters=dict(E_L=-70.0, tau=10.0),
        initial=dict(V="E_L"),
    )
    mine = network(NMDA(label="n"), cell(), weight=0.5)
    theirs = network(NMDA(label="n"), rb.LIF(E_L=-70, tau_m=10, V_th=1e3), weight=0.5)
    mine["e"]["V"] = theirs["e"]["V"]
    mine.run(3.0), theirs.run(3.0)
    np.testing.assert_allclose(mine["e"]["V"], theirs["e"]["V"], rtol=2e-4)


def test_values_are_set():
    net = network(NMDA(label="n"), rb.LIF())
    net["e"]["s_n"] = 0.3
    assert net["e"]["s_n"][0] == 0.3
    expected = 0.1 * 0.3 / (1 + np.exp(-0.062 * net["e"]["V"]) / 3.57)
    np.testing.assert_allclose(net["e"]["g_n"], expected, rtol=1e-12)
    with pytest.raises(ValueError, match="g_n must not be set: it is made of other variables"):
        net["e"]["g_n"] = 1.0


def test_a_gate_that_runs_away_is_named():
    wild = rb.synapse("Wild", "dg/dt = g*g", on_pre="g += w", reversal=0.0)
    net = network(wild(label="w"), rb.LIF(), weight=0.5)
    with pytest.raises(FloatingPointError, match=r"g_w = (inf|nan) by dg/dt = g \* g"):
        net.run(100)


DECAY = dict(equations="dg/dt = -g/tau", on_pre="g += w", parameters=dict(tau=5.0), reversal=0.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(equations="dg/dt = -g/tua"), "line 1, column 12: name must be one of .* did you mean 'tau'"),
        (dict(on_pre="g += v"), "name must be one of"),
        (dict(on_pre="h += w"), "state variable must be one of 'g'"),
        (dict(on_pre="tau += w"), "tau must not be assigned to"),
        (dict(on_pre="g = w"), "on_pre must add to g what is proportional to w"),
        (dict(on_pre="g += w*w"), "on_pre must add to g what is proportional to w"),
        (dict(on_pre="g += w; g += w*g"), "on_pre must add to g what is proportional to w"),
        (dict(equations="dg/dt = -g/tau\na = b\nb = a"), "must not depend on itself"),
        (dict(equations="dg/dt = g > tau"), "a number must stand here, got a condition"),
        (dict(equations="dg/dt = -g/tau + w"), "w must not stand here"),
        (dict(equations="dg/dt = -g/tau + V_pre"), "V_pre must not stand here"),
        (dict(equations="ds/dt = -s/tau", on_pre=None), "equations must define g, a conductance, or I"),
        (dict(equations="dg/dt = -g/tau : nS (delta)"), "flags? must"),
        (dict(equations="dI/dt = -I/tau", on_pre="I += w"), "reversal must be None"),
        (dict(initial=dict(g="rand()")), "must be made of parameters"),
        (dict(initial=dict(h=1)), "name in initial"),
        (dict(parameters=dict(tau=5.0, tua=1.0)), "parameters must be used in the model, 'tua' is not"),
        (dict(method="rk5"), "method must be one of"),
        (dict(equations="dg/dt = -g.tau"), "no part of the grammar"),
    ],
)
def test_errors(changes, message):
    with pytest.raises(ValueError, match=message):
        rb.synapse("Wrong", **{**DECAY, **changes})


def test_what_the_neurons_lack_is_refused():
    reader = rb.synapse("Reads", "dg/dt = -g/(tau + u_post)", on_pre="g += w", parameters=dict(tau=5.0), reversal=0.0)
    net = rb.Network()
    e = net.add(rb.LIF(), 3, name="e")
    with pytest.raises(ValueError, match="synapse Reads reads u_post: variable of LIF must be one of 'V'"):
        net.connect(e, e, rb.AllToAll(), weight=1, synapse=reader())
    assert not net.projections
    assert net["e"].variables == ["V"]
    with pytest.raises(ValueError, match="reversal must be None"):
        CURRENTS["Alpha"](reversal=3)
    no_default = rb.synapse("Bare", "dg/dt = -g/tau", on_pre="g += w", parameters=dict(tau=5.0))
    with pytest.raises(ValueError, match="reversal must be given"):
        no_default()
