import copy
import itertools
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.spikes import SpikeTrains, cv, isi, mean_rate, poisson, spike_counts

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TIMES = st.lists(st.floats(0, 1000), max_size=30).map(sorted)
TRAINS = st.lists(TIMES, min_size=1, max_size=6)


def record(trains, t_stop=1000.0):
    return SpikeTrains.from_trains(trains, t_stop=t_stop)


@FIXED
@given(TRAINS)
def test_trains_come_back(trains):
    spikes = record(trains)
    assert spikes.n == len(trains)
    assert [train.tolist() for train in spikes.trains()] == trains
    assert [spikes.train(i).tolist() for i in range(spikes.n)] == trains
    assert spikes.count().tolist() == [len(train) for train in trains]
    assert np.all(np.diff(spikes.times) >= 0)


@FIXED
@given(TRAINS, st.randoms(use_true_random=False))
def test_from_trials_takes_any_order(trains, random):
    pairs = [(time, i + 1) for i, train in enumerate(trains) for time in train]
    random.shuffle(pairs)
    times, numbers = [t for t, _ in pairs], [i for _, i in pairs]
    spikes = SpikeTrains.from_trials(times, numbers, t_stop=1000.0, first=1, n=len(trains))
    assert spikes == record(trains)


@FIXED
@given(TRAINS, st.sets(st.integers(1, 7999), max_size=4))
def test_windows_that_tile_the_recording_hold_each_spike_once(trains, cuts):
    spikes = record(trains)
    edges = [0.0, *sorted(cut / 8 for cut in cuts), 1000.0]
    parts = [spikes.between(a, b) for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate([part.times for part in parts]), spikes.times)
    np.testing.assert_array_equal(np.concatenate([part.indices for part in parts]), spikes.indices)


@FIXED
@given(TRAINS)
def test_superposition_keeps_all_spikes(trains):
    spikes = record(trains)
    pooled = spikes.pooled()
    assert pooled.n == 1
    assert pooled.train(0).tolist() == sorted(time for train in trains for time in train)
    assert mean_rate(pooled)[0] == pytest.approx(mean_rate(spikes).sum(), rel=1e-12)


@FIXED
@given(TRAINS, st.randoms(use_true_random=False))
def test_select_renumbers(trains, random):
    chosen = random.sample(range(len(trains)), random.randint(1, len(trains)))
    part = record(trains).select(chosen)
    assert [train.tolist() for train in part.trains()] == [trains[i] for i in chosen]


def test_window_ends():
    spikes = record([[0.0, 3 * 0.1, 10.0]], t_stop=10.0)
    assert spikes.between(0.0, 0.3).times.tolist() == [0.0]  # 3 * 0.1 is not below 0.3
    assert spikes.between(0.3, 10.0).times.size == 2  # the end of the recording belongs to it
    early = record([[3 * 0.3]], t_stop=10.0)  # 0.8999999999999999
    assert early.between(0.9, 5.0).times.size == 1 and early.between(0.0, 0.9).times.size == 0
    assert spikes.between(0.3, 9.9).between(0.3, 9.9).times.size == 1


def test_many_neurons_are_grouped_stably():
    rng = np.random.default_rng(1)
    n = 200_000  # above 2**16: two passes of the radix sort
    indices, times = rng.integers(0, n, 50_000), np.sort(rng.integers(0, 500, 50_000) * 1.0)
    order = np.lexsort((indices, times))
    spikes = SpikeTrains(times[order], indices[order], n, 0.0, 500.0)
    grouped, offsets = spikes.grouped
    np.testing.assert_array_equal(grouped, times[np.lexsort((times, indices))])
    np.testing.assert_array_equal(np.diff(offsets), np.bincount(indices, minlength=n))


def test_equal_times_are_ordered_by_index():
    spikes = SpikeTrains.from_trials([5.0, 5.0, 5.0, 1.0], [2, 0, 1, 1], t_stop=10.0)
    assert spikes.indices.tolist() == [1, 0, 1, 2]


