"""Every neuron model, synaptic kernel and plasticity rule of the engine's tables, as a class.

Type checkers read the stub beside this file, which `tools/write_stubs.py` writes.
"""

from rheobase import _engine
from rheobase.models import neurons, plasticity, synapses

#: Every neuron model by name.
NEURONS = {model.name: neurons.make(model, neurons.Neuron, __name__) for model in _engine.neuron_models()}
#: Every synaptic kernel by name.
SYNAPSES = {kernel.name: synapses.make(kernel, __name__) for kernel in _engine.synapse_kernels()}
#: Every plasticity rule by name.
PLASTICITY = {rule.name: plasticity.make(rule, plasticity.Plasticity, __name__) for rule in _engine.plasticity_rules()}

globals().update(NEURONS | SYNAPSES | PLASTICITY)
__all__ = [*NEURONS, *SYNAPSES, *PLASTICITY]
