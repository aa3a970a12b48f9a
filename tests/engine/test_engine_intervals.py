"""Steady input: intervals of the EIF against quadrature (Exercise 1.2.2), of the LIF against its closed form."""

import numpy as np
import pytest
from scipy.integrate import quad

import rheobase as rb

TAU_M, E_L, V_T, D, V_TH, V_RE = 15.0, -72.0, -55.0, 2.0, 5.0, -75.0

# I_x (mV): interval (ms), to the digits of the table
INTERVALS = {
    15.01: 949.93,
    15.1: 303.91,
    15.5: 136.63,
    16: 95.967,
    17: 66.434,
    18: 52.990,
    19: 44.835,
    20: 39.206,
    22: 31.754,
    25: 25.080,
    30: 18.860,
    40: 12.837,
}


def exact_interval(I_x, tau_m=TAU_M):
    """t = tau_m ∫ dV / (-(V - E_L) + D exp((V - V_T) / D) + I_x) from V_re to V_th."""

    def slowness(V):
        return 1.0 / (-(V - E_L) + D * np.exp((V - V_T) / D) + I_x)

    return tau_m * quad(slowness, V_RE, V_TH, points=[V_T], epsabs=1e-10, epsrel=1e-11, limit=400)[0]


def spike_times(model, n, duration, dt, **state):
    net = rb.Network(dt=dt, threads=1)
    net.add(model, n, name="n", **state)
    spikes = net.run(duration).spikes("n")
    return [spikes.times[spikes.indices == k] for k in range(n)]


def test_quadrature_gives_the_table():
    for I_x, interval in INTERVALS.items():
        digits = 2 if interval > 100 else 3
        assert exact_interval(I_x) == pytest.approx(interval, abs=0.51 * 10.0**-digits)
    assert exact_interval(20, tau_m=10) == pytest.approx(26.137, abs=5e-4)


@pytest.mark.parametrize("method", ["etd2", "heun", "rk4"])
@pytest.mark.parametrize("dt", [0.1, 0.05, 0.025, 0.0125])
def test_intervals_of_the_eif_follow_the_quadrature(method, dt):
    # A spike on the grid comes up to one dt late. In the last steps of the upstroke, where V grows faster than any
    # polynomial, a scheme of second order falls behind by less than another dt (see the map in the test below).
    currents = [I_x for I_x in INTERVALS if I_x > 15.01]
    trains = spike_times(rb.EIF(I_x=currents, method=method), len(currents), 310.0, dt, V=V_RE)
    for I_x, train in zip(currents, trains, strict=True):
        late = train[0] - exact_interval(I_x)
        assert -1e-6 < late < 2 * dt, I_x
        assert np.diff(train) == pytest.approx(train[0], abs=1e-9)  # every interval is the first one


def test_upstroke_lags_less_than_one_step():
    # In u = exp(-(V - V_T) / D), the time left in units of tau_m, the upstroke is u' = -1 / tau_m. With x, the time
    # left in steps, one step of Heun's method is x <- x exp(-(1 / x + 1 / y) / 2), y = x exp(-1 / x), for every dt.
    lags = []
    for start in np.linspace(200.0, 201.0, 101):
        x, steps = start, 0
        while x > 1e-6:
            with np.errstate(over="ignore", divide="ignore"):
                x *= np.exp(-0.5 * (1 / x + 1 / (x * np.exp(-1 / x))))
            steps += 1
        lags.append(steps - start)
    assert 0 < max(lags) < 2


def test_euler_is_late_as_the_table_says():
    currents = [16.0, 18.0, 20.0]
    for dt, intervals in ((0.1, [96.3, 53.3, 39.6]), (0.01, [96.01, None, 39.25])):
        trains = spike_times(rb.EIF(I_x=currents, method="euler"), 3, 100.0, dt, V=V_RE)
        for train, interval in zip(trains, intervals, strict=True):
            if interval is not None:
                assert train[0] == pytest.approx(interval, abs=1e-9)


def test_notebook_pulse_gives_its_three_spikes():
    # 18 mV from 600 to 800 ms after a rest at I = 0: 51, 104.3 and 157.6 ms into the pulse, with Euler and dt = 0.1
    train = spike_times(rb.EIF(I_x=18.0, method="euler"), 1, 200.0, 0.1, V=-72.0)[0]
    assert train == pytest.approx([51.0, 104.3, 157.6], abs=1e-9)


def test_rheobase_is_15_mV():
    # I_th = V_T - E_L - D. Just below, V approaches the stable fixed point; just above it spikes after about
    # pi tau_m sqrt(2 D / (I_x - I_th)), 942.48 ms for 15.01 mV, exactly 949.93 ms.
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.EIF(I_x=[5.0, 10.0, 14.0, 14.99, 15.01]), 5, name="e", V=V_RE)
    spikes = net.run(2000).spikes("e")
    assert list(spikes.indices) == [4, 4]
    assert spikes.times[0] == pytest.approx(exact_interval(15.01), abs=0.2)
    assert e["V"][:3] == pytest.approx([-66.995030, -61.937694, -57.396581], abs=1e-6)


