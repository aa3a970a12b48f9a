import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from rheobase.spikes import SpikeTrains, cv, cv2, isi, isi_by_train, lv, poisson, poisson_thinning

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
# Times on a grid of 1/8 ms: sums and differences of them are exact.
TIMES = st.lists(st.integers(0, 8000), max_size=30).map(lambda steps: sorted(step / 8 for step in steps))
TRAINS = st.lists(TIMES, min_size=1, max_size=6)


@FIXED
@given(TRAINS)
def test_intervals_sum_to_the_span(trains):
    parts = isi_by_train(trains)
    assert [part.sum() for part in parts] == [train[-1] - train[0] if train else 0 for train in trains]
    assert [part.size for part in parts] == [max(len(train) - 1, 0) for train in trains]
    np.testing.assert_array_equal(isi(trains), np.concatenate(parts))
    np.testing.assert_array_equal(isi(SpikeTrains.from_trains(trains, t_stop=1000.0)), np.concatenate(parts))


@FIXED
@given(TRAINS, st.floats(0.01, 100), st.floats(0, 1000))
def test_irregularity_does_not_depend_on_the_unit_or_origin_of_time(trains, scale, shift):
    trains = [sorted(set(train)) for train in trains]
    moved = [scale * np.array(train) + shift for train in trains]
    # Rounding at 1e5 ms is 1e-11 ms, in intervals of at least 1/800 ms.
    for measure in (cv, cv2, lv):
        np.testing.assert_allclose(measure(moved), measure(trains), rtol=1e-6, atol=1e-6)


@FIXED
@given(TRAINS, st.sampled_from([0, 1]))
def test_each_train_as_if_alone(trains, ddof):
    with np.errstate(invalid="ignore"):
        for i, train in enumerate(trains):
            intervals = np.diff(train)
            if intervals.size < 2:
                assert np.isnan([cv(trains, ddof=ddof)[i], cv2(trains)[i], lv(trains)[i]]).all()
                continue
            if intervals.any():
                assert cv(trains, ddof=ddof)[i] == approx(np.std(intervals, ddof=ddof) / np.mean(intervals), rel=1e-9)
            pairs = [(a, b) for a, b in itertools.pairwise(intervals)]
            contrast = [abs(a - b) / (a + b) if a + b else 0 for a, b in pairs]
            assert cv2(trains)[i] == approx(2 * np.mean(contrast), rel=1e-9)
            assert lv(trains)[i] == approx(3 * np.mean(np.square(contrast)), rel=1e-9)
    assert np.all(np.nan_to_num(cv2(trains)) <= 2) and np.all(np.nan_to_num(lv(trains)) <= 3)


def test_regular_train():
    train = np.arange(0, 100, 5.0)
    assert cv(train) == cv2(train) == lv(train) == 0


def test_alternating_intervals():
    train = np.cumsum([10.0, 30.0] * 10)
    assert cv2(train) == 1.0 and lv(train) == 0.75
    assert cv(train[:-1]) == approx(0.5)  # 9 intervals of each length


def test_no_variability_without_two_intervals():
    values = cv([[], [1.0], [1.0, 2.0], [1.0, 2.0, 3.0]])
    assert np.isnan(values[:3]).all() and values[3] == 0
    assert np.isnan(cv([5.0, 5.0, 5.0]))
    assert np.isnan(cv([[1.0, 2.0], [3.0]], pooled=True))


def test_pooling_adds_the_difference_of_rates():
    trains = [np.arange(0, 100, 5.0), np.arange(0, 100, 20.0)]
    assert cv(trains).tolist() == [0, 0]
    assert cv(trains, pooled=True) > 0.4


def test_poisson_process():
    """CV2 and Lv average 1; with I/(I + I') uniform their summands have variance 1/3 and 4/5."""
    train = poisson(50.0, 2e5, seed=1).train(0)
    n = train.size
    # Overlapping pairs are correlated: a factor 3 bounds the variance of their mean. z = 5.
    assert abs(cv2(train) - 1) < 5 * np.sqrt(3 * (1 / 3) / n)
    assert abs(lv(train) - 1) < 5 * np.sqrt(3 * (4 / 5) / n)
    assert abs(cv(train) - 1) < 5 / np.sqrt(n)


def test_local_measures_forgive_slow_changes_of_rate():
    train = poisson_thinning(lambda t: 50 + 45 * np.sin(2 * np.pi * t / 20_000), 2e5, max_rate=95.0, seed=2).train(0)
    assert cv(train) > 1.2
    assert lv(train) == pytest.approx(1, abs=0.06)
    assert cv2(train) == pytest.approx(1, abs=0.05)
