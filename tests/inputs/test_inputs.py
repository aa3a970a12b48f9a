"""Currents, noise, changing rates, and what is recorded of them."""

import warnings

import numpy as np
import pytest
from scipy import stats

import rheobase as rb
from rheobase.network import recording

LEAKY = {"E_L": -72.0, "V_th": 1000.0, "V_re": -75.0}


def membrane(current, *, n=1, dt=0.1, tau_m=15.0, T=500.0, every=None, seed=1, V=-72.0):
    net = rb.Network(dt=dt, seed=seed, threads=1)
    cells = net.add(rb.LIF(tau_m=tau_m, **LEAKY), n, name="cells", V=V)
    net.inject(cells, current)
    net.record(cells, "V", every=every)
    return net.run(T).states("cells", "V")


def test_pulse_charges_and_discharges_the_membrane():
    """Fig. 1.1 C, D: V(115) = −69.471518, V(300) ≈ −68.000006, V(315) = −70.528485."""
    V = membrane(rb.Pulse(100, 300, 4.0)).values[:, 0]
    expected = [-72.0, -72 + 4 * (1 - np.exp(-1)), -72 + 4 * (1 - np.exp(-200 / 15))]
    assert V[[1000, 1150, 3000]] == pytest.approx(expected, abs=1e-11)
    assert V[3150] == pytest.approx(-72 + 4 * (1 - np.exp(-200 / 15)) * np.exp(-1), abs=1e-11)
    assert V[[1150, 3150]] == pytest.approx([-69.471518, -70.528485], abs=1e-6)


def test_steps_and_samples_are_the_same_current():
    values = np.array([1.0, 3.0, -2.0, 0.5])
    steps = membrane(rb.Steps(50.0 * np.arange(1, 5), values), T=300.0)
    samples = membrane(rb.Samples(values, every=50.0, t_start=50.0), T=300.0)
    assert np.array_equal(steps.values, samples.values)
    assert steps.values[500, 0] == pytest.approx(-72.0, abs=1e-12)
    assert steps.values[1000, 0] == pytest.approx(-72 + 1 - np.exp(-50 / 15), abs=1e-11)


def test_every_neuron_may_have_its_own_current():
    V = membrane(rb.Samples(np.array([[1.0, 2.0, 3.0]]), every=0.1), n=3).values
    assert V[-1] == pytest.approx([-71.0, -70.0, -69.0], abs=1e-9)
    V = membrane(rb.Pulse(0, 500, [1.0, 2.0, 3.0]), n=3).values
    assert V[-1] == pytest.approx([-71.0, -70.0, -69.0], abs=1e-9)


def check_moments(V, mean, std, independent):
    """Mean and s.d. of `independent` samples within 4.5 standard errors: false alarm below 1.4e-5 in all."""
    assert V.mean() == pytest.approx(mean, abs=4.5 * std / np.sqrt(independent))
    assert V.std() == pytest.approx(std, abs=4.5 * std / np.sqrt(2 * independent))


@pytest.mark.parametrize("dt", [0.05, 0.1, 0.5])
def test_ornstein_uhlenbeck_noise_does_not_depend_on_dt(dt):
    """Through a membrane with τ_m the s.d. is std sqrt(τ / (τ + τ_m))."""
    n, tau, tau_m = 2000, 5.0, 10.0
    V = membrane(rb.OrnsteinUhlenbeck(mean=5, std=4, tau=tau), n=n, dt=dt, tau_m=tau_m, T=200.0, every=100.0)
    check_moments(V.values[-1], -67.0, 4 * np.sqrt(tau / (tau + tau_m)), n)


@pytest.mark.parametrize("dt", [0.05, 0.1, 0.5])
def test_white_noise_does_not_depend_on_dt(dt):
    """The s.d. of V is sigma / sqrt(2 τ_m), and exactly sigma² (1 − e)² / (dt (1 − e²)) with e = exp(−dt/τ_m)."""
    n, sigma, tau_m = 2000, 5.0, 10.0
    V = membrane(rb.WhiteNoise(mean=3, sigma=sigma), n=n, dt=dt, tau_m=tau_m, T=100.0, every=100.0)
    e = np.exp(-dt / tau_m)
    exact = sigma / np.sqrt(dt) * (1 - e) / np.sqrt(1 - e * e)
    assert exact == pytest.approx(sigma / np.sqrt(2 * tau_m), rel=1e-3)
    check_moments(V.values[-1], -69.0, exact, n)


