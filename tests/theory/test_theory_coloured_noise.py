"""The rate in filtered noise, and how it follows modulations, next to the engine and in the limits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

import rheobase as rb
from rheobase.theory import ColouredNoise, Noiseless, SelfConsistentField, Siegert, ThresholdIntegration
from rheobase.theory.membranes import Membrane, as_membrane
from rheobase.theory.neurons import small_matrices
from rheobase.theory.neurons.siegert import threshold_shift

EIF = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=-40, V_re=-72)
QIF = rb.QIF(tau_m=15, E_L=-70, V_T=-55, D=2.5, V_th=-30, V_re=-68, t_ref=2)
LIF = rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-72, t_ref=2)


@pytest.mark.parametrize(("neuron", "sigma"), [(EIF, 4.0), (LIF, 4.0), (QIF, 0.5)])
def test_rates_found_together_are_those_found_alone(neuron, sigma):
    # From inputs at which the densities overflow, or all flow down, to those at which neurons fire regularly.
    inputs = np.array([-300.0, -20.0, 5.0, 15.0, 40.0])
    for curve in (ColouredNoise(neuron, sigma, tau_s=5.0), ThresholdIntegration(neuron, sigma, points=200)):
        together = curve(inputs)
        np.testing.assert_allclose(together, [curve(one) for one in inputs], rtol=1e-9, atol=1e-12)
        assert together[0] == 0 < together[-1]


@pytest.mark.parametrize("n", [20, 150])
@pytest.mark.parametrize("kind", [float, complex])
def test_small_matrices_give_what_those_of_numpy_and_scipy_do(n, kind):
    rng = np.random.default_rng(1)
    A, b = rng.normal(size=(2, n, n)).astype(kind), rng.normal(size=(2, n, n + 5)).astype(kind)
    if kind is complex:
        A += 1j * rng.normal(size=A.shape)
    A += 3 * np.sqrt(n) * np.eye(n)  # so that each part of it is regular
    np.testing.assert_allclose(A @ small_matrices.solve(A.copy(), b), b, atol=1e-10)
    np.testing.assert_allclose(small_matrices.multiply(A, b), A @ b, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(small_matrices.exponential(-A[0]), expm(-A[0]), atol=1e-12)
    assert (small_matrices.exponential(np.zeros((n, n))) == np.eye(n)).all()


def driven(neuron, mean, sigma, tau_s, n=400):
    """Neurons in filtered Gaussian noise."""
    net = rb.Network(dt=0.025 if tau_s < 1 else 0.05, seed=1, threads=1)
    p = net.add(neuron, n, name="p", V=rb.Uniform(-72, -55))
    tau_m = neuron.parameters["tau_m"]
    net.inject(p, rb.OrnsteinUhlenbeck(mean=mean, std=sigma * np.sqrt(1 + tau_m / tau_s), tau=tau_s))
    return net


def rates_of(net, n=400):
    """Rate of each neuron in 1 s, Hz."""
    return np.bincount(net.run(1300).spikes("p").between(300, 1300).indices, minlength=n).astype(float)


@pytest.mark.parametrize(
    ("neuron", "mean", "sigma", "tau_s"),
    [
        (EIF, 18.0, 4.0, 0.5),
        (EIF, 18.0, 4.0, 20.0),
        (QIF, 16.0, 4.0, 0.75),
        (QIF, 16.0, 4.0, 15.0),
        (QIF, 16.0, 4.0, 30.0),
        (LIF, 18.0, 4.0, 0.5),
        (LIF, 18.0, 4.0, 5.0),
        (LIF, 18.0, 4.0, 20.0),
    ],
)
def test_rates_are_those_of_the_engine(neuron, mean, sigma, tau_s):
    rates = rates_of(driven(neuron, mean, sigma, tau_s, n=800), n=800)
    # 4 standard errors of 800 independent neurons, false alarm 6e-5, and 1 % for the step and the theory.
    # benchmarks/coloured_noise.py shows with more neurons that the latter is enough.
    error = 4 * rates.std() / np.sqrt(800)
    assert error < 0.03 * rates.mean()
    assert abs(float(ColouredNoise(neuron, sigma, tau_s)(mean)) - rates.mean()) < error + 0.01 * rates.mean()


@pytest.mark.parametrize(("r_e", "book"), [(7.0, 4.15), (9.0, 24.5), (11.0, 49.1)])
def test_f_i_curve_of_the_textbook(r_e, book):
    """Figure 2.6: white noise is 6 to 19 % off. The book's points are those of one neuron in 40 s."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75), 1600, name="p", V=-72.0)
    net.drive(p, r_e, sources=200, weight=16.0, synapse=rb.Exponential(tau=5, label="e"))
    net.drive(p, 15.0, sources=50, weight=-16.0, synapse=rb.Exponential(tau=5, label="i"))
    rates = rates_of(net, n=1600)
    field = SelfConsistentField.of(net, alike=True)
    theory = float(field.curve("p", np.zeros(1))(field.moments(np.zeros(1))[0][0]))
    assert abs(theory - rates.mean()) < 4 * rates.std() / np.sqrt(1600) + 0.01 * rates.mean()
    # A neuron's rate in 40 s has an s.d. of that in 1 s, over the root of 40; and 2 % for the book's longer steps.
    assert abs(theory - book) < 4 * rates.std() / np.sqrt(40) + 0.02 * book


