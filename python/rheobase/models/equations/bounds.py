"""Bounds of parameters, given by a word behind their declarations."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Bounds:
    """Between what a parameter must lie; `open`: the bounds themselves are refused."""

    low: float = -inf
    high: float = inf
    open: bool = False


#: The words and what they mean; a parameter without one may be any number.
BOUNDS = {
    "": Bounds(),
    "positive": Bounds(low=0.0, open=True),
    "non-negative": Bounds(low=0.0),
    "fraction": Bounds(low=0.0, high=1.0),
}
WORDS = tuple(word for word in BOUNDS if word)


def word_in(flags: tuple[str, ...]) -> str:
    """Return the word among the flags of a declaration that says its bounds."""
    return next((flag for flag in flags if flag in WORDS), "")
