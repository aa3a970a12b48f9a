"""Losses of a batch of outputs against their targets, with the gradient at the output layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from rheobase import checks
from rheobase.learning.activations import ACTIVATIONS, Activation, activation, softmax

LOSSES = ("squared", "cross_entropy")


@dataclass(frozen=True)
class Loss:
    """A cost ``J = (1/m) Σ L(v, y)`` with the activation of the output layer that goes with it.

    Attributes
    ----------
    output : Activation
        ``v = f(z)`` of the output layer.
    cost : callable
        J from outputs v and targets y, both (m, classes).
    delta : callable
        ``∂L/∂z`` of each sample, (m, classes), from v and y.
    """

    output: Activation
    cost: Callable[[np.ndarray, np.ndarray], float]
    delta: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def __reduce__(self) -> tuple[Callable[..., Loss], tuple[str, str]]:
        return loss_function, (LOSSES[self.cost is _cross_entropy], self.output.name)


def loss_function(name: str, output: str = "logistic") -> Loss:
    """Return a loss by name.

    Parameters
    ----------
    name : {"squared", "cross_entropy"}
        ``L = ½‖v - y‖²`` (4.10), or ``L = -y·v + log Σ_j exp v_j = -log softmax(v)_k`` with k the true class.
    output : {"logistic", "tanh", "relu", "linear"}
        Activation of the output layer for the squared loss; the cross-entropy takes linear outputs.

    Raises
    ------
    ValueError
        If there is no loss or activation of that name.

    Examples
    --------
    >>> round(loss_function("cross_entropy").cost(np.zeros((1, 12)), np.eye(12)[:1]), 6)
    2.484907
    """
    if checks.choice("name", name, LOSSES) == "cross_entropy":
        return Loss(activation("linear"), _cross_entropy, lambda v, y: softmax(v) - y)
    f = activation(checks.choice("output", output, ACTIVATIONS))
    return Loss(f, _squared, lambda v, y: (v - y) * f.slope(v))


def _squared(v: np.ndarray, y: np.ndarray) -> float:
    return float(0.5 * np.sum((v - y) ** 2, axis=1).mean())


def _cross_entropy(v: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(logsumexp(v, axis=1) - np.sum(y * v, axis=1)))
