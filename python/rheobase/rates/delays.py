"""Rate networks whose rates take time to arrive: the method of steps on a grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rheobase import checks

#: State at a time before the start.
History = Callable[[float], npt.ArrayLike]


class Network(Protocol):
    """What a network must say of itself, as `RateNetwork` does."""

    @property
    def form(self) -> str:
        """``"rate"`` or ``"current"``."""

    @property
    def tau(self) -> npt.ArrayLike:
        """Time constants, ms."""

    @property
    def n(self) -> int:
        """Number of populations."""

    @property
    def coupling(self) -> Any:
        """Current per rate, shape (n, n), an array or a sparse one."""

    def external(self, t: float) -> np.ndarray:
        """Return the external input, shape (n,)."""

    def activation(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rates at total inputs."""

    def rates(self, state: npt.ArrayLike, t: float) -> np.ndarray:
        """Return the rates that belong to a state."""


def delay_steps(delay: npt.ArrayLike, n: int, dt: float) -> np.ndarray:
    """Return the delays as numbers of steps, one for all connections or shape (n, n)."""
    delays = checks.array("delay", delay, low=0)
    if delays.shape not in ((), (n, n)):
        raise ValueError(f"delay must be a scalar or have shape ({n}, {n}), as W has, got {delays.shape}")
    values, places = np.unique(delays, return_inverse=True)
    counts = np.array([checks.steps("delay", value, dt) for value in values])
    return counts[places].reshape(delays.shape)


class DelayedCoupling:
    """A network at a grid of times, whose state at t moves by what the rates were a delay ago.

    Rates are kept at the times of the grid and half-way between them, where the state is the cubic polynomial through
    the states and slopes at both ends. That keeps the fourth order of Runge–Kutta steps, since all delays are whole
    steps: what the start breaks lies on the grid.

    Parameters
    ----------
    network : Network
    steps : ndarray, shape () or (n, n)
        Delays, as numbers of steps.
    times : ndarray, shape (K,)
        Times of the grid, from 0.
    history : callable
        From a time up to 0 to the state, shape (n,).
    """

    def __init__(self, network: Network, steps: np.ndarray, times: np.ndarray, history: History) -> None:
        n, self.past = network.n, int(steps.max())
        self.network, self.dt = network, float(times[1] - times[0]) if len(times) > 1 else 1.0
        self.times = np.concatenate([self.dt * np.arange(-self.past, 0), times])
        self.at_once = _with_lag(network.coupling, steps, 0)
        self._lags = np.unique(steps[steps > 0])
        # One row of rates per lag, one after the other, times this matrix is the current.
        parts = [sparse.csr_array(_with_lag(network.coupling, steps, lag)) for lag in self._lags]
        self._late = sparse.hstack(parts, format="csr") if parts else sparse.csr_array((n, 0))
        self.states, self.slopes = np.zeros((2, len(self.times), n))
        self._rates, self._rates_between = np.zeros((2, len(self.times), n))
        for i in range(self.past + 1):
            self._put(i, self._given(history, self.times[i]))
        for i in range(self.past):
            t = self.times[i] + self.dt / 2
            self._rates_between[i] = self._rates_of(self._given(history, t), t)

    def _given(self, history: History, t: float) -> np.ndarray:
        n = self.network.n
        state = checks.array(f"x0({t:g})", history(float(t)))
        if state.shape not in ((), (n,)):
            raise ValueError(f"x0({t:g}) must be a number or have shape ({n},), got {state.shape}")
        return np.broadcast_to(state, (n,))

    def _rates_of(self, state: np.ndarray, t: float) -> np.ndarray:
        # The input begins with the simulation: what it was before is what it is at 0.
        return self.network.rates(state, max(t, 0.0))

    def _put(self, i: int, state: np.ndarray) -> None:
        self.states[i], self._rates[i] = state, self._rates_of(state, self.times[i])

    def slope(self, i: int, state: np.ndarray, share: float = 0.0) -> np.ndarray:
        """Return the time derivative of a state `share` of a step after time i."""
        network, t = self.network, self.times[i] + share * self.dt
        kept, first = (self._rates_between, i) if share == 0.5 else (self._rates, i + int(share))
        late = self._late @ kept[first - self._lags].ravel()
        if network.form == "rate":
            drive = network.activation(self.at_once @ state + late + network.external(t))
        else:
            drive = self.at_once @ network.rates(state, t) + late
        return np.asarray((drive - state) / np.asarray(network.tau))

    def begun(self, i: int) -> np.ndarray:
        """Return the slope at time i, and let it bound the step before."""
        self.slopes[i] = self.slope(i, self.states[i])
        if i > self.past:
            a, b = i - 1, i
            between = (self.states[a] + self.states[b]) / 2 + self.dt / 8 * (self.slopes[a] - self.slopes[b])
            self._rates_between[a] = self._rates_of(between, self.times[a] + self.dt / 2)
        return self.slopes[i]

    def solved(self, method: str, sigma: np.ndarray, seed: checks.Seed) -> np.ndarray:
        """Return the states from time 0 on, by Euler's method, with noise, or by Runge–Kutta."""
        h, first, last = self.dt, self.past, len(self.times) - 1
        noise = checks.generator(seed).standard_normal((last - first, len(sigma))) if sigma.any() else None
        with np.errstate(over="ignore", invalid="ignore"):
            for i in range(first, last):
                x, k1 = self.states[i], self.begun(i)
                if method == "euler":
                    after = x + h * k1
                    if noise is not None:
                        after += sigma * np.sqrt(h) * noise[i - first]
                else:
                    k2 = self.slope(i, x + h / 2 * k1, 0.5)
                    k3 = self.slope(i, x + h / 2 * k2, 0.5)
                    k4 = self.slope(i, x + h * k3, 1.0)
                    after = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
                if not np.isfinite(after).all():
                    raise ValueError(f"the rates must stay finite, but they left {x} at t = {self.times[i]:.6g}")
                self._put(i + 1, after)
        return self.states[first:]


def _with_lag(coupling: Any, steps: np.ndarray, lag: int) -> Any:
    """Return the weights whose delay is so many steps, and 0 for the others."""
    if not sparse.issparse(coupling):
        return np.where(steps == lag, coupling, 0.0)
    entries = coupling.tocoo()
    of_entries = steps[entries.coords] if steps.ndim else np.broadcast_to(steps, entries.data.shape)
    chosen = of_entries == lag
    rows, columns = (place[chosen] for place in entries.coords)
    return sparse.csr_array((entries.data[chosen], (rows, columns)), shape=coupling.shape)
