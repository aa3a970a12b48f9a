"""The figures of the textbook's notebooks that are not in the text: their numbers, and what their artists show."""

import sys

import numpy as np
import pytest
from finished_figures import assert_labelled_and_drawn_on
from pytest import approx

import rheobase as rb

NAMES = [
    "4.3-digits",
    "EIFLIFQIF",
    "AdEx",
    "CondBasedSynapses",
    *(f"QIFOscPhase {k}" for k in (1, 2, 3)),
    "BinaryNet",
    "HopfieldNetwork",
    *(f"PopulationCoding {k}" for k in (1, 2, 3)),
    *(f"SurroundSuppression {k}" for k in (1, 2)),
]


def panel(figure, letter):
    (found,) = [ax for ax in figure.picture.axes if ax.get_title(loc="left") == letter]
    return found


def curve(figure, letter, label):
    (line,) = [line for line in panel(figure, letter).lines if line.get_label() == label]
    return line.get_xydata().T


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_is_labelled_and_drawn_on(name, drawn):
    if name == "4.3-digits":
        pytest.importorskip("sklearn")
    assert name in rb.figures.names("000")
    assert rb.figures.entries()[name].draw.__doc__
    figure = drawn(name)
    assert figure.caption
    assert_labelled_and_drawn_on(figure)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("EIF, LIF and QIF", "EIFLIFQIF"),
        ("phase response curve", "QIFOscPhase 2"),
        ("Hopfield network", "HopfieldNetwork"),
        ("surround suppression", "SurroundSuppression 1"),
        ("digits", "4.3-digits"),
    ],
)
def test_topics_find_the_figures(topic, name):
    assert rb.figures.entries()[name].also == (topic,)


def test_three_integrate_and_fire_neurons(drawn):
    numbers = drawn("EIFLIFQIF").numbers
    assert [numbers[f"I_th {name}"] for name in ("EIF", "LIF", "QIF")] == [15, 17, 15]
    assert numbers["ISI EIF"] == approx(44.835, abs=5e-4)
    assert numbers["ISI LIF"] == approx(35.9684, abs=5e-5)
    assert numbers["ISI QIF"] == approx(43.164, abs=5e-4)
    assert numbers["spikes EIF"][:2] == approx([41.3, 86.5])
    assert numbers["spikes LIF"][:2] == approx([32.0, 67.9])
    assert (len(numbers["spikes EIF"]), len(numbers["spikes LIF"])) == (6, 8)
    # Forward Euler of 0.1 ms is late by less than 1 % here.
    for name in ("EIF", "LIF", "QIF"):
        assert np.diff(numbers[f"spikes {name}"]) == approx(numbers[f"ISI {name}"], rel=0.01)


def test_quadratic_neuron_reset_at_the_minimum_of_its_parabola(drawn):
    """E58: the notebook's rule gives 14 spikes every 20.6 ms; reset at V_th = 5 mV there are 6 every 43.2 ms."""
    figure = drawn("EIFLIFQIF")
    wrong = figure.numbers["spikes QIF, V_th = V_T"]
    assert len(wrong) == 14
    assert wrong[:2] == approx([19.6, 40.1])
    assert figure.numbers["ISI QIF, V_th = V_T"] == approx(20.6, abs=0.01)
    assert len(figure.numbers["spikes QIF"]) == 6
    drawn_V = [line.get_ydata() for line in panel(figure, "E").lines]
    assert [V.max() == 5 for V in drawn_V] == [True, False]
    assert drawn_V[1].max() < -54.9


def test_phase_lines_of_three_neurons(drawn):
    figure = drawn("EIFLIFQIF")
    for letter, I_0 in (("A", 15), ("B", 19)):
        for name in ("EIF", "QIF"):
            V, speed = curve(figure, letter, name)
            assert V[speed.argmin()] == approx(-55)
            assert speed.min() == approx((I_0 - 15) / 15)
        V, speed = curve(figure, letter, "LIF")
        assert V[-1] == -55
        assert speed[-1] == approx((I_0 - 17) / 15)


