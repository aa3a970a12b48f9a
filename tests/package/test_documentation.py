"""What the pages show is what their examples print, and what the tutorials do works.

Every block of Python in the README and in the pages under docs/ is run: those of one page one after the other, in one
namespace. Plain text right below a block, or below one sentence after it, is what it prints.
"""

import contextlib
import importlib.util
import io
import re
import runpy
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from rheobase.models import catalogue

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("design", "guide")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [page for folder in FOLDERS for page in sorted((ROOT / "docs" / folder).rglob("*.md"))]
#: The second tutorial has a test of its own, in tests/theory.
TUTORIALS = [file for file in sorted((ROOT / "docs" / "tutorials").glob("*.py")) if not file.name.startswith("2_")]
#: A block of Python, and the block without a language that follows before the next one or the next heading.
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n"
    r"(?:(?:(?!```|#|:::)[^\n]*\n){0,4}```\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
#: Simulators that some blocks show; such a block stands alone, and runs where the package is installed.
PEERS = ("brian2", "nest")


def _blocks(page):
    return [match.groupdict() for match in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def _peer(code):
    return next((name for name in PEERS if re.search(rf"^(import|from) {name}\b", code, re.M)), None)


def _run(block, page, namespace):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(block["code"], page.name, "exec"), namespace)
    if block["printed"] is not None:
        assert out.getvalue() == block["printed"]


OWN = [page for page in PAGES if any(_peer(block["code"]) is None for block in _blocks(page))]
FOREIGN = [(page, block) for page in PAGES for block in _blocks(page) if _peer(block["code"])]


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.name)
def test_examples_print_what_the_page_says(page):
    namespace = {}
    for block in _blocks(page):
        if _peer(block["code"]) is None:
            _run(block, page, namespace)


@pytest.mark.filterwarnings("default")  # what other packages warn about is theirs
@pytest.mark.parametrize(("page", "block"), FOREIGN, ids=[f"{p.name}-{_peer(b['code'])}" for p, b in FOREIGN])
def test_examples_of_other_simulators_run_where_they_are_installed(page, block):
    name = _peer(block["code"])
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"the block for {name} is not run: {name} is not installed")
    _run(block, page, {})


def test_outputs_are_found():
    """The pages that show output do so in the form that is compared, and the README's example is among them."""
    shown = {page.name: sum(block["printed"] is not None for block in _blocks(page)) for page in PAGES}
    assert shown["README.md"] == 1
    assert shown["errata.md"] == 3 and shown["coming_from.md"] == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        target = link.split("#")[0]
        if not target.startswith(("http:", "https:", "generated/")):  # pages in docs/generated are written by the build
            assert (page.parent / target).exists(), link


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda script: script.stem)
def test_tutorials_run(script, monkeypatch):
    import matplotlib.pyplot as plt

    drawn = []
    monkeypatch.setattr(plt, "show", lambda: (drawn.append(len(plt.get_fignums())), plt.close("all")))
    runpy.run_path(str(script))
    assert drawn and all(drawn)


def test_equations_of_models_become_mathematics():
    """Every equation of the registry is set, as XML that is whole, with all its names, numbers and words."""
    spec = importlib.util.spec_from_file_location("mathematics", ROOT / "docs/extensions/mathematics.py")
    mathematics = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mathematics)
    entries = [m.model for m in catalogue.NEURONS.values()] + [k._kernel for k in catalogue.SYNAPSES.values()]
    entries += [rule.rule for rule in catalogue.PLASTICITY.values()]
    for entry in entries:
        variables = [getattr(v, "name", v) for v in getattr(entry, "variables", ())]  # rules name theirs alone
        names = [*(p.name for p in entry.parameters), *variables]
        shown = mathematics.equations(entry.equation, names)
        tree = ElementTree.fromstring(shown.replace("&#x2061;", ""))
        said = "".join(tree.itertext())
        for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", entry.equation):
            assert number in said, (entry.name, number)
        for word in set(re.findall(r"[a-z]{5,}", entry.equation)) - {*mathematics.GREEK, *mathematics.FUNCTIONS}:
            assert word in said, (entry.name, word)
        assert shown.count("<mi>d</mi><mi>t</mi>") == entry.equation.count("'")
    lif = mathematics.equations("tau_m V' = -(V - E_L) + I", ["V", "tau_m", "E_L"])
    assert "<mi>τ</mi>" in lif and "<mfrac><mrow><mi>d</mi><mi>V</mi></mrow>" in lif
    counted = mathematics.equations("a spike is counted where V passes V_th upwards", ["V", "V_th", "a"])
    assert "<p>a spike is counted where <math" in counted