def test_noise_has_its_time_constant():
    """Lag-1 correlation of samples tau apart is 1/e; s.e. of a correlation is below 1/sqrt(n): 4.5 of them."""
    n = 4000
    net = rb.Network(dt=0.1, seed=2, threads=1)
    cells = net.add(rb.LIF(tau_m=1e-3, **LEAKY), n, name="cells")
    net.inject(cells, rb.OrnsteinUhlenbeck(mean=0, std=1, tau=7.0))
    net.record(cells, "V", every=7.0)
    V = net.run(14).states("cells", "V").values
    assert np.corrcoef(V[1], V[2])[0, 1] == pytest.approx(np.exp(-1), abs=4.5 / np.sqrt(n))


def test_noise_is_independent_between_neurons_steps_and_objects():
    net = rb.Network(dt=0.1, seed=3, threads=1)
    cells = [net.add(rb.LIF(tau_m=1e-3, **LEAKY), 200, name=name) for name in "ab"]
    for c in cells:
        net.inject(c, rb.WhiteNoise(0, 1))
        net.record(c, "V")
    r = net.run(20)
    a, b = (r.states(name, "V").values[1:] for name in "ab")
    # z-scores of sample correlations over 40,000 pairs; 5 s.d., false alarm below 6e-7 each
    for u, v in ((a, b), (a[1:], a[:-1]), (a[:, 1:], a[:, :-1])):
        correlation = np.corrcoef(u.ravel(), v.ravel())[0, 1]
        assert abs(correlation) < 5 / np.sqrt(u.size)
    # false alarm 1e-4; over a step white noise of intensity 1 has the s.d. 1 / sqrt(dt)
    assert stats.kstest((a.ravel() + 72.0) * np.sqrt(0.1), "norm").pvalue > 1e-4


@pytest.mark.parametrize(
    "rate",
    [
        lambda t: 20 + 16 * np.sin(2 * np.pi * t / 200),
        rb.Samples(20 + 16 * np.sin(2 * np.pi * (np.arange(10_000) + 0.5) * 0.1 / 200), every=0.1),
    ],
    ids=["function", "samples"],
)
def test_inhomogeneous_poisson_follows_its_rate(rate):
    """Counts in 20 ms bins over 2000 sources against the integral of the rate: χ² with 50 bins, p > 1e-5."""
    n = 2000
    net = rb.Network(dt=0.1, seed=7, threads=1)
    net.add(rb.Poisson(rate), n, name="y")
    times = net.run(1000).spikes("y").times
    counts = np.histogram(times - 0.05, np.linspace(0, 1000, 51))[0]
    edges = np.linspace(0, 1, 51)
    integral = 20 * edges - 16 * 0.2 / (2 * np.pi) * (np.cos(2 * np.pi * edges / 0.2) - 1)
    expected = n * np.diff(integral)
    chi2 = ((counts - expected) ** 2 / expected).sum()
    assert stats.chi2.sf(chi2, 50) > 1e-5


def test_function_rates_go_on_over_split_runs():
    def spikes(durations):
        net = rb.Network(dt=0.1, seed=7, threads=1)
        net.add(rb.Poisson(lambda t: 50 + 40 * np.sin(t / 10)), 50, name="y")
        return np.concatenate([net.run(d).spikes("y").times for d in durations])

    assert np.array_equal(spikes([30.0]), spikes([3.0, 0.1, 26.9]))


def test_recorded_means_and_single_precision():
    net = rb.Network(dt=0.1, seed=1, threads=3)
    for name in "abc":
        cells = net.add(rb.LIF(**LEAKY), 100, name=name)
        net.inject(cells, rb.Samples(np.random.default_rng(1).normal(size=(50, 100)), every=1.0))
    net.record(net["a"], "V", every=1.0)
    net.record(net["b"], "V", every=1.0, mean=True)
    net.record(net["c"], "V", every=1.0, dtype="float32", neurons=slice(None, None, -1))
    r = net.run(50)
    a, b, c = (r.states(name, "V").values for name in "abc")
    assert b.shape == (51, 1)
    assert b[:, 0] == pytest.approx(a.mean(axis=1), abs=1e-12)
    assert c.dtype == np.float32
    assert np.array_equal(c, a[:, ::-1].astype(np.float32))


def test_a_recording_that_would_fill_the_machine_warns():
    with pytest.warns(ResourceWarning, match="record fewer"):
        recording.warn_if_too_large(10**15)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recording.warn_if_too_large(1000)


def _net():
    net = rb.Network(dt=0.1, threads=1)
    return net, net.add(rb.LIF(), 4, name="e"), net.add(rb.Poisson(5), 4, name="x")


