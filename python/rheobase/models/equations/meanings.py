"""What the named expressions of a text mean: each is read once, when another one first needs it."""

from __future__ import annotations

from collections.abc import Callable

from rheobase.models.equations.block import Line
from rheobase.models.equations.expressions import Expression


class Meanings:
    """Named expressions that have been read, by name."""

    def __init__(self) -> None:
        self.known: dict[str, Expression] = {}
        self._open: list[str] = []  # those that are being read

    def find(self, wanted: str, line: Line, read: Callable[[Line], Expression]) -> Expression:
        """Return what a name means, read from its line where it is not known; an error if it depends on itself."""
        if wanted not in self.known:
            if wanted in self._open:
                circle = " -> ".join([*self._open[self._open.index(wanted) :], wanted])
                raise line.source.error(f"{wanted} must not depend on itself: {circle}")
            self._open.append(wanted)
            self.known[wanted] = read(line)
            self._open.pop()
        return self.known[wanted]
