"""How neurons of a population differ by what they happen to receive.

A neuron's mean input is a sum over many senders, with a distribution over neurons whose variance and skewness follow
from the numbers of its inputs, their weights and the rates of the senders. Neurons with a larger mean input receive on
the average more of what excites and less of what inhibits them, each as its share of the variance says: with that their
noise, and their conductances, differ as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from rheobase.models.values import Brief
from rheobase.theory.inputs.afferents import Afferent
from rheobase.units import PER_MS

#: Largest skewness, up to which neurons have the order of a normal variable.
_SKEWEST = 0.8

#: Smallest part that neurons receive of what others do on the average.
_LEAST_PART = 0.05


@cache
def _quadrature(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights for averages over a standard normal variable; see `noiseless` why at the first use."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return nodes, weights / weights.sum()


@dataclass(frozen=True, eq=False, repr=False)
class Differences(Brief):
    """Kinds of neurons that stand for all of a population.

    Attributes
    ----------
    weights : ndarray, shape (K,)
        Parts of the neurons that each kind stands for.
    parts : ndarray, shape (K, number of afferents)
        What they receive from each afferent, next to the mean.
    shifts : ndarray, shape (K,)
        What they have more of steady input, mV.
    """

    weights: np.ndarray
    parts: np.ndarray
    shifts: np.ndarray


def quenched_variance(
    afferents: Sequence[Afferent], senders: Mapping[str, tuple[float, float]], input_variance: float
) -> float:
    """Return the variance of the mean input over neurons, mV²."""
    return input_variance + sum(a.quenched(*senders[a.pre]) for a in afferents)


def differences(
    afferents: Sequence[Afferent], senders: Mapping[str, tuple[float, float]], input_variance: float, kinds: int
) -> Differences:
    """Return so many kinds of neurons, from means (Hz) and variances (Hz²) of the senders' rates.

    The mean inputs of the kinds are the nodes of a Gauss–Hermite quadrature, moved so that they have the skewness of
    the mean input (Cornish & Fisher). What a kind receives from an afferent is its expectation at that mean input.
    """
    z, weights = _quadrature(kinds)
    own = np.array([a.quenched(*senders[a.pre]) for a in afferents])
    std = float(np.sqrt(quenched_variance(afferents, senders, input_variance)))
    third = sum(a.quenched_third(*senders[a.pre]) for a in afferents) / std**3
    skewness = float(np.clip(third, -_SKEWEST, _SKEWEST))
    z = (z + skewness / 6 * (z**2 - 1)) / np.sqrt(1 + skewness**2 / 18)
    means = np.array([PER_MS * a.n * a.weight * senders[a.pre][0] for a in afferents])
    slopes = np.divide(own, means * std, out=np.zeros_like(own), where=means != 0)
    return Differences(weights, np.maximum(1 + np.outer(z, slopes), _LEAST_PART), input_variance / std * z)
