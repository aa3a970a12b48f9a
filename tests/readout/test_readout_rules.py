"""LMS and RLS on rates that are given: what they compute, exactly, and where the printed forms fail."""

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from rheobase import Interrupted
from rheobase.learning import LMS, RLS, Readout

RNG = np.random.default_rng


def _series(n, T, outputs=1, seed=1):
    rng = RNG(seed)
    r = rng.normal(size=(T, n))
    return r, r @ rng.normal(size=(n, outputs)) + 0.1 * rng.normal(size=(T, outputs))


# sizes on both sides of whole tiles of 8, numbers of updates on both sides of whole batches of 16
@pytest.mark.parametrize("n", [1, 7, 8, 9, 31, 64, 100])
@pytest.mark.parametrize("T", [1, 15, 16, 17, 200])
def test_P_is_the_inverse_of_the_regularised_correlation_matrix(n, T):
    r, y = _series(n, T)
    readout = Readout(n, rule=RLS(c=0.7))
    readout.fit(r, y)
    expected = np.linalg.inv(np.eye(n) / 0.7 + r.T @ r)
    np.testing.assert_allclose(readout.P, expected, atol=1e-9, rtol=0)
    np.testing.assert_array_equal(readout.P, readout.P.T)


@pytest.mark.parametrize("outputs", [1, 3])
def test_rls_is_batch_ridge_regression(outputs):
    r, y = _series(40, 300, outputs)
    readout = Readout(40, outputs, RLS(c=0.2))
    readout.fit(r, y)
    ridge = np.linalg.solve(np.eye(40) / 0.2 + r.T @ r, r.T @ y).T
    np.testing.assert_allclose(readout.R, ridge, atol=1e-9, rtol=0)
    np.testing.assert_allclose(readout.predict(r), r @ ridge.T, atol=1e-9)


def test_rls_pulls_towards_where_R_began():
    """From R0, the penalty is |R − R0|²/c."""
    r, y = _series(12, 20)
    R0 = RNG(2).normal(size=(1, 12))
    readout = Readout(12, rule=RLS(c=0.5), R=R0)
    readout.fit(r, y)
    expected = R0 + np.linalg.solve(np.eye(12) / 0.5 + r.T @ r, r.T @ (y - r @ R0.T)).T
    np.testing.assert_allclose(readout.R, expected, atol=1e-9, rtol=0)


def test_agrees_with_the_textbook_loop_after_long():
    """Deferred updates of P do not drift from the plain ones."""
    r, y = _series(30, 3000)
    readout = Readout(30, rule=RLS(c=1.0))
    z = readout.fit(r, y).z
    P, R, plain = np.eye(30), np.zeros((1, 30)), []
    for x, target in zip(r, y, strict=True):
        plain.append(R @ x)
        k = P @ x / (1 + x @ P @ x)
        P -= np.outer(k, x @ P)
        R -= np.outer(plain[-1] - target, k)
    np.testing.assert_allclose(z, plain, atol=1e-9)


def test_steps_one_by_one_equal_the_series():
    r, y = _series(20, 50, 2)
    whole, single = Readout(20, 2), Readout(20, 2)
    z = whole.fit(r, y).z
    np.testing.assert_array_equal(z, [single.update(x, target) for x, target in zip(r, y, strict=True)])
    np.testing.assert_array_equal(whole.R, single.R)
    np.testing.assert_array_equal(whole.P, single.P)


@pytest.mark.parametrize("rule", [LMS(0.01), RLS(1.0)])
def test_two_calls_equal_one(rule):
    r, y = _series(20, 50)
    whole, halves = Readout(20, rule=rule), Readout(20, rule=rule)
    whole.fit(r, y)
    halves.fit(r[:23], y[:23])
    halves.fit(r[23:], y[23:])
    np.testing.assert_array_equal(whole.R, halves.R)


@pytest.mark.parametrize("product", [0.1, 1.0, 1.9])
def test_lms_changes_the_squared_error_exactly(product):
    """e₊ = (1 − ε‖r‖²)² e, below the exercise's first-order (4.6)."""
    r, y = RNG(3).normal(size=50), np.array([2.0])
    readout = Readout(50, rule=LMS(eps=product / (r @ r)), R=RNG(4).normal(size=(1, 50)))
    before = readout.update(r, y) - y
    after = readout.predict(r) - y
    np.testing.assert_allclose(after**2, (1 - product) ** 2 * before**2, atol=1e-12)


def test_lms_warns_from_the_bound_on():
    r = np.ones((1, 4))
    Readout(4, rule=LMS(eps=0.4999)).fit(r, [1.0])
    with pytest.warns(RuntimeWarning, match=r"eps \* \|r\|\*\*2 must stay below 2.* at update 0"):
        Readout(4, rule=LMS(eps=0.5)).fit(r, [1.0])


def test_lms_that_diverges_is_reported():
    with pytest.raises(FloatingPointError, match=r"z must stay finite, it did not at update 647: eps"):
        Readout(4, rule=LMS(eps=1.0)).fit(np.ones((2000, 4)), np.ones(2000))  # the error grows threefold: 3^647 > 1e308


def test_rls_that_breaks_down_is_reported():
    """Rates whose squares overflow leave no finite P."""
    with pytest.raises(FloatingPointError, match="update 1: c may be too large"):
        Readout(2, rule=RLS(1.0)).fit([[1.0, 0.0], [1e200, 1e200]], [1.0, 1.0])


