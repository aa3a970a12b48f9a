from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import pytest

import rheobase as rb

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_left() -> Iterator[None]:
    import matplotlib.pyplot as plt

    plt.close("all")
    yield
    assert plt.get_fignums() == [], "a drawn figure must not stay with pyplot"


@cache
def _drawn(name: str, data: Path | None) -> Any:
    return rb.figures.draw(name, data)


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], Any]:
    """Return a figure by name, drawn once."""
    return lambda name: _drawn(name, None)


@pytest.fixture(scope="session")
def drawn_with_data(recordings: Callable[[str], Path]) -> Callable[[str, str], Any]:
    """Return a figure by name, drawn once with the recording it needs, or skip."""
    return lambda name, file: _drawn(name, recordings(file).parent)
