"""Spiking networks at the speed of memory, and the way from their spikes to theory.

Units everywhere: ms, mV, Hz; weight matrices are post × pre.
"""

from importlib import import_module as _import_module

#: Subpackages, loaded when first used so that ``import rheobase`` stays instant.
_SUBPACKAGES = ("attractors", "coding", "dynamics", "figures", "learning", "plot", "rates", "spikes", "theory")


def __getattr__(name: str) -> object:
    if name in _SUBPACKAGES:
        return _import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_SUBPACKAGES])
