"""Connection rules: which pairs they join, how often, and what they leave out.

Seeds are fixed; five s.d. or p = 1e-6 as in the tests of the sources.
"""

import numpy as np
import pytest
import scipy.sparse
from scipy import stats

import rheobase as rb
from rheobase.models.ends import Ends

LEAST_P = 1e-6


def drawn(rule, n_pre, n_post, seed=1, same=False, threads=1, **values):
    """Connections of one projection between fresh populations (or within one)."""
    net = rb.Network(seed=seed, threads=threads)
    post = net.add(rb.LIF(), n_post, name="post")
    pre = post if same else net.add(rb.Poisson(0), n_pre, name="pre")
    values.setdefault("weight", 1.0)
    return net.connect(pre, post, rule, synapse=rb.Exponential(), **values).connections()


def pair_counts(rule, n_pre, n_post, repetitions, same=False):
    """How often every pair, post × pre, was joined in `repetitions` projections of one network."""
    net = rb.Network(seed=5, threads=1)
    post = net.add(rb.LIF(), n_post, name="post")
    pre = post if same else net.add(rb.Poisson(0), n_pre, name="pre")
    projections = [net.connect(pre, post, rule, weight=1.0, synapse=rb.Exponential()) for _ in range(repetitions)]
    counts = np.zeros((n_post, n_pre), dtype=int)
    for projection in projections:
        c = projection.connections()
        np.add.at(counts, (c["post"], c["pre"]), 1)
    return counts


def binomial_p(counts, trials, p):
    """P-value of counts against Binomial(trials, p) by their dispersion, on both sides."""
    counts = np.ravel(counts)
    chi_square = ((counts - trials * p) ** 2).sum() / (trials * p * (1 - p))
    return min(stats.chi2.sf(chi_square, counts.size), stats.chi2.cdf(chi_square, counts.size))


def degrees(c, n_pre, n_post):
    return np.bincount(c["pre"], minlength=n_pre), np.bincount(c["post"], minlength=n_post)


def multapses(c):
    return len(c["pre"]) - len(np.unique(np.stack([c["pre"], c["post"]]), axis=1).T)


def repeated(k, n):
    """How many of k draws among n, with replacement, come again: the s.d. is below the root of it."""
    return 0.0 if k < 2 else k - n * (1 - (1 - 1 / n) ** k)


# ---- degrees ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.02, 0.2, 0.7, 0.97])
def test_bernoulli_has_binomial_degrees(p):
    n_pre, n_post = 501, 403
    c = drawn(rb.Bernoulli(p), n_pre, n_post)
    pairs = n_pre * n_post
    assert abs(len(c["pre"]) - pairs * p) < 5 * np.sqrt(pairs * p * (1 - p))
    out, into = degrees(c, n_pre, n_post)
    assert binomial_p(out, n_post, p) > LEAST_P and binomial_p(into, n_pre, p) > LEAST_P
    assert multapses(c) == 0


def test_bernoulli_at_its_ends():
    assert len(drawn(rb.Bernoulli(0), 50, 40)["pre"]) == 0
    assert len(drawn(rb.Bernoulli(1), 50, 40)["pre"]) == 2000
    assert len(drawn(rb.Bernoulli(1, autapses=False), 40, 40, same=True)["pre"]) == 40 * 39


@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize("k", [1, 30, 190])
def test_fixed_in_degree(k, multiple):
    n_pre, n_post = 200, 301
    c = drawn(rb.FixedInDegree(k, multapses=multiple), n_pre, n_post)
    out, into = degrees(c, n_pre, n_post)
    assert (into == k).all()
    if multiple:
        assert binomial_p(out, k * n_post, 1 / n_pre) > LEAST_P
        lost = n_post * repeated(k, n_pre)
        assert abs(multapses(c) - lost) <= 5 * np.sqrt(lost)
    else:
        assert binomial_p(out, n_post, k / n_pre) > LEAST_P  # each target holds a source with k / n_pre
        assert multapses(c) == 0


@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize("k", [1, 30, 290])
def test_fixed_out_degree(k, multiple):
    n_pre, n_post = 200, 301
    c = drawn(rb.FixedOutDegree(k, multapses=multiple), n_pre, n_post)
    out, into = degrees(c, n_pre, n_post)
    assert (out == k).all()
    assert binomial_p(into, k * n_pre if multiple else n_pre, 1 / n_post if multiple else k / n_post) > LEAST_P
    assert (multapses(c) == 0) is not (multiple and k > 1)


