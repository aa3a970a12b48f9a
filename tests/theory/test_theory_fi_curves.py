"""f–I theory: Siegert, threshold integration and noiseless curves, against closed forms and the engine."""

import pickle

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import erfcx

import rheobase as rb
from rheobase.theory import (
    Membrane,
    Noiseless,
    Siegert,
    ThresholdIntegration,
    exponential,
    leaky,
    quadratic,
    saddle_node_interval,
)

#: I_0 (mV), interval (ms) and rate (Hz) of the textbook's EIF neuron with τ_m = 15 ms.
TABLE = [
    (15.01, 949.93, 1.053),
    (15.1, 303.91, 3.290),
    (15.5, 136.63, 7.319),
    (16, 95.967, 10.420),
    (17, 66.434, 15.053),
    (18, 52.990, 18.872),
    (19, 44.835, 22.304),
    (20, 39.206, 25.506),
    (22, 31.754, 31.493),
    (25, 25.080, 39.873),
    (30, 18.860, 53.021),
    (40, 12.837, 77.902),
]
LIF = {"tau_m": 20.0, "E_L": 0.0, "V_th": 20.0, "V_re": 10.0, "t_ref": 2.0}


# ---- without noise ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("current", "interval", "rate"), TABLE)
def test_noiseless_eif_table(current, interval, rate):
    f = Noiseless(rb.EIF(tau_m=15))
    assert f.interval(current) == pytest.approx(interval, abs=5.1e-3 if interval > 100 else 5.1e-4)
    assert f(current) == pytest.approx(rate, abs=5.1e-4)
    assert Noiseless(rb.EIF(tau_m=10)).interval(current) == pytest.approx(f.interval(current) * 2 / 3, rel=1e-12)


@pytest.mark.parametrize("excess", [1e-3, 0.1, 10.0, 1e3])
def test_noiseless_eif_against_adaptive_quadrature(excess):
    m = exponential(15, -72, -55, 2, 5, -75)
    width = np.sqrt(4 * excess)

    def slowness(s):
        V = -55 + width * np.sinh(s)
        return 15 * width * np.cosh(s) / (m.drift(V) + 15 + excess)

    ends = np.arcsinh(np.array([-20, 60]) / width)
    exact = sum(quad(slowness, a, b, epsabs=0, epsrel=1e-10, limit=500)[0] for a, b in ((ends[0], 0), (0, ends[1])))
    assert Noiseless(m).interval(15 + excess) == pytest.approx(exact, rel=1e-9)


def test_noiseless_threshold_and_gain():
    f = Noiseless(rb.EIF())
    np.testing.assert_array_equal(f([-5.0, 15.0]), 0.0)
    np.testing.assert_array_equal(f.derivative([-5.0, 15.0]), 0.0)
    h = 1e-4
    assert f.derivative(17.0) == pytest.approx((f(17 + h) - f(17 - h)) / (2 * h), rel=1e-7)
    assert f.interval([[16, 17], [18, 19]]).shape == (2, 2)


def test_saddle_node_asymptote():
    assert saddle_node_interval(rb.EIF(tau_m=15), 15.01) == pytest.approx(942.48, abs=5e-3)
    ratio = [saddle_node_interval(rb.EIF(), 15 + x) / Noiseless(rb.EIF()).interval(15 + x) for x in (1e-2, 1e-4, 1e-6)]
    assert np.all(np.diff(np.abs(np.subtract(ratio, 1))) < 0) and ratio[-1] == pytest.approx(1, abs=1e-4)
    assert saddle_node_interval(rb.EIF(), 14.0) == np.inf


def test_noiseless_leaky_and_quadratic():
    f = Noiseless(rb.LIF(tau_m=15))
    np.testing.assert_allclose(f([18, 20, 25]), [21.897, 32.730, 53.216], atol=5e-4)
    assert f.interval(19.0) == pytest.approx(35.9684, abs=5e-5)
    np.testing.assert_allclose(Siegert.of(rb.LIF(tau_m=15), 0.0)([18, 20, 25, 17, 3]), [*f([18, 20, 25]), 0, 0])
    qif = Noiseless(quadratic(15, -72, -55, 2, 5, -75))
    assert qif.interval(19.0) == pytest.approx(43.164, abs=5e-4)
    assert Noiseless(quadratic(15, -72, -55, 2, 1e6, -1e6)).interval(19.0) == pytest.approx(47.124, abs=2e-3)


