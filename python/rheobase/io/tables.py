"""Tables of spikes, samples and connections: pandas, polars and Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.network.projection import Projection
from rheobase.network.result import Recorded, Result
from rheobase.spikes.trains import SpikeTrains

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Tabular = SpikeTrains | Recorded | Result | Projection


def columns(thing: Tabular) -> dict[str, np.ndarray]:
    """Return what a table holds, a column by name.

    Spikes have `time` (ms) and `neuron`; those of a result `population` besides. Samples are long: `time`, `neuron` and
    `value`. Connections have `pre`, `post`, `weight` and `delay` (ms).
    """
    if isinstance(thing, SpikeTrains):
        return {"time": thing.times, "neuron": thing.indices}
    if isinstance(thing, Recorded):
        n = thing.values.shape[1]
        neurons = thing.neurons if len(thing.neurons) == n else np.full(n, -1)
        return {
            "time": np.repeat(thing.times, n),
            "neuron": np.tile(neurons, len(thing.times)),
            "value": thing.values.ravel(),
        }
    if isinstance(thing, Result):
        spikes = thing.spikes()
        sizes = [len(s.times) for s in spikes.values()]
        return {
            "population": np.repeat(np.array(list(spikes), dtype=object), sizes),
            "time": np.concatenate([np.zeros(0), *(s.times for s in spikes.values())]),
            "neuron": np.concatenate([np.zeros(0, np.int64), *(s.indices for s in spikes.values())]),
        }
    if isinstance(thing, Projection):
        return thing.connections()
    raise TypeError(f"thing must be SpikeTrains, Recorded, a Result or a Projection, got {thing!r}")


def to_pandas(thing: Tabular) -> pandas.DataFrame:
    """Return spikes, recorded samples or connections as a table of pandas.

    Parameters
    ----------
    thing : SpikeTrains, Recorded, Result or Projection
        A result gives its spikes, with a column `population`.

    Returns
    -------
    pandas.DataFrame
        `time` (ms) and `neuron` of spikes; `time`, `neuron` and `value` of samples (neuron is -1 where the mean was
        recorded); `pre`, `post`, `weight` and `delay` (ms) of connections.

    Raises
    ------
    ImportError
        If pandas is not installed.

    Examples
    --------
    >>> rb.io.to_pandas(res.spikes("e")).columns.tolist()
    ['time', 'neuron']
    """
    frame: pandas.DataFrame = package("pandas").DataFrame(columns(thing))
    return frame


def to_polars(thing: Tabular) -> polars.DataFrame:
    """Return the same table as `to_pandas` for polars.

    Parameters
    ----------
    thing : SpikeTrains, Recorded, Result or Projection

    Returns
    -------
    polars.DataFrame

    Examples
    --------
    >>> rb.io.to_polars(res.spikes("e")).columns
    ['time', 'neuron']
    """
    frame: polars.DataFrame = package("polars").DataFrame(_plain(columns(thing)))
    return frame


def to_arrow(thing: Tabular) -> pyarrow.Table:
    """Return the same table as `to_pandas` in Arrow's memory, as Parquet files, DuckDB and others take it.

    Parameters
    ----------
    thing : SpikeTrains, Recorded, Result or Projection

    Returns
    -------
    pyarrow.Table

    Examples
    --------
    >>> rb.io.to_arrow(res.spikes("e")).column_names
    ['time', 'neuron']
    """
    table: pyarrow.Table = package("pyarrow").table(_plain(columns(thing)))
    return table


def spikes_from_table(table: object, *, n: int, t_stop: float, t_start: float = 0.0) -> SpikeTrains:
    """Return the spikes of a table with the columns `time` (ms) and `neuron`, in any order.

    Parameters
    ----------
    table : DataFrame of pandas or polars, Arrow table or dict of arrays
    n : int
        Number of neurons, silent ones included.
    t_start, t_stop : float
        Begin (default 0) and end of the recording, ms.

    Returns
    -------
    SpikeTrains

    Raises
    ------
    ValueError
        If a column is missing, or what it holds is no recording.

    Examples
    --------
    >>> rb.io.spikes_from_table({"time": [2.0, 1.0], "neuron": [0, 1]}, n=2, t_stop=5.0).times
    array([1., 2.])
    """
    times = checks.array("time", _column(table, "time"), shape=(None,))
    neurons = np.asarray(_column(table, "neuron"))
    if times.size != neurons.size:
        raise ValueError(f"neuron must have as many entries as time ({times.size}), got {neurons.size}")
    order = np.lexsort((neurons, times))
    return SpikeTrains(times=times[order], indices=neurons[order], n=n, t_start=t_start, t_stop=t_stop)


def _column(table: object, name: str) -> np.ndarray:
    found: Any = table
    names = next((getattr(found, a) for a in ("column_names", "columns", "keys") if hasattr(found, a)), None)
    if names is None:
        raise TypeError(f"table must have columns, as a frame or a dict of arrays has, got {type(table).__name__}")
    columns = [str(column) for column in (names() if callable(names) else names)]
    return np.asarray(found[checks.choice("column of table", name, columns)])


def _plain(table: dict[str, np.ndarray]) -> dict[str, object]:
    """Return names as lists of text, which packages without NumPy's objects take."""
    return {name: column.tolist() if column.dtype == object else column for name, column in table.items()}
