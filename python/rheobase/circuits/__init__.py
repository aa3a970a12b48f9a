"""Published circuits, ready to run at any size."""

from rheobase.circuits.cortex import cortex

__all__ = ["cortex"]
