"""Every model of the library that is written as equations, as a class.

Type checkers read the stub beside this file, which `tools/write_stubs.py` writes.
"""

from rheobase.models.written.clopath_stdp import ClopathSTDP
from rheobase.models.written.gif import GIF
from rheobase.models.written.glif import GLIF
from rheobase.models.written.graupner_brunel import GraupnerBrunel
from rheobase.models.written.reward_stdp import Neuromodulator, RewardSTDP

#: Every neuron model by name.
NEURONS = {model.__name__: model for model in (GIF, GLIF)}
#: Every synaptic kernel by name.
SYNAPSES = {kernel.__name__: kernel for kernel in (Neuromodulator,)}
#: Every plasticity rule by name.
PLASTICITY = {rule.__name__: rule for rule in (ClopathSTDP, RewardSTDP, GraupnerBrunel)}

__all__ = [*NEURONS, *SYNAPSES, *PLASTICITY]
