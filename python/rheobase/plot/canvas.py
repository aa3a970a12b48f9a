"""The axes a plot draws on, and its colours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from rheobase import checks

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Drawn = TypeVar("Drawn")


def axes_or_new(ax: Axes | None) -> Axes:
    """Return `ax`, or the axes of a new figure if it is None."""
    from matplotlib.axes import Axes

    if ax is None:
        import matplotlib.pyplot as plt

        return plt.subplots(figsize=(6.0, 3.5), layout="constrained")[1]
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be matplotlib axes or None, got {type(ax).__name__}")
    return ax


def with_unit(name: str, unit: str) -> str:
    """Return the label of an axis; numbers without a unit, "1", and those whose unit is unknown have none.

    Examples
    --------
    >>> with_unit("V", "mV")
    'V (mV)'
    """
    return name if unit in ("", "1") else f"{name} ({unit})"


def colour_of(name: str, value: str) -> str:
    """Return a colour that matplotlib knows, such as "C0", "black" or "#0B3C6F"."""
    from matplotlib.colors import is_color_like

    if not isinstance(value, str) or not is_color_like(value):
        raise ValueError(f"{name} must be a colour that matplotlib knows, got {value!r}")
    return value


def colour_map(name: str, value: str) -> str:
    """Return the name of a colour map that matplotlib knows."""
    from matplotlib import colormaps

    return checks.choice(name, value, list(colormaps))


def names_of_lines(name: str, value: Sequence[str] | None, n: int) -> list[str] | None:
    """Return the names of `n` lines for a legend, or None."""
    if value is None:
        return None
    names = [checks.text(name, each) for each in checks.items(name, value, "a sequence of strings")]
    if len(names) != n:
        raise ValueError(f"{name} must have one name for each of {n} lines, got {len(names)}")
    return names


def paired(name: str, x: npt.ArrayLike, other: str, y: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return two arguments of equal length as vectors."""
    first, second = checks.array(name, x, shape=(None,)), checks.array(other, y, shape=(None,))
    if first.size != second.size:
        raise ValueError(f"{other} must have shape {first.shape}, that of {name}, got {second.shape}")
    return first, second


def styled(drawn: Drawn, style: Mapping[str, Any]) -> Drawn:
    """Give what was drawn the properties that a caller asks for, each where artists have it; a mistake erases all."""
    artists = [*_artists(drawn)] if style else []
    try:
        for name, value in style.items():
            _give(artists, name, value)
    except TypeError:
        for artist in artists:
            artist.remove()
        raise
    return drawn


def _give(artists: Sequence[Artist], name: str, value: Any) -> None:
    takers = [artist for artist in artists if hasattr(artist, f"set_{name}")]
    if not takers and artists:
        known = sorted({key[4:] for artist in artists for key in dir(artist) if key.startswith("set_")})
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise TypeError(f"{name} must be an argument or a property of what is drawn{hint}")
    for artist in takers:
        try:
            artist.set(**{name: value})
        except (TypeError, ValueError, AttributeError) as error:
            raise TypeError(f"{name} must be a value that artists take, got {value!r}: {error}") from error


def _artists(drawn: Any) -> Iterator[Artist]:
    """Yield the artists of what a function returns: one, or collections of them."""
    if hasattr(drawn, "set_zorder"):
        yield drawn
    elif isinstance(drawn, Mapping):
        yield from _artists(drawn.values())
    elif isinstance(drawn, Iterable) and not isinstance(drawn, str):
        for part in drawn:
            yield from _artists(part)
