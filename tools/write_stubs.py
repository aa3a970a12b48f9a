"""Writes the type stubs of what is made at run time: the engine, the neuron models and the synaptic kernels.

Run ``python tools/write_stubs.py`` after a change; a test compares the files with fresh ones.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from rheobase import _engine

PACKAGE = Path(__file__).resolve().parents[1] / "python" / "rheobase"
VALUE = "float | npt.ArrayLike | Distribution"


def engine() -> str:
    """Return the stub of the compiled module."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pybind11_stubgen", "rheobase._engine", "-o", folder]
        subprocess.run(command, check=True, capture_output=True)
        (stub,) = Path(folder).rglob("_engine.pyi")
        lines = stub.read_text().splitlines()
    # the compiler's name differs from build to build
    return "\n".join("compiler: str" if line.startswith("compiler: ") else line for line in lines) + "\n"


def neurons() -> str:
    """Return the stub of the neuron models."""
    head = (
        '"""Neuron models; written by tools/write_stubs.py."""\n\n'
        "from typing import Any, ClassVar\n\nimport numpy as np\nimport numpy.typing as npt\n\n"
        "from rheobase import _engine\nfrom rheobase.models.distributions import Distribution\n"
        "from rheobase.models.host import Host\nfrom rheobase.models.registry import Model\n\n"
        "class Neuron(Model):\n    model: ClassVar[_engine.NeuronModel]\n    method: str\n    I_x: Any\n"
        f"    def __init__(self, *, I_x: {VALUE} = 0.0, method: str | None = None, **parameters: Any) -> None: ...\n"
        "    @staticmethod\n    def named(name: str, **parameters: Any) -> Neuron: ...\n"
        "    def _enter(self, host: Host, n: int) -> int: ...\n"
        "    def _check(self, values: dict[str, np.ndarray], dt: float) -> None: ...\n"
        "    def origin(self, variable: str) -> str: ...\n"
        "    def _add(self, host: Host, n: int, values: list[np.ndarray]) -> int: ...\n"
        "    def replaced(self, name: str, value: Any) -> Neuron: ...\n"
        "    @property\n    def variables(self) -> tuple[str, ...]: ...\n"
        "    def field(self, u: npt.ArrayLike) -> np.ndarray: ...\n"
        "    def _repr_html_(self) -> str: ...\n\n"
        "def value_of(name: str, value: Any, info: _engine.ParameterInfo | None) -> Any: ...\n\n"
        "MODELS: dict[str, type[Neuron]]\n"
    )
    return head + "".join(_neuron(model) for model in _engine.neuron_models())


def _neuron(model: _engine.NeuronModel) -> str:
    lines = [f"        {p.name}: {VALUE} = {p.standard!r}," for p in model.parameters]
    lines += [f"        I_x: {VALUE} = 0.0,", f'        method: str | None = "{model.methods[0]}",']
    return (
        f"\nclass {model.name}(Neuron):\n    def __init__(\n        self,\n        *,\n"
        + "\n".join(lines)
        + "\n    ) -> None: ...\n"
    )


def synapses() -> str:
    """Return the stub of the synaptic kernels."""
    rest = "reversal: float | None = None, norm: str | None = None, label: str | None = None"
    head = (
        '"""Synaptic kernels; written by tools/write_stubs.py."""\n\n'
        "from typing import Any, ClassVar\n\nfrom rheobase import _engine\n"
        "from rheobase.models.registry import Model\n\n"
        "class Synapse(Model):\n    kernel: ClassVar[_engine.SynapseKernel]\n"
        "    reversal: float | None\n    norm: str\n    label: str | None\n"
        f"    def __init__(self, *, {rest}, **parameters: float) -> None: ...\n"
        "    @staticmethod\n    def named(name: str, **parameters: Any) -> Synapse: ...\n\n"
        "KERNELS: dict[str, type[Synapse]]\n"
    )
    for kernel in _engine.synapse_kernels():
        own = "".join(f"{p.name}: float = {p.standard!r}, " for p in kernel.parameters)
        head += f"\nclass {kernel.name}(Synapse):\n    def __init__(self, *, {own}{rest}) -> None: ...\n"
    return head


def plasticity() -> str:
    """Return the stub of the plasticity rules."""
    head = (
        '"""Plasticity rules; written by tools/write_stubs.py."""\n\n'
        "from typing import Any, ClassVar\n\nfrom rheobase import _engine\n"
        "from rheobase.models.registry import Model\n\n"
        "class Plasticity(Model):\n    rule: ClassVar[_engine.PlasticityRule]\n"
        "    def __init__(self, **parameters: float) -> None: ...\n"
        "    @staticmethod\n    def named(name: str, **parameters: Any) -> Plasticity: ...\n\n"
        "RULES: dict[str, type[Plasticity]]\n"
    )
    for rule in _engine.plasticity_rules():
        own = ", ".join(f"{p.name}: float = {p.standard!r}" for p in rule.parameters)
        head += f"\nclass {rule.name}(Plasticity):\n    def __init__(self, *, {own}) -> None: ...\n"
    return head


STUBS = {
    "models/plasticity.pyi": plasticity,
    "_engine.pyi": engine,
    "models/neurons.pyi": neurons,
    "models/synapses.pyi": synapses,
}

if __name__ == "__main__":
    for name, text in STUBS.items():
        (PACKAGE / name).write_text(text())
