"""networkx: the connections of a network as a directed graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rheobase.checks import package
from rheobase.network.projection import Projection

if TYPE_CHECKING:
    import networkx


def to_networkx(*projections: Projection) -> networkx.MultiDiGraph:
    """Return the connections of projections as one directed graph.

    Parameters
    ----------
    *projections : Projection

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are ``(population, index)``, all neurons of the populations at the ends; edges have `weight`, `delay` (ms)
        and `projection`.

    Raises
    ------
    ImportError
        If networkx is not installed.

    Examples
    --------
    >>> e_to_i = net.connect(e, i, rb.Bernoulli(0.1), weight=35, synapse=rb.Exponential(tau=6))
    >>> graph = rb.io.to_networkx(e_to_i)
    """
    graph: networkx.MultiDiGraph = package("networkx").MultiDiGraph()
    for q in projections:
        if not isinstance(q, Projection):
            raise TypeError(f"projections must be projections of a network, got {q!r}")
        for population in (q.pre, q.post):
            graph.add_nodes_from((population.name, k) for k in range(population.n))
        c = q.connections()
        graph.add_edges_from(
            ((q.pre.name, int(a)), (q.post.name, int(b)), {"weight": float(w), "delay": float(d), "projection": q.name})
            for a, b, w, d in zip(c["pre"], c["post"], c["weight"], c["delay"], strict=True)
        )
    return graph
