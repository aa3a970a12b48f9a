"""Solvers: order of convergence, closed forms, noise, and what happens when a solution is lost."""

import numpy as np
import pytest

from rheobase.dynamics import SOLVERS, adaptive, euler, euler_maruyama, flow_map, rk4, trajectory


def forced(x, t):
    """The book's example x' = sin(x) cos(t), with a closed solution."""
    return np.sin(x) * np.cos(t)


def forced_solution(t):
    return 2 * np.arctan(np.tan(0.5) * np.exp(np.sin(t)))


def grid(T, dt):
    return dt * np.arange(round(T / dt) + 1)


def additive_noise(x0, times, increments):
    """Reference on a fine path of x' = −x: the same Euler–Maruyama sum, path by path."""
    x = np.full(increments.shape[1], x0)
    for dt, dB in zip(np.diff(times), increments, strict=True):
        x = x - dt * x + dB
    return x


@pytest.mark.parametrize(
    ("solver", "order", "sizes"),
    [
        (euler, 1, [0.02, 0.01, 0.005]),
        (rk4, 4, [0.2, 0.1, 0.05]),
        # Strong order 1 for additive noise; with σ = 0 the scheme must be Euler's.
        (lambda f, x0, times: euler_maruyama(f, x0, times, sigma=0.0), 1, [0.02, 0.01, 0.005]),
    ],
    ids=["euler", "rk4", "euler_maruyama"],
)
def test_order_of_convergence(solver, order, sizes):
    errors = [np.abs(solver(forced, 1.0, grid(10, dt))[:, 0] - forced_solution(grid(10, dt))).max() for dt in sizes]
    slopes = np.diff(np.log(errors)) / np.diff(np.log(sizes))
    assert slopes == pytest.approx(order, abs=0.15 * order)


@pytest.mark.parametrize("rtol", [1e-4, 1e-7, 1e-10])
def test_adaptive_error_follows_its_tolerance(rtol):
    times = grid(50, 0.5)
    error = np.abs(adaptive(forced, 1.0, times, rtol=rtol, atol=rtol)[:, 0] - forced_solution(times)).max()
    assert error < 100 * rtol


def test_strong_order_of_euler_maruyama_is_one_for_additive_noise():
    rng = np.random.default_rng(5)
    T, fine, paths = 1.0, 1 / 512, 200
    dB = 0.5 * np.sqrt(fine) * rng.standard_normal((512, paths))
    reference = additive_noise(1.0, grid(T, fine), dB)
    sizes, errors = [1 / 16, 1 / 32, 1 / 64], []
    for dt in sizes:
        coarse = dB.reshape(round(T / dt), -1, paths).sum(axis=1)
        errors.append(np.abs(additive_noise(1.0, grid(T, dt), coarse) - reference).mean())
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    # Order ½ would halve the slope; the paths are shared between sizes, so its scatter is a few hundredths.
    assert slope == pytest.approx(1, abs=0.2)


def test_euler_of_the_textbook_figure():
    x = euler(forced, 1.0, grid(50, 0.01))[:, 0]
    exact = forced_solution(grid(50, 0.01))
    assert exact.min() == pytest.approx(0.396663, abs=2e-6)
    assert exact.max() == pytest.approx(1.956295, abs=2e-6)
    assert np.abs(x - exact).max() == pytest.approx(0.05196, abs=1e-5)
    assert (x.min(), x.max()) == pytest.approx((0.377155, 1.960307), abs=1e-6)


def test_euler_step_needs_dt_and_vanishes_as_the_limit_of_a_quotient():
    """E44: the difference quotient minus f vanishes only as dt → 0, and a step without dt is no approximation."""
    x, t = 1.0, 0.3
    f = float(forced(x, t))

    def solution(s):
        start = np.arctan(np.tan(x / 2)) * 2
        return 2 * np.arctan(np.tan(start / 2) * np.exp(np.sin(t + s) - np.sin(t)))

    quotient = [(solution(dt) - x - f * dt) / dt for dt in (0.01, 0.001, 0.0001)]
    assert abs(quotient[0]) > 5e-4
    assert np.abs(quotient) == pytest.approx(abs(quotient[0]) * np.array([1, 0.1, 0.01]), rel=0.05)
    assert abs(solution(0.01) - (x + f)) > 0.5


