"""Figures of source 002: Hamiltonian dynamics of networks."""
