"""How a population comes into a network: described and checked, then handed to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rheobase import checks, units
from rheobase.models.circuit import Cells
from rheobase.models.distributions import Value
from rheobase.models.neurons import Neuron
from rheobase.models.positions import placed
from rheobase.models.sources import Source
from rheobase.network.drawing import Purpose, branch, kept
from rheobase.network.population import Population

if TYPE_CHECKING:
    from rheobase.network.network import Network


def describe(
    network: Network, model: Any, n: Any, name: str | None, positions: Any, state: Mapping[str, Value]
) -> Cells:
    """Return what is to be added; see `Network.add`."""
    if isinstance(model, type) and issubclass(model, (Neuron, Source)):
        raise TypeError(f"model must be an instance such as rb.{model.__name__}(), got the class itself")
    if not isinstance(model, (Neuron, Source)):
        raise TypeError(f"model must be a neuron model or a source, got {model!r}")
    n = checks.integer("n", n, low=0, high=2**31 - 1)
    name = f"p{len(network.populations)}" if name is None else checks.text("name", name)
    if name in network.populations:
        raise ValueError(f"name must be new to the network, got {name!r} again")
    initial = tuple((variable, kept(variable, value, n)) for variable, value in _initial(model, state).items())
    where = branch(network.seed, Purpose.PLACE, len(network.populations))
    points = None if positions is None else placed(positions, n, where)
    return Cells(name, n, model, initial, draws=network._taken, positions=points)


def _initial(model: Neuron | Source, state: Mapping[str, Value]) -> dict[str, Any]:
    """Return initial values in the units of the model's state variables."""
    if not isinstance(model, Neuron):
        if state:
            raise ValueError(f"{next(iter(state))} must not be given: a source has no state variables")
        return {}
    for variable in state:
        checks.choice(f"state variable of {model.model.name}", variable, [v.name for v in model.model.variables])
    return {k: units.converted(k, value, model._variable_unit(k)) for k, value in state.items()}


def enter(network: Network, cells: Cells) -> Population:
    """Hand a population to the engine, with the receptors that are known already."""
    id = len(network.populations)
    with network._draws() as draws:
        values = [(variable, draws.each_state(variable, value, cells.n)) for variable, value in cells.initial]
        if isinstance(cells.model, Neuron):
            cells.model._enter(draws, cells.n, dict(values))
        else:
            cells.model._enter(draws, cells.n)
        for variable, value in values:
            draws.engine.set_variable(id, variable, value)
    population = Population(network, id)
    network._circuit = replace(network._circuit, populations=(*network._circuit.populations, cells))
    network._populations[cells.name] = population
    for receptor in cells.receptors:
        population._enter_receptor(receptor)
    return population
