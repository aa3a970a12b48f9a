"""Chosen neurons of a population: what indexing a population gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from rheobase import checks
from rheobase.models.distributions import Value
from rheobase.models.neurons import Neuron
from rheobase.models.sources import Source
from rheobase.models.values import Sealed, own

if TYPE_CHECKING:
    from rheobase.network.network import Network
    from rheobase.network.population import Population

#: As many indices are written out in the name of a selection.
WRITTEN_OUT = 4


class Selection(Sealed):
    """Chosen neurons (or sources) of a population: ``e[:500]``, ``e[mask]``, ``e[[3, 5]]``, ``e[e["V"] > -60]``.

    It stands wherever a population may: it is connected, driven, injected and recorded, and `Result.spikes` gives its
    spikes. ``selection["V"]`` reads a state variable, a current, a conductance or a parameter of its neurons, and
    ``selection["V"] = values`` sets it. A selection of a selection is one of the population.

    Its neurons are those chosen when it was made: distinct, in the order given, and counted from 0 in that order.

    Examples
    --------
    >>> left, right = e[:15], e[15:]
    >>> left
    <selection e[:15]: 15 of 40 neurons>
    >>> q = net.connect(left, right, rb.FixedInDegree(10), weight=20, synapse=rb.Exponential(tau=5))
    >>> left["I_x"] = 3.0
    """

    _instead = ": selection[name] = value sets a parameter or a state variable"

    def __init__(self, population: Population, indices: np.ndarray) -> None:
        self._population, self._indices = population, own(indices)

    @property
    def population(self) -> Population:
        """The population whose neurons they are."""
        return self._population

    @property
    def indices(self) -> np.ndarray:
        """Index in the population of each neuron, shape (n,)."""
        return self._indices

    @property
    def n(self) -> int:
        """How many neurons."""
        return len(self._indices)

    @property
    def name(self) -> str:
        """Name that tells population and neurons, such as ``"e[:15]"``."""
        return name_of(self.population.name, self._indices, self.population.n)

    @property
    def model(self) -> Neuron | Source:
        """Neuron model or source of the population."""
        return self.population.model

    @property
    def positions(self) -> np.ndarray:
        """Where its neurons are, shape (n, axes)."""
        return self.population.positions[self._indices]

    @property
    def variables(self) -> list[str]:
        """Names of what can be recorded; see `Population.variables`."""
        return self.population.variables

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters; see `Population.parameters`."""
        return self.population.parameters

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"<selection {self.name}: {self.n} of {self.population.n} neurons>"

    def __iter__(self) -> Iterator[Selection]:
        return (self[k] for k in range(self.n))

    @overload
    def __getitem__(self, variable: str) -> np.ndarray: ...
    @overload
    def __getitem__(self, variable: Any) -> Selection: ...
    def __getitem__(self, variable: Any) -> np.ndarray | Selection:
        if isinstance(variable, str):
            return self.population[variable][self._indices]
        return Selection(self.population, self._indices[chosen_among(self.name, variable, self.n)])

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.variables, *self.parameters]

    def __setitem__(self, variable: str, value: Value) -> None:
        name = checks.choice(f"variable or parameter of {self.name}", variable, [*self.variables, *self.parameters])
        with self._network._draws() as draws:
            given = draws.each(name, value, self.n)
            values = self.population[name].copy()
            values[self._indices] = given
            self.population[name] = values

    @property
    def _network(self) -> Network:
        return self.population._network

    @property
    def _everything(self) -> bool:
        """Whether it is all of its population, in order."""
        return np.array_equal(self._indices, np.arange(self.population.n))


def population_of(whom: Population | Selection) -> Population:
    """Return the population, or the one of a selection."""
    return whom.population if isinstance(whom, Selection) else whom


def chosen_among(of: str, which: Any, n: int) -> np.ndarray:
    """Return the indices that a slice, an integer, integers or truth values choose from the n neurons of a name."""
    what = f"variable or neurons of {of}"
    if isinstance(which, slice):
        index = np.arange(n)[_checked_slice(what, which)]
    elif checks.axes(what, which) == 1 and np.asarray(which).dtype == bool:
        index = np.flatnonzero(checks.array(what, which, shape=(n,), dtype=bool))
    else:
        wanted = "a name, a slice, a mask or indices"
        index = np.atleast_1d(checks.integers(what, which, wanted=wanted))
        if index.ndim != 1:
            raise ValueError(f"{what} must be {wanted}, got shape {index.shape}")
        outside = index[(index < -n) | (index >= n)]
        if len(outside):
            raise ValueError(f"{what} must be indices below {n}, as many as it has neurons, got {outside[0]}")
        index = np.where(index < 0, index + n, index)
    if not len(index):
        raise ValueError(f"{what} must be at least one of its {n} neurons, got none")
    distinct, count = np.unique(index, return_counts=True)
    if len(distinct) < len(index):
        raise ValueError(f"{what} must be distinct, got {distinct[count > 1][0]} more than once")
    return index


def _checked_slice(what: str, which: slice) -> slice:
    try:
        which.indices(0)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} must be a slice of integers, got {which!r}") from error
    return which


def name_of(population: str, indices: np.ndarray, n: int) -> str:
    """Return the name of chosen neurons of a population of n: a slice where they are one."""
    first, last, count = int(indices[0]), int(indices[-1]), len(indices)
    step = int(indices[1]) - first if count > 1 else 0
    if step > 0 and (step == 1 or count > 2) and np.all(np.diff(indices) == step):
        end = last + 1 if last + step < n else ""
        return f"{population}[{first or ''}:{end}{f':{step}' if step > 1 else ''}]"
    shown = ", ".join(str(i) for i in indices[:WRITTEN_OUT])
    more = f", … {count} neurons" if count > WRITTEN_OUT else ""
    return f"{population}[{shown}{more}]"
