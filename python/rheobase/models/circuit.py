"""A circuit, described once: what a network is built from, what the theory reads and what a file keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rheobase import checks, html
from rheobase.models import poisson_rates
from rheobase.models.currents import Injection
from rheobase.models.distributions import Distribution
from rheobase.models.ends import End, Ends
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.positions import Positions
from rheobase.models.rules import Rule
from rheobase.models.sources import Source
from rheobase.models.synapses import Synapse
from rheobase.models.values import Described, own


@dataclass(frozen=True, eq=False)
class Receptor(Described):
    """A kernel of a population, which equal synapses share.

    Attributes
    ----------
    name : str
        Of the current or conductance it brings, such as ``"I_e"``, as the first sender gave it.
    synapse : Synapse
    senders : tuple of str
        Names of the populations whose spikes it takes in; ``"drive"`` for Poisson drive.
    """

    name: str
    synapse: Synapse
    senders: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_kinds(self, name=str, synapse=Synapse, senders=tuple)

    @property
    def variable(self) -> str:
        """Name under which it is read and recorded: where several senders share it, ``"I_e+i"`` names them all."""
        if self.synapse.label is not None or len(self.senders) == 1:
            return self.name
        # with others beside it the first sender's name is no parameter's any more
        alone = self.name.removesuffix("_syn") if self.name[2:] == f"{self.senders[0]}_syn" else self.name
        return "+".join([alone, *self.senders[1:]])


@dataclass(frozen=True, eq=False)
class Cells(Described):
    """A population as `Network.add` was asked for it.

    Attributes
    ----------
    name : str
    n : int
    model : Neuron or Source
        As it is by now: parameters that were set between runs are those that were set.
    initial : tuple of (str, value)
        Initial values of state variables: numbers, arrays or distributions.
    receptors : tuple of Receptor
        In the order in which they came into use.
    draws : int
        Random arrays drawn before it in its network, which decides what its own distributions give.
    positions : Positions, optional
    """

    name: str
    n: int
    model: Neuron | Source
    initial: tuple[tuple[str, Any], ...] = ()
    receptors: tuple[Receptor, ...] = ()
    draws: int = 0
    positions: Positions | None = None

    def __post_init__(self) -> None:
        _check_kinds(self, name=str, model=(Neuron, Source), initial=tuple, receptors=tuple)
        _check_kinds(self, positions=(Positions, type(None)))
        checks.integer("n", self.n, low=0, high=2**31 - 1)
        checks.integer("draws", self.draws, low=0)

    @property
    def neuron(self) -> Neuron:
        """The neuron model; an error for sources, which have none."""
        if not isinstance(self.model, Neuron):
            raise ValueError(f"population {self.name!r} must be made of neurons, it is a source")
        return self.model


@dataclass(frozen=True, eq=False)
class Connections(Described):
    """A projection as `Network.connect` was asked for it.

    `pre` and `post` are names of populations, `pre_neurons` and `post_neurons` the indices of those that the rule
    connects; None for all.
    """

    name: str
    pre: str
    post: str
    rule: Rule
    weight: Any
    synapse: Synapse
    delay: Any
    plasticity: Plasticity | None = None
    weight_bits: int = 32
    pre_neurons: Any = None
    post_neurons: Any = None
    post_delay: Any = 0.0

    def __post_init__(self) -> None:
        _check_kinds(self, name=str, pre=str, post=str, rule=Rule, synapse=Synapse, plasticity=(Plasticity, type(None)))
        if checks.integer("weight_bits", self.weight_bits) not in (16, 32):
            raise ValueError(f"weight_bits must be 16 or 32, got {self.weight_bits!r}")
        for name in ("pre_neurons", "post_neurons"):
            _keep_neurons(self, name)

    @property
    def delayed_at_post(self) -> bool:
        """Whether spikes of post neurons reach its connections after a delay."""
        return isinstance(self.post_delay, Distribution) or bool(np.any(self.post_delay))

    @property
    def whole(self) -> bool:
        """Whether it connects whole populations."""
        return self.pre_neurons is None and self.post_neurons is None

    @property
    def mean_weight(self) -> float:
        """Expected weight of a connection."""
        if isinstance(self.weight, Distribution):
            return self.weight.mean_value()
        return float(np.mean(self.weight)) if np.size(self.weight) else 0.0


@dataclass(frozen=True, eq=False)
class Drive(Described):
    """Poisson drive of the population `post`, a process of its own for every neuron: see `Network.drive`.

    `neurons` are the indices of those that it reaches; None for all. `id` says which random numbers are its own.
    """

    post: str
    rate: Any
    sources: float
    weight: float
    synapse: Synapse
    neurons: Any = None
    id: int = 0

    def __post_init__(self) -> None:
        _check_kinds(self, post=str, synapse=Synapse)
        _keep_neurons(self, "neurons")
        object.__setattr__(self, "rate", poisson_rates.checked(self.rate, high=None))  # of any number of sources
        object.__setattr__(self, "sources", checks.number("sources", self.sources, low=0))
        object.__setattr__(self, "weight", checks.number("weight", self.weight))
        checks.integer("id", self.id, low=0)

    @property
    def mean_rate(self) -> float:
        """Rate (Hz) on the average over neurons; an error where it changes in time."""
        if not poisson_rates.is_steady(self.rate):
            raise ValueError(f"rate must be steady for a mean rate, the drive of {self.post!r} changes: {self.rate!r}")
        return float(np.mean(self.rate))


@dataclass(frozen=True, eq=False)
class Injected(Described):
    """A current or light into the population `post`: see `Network.inject`.

    `neurons` are the indices of those that it reaches; None for all. `id` says which random numbers are its own, where
    it is noise.
    """

    post: str
    current: Injection
    neurons: Any = None
    id: int = 0

    def __post_init__(self) -> None:
        _check_kinds(self, post=str, current=Injection)
        _keep_neurons(self, "neurons")
        checks.integer("id", self.id, low=0)


class HasCircuit(Protocol):
    """What a circuit can be taken of, as a network is."""

    @property
    def circuit(self) -> Circuit:
        """What it is made of."""


@dataclass(frozen=True, eq=False)
class Circuit(Described):
    """Populations, projections, drives and injections of a network: plain data, which nothing changes.

    Arrays in it are read-only copies. Two circuits are equal if they agree in everything, arrays included.
    `rb.Network.of(circuit)` builds a network from one.

    Parameters
    ----------
    populations : tuple of Cells
    projections : tuple of Connections
    drives : tuple of Drive
    injections : tuple of Injected
    dt : float, default 0.1
        Time step (ms).
    seed : int, default 0

    Examples
    --------
    >>> net = rb.circuits.cortex(1000)
    >>> rb.Network.of(net.circuit).circuit == net.circuit
    True
    """

    populations: tuple[Cells, ...] = ()
    projections: tuple[Connections, ...] = ()
    drives: tuple[Drive, ...] = ()
    injections: tuple[Injected, ...] = ()
    dt: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "dt", checks.number("dt", self.dt, above=0))
        for parts, kind in (("populations", Cells), ("projections", Connections), ("drives", Drive)):
            _check_parts(parts, getattr(self, parts), kind)
        _check_parts("injections", self.injections, Injected)

    @staticmethod
    def of(network: Circuit | HasCircuit) -> Circuit:
        """Return a circuit itself, or that of a network."""
        circuit = getattr(network, "circuit", network)
        if not isinstance(circuit, Circuit):
            raise TypeError(f"network must be a network or its circuit, got {network!r}")
        return circuit

    def __getitem__(self, population: str) -> Cells:
        """Return the population of a name."""
        names = [p.name for p in self.populations]
        return self.populations[names.index(checks.choice("population", population, names))]

    def _ipython_key_completions_(self) -> list[str]:
        return [p.name for p in self.populations]

    def _check_whole(self) -> None:
        """Raise where chosen neurons of a population have connections or input that others lack."""
        parts = [(q.name, q.whole) for q in self.projections]
        parts += [(f"the drive of {d.post}", d.neurons is None) for d in self.drives]
        parts += [(f"the current into {i.post}", i.neurons is None) for i in self.injections]
        partial = [name for name, whole in parts if not whole]
        if partial:
            raise ValueError(
                f"network must treat all neurons of a population alike, {partial[0]} is for chosen ones: give them a "
                f"population of their own"
            )

    @property
    def neurons(self) -> tuple[Cells, ...]:
        """The populations made of neurons."""
        return tuple(p for p in self.populations if isinstance(p.model, Neuron))

    def mean_in_degree(self, projection: Connections) -> float:
        """Return the expected number of connections of a projection that a target receives.

        The targets are those that the projection is onto, all of a population or chosen ones.

        Examples
        --------
        >>> net.circuit.mean_in_degree(net.circuit.projections[0])
        20.0
        """
        checks.instance("projection", projection, Connections, "a projection of the circuit")
        ends, known = self._ends(projection), projection.__dict__.get("_known_mean")
        if known is None or known[0] != (ends.n_pre, ends.n_post) or known[1] is not ends.post.positions:
            mean = projection.rule._mean_in_degree(ends)  # for which spatial rules have much to count
            known = ((ends.n_pre, ends.n_post), ends.post.positions, mean)
            object.__setattr__(projection, "_known_mean", known)
        return float(known[2])

    def _ends(self, projection: Connections) -> Ends:
        """Return whom a projection may connect."""
        pre, post = self[projection.pre], self[projection.post]
        return Ends(
            End(pre.n, projection.pre_neurons, pre.positions),
            End(post.n, projection.post_neurons, post.positions),
            pre is post,
        )

    def _mean_connections(self, projection: Connections) -> float:
        """Return the expected number of connections of a projection."""
        return self.mean_in_degree(projection) * self._ends(projection).n_post

    def __repr__(self) -> str:
        return f"<circuit: {len(self.populations)} populations, {len(self.projections)} projections>"

    def _repr_html_(self) -> str:
        cells = [(p.name, p.n, p.model) for p in self.populations]
        links: list[tuple[Any, ...]] = [
            (q.name if not q.whole else f"{q.pre} → {q.post}", q.rule, q.weight, q.synapse, q.delay)
            for q in self.projections
        ]
        links += [
            (f"drive → {d.post}", f"{d.sources:g} × {_shown_rate(d.rate)}", d.weight, d.synapse, "")
            for d in self.drives
        ]
        links += [(f"current → {i.post}", i.current, "", "", "") for i in self.injections]
        head = ("projection", "rule", "weight", "synapse", "delay (ms)")
        shown = [[_shown(cell) for cell in row] for row in links]
        more = f", dt = {self.dt:g} ms, seed {self.seed}"
        return html.table(cells, head=("population", "n", "model"), title="Circuit", more=more) + html.table(
            shown, head=head
        )


def _check_kinds(described: Any, **kinds: Any) -> None:
    """Raise unless fields are of the classes they must be of."""
    for name, kind in kinds.items():
        value = getattr(described, name)
        if not isinstance(value, kind):
            wanted = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise TypeError(f"{name} must be a {wanted}, got {value!r}")


def _keep_neurons(described: Any, field: str) -> None:
    """Keep a copy of the indices of chosen neurons, if there are any."""
    given = getattr(described, field)
    if given is not None:
        indices = checks.integers(field, given, shape=(None,), low=0)
        if not len(indices) or len(np.unique(indices)) < len(indices):
            raise ValueError(f"{field} must be distinct and not empty, got {given!r}")
        object.__setattr__(described, field, own(indices))


def _check_parts(name: str, parts: Any, kind: type) -> None:
    if not isinstance(parts, tuple) or not all(isinstance(part, kind) for part in parts):
        raise TypeError(f"{name} must be a tuple of {kind.__name__}, got {parts!r}")


def _shown_rate(rate: Any) -> str:
    return f"{rate:g} Hz" if isinstance(rate, float) else _shown(rate)


def _shown(cell: Any) -> str:
    return f"<{cell.size} values>" if isinstance(cell, np.ndarray) else str(cell)
