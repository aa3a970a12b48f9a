"""Leaky, exponential, quadratic and adaptive integrate-and-fire neurons against the textbook's numbers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

import rheobase as rb
from rheobase.models.catalogue import NEURONS

STANDARD = {"tau_m": 15.0, "E_L": -72.0, "V_re": -75.0}


def isi_of(traces, k=0):
    return np.diff(traces.spikes[k])[-1]


# ---- leaky integrator ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["exact", "rk4"])
def test_leaky_integrator_approaches_its_input(method, simulate):
    traces = simulate(rb.LeakyIntegrator(I_x=4.0, method=method), 60.0, 0.1, record=["V"], V=-70.0)
    V = traces.values["V"][:, 0]
    assert V[[150, 600]] == pytest.approx([-68.735759, -68.036631], abs=1e-6)
    assert np.array_equal(traces.spikes[0], [])
    assert (-70.0 + 72.0 - 4.0) * np.exp(-traces.t / 15.0) - 68.0 == pytest.approx(V, abs=1e-9)


def test_leaky_integrator_filters_a_pulse(driven):
    t = 0.1 * np.arange(4000)
    current = np.where((t >= 100 - 1e-9) & (t < 300 - 1e-9), 4.0, 0.0)
    V = driven(rb.LeakyIntegrator(), current, 0.1).values["V"][:, 0]
    assert V[[1150, 3000, 3150]] == pytest.approx([-69.471518, -68.000006, -70.528485], abs=1e-6)
    euler = driven(rb.LeakyIntegrator(method="euler"), current, 0.1).values["V"][:, 0]
    exact = driven(rb.LeakyIntegrator(), current, 0.1).values["V"][:, 0]
    assert np.abs(euler - exact).max() < 0.0266


# ---- exponential -----------------------------------------------------------------------------------------------------

F_I = {15.01: 949.93, 15.1: 303.91, 15.5: 136.63, 16: 95.967, 17: 66.434, 18: 52.990, 19: 44.835, 20: 39.206}
F_I |= {22: 31.754, 25: 25.080, 30: 18.860, 40: 12.837}


@pytest.mark.parametrize("method", ["etd2", "rk4", "heun"])
def test_eif_fires_at_the_rates_of_the_exact_solution(method, simulate):
    currents, dt = np.array(list(F_I)), 0.01
    traces = simulate(rb.EIF(**STANDARD, I_x=currents, method=method), 1000.0, dt, n=len(currents), V=-75.0)
    found = [times[0] for times in traces.spikes]  # from V_re: the first spike time is the interval
    for current, interval, isi in zip(currents, found, F_I.values(), strict=True):
        exact, _ = quad(
            lambda V, current=current: 15 / (-(V + 72) + 2 * np.exp((V + 55) / 2) + current), -75, 5, limit=200
        )
        assert exact == pytest.approx(isi, abs=0.006)
        # a spike is seen at the first step after it, and a step of the upstroke may come a step late
        assert interval == pytest.approx(exact + 0.5 * dt, abs=1.5 * dt)


def test_eif_euler_overestimates_intervals(simulate):
    for dt, expected in ((0.1, {16: 96.3, 18: 53.3, 20: 39.6}), (0.01, {16: 96.01, 20: 39.25})):
        model = rb.EIF(**STANDARD, I_x=np.array(list(expected), float), method="euler")
        traces = simulate(model, 300.0, dt, n=len(expected), V=-75.0)
        assert [isi_of(traces, k) for k in range(len(expected))] == pytest.approx(list(expected.values()), abs=1e-6)


def test_eif_notebook(driven):
    t = 0.1 * np.arange(10000)
    current = np.where((t >= 200) & (t < 400), 5.0, np.where((t >= 600) & (t < 800), 18.0, 0.0))
    traces = driven(rb.EIF(method="euler"), current, 0.1, V=-70.0)
    assert traces.spikes[0] == pytest.approx([651.0, 704.3, 757.6], abs=1e-6)
    assert traces.values["V"][4000, 0] == pytest.approx(-66.99504, abs=5e-6)


def test_eif_threshold_depends_on_where_it_starts(simulate):
    """E5: below I_th = 15 mV a neuron never spikes only if it starts below the unstable fixed point."""
    currents = np.array([5.0, 5.0, 10.0, 10.0, 14.0, 14.0])
    unstable = np.repeat([-50.818565, -51.727318, -53.284647], 2) + np.tile([-1e-3, 1e-3], 3)
    traces = simulate(rb.EIF(I_x=currents), 1000.0, 0.02, n=6, V=unstable)
    assert [len(times) for times in traces.spikes] == [0, 1, 0, 1, 0, 1]
    stable = [-66.995030, -61.937694, -57.396581]
    assert traces.end["V"][::2] == pytest.approx(stable, abs=2e-6)


def test_threshold_currents(simulate):
    """I_th: 15 mV for EIF and QIF, 17 mV for LIF."""
    for model, threshold in (
        (lambda current: rb.EIF(**STANDARD, I_x=current), 15.0),
        (lambda current: rb.QIF(**STANDARD, I_x=current), 15.0),
        (lambda current: rb.LIF(**STANDARD, V_th=-55.0, I_x=current), 17.0),
    ):
        traces = simulate(model(threshold + np.array([-0.02, 0.02])), 1000.0, 0.1, n=2, V=-75.0)
        assert len(traces.spikes[0]) == 0
        assert len(traces.spikes[1]) > 0


# ---- leaky and quadratic ---------------------------------------------------------------------------------------------


def test_lif_fires_at_the_rates_of_its_formula(simulate):
    currents = np.array([18.0, 19.0, 20.0, 25.0])
    isi = 15.0 * np.log((currents + 3.0) / (currents - 17.0))
    assert isi[1] == pytest.approx(35.9684, abs=5e-5)
    assert 1000.0 / isi[[0, 2, 3]] == pytest.approx([21.897, 32.730, 53.216], abs=5e-4)
    traces = simulate(rb.LIF(**STANDARD, V_th=-55.0, I_x=currents), 100.0, 0.001, n=4, V=-75.0)
    found = np.array([times[0] for times in traces.spikes])
    assert ((found >= isi - 1e-9) & (found < isi + 0.001)).all()


def test_lif_notebook(simulate):
    traces = simulate(rb.LIF(**STANDARD, V_th=-55.0, I_x=19.0, method="euler"), 300.0, 0.1, V=-70.0)
    assert len(traces.spikes[0]) == 8
    assert traces.spikes[0][:2] == pytest.approx([32.0, 67.9], abs=1e-6)


def qif_isi(current, V_th, V_re=-75.0, tau_m=15.0, D=2.0):
    c, drift = 1 / (2 * D * tau_m), (current - 15.0) / tau_m
    root = np.sqrt(c / drift)
    return (np.arctan((V_th + 55) * root) + np.arctan((-55 - V_re) * root)) / np.sqrt(c * drift)


@pytest.mark.parametrize("method", ["exact", "rk4", "heun", "euler"])
def test_qif_fires_at_the_rates_of_its_formula(method, simulate):
    currents, dt = np.array([15.5, 17.0, 19.0, 25.0]), 0.001
    isi = qif_isi(currents, 5.0)
    assert isi[2] == pytest.approx(43.164, abs=5e-4)
    traces = simulate(rb.QIF(**STANDARD, I_x=currents, method=method), 200.0, dt, n=4, V=-75.0)
    late = {"exact": 1e-9, "rk4": 1e-6, "heun": 1e-3, "euler": 0.006}[method]
    found = np.array([times[0] for times in traces.spikes])
    assert ((found > isi - 1e-9) & (found < isi + dt + late)).all()


def test_qif_exact_steps_may_be_long(simulate):
    """The closed form finds the spike within a step from far below to infinity and beyond."""
    for dt in (0.1, 1.0, 5.0):
        traces = simulate(rb.QIF(V_th=1e9, V_re=-1e9, I_x=19.0), 500.0, dt, V=-1e9)
        found = np.diff(traces.spikes[0])
        period = np.pi * 15.0 / np.sqrt((19.0 - 15.0) / (2 * 2.0))  # pi tau_m / sqrt((I - I_th) / 2D)
        assert period == pytest.approx(47.124, abs=5e-4)
        # a reset begins anew at a step's end, so every interval is the period rounded up to the grid
        assert (np.abs(found - np.ceil(period / dt) * dt) < 1e-6).all()


def test_qif_exact_is_the_parabola_below_and_above_threshold(simulate):
    """Inhibition, the threshold itself and drive, in one step of 2 ms, against scipy's solution."""
    from scipy.integrate import solve_ivp

    currents = np.array([-200.0, -20.0, 10.0, 14.999999, 15.0, 15.000001, 16.0, 19.0, 40.0])
    found = simulate(rb.QIF(I_x=currents), 2.0, 2.0, n=len(currents), V=-70.0).end["V"]
    found_g = simulate(rb.QIF(I_x=currents), 2.0, 2.0, n=len(currents), V=-70.0, g=(0.4, -20.0)).end["V"]
    for g, values in ((0.0, found), (0.4, found_g)):
        for current, V in zip(currents, values, strict=True):
            true = solve_ivp(
                lambda _, V, current=current, g=g: ((V + 55) ** 2 / 4 - 15 + current - g * (V + 20)) / 15,
                (0, 2),
                [-70.0],
                rtol=1e-12,
                atol=1e-12,
            )
            assert pytest.approx(true.y[0, -1], abs=1e-8) == V


