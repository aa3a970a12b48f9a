"""Spiking networks at the speed of memory, and the way from their spikes to theory.

Units everywhere: ms, mV, Hz; weight matrices are post × pre.
"""

from importlib import import_module as _import_module

from rheobase.connect import AllToAll, Bernoulli, FixedInDegree, FixedOutDegree, FixedTotal, OneToOne, Pairs
from rheobase.distributions import LogNormal, Normal, Uniform
from rheobase.inputs import Poisson, Trains
from rheobase.network import Network
from rheobase.neurons import *  # noqa: F403
from rheobase.neurons import MODELS as _MODELS
from rheobase.synapses import *  # noqa: F403
from rheobase.synapses import KERNELS as _KERNELS

__all__ = [  # noqa: PLE0604
    "AllToAll",
    "Bernoulli",
    "FixedInDegree",
    "FixedOutDegree",
    "FixedTotal",
    "LogNormal",
    "Network",
    "Normal",
    "OneToOne",
    "Pairs",
    "Poisson",
    "Trains",
    "Uniform",
    *_KERNELS,
    *_MODELS,
]

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
