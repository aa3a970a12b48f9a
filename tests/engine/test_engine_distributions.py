"""Weights, delays, parameters and initial values drawn from distributions (p-values above 1e-6, fixed seeds)."""

import numpy as np
import pytest
from scipy import stats

import rheobase as rb

LEAST_P = 1e-6


def drawn(weight=1.0, delay=None, rule=None, n=200, seed=3):
    net = rb.Network(dt=0.1, seed=seed, threads=2)
    x, v = net.add(rb.Poisson(0), n), net.add(rb.LIF(), n)
    p = net.connect(x, v, rule or rb.FixedInDegree(150), weight=weight, delay=delay, synapse=rb.Exponential())
    return p.connections()


def truncated_normal(mean, std, low, high):
    return stats.truncnorm((low - mean) / std, (high - mean) / std, mean, std)


CASES = {
    "normal": (rb.Normal(2.0, 0.5), stats.norm(2.0, 0.5)),
    "normal above 0": (rb.Normal(1.0, 1.0, low=0), truncated_normal(1, 1, 0, np.inf)),
    "normal in its tail": (rb.Normal(0, 1, low=1.5, high=4), truncated_normal(0, 1, 1.5, 4)),
    "negative": (rb.Normal(-45, 9, high=0), truncated_normal(-45, 9, -np.inf, 0)),
    "lognormal": (rb.LogNormal(-0.5, 0.8), stats.lognorm(0.8, scale=np.exp(-0.5))),
    "uniform": (rb.Uniform(-3, 7), stats.uniform(-3, 10)),
}


@pytest.mark.parametrize("case", CASES)
def test_weights_follow_their_distribution(case):
    distribution, exact = CASES[case]
    weights = drawn(weight=distribution)["weight"]
    assert len(weights) == 30_000
    assert stats.kstest(weights, exact.cdf).pvalue > LEAST_P
    assert weights.min() >= exact.support()[0] and weights.max() <= exact.support()[1]
    assert distribution.mean_value() == pytest.approx(exact.mean(), rel=1e-9)
    assert abs(weights.mean() - distribution.mean_value()) < 5 * exact.std() / np.sqrt(len(weights))


@pytest.mark.parametrize("case", CASES)
def test_initial_values_and_parameters_follow_their_distribution(case):
    distribution, exact = CASES[case]
    net = rb.Network(seed=1, threads=1)
    v = net.add(rb.LIF(V_th=1e6, V_re=-1e6, E_L=distribution, tau_m=1e-3), 20_000, V=distribution)
    first = v["V"]
    net.run(0.1)  # after a hundred time constants V is E_L
    for values in (first, v["V"]):
        assert stats.kstest(values, exact.cdf).pvalue > LEAST_P
    assert abs(np.corrcoef(first, v["V"])[0, 1]) < 5 / np.sqrt(20_000)  # draws of their own


def test_lognormal_can_be_truncated():
    distribution = rb.LogNormal(0.0, 1.0, low=0.5, high=2.0)
    exact = stats.lognorm(1.0)
    weights = drawn(weight=distribution)["weight"]
    mass = exact.cdf(2.0) - exact.cdf(0.5)
    assert stats.kstest(weights, lambda w: (exact.cdf(w) - exact.cdf(0.5)) / mass).pvalue > LEAST_P
    assert abs(weights.mean() - distribution.mean_value()) < 5 * weights.std() / np.sqrt(len(weights))


def test_no_spread_is_a_constant():
    assert (drawn(weight=rb.Normal(1.5, 0))["weight"] == 1.5).all()
    assert (drawn(weight=rb.Uniform(2, 2))["weight"] == 2).all()
    assert drawn(weight=rb.LogNormal(0.3, 0))["weight"] == pytest.approx(np.exp(0.3), rel=1e-7)


