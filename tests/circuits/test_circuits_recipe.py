"""benchmarks/microcircuit.py --recipe keeps every seed that is done, and goes on from there."""

import importlib
import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
#: Seeds of a network of 770 neurons.
TINY = ["--recipe", "--scale", "0.01", "--threads", "1", "--discard", "10", "--speed-time", "10", "--time", "100"]


@pytest.fixture
def microcircuit(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    yield importlib.import_module("microcircuit")
    for name in set(sys.modules) - before:
        if (BENCHMARKS / f"{name}.py").exists():
            del sys.modules[name]


def activity_told(printed):
    """The table of the activity, the only part in which no time is."""
    return printed[printed.index("means over seeds") :]


def test_a_table_made_in_pieces_is_the_one_made_at_once(microcircuit, monkeypatch, tmp_path, capsys):
    pieces = ["--save", str(tmp_path / "pieces.json"), *TINY]
    measured = []

    def measure(net, time):
        if len(measured) == 1:
            measured.append(None)
            raise KeyboardInterrupt
        measured.append(net.seed)
        return measure_speed(net, time)

    measure_speed = microcircuit.measure_speed
    monkeypatch.setattr(microcircuit, "measure_speed", measure)
    with pytest.raises(KeyboardInterrupt):
        microcircuit.main([*pieces, "--seeds", "2"])
    assert list(json.loads((tmp_path / "pieces.json").read_text())["runs"]) == ["1"]
    microcircuit.main([*pieces, "--seeds", "2"])
    assert measured == [1, None, 2]
    in_pieces = capsys.readouterr().out
    assert "1 of 2 seeds are in" in in_pieces
    microcircuit.main([*TINY, "--seeds", "2"])
    assert activity_told(in_pieces) == activity_told(capsys.readouterr().out)
    # a third one later, then nothing is left to do
    measured.clear()
    microcircuit.main([*pieces, "--seeds", "3"])
    at_first = capsys.readouterr().out
    microcircuit.main([*pieces, "--seeds", "3"])
    assert measured == [3]
    assert at_first[at_first.index("simulator") :] == (again := capsys.readouterr().out)[again.index("simulator") :]


def test_a_table_is_not_gone_on_with_otherwise(microcircuit, tmp_path):
    file = tmp_path / "table.json"
    microcircuit.main([*TINY, "--seeds", "1", "--save", str(file)])
    kept = file.read_text()
    for changed in (["--drive", "dc"], ["--time", "200"], ["--weight-bits", "16"], ["--scale", "0.02"]):
        with pytest.raises(SystemExit, match=r"table.json was made with .* go on with the same"):
            microcircuit.main([*TINY, *changed, "--save", str(file)])
    (tmp_path / "table_seed_1.npz").unlink()
    with pytest.raises(SystemExit, match=r"must lie beside .*table_seed_1.npz"):
        microcircuit.main([*TINY, "--save", str(file)])
    assert file.read_text() == kept
    file.write_text("{}")
    with pytest.raises(SystemExit, match="holds no seeds of --recipe"):
        microcircuit.main([*TINY, "--save", str(file)])
    with pytest.raises(SystemExit, match=r"the folder of .* must exist"):
        microcircuit.main([*TINY, "--save", str(tmp_path / "none" / "table.json")])
