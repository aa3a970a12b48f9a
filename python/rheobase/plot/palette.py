"""One set of colours for all figures, told apart in print, in grey and by colour-blind readers.

Vermilion, sky blue and orange are those of Okabe and Ito; the others are darkened or lightened so that neighbours in
the order also differ in lightness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

EXCITATORY = "#D55E00"  #: vermilion
INHIBITORY = "#0B3C6F"  #: dark blue
EXTERNAL = "#A6A6A6"  #: grey
BLACK = "#000000"

#: Colours in the order in which they are handed out.
CYCLE = (EXCITATORY, INHIBITORY, EXTERNAL, BLACK, "#56B4E9", "#007A59", "#E69F00")

_ROLES = (
    (EXCITATORY, "e|exc|excitatory"),
    (INHIBITORY, "i|inh|inhibitory"),
    (EXTERNAL, "x|ext|external|poisson|input"),
)


def colour(i: int) -> str:
    """Return the colour of the `i`-th of several equal things (the cycle repeats after seven).

    Parameters
    ----------
    i : int
        From 0.

    Returns
    -------
    str
        ``"#RRGGBB"``.

    Examples
    --------
    >>> colour(0) == EXCITATORY
    True
    """
    return CYCLE[i % len(CYCLE)]


def colours_of(names: Iterable[str]) -> dict[str, str]:
    """Return a colour for each population: by its role where the name tells it, else the next one free.

    Parameters
    ----------
    names : iterable of str
        Names such as "e", "exc", "L4 inh", "23E" or "x". Excitatory ones get vermilion, inhibitory ones dark blue,
        external ones grey.

    Returns
    -------
    dict of str to str
        Colours as ``"#RRGGBB"``.

    Examples
    --------
    >>> colours_of(["e", "i"]) == {"e": EXCITATORY, "i": INHIBITORY}
    True
    """
    chosen = {name: role(name) for name in names}
    others = [name for name, known in chosen.items() if known is None]
    free = [each for each in CYCLE if each not in chosen.values()] or list(CYCLE)
    return {
        name: known if known is not None else free[others.index(name) % len(free)] for name, known in chosen.items()
    }


def role(name: str) -> str | None:
    """Return the colour of the role that a name tells, or None."""
    for known, words in _ROLES:
        if re.fullmatch(rf"(.*[\W\d_])?({words})", name, flags=re.IGNORECASE):
            return known
    return None
