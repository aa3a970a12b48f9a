"""The diagram of a network of spikes, of rates, of a reservoir or of a perceptron."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse

from rheobase import checks
from rheobase.learning.perceptron import Perceptron
from rheobase.learning.reservoir import Reservoir
from rheobase.models.circuit import Circuit, Connections
from rheobase.models.distributions import Distribution
from rheobase.models.light import Light
from rheobase.models.neurons import Neuron
from rheobase.models.synapses import Synapse
from rheobase.network.network import Network
from rheobase.plot.diagram.parts import Arrow, Diagram, Entry, Node
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, role
from rheobase.rates.network import RateNetwork

#: What can be drawn.
Drawable = Network | Circuit | RateNetwork | Reservoir | Perceptron

#: Circles that a population may be drawn as.
MAX_CIRCLES = 100
#: As how many circles populations are drawn, all or by name; None: each in one piece.
Circles = int | Mapping[str, int] | None


def diagram_of(network: Drawable, neurons: Circles = None) -> Diagram:
    """Return the diagram of whatever can be drawn."""
    if isinstance(network, RateNetwork):
        sizes, arrows, senders, entries = _rates(network)
    elif isinstance(network, Reservoir):
        sizes, arrows, senders, entries = _reservoir(network)
    elif isinstance(network, Perceptron):
        sizes, arrows, senders, entries = _perceptron(network)
    else:
        sizes, arrows, senders, entries = _circuit(Circuit.of(network))
    circles = _circles(neurons, sizes)
    nodes = tuple(
        Node(name, n, _colour(name, arrows, name in senders), circles.get(name, 1), name in circles)
        for name, n in sizes.items()
    )
    return Diagram(nodes, tuple(arrows), tuple(entries))


#: Numbers of neurons by population, arrows, populations that only send, and what comes from outside.
_Parts = tuple[dict[str, int], list[Arrow], set[str], list[Entry]]


def _circuit(circuit: Circuit) -> _Parts:
    sizes = {p.name: p.n for p in circuit.populations}
    arrows = [_arrow(circuit, q) for q in circuit.projections]
    senders = {p.name for p in circuit.populations if not isinstance(p.model, Neuron)}
    entries = [Entry(d.post, _effect(circuit, d.post, d.synapse, _sign(d.weight)), "drive") for d in circuit.drives]
    texts = {(i.post, "light" if isinstance(i.current, Light) else "$I_x$") for i in circuit.injections}
    return sizes, arrows, senders, entries + [Entry(post, 1, text) for post, text in sorted(texts)]


def _rates(network: RateNetwork) -> _Parts:
    W = network.coupling
    names = list(network.names or ())
    post_ids, pre_ids = W.nonzero()
    arrows = [
        Arrow(names[pre], names[post], _sign(W[post, pre]), strength=abs(float(W[post, pre])))
        for post, pre in zip(post_ids, pre_ids, strict=True)
    ]
    return dict.fromkeys(names, 1), arrows, set(), []


def _reservoir(network: Reservoir) -> _Parts:
    W = network.W.data if scipy.sparse.issparse(network.W) else network.W
    arrows = [Arrow("r", "r", _sign(W)), Arrow("r", "z", 0, plastic=True)]
    if network.Q is not None:
        arrows.append(Arrow("z", "r", _sign(network.Q)))
    return {"r": network.n, "z": network.readout.outputs}, arrows, set(), []


def _perceptron(network: Perceptron) -> _Parts:
    weights = getattr(network, "weights_", None)
    if weights is None:
        raise ValueError("network must be a perceptron after fit, got one before")
    outputs, inputs = weights.shape
    return {"x": inputs, "v": outputs}, [Arrow("x", "v", 0, plastic=True)], {"x"}, []


def _arrow(circuit: Circuit, projection: Connections) -> Arrow:
    sign = _known_sign(circuit, projection)
    strength = abs(projection.mean_weight) * circuit.mean_in_degree(projection)
    return Arrow(projection.pre, projection.post, sign, projection.plasticity is not None, strength)


def _known_sign(circuit: Circuit, projection: Connections) -> int:
    """Return what a projection does, by its weights, else its rule's bounds, else what else its population does."""
    rule = projection.plasticity
    sign = _sign(projection.weight)
    if rule is not None and sign == 0:
        sign = int(rule.bounds[0] >= 0) - int(rule.bounds[1] <= 0)
    if sign == 0 and not np.any(_extent(projection.weight)):
        others = {_sign(q.weight) for q in circuit.projections if q.pre == projection.pre} - {0}
        sign = others.pop() if len(others) == 1 else 0
    return _effect(circuit, projection.post, projection.synapse, sign)


def _effect(circuit: Circuit, post: str, synapse: Synapse, sign: int) -> int:
    """Return the sign of the effect on `post`: conductances that reverse below the leak's potential inhibit."""
    if synapse.reversal is None:
        return sign
    rest = circuit[post].neuron.parameters.get("E_L", -65.0)
    E_L = rest.mean_value() if isinstance(rest, Distribution) else float(np.mean(rest))
    return sign * (1 if synapse.reversal > E_L else -1)


def _sign(weight: object) -> int:
    """Return 1 or −1 for weights of (nearly) one sign, else 0."""
    low, high = _extent(weight)
    return int(low >= 0 and high > 0) - int(high <= 0 and low < 0)


def _extent(weight: object) -> tuple[float, float]:
    """Return between which values most weights lie: for distributions the mean ± one standard deviation."""
    if isinstance(weight, Distribution):
        mean, spread = weight.mean_value(), weight.variance() ** 0.5
        return mean - spread, mean + spread
    values = np.asarray(weight, dtype=float)
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def _colour(name: str, arrows: list[Arrow], sends: bool) -> str:
    """Return the colour of a population: by its name, else by what its spikes do."""
    known = role(name)
    if known is not None or sends:
        return known or EXTERNAL
    signs = {arrow.sign for arrow in arrows if arrow.pre == name}
    return {1: EXCITATORY, -1: INHIBITORY}.get(signs.pop(), BLACK) if len(signs) == 1 else BLACK


def _circles(neurons: Circles, sizes: dict[str, int]) -> dict[str, int]:
    """Return how many neurons are drawn of populations whose neurons are drawn one by one."""
    if neurons is None:
        return {}
    chosen = neurons if isinstance(neurons, Mapping) else dict.fromkeys(sizes, neurons)
    drawn = {}
    for name, number in chosen.items():
        checks.choice("neurons", name, sizes)
        drawn[name] = min(checks.integer("neurons", number, low=1, high=MAX_CIRCLES), sizes[name])
    return drawn
