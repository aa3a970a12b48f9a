"""A neuron model as it was written: its variables, parameters, conditions and statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rheobase.models.equations.block import Line, written
from rheobase.models.equations.bounds import BOUNDS, word_in
from rheobase.models.equations.expressions import Expression, names_in
from rheobase.models.equations.grammar import Statement
from rheobase.models.equations.inputs import Input, as_text
from rheobase.models.equations.noise_terms import noises_in
from rheobase.models.equations.printing import printed
from rheobase.models.registry import check_bounds


@dataclass(frozen=True)
class Variable:
    """One state variable; its rate is its derivative, None where only spikes and events change it."""

    name: str
    unit: str
    doc: str
    rate: Expression | None
    held: bool  #: while the neuron is refractory


@dataclass(frozen=True)
class Parameter:
    """One parameter with its default."""

    name: str
    unit: str
    standard: float
    doc: str
    bounds: str = ""  #: the word for them


@dataclass(frozen=True)
class Event:
    """What happens where a condition holds at the end of a step."""

    condition: Expression
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Description:
    """A neuron model; see `rb.neuron` for what its parts mean."""

    name: str
    variables: tuple[Variable, ...]
    parameters: tuple[Parameter, ...]
    named: Mapping[str, Expression]  #: what can be recorded beside the state
    receptors: tuple[str, ...]
    threshold: Expression | None
    reset: tuple[Statement, ...]
    refractory: Expression | None
    initial: Mapping[str, Expression]
    events: Mapping[str, Event]
    kicked: str | None  #: the variable that delta synapses move
    units: Mapping[str, str] = field(default_factory=dict)  #: of what is named
    inputs: Mapping[str, Input] = field(default_factory=dict)  #: variables that are given from outside, with defaults

    @property
    def noises(self) -> list[str]:
        """Names of the noise terms."""
        return noises_in(*(v.rate for v in self.variables if v.rate is not None))

    @property
    def takes_current(self) -> bool:
        """Whether the input `I` drives it."""
        rates = [v.rate for v in self.variables if v.rate is not None]
        return "I" in names_in(*rates) and "I" not in {p.name for p in self.parameters}

    def equations(self) -> str:
        """Return the equations as canonical text."""
        lines = []
        for p in self.parameters:
            lines.append(written(p.name, p.unit, p.bounds, p.doc))
        lines += [written(r, "nS", "receptor", "") for r in self.receptors]
        for n, e in self.named.items():
            lines.append(written(f"{n} = {printed(e)}", self.units.get(n, ""), "", ""))
        for v in self.variables:
            flags = ", ".join(
                [
                    *(["unless refractory"] if v.held else []),
                    *(["delta"] if v.name == self.kicked and v.rate is not None else []),
                ]
            )
            if v.rate is None:
                lines.append(written(v.name, v.unit, "" if v.name in self.inputs else "state", v.doc))
            else:
                lines.append(written(f"d{v.name}/dt = {printed(v.rate)}", v.unit, flags, v.doc))
        return "\n".join(lines)

    def arguments(self) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.neuron` gives this model again."""
        return {
            "name": self.name,
            "equations": self.equations(),
            "threshold": None if self.threshold is None else printed(self.threshold),
            "reset": _statements(self.reset),
            "refractory": None if self.refractory is None else printed(self.refractory),
            "parameters": {p.name: p.standard for p in self.parameters},
            "initial": {v: printed(e) for v, e in self.initial.items() if v not in self.inputs},
            "events": {n: (printed(e.condition), _statements(e.statements)) for n, e in self.events.items()},
            "inputs": {n: as_text(value) for n, value in self.inputs.items()},
        }


def _statements(statements: tuple[Statement, ...]) -> str | None:
    return "; ".join(f"{s.target} = {printed(s.value)}" for s in statements) or None


def parameter_of(n: str, value: float, line: Line | None) -> Parameter:
    """Return a parameter with its default and what its declaration says, if there is one."""
    if line is None:
        return Parameter(n, "", value, "")
    word = word_in(line.flags)
    check_bounds(f"parameters[{n!r}]", value, BOUNDS[word])
    return Parameter(n, line.unit, value, line.doc, word)
