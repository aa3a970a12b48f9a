"""Working memory and decisions do what Brunel & Wang (2001) and Wang (2002) report."""

import numpy as np
import pytest
from scipy import stats

import rheobase as rb


def rate(res, name, t_start, t_stop):
    return res.spikes(name).between(t_start, t_stop).count().mean() / (t_stop - t_start) * 1e3


def weibull(coherence):
    """Share of correct decisions in the paper: alpha = 9.2 %, beta = 1.5."""
    return 1 - 0.5 * np.exp(-((coherence / 9.2) ** 1.5))


@pytest.mark.slow
def test_a_cue_is_remembered_until_it_is_erased():
    """Published: activity at rest about 3 Hz (inhibitory 9 Hz), remembered 20 to 30 Hz, the others as before."""
    res = rb.circuits.working_memory({"s2": 400}, erase=1400, seed=4).run(1800)
    assert rate(res, "s2", 100, 400) < 4
    assert 20 < rate(res, "s2", 700, 1400) < 40
    for name in ("s1", "s3", "s4", "s5"):
        assert rate(res, name, 700, 1400) < 6
    assert rate(res, "s2", 1600, 1800) < 10


@pytest.mark.slow
def test_without_a_cue_nothing_is_remembered():
    """Published: 3 Hz, inhibitory 9 Hz."""
    res = rb.circuits.working_memory({}, seed=2, threads=1).run(1000)
    assert all(rate(res, name, 500, 1000) < 8 for name in ("s1", "s2", "s3", "s4", "s5"))
    assert 1.5 < rate(res, "n", 500, 1000) < 4.5
    assert 7 < rate(res, "i", 500, 1000) < 11


@pytest.mark.slow
def test_decisions_follow_the_published_psychometric_curve():
    """Of eight decisions at 12.8 % nine tenths are right; at 51.2 % all."""
    n, right = 8, 0
    for seed in range(1, n + 1):
        res = rb.circuits.decision(12.8 if seed % 2 else -12.8, seed=seed, threads=1).run(1500)
        right += (rate(res, "a", 1250, 1500) > rate(res, "b", 1250, 1500)) == bool(seed % 2)
    assert stats.binomtest(right, n, weibull(12.8)).pvalue > 1e-3
    res = rb.circuits.decision(51.2, seed=1, threads=1).run(1500)
    assert rate(res, "a", 1250, 1500) > 20
    assert rate(res, "b", 1250, 1500) < 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rb.circuits.decision(120), "coherence must be .*100"),
        (lambda: rb.circuits.decision(t_start=100, t_stop=50), "t_start must be < t_stop = 50, got 100"),
        (lambda: rb.circuits.working_memory({"s6": 100}), "cues must be one of .*'s6'"),
        (lambda: rb.circuits.working_memory({"s1": -1}), r"cues\['s1'\] must be >= 0"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_stimulus_may_be_there_from_the_beginning():
    assert rb.circuits.decision(t_start=0.0)["stimulus_a"].n == 240


@pytest.mark.parametrize("arguments", [{"t_start": 0.03}, {"t_stop": 1000.05}, {"dt": 1.0}])
def test_decision_names_what_it_refuses(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        rb.circuits.decision(**arguments)
