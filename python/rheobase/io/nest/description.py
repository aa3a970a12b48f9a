"""A circuit as NEST has it: neurons, ports and plasticity, or an error by name before NEST is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.nest import connections, inputs, neurons, plasticity
from rheobase.models.circuit import Cells, Circuit, Connections, Drive, Injected
from rheobase.models.currents import TimeSeries, WhiteNoise
from rheobase.models.distributions import Distribution
from rheobase.models.neurons import Neuron
from rheobase.models.rules import FixedTotal, Pairs
from rheobase.models.sources import Poisson, Trains
from rheobase.models.synapses import Synapse
from rheobase.network.network import Network


@dataclass(frozen=True)
class Description:
    """A circuit in NEST's words: neurons by population, plasticity by projection."""

    circuit: Circuit
    groups: dict[str, neurons.Described]
    rules: dict[str, plasticity.Rule]

    def port(self, post: str, synapse: Synapse) -> neurons.Port:
        """Return how a kernel of a population is reached."""
        return self.groups[post].ports[_receptor(self.circuit[post], synapse)]


def describe(net: Network) -> Description:
    """Return what a network is in NEST.

    Raises
    ------
    ValueError
        If something has no counterpart; the message names it.
    """
    circuit = net.circuit
    if net.t > 0:
        raise ValueError(f"net must not have run yet, it is at t = {net.t:g} ms: spikes on their way cannot be moved")
    circuit._check_whole()
    described = {cells.name: neurons.describe(cells, _signs(circuit, cells)) for cells in circuit.neurons}
    description = Description(circuit, described, {})
    for cells in circuit.populations:
        _check_cells(cells, circuit.dt)
    for q in circuit.projections:
        _describe_connections(description, q)
    for drive in circuit.drives:
        _check_rate(f"the drive of {drive.post!r}", drive.rate)
    for injected in circuit.injections:
        _describe_current(description, injected)
    for r in net._recordings:
        if r.of_synapses or r.event or r.variable != "V" or r.mean:
            raise ValueError(f"recorded variable of {r.of!r} must be V of single neurons for NEST, got {r.variable!r}")
    return description


def _signs(circuit: Circuit, cells: Cells) -> list[set[int]]:
    """Return the signs of the weights onto each receptor of a population."""
    signs: list[set[int]] = [set() for _ in cells.receptors]
    senders: list[Connections | Drive] = [*circuit.projections, *circuit.drives]
    for sender in senders:
        if sender.post == cells.name:
            signs[_receptor(cells, sender.synapse)] |= connections.signs(sender.weight)
    return signs


def _receptor(cells: Cells, synapse: Synapse) -> int:
    return next(k for k, receptor in enumerate(cells.receptors) if receptor.synapse == synapse)


def _check_cells(cells: Cells, dt: float) -> None:
    """Refuse initial values and sources that NEST has no counterpart of."""
    if isinstance(cells.model, Neuron):
        for variable, _ in cells.initial:
            checks.choice(f"initial value of {cells.name!r} for NEST", variable, ("V", "w"))
    elif isinstance(cells.model, Poisson):
        _check_rate(repr(cells.name), cells.model.rate)
    elif isinstance(cells.model, Trains):
        steps, _ = cells.model._on_grid(cells.n, dt)
        if np.any(steps < 2):
            raise ValueError(
                f"spikes of {cells.name!r} must not come before {2 * dt:g} ms for NEST, got one at {steps.min() * dt:g}"
            )
    else:
        raise ValueError(f"{cells.name!r} must be neurons, Poisson sources or trains for NEST, got {cells.model!r}")


def _check_rate(whose: str, rate: Any) -> None:
    if callable(rate) and not isinstance(rate, TimeSeries):
        raise ValueError(f"rate of {whose} must be steady or change in steps for NEST, got a function: sample it")


def _describe_current(description: Description, injected: Injected) -> None:
    """Check a current, and let neurons have from the beginning what it has then."""
    current, cells = injected.current, description.circuit[injected.post]
    if isinstance(current, TimeSeries):
        first = inputs.from_beginning(current, cells.n, description.circuit.dt)
        parameters = description.groups[cells.name].parameters
        if np.any(first) and isinstance(parameters["I_e"], Distribution):
            raise ValueError(
                f"I_x of {cells.name!r} must be numbers for NEST, where a current flows from the beginning"
            )
        if np.any(first):
            parameters["I_e"] = parameters["I_e"] + (first if len(first) > 1 else float(first[0]))
    elif not isinstance(current, WhiteNoise):
        kind = type(current).__name__
        raise ValueError(
            f"current into {cells.name!r} must be Pulse, Steps, Samples or WhiteNoise for NEST, got {kind}"
        )


def _describe_connections(description: Description, q: Connections) -> None:
    """Check a projection, and add its plasticity to the description."""
    if isinstance(q.rule, Pairs):
        for name in ("weight", "delay"):
            if isinstance(getattr(q, name), Distribution):
                raise ValueError(f"{name} of {q.name!r} must be numbers for NEST, where the pairs are given")
    else:
        connections.rule(q)
    if q.plasticity is None:
        return
    rule = plasticity.describe(q, description.port(q.post, q.synapse).scale, description.circuit.dt)
    if rule.pairs and isinstance(q.rule, FixedTotal) and connections.without_self(q):
        raise ValueError(f"rule of {q.name!r} must allow autapses for NEST, where a number of connections is plastic")
    plasticity.add_traces(q.post, description.groups[q.post].parameters, rule.post)
    description.rules[q.name] = rule
