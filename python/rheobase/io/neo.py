"""Neo: spike trains and recordings as objects with units, which Elephant and others take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from rheobase import checks
from rheobase.checks import package
from rheobase.network.result import Result
from rheobase.spikes.trains import SpikeTrains

if TYPE_CHECKING:
    import neo


@overload
def to_neo(recorded: SpikeTrains) -> list[neo.SpikeTrain]: ...
@overload
def to_neo(recorded: Result) -> neo.Block: ...
def to_neo(recorded: SpikeTrains | Result) -> list[neo.SpikeTrain] | neo.Block:
    """Return spikes, or all that a run recorded, as Neo's objects.

    Parameters
    ----------
    recorded : SpikeTrains or Result

    Returns
    -------
    list of neo.SpikeTrain, or neo.Block
        Of spikes a list, one train per neuron, in ms. Of a result a block with one segment: its spike trains, annotated
        with `population` and `neuron`, and a signal per recorded variable, named "population.variable".

    Raises
    ------
    ImportError
        If Neo is not installed.

    Examples
    --------
    >>> trains = rb.io.to_neo(res.spikes("e"))
    >>> block = rb.io.to_neo(res)
    """
    if isinstance(recorded, SpikeTrains):
        return _trains(recorded, {})
    if not isinstance(recorded, Result):
        raise TypeError(f"recorded must be SpikeTrains or a Result, got {recorded!r}")
    neo = package("neo")
    segment = neo.Segment(name=f"{recorded.t_start:g} to {recorded.t_stop:g} ms")
    for population, spikes in recorded.spikes().items():
        segment.spiketrains.extend(_trains(spikes, {"population": population}))
    for name, samples in recorded.samples().items():
        segment.analogsignals.append(_signal(name, samples))
    block = neo.Block(name="rheobase")
    block.segments.append(segment)
    return block


def from_neo(trains: Iterable[neo.SpikeTrain]) -> SpikeTrains:
    """Return Neo's spike trains as one record; their units are converted.

    Parameters
    ----------
    trains : iterable of neo.SpikeTrain, such as ``segment.spiketrains``
        In the order of the neurons. The record lasts from the first `t_start` to the last `t_stop` among them.

    Returns
    -------
    SpikeTrains

    Examples
    --------
    >>> rb.io.from_neo(rb.io.to_neo(res.spikes("e"))) == res.spikes("e")
    True
    """
    neo = package("neo")
    given = checks.items("trains", trains, "a list of neo.SpikeTrain")
    for k, train in enumerate(given):
        if not isinstance(train, neo.SpikeTrain):
            raise TypeError(f"trains[{k}] must be a neo.SpikeTrain, got {type(train).__name__}")
    if not given:
        raise ValueError("trains must hold at least one train, got none")
    return SpikeTrains.from_trains(
        [np.sort(_ms(train)) for train in given],
        t_start=min(float(_ms(train.t_start)) for train in given),
        t_stop=max(float(_ms(train.t_stop)) for train in given),
    )


def _ms(quantity: Any) -> Any:
    return quantity.rescale("ms").magnitude


def _trains(spikes: SpikeTrains, annotations: dict[str, str]) -> list[Any]:
    neo = package("neo")
    ends = {"t_start": spikes.t_start, "t_stop": spikes.t_stop, "units": "ms"}
    return [neo.SpikeTrain(times, **ends, neuron=k, **annotations) for k, times in enumerate(spikes.trains())]


def _signal(name: str, samples: Any) -> Any:
    neo = package("neo")
    every = float(np.diff(samples.times[:2])[0]) if len(samples.times) > 1 else 1.0
    start = float(samples.times[0]) if len(samples.times) else 0.0
    unit = samples.unit if samples.unit in ("mV", "nS", "pA", "nA", "1/ms") else "dimensionless"
    signal = neo.AnalogSignal(samples.values, units=unit, t_start=_time(start), sampling_period=_time(every), name=name)
    signal.annotate(neurons=samples.neurons.tolist(), unit=samples.unit)
    return signal


def _time(value: float) -> Any:
    """Return a time (ms) with its unit."""
    return package("quantities").Quantity(value, "ms")
