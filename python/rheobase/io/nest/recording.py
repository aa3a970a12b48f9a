"""What was recorded on NEST, as results here hold it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.network.recording import Recording
from rheobase.network.result import Recorded
from rheobase.spikes.trains import SpikeTrains


class SpikeRecorder:
    """Spikes of chosen neurons of a population, of which each process sees those of its own."""

    def __init__(self, nest: Any, group: Any, chosen: np.ndarray) -> None:
        self._n, self._first, self._device = len(group), group[0].global_id if len(group) else 0, None
        self._chosen = chosen
        if len(chosen):
            self._device = nest.Create("spike_recorder")
            nest.Connect(group[np.unique(chosen).tolist()], self._device)

    def take(self, start: float, stop: float) -> SpikeTrains:
        """Return the spikes of the run from `start` to `stop`, and forget them."""
        times, neurons = np.zeros(0), np.zeros(0, np.int64)
        if self._device is not None:
            events = self._device.events
            times = np.asarray(events["times"], dtype=float)
            neurons = np.asarray(events["senders"], dtype=np.int64) - self._first
            self._device.n_events = 0
        order = np.lexsort((neurons, times))
        trains = SpikeTrains(times=times[order], indices=neurons[order], n=self._n, t_start=start, t_stop=stop)
        return trains.select(self._chosen)


class Meter:
    """Samples of V, as NEST's multimeter takes them; it gives that at the end of a run after the next one only."""

    def __init__(self, nest: Any, group: Any, recording: Recording, dt: float) -> None:
        self._every, self._dt = recording.every, dt
        #: All that were asked for.
        self.asked = recording.neurons.astype(np.int64)
        chosen = np.unique(self.asked)
        nodes = group[chosen.tolist()]
        here = np.atleast_1d(nodes.get("local"))
        self._own = self.asked[here[np.searchsorted(chosen, self.asked)]]
        self._columns = np.searchsorted(chosen[here], self._own)
        self._nodes = nodes[np.flatnonzero(here).tolist()] if here.any() else None
        self._device = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": recording.every * dt})
        nest.Connect(self._device, nodes)
        self._before = [self._now()]

    def _now(self) -> np.ndarray:
        values = [] if self._nodes is None else self._nodes.V_m
        return np.atleast_1d(np.asarray(values, dtype=float))

    def take(self, start: int, stop: int) -> Recorded:
        """Return the samples of its neurons after step `start` up to `stop`, and with the first run that at 0."""
        now, events = self._now(), self._device.events
        order = np.lexsort((events["senders"], events["times"]))
        steps = np.rint(np.asarray(events["times"])[order] / self._dt).astype(np.int64)
        inside = (steps > start) & (steps < stop)
        values = np.asarray(events["V_m"], dtype=float)[order][inside].reshape(-1, len(now))
        rows, times = [*self._before, *values], [*[0] * len(self._before), *np.unique(steps[inside])]
        if stop > start and stop % self._every == 0:
            rows.append(now)
            times.append(stop)
        self._before = []
        self._device.n_events = 0
        stacked = np.array(rows).reshape(-1, len(now))[:, self._columns]
        return Recorded(np.array(times) * self._dt, stacked, self._own, "mV")


def join_spikes(parts: list[SpikeTrains]) -> SpikeTrains:
    """Return the spikes of all processes as those of one."""
    times = np.concatenate([part.times for part in parts])
    indices = np.concatenate([part.indices for part in parts])
    order, first = np.lexsort((indices, times)), parts[0]
    return SpikeTrains(
        times=times[order], indices=indices[order], n=first.n, t_start=first.t_start, t_stop=first.t_stop
    )


def join_samples(parts: list[Recorded], asked: np.ndarray) -> Recorded:
    """Return the samples of all processes as those of one, of neurons in the order in which they were asked for."""
    there = [part for part in parts if len(part.neurons)]
    neurons = np.concatenate([part.neurons for part in there])
    order = np.argsort(neurons, kind="stable")
    columns = order[np.searchsorted(neurons, asked, sorter=order)]
    values = np.concatenate([part.values for part in there], axis=1)[:, columns]
    return Recorded(there[0].times, values, asked, there[0].unit)
