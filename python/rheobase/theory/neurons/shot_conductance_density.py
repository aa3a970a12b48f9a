"""The density of V and of synaptic conductances that jump at every spike, however large the jumps are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.legendre import leggauss

from rheobase.theory.membranes import Membrane
from rheobase.theory.neurons.coloured_density import ColouredDensity
from rheobase.theory.neurons.shot_conductance import ConductanceNodes
from rheobase.theory.neurons.small_matrices import exponential

#: Points at which what happens while the neuron is refractory is summed up, where nothing turns or decays.
_POINTS = 20


@dataclass(frozen=True, eq=False)
class ShotConductanceDensity(ColouredDensity):
    """The density of V and of one conductance or more, with what the rate follows of the spikes that open them.

    Each conductance pulls V towards its reversal potential as strongly as it is: nothing is linear in the fluctuations.

    Attributes
    ----------
    membrane, mean
        See `ColouredDensity`: the neuron with its leak alone, and its steady input.
    sigma, tau_s, skewness, kurtosis, nodes
        Those of the effective membrane, which tell how fine the grid is; `nodes` is the number of all.
    effective : Membrane
        The neuron with its mean conductances.
    effective_mean : float
        Mean input of the effective membrane, mV.
    lowest : float
        Potential below which leak and conductances all push up, mV.
    conductances : tuple of ConductanceNodes
    """

    effective: Membrane
    effective_mean: float
    lowest: float
    conductances: tuple[ConductanceNodes, ...]

    @property
    def around(self) -> tuple[Membrane, float, float]:
        """Membrane with its mean conductances, its mean input, and the weakest push, mV."""
        m, mean = self.effective, self.effective_mean
        return m, mean, -float(m.drift(np.asarray(self.lowest))) - mean

    @cached_property
    def _values(self) -> np.ndarray:
        """Conductances next to the leak (conductances × nodes)."""
        each = np.meshgrid(*[c.values for c in self.conductances], indexing="ij")
        return np.array([g.ravel() for g in each])

    def _pushes_at(self, V: np.ndarray) -> np.ndarray:
        reversals = np.array([c.conductance.reversal for c in self.conductances])
        pulling = reversals @ self._values
        return np.asarray(pulling - np.asarray(V)[..., None] * self._values.sum(0))

    @property
    def distance_of_nodes(self) -> float:
        """0: what holds the neuron at V_th is no one conductance, so that nodes pass it one by one."""
        return 0.0

    @cached_property
    def summing(self) -> np.ndarray:
        """What the amplitudes at the nodes are multiplied by where they are added up."""
        return _product([c.modes[0] for c in self.conductances])

    def _acting_alone(self, which: int, change: np.ndarray) -> np.ndarray:
        """Return what a change of one conductance does to all nodes."""
        parts = [np.eye(len(c.centre)) for c in self.conductances]
        parts[which] = change
        return _product(parts)

    @cached_property
    def _of_currents(self) -> np.ndarray:
        return np.asarray(sum(self._acting_alone(k, c.exchange) for k, c in enumerate(self.conductances)))

    def _changed(self, times: np.ndarray) -> np.ndarray:
        """Return what becomes of the conductances, each by itself, within times (any,), ms, from node to node."""
        whole = np.ones((len(times), 1, 1))
        for c in self.conductances:
            n = whole.shape[-1] * len(c.centre)
            alone = exponential(times[:, None, None] * c.exchange)
            whole = np.einsum("tij,tkl->tikjl", whole, alone).reshape(len(times), n, n)
        return whole

    @cached_property
    def after_spike(self) -> np.ndarray:
        """What becomes of the conductances while the neuron is refractory, from node to node."""
        return np.asarray(self._changed(np.array([self.rest]))[0])

    @cached_property
    def _jumps(self) -> tuple[np.ndarray, ...]:
        """What spikes of each kind do to the conductances, per spike on each of their connections."""
        return tuple(self._acting_alone(k, jump) for k, c in enumerate(self.conductances) for jump in c.jumps)

    @cached_property
    def _by_spikes(self) -> tuple[np.ndarray, ...]:
        """What spikes of each kind do to all that has nodes."""
        return tuple(map(self._for_all, self._jumps))

    @property
    def _noises(self) -> int:
        return len(self._jumps)

    def by_noise(self, density: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the changes of the density per spike of each kind on each of its connections."""
        return tuple(np.asarray(self._weights[..., None] * (density @ jump.T)) for jump in self._by_spikes)

    def _noise_while_refractory(self, omega: np.ndarray, leaving: np.ndarray) -> np.ndarray:
        """Return ∫ exp(−iωu) E(u) J E(rest − u) du of what left, u the time since spikes of each kind came.

        E is what becomes of the conductances within a time, J what a spike does. Points are Gauss and Legendre's, as
        many as what turns and decays within `rest` asks for.
        """
        fastest = sum((len(c.centre) - 1) / c.conductance.tau for c in self.conductances)
        points, weights = leggauss(_POINTS + int(self.rest * (np.abs(omega).max() + fastest) / 4))
        since, weights = self.rest * (1 + points) / 2, self.rest * weights / 2
        changed = self._changed(since)
        before = changed[::-1] @ leaving.reshape(changed.shape[-1], -1)
        added = np.stack([(changed @ (jump @ before)).reshape(len(since), -1) for jump in self._jumps])
        return np.asarray(np.tensordot(weights * np.exp(-1j * np.outer(omega, since)), added, (1, 1)))


def _product(parts: list[np.ndarray]) -> np.ndarray:
    whole = parts[0]
    for part in parts[1:]:
        whole = np.kron(whole, part)
    return whole
