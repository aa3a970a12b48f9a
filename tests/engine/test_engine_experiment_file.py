"""``rheobase run FILE``: a network described in TOML or JSON is that of the same script, and errors name the entry."""

import json

import numpy as np
import pytest

import rheobase as rb
from rheobase.cli import command_line as cli
from rheobase.network.experiment_file import read_experiment

TOML = """
dt = 0.1
seed = 3
duration = 60

[populations.e]
model = { EIF = { tau_m = 12 } }
n = 80
V = { Uniform = { low = -72, high = -55 } }

[populations.i]
model = "LIF"
n = 20

[populations.x]
model = { Poisson = { rate = 20 } }
n = 50

[[connect]]
pre = "x"
post = "e"
rule = { FixedInDegree = { k = 20 } }
weight = { Normal = { mean = 60, std = 5 } }
synapse = { Exponential = { tau = 5 } }
delay = 1.5

[[connect]]
pre = "i"
post = "e"
rule = { Bernoulli = { p = 0.2 } }
weight = 10
synapse = { Exponential = { tau = 4, reversal = -80, norm = "area" } }
plasticity = { VogelsSTDP = { w_max = 100 } }

[[drive]]
post = "i"
rate = 10
sources = 100
weight = 12
synapse = "Exponential"

[[inject]]
post = "e"
current = { Steps = { times = [0, 20], values = [0, 4] } }

[[record]]
population = "e"
variable = "V"
neurons = [0, 1]
every = 1.0
"""


def by_script():
    net = rb.Network(dt=0.1, seed=3)
    e = net.add(rb.EIF(tau_m=12), 80, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(), 20, name="i")
    x = net.add(rb.Poisson(rate=20), 50, name="x")
    net.connect(x, e, rb.FixedInDegree(20), weight=rb.Normal(60, 5), synapse=rb.Exponential(tau=5), delay=1.5)
    net.connect(
        i,
        e,
        rb.Bernoulli(0.2),
        weight=10,
        synapse=rb.Exponential(tau=4, reversal=-80, norm="area"),
        plasticity=rb.VogelsSTDP(w_max=100),
    )
    net.drive(i, rate=10, sources=100, weight=12, synapse=rb.Exponential())
    net.inject(e, rb.Steps([0, 20], [0, 4]))
    net.record(e, "V", neurons=[0, 1], every=1.0)
    return net


def test_a_file_is_the_script_bit_for_bit(tmp_path):
    file = tmp_path / "net.toml"
    file.write_text(TOML)
    experiment = read_experiment(file)
    assert experiment.duration == 60
    got, wanted = experiment.network.run(60), by_script().run(60)
    for name in ("e", "i", "x"):
        assert got.spikes(name) == wanted.spikes(name) and got.spikes(name).times.size > 0
    np.testing.assert_array_equal(got.states("e", "V").values, wanted.states("e", "V").values)


def test_json_says_the_same(tmp_path):
    import tomllib

    file = tmp_path / "net.json"
    file.write_text(json.dumps(tomllib.loads(TOML)))
    assert read_experiment(file).network.run(20).spikes("x") == by_script().run(20).spikes("x")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("duration = 60", "", "duration must be given, in ms"),
        ("duration = 60", "durration = 60", "entry must be one of 'dt', .* got 'durration'; did you mean 'duration'"),
        ('model = "LIF"', 'model = "LIFF"', r"model of populations.i must be one of .* got 'LIFF'; did you mean 'LIF'"),
        ("tau_m = 12", "tau_n = 12", r"model of populations.e: .*'tau_n'; did you mean 'tau_m'"),
        ("tau_m = 12", "tau_m = -12", r"model of populations.e: tau_m must be"),
        ("n = 80", "n = -80", r"populations.e: n must be >= 0 .*got -80"),
        ("n = 80", "", r"populations.e must have 'n'"),
        ('pre = "x"', 'pre = "y"', r"pre of connect\[0\] must be one of 'e', 'i', 'x', got 'y'"),
        ("delay = 1.5", "delays = 1.5", r"key of connect\[0\] must be one of .* got 'delays'; did you mean 'delay'"),
        ("delay = 1.5", "delay = 1.55", r"connect\[0\]: delay must be a multiple of dt"),
        ("k = 20", "k = 200", r"connect\[0\]: k must be"),
        (
            "{ Uniform = { low = -72, high = -55 } }",
            "{ low = -72, high = -55 }",
            "V of populations.e must name one class",
        ),
        ('variable = "V"', 'variable = "U"', r"record\[0\]: variable"),
        ("dt = 0.1", "dt = =", "path must be a file of TOML"),
        ("[[record]]", "[[record]]\nwhat = 3\n", r"key of record\[0\] must be one of"),
    ],
)
def test_errors_name_the_entry(tmp_path, old, new, message):
    assert old in TOML
    file = tmp_path / "net.toml"
    file.write_text(TOML.replace(old, new, 1))
    with pytest.raises((ValueError, TypeError), match=message):
        read_experiment(file)


def test_the_command_runs_it_and_keeps_its_result(tmp_path, capsys):
    pytest.importorskip("h5py")
    file, kept, raster = tmp_path / "net.toml", tmp_path / "run.h5", tmp_path / "raster.png"
    file.write_text(TOML)
    assert cli.main(["run", str(file), "--save", str(kept), "--raster", str(raster), "--threads", "1"]) == 0
    shown = capsys.readouterr().out
    assert "80 neurons" in shown and str(kept) in shown
    assert rb.Result.load(kept).spikes("e") == by_script().run(60).spikes("e")
    assert raster.read_bytes()[:4] == b"\x89PNG"


def test_the_command_says_what_is_wrong_before_it_runs(tmp_path, capsys):
    file = tmp_path / "net.toml"
    file.write_text(TOML)
    assert cli.main(["run", str(file), "--raster", str(tmp_path / "no" / "raster.png")]) == 2
    assert "raster must lie in a folder that exists" in capsys.readouterr().err
    assert cli.main(["run", str(tmp_path / "missing.toml")]) == 2
    assert "missing.toml" in capsys.readouterr().err


def test_info_as_json(capsys):
    assert cli.main(["info", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rheobase"] == rb.__version__ and told["threads"] >= 1


def test_no_command_shows_help(capsys):
    assert cli.main([]) == 2
    assert "usage: rheobase" in capsys.readouterr().out
