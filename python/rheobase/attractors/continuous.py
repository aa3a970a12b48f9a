"""The Hopfield network of graded units with noise, eq. 5 of the Hopfield study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.attractors.binary import square_weights
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class GradedRun(Brief):
    """Trajectories of a graded network.

    Attributes
    ----------
    times : ndarray, (samples,)
        In units of the time constant.
    states : ndarray, (samples, trials, N)
        States at these times.
    """

    times: np.ndarray
    states: np.ndarray

    @property
    def last(self) -> np.ndarray:
        """Last states, (trials, N)."""
        return self.states[-1]


class GradedHopfield:
    """A Hopfield network of graded units, ``x' = -x + f(W x) + σ η(t)``, time in units of the time constant.

    Integrated as printed (eq. 5): ``x ← x + dt [-x + f(W x)] + σ √dt ξ``. f is the sign or ``tanh(β ·)``; for one
    stored pattern the tanh has attractors only if ``β > 1``, at the overlap that solves ``m = tanh(β m)``.

    Parameters
    ----------
    weights : array, (N, N)
        post × pre.
    f : {"sign", "tanh"}
        Activation; the sign of 0 is 0.
    beta : float, default 3
        Gain of the tanh.
    sigma : float, default 0.1
        Amplitude of the white noise.
    dt : float, default 0.1
        Euler step, in (0, 1].

    Raises
    ------
    ValueError
        If the weights are not square or a parameter is out of range.

    Examples
    --------
    >>> from rheobase.attractors import GradedHopfield, cross_pattern, overlap
    >>> from rheobase.learning import hebbian
    >>> net = GradedHopfield(hebbian(cross_pattern(), diagonal=True), f="tanh", beta=3, sigma=0)
    >>> float(overlap(net.run(cross_pattern(), 50).last, cross_pattern())[0].round(6))
    0.994902
    """

    def __init__(
        self, weights: npt.ArrayLike, *, f: str = "sign", beta: float = 3.0, sigma: float = 0.1, dt: float = 0.1
    ) -> None:
        self.weights = square_weights(weights)
        self.f = checks.choice("f", f, ("sign", "tanh"))
        self.beta = checks.number("beta", beta, above=0)
        self.sigma = checks.number("sigma", sigma, low=0)
        self.dt = checks.number("dt", dt, unit="", above=0, high=1)

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.weights)

    def run(
        self, states: npt.ArrayLike, duration: float = 10.0, *, record: bool = True, seed: checks.Seed = None
    ) -> GradedRun:
        """Integrate all trials together.

        Parameters
        ----------
        states : array, (N,) or (trials, N)
            Initial states.
        duration : float, default 10
            In units of the time constant; a multiple of dt.
        record : bool, default True
            Keep every step; otherwise only the last state.
        seed : int, SeedSequence or Generator, optional
            Source of the noise.

        Returns
        -------
        GradedRun
            Times and states.

        Raises
        ------
        ValueError
            If the states have the wrong length or `duration` is off the grid of dt.
        """
        x = np.atleast_2d(checks.array("states", states))
        x = checks.array("states", x, shape=(None, self.n)).copy()
        time = checks.number("duration", duration, unit="", low=0)
        steps = round(time / self.dt)
        if abs(steps * self.dt - time) > 1e-9 * max(time, self.dt):
            raise ValueError(f"duration must be a multiple of dt = {self.dt:g}, got {time:g}")
        if checks.flag("record", record):
            checks.memory("duration", 8.0 * (steps + 1) * x.size)
        rng = checks.generator(seed)
        noise = self.sigma * np.sqrt(self.dt)
        path = [x.copy()] if record else []
        for _ in range(steps):
            x += self.dt * (-x + self._activation(x @ self.weights.T))
            if noise:
                x += noise * rng.standard_normal(x.shape)
            if record:
                path.append(x.copy())
        if not record:
            return GradedRun(np.array([steps * self.dt]), x[None])
        return GradedRun(np.arange(steps + 1) * self.dt, np.array(path))

    def energy(self, states: npt.ArrayLike) -> np.ndarray:
        """Compute ``L = ½ xᵀWx - Σ_j F((Wx)_j)`` with ``F' = f``, which equals ``-½ SᵀWS`` at a binary fixed point S.

        For symmetric, positive semi-definite W (Hebbian or pseudo-inverse with diagonal) and no noise it never rises,
        in continuous time since ``L' = -x'ᵀWx'`` and under the Euler step since F is convex, which gives
        ``ΔL <= -dt (1 - dt/2) dᵀWd`` with ``d = f(Wx) - x``.

        Parameters
        ----------
        states : array, (..., N)
            Where to evaluate it.

        Returns
        -------
        ndarray, (...)
            Energies.

        Raises
        ------
        ValueError
            If the states have another length than the network.
        """
        x = checks.array("states", states)
        if x.ndim == 0 or x.shape[-1] != self.n:
            raise ValueError(f"states must have {self.n} units along the last axis, got shape {x.shape}")
        h = x @ self.weights.T
        return 0.5 * np.sum(x * h, axis=-1) - np.sum(self._integral(h), axis=-1)

    def _activation(self, h: np.ndarray) -> np.ndarray:
        return np.sign(h) if self.f == "sign" else np.tanh(self.beta * h)

    def _integral(self, h: np.ndarray) -> np.ndarray:
        a = np.abs(h)
        if self.f == "sign":
            return a
        return a + (np.log1p(np.exp(-2 * self.beta * a)) - np.log(2)) / self.beta  # ln cosh without overflow
