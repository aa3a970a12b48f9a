"""Weights and delays of connections: what `Network.connect` accepts, and what the engine makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rheobase import _engine, checks, units
from rheobase.models.catalogue import LIF
from rheobase.models.circuit import Circuit, Connections
from rheobase.models.distributions import Distribution
from rheobase.models.edges import Edges
from rheobase.models.ends import End, Ends
from rheobase.models.neighbours import distances
from rheobase.models.profiles import depends_on_distance, values_at
from rheobase.models.rules import PIECE, Pairs, Rule
from rheobase.models.values import own

#: Weights are stored as 32-bit floats.
LARGEST_WEIGHT = float(np.finfo(np.float32).max)
#: Delays are stored as 16-bit numbers of steps.
LONGEST_DELAY = 2**16 - 1


@dataclass(frozen=True, eq=False)
class ConnectionValues:
    """Weights or delays of a projection: drawn by the engine as it makes the connections, or listed one per connection.

    `given` is what was asked for: a number, an array or a distribution.
    """

    given: Any
    draw: _engine.Distribution
    listed: np.ndarray | None = None

    def each(self, name: str, connections: int) -> np.ndarray:
        """Return the list, which must have an entry for each of the connections, or an empty one."""
        if self.listed is None:
            return np.zeros(0)
        return checks.array(f"{name} (one per connection)", self.listed, shape=(connections,), dtype=self.listed.dtype)


def given(name: str, value: Any, unit: str) -> Any:
    """Return what a circuit keeps of weights or delays: arrays as copies of its own, quantities as numbers."""
    value = units.converted(name, value, unit)
    if isinstance(value, Distribution) or depends_on_distance(value) or checks.axes(name, value) == 0:
        return value
    array = np.asarray(value)
    return array if array.flags.owndata and not array.flags.writeable else own(array)


def weights(weight: Any) -> ConnectionValues:
    """Read weights (mV·ms, or what the synapse says): a number, an array or a distribution."""
    bounds: dict[str, Any] = {"low": -LARGEST_WEIGHT, "high": LARGEST_WEIGHT}
    if weight is None:
        raise TypeError("weight must be a number, an array or a distribution, got None")
    if isinstance(weight, Distribution):
        _check_mass("weight", weight, weight.low)
        checks.number("mean of weight", weight.mean_value(), **bounds)
        return ConnectionValues(weight, weight._for_engine())
    if checks.axes("weight", weight) == 0:
        weight = checks.number("weight", weight, **bounds)
        return ConnectionValues(weight, _engine.Distribution("constant", weight))
    weight = checks.reals("weight", weight, shape=(None,), **bounds)
    return ConnectionValues(weight, _engine.Distribution("constant", 0.0), weight)


def reach(weight: Any) -> np.ndarray:
    """Return given weights, or the bounds between which a distribution lies."""
    return np.array([weight.low, weight.high]) if isinstance(weight, Distribution) else np.atleast_1d(weight)


def delays(delay: Any, dt: float, name: str = "delay", low: int = 1) -> ConnectionValues:
    """Read delays (ms): a number or an array of multiples of dt, or a distribution, whose draws the engine rounds.

    None of them is shorter than `low` steps.
    """
    if isinstance(delay, Distribution):
        return ConnectionValues(delay, _drawn_delays(name, delay, dt, low))
    if checks.axes(name, delay) == 0:
        _check_some_delay(delay, dt, low)
        steps = checks.steps(name, delay, dt, low=low)
        _check_longest(name, steps, dt, f"{delay:g} ms")
        return ConnectionValues(delay, _engine.Distribution("constant", steps))
    delay = checks.reals(name, delay, shape=(None,))
    each = np.empty(len(delay), dtype=np.uint16)
    for first in range(0, len(delay), PIECE):
        piece = delay[first : first + PIECE]
        steps = np.rint(piece / dt)
        off = np.abs(piece - steps * dt) > 1e-9 * np.maximum(np.abs(piece), dt)
        wrong = np.flatnonzero(off | (steps < low))
        if len(wrong):
            _check_some_delay(piece[wrong[0]], dt, low)
            checks.steps(name, float(piece[wrong[0]]), dt, low=low)
        _check_longest(name, steps.max(), dt, f"{piece.max():g} ms")
        each[first : first + PIECE] = steps
    return ConnectionValues(delay, _engine.Distribution("constant", 1), each)


def post_delays(values: ConnectionValues, rule: Rule, ends: Ends, delay: np.ndarray | None) -> _engine.PostDelays:
    """Return delays of post spikes as the engine takes them: listed by neurons of the populations, then by delay."""
    if values.listed is None:
        return _engine.PostDelays(values.draw)
    assert isinstance(rule, Pairs)
    pairs = Pairs(ends.pre.indices_of(rule.pre), ends.post.indices_of(rule.post))
    return _engine.PostDelays(values.draw, in_order(values.each("post_delay", len(rule.pre)), pairs, delay))


def _check_some_delay(delay: Any, dt: float, low: int) -> None:
    """Raise where there is no delay at all, as other simulators allow."""
    if delay == 0 and low > 0:
        raise ValueError(
            f"delay must be at least {dt:g} ms (dt), got 0 ms: all neurons take a step at once, so that a spike "
            f"reaches others in the next one at the earliest"
        )


def _drawn_delays(name: str, delay: Distribution, dt: float, low: int) -> _engine.Distribution:
    lowest = 0.5 * dt if low > 0 else 0.0
    if delay.high < lowest:
        raise ValueError(f"{name} must be able to reach {'dt = ' if low > 0 else ''}{low * dt:g} ms, got {delay}")
    _check_mass(name, delay, max(lowest, delay.low))
    drawn = delay._for_engine().at_least(lowest)
    came = f"draws of up to {drawn.max_value:g} ms: bound them with high="
    _check_longest(name, np.rint(drawn.max_value / dt), dt, came)
    return drawn


def _check_longest(name: str, steps: float, dt: float, came: str) -> None:
    if steps > LONGEST_DELAY:
        raise ValueError(f"{name} must be at most {LONGEST_DELAY * dt:g} ms ({LONGEST_DELAY} steps), got {came}")


def _check_mass(name: str, value: Distribution, low: float) -> None:
    """Raise unless the engine's draws, which are repeated until they fall in range, will come to an end."""
    mass = value._mass(low, value.high)
    if mass < 0.01:
        raise ValueError(
            f"{name} must fall between {low:g} and {value.high:g} in 1 % of its draws, got {mass:.2g}: {value}"
        )


