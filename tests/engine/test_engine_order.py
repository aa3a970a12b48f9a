"""The order of every method, measured on sub-threshold trajectories against a solver of high accuracy."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import rheobase as rb

ORDER = {"euler": 1, "heun": 2, "etd2": 2, "rk4": 4}
STEPS = 0.4, 0.2, 0.1, 0.05
T_END = 12.0


def measured_order(errors):
    """Return the slope of log error over log dt between the two smallest steps."""
    return np.log2(errors[-2] / errors[-1])


def eif(V, I_x):
    return (-(V + 72) + 2 * np.exp((V + 55) / 2) + I_x) / 15


@pytest.mark.parametrize("method", ORDER)
def test_order_with_steady_input(method):
    # from V = -54 at I = 10, below the unstable fixed point at -51.7, so that the exponential matters
    start, I_x = [-75.0, -60.0, -54.0], 10.0
    reference = solve_ivp(lambda t, V: eif(V, I_x), (0, T_END), start, method="DOP853", rtol=1e-13, atol=1e-13).y[:, -1]
    errors = []
    for dt in STEPS:
        net = rb.Network(dt=dt, threads=1)
        e = net.add(rb.EIF(method=method, I_x=I_x), 3, name="e", V=start)
        net.run(T_END)
        errors.append(np.abs(e["V"] - reference).max())
    assert measured_order(errors) == pytest.approx(ORDER[method], abs=0.2)
    assert (np.diff(errors) < 0).all()
    if method == "etd2":
        assert errors[2] < 1e-4  # mV, at dt = 0.1


def synapse_reference(conductance):
    """One spike found at 2 ms reaches a synapse of tau 4 ms one delay, 0.4 ms, later."""
    arrival, tau, weight = 2.4, 4.0, 24.0

    def slope(t, V):
        x = weight / tau * np.exp(-(t - arrival) / tau)
        return (-(V + 72) + 2 * np.exp((V + 55) / 2) + (0.1 * x * (0 - V) if conductance else x)) / 15

    V = solve_ivp(lambda t, V: eif(V, 0.0), (0, arrival), [-60.0], method="DOP853", rtol=1e-13, atol=1e-13).y[:, -1]
    return solve_ivp(slope, (arrival, T_END), V, method="DOP853", rtol=1e-13, atol=1e-13).y[0, -1]


@pytest.mark.parametrize("conductance", [False, True])
@pytest.mark.parametrize("method", ORDER)
def test_order_with_synaptic_input(method, conductance):
    # the current is averaged over a step, which is of second order for every method but Euler's
    reference = synapse_reference(conductance)
    errors = []
    for dt in STEPS:
        net = rb.Network(dt=dt, threads=1)
        x = net.add(rb.Trains([[2.0]]), 1)
        e = net.add(rb.EIF(method=method), 1, name="e", V=-60)
        synapse = rb.Exponential(tau=4, reversal=0.0 if conductance else None, norm="area")
        net.connect(x, e, rb.AllToAll(), weight=2.4 if conductance else 24.0, synapse=synapse, delay=0.4)
        net.run(T_END)
        errors.append(abs(e["V"][0] - reference))
    assert measured_order(errors) == pytest.approx(min(ORDER[method], 2), abs=0.25)


@pytest.mark.parametrize("kernel", [rb.Exponential(tau=4), rb.Alpha(tau=2), rb.DifferenceOfExponentials()])
def test_linear_membranes_have_no_error_at_all(kernel):
    # with its threshold far away the EIF is linear: etd2 and the LIF's exact method agree for any dt
    V = []
    for dt in (0.4, 0.05):
        for model in (rb.LIF(tau_m=15, V_th=1e6), rb.EIF(tau_m=15, V_T=1e5, V_th=1e6)):
            net = rb.Network(dt=dt, threads=1)
            x = net.add(rb.Trains([[2.0, 4.0]]), 1)
            e = net.add(model, 1, name="e", V=-60)
            net.connect(x, e, rb.AllToAll(), weight=24.0, synapse=kernel, delay=0.4)
            net.run(T_END)
            V.append(e["V"][0])
    assert np.ptp(V) < 1e-12 * 72


@pytest.mark.parametrize("method", ["exact", "heun", "rk4", "euler"])
def test_order_of_the_lif_with_a_conductance(method):
    reference = solve_ivp(
        lambda t, V: (-(V + 72) + 0.5 * np.exp(-t / 4) * (0 - V)) / 10,
        (0, T_END),
        [-72.0],
        method="DOP853",
        rtol=1e-13,
        atol=1e-13,
    ).y[0, -1]
    errors = []
    for dt in STEPS:
        net = rb.Network(dt=dt, threads=1)
        x = net.add(rb.Trains([[]]), 1, name="x")
        e = net.add(rb.LIF(tau_m=10, V_th=1e6, method=method), 1, name="e")
        net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=4, reversal=0.0))
        e["g_x"] = 0.5
        net.run(T_END)
        errors.append(abs(e["V"][0] - reference))
    assert measured_order(errors) == pytest.approx(1 if method == "euler" else 2, abs=0.25)
