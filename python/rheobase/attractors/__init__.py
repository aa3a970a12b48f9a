"""Attractor networks: Hopfield's associative memory with binary and graded units."""

from rheobase.attractors.binary import EnergyPath, HopfieldNetwork, Recall
from rheobase.attractors.capacity import CapacityBounds, RecoveryCurves, capacity_bounds, recovery_curves
from rheobase.attractors.continuous import GradedHopfield, GradedRun
from rheobase.attractors.patterns import corrupt, cross_pattern, overlap, random_patterns, smiley_pattern

__all__ = [
    "CapacityBounds",
    "EnergyPath",
    "GradedHopfield",
    "GradedRun",
    "HopfieldNetwork",
    "Recall",
    "RecoveryCurves",
    "capacity_bounds",
    "corrupt",
    "cross_pattern",
    "overlap",
    "random_patterns",
    "recovery_curves",
    "smiley_pattern",
]


def __dir__() -> list[str]:
    return __all__