def test_adaptive_neuron(drawn):
    figure = drawn("AdEx")
    numbers = figure.numbers
    times = [41.7, 94.0, 155.0, 227.1, 313.3, 415.9, 534.2, 663.9, 799.7, 938.2]
    assert numbers["spikes"] == approx(times)
    assert numbers["ISI"][[0, -1]] == approx([52.3, 138.5])
    assert numbers["w max"] == approx(4.0375, abs=5e-5)
    assert numbers["w(999.9)"] == approx(3.62039609, abs=1e-8)
    (w,) = panel(figure, "B").lines
    assert w.get_ydata()[1:3] == approx([5e-5, 1.02821e-4], abs=5e-10)
    (V,) = panel(figure, "A").lines
    assert np.count_nonzero(V.get_ydata() == 5) == 10


def test_conductance_based_synapses(drawn):
    figure = drawn("CondBasedSynapses")
    numbers = figure.numbers
    assert numbers["EPSP"] == approx(-70.92317, abs=5e-6)
    assert numbers["IPSP"] == approx(-72.94349, abs=5e-6)
    assert numbers["pair"] == approx(-70.24271, abs=5e-6)
    assert numbers["g_e max"] == approx(0.067957, abs=5e-7)
    assert numbers["g_i max"] == approx(1.6)
    assert numbers["I_e peak"] == approx(4.8251, abs=5e-5)
    assert numbers["I_i peak"] == approx(-4.8022, abs=5e-5)
    # Current-based synapses of weight J (E − E_L) leave out the shunt: an IPSP of −1.2 mV instead of −0.94.
    assert numbers["IPSP, current-based"] + 72 == approx(-1.2, abs=0.01)
    assert numbers["EPSP, current-based"] + 72 == approx(1.08, abs=0.01)
    t, V = curve(figure, "H", "conductance-based")
    assert t[V.argmax()] == approx(215.1)
    assert t[V.argmin()] == approx(106.3)


def test_conductances_have_no_unit(drawn):
    """E60: the notebook labels them in mV."""
    figure = drawn("CondBasedSynapses")
    assert ["mV" in panel(figure, letter).get_ylabel() for letter in "BECF"] == [False, False, True, True]


def test_quadratic_neuron_as_a_phase(drawn):
    figure = drawn("QIFOscPhase 1")
    numbers = figure.numbers
    assert numbers["T_p"] == approx(np.pi / 2)
    # θ passes π at the spikes, found a step of 0.001 late at most.
    late = numbers["spikes of theta"] - np.pi / 2 * np.arange(1, 5)
    assert np.all((late > -1e-9) & (late < 0.001 + 1e-9))
    assert numbers["largest error of V"] < 1e-9
    assert numbers["largest error of φ"] < 1e-9
    t, theta = panel(figure, "D").lines[0].get_xydata().T
    at = np.searchsorted(t, numbers["spikes of theta"])
    assert theta[at] == approx(np.pi, abs=0.01)
    V, speed = panel(figure, "A").lines[1].get_xydata().T
    assert speed == approx(V**2 + 4)


def test_phase_response(drawn):
    figure = drawn("QIFOscPhase 2")
    numbers = figure.numbers
    assert numbers["G_1(π/4)"] == approx(0.231824, abs=5e-7)
    assert numbers["G(π/4)"] == approx(0.25)
    assert numbers["simulated by Euler"] == approx(0.228, abs=0.0015)  # steps of 0.001
    assert numbers["largest G_1"] == approx(0.24498, abs=5e-6)
    assert numbers["at"] == approx(0.66288, abs=5e-4)
    at, advance = numbers["points"]
    V = -2 / np.tan(2 * at)
    exact = (np.arctan((V + 1) / 2) - np.arctan(V / 2)) / 2
    assert numbers["simulated at π/4"] == approx(exact[0], abs=0.0011)
    assert advance == approx(exact, abs=0.0011)  # both spikes are found up to a step of 0.001 late
    assert curve(figure, "C", "simulated")[1] == approx(advance)
    assert curve(figure, "C", "$a\\,G(\\varphi)$, for small a")[1].max() == approx(0.25)


