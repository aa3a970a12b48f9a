"""Tuning curves and their fit."""

import pickle

import numpy as np
import pytest

from rheobase.coding import Cosine, Gaussian, VonMises, circular_difference, fit_tuning

CURVES = [
    VonMises(2, 10, 120, 3),
    VonMises(1, 8, 70, 1.5, period=180),
    Gaussian(2, 10, 120, 25, period=360),
    Gaussian(-1, 4, 0.5, 0.2),
    Cosine(10, 6, 200),
]


@pytest.mark.parametrize("curve", CURVES, ids=repr)
def test_peak_is_at_the_preferred_stimulus(curve):
    around = curve(curve.preferred + np.array([-1e-3, 0, 1e-3]))
    assert around[1] == pytest.approx(curve.baseline + curve.amplitude)
    assert around[1] == around.max()
    assert curve.slope(curve.preferred) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("curve", CURVES, ids=repr)
def test_slope_is_the_derivative(curve):
    theta, h = curve.preferred + np.linspace(-0.4, 0.4, 9), 1e-5
    assert np.allclose(curve.slope(theta), (curve(theta + h) - curve(theta - h)) / (2 * h), atol=1e-6)


@pytest.mark.parametrize("curve", [c for c in CURVES if c.period is not None], ids=repr)
def test_curves_on_a_circle_repeat(curve):
    theta = np.linspace(0, 50, 7)
    assert np.allclose(curve(theta), curve(theta + curve.period))


def test_shapes_have_their_named_widths():
    assert Gaussian(0, 10, 0, 20)(20) == pytest.approx(10 * np.exp(-0.5))
    assert VonMises(0, 10, 0, 2)(90) == pytest.approx(10 * np.exp(-2))
    # a narrow von Mises is a Gaussian of width period/(2π √κ)
    narrow = VonMises(0, 1, 180, 400)
    assert np.allclose(
        narrow(180 + np.arange(5)), Gaussian(0, 1, 180, 360 / (2 * np.pi * 20))(180 + np.arange(5)), atol=1e-3
    )


@pytest.mark.parametrize("curve", CURVES[:3] + CURVES[4:], ids=repr)
def test_fit_recovers_a_noiseless_curve(curve):
    model = {VonMises: "von_mises", Gaussian: "gaussian", Cosine: "cosine"}[type(curve)]
    theta = np.arange(0, 360, 15.0)
    fit = fit_tuning(theta, curve(theta), model=model, period=curve.period)
    for name in fit.standard_errors:
        assert getattr(fit.curve, name) == pytest.approx(getattr(curve, name), rel=1e-4, abs=1e-4)
    assert fit.r_squared == pytest.approx(1)


def test_fit_on_a_line():
    x = np.linspace(-2, 3, 40)
    fit = fit_tuning(x, Gaussian(1, 5, 0.7, 0.6)(x), model="gaussian", period=None)
    assert fit.curve.preferred == pytest.approx(0.7, abs=1e-5)
    assert fit.curve.width == pytest.approx(0.6, abs=1e-5)


def test_preferred_stimulus_across_the_seam_is_found():
    theta = np.arange(0, 360, 30.0)
    assert fit_tuning(theta, VonMises(1, 9, 357, 4)(theta)).curve.preferred == pytest.approx(357, abs=1e-3)


def test_standard_errors_are_those_of_repeated_fits():
    truth, theta = VonMises(2, 10, 120, 2), np.tile(np.arange(0, 360, 30.0), 20)
    rng = np.random.default_rng(1)
    fits = [fit_tuning(theta, truth(theta) + rng.standard_normal(theta.size)) for _ in range(60)]
    spread = np.std([fit.curve.preferred for fit in fits], ddof=1)
    # 60 fits: relative sd of the sd 1/√118 = .092; 4.5 of these: 7e-6
    assert np.mean([fit.standard_errors["preferred"] for fit in fits]) == pytest.approx(spread, rel=4.5 * 0.092)


def test_fit_to_a_neuron_of_the_monkey(recordings):
    data = np.load(recordings("SpikeCounts1Neuron12Thetas.npz"))
    counts = data["SpikeCounts"].astype(float)
    theta = np.tile(data["AllOrientations"], len(counts))
    fit = fit_tuning(theta, counts.ravel(), period=180)
    # mean rates peak at 120° (16.30) and, one period on, at 300° (14.43)
    assert fit.curve.preferred == pytest.approx(120, abs=10)
    assert 14 < fit.curve.baseline + fit.curve.amplitude < 16.5
    assert fit.standard_errors["preferred"] < 1
    assert fit.r_squared > fit_tuning(theta, counts.ravel(), model="cosine", period=180).r_squared
    assert "VonMises" in pickle.loads(pickle.dumps(fit))._repr_html_()


def test_circular_difference_takes_the_shorter_way():
    assert circular_difference([350, 10, 180], [10, 350, 0]).tolist() == [-20, 20, -180]
    assert circular_difference(170, 10, 180) == -20


THETA = np.arange(0, 360, 30.0)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: fit_tuning(THETA, THETA[:5]), ValueError, "responses must have shape (12,), that of stimuli"),
        (lambda: fit_tuning(THETA[:3], THETA[:3]), ValueError, "stimuli must have at least 4 different values"),
        (lambda: fit_tuning([], []), ValueError, "stimuli must hold at least one value"),
        (lambda: fit_tuning(THETA, np.ones(12)), ValueError, "responses must vary"),
        (lambda: fit_tuning(THETA, THETA, model="sine"), ValueError, "model must be one of"),
        (lambda: fit_tuning(THETA, THETA, period=None), ValueError, "period must be a number for 'von_mises'"),
        (lambda: fit_tuning(THETA, THETA, period=0), ValueError, "period must be > 0"),
        (lambda: fit_tuning(THETA, THETA * np.nan), ValueError, "responses must be finite"),
        (lambda: fit_tuning("up", [1]), TypeError, "stimuli must be an array"),
        (lambda: circular_difference(1, 2, -1), ValueError, "period must be > 0"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
