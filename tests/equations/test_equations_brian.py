"""Models in Brian's grammar, among them those of its examples, do what their numbers say."""

import numpy as np
import pytest

import rheobase as rb

CUBA = {
    "model": """
        dv/dt = (ge+gi-(v-El))/taum : volt (unless refractory)
        dge/dt = -ge/taue : volt
        dgi/dt = -gi/taui : volt
        """,
    "threshold": "v>Vt",
    "reset": "v = Vr",
    "refractory": "5*ms",
    "namespace": {
        "taum": "20*ms",
        "taue": "5*ms",
        "taui": "10*ms",
        "Vt": "-50*mV",
        "Vr": "-60*mV",
        "El": "-49*mV",
    },
    "initial": {"v": "Vr"},
}
HODGKIN_HUXLEY = {
    "model": """
        # the membrane equation
        dv/dt = (gl*(El-v) - g_na*(m*m*m)*h*(v-ENa) -
                 g_kd*(n*n*n*n)*(v-EK) + Iapp)/Cm : volt
        dm/dt = alpha_m*(1-m)-beta_m*m : 1
        dn/dt = alpha_n*(1-n)-beta_n*n : 1
        dh/dt = alpha_h*(1-h)-beta_h*h : 1
        alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
        beta_m = 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
        beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
        alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
        beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
        Iapp : amp (constant)
        """,
    "threshold": "v > -20*mV",
    "refractory": "v > -20*mV",
    "namespace": {
        "area": "20000*umetre**2",
        "Cm": "1*ufarad*cm**-2*20000*um**2",
        "gl": "5e-5*siemens*cm**-2*20000*um**2",
        "El": "-60*mV",
        "EK": "-90*mV",
        "ENa": "50*mV",
        "g_na": "100*msiemens*cm**-2*20000*um**2",
        "g_kd": "30*msiemens*cm**-2*20000*um**2",
        "VT": "-63*mV",
    },
    "initial": {"v": "-60*mV"},
    "method": "exponential_euler",
}


def test_cuba_is_solved_exactly():
    Model = rb.from_brian(**CUBA)
    assert Model().taum == 20
    assert Model.model.methods[0] == "exact"
    net = rb.Network(dt=0.1)
    e = net.add(Model(), 1, name="e")
    e["ge"] = 3.0
    net.run(10)
    a, b = 1 / 20, 1 / 5
    driven = 3 * a / (b - a) * (np.exp(-10 * a) - np.exp(-10 * b))
    assert e["v"][0] == pytest.approx(-49 - 11 * np.exp(-0.5) + driven, rel=1e-12)


def test_cuba_spikes_and_rests():
    net = rb.Network(dt=0.1)
    e = net.add(rb.from_brian(**CUBA)(), 1, name="e")
    net.record(e, "v")
    result = net.run(120)
    times = result.spikes("e").times
    # from the reset to the threshold: 20 log(11 / 1) ms, then 5 ms of rest
    assert np.diff(times)[0] == pytest.approx(20 * np.log(11) + 5, abs=0.1)
    v = result.states("e", "v").values[:, 0]
    first = round(times[0] / 0.1)
    assert np.all(v[first : first + 50] == -60)


def test_units_become_numbers():
    Model = rb.from_brian(**HODGKIN_HUXLEY)
    neuron = Model(Iapp=70.0)
    assert "area" not in neuron.parameters
    assert neuron.Cm == pytest.approx(200)
    assert neuron.gl == pytest.approx(10)
    assert neuron.g_na == pytest.approx(20000)
    assert neuron.g_kd == pytest.approx(6000)


