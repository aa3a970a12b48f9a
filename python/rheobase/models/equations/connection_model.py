"""A model of connections as it was written, and what a reader is told of it: what kernels and rules have alike."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rheobase.models.equations.connection import ConnectionText
from rheobase.models.equations.printing import printed
from rheobase.models.equations.shown import ParameterInfo, Shown, info_of


@dataclass(frozen=True)
class ConnectionModel(ABC):
    """A kernel or rule of equations, described as the engine describes its own."""

    text: ConnectionText  #: as it was written
    shown: Shown | None = field(default=None, kw_only=True)  #: where it is not the user's
    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """Of the model."""
        return self.text.name

    @property
    def parameters(self) -> list[ParameterInfo]:
        """The parameters with their defaults."""
        return [info_of(p) for p in self.text.parameters]

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""
        return self.shown.summary if self.shown else f"{self.name}, a {self.kind} of equations."

    @property
    def reference(self) -> str:
        """Where it comes from; empty for models of users."""
        return self.shown.reference if self.shown else ""

    @property
    def equation(self) -> str:
        """What a reader sees of a model: parameters have a table of their own."""
        if self.shown:
            return self.shown.equation
        arguments = self.arguments()
        parts = arguments["equations"].splitlines()[len(self.text.parameters) :]
        parts += [f"{part}: {code}" for part, code in arguments.items() if part.startswith("on_") and code]
        return "\n".join(parts)

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which a call gives this model again."""

    def written(self, place: str) -> dict[str, Any]:
        """Return the arguments of all models, with the equations of what is kept at `place` unflagged."""
        return {
            "name": self.name,
            "equations": self.text.equations(place),
            "on_pre": self.text.statements("on_pre"),
            "parameters": {p.name: p.standard for p in self.text.parameters},
            "initial": {v: printed(e) for v, e in self.text.initial.items()},
        }
