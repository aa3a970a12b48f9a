"""``rheobase info`` and ``rheobase demo cortex``."""

import os
import subprocess
import sys

import pytest

import rheobase as rb
from rheobase import _engine
from rheobase.cli import command_line as cli

PNG = b"\x89PNG\r\n\x1a\n"


def test_info_says_what_runs_here(capsys):
    assert cli.main(["info"]) == 0
    shown = capsys.readouterr().out
    for word in ("rheobase", "instruction set", "threads", "build", "numpy", _engine.isa(), _engine.compiler):
        assert word in shown


def demo(path, *more):
    return cli.main(["demo", "cortex", "--neurons", "400", "--time", "50", "--save", str(path), *more])


def test_demo_draws_a_figure_and_a_table(tmp_path, capsys):
    path = tmp_path / "cortex.png"
    assert demo(path) == 0
    assert path.read_bytes()[:8] == PNG and path.stat().st_size > 10_000
    out, err = capsys.readouterr()
    for word in (
        "population",
        "rate (Hz)",
        "mean field (Hz)",
        "6.69",
        "16.02",
        "synaptic events per second",
        str(path),
    ):
        assert word in out
    assert "simulating" in err
    assert all(any(line.startswith(name) for line in out.splitlines()) for name in "eix")


def test_demo_shows_the_same_rates_on_any_number_of_threads(tmp_path, capsys):
    tables = []
    for threads in ("1", "3"):
        assert demo(tmp_path / "a.png", "--threads", threads, "--seed", "5") == 0
        tables.append([line for line in capsys.readouterr().out.splitlines() if line[:2] in ("e ", "i ", "x ")])
    assert tables[0] == tables[1] and len(tables[0]) == 3


@pytest.mark.parametrize("time", ["1", "0.1", "7", "52.3"])
def test_demo_of_any_time(tmp_path, capsys, time):
    # where hardly a neuron spikes twice the CV is unknown, and nothing warns; bins need not be 5 ms
    path = tmp_path / "a.png"
    assert cli.main(["demo", "cortex", "--neurons", "200", "--time", time, "--save", str(path)]) == 0
    assert path.read_bytes()[:8] == PNG


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (["--threads", "0"], ["threads must be >= 1", "got 0"]),
        (["--neurons", "10"], ["neurons must be >= 200 and <= 2.14748e+09, got 10"]),
        (["--time", "0"], ["time must be > 0, got 0"]),
        (["--time", "-5"], ["time must be > 0, got -5"]),
        (["--time", "nan"], ["time must be finite, got nan"]),
        (["--time", "10.05"], ["duration must be a multiple of dt = 0.1 ms, got 10.05 ms"]),
        (["--seed", "-1"], ["seed must be >= 0", "got -1"]),
        (["--save", "no/such/folder/a.png"], ["save must lie in a folder that exists", "no/such/folder/a.png"]),
        (["--save", "a.xyz"], ["save must end in", ".png", "a.xyz"]),
    ],
)
def test_bad_values_are_named_without_a_traceback(tmp_path, monkeypatch, capsys, arguments, texts):
    monkeypatch.chdir(tmp_path)
    assert demo("a.png", *arguments) == 2
    out, err = capsys.readouterr()
    assert err.startswith("rheobase: ") and "Traceback" not in err and len(err.splitlines()) == 1
    assert all(text in err for text in texts), err
    assert out == "" and not list(tmp_path.iterdir())  # known before anything runs


def test_folder_that_cannot_be_written_to(tmp_path, capsys):
    path = tmp_path / "a.png"
    path.mkdir()
    assert demo(path) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["info", "--loud"],
        ["demo"],
        ["demo", "hippocampus"],
        ["demo", "cortex", "--neuron-count", "5"],
        ["demo", "cortex", "--neurons", "many"],
        ["demo", "cortex", "--time", "long"],
        ["demo", "cortex", "--threads", "1.5"],
    ],
)
def test_unknown_commands_and_options_exit_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: rheobase" in capsys.readouterr().err


def test_help_exits_with_0(capsys):
    for arguments in (["--help"], ["demo", "--help"], ["demo", "cortex", "--help"]):
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        assert caught.value.code == 0
        assert "usage" in capsys.readouterr().out


def test_module_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "rheobase", "info"], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0 and "instruction set" in done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "rheobase", "demo", "cortex", "--threads", "0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and done.stderr.startswith("rheobase: threads must be")


def test_module_lists_its_version():
    done = subprocess.run([sys.executable, "-m", "rheobase", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"rheobase {rb.__version__}\n")


def test_a_closed_pipe_ends_quietly():
    """What `rheobase figure --list | head -1` does: the reader goes away before all is written."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "rheobase", "figure", "--list"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--save", "nowhere/a.png"], "nowhere"),
        (["--save", "a.xyz"], "save must end in"),
        (["--save", "a.png", "--out", "b"], "--save (a file) and --out (a folder) exclude each other"),
        (["--data", "nowhere"], "--data must be a folder that exists, got 'nowhere'"),
    ],
)
def test_figures_are_refused_before_they_are_drawn(tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rb.figures, "draw", lambda *_: pytest.fail("drew a figure"))
    for name in ("2.4", "all"):
        if name == "2.4" or "--save" not in options:
            assert cli.main(["figure", name, *options]) == 2
            assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
