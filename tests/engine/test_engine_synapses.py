"""Synaptic kernels and the potentials they evoke (section 1.3), and the moments of shot noise (section 2.3)."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

import rheobase as rb

TAU_M, E_L = 10.0, -72.0


def response(synapse, spikes=(1.0,), weight=12.0, dt=0.1, duration=100.0, variable=None):
    """Time since the first arrival, and the potential (or a synaptic variable) of a leaky integrator."""
    net = rb.Network(dt=dt, threads=1)
    x = net.add(rb.Trains([np.array(spikes)]), 1, name="x")
    v = net.add(rb.LIF(tau_m=TAU_M, E_L=E_L, V_th=1e6, V_re=-75), 1, name="v")
    net.connect(x, v, rb.AllToAll(), weight=weight, synapse=synapse)
    net.record(v, variable or "V")
    samples = net.run(duration).states("v", variable or "V")
    after = samples.times >= spikes[0] + dt - 1e-9
    return samples.times[after] - spikes[0] - dt, samples.values[after, 0]


def exponential_psp(t, J, tau):
    return J * (np.exp(-t / TAU_M) - np.exp(-t / tau)) / (TAU_M - tau)


def test_single_psp_has_its_closed_form():
    t, V = response(rb.Exponential(tau=5))
    np.testing.assert_allclose(V - E_L, exponential_psp(t, 12, 5), rtol=0, atol=1e-12 * 72)
    assert 0.1 * np.sum(V - E_L) == pytest.approx(12, rel=1e-3)  # the area of a PSP is J, whatever the kernel


def test_single_psp_peaks_at_0_6_mV():
    dt = 10 * np.log(2) / 70  # puts the peak, at 10 ln 2 ms, on the grid
    t, V = response(rb.Exponential(tau=5), spikes=(10 * dt,), dt=dt, duration=400 * dt)
    assert np.argmax(V) == 70
    assert t[70] == pytest.approx(6.931472, abs=5e-7)
    assert V.max() - E_L == pytest.approx(0.6, abs=1e-12)


def mean_over_steps(area, t, dt):
    """What is recorded at each time: the mean of a current over the step before, from the area under it until t."""
    return (area(t) - area(np.maximum(t - dt, 0.0))) / dt


def test_recorded_currents_are_means_over_steps():
    t, current = response(rb.Exponential(tau=5), spikes=(20.0, 30.0), variable="I_x_syn")
    expected = mean_over_steps(lambda t: 12 * (1 - np.exp(-t / 5)), t, 0.1)
    assert current[0] == 0.0  # the spike arrived at the end of that step
    assert current[:101] == pytest.approx(expected[:101], abs=1e-13)
    assert current[101] == pytest.approx(expected[101] + expected[1], abs=1e-13)


@pytest.mark.parametrize("dt", [0.1, 1.0])
@pytest.mark.parametrize("method", ["exact", "euler"])
def test_mean_of_a_recorded_current_is_that_of_the_current(dt, method):
    """The sum over all samples is the weight, at any step: 1 + dt / 2 tau times as much if sampled after arrivals."""
    net = rb.Network(dt=dt, threads=1)
    x = net.add(rb.Trains([[dt]]), 1, name="x")
    v = net.add(rb.LIF(V_th=1e6, method=method), 1, name="v")
    kernels = [rb.Exponential(tau=7), rb.Alpha(tau=3), rb.DifferenceOfExponentials(tau_rise=1, tau_decay=5)]
    for k, kernel in enumerate(kernels):
        synapse = type(kernel)(**kernel.parameters, label=f"s{k}")
        net.connect(x, v, rb.AllToAll(), weight=12.0, synapse=synapse)
        net.record(v, f"I_s{k}")
    result = net.run(400)
    for k in range(3):
        assert dt * result.states("v", f"I_s{k}").values.sum() == pytest.approx(12, rel=1e-12)


def test_current_as_state_jumps_by_the_weight_over_tau():
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[20.0, 30.0]]), 1, name="x")
    v = net.add(rb.LIF(V_th=1e6), 1, name="v")
    net.connect(x, v, rb.AllToAll(), weight=12.0, synapse=rb.Exponential(tau=5))
    net.run(20.1)
    assert v["I_x_syn"][0] == pytest.approx(2.4, abs=1e-15)
    net.run(10)
    assert v["I_x_syn"][0] == pytest.approx(2.724805, abs=5e-7)  # 2.4 (1 + e^-2)


def test_textbook_figure_of_synapses():
    # [NB:Synapses]: excitation at 20, 200, 210 ms, inhibition at 100 ms
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[20.0, 200.0, 210.0], [100.0]]), 2, name="x")
    v = net.add(rb.LIF(tau_m=10, E_L=-72, V_th=1e6, V_re=-75), 1, name="v")
    net.connect(x, v, rb.AllToAll(), weight=np.array([12.0, -12.0]), synapse=rb.Exponential(tau=5))
    net.record(v, "V")
    V = net.run(300).states("v", "V")
    for window, extreme, value, time in (
        ((0, 100), np.argmax, -71.4, 26.9),
        ((100, 200), np.argmin, -72.5996, 106.9),
        ((200, 300), np.argmax, -71.0112, 215.1),
    ):
        inside = (V.times >= window[0]) & (V.times < window[1])
        at = extreme(V.values[inside, 0])
        assert V.values[inside, 0][at] == pytest.approx(value, abs=6e-5)
        assert V.times[inside][at] == pytest.approx(time, abs=0.2)


def test_difference_of_exponentials():
    kernel = rb.DifferenceOfExponentials(tau_rise=0.5, tau_decay=4)
    dt = 0.001
    t, current = response(kernel, spikes=(dt,), weight=1.0, dt=dt, duration=30.0, variable="I_x_syn")
    area = mean_over_steps(lambda t: 1 - (4 * np.exp(-t / 4) - 0.5 * np.exp(-t / 0.5)) / 3.5, t, dt)
    assert current == pytest.approx(area, abs=1e-11)
    assert current.max() == pytest.approx(0.185749, abs=5e-7)
    assert t[np.argmax(current)] == pytest.approx(1.188252, abs=dt)
    t, V = response(kernel, spikes=(dt,), dt=dt, duration=30.0)
    assert V.max() - E_L == pytest.approx(0.649164, abs=5e-7)
    assert t[np.argmax(V)] == pytest.approx(6.657, abs=dt)
    t, V = response(rb.Exponential(tau=4), spikes=(dt,), dt=dt, duration=30.0)
    assert V.max() - E_L == pytest.approx(0.651460, abs=5e-7)
    assert t[np.argmax(V)] == pytest.approx(6.109, abs=dt)


def test_alpha_function():
    t, current = response(rb.Alpha(tau=2), variable="I_x_syn")
    assert current == pytest.approx(mean_over_steps(lambda t: -12 * (1 + t / 2) * np.exp(-t / 2), t, 0.1), abs=1e-13)
    t, V = response(rb.Alpha(tau=2))
    # the membrane's answer to t exp(-t / tau) / tau^2
    k = 1 / 2 - 1 / TAU_M
    psp = 12 / (4 * TAU_M) * (np.exp(-t / TAU_M) - np.exp(-t / 2) * (1 + k * t)) / k**2
    np.testing.assert_allclose(V - E_L, psp, rtol=0, atol=1e-12 * 72)


def test_equal_time_constants_are_the_alpha_function():
    t, alpha = response(rb.Alpha(tau=3), variable="I_x_syn")
    _, equal = response(rb.DifferenceOfExponentials(tau_rise=3, tau_decay=3), variable="I_x_syn")
    assert equal == pytest.approx(alpha, abs=1e-13)
    t, V = response(rb.Exponential(tau=TAU_M))  # as slow as the membrane: V - E_L = J t exp(-t / tau) / tau^2
    np.testing.assert_allclose(V - E_L, 12 * t * np.exp(-t / TAU_M) / TAU_M**2, rtol=0, atol=1e-12 * 72)


@pytest.mark.parametrize(
    "synapse",
    [
        rb.Exponential(tau=3, norm="peak"),
        rb.Alpha(tau=3, norm="peak"),
        rb.DifferenceOfExponentials(tau_rise=0.4, tau_decay=5, norm="peak"),
        rb.DifferenceOfExponentials(tau_rise=5, tau_decay=0.4, norm="peak"),
        rb.DifferenceOfExponentials(tau_rise=2, tau_decay=2, norm="peak"),
    ],
)
def test_norm_peak_makes_the_weight_the_largest_current(synapse):
    dt = 0.01
    _, current = response(synapse, spikes=(dt,), weight=7.0, dt=dt, duration=40.0, variable="I_x_syn")
    steepest = 1 / min(synapse.parameters.values())  # per ms: the mean over a step lies below the peak by half of it
    assert 7.0 * (1 - steepest * dt / 2) <= current.max() <= 7.0


def test_delta_synapse_moves_the_potential():
    _, V = response(rb.Delta(), spikes=(5.0, 8.0), weight=1.5)
    assert V[0] - E_L == pytest.approx(1.5, abs=1e-13 * 72)
    assert V[30] - E_L == pytest.approx(1.5 * (1 + np.exp(-0.3)), abs=1e-12 * 72)


def test_conductance_pulls_towards_its_reversal_potential():
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[5.0]]), 1, name="x")
    v = net.add(rb.LIF(tau_m=10, E_L=-60, V_th=1e6, g_L=10), 3, name="v", V=-60)
    for k, reversal in enumerate((0.0, -60.0, -80.0)):
        synapse = rb.Exponential(tau=5, reversal=reversal, label=f"s{k}")
        net.connect(x, v, rb.Pairs([0], [k]), weight=6.0, synapse=synapse)
    net.run(5.1)
    assert [v[f"g_s{k}"][k] for k in range(3)] == [6.0, 6.0, 6.0]  # the weight is the jump
    net.run(5)
    up, same, down = v["V"] + 60
    assert up > 1 and abs(same) < 1e-12 * 60 and down < -0.3


def test_projections_with_equal_synapses_share_a_kernel_and_add():
    net = rb.Network(dt=0.1, threads=1)
    x, y = (net.add(rb.Trains([[1.0]]), 1, name=name) for name in "xy")
    v = net.add(rb.LIF(V_th=1e6), 1, name="v")
    for source in (x, y):
        net.connect(source, v, rb.AllToAll(), weight=10.0, synapse=rb.Exponential(tau=5))
    assert v.variables == ["V", "I_x+y"]
    net.connect(y, v, rb.AllToAll(), weight=10.0, synapse=rb.Exponential(tau=6))
    net.connect(y, v, rb.AllToAll(), weight=10.0, synapse=rb.Exponential(tau=5, label="own"))
    assert v.variables == ["V", "I_x+y", "I_y", "I_own"]
    net.run(1.1)
    assert v["I_x+y"][0] == pytest.approx(4.0) and v["I_y"][0] == pytest.approx(10 / 6) and v["I_own"][0] == 2.0


# ---- shot noise ------------------------------------------------------------------------------------------------------


def stationary_sd(dt, drives, tau):
    """S.d. of the synaptic current and of the free membrane potential on the grid, both linear in Poisson counts."""
    keep, keep_m = np.exp(-dt / tau), np.exp(-dt / TAU_M)
    seen = tau * (keep_m - keep) / (TAU_M - tau)
    A = np.array([[keep, 0.0], [seen, keep_m]])
    variance = sum(sources * rate * 1e-3 * dt * (weight / tau) ** 2 for sources, rate, weight in drives)
    return np.sqrt(np.diag(solve_discrete_lyapunov(A, np.diag([variance, 0.0]))))


DRIVES = [(200, 8.0, 15.0), (50, 15.0, -15.0)]  # section 2.3: sources, rate (Hz), weight (mV·ms)


def test_discrete_shot_noise_has_the_textbook_limit():
    # Var I = sum K r j^2 / (2 tau), Var V_0 = sum K r j^2 / (2 (tau_m + tau))
    assert stationary_sd(1e-3, DRIVES, 5.0) == pytest.approx([7.272, 4.198], abs=2e-3)


@pytest.mark.parametrize("sources", ["drive", "populations"])
def test_shot_noise_has_its_moments(sources):
    dt, n = 0.1, 3000
    net = rb.Network(dt=dt, seed=4)
    v = net.add(rb.LIF(tau_m=TAU_M, E_L=E_L, V_th=1e6, V_re=-75), n, name="v", V=E_L + 12.75)
    for (count, rate, weight), name in zip(DRIVES, "ei", strict=True):
        synapse = rb.Exponential(tau=5, label="s")
        if sources == "drive":
            net.drive(v, rate=rate, sources=count, weight=weight, synapse=synapse)
        else:  # shared sources, few enough in common to leave the neurons' moments alone
            x = net.add(rb.Poisson(rate), 20 * count, name=name)
            net.connect(x, v, rb.FixedInDegree(count), weight=weight, synapse=synapse)
    net.run(80)
    net.record(v, "V", every=50)
    net.record(v, "I_s", every=50)
    res = net.run(500)
    sd = dict(zip(("I_s", "V"), stationary_sd(dt, DRIVES, 5.0), strict=True))
    # Ten samples of n neurons, 50 ms apart, where correlations are below exp(-5). The mean of N samples has the s.d.
    # sd / sqrt(N), their s.d. has sd / sqrt(2 N). With sources in common (5 %) samples of one moment are correlated:
    # their mean has the s.d. sd sqrt(0.05 / 10) instead. Five s.d.: false alarm below 1e-5 for the whole test.
    count = 10 * n
    for variable, mean in (("V", E_L + 12.75), ("I_s", 12.75)):
        values = res.states("v", variable).values
        assert values.shape == (10, n)
        shared = 0.0 if sources == "drive" else 0.05 / 10
        assert values.mean() == pytest.approx(mean, abs=5 * sd[variable] * np.sqrt(shared + 1.1 / count))
        spread = values.std(axis=1, ddof=1)  # over neurons
        assert np.sqrt(np.mean(spread**2)) == pytest.approx(
            sd[variable] * np.sqrt(1 - 10 * shared), rel=5 * np.sqrt(1.2 / (2 * count))
        )


@pytest.mark.parametrize("n", [1, 40])
def test_a_conductance_may_be_over_within_a_step(n):
    """Of a kernel with tau = dt, Euler's method leaves nothing: it acts for one step, and no number is lost."""
    dt, weight, E_e = 0.1, 5.0, 0.0
    net = rb.Network(dt=dt, threads=1)
    x = net.add(rb.Trains([np.array([1.0])]), 1, name="x")
    cells = net.add(rb.LIF(tau_m=TAU_M, E_L=E_L, V_th=1e6, V_re=-75, method="euler"), n, name="v")
    synapse = rb.Exponential(tau=dt, reversal=E_e, norm="peak")
    net.connect(x, cells, rb.AllToAll(), weight=weight, synapse=synapse)
    net.record(cells, "V")
    samples = net.run(3.0).states("v", "V")
    raised = E_L + dt / TAU_M * weight * (E_e - E_L)
    since = samples.times - 1.0 - 2 * dt  # a step to arrive, a step to act
    expected = np.where(since > -dt / 2, E_L + (raised - E_L) * (1 - dt / TAU_M) ** np.round(since / dt), E_L)
    np.testing.assert_allclose(samples.values, np.repeat(expected[:, None], n, axis=1), rtol=1e-14)
