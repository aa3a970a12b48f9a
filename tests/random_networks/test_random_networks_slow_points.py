"""The finder of fixed and slow points, on flows whose points are known, and the census of small networks."""

import pickle
import sys
from dataclasses import replace

import numpy as np
import pytest

from rheobase.dynamics import Field, RateField, find_slow_points
from rheobase.theory.random_networks import (
    enumerate_fixed_points,
    fixed_point_census,
    fixed_point_distribution,
    random_network,
)

RNG = np.random.Generator(np.random.Philox(1))
GRID = np.stack(np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9)), axis=-1).reshape(-1, 2)


def pitchforks(x):
    return x - x**3


def pitchfork_slopes(x):
    return np.diag(1 - 3 * x**2)


@pytest.mark.parametrize("method", ["newton", "minimise"])
def test_nine_fixed_points_of_two_pitchforks(method):
    found = find_slow_points(Field(pitchforks, pitchfork_slopes), GRID + 0.013, method=method)
    expected = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], indexing="ij"), axis=-1).reshape(-1, 2)
    # By the first coordinate up to rounding; the set is what counts.
    order = np.lexsort(np.round(found.points, 6).T[::-1])
    np.testing.assert_allclose(found.points[order], expected, atol=1e-10)
    assert found.fixed.all()
    # The field is odd, so that each end counts for its mirror image, too.
    assert found.odd
    assert found.hits.sum() + 2 * found.lost == 2 * len(GRID)
    np.testing.assert_array_equal(found.unstable_directions[order], [0, 1, 0, 1, 2, 1, 0, 1, 0])
    origin = np.linalg.norm(found.points, axis=1) < 1e-6
    np.testing.assert_allclose(found.eigenvalues[origin], [[1, 1]], atol=1e-9)


def test_lorenz():
    def v(u):
        x, y, z = u
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    def dv(u):
        x, y, z = u
        return np.array([[-10, 10, 0], [28 - z, -1, -x], [y, x, -8 / 3]])

    found = find_slow_points(Field(v, dv), RNG.normal([0, 0, 20], 15, (100, 3)), max_step=5.0)
    np.testing.assert_allclose(
        found.points, [[-8.485281, -8.485281, 27], [0, 0, 0], [8.485281, 8.485281, 27]], atol=1e-6
    )
    np.testing.assert_allclose(found.eigenvalues[1], [11.827723, -2.666667, -22.827723], atol=1e-6)
    outer = found.eigenvalues[0]
    np.testing.assert_allclose(outer[-1], -13.854578, atol=1e-6)
    np.testing.assert_allclose(np.sort(outer[:2].imag), [-10.194505, 10.194505], atol=1e-6)
    np.testing.assert_allclose(outer[:2].real, 0.093956, atol=1e-6)


def test_slow_point_left_by_a_saddle_node():
    # x' = x² + 0.01 has no fixed point but a slow one at 0, of speed 0.01.
    ghost = Field(lambda x: x**2 + 0.01, lambda x: np.diag(2 * x))
    starts = np.linspace(-1, 1, 11)[:, None]
    assert len(find_slow_points(ghost, starts)) == 0
    assert find_slow_points(ghost, starts).lost == 11
    for method in ("newton", "minimise"):
        found = find_slow_points(ghost, starts, slow=0.05, method=method)
        assert len(found) == 1
        assert not found.fixed[0]
        assert found.points[0, 0] == pytest.approx(0, abs=1e-4)
        assert found.speeds[0] == pytest.approx(0.01, rel=1e-6)
    assert len(find_slow_points(ghost, starts, slow=0.005, method="minimise")) == 0


def test_batched_and_single_fields_agree():
    J, eta = RNG.normal(0, 3 / 8**0.5, (8, 8)), RNG.normal(0, 0.3, 8)
    starts = RNG.normal(0, 2, (60, 8))
    fast = find_slow_points(RateField(J, eta=eta), starts)
    plain = Field(lambda x: J @ np.tanh(x) + eta - x, lambda x: J * (1 - np.tanh(x) ** 2) - np.eye(8))
    slow = find_slow_points(plain, starts)
    np.testing.assert_allclose(fast.points, slow.points, atol=1e-9)
    np.testing.assert_array_equal(fast.hits, slow.hits)
    assert np.abs(np.linalg.norm(RateField(J, eta=eta).field(fast.points.T), axis=0) - fast.speeds).max() < 1e-14
    assert pickle.loads(pickle.dumps(fast)).lost == fast.lost
    assert "fixed" in fast._repr_html_()