def test_phase_locking(drawn):
    figure = drawn("QIFOscPhase 3")
    phases = figure.numbers["phases"]
    assert phases[0] == approx(np.pi / 4, abs=2e-4)
    assert len(phases) == 14
    V = -2 / np.tan(2 * phases[:-1])
    expected = (np.arctan((V + 1) / 2) - np.arctan(V / 2)) / 2
    # A kick comes a step of 1e-4 after the spike that sends it, and this is found up to a step late.
    phi, steps = curve(figure, "C", "simulated")
    assert phi == approx(phases[:-1])
    assert steps == approx(expected, abs=3e-4)
    assert np.all(steps > 0)
    assert phases == approx(figure.numbers["predicted"], abs=3e-4)
    assert 0 < figure.numbers["gap at the end"] < 0.1


def test_binary_network(drawn):
    figure = drawn("BinaryNet")
    numbers = figure.numbers
    assert numbers["mean field"] == approx(0.0600935, abs=5e-8)
    assert numbers["mean-field variance"] == approx(0.265023, abs=5e-7)
    # The rate has an s.d. of 0.00077 over networks of 1000 steps; 4.5 s.d. are passed once in 150 000.
    assert numbers["rate"] == approx(0.0600935, abs=4.5 * 0.00077)
    _, density = curve(figure, "B", "mean field")
    assert density.max() == approx(1 / np.sqrt(2 * np.pi * 0.265023), rel=1e-4)
    shown = np.array([patch.get_height() for patch in panel(figure, "B").patches])
    assert shown.sum() * 0.1 == approx(1, abs=1e-3)


def test_the_variance_of_the_weights_counts(drawn):
    """E59: the notebook's variance 0.25 has no N σ_W² r; the inputs have 0.265."""
    # Over networks it has an s.d. of 0.0011: 0.0008 from 198 000 draws, the rest from the weights, which stay.
    variance = drawn("BinaryNet").numbers["variance of the input"]
    assert variance == approx(0.265023, abs=4.5 * 0.0011)
    assert variance - 0.25 > 9 * 0.0011


def test_hopfield_network(drawn):
    figure = drawn("HopfieldNetwork")
    numbers = figure.numbers
    N = numbers["N"]
    assert N == 784
    assert numbers["flipped"] == 77
    assert numbers["energy at the start"] == approx(-((1 - 2 * 77 / N) ** 2) + 1 / N)
    assert numbers["energy at the start"] == approx(-0.646, abs=0.002)
    assert numbers["energy of S0"] == approx(-0.998724, abs=5e-7)
    assert numbers["energy at the end"] < -0.98
    assert numbers["largest rise"] <= 0
    assert numbers["overlap"] >= 0.995
    # Each pixel is left out by all 5500 draws with probability e^(−5500/784) = 0.0009: 0.7 are expected, 8 once in 10⁶.
    assert numbers["pixels never visited"] < 8
    start, stored, end = (panel(figure, letter).images[0].get_array().ravel() for letter in "ABD")
    assert np.sum(start != stored) == 77
    assert np.mean(end * stored) == approx(numbers["overlap"])
    assert panel(figure, "C").lines[0].get_ydata()[-1] == approx(numbers["energy at the end"])


def test_the_diagonal_that_the_identity_takes_away(drawn):
    """E62: without diag(S0) instead, S0 has another energy, and black units keep a weight onto themselves."""
    figure = drawn("HopfieldNetwork")
    stored = panel(figure, "B").images[0].get_array().ravel()
    N = stored.size
    printed = (np.outer(stored, stored) - np.diag(stored)) / N
    assert np.diag(printed).max() == approx(2 / N)
    energy = -stored @ printed @ stored / N
    assert energy == approx(-(1 - stored.sum() / N**2))
    assert abs(energy - figure.numbers["energy of S0"]) > 1e-3


PAIR, MANY = "SpikeCounts2Neurons2Thetas.npz", "SpikeCounts112Neurons2ThetasTest.npz"


def test_two_neurons_and_two_stimuli(drawn_with_data):
    figure = drawn_with_data("PopulationCoding 1", PAIR)
    numbers = figure.numbers
    assert (numbers["threshold 1"], numbers["threshold 2"]) == approx((16.17, 16.03))
    assert (numbers["correct, neuron 1"], numbers["correct, neuron 2"]) == (78, 66)
    assert (numbers["correct, means"], numbers["correct, Fisher"]) == (81, 84)
    assert numbers["d'²"] == approx(2.902526, abs=5e-7)
    assert numbers["w"] == approx([0.202861, 0.162287], abs=5e-7)
    assert numbers["z"] == approx(5.881721, abs=5e-7)
    assert numbers["noise correlations"] == approx([0.15274, 0.16315], abs=5e-6)
    for letter in "AB":
        assert [patch.get_data().values.sum() for patch in panel(figure, letter).patches] == [50, 50]
    clouds = [cloud.get_offsets() for cloud in panel(figure, "C").collections]
    assert [cloud.mean(axis=0).tolist() for cloud in clouds] == approx(np.array([[21.3, 18.56], [11.04, 13.5]]))
    assert "surrogate" not in figure.caption.lower()


