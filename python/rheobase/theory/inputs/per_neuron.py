"""What is known of each neuron of a population: values of a parameter, and numbers of connections."""

from __future__ import annotations

import numpy as np

from rheobase.models.distributions import Distribution, Normal
from rheobase.models.graph_rules import DegreeSequences
from rheobase.models.rules import FixedInDegree, Pairs, Rule

#: Draws whose mean stands for one neuron.
_DRAWS = 50


def one_by_one(value: object, n: int, seed: tuple[int, ...]) -> np.ndarray | None:
    """Return what n neurons have of a parameter, None where it is the same for all, or normally distributed.

    Draws of another distribution are spread evenly over it, in an order that the seed gives.
    """
    if isinstance(value, Distribution):
        if n == 0 or (isinstance(value, Normal) and not np.isfinite([value.low, value.high]).any()):
            return None
        random = np.random.default_rng(seed)
        even = np.sort(value.sample(_DRAWS * n, random)).reshape(n, _DRAWS).mean(axis=1)
        return _if_they_differ(random.permutation(even))
    values = np.ravel(np.asarray(value, dtype=float))
    return _if_they_differ(values) if values.size == n else None


def in_degrees(rule: Rule, n: int, seed: tuple[int, ...]) -> np.ndarray | None:
    """Return the numbers of connections of n targets of a rule, None where chance gives them, or all have as many."""
    if isinstance(rule, DegreeSequences):
        return one_by_one(rule.in_degrees, n, seed)
    if isinstance(rule, FixedInDegree):
        return one_by_one(rule.k, n, seed)
    if isinstance(rule, Pairs):
        return _if_they_differ(np.bincount(rule.post, minlength=n).astype(float))
    return None


def _if_they_differ(values: np.ndarray) -> np.ndarray | None:
    return values if values.size and np.ptp(values) > 0 else None
