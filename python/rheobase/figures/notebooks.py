"""Figures of the textbook's notebooks that are not in the text."""
