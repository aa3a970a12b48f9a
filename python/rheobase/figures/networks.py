"""Figures of chapter 3: networks and their mean field."""