#: What `Edges` reads: tables, paths, graphs and matrices, which come from packages that need not be there.
EdgesLike = object


def read_edges(edges: EdgesLike, weight: Any, delay: Any, n_pre: int, n_post: int) -> tuple[Pairs, Any, Any]:
    """Return pairs, weights and delays of a list of edges, or what is given beside it of what it lacks."""
    edges = Edges.of(edges)
    edges._check_shape(n_pre, n_post)
    for name, given, held in (("weight", weight, edges.weight), ("delay", delay, edges.delay)):
        if given is not None and held is not None:
            raise ValueError(
                f"{name} must not be given with edges that hold it: rb.Edges(..., {name}=None) leaves it out"
            )
    return (
        edges.pairs,
        weight if edges.weight is None else edges.weight,
        delay if edges.delay is None else edges.delay,
    )


def check_each(each: Mapping[str, Any], connections: int) -> None:
    """Raise unless arrays of what synapses have hold one value per connection."""
    for name, value in each.items():
        if isinstance(value, np.ndarray):
            checks.array(f"{name} (one per connection)", value, shape=(connections,))


def in_order(value: Any, pairs: Rule, delay: np.ndarray | None) -> Any:
    """Return what pairs bring in the order of `Projection.connections`: by source, by target, then by delay."""
    if not isinstance(value, np.ndarray):
        return value
    assert isinstance(pairs, Pairs)
    return value[np.lexsort((*(() if delay is None else (delay,)), pairs.post, pairs.pre))]