def test_hodgkin_huxley_is_the_one_of_the_library():
    from built_in_texts import written

    brian, own = rb.from_brian(**HODGKIN_HUXLEY)(Iapp=500.0), written("TraubMiles")(t_ref=0.0, I_x=500.0)
    u = np.array([-55.0, 0.1, 0.3, 0.8])
    v, m, n, h = u
    expected = own.field(np.array([{"V": v, "m": m, "n": n, "h": h}[x] for x in own.variables]))
    order = [own.variables.index(x) for x in ("V", "m", "n", "h")]
    np.testing.assert_allclose(brian.field(u), expected[order], rtol=1e-11)
    net = rb.Network(dt=0.05)
    net.add(brian, 1, name="e")
    times = net.run(200).spikes("e").times
    assert len(times) > 5
    assert np.all(np.diff(times) > 1)  # a spike each, however long v stays above


def test_a_parameter_that_the_reset_changes_is_a_variable():
    Model = rb.from_brian(
        """
        dv/dt = -v/(10*ms) : volt
        dvt/dt = (10*mV-vt)/(15*ms) : volt
        count : 1
        """,
        threshold="v>vt",
        reset="v = 0*mV; vt += 3*mV; count += 1",
        initial={"vt": "10*mV"},
    )
    assert Model().variables == ("v", "vt", "count")
    net = rb.Network(dt=0.1)
    e = net.add(Model(), 1, name="e", v=20.0)
    net.run(1)
    assert e["count"][0] == 1


def test_noise_and_last_spikes():
    Model = rb.from_brian(
        """
        dv/dt = (mu - v)/tau + sigma*sqrt(2/tau)*xi : volt
        ready = int(timestep(t - lastspike, dt) > timestep(5*ms, dt)) : 1
        """,
        threshold="v > 1*mV and ready > 0",
        reset="v = 0*mV",
        namespace={"tau": "10*ms", "sigma": "1*mV", "mu": "0.5*mV"},
    )
    net = rb.Network(dt=0.1, seed=1)
    net.add(Model(), 200, name="e")
    spikes = net.run(300).spikes("e")
    intervals = np.concatenate([np.diff(spikes.times[spikes.indices == k]) for k in range(200)])
    assert len(intervals) > 100
    assert intervals.min() > 5


def test_quantities_are_taken():
    class Dimensions:
        def get_dimension(self, d):
            return {"kg": 1, "m": 2, "s": -3, "A": -1}[d]

    class Volt(float):
        dim = Dimensions()

    Model = rb.from_brian("dv/dt = (El - v)/(10*ms) : volt", namespace={"El": Volt(-0.07)})
    assert Model().El == pytest.approx(-70)


def test_names_may_stand_for_expressions_of_numbers():
    model = "dv/dt = (El + clip(v, 0*mV, inf*mV) - v)/tau + sigma*xi : volt"
    names = {"El": "-7e-2*volt", "tau": "20*ms/2", "sigma": "sqrt(0.4)*mV*second**-0.5"}
    Model = rb.from_brian(model, namespace=names)
    found = Model()
    assert (found.El, found.tau) == (pytest.approx(-70), 10)
    assert found.sigma == pytest.approx(0.02)
    with pytest.raises(rb.EquationError, match=r"namespace\['tau'\].*finite"):
        rb.from_brian(model, namespace=names | {"tau": "1*ms/0"})


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"model": "dv/dt = -v/taum : volt\nIs : amp (summed)"}, "line 2, .*'summed' has no counterpart"),
        ({"model": "dv/dt = (El - v)/taum/N : volt"}, "line 1, column 23: N has no counterpart"),
        ({"model": "dv/dt = (El - v)/tauu : volt"}, "line 1, column 18: name must be one of .*got 'tauu'"),
        ({"model": "dv/dt = (El - v)/taum : volt (unless refactory)"}, "did you mean 'unless refractory'"),
        ({"namespace": {"taum": "20*mss"}}, r"namespace\['taum'\].*did you mean 'ms'"),
        ({"namespace": {"taum": [20]}}, r"namespace\['taum'\] must be a number"),
        ({"method": "gsl"}, "method must be one of"),
    ],
)
def test_what_has_no_counterpart_is_named(changes, match):
    with pytest.raises((ValueError, TypeError), match=match):
        rb.from_brian(**{**CUBA, **changes})
