"""Rates of neurons of many kinds, each by its own theory, where those of one theory are found together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.rates.curves import Curve
from rheobase.theory.coloured_density import settle
from rheobase.theory.coloured_noise import ColouredNoise
from rheobase.theory.membranes import Membrane
from rheobase.theory.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS


def rates_together(curves: Sequence[Curve], means: Sequence[float]) -> np.ndarray:
    """Return the rate of each curve, Hz, at its own mean input, mV."""
    rates, given = np.zeros(len(curves)), list(zip(curves, means, strict=True))
    densities = {k: c._density(mean) for k, (c, mean) in enumerate(given) if isinstance(c, ColouredNoise)}
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
