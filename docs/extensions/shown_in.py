"""Back from functions and classes to what shows them: figures and tutorials whose code uses their names."""

import ast
import inspect
import re
import textwrap
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import figure_gallery
from sphinx.application import Sphinx

import rheobase

#: Links of one thing, at most: those of the longest code, which are likely to do more than mention it, are left out.
MOST = 8


@cache
def find_pages(source: Path) -> dict[str, list[str]]:
    """Return links to the pages that use a name, by name, as reStructuredText."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for entry in rheobase.figures.entries().values():
        code = textwrap.dedent(inspect.getsource(inspect.unwrap(entry.draw)))
        link = f":doc:`figure {entry.name} </generated/figures/{figure_gallery.slug(entry)}>`"
        for name in _names(code):
            found[name].append((len(code), link))
    for file in sorted((source / "tutorials").glob("*.py")):
        code = file.read_text(encoding="utf-8")
        title = re.search(r'^"""\n(.*)\n', code)
        link = f":doc:`{title[1] if title else file.stem} </generated/tutorials/{file.stem}>`"
        for name in _names(code):
            found[name].append((0, link))
    return {name: [link for _, link in sorted(links)[:MOST]] for name, links in found.items()}


def _names(code: str) -> set[str]:
    """Return what the code reads of modules, objects and imports."""
    nodes = list(ast.walk(ast.parse(code)))
    return {n.attr for n in nodes if isinstance(n, ast.Attribute)} | {n.id for n in nodes if isinstance(n, ast.Name)}


def sentence(app: Sphinx, name: str) -> str:
    """Return a paragraph that says where a thing is shown, or nothing."""
    links = find_pages(Path(app.srcdir)).get(name, [])
    return f".. rubric:: Pictures and tutorials\n\nShown in {', '.join(links)}.\n\n" if links else ""


def add_links(app: Sphinx, what: str, name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Say below a docstring where the function or class is shown."""
    if what in ("function", "class") and (shown := sentence(app, name.split(".")[-1])):
        lines += ["", *shown.split("\n")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links after numpydoc has read a docstring."""
    app.connect("autodoc-process-docstring", add_links, priority=900)
    return {"parallel_read_safe": True}
