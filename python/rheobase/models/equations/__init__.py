"""Models from equations, written as text or as Python functions, which the engine runs as they are.

text or function -> description -> system -> scheme -> expressions one step on -> program of the engine
"""

from rheobase.models.equations.brian import from_brian
from rheobase.models.equations.errors import EquationError
from rheobase.models.equations.neuron import EquationNeuron, neuron
from rheobase.models.equations.plasticity import EquationPlasticity, plasticity
from rheobase.models.equations.synapse import EquationSynapse, synapse

__all__ = [
    "EquationError",
    "EquationNeuron",
    "EquationPlasticity",
    "EquationSynapse",
    "from_brian",
    "neuron",
    "plasticity",
    "synapse",
]
