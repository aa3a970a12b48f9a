"""Writes the type stubs of the engine and of what is made from its tables at run time.

Run ``python tools/write_stubs.py`` after a change; a test compares the files with fresh ones.
"""

import inspect
import subprocess
import sys
import tempfile
from pathlib import Path

from rheobase.models.catalogue import NEURONS, PLASTICITY, SYNAPSES

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


def catalogue() -> str:
    """Return the stub of the classes that are made from the engine's tables."""
    head = (
        '"""Every neuron model, synaptic kernel and plasticity rule; written by tools/write_stubs.py."""\n\n'
        "from rheobase.models.distributions import Value\n"
        "from rheobase.models.neurons import Neuron\n"
        "from rheobase.models.plasticity import Plasticity\n"
        "from rheobase.models.synapses import Synapse\n\n"
    )
    tables = ("NEURONS", "Neuron"), ("SYNAPSES", "Synapse"), ("PLASTICITY", "Plasticity")
    lines = [f"{table}: dict[str, type[{base}]]\n" for table, base in tables]
    classes = [
        *(_constructor(kind, "Neuron") for kind in NEURONS.values()),
        *(_constructor(kind, "Synapse") for kind in SYNAPSES.values()),
        *(_constructor(kind, "Plasticity") for kind in PLASTICITY.values()),
    ]
    names = "".join(f'    "{name}",\n' for name in [*NEURONS, *SYNAPSES, *PLASTICITY])
    return head + "".join(lines) + f"\n__all__ = [\n{names}]\n" + "".join(classes)


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
STUBS = {"_engine.pyi": engine, "models/catalogue.pyi": catalogue}

if __name__ == "__main__":
    for name, text in STUBS.items():
        (PACKAGE / name).write_text(text())