def test_shot_noise_is_skew():
    """An interneuron of the textbook's network at 2.5 Hz of external input: few spikes of large weights."""
    net = rb.Network(dt=0.05, seed=2, threads=1)
    p = net.add(rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72), 400, name="p", V=rb.Uniform(-72, -55))
    for rate, sources, weight, tau in ((2.5, 160, 20, 8), (2.08, 160, 35, 6), (4.8, 40, -70, 4)):
        net.drive(p, rate, sources=sources, weight=weight, synapse=rb.Exponential(tau=tau))
    field = SelfConsistentField.of(net, alike=True)
    curve, mean = field.curve("p", np.zeros(1)), field.moments(np.zeros(1))[0][0]
    assert -0.5 < curve.skewness < -0.4 and 0.5 < curve.kurtosis < 0.6
    rates = rates_of(net)
    error = 4.5 * rates.std() / np.sqrt(400) + 0.01 * rates.mean()
    assert abs(float(curve(mean)) - rates.mean()) < error
    assert float(ColouredNoise(curve.neuron, curve.sigma, curve.tau_s)(mean)) - rates.mean() > error  # Gaussian


@pytest.mark.parametrize("neuron", [EIF, LIF])
def test_fast_synapses_give_white_noise(neuron):
    """With an error that vanishes as τ_s for an upstroke, and as its root without (Fourcaud & Brunel 2002)."""
    white, times = float(ThresholdIntegration(neuron, 5.0)(12.0)), (1.6, 0.4, 0.1)
    errors = [abs(float(ColouredNoise(neuron, 5.0, tau_s)(12.0)) - white) for tau_s in times]
    order = np.log(errors[1] / errors[2]) / np.log(4)
    assert order == pytest.approx(1.0 if neuron is EIF else 0.5, abs=0.1)


def test_boundary_layer_is_that_of_the_first_order():
    """Siegert's formula with shifted bounds is exact to first order in √(τ_s/τ_m)."""
    lif = rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-72)
    for tau_s in (0.1, 0.4):
        first = Siegert.of(lif, sigma=5.0 * np.sqrt(1 + tau_s / 10), tau_s=tau_s)
        assert float(ColouredNoise(lif, 5.0, tau_s)(12.0)) == pytest.approx(float(first(12.0)), rel=tau_s / 10)