def test_quadratic_phase_line_trajectory():
    def square(u):
        return u**2 - 1

    # 499 steps, as in the textbook's time grid, which stops one step before T = 5.
    x = euler(lambda u, t: square(u), 0.6, grid(4.99, 0.01))[-1, 0]
    assert x == pytest.approx(-0.99965, abs=5e-6)
    assert flow_map(square, [0.6], 4.99)[0] == pytest.approx(-np.tanh(4.99 - np.arctanh(0.6)), abs=1e-9)
    assert flow_map(square, [0.6], 4.99)[0] == pytest.approx(-0.999630, abs=1e-6)
    assert flow_map(square, [0.0], 3)[0] == pytest.approx(-np.tanh(3), abs=1e-9)
    assert flow_map(square, [-2.0], 3)[0] == pytest.approx(-1 / np.tanh(3 + np.arctanh(0.5)), abs=1e-9)
    assert flow_map(square, [1.0], 10)[0] == 1.0


def test_flow_backwards_undoes_the_flow():
    def pendulum(u):
        return np.array([u[1], -np.sin(u[0]) - 0.1 * u[1]])

    there = flow_map(pendulum, [1.0, 0.5], 3.0)
    assert flow_map(pendulum, there, -3.0) == pytest.approx([1.0, 0.5], abs=1e-7)
    assert flow_map(pendulum, [1.0, 0.5], 0.0) == pytest.approx([1.0, 0.5], abs=0)


def test_noise_is_reproducible_and_has_the_stationary_variance():
    times = grid(2000, 0.1)
    a = euler_maruyama(lambda x, t: -x, 0.0, times, sigma=0.5, seed=3)
    assert (a == euler_maruyama(lambda x, t: -x, 0.0, times, sigma=0.5, seed=3)).all()
    assert (a != euler_maruyama(lambda x, t: -x, 0.0, times, sigma=0.5, seed=4)).any()
    # Euler–Maruyama's own stationary variance σ²/(2 − dt); the correlation time 1 leaves about 1000 independent
    # samples, so a relative s.d. of √(2/1000) = 0.045; five of them: false alarm 6e-7.
    assert a[200:].var() == pytest.approx(0.25 / 1.9, rel=0.22)


@pytest.mark.parametrize(
    ("method", "text"),
    [
        ("adaptive", r"beyond t = 1 of 5"),
        ("rk4", r"stay finite.* at t = 1\.\d"),
        ("euler", r"stay finite.* at t = 1\.\d"),
    ],
)
def test_blow_up_names_the_time(method, text):
    """x' = x² from 1 is 1/(1 − t); the fixed steps pass the pole a little late."""
    with pytest.raises(ValueError, match=text):
        trajectory(lambda u: u**2, [1.0], duration=5, dt=0.01, method=method)
    assert method in SOLVERS


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: trajectory(3, [0.0], 1), TypeError, "field must be a function"),
        (lambda: trajectory(lambda u: u, [0.0], 1, dt=0), ValueError, "dt must be > 0"),
        (lambda: trajectory(lambda u: u, [0.0], 0.25, dt=0.1), ValueError, "duration must be a multiple of dt"),
        (lambda: trajectory(lambda u: u, [0.0], 1, method="rk45"), ValueError, "did you mean 'rk4'"),
        (lambda: trajectory(lambda u: u / 0, [1.0], 1), ValueError, "field must be finite"),
        (lambda: trajectory(lambda u: u, [np.nan], 1), ValueError, "x0 must be finite"),
        (lambda: trajectory(lambda u: u, "ab", 1), TypeError, "x0 must be an array"),
        (lambda: trajectory(lambda u: u, [[0.0]], 1), ValueError, "x0 must have shape (n,)"),
        (lambda: trajectory(lambda u: [1, 2], [0.0], 1), ValueError, "field must return shape (1,)"),
        (lambda: euler(lambda x, t: x, 1.0, []), ValueError, "times must hold at least one"),
        (lambda: euler(lambda x, t: x, 1.0, [0, 0]), ValueError, "increasing order"),
        (lambda: rk4(lambda x, t: [x, x], 1.0, [0, 1]), ValueError, "f must return shape (1,)"),
        (lambda: euler_maruyama(lambda x, t: x, 1.0, [0, 1], sigma=-1), ValueError, "sigma"),
        (lambda: flow_map(lambda u: u, [0.0], np.inf), ValueError, "t must be finite"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught, np.errstate(all="ignore"):
        call()
    assert text in str(caught.value)
