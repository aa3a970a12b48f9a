"""What lets the engine record: variables, weights, events and spikes, each checked before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.network import members
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.recording import Choice, Recording, chosen
from rheobase.network.selection import Selection, population_of
from rheobase.network.spike_files import SpikeFile

if TYPE_CHECKING:
    from rheobase.network.network import Network


def record(
    network: Network,
    population: Any,
    variable: str | Sequence[str],
    neurons: Choice,
    every: float | None,
    mean: bool,
    dtype: Any,
) -> None:
    """Record variables or events, all of them or where one is refused none; see `Network.record`."""
    whom = members.cells_in(network, "population", population)
    names: list[Any] = list(variable) if isinstance(variable, (list, tuple)) else [variable]
    if len(set(map(str, names))) < len(names):
        raise ValueError(f"variable must name each variable once, got {names}")
    made = [_recording_of(network, whom, name, neurons, every, mean, dtype) for name in names]
    for recording in made:
        begin(network, recording)


def record_weights(
    network: Network, projection: Any, variable: str, connections: Choice, every: float | None, mean: bool
) -> None:
    """Record a variable of synapses; see `Network.record_weights`."""
    begin(network, _recording_of_weights(network, projection, variable, connections, every, mean))


def record_spikes(network: Network, population: Any, on: bool, to: str | os.PathLike[str] | None) -> None:
    """Record spikes of a population or of some of its neurons; see `Network.record_spikes`."""
    whom, on = members.cells_in(network, "population", population), checks.flag("on", on)
    folder = None if to is None else checks.path("to", to)
    if folder is not None and not on:
        raise ValueError(f"to must not be given where on is False, got {os.fspath(folder)!r}")
    network._check_not_calling()
    whole = population_of(whom)
    everybody = np.arange(whole.n)
    named = whom.indices if isinstance(whom, Selection) else everybody
    file = None if folder is None else SpikeFile(folder, whole.name, network.dt)
    record_spikes_of(network, whole, named if on else np.setdiff1d(everybody, named))
    network._spike_files.pop(whole.name, None)
    if file is not None:
        network._spike_files[whole.name] = file


def _recording_of(
    network: Network,
    whom: Population | Selection,
    variable: str,
    neurons: Choice,
    every: float | None,
    mean: bool,
    dtype: Any,
) -> Recording:
    """Return what records a variable; an error where it cannot be."""
    population = population_of(whom)
    event = isinstance(population.model, Neuron) and variable in population.model.events
    if not event:
        population._check_recordable(variable)
    elif neurons != slice(None) or every is not None or mean or whom is not population:
        raise ValueError(
            f"population must be whole, and neurons, every and mean not given, for {variable!r}, an event of all "
            f"neurons; Result.events takes selections"
        )
    index = chosen("neurons", neurons, whom.n)
    if isinstance(whom, Selection):
        index = whom.indices[index].astype(np.uint32)
    steps = 1 if every is None else checks.steps("every", every, network.dt, low=1)
    wanted = Recording(
        population.name, variable, index, steps, checks.flag("mean", mean), False, event, whom is not population
    )
    if any(r.repeats(wanted) for r in network._recordings):
        raise ValueError(f"variable must be new to the recording of {whom.name!r}, got {variable!r} again")
    try:
        precision = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype must be float64 or float32, got {dtype!r}") from None
    if precision not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"dtype must be float64 or float32, got {precision}")
    if wanted.mean and not len(index):
        raise ValueError("neurons must not be empty where their mean is recorded")
    return replace(wanted, single=precision == np.float32)


def _recording_of_weights(
    network: Network, projection: Any, variable: str, connections: Choice, every: float | None, mean: bool
) -> Recording:
    """Return what records a variable of synapses; an error where it cannot be."""
    if not isinstance(projection, Projection) or projection._network is not network:
        raise TypeError(f"projection must be a projection of this network, got {projection!r}")
    if projection.plasticity is None:
        raise ValueError("projection must be plastic for its weights to be recorded")
    checks.choice(f"variable of {projection.name!r}", variable, ("w", *projection._readable))
    if any((r.of, r.variable) == (projection.name, variable) and r.of_synapses for r in network._recordings):
        raise ValueError(
            f"variable must be new to the recording of projection {projection.name!r}, got {variable!r} again"
        )
    steps = 1 if every is None else checks.steps("every", every, network.dt, low=1)
    index = chosen("connections", connections, len(projection))
    if checks.flag("mean", mean) and not len(index):
        raise ValueError("connections must not be empty where their mean is recorded")
    return Recording(projection.name, variable, index, steps, bool(mean), False, of_synapses=True)


def begin(network: Network, recording: Recording) -> None:
    """Let the engine record; recordings and recorders are numbered alike."""
    recorded = _recorded(network, recording)
    if recording.event and isinstance(recorded, Population):
        with network._guard.alone() as engine:
            engine.record_event(recorded._id, recorded.neuron.events.index(recording.variable))
        network._recordings.append(recording)
        return
    variable = recorded._names()[recording.variable] if isinstance(recorded, Population) else ""
    neurons = np.unique(chosen("neurons", recording.neurons, len(recorded)))
    if isinstance(recorded, Projection):
        neurons = recorded._places(neurons)
    checks.integer("every", recording.every, low=1)
    with network._guard.alone() as engine:
        if isinstance(recorded, Projection):
            engine.record_weights(
                projection=recorded._id,
                variable=None if recording.variable == "w" else recorded._readable.index(recording.variable),
                connections=neurons,
                every=recording.every,
                mean=recording.mean,
            )
        else:
            engine.record_state(
                population=recorded._id,
                variable=variable,
                neurons=neurons,
                every=recording.every,
                mean=recording.mean,
                single=recording.single,
            )
    network._recordings.append(recording)


def _recorded(network: Network, recording: Recording) -> Population | Projection:
    """Return whose variable or weights are recorded."""
    if recording.of_synapses:
        return next(q for q in network.projections if q.name == recording.of)
    return network[recording.of]


def record_spikes_of(network: Network, population: Population, chosen: np.ndarray) -> None:
    """Record the spikes of chosen neurons of a population alone."""
    name, everybody = population.name, np.array_equal(chosen, np.arange(population.n))
    network._engine.record_spikes(population._id, None if everybody else chosen.astype(np.uint32))
    network._partly.pop(name, None)
    if not everybody:
        network._partly[name] = chosen.astype(np.int64)