def test_responses_of_leaky_neurons_are_those_in_white_noise_with_shifted_bounds():
    """To first order in the root of τ_s/τ_m (Schuecker et al. 2015), so that an error of the order of τ_s is left."""
    lif = rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-72)
    m, hertz, times = as_membrane(lif), np.array([0.0, 10.0, 50.0, 100.0]), (0.1, 0.4)
    shifted, unshifted = [], []
    for tau_s in times:
        sigma = 5.0 * np.sqrt(1 + tau_s / m.tau_m)
        found = ColouredNoise(lif, 5.0, tau_s).response(hertz, 12.0)
        for errors, shift in ((shifted, threshold_shift(sigma, tau_s, m.tau_m)), (unshifted, 0.0)):
            moved = replace(m, V_th=m.V_th + shift, V_re=m.V_re + shift)
            errors.append(np.abs(found / ThresholdIntegration(moved, sigma).response(hertz, 12.0) - 1))
    np.testing.assert_allclose(np.log(shifted[1] / shifted[0]) / np.log(4), 1.0, atol=0.1)
    assert np.log(unshifted[1][0] / unshifted[0][0]) / np.log(4) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("mean", "sigma", "tau_s"), [(20.0, 3.0, 2.0), (20.0, 4.0, 10.0), (12.0, 5.0, 40.0)])
def test_perfect_integrators_are_exact_in_noise_of_any_colour(mean, sigma, tau_s):
    """Without a leak each spike takes V_th − V_re of what has come in, be the noise as slow as it may.

    So r = I/(τ_m Δ), and long counts have the variance of the integrated current: S(0) = 2 s² τ_s/(τ_m Δ)².
    """
    perfect = Membrane(np.zeros_like, tau_m=10.0, V_th=-50.0, V_re=-70.0)
    curve, taken = ColouredNoise(perfect, sigma, tau_s, nodes=12), 10.0 * 20.0
    assert float(curve(mean)) == pytest.approx(1000 * mean / taken, rel=1e-10)
    to_mean, to_noise, power = curve.fluctuations([0.0], mean)
    assert to_mean[0] == pytest.approx(1000 / taken, rel=1e-10)
    assert to_noise[0] == pytest.approx(0, abs=1e-9)
    variance = sigma**2 * (1 + 10.0 / tau_s)
    assert power[0] == pytest.approx(1000 * 2 * variance * tau_s / taken**2, rel=1e-4)


def test_slow_noise_changes_rates_of_neurons_that_always_fire_to_second_order_only():
    """Fast noise changes the rate by the root of τ_s, slow noise by 1/τ_s²: one limit does not mirror the other.

    With the phase θ(V, z) in the interval at a current z, the part ~ 1/τ_s is ∫∫ g(z) θ_z ∂θ_z/∂V dV dz, half of what
    θ_z² gains from reset to threshold: nothing, for θ is 0 and 1 there at all currents.
    """
    lif, s, times = rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-72), 2.0, np.array([25.0, 50.0, 100.0])
    z = np.linspace(-8, 8, 4001)
    weight = np.exp(-(z**2) / 2)
    adiabatic = weight @ Noiseless(lif)(35.0 + s * z) / weight.sum()
    errors = [float(ColouredNoise(lif, s / np.sqrt(1 + 10 / t), t, nodes=8)(35.0)) / adiabatic - 1 for t in times]
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2.0, atol=0.02)


@pytest.mark.parametrize("neuron", [EIF, LIF, QIF])
def test_slow_synapses_average_the_noiseless_rate(neuron):
    z = np.linspace(-8, 8, 4001)
    weight = np.exp(-(z**2) / 2)
    adiabatic = weight @ Noiseless(neuron)(14.0 + 4.0 * z) / weight.sum()
    tau_m = neuron.parameters["tau_m"]
    assert float(ColouredNoise(neuron, 4.0 / np.sqrt(1.1), 10 * tau_m, nodes=40)(14.0)) == pytest.approx(
        adiabatic, rel=0.03
    )


