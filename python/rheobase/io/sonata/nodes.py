"""Populations of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rheobase.io.sonata.attributes import Attributes
from rheobase.io.sonata.types import Types
from rheobase.models.neurons import Neuron
from rheobase.models.positions import Positions
from rheobase.models.sources import Poisson
from rheobase.network.population import Population

_AXES = ("x", "y", "z")


class Nodes(Attributes):
    """A population of nodes; its file must be open."""

    def __init__(self, group: Any, types: Types, folder: Path | None) -> None:
        super().__init__(group, types, "node", folder)
        self.ids = group["node_id"][:].astype(np.int64) if "node_id" in group else np.arange(self.n)
        self._order = np.argsort(self.ids)

    @property
    def virtual(self) -> np.ndarray:
        """Whether each is virtual."""
        return self.texts("model_type") == "virtual"

    @property
    def positions(self) -> Positions | None:
        """Where they are, if that is known of all."""
        axes = [self.numbers(axis) for axis in _AXES]
        known = [axis for axis in axes if not np.isnan(axis).any()]
        return Positions(np.stack(known, axis=1)) if known and self.n else None

    def places(self, ids: np.ndarray) -> np.ndarray:
        """Return which of them have some ids."""
        found = np.searchsorted(self.ids, ids, sorter=self._order)
        places = self._order[np.minimum(found, self.n - 1)] if self.n else np.zeros(0, np.int64)
        wrong = ids[self.ids[places] != ids] if self.n else ids
        if len(wrong):
            raise ValueError(f"ids must be those of nodes of {self.name!r}, got {wrong[0]}")
        return places

    def having(self, name: str, values: list[Any]) -> np.ndarray:
        """Return whether each has one of some values of an attribute."""
        if name == "node_id":
            return np.isin(self.ids, values)
        if name == "node_type_id":
            return np.isin(self.type_ids, values)
        if all(isinstance(value, (int, float)) for value in values):
            return np.isin(self.numbers(name), values)
        return np.isin(self.texts(name).astype(str), [str(value) for value in values])


def write_nodes(group: Any, population: Population, type: int) -> None:
    """Write a population as one of nodes of one type, with parameters, state and positions."""
    n = population.n
    group.create_dataset("node_id", data=np.arange(n, dtype=np.uint64))
    group.create_dataset("node_type_id", data=np.full(n, type, np.int64))
    group.create_dataset("node_group_id", data=np.zeros(n, np.uint64))
    group.create_dataset("node_group_index", data=np.arange(n, dtype=np.uint64))
    inside = group.create_group("0")
    if isinstance(population.model, Neuron):
        for name in (*population.neuron.parameters, "I_x", *population.neuron.variables):
            inside.create_dataset(f"dynamics_params/{name}", data=population[name])
    elif isinstance(population.model, Poisson):
        inside.create_dataset("dynamics_params/rate", data=population["rate"])
    where = population._cells.positions
    for axis, values in zip(_AXES, np.transpose(where.points) if where else (), strict=False):
        inside.create_dataset(axis, data=values)
