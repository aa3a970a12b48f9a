"""Backpropagation and feedback alignment."""

import numpy as np
import pytest
from numerical_gradient import numerical_gradient

from rheobase.learning import MultilayerPerceptron, Perceptron, Standardizer, load_digits, one_hot


def small_task():
    rng = np.random.default_rng(1)
    return rng.standard_normal((7, 5)), np.array([0, 1, 2, 0, 1, 2, 0])


@pytest.mark.parametrize(
    "options",
    [
        {"hidden": (4,), "activation": "logistic", "loss": "squared", "bias": False},
        {"hidden": (4,), "activation": "logistic", "loss": "squared"},
        {"hidden": (4, 6), "activation": "tanh", "loss": "cross_entropy"},
        {"hidden": (4, 6, 2), "activation": "relu", "loss": "squared", "output": "tanh"},
        {"hidden": (), "loss": "cross_entropy"},
    ],
)
def test_backpropagation_against_central_differences(options):
    x, y = small_task()
    net = MultilayerPerceptron(epochs=0, seed=2, **options).fit(x, y)
    targets = one_hot(y, net.classes_)
    for gradient, weights in zip(net.gradients(x, targets), net.weights_, strict=True):
        numeric = numerical_gradient(lambda: net.loss.cost(net.outputs(x), targets), weights)
        assert np.abs(gradient - numeric).max() < 1e-7
        assert np.abs(numeric).max() > 1e-4


def test_one_layer_is_the_delta_rule():
    x, y = small_task()
    net = MultilayerPerceptron((), loss="squared", bias=False, epochs=0, seed=1).fit(x, y)
    single = Perceptron(epochs=0, seed=1).fit(x, y)
    single.weights_ = net.weights_[0]
    targets = one_hot(y, net.classes_)
    assert np.allclose(net.gradients(x, targets)[0], single.gradient(x, targets), rtol=1e-14)


def test_a_hidden_layer_learns_what_a_perceptron_cannot():
    x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
    for seed in range(3):
        assert MultilayerPerceptron((8,), epochs=500, batch=None, rate=0.5, seed=seed).fit(x, y).score(x, y) == 1
        assert MultilayerPerceptron((), epochs=500, batch=None, rate=0.5, seed=seed).fit(x, y).score(x, y) < 1


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    data = load_digits(seed=0)
    scale = Standardizer().fit(data.x)
    return scale.transform(data.x), data.y, scale.transform(data.x_test), data.y_test


@pytest.mark.parametrize("feedback", ["backpropagation", "alignment"])
def test_both_ways_of_the_errors_learn_digits(digits, feedback):
    x, y, x_test, y_test = digits
    net = MultilayerPerceptron((50, 30), feedback=feedback, epochs=15, seed=1).fit(x, y, x_test, y_test)
    curve = net.learning_curve_
    # .945-.96 over draws; 359 test samples at .95: sd .0115; 4 sd below: 3e-5
    assert curve.test_accuracy[-1] > 0.95 - 4 * 0.0115
    assert curve.test_accuracy[-1] == net.score(x_test, y_test)
    assert curve.loss[-1] < 0.1 * curve.loss[0]
    assert curve.loss[0] == pytest.approx(np.log(10), rel=0.3)


def test_feedback_alignment_turns_the_weights_towards_the_feedback(digits):
    x, y, _, _ = digits
    net = MultilayerPerceptron((50,), feedback="alignment", bias=False, epochs=0, seed=3).fit(x, y)

    def cosine(a, b):
        return np.sum(a * b) / np.sqrt(np.sum(a**2) * np.sum(b**2))

    feedback = net.feedback_[0].copy()
    # 500 entries: the cosine of random matrices has sd .045
    assert abs(cosine(net.weights_[1].T, feedback)) < 0.2
    trained = MultilayerPerceptron((50,), feedback="alignment", bias=False, epochs=15, seed=3).fit(x, y)
    assert np.array_equal(trained.feedback_[0], feedback)
    assert cosine(trained.weights_[1].T, feedback) > 0.3
    # the substitute then points downhill, within 90 degrees of the gradient
    targets = one_hot(y, trained.classes_)
    substitute = trained.gradients(x, targets)[0]
    trained.feedback_ = []
    assert cosine(substitute, trained.gradients(x, targets)[0]) > 0.2


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: MultilayerPerceptron((0,)), ValueError, "hidden must be >= 1"),
        (lambda: MultilayerPerceptron((2.5,)), TypeError, "hidden must be an integer"),
        (lambda: MultilayerPerceptron(50), TypeError, "hidden must be a sequence of integers"),
        (lambda: MultilayerPerceptron(feedback="random"), ValueError, "feedback must be one of"),
        (lambda: MultilayerPerceptron(activation="softmax"), ValueError, "activation must be one of"),
        (lambda: MultilayerPerceptron(loss="l1"), ValueError, "loss must be one of"),
        (lambda: MultilayerPerceptron(output="l1", loss="squared"), ValueError, "output must be one of"),
        (lambda: MultilayerPerceptron().predict([[1.0]]), ValueError, "before fit"),
        (lambda: MultilayerPerceptron().fit([[1.0]], [1]), ValueError, "at least two classes"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
