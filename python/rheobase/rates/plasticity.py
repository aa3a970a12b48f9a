"""Plastic rate networks: Hebb's rule, and homeostatic inhibitory plasticity (book 4.1, eq. 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.fields import as_state
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint, linearise
from rheobase.dynamics.solvers import SOLVERS
from rheobase.rates.network import RateNetwork, RateResult, time_grid, with_full_weights
from rheobase.units import PER_MS


@dataclass(frozen=True)
class PlasticResult(RateResult):
    """Rates and the plastic weight; ``states`` holds (r_e, r_i, w_ei).

    Attributes
    ----------
    w_ei : ndarray, shape (K,)
        mV·ms.
    """

    @property
    def w_ei(self) -> np.ndarray:
        """The weight from the inhibitory to the excitatory population, mV·ms, shape (K,)."""
        return self.states[:, 2]


@dataclass(frozen=True, eq=False)
class PlasticNetwork:
    """An E–I rate network whose inhibition of the excitatory population learns: w_ei' = −ε_r (r_e − r_0) r_i.

    The first two equations are (3.13), with f_e and f_i each in its own row (the textbook's (4.3) prints f_e twice).
    Every fixed point with r_i > 0 has r_e = r_0. The state is (r_e, r_i, w_ei), in Hz, Hz and mV·ms.

    Parameters
    ----------
    network : RateNetwork
        Two populations, excitatory first, in form ``"rate"``; its ``W[0, 1]`` is the initial w_ei, and its input may
        depend on time (book Ex. 4.1.1).
    r_0 : float
        Target rate, Hz.
    epsilon_r : float
        Learning rate, mV·ms²: ε_r = 2 ε p_ei N_i in terms of the spiking network.

    Raises
    ------
    ValueError, TypeError
        If `network` is not such a network or a number is out of bounds.

    Examples
    --------
    >>> from rheobase.rates import excitatory_inhibitory
    >>> PlasticNetwork(excitatory_inhibitory(r_x=10), r_0=5).fixed_point().u.round(3)
    array([    5.   ,    16.354, -2847.178])
    """

    network: RateNetwork
    r_0: float = 5.0
    epsilon_r: float = 4000.0
    names: ClassVar = ("r_e", "r_i", "w_ei")

    def __post_init__(self) -> None:
        net = with_full_weights(self.network)
        if net.n != 2 or net.form != "rate" or net.dimensionless:
            raise ValueError(
                f"network must have two populations, form 'rate' and weights in mV·ms, got "
                f"{net.n} populations, form {net.form!r}, dimensionless={net.dimensionless}"
            )
        checks.field(self, "r_0", above=0)
        checks.field(self, "epsilon_r", low=0)

    def _with_weight(self, w_ei: float) -> RateNetwork:
        W = np.array(self.network.W)
        W[0, 1] = w_ei
        return replace(self.network, W=W)

    def field(self, u: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return (r_e', r_i', w_ei') at the state `u`, shape (3,), per ms, at the time `t`, ms."""
        net, (r_e, r_i, w_ei) = self.network, as_state("u", u, 3)
        current = net.coupling @ np.array([r_e, r_i]) + net.external(t)
        current[0] += PER_MS * (w_ei - np.asarray(net.W)[0, 1]) * r_i
        drift = (net.activation(current) - np.array([r_e, r_i])) / net.tau
        # Both rates of the product are in Hz, the rule in spikes per ms.
        return np.append(drift, -self.epsilon_r * PER_MS**2 * (r_e - self.r_0) * r_i)

    def jacobian(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the Jacobian of `field`, shape (3, 3)."""
        r_e, r_i, w_ei = as_state("u", u, 3)
        net = self._with_weight(w_ei)
        rates = np.array([r_e, r_i])
        g = net.gain(net.total_input(rates))
        J = np.zeros((3, 3))
        J[:2, :2] = net.jacobian(rates)
        J[0, 2] = g[0] * PER_MS * r_i / np.asarray(net.tau)[0]
        J[2, :2] = -self.epsilon_r * PER_MS**2 * np.array([r_i, r_e - self.r_0])
        return J

    def fixed_point(self) -> FixedPoint:
        """Return the fixed point with r_e = r_0, from r_i = f_i(w_ie r_0 + w_ii r_i + X_i) and the weight that fits.

        Returns
        -------
        FixedPoint
            At (r_0, r_i, w_ei).

        Raises
        ------
        ValueError
            If no positive r_i below 10⁴ Hz, or no weight within ±10⁶ mV·ms, holds r_e at r_0, or the input depends on
            time.
        """
        from scipy.optimize import brentq

        net = self.network
        if callable(net.X):
            raise ValueError("a fixed point needs a constant input X, got one that depends on time")

        def inhibitory(r_i: float) -> float:
            return float(net.activation(net.coupling @ np.array([self.r_0, r_i]) + net.external())[1] - r_i)

        def excitatory(w_ei: float) -> float:
            return float(self._with_weight(w_ei).field(np.array([self.r_0, r_i]))[0])

        if inhibitory(1e-9) * inhibitory(1e4) > 0:
            raise ValueError(f"no positive inhibitory rate goes with r_0 = {self.r_0:g} Hz")
        r_i = brentq(inhibitory, 1e-9, 1e4, xtol=1e-13, rtol=1e-14)
        if excitatory(-1e6) * excitatory(1e6) > 0:
            raise ValueError(f"no weight w_ei holds the excitatory rate at r_0 = {self.r_0:g} Hz")
        w_ei = brentq(excitatory, -1e6, 1e6, xtol=1e-10, rtol=1e-14)
        return linearise(self, [self.r_0, r_i, w_ei])

    def simulate(
        self, duration: float, dt: float = 0.1, x0: npt.ArrayLike = (0.0, 0.0), *, method: str = "adaptive"
    ) -> PlasticResult:
        """Simulate rates and weight together.

        Parameters
        ----------
        duration, dt : float
            Time to simulate and spacing of the times, ms.
        x0 : array_like, shape (2,)
            Initial rates, Hz.
        method : {"adaptive", "rk4", "euler"}

        Returns
        -------
        PlasticResult

        Examples
        --------
        >>> from rheobase.rates import excitatory_inhibitory
        >>> net = PlasticNetwork(excitatory_inhibitory(r_x=10), r_0=5)
        >>> net.simulate(100, method="euler").rates[-1].round(3)
        array([13.224, 31.353])
        """
        dt = checks.number("dt", dt, above=0)
        times = time_grid(duration, dt, 3)
        checks.choice("method", method, SOLVERS)
        start = np.append(checks.array("x0", x0, shape=(2,)), np.asarray(self.network.W)[0, 1])
        # Steps no longer than dt, lest a pulse of the input be stepped over.
        options = {"max_step": dt} if method == "adaptive" and callable(self.network.X) else {}
        states = SOLVERS[method](self.field, start, times, **options)
        return PlasticResult(times, states[:, :2], tuple(self.network.names or ()), states)


@dataclass(frozen=True, eq=False, repr=False)
class HebbianResult(RateResult):
    """Rates and weights; ``states`` holds the rates, then W row by row.

    Attributes
    ----------
    weights : ndarray, shape (K, n, n)
        mV·ms, postsynaptic × presynaptic.
    """

    @property
    def weights(self) -> np.ndarray:
        """The weights at each time, mV·ms, shape (K, n, n)."""
        n = self.rates.shape[1]
        return self.states[:, n:].reshape(-1, n, n)


@dataclass(frozen=True, eq=False)
class HebbianNetwork:
    """A rate network whose weights learn by Hebb's rule alone: dW/dt = c r rᵀ (book 4.1).

    Nothing opposes the growth of the weights: with c > 0 only a silent network is at rest, and one in which rates
    excite each other runs away in finite time. W − Wᵀ stays as it was.

    Parameters
    ----------
    network : RateNetwork
        In form ``"rate"``; its ``W`` is the initial one, and its input may depend on time.
    c : float
        Learning rate, mV·ms² (below 0: anti-Hebbian); weights change by c r rᵀ with rates in spikes per ms.

    Raises
    ------
    ValueError, TypeError
        If `network` is not such a network or `c` is no number.

    Examples
    --------
    >>> from rheobase.rates import ThresholdLinear
    >>> one = RateNetwork([[0.0]], [10.0], ThresholdLinear(5.0, 0.0))
    >>> HebbianNetwork(one, c=100.0).simulate(100, x0=50.0).weights[-1].round(3)
    array([[28.058]])
    """

    network: RateNetwork
    c: float = 100.0

    def __post_init__(self) -> None:
        net = with_full_weights(self.network)
        if net.form != "rate" or net.dimensionless:
            raise ValueError(
                f"network must have form 'rate' and weights in mV·ms, got form {net.form!r}, "
                f"dimensionless={net.dimensionless}"
            )
        checks.field(self, "c")

    def field(self, u: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return (r', W') at the state `u`, the rates and then W row by row, shape (n + n²,), at the time `t`, ms."""
        net = self.network
        n = net.n
        state = as_state("u", u, n + n * n)
        r, W = state[:n], state[n:].reshape(n, n)
        drift = (net.activation(PER_MS * (W @ r) + net.external(t)) - r) / np.asarray(net.tau)
        # The rates of the product are in Hz, the rule in spikes per ms.
        return np.append(drift, self.c * PER_MS**2 * np.outer(r, r))

    def simulate(
        self, duration: float, dt: float = 0.1, x0: npt.ArrayLike = 0.0, *, method: str = "adaptive"
    ) -> HebbianResult:
        """Simulate rates and weights together.

        Parameters
        ----------
        duration, dt : float
            Time to simulate and spacing of the times, ms.
        x0 : float or array_like, shape (n,)
            Initial rates, Hz.
        method : {"adaptive", "rk4", "euler"}

        Returns
        -------
        HebbianResult

        Raises
        ------
        ValueError
            If shapes do not fit, or the rates run away before `duration` is over; the message says when.

        Examples
        --------
        >>> from rheobase.rates import excitatory_inhibitory
        >>> HebbianNetwork(excitatory_inhibitory(), c=100.0).simulate(20).weights.shape
        (201, 2, 2)
        """
        net = self.network
        n = net.n
        dt = checks.number("dt", dt, above=0)
        times = time_grid(duration, dt, n + n * n)
        checks.choice("method", method, SOLVERS)
        start = np.append(checks.one_or_each("x0", x0, n), np.asarray(net.W))
        # Steps no longer than dt, lest a pulse of the input be stepped over.
        options = {"max_step": dt} if method == "adaptive" and callable(net.X) else {}
        states = SOLVERS[method](self.field, start, times, **options)
        return HebbianResult(times, states[:, :n], tuple(net.names or ()), states)
