"""Figures of published models, on numbers of their papers."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.figures.gap_junctions import fano_factor
from rheobase.figures.reward import W_START, conditioned, one_pair
from rheobase.figures.voltage_plasticity import MEASURED, clamped, clamped_in_theory


@pytest.mark.parametrize(("name", "lag"), [("pre first", 10), ("post first", -10)])
def test_weights_change_with_the_frequency_of_pairing_as_measured(name, lag, drawn):
    """Clopath et al. 2010 fitted these data of Sjöström et al. 2001."""
    change = drawn("Clopath 2010").numbers[name]
    mean, error = np.array([*MEASURED[lag].values()]).T
    assert (np.abs(change - mean) < 2.5 * error).all()
    assert (np.diff(change[1:]) > 0).all(), "potentiation grows with frequency"
    assert change[-1] > 0.25, "at 50 Hz the order does not matter"


def test_a_held_potential_decides_between_depression_and_potentiation():
    """The change is 0 up to theta_minus, and again where A_LTP (V - theta_plus) = A_LTD: at -43.55 mV."""
    V = np.array([-75.0, -60.0, -50.0, -43.6, -43.5, -35.0])
    change = clamped(V)
    np.testing.assert_allclose(change, clamped_in_theory(V), rtol=0.01, atol=5e-4)  # the trace is summed in steps
    assert abs(change[0]) < 1e-12
    assert change[3] < -1e-3
    assert change[4] > 1e-3
    assert np.argmin(clamped_in_theory(np.linspace(-80, -30, 5001))) == pytest.approx(3470, abs=1), "at theta_plus"


def test_eligibility_and_dopamine_follow_izhikevich():
    """c jumps by A exp(-lag / 20 ms) and decays in 1 s, dopamine in 0.2 s; the weight moves once both are there."""
    trace = one_pair(reward_at=1500.0)
    t, c, d, w = (trace[name] for name in "tcdw")
    late = t > 300
    np.testing.assert_allclose(c[late], c[late][0] * np.exp(-(t[late] - t[late][0]) / 1000), rtol=1e-6)
    late = t > 1600
    np.testing.assert_allclose(d[late], d[late][0] * np.exp(-(t[late] - t[late][0]) / 200), rtol=1e-6)
    before, after = w[t == 1500][0] - W_START, w[-1] - W_START
    assert 0 < before < 0.1 * after


def test_a_rewarded_synapse_grows_among_all():
    """Ten minutes: the rewarded synapses of four neurons lie beyond chance, three standard errors."""
    weights = conditioned(4, 600e3, seed=1, every=600e3)[-1]
    rewarded, others = weights[:, 0], weights[:, 1:]
    assert rewarded.mean() - others.mean() > 3 * others.std() / 2
    assert abs(others.mean() - W_START) < 0.15, "the others stay where they were"


def test_gap_junctions_synchronise_as_published():
    """Hahne et al. 2015: asynchronous at 0.3 nS, between both states at 0.54 nS, synchronous at 0.7 nS."""
    loose, wandering, tight = (rb.circuits.gap_junctions(g, seed=3, threads=1).run(500) for g in (0.3, 0.54, 0.7))
    assert fano_factor(loose) < 10
    assert fano_factor(tight) > 200
    first, last = (np.histogram(wandering.spikes("i").times, np.arange(t, t + 101.0))[0] for t in (200, 400))
    assert first.var() / first.mean() > 100
    assert last.var() / last.mean() < 10


def test_gap_junctions_name_what_they_refuse():
    for arguments, match in (({"weight": -1}, "weight must be >= 0"), ({"n": 1}, "n must be >= 2"), ({"dt": 2}, "dt")):
        with pytest.raises(ValueError, match=match):
            rb.circuits.gap_junctions(**arguments)


def test_exact_rates_are_those_of_the_spikes(drawn):
    """As in test_theory_exact_rates.py: 1000 neurons miss the ends of the distribution, up to 4 Hz."""
    numbers = drawn("Montbrio 2015").numbers
    for name in ("before", "after"):
        assert abs(numbers[name] - numbers[f"{name}, exact"]) < 4
    assert numbers["after"] > 10 * numbers["before"], "the network remembers the step"


def test_mean_fields_are_near_the_engine(drawn):
    """Rates within 3 % and a standard error; layer 2/3 of the microcircuit is correlated, and further off.

    Networks connected by chance differ by 6 %, and the mean of eight has a standard error of 2 %. Brunel's network
    fires for 0.3 s, with a power of 0.04 Hz at low frequencies: 1 %. Neurons that adapt are followed for longer.
    """
    numbers = drawn("mean fields").numbers
    for name, largest in (("textbook, connected by chance", 5), ("Brunel 2000", 4), ("AdEx", 2)):
        assert numbers[f"largest error, {name} (%)"] < largest
    assert numbers["largest error, microcircuit, full scale (NEST) (%)"] < 18
    assert 5.0 < numbers["onset (ms)"] < 5.5
    # Linear theory of first order in 1/N is up to a quarter off near a rhythm, and an s.d. of some seconds by a tenth.
    for name in ("textbook", "Brunel 2000", "AdEx"):
        assert 0.75 < numbers[f"s.d. of the rate, engine over theory, {name}"] < 1.25


def test_curves_of_wilson_and_cowan_meet_where_the_closed_form_says(drawn):
    """As in test_dynamics_bifurcation_curves.py; by symmetry (P, Q) is the same as (−P, −12 − Q)."""
    numbers = drawn("two parameters").numbers
    on_folds, on_hopf = (numbers[f"Bogdanov-Takens on {kind} curves"] for kind in ("fold", "Hopf"))
    for point in on_hopf:
        assert np.abs(on_folds - point).max(axis=1).min() < 1e-5
    assert len(on_hopf) == 4
    # Two of the double zeros send out homoclinic curves, which can be followed to within 2 % of the ranges.
    gaps = [np.abs(numbers["homoclinic curves"] - point).max(axis=1).min() for point in on_hopf]
    assert sum(gap < 0.02 * 14 for gap in gaps) == 2
    for key in "cusp on fold curves", "Bogdanov-Takens on fold curves":
        for point in numbers[key]:
            assert np.abs(numbers[key] - (-point[0], -12 - point[1])).max(axis=1).min() < 1e-5
