"""Plots; every function takes `ax=` and returns its artists."""

from rheobase.plot import random_networks

__all__ = ["random_networks"]
