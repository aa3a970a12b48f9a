"""Mean first passage times in the plane, against the exact ones in one dimension and simulated escapes."""

import numpy as np
import pytest
from pytest import approx

from rheobase.dynamics import kramers_rate, mean_first_passage, passage_times
from rheobase.rates import Logistic, RateNetwork


def double_well(x):
    return x - x**3


@pytest.mark.parametrize("turn", [0.0, 0.5])
def test_one_variable_beside_another(turn):
    """An independent second variable changes nothing, nor does turning the plane; the error falls with the step²."""
    R = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def field(u):
        v = R.T @ u
        return R @ np.stack([double_well(v[0]), -2 * v[1]])

    exact = mean_first_passage(double_well, -1.0, 1.0, 0.6)
    box = [(-2.6, 1.8), (-2, 2)] if turn == 0 else [(-2.6, 2.6)] * 2
    off = []
    for points in (45, 89):
        # The target begins half a step before its first points, where the time is not yet 0 but small.
        found = passage_times(field, lambda u: R[:, 0] @ u >= 1, 0.6, box, points=points)
        off.append(abs(found.at(R @ [-1.0, 0.0]) / exact - 1))
    assert off[1] < min(0.02, off[0])


def test_kramers_rate_of_a_curved_valley():
    """The energy (x² − 1)²/4 + (y − x²/2)²: with weak noise the time is 1/rate, of the eigenvalues at both points."""

    def field(u):
        x, y = u
        valley = 2 * (y - x**2 / 2)
        return np.stack([x - x**3 + valley * x, -valley])

    well, saddle = np.array([[4.0, -2.0], [-2.0, 2.0]]), np.array([[-1.0, 0.0], [0.0, 2.0]])
    growth, height = 1.0, 0.25
    off = []
    for sigma in (0.25, 0.3):
        rate = growth / (2 * np.pi) * np.sqrt(np.linalg.det(well) / -np.linalg.det(saddle))
        rate *= np.exp(-2 * height / sigma**2)
        assert kramers_rate(field, [-1.0, 0.5], [0.0, 0.0], sigma) == approx(rate, rel=1e-6)
        times = passage_times(field, lambda u: u[0] >= 0.5, sigma, [(-1.8, 0.8), (-0.9, 1.8)], points=120)
        off.append(times.at([-1.0, 0.5]) * rate - 1)
    # What the limit leaves out is of the order of σ².
    assert 0 < off[0] < 0.1
    assert off[1] / off[0] == approx((0.3 / 0.25) ** 2, rel=0.1)


def test_switching_of_two_populations_that_inhibit_each_other():
    """No energy, yet a mean time: that of 500 simulated switches, which scatter as an exponential does."""
    net = RateNetwork([[0, -6.0], [-6.0, 0]], [3.0, 3.0], Logistic(), tau=1.0, dimensionless=True)
    sigma, dt, n = 0.3, 0.02, 500
    winner = net.fixed_points([(0, 1), (0, 1)])
    start = max((p.u for p in winner), key=lambda u: u[0] - u[1])
    mean = passage_times(net, lambda u: u[1] - u[0] >= 0.3, sigma, [(-1.2, 2.2)] * 2, points=120).at(start)
    rng = np.random.default_rng(5)
    u, left, times = np.tile(start[:, None], n), np.arange(n), np.zeros(n)
    for k in range(int(20 * mean / dt)):
        u = u + dt * net.field(u) + sigma * np.sqrt(dt) * rng.standard_normal(u.shape)
        gone = u[1] - u[0] >= 0.3
        times[left[gone]] = (k + 1) * dt
        u, left = u[:, ~gone], left[~gone]
        if not left.size:
            break
    assert not left.size
    # Euler's steps see the state only now and then, and arrive late by a few of them.
    assert times.mean() == approx(mean, rel=4 / np.sqrt(n) + 0.02)
    assert times.std() == approx(mean, rel=0.25)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"box": [(0, 1)]}, "box must have shape (2, 2)"),
        ({"target": lambda u: u[0] > 9}, "target must hold some points of the grid and not all, got no point"),
        ({"target": lambda u: u[0] < 9}, "got all points"),
        ({"target": lambda u: u}, "target must return one truth value per state"),
        ({"sigma": 0.0}, "must be > 0"),
    ],
)
def test_bad_passages(arguments, text):
    given = {"target": lambda u: u[0] > 1, "sigma": 0.5, "box": [(-2, 2)] * 2, "points": 9, **arguments}
    with pytest.raises(ValueError) as caught:
        passage_times(lambda u: -u, **given)
    assert text in str(caught.value)
