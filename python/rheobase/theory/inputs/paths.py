"""How modulated rates of senders reach a neuron: through synapses and delays, and as modulated noise."""

from __future__ import annotations

import numpy as np

from rheobase.theory.inputs.afferents import Afferent
from rheobase.units import PER_MS


def to_current(a: Afferent, omega: np.ndarray) -> np.ndarray:
    """Return what a rate, Hz, becomes of current, mV, but for delays, at angular frequencies, 1/ms."""
    wave = np.full(len(omega), PER_MS * a.n * a.weight, dtype=complex)
    for tau in a.tau:
        wave = wave / (1 + 1j * omega * tau)
    return wave


def delayed(a: Afferent, omega: np.ndarray) -> np.ndarray:
    """Return what the delays do to a modulation, their distribution taken as normal."""
    return np.asarray(np.exp(-1j * omega * a.delay - a.delay_variance * omega**2 / 2))


def share_of_noise(a: Afferent, tau_m: float, std: float) -> float:
    """Return by which part the variance of the free potential, of s.d. `std`, grows per Hz of the senders."""
    return PER_MS * a.n * a.cumulant(2, tau_m) / std**2 if std > 0 else 0.0
