"""The microcircuit of Potjans and Diesmann: its tables, its scaling and its activity."""

import numpy as np
import pytest

import rheobase as rb
from rheobase import spikes
from rheobase.circuits.microcircuit import (
    EXTERNAL_IN_DEGREES,
    EXTERNAL_RATE,
    NEURONS,
    POPULATIONS,
    REFERENCE_RATES,
    TAU_SYN,
    THALAMIC_NEURONS,
    WEIGHT,
    steady_input,
    synapse_numbers,
    weights,
)

#: Rates (Hz) of NEST 3.10 at a tenth of the size, Poisson drive, seed 1234, 2 s after 0.5 s: made by
#: benchmarks/microcircuit_peers.py.
NEST_AT_A_TENTH = (0.462, 2.056, 3.900, 4.966, 6.461, 7.764, 0.805, 7.000)


def test_the_full_network_has_the_published_size():
    assert NEURONS.sum() == 77_169
    assert synapse_numbers().sum() == 298_880_968
    assert synapse_numbers().dtype == np.int64


def test_weights_and_background_are_the_published_ones():
    mean = weights()
    assert mean[0, 2] == pytest.approx(2 * 87.81)
    assert mean[0, 0] == pytest.approx(87.81)
    assert mean[3, 5] == pytest.approx(-4 * 87.81)
    np.testing.assert_allclose(steady_input(1.0, "dc"), 8 * EXTERNAL_IN_DEGREES * 87.81 * 0.5e-3)
    np.testing.assert_array_equal(steady_input(1.0, "poisson"), 0)


@pytest.mark.parametrize("drive", ["poisson", "dc"])
@pytest.mark.parametrize("k", [0.1, 0.5])
def test_scaling_keeps_mean_and_variance_of_the_input(drive, k):
    """At the reference rates: in-degrees times k, weights by √k, and the steady current for what is missing."""

    def moments(k):
        in_degrees, weight = k * synapse_numbers() / NEURONS[:, None], weights() / np.sqrt(k)
        mean = (in_degrees * weight) @ REFERENCE_RATES * TAU_SYN * 1e-3 + steady_input(k, drive)
        variance = (in_degrees * weight**2) @ REFERENCE_RATES
        if drive == "poisson":
            mean += k * EXTERNAL_IN_DEGREES * WEIGHT / np.sqrt(k) * EXTERNAL_RATE * TAU_SYN * 1e-3
            variance += k * EXTERNAL_IN_DEGREES * (WEIGHT / np.sqrt(k)) ** 2 * EXTERNAL_RATE
        return mean, variance

    for scaled, full in zip(moments(k), moments(1.0), strict=True):
        np.testing.assert_allclose(scaled, full, rtol=1e-12)


def test_a_small_network_is_built_as_its_tables_say():
    net = rb.circuits.microcircuit(0.02, threads=1)
    net.build()
    assert [p.name for p in net] == list(POPULATIONS)
    np.testing.assert_array_equal([p.n for p in net], np.round(0.02 * NEURONS))
    totals = synapse_numbers(0.02, 0.02)
    assert net.synapse_count == totals.sum()
    i, j = POPULATIONS.index("L4E"), POPULATIONS.index("L4I")
    (inhibitory,) = (q for q in net.projections if (q.post.name, q.pre.name) == ("L4E", "L4I"))
    drawn = inhibitory.connections()
    n, mean = totals[i, j], weights()[i, j] / np.sqrt(0.02)
    assert len(drawn["weight"]) == n
    # five standard errors: chance of a false alarm below 1e-6
    assert drawn["weight"].mean() == pytest.approx(mean, abs=5 * 0.1 * abs(mean) / np.sqrt(n))
    assert (drawn["weight"] < 0).all()
    expected = rb.Normal(0.75, 0.375, low=0.05).mean_value()
    assert drawn["delay"].mean() == pytest.approx(expected, abs=5 * 0.375 / np.sqrt(n))
    assert drawn["delay"].min() >= 0.1 - 1e-12


def test_a_tenth_fires_as_in_nest():
    """Over 2 s, two seeds differ by up to a tenth (layer 5 E, whose population bursts together): s.d. about 0.05 of
    the rate here and in the reference, and √2 times it for half the time, so 0.25 is four s.d. of the difference."""
    result = rb.circuits.microcircuit(0.1, threads=1).run(1500)
    rates = result.rates(t_start=500)
    for name, nest in zip(POPULATIONS, NEST_AT_A_TENTH, strict=True):
        assert rates[name] == pytest.approx(nest, rel=0.25), name
    cv = spikes.cv(result.spikes("L4I").between(500, 1500))
    assert 0.5 < np.nanmean(cv) < 0.9  # 0.8 over 5 s; a handful of intervals, as here, reads low


def test_thalamus_fires_in_its_window_and_is_heard():
    """Its target layer 4 fires more than without it: some 80 spikes in 13 ms without, and a half more are 4 s.d."""
    with_it = rb.circuits.microcircuit(0.05, thalamus=(100, 110), threads=1).run(130)
    volley = with_it.spikes("thalamus").times
    assert volley.min() > 100 and volley.max() <= 110 + 1e-9
    expected = THALAMIC_NEURONS * 120e-3 * 10
    assert volley.size == pytest.approx(expected, abs=5 * np.sqrt(expected))  # Poisson: five s.d.
    without = rb.circuits.microcircuit(0.05, threads=1).run(130)
    assert without.spikes("L4E").between(0, 100) == with_it.spikes("L4E").between(0, 100)
    heard, alone = (np.diff(np.searchsorted(r.spikes("L4E").times, [102, 115]))[0] for r in (with_it, without))
    assert heard > 1.5 * alone


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0}, "scale must be > 0 and <= 1"),
        ({"scale": 0.1, "in_degree_scale": 2}, "in_degree_scale must be > 0 and <= 1"),
        ({"scale": 0.01, "drive": "poison"}, "did you mean 'poisson'"),
        ({"scale": 0.01, "thalamus": (710, 700)}, "thalamus must be a window"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        rb.circuits.microcircuit(**arguments)