def test_qif_must_not_be_reset_at_the_minimum_of_its_parabola(simulate):
    """E58: the notebook's rule, a spike at V_T, makes an interval of 20.6 ms; a QIF takes 43.2 ms."""
    wrong = simulate(rb.QIF(**STANDARD, V_th=-55.0 + 1e-9, I_x=19.0, method="euler"), 300.0, 0.1, V=-70.0)
    assert len(wrong.spikes[0]) == 14
    assert wrong.spikes[0][:2] == pytest.approx([19.6, 40.1], abs=1e-6)
    right = simulate(rb.QIF(**STANDARD, I_x=19.0), 300.0, 0.01, V=-70.0)
    assert isi_of(right) == pytest.approx(43.164, abs=0.011)
    assert len(right.spikes[0]) == 6


# ---- adaptive --------------------------------------------------------------------------------------------------------


def test_adex_notebook(simulate):
    traces = simulate(rb.AdEx(I_x=19.0, method="euler"), 1000.0, 0.1, record=["w"], V=-70.0)
    times = [41.7, 94.0, 155.0, 227.1, 313.3, 415.9, 534.2, 663.9, 799.7, 938.2]
    assert traces.spikes[0] == pytest.approx(times, abs=1e-6)
    w = traces.values["w"][:, 0]
    assert w[1:3] == pytest.approx([5e-5, 1.02821e-4], abs=5e-10)
    assert w.max() == pytest.approx(4.0375, abs=5e-5)
    assert w[9999] == pytest.approx(3.62039609, abs=5e-9)  # the notebook's last sample


