"""What a picture of a circuit is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A population: how it is called, how many neurons it has, its colour, and as how many circles it is drawn.

    Where every neuron has a circle of its own (`each`), these stand in a column; a population in one piece is one
    larger circle.
    """

    name: str
    n: int
    colour: str
    circles: int = 1
    each: bool = False


@dataclass(frozen=True)
class Arrow:
    """Spikes from one population to another.

    `sign` is that of their effect, 0 where some excite and some inhibit; `strength` is what a neuron receives, weight
    times in-degree, or 0 where it is not known.
    """

    pre: str
    post: str
    sign: int
    plastic: bool = False
    strength: float = 0.0


@dataclass(frozen=True)
class Entry:
    """What comes from outside into a population: Poisson drive, a current or light."""

    post: str
    sign: int
    text: str


@dataclass(frozen=True)
class Diagram:
    """The parts of a picture."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    entries: tuple[Entry, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the populations, in order."""
        return [node.name for node in self.nodes]