@pytest.mark.parametrize(
    ("total", "multiple"), [(0, True), (5000, True), (5000, False), (30_000, False), (39_999, False), (40_000, False)]
)
def test_fixed_total(total, multiple):
    n_pre, n_post = 160, 250
    c = drawn(rb.FixedTotal(total, multapses=multiple), n_pre, n_post)
    assert len(c["pre"]) == total
    out, into = degrees(c, n_pre, n_post)
    if multiple:
        assert total == 0 or binomial_p(out, total, 1 / n_pre) > LEAST_P
        assert total == 0 or binomial_p(into, total, 1 / n_post) > LEAST_P
        lost = repeated(total, n_pre * n_post)
        assert abs(multapses(c) - lost) <= 5 * np.sqrt(lost)
    else:
        assert multapses(c) == 0
        p = total / (n_pre * n_post)
        # hypergeometric: narrower than binomial by the fraction of pairs that are not taken, and by one constraint
        if p < 0.9:
            assert stats.chi2.sf(((out - n_post * p) ** 2).sum() / (n_post * p * (1 - p)), n_pre - 1) > LEAST_P
            assert stats.chi2.cdf(((out - n_post * p) ** 2).sum() / (n_post * p * (1 - p)), n_pre - 1) > LEAST_P


def test_fixed_total_without_multapses_among_more_pairs_than_numpy_would_draw_from():
    net = rb.Network(seed=1, threads=1)
    x, v = net.add(rb.Poisson(0), 40_000), net.add(rb.LIF(), 50_000)  # 2·10^9 pairs
    p = net.connect(x, v, rb.FixedTotal(100_000, multapses=False), weight=1.0, synapse=rb.Delta())
    c = p.connections()
    assert len(c["pre"]) == 100_000 and multapses(c) == 0
    assert binomial_p(np.bincount(c["pre"], minlength=40_000), 100_000, 1 / 40_000) > LEAST_P


def test_heterogeneous_degrees_are_kept():
    rng = np.random.default_rng(2)
    k_in, k_out = rng.integers(0, 80, 90), rng.integers(0, 90, 80)
    assert np.array_equal(degrees(drawn(rb.FixedInDegree(k_in), 80, 90), 80, 90)[1], k_in)
    assert np.array_equal(degrees(drawn(rb.FixedOutDegree(k_out), 80, 90), 80, 90)[0], k_out)
    many = rng.integers(0, 300, 90)
    assert np.array_equal(degrees(drawn(rb.FixedInDegree(many, multapses=True), 80, 90), 80, 90)[1], many)


def test_all_to_all_and_one_to_one():
    c = drawn(rb.AllToAll(), 13, 17)
    assert np.array_equal(c["pre"], np.repeat(np.arange(13), 17)) and np.array_equal(
        c["post"], np.tile(np.arange(17), 13)
    )
    c = drawn(rb.AllToAll(autapses=False), 13, 13, same=True)
    assert len(c["pre"]) == 13 * 12 and (c["pre"] != c["post"]).all()
    c = drawn(rb.OneToOne(), 29, 29)
    assert np.array_equal(c["pre"], np.arange(29)) and np.array_equal(c["post"], np.arange(29))


@pytest.mark.parametrize(
    "rule",
    [
        rb.Bernoulli(0.3, autapses=False),
        rb.Bernoulli(0.9, autapses=False),
        rb.FixedInDegree(20, autapses=False),
        rb.FixedInDegree(99, autapses=False),
        rb.FixedInDegree(200, multapses=True, autapses=False),
        rb.FixedOutDegree(20, autapses=False),
        rb.FixedOutDegree(99, autapses=False),
        rb.FixedTotal(5000, autapses=False),
        rb.FixedTotal(9000, multapses=False, autapses=False),
        rb.FixedTotal(9900, multapses=False, autapses=False),
    ],
)
def test_autapses_can_be_excluded(rule):
    c = drawn(rule, 100, 100, same=True, threads=2)
    assert len(c["pre"]) > 1900 and (c["pre"] != c["post"]).all()


@pytest.mark.parametrize("rule", [rb.Bernoulli(0.2), rb.FixedInDegree(20), rb.FixedOutDegree(20), rb.FixedTotal(2000)])
def test_autapses_are_as_likely_as_other_pairs(rule):
    diagonal = np.trace(pair_counts(rule, 100, 100, 30, same=True))
    assert abs(diagonal - 30 * 20) < 5 * np.sqrt(30 * 20)


