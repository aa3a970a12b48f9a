"""Sparse weights: the same network as full ones, never filled where products suffice."""

import pickle

import numpy as np
import pytest
from scipy import sparse

from rheobase.dynamics import find_slow_points, lyapunov_exponents
from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points import curve_steps, field_curves, linear_systems, newton_steps
from rheobase.dynamics.systems.rate_field import RateField
from rheobase.theory.random_networks import TANH, RandomNetwork, enumerate_fixed_points, random_network


@pytest.fixture
def pair():
    thin = random_network(40, 2.5, 0.3, density=0.2, self_coupling=0.4, seed=1)
    return thin, RandomNetwork(2.5, 0.3, TANH, thin.J.toarray(), thin.eta)


def test_sparse_and_full_weights_make_one_network(pair):
    thin, full = pair
    assert sparse.issparse(thin.J)
    x = np.random.default_rng(1).standard_normal((40, 3))
    assert thin.field(x) == pytest.approx(full.field(x), abs=1e-13)
    assert thin.field(x[:, 0]) == pytest.approx(full.field(x[:, 0]), abs=1e-13)
    assert sparse.issparse(thin.jacobian(x[:, 0]))
    assert thin.jacobian(x[:, 0]).toarray() == pytest.approx(full.jacobian(x[:, 0]), abs=1e-13)
    assert thin.jacobian(x) == pytest.approx(full.jacobian(x), abs=1e-13)
    for a, b in zip(thin.variation(x[:, 0], x), full.variation(x[:, 0], x), strict=True):
        assert a == pytest.approx(b, abs=1e-13)
    assert thin.simulate(5, seed=2).x == pytest.approx(full.simulate(5, seed=2).x, abs=1e-9)
    exponents = [lyapunov_exponents(net, x[:, 0], 10, dt=0.1, n=3).exponents for net in pair]
    assert exponents[0] == pytest.approx(exponents[1], abs=1e-8)


def test_fixed_points_and_spectra_are_those_of_full_weights(pair):
    thin, full = pair
    found = [enumerate_fixed_points(net, 40, seed=3) for net in pair]
    assert found[0].points == pytest.approx(found[1].points, abs=1e-8)
    x = np.random.default_rng(2).standard_normal(40)
    every = np.sort(full.eigenvalues(x).real)[::-1]
    assert np.sort(thin.eigenvalues(x).real)[::-1] == pytest.approx(every, abs=1e-10)
    for network in pair:
        assert network.eigenvalues(x, k=3).real == pytest.approx(every[:3], abs=1e-8)
    field = RateField(sparse.coo_array(full.J), eta=full.eta)
    assert find_slow_points(field, x[None]).points == pytest.approx(find_slow_points(full, x[None]).points, abs=1e-8)


@pytest.fixture
def by_factors(pair, monkeypatch):
    """Fields of both networks, of which the first is solved by sparse factors, small as it is."""
    for name, value in (("_LARGE", 0), ("_SPARSE", 1.0), ("_THIN", 2.0)):
        monkeypatch.setattr(linear_systems, name, value)
    fields = [Field(net) for net in pair]
    for field in fields:
        linear_systems.choose_solver(field, np.ones(40))
    assert [field.thin for field in fields] == [True, False]
    return fields


def test_newton_steps_by_sparse_factors_are_those_of_full_matrices(pair, by_factors):
    starts = 3 * np.random.default_rng(2).standard_normal((12, 40))
    found = [find_slow_points(net, starts, max_iterations=60) for net in pair]
    assert len(found[0])
    assert found[0].points == pytest.approx(found[1].points, abs=1e-8)
    assert (found[0].hits == found[1].hits).all()


def test_curves_by_sparse_factors_are_those_of_full_matrices(pair, by_factors):
    zeros = np.repeat(enumerate_fixed_points(pair[1], 40, seed=3).points[:1].T, 6, axis=1)
    values = np.random.default_rng(3).standard_normal((40, 6))
    soft = [field_curves._soft_directions(F, zeros, values) for F in by_factors]
    assert soft[0] == pytest.approx(soft[1], abs=1e-9)
    pull = np.exp(np.random.default_rng(4).standard_normal(40))
    for both in (
        [curve_steps.FromZeros(F, zeros, soft[1], 0.5) for F in by_factors],
        [curve_steps.FromStarts(F, 5 * values, pull, 0.5) for F in by_factors],
    ):
        begin = both[0].last.copy()
        ends = [each.ends(25, 50.0, 1e-9) for each in both]
        assert ends[0] == pytest.approx(ends[1], abs=1e-7, nan_ok=True)
        assert both[0].last == pytest.approx(both[1].last, abs=1e-7)
        assert np.abs(both[0].last - begin).max() > 1


def test_lapack_takes_what_is_small_or_fills():
    for n, degree, full, thin in ((600, 1.5, False, True), (600, 1.5, True, False), (600, 9, False, False)):
        network = random_network(n, 2.0, density=degree / n, seed=3)
        field = Field(RandomNetwork(2.0, 0.0, TANH, network.J.toarray()) if full else network)
        linear_systems.choose_solver(field, np.ones(n))
        assert field.thin == thin
    small = Field(random_network(100, 2.0, density=0.01, seed=3))
    linear_systems.choose_solver(small, np.ones(100))
    assert not small.thin


