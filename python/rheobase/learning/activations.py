"""Activation functions of artificial networks, and the softmax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logsumexp

from rheobase import checks


@dataclass(frozen=True)
class Activation:
    """A function ``v = f(z)`` applied to each unit, and its derivative.

    Attributes
    ----------
    name : str
        What to ask for it by.
    f : callable
        v from z.
    slope : callable
        f'(z) written in terms of the output v, which training has at hand.
    """

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]

    def __reduce__(self) -> tuple[Callable[[str], Activation], tuple[str]]:
        return activation, (self.name,)


ACTIVATIONS = {
    a.name: a
    for a in (
        Activation("logistic", expit, lambda v: v * (1 - v)),  # expit: e^z/(e^z + 1) overflows
        Activation("tanh", np.tanh, lambda v: 1 - v**2),
        Activation("relu", lambda z: np.maximum(z, 0), lambda v: (v > 0).astype(float)),
        Activation("linear", lambda z: z, np.ones_like),
    )
}


def activation(name: str) -> Activation:
    """Return the activation function of that name: "logistic", "tanh", "relu" or "linear".

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> float(activation("logistic").f(np.array(0.0)))
    0.5
    """
    return ACTIVATIONS[checks.choice("name", name, ACTIVATIONS)]


def softmax(v: npt.ArrayLike) -> np.ndarray:
    """Compute ``exp(v_k)/Σ_j exp(v_j)`` along the last axis, safe from overflow.

    Parameters
    ----------
    v : array, (..., classes)
        Outputs.

    Returns
    -------
    ndarray, (..., classes)
        Probabilities.

    Raises
    ------
    ValueError
        If there is no class or a value is not finite.

    Examples
    --------
    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    v = checks.array("v", v)
    if not v.ndim or not v.shape[-1]:
        raise ValueError(f"v must have at least one class along its last axis, got shape {v.shape}")
    return np.exp(v - logsumexp(v, axis=-1, keepdims=True))
