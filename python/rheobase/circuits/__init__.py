"""Published circuits, ready to run at any size."""

from rheobase.circuits.brunel import brunel
from rheobase.circuits.cortex import cortex
from rheobase.circuits.gap_junctions import gap_junctions
from rheobase.circuits.inhibitory_plasticity import inhibitory_plasticity
from rheobase.circuits.microcircuit import microcircuit
from rheobase.circuits.overlay import Overlay, overlay
from rheobase.circuits.selective_populations import decision, working_memory
from rheobase.circuits.vogels_abbott import coba, cobahh, cuba

__all__ = [
    "Overlay",
    "brunel",
    "coba",
    "cobahh",
    "cortex",
    "cuba",
    "decision",
    "gap_junctions",
    "inhibitory_plasticity",
    "microcircuit",
    "overlay",
    "working_memory",
]


def __dir__() -> list[str]:
    return __all__
