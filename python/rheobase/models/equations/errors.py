"""Errors of equations, which show the line and point at the column."""

from dataclasses import dataclass


class EquationError(ValueError):
    """An equation that cannot be a model: what is wrong with it, and where."""


@dataclass(frozen=True)
class Source:
    """A piece of text, such as the argument `equations`, and the line of it that is being read."""

    argument: str
    line: int
    text: str
    start: int = 0  #: column of `text` at which the part that is parsed begins

    def error(self, message: str, column: int = 0) -> EquationError:
        """Return an error at a column, counted from 0 within the part that is parsed."""
        at = min(self.start + column, len(self.text))
        return EquationError(
            f"{self.argument}, line {self.line}, column {at + 1}: {message}\n    {self.text}\n    {' ' * at}^"
        )

    def part(self, start: int) -> "Source":
        """Return the same line with another beginning of what is parsed."""
        return Source(self.argument, self.line, self.text, start)
