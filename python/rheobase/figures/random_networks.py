"""Figures of source 003: random recurrent networks."""
