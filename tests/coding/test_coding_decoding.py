"""Linear and Poisson decoders."""

import numpy as np
import pytest
from scipy.stats import poisson

from rheobase.coding import LinearDecoder, PoissonDecoder, VonMises
from rheobase.learning import load_spike_counts


@pytest.fixture(scope="module")
def monkey(recordings):
    return load_spike_counts(recordings("SpikeCounts112Neuron12Thetas.npz"))


def test_log_likelihood_is_that_of_independent_poisson_counts():
    rates = np.array([[1.0, 5.0, 2.0], [4.0, 0.5, 2.0]])
    counts = np.array([[0, 3, 2], [7, 0, 1]])
    expected = poisson.logpmf(counts[:, None], rates).sum(axis=2)
    assert np.allclose(PoissonDecoder.from_rates(["a", "b"], rates).log_likelihood(counts), expected)


def test_poisson_fit_takes_mean_counts():
    decoder = PoissonDecoder(pseudo_count=0.5).fit([[1, 9], [2, 8], [0, 4]], [0, 0, 90])
    assert decoder.rates_.tolist() == [[1.75, 8.75], [0.5, 4.5]]


def test_a_neuron_silent_in_training_forbids_nothing():
    decoder = PoissonDecoder().fit([[0, 1], [0, 9]], [0, 90])
    assert np.isfinite(decoder.log_likelihood([[3, 9]])).all()
    assert decoder.predict([[1, 9]]).tolist() == [90]


def test_both_decoders_read_simulated_orientations():
    rng = np.random.default_rng(1)
    curves = [VonMises(1, 20, preferred, 1, period=180) for preferred in np.arange(0, 180, 4)]
    theta = rng.uniform(0, 180, 1200)
    counts = rng.poisson(np.array([curve(theta) for curve in curves]).T)
    linear = LinearDecoder(period=180).fit(counts[:800], theta[:800])
    grid = np.arange(0, 180, 0.5)
    likely = PoissonDecoder.from_rates(grid, np.array([curve(grid) for curve in curves]).T).predict(counts[800:])
    error = np.sqrt(np.mean((((likely - theta[800:]) + 90) % 180 - 90) ** 2))
    assert error < linear.error(counts[800:], theta[800:]) < 5
    assert ((linear.predict(counts) >= 0) & (linear.predict(counts) < 180)).all()


def test_monkey_orientation(monkey):
    # 100 test trials among 12 stimuli: chance .083, error at chance 52 degrees
    assert PoissonDecoder().fit(monkey.x, monkey.y).score(monkey.x_test, monkey.y_test) > 0.75
    plain = LinearDecoder(period=180).fit(monkey.x, monkey.y).error(monkey.x_test, monkey.y_test)
    ridge = LinearDecoder(period=180, ridge=0.1).fit(monkey.x, monkey.y).error(monkey.x_test, monkey.y_test)
    assert ridge < plain < 7


def test_linear_decoder_on_a_line_is_least_squares():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((60, 3))
    y = 2 + x @ [1.0, -2.0, 0.5] + 0.1 * rng.standard_normal(60)
    decoder = LinearDecoder().fit(x, y)
    expected = np.linalg.lstsq(np.column_stack([x, np.ones(60)]), y, rcond=None)[0]
    assert np.allclose([*decoder.weights_[:, 0], *decoder.intercept_], expected)
    assert decoder.error(x, y) == pytest.approx(np.sqrt(np.mean((y - decoder.predict(x)) ** 2)))


def test_ridge_shrinks_the_weights_and_more_neurons_than_trials_are_no_obstacle():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((20, 50)), rng.standard_normal(20)
    norms = [np.linalg.norm(LinearDecoder(ridge=ridge).fit(x, y).weights_) for ridge in (0, 0.1, 1, 10)]
    assert (np.diff(norms) < 0).all()
    assert LinearDecoder().fit(x, y).error(x, y) < 1e-10
    assert np.allclose(LinearDecoder(ridge=1).fit(np.ones((4, 2)), [1, 2, 3, 4]).predict([[1, 1]]), 2.5)


COUNTS, LABELS = np.array([[1, 9], [9, 1]]), [0, 90]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: PoissonDecoder(pseudo_count=0), ValueError, "pseudo_count must be > 0"),
        (lambda: PoissonDecoder().predict(COUNTS), ValueError, "before fit"),
        (lambda: PoissonDecoder().fit(-COUNTS, LABELS), ValueError, "x (its smallest value) must be >= 0"),
        (lambda: PoissonDecoder().fit(COUNTS + 0.5, LABELS), ValueError, "x must be whole spike counts, got 1.5"),
        (lambda: PoissonDecoder().fit(COUNTS, [0]), ValueError, "y must have shape (2,)"),
        (lambda: PoissonDecoder().fit([], []), ValueError, "x must have shape"),
        (lambda: PoissonDecoder().fit(COUNTS, LABELS).predict([[1]]), ValueError, "x must have shape (any, 2)"),
        (lambda: PoissonDecoder.from_rates([0], [[0.0]]), ValueError, "rates (its smallest value) must be > 0"),
        (lambda: PoissonDecoder.from_rates([0, 1], [[1.0]]), ValueError, "stimuli must have shape (1,)"),
        (lambda: LinearDecoder(period=0), ValueError, "period must be > 0"),
        (lambda: LinearDecoder(ridge=-1), ValueError, "ridge must be >= 0"),
        (lambda: LinearDecoder().fit(COUNTS, ["a", "b"]), TypeError, "y must be an array"),
        (lambda: LinearDecoder().fit(COUNTS, [1]), ValueError, "y must have shape (2,)"),
        (lambda: LinearDecoder().predict(COUNTS), ValueError, "before fit"),
        (lambda: LinearDecoder().fit(COUNTS, LABELS).predict([[1]]), ValueError, "x must have shape (any, 2)"),
        (lambda: LinearDecoder().fit(COUNTS, LABELS).error(COUNTS, [1]), ValueError, "y must have shape (2,)"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
