"""Dynamical systems: fixed points, slow points and flows."""

from rheobase.dynamics import hamiltonian

__all__ = ["hamiltonian"]
