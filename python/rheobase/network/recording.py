"""What a network records of its variables, and the memory that takes."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Described

#: Which of several: a slice, one index, some of them, or one truth value each.
Choice = slice | int | npt.ArrayLike


@dataclass(frozen=True, eq=False)
class Recording(Described):
    """One call of `Network.record`: which column of what the engine keeps belongs to which neuron.

    `of` names a population, or the projection of whose synapses something is recorded.
    """

    of: str
    variable: str
    neurons: np.ndarray
    every: int
    mean: bool
    single: bool
    event: bool = False  #: whether times of an event are recorded, not values of a variable
    selected: bool = False  #: whether a selection was to be recorded, of which there may be several
    of_synapses: bool = False  #: whether weights of a projection are recorded, w, or another variable of its synapses

    def repeats(self, other: Recording) -> bool:
        """Whether the other one is of the same variable of the same neurons, as they were asked for."""
        same = (self.of, self.variable, self.selected) == (other.of, other.variable, other.selected)
        same = same and self.of_synapses == other.of_synapses
        return same and (not self.selected or np.array_equal(self.neurons, other.neurons))

    def bytes(self, steps: int) -> int:
        """Return the memory that `steps` more steps take; what events take is not known before."""
        if self.event:
            return 0
        return (steps // self.every + 1) * (1 if self.mean else len(self.neurons)) * (4 if self.single else 8)

    def arrange(self, steps: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return steps, values in the order the neurons were asked for, and the neurons."""
        if self.mean:
            return steps, values, self.neurons.astype(np.int64)
        columns = np.searchsorted(np.unique(self.neurons), self.neurons)
        return steps, values[:, columns], self.neurons.astype(np.int64)


def warn_if_too_large(size: int) -> None:
    """Warn before a recording of `size` bytes would fill the machine."""
    if not hasattr(os, "sysconf") or "SC_AVPHYS_PAGES" not in os.sysconf_names:
        return
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size > 0.5 * free:
        warnings.warn(
            f"the recordings of this run need {size / 1e9:.3g} GB of the {free / 1e9:.3g} GB that are free: record "
            f"fewer neurons, less often (every=), their mean (mean=True) or in single precision (dtype='float32')",
            ResourceWarning,
            stacklevel=3,
        )


def chosen(name: str, which: Choice, n: int) -> np.ndarray:
    """Return the indices that a slice, an integer or an array of either kind chooses from n, in its order."""
    if isinstance(which, slice):
        return np.arange(n)[which].astype(np.uint32)
    if checks.axes(name, which) == 1 and np.asarray(which).dtype == bool:
        return np.flatnonzero(checks.array(name, which, shape=(n,), dtype=bool)).astype(np.uint32)
    wanted = "a slice, an integer or an array of integers"
    index = np.atleast_1d(checks.integers(name, which, wanted=wanted))
    if index.ndim != 1:
        raise ValueError(f"{name} must be {wanted}, got shape {index.shape}")
    if index.size and (index.min() < 0 or index.max() >= n):
        bad = index.min() if index.min() < 0 else index.max()
        raise ValueError(f"{name} must lie between 0 and {n - 1}, got {bad}")
    return index.astype(np.uint32)
