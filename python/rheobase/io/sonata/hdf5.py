"""The HDF5 files of SONATA: what marks them, and how they are opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.checks import package

#: What marks a file of SONATA, and the version of the form.
_MAGIC, _VERSION = np.uint32(0x0A7A), np.array([0, 1], np.uint32)


def created(path: Path) -> Any:
    """Return a new open file, which is marked as one of SONATA."""
    file = package("h5py").File(path, "w")
    file.attrs["magic"], file.attrs["version"] = _MAGIC, _VERSION
    return file


def opened(path: str | os.PathLike[str], what: str) -> Any:
    """Return an open file that holds `what`."""
    h5py = package("h5py")
    try:
        file = h5py.File(checks.path("path", path), "r")
    except (OSError, ValueError) as error:
        raise ValueError(f"path must be a file of SONATA, got {str(path)!r}: {error}") from error
    if what not in file:
        file.close()
        raise ValueError(f"path must be a file with {what}, {str(path)!r} has none")
    return file


def check_parent(path: Path) -> None:
    """Raise unless a file or folder can be made there."""
    if not path.resolve().parent.is_dir():
        raise ValueError(f"path must lie in a folder that exists, got {path}")
