"""Every model of the library that is written as equations, as a class.

Type checkers read the stub beside this file, which `tools/write_stubs.py` writes.
"""

from rheobase.models.written.gif import GIF
from rheobase.models.written.glif import GLIF

#: Every neuron model by name.
NEURONS = {model.__name__: model for model in (GIF, GLIF)}

__all__ = [*NEURONS]
