"""Spiking networks at the speed of memory, and the way from their spikes to theory.

Units everywhere: ms, mV, Hz; weight matrices are post × pre.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from rheobase.connect import AllToAll, Bernoulli, FixedInDegree, FixedOutDegree, FixedTotal, OneToOne, Pairs
from rheobase.currents import OrnsteinUhlenbeck, Pulse, Samples, Steps, WhiteNoise
from rheobase.distributions import LogNormal, Normal, Uniform
from rheobase.inputs import Poisson, Trains
from rheobase.light import Light
from rheobase.network import Network
from rheobase.neurons import *  # noqa: F403
from rheobase.neurons import MODELS as _MODELS
from rheobase.plasticity import *  # noqa: F403
from rheobase.plasticity import RULES as _RULES
from rheobase.storage import load
from rheobase.synapses import *  # noqa: F403
from rheobase.synapses import KERNELS as _KERNELS

__all__ = [
    "AllToAll",
    "Bernoulli",
    "FixedInDegree",
    "FixedOutDegree",
    "FixedTotal",
    "Light",
    "LogNormal",
    "Network",
    "Normal",
    "OneToOne",
    "Pairs",
    "Poisson",
    "OrnsteinUhlenbeck",
    "Pulse",
    "Samples",
    "Steps",
    "WhiteNoise",
    "Trains",
    "Uniform",
    "load",
    *_KERNELS,
    *_MODELS,
    *_RULES,
]

if TYPE_CHECKING:
    from rheobase import attractors as attractors
    from rheobase import circuits as circuits
    from rheobase import coding as coding
    from rheobase import dynamics as dynamics
    from rheobase import figures as figures
    from rheobase import learning as learning
    from rheobase import plot as plot
    from rheobase import rates as rates
    from rheobase import spikes as spikes
    from rheobase import theory as theory

#: Subpackages, loaded when first used so that ``import rheobase`` stays instant.
_SUBPACKAGES = (
    "attractors",
    "circuits",
    "coding",
    "dynamics",
    "figures",
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
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_SUBPACKAGES])
