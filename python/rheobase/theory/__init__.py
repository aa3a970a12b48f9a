"""Theory of neural circuits."""

from rheobase.theory import random_networks

__all__ = ["random_networks"]
