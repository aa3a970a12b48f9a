"""Configurations: JSON with a manifest, variables that stand for folders."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rheobase import checks

#: The file that names those of circuit and simulation, and what it calls them.
_PARTS = ("network", "simulation")


@dataclass(frozen=True)
class Config:
    """A circuit, and a simulation of it where there is one.

    Attributes
    ----------
    circuit : dict
        With paths made whole.
    simulation : dict
        Likewise; empty of a circuit alone.
    """

    circuit: dict[str, Any]
    simulation: dict[str, Any]

    @property
    def dt(self) -> float:
        """Time step (ms)."""
        return checks.number("dt", self.simulation.get("run", {}).get("dt", 0.1), above=0)

    @property
    def duration(self) -> float:
        """Of the simulation (ms)."""
        run = self.simulation.get("run", {})
        if "tstop" not in run:
            raise ValueError("path must be the configuration of a simulation, there is no tstop")
        if run.get("tstart", 0.0) != 0.0:
            raise ValueError(f"tstart must be 0, got {run['tstart']!r}")
        return checks.number("tstop", run["tstop"], low=0)

    def component(self, name: str) -> Path | None:
        """Return a folder of components, such as "point_neuron_models_dir"."""
        components = {**self.circuit.get("components", {}), **self.simulation.get("components", {})}
        return Path(components[name]) if name in components else None


def read_config(path: str | os.PathLike[str]) -> Config:
    """Return what a configuration says: of a circuit, of a simulation, or a file that names both.

    Raises
    ------
    ValueError
        If the file is none of these.
    """
    file = checks.path("path", path)
    if not file.is_file():
        raise ValueError(f"path must be a configuration of SONATA, there is no file {file}")
    given = _read(file)
    if "networks" in given and "run" not in given:
        return Config(given, {})
    if set(given) <= {*_PARTS, "manifest"}:
        parts = {name: _read(Path(given[name])) for name in _PARTS if name in given}
        return Config(parts.get("network", {}), parts.get("simulation", {}))
    if "networks" in given:
        return Config(given, given)
    circuit = Path(given.get("network", file.parent / "circuit_config.json"))
    if not circuit.is_file():
        raise ValueError(f"network of {file} must be the configuration of a circuit, there is no file {circuit}")
    return Config(_read(circuit), given)


def _read(file: Path) -> dict[str, Any]:
    """Return a configuration with the variables of its manifest put in and paths made whole."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"path must be a configuration of SONATA, {file} is none: {error}") from None
    if not isinstance(given, dict):
        raise ValueError(f"path must be a configuration of SONATA, {file} holds {type(given).__name__}")
    manifest = {name.strip("${}"): str(value) for name, value in given.pop("manifest", {}).items()}
    whole: dict[str, Any] = _whole(given, _Folders(file.parent, manifest))
    return whole


@dataclass(frozen=True)
class _Folders:
    """Where a configuration lies, and what the variables of its manifest stand for."""

    here: Path
    manifest: dict[str, str]

    def path(self, text: str) -> str:
        for _ in range(len(self.manifest) + 1):  # a variable may stand in another
            text = re.sub(r"\$\{?(\w+)\}?", self._value, text)
            if "$" not in text:
                return str((self.here / text).resolve())
        raise ValueError(f"manifest must not have variables of themselves, {text!r} has")

    def _value(self, found: re.Match[str]) -> str:
        return self.manifest[checks.choice("variable of the manifest", found[1], self.manifest)]


#: Keys whose values are paths even without a variable.
_PATHS = re.compile(r".*(_file|_dir)|network|simulation")
#: But those that are names within the output.
_NAMES = {"spikes_file", "log_file", "file_name"}


def _whole(value: Any, folders: _Folders, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _whole(item, folders, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item, folders) for item in value]
    is_path = isinstance(value, str) and ("$" in value or (_PATHS.fullmatch(key) and key not in _NAMES))
    return folders.path(value) if is_path else value
