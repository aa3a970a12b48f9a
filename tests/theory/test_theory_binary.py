"""Mean field of random networks of binary units."""

import pickle

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from rheobase.dynamics import fixed_points
from rheobase.theory import BinaryMeanField

NOTEBOOK = {"n": 200, "weight_std": 0.5 / np.sqrt(200), "external_mean": 0.2, "external_std": 0.5}


def test_rate_and_variance_of_the_notebook():
    net = BinaryMeanField(**NOTEBOOK)
    assert net.rates() == pytest.approx([0.0600935], abs=5e-8)
    assert net.input_mean(net.rates()) == pytest.approx([0.2])
    assert net.input_variance(net.rates()) == pytest.approx([0.265023], abs=5e-7)


def test_without_the_variance_of_the_weights_the_rate_is_low():
    """E59: the printed variance has N μ_W² r (1 − r) alone, which is 0 here."""
    printed = BinaryMeanField(**{**NOTEBOOK, "weight_std": 0.0})
    assert printed.rates() == pytest.approx([0.054799], abs=5e-7)
    assert printed.input_variance(printed.rates()) == pytest.approx([0.25])


@pytest.mark.parametrize("mean", [-0.03, 0.01])
def test_mean_weights_move_mean_and_variance(mean):
    """Independent draws of S and W at the predicted rate: their input has the predicted moments and crossings."""
    net = BinaryMeanField(n=200, weight_mean=mean, weight_std=0.03, external_mean=0.4, external_std=0.5)
    (r,) = net.rates()
    by_hand = brentq(lambda r: net.activation(r) - r, 0, 1)
    assert r == pytest.approx(by_hand, abs=1e-10)
    random, samples = np.random.default_rng(1), 40_000
    S = random.random((samples, 200)) < r
    total = np.sum(S * random.normal(mean, 0.03, S.shape), axis=1) + random.normal(0.4, 0.5, samples)
    variance = net.input_variance(r)
    # The input is nearly Gaussian: the standard errors are those of 40 000 draws; 5 are passed once in 2 million.
    assert total.mean() == pytest.approx(net.input_mean(r), abs=5 * np.sqrt(variance / samples))
    assert total.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / samples))
    assert np.mean(total >= 1.0) == pytest.approx(r, abs=5 * np.sqrt(r * (1 - r) / samples))


def test_strong_excitation_has_three_rates():
    net = BinaryMeanField(n=100, theta=1.0, weight_mean=0.02, external_std=0.1)
    low, middle, high = net.rates()
    # By symmetry about r = 1/2, where the mean input is at threshold.
    assert middle == pytest.approx(0.5)
    assert low + high == pytest.approx(1.0)
    assert low == pytest.approx(norm.sf((1 - 2 * low) / np.sqrt(0.04 * low * (1 - low) + 0.01)))
    assert [point.kind for point in fixed_points(net, (0, 1))] == ["stable", "unstable", "stable"]


def test_no_error_at_the_ends_and_pickles():
    net = BinaryMeanField(n=50, weight_mean=-0.1, external_mean=0.9)
    assert net.field(np.array([0.0]))[0] > 0 > net.field(np.array([1.0]))[0]
    assert pickle.loads(pickle.dumps(net)) == net


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"n": 0}, ValueError, "n must be >= 1"),
        ({"n": 2.5}, TypeError, "n must be an integer"),
        ({"n": 5, "theta": np.inf}, ValueError, "theta must be finite"),
        ({"n": 5, "weight_mean": "1"}, TypeError, "weight_mean must be a number"),
        ({"n": 5, "weight_std": -0.1}, ValueError, "weight_std must be >= 0"),
        ({"n": 5, "external_std": 0.0}, ValueError, "external_std must be > 0"),
        ({"n": 5, "external_mean": np.nan}, ValueError, "external_mean must be finite"),
    ],
)
def test_bad_arguments_are_named(arguments, error, text):
    with pytest.raises(error, match=text):
        BinaryMeanField(**arguments)
