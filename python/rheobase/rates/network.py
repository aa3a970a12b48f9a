"""Rate networks: the dynamical mean-field equations (3.11) and (3.12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rheobase import checks
from rheobase.dynamics.fields import as_state, as_states
from rheobase.dynamics.fixed_points.fixed_points import FixedPoints, fixed_points
from rheobase.dynamics.solvers import SOLVERS, euler_maruyama
from rheobase.models.values import Brief, Described
from rheobase.rates.curves import Curve, CurveLike, as_curve
from rheobase.rates.delays import DelayedCoupling, History, delay_steps
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class RateResult(Brief):
    """Rates of a simulated network.

    Attributes
    ----------
    times : ndarray, shape (K,)
        ms.
    rates : ndarray, shape (K, n)
        Hz.
    names : tuple of str
    states : ndarray, shape (K, n)
        The variables integrated: the rates in form ``"rate"``, the currents I, mV, in form ``"current"``.
    """

    times: np.ndarray
    rates: np.ndarray
    names: tuple[str, ...]
    states: np.ndarray

    def __getitem__(self, name: str) -> np.ndarray:
        """Return the rate of one population, shape (K,)."""
        return self.rates[:, self.names.index(checks.choice("name", name, self.names))]

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{r.min():.4g}</td><td>{r.mean():.4g}</td><td>{r.max():.4g}</td>"
            f"<td>{r[-1]:.4g}</td></tr>"
            for name, r in zip(self.names, self.rates.T, strict=True)
        )
        return (
            f"<b>Rates</b>, {self.times[0]:g} to {self.times[-1]:g} ms<table><tr><th></th><th>min</th><th>mean</th>"
            f"<th>max</th><th>end</th></tr>{rows}</table>"
        )


@dataclass(frozen=True, eq=False)
class RateNetwork(Described):
    """A network of populations described by their firing rates.

    With ``form="rate"`` the rates r follow τ∘r' = −r + f(W r + X) (eq. 3.11), with ``form="current"`` the currents I
    follow τ∘I' = −I + W f(I + X), with r = f(I + X) (eq. 3.12). Both share the fixed points r = f(W r + X).

    Rates are in Hz and weights in mV·ms, so the current from rates r is W r / 1000, in mV; `coupling` holds W / 1000.
    With ``dimensionless=True`` there is no such factor: the current is W r in whatever units fit.

    Parameters
    ----------
    W : array_like or scipy.sparse array, shape (n, n)
        Weights, mV·ms, postsynaptic × presynaptic: ``W[j, k]`` is from k to j. Sparse weights stay sparse, in rows
        (CSR), in simulations, with delays too, in Lyapunov exponents and in the Jacobian of one state.
    X : float, array_like, shape (n,), or callable
        External input, mV: constant, or a function of time (ms) such as `SampledInput`.
    f : f-I curve or callable, or a sequence of n of them
        From input, mV, to rate, Hz.
    tau : float or array_like, shape (n,)
        Time constants, ms.
    names : sequence of str, optional
        Names of the populations. Default: "0", "1", ...
    form : {"rate", "current"}
    dimensionless : bool

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, values are not finite, or time constants not positive.

    Examples
    --------
    >>> from rheobase.rates import ThresholdLinear
    >>> net = RateNetwork([[1920, -1800], [5600, -2800]], [24, 16], ThresholdLinear(3.58, 9.64), tau=[30, 15])
    >>> net.fixed_points([(0, 100), (0, 100)])[0].u.round(4)
    array([ 6.5179, 13.9188])
    """

    W: npt.ArrayLike | sparse.sparray
    X: npt.ArrayLike | Callable[[float], npt.ArrayLike]
    f: CurveLike | Sequence[CurveLike]
    tau: npt.ArrayLike = 10.0
    names: Sequence[str] | None = None
    form: str = "rate"
    dimensionless: bool = False
    batched: ClassVar = True

    def __post_init__(self) -> None:
        W = _weights(self.W)
        n = W.shape[0]
        checks.choice("form", self.form, ("rate", "current"))
        checks.flag("dimensionless", self.dimensionless)
        object.__setattr__(self, "names", self._checked_names(n))
        if callable(self.X):
            _vector("X(0)", self.X(0.0), n)
        else:
            object.__setattr__(self, "X", _vector("X", self.X, n))
        object.__setattr__(self, "W", W)
        object.__setattr__(self, "f", self._checked_curves(n))
        object.__setattr__(self, "tau", _vector("tau", self.tau, n, above=0))

    def _checked_names(self, n: int) -> tuple[str, ...]:
        if self.names is None:
            return tuple(str(k) for k in range(n))
        if isinstance(self.names, str) or not isinstance(self.names, Sequence):
            raise TypeError(f"names must be a sequence of {n} strings, got {self.names!r}")
        names = tuple(checks.text(f"names[{k}]", name) for k, name in enumerate(self.names))
        if len(names) != n or len(set(names)) != n:
            raise ValueError(f"names must hold {n} different names, one per row of W, got {names}")
        return names

    def _checked_curves(self, n: int) -> Curve | tuple[Curve, ...]:
        """One curve for all populations, or one each."""
        if callable(self.f):
            return as_curve("f", self.f)
        if not isinstance(self.f, Sequence) or len(self.f) != n:
            raise ValueError(f"f must be one f-I curve, or a sequence of {n}, one per population, got {self.f!r}")
        return tuple(as_curve(f"f[{k}]", f) for k, f in enumerate(self.f))

    def _content(self) -> tuple[Any, ...]:
        W: Any = self.W
        weights = (W.data, W.indices, W.indptr) if sparse.issparse(W) else W
        return weights, self.X, self.f, self.tau, self.names, self.form, self.dimensionless

    @property
    def n(self) -> int:
        """Number of populations."""
        return int(cast("np.ndarray", self.W).shape[0])

    @cached_property
    def coupling(self) -> Any:
        """Current per rate, mV/Hz (W itself if dimensionless), shape (n, n), sparse as W is."""
        W: Any = self.W
        return W if self.dimensionless else PER_MS * W

    def external(self, t: float = 0.0) -> np.ndarray:
        """Return the external input X(t), mV, shape (n,)."""
        if not callable(self.X):
            return np.asarray(self.X)
        return _vector("X(t)", self.X(checks.number("t", t)), self.n)

    def activation(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rates f(I) of all populations at total inputs `I`, shape (n,) or (n, m)."""
        I, curves = as_states("I", I, self.n), self._curves  # noqa: E741
        return _rowwise(curves, I) if isinstance(curves, tuple) else curves(I)

    def gain(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gains f'(I) of all populations at total inputs `I`, shape (n,) or (n, m)."""
        I, curves = as_states("I", I, self.n), self._curves  # noqa: E741
        return _rowwise([f.derivative for f in curves], I) if isinstance(curves, tuple) else curves.derivative(I)

    @property
    def _curves(self) -> Curve | tuple[Curve, ...]:
        """`f` as the constructor left it."""
        return cast("Curve | tuple[Curve, ...]", self.f)

    def total_input(self, state: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return the argument of f: W r + X in form ``"rate"``, I + X in form ``"current"``, mV."""
        state = as_states("state", state, self.n)
        X = self.external(t).reshape((-1,) + (1,) * (state.ndim - 1))
        return (self.coupling @ state if self.form == "rate" else state) + X

    def rates(self, state: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return the rates, Hz, that belong to a state: the state itself in form ``"rate"``, else f(I + X)."""
        state = as_states("state", state, self.n)
        return state if self.form == "rate" else self.activation(self.total_input(state, t))

    def field(self, u: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return the time derivative of the state, per ms, shape (n,) or (n, m) as `u`.

        Parameters
        ----------
        u : array_like, shape (n,) or (n, m)
            Rates, Hz, in form ``"rate"``; currents, mV, in form ``"current"``.
        t : float
            Time, ms, where X depends on it.

        Returns
        -------
        ndarray
        """
        state = as_states("u", u, self.n)
        r = self.activation(self.total_input(state, t))
        drive = r if self.form == "rate" else self.coupling @ r
        return (drive - state) / np.asarray(self.tau).reshape((-1,) + (1,) * (state.ndim - 1))

    def jacobian(self, u: npt.ArrayLike, t: float = 0.0) -> Any:
        """Return the Jacobian of `field`, 1/ms, shape (n, n), or (m, n, n) at m states (n, m).

        Where W is sparse, so is the matrix of one state; several make full ones, which must fit into memory. It is
        diag(1/τ)(−1 + G W) in form ``"rate"`` and diag(1/τ)(−1 + W G) in form ``"current"``, with the gains
        G = diag f'(total input).
        """
        g = self._gains(as_states("u", u, self.n), t)
        C, tau = self.coupling, np.asarray(self.tau)
        if sparse.issparse(C) and g.ndim == 1:
            G = sparse.diags_array(g)
            GW = G @ C if self.form == "rate" else C @ G
            return (sparse.diags_array(1 / tau) @ (GW - sparse.eye_array(self.n))).tocsr()
        if sparse.issparse(C):
            checks.memory("u", 16.0 * self.n**2 * g.shape[1])
            C = C.toarray()
        g = np.moveaxis(g, 0, -1)
        GW = g[..., :, None] * C if self.form == "rate" else C * g[..., None, :]
        return (GW - np.eye(self.n)) / tau[:, None]

    def variation(self, u: npt.ArrayLike, vectors: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return `field` at one state and what the Jacobian makes of `vectors`, shape (n, k), by products alone."""
        u = as_state("u", u, self.n)
        vectors = checks.array("vectors", vectors, shape=(self.n, None), finite=False)
        g = self._gains(u, 0.0)[:, None]
        moved = g * (self.coupling @ vectors) if self.form == "rate" else self.coupling @ (g * vectors)
        return self.field(u), (moved - vectors) / np.asarray(self.tau)[:, None]

    def _gains(self, state: np.ndarray, t: float) -> np.ndarray:
        return np.asarray(self.gain(self.total_input(state, t)))

    def response(self, r: npt.ArrayLike) -> np.ndarray:
        """Return how the rates of a fixed point follow the input: dr/dX = (1 − G W)⁻¹ G, Hz/mV (book B.7).

        Parameters
        ----------
        r : array_like, shape (n,)
            Rates of the fixed point, Hz, in either form.

        Returns
        -------
        ndarray, shape (n, n)
            ``[j, k]``: of population j to the input of k.

        Examples
        --------
        >>> from rheobase.rates import excitatory_inhibitory
        >>> excitatory_inhibitory().response([6.517949, 13.918781])[1, 1].round(4)
        np.float64(-0.3263)
        """
        r = checks.array("r", r, shape=(self.n,))
        g = self.gain(self.coupling @ r + self.external())
        checks.memory("W", 32.0 * self.n**2)
        C = self.coupling.toarray() if sparse.issparse(self.coupling) else self.coupling
        return np.linalg.solve(np.eye(len(g)) - g[:, None] * C, np.diag(g))

    def fixed_points(
        self, box: npt.ArrayLike, *, points: int | None = None, starts: int = 300, seed: checks.Seed = 0
    ) -> FixedPoints:
        """Return the fixed points with states in `box`.

        Parameters
        ----------
        box : array_like, shape (n, 2)
            Ranges of the state variables, Hz (mV in form ``"current"``).
        points, starts, seed
            As in `rheobase.dynamics.fixed_points`.

        Returns
        -------
        FixedPoints

        Raises
        ------
        ValueError
            If the input depends on time.
        MemoryError
            If W is sparse and does not fit into memory in full.
        """
        if callable(self.X):
            raise ValueError("fixed points need a constant input X, got one that depends on time")
        bounds = np.atleast_2d(checks.array("box", box))
        if bounds.shape != (self.n, 2):
            raise ValueError(f"box must have shape ({self.n}, 2), got {bounds.shape}")
        return fixed_points(self, bounds, points=points, starts=starts, seed=seed)

    def simulate(
        self,
        duration: float,
        dt: float = 0.1,
        x0: npt.ArrayLike | History = 0.0,
        *,
        method: str | None = None,
        delay: npt.ArrayLike = 0.0,
        noise: npt.ArrayLike = 0.0,
        seed: checks.Seed = None,
    ) -> RateResult:
        """Simulate the network.

        With delays the current at time t comes from the rates a delay earlier, Σ_k W[j, k] r_k(t − delay[j, k]), by the
        method of steps; `rheobase.dynamics.delay_roots` says whether a fixed point is then stable.

        Parameters
        ----------
        duration : float
            Time to simulate, ms, a multiple of `dt`.
        dt : float
            Spacing of the times returned, ms; also the step of ``"euler"`` and ``"rk4"``.
        x0 : float, array_like, shape (n,), or callable
            Initial state: rates, Hz, in form ``"rate"``, currents, mV, in form ``"current"``. A function of time, ms,
            gives the states from −max(delay) to 0; a number or an array is what the state has been before.
        method : {"adaptive", "rk4", "euler"}
            See `rheobase.dynamics.SOLVERS`. Noise needs ``"euler"`` (Euler–Maruyama); delays take ``"rk4"`` or
            ``"euler"``. Default: ``"adaptive"``, with delays ``"rk4"``.
        delay : float or array_like, shape (n, n)
            Time, ms, a multiple of `dt`, from the rate of k to the current of j, at ``[j, k]``.
        noise : float or array_like, shape (n,)
            Amplitude σ of white noise added to the derivative of the state, in Hz/√ms (mV/√ms in form ``"current"``).
        seed : int, SeedSequence or Generator, optional
            For the noise.

        Returns
        -------
        RateResult

        Raises
        ------
        ValueError
            If `duration` or `delay` is off the grid, shapes do not fit, or the rates run away; the message says when.

        Examples
        --------
        >>> from rheobase.rates import excitatory_inhibitory
        >>> excitatory_inhibitory(tau=(30, 15)).simulate(200).rates[-1].round(4)
        array([ 6.5179, 13.9188])

        A delay of 10 ms makes the same network oscillate:

        >>> late = excitatory_inhibitory(tau=(30, 15)).simulate(500, x0=[6.0, 13.0], delay=10.0)
        >>> bool(np.ptp(late["e"][-500:]) > 1)
        True
        """
        n, dt = self.n, checks.number("dt", dt, above=0)
        steps = delay_steps(delay, n, dt)
        late = bool(steps.any())
        times = time_grid(duration, dt, n, unit="" if self.dimensionless else "ms")
        if method is None:
            method = "rk4" if late else "adaptive"
        checks.choice("method", method, SOLVERS)
        start = _vector("x0", x0(0.0) if callable(x0) else x0, n)
        sigma = _vector("noise", noise, n, low=0)
        if sigma.any() and method != "euler":
            raise ValueError(f"noise needs method='euler' (Euler–Maruyama), got method={method!r}")
        if late:
            if method == "adaptive":
                raise ValueError("delay needs method='rk4' or 'euler', got method='adaptive'")
            checks.memory("delay", 32 * n * (int(steps.max()) + len(times)))
            coupling = DelayedCoupling(self, steps, times, x0 if callable(x0) else lambda _: start)
            return self._result(times, coupling.solved(method, sigma, seed))
        if sigma.any():
            states = euler_maruyama(self.field, start, times, sigma=sigma, seed=seed)
        elif method == "adaptive" and callable(self.X):
            # Steps no longer than dt, lest a pulse of the input be stepped over.
            states = SOLVERS[method](self.field, start, times, max_step=dt)
        else:
            states = SOLVERS[method](self.field, start, times)
        return self._result(times, states)

    def _result(self, times: np.ndarray, states: np.ndarray) -> RateResult:
        rates = states
        if self.form == "current":
            rates = np.stack([self.rates(state, t) for state, t in zip(states, times, strict=True)])
        return RateResult(times, rates, tuple(self.names or ()), states)

    def _repr_html_(self) -> str:
        W: Any = self.W
        corner = W[:20, :20].toarray() if sparse.issparse(W) else W[:20, :20]
        head = "".join(f"<th>from {name}</th>" for name in (self.names or ())[:20])
        rows = "".join(
            f"<tr><td>{name}</td>{''.join(f'<td>{w:g}</td>' for w in row)}<td>{tau:g}</td></tr>"
            for name, row, tau in zip(self.names or (), corner, np.asarray(self.tau), strict=False)
        )
        unit = "" if self.dimensionless else ", W in mV·ms"
        return (
            f"<b>Rate network</b> of {self.n} populations, form {self.form}{unit}"
            f"<table><tr><th></th>{head}<th>τ (ms)</th></tr>{rows}</table>"
        )


def time_grid(duration: float, dt: float, n: int, unit: str = "ms") -> np.ndarray:
    """Return the times 0, dt, ..., duration, if the states of n variables at all of them fit into memory."""
    count = checks.steps("duration", duration, dt, unit=unit)
    checks.memory("duration", 16 * count * (n + 1))
    return dt * np.arange(count + 1)


def with_full_weights(network: Any) -> RateNetwork:
    """Return the argument `network` if it is a RateNetwork whose weights are an array, for what reads each of them."""
    checks.instance("network", network, RateNetwork, "a RateNetwork")
    if sparse.issparse(network.W):
        raise TypeError(f"network must have its weights W as an array, got a {type(network.W).__name__}")
    return cast("RateNetwork", network)


def _weights(W: Any) -> Any:
    """Return weights as a square array, or as a sparse one in rows."""
    if sparse.issparse(W):
        weights = sparse.csr_array(W, dtype=float, copy=True)
        checks.array("the entries of W", weights.data)
        # Entries that are given twice add up; each then comes once, whoever compares two networks.
        weights.sum_duplicates()
    else:
        weights = np.atleast_2d(checks.array("W", W))
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or not weights.shape[0]:
        raise ValueError(f"W must be a square matrix, postsynaptic × presynaptic, got shape {weights.shape}")
    return weights


def _rowwise(functions: Sequence[Callable[[npt.ArrayLike], np.ndarray]], rows: np.ndarray) -> np.ndarray:
    return np.stack([function(row) for function, row in zip(functions, rows, strict=True)])


def _vector(name: str, value: npt.ArrayLike, n: int, **bounds: float) -> np.ndarray:
    """Return `value`, a scalar or one number per population, as an array of shape (n,)."""
    result = checks.array(name, value, **bounds)  # type: ignore[arg-type]
    if result.shape not in ((), (n,)):
        raise ValueError(f"{name} must be a scalar or have shape ({n},), one value per population, got {result.shape}")
    return np.full(n, result)