# ---- uniformity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "p"),
    [
        (rb.Bernoulli(0.3), 0.3),
        (rb.Bernoulli(0.8), 0.8),
        (rb.FixedInDegree(9), 0.3),
        (rb.FixedInDegree(24), 0.8),
        (rb.FixedOutDegree(12), 0.3),
        (rb.FixedOutDegree(32), 0.8),
        (rb.FixedTotal(360, multapses=False), 0.3),
    ],
)
def test_every_pair_is_equally_likely(rule, p):
    # pairs of one row (or column, or matrix) exclude one another a little, which takes at most one degree of freedom
    # of each: the dispersion test is given that much room on its lower side
    counts = pair_counts(rule, 30, 40, 300)
    chi_square = ((counts - 300 * p) ** 2).sum() / (300 * p * (1 - p))
    assert stats.chi2.sf(chi_square, counts.size) > LEAST_P
    assert stats.chi2.cdf(chi_square, counts.size - 40) > LEAST_P


@pytest.mark.parametrize(
    "rule", [rb.FixedInDegree(9, multapses=True), rb.FixedTotal(360), rb.FixedOutDegree(12, multapses=True)]
)
def test_every_pair_is_equally_likely_with_replacement(rule):
    counts = pair_counts(rule, 30, 40, 300)
    chi_square = ((counts - 90) ** 2).sum() / 90
    assert stats.chi2.sf(chi_square, counts.size) > LEAST_P and stats.chi2.cdf(chi_square, counts.size - 40) > LEAST_P


def test_pairs_are_independent_within_bernoulli():
    # two columns, two rows: the product moment of neighbouring pairs vanishes
    net = rb.Network(seed=5, threads=1)
    x, v = net.add(rb.Poisson(0), 20), net.add(rb.LIF(), 20)
    rule, n = rb.Bernoulli(0.3), 400
    projections = [net.connect(x, v, rule, weight=1.0, synapse=rb.Delta()) for _ in range(n)]
    matrices = np.array([q.weights.toarray() for q in projections]) - 0.3
    variance = 0.3 * 0.7
    for moved in (np.roll(matrices, 1, axis=1), np.roll(matrices, 1, axis=2), np.roll(matrices, 1, axis=0)):
        correlation = (matrices * moved).mean() / variance
        assert abs(correlation) < 5 / np.sqrt(matrices.size)


def test_projections_and_seeds_draw_pairs_of_their_own():
    rules = [rb.FixedInDegree(20), rb.FixedOutDegree(20), rb.Bernoulli(0.2), rb.FixedTotal(2000, multapses=False)]
    for rule in rules:
        net = rb.Network(seed=1, threads=1)
        x, v, w = net.add(rb.Poisson(0), 100), net.add(rb.LIF(), 100), net.add(rb.LIF(), 100)
        each = rb.Uniform(0, 1)
        projections = [
            net.connect(x, v, rule, weight=1.0, synapse=rb.Delta()),
            net.connect(x, v, rule, weight=1.0, synapse=rb.Delta()),
            net.connect(x, w, rule, weight=each, synapse=rb.Exponential()),
        ]
        sets = [set(zip(*[q.connections()[f] for f in ("pre", "post")], strict=True)) for q in projections]
        sets.append(set(zip(*[drawn(rule, 100, 100, seed=2)[f] for f in ("pre", "post")], strict=True)))
        for a in range(len(sets)):
            for b in range(a):
                shared = len(sets[a] & sets[b])  # 400 by chance
                assert abs(shared - 400) < 5 * np.sqrt(400)


def test_arrays_of_weights_do_not_make_projections_alike():
    # an array's projection is drawn ahead of the others: it, too, must have pairs of its own
    net = rb.Network(seed=1, threads=1)
    x, v, w = net.add(rb.Poisson(0), 100), net.add(rb.LIF(), 100), net.add(rb.LIF(), 100)
    weights = np.arange(2000.0)
    a, b = (net.connect(x, q, rb.FixedInDegree(20), weight=weights, synapse=rb.Delta()) for q in (v, w))
    c = net.connect(x, v, rb.FixedInDegree(20), weight=1.0, synapse=rb.Delta())
    sets = [set(zip(*[q.connections()[f] for f in ("pre", "post")], strict=True)) for q in (a, b, c)]
    for k in range(3):
        assert abs(len(sets[k] & sets[k - 1]) - 400) < 5 * np.sqrt(400)
    # the array stands in the order of the connections, by source, then by target
    assert np.array_equal(a.connections()["weight"], weights)


