"""Spiking networks at the speed of memory, and the way from their spikes to theory.

Units everywhere: ms, mV, Hz; weight matrices are post × pre.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from rheobase.models.catalogue import *  # noqa: F403
from rheobase.models.catalogue import __all__ as _catalogue
from rheobase.models.circuit import Circuit
from rheobase.models.currents import OrnsteinUhlenbeck, Pulse, Samples, Steps, WhiteNoise
from rheobase.models.distributions import LogNormal, Normal, Uniform
from rheobase.models.edges import Edges
from rheobase.models.equations import EquationError, from_brian, neuron, plasticity, synapse
from rheobase.models.graph_rules import Clustered, DegreeSequences, SmallWorld
from rheobase.models.light import Light
from rheobase.models.positions import Grid, Positions, RandomPositions
from rheobase.models.profiles import ExponentialProfile, GaussianProfile, LinearProfile
from rheobase.models.rules import AllToAll, Bernoulli, FixedInDegree, FixedOutDegree, FixedTotal, OneToOne, Pairs
from rheobase.models.sources import Events, Poisson, Trains
from rheobase.models.spatial_rules import ByDistance, Nearest
from rheobase.models.written import NAMES as _WRITTEN
from rheobase.models.written import find as _find
from rheobase.network.loading import load
from rheobase.network.network import Network
from rheobase.network.result import Result
from rheobase.progress import Interrupted

__all__ = [
    "EquationError",
    "Events",
    "from_brian",
    "neuron",
    "plasticity",
    "synapse",
    "AllToAll",
    "Bernoulli",
    "ByDistance",
    "Circuit",
    "Clustered",
    "DegreeSequences",
    "Edges",
    "ExponentialProfile",
    "FixedInDegree",
    "FixedOutDegree",
    "FixedTotal",
    "GaussianProfile",
    "Grid",
    "Interrupted",
    "Light",
    "LinearProfile",
    "LogNormal",
    "Nearest",
    "Network",
    "Normal",
    "OneToOne",
    "Pairs",
    "Poisson",
    "Positions",
    "Result",
    "OrnsteinUhlenbeck",
    "Pulse",
    "RandomPositions",
    "Samples",
    "SmallWorld",
    "Steps",
    "WhiteNoise",
    "Trains",
    "Uniform",
    "load",
    "sweep",
    "trials",
    *_catalogue,
    *_WRITTEN,
]

if TYPE_CHECKING:
    from rheobase import attractors as attractors
    from rheobase import circuits as circuits
    from rheobase import coding as coding
    from rheobase import dynamics as dynamics
    from rheobase import experiments as experiments
    from rheobase import figures as figures
    from rheobase import io as io
    from rheobase import learning as learning
    from rheobase import plot as plot
    from rheobase import rates as rates
    from rheobase import spikes as spikes
    from rheobase import theory as theory
    from rheobase.experiments import sweep as sweep
    from rheobase.experiments import trials as trials
    from rheobase.models.written.catalogue import *  # noqa: F403

#: Subpackages, loaded when first used so that ``import rheobase`` stays instant.
_SUBPACKAGES = (
    "attractors",
    "circuits",
    "coding",
    "dynamics",
    "experiments",
    "figures",
    "io",
    "learning",
    "plot",
    "rates",
    "spikes",
    "theory",
)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("rheobase")
        except PackageNotFoundError:
            return "unknown (not installed)"
    if name in _SUBPACKAGES:
        return _import_module(f"{__name__}.{name}")
    if name in ("sweep", "trials"):
        return getattr(_import_module(f"{__name__}.experiments"), name)
    if name in _WRITTEN:
        return _find(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_SUBPACKAGES, "__version__"})
