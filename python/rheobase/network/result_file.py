"""Results in files of HDF5, which every language reads.

The root has the attributes `format` ("rheobase result"), `version` (1), `t_start`, `t_stop`, `dt` (ms), `interrupted`,
`populations`, their names, and `construction`, `simulation` (s) and `events` of the timing. Below it:

* ``spikes/0``, ``spikes/1`` …, a population each: arrays `times` (ms) and `indices`, attributes `population`, `n`,
  `t_start` and `t_stop`.
* ``events/0`` …: the same, with the attribute `event` besides.
* ``samples/0`` …, a recorded variable each: arrays `times` (ms), `values` (time × neuron) and `neurons`, attributes
  `unit`, `variable`, and `population`, or `pre`, `post` and `which` of a projection whose weights, "w", they are, or
  another variable of its synapses.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.network import storage
from rheobase.spikes.trains import SpikeTrains

if TYPE_CHECKING:
    from rheobase.network.result import Recorded, Result

FORMAT, VERSION = "rheobase result", 1


def write(result: Result, path: str | os.PathLike[str]) -> None:
    """Write a result to a file; after a crash it is the old one or the new one."""
    buffer = io.BytesIO()
    with checks.package("h5py").File(buffer, "w") as file:
        _fill(file, result)
    storage.write(path, buffer.getvalue())


def _fill(file: Any, result: Result) -> None:
    timing = result.timing
    file.attrs.update(format=FORMAT, version=VERSION, t_start=result.t_start, t_stop=result.t_stop, dt=result.dt)
    file.attrs["populations"] = np.array(result.populations, dtype=checks.package("h5py").string_dtype())
    file.attrs.update(interrupted=result.interrupted, construction=timing.construction)
    file.attrs.update(simulation=timing.simulation, events=timing.events)
    for k, (population, spikes) in enumerate(result.spikes().items()):
        _put_spikes(file.create_group(f"spikes/{k}"), spikes, population=population)
    for k, ((population, event), spikes) in enumerate(result._events.items()):
        _put_spikes(file.create_group(f"events/{k}"), spikes, population=population, event=event)
    for k, (key, samples) in enumerate(result._states.items()):
        names = ("population", "variable") if len(key) == 2 else ("pre", "post", "which", "variable")
        group = file.create_group(f"samples/{k}")
        group.attrs.update(unit=samples.unit, **dict(zip(names, key, strict=True)))
        for name in ("times", "values", "neurons"):
            group.create_dataset(name, data=getattr(samples, name), compression="gzip", shuffle=True)


def _put_spikes(group: Any, spikes: SpikeTrains, **names: str) -> None:
    group.attrs.update(n=spikes.n, t_start=spikes.t_start, t_stop=spikes.t_stop, **names)
    group.create_dataset("times", data=spikes.times, compression="gzip", shuffle=True)
    group.create_dataset("indices", data=spikes.indices, compression="gzip", shuffle=True)


def read(path: str | os.PathLike[str]) -> Result:
    """Return the result that a file holds; ValueError where it holds none."""
    from rheobase.network.result import Result, Timing

    h5py = checks.package("h5py")
    source = checks.path("path", path)
    if not source.exists():
        raise FileNotFoundError(f"path must be a file, there is none at {source}")
    try:
        with h5py.File(source, "r") as file:
            if file.attrs.get("format") != FORMAT or file.attrs.get("version") != VERSION:
                raise ValueError(f"it is no {FORMAT} of version {VERSION}")
            a = dict(file.attrs)
            return Result(
                t_start=float(a["t_start"]),
                t_stop=float(a["t_stop"]),
                dt=float(a["dt"]),
                timing=Timing(float(a["construction"]), float(a["simulation"]), int(a["events"])),
                interrupted=bool(a["interrupted"]),
                populations=[str(name) for name in a["populations"]],
                _spikes={g.attrs["population"]: _spikes(g) for g in _groups(file, "spikes")},
                _events={(g.attrs["population"], g.attrs["event"]): _spikes(g) for g in _groups(file, "events")},
                _states=dict(_samples(g) for g in _groups(file, "samples")),
            )
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ValueError(f"path must be a file that Result.save wrote, {source} is none: {error}") from None


def _groups(file: Any, name: str) -> Iterator[Any]:
    """Yield the groups below a name in the order in which they were written."""
    below = file.get(name, {})
    return (below[key] for key in sorted(below, key=int))


def _spikes(group: Any) -> SpikeTrains:
    a = group.attrs
    return SpikeTrains(
        times=group["times"][:],
        indices=group["indices"][:],
        n=int(a["n"]),
        t_start=float(a["t_start"]),
        t_stop=float(a["t_stop"]),
    )


def _samples(group: Any) -> tuple[Any, Recorded]:
    from rheobase.network.result import Recorded

    a = group.attrs
    ends = (a["population"],) if "population" in a else (a["pre"], a["post"], int(a["which"]))
    key = (*ends, a["variable"])
    times, values, neurons = (np.asarray(group[name][:]) for name in ("times", "values", "neurons"))
    if values.shape[:1] != times.shape or values.ndim != 2:
        raise ValueError(f"values of {key} must have a row per time, got shape {values.shape}")
    return key, Recorded(times, values, neurons, str(a["unit"]))
