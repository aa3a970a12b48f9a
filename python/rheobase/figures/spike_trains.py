"""Figures of chapter 2: spike trains and their statistics."""
