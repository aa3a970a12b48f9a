"""Spikes that go to disk while a network runs: two growing arrays of NumPy per population."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rheobase.network.kept_spikes import KeptSpikes

if TYPE_CHECKING:
    from rheobase.spikes import SpikeTrains

#: Steps after which spikes that were found go to disk.
FLUSH_STEPS = 1000
#: Bytes before the values of a file, whatever their number.
HEADER = 128


class GrowingArray:
    """A file of NumPy, ``.npy``, of one axis; what it says of its length is true after every `append`."""

    def __init__(self, path: Path, dtype: np.dtype) -> None:
        self.path, self.dtype, self.size = path, dtype, 0
        with open(path, "xb") as file:
            file.write(self._header())

    def append(self, values: np.ndarray) -> None:
        """Write values behind those that are there; then, and not before, count them."""
        with open(self.path, "r+b") as file:
            file.seek(HEADER + self.size * self.dtype.itemsize)
            values.astype(self.dtype, copy=False).tofile(file)
            self.size += len(values)
            file.flush()
            file.seek(0)
            file.write(self._header())

    def mapped(self, first: int) -> np.ndarray:
        """Return the values from `first` on, mapped from the file."""
        if first == self.size:
            return np.empty(0, self.dtype)
        return np.load(self.path, mmap_mode="r")[first:]

    def _header(self) -> bytes:
        text = f"{{'descr': '{self.dtype.str}', 'fortran_order': False, 'shape': ({self.size},), }}"
        length = HEADER - 10
        return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text.ljust(length - 1).encode() + b"\n"


class SpikeFile:
    """The files of one population in a folder: times (ms) in ``NAME.times.npy``, neurons in ``NAME.indices.npy``."""

    def __init__(self, folder: Path, name: str, dt: float) -> None:
        if os.sep in name or name.startswith("."):
            raise ValueError(f"population must have a name that is one of a file where `to` is given, got {name!r}")
        paths = [folder / f"{name}.{what}.npy" for what in ("times", "indices")]
        try:
            there = [path for path in paths if path.exists()]
            if there:
                raise FileExistsError(f"to must be a folder without spikes of {name!r}, there is {there[0]}")
            folder.mkdir(parents=True, exist_ok=True)
            self._times = GrowingArray(paths[0], np.dtype("<f8"))
            self._indices = GrowingArray(paths[1], np.dtype("<i4"))
        except FileExistsError as error:
            if str(error).startswith("to "):
                raise
            raise NotADirectoryError(f"to must be a folder, got {str(folder)!r}, which is a file") from None
        except (OSError, ValueError) as error:
            raise OSError(f"to must be a folder that can be written to, got {str(folder)!r}: {error}") from None
        self._dt = dt
        self.begin()

    def begin(self) -> None:
        """Let a run begin: what is appended from now on is of that run."""
        self._first = self._times.size
        self._steps, self._counts = [np.empty(0, np.int64)], [np.empty(0, np.uint32)]

    def append(self, kept: KeptSpikes) -> None:
        """Write spikes that come after all others."""
        if not kept.size:
            return
        self._times.append(np.repeat(kept.steps * self._dt, kept.counts))
        self._indices.append(kept.indices)
        self._steps.append(kept.steps)
        self._counts.append(kept.counts)

    def finish(self, n: int) -> MappedSpikes:
        """Return the spikes of the run."""
        indices = self._indices.mapped(self._first)
        return MappedSpikes(np.concatenate(self._steps), np.concatenate(self._counts), indices, n, self, self._first)

    def trains(self, first: int, count: int, n: int, t_start: float, t_stop: float) -> SpikeTrains:
        """Return `count` spikes as trains whose arrays stay on disk."""
        from rheobase.spikes import SpikeTrains

        spikes = slice(0, count)
        times, indices = self._times.mapped(first)[spikes], self._indices.mapped(first)[spikes]
        return SpikeTrains._mapped(times, indices, n, t_start, t_stop)


@dataclass(frozen=True, eq=False)
class MappedSpikes(KeptSpikes):
    """Spikes that lie on disk, from the `first` of a file on."""

    file: SpikeFile
    first: int

    def trains(self, dt: float, t_start: float, t_stop: float) -> SpikeTrains:
        """Return them in ms, mapped from the files."""
        return self.file.trains(self.first, self.size, self.n, t_start, t_stop)
