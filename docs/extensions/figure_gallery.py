"""The gallery of figures: every entry of `rheobase.figures` with its picture, its numbers and its code."""

import inspect
import re
from pathlib import Path
from sys import modules
from typing import Any

import generated_pages as pages
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.display import status_iterator

import rheobase
from rheobase.figures import Entry, Figure


def write_pages(app: Sphinx, _: Any) -> None:
    """Draw the figures that are not drawn yet, and write a page for each and one for all."""
    place = pages.folder(app.srcdir, "figures")
    entries = rheobase.figures.entries()
    newest = max(file.stat().st_mtime for file in Path(rheobase.__file__).parent.rglob("*.py"))
    for entry in status_iterator(entries.values(), "drawing figures... ", length=len(entries), stringify_func=_name):
        page, picture = place / f"{slug(entry)}.rst", place / f"{slug(entry)}.png"
        if picture.is_file() and page.is_file() and picture.stat().st_mtime > newest:
            continue
        drawn = rheobase.figures.draw(entry.name)
        drawn.save(picture, dpi=110)
        with Image.open(picture) as image:
            image.thumbnail((480, 480))
            image.save(place / f"{slug(entry)}.small.png")
        pages.write(page, _page(entry, drawn))
    pages.prune(place, ["index", *map(slug, entries.values())])
    pages.write(place / "index.rst", _index(list(entries.values())))


def slug(entry: Entry) -> str:
    """Return the name of an entry's page."""
    return re.sub(r"[^\w.]+", "-", entry.name)


def _name(entry: Entry) -> str:
    return entry.name


def _chapter(entry: Entry) -> str:
    """Return the first line about the file that draws the entry."""
    return (modules[entry.draw.__module__].__doc__ or "").strip().split("\n")[0].rstrip(".")


def _heading(entry: Entry) -> str:
    return entry.title if entry.title.startswith(entry.name) else f"{entry.name}. {entry.title}"


def _index(entries: list[Entry]) -> str:
    text = pages.title("Figures") + (
        "Every figure of the sources, drawn by the library when this page was built. In Python,\n"
        '``rb.figures.show("3.3")`` draws one, and so does ``rheobase figure 3.3`` in a shell. Figures on recordings\n'
        "show a surrogate here; with ``data=`` they show the recordings.\n\n"
    )
    chapters: dict[str, list[Entry]] = {}
    for entry in entries:
        chapters.setdefault(_chapter(entry), []).append(entry)
    for chapter, members in chapters.items():
        text += pages.title(chapter, "-") + ".. container:: thumbnails\n\n"
        for entry in members:
            caption = pages.escaped(_heading(entry))
            text += f"    .. figure:: {slug(entry)}.small.png\n        :target: {slug(entry)}.html\n"
            text += f"        :alt: {caption}\n\n        :doc:`{caption} <{slug(entry)}>`\n\n"
    return text + pages.toctree([slug(entry) for entry in entries])


def _page(entry: Entry, drawn: Figure) -> str:
    known_as = [entry.name, *entry.also]
    text = pages.title(pages.escaped(_heading(entry)))
    words = pages.escaped(" ".join(f"{entry.title}. {drawn.caption}".split()))
    text += f".. image:: {slug(entry)}.png\n    :alt: {words}\n\n"
    text += "To draw it:\n\n" + pages.code(f"rb.figures.show({entry.name!r})".replace("'", '"'))
    text += f"Names it answers to: {', '.join(f'``{name}``' for name in known_as)}.\n\n"
    if drawn.numbers:
        rows = [(pages.escaped(str(name)), f"``{_number(value)}``") for name, value in drawn.numbers.items()]
        text += pages.title("Numbers", "-") + pages.table(("what", "value"), rows, "35 65")
    text += pages.title("Code", "-")
    text += f"From ``{entry.draw.__module__.replace('.', '/')}.py``.\n\n"
    return text + pages.code(inspect.getsource(inspect.unwrap(entry.draw)))


def _number(value: Any) -> str:
    """Return a number or an array in one short line."""
    import numpy as np

    if isinstance(value, float):
        return f"{value:.6g}"
    if np.ndim(value) and np.asarray(value).dtype.kind in "fiu":
        value = np.array2string(np.asarray(value), precision=5, threshold=8, edgeitems=3, max_line_width=10_000)
    text = " ".join(str(value).split()).replace("`", "'")
    return text if len(text) <= 160 else text[:157] + "..."


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("config-inited", write_pages)
    return {"parallel_read_safe": True}
