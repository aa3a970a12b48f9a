"""An experiment described in a file of TOML or JSON: what is built, recorded and run.

The file says what a script would: tables `populations.NAME`, and lists `connect`, `drive`, `inject` and `record` with
the arguments of the methods of that name. Where Python writes ``rb.Exponential(tau=8)``, the file has
``{ Exponential = { tau = 8 } }``, or the name alone for the defaults.
"""

from __future__ import annotations

import inspect
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rheobase import checks
from rheobase.network.encoding import NAMED, RECORDS
from rheobase.network.network import Network

#: What a file may name besides the models: distributions, rules, sources and currents.
_NOT_FOR_USERS = {"Circuit", "Cells", "Connections", "Drive", "Injected", "Receptor", "Recording", "State"}
_CLASSES: dict[str, Callable[..., Any]] = {
    **NAMED,
    **{name: kind for name, kind in RECORDS.items() if name not in _NOT_FOR_USERS},
}
#: Arguments that are objects, for which a bare name will do.
_OBJECTS = {"model", "rule", "synapse", "plasticity", "current"}
#: Arguments that name a population of the file.
_ENDS = {"pre", "post", "population"}
_SECTIONS = ("connect", "drive", "inject", "record")


@dataclass(frozen=True)
class Experiment:
    """A network that is ready to run, and for how long (ms)."""

    network: Network
    duration: float


def read_experiment(path: str | os.PathLike[str], *, threads: int | None = None) -> Experiment:
    """Build what a file describes.

    Raises
    ------
    ValueError, TypeError
        If the file is no TOML or JSON, or describes no network; the message names the entry.
    OSError
        If it cannot be read.
    """
    file = checks.path("path", path)
    text = file.read_text(encoding="utf-8")
    try:
        described = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ValueError(
            f"path must be a file of TOML, or of JSON where it ends in .json, {file} is not: {error}"
        ) from None
    return _experiment(described, threads)


def _experiment(described: Any, threads: int | None) -> Experiment:
    top = _table("the file", described)
    for key in top:
        checks.choice("entry", key, ("dt", "seed", "duration", "populations", *_SECTIONS))
    if "duration" not in top:
        raise ValueError("duration must be given, in ms")
    net = Network(dt=top.get("dt", 0.1), seed=top.get("seed", 0), threads=threads)
    for name, given in _table("populations", top.get("populations", {})).items():
        arguments = _arguments(f"populations.{name}", given)
        for needed in ("model", "n"):
            if needed not in arguments:
                raise ValueError(f"populations.{name} must have {needed!r}")
        _call(f"populations.{name}", net.add, arguments.pop("model"), arguments.pop("n"), name=name, **arguments)
    for section in _SECTIONS:
        method = getattr(net, section)
        for k, given in enumerate(checks.items(section, top.get(section, []), "a list of tables")):
            where = f"{section}[{k}]"
            arguments = _arguments(where, given)
            known = list(inspect.signature(method).parameters)
            for key, value in arguments.items():
                checks.choice(f"key of {where}", key, known)
                if key in _ENDS:
                    arguments[key] = net[checks.choice(f"{key} of {where}", value, list(net.populations))]
            _call(where, method, **arguments)
    return Experiment(net, checks.number("duration", top["duration"], low=0))


def _call(where: str, method: Callable[..., Any], *given: Any, **arguments: Any) -> None:
    """Call a method of the network, and say in an error which entry it was."""
    try:
        method(*given, **arguments)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}") from None


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} must be a table, got {value!r}")
    return dict(value)


def _arguments(where: str, given: Any) -> dict[str, Any]:
    return {key: _made(f"{key} of {where}", value, bare=key in _OBJECTS) for key, value in _table(where, given).items()}


def _made(where: str, value: Any, bare: bool) -> Any:
    """Return what an entry stands for: an object where it names a class, else the value itself."""
    if bare and isinstance(value, str):
        value = {value: {}}
    if not isinstance(value, Mapping):
        return value
    if len(value) != 1:
        raise ValueError(f"{where} must name one class, such as {{ Exponential = {{ tau = 8 }} }}, got {dict(value)!r}")
    ((name, given),) = value.items()
    kind = _CLASSES[checks.choice(where, name, _CLASSES)]
    arguments = {key: _made(f"{key} of {where}", item, bare=False) for key, item in _table(where, given).items()}
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where}: {error}") from None
