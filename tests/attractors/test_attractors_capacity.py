"""Capacity and basins: the tables of the Hopfield study and the theory."""

from functools import partial

import numpy as np
import pytest

from rheobase.attractors import capacity_bounds, recovery_curves
from rheobase.learning import hebbian, pseudo_inverse, storkey

COUNTS = [5, 7, 8, 9, 10, 12, 15]
TABLE = np.array(  # rows 10, 20, 30 % of 64 units flipped; 60 networks, eq. 5, T = 10, overlap at least .95
    [
        [1.00, 0.97, 0.95, 0.91, 0.88, 0.77, 0.59],
        [0.97, 0.90, 0.87, 0.79, 0.73, 0.55, 0.32],
        [0.83, 0.71, 0.59, 0.51, 0.41, 0.22, 0.09],
    ]
).T


@pytest.fixture(scope="module")
def curves():
    store = partial(hebbian, diagonal=True)
    return recovery_curves(64, COUNTS, networks=60, store=store, dynamics="graded", seed=1)


def test_recovery_table(curves):
    assert curves.flips.tolist() == [6, 13, 19]
    # Both tables come from 60 networks, so their difference has √2 the standard error (at least that of one lost
    # pattern), plus rounding. 21 comparisons at 4.6: false alarms 1e-4.
    least = 1 / (60 * np.array(COUNTS))[:, None]
    tolerance = 4.6 * np.sqrt(2) * np.maximum(curves.standard_error, least) + 0.005
    assert (np.abs(curves.recovered - TABLE) < tolerance).all()
    # And on the whole: z² averages 1; were only the 7 counts independent, a mean of 2.2² would come in 2e-5 of cases.
    z = (curves.recovered - TABLE) / (np.sqrt(2) * np.maximum(curves.standard_error, least))
    assert np.sqrt(np.mean(z**2)) < 2.2


def test_recovery_falls_with_patterns_and_with_corruption(curves):
    slack = 3 * np.hypot(curves.standard_error[1:], curves.standard_error[:-1])
    assert (np.diff(curves.recovered, axis=0) < slack).all()
    assert (np.diff(curves.recovered, axis=1) < 0).all()
    assert (curves.recovered[-1] < curves.recovered[0] - 0.3).all()


def test_e66_no_corruption_gives_both_printed_claims(curves):
    # printed: above .95 up to 7-8 patterns AND down to .5 at 9
    at = {count: i for i, count in enumerate(COUNTS)}
    high = curves.recovered[at[7]] > 0.95 - 2 * curves.standard_error[at[7]]
    half = curves.recovered[at[9]] < 0.50 + 4 * curves.standard_error[at[9]]
    assert high.tolist() == [True, False, False]  # the first claim is of 10 % corruption
    assert half.tolist() == [False, False, True]  # the second of 30 %


def test_capacities_of_64_units():
    bounds = capacity_bounds(64)
    assert bounds.retrieval == pytest.approx(8.832, abs=5e-4)
    assert bounds.most_units == pytest.approx(7.694, abs=5e-4)
    assert bounds.all_patterns == pytest.approx(3.847, abs=5e-4)


def test_memory_breaks_down_between_a_tenth_and_a_fifth_of_the_units():
    curves = recovery_curves(600, [60, 120], [0], networks=3, seed=2)
    # mean field: overlap .998 at α = 0.1 (below α_c = .138), a jump to about .35-.6 above it
    assert curves.overlap[0, 0] > 0.98
    assert curves.overlap[1, 0] < 0.7


def test_better_rules_hold_more():
    recovered = {
        store.__name__: recovery_curves(64, [14], [0.1], networks=15, store=store, seed=3).recovered[0, 0]
        for store in (hebbian, storkey, pseudo_inverse)
    }
    # 15 networks of 14 patterns: standard errors at most .05; the gaps seen are .2 and more
    assert recovered["hebbian"] + 0.1 < recovered["storkey"]
    assert recovered["hebbian"] + 0.3 < recovered["pseudo_inverse"]


@pytest.mark.parametrize("dynamics", ["asynchronous", "synchronous", "graded"])
def test_few_patterns_come_back_whatever_the_dynamics(dynamics):
    curves = recovery_curves(100, [2], [5, 0.1], networks=4, dynamics=dynamics, seed=1)
    assert (curves.recovered == 1).all()
    assert curves.flips.tolist() == [5, 10]
    assert "2" in curves._repr_html_()


def test_the_seed_fixes_the_result():
    first, again, other = (recovery_curves(32, [8], [0.2], networks=5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.overlap, again.overlap)
    assert not np.array_equal(first.overlap, other.overlap)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: recovery_curves(64, []), ValueError, "counts and flips must not be empty"),
        (lambda: recovery_curves(64, [5], []), ValueError, "counts and flips must not be empty"),
        (lambda: recovery_curves(64, [0]), ValueError, "counts must be >= 1"),
        (lambda: recovery_curves(64, [2.5]), TypeError, "counts must be an integer"),
        (lambda: recovery_curves(64, [5], [1.2]), ValueError, "flips must be >= 0 and <= 1"),
        (lambda: recovery_curves(64, [5], [65]), ValueError, "flips must be >= 0 and <= 64"),
        (lambda: recovery_curves(0, [5]), ValueError, "n must be >= 1"),
        (lambda: recovery_curves(64, [5], networks=1), ValueError, "networks must be >= 2"),
        (lambda: recovery_curves(64, [5], dynamics="fast"), ValueError, "dynamics must be one of"),
        (lambda: recovery_curves(64, [5], criterion=2), ValueError, "criterion"),
        (lambda: recovery_curves(64, [5], store="hebbian"), TypeError, "store must be a function"),
        (lambda: recovery_curves(64, [5], store=lambda p: p), ValueError, "weights must be square"),
        (lambda: capacity_bounds(1), ValueError, "n must be >= 2"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