@pytest.mark.parametrize(
    "delay",
    [rb.Normal(1.5, 0.75), rb.Normal(0.75, 0.375, low=0.05), rb.Uniform(0.3, 2.2), rb.LogNormal(0, 0.5, high=4)],
)
def test_delays_are_draws_rounded_to_the_grid(delay):
    # drawn again below dt / 2, rounded to the nearest step: P(k) = F((k + 1/2) dt) - F((k - 1/2) dt), renormalised
    steps = np.rint(drawn(delay=delay)["delay"] / 0.1).astype(int)
    assert steps.min() >= 1
    edges = 0.1 * (np.arange(1, steps.max() + 2) - 0.5)
    low = max(0.05, delay.low)
    below = np.array([delay._mass(low, min(edge, delay.high)) if edge > low else 0.0 for edge in edges])
    p = np.diff(below) / delay._mass(low, delay.high)
    assert p.sum() == pytest.approx(1.0, abs=1e-3)
    observed = np.bincount(steps, minlength=len(p) + 1)[1:]
    expected = len(steps) * p
    some = expected >= 10
    chi_square = ((observed[some] - expected[some]) ** 2 / expected[some]).sum()
    assert stats.chi2.sf(chi_square, some.sum()) > LEAST_P
    assert observed[~some].sum() <= expected[~some].sum() + 5 * np.sqrt(expected[~some].sum()) + 5


def test_masses_are_probabilities():
    for distribution, _ in CASES.values():
        assert distribution._mass(-1e9, 1e9) == pytest.approx(1.0, abs=1e-12)
    assert rb.Normal(0, 1)._mass(0, 1) == pytest.approx(stats.norm.cdf(1) - 0.5)
    assert rb.LogNormal(1, 2)._mass(0.5, 3) == pytest.approx(np.diff(stats.lognorm(2, scale=np.e).cdf([0.5, 3]))[0])
    assert rb.Uniform(0, 4)._mass(1, 2) == 0.25 and rb.Uniform(0, 4)._mass(5, 6) == 0
    assert rb.Uniform(2, 2)._mass(1, 3) == 1 and rb.Normal(2, 0)._mass(3, 4) == 0


def test_weights_and_delays_are_independent():
    c = drawn(weight=rb.Normal(0, 1), delay=rb.Uniform(0.1, 5))
    n = len(c["weight"])
    assert abs(np.corrcoef(c["weight"], c["delay"])[0, 1]) < 5 / np.sqrt(n)
    for field in ("pre", "post"):
        means = np.array([c["weight"][c[field] == k].mean() for k in range(200)])
        chi_square = (means**2 * np.bincount(c[field], minlength=200)).sum()
        assert stats.chi2.sf(chi_square, 200) > LEAST_P and stats.chi2.cdf(chi_square, 200) > LEAST_P


def test_neighbouring_connections_are_independent():
    w = drawn(weight=rb.Normal(0, 1), rule=rb.AllToAll())["weight"].reshape(200, 200)
    for a, b in ((w[:, :-1], w[:, 1:]), (w[:-1], w[1:]), (w, w.T)):
        different = np.ones(a.shape, bool) if a.shape != w.shape else ~np.eye(200, dtype=bool)
        r = np.corrcoef(a[different], b[different])[0, 1]
        assert abs(r) < 5 * np.sqrt(2 / a.size)  # (w, w.T) holds every pair twice


def test_repeated_pairs_draw_again():
    c = drawn(
        weight=rb.Normal(0, 1), delay=rb.Uniform(0.1, 100), rule=rb.Pairs(np.zeros(5000, int), np.zeros(5000, int))
    )
    assert len(np.unique(c["weight"])) > 4990
    assert stats.kstest(c["weight"], "norm").pvalue > LEAST_P
    assert len(np.unique(c["delay"])) > 980


def test_projections_and_seeds_draw_values_of_their_own():
    net = rb.Network(seed=1, threads=1)
    x, v = net.add(rb.Poisson(0), 50), net.add(rb.LIF(), 50)
    w = [net.connect(x, v, rb.AllToAll(), weight=rb.Normal(0, 1), synapse=rb.Delta()) for _ in range(2)]
    a, b = (q.connections()["weight"] for q in w)
    c = drawn(weight=rb.Normal(0, 1), rule=rb.AllToAll(), n=50, seed=2)["weight"]
    for p, q in ((a, b), (a, c), (b, c)):
        assert abs(np.corrcoef(p, q)[0, 1]) < 5 / np.sqrt(2500)


def test_weights_are_stored_as_32_bit_floats():
    w = drawn(weight=np.full(30_000, 0.1))["weight"]
    assert (w == float(np.float32(0.1))).all()
