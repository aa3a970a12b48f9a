"""The tables that the benchmarks wrote, at the end of the page on performance, included as they stand."""

import re
from pathlib import Path

from sphinx.application import Sphinx

PAGE, TITLE = "performance", "# Benchmarks"


def append_tables(app: Sphinx, docname: str, content: list[str]) -> None:
    """Append every ``benchmarks/results/*.md`` to the page, and point its links to these files there."""
    if docname != PAGE:
        return
    text = re.sub(r"\]\(\.\./benchmarks/results/(\w+)\.md\)", r"](#\1)", content[0])
    text += "\n## All tables\n\nAs the scripts in `benchmarks/` wrote them.\n\n"
    for file in sorted((Path(app.srcdir).parent / "benchmarks" / "results").glob("*.md")):
        text += f"### {file.stem}\n\n```{{include}} ../benchmarks/results/{file.name}\n"
        if file.read_text(encoding="utf-8").startswith(TITLE):  # the same for all: the name says more
            text += f":start-after: '{TITLE}'\n"
        text += ":heading-offset: 2\n```\n\n"
    content[0] = text


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at pages as they are read."""
    app.connect("source-read", append_tables)
    return {"parallel_read_safe": True}
