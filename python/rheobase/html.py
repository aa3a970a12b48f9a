"""Tables for notebooks, in one place."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


def table(rows: Iterable[Sequence[Any]], *, head: Sequence[Any] = (), title: str = "", more: str = "") -> str:
    """Return rows of values as an HTML table.

    Parameters
    ----------
    rows : iterable of sequences
        Cells; numbers with a fraction are shown with four digits, all else as its text, escaped.
    head : sequence, optional
        Names of the columns.
    title : str, optional
        Stands before the table in bold.
    more : str, optional
        Follows the title.
    """
    lines = [_line("th", head)] if len(head) else []
    lines += [_line("td", row) for row in rows]
    bold = f"<b>{escape(title)}</b>" if title else ""
    return f"{bold}{escape(more)}<table>{''.join(lines)}</table>"


def _line(tag: str, cells: Sequence[Any]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(_text(cell))}</{tag}>" for cell in cells) + "</tr>"


def _text(cell: Any) -> str:
    return format(cell, ".4g") if hasattr(cell, "as_integer_ratio") and not isinstance(cell, int) else str(cell)
