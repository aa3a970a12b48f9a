"""The rate network with a trained readout: the book's section 4.2, its numbers and its errata."""

import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest
import scipy.sparse

from rheobase import Interrupted
from rheobase.learning import LMS, RLS, Readout, Reservoir

DT = 0.1
TIMES = DT * np.arange(65000)
SINE = np.sin(2 * np.pi * TIMES / 500)
LEARNED = 50000  # steps, 5000 ms


def _learn(rule, seed, every=None):
    net = Reservoir.random(200, rule=rule, seed=seed)
    fit = net.fit(SINE[:LEARNED], t_start=2500, every=every)
    return fit, net.predict(1500).rmse(y=SINE[LEARNED:])


def _textbook(net, y, update, T, feedback=True):
    """The book's Euler loop, plainly; `update(r, error, R)` gives the new R."""
    W = net.W.toarray() if scipy.sparse.issparse(net.W) else net.W
    R, r, z = net.readout.R.copy(), net.r.copy(), np.zeros((T, len(net.readout.R)))
    for i in range(T):
        z[i] = R @ r
        if update is not None:
            R = update(r, z[i] - y[i], R)
        r = r + net.dt / net.tau * (-r + np.tanh(W @ r + feedback * (net.Q @ z[i])))
    return z


@pytest.mark.parametrize("density", [1.0, 0.2])
def test_is_the_textbook_loop(density):
    net = Reservoir.random(50, 2, rule=LMS(0.01), density=density, seed=1)
    y = np.stack([SINE, np.cos(TIMES / 30)], axis=1)[:300]
    expected = _textbook(net, y, lambda r, e, R: R - 0.01 * np.outer(e, r), 300)
    np.testing.assert_allclose(net.fit(y).z, expected, atol=1e-12)


@pytest.mark.parametrize("seed", [5, 6])
def test_book_numbers(seed):
    """RLS keeps the sine with R frozen; LMS follows it closely while learning, yet has only chased it (Ex. 4.2.2)."""
    fit, test = _learn(RLS(1.0), seed, every=1.0)
    assert fit.rmse(4500) < 0.02
    assert test < 0.3
    fit, test = _learn(LMS(0.005), seed)
    assert fit.rmse(2500, 2600) < 0.05
    assert fit.rmse(4500) < 0.01
    assert test > 1


def test_printed_rule_overshoots_and_learns_where_it_updates_at_every_step():
    """E33: without the gain 1/(1 + rᵀP r) the error is large at first, and small after two periods."""
    y = SINE[:10000, None]
    net = Reservoir.random(200, seed=5)
    net.predict(500)
    error = np.abs(_textbook(net, y, _Rls(200, False, every=1), len(y)) - y)
    assert error.max() > 10
    assert error[9000:].mean() < 0.05


def test_printed_rule_fails_where_it_updates_at_every_tenth_step():
    """E33: without the gain 1/(1 + rᵀP r) learning fails at c = 1, where with it the error is small at once."""
    y = SINE[:10000, None]
    errors = {}
    for gain in (False, True):
        net = Reservoir.random(200, seed=5)
        net.predict(500)
        rule = _Rls(200, gain)
        z = _textbook(net, y, rule, len(y))
        errors[gain] = np.abs(z - y)
    assert errors[False].max() > 10
    assert errors[False][5000:].mean() > 0.2
    assert errors[True].max() < 1
    assert errors[True][5000:].mean() < 0.02


class _Rls:
    """The book's RLS, at every so many steps, with the gain put right or as printed."""

    def __init__(self, n, gain, every=10):
        self.P, self.gain, self.every, self.calls = np.eye(n), gain, every, 0

    def __call__(self, r, error, R):
        self.calls += 1
        if (self.calls - 1) % self.every:
            return R
        k = self.P @ r
        denominator = 1 + r @ k
        self.P -= np.outer(k, k) / denominator
        return R - np.outer(error, k / denominator if self.gain else k)


