"""What docstrings and tutorials say is no markup by accident: a bar in a line of text opens a substitution."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "python" / "rheobase").rglob("*.py"))
TUTORIALS = sorted(page for name in ("tutorials", "ports") for page in (ROOT / "docs" / name).glob("*.py"))
#: Code, and names of parameters such as ``*args``, which numpydoc escapes.
LITERAL = re.compile(r"``.*?``|`[^`]*`|^ *\*+\w+ : ", re.DOTALL | re.MULTILINE)
#: Where reStructuredText takes a bar, or a star that has no other to end with, for the beginning of something.
BEGINNING = re.compile(r"(?:^|(?<=[\s'\"(\[{<\-/:]))(?:\|\S|\*[^\s*](?=[^*]*\Z))", re.MULTILINE)


def accidents(text):
    paragraphs = (LITERAL.sub("", p) for p in text.split("\n\n") if ">>>" not in p)
    return [found for paragraph in paragraphs for found in BEGINNING.findall(paragraph)]


def docstrings(path):
    documented = ast.FunctionDef | ast.ClassDef | ast.Module
    nodes = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, documented))
    return [ast.get_docstring(node) or "" for node in nodes]


def comments(path):
    """Return the blocks of text between the code of a tutorial."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line[1:] if line.startswith("#") else "" for line in lines)


def test_accidents_are_seen():
    assert accidents("so S = 1/|1 − L|² for one") == ["|1"]
    assert accidents("√(U''*)/2π and *so on") == ["*s"] and accidents("√(U''*)/2π") == ["*)"]
    assert accidents("``|x|``, 2 * 3, *x* and a | b, `|x|`\n*args : float") == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_docstrings(path):
    assert [found for text in docstrings(path) for found in accidents(text)] == []


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorials(path):
    assert accidents(comments(path)) == []
