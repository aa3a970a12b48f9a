"""The single-layer perceptron, on the monkey's spike counts above all."""

import pickle

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

from rheobase.learning import Perceptron, Standardizer, accuracy, confusion_matrix, load_spike_counts, one_hot


@pytest.fixture(scope="module")
def counts(recordings):
    data = load_spike_counts(recordings("SpikeCounts112Neuron12Thetas.npz"))
    scale = Standardizer().fit(data.x)
    return scale.transform(data.x), data.y, scale.transform(data.x_test), data.y_test


def blobs(seed=1):
    rng = np.random.default_rng(seed)
    y = np.repeat(["a", "b", "c"], 40)
    centres = {"a": (0, 3), "b": (3, -2), "c": (-3, -2)}
    return np.array([centres[label] for label in y]) + rng.standard_normal((120, 2)), y


@pytest.mark.parametrize(
    "options", [{"loss": "cross_entropy"}, *({"activation": f} for f in ("logistic", "tanh", "relu", "linear"))]
)
def test_gradient_against_central_differences(options):
    x, y = blobs()
    net = Perceptron(epochs=0, seed=1, **options).fit(x[::10], y[::10])
    targets = one_hot(y[::10], net.classes_)
    numeric = numerical_gradient(lambda: net.loss.cost(net.outputs(x[::10]), targets), net.weights_)
    assert np.abs(net.gradient(x[::10], targets) - numeric).max() < 1e-7
    assert np.abs(numeric).max() > 1e-2


def test_one_update_is_the_delta_rule():
    x, y = np.array([[0.5, -1.0], [2.0, 1.0]]), [0, 1]
    start = Perceptron(epochs=0, seed=3).fit(x, y).weights_.copy()
    net = Perceptron(epochs=1, batch=None, rate=0.3, shuffle=False, seed=3).fit(x, y)
    v = 1 / (1 + np.exp(-x @ start.T))
    errors = (v - np.eye(2)) * v * (1 - v)
    expected = start - 0.3 / 2 * (np.outer(errors[0], x[0]) + np.outer(errors[1], x[1]))
    assert np.allclose(net.weights_, expected, rtol=1e-14)


def test_online_learning_takes_one_sample_after_the_other():
    x, y = np.array([[0.5, -1.0], [2.0, 1.0]]), [0, 1]
    w = Perceptron(epochs=0, seed=3).fit(x, y).weights_.copy()
    for sample, target in zip(x, np.eye(2), strict=True):
        v = 1 / (1 + np.exp(-w @ sample))
        w -= 0.3 * np.outer((v - target) * v * (1 - v), sample)
    assert np.allclose(Perceptron(epochs=1, rate=0.3, shuffle=False, seed=3).fit(x, y).weights_, w, rtol=1e-14)


def test_initial_weights_have_the_textbooks_spread():
    weights = Perceptron(epochs=0, seed=1).fit(np.random.default_rng(1).random((10, 5000)), [0, 1] * 5).weights_
    # 1e4 weights: the sd is known to 0.7 %; 5 of these
    assert weights.std() == pytest.approx(1 / np.sqrt(5000 * 2), rel=0.035)


def test_online_delta_rule_on_spike_counts(counts):
    x, y, x_test, y_test = counts
    net = Perceptron(epochs=2, shuffle=False, seed=1).fit(x, y, x_test, y_test)
    curve = net.learning_curve_
    # .982 and .95 for one draw of the initial weights; over draws .980-.987 and .94-.95
    assert curve.accuracy[-1] == pytest.approx(0.982, abs=0.008)
    assert 0.93 <= curve.test_accuracy[-1] <= 0.97
    assert curve.loss[-1] < curve.loss[1] < curve.loss[0]
    longer = Perceptron(epochs=10, shuffle=False, seed=1).fit(x, y, x_test, y_test).learning_curve_
    assert longer.accuracy[-1] >= 0.995
    assert longer.test_accuracy[-1] >= 0.98
    assert longer.loss[2] == curve.loss[2]


def test_batch_delta_rule_on_spike_counts(counts):
    net = Perceptron(epochs=500, batch=None, rate=1, seed=1).fit(counts[0], counts[1])
    assert net.learning_curve_.accuracy[-1] == 1
    assert net.score(*counts[2:]) == pytest.approx(0.99, abs=0.011)
    assert (np.diff(net.learning_curve_.loss) < 0).all()


def test_stochastic_mini_batches_on_spike_counts(counts):
    net = Perceptron(epochs=30, batch=20, rate=0.1, seed=1).fit(counts[0], counts[1])
    assert net.score(*counts[2:]) >= 0.93
    assert net.learning_curve_.accuracy[-1] >= 0.98


def test_cross_entropy_on_spike_counts(counts):
    x, y, x_test, y_test = counts
    net = Perceptron(loss="cross_entropy", epochs=500, batch=None, rate=0.1, initial_std=0).fit(x, y)
    assert net.learning_curve_.loss[0] == pytest.approx(2.484907, abs=5e-7)  # ln 12
    assert net.learning_curve_.loss[-1] == pytest.approx(0.0673, abs=5e-5)
    assert net.learning_curve_.accuracy[-1] == 1.0
    assert net.score(x_test, y_test) == 1.0
    probabilities = net.predict_proba(x_test)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert np.array_equal(net.classes_[probabilities.argmax(axis=1)], net.predict(x_test))


