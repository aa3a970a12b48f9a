"""Pictures with matplotlib: each function takes `ax` and returns what it drew."""

from rheobase.plot.attractors import hopfield_energy, hopfield_weights, overlaps, patterns, recovery_curves
from rheobase.plot.coding import discriminability, discriminant, discriminant_histogram, tuning_curve
from rheobase.plot.learning_curves import confusion_matrix, learning_curve

__all__ = [
    "confusion_matrix",
    "discriminability",
    "discriminant",
    "discriminant_histogram",
    "hopfield_energy",
    "hopfield_weights",
    "learning_curve",
    "overlaps",
    "patterns",
    "recovery_curves",
    "tuning_curve",
]
