"""Neural networks as Hamiltonian systems: symmetric, antisymmetric and excitatory–inhibitory, with their energies."""

from rheobase.dynamics.hamiltonian.antisymmetric import AntisymmetricNetwork
from rheobase.dynamics.hamiltonian.energy_balance import EnergyBalance, energy_balance
from rheobase.dynamics.hamiltonian.excitatory_inhibitory import ExcitatoryInhibitoryNetwork
from rheobase.dynamics.hamiltonian.integration import simulate
from rheobase.dynamics.hamiltonian.legendre import LegendrePair, Logistic, Tanh
from rheobase.dynamics.hamiltonian.oscillator import Oscillator
from rheobase.dynamics.hamiltonian.symmetric import SymmetricNetwork
from rheobase.dynamics.hamiltonian.system import HamiltonianNetwork, HamiltonianSystem

__all__ = [
    "AntisymmetricNetwork",
    "EnergyBalance",
    "ExcitatoryInhibitoryNetwork",
    "HamiltonianNetwork",
    "HamiltonianSystem",
    "LegendrePair",
    "Logistic",
    "Oscillator",
    "SymmetricNetwork",
    "Tanh",
    "energy_balance",
    "simulate",
]


def __dir__() -> list[str]:
    return __all__