def test_printed_gain_overshoots():
    """E33: with the old P in the update of R the error becomes e (1 − rᵀP r), which grows where rᵀP r > 2."""
    r, c, y = RNG(5).normal(size=100), 1.0, 1.0
    printed = -(0 - y) * c * r  # R after one update from R = 0 with the gain P r, P = c Id
    assert abs(printed @ r - y) == pytest.approx(abs(1 - c * r @ r), rel=1e-12)
    assert abs(printed @ r - y) > 50
    readout = Readout(100, rule=RLS(c))
    readout.update(r, y)
    assert abs(readout.predict(r)[0] - y) == pytest.approx(1 / (1 + c * r @ r), rel=1e-9)


def test_printed_P_is_its_inverse():
    """E33: the sum Σ r rᵀ + Id/c is the inverse of what P is."""
    r, y = _series(10, 30)
    readout = Readout(10, rule=RLS(2.0))
    readout.fit(r, y)
    printed = r.T @ r + np.eye(10) / 2.0
    assert np.abs(readout.P - printed).max() > 1
    np.testing.assert_allclose(readout.P @ printed, np.eye(10), atol=1e-12)


def test_larger_c_is_faster():
    """E33: the text has it the other way round."""
    r, y = _series(50, 100)
    errors = [Readout(50, rule=RLS(c)).fit(r, y).rmse(60) for c in (0.001, 0.01, 1)]
    assert errors[0] > errors[1] > errors[2]


def test_results_do_not_depend_on_the_instruction_set(with_instruction_set):
    code = (
        "import hashlib, numpy as np; from rheobase.learning import *;"
        "r = np.random.default_rng(1).normal(size=(100, 45)); a = Readout(45); z = a.fit(r, r[:, 0]).z;"
        "n = Reservoir.random(45, seed=1); m = n.fit(np.ones(100)).z;"
        "s = Reservoir.random(45, density=0.5, seed=1); q = s.fit(np.ones(100)).z;"
        "print(hashlib.sha256(z.tobytes() + a.R.tobytes() + a.P.tobytes() + m.tobytes() + q.tobytes()).hexdigest())"
    )
    digests = {with_instruction_set(isa, "-c", code) for isa in ("baseline", "avx2", "avx512")}
    assert len(digests - {None}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_keeps_what_was_learned():
    r = RNG(6).normal(size=(20000, 600))
    readout = Readout(600)
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.25, press)
    timer.start()
    with pytest.raises(Interrupted, match=r"stopped by Ctrl-C at update \d+") as stopped:
        readout.fit(r, r[:, 0])
    fit = stopped.value.result
    assert time.perf_counter() - pressed[0] < 0.5  # asked every 50 ms; the rest is for a busy machine
    assert fit.interrupted
    assert 0 < len(fit.z) < 20000
    again = Readout(600)
    again.fit(r[: len(fit.z)], r[: len(fit.z), 0])
    np.testing.assert_array_equal(again.R, readout.R)


def test_progress_bar(capsys):
    r, y = _series(5, 30)
    Readout(5).fit(r, y, progress=True)
    assert "30/30" in capsys.readouterr().err


GOOD = np.ones((4, 3))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: LMS(0), ValueError, "eps must be > 0, got 0"),
        (lambda: LMS("a"), TypeError, "eps must be a number"),
        (lambda: RLS(-1), ValueError, "c must be > 0, got -1"),
        (lambda: RLS(np.inf), ValueError, "c must be finite"),
        (lambda: Readout(0), ValueError, "n must be >= 1"),
        (lambda: Readout(2.5), TypeError, "n must be an integer"),
        (lambda: Readout(3, 0), ValueError, "outputs must be >= 1"),
        (lambda: Readout(3, rule="RLS"), TypeError, "rule must be LMS"),
        (lambda: Readout(3, R=np.ones((2, 3))), ValueError, "R must have shape (1, 3), got (2, 3)"),
        (lambda: Readout(3, R=[[1, 2, np.nan]]), ValueError, "R must be finite"),
        (lambda: Readout(3, rule=LMS()).P, AttributeError, "P exists for RLS alone"),
        (lambda: Readout(3).fit(np.ones((4, 2)), np.ones(4)), ValueError, "r must have shape (any, 3), got (4, 2)"),
        (lambda: Readout(3).fit(GOOD, np.ones(5)), ValueError, "y must have shape (4, 1), got (5, 1)"),
        (lambda: Readout(3, 2).fit(GOOD, np.ones(4)), ValueError, "y must have shape (4, 2), got (4,)"),
        (lambda: Readout(3).fit(GOOD * np.nan, np.ones(4)), ValueError, "r must be finite"),
        (lambda: Readout(3).fit(GOOD, [1, 2, np.inf, 3]), ValueError, "y must be finite"),
        (lambda: Readout(3).fit(GOOD, "abcd"), TypeError, "y must be an array"),
        (lambda: Readout(3).predict(np.ones(2)), ValueError, "r must have shape (3,) or (any, 3), got (2,)"),
        (lambda: Readout(3).update(np.ones(2), 1.0), ValueError, "r must have shape (3,), got (2,)"),
        (lambda: Readout(3).update(np.ones(3), [1.0, 2.0]), ValueError, "y must have shape (1,), got (2,)"),
        (lambda: Readout(3).fit(GOOD, np.ones(4)).rmse(4), ValueError, "first must be"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert text in str(raised.value)


def test_no_rows_is_fine():
    fit = Readout(3).fit(np.ones((0, 3)), np.ones(0))
    assert fit.z.shape == (0, 1)


def test_fits_keep_copies_of_their_targets():
    y = np.ones(20)
    fit = Readout(3).fit(np.ones((20, 3)), y)
    before = fit.rmse()
    y[:] = 100
    assert fit.rmse() == before
