"""Branches of fixed points and their bifurcations, in one parameter and in two."""
