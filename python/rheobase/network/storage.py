"""Saving a network to a file and loading it again.

A file holds how the network was made, call by call, and everything that has changed since: state variables, synaptic
currents, spikes under way, noise, plastic weights and traces. Connections are drawn again from the seed.

Layout: the magic word, the version of the format, the length of the payload and its SHA-256, then the payload, which is
what `numpy.savez` writes.
"""

import hashlib
import io
import json
import os
import struct
import tempfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.models import currents, distributions, light
from rheobase.models import rules as connect
from rheobase.models import sources as inputs
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.synapses import Synapse
from rheobase.network.population import Population, Projection

if TYPE_CHECKING:
    from rheobase.network.network import Network

MAGIC = b"RHEOBASE"
VERSION = 3
HEADER = struct.Struct("<8sIQ32s")


def save(network: "Network", path: str | os.PathLike[str]) -> None:
    """Write a network to `path`, atomically: after a crash the file is the old one or the new one.

    Raises
    ------
    ValueError
        If the network holds a function of time, which a file cannot.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> net.save("cortex.rheobase")
    """
    arrays: dict[str, np.ndarray] = {}
    encode = Encoder(arrays)
    spec = {
        "network": {"dt": network.dt, "seed": network.seed},
        "calls": [[name, draws, encode(args), encode(named)] for name, draws, args, named in network.calls],
        "draws": network.draws,
    }
    arrays["spec"] = np.frombuffer(json.dumps(spec).encode(), dtype=np.uint8)
    for name, data in network.engine.save().items():
        arrays[f"state:{name}"] = np.frombuffer(data, dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    payload = buffer.getvalue()
    header = HEADER.pack(MAGIC, VERSION, len(payload), hashlib.sha256(payload).digest())
    _write_atomically(Path(path), header + payload)


def load(path: str | os.PathLike[str], *, threads: int | None = None) -> "Network":
    """Read a network that `Network.save` wrote; its continuation is the same, bit for bit, on any number of threads.

    Parameters
    ----------
    path : path
    threads : int, optional
        Every core by default.

    Raises
    ------
    ValueError
        If the file is damaged, of another kind or of another version.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> net = rb.load("cortex.rheobase")
    """
    from rheobase.network.network import Network

    with np.load(io.BytesIO(_payload(Path(path))), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    spec = json.loads(arrays["spec"].tobytes())
    network = Network(**spec["network"], threads=threads)
    decode = Decoder(arrays, network)
    for name, draws, args, named in spec["calls"]:
        network.draws = draws
        getattr(network, name)(*decode(args), **decode(named))
    network.draws = spec["draws"]
    state = {name.removeprefix("state:"): a.tobytes() for name, a in arrays.items() if name.startswith("state:")}
    network.engine.restore(state)
    return network


def _payload(path: Path) -> bytes:
    data = path.read_bytes()
    if len(data) < HEADER.size or data[: len(MAGIC)] != MAGIC:
        raise ValueError(f"path must be a file that Network.save wrote, {path} is not")
    _, version, length, digest = HEADER.unpack_from(data)
    payload = data[HEADER.size :]
    if version != VERSION:
        raise ValueError(f"path must be a file of format version {VERSION}, {path} has version {version}")
    if len(payload) != length:
        raise ValueError(f"path must be a whole file, {path} has {len(payload)} of {length} bytes")
    if hashlib.sha256(payload).digest() != digest:
        raise ValueError(f"path must be an undamaged file, the checksum of {path} is wrong")
    return payload


def _write_atomically(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


#: Dataclasses that a file may hold, by name.
RECORDS: dict[str, type] = {
    name: kind
    for module in (connect, currents, distributions, inputs, light)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and is_dataclass(kind)
}
#: Classes made from the engine's registry: what they are called in a file, and how they are made again by name.
NAMED: dict[str, tuple[type, Callable[..., Any]]] = {
    "neuron": (Neuron, Neuron.named),
    "synapse": (Synapse, Synapse.named),
    "plasticity": (Plasticity, Plasticity.named),
}
EXTRAS = {"neuron": ("I_x", "method"), "synapse": ("reversal", "norm", "label"), "plasticity": ()}


class Encoder:
    """Turns arguments into what JSON holds, putting arrays aside."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self.arrays = arrays

    def __call__(self, value: Any) -> Any:
        """Return `value` encoded."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, np.ndarray):
            key = f"array{len(self.arrays)}"
            self.arrays[key] = value
            return {"$array": key}
        if isinstance(value, (list, tuple)):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}
        if isinstance(value, Population):
            return {"$population": value.name}
        if isinstance(value, Projection):
            return {"$projection": value.number}
        for tag, (kind, _) in NAMED.items():
            if isinstance(value, kind):
                given = {**vars(value)["parameters"], **{name: getattr(value, name) for name in EXTRAS[tag]}}
                return {f"${tag}": type(value).__name__, "fields": self(given)}
        if type(value).__name__ in RECORDS:
            return {
                "$record": type(value).__name__,
                "fields": {f.name: self(getattr(value, f.name)) for f in fields(value)},
            }
        raise ValueError(f"a saved network must be made of numbers, arrays and models, it holds {value!r}")


class Decoder:
    """Turns what `Encoder` made back into arguments."""

    def __init__(self, arrays: dict[str, np.ndarray], network: "Network") -> None:
        self.arrays, self.network = arrays, network

    def __call__(self, value: Any) -> Any:
        """Return `value` decoded."""
        if isinstance(value, list):
            return [self(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$array" in value:
            return self.arrays[value["$array"]]
        if "$population" in value:
            return self.network[value["$population"]]
        if "$projection" in value:
            return self.network.projections[value["$projection"]]
        if "$record" in value:
            kind = RECORDS[checks.choice("record", value["$record"], RECORDS)]
            return kind(**{name: self(item) for name, item in value["fields"].items()})
        for tag, (_, make) in NAMED.items():
            if f"${tag}" in value:
                return make(value[f"${tag}"], **{name: self(item) for name, item in value["fields"].items()})
        return {name: self(item) for name, item in value.items()}
