"""The density of V and of a synaptic current that a conductance carries, so that it is weaker or stronger with V.

Conductances g_a with reversal potentials E_a bring Σ g_a (E_a − V). Their fluctuations are those of a current η at V₀,
less what the total conductance fluctuates by times V − V₀; of that, a part ρ η goes with the current: the noise is
η (1 − ρ (V − V₀)), which makes excursions skewed. The rest has no mean effect to first order in the fluctuations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.theory.neurons.coloured_density import ColouredDensity


@dataclass(frozen=True, eq=False)
class ConductanceDensity(ColouredDensity):
    """The density of V and of a current whose amplitude depends on V.

    Attributes
    ----------
    membrane, mean, sigma, tau_s, skewness, kurtosis, nodes
        See `ColouredDensity`; with mean conductances in the drift, and the noise at `V_0`.
    V_0 : float
        Potential at which the noise is as given, mV.
    slope : float
        ρ, by which part the noise becomes weaker per mV above it, 1/mV.
    """

    V_0: float
    slope: float

    def _pushes_at(self, V: np.ndarray) -> np.ndarray:
        return np.asarray((1 - self.slope * (V - self.V_0))[..., None] * self._pushes)
