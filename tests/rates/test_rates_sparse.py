"""Rate networks with sparse weights: the same as with full ones, never filled where products suffice."""

import pickle

import numpy as np
import pytest
from scipy import sparse

from rheobase.dynamics import find_slow_points, lyapunov_exponents
from rheobase.rates import HebbianNetwork, PlasticNetwork, RateNetwork, Tanh, ThresholdLinear
from rheobase.theory import input_currents, stabilisation

N = 60


def pair(form="rate", dimensionless=True, scale=1.0, degree=3, f=None):
    random = np.random.default_rng(1)
    W = np.where(random.random((N, N)) < degree / N, random.standard_normal((N, N)), 0.0) * scale
    rest = {"f": f or Tanh(), "tau": random.uniform(5, 20, N), "form": form, "dimensionless": dimensionless}
    X = random.standard_normal(N)
    return RateNetwork(sparse.coo_array(W), X, **rest), RateNetwork(W, X, **rest)


@pytest.mark.parametrize("form", ["rate", "current"])
def test_sparse_and_full_weights_make_one_network(form):
    thin, full = pair(form)
    random = np.random.default_rng(2)
    u, vectors = random.standard_normal((N, 3)), random.standard_normal((N, 4))
    assert sparse.issparse(thin.coupling)
    assert thin.n == full.n == N
    assert thin.field(u) == pytest.approx(full.field(u), abs=1e-13)
    assert sparse.issparse(thin.jacobian(u[:, 0]))
    assert thin.jacobian(u[:, 0]).toarray() == pytest.approx(full.jacobian(u[:, 0]), abs=1e-13)
    assert thin.jacobian(u) == pytest.approx(full.jacobian(u), abs=1e-13)
    for net in (thin, full):
        value, moved = net.variation(u[:, 0], vectors)
        assert value == pytest.approx(full.field(u[:, 0]), abs=1e-13)
        assert moved == pytest.approx(full.jacobian(u[:, 0]) @ vectors, abs=1e-13)
    assert thin.response(u[:, 0]) == pytest.approx(full.response(u[:, 0]), abs=1e-12)
    start = u[:, 0]
    exponents = [lyapunov_exponents(net, start, 40, dt=1.0, n=2, every=2.0).exponents for net in (thin, full)]
    assert exponents[0] == pytest.approx(exponents[1], abs=1e-12)
    found = [find_slow_points(net, start[None]).points for net in (thin, full)]
    assert found[0] == pytest.approx(found[1], abs=1e-12)


@pytest.mark.parametrize("form", ["rate", "current"])
@pytest.mark.parametrize("method", ["rk4", "euler", "adaptive"])
def test_simulations_agree(form, method):
    thin, full = pair(form, dimensionless=False, scale=300.0, f=ThresholdLinear(1.0, -2.0))
    options = {"noise": 0.1, "seed": 3} if method == "euler" else {}
    both = [net.simulate(20, 0.5, method=method, **options).rates for net in (thin, full)]
    # The adaptive solver chooses its steps, which differ by rounding where the curve bends.
    assert both[0] == pytest.approx(both[1], rel=1e-12, abs=1e-7 if method == "adaptive" else 1e-12)


@pytest.mark.parametrize("form", ["rate", "current"])
def test_delays_agree(form):
    thin, full = pair(form)
    random = np.random.default_rng(4)
    for delay in (2.0, 0.5 * random.integers(0, 4, (N, N))):
        both = [net.simulate(20, 0.5, 0.1, delay=delay).rates for net in (thin, full)]
        assert both[0] == pytest.approx(both[1], rel=1e-12, abs=1e-12)


def test_a_network_that_no_memory_would_hold_in_full_runs():
    n = 200_000
    ring = sparse.diags_array([np.ones(n - 1), -np.ones(n - 1)], offsets=[1, -1])
    net = RateNetwork(ring, 1.0, Tanh(), dimensionless=True)
    for options in ({"method": "rk4"}, {"delay": 0.5}):
        # Away from the ends the two neighbours cancel, and r = tanh(1)(1 − exp(−t/τ)).
        rates = net.simulate(0.5, 0.5, **options).rates[-1]
        assert rates[n // 2] == pytest.approx(np.tanh(1) * -np.expm1(-0.05), rel=1e-6)
    with pytest.raises(MemoryError, match="must fit into memory"):
        net.response(np.zeros(n))
    with pytest.raises(MemoryError, match="must fit into memory"):
        net.jacobian(np.zeros((n, 2)))


def test_sparse_networks_compare_copy_and_refuse_what_does_not_fit():
    thin, full = pair()
    copied = pickle.loads(pickle.dumps(thin))
    assert copied == thin
    assert hash(copied) == hash(thin)
    assert thin != full
    assert "60 populations" in thin._repr_html_()
    W = sparse.csr_array(np.array([[0.0, -1.0], [2.0, 0.0]]))
    net = RateNetwork(W, 1.0, Tanh())
    W.data[:] = 7
    assert net.W.toarray() == pytest.approx(np.array([[0.0, -1.0], [2.0, 0.0]]))
    with pytest.raises(ValueError, match="W must be a square matrix"):
        RateNetwork(sparse.csr_array(np.ones((2, 3))), 1.0, Tanh())
    with pytest.raises(ValueError, match="the entries of W must be finite"):
        RateNetwork(sparse.csr_array([[0, np.inf], [1, 0]]), 1.0, Tanh())
    for refused in (
        lambda: HebbianNetwork(net),
        lambda: PlasticNetwork(net),
        lambda: stabilisation(net, [0.0, 0.0]),
        lambda: input_currents(net, [0.0, 0.0]),
    ):
        with pytest.raises(TypeError, match="network must have its weights W as an array"):
            refused()
