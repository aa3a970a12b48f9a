"""Backpropagation through time."""

import numpy as np
import pytest

from rheobase.learning import RecurrentNetwork


def sine(steps, period):
    return np.sin(2 * np.pi * np.arange(1, steps + 1) / period)[:, None]


def test_run_is_eulers_rule_of_equation_4_4():
    net = RecurrentNetwork(5, 2, tau=20, dt=2, seed=1)
    X = np.random.default_rng(2).standard_normal((6, 5))
    r, z = net.run(X)
    state = net.r0
    for i in range(6):
        drive = net.W @ state + X[i] + net.Q @ (net.R @ state)
        state = state + 2 / 20 * (-state + np.tanh(drive))
        assert np.allclose(r[0, i + 1], state, rtol=1e-12)
        assert np.allclose(z[0, i + 1], net.R @ state, rtol=1e-12)
    assert np.array_equal(r[0, 0], net.r0)


def test_input_free_run_equals_zero_input():
    net = RecurrentNetwork(5, seed=1)
    assert np.array_equal(net.run(steps=4)[0], net.run(np.zeros((4, 5)))[0])


@pytest.mark.parametrize("matrix", ["W", "Q", "R"])
def test_gradient_against_central_differences(matrix):
    net = RecurrentNetwork(7, 2, tau=5, dt=1, seed=3)
    rng = np.random.default_rng(4)
    y, X = rng.standard_normal((3, 12, 2)), rng.standard_normal((3, 12, 7))
    analytic = getattr(net.gradients(y, X)[1], matrix)
    weights, h = getattr(net, matrix), 1e-5
    numeric = np.zeros_like(weights)
    for index in np.ndindex(weights.shape):
        kept = weights[index]
        weights[index] = kept + h
        above = net.gradients(y, X)[0]
        weights[index] = kept - h
        numeric[index] = (above - net.gradients(y, X)[0]) / (2 * h)
        weights[index] = kept
    assert np.abs(analytic - numeric).max() < 1e-7
    assert np.abs(numeric).max() > 1e-3


def test_cost_is_half_the_mean_squared_error():
    net = RecurrentNetwork(4, 2, seed=1)
    y = np.random.default_rng(1).standard_normal((9, 2))
    z = net.run(steps=9)[1][0, 1:]
    assert net.gradients(y)[0] == pytest.approx(0.5 * np.mean(np.sum((z - y) ** 2, axis=1)), rel=1e-12)


def test_initial_weights_have_variance_rho_squared_over_n():
    net = RecurrentNetwork(200, 3, rho=1.5, seed=1)
    # 4e4 entries: the sd is known to .35 %; 5 of these
    assert net.W.std() == pytest.approx(1.5 / np.sqrt(200), rel=0.018)


def test_training_follows_a_sine_and_keeps_following_it_alone():
    y = sine(300, 150)
    net = RecurrentNetwork(40, seed=1).fit(y, updates=250)
    assert len(net.loss_curve_) == 251
    assert net.loss_curve_[-1] < 0.01 * net.loss_curve_[0]
    assert net.loss_curve_[-1] == net.gradients(y)[0]
    z = net.run(steps=600)[1][0, 1:]
    # the target's own root mean square is .707
    assert np.sqrt(np.mean((z[300:] - sine(600, 150)[300:]) ** 2)) < 0.35


def test_training_on_inputs_tells_trials_apart():
    # the sign of a brief input sets the later output: W must hold it
    X = np.zeros((2, 60, 20))
    X[0, :5], X[1, :5] = 1, -1
    y = np.concatenate([np.ones((1, 60, 1)), -np.ones((1, 60, 1))])
    net = RecurrentNetwork(20, tau=10, rho=1.0, seed=2).fit(y, X, updates=200)
    z = net.run(X)[1]
    assert z[0, 30:].min() > 0.7
    assert z[1, 30:].max() < -0.7


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: RecurrentNetwork(0), ValueError, "n must be >= 1"),
        (lambda: RecurrentNetwork(3, outputs=0), ValueError, "outputs must be >= 1"),
        (lambda: RecurrentNetwork(3, tau=-1), ValueError, "tau must be > 0"),
        (lambda: RecurrentNetwork(3, tau=5, dt=6), ValueError, "dt must be at most tau = 5 ms"),
        (lambda: RecurrentNetwork(3, rho=-1), ValueError, "rho must be >= 0"),
        (lambda: RecurrentNetwork(3).run(), ValueError, "steps must be given if and only if X is not"),
        (lambda: RecurrentNetwork(3).run(np.ones((2, 3)), steps=2), ValueError, "steps must be given if and only"),
        (lambda: RecurrentNetwork(3).run(steps=0), ValueError, "steps must be >= 1"),
        (lambda: RecurrentNetwork(3).run(np.ones((2, 4))), ValueError, "X must have shape (any, any, 3)"),
        (lambda: RecurrentNetwork(3).run(np.ones(3)), ValueError, "X must have shape (any, any, 3)"),
        (lambda: RecurrentNetwork(3).fit(np.ones((4, 2))), ValueError, "y must have shape (any, any, 1)"),
        (lambda: RecurrentNetwork(3).fit(np.ones((0, 1))), ValueError, "y must hold at least one trial"),
        (lambda: RecurrentNetwork(3).fit([[np.nan]]), ValueError, "y must be finite"),
        (lambda: RecurrentNetwork(3).fit([[1.0]], np.ones((2, 3))), ValueError, "X must have (trials, steps) = (1, 1)"),
        (lambda: RecurrentNetwork(3).fit([[1.0]], rate=0), ValueError, "rate must be > 0"),
        (lambda: RecurrentNetwork(3).fit([[1.0]], updates=-1), ValueError, "updates must be >= 0"),
        (lambda: RecurrentNetwork(3, seed=1).fit([[1.0]], rate=1e300), ValueError, "rate must be smaller"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
