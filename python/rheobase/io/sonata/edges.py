"""Populations of edges."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata import hdf5
from rheobase.io.sonata.attributes import Attributes
from rheobase.models.edges import Edges
from rheobase.network.projection import Projection
from rheobase.network.selection import Selection


def read_sonata_edges(path: str | os.PathLike[str], population: str) -> Edges:
    """Return a population of edges of a SONATA file, as `Network.connect` takes them.

    Weights are `syn_weight` and delays `delay` (ms), where all edges have them; further columns are left out.

    Parameters
    ----------
    path : str or path
        An edges file.
    population : str
        Name of the population of edges.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If `path` is no such file or has no such population.

    Examples
    --------
    >>> rb.io.write_sonata(net, "circuit")
    >>> edges = rb.io.read_sonata_edges("circuit/edges.h5", "i_to_e")
    """
    with hdf5.opened(path, "edges") as file:
        group = file["edges"][checks.choice("population", population, list(file["edges"]))]
        pre, post = ends(group)
        columns: dict[str, np.ndarray] = {"pre": pre, "post": post}
        attributes = Attributes(group, {}, "edge", None)
        for name, own in (("syn_weight", "weight"), ("delay", "delay")):
            values = attributes.numbers(name)
            if attributes.n and not np.isnan(values).any():
                columns[own] = values
    return Edges(columns)


def ends(group: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids of the nodes at both ends of the edges of a population."""
    pre, post = (group[f"{end}_node_id"][:].astype(np.int64) for end in ("source", "target"))
    return pre, post


def write_edges(group: Any, projection: Projection, type: int) -> None:
    """Write the connections of a projection as a population of edges of one type."""
    c = projection.connections()
    n = len(c["pre"])
    for column, counted, end in (("source", c["pre"], projection.pre), ("target", c["post"], projection.post)):
        nodes = end.indices[counted] if isinstance(end, Selection) else counted
        data = group.create_dataset(f"{column}_node_id", data=nodes.astype(np.uint64))
        data.attrs["node_population"] = end.population.name if isinstance(end, Selection) else end.name
    group.create_dataset("edge_type_id", data=np.full(n, type, np.int64))
    group.create_dataset("edge_group_id", data=np.zeros(n, np.uint64))
    group.create_dataset("edge_group_index", data=np.arange(n, dtype=np.uint64))
    group.create_dataset("0/syn_weight", data=c["weight"])
    group.create_dataset("0/delay", data=c["delay"])
