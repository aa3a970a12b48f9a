import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.spikes import SpikeTrains, autocorrelogram, cross_correlogram, poisson

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
# A grid of 1/4 ms puts many lags exactly on the edges of bins.
TIMES = st.lists(st.integers(0, 400), max_size=30).map(lambda steps: sorted(step / 4 for step in steps))
PAIRS = st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=4)


def by_hand(pairs, reach, width, itself):
    counts = np.zeros(2 * reach + 1, dtype=int)
    for a, b in pairs:
        for i, s in enumerate(a):
            for j, t in enumerate(b):
                if not (itself and i == j):
                    k = int(np.sign(t - s) * np.floor(abs(t - s) / width + 0.5))
                    if abs(k) <= reach:
                        counts[reach + k] += 1
    return counts


@FIXED
@given(PAIRS, st.sampled_from([0.5, 1.0, 2.5]), st.integers(0, 8))
def test_counts_are_those_of_a_double_loop(pairs, width, reach):
    a = SpikeTrains.from_trains([pair[0] for pair in pairs], t_stop=100.0)
    b = SpikeTrains.from_trains([pair[1] for pair in pairs], t_stop=100.0)
    cross = cross_correlogram(a, b, reach * width, width)
    assert cross.counts.tolist() == by_hand(pairs, reach, width, False).tolist()
    assert cross.counts.tolist() == cross_correlogram(b, a, reach * width, width).counts[::-1].tolist()
    auto = autocorrelogram(a, reach * width, width)
    assert auto.counts.tolist() == by_hand([(x, x) for x, _ in pairs], reach, width, True).tolist()
    assert auto.counts.tolist() == auto.counts[::-1].tolist()
    # With itself as the target every spike meets itself at lag 0.
    assert cross_correlogram(a, a, reach * width, width).counts[reach] == auto.counts[reach] + a.times.size


def test_blocks_do_not_matter(monkeypatch):
    spikes = poisson(50.0, 1000.0, 10, seed=1)
    whole = autocorrelogram(spikes, 50.0, 1.0).counts
    monkeypatch.setattr(sys.modules["rheobase.spikes.correlograms"], "_BLOCK", 37)
    assert autocorrelogram(spikes, 50.0, 1.0).counts.tolist() == whole.tolist()
    monkeypatch.setattr(sys.modules["rheobase.spikes.correlograms"], "_BLOCK", 1)
    assert autocorrelogram(spikes, 50.0, 1.0).counts.tolist() == whole.tolist()


def test_all_lags_hold_all_pairs():
    a, b = poisson(30.0, 1000.0, 3, seed=1), poisson(20.0, 1000.0, 3, seed=2)
    cross = cross_correlogram(a, b, 999.0, 1.0)
    assert cross.counts.sum() >= np.sum(a.count() * b.count()) - 5
    assert cross.expected.sum() == pytest.approx(np.sum(a.count() * b.count()), rel=1e-5)


@pytest.mark.parametrize("width", [1.0, 10.0, 100.0])
def test_independent_trains_are_as_expected(width):
    """Pairs of independent uniform times fall into bins with the expected mean; z = 5 with a Poisson variance.

    That variance is low by a factor of about 1 + 2 r w for sharing spikes; 4 bounds it at 5 Hz and 100 ms.
    """
    spikes = poisson(5.0, 1000.0, 20_000, seed=3)
    others = poisson(5.0, 1000.0, 20_000, seed=4)
    for result in (autocorrelogram(spikes, 500.0, width), cross_correlogram(spikes, others, 500.0, width)):
        z = (result.counts - result.expected) / np.sqrt(result.expected)
        assert np.abs(z).max() < 5 * 2
        assert np.sqrt(np.mean(z**2)) < 2
        # The lag is known to the fine structure of the middle bin, whose mean |lag| is a quarter of its width.
        assert result.ratio[result.lags.size // 2] == pytest.approx(1, abs=10 / np.sqrt(result.expected.min()))


def test_a_follower_shows_at_its_delay():
    leader = poisson(20.0, 10_000.0, seed=5).train(0)
    leader = leader[leader < 9990]
    result = cross_correlogram(leader, leader + 3.0, 20.0, 1.0, t_stop=10_000.0)
    assert result.lags[result.counts.argmax()] == 3.0
    assert result.counts.max() >= leader.size
    assert result.rate.max() == pytest.approx(result.counts.max() / leader.size * 1000)


def test_silent_trains():
    result = cross_correlogram([], [1.0], 5.0, 1.0, t_stop=10.0)
    assert result.counts.sum() == 0 and np.isnan(result.rate).all() and np.isnan(result.ratio).all()
    assert autocorrelogram([], 5.0, 1.0, t_stop=10.0).counts.sum() == 0
