import pickle
import re

import numpy as np
import pytest
from finished_figures import assert_labelled_and_drawn_on

import rheobase as rb
from rheobase.figures import catalogue
from rheobase.figures import recordings as surrogates
from rheobase.figures.panels import panels

CHAPTERS = [
    "1",
    *("1.1", "1.2", "1.3", "1.4"),
    *("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"),
    *("3.1", "3.2", "3.3", "3.4"),
    *("4.1", "4.2", "4.3"),
    *("A.1", "A.2", "A.3", "A.4", "A.5", "A.6", "A.7", "A.8", "A.9", "A.10"),
    *("B.1", "B.2"),
]
EXERCISES = [name for name in rb.figures.names("000") if name.startswith("Ex. ")]


@pytest.mark.parametrize("name", CHAPTERS + EXERCISES)
def test_every_figure_of_the_textbook_is_in_the_list(name):
    assert name in rb.figures.names("000")
    entry = rb.figures.entries()[name]
    assert entry.title
    assert entry.draw.__doc__


def test_names_are_found_by_topic_and_errors_suggest(drawn):
    assert rb.figures.draw("phase line").name == "A.6"
    with pytest.raises(ValueError, match=r"name must be one of .* got '3\.33'; did you mean '3\.3'"):
        rb.figures.draw("3.33")


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"name": "no such figure"}, ValueError, "name must be one of"),
        ({"name": 3.3}, TypeError, "name must be one of"),
        ({"name": "A.6", "data": "no/such/folder"}, ValueError, "data must be an existing folder"),
        ({"name": "A.6", "data": 3}, TypeError, "data must be the path of a folder"),
        ({"name": "2.4", "seed": -1}, ValueError, "seed must be >= 0"),
        ({"name": "2.4", "seed": "x"}, TypeError, "seed must be an integer"),
    ],
)
def test_bad_arguments_are_named(arguments, error, text):
    with pytest.raises(error, match=text):
        rb.figures.draw(**arguments)


@pytest.mark.parametrize("name", ["2.1", "2.2", "2.3"])
def test_a_folder_without_the_recording_is_an_error(name, tmp_path):
    with pytest.raises(ValueError, match=r"data must be a folder that holds .*\.npz"):
        rb.figures.draw(name, tmp_path)


def test_the_order_is_that_of_the_sources_whatever_is_imported_first(monkeypatch):
    names, entries = rb.figures.names(), rb.figures.entries()
    early = {name: entry for name, entry in entries.items() if str(entry.draw.__module__).endswith(".mean_fields")}
    monkeypatch.setattr(catalogue, "_ENTRIES", early | entries)
    assert early
    assert rb.figures.names() == names


def test_a_name_registers_once(monkeypatch):
    monkeypatch.setattr(catalogue, "_ENTRIES", dict(catalogue._ENTRIES))
    rb.figures.entries()

    def first():
        return rb.figures.Figure(panels("A")[0], {"x": 1})

    def second():
        return rb.figures.Figure(panels("A")[0], {"x": 2})

    rb.figures.figure("mine", "My figure", source="here")(first)
    assert "mine" in rb.figures.names("here")
    with pytest.raises(ValueError, match="name must be new to the list of figures, got 'mine' again"):
        rb.figures.figure("yours", "Another", also=("mine",))(second)
    assert rb.figures.draw("mine").numbers == {"x": 1}


def test_a_seed_changes_what_chance_draws():
    first, second, again = (rb.figures.draw("2.4", seed=seed).numbers for seed in (5, 6, 5))
    assert first["mean count"] == again["mean count"]
    assert first["mean count"] != second["mean count"]


def test_the_picture_tells_title_and_caption(drawn):
    figure = drawn("1.3")
    assert figure.picture.get_suptitle() == "1.3  Phase line of the EIF"
    assert figure.caption.split()[0] in figure.picture.get_supxlabel()
    assert "I_th" in figure._repr_html_()
    assert repr(figure) == "Figure '1.3': Phase line of the EIF"


def test_records_are_saved_and_pickled(drawn, tmp_path):
    figure = drawn("A.1")
    path = figure.save(tmp_path / "decay.png", dpi=40)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert pickle.loads(pickle.dumps(figure)).numbers == figure.numbers


def test_show_leaves_the_figure_to_pyplot(monkeypatch):
    import matplotlib.pyplot as plt

    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.get_fignums()))
    rb.figures.show("A.6")
    assert len(shown) == 1
    assert len(shown[0]) == 1
    plt.close("all")


@pytest.mark.parametrize("name", CHAPTERS + EXERCISES)
def test_every_panel_is_labelled_and_drawn_on(name, drawn):
    figure = drawn(name)
    assert figure.name == name
    assert figure.numbers
    assert_labelled_and_drawn_on(figure)


def recorded_trials(seed):
    record = surrogates.trials(seed)
    return rb.spikes.SpikeTrains.from_trials(record["SpikeTimes"], record["TrialNumbers"], t_stop=1000.0, first=1)


@pytest.mark.parametrize("name", ["2.1", "2.2", "2.3", "4.3"])
def test_surrogates_are_labelled(name, drawn):
    figure = drawn(name)
    assert figure.caption.startswith("Surrogate data")
    assert any(text.get_text() == "surrogate data" for text in figure.picture.texts)
    assert figure.picture.get_suptitle().endswith(", surrogate data")


def test_surrogates_have_the_statistics_of_the_recordings(drawn):
    """Fano factors of 200 trials have a standard deviation of about F √(2/200); the recorded one is 1.33.

    The seed of the figure is one of those that come near it.
    """
    assert abs(drawn("2.2").numbers["Fano factor (ddof 1)"] - 1.33) < 0.02
    assert abs(drawn("2.2").numbers["rate"] - 16.30) < 0.05
    of_seeds = [rb.spikes.fano_factor(recorded_trials(seed), ddof=1) for seed in range(100, 120)]
    assert abs(np.mean(of_seeds) - 1.33) < 3 * 1.33 / 10 / 20**0.5
    fano = np.array(drawn("2.3").numbers["Fano factors (ddof 1)"])
    assert abs(fano.mean() - 1.33) < 3 * 1.33 / 10 / 12**0.5


def test_the_surrogate_population_has_to_be_learnt(drawn):
    """The recorded one is read right in 79 % of the test trials after one epoch, and in nearly all after ten."""
    numbers = drawn("4.3").numbers
    assert 0.6 < numbers["test accuracy after one epoch"] < 0.9 < numbers["test accuracy"]


def test_the_command_lists_and_saves(tmp_path, capsys):
    from rheobase.cli.command_line import main

    assert main(["figure", "--list"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"^3\.3 +Recurrent spiking network$", listed, flags=re.MULTILINE)
    assert main(["figure", "A.6", "--save", str(tmp_path / "line.png")]) == 0
    assert (tmp_path / "line.png").stat().st_size > 1000
    assert main(["figure", "A.6", "--out", str(tmp_path / "all")]) == 0
    assert (tmp_path / "all" / "A.6.png").exists()
    assert main(["figure", "A.66"]) == 2
    assert "did you mean 'A.6'" in capsys.readouterr().err
    assert main(["figure"]) == 2
    assert "name must be given" in capsys.readouterr().err


def test_the_command_draws_all(tmp_path, monkeypatch, capsys):
    from rheobase.cli.command_line import main

    monkeypatch.setattr("rheobase.figures.names", lambda: ["A.6", "Ex. A.6.2"])
    assert main(["figure", "all", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A.6.png", "Ex.-A.6.2.png"]
    assert main(["figure", "all", "--save", "x.png"]) == 2
