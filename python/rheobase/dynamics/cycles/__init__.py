"""Limit cycles, their branches and bifurcations, their phases, and homoclinic orbits."""
