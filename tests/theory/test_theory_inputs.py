"""Shot noise, effective membranes, quenched variance, and fits of f–I curves."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import curve_fit

import rheobase as rb
from rheobase.rates import PowerLaw, Softplus, ThresholdLinear
from rheobase.theory import (
    ShotNoise,
    effective_membrane,
    fit_power_law,
    fit_softplus,
    fit_threshold_linear,
    input_moments,
    quenched_variance,
    squared_area,
)

#: Mean input (mV) and rate (Hz) of the textbook's f–I experiment, r_e = 3 … 11 Hz.
MEANS = np.array([-2.4, 0.8, 4.0, 7.2, 10.4, 13.6, 16.8, 20.0, 23.2])
RATES = np.array([0, 0, 0.08, 0.80, 4.15, 12.9, 24.5, 37.4, 49.1])


def inputs(j):
    return [ShotNoise(8, j, 5, 200), ShotNoise(15, -j, 5, 50)]


def test_moments_of_the_textbook():
    """E16: j = 15 in the text gives 12.75 mV, j = 16 in the notebook 13.6 mV."""
    m = input_moments(inputs(15), tau_m=10)
    assert (m.mean, m.current_std, m.membrane_std) == pytest.approx((12.75, 7.272, 4.198), abs=5e-4)
    assert -72 + m.mean == pytest.approx(-59.25)
    m = input_moments(inputs(16), tau_m=10)
    assert (m.mean, m.current_std, m.membrane_std) == pytest.approx((13.6, 7.756, 4.478), abs=5e-4)


def test_moments_against_the_engine():
    net = rb.Network(dt=0.1, seed=2, threads=1)
    free = net.add(rb.LIF(V_th=1000.0), 1500, name="free")
    net.drive(free, 8.0, sources=200, weight=15, synapse=rb.Exponential(tau=5, label="e"))
    net.drive(
        free, 15.0, sources=50, weight=-15, synapse=rb.DifferenceOfExponentials(tau_rise=2, tau_decay=7, label="i")
    )
    excitation, inhibition = ShotNoise(8, 15, 5, 200), ShotNoise(15, -15, (2, 7), 50)
    net.run(150)
    V, I_e, I_i = [], [], []
    for _ in range(5):  # snapshots 60 ms apart are as good as independent
        net.run(60)
        V.append(free["V"])
        I_e.append(free["I_e"])
        I_i.append(free["I_i"])
    m = input_moments([excitation, inhibition], tau_m=10)
    # 7500 samples: the s.d. of a sample s.d. is 1/√15000 = 0.8 %; false alarm 7e-6 each. Currents are skewed: 1.2 %.
    assert np.std(V) == pytest.approx(m.membrane_std, rel=4.5 * 0.0082)
    assert np.std(I_e) == pytest.approx(np.sqrt(excitation.variance), rel=4.5 * 0.012)
    assert np.std(I_i) == pytest.approx(np.sqrt(inhibition.variance), rel=4.5 * 0.012)
    assert np.mean(V) + 72 == pytest.approx(m.mean, abs=4.5 * m.membrane_std / np.sqrt(7500))


@pytest.mark.parametrize("tau", [(3.0,), (3.0, 8.0), (1.0, 4.0, 10.0)])
def test_squared_area(tau):
    """By Parseval: ∫h² = (1/π) ∫_0^∞ ∏ 1/(1 + ω²τ²) dω."""
    exact = quad(lambda w: np.prod([1 / (1 + (w * t) ** 2) for t in tau]), 0, np.inf, epsabs=1e-13)[0] / np.pi
    assert squared_area(tau) == pytest.approx(exact, rel=1e-8)


def test_delta_synapse():
    delta = ShotNoise(rate=1000.0, weight=0.1 * 20)
    assert delta.variance == np.inf
    assert delta.membrane_variance(20.0) == pytest.approx(0.1**2 * 1.0 * 20 / 2)


def test_quenched_variance():
    assert np.sqrt(quenched_variance([8, 15], [16, -16], [2000, 500], 0.1)) == pytest.approx(2.354, abs=5e-4)
    random = np.random.default_rng(7)
    counts = random.binomial(2000, 0.1, 20_000), random.binomial(500, 0.1, 20_000)
    means = 16e-3 * (8 * counts[0] - 15 * counts[1])
    assert means.std() == pytest.approx(2.354, rel=4.5 / np.sqrt(2 * 20_000))  # false alarm 7e-6


def test_effective_membrane():
    m = effective_membrane([ShotNoise(8, 0.3, 5, 200), ShotNoise(15, 8, 5, 50)], [0, -75], tau_m=10, E_L=-72)
    np.testing.assert_allclose(m.conductances, [0.48, 6.0])
    assert m.tau == pytest.approx(1.33690, abs=5e-6)
    assert round(m.V, 4) == -69.7861
    J, E = np.array([0.3, 8]), np.array([0, -75])
    np.testing.assert_allclose(m.current_weights, J * (E - m.V))
    K_r = np.array([1.6, 0.75])
    exact = np.sum(K_r * (J * (E - m.V) / 7.48) ** 2 / (2 * (m.tau + 5)))
    assert m.variance == pytest.approx(exact, rel=1e-12)


# ---- fits ------------------------------------------------------------------------------------------------------------


def test_threshold_linear_fit_of_the_textbook():
    fit = fit_threshold_linear(MEANS, RATES)
    assert fit.g == pytest.approx(3.575, abs=1.5e-3)
    assert fit.theta == pytest.approx(9.639, abs=5e-3)


def test_e14_curve_fit_with_the_right_function_and_order():
    popt, _ = curve_fit(lambda x, g, theta: g * (x - theta) * (x > theta), MEANS, RATES, p0=(1, 1))
    fit = fit_threshold_linear(MEANS, RATES)
    assert (fit.g, fit.theta) == pytest.approx(tuple(popt), rel=1e-6)


def test_threshold_linear_fit_is_the_global_minimum():
    random = np.random.default_rng(1)
    for _ in range(20):
        x = np.sort(random.uniform(0, 30, 8))
        y = np.maximum(3 * (x - 15), 0) + random.normal(0, 8, 8)
        fit = fit_threshold_linear(x, y)
        g, theta = np.meshgrid(np.linspace(0.05, 12, 240), np.linspace(-20, 30, 501))
        grid = ((y - g[..., None] * np.maximum(x - theta[..., None], 0)) ** 2).sum(axis=-1).min()
        assert ((y - fit(x)) ** 2).sum() <= grid + 1e-9


def test_curves_are_found_again():
    x = np.linspace(-5, 40, 20)
    for fit, curve in (
        (fit_threshold_linear, ThresholdLinear(2.5, 11.0)),
        (fit_softplus, Softplus(2.5, 11.0, 3.0)),
        (fit_power_law, PowerLaw(0.04, 2.2, 3.0)),
    ):
        found = fit(x[::-1], curve(x[::-1]))
        assert vars(found) == pytest.approx(vars(curve), rel=1e-4)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: ShotNoise(-1.0, 1.0), ValueError, "rate must be >= 0"),
        (lambda: ShotNoise(1.0, 1.0, (1, 2, 3)), ValueError, "at most two time constants"),
        (lambda: ShotNoise(1.0, 1.0, 0.0), ValueError, "tau"),
        (lambda: input_moments([3], 10), TypeError, "inputs[0] must be a ShotNoise"),
        (lambda: squared_area([1, 2, 3, 4]), ValueError, "one to three"),
        (lambda: quenched_variance(1, 1, 1, 2), ValueError, "p"),
        (lambda: effective_membrane(inputs(1), [0, -75], tau_m=10, E_L=-72), ValueError, "weights of conductances"),
        (lambda: effective_membrane(inputs(1), [0], tau_m=10, E_L=-72), ValueError, "reversals must be one per input"),
        (lambda: fit_threshold_linear([1, 2, 3], [0, 0, 0]), ValueError, "rates must rise"),
        (lambda: fit_threshold_linear([1, 1, 2], [3, 2, 1]), ValueError, "three different inputs"),
        (lambda: fit_softplus([1, 2, 3], [3, 2]), ValueError, "I and rates must have one length, got 3 and"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_areas_of_powers_of_kernels():
    """What cumulants of shot noise take, next to closed forms and quadrature."""
    from rheobase.theory.inputs.shot_noise import area_of_power, squared_area

    t = np.linspace(0, 400, 400_001)
    for tau, kernel in (
        ((5.0,), np.exp(-t / 5) / 5),
        ((5.0, 10.0), (np.exp(-t / 10) - np.exp(-t / 5)) / 5),
        ((7.0, 7.0), t * np.exp(-t / 7) / 49),
        ((4.0, 4.0, 4.0), t**2 * np.exp(-t / 4) / 128),
    ):
        for power in (2, 3, 4):
            assert area_of_power(tau, power) == pytest.approx(np.trapezoid(kernel**power, t), rel=0.015)
        assert area_of_power(tau, 2) == pytest.approx(squared_area(tau), rel=2e-3)


def test_an_alpha_function_is_two_exponentials():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.EIF(tau_m=15), 300, name="p")
    net.drive(p, 10.0, sources=100, weight=15.0, synapse=rb.Alpha(tau=5))
    field = rb.theory.SelfConsistentField.of(net, alike=True)
    # Variance of the free potential: an alpha function's kernel, filtered, squared and summed.
    t = np.arange(0, 300, 0.01)
    kernel = np.exp(-t / 15) / 15
    for _ in range(2):
        kernel = np.convolve(kernel, np.exp(-t / 5) / 5)[: len(t)] * 0.01
    assert field.moments([0.0])[2][0] == pytest.approx(15.0 * np.sqrt(np.sum(kernel**2) * 0.01), rel=0.01)
    counts = rb.spikes.spike_counts(net.run(2300).spikes("p").between(300, 2300))
    error = counts.std() / np.sqrt(300) / 2
    assert field.solve()[0] == pytest.approx(counts.mean() / 2, abs=3 * error + 0.02 * counts.mean() / 2)
