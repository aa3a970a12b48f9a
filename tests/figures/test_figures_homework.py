"""The numbers of the figures on rate models and Hopfield networks, and what their artists show."""

from ast import literal_eval

import numpy as np
import pytest
from pytest import approx

import rheobase as rb
from rheobase.figures.panels import shows_tick_labels

NAMES = [*(f"H{k}" for k in range(1, 9)), "H-table1", *(f"H{k}" for k in range(9, 19))]


def axes_of(figure, title):
    """Return the panel with this letter or title at its left corner."""
    (found,) = [ax for ax in figure.picture.axes if ax.get_title(loc="left") == title]
    return found


def axes_of_only(figure):
    return figure.picture.axes[0]


def test_every_figure_of_the_homework_is_in_the_list():
    assert rb.figures.names("001") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_of_the_homework_is_labelled_and_drawn_on(name, drawn):
    figure = drawn(name)
    assert figure.source == "001"
    assert figure.numbers
    for value in figure.numbers.values():
        assert np.all(np.isfinite(np.asarray(value, dtype=float)))
    figure.picture.draw_without_rendering()
    for ax in figure.picture.axes:
        assert ax.has_data() or ax.tables
        if ax.axison and ax.get_label() != "<colorbar>":
            assert ax.get_xlabel() or not shows_tick_labels(ax)


def test_activation_function(drawn):
    figure = drawn("H1")
    assert figure.numbers["f(0)"] == 60
    assert figure.numbers["f(5)"] == approx(119.994552, abs=1e-6)
    assert figure.numbers["f(-5)"] == approx(0.005448, abs=1e-6)
    assert figure.numbers["slope at 0"] == approx(60)
    s, f = axes_of_only(figure).lines[0].get_xydata().T
    assert (s[0], s[-1]) == (-5, 5)
    assert f == approx(60 * (1 + np.tanh(s)))


def test_bistable_neuron(drawn):
    numbers = drawn("H2").numbers
    assert numbers["fixed points"] == approx([0.305908, 60, 119.694092], abs=1e-6)
    assert numbers["r(8) from 60"] == 60
    # After leaving 60 the rate approaches its state as exp(−0.97 t).
    assert numbers["r(8) from 59"] == approx(0.305908, abs=0.2)
    assert numbers["r(8) from 61"] == approx(119.694092, abs=0.2)
    assert numbers["r(8) from 59"] + numbers["r(8) from 61"] == approx(120, abs=1e-5)


def test_noise_does_not_switch_the_neuron(drawn):
    numbers = drawn("H3").numbers
    # E63: the source has σ = 1 switch sometimes and σ = 5 all the time. At Kramers' rate a switch comes in 1e-31 runs.
    assert [numbers[f"switches ({sigma})"] for sigma in ("0.1", "1", "5")] == [0, 0, 0]
    assert numbers["barrier"] == approx(971.24, abs=0.005)
    assert numbers["Kramers rate (5)"] == approx(4e-35, rel=0.05)
    assert numbers["Kramers rate (30)"] == approx(0.0256, abs=5e-5)
    # 95 switches are expected in 40 runs of 100 at the measured 0.0237, and 102 by Kramers; 4 s.d. of a Poisson number.
    assert numbers["switches (30)"] == approx(0.0237 * 4000, abs=4 * np.sqrt(95))
    for sigma in ("0.1", "1", "5"):
        # 40 runs of 90 at a correlation time of 1/0.97 fix the s.d. to 1.2 %; the Euler step of 0.05 adds 1.2 %.
        assert numbers[f"sd ({sigma}, ddof 0)"] == approx(0.71815 * float(sigma) * 1.0124, rel=4 * 0.012)
        # Each run falls to either state with probability ½: s.d. 0.079 of 40.
        assert numbers[f"fraction low ({sigma})"] == approx(0.5, abs=4 * 0.079)
    assert "there is none" in drawn("H3").caption


def test_flux(drawn):
    figure = drawn("H4")
    assert figure.numbers["zeros"] == approx([0.305908, 60, 119.694092], abs=1e-6)
    assert figure.numbers["slopes"] == approx([-0.969487, 2, -0.969487], abs=1e-6)
    assert "slope −0.969" in {text.get_text() for text in axes_of_only(figure).texts}


