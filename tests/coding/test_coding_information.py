"""Fisher information and d′²."""

import numpy as np
import pytest

from rheobase.coding import (
    Cosine,
    Gaussian,
    PoissonDecoder,
    VonMises,
    discriminability,
    discriminability_curve,
    linear_fisher_information,
    poisson_fisher_information,
    pool_discriminability,
)


@pytest.mark.parametrize(
    ("correlation", "second", "expected"),
    [
        (0.0, (15, 15), 8.0),
        (0.8, (15, 15), 4.444),
        (0.8, (15, 35), 40.0),
        (-0.8, (15, 15), 40.0),
        (-0.8, (15, 35), 4.444),
        (0.8, (25, 25), 0.0),
    ],
)
def test_gaussian_clouds(correlation, second, expected):
    sigma = 25 * np.array([[1, correlation], [correlation, 1]])
    assert discriminability([25, 25], second, sigma) == pytest.approx(expected, abs=5e-4)


def test_linear_discrimination_is_blind_to_a_difference_in_variance():
    mean = np.array([20.0, 20.0])
    assert discriminability(mean, mean, (np.eye(2) * 2**2 + np.eye(2) * 7.5**2) / 2) == 0


@pytest.mark.parametrize(("correlation", "limit"), [(0.005, 200), (0.01, 100), (0.1, 10)])
def test_limits_of_the_homogeneous_pool(correlation, limit):
    assert pool_discriminability(np.inf, correlation=correlation) == pytest.approx(limit, rel=1e-14)
    curve = pool_discriminability(np.arange(1, 200), correlation=correlation)
    assert (np.diff(curve) > 0).all()
    assert curve[-1] < limit


def test_independent_neurons_add_up():
    assert np.allclose(pool_discriminability(np.arange(1, 200), correlation=0), np.arange(1, 200))
    assert np.isinf(pool_discriminability(np.inf))


def test_e61_the_pool_takes_the_square_of_the_signal():
    k, d, std, c = 7, 3.0, 2.0, 0.2
    sigma = std**2 * ((1 - c) * np.eye(k) + c)
    exact = discriminability(np.full(k, d), np.zeros(k), sigma)
    assert pool_discriminability(k, signal=d, std=std, correlation=c) == pytest.approx(exact, rel=1e-12)
    printed = d / std**2 / (c + (1 - c) / k)  # the notebook's d in place of d², hidden by d = 1
    assert printed != pytest.approx(exact, rel=0.1)


def test_poisson_information_by_its_definition():
    # I = ⟨(∂ log p/∂θ)²⟩ over the counts of one neuron
    from scipy.stats import poisson

    curve, theta, h = VonMises(3, 20, 100, 2), 70.0, 1e-4
    n, window = np.arange(120), 0.4
    mean = window * curve(theta)
    score = (poisson.logpmf(n, window * curve(theta + h)) - poisson.logpmf(n, window * curve(theta - h))) / (2 * h)
    expected = np.sum(poisson.pmf(n, mean) * score**2)
    assert poisson_fisher_information([curve], theta, duration=400) == pytest.approx(expected, rel=1e-6)


def test_information_adds_over_neurons_and_grows_with_time():
    curves = [Cosine(10, 5, 0), Gaussian(1, 20, 50, 30)]
    theta = np.array([10.0, 40.0])
    whole = poisson_fisher_information(curves, theta)
    assert np.allclose(whole, sum(poisson_fisher_information([c], theta) for c in curves))
    assert np.allclose(poisson_fisher_information(curves, theta, duration=250), whole / 4)


def test_maximum_likelihood_reaches_the_cramer_rao_bound():
    curves = [VonMises(2, 30, preferred, 2) for preferred in np.arange(0, 360, 9)]
    theta, seconds, trials = 123.0, 1.0, 1500
    rng = np.random.default_rng(1)
    counts = rng.poisson([seconds * curve(theta) for curve in curves], size=(trials, len(curves)))
    grid = np.arange(100, 146, 0.05)
    decoder = PoissonDecoder.from_rates(grid, seconds * np.array([curve(grid) for curve in curves]).T)
    decoded = decoder.predict(counts)
    bound = 1 / poisson_fisher_information(curves, theta)
    # variance from 1500 trials: relative sd √(2/1500) = .0365; 4.5 of these
    assert decoded.var(ddof=1) == pytest.approx(bound, rel=4.5 * 0.0365)
    assert decoded.mean() == pytest.approx(theta, abs=5 * np.sqrt(bound / trials))


def test_linear_information_of_a_limited_direction():
    # noise along f' (differential correlations) limits information to 1/ε
    f = np.random.default_rng(1).standard_normal(50)
    sigma = np.eye(50) + 0.1 * np.outer(f, f)
    independent = f @ f
    assert linear_fisher_information(f, sigma) == pytest.approx(independent / (1 + 0.1 * independent), rel=1e-10)