# ---- given pairs -----------------------------------------------------------------------------------------------------


def test_pairs_keep_weights_and_delays_in_their_order():
    rng = np.random.default_rng(3)
    pre, post = rng.integers(0, 40, 500), rng.integers(0, 30, 500)
    weight, delay = rng.normal(size=500).astype(np.float32).astype(float), 0.1 * rng.integers(1, 40, 500)
    c = drawn(rb.Pairs(pre, post), 40, 30, weight=weight, delay=delay, threads=3)
    wanted = sorted(zip(pre, post, np.rint(delay / 0.1), weight, strict=True))
    got = sorted(zip(c["pre"], c["post"], np.rint(c["delay"] / 0.1), c["weight"], strict=True))
    assert got == wanted  # repeated pairs included
    assert np.array_equal(np.lexsort((c["post"], c["pre"])), np.arange(500))


def test_sparse_matrices_go_in_and_out():
    rng = np.random.default_rng(4)
    matrix = scipy.sparse.random_array((31, 41), density=0.2, rng=rng, dtype=np.float32).astype(float)
    for form in ("csr", "csc", "coo"):
        net = rb.Network(threads=2)
        x, v = net.add(rb.Poisson(0), 41), net.add(rb.LIF(), 31)
        p = net.connect(x, v, matrix.asformat(form), synapse=rb.Delta())
        assert (p.weights != matrix.tocsr()).nnz == 0
        assert len(p) == matrix.nnz == net.synapse_count
    assert p.weights.shape == (31, 41)  # post × pre


def test_multapses_add_up_in_the_matrix():
    net = rb.Network(threads=2)
    x, v = net.add(rb.Poisson(0), 2), net.add(rb.LIF(), 3)
    p = net.connect(x, v, rb.Pairs([0, 0, 1], [2, 2, 1]), weight=np.array([1.0, 2.0, 4.0]), synapse=rb.Delta())
    assert p.weights.toarray().tolist() == [[0, 0], [0, 4], [3, 0]]
    assert len(p) == 3


@pytest.mark.parametrize("n_pre", [0, 1, 5])
@pytest.mark.parametrize("n_post", [0, 1, 5])
def test_empty_and_lone_populations(n_pre, n_post):
    rules = [
        rb.Bernoulli(0.5),
        rb.FixedInDegree(0),
        rb.FixedOutDegree(0),
        rb.FixedTotal(0),
        rb.AllToAll(),
        rb.Pairs([], []),
    ]
    rules += [rb.FixedTotal(0, multapses=False), rb.AllToAll(autapses=False), rb.Bernoulli(0.5, autapses=False)]
    for rule in rules:
        c = drawn(rule, n_pre, n_post, threads=2)
        assert len(c["pre"]) <= n_pre * n_post
        if n_pre == n_post:
            same = drawn(rule, n_pre, n_post, same=True, threads=2)
            assert len(same["pre"]) <= n_pre * n_post


def test_mean_in_degrees_are_the_drawn_ones():
    n_pre, n_post = 300, 200
    rng = np.random.default_rng(0)
    for rule in (
        rb.Bernoulli(0.1),
        rb.FixedInDegree(rng.integers(0, 60, n_post)),
        rb.FixedOutDegree(20),
        rb.FixedTotal(6000),
        rb.AllToAll(),
        rb.Pairs(rng.integers(0, n_pre, 50), rng.integers(0, n_post, 50)),
    ):
        mean = len(drawn(rule, n_pre, n_post)["pre"]) / n_post
        assert rule._mean_in_degree(Ends.of(n_pre, n_post)) == pytest.approx(mean, rel=5 * np.sqrt(0.9 / 6000))


@pytest.mark.parametrize("rule", [rb.FixedInDegree, rb.FixedOutDegree])
@pytest.mark.parametrize("n_pre, n_post", [(0, 3), (3, 0), (0, 0)])
def test_mean_in_degree_without_pairs_is_zero(rule, n_pre, n_post):
    """Also where each neuron has a degree of its own, and there is none."""
    k = np.zeros(n_post if rule is rb.FixedInDegree else n_pre, dtype=int)
    assert rule(k)._mean_in_degree(Ends.of(n_pre, n_post)) == 0.0
