"""A neuron with light-gated channels (appendix B.1)."""

import numpy as np
import pytest
from scipy.optimize import brentq

import rheobase as rb


def lit(simulate, g, duration, dt, **parameters):
    """Steady light on channels that are open from the start."""
    g = np.atleast_1d(np.asarray(g, dtype=float))
    model = rb.EIFChR(g_ChR=g, **parameters)
    return simulate(model, duration, dt, n=len(g), V=-75.0, gates={"L": 1.0, "p": 1.0})


def test_threshold_conductance(simulate):
    def drift(g):
        V = -55 + 2 * np.log(1 + g)
        return -(V + 72) + 2 * (1 + g) - g * (V - 50)

    threshold = brentq(drift, 0.05, 0.3)
    assert threshold == pytest.approx(0.143043, abs=5e-7)
    assert -55 + 2 * np.log(1 + threshold) == pytest.approx(-54.7326, abs=5e-5)
    traces = lit(simulate, threshold + np.array([-1e-4, 1e-4]), 2000.0, 0.1)
    assert [len(s) > 0 for s in traces.spikes] == [False, True]


@pytest.mark.parametrize("method", ["etd2", "euler", "rk4"])
def test_rates(method, simulate):
    expected = {0.16: 15.07, 0.18: 23.33, 0.20: 30.31, 0.25: 45.84, 0.17135: 20.0}
    traces = lit(simulate, list(expected), 300.0, 0.005, method=method)
    found = [1000.0 / np.diff(s)[-1] for s in traces.spikes]
    late = 1.5 if method != "euler" else 8.0  # steps by which a spike may be seen late
    for rate, true in zip(found, expected.values(), strict=True):
        assert rate == pytest.approx(true, abs=late * 0.005 * 1e-3 * true**2 + 0.006)
    faster = lit(simulate, 0.15652, 300.0, 0.005, tau_m=10.0)
    assert 1000.0 / np.diff(faster.spikes[0])[-1] == pytest.approx(20.0, abs=0.01)


def test_channels_open_and_close_with_their_time_constant():
    net = rb.Network(dt=0.1, threads=1)
    p = net.add(rb.EIFChR(), 2, name="p")
    net.record(p, "p")
    net.run(10.0)
    p["L"] = [1.0, 0.5]
    net.run(2.0)
    assert p["p"] == pytest.approx(np.array([1.0, 0.5]) * (1 - np.exp(-1.0)), abs=1e-12)
    p["L"] = 0.0
    net.run(2.0)
    assert p["p"] == pytest.approx(np.array([1.0, 0.5]) * (1 - np.exp(-1.0)) * np.exp(-1.0), abs=1e-12)


def test_dark_neuron_is_an_eif(simulate):
    parameters = {"I_x": [5.0, 18.0, 25.0], "t_ref": 1.0}
    dark = simulate(rb.EIFChR(**parameters), 200.0, 0.1, n=3, record=["V"])
    plain = simulate(rb.EIF(**parameters), 200.0, 0.1, n=3, record=["V"])
    assert [list(s) for s in dark.spikes] == [list(s) for s in plain.spikes]
    assert dark.values["V"] == pytest.approx(plain.values["V"], abs=1e-9)


def test_input_current_counts_once(simulate):
    """E53: the printed equation holds I_x twice; with 5 mV a dark neuron rests at -66.995, not at -61.94 mV."""
    rest = simulate(rb.EIFChR(I_x=5.0), 300.0, 0.1).end["V"][0]
    assert rest == pytest.approx(-66.995030, abs=1e-6)
    assert abs(rest - -61.937694) > 5.0


def test_light_shunts(simulate):
    """Below threshold light moves V to (E_L + g E) / (1 + g) with the time constant tau_m / (1 + g), upstroke aside."""
    passive = {"V_T": 40.0, "V_th": 60.0, "D": 0.1}
    traces = simulate(
        rb.EIFChR(g_ChR=0.5, E_ChR=-60.0, **passive), 100.0, 0.1, record=["V"], V=-72.0, gates={"L": 1.0, "p": 1.0}
    )
    V_inf, tau = (-72.0 - 0.5 * 60.0) / 1.5, 15.0 / 1.5
    assert traces.values["V"][:, 0] == pytest.approx(V_inf + (-72.0 - V_inf) * np.exp(-traces.t / tau), abs=1e-9)
