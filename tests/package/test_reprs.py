"""Short texts of results: what they hold, in a line."""

import ast
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import rheobase as rb
from rheobase.models.values import Brief

PACKAGE = Path(rb.__file__).parent
#: Bases whose dataclasses describe models or what a circuit holds.
DESCRIPTIONS = {"Described", "Rate", "Rule", "Source", "TimeSeries", "Injection"}
#: What holds functions beside small arrays, and what no user sees.
OTHERS = {"Activation", "End", "Filter", "Loss", "ConnectionValues", "InjectedCurrent", "Quantity"}


@dataclass(frozen=True, repr=False)
class Example(Brief):
    values: np.ndarray
    few: np.ndarray
    parts: tuple
    name: str


def test_long_arrays_are_shown_by_their_shape():
    shown = repr(Example(np.zeros((200, 3)), np.arange(3), (np.ones(50), 2.5), "a"))
    assert shown == "Example(values=<200 × 3 values>, few=array([0, 1, 2]), parts=(<50 values>, 2.5), name='a')"
    assert repr(Example(np.zeros(3), np.zeros(0), tuple(range(99)), "x" * 999)).endswith(
        "parts=<99 items>, name=<str>)"
    )


def test_notebooks_show_a_table_of_what_is_held():
    shown = Example(np.zeros((200, 3)), np.arange(3), (), "a<b")._repr_html_()
    assert shown.startswith("<b>Example</b><table><tr><td>values</td><td>&lt;200 × 3 values&gt;</td></tr>")
    assert "<td>&#x27;a&lt;b&#x27;</td>" in shown


def test_functions_are_shown_by_name():
    """Their addresses differ from run to run."""
    net = rb.rates.RateNetwork([[1.0]], [0.5], lambda x: x)
    assert "0x" not in repr(net) + repr(rb.theory.random_networks.Transfer("rectifier", lambda x: np.maximum(x, 0)))
    assert "<function <lambda>>" in repr(net)


def test_results_show_themselves_in_a_line():
    net = rb.Network(seed=1, threads=1)
    e = net.add(rb.LIF(I_x=20), 50, name="e")
    net.record(e, "V")
    recorded = net.run(50).states("e", "V")
    assert repr(recorded) == "Recorded(times=<501 values>, values=<501 × 50 values>, neurons=<50 values>, unit='mV')"
    y = np.sin(np.arange(300) / 20)[:, None]
    shown = repr(rb.learning.Reservoir.random(50, seed=1).fit(y))
    assert len(shown.splitlines()) == 1 and len(shown) < 300


def test_every_dataclass_of_arrays_is_brief():
    lacking = []
    for path in PACKAGE.rglob("*.py"):
        for c in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(c, ast.ClassDef) or c.name.startswith("_") or c.name in OTHERS:
                continue
            bases = {ast.unparse(base) for base in c.bases}
            fields = [ast.unparse(b.annotation) for b in c.body if isinstance(b, ast.AnnAssign)]
            own = any(isinstance(b, ast.FunctionDef) and b.name == "__repr__" for b in c.body)
            made = any("dataclass" in ast.unparse(d) for d in c.decorator_list)
            if made and not own and not bases & {"Brief", *DESCRIPTIONS} and any("ndarray" in f for f in fields):
                lacking.append(f"{path.name}: {c.name}")
    assert not lacking