def test_fixed_points_over_weight_and_input(drawn):
    figure = drawn("H5")
    numbers = figure.numbers
    assert (numbers["least"], numbers["most"]) == (1, 3)
    assert numbers["cusp"] == approx([1 / 60, -1], abs=1e-6)
    assert numbers["folds at w = 0.05"] == approx([-4.303274, -1.696726], abs=1e-6)
    w, drive = numbers["line"].T
    t = np.sqrt(1 - 1 / (60 * w))
    branches = [s * np.arctanh(t) - 60 * w * (1 + s * t) for s in (1, -1)]
    assert np.min(np.abs(drive - branches), axis=0) == approx(np.zeros(w.size), abs=1e-6)
    counts = axes_of_only(figure).collections[0].get_array()
    grid_w, grid_drive = np.meshgrid(np.linspace(0.002, 0.08, 30), np.linspace(-8, 1, 31))
    t = np.sqrt(np.maximum(1 - 1 / (60 * grid_w), 0))
    three = np.abs(grid_drive + 60 * grid_w) < 60 * grid_w * t - np.arctanh(t)
    assert np.array_equal(counts.reshape(three.shape) == 3, three)


LOW, HIGH = 0.00227196, 49.99772804


def test_mutual_excitation_in_time(drawn):
    numbers = drawn("H6").numbers
    ends = [LOW, HIGH, LOW, HIGH]
    # Eight time constants after a start up to 50 away.
    for (name, rates), end in zip(numbers.items(), ends, strict=True):
        assert rates == approx([end, end], abs=0.02), name


def test_mutual_excitation_in_state_space(drawn):
    figure = drawn("H7")
    numbers = figure.numbers
    assert numbers["x + y on the separatrix"] == approx(50, abs=1e-4)
    starts = {name: np.array(literal_eval(name[5:])) for name in numbers if name.startswith("from")}
    assert len(starts) == 7
    for name, start in starts.items():
        assert numbers[name] == approx(np.full(2, HIGH if start.sum() > 50 else LOW), abs=1e-3)


def test_nullclines_of_mutual_excitation(drawn):
    figure = drawn("H8")
    points = [[LOW, LOW], [25, 25], [HIGH, HIGH]]
    assert figure.numbers["fixed points"] == approx(np.array(points), abs=1e-6)
    # E65: printed with the arrows reversed. At (24, 25) and (26, 25), x' = f(0) − x = ±1.
    assert figure.numbers["dx/dt beside the x-nullcline"] == approx([1, -1])
    lines = {str(line.get_label()): line.get_xydata().T for line in axes_of_only(figure).lines}
    x, y = lines["x-nullcline"]
    assert x == approx(50 / (1 + np.exp(10 - 0.4 * y)), abs=1e-3)
    # E64: it is steepest where 0.4 y − 10 = 0, at 25, not where that is 25.
    assert y[np.gradient(x, y).argmax()] == approx(25, abs=0.3)


def test_table_of_stability(drawn):
    figure = drawn("H-table1")
    numbers = figure.numbers
    assert numbers["eigenvalues, middle"] == approx([4, -6])
    assert numbers["determinant, middle"] == approx(-24)
    for name in ("low", "high"):
        assert numbers[f"eigenvalues, {name}"] == approx([-0.9990913, -1.0009087], abs=1e-7)
        assert numbers[f"determinant, {name}"] == approx(0.99999917, abs=1e-8)
    cells = figure.picture.axes[0].tables[0].get_celld()
    assert [cells[row, 5].get_text().get_text() for row in (1, 2, 3)] == ["stable node", "saddle", "stable node"]
    assert cells[2, 4].get_text().get_text() == "−24"


def test_bifurcation_of_mutual_excitation(drawn):
    numbers = drawn("H9").numbers
    assert numbers["fold"] == approx(-16.057001, abs=1e-6)
    assert numbers["x at the fold"] == approx(47.36068, abs=1e-5)
    assert numbers["second fold"] == approx(-3.942999, abs=1e-6)
    assert np.array_equal(numbers["number"], np.where(numbers["I"] > -16.057001, 3, 1))


@pytest.mark.parametrize(("name", "active"), [("H10", 16), ("H14", 26)])
def test_patterns(name, active, drawn):
    figure = drawn(name)
    image = axes_of_only(figure).images[0].get_array()
    assert image.shape == (8, 8)
    assert set(np.unique(image)) == {-1, 1}
    assert np.array_equal(image, image[:, ::-1])  # both pictures are symmetric
    assert figure.numbers["active"] == (image > 0).sum() == active


