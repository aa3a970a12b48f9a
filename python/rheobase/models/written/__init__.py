"""Models of the library that are written as equations, in the grammar that users write theirs in.

Their classes are made when the first of them is asked for, so that ``import rheobase`` need not read them.
"""

from importlib import import_module
from typing import Any

#: Names of the models, of which `rheobase.models.written.catalogue` holds the classes.
NEURONS = ("GIF", "GLIF")
SYNAPSES = ("Neuromodulator",)
PLASTICITY = ("ClopathSTDP", "RewardSTDP", "GraupnerBrunel")
NAMES = (*NEURONS, *SYNAPSES, *PLASTICITY)


def find(name: str) -> Any:
    """Return the class of a model."""
    return getattr(import_module("rheobase.models.written.catalogue"), name)
