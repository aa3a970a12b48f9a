"""Figures of source 001: rate models and Hopfield networks."""