@pytest.mark.parametrize("method", ["etd2", "heun", "rk4"])
def test_adex_schemes_agree(method, simulate):
    """A spike's upstroke must not reach the adaptation: at dt = 0.05 one wild value would silence the neuron."""
    fine = simulate(rb.AdEx(I_x=19.0, method="rk4"), 1000.0, 0.005, V=-70.0).spikes[0]
    for dt in (0.1, 0.05):
        found = simulate(rb.AdEx(I_x=19.0, method=method), 1000.0, dt, V=-70.0).spikes[0]
        assert len(found) == 10
        # a reset waits for the grid and an upstroke may come a step late; what is late once is late ever after
        assert (found >= fine - dt).all()
        assert (found <= fine + 2.5 * dt * np.arange(1, 11)).all()


def test_adex_threshold(simulate):
    """Rheobase: Hopf point at 16.706, saddle-node at 16.7097 mV."""
    V_hopf = -55.0 + 2.0 * np.log(1.0 + 15.0 / 400.0)
    assert V_hopf == pytest.approx(-54.926, abs=5e-4)
    assert (V_hopf + 72) * 1.1 - 2 * (1 + 15 / 400) == pytest.approx(16.70599, abs=5e-6)
    rest = brentq(lambda V: -(V + 72) + 2 * np.exp((V + 55) / 2) + 16.6 - 0.1 * (V + 72), -70, -54.81)
    traces = simulate(rb.AdEx(I_x=[16.6, 16.9]), 3000.0, 0.1, n=2, V=rest, w=0.1 * (rest + 72))
    assert len(traces.spikes[0]) == 0
    assert traces.end["V"][0] == pytest.approx(rest, abs=1e-6)
    assert len(traces.spikes[1]) >= 4