def test_singular_sparse_systems_are_solved_in_the_sense_of_least_squares():
    matrix = np.diag([2.0, 0.0, 1.0])
    solution = linear_systems.solve_sparse(sparse.csc_array(matrix), np.array([4.0, 1.0, 3.0]))
    assert solution == pytest.approx([2, 0, 3])


def test_curves_begin_in_the_middle_where_newton_loses_all_starts():
    """From so far away twelve steps lead nowhere; halfway between mirror images lies the zero of an odd field."""
    network = random_network(30, 4.0, seed=5)
    half = 30 * np.random.default_rng(6).standard_normal((40, 30))
    starts = np.concatenate([half, -half])
    assert not len(find_slow_points(network, starts, max_iterations=12))
    found = find_slow_points(network, starts, method="follow", max_iterations=12)
    assert len(found) > 2
    assert np.abs(network.field(found.points.T)).max() < 1e-9


def test_weights_are_drawn_with_the_density_and_variance_asked_for():
    n, p, g = 2000, 0.05, 1.5
    J = random_network(n, g, density=p, seed=4, single_precision=True).J
    assert J.dtype == np.float32
    # Standard errors of a binomial number, and of the variance of so many normal numbers; five of each.
    assert J.nnz == pytest.approx(p * n**2, abs=5 * np.sqrt(p * (1 - p)) * n)
    assert p * n * np.mean(J.data.astype(float) ** 2) == pytest.approx(g**2, rel=5 * np.sqrt(2 / J.nnz))
    for counts in (np.diff(J.indptr), np.bincount(J.indices, minlength=n)):
        assert counts.var() == pytest.approx(n * p * (1 - p), rel=5 * np.sqrt(2 / n))


def test_a_network_that_no_memory_would_hold_in_full_runs():
    n = 200_000
    network = random_network(n, 0.9, 1.0, density=5 / n, seed=5)
    assert network.simulate(0.3, dt=0.1, every=0.3, seed=6).x.shape == (2, n)
    with pytest.raises(MemoryError, match="must fit into memory"):
        network.eigenvalues(np.zeros(n))
    with pytest.raises(MemoryError, match="must fit into memory"):
        network.jacobian(np.zeros((n, 2)))


def test_sparse_networks_compare_copy_and_refuse_what_does_not_fit(pair):
    thin, full = pair
    copied = pickle.loads(pickle.dumps(thin))
    assert copied == thin
    assert hash(copied) == hash(thin)
    assert thin != full
    assert thin != RandomNetwork(2.5, 0.3, TANH, 2 * thin.J, thin.eta)
    J = sparse.csr_array(np.eye(3))
    own = RandomNetwork(1.0, 0.0, TANH, J)
    J.data[:] = 7
    assert own.J.toarray() == pytest.approx(np.eye(3))
    with pytest.raises(ValueError, match="J must be square"):
        RandomNetwork(1.0, 0.0, TANH, sparse.csr_array(np.ones((2, 3))))
    with pytest.raises(ValueError, match="the entries of J must be finite"):
        RandomNetwork(1.0, 0.0, TANH, sparse.csr_array([[0, np.inf], [1, 0]]))
    for rest in ({"symmetry": 0.5}, {"structure": np.ones((5, 5))}):
        with pytest.raises(ValueError, match="density must be 1 with symmetry, m or structure"):
            random_network(5, 1.0, density=0.5, **rest)
    for density in (0, 1.5):
        with pytest.raises(ValueError, match="density must be"):
            random_network(5, 1.0, density=density)
    with pytest.raises(ValueError, match="k must be"):
        thin.eigenvalues(np.zeros(40), k=39)


def test_curves_in_single_precision_end_where_those_in_double_do():
    field = Field(random_network(40, 2.0, seed=1))
    starts = 2 * np.random.default_rng(1).standard_normal((40, 30))
    single, double = (
        curve_steps.FromStarts(field, starts, np.ones(40), 0.5, dtype).ends(150, 30.0, 1e-9)
        for dtype in (np.float32, np.float64)
    )
    both = np.isfinite(single[0]) & np.isfinite(double[0])
    assert both.sum() >= 27
    assert single[:, both] == pytest.approx(double[:, both], abs=1e-9)


def test_newton_steps_that_share_factors_end_at_the_same_zero(pair, by_factors):
    zero = enumerate_fixed_points(pair[1], 40, seed=3).points[:1].T
    near = zero + 0.03 * np.random.default_rng(4).standard_normal((40, 5))
    for F in by_factors:
        ends = newton_steps.thrifty_newton(F, near, 1e-9, 0.5, 3)
        assert ends == pytest.approx(np.repeat(zero, 5, axis=1), abs=1e-10)


@pytest.mark.parametrize("density", [0.2, 1.0])
def test_fixed_points_of_weights_in_single_precision_are_sought_in_double(density):
    """The rounding of the field in single precision, some 1e-7, would hide all of them but the origin."""
    single = random_network(20, 3.0, density=density, seed=1, single_precision=True)
    double = RandomNetwork(3.0, 0.0, single.transfer, single.J.astype(float))
    found, exact = (enumerate_fixed_points(network, 30, seed=2) for network in (single, double))
    assert len(found) > 3 and found.lost == 0
    assert (found.points == exact.points).all() and (found.eigenvalues == exact.eigenvalues).all()
    assert single.in_double_precision().J.dtype == np.float64 and single.J.dtype == np.float32
    assert double.in_double_precision().J is double.J