def test_printed_feedback_is_none():
    """E34: the notebook feeds back z[:, i + 1], still zero, at step i; what it simulates has no feedback."""
    net = Reservoir.random(40, rule=LMS(0.005), seed=2)
    T, W, R, r = 2000, net.W, net.readout.R.copy(), net.r.copy()
    z = np.zeros((1, T + 1))
    for i in range(T):
        r = r + DT / 20 * (-r + np.tanh(W @ r + net.Q @ z[:, i + 1]))
        z[:, i + 1] = R @ r
    silent = Reservoir(W, Readout(40, R=R), Q=None, r=net.r).predict(T * DT)
    np.testing.assert_allclose(z[0, 1:T], silent.z[1:, 0], atol=1e-9)
    fed_back = net.predict(T * DT)
    assert np.abs(fed_back.z - silent.z).max() > 0.1


def test_larger_c_is_faster_in_the_network():
    first = [_first_error(c) for c in (0.1, 1.0)]
    assert first[0] > first[1]


def _first_error(c):
    net = Reservoir.random(200, rule=RLS(c), seed=3)
    return net.fit(SINE[:10000], t_start=500, every=1.0).rmse(500, 600)


def test_spectral_radius():
    """Circular law: radius ρ = 1.5, 1.52 to 1.60 for samples of 200."""
    for seed in range(5):
        radius = np.abs(np.linalg.eigvals(Reservoir.random(200, seed=seed).W)).max()
        assert 1.4 < radius < 1.65
    sparse = Reservoir.random(400, density=0.1, seed=1).W.toarray()
    assert np.mean(sparse != 0) == pytest.approx(0.1, rel=1e-9)
    assert 1.4 < np.abs(np.linalg.eigvals(sparse)).max() < 1.7


def test_size_of_the_rates_without_feedback():
    """Mean r² is about 0.31 at ρ = 1.5, which makes ε‖r‖² about 0.3 at ε = 0.005."""
    squares = []
    for seed in range(4):
        net = Reservoir.random(200, feedback=False, seed=seed)
        squares.append(np.mean(net.predict(2000, record=slice(None)).r[5000:] ** 2))
    assert np.mean(squares) == pytest.approx(0.31, abs=0.04)


def test_rest_is_stable_below_one():
    net = Reservoir.random(200, rho=0.8, feedback=False, seed=1)
    net.predict(1000)
    assert np.linalg.norm(net.r) < 1e-3


def test_four_sines():
    period = 600
    y = sum(a * np.sin(2 * np.pi * k * TIMES / period) for k, a in ((1, 1), (2, 0.5), (3, 1 / 6), (4, 1 / 3)))
    net = Reservoir.random(300, rule=RLS(1.0), seed=2)
    net.fit(y[:48000], t_start=300, every=1.0)
    assert net.predict(1200).rmse(y=y[48000:60000]) < 0.2 * y.std()


def test_lorenz():
    """Three outputs at once; its own, the network stays on the attractor though not on the trajectory."""
    u, path = np.ones(3), []
    for _ in range(60000):  # Euler steps of 0.001, one per step of the network
        x, y, z = u
        u = u + 0.001 * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
        path.append(u)
    target = (np.array(path) - [0, 0, 25]) / 10
    net = Reservoir.random(300, 3, rule=RLS(1.0), seed=1)
    fit = net.fit(target, t_start=200, every=0.5)
    assert fit.rmse(5000) < 0.1
    free = net.predict(2000).z
    # both wings of the butterfly are visited, in all three directions as far as the target goes
    assert free[:, 0].min() < -0.5
    assert free[:, 0].max() > 0.5
    assert (np.abs(free).max(axis=0) < 1.5 * np.abs(target).max(axis=0)).all()
    np.testing.assert_allclose(free.std(axis=0), target.std(axis=0), rtol=0.35)


def test_sparse_equals_dense():
    net = Reservoir.random(120, rule=RLS(1.0), density=0.15, seed=4)
    dense = Reservoir(net.W.toarray(), Readout(120, rule=RLS(1.0), R=net.readout.R), net.Q, r=net.r)
    np.testing.assert_allclose(net.fit(SINE[:500]).z, dense.fit(SINE[:500]).z, atol=1e-10)
    np.testing.assert_allclose(net.readout.R, dense.readout.R, atol=1e-9)


