"""Spikes as the engine keeps them, about 2 bytes each, until somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase.models.values import Brief

if TYPE_CHECKING:
    from rheobase import _engine
    from rheobase.spikes import SpikeTrains


@dataclass(frozen=True, eq=False, repr=False)
class KeptSpikes(Brief):
    """Spikes of `n` neurons by step, then by index: `steps` at which there were any, `counts` at each, and who."""

    steps: np.ndarray
    counts: np.ndarray
    who: _engine.RecordedSpikes | np.ndarray
    n: int

    @property
    def size(self) -> int:
        """How many spikes there are."""
        return len(self.who)

    @property
    def indices(self) -> np.ndarray:
        """The neuron of each, unpacked anew where the engine's are packed."""
        return self.who if isinstance(self.who, np.ndarray) else self.who.indices()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"who": self.indices}

    def _content(self) -> tuple[Any, ...]:
        return self.steps, self.counts, self.indices, self.n

    def renumbered(self, chosen: np.ndarray) -> KeptSpikes:
        """Return spikes of chosen neurons, which then are counted in the order in which they were chosen."""
        order = np.argsort(chosen)
        indices = order[np.searchsorted(chosen, self.indices, sorter=order)]
        by_time = np.lexsort((indices, np.repeat(self.steps, self.counts)))
        return KeptSpikes(self.steps, self.counts, indices[by_time].astype(np.int32), len(chosen))

    def trains(self, dt: float, t_start: float, t_stop: float) -> SpikeTrains:
        """Return them in ms."""
        from rheobase.spikes import SpikeTrains

        times = np.repeat(self.steps * dt, self.counts)
        return SpikeTrains(times=times, indices=self.indices.astype(np.int64), n=self.n, t_start=t_start, t_stop=t_stop)


class LazyTrains(Mapping[str, "SpikeTrains"]):
    """Spike trains by name, each made when it is asked for first."""

    def __init__(self, kept: dict[str, KeptSpikes], dt: float, t_start: float, t_stop: float) -> None:
        self._kept, self._span = kept, (dt, t_start, t_stop)
        self._made: dict[str, SpikeTrains] = {}

    def __getitem__(self, name: str) -> SpikeTrains:
        if name not in self._made:
            self._made[name] = self._kept[name].trains(*self._span)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def count_after(self, t: float) -> dict[str, tuple[int, int]]:
        """Return the number of spikes after a time (ms), and that of neurons, by name; no trains are made."""
        dt = self._span[0]
        return {name: (int(k.counts[k.steps * dt > t].sum()), k.n) for name, k in self._kept.items()}
