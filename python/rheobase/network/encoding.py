"""Descriptions as JSON and arrays, and back: only names that stand here can be in a file."""

import json
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from math import prod
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models import (
    circuit,
    currents,
    distributions,
    graph_rules,
    light,
    positions,
    profiles,
    rules,
    sources,
    spatial_rules,
    written,
)
from rheobase.models.catalogue import NEURONS, PLASTICITY, SYNAPSES
from rheobase.models.equations.neuron import EquationNeuron, restored
from rheobase.models.equations.plasticity import EquationPlasticity, restored_plasticity
from rheobase.models.equations.synapse import EquationSynapse, restored_synapse
from rheobase.models.registry import Model
from rheobase.network.recording import Recording
from rheobase.network.state import State


def _written(name: str, **given: Any) -> Model:
    return written.find(name)(**given)


#: Dataclasses that a file may hold, by name.
RECORDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        circuit.Circuit,
        circuit.Cells,
        circuit.Connections,
        circuit.Drive,
        circuit.Injected,
        circuit.Receptor,
        currents.OrnsteinUhlenbeck,
        currents.Pulse,
        currents.Samples,
        currents.Steps,
        currents.WhiteNoise,
        distributions.LogNormal,
        distributions.Normal,
        distributions.Uniform,
        graph_rules.Clustered,
        graph_rules.DegreeSequences,
        graph_rules.SmallWorld,
        light.Light,
        positions.Positions,
        profiles.ExponentialProfile,
        profiles.GaussianProfile,
        profiles.LinearProfile,
        rules.AllToAll,
        rules.Bernoulli,
        rules.FixedInDegree,
        rules.FixedOutDegree,
        rules.FixedTotal,
        rules.OneToOne,
        rules.Pairs,
        spatial_rules.ByDistance,
        spatial_rules.Nearest,
        sources.Events,
        sources.Poisson,
        sources.Trains,
        Recording,
        State,
    )
}
#: Models of the library that a file may hold, by name.
NAMED: dict[str, Callable[..., Model]] = {
    **NEURONS,
    **SYNAPSES,
    **PLASTICITY,
    **{name: partial(_written, name) for name in written.NAMES},
}
#: Types of arrays that a file may hold.
TYPES = ("<f8", "<f4", "<i8", "<i4", "<u8", "<u4", "<i2", "<u2", "|i1", "|u1")


class Encoder:
    """Turns descriptions into what JSON holds, putting arrays aside."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []

    def __call__(self, value: Any) -> Any:
        """Return `value` encoded."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, bytes):
            return {"$bytes": self._put(np.frombuffer(value, dtype=np.uint8))}
        if isinstance(value, np.ndarray) and value.dtype.str in TYPES:
            return {"$array": self._put(value)}
        if isinstance(value, tuple):
            return [self(item) for item in value]
        if type(value).__name__ in RECORDS and type(value) is RECORDS[type(value).__name__]:
            given = {f.name: self(getattr(value, f.name)) for f in fields(RECORDS[type(value).__name__])}
            return {"$record": type(value).__name__, "given": given}
        if isinstance(value, Model) and type(value).__name__ in NAMED:
            given = {name: self(item) for name, item in value._given().items()}
            return {"$model": type(value).__name__, "given": given}
        if isinstance(value, EquationNeuron):
            given = {name: self(item) for name, item in value._given().items()}
            return {"$equations": json.dumps(value.arguments()), "given": given}
        if isinstance(value, EquationSynapse):
            given = {name: self(item) for name, item in value._given().items()}
            return {"$synapse": json.dumps(value.arguments()), "given": given}
        if isinstance(value, EquationPlasticity):
            given = {name: self(item) for name, item in value._given().items()}
            return {"$rule": json.dumps(value.arguments()), "given": given}
        raise ValueError(f"a saved network must be made of numbers, arrays and models, it holds {value!r}")

    def _put(self, array: np.ndarray) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1


class Decoder:
    """Turns what `Encoder` made back into descriptions."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.arrays = arrays

    def __call__(self, value: Any) -> Any:
        """Return `value` decoded."""
        if isinstance(value, list):
            return tuple(self(item) for item in value)
        if not isinstance(value, dict):
            return value
        kind, held = next((k, v) for k, v in value.items() if k.startswith("$"))
        if kind == "$array":
            return self.arrays[held]
        if kind == "$bytes":
            return self.arrays[held].tobytes()
        given = {name: self(item) for name, item in value["given"].items()}
        if kind == "$record":
            return RECORDS[checks.choice("record", held, RECORDS)](**given)
        if kind == "$equations":
            return restored(held, given)
        if kind == "$synapse":
            return restored_synapse(held, given)
        if kind == "$rule":
            return restored_plasticity(held, given)
        return NAMED[checks.choice("model", held, NAMED)](**given)


def read_arrays(table: bytes, data: memoryview) -> list[np.ndarray]:
    """Return the arrays that a table of types and shapes finds in `data`, which they must fill."""
    arrays, place = [], 0
    for kind, shape in json.loads(table):
        dtype = np.dtype(checks.choice("type of array", kind, TYPES))
        lengths = [checks.integer("length of array", n, low=0) for n in shape]
        size = prod(lengths) * dtype.itemsize
        if size > len(data) - place:
            raise ValueError("arrays must lie within the file")
        arrays.append(np.frombuffer(data[place : place + size], dtype=dtype).reshape(lengths))
        place += size
    if place != len(data):
        raise ValueError("arrays must fill the file")
    return arrays