def test_from_counts_repeats_times():
    """E13: np.nonzero on the counts would give 3 times, not 6."""
    counts = np.array([[0, 2, 0, 1], [3, 0, 0, 0]])
    spikes = SpikeTrains.from_counts(counts, dt=0.5, t_start=10.0)
    assert spikes.times.tolist() == [10.0, 10.0, 10.0, 10.5, 10.5, 11.5]
    assert spikes.indices.tolist() == [1, 1, 1, 0, 0, 0]
    assert (spikes.t_start, spikes.t_stop) == (10.0, 12.0)
    assert np.nonzero(counts)[0].size == 3


def test_silent_first_trial_needs_first():
    spikes = SpikeTrains.from_trials([5.0, 6.0], [2, 3], t_stop=10.0, first=1, n=4)
    assert spikes.count().tolist() == [0, 1, 1, 0]


def test_record_is_immutable_and_leaves_the_caller_his_array():
    times = np.array([1.0, 2.0])
    spikes = SpikeTrains(times, np.array([0, 0]), 1, 0.0, 10.0)
    with pytest.raises(ValueError, match="read-only"):
        spikes.times[0] = 5.0
    with pytest.raises(AttributeError):
        spikes.n = 3
    times[0] = 0.5
    assert times.flags.writeable


def test_equality_pickle_and_copy():
    spikes = poisson(20.0, 500.0, 5, seed=1)
    _ = spikes.grouped
    assert pickle.loads(pickle.dumps(spikes)) == spikes == copy.deepcopy(spikes)
    assert spikes != poisson(20.0, 500.0, 5, seed=2)
    assert spikes != "spikes"
    assert len(pickle.dumps(spikes)) < 20 * spikes.times.size + 1000  # the grouped copy stays behind


def test_repr():
    spikes = record([[1.0, 2.0], []])
    assert repr(spikes) == "SpikeTrains(2 spikes, n=2, t=0 to 1000 ms)"
    assert "<td>1 Hz</td>" in spikes._repr_html_() and "<td>silent trains</td><td>1</td>" in spikes._repr_html_()


def test_empty_record():
    spikes = record([[], []])
    assert spikes.count().tolist() == [0, 0]
    assert [train.size for train in spikes.trains()] == [0, 0]
    assert spikes.between(10.0, 20.0).times.size == 0


def test_anything_with_the_fields_is_a_record():
    spikes = SimpleNamespace(times=[1.0, 2.0, 4.0], indices=[0, 1, 0], n=3, t_start=0.0, t_stop=10.0)
    assert spike_counts(spikes).tolist() == [2, 1, 0]
    assert spike_counts(spikes, t_stop=3.0).tolist() == [1, 1, 0]
    assert isi(spikes).tolist() == [3.0]


@pytest.mark.parametrize("single", [[1.0, 2.0, 4.0], (1.0, 2.0, 4.0), np.array([1.0, 2.0, 4.0]), [1, 2, 4]])
def test_single_trains_give_plain_numbers(single):
    assert spike_counts(single, t_stop=10.0) == 3
    assert isinstance(mean_rate(single, t_stop=10.0), float)
    assert isinstance(cv(single), float)
    assert spike_counts([single], t_stop=10.0).tolist() == [3]


def test_empty_train():
    assert spike_counts([], t_stop=10.0) == 0
    assert spike_counts([[]], t_stop=10.0).tolist() == [0]
    assert isi([]).size == 0
    assert np.isnan(cv([]))


def test_records_do_not_change_with_the_arrays_they_were_made_of():
    times, indices = np.array([1.0, 2.0]), np.array([0, 1])
    spikes = SpikeTrains(times, indices, 2, 0.0, 10.0)
    view = times[:]
    view.flags.writeable = False
    viewed = SpikeTrains(view, indices, 2, 0.0, 10.0)
    times[:], indices[:] = 9.0, 0
    for record_ in (spikes, viewed):
        assert record_.times.tolist() == [1.0, 2.0] and record_.indices.tolist() == [0, 1]


def test_records_are_read_only_also_after_pickle_and_deepcopy():
    spikes = SpikeTrains.from_trains([[1.0, 5.0], [2.0]], t_stop=10.0)
    parts = (pickle.loads(pickle.dumps(spikes)), copy.deepcopy(spikes), spikes, spikes.between(0.0, 4.0))
    for part in parts:
        for array in (part.times, part.indices, part.train(0)):
            with pytest.raises(ValueError, match="read-only"):
                array[:] = 0
