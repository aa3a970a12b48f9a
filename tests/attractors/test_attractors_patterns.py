"""Patterns, corruption and overlap."""

import numpy as np
import pytest

from rheobase.attractors import corrupt, cross_pattern, overlap, random_patterns, smiley_pattern


def test_pictures_are_8_by_8_and_differ():
    cross, smiley = cross_pattern().reshape(8, 8), smiley_pattern().reshape(8, 8)
    assert set(np.unique(cross)) == set(np.unique(smiley)) == {-1.0, 1.0}
    assert np.array_equal(cross, cross.T)
    assert np.array_equal(cross == 1, (np.eye(8) + np.eye(8)[::-1]) > 0)
    assert np.array_equal(smiley, smiley[:, ::-1])
    assert abs(overlap(cross_pattern(), smiley_pattern())) < 0.1


def test_thirty_percent_of_64_units_are_19_and_the_overlap_is_exact():
    corrupted = corrupt(cross_pattern(), 0.3, seed=3)
    assert (corrupted != cross_pattern()).sum() == 19
    assert overlap(corrupted, cross_pattern()) == 0.40625  # 1 - 2·19/64


def test_flips_are_uniform_distinct_and_independent_between_trials():
    trials = corrupt(np.ones((4000, 10)), 3, seed=1)
    assert ((trials == -1).sum(axis=1) == 3).all()
    # 4000 trials, p = 0.3: sd 0.00725; 10 units at 5 sd: false alarms 6e-6
    assert np.allclose((trials == -1).mean(axis=0), 0.3, atol=5 * 0.00725)


def test_corruption_leaves_its_argument_and_repeats_with_its_seed():
    patterns = random_patterns(3, 20, seed=1)
    before = patterns.copy()
    assert np.array_equal(corrupt(patterns, 5, seed=2), corrupt(patterns, 5, seed=2))
    assert not np.array_equal(corrupt(patterns, 5, seed=2), corrupt(patterns, 5, seed=3))
    assert np.array_equal(patterns, before)
    assert np.array_equal(corrupt(patterns, 1.0), -patterns)
    assert np.array_equal(corrupt(patterns, 0), patterns)


def test_random_patterns_are_balanced():
    patterns = random_patterns(100, 1000, seed=4)
    # mean of 1e5 signs: sd 0.00316; 5 sd: 6e-7
    assert abs(patterns.mean()) < 5 * 0.00316


def test_overlap_shapes():
    patterns = random_patterns(3, 16, seed=1)
    assert overlap(patterns[0], patterns[0]).shape == ()
    assert overlap(np.zeros((5, 7, 16)), patterns).shape == (5, 7, 3)
    assert np.allclose(np.diag(overlap(patterns, patterns)), 1)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: corrupt([1, 0, -1], 1), ValueError, "patterns must be +1 or -1, got 0 in pattern 0 at unit 1"),
        (lambda: corrupt([1, 1, -1], 4), ValueError, "flips must be >= 0 and <= 3, got 4"),
        (lambda: corrupt([1, 1, -1], -1), ValueError, "flips"),
        (lambda: corrupt([1, 1, -1], 1.5), ValueError, "flips must be >= 0 and <= 1, got 1.5"),
        (lambda: corrupt([1, 1, -1], "many"), TypeError, "flips"),
        (lambda: corrupt([1, 1, -1], True), TypeError, "flips"),
        (lambda: corrupt([], 0), ValueError, "patterns must hold at least one pattern"),
        (lambda: corrupt(np.ones((2, 2, 2)), 0), ValueError, "patterns must have shape"),
        (lambda: corrupt([1, np.nan], 0), ValueError, "patterns must be finite"),
        (lambda: random_patterns(0, 10), ValueError, "n_patterns must"),
        (lambda: random_patterns(2, 0), ValueError, "n must be >= 1"),
        (lambda: random_patterns(2, 5, seed="x"), TypeError, "seed"),
        (lambda: overlap([1.0, 1.0], [1, 1, 1]), ValueError, "states must have 3 units"),
        (lambda: overlap(1.0, [1]), ValueError, "states must have 1 units"),
        (lambda: overlap([1.0], [0.5]), ValueError, "patterns must be +1 or -1"),
    ],
)
def test_bad_patterns_are_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
