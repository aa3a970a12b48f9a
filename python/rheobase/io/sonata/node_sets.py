"""Node sets: nodes chosen by what they have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata.nodes import Nodes

#: Indices of chosen nodes by population.
Chosen = dict[str, np.ndarray]


class NodeSets:
    """Named sets, and what they choose of populations."""

    def __init__(self, files: list[str], populations: Mapping[str, Nodes]) -> None:
        self._populations = populations
        self._sets: dict[str, Any] = {}
        for file in files:
            self._sets.update(json.loads(Path(file).read_text(encoding="utf-8")))

    def __call__(self, name: str, wanted: Any) -> Chosen:
        """Return the nodes of a set, by its name, several names, or its rules; `name` is what asks."""
        if isinstance(wanted, list):
            parts = [self(name, part) for part in wanted]
            merged = {population: [part[population] for part in parts if population in part] for population in
                      self._populations}  # fmt: skip
            return {population: np.unique(np.concatenate(found)) for population, found in merged.items() if found}
        if isinstance(wanted, str):
            if wanted not in self._sets and wanted in self._populations:
                return {wanted: np.arange(self._populations[wanted].n)}
            return self(name, self._sets[checks.choice(name, wanted, self._sets)])
        rules = dict(checks.mapping(name, wanted))
        among = rules.pop("population", list(self._populations))
        names = among if isinstance(among, list) else [among]
        found = {
            population: np.flatnonzero(self._match(self._populations[population], rules))
            for population in names
            if population in self._populations
        }
        return {population: nodes for population, nodes in found.items() if len(nodes)}

    def _match(self, nodes: Nodes, rules: dict[str, Any]) -> np.ndarray:
        chosen = np.ones(nodes.n, dtype=bool)
        for name, wanted in rules.items():
            chosen &= nodes.having(name, wanted if isinstance(wanted, list) else [wanted])
        return chosen