def test_fixed_points_repel_and_attract():
    # at I = 5 the unstable fixed point lies at -50.818565 mV: just below falls back, just above spikes (E5)
    for method in ("etd2", "euler", "heun", "rk4"):
        trains = spike_times(rb.EIF(I_x=5.0, method=method), 2, 200.0, 0.1, V=[-50.8187, -50.8184])
        assert [len(train) for train in trains] == [0, 1]


@pytest.mark.parametrize("dt", [0.1, 0.05, 0.2])
def test_leaky_integrator_is_exact(dt):
    # eq. (1.3) with V_0 = -70, I_0 = 4
    net = rb.Network(dt=dt, threads=1)
    v = net.add(rb.LIF(tau_m=15, E_L=-72, V_th=1e6, V_re=-75, I_x=4), 1, name="v", V=-70)
    net.record(v, "V")
    V = net.run(600).states("v", "V")
    closed = (-70 + 72 - 4) * np.exp(-V.times / 15) - 72 + 4
    assert V.values[:, 0] == pytest.approx(closed, abs=1e-12 * 70)
    assert np.interp([15, 60], V.times, V.values[:, 0]) == pytest.approx([-68.735759, -68.036631], abs=5e-7)


def test_leak_conductance_scales_the_current():
    # currents in pA over g_L in nS are mV
    net = rb.Network(dt=0.1, threads=1)
    v = net.add(rb.LIF(tau_m=20, E_L=-60, V_th=1e6, V_re=-75, g_L=10, I_x=200), 1, name="v", V=-60)
    net.run(30)
    assert v["V"][0] == pytest.approx(-60 + 20 * (1 - np.exp(-1.5)), abs=1e-12 * 60)


@pytest.mark.parametrize("dt", [0.1, 0.05, 0.125])
def test_intervals_of_the_lif_are_the_closed_form_on_the_grid(dt):
    currents = np.array([17.001, 17.2, 18.0, 20.0, 25.0, 40.0, 100.0])
    trains = spike_times(rb.LIF(tau_m=10, I_x=currents), len(currents), 200.0, dt, V=-75)
    for I_x, train in zip(currents, trains, strict=True):
        exact = 10 * np.log((-72 + I_x + 75) / (-72 + I_x + 55))
        steps = int(np.ceil(exact / dt))
        assert train == pytest.approx(steps * dt * np.arange(1, len(train) + 1), abs=1e-9)
        assert len(train) == int(200.0 / (steps * dt) + 1e-9)


def test_threshold_itself_is_a_spike():
    net = rb.Network(dt=0.1, threads=1)
    net.add(rb.LIF(V_th=-55, V_re=-75, I_x=17, E_L=-72), 2, name="n", V=[-55, np.nextafter(-55, -56)])
    # V stays at -55 = E_L + I_x for ever, so the first neuron is at threshold in the first step (V >= V_th)
    assert list(net.run(0.1).spikes("n").indices) == [0]


@pytest.mark.parametrize("method", ["etd2", "euler", "heun"])  # a stage of rk4 looks beyond V, and V_th bounds it
def test_reaching_the_threshold_exactly_is_a_spike_of_the_eif(method):
    def step(V_th):
        net = rb.Network(dt=0.1, threads=1)
        e = net.add(rb.EIF(V_th=V_th, I_x=20, method=method), 1, name="e", V=-52)
        return len(net.run(0.1).spikes("e").times), e["V"][0]

    spikes, V = step(5.0)
    assert spikes == 0 and V > -52
    assert step(V)[0] == 1 and step(np.nextafter(V, 0))[0] == 0


def test_one_value_a_neuron_equals_one_neuron_a_network():
    rng = np.random.default_rng(3)
    n = 70
    parameters = {
        "tau_m": rng.uniform(5, 20, n),
        "E_L": rng.uniform(-75, -65, n),
        "V_T": rng.uniform(-58, -50, n),
        "D": rng.uniform(0.5, 3, n),
        "V_th": rng.uniform(-20, 10, n),
        "V_re": rng.uniform(-80, -65, n),
        "t_ref": rng.integers(0, 30, n) * 0.1,
        "I_x": rng.uniform(20, 40, n),
    }
    together = spike_times(rb.EIF(**parameters), n, 100.0, 0.1)
    for k in range(0, n, 7):
        alone = spike_times(rb.EIF(**{name: value[k] for name, value in parameters.items()}), 1, 100.0, 0.1)[0]
        assert np.array_equal(together[k], alone)
