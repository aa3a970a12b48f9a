"""What a reader is told of a model of equations: its parameters and variables, a summary, the text and its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.models.equations.bounds import BOUNDS
from rheobase.models.equations.description import Parameter
from rheobase.models.equations.dimensions import kept_in


@dataclass(frozen=True)
class ParameterInfo:
    """What is known of a parameter."""

    name: str
    unit: str
    standard: float
    doc: str
    low: float = -np.inf
    high: float = np.inf
    open: bool = False

    @property
    def kept_in(self) -> str:
        """The unit of this library in which its numbers are."""
        return kept_in(self.unit)


def info_of(p: Parameter) -> ParameterInfo:
    """Return what is known of a parameter as it was declared."""
    b = BOUNDS[p.bounds]
    return ParameterInfo(p.name, p.unit, p.standard, p.doc or "parameter", b.low, b.high, b.open)


@dataclass(frozen=True)
class VariableInfo:
    """What is known of a state variable."""

    name: str
    unit: str
    doc: str

    @property
    def kept_in(self) -> str:
        """The unit of this library in which its numbers are."""
        return kept_in(self.unit)


@dataclass(frozen=True)
class Shown:
    """What a reader sees of a model beside its parameters and variables."""

    summary: str
    equation: str
    reference: str
