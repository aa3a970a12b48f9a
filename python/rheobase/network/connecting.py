"""How a projection comes into a network: checked as a whole, then handed to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.circuit import Connections
from rheobase.models.distributions import Distribution, Value
from rheobase.models.equations.short_term import per_synapse
from rheobase.models.plasticity import Plasticity
from rheobase.models.profiles import OfDistance, depends_on_distance
from rheobase.models.rules import Pairs, Rule
from rheobase.models.synapses import Synapse
from rheobase.network import members, wiring
from rheobase.network.drawing import Purpose, branch
from rheobase.network.population import Population
from rheobase.network.projection import Projection, check_range
from rheobase.network.selection import population_of

if TYPE_CHECKING:
    from rheobase.network.network import Network
    from rheobase.network.wiring import EdgesLike

#: A projection as it is described, and what the engine makes it from: its rule, weights and delays of both ends.
Prepared = tuple[Connections, _engine.ConnectionRule, _engine.Distribution, _engine.Distribution, _engine.PostDelays]


def connect(
    network: Network,
    pre: Any,
    targets: Sequence[Any],
    rule: Rule | EdgesLike,
    weight: Value | OfDistance | None,
    synapse: Synapse,
    delay: Value | OfDistance | None,
    plasticity: Plasticity | None,
    post_delay: Value | OfDistance,
    weight_bits: int,
    progress: bool,
) -> tuple[Projection, ...]:
    """Connect neurons to all of some targets, or where one is refused to none; see `Network.connect`."""
    sender = members.cells_in(network, "pre", pre)
    reached = [members.target_in(network, target, synapse) for target in targets]
    if len({target.name for target in reached}) < len(reached):
        raise ValueError(f"post must name each population once, got {[target.name for target in reached]}")
    if not isinstance(plasticity, Plasticity | None):
        raise TypeError(f"plasticity must be a rule such as rb.VogelsSTDP(), got {plasticity!r}")
    if checks.integer("weight_bits", weight_bits) not in (16, 32):
        raise ValueError(f"weight_bits must be 16 or 32, got {weight_bits!r}")
    prepared: list[Prepared] = []
    for target in reached:
        pairs, weights, delays = (
            (rule, weight, delay)
            if isinstance(rule, Rule)
            else wiring.read_edges(rule, weight, delay, sender.n, target.n)
        )
        described = Connections(
            _free_name(network, f"{sender.name}→{target.name}"),
            population_of(sender).name,
            population_of(target).name,
            pairs,
            wiring.given("weight", weights, synapse._weight_unit(population_of(target).neuron)),
            synapse,
            wiring.given("delay", network.dt if delays is None else delays, "ms"),
            plasticity,
            weight_bits,
            members.chosen_in(sender),
            members.chosen_in(target),
            wiring.given("post_delay", post_delay, "ms"),
        )
        if any(depends_on_distance(v) for v in (described.weight, described.delay, described.post_delay)):
            described = at_distances(network, described, prepared)
        prepared.append(prepare(network, described, checks.flag("progress", progress), prepared))
    return tuple(enter(network, *each) for each in prepared)


def _free_name(network: Network, name: str) -> str:
    """Return the name of a new projection, numbered if there are others between the same populations."""
    taken = {q.name for q in network._circuit.projections}
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name} {count}"
    return free


def at_distances(network: Network, described: Connections, before: Sequence[Prepared]) -> Connections:
    """Draw the pairs of a projection whose weights or delays depend on their distance."""
    id = len(network._projections) + len(before)
    ends, random = network._circuit._ends(described), branch(network.seed, Purpose.CONNECT, id)
    ends.check_space()
    unknown = replace(described, weight=np.zeros(1), delay=network.dt, post_delay=0.0)
    wiring.check_memory([*network._circuit.projections, unknown], network._circuit)
    rule = described.rule
    pairs = rule if isinstance(rule, Pairs) else wiring.draw_pairs(rule, ends, random, network.threads)
    pairs._check_within(ends)
    return wiring.at_distances(described, ends, pairs, network.dt)


def prepare(
    network: Network, described: Connections, progress: bool = False, before: Sequence[Prepared] = ()
) -> Prepared:
    """Return a checked projection as the engine takes it, which comes after others that are not there yet."""
    pre = members.population_in(network, "pre", described.pre)
    post = population_of(members.target_in(network, described.post, described.synapse))
    rule, plasticity, id = described.rule, described.plasticity, len(network._projections) + len(before)
    projections = [*network._circuit.projections, *(other[0] for other in before), described]
    weights, delays = wiring.weights(described.weight), wiring.delays(described.delay, network.dt)
    at_post = wiring.delays(described.post_delay, network.dt, "post_delay", low=0)
    if plasticity is None and described.delayed_at_post:
        raise ValueError(
            f"post_delay must be 0 without plasticity, to which alone it matters, got {described.post_delay!r}"
        )
    if described.synapse._sums:
        _check_coupling(described, pre)
    if plasticity is not None:
        if described.weight_bits != 32:
            raise ValueError("weight_bits must be 32 for a plastic projection")
        _check_reach(weights, plasticity)
        for end, population in (("pre", pre), ("post", post)):
            plasticity._check_end(end, population.model, list(population._names().values()))
        plasticity = per_synapse(plasticity)
        plasticity._for_engine(network.dt)
    described.synapse._check_end(post.neuron, "post")
    ends, random = network._circuit._ends(described), branch(network.seed, Purpose.CONNECT, id)
    each = {} if plasticity is None else plasticity.each
    listed = [
        weights.listed,
        delays.listed,
        at_post.listed,
        *(v for v in each.values() if isinstance(v, np.ndarray)),
    ]
    if not isinstance(rule, Pairs) and all(values is None for values in listed):
        engine_rule = rule._for_engine(ends, random)
        wiring.check_memory(projections, network._circuit)
    else:
        wiring.check_memory(projections, network._circuit)
        rule = rule if isinstance(rule, Pairs) else wiring.draw_pairs(rule, ends, random, network.threads)
        lists = weights.each("weight", len(rule.pre)), delays.each("delay", len(rule.pre))
        at_post.each("post_delay", len(rule.pre))
        wiring.check_each(each, len(rule.pre))
        engine_rule = rule._listed(ends, *lists, network.threads, progress)
    engine_post_delays = wiring.post_delays(at_post, rule, ends, delays.listed)
    return replace(described, rule=rule), engine_rule, weights.draw, delays.draw, engine_post_delays


def _check_coupling(described: Connections, pre: Population) -> None:
    """Raise unless connections can bring sums: static weights, and what is read of the pre neurons there."""
    if described.plasticity is not None:
        raise ValueError(f"plasticity must be None where {described.synapse!r} adds up over connections")
    if described.weight_bits != 32:
        raise ValueError(f"weight_bits must be 32 where {described.synapse!r} adds up over connections")
    described.synapse._check_pre(pre.model)


def _check_reach(weights: wiring.ConnectionValues, plasticity: Plasticity) -> None:
    """Raise unless initial weights lie where the rule keeps them, distributions with all they can draw."""
    check_range("weight", wiring.reach(weights.given), plasticity)


def enter(
    network: Network,
    described: Connections,
    rule: _engine.ConnectionRule,
    weight: _engine.Distribution,
    delay: _engine.Distribution,
    post_delays: _engine.PostDelays,
) -> Projection:
    """Hand a checked projection to the engine."""
    pre, post, plasticity = network[described.pre], network[described.post], described.plasticity
    ends = network._circuit._ends(described)
    plasticity = None if plasticity is None else per_synapse(plasticity)
    network._engine.connect(
        pre=pre._id,
        post=post._id,
        receptor=post._take_in(described.synapse, pre.name),
        rule=rule,
        weight=weight,
        delay=delay,
        weight_bits=described.weight_bits,
        pre_neurons=wiring.chosen_of(ends.pre),
        post_neurons=wiring.chosen_of(ends.post),
        post_delays=post_delays,
        **({} if plasticity is None else plasticity._for_engine(network.dt)),
    )
    projection = Projection(network, len(network._projections), pre, post)
    network._circuit = replace(network._circuit, projections=(*network._circuit.projections, described))
    network._projections.append(projection)
    for name, value in ({} if plasticity is None else plasticity.each).items():
        projection[name] = _one_per_connection(network, projection, name, value)
    return projection


def _one_per_connection(network: Network, projection: Projection, name: str, value: Any) -> Any:
    """Return what synapses begin with; drawn from a distribution, by projection and name."""
    if isinstance(value, Distribution):
        random = branch(network.seed, Purpose.SYNAPSE, projection._id, *name.encode())
        return value.sample(len(projection), random)
    return wiring.in_order(value, projection.rule, wiring.delays(projection.delay, network.dt).listed)
