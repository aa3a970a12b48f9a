"""Morris-Lecar and FitzHugh-Nagumo: oscillation and rest on either side of their bifurcations."""

import numpy as np
import pytest
from scipy.optimize import brentq

import rheobase as rb

SNLC = {"phi": 1 / 15, "g_Ca": 4.0, "V3": 12.0, "V4": 17.4}


def w_inf(V, V3, V4):
    return (1 + np.tanh((V - V3) / V4)) / 2


def steady_current(V, g_Ca=4.4, V3=2.0, V4=30.0, **_):
    m = (1 + np.tanh((V + 1.2) / 18)) / 2
    return 2 * (V + 60) + g_Ca * m * (V - 120) + 8 * w_inf(V, V3, V4) * (V + 84)


def near_rest(current, low, high, **parameters):
    """Return the model and where it starts: a hair beside its fixed point between low and high."""
    V = brentq(lambda V: steady_current(V, **parameters) - current, low, high)
    start = {"V": V + 0.05, "w": w_inf(V, parameters.get("V3", 2.0), parameters.get("V4", 30.0))}
    return rb.MorrisLecar(I_x=current, method="rk4", **parameters), start, V


@pytest.mark.parametrize(
    ("quiet", "restless", "where"),
    [(90.0, 97.5, (-40.0, -10.0)), (216.0, 208.0, (-5.0, 20.0))],
    ids=["93.86", "212.02"],
)
def test_morris_lecar_hopf(quiet, restless, where, simulate):
    model, start, V = near_rest(quiet, *where)
    traces = simulate(model, 4000.0, 0.2, record=["V"], **start)
    late = traces.values["V"][-5000:, 0]
    assert np.abs(late - V).max() < 0.005, "the fixed point attracts"
    model, start, V = near_rest(restless, *where)
    late = simulate(model, 4000.0, 0.2, record=["V"], **start).values["V"][-5000:, 0]
    assert np.ptp(late) > 20.0, "a limit cycle has taken over"


def test_morris_lecar_hopf_points_are_where_they_are_said_to_be():
    """Trace of the Jacobian changes sign at 93.86 and 212.02, by differences of the model's own step."""
    for current, V in ((93.86, -25.27), (212.02, 7.80)):
        assert steady_current(V) == pytest.approx(current, abs=0.05)
        assert _trace(V) == pytest.approx(0.0, abs=2e-4)


def _trace(V):
    dt, e = 2.0**-14, 2.0**-10
    net = rb.Network(dt=dt, threads=1)
    p = net.add(rb.MorrisLecar(method="euler", I_x=steady_current(V)), 4, V=V + e * np.array([1, -1, 0, 0]))
    w = p["w"] = w_inf(V, 2.0, 30.0) + e * np.array([0, 0, 1, -1])
    V0 = p["V"]
    net.run(dt)
    rates = (p["V"] - V0) / dt, (p["w"] - w) / dt
    return (rates[0][0] - rates[0][1] + rates[1][2] - rates[1][3]) / (2 * e)


def test_morris_lecar_rest(simulate):
    end = simulate(rb.MorrisLecar(), 1000.0, 0.1).end
    assert end["V"][0] == pytest.approx(-60.86, abs=0.005)
    assert end["w"][0] == pytest.approx(0.01491, abs=1e-5)


def test_morris_lecar_saddle_node_on_a_cycle(simulate):
    """Fold at 39.963: rest below it, and above it spikes as slow as one likes, at rates like its square root."""
    currents = 39.963 + np.array([-0.05, 0.05, 0.2, 0.8])
    assert simulate(rb.MorrisLecar(**SNLC), 1000.0, 0.1).end["V"][0] == pytest.approx(-59.47, abs=0.005)
    model = rb.MorrisLecar(**SNLC, I_x=currents, method="rk4")
    traces = simulate(model, 6000.0, 0.2, n=4, V=-50.0)
    assert len(traces.spikes[0]) <= 1
    periods = [np.diff(s)[-1] for s in traces.spikes[1:]]
    assert periods[0] > 1.6 * periods[1] > 1.6 * 1.5 * periods[2]


def test_morris_lecar_homoclinic(simulate):
    """With phi = 0.23 rest and oscillation part at a Hopf point at 36.32, below the fold."""
    parameters = {**SNLC, "phi": 0.23}
    for current, stable in ((38.5, False), (35.3, True)):
        model, start, V = near_rest(current, -12.0, 15.0, **parameters)
        late = simulate(model, 600.0, 0.05, record=["V"], **start).values["V"][:, 0]
        assert (np.abs(late[-200:] - V).max() < 0.05) != stable, (current, V)


@pytest.mark.parametrize("method", ["rk4", "heun"])
def test_fitzhugh_nagumo_cycles(method, simulate):
    model = rb.FitzHughNagumo(I_x=[0.5, 1.0], method=method)
    traces = simulate(model, 400.0, 0.01, n=2, record=["V"])
    assert [np.diff(s)[-1] for s in traces.spikes] == pytest.approx([39.47, 36.70], abs=0.011)
    V = traces.values["V"][20000:, 0]
    assert [V.min(), V.max()] == pytest.approx([-1.970, 1.852], abs=1e-3)


def test_fitzhugh_nagumo_rests_outside_its_hopf_points(simulate):
    """Hopf points at 0.331281 and 1.418719."""
    v = np.sqrt(1 - 0.8 / 12.5)
    assert v == pytest.approx(0.967471, abs=5e-7)
    assert [(V + 0.7) / 0.8 - V + V**3 / 3 for V in (-v, v)] == pytest.approx([0.331281, 1.418719], abs=5e-7)
    currents = np.array([0.32, 0.345, 1.405, 1.45])
    V = np.array(
        [brentq(lambda V, current=current: V - V**3 / 3 - (V + 0.7) / 0.8 + current, -3, 3) for current in currents]
    )
    model = rb.FitzHughNagumo(I_x=currents, method="rk4")
    traces = simulate(model, 3000.0, 0.05, n=4, record=["V"], V=V + 1e-3, w=(V + 0.7) / 0.8)
    late = np.ptp(traces.values["V"][-4000:], axis=0)
    assert (late[[0, 3]] < 1e-3).all()
    assert (late[[1, 2]] > 0.1).all()


def test_fitzhugh_nagumo_starts_at_rest(simulate):
    traces = simulate(rb.FitzHughNagumo(), 100.0, 0.1, record=["V", "w"])
    assert traces.values["V"][[0, -1], 0] == pytest.approx(-1.199408, abs=1e-5)
    assert traces.values["w"][[0, -1], 0] == pytest.approx(-0.624260, abs=1e-5)