@pytest.mark.parametrize("neuron", [EIF, QIF])
def test_slow_responses_are_slopes(neuron):
    def rate(mean, intensity=1.0):
        return float(ColouredNoise(neuron, 5.0 * np.sqrt(intensity), 5.0, -0.2, 0.1)(mean))

    f, h = ColouredNoise(neuron, 5.0, 5.0, -0.2, 0.1), 1e-3
    gain = (rate(12 + h) - rate(12 - h)) / (2 * h)
    assert float(f.derivative(12.0)) == pytest.approx(gain, rel=1e-5)
    np.testing.assert_allclose(f.response([0.0, 1e-3], 12.0), gain, rtol=1e-4)
    # Without skewness, which does not grow with the intensity as it does here.
    f = ColouredNoise(neuron, 5.0, 5.0)
    grown = [float(ColouredNoise(neuron, 5.0 * np.sqrt(x), 5.0)(12.0)) for x in (0.99, 1.01)]
    assert f.responses(0.0, 12.0)[1].real == pytest.approx((grown[1] - grown[0]) / 0.02, rel=0.01)


@pytest.mark.parametrize(
    ("neuron", "mean", "sigma", "tau_s", "f", "depth"),
    [
        (EIF, 12.0, 5.0, 5.0, 40.0, 3.0),
        (QIF, 16.0, 4.0, 15.0, 20.0, 1.5),
        (LIF, 12.0, 5.0, 5.0, 80.0, 3.0),
        (LIF, 14.0, 5.0, 15.0, 20.0, 2.0),
    ],
)
def test_responses_are_those_of_the_engine(neuron, mean, sigma, tau_s, f, depth):
    n = 3000
    net = driven(neuron, mean, sigma, tau_s, n)
    net.inject(net["p"], rb.Samples(depth * np.sin(2 * np.pi * f * np.arange(0, 1100, 0.1) / 1000), every=0.1))
    times = net.run(1100).spikes("p").between(100, 1100).times
    measured = 2 * np.exp(-2j * np.pi * f * times / 1000).sum() / n / 1.0
    expected = depth * complex(ColouredNoise(neuron, sigma, tau_s).response(f, mean)) * -1j  # of a sine
    # Spikes are about Poisson: each part of the sum has variance of half the spikes. False alarm 2e-5; 2 % for theory.
    assert abs(measured - expected) < 4.5 * np.sqrt(2 * len(times)) / n + 0.02 * abs(expected)


@pytest.mark.parametrize(("mean", "sigma", "tau_s"), [(14.0, 5.0, 15.0), (8.0, 4.0, 5.0), (12.0, 5.0, 2.0)])
def test_gain_in_a_boundary_layer_is_the_slope_over_several_nodes(mean, sigma, tau_s):
    """A slope between neighbouring nodes is up to 15 % off; a fit over several of them does not see their kinks."""
    f = ColouredNoise(LIF, sigma, tau_s)
    currents = np.linspace(mean - 8, mean + 8, 61)
    slope = np.polynomial.Polynomial.fit(currents, f(currents), 7).deriv()(mean)
    assert float(f.derivative(mean)) == pytest.approx(slope, rel=0.03)


def test_bad_input():
    for call, text in (
        (lambda: ColouredNoise(rb.AdEx(), 5.0, 5.0), "neuron must be"),
        (lambda: ColouredNoise(EIF, 0.0), "sigma must be > 0"),
        (lambda: ColouredNoise(EIF, 1e-3)(1.0), "sigma must be nearer"),
        (lambda: ColouredNoise(EIF, 5.0, 0.0), "tau_s must be"),
        (lambda: ColouredNoise(EIF, skewness=3.0), "skewness must be"),
        (lambda: ColouredNoise(EIF, kurtosis=-1.0), "kurtosis must be"),
        (lambda: ColouredNoise(EIF, nodes=2), "nodes must be"),
        (lambda: ColouredNoise(EIF)("a"), "I must"),
        (lambda: ColouredNoise(EIF).response("a", 1.0), "frequencies must"),
    ):
        with pytest.raises((ValueError, TypeError), match=text):
            call()


