"""Progress bars, and what stops them: Ctrl-C, which keeps what was done."""

import math
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from rheobase import checks

Item = TypeVar("Item")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended a call, which has kept what was done until then: one interrupt ends a loop of runs.

    Attributes
    ----------
    result : object
        What the call would have returned, as far as it came; it says ``interrupted``.

    Examples
    --------
    >>> try:
    ...     res = net.run(100)
    ... except rb.Interrupted as stopped:
    ...     res = stopped.result
    """

    def __init__(self, what: str, result: object) -> None:
        super().__init__(what, result)
        self.result: Any = result

    def __str__(self) -> str:
        return f"{self.args[0]}; `result` holds what was done"


class Counter:
    """Shows how much of `total` is done, in any unit; nothing at all where `shown` is False."""

    def __init__(
        self, total: float, description: str, unit: str, shown: bool, layout: str | None = None, delay: float = 0
    ) -> None:
        self.total = total
        self._bar: Any = None
        if checks.flag("progress", shown):
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, desc=description, unit=unit, bar_format=layout, delay=delay)

    def show(self, done: float) -> None:
        """Show that `done` of the total is done."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def advance(self) -> None:
        """Show that one more is done."""
        if self._bar is not None:
            self._bar.update()

    def name(self, text: str) -> None:
        """Show what is being worked at."""
        if self._bar is not None:
            self._bar.set_postfix_str(text)

    def write(self, text: str) -> None:
        """Print a line above the bar."""
        if self._bar is not None:
            self._bar.write(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            if kind is None and math.isfinite(self.total):
                self.show(self.total)
            self._bar.close()


class LongCall(Counter):
    """Shows how far a call of the engine has come, where it takes more than a second."""

    def __init__(self, total: float, description: str, shown: bool) -> None:
        super().__init__(total, description, "", shown, "{l_bar}{bar}| [{elapsed}<{remaining}]", delay=1)
        #: What the engine is to call, or None.
        self.report = self.show if shown else None


class Listing(LongCall):
    """Shows how far pairs of neurons that are listed have been sorted."""

    def __init__(self, total: float, shown: bool) -> None:
        super().__init__(total, "sorting", shown)


class Construction(LongCall):
    """Shows how far the construction of a network has come."""

    def __init__(self, engine: Any, shown: bool) -> None:
        super().__init__(engine.count_work(), "connecting", shown)


class Search(Counter):
    """Counts the steps of a search, where it takes more than a second; nobody knows how many there will be."""

    def __init__(self, description: str, shown: bool) -> None:
        super().__init__(math.inf, description, " steps", shown, delay=1)


class Bar(Counter):
    """Shows how far a run of `steps` steps has come, in biological time; nothing at all where `shown` is False."""

    def __init__(self, steps: int, dt: float, shown: bool) -> None:
        layout = "{l_bar}{bar}| {n:.0f}/{total:.0f} ms [{elapsed}<{remaining}]"
        super().__init__(steps * dt, "simulating", "ms", shown, layout)
        self.dt = dt

    def move_to(self, step: int) -> None:
        """Show that `step` steps are done."""
        self.show(step * self.dt)


def counted(
    items: Iterable[Item], description: str, unit: str, shown: bool, total: int | None = None
) -> Iterable[Item]:
    """Return `items` as they are, or where `shown` with a bar that counts them."""
    if not checks.flag("progress", shown):
        return items
    from tqdm.auto import tqdm

    return tqdm(items, desc=description, unit=unit, total=total)
