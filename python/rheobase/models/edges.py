"""Lists of edges as others hold them: tables with named columns, files of such, graphs and matrices."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.rules import Bernoulli, Pairs
from rheobase.models.values import ByValue, Sealed, own

#: What each part of an edge is called where nothing else is said.
STANDARD = {"pre": "pre", "post": "post", "weight": "weight", "delay": "delay"}


class Edges(ByValue, Sealed):
    """Connections listed one by one, with their weights and delays, read from where they are; see `Network.connect`.

    Parameters
    ----------
    data : table, path, graph or matrix
        A pandas or polars frame, a pyarrow table, a dict of arrays or a structured array with the columns below;
        the path of a Parquet or CSV file of such (with pyarrow installed); a networkx graph, whose nodes are the
        integers that count the neurons and whose edges have attributes of these names, an edge of an undirected graph
        going both ways; or a matrix of weights (post × pre), `scipy.sparse`, whose entries are the connections, or
        dense, where zeros are none.
    pre, post : str, default "pre" and "post"
        Columns of indices of neurons, counted from 0.
    weight, delay : str or None, default "weight" and "delay"
        Columns of weights (as `Network.connect` takes them) and delays (ms). They may be lacking under these names;
        None leaves them out.

    Raises
    ------
    ValueError, TypeError
        If a column lacks, or holds what it must not; it is named.

    Examples
    --------
    >>> table = {"from": [0, 0, 1], "to": [2, 3, 3], "weight": [30, 20, 10]}
    >>> rb.Edges(table, pre="from", post="to")
    <edges: 3 with weight>
    >>> net.connect(x, e, rb.Edges(table, pre="from", post="to"), synapse=rb.Exponential(tau=8))
    """

    def __init__(
        self,
        data: object,
        *,
        pre: str = "pre",
        post: str = "post",
        weight: str | None = "weight",
        delay: str | None = "delay",
    ) -> None:
        names = {"pre": checks.text("pre", pre), "post": checks.text("post", post)}
        for part, name in (("weight", weight), ("delay", delay)):
            if name is not None:
                names[part] = checks.text(part, name)
        self._shape: tuple[int, int] | None = None
        parts = self._of_matrix(data) if _is_matrix(data) else _of_table(data, names)
        with checks.made_from(_named(names)):
            self._pairs = Pairs(parts["pre"], parts["post"])
        self._weight, self._delay = (_numbers(names, part, parts.get(part)) for part in ("weight", "delay"))

    @classmethod
    def of(cls, data: object) -> Edges:
        """Return edges as they are, or read from data with standard names.

        Examples
        --------
        >>> len(rb.Edges.of({"pre": [0, 1], "post": [1, 0]}))
        2
        """
        return data if isinstance(data, Edges) else cls(data)

    def _content(self) -> tuple[Any, ...]:
        return self._pairs, self._weight, self._delay, self._shape

    @property
    def pairs(self) -> Pairs:
        """Which neurons they join."""
        return self._pairs

    @property
    def weight(self) -> np.ndarray | None:
        """One weight per edge, if they have any."""
        return self._weight

    @property
    def delay(self) -> np.ndarray | None:
        """One delay (ms) per edge, if they have any."""
        return self._delay

    def _check_shape(self, n_pre: int, n_post: int) -> None:
        """Raise unless a matrix has a row for each post neuron and a column for each pre neuron."""
        if self._shape not in (None, (n_post, n_pre)):
            raise ValueError(f"rule must have shape (post, pre) = ({n_post}, {n_pre}), got {self._shape}")

    def _of_matrix(self, matrix: Any) -> dict[str, Any]:
        """Return the entries of a matrix that are connections."""
        if isinstance(matrix, np.ndarray):
            matrix = checks.reals("rule", matrix, shape=(None, None))
            self._shape = matrix.shape
            post, pre = np.nonzero(matrix)
            return {"pre": pre, "post": post, "weight": matrix[post, pre]}
        import scipy.sparse

        entries = scipy.sparse.coo_array(matrix)
        self._shape = entries.shape
        return {"pre": entries.col, "post": entries.row, "weight": checks.reals("entries of rule", entries.data)}

    def __len__(self) -> int:
        return len(self.pairs.pre)

    def __repr__(self) -> str:
        held = [part for part in ("weight", "delay") if getattr(self, part) is not None]
        return f"<edges: {len(self)}{' with ' * bool(held)}{' and '.join(held)}>"


def _is_matrix(data: Any) -> bool:
    """Return whether it is a dense or sparse matrix."""
    if isinstance(data, np.ndarray):
        return data.dtype.names is None
    if not hasattr(data, "tocoo"):
        return False
    import scipy.sparse

    return scipy.sparse.issparse(data)


def _of_table(data: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return the columns of a table, a file or a graph by what they are of an edge."""
    if isinstance(data, str | os.PathLike):
        data = _read_file(checks.path("rule", data), names)
    if hasattr(data, "edges") and hasattr(data, "is_directed"):
        return _of_graph(data, names)
    columns = _column_names(data)
    parts = {}
    for part, name in names.items():
        if name in columns:
            parts[part] = _values(data[name])
        elif part in ("pre", "post") or name != STANDARD[part]:
            raise checks.unknown(f"column of rule ({part})", name, columns)
    return parts


