"""Networks made of networks, with the connections that there are: copies, what is stored in memory, beginning anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rheobase import checks
from rheobase.network import connecting
from rheobase.network.inputs import PoissonDrive, Stimulus
from rheobase.network.state import State

if TYPE_CHECKING:
    from rheobase.models.circuit import Connections
    from rheobase.network.network import Network
    from rheobase.network.projection import Projection


class Snapshot:
    """A network as it was at a time: what `Network.store` returns and `Network.restore` takes."""

    def __init__(self, network: Network, drives: tuple[PoissonDrive, ...], stimuli: tuple[Stimulus, ...]) -> None:
        self._network = network
        #: Handles that belonged to the network when it was stored.
        self._drives, self._stimuli = drives, stimuli

    @property
    def t(self) -> float:
        """Time (ms) at which it was stored."""
        return self._network.t

    def __repr__(self) -> str:
        return f"<snapshot of a network at t = {self.t:g} ms>"


def copied(network: Network, seed: int | None, threads: int | None) -> Network:
    """Return a network that goes on as this one would; see `Network.copy`."""
    made = _made_again(network, seed, threads, learned=True)
    return _state(network, made).put_into(made)


def begun(network: Network, seed: int | None, threads: int | None) -> Network:
    """Return a copy at t = 0."""
    made = _made_again(network, seed, threads, learned=False)
    return replace(_state(network, made), engine=(), draws=made._taken).put_into(made)


def reset(network: Network, seed: int | None) -> None:
    """Let a network be at t = 0; see `Network.reset`."""
    _become(network, begun(network, seed, None))


def restore(network: Network, snapshot: Snapshot) -> None:
    """Let a network be what it was; see `Network.restore`."""
    checks.instance("snapshot", snapshot, Snapshot, "what Network.store returned")
    stored = snapshot._network
    for kind, now, before in (
        ("populations", network.circuit.populations, stored.circuit.populations),
        ("projections", network.circuit.projections, stored.circuit.projections),
    ):
        if [part.name for part in now] != [part.name for part in before]:
            raise ValueError(
                f"snapshot must have the {kind} of the network, {', '.join(part.name for part in now) or 'none'}, got "
                f"{', '.join(part.name for part in before) or 'none'}"
            )
    network.build()
    _become(network, copied(stored, None, network.threads))
    network._drives = [d if d._network is network else PoissonDrive(network) for d in snapshot._drives]
    network._stimuli = [s if s._network is network else Stimulus(network) for s in snapshot._stimuli]


def _made_again(network: Network, seed: int | None, threads: int | None, *, learned: bool) -> Network:
    """Return a network of the same circuit, at t = 0, with the connections of this one."""
    seed = network.stream_seed if seed is None else checks.integer("seed", seed, low=0, high=2**64 - 1)
    network.build()
    made = type(network)(network.dt, network.seed, network.threads if threads is None else threads)
    with network._guard.alone() as engine:
        made._engine.streams = seed

        def connect(described: Connections) -> Projection:
            return connecting.enter(made, described, *engine.wiring(len(made.projections)))

        made._fill(network.circuit, connect)
        made._engine.share_connections(engine, learned)
    made._construction, made._warned_of_runaway = network._construction, network._warned_of_runaway
    return made


def _state(network: Network, made: Network) -> State:
    """Return the state of a network, for another one with random streams of its own."""
    return replace(State.of(network), stream_seed=made.stream_seed)


def _become(network: Network, other: Network) -> None:
    """Take over what another network of the same parts has become; handles of populations and projections stay."""
    network._check_not_calling()
    network._circuit, network._guard = other._circuit, other._guard
    network._recordings, network._partly, network._taken = other._recordings, other._partly, other._taken
