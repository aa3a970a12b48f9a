"""Noise in equations: xi, or xi_ and a name, which enters the rates of variables linearly."""

import re
from collections.abc import Iterable

from rheobase.models.equations.block import Line
from rheobase.models.equations.expressions import Expression, name, names_in
from rheobase.models.equations.grammar import Scope, parse_number
from rheobase.models.equations.linear import depends, linear_in

#: What a name of noise is.
NOISE = re.compile(r"xi(_\w+)?$")
_IN_TEXT = re.compile(r"\bxi(?:_\w+)?\b")


def noises_in(*expressions: Expression) -> list[str]:
    """Return the names of noise in expressions, each once, in order."""
    return sorted(n for n in names_in(*expressions) if NOISE.match(n))


def noises_written(lines: Iterable[Line]) -> list[str]:
    """Return the names of noise in the text of lines, as often as they stand there."""
    return [n for line in lines for n in _IN_TEXT.findall(line.text)]


def rate_of(line: Line, scope: Scope) -> Expression:
    """Return the rate of a variable, read from its line; an error if noise enters otherwise than linearly."""
    rate = parse_number(line.source, line.text, scope)
    noises = {name(n) for n in noises_in(rate)}
    for one in noises:
        parts = linear_in(rate, one)
        if parts is None or depends(parts[0], noises):
            raise line.source.error(f"noise must enter linearly, as in sigma*{one}: {one} does not")
    return rate