def test_update_every_k_steps_within_a_window():
    net = Reservoir.random(20, rule=LMS(0.01), seed=1)
    count = 0
    expected_R = net.readout.R.copy()
    fit = net.fit(SINE[:100], t_start=2.0, t_stop=6.0, every=0.7, record=slice(None))
    for step in range(20, 60, 7):
        expected_R -= 0.01 * np.outer(fit.z[step] - fit.y[step], fit.r[step])
        count += 1
    assert count == 6
    np.testing.assert_allclose(net.readout.R, expected_R, atol=1e-14)
    assert fit.learning == pytest.approx((2.0, 6.0))


@pytest.mark.parametrize(
    ("f", "function"),
    [
        ("tanh", np.tanh),
        ("relu", lambda x: np.maximum(x, 0)),
        ("logistic", lambda x: 1 / (1 + np.exp(-x))),
        ("linear", lambda x: x),
    ],
)
def test_functions_and_inputs(f, function):
    rng = np.random.default_rng(7)
    W, tau, X, r = 0.1 * rng.normal(size=(9, 9)), rng.uniform(5, 20, 9), rng.normal(size=(50, 9)), rng.normal(size=9)
    net = Reservoir(W, tau=tau, f=f, r=r)
    got = net.predict(5.0, X, record=slice(None)).r
    for i in range(50):
        np.testing.assert_allclose(got[i], r, atol=1e-13)
        r = r + DT / tau * (-r + function(W @ r + X[i]))
    constant = Reservoir(W, f=f).predict(5.0, X[0]).z
    np.testing.assert_array_equal(constant, Reservoir(W, f=f).predict(5.0, np.tile(X[0], (50, 1))).z)


def test_runs_go_on_where_they_ended():
    whole, halves = (Reservoir.random(30, rule=RLS(1.0), seed=1) for _ in range(2))
    a = whole.fit(SINE[:200])
    b = halves.fit(SINE[:77])
    c = halves.fit(SINE[77:200])
    np.testing.assert_array_equal(a.z, np.concatenate([b.z, c.z]))
    np.testing.assert_array_equal(a.times, np.concatenate([b.times, c.times]))
    assert halves.t == pytest.approx(20.0)


def test_result_is_plain():
    result = Reservoir.random(10, seed=1).fit(SINE[:20], record=[3, 1])
    again = pickle.loads(pickle.dumps(result))
    np.testing.assert_array_equal(again.z, result.z)
    assert result.r.shape == (20, 2)
    assert list(result.neurons) == [3, 1]
    assert "RMSE" in result._repr_html_()


def test_explosion_is_reported():
    net = Reservoir(np.full((2, 2), 50.0), Readout(2, R=[[1.0, 1.0]]), f="linear", r=1.0)
    with pytest.raises(FloatingPointError, match=r"z must stay finite, it did not at t = \d+"):
        net.predict(1e4)
    assert net.t == 0


def test_lms_beyond_its_bound_is_reported():
    net = Reservoir.random(100, rule=LMS(eps=1.0), feedback=False, seed=1)
    with pytest.raises(FloatingPointError, match=r"t = [\d.]+ ms: eps \* \|r\|\*\*2 must stay below 2"):
        net.fit(SINE[:10000], t_start=100)
    # fed back, outputs that change sign with every step let the rates decay before anything overflows
    net = Reservoir.random(100, rule=LMS(eps=1.0), seed=1)
    with pytest.warns(RuntimeWarning, match="first did not at t = 100 ms"):
        fit = net.fit(SINE[:3000], t_start=100)
    assert np.abs(fit.z).max() > 1e100


def test_ctrl_c_keeps_what_was_computed():
    net = Reservoir.random(500, rule=RLS(1.0), seed=1)
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(0.25, press).start()
    with pytest.raises(Interrupted, match="stopped by Ctrl-C at t = ") as stopped:
        net.fit(SINE)
    fit = stopped.value.result
    assert time.perf_counter() - pressed[0] < 0.5  # asked every 50 ms; the rest is for a busy machine
    assert fit.interrupted
    assert 0 < len(fit.z) == len(fit.y) == len(fit.times) < len(SINE)
    again = Reservoir.random(500, rule=RLS(1.0), seed=1)
    np.testing.assert_array_equal(again.fit(SINE[: len(fit.z)]).z, fit.z)
    np.testing.assert_array_equal(again.readout.R, net.readout.R)


