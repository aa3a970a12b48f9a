"""The file of a network: its bytes, and how they are written and read.

A file holds the circuit and the state that it has reached. Connections are drawn again from the seed.

Layout: the magic word, the version of the format, the length of the payload and its SHA-256; then the payload: the
length of a description, the description as JSON, and the arrays that it lists by type and shape, byte after byte.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import stat
import struct
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from rheobase import checks
from rheobase.models.circuit import Circuit
from rheobase.network.encoding import Decoder, Encoder, read_arrays
from rheobase.network.state import State

MAGIC = b"RHEOBASE"
VERSION = 5
HEADER = struct.Struct("<8sIQ32s")
LENGTH = struct.Struct("<Q")
TEMPORARY = ".saving"
#: So many bytes are read or summed up at a time.
PIECE = 2**24
Made = TypeVar("Made")
#: Age (s) of a temporary file that no save is writing any more.
TOO_OLD = 60.0


def packed(circuit: Circuit, state: State) -> bytes:
    """Return the bytes of a file, which `unpacked` reads."""
    encode = Encoder()
    described = json.dumps({"circuit": encode(circuit), "state": encode(state)}).encode()
    table = json.dumps([[a.dtype.str, list(a.shape)] for a in encode.arrays]).encode()
    parts = [LENGTH.pack(len(described)), described, LENGTH.pack(len(table)), table]
    payload = b"".join([*parts, *(a.tobytes() for a in encode.arrays)])
    return HEADER.pack(MAGIC, VERSION, len(payload), _digest(payload)) + payload


def unpacked(data: bytes, make: Callable[[Circuit, State], Made], origin: str = "the bytes") -> Made:
    """Return what `make` makes of the circuit and the state that `packed` turned into bytes.

    `origin` is what errors call the bytes.
    """
    length, payload = _length(data[: HEADER.size], origin), memoryview(data)[HEADER.size :]
    if len(payload) != length:
        raise ValueError(f"path must be a whole file, {origin} has {len(payload)} of {length} bytes")
    if _digest(payload) != HEADER.unpack_from(data)[3]:
        raise ValueError(f"path must be an undamaged file, the checksum of {origin} is wrong")
    try:
        return make(*_parts(payload))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, StopIteration, RecursionError) as error:
        raise ValueError(f"path must be a file that Network.save wrote, {origin} is not: {error}") from error
    except struct.error as error:
        raise ValueError(f"path must be a file that Network.save wrote, {origin} is too short") from error


def read(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a whole file."""
    with Path(_path(path)).open("rb") as file:
        start = file.read(HEADER.size)
        length = _length(start, str(path))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"path must be a file that Network.save wrote, {path} is not")
        have = os.fstat(file.fileno()).st_size - HEADER.size
        if have != length:
            raise ValueError(f"path must be a whole file, {path} has {have} of {length} bytes")
        return start + b"".join(iter(partial(file.read, PIECE), b""))


def _path(path: str | os.PathLike[str]) -> str:
    """Return a path as text."""
    if not isinstance(path, str | os.PathLike) or "\0" in os.fspath(path):
        raise TypeError(f"path must be a path of a file, got {path!r}")
    return os.fspath(path)


def _length(header: bytes, origin: str) -> int:
    """Return how many bytes follow the header, checked."""
    if len(header) < HEADER.size or header[: len(MAGIC)] != MAGIC:
        raise ValueError(f"path must be a file that Network.save wrote, {origin} is not")
    _, version, length, _ = HEADER.unpack_from(header)
    if version != VERSION:
        raise ValueError(f"path must be a file of format version {VERSION}, {origin} has version {version}")
    return int(length)


def _digest(payload: bytes | memoryview) -> bytes:
    """Return the checksum, made piece by piece so that Ctrl-C gets its turn."""
    total = hashlib.sha256()
    for first in range(0, len(payload), PIECE):
        total.update(payload[first : first + PIECE])
    return total.digest()


def _parts(payload: memoryview) -> tuple[Circuit, State]:
    described, rest = _split(payload)
    table, data = _split(rest)
    decode = Decoder(read_arrays(bytes(table), data))
    parts = json.loads(bytes(described))
    circuit, state = Circuit.of(decode(parts["circuit"])), decode(parts["state"])
    if not isinstance(state, State):
        raise ValueError("state must be a State")
    return circuit, state


def _split(data: memoryview) -> tuple[memoryview, memoryview]:
    """Return a part that begins with its length, and what follows it."""
    (length,) = LENGTH.unpack_from(data)
    if length > len(data) - LENGTH.size:
        raise ValueError("parts must lie within the file")
    return data[LENGTH.size : LENGTH.size + length], data[LENGTH.size + length :]


def check_size(circuit: Circuit, state: State) -> None:
    """Raise where a circuit would take memory that its own state does not speak for."""
    held = sum(len(data) for _, data in state.engine)
    for cells in circuit.neurons:
        checks.integer("n", cells.n, low=0, high=held // 8)
    connections = sum(circuit._mean_connections(q) for q in circuit.projections)
    if connections * 4 > checks.machine_memory():
        raise ValueError(f"projections must fit into memory, {connections:.3g} connections do not")


def check_finite(held: Iterable[tuple[str, np.ndarray]]) -> None:
    """Raise where one of the named arrays holds what is infinite or not a number."""
    for name, values in held:
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite")


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically: after a crash it is the old one or the new one."""
    path = Path(os.path.realpath(_path(path)))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _remove_left_behind(path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _mode(path: Path) -> int:
    """Return the permissions of the file that is there, or what the umask leaves of a new one's."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _remove_left_behind(path: Path) -> None:
    """Remove what saves to the same path that were killed left behind, once it is too old to be one under way."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{TEMPORARY}"):
        try:
            if time.time() - left.stat().st_mtime > TOO_OLD:
                left.unlink()
        except OSError:
            continue  # another save was faster
