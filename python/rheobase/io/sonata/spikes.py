"""Reports of spikes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.io.sonata import hdf5
from rheobase.network.result import Result
from rheobase.spikes.trains import SpikeTrains

_SORTING = {"none": 0, "by_id": 1, "by_time": 2}


def write_sonata_spikes(spikes: Result, path: str | os.PathLike[str]) -> None:
    """Write all spikes of a result as a report of SONATA.

    Parameters
    ----------
    spikes : Result
    path : str or path
        Of the file, usually ``spikes.h5``.

    Raises
    ------
    ImportError
        If h5py is not installed.

    Examples
    --------
    >>> rb.io.write_sonata_spikes(res, "spikes.h5")
    """
    checks.instance("spikes", spikes, Result, "a result")
    file_path = checks.path("path", path)
    hdf5.check_parent(file_path)
    if file_path.is_dir():
        raise ValueError(f"path must be a file, got the folder {file_path}")
    write_trains(file_path, {name: (trains.times, trains.indices) for name, trains in spikes.spikes().items()})


def write_trains(path: Path, trains: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Write times (ms), ascending, and ids of nodes by population."""
    with hdf5.created(path) as file:
        for name, (times, ids) in trains.items():
            group = file.create_group(f"spikes/{name}")
            kind = package("h5py").enum_dtype(_SORTING, basetype="u1")
            group.attrs.create("sorting", _SORTING["by_time"], dtype=kind)
            group.create_dataset("node_ids", data=ids.astype(np.uint64))
            group.create_dataset("timestamps", data=times).attrs["units"] = "ms"


def read_trains(path: str | os.PathLike[str], alone: str | None = None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return times (ms) and ids of nodes by population; in older files, without populations, they are `alone`'s."""
    with hdf5.opened(path, "spikes") as file:
        groups: dict[str, Any] = dict(file["spikes"].items())
        if "timestamps" in groups:
            if alone is None:
                raise ValueError(f"path must be a report by population, {str(path)!r} has spikes of one without a name")
            ids = groups["gids" if "gids" in groups else "node_ids"]
            return {alone: (groups["timestamps"][:], ids[:].astype(np.int64))}
        return {name: (g["timestamps"][:], g["node_ids"][:].astype(np.int64)) for name, g in groups.items()}


def read_sonata_spikes(
    path: str | os.PathLike[str], *, n: dict[str, int] | None = None, t_stop: float | None = None
) -> dict[str, SpikeTrains]:
    """Return the spikes of a report of SONATA, by population.

    Parameters
    ----------
    path : str or path
    n : dict of int, optional
        Number of neurons of populations, of which the file knows nothing; by default up to the last that spikes.
    t_stop : float, optional
        End of the recording (ms), which begins at 0; by default just after the last spike.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If `path` is no such file.

    Examples
    --------
    >>> rb.io.write_sonata_spikes(res, "spikes.h5")
    >>> rb.io.read_sonata_spikes("spikes.h5", n={"e": 80}, t_stop=400)["e"].n
    80
    """
    sizes = checks.mapping("n", n)
    found = read_trains(path)
    for name in sizes:
        checks.choice("n", name, found)
    trains = {}
    for name, (times, ids) in found.items():
        last = int(ids.max()) + 1 if len(ids) else 0
        count = checks.integer("n", sizes.get(name, last), low=last)
        end = checks.number(
            "t_stop", np.nextafter(times.max(initial=0.0), np.inf) if t_stop is None else t_stop, above=0
        )
        order = np.lexsort((ids, times))
        with checks.made_from("path, n and t_stop"):
            trains[name] = SpikeTrains(times[order], ids[order], n=count, t_start=0.0, t_stop=end)
    return trains
