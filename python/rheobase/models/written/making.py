"""How a text of the library becomes a class that has a summary, a source and a name of its own."""

from dataclasses import replace

from rheobase.models.equations.block import read_lines
from rheobase.models.equations.connection import ConnectionReading
from rheobase.models.equations.kernel_text import kernel_of
from rheobase.models.equations.neuron import EquationModel, EquationNeuron
from rheobase.models.equations.plasticity import EquationPlasticity
from rheobase.models.equations.reading import describe
from rheobase.models.equations.rule_text import rule_of
from rheobase.models.equations.shown import Shown
from rheobase.models.equations.synapse import EquationSynapse
from rheobase.models.equations.synapse import make as make_synapse
from rheobase.models.neurons import make as make_neuron
from rheobase.models.plasticity import make as make_plasticity
from rheobase.models.registry import Model

#: Where the classes stand, for pickles.
CATALOGUE = "rheobase.models.written.catalogue"


class Written(Model):
    """A model of the library that is written as equations: files and pickles hold its name."""

    __reduce__ = Model.__reduce__


class WrittenNeuron(Written, EquationNeuron):
    """A neuron model of the library that is written as equations, with its parameters."""


class WrittenSynapse(Written, EquationSynapse):
    """A synaptic kernel of the library that is written as equations, with its parameters."""


class WrittenPlasticity(Written, EquationPlasticity):
    """A plasticity rule of the library that is written as equations, with its parameters."""


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
    return make_neuron(model, WrittenNeuron, CATALOGUE)


def synapse_class(
    name: str, equations: str, *, summary: str, reference: str, parameters: dict[str, float], on_pre: str
) -> type[WrittenSynapse]:
    """Return the class of a synaptic kernel; the arguments are those of `rb.synapse`, and what a reader is told."""
    reading = ConnectionReading(name, equations, parameters, "post", None)
    kernel = kernel_of(reading, on_pre=on_pre, initial=None, reversal=None, method=None)
    shown = Shown(summary, as_written(equations, on_pre=on_pre), reference)
    return make_synapse(replace(kernel, shown=shown), WrittenSynapse, CATALOGUE)


def plasticity_class(
    name: str,
    equations: str,
    *,
    summary: str,
    reference: str,
    parameters: dict[str, float],
    on_pre: str,
    on_post: str,
    on_clock: str,
    every: float | None = None,
    initial: dict[str, float | str] | None = None,
    before: str = "",
) -> type[WrittenPlasticity]:
    """Return the class of a rule; the arguments are those of `rb.plasticity`, and what a reader is told."""
    reading = ConnectionReading(name, equations, parameters, "synapse", None)
    rule = rule_of(reading, on_pre=on_pre, on_post=on_post, on_clock=on_clock, every=every, initial=initial)
    interval = "step" if every is None else f"{every:g} ms"
    clock = {f"every {interval}": on_clock}
    equation = as_written(equations, on_pre=on_pre, on_post=on_post, **clock)
    shown = Shown(summary, equation, reference)
    return make_plasticity(replace(rule, shown=shown), WrittenPlasticity, CATALOGUE, before)


def as_written(equations: str, **statements: str) -> str:
    """Return what a reader sees of a model: parameters have a table of their own."""
    lines = [line for line in read_lines("equations", equations) if line.kind != "declared"]
    shown = [" ".join(line.source.text.split()) for line in lines]
    for part, text in statements.items():
        shown.append(f"{part}: {'; '.join(line.strip() for line in text.strip().splitlines())}")
    return "\n".join(shown)
