"""Binned spike counts kept sparsely: the cells of the train × bin table that hold a spike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.models.values import Brief
from rheobase.spikes.bins import bin_of_each_spike
from rheobase.spikes.trains import SpikeTrains


@dataclass(frozen=True, eq=False, repr=False)
class OccupiedCells(Brief):
    """The counts (all positive) of the cells that hold spikes, with their trains and bins, out of n × total."""

    trains: np.ndarray
    bins: np.ndarray
    counts: np.ndarray
    n: int
    total: int

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance (ddof 0) over bins of each train, shape (n,)."""
        mean = np.bincount(self.trains, self.counts, minlength=self.n) / self.total
        square = np.bincount(self.trains, self.counts**2, minlength=self.n) / self.total
        return mean, square - mean**2


def occupied_cells(record: SpikeTrains, width: float, total: int) -> OccupiedCells:
    """Return the occupied cells of a record binned into `total` bins of `width` ms."""
    cells, counts = np.unique(
        record.indices * np.int64(total) + bin_of_each_spike(record, width, total), return_counts=True
    )
    return OccupiedCells(cells // total, cells % total, counts, record.n, total)
