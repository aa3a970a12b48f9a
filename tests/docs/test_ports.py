"""The ports of published models in docs/ports run, find what they found, and stand in the table of docs/coming_from.md.

`SMALL` says how each is run here, and `FOUND` what the seeds 1 to 10 then gave: mean and standard deviation. Another
seed must lie within five deviations. Where nothing is random, the tests compare with a closed form or with Brian2.
"""

import ast
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTS = ROOT / "docs" / "ports"
NAMES = sorted(file.stem for file in PORTS.glob("*.py"))
SEED = 11

SMALL = {
    "brette_et_al_2007": {"duration": 1000.0, "scale": 0.25},
    "brunel_2000": {"g": 5.0, "eta": 2.0, "duration": 300.0, "scale": 0.2},
    "diesmann_et_al_1999": {"groups": 5},
    "izhikevich_2003": {"duration": 1000.0, "scale": 0.5},
    "litwin_kumar_doiron_2012": {"ratio": 1.5, "clusters": 10, "duration": 1500.0},
    "nicola_clopath_2017": {"n": 200, "before": 100.0, "learning": 1000.0, "after": 400.0},
    "song_miller_abbott_2000": {"duration": 1000.0, "change": 0.1},
    "stimberg_et_al_2018": {"duration": 600.0, "scale": 0.25},
    "vogels_et_al_2011": {"duration": 200.0, "neurons": 500},
}
FOUND = {
    "brette_et_al_2007": {
        "rate of e (Hz)": (5.45, 0.61),
        "rate of i (Hz)": (5.49, 0.17),
        "CV of e": (0.491, 0.019),
        "CV of i": (0.495, 0.028),
    },
    "brunel_2000": {
        "rate (Hz)": (47.4, 3.2),
        "CV": (0.858, 0.026),
    },
    "diesmann_et_al_1999": {
        "spikes in the last group": (101, 2),
        "spread in the first group (ms)": (0.606, 0.09),
        "spread in the last group (ms)": (0.272, 0.054),
        "time per group (ms)": (0.646, 0.025),
    },
    "izhikevich_2003": {
        "rate of e (Hz)": (9.48, 0.3),
        "rate of i (Hz)": (10.9, 0.52),
        "CV of e": (0.419, 0.019),
    },
    "litwin_kumar_doiron_2012": {
        "rate of e (Hz)": (16.9, 3.4),
        "Fano factor": (0.414, 0.054),
        "deviation of cluster rates (Hz)": (3.24, 0.49),
        "highest cluster rate (Hz)": (41.8, 4.1),
    },
    "nicola_clopath_2017": {
        "frequency (Hz)": (5.03, 0.37),
        "amplitude": (0.895, 0.096),
        "correlation": (0.863, 0.12),
        "rate (Hz)": (22.9, 1.2),
    },
    "song_miller_abbott_2000": {
        "mean weight": (0.497, 0.016),
        "in the lowest fifth": (0.215, 0.021),
        "in the highest fifth": (0.211, 0.016),
        "rate (Hz)": (18, 7.9),
    },
    "stimberg_et_al_2018": {
        "rate of e (Hz)": (2.91, 0.23),
        "rate of i (Hz)": (2.89, 0.075),
        "CV of e": (0.33, 0.018),
    },
    "vogels_et_al_2011": {
        "rate before (Hz)": (159, 0.12),
        "rate while learning (Hz)": (152, 0.38),
        "mean weight (nS)": (0.759, 0.0091),
    },
}


def script(name):
    return runpy.run_path(str(PORTS / f"{name}.py"))


def drawn(port, results):
    """Draw what was found; the figure must hold something."""
    import matplotlib.pyplot as plt

    port["draw"](results)
    figure = plt.gcf()
    figure.canvas.draw()
    assert all(ax.lines or ax.patches for ax in figure.axes)
    plt.close("all")


@pytest.mark.parametrize("name", SMALL)
def test_a_small_run_finds_what_other_seeds_found(name):
    port = script(name)
    results = port["run"](**SMALL[name], seed=SEED)
    measured = port["measure"](results)
    assert set(measured) == set(FOUND[name])
    for what, (mean, deviation) in FOUND[name].items():
        assert abs(measured[what] - mean) < 5 * deviation, (what, measured[what])
    shown = {"brunel_2000": {"C": results}, "litwin_kumar_doiron_2012": {"one": results, "again": results}}
    drawn(port, shown.get(name, results))


def test_clusters_make_rates_wander():
    """Against a uniform network of the same mean probability, by five deviations of `FOUND`."""
    port = script("litwin_kumar_doiron_2012")
    uniform = port["measure"](port["run"](**SMALL["litwin_kumar_doiron_2012"] | {"ratio": 1.0}, seed=SEED))
    what = "deviation of cluster rates (Hz)"
    mean, deviation = FOUND["litwin_kumar_doiron_2012"][what]
    assert uniform[what] < mean - 5 * deviation


def test_neurons_lock_as_in_brian2():
    """Spikes in 10 periods of every 250th neuron, as Brian2 2.9 counted them."""
    port = script("brette_2004")
    counts = port["run"](periods=10, a=port["A"][::250]).spikes("cells").count()
    np.testing.assert_array_equal(counts, [15, 17, 20, 22, 24, 27, 30, 32])


def test_dynamic_synapses_give_the_peaks_of_the_closed_form():
    """The first spike after rest releases U, and the last response is what linear maps between spikes make of all."""
    port = script("tsodyks_pawelzik_markram_1998")
    results = {name: port["run"](*panel) for name, panel in port["PANELS"].items()}
    for name, (rule, _, _, weight, tau_m, tau) in port["PANELS"].items():
        peak = tau_m * tau / (tau_m - tau) * np.log(tau_m / tau)
        unit = (np.exp(-peak / tau_m) - np.exp(-peak / tau)) * tau / (tau_m - tau)
        assert port["measure"](results[name])["first peak (mV)"] == pytest.approx(rule.U * weight * unit, rel=1e-3)
    drawn(port, results)


def test_every_port_is_run():
    assert set(NAMES) == {*SMALL, "brette_2004", "tsodyks_pawelzik_markram_1998"}


def lines_of_run(name):
    """Count the lines of the model and its run: those of `run` without its docstring, and of equations before it."""
    source = (PORTS / f"{name}.py").read_text(encoding="utf-8")
    top = {getattr(node, "name", None): node for node in ast.parse(source).body}
    run = top["run"].body[1:]
    models = [node for node in ast.parse(source).body if ast.unparse(node).startswith("Neuron = ")]
    return sum(node.end_lineno - node.lineno + 1 for node in models) + run[-1].end_lineno - run[0].lineno + 1


@pytest.mark.parametrize("name", NAMES)
def test_the_table_has_each_port_and_counts_its_lines(name):
    page = (ROOT / "docs" / "coming_from.md").read_text(encoding="utf-8")
    row = re.search(rf"^\|.*generated/ports/{name}\.rst.*\| (\d+) \|$", page, re.M)
    assert row is not None
    assert int(row[1]) == lines_of_run(name)
