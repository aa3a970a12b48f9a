"""NWB: the files of neurophysiology, which pynapple, DANDI and others read."""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.network.result import Result
from rheobase.spikes.trains import SpikeTrains
from rheobase.units import PER_MS


def write_nwb(
    result: Result,
    path: str | os.PathLike[str],
    *,
    description: str = "Simulation of a spiking network",
    start: datetime | None = None,
) -> None:
    """Write what a run recorded to a file of Neurodata Without Borders.

    Neurons become units with their spike times (s), `population` and `neuron`; recorded variables become time series in
    the acquisition, named "population.variable".

    Parameters
    ----------
    result : Result
    path : path of the file
    description : str
        Of the session.
    start : datetime, optional
        When the session began, with its time zone; now by default.

    Raises
    ------
    ImportError
        If pynwb is not installed.

    Examples
    --------
    >>> rb.io.write_nwb(res, "run.nwb", description="Textbook network, seed 1")
    """
    if not isinstance(result, Result):
        raise TypeError(f"result must be a Result, got {result!r}")
    description, path = checks.text("description", description), checks.path("path", path)
    start = datetime.now(UTC) if start is None else checks.instance("start", start, datetime, "a datetime")
    pynwb = package("pynwb")
    file = pynwb.NWBFile(
        session_description=description,
        identifier=f"rheobase {datetime.now(UTC).isoformat()}",
        session_start_time=start,
    )
    file.add_unit_column("population", "name of the population")
    file.add_unit_column("neuron", "index within the population")
    ends = [[result.t_start * PER_MS, result.t_stop * PER_MS]]
    for population, spikes in result.spikes().items():
        for k, times in enumerate(spikes.trains()):
            file.add_unit(spike_times=times * PER_MS, obs_intervals=ends, population=population, neuron=k)
    for name, samples in result.samples().items():
        series = pynwb.TimeSeries(
            name=name, data=samples.values, unit=samples.unit or "1", timestamps=samples.times * PER_MS
        )
        file.add_acquisition(series)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The file path provided")  # a file may be called as one likes
        with pynwb.NWBHDF5IO(str(path), "w") as io:
            io.write(file)


def read_nwb(path: str | os.PathLike[str]) -> dict[str, SpikeTrains]:
    """Return the spikes of the units of a file, by population.

    Parameters
    ----------
    path : path of the file
        Units without a column `population` are one population, "units".

    Returns
    -------
    dict of str to SpikeTrains
        In ms. They last as the observation intervals say, or from 0 to the last spike where there are none.

    Examples
    --------
    >>> rb.io.write_nwb(res, "run.nwb")
    >>> rb.io.read_nwb("run.nwb")["e"].n == res.spikes("e").n
    True
    """
    path = checks.path("path", path)
    with package("pynwb").NWBHDF5IO(str(path), "r") as io:
        units = io.read().units
        if units is None:
            return {}
        return _by_population(units)


def _by_population(units: Any) -> dict[str, SpikeTrains]:
    names = units["population"][:] if "population" in units.colnames else ["units"] * len(units)
    trains: dict[str, list[np.ndarray]] = {}
    for k, name in enumerate(names):
        trains.setdefault(str(name), []).append(np.sort(np.asarray(units["spike_times"][k])) / PER_MS)
    observed = units["obs_intervals"] if "obs_intervals" in units.colnames else None
    if observed is None or not len(units):
        ends = (0.0, max((t[-1] for group in trains.values() for t in group if len(t)), default=0.0))
    else:
        intervals = np.concatenate([np.asarray(observed[k]) for k in range(len(units))]) / PER_MS
        ends = (float(intervals.min()), float(intervals.max()))
    return {
        name: SpikeTrains.from_trains([_rounded(t) for t in group], t_start=_rounded(ends[0]), t_stop=_rounded(ends[1]))
        for name, group in trains.items()
    }


def _rounded(times: Any) -> Any:
    """Take the rounding of ms to s and back away (a part in 10¹³)."""
    return np.round(times, 9)