def test_many_neurons_and_two_stimuli(drawn_with_data):
    """E61: the notebook's 100 of 100 is in sample; on test trials its pseudo-inverse has 0.875, shrinkage 1.0."""
    figure = drawn_with_data("PopulationCoding 2", MANY)
    numbers = figure.numbers
    assert numbers["correct, 2 neurons"] == 84
    assert numbers["correct, 112 neurons, pseudo-inverse"] == 100
    assert numbers["test accuracy, 112 neurons, pseudo-inverse"] == 0.875
    assert numbers["correct, 112 neurons, shrinkage 0.2"] == 100
    assert numbers["test accuracy, 112 neurons, shrinkage 0.2"] == 1.0
    for letter, wrong in (("B", 5), ("D", 0)):
        rows = [line for line in panel(figure, letter).lines if line.get_marker() == "|"]
        assert all(line.get_ydata().min() > panel(figure, letter).get_ylim()[0] for line in rows)
        ticks = [line.get_xdata() for line in rows]
        threshold = next(line.get_xdata()[0] for line in panel(figure, letter).lines if line.get_linestyle() == "--")
        assert [len(at) for at in ticks] == [20, 20]
        assert np.sum(ticks[0] <= threshold) + np.sum(ticks[1] > threshold) == wrong


def test_correlated_noise_limits_a_pool(drawn):
    figure = drawn("PopulationCoding 2")
    for c, limit in ((0.005, 200), (0.01, 100), (0.1, 10)):
        assert figure.numbers[f"limit, c = {c:g}"] == approx(limit)
        K, snr = curve(figure, "C", f"c = {c:g}")
        assert snr == approx(1 / (c + (1 - c) / K))
    K, snr = curve(figure, "C", "c = 0")
    assert snr == approx(K)


def test_signal_and_noise(drawn):
    figure = drawn("PopulationCoding 3")
    found = [figure.numbers[f"SNR {letter}"] for letter in "ABCDEF"]
    assert found == approx([8.0, 40 / 9, 40.0, 40.0, 40 / 9, 0.0])
    for letter, c in zip("ABCDE", (0, 0.8, 0.8, -0.8, -0.8), strict=True):
        for cloud in (line for line in panel(figure, letter).lines if line.get_marker() in "os"):
            x, y = cloud.get_xydata().T
            # 50 draws: atanh of the correlation has an s.d. of 1/√47, the s.d. of the s.d. is 5/√98.
            assert np.arctanh(np.corrcoef(x, y)[0, 1]) == approx(np.arctanh(c), abs=4.5 / np.sqrt(47))
            assert np.std([x, y], axis=1, ddof=1) == approx([5, 5], abs=4.5 * 5 / np.sqrt(98))


@pytest.mark.parametrize("name", ["PopulationCoding 1", "PopulationCoding 2"])
def test_surrogates_are_labelled_and_folders_checked(name, drawn, tmp_path):
    figure = drawn(name)
    assert figure.caption.startswith("Surrogate data")
    assert any(text.get_text() == "surrogate data" for text in figure.picture.texts)
    with pytest.raises(ValueError, match=r"data must be a folder that holds SpikeCounts2Neurons2Thetas\.npz"):
        rb.figures.draw(name, tmp_path)


def test_surrogate_population_resembles_the_recorded_one(drawn):
    first, second = (drawn(f"PopulationCoding {k}").numbers for k in (1, 2))
    assert 60 < first["correct, neuron 2"] < first["correct, neuron 1"] < 90
    assert second["correct, 112 neurons, pseudo-inverse"] == 100
    accuracies = [second[f"test accuracy, 112 neurons, {by}"] for by in ("pseudo-inverse", "shrinkage 0.2")]
    assert 0.7 < accuracies[0] < accuracies[1]