# ---- Siegert ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "sigma"), [(10, 5), (20, 5), (30, 1), (100, 1), (5, 3), (-50, 20), (15, 40)])
def test_siegert_against_quadrature(mean, sigma):
    a, b = ((V - mean) / np.sqrt(2) / sigma for V in (10, 20))
    exact = 1000 / (2 + 20 * np.sqrt(np.pi) * quad(lambda u: erfcx(-u), a, b, epsabs=0, epsrel=1e-13)[0])
    f = Siegert(**LIF)
    assert f(mean, sigma) == pytest.approx(exact, rel=1e-11)
    h = 1e-4
    assert f.derivative(mean, sigma) == pytest.approx((f(mean + h, sigma) - f(mean - h, sigma)) / (2 * h), rel=1e-6)
    slope = (f(mean, sigma + h) - f(mean, sigma - h)) / (2 * h)
    assert f.derivative_sigma(mean, sigma) == pytest.approx(slope, rel=1e-6)


def test_siegert_is_safe_everywhere():
    f = Siegert(**LIF)
    mean, sigma = np.meshgrid(
        np.concatenate([-np.geomspace(1e6, 1e-3, 40), np.geomspace(1e-3, 1e6, 40)]), np.geomspace(1e-9, 1e6, 40)
    )
    for values in (f(mean, sigma), f.derivative(mean, sigma), f.derivative_sigma(mean, sigma)):
        assert np.isfinite(values).all()
    assert (f(mean, sigma) >= 0).all() and (f(mean, sigma) <= 500).all()
    assert f(30.0, 1e-7) == pytest.approx(f(30.0, 0.0), rel=1e-9)
    # Kramers' limit, far below threshold: with b = V_th − I over √2 σ, r τ_m ≈ b e^{−b²}/√π.
    b = 20 / np.sqrt(2)
    assert f(0.0, 1.0) == pytest.approx(1000 / 20 * b * np.exp(-(b**2)) / np.sqrt(np.pi), rel=1 / b**2)


@pytest.mark.parametrize(("V_re", "rate"), [(0.0, 32.0), (10.0, 37.95)])
def test_brunel_rates(V_re, rate):
    """g = 5, η = 2; the formula with self-consistent mean and variance."""
    J, C_E, C_I, g, tau = 0.1, 1000, 250, 5, 0.020
    external = 2 * 20 / (J * C_E * tau)
    f = Siegert(tau_m=20, E_L=0, V_th=20, V_re=V_re, t_ref=2)

    def residual(r):
        mean = tau * J * (C_E * (external + r) - g * C_I * r)
        return f(mean, np.sqrt(tau * J**2 * (C_E * (external + r) + g**2 * C_I * r) / 2)) - r

    assert brentq(residual, 1, 200) == pytest.approx(rate, abs=0.05)


# ---- threshold integration -------------------------------------------------------------------------------------------


def test_threshold_integration_of_the_leaky_neuron_is_siegert():
    exact = Siegert(**LIF)
    numeric = ThresholdIntegration(rb.LIF(**LIF))
    for sigma in (0.5, 2.0, 5.0, 15.0):
        mean = np.array([12.0, 18.0, 20.0, 25.0, 60.0])
        np.testing.assert_allclose(numeric(mean, sigma), exact(mean, sigma), rtol=2e-5)
        np.testing.assert_allclose(numeric.derivative(mean, sigma), exact.derivative(mean, sigma), rtol=1e-3)


def test_threshold_integration_is_of_second_order():
    rates = [ThresholdIntegration(rb.EIF(), 5.0, points)(12.0) for points in (400, 800, 1600, 3200)]
    steps = np.abs(np.diff(rates))
    assert np.log2(steps[:-1] / steps[1:]) == pytest.approx([2, 2], abs=0.4)