def _column_names(data: Any) -> list[str]:
    """Return the names of a table's columns."""
    if isinstance(data, Mapping):
        return [name for name in data if isinstance(name, str)]
    if isinstance(data, np.ndarray):
        return list(data.dtype.names or ())
    for attribute in ("column_names", "columns"):  # of a pyarrow table, of frames
        found = getattr(data, attribute, None)
        if found is not None and not callable(found):
            return [name for name in found if isinstance(name, str)]
    raise TypeError(
        f"rule must be a connection rule such as {Bernoulli.__name__}(0.1), Pairs(pre, post), a matrix (post × pre) or "
        f"a list of edges (a frame with columns, a path, a networkx graph: see rb.Edges), got {type(data).__name__}"
    )


def _values(column: Any) -> Any:
    """Return a column as an array; integers that a table holds as objects, since some may lack, as integers."""
    values = column.to_numpy() if hasattr(column, "to_numpy") else column
    if isinstance(values, np.ndarray) and values.dtype == object:
        return np.asarray(values.tolist())
    return values


def _read_file(path: Path, names: dict[str, str]) -> Any:
    """Return the table that a file holds; of a Parquet file only the columns that are asked for."""
    kinds = {".parquet", ".pq", ".csv"}
    if path.suffix.lower() not in kinds:
        raise ValueError(f"rule must be the path of a file that ends in {', '.join(sorted(kinds))}, got {str(path)!r}")
    try:
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError("files of edges are read with pyarrow: pip install pyarrow") from error
    if path.suffix.lower() == ".csv":
        return pyarrow.csv.read_csv(path)
    known = pyarrow.parquet.read_schema(path).names
    return pyarrow.parquet.read_table(path, columns=[name for name in names.values() if name in known] or None)


def _of_graph(graph: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return the edges of a graph and those of their attributes that any of them has."""
    ends, attributes = [], []
    for pre, post, held in _directed(graph):
        ends.append((pre, post))
        attributes.append(held)
    for node in graph.nodes:
        if isinstance(node, bool) or not isinstance(node, int | np.integer):
            raise TypeError(
                f"nodes of rule must be integers, which count the neurons from 0, got {node!r}: "
                f"networkx.convert_node_labels_to_integers(graph) makes them so"
            )
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    parts = {"pre": pairs[:, 0], "post": pairs[:, 1]}
    for part in ("weight", "delay"):
        name = names.get(part)
        having = [name in held for held in attributes]
        if name is None or (not any(having) and name == STANDARD[part]):
            continue
        if not all(having):
            pre, post = ends[having.index(False)]
            raise ValueError(f"attribute {name!r} ({part}) must stand at every edge of rule, {pre} → {post} lacks it")
        parts[part] = np.array([held[name] for held in attributes])
    return parts


def _directed(graph: Any) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """Yield every edge, those of an undirected graph both ways."""
    for pre, post, held in graph.edges(data=True):
        yield pre, post, held
        if not graph.is_directed() and pre != post:
            yield post, pre, held


def _numbers(names: dict[str, str], part: str, values: Any) -> np.ndarray | None:
    """Return weights or delays as an array of its own."""
    if values is None:
        return None
    name = names.get(part, part)
    return own(checks.reals(name if name == part else f"column {name!r} ({part})", values, shape=(None,)))


def _named(names: dict[str, str]) -> str:
    return " and ".join(f"column {names[part]!r} ({part})" for part in ("pre", "post"))