def draw_pairs(rule: Rule, ends: Ends, random: np.random.Generator, threads: int) -> Pairs:
    """Draw a rule's pairs in a network of their own, by source, then by target."""
    seed = int(random.integers(2**64, dtype=np.uint64))  # no two projections draw the same pairs
    scratch = _engine.Simulation(1.0, seed, threads)
    lif = LIF()
    parameters = [np.full(1, value) for value in lif.parameters.values()]
    post = scratch.add_neurons("LIF", ends.post.size, lif.method, parameters)
    pre = post if ends.same else scratch.add_poisson(ends.pre.size, np.zeros(1))
    receptor = scratch.add_receptor(
        population=post, kernel="Delta", values=[], unit_area=True, conductance=False, reversal=0.0, label=""
    )
    scratch.connect(
        pre=pre,
        post=post,
        receptor=receptor,
        rule=rule._for_engine(ends, random),
        weight=_engine.Distribution("constant", 0),
        delay=_engine.Distribution("constant", 1),
        pre_neurons=chosen_of(ends.pre),
        post_neurons=chosen_of(ends.post),
    )
    drawn = scratch.connections(0)
    sources, targets = ends.pre.members_of(drawn[0]), ends.post.members_of(drawn[1])
    if ends.pre.neurons is not None or ends.post.neurons is not None:  # which may have an order of their own
        order = np.lexsort((targets, sources))
        sources, targets = sources[order], targets[order]
    return Pairs(sources, targets)


def at_distances(described: Connections, ends: Ends, pairs: Pairs, dt: float) -> Connections:
    """Return a projection of given pairs, with weights and delays that depended on their distance as arrays."""
    distance = distances(ends.pre.points[pairs.pre], ends.post.points[pairs.post], ends.box)
    weight, delay, post_delay = described.weight, described.delay, described.post_delay
    if depends_on_distance(weight):
        weight = values_at("weight", weight, distance)
    if depends_on_distance(delay):
        delay = np.maximum(np.rint(values_at("delay", delay, distance) / dt), 1) * dt
    if depends_on_distance(post_delay):
        post_delay = np.maximum(np.rint(values_at("post_delay", post_delay, distance) / dt), 0) * dt
    return replace(
        described,
        rule=pairs,
        weight=given("weight", weight, ""),
        delay=given("delay", delay, "ms"),
        post_delay=given("post_delay", post_delay, "ms"),
    )


def chosen_of(end: End) -> np.ndarray:
    """Return the chosen neurons of one end as the engine takes them: none stands for all."""
    return np.zeros(0, dtype=np.uint32) if end.neurons is None else end.neurons.astype(np.uint32)


#: Bytes of a connection: its place, and where each has its own its weight; of a listed pair what it is made from.
SLOT, OWN_WEIGHT, LISTED = 2, 4, 18
#: Further bytes of a plastic one, at most: its weight, its places among those of both ends, and when it was brought up
#: to date; each variable; the delay of post spikes where these differ, with what that is found from.
PLASTIC, VARIABLE, POST_DELAY = 22, 8, 30


def check_memory(projections: Sequence[Connections], circuit: Circuit) -> None:
    """Raise unless the connections of so many projections fit into memory."""
    needed = {q.name: _bytes_of(q, circuit) for q in projections}
    new = projections[-1].name
    others = "" if len(needed) == 1 else f" ({needed[new] / 1e9:.3g} GB) beside those of the network"
    checks.memory(f"connections {new}{others}", sum(needed.values()), share=0.9)


def _bytes_of(q: Connections, circuit: Circuit) -> float:
    each = SLOT
    if isinstance(q.weight, Distribution) or np.ndim(q.weight):
        each += OWN_WEIGHT * q.weight_bits // 32
    if q.plasticity is not None:
        each += PLASTIC + VARIABLE * len(q.plasticity.variables)
        if not np.isscalar(q.post_delay):
            each += POST_DELAY
    if isinstance(q.rule, Pairs) or np.ndim(q.weight) or np.ndim(q.delay) or np.ndim(q.post_delay):
        each += LISTED
    return each * circuit._mean_connections(q)