@pytest.mark.slow
def test_result_does_not_depend_on_threads():
    network = RateField(RNG.normal(0, 4 / 12**0.5, (12, 12)))
    starts = RNG.normal(0, 2, (200, 12))
    many = find_slow_points(network, starts)
    # A plain function is never called from several threads.
    one = find_slow_points(Field(lambda x: network.field(x), lambda x: network.jacobian(x)), starts)
    np.testing.assert_allclose(many.points, one.points, atol=1e-10)
    np.testing.assert_array_equal(many.hits, one.hits)


def test_singular_jacobians_do_no_harm():
    flat = Field(lambda x: x * 0 + 1.0, lambda x: np.zeros((2, 2)))
    assert find_slow_points(flat, [[0.0, 0.0]], max_iterations=5).lost == 1


def test_odd_flow_counts_both_signs():
    network = RateField([[0.0, 2.0], [2.0, 0.0]])
    found = find_slow_points(network, [[1.0, 1.2]])
    np.testing.assert_allclose(found.points[0], -found.points[1], atol=1e-12)
    x = found.points[1, 0]
    assert x == pytest.approx(2 * np.tanh(x))


@pytest.mark.slow
def test_newton_and_minimisation_enumerate_the_same_points():
    for seed in range(4):
        network = random_network(8, 4.0, seed=seed)
        newton = enumerate_fixed_points(network, 300, seed=1)
        least = enumerate_fixed_points(network, 300, seed=2, method="minimise")
        assert len(newton) == len(least)
        assert len(newton) % 2 == 1  # pairs and the origin
        distance = np.linalg.norm(newton.points[:, None] - least.points, axis=2)
        assert (distance.min(axis=1) < 1e-6).all()
        assert newton.coverage > 0.99


@pytest.mark.parametrize("starts", [20, 150])
def test_points_on_a_ring_are_named(starts):
    """A ring of radius 1 attracts; the origin is isolated. Of 150 points on the ring not each is looked at."""

    def ring(u):
        x, y, z = u
        inward = 1 - x**2 - y**2
        return np.array([x * inward, y * inward, -z])

    cloud = np.random.default_rng(1).normal(0, 1, (starts, 3))
    found = find_slow_points(ring, np.concatenate([cloud, [[0, 0, 0.1]]]))
    on_ring = np.abs(np.hypot(*found.points[:, :2].T) - 1) < 1e-6
    assert on_ring.sum() >= starts / 2
    np.testing.assert_array_equal(found.continuum, on_ring.astype(int))
    assert found.index_sum == 1  # that of the origin, with two unstable directions
    assert "on a continuum" in found._repr_html_()
    merged = found.merged(find_slow_points(ring, [[0.0, 0.1, 0.2]]))
    assert (merged.continuum == 0).sum() == 1


def test_a_flat_point_is_on_no_continuum():
    found = find_slow_points(lambda u: -(u**3), [[0.5, 0.4], [0.3, 0.7]])
    np.testing.assert_array_equal(found.continuum, [0])


def test_curves_from_known_points_lead_to_all_of_them():
    """Each of four uncoupled pitchforks has three points; a network of 12 units those that Newton's method finds."""
    starts = np.random.default_rng(1).normal(0, 2, (600, 4))
    assert len(find_slow_points(Field(pitchforks, pitchfork_slopes), starts, method="follow")) == 81
    network = random_network(12, 4.0, seed=1)
    newton, follow = (enumerate_fixed_points(network, 300, seed=1, method=method) for method in ("newton", "follow"))
    assert follow.index_sum == 1
    assert follow.lost < newton.lost
    assert follow.nearest(newton.points)[0].max() < 1e-6


def test_few_starts_are_lost_in_a_network_of_a_hundred():
    network = random_network(100, 4.0, seed=1)
    starts = np.random.default_rng(4).normal(0, 3, (400, 100))
    found = find_slow_points(network, starts, method="follow")
    # One in twenty may be lost. Newton's method loses nine in ten.
    assert found.lost <= 0.05 * 400
    assert found.fixed.all()
    # Thirty draws of starts lead to 98 points on average, with a standard deviation of 20.
    assert len(found) > 98 - 3 * 20
    assert np.linalg.norm(network.field(found.points.T), axis=0).max() < 1e-9


