"""The page on the examples of other simulators counts its own rows right."""

import re
from collections import Counter
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "peers_examples.md"


@pytest.mark.parametrize("simulator", ["Brian 2", "NEST"])
def test_the_numbers_in_the_text_are_those_of_the_table(simulator):
    section = PAGE.read_text().split(f"## {simulator}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")][2:]
    assert all(len(row) == 3 for row in rows)
    assert len({name for name, _, _ in rows}) == len(rows)
    found = Counter(status for _, status, _ in rows)
    assert set(found) <= {"yes", "partly", "no"}
    stated = [int(n) for n in re.search(r"(\d+) rows: (\d+) yes, (\d+) partly, (\d+) no", section).groups()]
    assert stated == [len(rows), *(found[status] for status in ("yes", "partly", "no"))]


def test_what_is_said_to_agree_is_compared():
    from importlib import util

    path = PAGE.parents[1] / "benchmarks" / "examples" / "__init__.py"
    spec = util.spec_from_file_location("examples_of_brian2", path)
    examples = util.module_from_spec(spec)
    spec.loader.exec_module(examples)
    assert PAGE.read_text().count("agrees") == len(examples.NAMES)


@pytest.mark.parametrize("page", ["peers_examples.md", "which_model.md"])
def test_what_the_pages_name_is_there(page):
    import rheobase as rb

    for name in set(re.findall(r"\brb\.(\w+(?:\.\w+)?)", (PAGE.parent / page).read_text())):
        found = rb
        for part in name.split("."):
            found = getattr(found, part)
