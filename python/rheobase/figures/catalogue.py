"""The list of figures: how one is registered, found, drawn and shown."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rheobase import checks, html
from rheobase.figures.panels import shows_tick_labels
from rheobase.figures.recordings import SURROGATE

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

#: The modules that hold figures, in the order of the sources.
MODULES = (
    "neurons",
    "neuron_exercises",
    "spike_trains",
    "spike_train_exercises",
    "networks",
    "network_exercises",
    "plasticity",
    "readout",
    "perceptron",
    "learning_exercises",
    "ode_toolbox",
    "ode_exercises",
    "channels",
    "simplified_neurons",
    "phase_oscillators",
    "binary_units",
    "population_coding",
    "suppression",
    "model_exercises",
    "homework",
    "associative_memory",
    "hamiltonian",
    "random_networks",
    "persistent_activity",
    "voltage_plasticity",
    "reward",
    "gap_junctions",
    "exact_rates",
    "mean_fields",
    "two_parameters",
)

#: Pixels a side that a picture stays below.
LARGEST_PICTURE = 2**16

STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "font.size": 9.0,
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": "small",
}


@dataclass(frozen=True)
class Figure:
    """A drawn figure and the numbers it shows.

    Attributes
    ----------
    picture : matplotlib Figure
    numbers : dict of str to number or array
        What the picture shows, in the units of its axes.
    caption : str
        What to know when reading it; corrections to the source are told here.
    name, title, source : str
        Filled in by `draw`.
    """

    picture: Picture
    numbers: dict[str, Any] = field(default_factory=dict)
    caption: str = ""
    name: str = ""
    title: str = ""
    source: str = ""

    def __repr__(self) -> str:
        return f"Figure {self.name!r}: {self.title}"

    def save(self, path: str | Path, dpi: float = 150) -> Path:
        """Write the picture to a file, in the format of its ending, and return its path."""
        file, dpi = checks.path("path", path), checks.number("dpi", dpi, above=0)
        width, height = self.picture.get_size_inches()
        if max(width, height) * dpi >= LARGEST_PICTURE:
            raise ValueError(f"dpi must give less than {LARGEST_PICTURE} pixels a side, got {dpi:g}")
        self.picture.savefig(file, dpi=dpi)
        return file

    def _repr_html_(self) -> str:
        rows = [(name, _short(value)) for name, value in self.numbers.items()]
        return html.table(rows, title=f"Figure {self.name}. {self.title}", more=f" {self.caption}")


@dataclass(frozen=True)
class Entry:
    """A figure of the list: `name`, `title`, `source` ("000" is the textbook), other names, and who draws it."""

    name: str
    title: str
    source: str
    also: tuple[str, ...]
    draw: Callable[..., Figure]


_ENTRIES: dict[str, Entry] = {}


def figure(
    name: str, title: str, *, source: str = "000", also: tuple[str, ...] = ()
) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Register the decorated function as the one that draws figure `name`.

    The function may have the arguments `data` (a folder or None) and `seed` (with its default); it returns a
    `Figure` made of the picture, its numbers and perhaps a caption.

    Parameters
    ----------
    name : str
        The identifier in its source, such as "3.3".
    title : str
        What it shows, in a few words.
    source : str, default "000"
        The document it is from.
    also : tuple of str
        Other names, such as the topic.

    Returns
    -------
    decorator

    Raises
    ------
    ValueError
        If one of the names is taken.

    Examples
    --------
    >>> @figure("parabola", "A parabola", source="example")
    ... def parabola():
    ...     picture, axes = panels("A")
    ...     axes["A"].plot([0, 1, 4])
    ...     return Figure(picture, {"top": 4})
    """

    def register(function: Callable[..., Figure]) -> Callable[..., Figure]:
        taken = _by_any_name()
        for each in (name, *also):
            if each in taken and taken[each].draw.__qualname__ != function.__qualname__:
                raise ValueError(f"name must be new to the list of figures, got {each!r} again")
        _ENTRIES[name] = Entry(name, title, source, also, function)
        return function

    return register


