"""Fisher's discriminant on the monkey's spike counts and on Gaussian clouds."""

import numpy as np
import pytest

from rheobase.coding import FisherDiscriminant, discriminability, stack_trials


def load(recordings, name):
    data = np.load(recordings(name))
    return stack_trials(data["SpikeCounts"], data["TwoOrs"])


@pytest.fixture(scope="module")
def pair(recordings):
    return load(recordings, "SpikeCounts2Neurons2Thetas.npz")


@pytest.fixture(scope="module")
def population(recordings):
    train = load(recordings, "SpikeCounts112Neurons2Thetas.npz")
    return *train, *load(recordings, "SpikeCounts112Neurons2ThetasTest.npz")


def test_stacked_trials_keep_their_neurons_and_stimuli():
    counts = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    x, y = stack_trials(counts, [0, 60, 120])
    assert np.array_equal(x[y == 60], counts[:, 1].T)
    assert y.tolist() == [0] * 4 + [60] * 4 + [120] * 4


def test_two_neurons(pair):
    x, y = pair
    net = FisherDiscriminant().fit(x, y)
    assert net.classes_.tolist() == [120, 150]
    assert np.allclose(net.means_, [[21.30, 18.56], [11.04, 13.50]], atol=5e-13)
    assert np.allclose(net.weights_, [0.202861, 0.162287], atol=5e-7)
    assert net.threshold_ == pytest.approx(5.881721, abs=5e-7)
    assert net.d_squared == pytest.approx(2.902526, abs=5e-7)
    assert round(100 * net.in_sample_accuracy_) == 84
    covariances = [np.cov(x[y == stimulus], rowvar=False) for stimulus in (120, 150)]
    assert discriminability(*net.means_, sum(covariances) / 2) == pytest.approx(net.d_squared)
    correlations = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in covariances]
    assert np.allclose(correlations, [0.15274, 0.16315], atol=5e-6)


@pytest.mark.parametrize(("neuron", "correct", "threshold"), [(0, 78, 16.17), (1, 66, 16.03)])
def test_one_neuron(pair, neuron, correct, threshold):
    x, y = pair
    net = FisherDiscriminant().fit(x[:, [neuron]], y)
    assert round(100 * net.score(x[:, [neuron]], y)) == correct
    assert net.threshold_ / net.weights_[0] == pytest.approx(threshold, abs=5e-13)


def test_means_alone(pair):
    assert round(100 * FisherDiscriminant(covariance="identity").fit(*pair).in_sample_accuracy_) == 81


@pytest.mark.parametrize(
    ("options", "in_sample", "test"),
    [
        ({"covariance": "pseudo_inverse"}, 1.0, 0.875),
        ({"covariance": "diagonal"}, 0.97, 0.975),
        ({"shrinkage": 0.2}, 1.0, 1.0),
    ],
)
def test_112_neurons(population, options, in_sample, test):
    net = FisherDiscriminant(**options).fit(*population)
    assert net.in_sample_accuracy_ == pytest.approx(in_sample, abs=1e-12)
    assert net.test_accuracy_ == pytest.approx(test, abs=1e-12)
    assert f"{test:.3f} on test data" in net._repr_html_()


def test_e61_singular_covariance_is_refused_unless_regularised(population):
    with pytest.raises(ValueError, match=r"covariance of x must not be singular, got rank 98 of 112"):
        FisherDiscriminant().fit(*population)


def test_e61_accuracy_in_sample_says_nothing(population):
    # labels without any relation to the counts are "decoded" all but perfectly in sample, and at chance in test
    x, y, x_test, y_test = population
    rng = np.random.default_rng(1)
    tests = []
    for _ in range(40):
        net = FisherDiscriminant(covariance="pseudo_inverse").fit(x, rng.permutation(y), x_test, y_test)
        assert net.in_sample_accuracy_ > 0.95
        tests.append(net.test_accuracy_)
    # random weights may favour either side of the 40 test trials, but not on average over 40 of them
    assert np.mean(tests) == pytest.approx(0.5, abs=4.5 * np.std(tests, ddof=1) / np.sqrt(40))


def test_training_is_not_touched_by_test_data(population):
    x, y, x_test, y_test = population
    alone = FisherDiscriminant(shrinkage=0.2).fit(x, y)
    assert alone.test_accuracy_ is None
    assert "not tested" in alone._repr_html_()
    assert np.array_equal(alone.weights_, FisherDiscriminant(shrinkage=0.2).fit(x, y, x_test, y_test).weights_)


def test_accuracy_on_gaussian_clouds_is_the_normal_integral_of_half_d():
    from scipy.stats import norm

    rng = np.random.default_rng(1)
    sigma = 25 * np.array([[1, 0.8], [0.8, 1]])
    first, second = (rng.multivariate_normal(mean, sigma, 20000) for mean in ((25, 15), (15, 25)))
    net = FisherDiscriminant().fit(np.vstack([first, second]), np.repeat([0, 1], 20000))
    # d'² = 40; 40 000 trials at .9992: sd 1.4e-4; 5 of these
    assert net.in_sample_accuracy_ == pytest.approx(norm.cdf(np.sqrt(40) / 2), abs=7e-4)
    # d'² of samples: relative sd about √(2/20000 + …) < .012
    assert net.d_squared == pytest.approx(40, rel=0.05)


X, Y = np.array([[1.0, 0], [2, 1], [1, 1], [5, 4], [6, 4], [5, 5]]), [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: FisherDiscriminant(covariance="fulll"), ValueError, "did you mean 'full'"),
        (lambda: FisherDiscriminant(shrinkage=1.5), ValueError, "shrinkage must be >= 0 and <= 1"),
        (lambda: FisherDiscriminant(covariance="diagonal", shrinkage=0.2), ValueError, "shrinkage must be 0 unless"),
        (lambda: FisherDiscriminant().fit(X, [0] * 6), ValueError, "y must have two labels"),
        (lambda: FisherDiscriminant().fit(X, [0, 1, 2, 0, 1, 2]), ValueError, "y must have two labels"),
        (lambda: FisherDiscriminant().fit(X, [0, 1, 1, 1, 1, 1]), ValueError, "at least two samples each, got 0 (1)"),
        (lambda: FisherDiscriminant().fit(X, Y[:4]), ValueError, "y must have shape (6,)"),
        (lambda: FisherDiscriminant().fit([], []), ValueError, "x must have shape"),
        (lambda: FisherDiscriminant().fit(np.full((6, 2), np.inf), Y), ValueError, "x must be finite"),
        (lambda: FisherDiscriminant().fit(X[:, [0, 0]], Y), ValueError, "must not be singular, got rank 1 of 2"),
        (
            lambda: FisherDiscriminant(covariance="diagonal").fit(np.column_stack([X, np.ones(6)]), Y),
            ValueError,
            "diagonal covariance of x must not be singular, got rank 2 of 3",
        ),
        (lambda: FisherDiscriminant().fit(X, Y, X), ValueError, "x_test and y_test must be given together"),
        (lambda: FisherDiscriminant().fit(X, Y, X[:, :1], Y), ValueError, "x must have shape (any, 2)"),
        (lambda: FisherDiscriminant().predict(X), ValueError, "before fit"),
        (lambda: FisherDiscriminant().fit(X, Y).score(X, Y[:3]), ValueError, "y must have shape (6,)"),
        (lambda: stack_trials(np.ones((2, 3)), [1, 2, 3]), ValueError, "counts must have shape (any, any, any)"),
        (lambda: stack_trials(np.ones((2, 3, 4)), [1, 2]), ValueError, "stimuli must have shape (3,)"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
