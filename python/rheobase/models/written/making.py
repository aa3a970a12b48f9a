"""How a text of the library becomes a class that has a summary, a source and a name of its own."""

from rheobase.models.equations.block import read_lines
from rheobase.models.equations.description import describe
from rheobase.models.equations.neuron import EquationModel, EquationNeuron, Shown
from rheobase.models.neurons import make
from rheobase.models.registry import Model

#: Where the classes stand, for pickles.
CATALOGUE = "rheobase.models.written.catalogue"


class Written(Model):
    """A model of the library that is written as equations: files and pickles hold its name."""

    __reduce__ = Model.__reduce__


class WrittenNeuron(Written, EquationNeuron):
    """A neuron model of the library that is written as equations, with its parameters."""


def neuron_class(
    name: str,
    equations: str,
    *,
    summary: str,
    reference: str,
    parameters: dict[str, float],
    initial: dict[str, float | str],
    threshold: str,
    reset: str,
    refractory: str,
) -> type[WrittenNeuron]:
    """Return the class of a neuron model; the arguments are those of `rb.neuron`, and what a reader is told."""
    described = describe(
        name,
        equations,
        threshold=threshold,
        reset=reset,
        refractory=refractory,
        parameters=parameters,
        initial=initial,
        events=None,
        functions=None,
    )
    equation = as_written(equations, threshold=threshold, reset=reset, refractory=refractory)
    model = EquationModel(described, Shown(summary, equation, reference))
    return make(model, WrittenNeuron, CATALOGUE)


def as_written(equations: str, **statements: str) -> str:
    """Return what a reader sees of a model: parameters have a table of their own."""
    lines = [line for line in read_lines("equations", equations) if line.kind != "declared"]
    shown = [" ".join(line.source.text.split()) for line in lines]
    for part, text in statements.items():
        shown.append(f"{part}: {'; '.join(line.strip() for line in text.strip().splitlines())}")
    return "\n".join(shown)
