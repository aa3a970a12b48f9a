"""Check the energy along a trajectory: H, dH/dt by the chain rule, and its closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.dynamics.flows.trajectories import Trajectory
from rheobase.dynamics.hamiltonian.system import HamiltonianSystem
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class EnergyBalance(Brief):
    """Energy along a trajectory.

    Attributes
    ----------
    times : array (T,)
        Times of the trajectory.
    energy : array (T,)
        H.
    rate : array (T,)
        dH/dt by the chain rule, ∂H/∂z · z'.
    closed_form : array (T,)
        dH/dt from the system's formula.
    """

    times: np.ndarray
    energy: np.ndarray
    rate: np.ndarray
    closed_form: np.ndarray

    @property
    def mismatch(self) -> float:
        """Largest distance between chain rule and closed form."""
        return float(np.abs(self.rate - self.closed_form).max())

    @property
    def largest_increase(self) -> float:
        """Largest rise of H from one sample to the next; at most rounding for a dissipative system."""
        return float(np.diff(self.energy).max(initial=-np.inf))

    @property
    def drift(self) -> float:
        """Largest change of H since the start, relative to H(0)."""
        return float(np.abs(self.energy - self.energy[0]).max() / abs(self.energy[0]))

    def _repr_html_(self) -> str:
        return (
            f"<b>Energy balance</b>: H {self.energy[0]:.6g} → {self.energy[-1]:.6g}, "
            f"largest rise {self.largest_increase:.2g}, dH/dt off its closed form by at most {self.mismatch:.2g}"
        )


def energy_balance(system: HamiltonianSystem, trajectory: Trajectory) -> EnergyBalance:
    """Compare dH/dt with its closed form along a trajectory.

    Parameters
    ----------
    system : HamiltonianSystem
        The system the trajectory belongs to.
    trajectory : Trajectory
        Any path, of any integrator.

    Returns
    -------
    EnergyBalance

    Raises
    ------
    TypeError, ValueError
        If the path does not fit the system, or leaves the range of its transfer function.

    Examples
    --------
    >>> from rheobase.dynamics.hamiltonian import Oscillator, simulate
    >>> spring = Oscillator(friction=0.1)
    >>> energy_balance(spring, simulate(spring, [1, 0], 10, 0.1)).mismatch < 1e-12
    True
    """
    checks.instance("system", system, HamiltonianSystem, "a HamiltonianSystem")  # type: ignore[type-abstract]
    trajectory = checks.instance("trajectory", trajectory, Trajectory, "a Trajectory")
    states: Any = checks.array("trajectory.states", trajectory.states, shape=(None, system.dimension))
    return EnergyBalance(
        times=np.asarray(trajectory.times),
        energy=system.energy(states),
        rate=(system.gradient(states).T * system.field(states.T)).sum(0),
        closed_form=system.energy_rate(states),
    )
