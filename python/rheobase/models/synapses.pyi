"""Synaptic kernels; written by tools/write_stubs.py."""

from typing import Any, ClassVar

from rheobase import _engine
from rheobase.models.registry import Model

class Synapse(Model):
    kernel: ClassVar[_engine.SynapseKernel]
    reversal: float | None
    norm: str
    label: str | None
    def __init__(self, *, reversal: float | None = None, norm: str | None = None, label: str | None = None, **parameters: float) -> None: ...
    @staticmethod
    def named(name: str, **parameters: Any) -> Synapse: ...

KERNELS: dict[str, type[Synapse]]

class Delta(Synapse):
    def __init__(self, *, reversal: float | None = None, norm: str | None = None, label: str | None = None) -> None: ...

class Exponential(Synapse):
    def __init__(self, *, tau: float = 5.0, reversal: float | None = None, norm: str | None = None, label: str | None = None) -> None: ...

class Alpha(Synapse):
    def __init__(self, *, tau: float = 2.0, reversal: float | None = None, norm: str | None = None, label: str | None = None) -> None: ...

class DifferenceOfExponentials(Synapse):
    def __init__(self, *, tau_rise: float = 0.5, tau_decay: float = 4.0, reversal: float | None = None, norm: str | None = None, label: str | None = None) -> None: ...
