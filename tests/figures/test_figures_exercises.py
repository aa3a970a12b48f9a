"""What the solved exercises of the textbook claim, and that the list of all exercises names things that exist."""

import re
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import rheobase as rb

EXERCISES = [
    *("1.2.1", "1.2.2", "1.3.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3.1", "2.3.2", "2.3.3", "3.1.1", "3.3.1"),
    *("4.1.1", "4.2.1", "4.2.2", "4.2.3", "4.3.1", "4.3.2"),
    *("A.2.1", "A.3.1", "A.4.1", "A.5.1", "A.6.1", "A.6.2", "A.7.1", "A.7.2", "A.7.3", "A.7.4"),
    *("A.9.1", "A.9.2", "A.9.3", "A.9.4", "B.1.1"),
]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "exercises.md").read_text(encoding="utf-8")


def test_the_page_lists_every_exercise_once():
    assert len(EXERCISES) == 33
    assert re.findall(r"^\| ([\dAB]\.\d\.\d) \|", PAGE, re.M) == EXERCISES


def test_the_page_names_what_exists():
    """Each call can be reached, each figure is in the gallery, and an exercise with a figure of its own shows it."""
    calls = re.findall(r"`rb\.([\w.]+)`", PAGE)
    assert len(calls) >= len(EXERCISES)
    for call in calls:
        found = rb
        for name in call.split("."):
            found = getattr(found, name)
        assert callable(found), call
    entries = rb.figures.entries()
    for row in re.findall(r"^\| [\dAB]\.\d\.\d \|.*$", PAGE, re.M):
        exercise = row.split("|")[1].strip()
        assert "`rb." in row
        shown = re.findall(r"\{doc\}`([^`]+) <generated/figures/([^>]+)>`", row)
        for name, page in shown:
            assert name in entries and page == re.sub(r"[^\w.]+", "-", name)
        own = [entry.name for entry in entries.values() if f"Ex. {exercise}" in (entry.name, *entry.also)]
        assert own == [name for name, _ in shown] or (not own and len(shown) <= 1)


def test_threshold_of_the_eif(drawn):
    numbers = drawn("Ex. 1.2.1").numbers
    assert numbers["I_th"] == 15
    assert (numbers["spikes"] > 0).tolist() == [False, False, True, True]
    assert numbers["minima of dV/dt"] == approx([-1 / 15, 1 / 15], abs=1e-4)


def test_rising_synapses(drawn):
    """Potentials by the formula for the response of a membrane of 10 ms to exponentials of 4 and 0.5 ms."""
    numbers = drawn("Ex. 1.3.1").numbers
    t = np.linspace(0, 40, 4001)
    response = lambda tau: tau / (10 - tau) * (np.exp(-t / 10) - np.exp(-t / tau))  # noqa: E731
    rising, jumping = 12 / 3.5 * (response(4) - response(0.5)), 12 / 5 * response(5)
    assert numbers["first EPSP"] == approx([jumping.max(), rising.max()], abs=1e-4)
    assert numbers["largest difference of V"] < 0.1 * rising.max()
    assert numbers["largest difference of I"] > 0.8 * 12 / 5


def test_samples_of_cv_and_fano_factor(drawn):
    """A standard deviation of 200 samples is known to 5 %; few intervals and skewness leave it below theory's."""
    numbers = drawn("Ex. 2.2.1").numbers
    assert numbers["sd of the CV"] == approx(numbers["1/√(r T)"], rel=0.2)
    assert numbers["sd of the Fano factor"] == approx(numbers["√(2/(n − 1))"], rel=0.2)
    error = numbers["√(2/(n − 1))"] / np.sqrt(200)
    assert np.all(np.abs(numbers["mean Fano factor"] - 1) < 4 * error)  # with n − 1 it has no bias
    assert np.all(np.diff(np.abs(numbers["mean CV"] - 1)) < 0)  # the CV has one, of about 1/n


def test_averages_over_trials_and_time(drawn):
    numbers = drawn("Ex. 2.3.1").numbers
    assert numbers["K j r"] == approx(24)
    assert numbers["over 1000 trials"] == approx(24, abs=4 * numbers["s.d. over trials"])
    assert numbers["over time"] == approx(24, abs=4 * numbers["s.d. over time"])


def test_fi_curves_under_other_inputs(drawn):
    """Above threshold the mean decides within 15 %; below, twice the noise more than doubles the rate.

    40 neurons count 60 Hz s of each rate, which gives r/60 for the variance of a Poisson process; theory takes
    the shot noise as Gaussian.
    """
    numbers = drawn("Ex. 2.3.2").numbers
    means = numbers["I"]
    curves = {name: values for name, values in numbers.items() if name.endswith(("doubled", "varied", "2.6"))}
    measured = {name: values for name, values in curves.items() if not name.startswith("theory")}
    assert len(measured) == 8
    above = np.array([values[means > 16] for values in measured.values()])
    assert np.ptp(above[:, 1:], axis=0) == approx(0, abs=0.1 * above[:, 1:].mean())
    noise = [numbers[f"{name}, s.d. of V at 8 mV"] for name in measured]
    rates = [values[1] for values in measured.values()]
    assert np.corrcoef(noise, rates)[0, 1] > 0.95
    assert max(rates) > 5 * min(rates)
    for name in ("as in figure 2.6", "$j_i$ doubled", "$j_i$ varied"):
        rate = numbers[name]
        assert np.all(np.abs(numbers[f"theory, {name}"] - rate) < 4 * np.sqrt(rate / 60) + 0.06 * rate)


