"""Gates of ion channels: how fast they open and close at a membrane potential, and where they settle (book B.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class Gate(Brief):
    """The kinetics a' = α (1 − a) − β a = (a_∞ − a)/τ_a of a gate, against the membrane potential.

    Attributes
    ----------
    V : ndarray
        Membrane potentials, mV.
    alpha, beta : ndarray, of the shape of `V`
        Rates of opening and of closing, 1/ms.
    """

    V: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray

    @property
    def steady(self) -> np.ndarray:
        """Where the gate settles, a_∞ = α/(α + β)."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def tau(self) -> np.ndarray:
        """Its time constant τ_a = 1/(α + β), ms."""
        return 1 / (self.alpha + self.beta)
