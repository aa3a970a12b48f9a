"""What the statistics take as spikes: a record, a list of trains, or a single train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.spikes.trains import EDGE, SpikeTrains, interval

#: A record, a single train (times in ms, ascending) or a list of trains.
Spikes = SpikeTrains | npt.ArrayLike | Sequence[npt.ArrayLike]

_FIELDS = ("times", "indices", "n", "t_start", "t_stop")


def read(
    spikes: Any, t_start: float | None = None, t_stop: float | None = None, *, window: bool = True, name: str = "spikes"
) -> tuple[SpikeTrains, bool]:
    """Return `spikes` as a record over the window asked for, and whether it was given as a bare single train.

    Bare times say nothing of when the recording ended, so `t_stop` is required for them where `window` matters.
    """
    if all(hasattr(spikes, field) for field in _FIELDS):
        record = spikes
        if not isinstance(record, SpikeTrains):
            record = SpikeTrains(*(getattr(spikes, field) for field in _FIELDS))
        if t_start is not None or t_stop is not None:
            record = record.between(
                record.t_start if t_start is None else t_start, record.t_stop if t_stop is None else t_stop
            )
        return record, False
    single = _is_single(spikes, name)
    trains = [spikes] if single else list(spikes)
    arrays = [checks.array(name if single else f"{name}[{i}]", train, shape=(None,)) for i, train in enumerate(trains)]
    _require_sorted(arrays, name, single)
    first = min((train[0] for train in arrays if train.size), default=0.0)
    last = max((train[-1] for train in arrays if train.size), default=0.0)
    if not window:
        return SpikeTrains.from_trains(arrays, t_start=min(first, 0.0), t_stop=max(last, first, 0.0) + 1.0), single
    if t_stop is None:
        raise ValueError(
            f"t_stop must be given where {name} are bare times (when did the recording end?), got {t_stop}"
        )
    if t_start is None and first < 0:
        raise ValueError(f"t_start must be given where spikes come before 0 ms, got None and a spike at {first:g} ms")
    begin, end = interval("t_start", 0.0 if t_start is None else t_start, "t_stop", t_stop)
    inside = [train[(train >= begin - EDGE) & (train <= end + EDGE)] for train in arrays]
    return SpikeTrains.from_trains(inside, t_start=begin, t_stop=end), single


def read_single(spikes: Any, t_start: float | None, t_stop: float | None, *, name: str) -> SpikeTrains:
    """Return `spikes` as a record that must hold exactly one train."""
    record, _ = read(spikes, t_start, t_stop, name=name)
    if record.n != 1:
        raise ValueError(f"{name} must be a single train, got {record.n} trains")
    return record


def _is_single(spikes: Any, name: str) -> bool:
    """Tell a train from a list of trains, without making a ragged array."""
    if isinstance(spikes, np.ndarray):
        if spikes.ndim != 1:
            raise ValueError(
                f"{name} must be a train of shape (spikes,), a list of trains or a SpikeTrains, got {spikes.shape}"
            )
        return spikes.dtype != object
    if isinstance(spikes, (str, bytes, dict)) or not isinstance(spikes, Sequence):
        raise TypeError(
            f"{name} must be spike times in ms, a list of trains or a SpikeTrains, got {type(spikes).__name__}"
        )
    return all(np.ndim(entry) == 0 for entry in spikes[:1])


def _require_sorted(arrays: list[np.ndarray], name: str, single: bool) -> None:
    for i, train in enumerate(arrays):
        if train.size > 1 and (np.diff(train) < 0).any():
            j = int(np.argmax(np.diff(train) < 0))
            raise ValueError(
                f"{name if single else f'{name}[{i}]'} must be sorted, "
                f"got {train[j]:g} ms before {train[j + 1]:g} ms at index {j}"
            )
