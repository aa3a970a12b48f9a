"""Tables of types: columns of text between spaces, a line per type of nodes or edges."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

#: What stands where a type has no value.
_NONE = "NULL"
#: Of the nodes or edges of a population: the attributes that a type gives, by its id.
Types = dict[int, dict[str, str]]


def read_types(path: Path, id: str, population: str) -> Types:
    """Return the types in a table that are a population's; `id` is the column of their ids."""
    with path.open(newline="", encoding="utf-8") as file:
        lines = (line.strip() for line in file)
        table = list(csv.DictReader((line for line in lines if line), delimiter=" ", skipinitialspace=True))
    types: Types = {}
    for line in table:
        given = {name: value for name, value in line.items() if name and value not in (None, "", _NONE)}
        if id not in given:
            raise ValueError(f"{path} must have {id!r} in every line, got {line}")
        if given.pop("population", population) == population:
            types[int(given.pop(id))] = given
    return types


def write_types(path: Path, columns: Sequence[str], table: Sequence[Sequence[object]]) -> None:
    """Write a table, a sequence of values per type."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=" ", lineterminator="\n").writerows([columns, *table])