def test_correction_removes_the_bias_of_few_trials():
    rng = np.random.default_rng(1)
    neurons, trials, repeats = 20, 40, 200
    mixing = rng.standard_normal((neurons, neurons)) / 5 + np.eye(neurons)
    signal = np.full(neurons, 0.5)
    truth = discriminability(signal, np.zeros(neurons), mixing @ mixing.T)
    y = np.repeat([0, 1], trials)
    estimates = {True: [], False: []}
    for _ in range(repeats):
        x = rng.standard_normal((2 * trials, neurons)) @ mixing.T + np.where(y[:, None] == 0, signal, 0)
        for corrected, values in estimates.items():
            curve = discriminability_curve(x, y, [neurons], subsets=2, corrected=corrected, seed=1)
            values.append(curve.mean[0])
    error = np.std(estimates[True], ddof=1) / np.sqrt(repeats)
    assert np.mean(estimates[True]) == pytest.approx(truth, abs=4.5 * error)
    assert np.mean(estimates[False]) > truth + 10 * error


def test_shuffling_turns_the_effect_of_correlations_off():
    rng = np.random.default_rng(2)
    trials, neurons, c, sizes = 400, 20, 0.3, [1, 5, 20]
    y = np.repeat([0, 1], trials)
    correlated, shuffled = [], []
    for _ in range(10):
        own, common = rng.standard_normal((2 * trials, neurons)), rng.standard_normal((2 * trials, 1))
        x = np.sqrt(1 - c) * own + np.sqrt(c) * common + 0.5 * (y[:, None] == 1)
        correlated.append(discriminability_curve(x, y, sizes, subsets=5, seed=1).mean)
        shuffled.append(discriminability_curve(x, y, sizes, subsets=5, seed=1, shuffle=True).mean)
    # the common noise leaves d'² of one data set a relative sd of .21 (over 100 of them); 4.5 sd of the mean of ten
    expected = pool_discriminability(sizes, signal=0.5, correlation=c)
    assert np.allclose(np.mean(correlated, axis=0), expected, rtol=4.5 * 0.21 / np.sqrt(10))
    # means still share the common noise: d'² of shuffled trials scatters as much
    assert np.mean(shuffled, axis=0)[-1] == pytest.approx(20 * 0.25, rel=4.5 * 0.21 / np.sqrt(10))
    assert (np.array(shuffled)[:, -1] > 3 * np.array(correlated)[:, -1]).all()


def test_monkey_population_carries_more_than_a_pair(recordings):
    from rheobase.coding import stack_trials

    data = np.load(recordings("SpikeCounts112Neurons2Thetas.npz"))
    curve = discriminability_curve(*stack_trials(data["SpikeCounts"], data["TwoOrs"]), [2, 20, 40], seed=1)
    assert (np.diff(curve.mean) > 0).all()
    assert curve.mean[2] > 5 * curve.mean[0]


X, Y = np.random.default_rng(0).standard_normal((20, 4)), np.repeat([0, 1], 10)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: discriminability([1, 2], [1], np.eye(2)), ValueError, "mean_2 must have shape (2,)"),
        (lambda: discriminability([1, 2], [1, 2], np.eye(3)), ValueError, "covariance must have shape (2, 2)"),
        (lambda: discriminability([1, 2], [1, 2], np.ones((2, 2))), ValueError, "covariance must not be singular, got"),
        (lambda: discriminability([1, 2], [1, 2], [[1, 2], [0, 1]]), ValueError, "covariance must be symmetric"),
        (
            lambda: discriminability([1, 2], [1, 2], [[1, 0], [0, -1]]),
            ValueError,
            "covariance must be positive definite",
        ),
        (lambda: discriminability([], [], np.zeros((0, 0))), ValueError, "covariance must hold at least one neuron"),
        (lambda: pool_discriminability(0), ValueError, "n (its smallest value) must be >= 1"),
        (lambda: pool_discriminability(np.nan), ValueError, "n must be numbers of neurons, got nan"),
        (lambda: pool_discriminability(5, std=0), ValueError, "std must be > 0"),
        (lambda: pool_discriminability(5, correlation=1.1), ValueError, "correlation must be <= 1"),
        (
            lambda: pool_discriminability(5, correlation=-0.5),
            ValueError,
            "correlation must be at least -1/(K - 1) = -0.25",
        ),
        (lambda: poisson_fisher_information([], 0), ValueError, "curves must hold at least one"),
        (lambda: poisson_fisher_information([Cosine(5, 5, 0)], 180), ValueError, "the rates of curves"),
        (lambda: poisson_fisher_information([Cosine(5, 4, 0)], 0, duration=0), ValueError, "duration must be > 0"),
        (lambda: discriminability_curve(X, Y, [5]), ValueError, "sizes must be >= 1 and <= 4, got 5"),
        (lambda: discriminability_curve(X, Y, [0]), ValueError, "sizes must be >= 1"),
        (lambda: discriminability_curve(X[:19], Y[:19], [2]), ValueError, "equally many trials of both stimuli"),
        (lambda: discriminability_curve(X, Y, [2], subsets=1), ValueError, "subsets must be >= 2"),
        (lambda: discriminability_curve(X, np.zeros(20), [2]), ValueError, "y must have two labels"),
        (lambda: discriminability_curve(X * 0, Y, [2]), ValueError, "must not be singular"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
