"""Writes the type stubs of the engine and of what is made from its tables at run time.

Run ``python tools/write_stubs.py`` after a change; a test compares the files with fresh ones.
"""

import inspect
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from rheobase.models import catalogue
from rheobase.models.written import catalogue as written_catalogue

PACKAGE = Path(__file__).resolve().parents[1] / "python" / "rheobase"


def engine() -> str:
    """Return the stub of the compiled module."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pybind11_stubgen", "rheobase._engine", "-o", folder]
        subprocess.run(command, check=True, capture_output=True)
        (stub,) = Path(folder).rglob("_engine.pyi")
        lines = stub.read_text().splitlines()
    # the compiler's name differs from build to build
    return "\n".join("compiler: str" if line.startswith("compiler: ") else line for line in lines) + "\n"


#: Tables of models: their names, the bases of their classes, and where these stand.
TABLES = {
    "NEURONS": ("Neuron", "rheobase.models.neurons"),
    "SYNAPSES": ("Synapse", "rheobase.models.synapses"),
    "PLASTICITY": ("Plasticity", "rheobase.models.plasticity"),
}


def of_tables(module: Any) -> str:
    """Return the stub of a module that holds tables of classes which are made at run time."""
    tables = {table: getattr(module, table) for table in TABLES if hasattr(module, table)}
    imports = ["from rheobase.models.distributions import Value\n"] if "NEURONS" in tables else []
    imports += sorted(f"from {TABLES[table][1]} import {TABLES[table][0]}\n" for table in tables)
    head = '"""Classes that are made from tables or texts; written by tools/write_stubs.py."""\n\n' + "".join(imports)
    lines = [f"{table}: dict[str, type[{TABLES[table][0]}]]\n" for table in tables]
    classes = [_constructor(kind, TABLES[table][0]) for table, kinds in tables.items() for kind in kinds.values()]
    names = "".join(f'    "{name}",\n' for kinds in tables.values() for name in kinds)
    return f"{head}\n{''.join(lines)}\n__all__ = [\n{names}]\n{''.join(classes)}"


def _constructor(kind: type, base: str) -> str:
    """Return a class of one method, with the signature that the class shows."""
    arguments = inspect.signature(kind).parameters.values()
    lines = [f"        {p.name}: {_type(p.annotation)} = {p.default!r},\n" for p in arguments]
    return (
        f"\nclass {kind.__name__}({base}):\n    def __init__(\n        self,\n        *,\n"
        + "".join(lines)
        + "    ) -> None: ...\n"
    )


def _type(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


#: A stub stands beside the engine and beside what is made at run time, and nowhere else.
STUBS = {
    "_engine.pyi": engine,
    "models/catalogue.pyi": partial(of_tables, catalogue),
    "models/written/catalogue.pyi": partial(of_tables, written_catalogue),
}

if __name__ == "__main__":
    for name, text in STUBS.items():
        (PACKAGE / name).write_text(text())
