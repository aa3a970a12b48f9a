"""Dynamical systems: fixed points, slow points and flows."""

from rheobase.dynamics import hamiltonian
from rheobase.dynamics.slow_points import Flow, RateField, SlowPoints, VectorField, find_slow_points

__all__ = ["Flow", "RateField", "SlowPoints", "VectorField", "find_slow_points", "hamiltonian"]
