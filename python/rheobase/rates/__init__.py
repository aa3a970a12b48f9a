"""Rate networks: populations described by their firing rates, in either form, with any f-I curve.

Rates are in Hz, inputs in mV, times in ms and weights in mV·ms, postsynaptic × presynaptic; `RateNetwork` has a switch
for dimensionless models.
"""

from rheobase.rates.curves import (
    Curve,
    Interpolated,
    Logistic,
    NumericalCurve,
    PowerLaw,
    Softplus,
    Tanh,
    ThresholdLinear,
)
from rheobase.rates.feedforward import FeedforwardNetwork
from rheobase.rates.inputs import SampledInput
from rheobase.rates.network import RateNetwork, RateResult
from rheobase.rates.plasticity import HebbianNetwork, HebbianResult, PlasticNetwork, PlasticResult
from rheobase.rates.presets import (
    classical_suppression,
    excitatory_inhibitory,
    mutual_excitation,
    self_connected_neuron,
    stabilised_suppression,
    wilson_cowan,
)

__all__ = [
    "Curve",
    "FeedforwardNetwork",
    "HebbianNetwork",
    "HebbianResult",
    "Interpolated",
    "Logistic",
    "NumericalCurve",
    "PlasticNetwork",
    "PlasticResult",
    "PowerLaw",
    "RateNetwork",
    "RateResult",
    "SampledInput",
    "Softplus",
    "Tanh",
    "ThresholdLinear",
    "classical_suppression",
    "excitatory_inhibitory",
    "mutual_excitation",
    "self_connected_neuron",
    "stabilised_suppression",
    "wilson_cowan",
]


def __dir__() -> list[str]:
    return __all__