def test_cv_along_the_fi_curve(drawn):
    """The CV of n intervals is known to about 1/√(2n); 20 neurons with at least 30 each give it to 0.03."""
    numbers = drawn("Ex. 2.3.3").numbers
    cv, mean = numbers["CV"], numbers["I"]
    assert np.all(np.diff(cv) < 0.03)
    assert cv[mean < 12.5].min() > 0.75
    assert cv[mean > 22].max() < 0.55
    assert np.all(numbers["rate"] * 9.8 > 30)


def test_quenched_randomness(drawn):
    """The standard deviation over 400 neurons is known to 1/√800."""
    numbers = drawn("Ex. 3.1.1").numbers
    assert numbers["N p j r"] == approx(25.6)
    assert numbers["quenched s.d."] == approx(16 * 0.008 * np.sqrt(2000 * 0.1 * 0.9))
    assert numbers["mean"] == approx(25.6, abs=4 * numbers["its s.d., theory"])
    assert numbers["s.d. over neurons"] == approx(numbers["s.d. over neurons, theory"], rel=4 / np.sqrt(800))


def test_slow_inhibition_makes_spikes_oscillate(drawn):
    numbers = drawn("Ex. 3.3.1").numbers
    assert numbers["s.d. / mean (4, 6)"] > 2 > 1 > numbers["s.d. / mean (6, 4)"]
    assert numbers["χ (4, 6)"] > 3 * numbers["χ (6, 4)"]
    assert 20 < numbers["peak at (4, 6)"] < 40


def test_plastic_inhibition_follows_its_input(drawn):
    """Near its fixed point what is left decays at the rate of the slowest eigenvalue; from afar within twice that."""
    numbers = drawn("Ex. 4.1.1").numbers
    for phase, sign in ((2, 1), (3, -1)):
        start, end = sign * (numbers[f"start and end of r_e, phase {phase}"] - 5)
        left = np.exp(-numbers[f"rate of approach, phase {phase}"] * (10_000 - 200))
        assert start > 1
        assert 0 <= end < 2 * left * start
        assert numbers[f"end of w_ei, phase {phase}"] == approx(
            numbers[f"fixed point of w_ei, phase {phase}"], rel=0.02
        )
    assert numbers["fixed point of w_ei, phase 2"] < numbers["fixed point of w_ei, phase 1"]  # more inhibition


def test_recursive_least_squares_learns(drawn):
    numbers = drawn("Ex. 4.2.3").numbers
    assert max(numbers["RMSE before freezing, LMS"], numbers["RMSE before freezing, RLS"]) < 0.05
    assert numbers["RMSE after freezing, LMS"] > 0.3
    assert numbers["RMSE after freezing, RLS"] < 0.1


def test_the_order_of_euler(drawn):
    numbers = drawn("Ex. A.6.1").numbers
    assert numbers["orders at the smallest dt"] == approx([1, 4], abs=0.05)
    # One step too short by x''/2 dt², summed with a decay: the error is 7 · (1/2)(dt/τ)(t/τ) e^{−t/τ} at its largest.
    assert numbers["Euler"][-1] == approx(7 * 0.5 * 0.0125 / np.e, rel=0.02)


def test_phase_line_of_a_cubic(drawn):
    numbers = drawn("Ex. A.7.3").numbers
    assert numbers["fixed points"] == approx([-1, 1, 2], abs=1e-9)
    assert numbers["slopes"] == approx([-6, 2, -3], abs=1e-6)
    assert numbers["x(5)"] == approx(np.where(numbers["from"] < 1, -1, 2), abs=1e-3)


def test_saddle_node(drawn):
    numbers = drawn("Ex. A.7.4").numbers
    assert numbers["fixed points (-1)"] == approx([-1, 1])
    assert numbers["slopes (-1)"] == approx([-2, 2])
    assert [len(numbers[f"fixed points ({a})"]) for a in (0, 1)] == [1, 0]
    assert numbers["fold"] == approx(0, abs=1e-9)


def test_degenerate_hopf(drawn):
    numbers = drawn("Ex. A.9.4").numbers
    assert numbers["Hopf at c"] == approx(0, abs=1e-9)
    assert numbers["frequency"] == approx(1)
    # The cycles mirror each other in time: the multipliers are inverse.
    assert numbers["period, c = -0.5"] == approx(numbers["period, c = 0.5"], rel=1e-8)
    assert numbers["multipliers, c = -0.5"].min() == approx(1 / numbers["multipliers, c = 0.5"].max(), rel=1e-4)
    # Euler multiplies the distance from a centre by √(1 + dt²) in a step, in 2000 steps of 0.02 by e^0.4.
    assert numbers["amplitude of y from (0.3, 0), c = 0"] == approx(0.3 * np.exp(0.4), rel=0.02)


def test_light_drives_a_neuron(drawn):
    """A second of light holds the exact rate but for the last interval and the first, in which the channel opens."""
    numbers = drawn("Ex. B.1.1").numbers
    assert numbers["rate, exact"][-1] == approx(20)
    assert numbers["conductance for 20 Hz"] == approx(numbers["conductance"][-1])
    assert np.all(np.abs(numbers["rate"] - numbers["rate, exact"]) <= 1.5)


@pytest.mark.parametrize("exercise", [name for name in rb.figures.names("000") if name.startswith("Ex.")])
def test_every_solved_exercise_is_listed(exercise):
    assert f"`{exercise} <" in PAGE