STEADY = {
    1: {"centre": ((10, 0, 5), -2.5), "centre and surround": ((8, 8, 8), -4.0)},
    2: {"centre": ((10, 7.5), -30.0), "centre and surround": ((20 / 3, 20 / 3), -80 / 3)},
}


@pytest.mark.parametrize("k", [1, 2])
def test_surround_suppression(k, drawn):
    figure = drawn(f"SurroundSuppression {k}")
    for name, (rates, inhibition) in STEADY[k].items():
        assert figure.numbers[f"rates, {name}"] == approx(rates, abs=1e-9)
        assert figure.numbers[f"inhibitory input, {name}"] == approx(inhibition)
        # After 500 ms of a stimulus the slowest mode, of −0.025/ms, has decayed to e^(−12.5) = 4e-6.
        stop = {"centre": 1000, "centre and surround": 2500}[name]
        for letter, value in (("B", rates[0]), ("C", inhibition)):
            t, trace = next(line.get_xydata().T for line in panel(figure, letter).lines if line.get_xdata().size > 100)
            assert trace[np.isclose(t, stop)] == approx([value], rel=1e-4)
            # With no stimulus nothing outlasts the longest time constant, 60 ms.
            assert trace[np.isclose(t, 1990)] == approx([0], abs=40 * np.exp(-990 / 60))
    grey = [patch.get_facecolor()[0] for patch in panel(figure, "B").patches]
    assert grey[0] > grey[1]


def test_suppression_with_more_inhibition_or_with_less(drawn):
    classical, stabilised = (drawn(f"SurroundSuppression {k}").numbers for k in (1, 2))
    inputs = [
        [abs(each[f"inhibitory input, {name}"]) for name in ("centre", "centre and surround")]
        for each in (classical, stabilised)
    ]
    assert inputs[0][1] > inputs[0][0]
    assert inputs[1][1] < inputs[1][0]
    values = classical["eigenvalues, centre and surround"]
    assert values == approx([-0.025, -0.0625 + 0.016137j, -0.0625 - 0.016137j], abs=5e-7)
    assert stabilised["eigenvalues, centre"] == approx([-0.026741, -0.623259], abs=5e-7)
    assert stabilised["response"] == approx(np.array([[2 / 3, -1 / 3], [5 / 12, -1 / 12]]))
    assert stabilised["inhibition-stabilised"]


def test_perceptron_on_digits(drawn):
    pytest.importorskip("sklearn")
    figure = drawn("4.3-digits")
    numbers = figure.numbers
    assert numbers["samples"] == (1438, 359)
    assert numbers["misread"] == round(359 * (1 - numbers["test accuracy"]))
    # A linear reader gets about 0.93 of these digits; 0.055 is 4 s.e. of 359 test digits.
    assert numbers["test accuracy"] > 0.93 - 0.055
    assert numbers["train accuracy"] > numbers["test accuracy"]
    assert numbers["train loss"] < numbers["test loss"] < 0.15
    for letter, of in (("C", "loss"), ("D", "accuracy")):
        for part, label in (("train", "training"), ("test", "test")):
            _, values = curve(figure, letter, label)
            assert values.size == 11
            assert values[-1] == numbers[f"{part} {of}"]
    read = panel(figure, "A").texts
    assert len({text.get_color() for text in read[:2]}) == 1
    assert {text.get_color() for text in read[:2]} != {text.get_color() for text in read[2:]}
    assert [text.get_text() for text in panel(figure, "B").texts] == list("0123456789")


def test_digits_without_scikit_learn(monkeypatch, tmp_path, capsys):
    from rheobase.cli.command_line import main

    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match="load_digits needs scikit-learn: pip install scikit-learn"):
        rb.figures.draw("4.3-digits")
    assert main(["figure", "4.3-digits", "--save", str(tmp_path / "digits.png")]) == 2
    assert "needs scikit-learn" in capsys.readouterr().err
    monkeypatch.setattr("rheobase.figures.names", lambda: ["4.3-digits", "A.6"])
    assert main(["figure", "all", "--out", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["A.6.png"]
    assert "figure 4.3-digits left out: load_digits needs scikit-learn" in capsys.readouterr().out
