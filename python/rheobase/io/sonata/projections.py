"""Edges as projections between the populations that nodes have become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata.attributes import Attributes
from rheobase.io.sonata.edges import ends
from rheobase.io.sonata.named_models import made
from rheobase.io.sonata.nodes import Nodes
from rheobase.models.catalogue import PLASTICITY, SYNAPSES
from rheobase.models.edges import Edges
from rheobase.models.plasticity import Plasticity
from rheobase.models.synapses import Synapse
from rheobase.models.values import Brief
from rheobase.network.network import Network
from rheobase.network.population import Population

#: Templates of edges that do nothing but carry a weight.
_STATIC = (None, "static_synapse", "nest:static_synapse")
#: Of edges that say nothing of it (ms).
_DELAY = 1.0


@dataclass(frozen=True, repr=False)
class Members(Brief):
    """A population of the network, and of which nodes it is made.

    `kernels` are those of positive and of negative weights, where the neurons have kernels of their own.
    """

    population: Population
    nodes: np.ndarray
    kernels: Mapping[int, Synapse]

    def places(self, n: int) -> np.ndarray:
        """Return where each of `n` nodes is in the population; -1 where it is not."""
        places = np.full(n, -1)
        places[self.nodes] = np.arange(len(self.nodes))
        return places


@dataclass(frozen=True)
class _Group:
    """Edges, by their indices, that are one projection, with weights as it takes them."""

    edges: np.ndarray
    weights: np.ndarray
    synapse: Synapse
    plasticity: Plasticity | None = None


def connect(
    net: Network,
    group: Any,
    edges: Attributes,
    nodes: Mapping[str, Nodes],
    members: Mapping[str, Sequence[Members]],
) -> None:
    """Make the projections that a population of edges stands for.

    Raises
    ------
    ValueError
        If there are no such synapses here; the message names them.
    """
    names = [_text(group[f"{end}_node_id"].attrs["node_population"]) for end in ("source", "target")]
    for name in names:
        checks.choice(f"node_population of {edges.name!r}", name, nodes)
    pre, post = (nodes[name].places(ids) for name, ids in zip(names, ends(group), strict=True))
    delays = edges.numbers("delay")
    delays[np.isnan(delays)] = _DELAY
    for a in members[names[0]]:
        for b in members[names[1]]:
            at_pre, at_post = a.places(nodes[names[0]].n)[pre], b.places(nodes[names[1]].n)[post]
            for part in _groups(edges, b, np.flatnonzero((at_pre >= 0) & (at_post >= 0))):
                of = part.edges
                table = {"pre": at_pre[of], "post": at_post[of], "weight": part.weights, "delay": delays[of]}
                net.connect(a.population, b.population, Edges(table), synapse=part.synapse, plasticity=part.plasticity)


def _groups(edges: Attributes, post: Members, chosen: np.ndarray) -> Iterator[_Group]:
    """Yield edges onto a population by the kernel that they reach."""
    weights = _weights(edges)
    static: list[np.ndarray] = []
    for type in np.unique(edges.type_ids[chosen]):
        of_type = chosen[edges.type_ids[chosen] == type]
        template = edges.of_type(int(type), "model_template")
        if template in _STATIC:
            static.append(of_type)
        else:
            yield _Group(of_type, weights[of_type], *_own(edges, int(type), str(template)))
    if not static:
        return
    if not post.kernels:
        raise ValueError(f"model_template of {edges.name!r} must name a kernel for neurons of rheobase, there is none")
    ordered = np.sort(np.concatenate(static))
    for kernel in dict.fromkeys(post.kernels.values()):
        signs = [sign for sign, own in post.kernels.items() if own == kernel]
        of = ordered[np.isin(np.where(weights[ordered] < 0, -1, 1), signs)]
        if len(of):
            yield _Group(of, np.abs(weights[of]) if kernel.reversal is not None else weights[of], kernel)


def _own(edges: Attributes, type: int, template: str) -> tuple[Synapse, Plasticity | None]:
    """Return the kernel and the plasticity of edges that this library has written."""
    schema, _, name = template.partition(":")
    if schema != "rheobase":
        raise ValueError(f"model_template of {edges.name!r} must be static_synapse or rheobase:…, got {template}")
    given = edges.dynamics_of_type(type)
    plastic = given.pop("plasticity", None)
    synapse = SYNAPSES[checks.choice(f"model_template of {edges.name!r}", name, SYNAPSES)](**given)
    if plastic is None:
        return synapse, None
    return synapse, made(f"plasticity of {edges.name!r}", plastic, PLASTICITY)


def _weights(edges: Attributes) -> np.ndarray:
    """Return the weight of each edge, times the number of synapses that it stands for."""
    functions = {name for name in edges.texts("weight_function") if name not in (None, "wmax")}
    if functions:
        raise ValueError(f"weight_function of {edges.name!r} must be wmax, got {functions.pop()}")
    weights, synapses = edges.numbers("syn_weight"), edges.numbers("nsyns")
    if np.isnan(weights).any():
        raise ValueError(f"syn_weight must be given to all edges of {edges.name!r}")
    return np.where(np.isnan(synapses), weights, weights * synapses)


def _text(given: Any) -> str:
    return given.decode() if isinstance(given, bytes) else str(given)