def test_weights(drawn):
    assert drawn("H11").numbers["64 W"].tolist() == [-1, 1]
    assert drawn("H15").numbers["64 W"].tolist() == [-2, 0, 2]
    for name, trace in (("H11", 1), ("H15", 2)):  # the diagonal is kept
        assert drawn(name).numbers["trace"] == trace
        weights = axes_of_only(drawn(name)).images[0].get_array()
        assert np.array_equal(weights, weights.T)


def test_activity_settles_into_the_pattern(drawn):
    numbers = drawn("H12").numbers
    # Noise leaves 0.0707 per unit, 0.009 in the overlap; .98 is 2.3 s.d. away, and 5 e-folds of the start remain.
    assert abs(numbers["overlap(10)"]) > 0.96
    assert abs(numbers["overlap(0)"]) < 0.6


def test_one_pattern_makes_two_attractors(drawn):
    numbers = drawn("H13").numbers
    ends = numbers["overlap(10)"]
    assert (np.abs(ends) > 0.96).all()  # 4.5 s.d. of the noise, 40 runs: false alarm 3e-4
    assert np.abs(ends).mean() > 0.98
    assert numbers["ends at X"] + numbers["ends at −X"] == 40
    assert 7 <= numbers["ends at X"] <= 33  # binomial with ½: outside in 2e-5 of cases
    # σ/√2 = 0.0707, and 2.6 % more from the Euler step of 0.1; 2560 units leave a s.e. of 1.4 %.
    assert numbers["sd about the attractor (ddof 0)"] == approx(0.0707 / np.sqrt(0.95), rel=4 * 0.014)


def test_two_patterns_make_four_attractors(drawn):
    numbers = drawn("H16").numbers
    assert numbers["overlap of the patterns"] == 0.0625
    reached = [numbers[name] for name in ("X", "−X", "smiley", "−smiley")]
    assert sum(reached) == 40
    assert min(reached) >= 1  # a quarter each: one of the four missing comes in 4e-5 of cases
    ends = numbers["overlaps(10)"]
    larger, smaller = np.sort(np.abs(ends), axis=1).T[::-1]
    assert larger == approx(np.ones(40), abs=0.05)
    assert smaller == approx(np.full(40, 0.0625), abs=0.05)


def test_recovery(drawn):
    figure = drawn("H17")
    assert figure.numbers["flipped"] == 19
    assert figure.numbers["overlap(0)"] == 0.40625
    assert figure.numbers["overlap(10)"] >= 0.96
    t, m = axes_of(figure, "B").lines[0].get_xydata().T
    assert (t[0], t[-1]) == approx((0, 10))
    assert m[0] == 0.40625


def test_capacity(drawn):
    numbers = drawn("H18").numbers
    assert numbers["0.138 N"] == approx(8.832)
    assert numbers["N/(2 ln N)"] == approx(7.694, abs=5e-4)
    assert numbers["N/(4 ln N)"] == approx(3.847, abs=5e-4)
    table = {  # 10, 20, 30 % of 64 units flipped, 60 networks
        5: (1.00, 0.97, 0.83),
        7: (0.97, 0.90, 0.71),
        8: (0.95, 0.87, 0.59),
        9: (0.91, 0.79, 0.51),
        10: (0.88, 0.73, 0.41),
        12: (0.77, 0.55, 0.22),
        15: (0.59, 0.32, 0.09),
    }
    for count, expected in table.items():
        (row,) = np.flatnonzero(numbers["counts"] == count)
        error = np.maximum(numbers["standard error"][row], 1 / (40 * count))
        # The table's 60 networks add 40/60 to the variance. 21 comparisons at 4.6 s.e.: false alarms 1e-4.
        assert (np.abs(numbers["recovered"][row] - expected) < 4.6 * np.sqrt(5 / 3) * error + 0.005).all(), count
    # E66: no one corruption is above 95 % up to 7 patterns and at half at 9.
    seven, nine = (numbers["recovered"][numbers["counts"] == count][0] for count in (7, 9))
    assert not ((seven > 0.95) & (nine < 0.6)).any()
    assert (np.diff(numbers["recovered"][numbers["counts"] >= 5], axis=1) < 0).all()


@pytest.mark.parametrize("name", ["H3", "H12", "H16"])
def test_a_seed_changes_the_chance_in_the_homework(name, drawn):
    again, other = (rb.figures.draw(name, seed=seed) for seed in (1, 2))
    assert _flat(drawn(name)) == _flat(again) != _flat(other)


def _flat(figure):
    return [np.asarray(value).tolist() for value in figure.numbers.values()]
