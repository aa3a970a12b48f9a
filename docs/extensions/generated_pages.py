"""Where the extensions write their pages, and the few pieces of reStructuredText they are made of."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

# pictures are written to files, whatever backend the reader of the documentation prefers
os.environ.setdefault("MPLBACKEND", "Agg")


def folder(source: str | Path, name: str) -> Path:
    """Return the folder of generated pages `name`, made if it is not there."""
    place = Path(source) / "generated" / name
    place.mkdir(parents=True, exist_ok=True)
    return place


def write(path: Path, text: str) -> None:
    """Write a page, unless it stands there already: Sphinx then need not read it again."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def prune(place: Path, kept: Iterable[str]) -> None:
    """Remove pages and pictures of what is no longer there: `kept` names those that are."""
    known = set(kept)
    for file in place.iterdir():
        if file.name.removesuffix(file.suffix).removesuffix(".small") not in known:
            file.unlink()


def title(text: str, line: str = "=") -> str:
    """Return a heading."""
    return f"{text}\n{line * max(len(text), 3)}\n\n"


def indented(text: str, by: int = 4) -> str:
    """Return `text` with every line moved to the right, empty ones left alone."""
    return "\n".join(" " * by + line if line.strip() else "" for line in text.split("\n"))


def code(text: str, language: str = "python") -> str:
    """Return a block of code."""
    return f".. code-block:: {language}\n\n{indented(text.rstrip())}\n\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: str = "auto") -> str:
    """Return a table; cells are reStructuredText of one line."""
    lines = [".. list-table::", "    :header-rows: 1", f"    :widths: {widths}", ""]
    for row in (head, *rows):
        lines += [f"    {'* -' if k == 0 else '  -'} {cell}" for k, cell in enumerate(row)]
    return "\n".join(lines) + "\n\n"


def toctree(pages: Iterable[str], *options: str) -> str:
    """Return a table of contents of pages, shown in the navigation alone."""
    listed = "\n".join(f"    {page}" for page in pages)
    chosen = "\n".join(f"    :{option}:" for option in ("hidden", *options))
    return f".. toctree::\n{chosen}\n\n{listed}\n\n"


def escaped(text: str) -> str:
    """Return `text` with the signs that mean something in reStructuredText made plain."""
    for sign in "\\*`|_":
        text = text.replace(sign, "\\" + sign)
    return text
