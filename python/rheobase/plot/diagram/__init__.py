"""Populations and the arrows between them, as the picture of a circuit needs them."""
