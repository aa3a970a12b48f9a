"""A run: what the engine is told before the time loop, the loop itself, and what is collected after it."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine
from rheobase.models.equations import compilation
from rheobase.models.sources import Source
from rheobase.network.inputs import look_ahead
from rheobase.network.kept_spikes import KeptSpikes
from rheobase.network.monitoring import Monitor, begin, call_due, next_call
from rheobase.network.recording import Recording, warn_if_too_large
from rheobase.network.result import Result, Timing
from rheobase.network.spike_files import FLUSH_STEPS
from rheobase.progress import Bar, Interrupted
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from rheobase.network.network import Network

log = logging.getLogger(__name__)

#: A population that keeps above this rate (Hz) for so long (ms) has run away: real neurons stay far below.
RUNAWAY_RATE, RUNAWAY_TIME = 1000.0, 50.0


def run(network: Network, steps: int, monitors: list[Monitor], progress: bool, profile: bool) -> Result:
    """Move a network on by `steps` and return what was recorded; see `Network.run`."""
    network._check_not_calling()
    network.build(progress=progress)
    warn_if_too_large(sum(recording.bytes(steps) for recording in network._recordings))
    with network._guard.alone() as engine:
        start, events = engine.now, engine.events
        _look_ahead(network, engine, steps)
        begin(monitors, engine)
        for file in network._spike_files.values():
            file.begin()
        compilation.compile_if_worth(engine, steps)
        began = perf_counter()
        with _saying_when_memory_ran_out(network, engine):
            outcome = _time_loop(network, engine, steps, monitors, progress, profile)
            timing = Timing(
                construction=network._construction,
                simulation=perf_counter() - began,
                events=engine.events - events,
                phases=outcome.profile,
            )
            spikes, states, happened = _recorded(network, engine)
        stop = engine.now
    log.info("ran %g ms in %.3g s, %d events", (stop - start) * network.dt, timing.simulation, timing.events)
    if stop > start:
        network._told = {(r.of, r.variable) for r in network._recordings}
    compilation.warn_of_failure()
    _warn_of_runaway(network, start, stop, spikes)
    names = list(network.populations)
    result = Result._of(network.dt, start, stop, names, spikes, states, happened, timing, outcome.interrupted)
    if outcome.error is not None:
        outcome.error.result = result  # type: ignore[attr-defined]
        outcome.error.add_note(
            f"raised by what a run called at t = {result.t_stop:g} ms; `result` holds what was recorded"
        )
        raise outcome.error
    if outcome.interrupted:
        raise Interrupted(f"run stopped by Ctrl-C at t = {result.t_stop:g} ms", result)
    return result


@contextmanager
def _saying_when_memory_ran_out(network: Network, engine: _engine.Simulation) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise MemoryError(
            f"what is recorded must fit into memory, which ran out at t = {engine.now * network.dt:g} ms, where the "
            "network is now: record fewer neurons, less often (every), or run in pieces"
        ) from error


def _look_ahead(network: Network, engine: _engine.Simulation, steps: int) -> None:
    for id, cells in enumerate(network.circuit.populations):
        if isinstance(cells.model, Source):
            cells.model._look_ahead(engine, id, cells.name, steps, network.dt)
    look_ahead(engine, network.circuit.drives, steps, network.dt)


@dataclass
class _Outcome:
    """How a time loop ended."""

    interrupted: bool = False
    profile: dict[str, float] | None = None
    #: What a function that it called raised.
    error: BaseException | None = None

    def take_in(self, piece: dict[str, Any]) -> None:
        """Add what a piece of it gave."""
        self.interrupted = piece["interrupted"]
        if "profile" in piece:
            before = self.profile or dict.fromkeys(piece["profile"], 0.0)
            self.profile = {phase: before[phase] + seconds for phase, seconds in piece["profile"].items()}


def _time_loop(
    network: Network,
    engine: _engine.Simulation,
    steps: int,
    monitors: list[Monitor],
    progress: bool,
    profile: bool,
) -> _Outcome:
    """Let the engine run; what a run recorded that ends in an error is dropped."""
    try:
        with Bar(steps, network.dt, progress) as bar:
            return _pieces(network, engine, steps, monitors, bar if progress else None, profile)
    except BaseException as error:
        _recorded(network, engine)
        if isinstance(error, _engine.NonFiniteState):
            raise _blown_up(network, engine, *error.args) from None
        raise


def _pieces(
    network: Network,
    engine: _engine.Simulation,
    steps: int,
    monitors: list[Monitor],
    bar: Bar | None,
    profile: bool,
) -> _Outcome:
    """Let the engine run from call to call."""
    outcome, start = _Outcome(), engine.now
    stop, circuit = start + steps, network.circuit
    report = _Report(network, bar)
    asks = report if bar is not None or network._stop is not None else None
    while True:
        until = next_call(monitors, engine.now, stop)
        if network._spike_files:
            until = min(until, engine.now + FLUSH_STEPS)
        outcome.take_in(engine.run(until - engine.now, asks, profile))
        _flush(network, engine)
        if outcome.interrupted or engine.now == start or (not monitors and engine.now >= stop):
            return outcome
        try:
            with network._guard.lent():
                go_on = call_due(monitors, network, engine.now)
            report.before = engine.now - start
            report(0)
        except KeyboardInterrupt:
            outcome.interrupted = True
            return outcome
        except Exception as error:
            outcome.error = error
            return outcome
        if not go_on or engine.now >= stop:
            return outcome
        if network.circuit is not circuit:
            circuit = network.circuit
            _look_ahead(network, engine, stop - engine.now)


def _flush(network: Network, engine: _engine.Simulation) -> None:
    """Write to disk what was found of spikes that are recorded there."""
    for name, file in network._spike_files.items():
        file.append(_taken(network, engine, name))


class _Report:
    """What the engine calls from time to time: shows how far it is, and stops it where another thread says so."""

    def __init__(self, network: Network, bar: Bar | None) -> None:
        self._stop, self._bar = network._stop, bar
        #: Steps of the run that were done before the piece at hand.
        self.before = 0

    def __call__(self, steps: int) -> None:
        if self._bar is not None:
            self._bar.move_to(self.before + steps)
        if self._stop is not None and self._stop.is_set():
            raise KeyboardInterrupt


def _warn_of_runaway(network: Network, start: int, stop: int, spikes: dict[str, KeptSpikes]) -> None:
    """Warn, once per network, where a population of neurons spiked faster than neurons can for a while."""
    width = max(1, round(RUNAWAY_TIME / network.dt))
    for cells in network.circuit.neurons:
        if cells.name not in spikes:
            continue
        kept = spikes[cells.name]
        most = RUNAWAY_RATE * PER_MS * width * network.dt * cells.n
        if network._warned_of_runaway or stop - start < width or kept.size <= most:
            continue
        counts = np.bincount((kept.steps - start - 1) // width, weights=kept.counts)[: (stop - start) // width]
        over = np.flatnonzero(counts > most)
        if len(over):
            network._warned_of_runaway = True
            rate = counts[over[0]] / most * RUNAWAY_RATE
            warnings.warn(
                f"population {cells.name!r} ran away: {rate:.4g} Hz on average from t = "
                f"{(start + over[0] * width) * network.dt:g} ms for {RUNAWAY_TIME:g} ms; is there a refractory period "
                f"(t_ref), and is excitation balanced?",
                RuntimeWarning,
                stacklevel=4,
            )


def _blown_up(
    network: Network, engine: _engine.Simulation, population: int, neuron: int, step: int
) -> FloatingPointError:
    cells = network.circuit.populations[population]
    origins = {v: cells.neuron._origin(v) for v in cells.neuron.variables}
    for receptor in cells.receptors:
        origins |= {f"{v}_{receptor.name[2:]}": receptor.synapse._origin(v) for v in receptor.synapse._kept}
    values = {v: engine.get_variable(population, v)[neuron] for v in origins}
    lost = [f"{v} = {value}{origins[v]}" for v, value in values.items() if not np.isfinite(value)]
    found = f" ({'; '.join(lost)})" if lost else ""
    return FloatingPointError(
        f"state of neuron {neuron} of population {cells.name!r} must stay finite, it did not at t = "
        f"{step * network.dt:g} ms{found}: is dt = {network.dt:g} ms small enough, "
        f"and are weights and parameters sensible?"
    )


def _recorded(
    network: Network, engine: _engine.Simulation
) -> tuple[dict[str, KeptSpikes], dict[Any, Any], dict[Any, Any]]:
    """Take what was recorded, spikes, states and events, out of the engine."""
    spikes: dict[str, KeptSpikes] = {}
    for cells in network.circuit.populations:
        chosen, kept = network._partly.get(cells.name), _taken(network, engine, cells.name)
        if cells.name in network._spike_files:
            kept = network._spike_files[cells.name].finish(kept.n)
        if chosen is None or len(chosen):
            spikes[cells.name if chosen is None else network[cells.name]._name_of(chosen)] = kept
    keys = _weight_keys(network)
    states: dict[Any, Any] = {}
    for id, r in enumerate(r for r in network._recordings if not r.event):
        key: tuple[Any, ...]
        if r.of_synapses:
            key = (*keys[r.of], r.variable)
        else:
            key = (network[r.of]._name_of(r.neurons) if r.selected else r.of, r.variable)
        while key in states:  # two selections may share a short name
            key = (f"{key[0]} again", *key[1:])
        states[key] = (*r.arrange(*engine.take_samples(id)), _unit(network, r))
    events = {}
    for r in network._recordings:
        if r.event:
            whose = network[r.of]
            which = whose.neuron.events.index(r.variable)
            events[r.of, r.variable] = (*engine.take_events(whose._id, which), whose.n)
    return spikes, states, events


def _taken(network: Network, engine: _engine.Simulation, name: str) -> KeptSpikes:
    """Take a population's spikes out of the engine."""
    population, chosen = network[name], network._partly.get(name)
    steps, counts, who = engine.take_spikes(population._id)
    kept = KeptSpikes(steps, counts, who, population.n)
    return kept if chosen is None else kept.renumbered(chosen)


def _unit(network: Network, recording: Recording) -> str:
    """Return the unit of a recorded state variable; of anything else it depends on what the user means."""
    if recording.of_synapses:
        return ""
    variables = network[recording.of].neuron.model.variables
    return next((v.unit for v in variables if v.name == recording.variable and v.unit != "1"), "")


def _weight_keys(network: Network) -> dict[str, tuple[str, str, int]]:
    """Return the ends of each projection, and its number among those between them, by its name."""
    seen: Counter[tuple[str, str]] = Counter()
    keys = {}
    for q in network.circuit.projections:
        seen[q.pre, q.post] += 1
        keys[q.name] = (q.pre, q.post, seen[q.pre, q.post])
    return keys
