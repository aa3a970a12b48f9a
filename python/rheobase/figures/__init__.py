"""Every figure of the sources, one short function each, written with the public face of the library alone.

``rb.figures.show("3.3")`` simulates and shows a figure, ``rb.figures.names()`` lists them all. Identifiers are those
of the sources: "1.1" to "B.2" for the textbook, "H1" to "H18" for the homework, names for the rest. Where a printed
figure rests on an erratum, the correct one is drawn and its caption says so.
"""

from rheobase.figures.catalogue import Entry, Figure, draw, entries, figure, names, show

__all__ = ["Entry", "Figure", "draw", "entries", "figure", "names", "show"]


def __dir__() -> list[str]:
    return __all__
