"""Rates and spectra of neurons of many kinds, each by its own theory, where those of one are found together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rheobase.rates.curves import Curve
from rheobase.theory.membranes import Membrane
from rheobase.theory.neurons.coloured_density import settle, spectra_together
from rheobase.theory.neurons.coloured_noise import ColouredNoise, density_of
from rheobase.theory.neurons.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS


class HasSpectrum(Curve, Protocol):
    """f–I curve that knows the power spectrum of the spike trains."""

    def power_spectrum(self, frequencies: npt.ArrayLike, I: float) -> np.ndarray:  # noqa: E741
        """Return it, Hz."""


def rates_together(curves: Sequence[Curve], means: Sequence[float]) -> np.ndarray:
    """Return the rate of each curve, Hz, at its own mean input, mV."""
    rates, given = np.zeros(len(curves)), list(zip(curves, means, strict=True))
    densities = {k: density_of(c, mean) for k, (c, mean) in enumerate(given) if isinstance(c, ColouredNoise)}
    settle(list(densities.values()))
    white: dict[tuple[Membrane, int], dict[int, float]] = {}
    for k, (curve, mean) in enumerate(given):
        if isinstance(curve, ThresholdIntegration):
            white.setdefault((curve.membrane, curve.points), {})[k] = curve.sigma
        else:
            rates[k] = densities[k].rate / PER_MS if k in densities else float(curve(mean))
    for (membrane, points), sigmas in white.items():
        of_all = ThresholdIntegration(membrane, points=points)
        rates[list(sigmas)] = of_all([means[k] for k in sigmas], list(sigmas.values()))
    return rates


def powers_together(curves: Sequence[HasSpectrum], means: Sequence[float], hertz: np.ndarray) -> np.ndarray:
    """Return the power spectrum of each curve's neurons, Hz, at its own mean input, mV; shape (number, F)."""
    powers, given = np.zeros((len(curves), len(hertz))), list(zip(curves, means, strict=True))
    densities = {k: density_of(c, mean) for k, (c, mean) in enumerate(given) if isinstance(c, ColouredNoise)}
    found = spectra_together(list(densities.values()), 2 * np.pi * PER_MS * hertz)
    powers[list(densities)] = np.reshape(found, (-1, len(hertz))) / PER_MS
    for k, (curve, mean) in enumerate(given):
        if k not in densities:
            powers[k] = curve.power_spectrum(hertz, mean)
    return powers
