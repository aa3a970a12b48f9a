"""Storage rules of associative memories."""

import numpy as np
import pytest

from rheobase.attractors import HopfieldNetwork, cross_pattern, random_patterns, smiley_pattern
from rheobase.learning import hebbian, pseudo_inverse, storkey


def test_hebbian_weights_of_the_pictures():
    p, q = cross_pattern(), smiley_pattern()
    one, two = hebbian(p, diagonal=True), hebbian([p, q], diagonal=True)
    assert set(np.unique(one)) == {-1 / 64, 1 / 64}
    assert set(np.unique(two)) == {-2 / 64, 0.0, 2 / 64}
    assert np.array_equal(two, (np.outer(p, p) + np.outer(q, q)) / 64)
    assert np.array_equal(hebbian(p), one - np.eye(64) / 64)


def test_pseudo_inverse_is_the_projection_onto_the_patterns():
    patterns = random_patterns(20, 50, seed=1)
    weights = pseudo_inverse(patterns, diagonal=True)
    assert np.allclose(weights @ weights, weights, atol=1e-12)
    assert np.array_equal(weights, weights.T)
    assert np.trace(weights) == pytest.approx(20)
    assert np.allclose(patterns @ weights, patterns)


def test_pseudo_inverse_keeps_correlated_patterns_that_hebb_loses():
    rng = np.random.default_rng(1)
    base = random_patterns(1, 100, seed=2)
    patterns = np.where(rng.random((15, 100)) < 0.25, -base, base)
    kept = {
        store.__name__: (HopfieldNetwork(store(patterns)).recall(patterns, seed=3).states == patterns).all(axis=1)
        for store in (hebbian, pseudo_inverse)
    }
    assert kept["pseudo_inverse"].all()
    assert not kept["hebbian"].any()


def test_pseudo_inverse_takes_dependent_patterns():
    patterns = random_patterns(3, 20, seed=1)
    assert np.allclose(pseudo_inverse(np.vstack([patterns, -patterns, patterns])), pseudo_inverse(patterns))


def test_storkey_is_its_definition():
    patterns = random_patterns(4, 9, seed=1)
    n = 9
    weights = np.zeros((n, n))
    for p in patterns:
        old = weights.copy()
        for i in range(n):
            for j in range(n):
                if i != j:
                    h_ij = sum(old[i, k] * p[k] for k in range(n) if k not in (i, j))
                    h_ji = sum(old[j, k] * p[k] for k in range(n) if k not in (i, j))
                    weights[i, j] = old[i, j] + (p[i] * p[j] - p[i] * h_ji - h_ij * p[j]) / n
    assert np.allclose(storkey(patterns), weights, atol=1e-14)
    assert not np.diag(storkey(patterns)).any()


@pytest.mark.parametrize("store", [hebbian, pseudo_inverse, storkey])
@pytest.mark.parametrize(
    ("patterns", "error", "text"),
    [
        ([[1, -1, 0]], ValueError, "patterns must be +1 or -1, got 0 in pattern 0 at unit 2"),
        ([[1, 1], [1, 0.5]], ValueError, "got 0.5 in pattern 1 at unit 1"),
        ([], ValueError, "patterns must hold at least one pattern"),
        (np.ones((3, 0)), ValueError, "patterns must hold at least one pattern of at least one unit, got shape (3, 0)"),
        ([[1, 1], [1]], TypeError, "patterns must be an array"),
        (np.ones((2, 2, 2)), ValueError, "patterns must have shape"),
        ("XO", TypeError, "patterns must be an array"),
        ([[1, np.nan]], ValueError, "patterns must be finite"),
    ],
)
def test_bad_patterns_are_refused(store, patterns, error, text):
    with pytest.raises(error) as caught:
        store(patterns)
    assert text in str(caught.value)