def test_starts_find_their_way_to_a_single_point():
    """No curve from the only zero leads to another; one from a start does. Newton's method loses most starts."""
    network = random_network(100, 1.5, seed=11)
    found = enumerate_fixed_points(network, 100, seed=3)
    assert found.lost <= 0.05 * 100
    assert (len(found), found.index_sum) == (1, 1)
    assert enumerate_fixed_points(network, 64, seed=3, method="newton").lost > 32


@pytest.mark.slow
def test_census_of_networks_of_24_units():
    census = fixed_point_census(24, 4.0, networks=16, starts=600, seed=2)
    theory = fixed_point_distribution(4.0)
    assert census.coverage.mean() > 0.99
    assert census.counts.sum() == len(census.points) + 16

    def estimate(values):
        """Mean over all points, with the jackknife's standard error over networks, which are what is independent."""
        sums = np.array([values[census.owners == k].sum() for k in range(16)])
        sizes = np.bincount(census.owners, minlength=16)
        leave_one_out = (sums.sum() - sums) / (sizes.sum() - sizes)
        return sums.sum() / sizes.sum(), np.sqrt(15 / 16 * np.sum((leave_one_out - leave_one_out.mean()) ** 2))

    # 4 standard errors on 16 networks (t with 15 degrees of freedom: 1e-3) around what complete enumeration of many
    # networks of this size gave; the theory (N → ∞) lies within 6 % of it.
    for values, expected, limit in (
        (np.mean(census.points**2, axis=1), 5.53, theory.q),
        (census.radii, 2.39, theory.radius),
        (np.mean(np.tanh(census.points) ** 2, axis=1), 0.529, theory.mean_square_rate),
    ):
        mean, error = estimate(values)
        assert abs(mean - expected) < 4 * error
        assert error < 0.1 * expected
        assert expected == pytest.approx(limit, rel=0.06)
    # ln of the mean count: 2.69 at this size. One network's count spreads by about as much as its mean.
    relative = census.counts.std(ddof=1) / census.counts.mean() / 4
    assert abs(census.log_mean_count - 2.69) < 4 * relative
    unstable, error = estimate(census.unstable_fraction)
    assert abs(unstable - theory.spectrum().unstable_fraction()) < 4 * error + 1 / 24


def test_beyond_the_critical_noise_one_fixed_point_is_left():
    census = fixed_point_census(24, 1.5, 2.0, networks=5, starts=60, seed=1)
    np.testing.assert_array_equal(census.counts, 1)


