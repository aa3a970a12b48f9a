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
from scipy.linalg import eigh_tridiagonal

from rheobase.models.values import Brief
from rheobase.theory.inputs.afferents import Afferent
from rheobase.units import PER_MS

#: Largest skewness, up to which neurons have the order of a normal variable.
_SKEWEST = 0.8

#: Kinds that stand for what is left to chance where more is known, and groups of neurons of whom it is known.
_BY_CHANCE, _GROUPS = 9, 200

#: Kinds more where it is: a distribution that need not be like a normal one takes more.
_MORE = 2

#: Distance next to that of all points below which there is no further one.
_ALONE = 1e-9

#: Smallest part that neurons receive by chance of what others do on the average.
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
    afferents: Sequence[Afferent],
    senders: Mapping[str, tuple[float, float]],
    input_variance: float,
    own_inputs: np.ndarray | None = None,
) -> float:
    """Return the variance of the mean input over neurons, mV²; see `differences`."""
    chance = _variance(*_by_chance(afferents, senders), input_variance)
    known = _known_inputs(afferents, senders, own_inputs)
    return chance if known is None else chance + float(known.var())


def differences(
    afferents: Sequence[Afferent],
    senders: Mapping[str, tuple[float, float]],
    input_variance: float,
    kinds: int,
    own_inputs: np.ndarray | None = None,
) -> Differences:
    """Return so many kinds of neurons, from means (Hz) and variances (Hz²) of the senders' rates.

    The mean inputs of the kinds are the nodes of a Gauss–Hermite quadrature, moved so that they have the skewness of
    the mean input (Cornish & Fisher). What a kind receives from an afferent is its expectation at that mean input.

    Where numbers of connections are known one by one, or steady inputs that differ from their mean by `own_inputs`, mV,
    the nodes are those of the Gaussian quadrature of the mean inputs that neurons have, whatever their distribution;
    what is left to chance is added to these. There are two kinds more then, or fewer where neurons are of fewer.
    """
    by_chance, rates = _by_chance(afferents, senders)
    known = _known_inputs(afferents, senders, own_inputs)
    if known is None:
        return _normal(afferents, rates, input_variance, kinds)
    if _variance(by_chance, rates, input_variance) > 0:
        normal = _normal(by_chance, rates, input_variance, _BY_CHANCE)
        z = (normal.parts - 1) @ _means(by_chance, rates) + normal.shifts
    else:
        normal = Differences(np.ones(1), np.ones((1, len(afferents))), np.zeros(1))
        z = np.zeros(1)
    groups = _alike(known)
    each = np.array([[1.0 if a.numbers is None else a.numbers[group].mean() for a in afferents] for group in groups])
    inputs = np.array([0.0 if own_inputs is None else own_inputs[group].mean() for group in groups])
    weights = np.outer([len(group) / len(known) for group in groups], normal.weights).ravel()
    totals = np.add.outer([known[group].mean() for group in groups], z).ravel()
    parts = (each[:, None] + normal.parts[None] - 1).reshape(-1, len(afferents))
    shifts = np.add.outer(inputs, normal.shifts).ravel()
    nodes, at_nodes = _gauss(totals, weights, kinds + _MORE)
    return Differences(nodes, np.maximum(at_nodes @ parts, 0.0), at_nodes @ shifts)


def _alike(known: np.ndarray) -> list[np.ndarray]:
    """Return neurons of equal inputs, or of like ones where there are many: in groups smallest at both ends."""
    order, inputs = np.argsort(known, kind="stable"), np.sort(known)
    apart = 1 + np.flatnonzero(np.diff(inputs) > _ALONE * np.ptp(inputs))
    if len(apart) >= _GROUPS:
        share = (1 - np.cos(np.pi * np.arange(1, _GROUPS) / _GROUPS)) / 2
        apart = np.unique((share * len(order)).astype(int))
    return [group for group in np.split(order, apart) if len(group)]


def _by_chance(
    afferents: Sequence[Afferent], senders: Mapping[str, tuple[float, float]]
) -> tuple[list[Afferent], list[tuple[float, float]]]:
    """Return afferents without what is known one by one, and the mean rates, Hz, and variances, Hz², of senders."""
    found = [(a.by_chance(senders[a.pre][1]), senders[a.pre][0]) for a in afferents]
    return [a for (a, _), _ in found], [(rate, variance) for (_, variance), rate in found]


def _variance(afferents: Sequence[Afferent], rates: Sequence[tuple[float, float]], input_variance: float) -> float:
    """Return the variance over neurons of the mean input, mV²."""
    return input_variance + sum(a.quenched(*rate) for a, rate in zip(afferents, rates, strict=True))


def _known_inputs(
    afferents: Sequence[Afferent], senders: Mapping[str, tuple[float, float]], own_inputs: np.ndarray | None
) -> np.ndarray | None:
    """Return what is known of the mean input of each neuron next to that of all, mV; None where it is nothing."""
    arriving = [
        PER_MS * a.n * a.weight * senders[a.pre][0] * (a.numbers - 1) for a in afferents if a.numbers is not None
    ]
    return sum(arriving, np.zeros(1) if own_inputs is None else own_inputs) if arriving else own_inputs


def _means(afferents: Sequence[Afferent], rates: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return the mean input from each afferent, mV."""
    return np.array([PER_MS * a.n * a.weight * rate for a, (rate, _) in zip(afferents, rates, strict=True)])


def _normal(
    afferents: Sequence[Afferent], rates: Sequence[tuple[float, float]], input_variance: float, kinds: int
) -> Differences:
    """Return kinds of neurons that differ by chance."""
    z, weights = _quadrature(kinds)
    pairs = list(zip(afferents, rates, strict=True))
    own = np.array([a.quenched(*rate) for a, rate in pairs])
    std = float(np.sqrt(input_variance + own.sum()))
    skewness = float(np.clip(sum(a.quenched_third(*rate) for a, rate in pairs) / std**3, -_SKEWEST, _SKEWEST))
    z = (z + skewness / 6 * (z**2 - 1)) / np.sqrt(1 + skewness**2 / 18)
    means = _means(afferents, rates)
    slopes = np.divide(own, means * std, out=np.zeros_like(own), where=means != 0)
    return Differences(weights, np.maximum(1 + np.outer(z, slopes), _LEAST_PART), input_variance / std * z)


def _gauss(x: np.ndarray, weights: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights of the Gaussian quadrature of points x with weights, and what makes means at nodes of values.

    By Lanczos' process (Golub & Welsch 1969). The second, shape (count, points), takes values at the points to those of
    the polynomial next to them at the nodes. There are fewer nodes than `count` where there are fewer points.
    """
    root = np.sqrt(weights / weights.sum())
    basis, diagonal, beside = [root], [], []
    scale = np.ptp(x)
    for _ in range(count):
        last = basis[-1]
        diagonal.append(float(last @ (x * last)))
        way = x * last
        for _ in range(2):  # once more: rounding leaves parts along those that are there
            way = way - sum(q * (q @ way) for q in basis)
        size = float(np.linalg.norm(way))
        if len(basis) == count or size <= _ALONE * scale:
            break
        beside.append(size)
        basis.append(way / size)
    _, vectors = eigh_tridiagonal(np.array(diagonal), np.array(beside))
    first = vectors[0]
    return first**2, (vectors.T @ np.array(basis) * root) / first[:, None]
