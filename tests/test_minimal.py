"""Five seconds that say whether an installation works, as a wheel's own test: pytest and the package, nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import rheobase as rb
from rheobase import _engine


def small_network(threads: int) -> rb.Network:
    """One hundred neurons in two populations with every part that a wheel could lack."""
    net = rb.Network(dt=0.1, seed=1, threads=threads)
    e = net.add(rb.EIF(), 80, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(), 20, name="i")
    x = net.add(rb.Poisson(rate=20), 100, name="x")
    net.connect(x, e, rb.FixedInDegree(20), weight=60, synapse=rb.Exponential(tau=5))
    net.connect(x, i, rb.FixedInDegree(20), weight=60, synapse=rb.Exponential(tau=5))
    net.connect(i, e, rb.Bernoulli(0.2), weight=-30, synapse=rb.Exponential(tau=4), delay=1.5)
    return net


def test_a_neuron_fires_at_the_interval_of_its_closed_form():
    net = rb.Network(dt=0.1)
    net.add(rb.LIF(tau_m=10, E_L=-70, V_th=-50, V_re=-70, I_x=30), 1, name="n", V=-70)
    intervals = np.diff(net.run(200).spikes("n").times)
    exact = 10 * np.log(30 / (30 - 20))
    assert len(intervals) > 10
    np.testing.assert_allclose(intervals, exact, atol=0.1)  # spikes lie on the grid


def test_spikes_do_not_depend_on_threads():
    runs = [small_network(threads).run(200).spikes("e") for threads in (1, 2)]
    assert runs[0].times.size > 0
    np.testing.assert_array_equal(runs[0].times, runs[1].times)
    np.testing.assert_array_equal(runs[0].indices, runs[1].indices)


def test_equations_run_without_a_compiler():
    model = rb.neuron(
        "Leaky",
        "dV/dt = (I - V)/tau : mV",
        threshold="V >= 10",
        reset="V = 0",
        parameters={"tau": 10.0},
        initial={"V": 0},
    )
    net = rb.Network(dt=0.1)
    net.add(model(), 1, name="n")["I_x"] = 20
    intervals = np.diff(net.run(100).spikes("n").times)
    np.testing.assert_allclose(intervals, 10 * np.log(2), atol=0.1)


def test_a_saved_network_goes_on(tmp_path: Path):
    net = small_network(1)
    net.run(50)
    net.save(tmp_path / "net")
    loaded = rb.load(tmp_path / "net")
    np.testing.assert_array_equal(net.run(50).spikes("e").times, loaded.run(50).spikes("e").times)


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="the system does not list its instruction sets")
def test_the_best_loops_of_the_machine_are_in_use(monkeypatch: pytest.MonkeyPatch):
    flags = set(re.findall(r"^(?:flags|Features)\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)[0].split())
    wanted = "baseline"
    if {"avx2", "fma"} <= flags:
        wanted = "avx512" if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags else "avx2"
    script = "from rheobase import _engine; print(_engine.isa())"
    monkeypatch.delenv("RHEOBASE_ISA", raising=False)
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == wanted


def test_a_raster_is_drawn(tmp_path: Path):
    matplotlib.use("agg")
    res = small_network(1).run(100)
    artists = rb.plot.raster(res)
    artists[0].figure.savefig(tmp_path / "raster.png")
    assert (tmp_path / "raster.png").stat().st_size > 1000


def test_the_command_tells_about_itself():
    told = subprocess.check_output([sys.executable, "-m", "rheobase", "info"], text=True)
    assert _engine.compiler in told