def test_confusions_on_spike_counts_are_of_opposite_directions(counts):
    x, y, x_test, y_test = counts
    net = Perceptron(epochs=1, shuffle=False, seed=1).fit(x, y)
    matrix, classes = confusion_matrix(y_test, net.predict(x_test), net.classes_)
    assert matrix.sum() == 100
    assert np.trace(matrix) == round(100 * net.score(x_test, y_test))
    wrong = matrix - np.diag(np.diag(matrix))
    opposite = (classes[:, None] - classes) % 360 == 180
    # by chance 1 of 11 wrong answers would be opposite
    assert wrong.sum() > 5
    assert wrong[opposite].sum() > 0.5 * wrong.sum()


def test_labels_may_be_strings_and_the_seed_fixes_the_weights():
    x, y = blobs()
    net = Perceptron(rate=0.1, seed=1).fit(x, y)
    assert net.score(x, y) > 0.9
    assert net.classes_.tolist() == ["a", "b", "c"]
    assert np.array_equal(net.weights_, Perceptron(rate=0.1, seed=1).fit(x, y).weights_)
    assert not np.array_equal(net.weights_, Perceptron(rate=0.1, seed=2).fit(x, y).weights_)
    copy = pickle.loads(pickle.dumps(net.learning_curve_))
    assert np.array_equal(copy.loss, net.learning_curve_.loss)
    assert copy.test_loss is None
    assert "10 epochs" in copy._repr_html_()


def test_a_rate_that_diverges_is_an_error_not_a_nan():
    x, y = blobs()
    with pytest.raises(ValueError, match="rate must be smaller: the loss is not finite"):
        Perceptron(activation="linear", rate=100, epochs=400, batch=None, seed=1).fit(x, y)


def test_confusion_and_accuracy_of_labels():
    matrix, classes = confusion_matrix(["x", "y", "x"], ["x", "x", "z"])
    assert classes.tolist() == ["x", "y", "z"]
    assert matrix.tolist() == [[1, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert accuracy([1, 2], [1, 1]) == 0.5


X, Y = blobs()
NET = Perceptron(epochs=1, seed=1).fit(X, Y)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: Perceptron(loss="hinge"), ValueError, "loss must be one of 'squared', 'cross_entropy'"),
        (lambda: Perceptron(activation="step"), ValueError, "activation must be one of"),
        (lambda: Perceptron(rate=0), ValueError, "rate must be > 0"),
        (lambda: Perceptron(epochs=-1), ValueError, "epochs must be >= 0"),
        (lambda: Perceptron(epochs=1.5), TypeError, "epochs must be an integer"),
        (lambda: Perceptron(batch=0), ValueError, "batch must be >= 1"),
        (lambda: Perceptron(initial_std=-1), ValueError, "initial_std"),
        (lambda: Perceptron(seed="a").fit(X, Y), TypeError, "seed"),
        (lambda: Perceptron().fit(X, Y[:5]), ValueError, "y must have shape (120,), a label per sample, got (5,)"),
        (lambda: Perceptron().fit(X, np.ones(120)), ValueError, "y must hold at least two classes, got only 1.0"),
        (lambda: Perceptron().fit([], []), ValueError, "x must have shape (any, any)"),
        (lambda: Perceptron().fit(np.ones((0, 2)), []), ValueError, "x must hold at least one sample"),
        (lambda: Perceptron().fit(X * np.nan, Y), ValueError, "x must be finite"),
        (lambda: Perceptron().fit(X, Y, X), ValueError, "x_test and y_test must be given together"),
        (lambda: Perceptron().fit(X, Y, X[:, :1], Y), ValueError, "x_test must have shape (any, 2)"),
        (
            lambda: Perceptron().fit(X, Y, X[:1], ["d"]),
            ValueError,
            "labels among a, b, c, got d at index 0",
        ),
        (lambda: Perceptron().predict(X), ValueError, "x cannot be classified before fit"),
        (lambda: NET.predict(X[:, :1]), ValueError, "x must have shape (any, 2), got (120, 1)"),
        (lambda: NET.score(X, Y[:3]), ValueError, "y must have shape (120,)"),
        (lambda: NET.predict_proba(X), ValueError, "loss must be 'cross_entropy'"),
        (lambda: one_hot([1, 5], [1, 2]), ValueError, "y must hold labels among 1, 2, got 5 at index 1"),
        (lambda: one_hot([], []), ValueError, "classes must hold at least one label"),
        (lambda: one_hot([1], [1, 1]), ValueError, "classes must hold each label once"),
        (lambda: accuracy([], []), ValueError, "y must hold at least one label"),
        (lambda: accuracy([1], [1, 2]), ValueError, "y must have shape (2,)"),
        (lambda: confusion_matrix([1], [2], [1]), ValueError, "labels among 1, got 2"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