def test_silent_neurons_are_silent():
    assert float(ColouredNoise(EIF, 0.5, 5.0)(0.0)) == 0
    assert complex(ColouredNoise(EIF, 0.5, 5.0).response(10.0, 0.0)) == 0
    assert float(ColouredNoise(LIF, 0.5, 5.0)(0.0)) == 0


def spectrum_of(trains, n, duration, frequencies):
    """Power spectrum of spike trains, Hz, averaged over neurons."""
    found = []
    for f in frequencies:
        wave = np.exp(-2j * np.pi * f * trains.times / 1000)
        sums = np.bincount(trains.indices, wave.real, n) + 1j * np.bincount(trains.indices, wave.imag, n)
        found.append((np.abs(sums) ** 2).mean() * 1000 / duration)
    return np.array(found)


@pytest.mark.parametrize(("neuron", "mean", "sigma", "tau_s"), [(EIF, 20.0, 5.0, 10.0), (LIF, 14.0, 5.0, 5.0)])
def test_spectra_are_those_of_the_engine(neuron, mean, sigma, tau_s):
    """Slow noise makes the low frequencies, the refractory period the dip: nothing that a renewal process has."""
    n, frequencies = 700, [5.0, 20.0, 50.0, 200.0]
    trains = driven(neuron, mean, sigma, tau_s, n).run(1200).spikes("p").between(200, 1200)
    measured = spectrum_of(trains, n, 1000, frequencies)
    # The power of one neuron has about an exponential distribution: s.d. = mean. 4.5 standard errors and 2 %.
    expected = ColouredNoise(neuron, sigma, tau_s, nodes=24).power_spectrum(frequencies, mean)
    np.testing.assert_allclose(measured, expected, rtol=4.5 / np.sqrt(n) + 0.02)


def test_spectra_in_white_noise():
    f, n, frequencies = ThresholdIntegration(LIF, 3.0, points=1000), 700, [5.0, 20.0, 50.0, 200.0]
    net = rb.Network(dt=0.025, seed=1, threads=1)
    p = net.add(LIF, n, name="p", V=rb.Uniform(-72, -55))
    net.inject(p, rb.WhiteNoise(mean=18.0, sigma=3.0 * np.sqrt(20)))
    measured = spectrum_of(net.run(1200).spikes("p").between(200, 1200), n, 1000, frequencies)
    # As above; the step misses crossings, of which spectra see 4 % at most.
    np.testing.assert_allclose(measured, f.power_spectrum(frequencies, 18.0), rtol=4.5 / np.sqrt(n) + 0.04)
    fast = ColouredNoise(EIF, 5.0, 0.1).power_spectrum([0.0, 20.0], 12.0)
    np.testing.assert_allclose(fast, ThresholdIntegration(EIF, 5.0).power_spectrum([0.0, 20.0], 12.0), rtol=0.02)


@pytest.mark.parametrize(("tau_s", "skewness"), [(5.0, -1.0), (20.0, -0.65), (20.0, 1.0)])
def test_skewed_noise_leaves_spectra_positive_with_any_number_of_nodes(tau_s, skewness):
    """More nodes change nothing, and spectra reach the rate at high frequencies, as of any neuron.

    Of shot noise of an exponential kernel the kurtosis is 9/8 of the square of the skewness.
    """
    few, many = (ColouredNoise(EIF, 5.0, tau_s, skewness, 9 / 8 * skewness**2, n) for n in (16, 24))
    assert float(many(12.0)) == pytest.approx(float(few(12.0)), rel=0.01)
    power = many.power_spectrum(np.geomspace(3, 3000, 9), 12.0)
    assert power.min() > 0
    assert power[-1] == pytest.approx(float(many(12.0)), rel=0.05)
