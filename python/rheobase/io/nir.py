"""NIR: networks of leaky integrate-and-fire neurons as graphs, which neuromorphic tools exchange."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.models.catalogue import NEURONS, SYNAPSES
from rheobase.models.edges import Edges
from rheobase.models.neurons import Neuron
from rheobase.models.sources import Source, Trains
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.selection import Selection

if TYPE_CHECKING:
    import nir

#: Units of time that graphs have, in ms.
_UNITS = {"ms": 1.0, "s": 1e3}
#: Threshold (mV) of a neuron that only integrates, and from where on one is written as such.
_NEVER = 1e9
_SPIKING, _SILENT = ("LIF", "CubaLIF"), ("LI", "CubaLI")


def from_nir(
    graph: nir.NIRGraph | str | os.PathLike[str],
    *,
    unit: str,
    dt: float = 0.1,
    spike_area: float = 1.0,
    inputs: Mapping[str, Source] | None = None,
    threads: int | None = None,
) -> Network:
    """Return the network that a graph of NIR describes.

    LIF and CubaLIF become `LIF` with `Delta` and `Exponential` synapses, LI and CubaLI the same without a threshold.
    Linear, Affine, Scale, Delay and Flatten between them become weights, delays and steady inputs; resistances are part
    of the weights. Spikes take one step at least.

    Parameters
    ----------
    graph : nir.NIRGraph or path
    unit : {'ms', 's'}
        Of the times in the graph. NIR's documentation says ms, yet many tools write seconds.
    dt : float, default 0.1
        Time step (ms).
    spike_area : float, default 1
        Integral over a spike in the graph, in its unit of time. NIR's equations have impulses, of area 1; where a tool
        counts a spike as 1 for a step it is that tool's time step.
    inputs : dict of Source, optional
        What the inputs send, by name; by default trains without spikes, which can be set later.
    threads : int, optional
        Every core by default.

    Returns
    -------
    Network
        Populations are called as the nodes; V begins at rest.

    Raises
    ------
    ImportError
        If nir is not installed.
    ValueError
        If the graph has a node that has no counterpart here; the message names it.

    Examples
    --------
    >>> net = rb.io.from_nir("model.nir", unit="ms", inputs={"input": rb.Poisson(rate=20)})  # doctest: +SKIP
    """
    nir, ms = package("nir"), _UNITS[checks.choice("unit", unit, _UNITS)]
    area = checks.number("spike_area", spike_area, above=0, unit="")
    sources = checks.mapping("inputs", inputs)
    if isinstance(graph, str | os.PathLike):
        graph = nir.read(checks.path("graph", graph))
    given = _Graph(checks.instance("graph", graph, nir.NIRGraph, "a graph of NIR or its path"))
    for name in sources:
        checks.choice("name of inputs", name, given.inputs)
    net = Network(dt, 0, threads)
    for name, n in given.inputs.items():
        net.add(sources.get(name, Trains([])), n, name=name)
    paths = [path for name in (*given.inputs, *given.neurons) for path in given.paths(name)]
    for name, node in given.neurons.items():
        model = _neuron(node, ms, sum(path.bias for path in paths if path.post == name))
        net.add(model, len(model.tau_m), name=name, V=model.E_L)
    for path in paths:
        _connect(net, path, given.neurons[path.post], ms, area)
    return net


@dataclass(frozen=True)
class _Path:
    """What lies between a node that spikes and one that integrates: weights (post × pre), delays alike, and a bias."""

    pre: str
    post: str
    weights: np.ndarray
    delays: np.ndarray
    bias: Any = 0.0

    def through(self, name: str, node: Any) -> _Path:
        """Return the path with one more node at its end."""
        kind = type(node).__name__
        if kind == "Flatten":
            return replace(self, post=name)
        if kind == "Delay":
            return replace(self, post=name, delays=self.delays + np.ravel(node.delay)[:, np.newaxis])
        if kind == "Scale":
            scale = np.ravel(node.scale)
            return replace(self, post=name, weights=scale[:, np.newaxis] * self.weights, bias=scale * self.bias)
        if kind not in ("Linear", "Affine"):
            raise ValueError(f"node {name!r} must be one that is known here, got {kind}")
        matrix = np.asarray(node.weight, dtype=float)
        if matrix.ndim != 2:
            raise ValueError(f"weight of {name!r} must be a matrix, got shape {matrix.shape}")
        own = self.delays[self.weights != 0]
        if len(own) and np.any(own != own[0]):
            raise ValueError(
                f"delays before {name!r} must be the same for all that it sums, got {own.min():g} to {own.max():g}"
            )
        bias = matrix @ np.broadcast_to(self.bias, matrix.shape[1]) + np.asarray(getattr(node, "bias", 0.0))
        delays = np.full((len(matrix), self.weights.shape[1]), own[0] if len(own) else 0.0)
        return replace(self, post=name, weights=matrix @ self.weights, delays=delays, bias=bias)


class _Graph:
    """The nodes of a graph by what they do, and the paths between them."""

    def __init__(self, graph: Any) -> None:
        self._nodes = graph.nodes
        self._next: dict[str, list[str]] = {}
        for pre, post in graph.edges:
            self._next.setdefault(pre, []).append(post)
        kinds = {name: type(node).__name__ for name, node in self._nodes.items()}
        self.inputs = {
            name: int(np.prod(node.input_type["input"])) for name, node in self._nodes.items() if kinds[name] == "Input"
        }
        self.neurons = {name: node for name, node in self._nodes.items() if kinds[name] in (*_SPIKING, *_SILENT)}
        for name, kind in kinds.items():
            if kind in ("IF", "I", "Threshold", "NIRGraph", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d"):
                raise ValueError(f"node {name!r} must be one that is known here, got {kind}")
        for name in self.neurons:
            if kinds[name] in _SILENT and any(kinds[post] != "Output" for post in self._next.get(name, [])):
                raise ValueError(f"node {name!r} must lead to an output alone, for it has no spikes, got {kinds[name]}")

    def paths(self, pre: str) -> Iterator[_Path]:
        """Yield the paths from a node that spikes."""
        n = self.inputs[pre] if pre in self.inputs else len(np.ravel(self.neurons[pre].v_leak))
        ahead = [(_Path(pre, pre, np.eye(n), np.zeros((n, n))), 0)]
        while ahead:
            path, length = ahead.pop(0)
            for name in self._next.get(path.post, []):
                if name in self.neurons:
                    yield replace(path, post=name)
                elif type(self._nodes[name]).__name__ != "Output":
                    if length == len(self._nodes):
                        raise ValueError(f"node {name!r} must not lead to itself without a neuron between")
                    ahead.append((path.through(name, self._nodes[name]), length + 1))


def _neuron(node: Any, ms: float, bias: Any) -> Neuron:
    """Return the neurons of a node; a steady input moves their rest."""
    filtered = hasattr(node, "tau_syn")
    tau, rest = (np.ravel(values).astype(float) for values in (node.tau_mem if filtered else node.tau, node.v_leak))
    if np.any(bias):
        if filtered:
            raise ValueError("bias of Affine must be 0 before a CubaLIF or CubaLI, which would filter it")
        bias = np.ravel(node.r) * bias
    threshold = np.ravel(getattr(node, "v_threshold", np.full(tau.shape, _NEVER))).astype(float)
    reset = np.ravel(getattr(node, "v_reset", np.zeros(tau.shape))).astype(float)
    neuron: Neuron = NEURONS["LIF"](tau_m=ms * tau, E_L=rest, V_th=threshold, V_re=reset, I_x=np.zeros(len(tau)) + bias)
    return neuron


def _connect(net: Network, path: _Path, node: Any, ms: float, area: float) -> None:
    """Make the projections of a path: one for each time constant of its synapses."""
    post, pre = np.nonzero(path.weights)
    delays = np.maximum(ms * path.delays[post, pre], net.dt)
    weights = area * path.weights[post, pre] * np.ravel(node.r)[post]
    if not hasattr(node, "tau_syn"):
        weights = weights / np.ravel(node.tau)[post]
        table = {"pre": pre, "post": post, "weight": weights, "delay": delays}
        net.connect(net[path.pre], net[path.post], Edges(table), synapse=SYNAPSES["Delta"]())
        return
    taus = ms * np.ravel(node.tau_syn).astype(float)
    weights = ms * weights * np.ravel(node.w_in)[post]
    for tau in np.unique(taus):
        of = taus[post] == tau
        table = {"pre": pre[of], "post": post[of], "weight": weights[of], "delay": delays[of]}
        net.connect(net[path.pre], net[path.post], Edges(table), synapse=SYNAPSES["Exponential"](tau=float(tau)))


def to_nir(net: Network, *, unit: str, spike_area: float = 1.0) -> nir.NIRGraph:
    """Return a network as a graph of NIR, which ``nir.write`` keeps in a file.

    Populations of `LIF` become LIF or CubaLIF, with a resistance of 1, and LI or CubaLI where their threshold is beyond
    all reach; sources become inputs, projections Linear, followed by a Delay. What sources send, what is recorded and
    where V begins is no part of a graph.

    Parameters
    ----------
    net : Network
        Its connections are made, if they are not yet.
    unit : {'ms', 's'}
        Of the times in the graph. NIR's documentation says ms, yet many tools write seconds.
    spike_area : float, default 1
        Integral over a spike in the graph, in its unit of time, as in `from_nir`.

    Returns
    -------
    nir.NIRGraph
        Nodes are called as the populations and projections; what leads nowhere else has an Output.

    Raises
    ------
    ImportError
        If nir is not installed.
    ValueError
        If something has no counterpart in NIR; the message names it.

    Examples
    --------
    >>> graph = rb.io.to_nir(net, unit="ms")  # doctest: +SKIP
    """
    checks.instance("net", net, Network, "a network")
    ms = _UNITS[checks.choice("unit", unit, _UNITS)]
    area = checks.number("spike_area", spike_area, above=0, unit="")
    nir = package("nir")
    circuit = net.circuit
    for what, parts in (("drives", circuit.drives), ("injected currents", circuit.injections)):
        if parts:
            raise ValueError(f"net must have no {what}, which NIR has not, got those of {parts[0].post!r}")
    net.build()
    nodes: dict[str, Any] = {}
    edges: list[tuple[str, str]] = []
    for name, population in net.populations.items():
        onto = [q for q in net.projections if _whole(q, q.post) is population]
        nodes[name] = _node(nir, population, onto, ms)
    for projection in net.projections:
        pre, post = _whole(projection, projection.pre), _whole(projection, projection.post)
        line, delay = f"weights of {projection.name}", f"delay of {projection.name}"
        nodes[line] = nir.Linear(weight=_weights(projection, post, ms) / area)
        nodes[delay] = nir.Delay(delay=np.full(post.n, _delay(projection) / ms))
        edges += [(pre.name, line), (line, delay), (delay, post.name)]
    _add_outputs(nir, net, nodes, edges)
    return nir.NIRGraph(nodes=nodes, edges=edges)


def _add_outputs(nir: Any, net: Network, nodes: dict[str, Any], edges: list[tuple[str, str]]) -> None:
    senders = {_whole(q, q.pre).name for q in net.projections if q.pre is not q.post}
    neurons = [name for name, p in net.populations.items() if isinstance(p.model, Neuron)]
    for name in [n for n in neurons if n not in senders] or neurons:
        nodes[f"output of {name}"] = nir.Output(output_type={"output": np.array([net[name].n])})
        edges.append((name, f"output of {name}"))


def _whole(projection: Projection, end: Population | Selection) -> Population:
    if isinstance(end, Selection):
        raise ValueError(f"{projection.name!r} must connect whole populations for NIR, {end!r} is a part")
    return end


def _node(nir: Any, population: Population, onto: list[Projection], ms: float) -> Any:
    """Return the node of a population, with the kernel of the projections onto it."""
    name, model = population.name, population.model
    if isinstance(model, Source):
        return nir.Input(input_type={"input": np.array([population.n])})
    if type(model) is not NEURONS["LIF"]:
        raise ValueError(f"model of {name!r} must be LIF for NIR, got {model!r}")
    if np.any(population["t_ref"]):
        raise ValueError(f"t_ref of {name!r} must be 0 for NIR, got up to {population['t_ref'].max():g}")
    kernels = list(dict.fromkeys(q.synapse for q in onto))
    if len(kernels) > 1 or any(
        type(k).__name__ not in ("Delta", "Exponential") or k.reversal is not None for k in kernels
    ):
        raise ValueError(
            f"synapses onto {name!r} must be one kind of current, Delta or Exponential, for NIR, got {kernels}"
        )
    for q in onto:
        if q.plasticity is not None:
            raise ValueError(f"plasticity of {q.name!r} must be None for NIR, got {q.plasticity!r}")
    rest = population["E_L"] + population["I_x"] / population["g_L"]
    given = {"r": np.ones(population.n), "v_leak": rest}
    spikes = bool(np.all(population["V_th"] < _NEVER))
    if spikes:
        given |= {"v_threshold": population["V_th"], "v_reset": population["V_re"]}
    tau = population["tau_m"] / ms
    if not kernels or type(kernels[0]).__name__ == "Delta":
        return nir.LIF(tau=tau, **given) if spikes else nir.LI(tau=tau, **given)
    kind, tau_syn = (nir.CubaLIF if spikes else nir.CubaLI), np.full(population.n, kernels[0].parameters["tau"] / ms)
    return kind(tau_mem=tau, tau_syn=tau_syn, **given)


def _weights(projection: Projection, post: Population, ms: float) -> np.ndarray:
    """Return what a spike brings, for a spike of area 1, as a matrix post × pre."""
    weights, synapse = projection.weights.toarray(), projection.synapse
    if type(synapse).__name__ == "Delta":
        return np.asarray(weights * post["tau_m"][:, np.newaxis] / ms)
    area = synapse.parameters["tau"] if synapse.norm == "peak" else 1.0
    return np.asarray(weights * area / post["g_L"][:, np.newaxis] / ms)


def _delay(projection: Projection) -> float:
    delays = np.unique(projection.connections()["delay"])
    if len(delays) > 1:
        raise ValueError(f"delay of {projection.name!r} must be one for NIR, got {delays[0]:g} to {delays[-1]:g} ms")
    return float(delays[0]) if len(delays) else 0.0