FLOW = Field(pitchforks, pitchfork_slopes)
BAD = [
    (lambda: find_slow_points(FLOW, [[0.0, 1.0]], method="newtn"), ValueError, "did you mean 'newton'"),
    (lambda: find_slow_points(FLOW, [0.0, 1.0]), ValueError, "starts must have shape"),
    (lambda: find_slow_points(FLOW, np.zeros((0, 2))), ValueError, "starts must hold at least one"),
    (lambda: find_slow_points(FLOW, [[np.nan, 0]]), ValueError, "starts must be finite"),
    (lambda: find_slow_points(FLOW, [[0.0, 1.0]], tolerance=0), ValueError, "tolerance must be > 0"),
    (lambda: find_slow_points(FLOW, [[0.0, 1.0]], max_step=0), ValueError, "max_step must be > 0"),
    (lambda: find_slow_points(FLOW, [[0.0, 1.0]], max_iterations=0), ValueError, "max_iterations must be >= 1"),
    (lambda: find_slow_points(FLOW, [[0.0, 1.0]], slow=1e-12), ValueError, "slow must be > 1e-09"),
    (lambda: find_slow_points(Field(pitchforks, lambda x: x), [[0.0, 1.0]]), ValueError, "jacobian must return shape"),
    (lambda: find_slow_points(RateField(np.eye(3)), [[0.0, 1.0]]), ValueError, r"u must have shape \(3,\)"),
    (lambda: RateField([[1, 2]]), ValueError, "J must be square"),
    (lambda: RateField(np.eye(2), np.sin), ValueError, "slope must be given"),
    (lambda: RateField(np.eye(2), eta=[1, 2, 3]), ValueError, "eta must be a number or have shape"),
    (lambda: enumerate_fixed_points(random_network(3, 2, seed=1), 0), ValueError, "starts must be >= 1"),
    (lambda: fixed_point_census(0, 2), ValueError, "n must be >= 1"),
    (lambda: fixed_point_census(3, 2, networks=0), ValueError, "networks must be >= 1"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_searches_and_censuses_that_go_on_are_those_of_one_go():
    network = random_network(8, 4.0, seed=1)
    starts = np.random.default_rng(2).standard_normal((200, 8)) * 3
    whole = find_slow_points(network, starts)
    both = find_slow_points(network, starts[:60]).merged(find_slow_points(network, starts[60:]))
    assert both.points == pytest.approx(whole.points, abs=1e-8)
    assert (both.hits == whole.hits).all()
    assert (both.starts, both.lost, both.index_sum) == (200, whole.lost, whole.index_sum)
    with pytest.raises(ValueError, match="other must hold states of 8 variables, got 1"):
        both.merged(find_slow_points(lambda u: u - u**3, [[2.0]]))

    censuses = [fixed_point_census(6, 4.0, networks=2, starts=50, seed=k) for k in (1, 2)]
    merged = censuses[0].merged(censuses[1])
    assert merged.counts.tolist() == [*censuses[0].counts, *censuses[1].counts]
    assert (merged.points[merged.owners == 2] == censuses[1].points[censuses[1].owners == 0]).all()
    with pytest.raises(ValueError, match=r"other must have g = 4\.0, got 3\.0"):
        merged.merged(fixed_point_census(6, 3.0, networks=1, starts=10, seed=1))
    with pytest.raises(ValueError, match="other must be of other networks"):
        merged.merged(censuses[1])
    with pytest.raises(ValueError, match="other must have transfer = tanh, got erf"):
        merged.merged(replace(censuses[1], transfer="erf"))


def test_points_tell_their_overlaps_and_how_near_the_dynamics_come():
    network = random_network(8, 4.0, seed=1)
    found = enumerate_fixed_points(network, starts=200, seed=2)
    overlaps = found.overlaps()
    x, y = found.points[0], found.points[1]
    assert overlaps[0, 1] == pytest.approx(x @ y / np.linalg.norm(x) / np.linalg.norm(y))
    states = network.simulate(20, seed=3).x
    distances, indices = found.nearest(states)
    every = np.sqrt(np.mean((states[:, None] - found.points) ** 2, axis=2))
    assert distances == pytest.approx(every.min(axis=1), abs=1e-9)
    assert (indices == every.argmin(axis=1)).all()


@pytest.mark.parametrize("method", ["newton", "follow", "minimise"])
def test_ctrl_c_keeps_the_points_that_were_found(method):
    calls = []

    def pitchfork(u):
        calls.append(u)
        if len(calls) == 200:
            raise KeyboardInterrupt
        return u - u**3

    starts = np.linspace(-2, 2.01, 400)[:, None]
    with pytest.raises(KeyboardInterrupt) as stopped:
        find_slow_points(pitchfork, starts, method=method)
    found = stopped.value.result
    assert 0 < found.starts < 400
    assert found.interrupted
    assert found.hits.sum() == 2 * (found.starts - found.lost)  # of an odd field
    whole = found.merged(find_slow_points(pitchfork, starts[found.starts :], method=method))
    assert whole.starts == 400
    assert whole.points[whole.fixed].ravel() == pytest.approx([-1, 0, 1], abs=1e-9)
    calls.clear()
    calls.extend([None] * 190)  # before any is found
    with pytest.raises(KeyboardInterrupt) as early:
        find_slow_points(pitchfork, starts, method=method)
    assert not hasattr(early.value, "result")


def test_ctrl_c_keeps_the_networks_of_a_census_that_are_done(monkeypatch):
    module, whole = sys.modules["rheobase.theory.random_networks.enumeration"], fixed_point_census
    expected = whole(6, 4.0, networks=3, starts=40, seed=3)
    search, calls = module.enumerate_fixed_points, []

    def interrupted(network, *args, **options):
        calls.append(network)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return search(network, *args, **options)

    monkeypatch.setattr(module, "enumerate_fixed_points", interrupted)
    with pytest.raises(KeyboardInterrupt) as stopped:
        whole(6, 4.0, networks=9, starts=40, seed=3)
    census = stopped.value.result
    assert census.interrupted
    assert census.counts.tolist() == expected.counts.tolist()
    assert (census.points == expected.points).all()


def test_a_census_of_silent_networks_has_no_coordinates():
    census = fixed_point_census(4, 0.0, networks=2, starts=10, seed=1)
    assert census.counts.tolist() == [1, 1]
    assert np.isnan([census.q, census.kurtosis]).all()
