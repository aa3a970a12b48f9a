"""The density of V, the synaptic current and an adaptation current, as one linear system.

The adaptation w pulls as a further current, −w, with nodes of its own: w = centre + spread y, y at those of Gauss and
Hermite. Between spikes τ_w w' = a (V − E_L) − w, and a spike adds b. Both follow from what they do to the mean of each
Hermite polynomial, so that with n levels the moments of w up to the order n − 1 obey their own equations, and so do
its correlations with V and with the current.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rheobase.theory.neurons.adaptation import Adaptation
from rheobase.theory.neurons.coloured_density import ColouredDensity
from rheobase.theory.neurons.hermite_modes import modes_of
from rheobase.theory.neurons.small_matrices import exponential


@dataclass(frozen=True, eq=False)
class AdaptingDensity(ColouredDensity):
    """The density of V, of the current and of the adaptation at one mean input.

    Attributes
    ----------
    membrane, mean, sigma, tau_s, skewness, kurtosis, nodes
        See `ColouredDensity`; `mean` is the mean input without the adaptation.
    adaptation : Adaptation
    centre, spread : float
        Where the levels of the adaptation lie, mV: near its mean, and about its s.d.
    levels : int
        Number of them.
    """

    adaptation: Adaptation
    centre: float
    spread: float
    levels: int

    @property
    def mean_adaptation(self) -> float:
        """Mean adaptation that goes with the rate and the mean potential, mV."""
        m, w, (rate, density) = self.membrane, self.adaptation, (self._steady.rate, self._steady.density)
        middle, share = (self._edges[1:] + self._edges[:-1]) / 2, self.cells * (density[:, 0] @ self.summing)
        within = self.cells**2 / 6 * (density[:, 1] @ self.summing)
        above = float(middle @ share + within.sum() + rate * m.t_ref * m.V_re)
        if rate == 0:
            return self.centre
        return w.at(rate, above / (float(share.sum()) + rate * m.t_ref))

    @property
    def adaptation_std(self) -> float:
        """s.d. of the adaptation between spikes, mV, which takes three levels; 0 where the density has none."""
        total = (self.cells @ self._steady.density[:, 0]).reshape(-1, self.levels)
        whole, first, second = modes_of(self.levels)[1][:3] @ (super().summing @ total)
        if not whole > 0:
            return 0.0
        variance = 1 + np.sqrt(2) * second / whole - (first / whole) ** 2
        return float(self.spread * np.sqrt(max(variance, 0.0)))

    @property
    def size(self) -> int:
        """Number of nodes in all."""
        return self.nodes * self.levels

    def _pushes_at(self, V: np.ndarray) -> np.ndarray:
        pull = self.centre + self.spread * modes_of(self.levels)[0]
        both = super()._pushes_at(V)[..., None] - pull
        return np.asarray(both.reshape(*both.shape[:-2], -1))

    @cached_property
    def summing(self) -> np.ndarray:
        """What the amplitudes at the nodes are multiplied by where they are added up."""
        return np.kron(super().summing, modes_of(self.levels)[1][0])

    def _for_all(self, of_currents: np.ndarray) -> np.ndarray:
        return np.kron(of_currents, np.eye(self.levels))

    def _by_level(self, of_modes: np.ndarray) -> np.ndarray:
        """Return what something does to all nodes from what it does to the Hermite modes of the adaptation."""
        modes = modes_of(self.levels)[1]
        return np.kron(np.eye(self.nodes), modes.T @ of_modes @ modes)

    @cached_property
    def _raising(self) -> np.ndarray:
        """How the modes of the adaptation change where it grows, per s.d."""
        return np.diag(np.sqrt(np.arange(1.0, self.levels)), -1)

    def _decay(self, potential: float) -> np.ndarray:
        """Return how the modes of the adaptation change at a potential, 1/ms."""
        w, k = self.adaptation, np.arange(self.levels, dtype=float)
        towards = (w.a * (potential - w.E_L) - self.centre) / self.spread
        pairs = np.diag(np.sqrt(k[2:] * k[1:-1]), -2)
        return (towards * self._raising - np.diag(k) - pairs) / w.tau_w

    @cached_property
    def _exchange(self) -> np.ndarray:
        return self._for_all(self._of_currents) + self._by_level(self._decay(self.membrane.V_re))

    @cached_property
    def _exchanges(self) -> np.ndarray:
        w, middle = self.adaptation, (self._edges[1:] + self._edges[:-1]) / 2
        per_mV = self._by_level(self._raising) * (w.a / (self.spread * w.tau_w))
        return self._exchange + (middle - self.membrane.V_re)[:, None, None] * per_mV

    @cached_property
    def _adapted(self) -> np.ndarray:
        """What becomes of the adaptation from a spike to the reset, from node to node."""
        decay = exponential(self.rest * self._decay(self.membrane.V_re))
        return self._by_level(decay @ exponential(self.adaptation.b / self.spread * self._raising))

    def beside_current(self, leaving: np.ndarray) -> np.ndarray:
        """Return what leaves through V_th, by node, as its adaptation is at the reset."""
        return self._adapted @ leaving

    @cached_property
    def after_spike(self) -> np.ndarray:
        """What becomes of current and adaptation while the neuron is refractory, from node to node."""
        # The current changes by itself.
        return np.asarray(self._for_all(super().after_spike) @ self._adapted)
