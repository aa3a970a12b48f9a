"""The points of a sweep, and the folder in which what they gave is kept: one file per point."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.network.storage import write

#: A point: arguments of the function by name.
Point = dict[str, Any]
#: What the names of arrays in a file begin with: `value` alone, or `value.` and a key.
VALUE = "value"


def points_of(grid: Any, seeds: Sequence[int] | None) -> tuple[list[Point], dict[str, list[Any]] | None]:
    """Return the points of a grid or a list, each with every seed, and the axes; None for a list."""
    more = {} if seeds is None else {"seed": [checks.integer("seeds", s, low=0) for s in _several("seeds", seeds)]}
    if isinstance(grid, Mapping):
        axes = {name: _several(f"grid[{name!r}]", values) for name, values in checks.mapping("grid", grid).items()}
        _check_names(axes, more)
        axes |= more
        if not axes:
            raise ValueError("grid must have a parameter at least where no seeds are given, got none")
        return [*_products(axes)], axes
    listed = [
        checks.mapping(f"grid[{k}]", each) for k, each in enumerate(checks.items("grid", grid, "a dict or a list"))
    ]
    for point in listed:
        _check_names(point, more)
    return [{**point, **each} for point in listed for each in _products(more)], None


def _products(axes: Mapping[str, Sequence[Any]]) -> Iterable[Point]:
    return (dict(zip(axes, each, strict=True)) for each in itertools.product(*axes.values()))


def _several(name: str, values: Any) -> list[Any]:
    several = [_plain(value) for value in checks.items(name, values, "a sequence of values")]
    if not several:
        raise ValueError(f"{name} must have a value at least, got none")
    return several


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _check_names(given: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    if set(given) & set(more):
        raise ValueError("grid must not have a parameter 'seed' where seeds are given")


class Folder:
    """Where a sweep keeps what its points gave."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = checks.path("path", path)
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"path must be a folder, got the file {self.path}")

    def file(self, point: Point) -> Path:
        """Return the file of a point, which its arguments name."""
        return self.path / f"{hashlib.sha256(_text(point).encode()).hexdigest()[:24]}.npz"

    def keep(self, point: Point, value: Any) -> None:
        """Write what a point gave, at once: a file is there as a whole or not at all."""
        parts = value if isinstance(value, dict) else {VALUE: value}
        arrays: dict[str, Any] = {
            f"{VALUE}.{key}" if isinstance(value, dict) else VALUE: _array(key, part) for key, part in parts.items()
        }
        data = io.BytesIO()
        np.savez_compressed(data, point=np.array(_text(point)), **arrays)
        self.path.mkdir(parents=True, exist_ok=True)
        write(self.file(point), data.getvalue())

    def has(self, point: Point) -> bool:
        """Return whether a point is done."""
        return self.file(point).exists()

    def read(self, point: Point) -> Any:
        """Return what a point gave."""
        return read_file(self.file(point))[1]


def read_file(path: Path) -> tuple[Point, Any]:
    """Return the point of a file and what it gave."""
    try:
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
            point = json.loads(str(arrays.pop("point")))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"path must hold files of a sweep, {path} is none: {error}") from error
    values = {name.removeprefix(f"{VALUE}."): array[()] if array.ndim == 0 else array for name, array in arrays.items()}
    return point, values[VALUE] if [*arrays] == [VALUE] else values


def _text(point: Point) -> str:
    try:
        return json.dumps(point, sort_keys=True)
    except TypeError as error:
        raise TypeError(
            f"grid must hold numbers, texts, truth values and lists of them where path is given, got {point!r}"
        ) from error


def _array(name: str, value: Any) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind not in "biufcU":
        raise TypeError(f"function must return numbers, texts, arrays or a dict of them, got {value!r} as {name}")
    return array