def test_threshold_integration_without_noise():
    small = ThresholdIntegration(rb.EIF(), 0.02)
    np.testing.assert_allclose(small([16, 20, 40, 5]), Noiseless(rb.EIF())([16, 20, 40, 5]), rtol=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("neuron", [rb.LIF(), rb.EIF(), rb.QIF()], ids=["LIF", "EIF", "QIF"])
def test_noise_of_next_to_nothing_is_none(neuron):
    currents = np.array([-5.0, 12.0, 20.0, 30.0])
    without = Noiseless(neuron)(currents)
    for sigma in (1e-6, 1e-12, 1e-24, 1e-200):
        assert ThresholdIntegration(neuron, sigma)(currents) == pytest.approx(without, rel=1e-5, abs=1e-12)


def test_stationary_density():
    f = ThresholdIntegration(rb.LIF(**LIF), 5.0)
    s = f.stationary(15.0)
    assert s.rate == pytest.approx(float(f(15.0)))
    assert s.density.sum() * (s.V[1] - s.V[0]) == pytest.approx(1 - s.rate * 2e-3, rel=1e-12)
    assert (s.density >= 0).all() and s.density[-1] == 0
    far = ThresholdIntegration(rb.LIF(V_th=-20.0), 3.0).stationary(0.0)
    assert (far.mean, far.std) == pytest.approx((-72, 3.0), rel=1e-4)


def test_any_drift():
    """A wall at the reset: V' = I/τ with reflecting walls far below is drifting Brownian motion."""
    perfect = Membrane(lambda V: np.where(V < -5, 100.0 * (-5 - V), 0.0), tau_m=10.0, V_th=10.0, V_re=0.0)
    # Pushed hard, it takes (V_th − V_re) τ/I whatever the noise.
    assert ThresholdIntegration(perfect, 0.5)(20.0) == pytest.approx(1000 / 5.0, rel=1e-3)


def test_linear_response():
    f = ThresholdIntegration(rb.EIF(tau_m=15), 5.0)
    A = f.response([0.0, 0.1, 20.0, 3000.0], 12.0)
    assert A[0] == f.derivative(12.0) and abs(A[1]) == pytest.approx(abs(A[0]), rel=1e-3)
    assert abs(A[2]) < abs(A[1])
    # At high frequencies an EIF answers as r/(D iω τ_m), Fourcaud-Trocmé et al. 2003; corrections are of order 1/√ω.
    omega = 2 * np.pi * 3.0
    assert A[3] == pytest.approx(float(f(12.0)) / (2 * 1j * omega * 15), rel=0.03)
    leaky_answer = ThresholdIntegration(rb.LIF(**LIF), 5.0).response([3000.0], 15.0)[0]
    assert np.angle(leaky_answer, deg=True) == pytest.approx(-45, abs=3)


# ---- against the engine ----------------------------------------------------------------------------------------------


def simulate(neuron, n, duration, dt, mean, sigma, seed):
    """Rate (Hz) and its standard error, in white noise, from the counts of independent neurons."""
    net = rb.Network(dt=dt, seed=seed, threads=1)
    p = net.add(neuron, n, name="p")
    net.inject(p, rb.WhiteNoise(mean=mean, sigma=sigma * np.sqrt(2 * neuron.parameters["tau_m"])))
    net.run(200)
    spikes = net.run(duration).spikes("p")
    counts = np.bincount(spikes.indices, minlength=n)
    return 1000 * counts.mean() / duration, 1000 * counts.std(ddof=1) / np.sqrt(n) / duration


def test_siegert_against_the_engine():
    dt, sigma, mean = 0.02, 5.0, 18.0
    rate, error = simulate(rb.LIF(**LIF), 400, 800.0, dt, mean, sigma, seed=3)
    # Crossings between grid points are missed, as if the threshold were 0.5826 s.d. of a step higher (Broadie 1997).
    missed = 0.5826 * sigma * np.sqrt(2 * dt / 20)
    exact = Siegert(**{**LIF, "V_th": 20 + missed}, sigma=sigma)(mean)
    assert abs(rate - exact) < 4.5 * error  # false alarm: 7e-6
    assert error < 0.01 * exact


@pytest.mark.parametrize(("mean", "sigma"), [(12.0, 5.0), (20.0, 3.0)])
def test_threshold_integration_against_the_engine(mean, sigma):
    rate, error = simulate(rb.EIF(tau_m=15, t_ref=1.0), 400, 800.0, 0.02, mean, sigma, seed=5)
    exact = ThresholdIntegration(rb.EIF(tau_m=15, t_ref=1.0), sigma)(mean)
    assert abs(rate - exact) < 4.5 * error + 0.003 * exact  # false alarm: 7e-6; the time step lends 0.3 %
    assert error < 0.02 * exact


def test_filtered_synapses_against_the_engine():
    """The shift of threshold and reset repairs most of what white noise gets wrong at τ_s/τ_m = 1/20."""
    tau_s, sigma, mean = 1.0, np.sqrt((25 * 18.0 + 45.0) / 40), 5 * 18.0 - 45.0 - 27.0
    net = rb.Network(dt=0.05, seed=4, threads=1)
    p = net.add(rb.LIF(**LIF, I_x=-27.0), 400, name="p")
    net.drive(p, 18.0, sources=1000, weight=5.0, synapse=rb.Exponential(tau=tau_s))
    net.drive(p, 18.0, sources=2500, weight=-1.0, synapse=rb.Exponential(tau=tau_s))
    net.run(200)
    rate = net.run(800).rates()["p"]
    white, filtered = Siegert(**LIF, sigma=sigma)(mean), Siegert(**LIF, sigma=sigma, tau_s=tau_s)(mean)
    assert abs(filtered - rate) < 0.25 * abs(white - rate)


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: Siegert(V_re=-50.0), ValueError, "V_re must be < V_th = -55"),
        (lambda: Siegert(sigma=-1.0), ValueError, "sigma must be >= 0"),
        (lambda: Siegert()([1.0], -1.0), ValueError, "sigma"),
        (lambda: Siegert()([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, "sigma must fit I"),
        (lambda: Siegert.of(rb.EIF(), 1.0), TypeError, "rb.LIF"),
        (lambda: ThresholdIntegration(rb.EIF(), 0.0), ValueError, "sigma must be > 0"),
        (lambda: ThresholdIntegration(rb.EIF(), 1.0)(np.nan), ValueError, "I must be finite"),
        (lambda: ThresholdIntegration("EIF"), TypeError, "neuron must be a neuron model"),
        (lambda: ThresholdIntegration(rb.LIF(), 0.5).stationary(-40.0), ValueError, "it never does"),
        (lambda: ThresholdIntegration(Membrane(lambda V: -1 + 0 * V, 10, 1, 0))(0.0), ValueError, "drift must push"),
        (lambda: Noiseless(3), TypeError, "neuron must be"),
        (lambda: saddle_node_interval(rb.LIF(), 20.0), ValueError, "saddle-node"),
        (lambda: saddle_node_interval(leaky(10, 0, 20, 10), 20.0), ValueError, "saddle-node"),
        (lambda: Membrane(3, 10, 1, 0), TypeError, "drift must be a function"),
        (lambda: Membrane(np.negative, 10, 1, 2), ValueError, "V_re must be < 1"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=None) as caught:
        call()
    assert text in str(caught.value)


def test_curves_can_be_pickled():
    for curve in (Siegert(), ThresholdIntegration(rb.EIF(), 3.0).stationary(12.0)):
        assert pickle.loads(pickle.dumps(curve)) is not None


@pytest.mark.parametrize("sigma", [0.05, 0.003])
@pytest.mark.parametrize("distance", [-2.0, 0.0, 1.0, 10.0])
def test_weak_noise(sigma, distance):
    """Rates where noise is weak: of a leaky neuron by Siegert's formula, of others on an even grid and its limit."""
    lif = rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-75)
    mean = 17 + distance * sigma
    assert ThresholdIntegration(lif, sigma)(mean) == pytest.approx(float(Siegert.of(lif, sigma)(mean)), rel=1e-4)
    for neuron in (rb.EIF(), rb.QIF()):
        curve, mean = ThresholdIntegration(neuron, sigma), 15 + distance * sigma
        rate = float(curve(mean))
        if distance == 10:  # next to that the noise hardly changes the bottleneck, of curvature 1/(2 D)
            assert rate == pytest.approx(float(Noiseless(neuron)(mean)), rel=0.02 if sigma == 0.05 else 1e-3)
        if sigma == 0.05:
            assert rate == pytest.approx(curve.stationary(mean).rate, rel=1e-4)
        h = 1e-2 * sigma
        slope = (float(curve(mean + h)) - float(curve(mean - h))) / (2 * h)
        assert float(curve.derivative(mean)) == pytest.approx(slope, rel=5e-3)


def test_response_without_noise():
    flat = Noiseless(Membrane(np.zeros_like, tau_m=10.0, V_th=20.0, V_re=5.0))
    # Each of its neurons passes every potential alike, so that the rate follows at once: 1/(τ_m (V_th − V_re)).
    np.testing.assert_allclose(flat.response([0.0, 3.0, 40.0], 12.0), 1000 / (10 * 15), rtol=1e-4)
    f, hertz = Noiseless(rb.LIF(t_ref=2.0)), np.array([0.0, 2.0, 20.0])
    assert f.response(0.0, 25.0) == pytest.approx(f.derivative(25.0), rel=1e-9)
    little = ThresholdIntegration(rb.LIF(t_ref=2.0), sigma=0.2)
    np.testing.assert_allclose(f.response(hertz, 25.0), little.response(hertz, 25.0), rtol=0.02)
    np.testing.assert_array_equal(f.response(-hertz, 25.0), np.conj(f.response(hertz, 25.0)))
    np.testing.assert_array_equal(f.response(hertz, 10.0), 0)
    # Counts in long windows have a variance of 1/6 on the average: ∫ 2 S/(2 π² f²) df, here 2/π² with lines spread out.
    rate = float(f(25.0))
    np.testing.assert_array_equal(f.power_spectrum(rate * np.array([-0.7, 0.4, 0.6]), 25.0), [rate, 0, rate])


def perfect_in_modulated_noise(hertz, drift, D, lowest):
    """Response, 1/ms, of a perfect integrator from 0 to 1 that returns to `lowest`, to D (1 + ε exp(2πi f t)).

    J = v P − D P', and J₁' = −iω P₁ for the modulated density, which the noise drives by −D P₀'. Below and above
    the reset P₁ is a sum of exponentials, which meet where P₁ is continuous and J₁ jumps by the rate.
    """
    omega = 2e-3 * np.pi * hertz
    up, down = np.roots([D, -drift, -1j * omega])
    up, down = (up, down) if up.real > down.real else (down, up)
    rate, steep = drift / (1 - lowest), drift / D
    # P₀ is (r/v)(1 − exp(v (x − 1)/D)) above, (r/v)(exp(−v lowest/D) − exp(−v/D)) exp(v x/D) below.
    above, below = -rate / drift * np.exp(-steep), rate / drift * (np.exp(-steep * lowest) - np.exp(-steep))
    forced = [D * steep**2 * part / (1j * omega) for part in (above, below)]
    x = lowest

    def flux(exponent):
        return (drift - D * exponent) * np.exp(exponent * x)

    # Unknown: exponentials up and down above, up below, and the modulated rate.
    system = np.array(
        [
            [np.exp(up), np.exp(down), 0, 0],
            [np.exp(up * x), np.exp(down * x), -np.exp(up * x), 0],
            [flux(up), flux(down), -flux(up), -1],
            [(drift - D * up) * np.exp(up), (drift - D * down) * np.exp(down), 0, -1],
        ]
    )
    driven = [D * steep * part * np.exp(steep * x) for part in (above, below)]
    right = [
        -forced[0] * np.exp(steep),
        (forced[1] - forced[0]) * np.exp(steep * x),
        driven[0] - driven[1],
        D * steep * above * np.exp(steep),
    ]
    return np.linalg.solve(system, right)[-1]


def test_response_to_modulated_noise():
    """Of a perfect integrator in closed form; of others the slope of their steady rates, and all of the rate."""
    perfect = ThresholdIntegration(Membrane(np.zeros_like, tau_m=10.0, V_th=-50.0, V_re=-70.0), 6.0)
    hertz = np.array([5.0, 40.0, 200.0])
    # In units of 20 mV: v = 12/(10 · 20) and D = σ²/(10 · 400), per ms.
    exact = [1000 * perfect_in_modulated_noise(f, 0.06, 36 / 4000, 0.0) for f in hertz]
    np.testing.assert_allclose(perfect.fluctuations(hertz, 12.0)[1], exact, rtol=0.01)
    assert abs(perfect.fluctuations([0.0], 12.0)[1][0]) < 1e-4  # whose rate no noise changes
    for neuron in (rb.LIF(**LIF), rb.EIF(), rb.QIF()):
        curve = ThresholdIntegration(neuron, 5.0)
        to_mean, to_noise, _ = curve.fluctuations([0.0, 1e-3], 12.0)
        assert to_noise[1] == pytest.approx(to_noise[0], rel=1e-3)
        assert to_noise[0] == pytest.approx((curve(12.0, 5.05) - curve(12.0, 4.95)) / np.log(5.05 / 4.95) / 2, rel=1e-3)
        np.testing.assert_array_equal(to_mean, curve.response([0.0, 1e-3], 12.0))
    # What is at the threshold goes over it by noise alone, so that the flux there is as much larger as the noise.
    fast = ThresholdIntegration(rb.LIF(**LIF), 5.0)
    assert abs(fast.fluctuations([3e4], 15.0)[1][0]) == pytest.approx(float(fast(15.0)), rel=0.1)
