"""Learning: storage rules of associative memories, perceptrons and networks trained by gradient descent."""

from rheobase.learning.activations import activation, softmax
from rheobase.learning.classification import accuracy, confusion_matrix, one_hot
from rheobase.learning.datasets import DataSplit, load_digits, load_spike_counts, split_data
from rheobase.learning.losses import loss_function
from rheobase.learning.mnist import load_mnist
from rheobase.learning.multilayer import MultilayerPerceptron
from rheobase.learning.perceptron import Perceptron
from rheobase.learning.readout import LMS, RLS, Readout, ReadoutFit
from rheobase.learning.recurrent import RecurrentGradients, RecurrentNetwork
from rheobase.learning.regressors import ReadoutRegressor, ReservoirRegressor
from rheobase.learning.reservoir import Reservoir, ReservoirResult
from rheobase.learning.spiking_reservoir import SpikingReservoir, SpikingReservoirResult
from rheobase.learning.standardizer import Standardizer
from rheobase.learning.storage import hebbian, pseudo_inverse, storkey
from rheobase.learning.training import LearningCurve

__all__ = [
    "LMS",
    "RLS",
    "DataSplit",
    "LearningCurve",
    "MultilayerPerceptron",
    "Perceptron",
    "Readout",
    "ReadoutFit",
    "ReadoutRegressor",
    "RecurrentGradients",
    "RecurrentNetwork",
    "Reservoir",
    "ReservoirRegressor",
    "ReservoirResult",
    "SpikingReservoir",
    "SpikingReservoirResult",
    "Standardizer",
    "accuracy",
    "activation",
    "confusion_matrix",
    "hebbian",
    "load_digits",
    "load_mnist",
    "load_spike_counts",
    "loss_function",
    "one_hot",
    "pseudo_inverse",
    "softmax",
    "split_data",
    "storkey",
]


def __dir__() -> list[str]:
    return __all__
