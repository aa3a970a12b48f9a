"""A run: what the engine is told before the time loop, the loop itself, and what is collected after it."""

import warnings
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rheobase import _engine
from rheobase.models.sources import Source
from rheobase.network.recording import warn_if_too_large
from rheobase.network.result import Result, Timing
from rheobase.progress import Bar

if TYPE_CHECKING:
    from rheobase.network.network import Network


def run(network: "Network", steps: int, progress: bool, profile: bool) -> Result:
    """Move a network on by `steps` and return what was recorded; see `Network.run`."""
    engine = network.engine
    start, events = engine.now, engine.events
    network.build()
    for population in network:
        if isinstance(population.model, Source):
            population.model.look_ahead(engine, population.number, steps, network.dt)
    warn_if_too_large(sum(recording.bytes(steps) for recording in network.recordings))
    began = perf_counter()
    outcome = _time_loop(network, steps, progress, profile)
    timing = Timing(
        construction=network.construction,
        simulation=perf_counter() - began,
        events=engine.events - events,
        phases=outcome.get("profile"),
    )
    if outcome["interrupted"]:
        warnings.warn(
            f"run stopped by Ctrl-C at t = {network.t:g} ms; the result holds what was recorded",
            RuntimeWarning,
            stacklevel=3,
        )
    return Result.of(network.dt, start, engine.now, *_recorded(network), timing, outcome["interrupted"])


def _time_loop(network: "Network", steps: int, progress: bool, profile: bool) -> dict[str, Any]:
    """Let the engine run; what a run recorded that ends in an error is dropped."""
    engine = network.engine
    network.running = True
    try:
        with Bar(steps, network.dt, progress) as bar:
            outcome = engine.run(steps, bar.move_to if progress else None, profile)
        network.running = False
        return outcome
    except BaseException as error:
        network.running = False
        _recorded(network)
        if isinstance(error, _engine.NonFiniteState):
            raise _blown_up(network, *error.args) from None
        raise


def _blown_up(network: "Network", population: int, neuron: int, step: int) -> FloatingPointError:
    name = list(network.populations)[population]
    return FloatingPointError(
        f"state of neuron {neuron} of population {name!r} must stay finite, it did not at t = "
        f"{step * network.dt:g} ms: is dt = {network.dt:g} ms small enough, and are weights and parameters sensible?"
    )


def _recorded(network: "Network") -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """Take what was recorded, spikes and states, out of the engine."""
    engine = network.engine
    spikes = {p.name: (*engine.take_spikes(p.number), p.n) for p in network}
    states = {(r.population, r.variable): r.arrange(*engine.take_states(r.number)) for r in network.recordings}
    return spikes, states