def test_adex_published_set_in_picoampere(simulate):
    """Brette & Gerstner 2005 in pF, nS and pA is the textbook's form with every current over g_L."""
    shared = {"tau_m": 281 / 30, "E_L": -70.6, "V_T": -50.4, "D": 2.0, "tau_w": 144.0, "V_th": 20.0, "V_re": -70.6}
    current = np.array([500.0, 650.0, 800.0])
    physical = rb.AdEx(**shared, a=4.0, b=80.5, g_L=30.0, I_x=current)
    scaled = rb.AdEx(**shared, a=4.0 / 30.0, b=80.5 / 30.0, I_x=current / 30.0)
    one = simulate(physical, 500.0, 0.05, n=3, record=["V", "w"])
    other = simulate(scaled, 500.0, 0.05, n=3, record=["V", "w"])
    # one step's rounding may move a spike to its neighbour, which does not happen here
    assert [list(s) for s in one.spikes] == [list(s) for s in other.spikes]
    assert one.values["w"] == pytest.approx(30.0 * other.values["w"], abs=1e-4)
    # rheobase of the set: g_L (V_T - E_L - D) + a (V_T - E_L) and a little, above 500 pA, as published
    assert [len(s) > 0 for s in one.spikes] == [False, True, True]
    adapted = np.diff(one.spikes[2])
    assert adapted[-1] > 1.5 * adapted[0]


def test_izhikevich_types(simulate):
    """Regular spiking adapts, fast spiking does not, chattering bursts."""
    kinds = {"a": [0.02, 0.1, 0.02], "c": [-65.0, -65.0, -50.0], "d": [8.0, 2.0, 2.0]}
    traces = simulate(rb.Izhikevich(**kinds, I_x=10.0), 500.0, 0.05, n=3, V=-65.0, u=-13.0)
    regular, fast, chattering = (np.diff(times) for times in traces.spikes)
    assert regular[-1] > 1.5 * regular[0]
    assert fast[-1] == pytest.approx(fast[1], abs=1.5)
    assert len(fast) > 2 * len(regular)
    assert chattering.max() > 5 * chattering.min()


def test_izhikevich_against_scipy(simulate):
    from scipy.integrate import solve_ivp

    def f(_, y):
        return [0.04 * y[0] ** 2 + 5 * y[0] + 140 - y[1] + 10, 0.02 * (0.2 * y[0] - y[1])]

    def peak(_, y):
        return y[0] - 30

    peak.terminal = True
    t, y, times = 0.0, [-65.0, -13.0], []
    while len(times) < 6:
        solution = solve_ivp(f, (t, t + 1000), y, events=peak, rtol=1e-10, atol=1e-10)
        t = solution.t_events[0][0]
        times.append(t)
        y = [-65.0, solution.y_events[0][0][1] + 8]
    dt = 0.001
    found = simulate(rb.Izhikevich(I_x=10.0), times[-1] // 1 + 1, dt).spikes[0]
    assert found[:6] == pytest.approx(times, abs=6 * 2 * dt)


# ---- conductance-based synapses --------------------------------------------------------------------------------------


def conductance_psps(method):
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[20.0, 200.0, 210.0], [100.0]]), 2, name="x")
    cell = net.add(rb.LeakyIntegrator(tau_m=10.0, E_L=-72.0, method=method), 1, name="cell")
    for source, weight, reversal, label in ((0, 0.3, 0.0, "e"), (1, 8.0, -75.0, "i")):
        synapse = rb.Exponential(tau=5.0, reversal=reversal, norm="area", label=label)
        net.connect(x, cell, rb.Pairs([source], [0]), weight=weight, synapse=synapse)
    for variable in ("V", "g_e", "g_i"):
        net.record(cell, variable)
    res = net.run(300.0)
    return res.states("cell", "V").times, *(res.states("cell", v).values[:, 0] for v in ("V", "g_e", "g_i"))


