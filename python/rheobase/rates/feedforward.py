"""Feedforward rate networks of any number of layers (eq. 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Described
from rheobase.rates.curves import Curve, CurveLike, as_curve
from rheobase.rates.network import RateNetwork
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False)
class FeedforwardNetwork(Described):
    """Layers of rates, each driven by the one before: r¹ = f(W¹ r_x), r² = f(W² r¹), ...

    Parameters
    ----------
    weights : sequence of array_like
        Of each layer, mV·ms, postsynaptic × presynaptic: shape (size of the layer, size of the one before).
    f : f-I curve or callable, or a sequence with one per layer
        From input, mV, to rate, Hz.
    dimensionless : bool
        As in `RateNetwork`.

    Raises
    ------
    ValueError
        If the shapes of consecutive layers do not fit.

    Examples
    --------
    >>> from rheobase.rates import ThresholdLinear
    >>> FeedforwardNetwork([[[3200, -800]]], ThresholdLinear(3.58, 9.64)).rates([8, 15])[0].round(4)
    array([14.1768])
    """

    weights: Sequence[npt.ArrayLike]
    f: CurveLike | Sequence[CurveLike]
    dimensionless: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.weights, Sequence) or not len(self.weights):
            raise ValueError(f"weights must be a sequence of at least one matrix, got {self.weights!r}")
        matrices: list[np.ndarray] = []
        for k, W in enumerate(self.weights):
            before = matrices[-1].shape[0] if matrices else None
            matrices.append(checks.array(f"weights[{k}]", W, shape=(None, before)))
        checks.flag("dimensionless", self.dimensionless)
        curves = [self.f] * len(matrices) if callable(self.f) else self.f
        if not isinstance(curves, Sequence) or len(curves) != len(matrices):
            raise ValueError(f"f must be one f-I curve, or one for each of {len(matrices)} layers, got {self.f!r}")
        object.__setattr__(self, "weights", tuple(matrices))
        object.__setattr__(self, "f", tuple(as_curve(f"f[{k}]", f) for k, f in enumerate(curves)))

    @property
    def _curves(self) -> tuple[Curve, ...]:
        """`f` as the constructor left it, one per layer."""
        return cast("tuple[Curve, ...]", self.f)

    def rates(self, r_x: npt.ArrayLike) -> tuple[np.ndarray, ...]:
        """Return the steady rates of every layer.

        Parameters
        ----------
        r_x : array_like, shape (inputs,)
            Rates of the input, Hz.

        Returns
        -------
        tuple of ndarray
            Rates of each layer, Hz.
        """
        matrices = [np.asarray(W) for W in self.weights]
        r = checks.array("r_x", r_x, shape=(matrices[0].shape[1],))
        layers = []
        for W, f in zip(matrices, self._curves, strict=True):
            r = f((1 if self.dimensionless else PER_MS) * W @ r)
            layers.append(r)
        return tuple(layers)

    def network(self, r_x: npt.ArrayLike, tau: npt.ArrayLike = 10.0) -> RateNetwork:
        """Return the network as dynamics, τ r' = −r + f(W r + X): one population per unit, in the order of the layers.

        Parameters
        ----------
        r_x : array_like, shape (inputs,)
            Rates of the input, Hz.
        tau : float or array_like, shape (units,)
            Time constants, ms.

        Returns
        -------
        RateNetwork
            Its only fixed point holds the rates of `rates`; the weights are block-subdiagonal, so it is always stable.
        """
        matrices = [np.asarray(W) for W in self.weights]
        r = checks.array("r_x", r_x, shape=(matrices[0].shape[1],))
        sizes = [len(W) for W in matrices]
        edges = np.concatenate([[0], np.cumsum(sizes)])
        W = np.zeros((edges[-1], edges[-1]))
        for k in range(1, len(matrices)):
            W[edges[k] : edges[k + 1], edges[k - 1] : edges[k]] = matrices[k]
        X = np.zeros(edges[-1])
        X[: edges[1]] = (1 if self.dimensionless else PER_MS) * matrices[0] @ r
        curves = [f for f, size in zip(self._curves, sizes, strict=True) for _ in range(size)]
        names = [f"{k + 1}.{j}" for k, size in enumerate(sizes) for j in range(size)]
        return RateNetwork(W, X, curves, tau=tau, names=names, dimensionless=self.dimensionless)
