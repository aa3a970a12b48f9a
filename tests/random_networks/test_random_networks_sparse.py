"""Sparse weights: the same network as full ones, never filled where products suffice."""

import pickle

import numpy as np
import pytest
from scipy import sparse

from rheobase.dynamics import find_slow_points, lyapunov_exponents
from rheobase.dynamics.rate_field import RateField
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
        with pytest.raises(ValueError, match="density must be 1 with symmetry or structure"):
            random_network(5, 1.0, density=0.5, **rest)
    for density in (0, 1.5):
        with pytest.raises(ValueError, match="density must be"):
            random_network(5, 1.0, density=density)
    with pytest.raises(ValueError, match="k must be"):
        thin.eigenvalues(np.zeros(40), k=39)