def test_conductance_psps_of_the_notebook():
    t, V, g_e, g_i = conductance_psps("euler")
    for window, peak, value, at in (
        ((20, 90), np.argmax, -70.92317, 27.0),
        ((100, 190), np.argmin, -72.94349, 106.3),
        ((200, 300), np.argmax, -70.24271, 215.1),
    ):
        inside = np.flatnonzero((t > window[0]) & (t < window[1]))
        k = inside[peak(V[inside])]
        assert V[k] == pytest.approx(value, abs=1e-5)
        assert t[k] == pytest.approx(at, abs=1e-6)
    assert g_e.max() == pytest.approx(0.067957, abs=5e-7)
    assert g_i.max() == pytest.approx(1.6, abs=1e-12)
    # a sample is what drove the step before it, so that the current at the beginning of a step stands a sample later
    assert (-g_e[1:] * V[:-1]).max() == pytest.approx(4.8251, abs=5e-5)
    assert (-g_i[1:] * (V[:-1] + 75.0)).min() == pytest.approx(-4.8022, abs=5e-5)


def test_conductance_psps_beyond_euler():
    """The exact scheme at dt = 0.1 is nearer to the true potential than Euler is."""
    from scipy.integrate import solve_ivp

    t, V, *_ = conductance_psps("exact")
    arrivals = [(20.1, 0.06, 0), (100.1, 1.6, 1), (200.1, 0.06, 0), (210.1, 0.06, 0)]
    begin, y, true = 0.0, np.array([-72.0, 0.0, 0.0]), [np.array([-72.0])]
    for end, jump, which in [*arrivals, (300.0, 0.0, 0)]:
        at = t[(t > begin + 1e-9) & (t < end + 1e-9)]
        s = solve_ivp(
            lambda _, y: [(-(y[0] + 72) - y[1] * y[0] - y[2] * (y[0] + 75)) / 10, -y[1] / 5, -y[2] / 5],
            (begin, at[-1]),
            y,
            t_eval=at,
            rtol=1e-10,
            atol=1e-12,
        )
        true.append(s.y[0])
        begin, y = at[-1], s.y[:, -1].copy()
        y[1 + which] += jump
    true = np.concatenate(true)
    euler = conductance_psps("euler")[1]
    assert np.abs(V - true).max() < 1e-3
    assert np.abs(V - true).max() < 0.05 * np.abs(euler - true).max()


def test_high_conductance_state(simulate):
    """g = (0.48, 6.0): tau_eff = 1.3369 ms and V_eff = -69.7861 mV."""
    total, drive = 1 + 0.48 + 6.0, -72.0 + 6.0 * -75.0
    model = rb.LeakyIntegrator(tau_m=10.0)
    traces = simulate(model, 20.0, 0.01, record=["V"], g=(6.48, 6.0 * -75.0 / 6.48), V=-60.0)
    V = traces.values["V"][:, 0]
    assert drive / total == pytest.approx(-69.7861, abs=5e-5)
    assert V[-1] == pytest.approx(-69.7861, abs=6e-5)
    decay = np.log((V[0] - V[-1]) / (V[100] - V[-1]))
    assert 1.0 / decay == pytest.approx(1.33690, abs=1e-4)


def test_bounds_are_stated_where_a_value_could_not_be_used():
    bounded = {p.name for model in NEURONS.values() for p in model.model.parameters if np.isfinite(p.low)}
    assert {"tau_m", "tau_w", "tau", "D", "C_m", "g_L", "t_ref", "V2", "V4", "phi", "tau_ChR", "g_ChR"} <= bounded
