"""Attributes of nodes and edges: those of the HDF5 file, and where it has none those of their types."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rheobase.io.sonata.types import Types


class Attributes:
    """What a population of `what`, nodes or edges, has of attributes.

    Parameters
    ----------
    group : h5py.Group
        Of the population, open as long as this is in use.
    types : dict
    what : {'node', 'edge'}
    folder : path, optional
        Where the files of dynamics_params are that types name.
    """

    def __init__(self, group: Any, types: Types, what: str, folder: Path | None) -> None:
        self._types, self._folder = types, folder
        self.name = group.name.rsplit("/", 1)[-1]
        self.type_ids: np.ndarray = group[f"{what}_type_id"][:].astype(np.int64)
        self.n = len(self.type_ids)
        part, place = f"{what}_group_id", f"{what}_group_index"
        self._groups: list[tuple[Any, np.ndarray, np.ndarray]] = []
        if part in group:
            ids, places = group[part][:], group[place][:].astype(np.int64)
            for id in np.unique(ids):
                members = np.flatnonzero(ids == id)
                self._groups.append((group[str(id)], members, places[members]))

    def numbers(self, name: str) -> np.ndarray:
        """Return a number for each; NaN where there is none."""
        values = np.full(self.n, np.nan)
        for type, members in self._members.items():
            if name in self._types.get(type, {}):
                values[members] = _number(f"{name} of type {type}", self._types[type][name])
        for held, members, places in self._groups:
            if name in held:
                values[members] = held[name][:][places]
        return values

    def texts(self, name: str) -> np.ndarray:
        """Return a text for each, an array of objects; None where there is none."""
        values = np.full(self.n, None, dtype=object)
        for type, members in self._members.items():
            values[members] = self._types.get(type, {}).get(name)
        for held, members, places in self._groups:
            if name in held:
                given = held[name][:][places]
                library = held.get(f"@library/{name}")
                if library is not None:  # texts stand once, and numbers count them
                    given = library[:][given]
                values[members] = [item.decode() if isinstance(item, bytes) else str(item) for item in given]
        return values

    def of_type(self, type: int, name: str) -> str | None:
        """Return what a type gives; None where it gives nothing."""
        return self._types.get(type, {}).get(name)

    def dynamics_of_type(self, type: int) -> dict[str, Any]:
        """Return the parameters that a type gives."""
        return dict(self._given_files.get(type, {}))

    @property
    def dynamics(self) -> list[str]:
        """Names of the parameters of the models that are given."""
        names = {name for given in self._given_files.values() for name in given}
        return sorted(
            names.union(*(held["dynamics_params"] for held, _, _ in self._groups if "dynamics_params" in held))
        )

    def dynamic(self, name: str) -> np.ndarray:
        """Return a parameter of the models for each, an array of objects; None where it is not given."""
        values = np.full(self.n, None, dtype=object)
        for type, given in self._given_files.items():
            for k in self._members[type] if name in given else ():
                values[k] = given[name]
        for held, members, places in self._groups:
            if name in held.get("dynamics_params", ()):
                values[members] = held["dynamics_params"][name][:][places]
        return values

    @cached_property
    def _members(self) -> dict[int, np.ndarray]:
        return {int(type): np.flatnonzero(self.type_ids == type) for type in np.unique(self.type_ids)}

    @cached_property
    def _given_files(self) -> dict[int, dict[str, Any]]:
        """What the files of dynamics_params hold, by type."""
        return {type: self._read(self._types.get(type, {}).get("dynamics_params")) for type in self._members}

    def _read(self, file: str | None) -> dict[str, Any]:
        if file is None:
            return {}
        path = Path(file) if self._folder is None else self._folder / file
        if not path.is_file():
            raise ValueError(f"dynamics_params of {self.name!r} must name a file, there is no {path}")
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return given


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, got {text!r}") from None