def entries() -> dict[str, Entry]:
    """Return all figures by name, in the order of the sources, whichever module was imported first; then a user's own.

    Examples
    --------
    >>> entries()["3.3"].title
    'Recurrent spiking network'
    """
    order = {import_module(f"rheobase.figures.{module}").__name__: k for k, module in enumerate(MODULES)}
    return dict(sorted(_ENTRIES.items(), key=lambda item: order.get(item[1].draw.__module__, len(order))))


def names(source: str | None = None) -> list[str]:
    """Return the identifiers of all figures, or of those of one source ("000" to "003", or "published").

    Examples
    --------
    >>> names("000")[:2]
    ['1', '1.1']
    """
    found = entries()
    if source is not None:
        checks.choice("source", source, sorted({entry.source for entry in found.values()}))
    return [name for name, entry in found.items() if source in (None, entry.source)]


def draw(name: str, data: str | Path | None = None, seed: int | None = None) -> Figure:
    """Draw a figure and return it with the numbers it shows, without opening a window.

    Parameters
    ----------
    name : str
        Its identifier in the source ("3.3", "A.8") or another of its names.
    data : path, optional
        Folder with the textbook's recordings. Without it, figures on recordings draw a labelled surrogate.
    seed : int, optional
        For figures with chance in them; by default each has its own.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no such figure, or `data` is not a folder or lacks the recording.

    Examples
    --------
    >>> draw("1.3").numbers["I_th"]
    15.0
    """
    import matplotlib.pyplot as plt

    drawn = _draw(name, data, seed)
    plt.close(drawn.picture)  # pyplot forgets it, the record keeps it
    return drawn


def show(name: str, data: str | Path | None = None, seed: int | None = None) -> Figure:
    """Draw a figure, show it (window or notebook) and return it; arguments as in `draw`.

    Examples
    --------
    >>> show("3.3")  # doctest: +SKIP
    """
    import matplotlib.pyplot as plt

    drawn = _draw(name, data, seed)
    plt.show()
    return drawn


def _draw(name: str, data: str | Path | None, seed: int | None) -> Figure:
    import matplotlib.pyplot as plt

    entries()
    known = _by_any_name()
    entry = known[checks.choice("name", name, known)]
    arguments: dict[str, Any] = {"data": _folder(data)}
    if seed is not None:
        arguments["seed"] = checks.integer("seed", seed, low=0)
    taken = inspect.signature(entry.draw).parameters
    with plt.rc_context(STYLE):
        drawn = entry.draw(**{key: value for key, value in arguments.items() if key in taken})
        _write_title(drawn, entry)
    return replace(drawn, name=entry.name, title=entry.title, source=entry.source)


def _folder(data: str | Path | None) -> Path | None:
    if data is None:
        return None
    if not isinstance(data, str | Path):
        raise TypeError(f"data must be the path of a folder or None, got {type(data).__name__}")
    if not Path(data).is_dir():
        raise ValueError(f"data must be an existing folder, got {str(data)!r}")
    return Path(data)


def _by_any_name() -> dict[str, Entry]:
    return {each: entry for entry in _ENTRIES.values() for each in (entry.name, *entry.also)}


def _write_title(drawn: Figure, entry: Entry) -> None:
    """Write the title above the panels and the caption below them; no axis label where ticks have none."""
    for ax in drawn.picture.axes:
        if not shows_tick_labels(ax):
            ax.set_xlabel("")
    columns = int(drawn.picture.get_figwidth() * 15)
    title = entry.title if entry.title.startswith(entry.name) else f"{entry.name}  {entry.title}"
    if drawn.caption.startswith(SURROGATE):
        title += ", surrogate data"
    drawn.picture.suptitle(title, x=0.01, ha="left", fontweight="bold")
    if drawn.caption:
        drawn.picture.supxlabel(textwrap.fill(drawn.caption, columns), x=0.01, ha="left", fontsize="small")


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return html.escape(text if len(text) < 200 else text[:197] + "...")