BAD = {
    "pulse backwards": (lambda n, e, x: rb.Pulse(5, 3, 1), ValueError, "t_start must be < t_stop = 3"),
    "pulse off the grid": (lambda n, e, x: n.inject(e, rb.Pulse(0.05, 3, 1)), ValueError, "start must be a multiple"),
    "amplitude not finite": (lambda n, e, x: rb.Pulse(0, 3, np.inf), ValueError, "amplitude must be finite"),
    "amplitudes of a wrong number": (lambda n, e, x: n.inject(e, rb.Pulse(0, 3, [1, 2])), ValueError, "4 neurons"),
    "times not ascending": (lambda n, e, x: rb.Steps([0, 2, 1], [1, 2, 3]), ValueError, "times must be ascending"),
    "no times": (lambda n, e, x: rb.Steps([], []), ValueError, "times must be"),
    "values of a wrong length": (lambda n, e, x: rb.Steps([0, 2], [1]), ValueError, "values must have one row"),
    "no samples": (lambda n, e, x: rb.Samples([], every=1), ValueError, "values must have shape"),
    "every zero": (lambda n, e, x: rb.Samples([1], every=0), ValueError, "every must be > 0"),
    "every off the grid": (lambda n, e, x: n.inject(e, rb.Samples([1], every=0.15)), ValueError, "every must be a mul"),
    "sigma negative": (lambda n, e, x: rb.WhiteNoise(0, -1), ValueError, "sigma must be >= 0"),
    "tau zero": (lambda n, e, x: rb.OrnsteinUhlenbeck(0, 1, 0), ValueError, "tau must be > 0"),
    "current into sources": (lambda n, e, x: n.inject(x, rb.Pulse(0, 3, 1)), ValueError, "must be made of neurons"),
    "not a current": (lambda n, e, x: n.inject(e, 5.0), TypeError, "current must be a Pulse"),
    "rate function negative": (
        lambda n, e, x: (n.add(rb.Poisson(lambda t: -1 + 0 * t), 3), n.run(1)),
        ValueError,
        "rate(t)",
    ),
    "rate function of a wrong shape": (
        lambda n, e, x: (n.add(rb.Poisson(lambda t: np.zeros(2)), 3), n.run(1)),
        ValueError,
        "rate must return one value for each",
    ),
    "rate function not finite": (
        lambda n, e, x: (n.add(rb.Poisson(lambda t: np.nan * t), 3), n.run(1)),
        ValueError,
        "got nan at t = 0.05 ms",
    ),
    "rate function above 500 spikes per step": (
        lambda n, e, x: (n.add(rb.Poisson(lambda t: np.where(t > 0.5, 5.1e6, 5e6)), 3, name="y"), n.run(1)),
        ValueError,
        "rate(t) of population 'y' must be between 0 and 5e+06 Hz with dt = 0.1 ms, got 5.1e+06 at t = 0.55 ms",
    ),
    "rate samples negative": (lambda n, e, x: rb.Poisson(rb.Samples([-1], every=1)), ValueError, "rate must be >= 0"),
    "rate samples above all rates": (
        lambda n, e, x: rb.Poisson(rb.Samples([5, 1.1e7], every=1)),
        ValueError,
        "rate must be >= 0 and <= 1e+07, got 1.1e+07",
    ),
    "rate steps above 500 spikes per step": (
        lambda n, e, x: n.add(rb.Poisson(rb.Steps([0, 2], [5, 5.1e6])), 3),
        ValueError,
        "rate must bring at most 500 spikes per step of dt = 0.1 ms, got 5.1e+06",
    ),
    "precision unknown": (lambda n, e, x: n.record(e, "V", dtype="int8"), ValueError, "dtype must be float64"),
    "mean over nobody": (lambda n, e, x: n.record(e, "V", neurons=[], mean=True), ValueError, "must not be empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    call, error, text = BAD[case]
    net, e, x = _net()
    with pytest.raises(error) as raised:
        call(net, e, x)
    assert text in str(raised.value)
    if not case.startswith("rate function"):
        net.run(1)


@pytest.mark.parametrize(
    "series",
    [rb.Pulse(0, 1, np.ones(0)), rb.Steps([0, 1], np.ones((2, 0))), rb.Samples(np.ones((3, 0)), every=1.0)],
)
def test_nobody_has_a_column_of_a_series(series):
    """One column per neuron are none for a population of none, whatever the series is for."""
    fed = rb.neuron("Fed", "dV/dt = fed - V", initial=dict(V=0), inputs=dict(fed=0))
    net = rb.Network(dt=0.1)
    e = net.add(rb.EIFChR(), 0, name="e")
    net.add(fed(fed=series), 0, name="fed")
    net.add(rb.Poisson(rate=series), 0, name="x")
    net.inject(e, series)
    net.inject(e, rb.Light(series))
    assert net.run(2).rates() == {"e": 0, "fed": 0, "x": 0}
    with pytest.raises(ValueError, match="one for each of the 2 neurons, got 0"):
        net.inject(net.add(rb.LIF(), 2), series)