def test_progress_bar(capsys):
    Reservoir.random(10, seed=1).predict(3.0, progress=True)
    assert "3/3 ms" in capsys.readouterr().err


NET = Reservoir.random(4, seed=1)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: Reservoir(np.ones((2, 3))), ValueError, "W must be a square matrix"),
        (lambda: Reservoir(np.ones((0, 0))), ValueError, "W must be a square matrix"),
        (lambda: Reservoir(np.ones(3)), ValueError, "W must have shape (any, any)"),
        (lambda: Reservoir([[np.nan]]), ValueError, "W must be finite"),
        (lambda: Reservoir(scipy.sparse.csr_array([[np.inf]])), ValueError, "entries of W must be finite"),
        (lambda: Reservoir(np.ones((2, 2)), Readout(3)), ValueError, "readout must read 2 rates"),
        (lambda: Reservoir(np.ones((2, 2)), "R"), TypeError, "readout must be a Readout"),
        (lambda: Reservoir(np.ones((2, 2)), Q=np.ones(2)), ValueError, "Q must have shape (2, 1), got (2,)"),
        (lambda: Reservoir(np.ones((2, 2)), f="tan"), ValueError, "did you mean 'tanh'?"),
        (lambda: Reservoir(np.ones((2, 2)), tau=0), ValueError, "tau"),
        (
            lambda: Reservoir(np.ones((2, 2)), tau=[1.0, 2.0, 3.0]),
            ValueError,
            "tau must be a number or have shape (2,)",
        ),
        (lambda: Reservoir(np.ones((2, 2)), dt=0), ValueError, "dt must be > 0"),
        (lambda: Reservoir(np.ones((2, 2)), dt=30), ValueError, "dt must be at most the smallest tau, 20 ms"),
        (lambda: Reservoir(np.ones((2, 2)), r=np.ones(3)), ValueError, "r must be a number or have shape (2,)"),
        (lambda: Reservoir.random(0), ValueError, "n must be >= 1"),
        (lambda: Reservoir.random(4, density=0), ValueError, "density must be > 0"),
        (lambda: Reservoir.random(4, rho=-1), ValueError, "rho must be >= 0"),
        (lambda: NET.fit(np.ones((5, 2))), ValueError, "y must have shape (any, 1), got (5, 2)"),
        (lambda: NET.fit([1.0, np.nan]), ValueError, "y must be finite"),
        (lambda: NET.fit(np.ones(5), np.ones((4, 4))), ValueError, "X must have shape (4,) or (5, 4), got (4, 4)"),
        (lambda: NET.fit(np.ones(5), t_start=0.05), ValueError, "t_start must be a multiple of dt = 0.1 ms"),
        (
            lambda: NET.fit(np.ones(5), t_start=0.6),
            ValueError,
            "t_start and t_stop must be in order and within",
        ),
        (lambda: NET.fit(np.ones(5), t_start=0.3, t_stop=0.2), ValueError, "t_start and t_stop must be in order"),
        (lambda: NET.fit(np.ones(5), every=0), ValueError, "every must be at least 0.1 ms"),
        (lambda: NET.fit(np.ones(5), record=[4]), ValueError, "record must lie between 0 and 3, got 4"),
        (lambda: NET.fit(np.ones(5), record=[0.5]), TypeError, "record must be a slice"),
        (lambda: NET.predict(-1), ValueError, "duration must be at least 0 ms"),
        (lambda: NET.predict(0.25), ValueError, "duration must be a multiple of dt"),
        (lambda: NET.predict(1.0).rmse(), ValueError, "y must be given"),
        (lambda: NET.fit(np.ones(5)).rmse(1e6), ValueError, "t_start and t_stop must enclose times"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert text in str(raised.value)


def test_results_keep_copies_of_their_targets():
    y = np.ones(20)
    fit = Reservoir.random(10, seed=1).fit(y)
    before = fit.rmse()
    y[:] = 100
    assert fit.rmse() == before
