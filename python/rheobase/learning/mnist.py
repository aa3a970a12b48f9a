"""MNIST from the user's own copy, as npz or in the original idx format."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from rheobase import checks
from rheobase.learning.datasets import DataSplit, from_one_hot, labels, load_npz, samples

_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def load_mnist(path: str | os.PathLike[str]) -> DataSplit:
    """Load MNIST from the user's own copy.

    Parameters
    ----------
    path : path
        An npz file, either with `x_train` (m, 28, 28), `y_train` (m,), `x_test` and `y_test`, or with `X` (784, m),
        one-hot `Y` (10, m), `XTest` and `YTest`; or a folder with the four idx files under their original names
        (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-...`), plain or with the ending `.gz`.

    Returns
    -------
    DataSplit
        Pixels (m, 784) as float64 and digits 0-9.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is damaged or holds something else.

    Examples
    --------
    >>> data = load_mnist("mnist.npz")  # doctest: +SKIP
    """
    path = checks.path("path", path)
    if path.is_dir():
        names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        x, y, x_test, y_test = (_read_idx(_find_idx(path, f"{name}-ubyte")) for name in names)
    else:
        data = load_npz(path, ())
        if {"X", "Y", "XTest", "YTest"} <= data.keys():
            x, x_test = data["X"].T, data["XTest"].T
            y = from_one_hot("Y", data["Y"], 10, len(x))
            y_test = from_one_hot("YTest", data["YTest"], 10, len(x_test))
        elif {"x_train", "y_train", "x_test", "y_test"} <= data.keys():
            x, y, x_test, y_test = (data[key] for key in ("x_train", "y_train", "x_test", "y_test"))
        else:
            raise ValueError(
                f"path must be an npz file with x_train, y_train, x_test, y_test or X, Y, XTest, YTest; "
                f"{path.name} has {', '.join(sorted(data)) or 'nothing'}"
            )
    x, x_test = _images("training images", x), _images("test images", x_test)
    return DataSplit(x, labels("training labels", y, len(x)), x_test, labels("test labels", y_test, len(x_test)))


def _images(name: str, value: np.ndarray) -> np.ndarray:
    return samples(name, np.reshape(value, (len(value), -1)) if value.size else value)


def _find_idx(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"no file {name} or {name}.gz in {os.fspath(folder)!r}")


def _read_idx(path: Path) -> np.ndarray:
    """Read the idx format: two zero bytes, type, number of axes, their lengths (big-endian uint32), the data."""
    try:
        with cast(BinaryIO, gzip.open(path) if path.suffix == ".gz" else open(path, "rb")) as file:
            content = file.read()
    except (OSError, EOFError) as error:
        raise ValueError(f"path must be a readable idx file, got {path.name}: {error}") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_TYPES:
        raise ValueError(f"path must be an idx file, got {path.name} that starts with {content[:4]!r}")
    dtype, axes = np.dtype(_IDX_TYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    wanted = start + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    if len(content) != wanted:
        raise ValueError(f"path must be a complete idx file, got {path.name} of {len(content)} bytes, not {wanted}")
    return np.frombuffer(content, dtype, offset=start).reshape(shape)
