"""Theory of spiking networks: mean fields, f-I curves, random networks."""

from rheobase.theory import random_networks
from rheobase.theory.mean_field import mean_field

__all__ = [
    "mean_field",
    "random_networks",
]
