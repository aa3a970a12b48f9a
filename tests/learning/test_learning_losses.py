"""Activations and losses."""

import numpy as np
import pytest

from rheobase.learning import activation, loss_function, softmax


def test_logistic_at_zero():
    f = activation("logistic")
    assert f.f(np.array(0.0)) == 0.5
    assert f.slope(f.f(np.array(0.0))) == 0.25


@pytest.mark.parametrize("name", ["logistic", "tanh", "relu", "linear"])
def test_slopes_are_derivatives(name):
    f, z, h = activation(name), np.array([-2.0, -0.3, 0.4, 3.0]), 1e-6
    assert np.allclose(f.slope(f.f(z)), (f.f(z + h) - f.f(z - h)) / (2 * h), atol=1e-9)


def test_nothing_overflows_far_out():
    # the textbook's e^z/(e^z + 1) is nan at 1000
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(np.exp(1000.0) / (np.exp(1000.0) + 1))
    assert activation("logistic").f(np.array([-1000.0, 1000.0])).tolist() == [0, 1]
    v = np.array([[1000.0, 0.0, -1000.0]])
    assert softmax(v).tolist() == [[1, 0, 0]]
    loss = loss_function("cross_entropy")
    assert loss.cost(v, np.array([[0.0, 1.0, 0.0]])) == 1000
    assert loss.delta(v, np.array([[0.0, 1.0, 0.0]])).tolist() == [[1, -1, 0]]


def test_softmax_sums_to_one_and_ignores_a_shift():
    v = np.random.default_rng(1).standard_normal((4, 5, 6))
    assert np.allclose(softmax(v).sum(axis=-1), 1)
    assert np.allclose(softmax(v), softmax(v + 100))


def test_cross_entropy_of_equal_outputs_is_the_log_of_the_classes():
    assert loss_function("cross_entropy").cost(np.zeros((5, 12)), np.eye(12)[:5]) == pytest.approx(2.484907, abs=5e-7)


def test_squared_loss_is_half_the_squared_distance():
    cost = loss_function("squared").cost(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 0.0], [0.5, -0.5]]))
    assert cost == 0.5


def test_e36_the_loss_is_minus_the_log_of_the_softmax():
    v, k = np.array([[0.3, -1.2, 2.0]]), 1
    y = np.eye(3)[[k]]
    loss = loss_function("cross_entropy")
    cost = loss.cost(v, y)
    assert cost == pytest.approx(-np.log(softmax(v)[0, k]), rel=1e-12)
    # printed as "L = softmax(v, k)": another number, and its descent direction is the wrong way round
    assert abs(cost - softmax(v)[0, k]) > 1
    h = 1e-6
    step = h * np.eye(3)
    slope = np.array([(loss.cost(v + d, y) - loss.cost(v - d, y)) / (2 * h) for d in step])
    printed = np.array([(softmax(v + d)[0, k] - softmax(v - d)[0, k]) / (2 * h) for d in step])
    assert np.allclose(loss.delta(v, y)[0], slope, atol=1e-9)
    assert slope @ printed < 0


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: activation("sigmoid"), "name must be one of"),
        (lambda: activation("logistik"), "did you mean 'logistic'"),
        (lambda: loss_function("mse"), "name must be one of"),
        (lambda: loss_function("squared", "cubic"), "output must be one of"),
        (lambda: softmax([]), "v must have at least one class"),
        (lambda: softmax(3.0), "v must have at least one class"),
        (lambda: softmax([np.inf, 0.0]), "v must be finite"),
    ],
)
def test_bad_input_is_refused(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert text in str(caught.value)
