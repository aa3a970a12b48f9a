"""A random recurrent network of rates with a trained readout that is fed back, eq. (4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from rheobase import _engine, checks
from rheobase.learning.readout import LMS, RLS, Readout, report, rmse, targets
from rheobase.models.values import Brief
from rheobase.network.recording import chosen
from rheobase.progress import Bar, Interrupted

if TYPE_CHECKING:
    from scipy.sparse import sparray

#: The functions f the network may have.
ACTIVATIONS = ("tanh", "relu", "logistic", "linear")


@dataclass(frozen=True, eq=False, repr=False)
class ReservoirResult(Brief):
    """Outputs of a network, and how it learned.

    Attributes
    ----------
    times : ndarray, shape (T,)
        ms.
    z : ndarray, shape (T, M)
        Outputs.
    y : ndarray, shape (T, M), or None
        Targets, where there were any.
    r : ndarray, shape (T, K)
        Rates of the neurons that were asked for.
    neurons : ndarray, shape (K,)
    learning : tuple of two floats, or None
        When learning began and ended (ms); None where R was frozen.
    interrupted : bool
        Whether Ctrl-C ended it early; the arrays then hold what was done.
    """

    times: np.ndarray
    z: np.ndarray
    y: np.ndarray | None
    r: np.ndarray
    neurons: np.ndarray
    learning: tuple[float, float] | None
    interrupted: bool

    def rmse(self, t_start: float | None = None, t_stop: float | None = None, y: npt.ArrayLike | None = None) -> float:
        """Return the root mean square of z − y over t_start ≤ t < t_stop (ms).

        Parameters
        ----------
        t_start, t_stop : float, optional
            In ms; all times by default.
        y : array_like, shape (T,) or (T, M), optional
            Targets, by default those of the fit.
        """
        y = self.y if y is None else y
        if y is None:
            raise ValueError("y must be given for a run without targets")
        y = targets(y, self.z.shape[1], len(self.times))
        t_start = -np.inf if t_start is None else checks.number("t_start", t_start)
        t_stop = np.inf if t_stop is None else checks.number("t_stop", t_stop)
        chosen = (self.times > t_start - 1e-9) & (self.times < t_stop - 1e-9)
        if not chosen.any():
            raise ValueError(f"t_start and t_stop must enclose times of the result, got {t_start:g} and {t_stop:g} ms")
        return rmse(self.z[chosen], y[chosen])

    def _repr_html_(self) -> str:
        if not len(self.times):
            return "<b>Reservoir</b>, no steps"
        how = "R frozen" if self.learning is None else f"learning {self.learning[0]:g} to {self.learning[1]:g} ms"
        error = "" if self.y is None else f", RMSE {self.rmse():.4g}"
        return f"<b>Reservoir</b>, {self.times[0]:g} to {self.times[-1]:g} ms, {how}{error}"


class Reservoir:
    """The rate network τ r' = −r + f(W r + X + Q z) with the readout z = R r, eq. (4.4).

    It is integrated by Euler's method. A step reads out z = R r, learns from z − y where an update is due, feeds this z
    back (not a later or an earlier one) and moves r; `fit` and `predict` go on where the last call ended.

    Parameters
    ----------
    W : array_like or scipy.sparse array, shape (n, n)
        Recurrent weights, postsynaptic × presynaptic.
    readout : Readout, optional
        What is trained; by default one output that starts from R = 0 and learns by ``RLS()``.
    Q : array_like, shape (n, M), optional
        Feedback weights; without them there is no feedback.
    tau : float or array_like, shape (n,), default 20
        Time constants (ms).
    f : {"tanh", "relu", "logistic", "linear"}
        From input to rate; ``"relu"`` is threshold-linear.
    dt : float, default 0.1
        Time step (ms).
    r : float or array_like, shape (n,), default 0
        Rates at the start.

    Attributes
    ----------
    W, Q, tau, r : as above
    readout : Readout
    t : float
        Time simulated so far (ms).

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, values are not finite, or a time is not positive.

    Examples
    --------
    >>> net = Reservoir.random(200, rule=RLS(c=1), seed=1)
    >>> t = 0.1 * np.arange(50000)
    >>> net.fit(np.sin(2 * np.pi * t / 500), t_start=2500, every=1)
    >>> net.predict(1500).z
    """

    def __init__(
        self,
        W: npt.ArrayLike | sparray,
        readout: Readout | None = None,
        Q: npt.ArrayLike | None = None,
        *,
        tau: float | npt.ArrayLike = 20.0,
        f: str = "tanh",
        dt: float = 0.1,
        r: float | npt.ArrayLike = 0.0,
    ) -> None:
        self.W: Any = (
            scipy.sparse.csr_array(W) if scipy.sparse.issparse(W) else checks.array("W", W, shape=(None, None))
        )
        n = self.n = self.W.shape[0]
        if self.W.shape != (n, n) or n == 0:
            raise ValueError(f"W must be a square matrix, postsynaptic × presynaptic, got shape {self.W.shape}")
        if scipy.sparse.issparse(W):
            checks.array("entries of W", self.W.data)
        self.readout = Readout(n) if readout is None else readout
        if not isinstance(self.readout, Readout):
            raise TypeError(f"readout must be a Readout, got {readout!r}")
        if self.readout.n != n:
            raise ValueError(f"readout must read {n} rates, as many as W has rows, got {self.readout.n}")
        self.Q = None if Q is None else checks.array("Q", Q, shape=(n, self.readout.outputs))
        self.f = checks.choice("f", f, ACTIVATIONS)
        self.dt = checks.number("dt", dt, above=0)
        self.tau = checks.one_or_each("tau", tau, n, above=0)
        if self.dt > self.tau.min():
            raise ValueError(f"dt must be at most the smallest tau, {self.tau.min():g} ms, got {self.dt:g} ms")
        self.r = checks.one_or_each("r", r, n)
        self._steps = 0

    @classmethod
    def random(
        cls,
        n: int,
        outputs: int = 1,
        *,
        rho: float = 1.5,
        density: float = 1.0,
        rule: LMS | RLS | None = None,
        feedback: bool = True,
        tau: float | npt.ArrayLike = 20.0,
        f: str = "tanh",
        dt: float = 0.1,
        seed: checks.Seed = None,
    ) -> Reservoir:
        """Return a network with the textbook's random weights.

        W ~ N(0, ρ²/(n·density)) on a fraction `density` of the pairs, so that its eigenvalues fill a disk of radius ρ;
        Q ~ N(0, 1/M), R ~ N(0, 1/n), r ~ N(0, 0.01).

        Parameters
        ----------
        n, outputs : int
        rho : float, default 1.5
            Spectral radius ρ for large n; without input the network is at rest below 1, chaotic above.
        density : float, default 1
            Fraction of pairs that are connected; below 1, W is sparse.
        rule : LMS or RLS, default RLS()
        feedback : bool, default True
        tau, f, dt
            As of the class.
        seed : int, SeedSequence or Generator, optional

        Examples
        --------
        >>> Reservoir.random(1000, density=0.1, seed=1)
        """
        n = checks.integer("n", n, low=1)
        outputs = checks.integer("outputs", outputs, low=1)
        rho = checks.number("rho", rho, low=0)
        density = checks.number("density", density, above=0, high=1)
        checks.memory("n and outputs", 8.0 * n * (2 * density * n + outputs))
        feedback = checks.flag("feedback", feedback)
        rng = checks.generator(seed)
        scale = rho / np.sqrt(n * density)
        W: Any
        if density < 1:
            W = scipy.sparse.random_array(
                (n, n), density=density, format="csr", rng=rng, data_sampler=lambda size: scale * rng.normal(size=size)
            )
        else:
            W = scale * rng.normal(size=(n, n))
        Q = rng.normal(size=(n, outputs)) / np.sqrt(outputs)
        R = rng.normal(size=(outputs, n)) / np.sqrt(n)
        r = 0.1 * rng.normal(size=n)
        return cls(W, Readout(n, outputs, rule, R), Q if feedback else None, tau=tau, f=f, dt=dt, r=r)

    @property
    def t(self) -> float:
        """Time simulated so far (ms)."""
        return self._steps * self.dt

    def fit(
        self,
        y: npt.ArrayLike,
        X: npt.ArrayLike | None = None,
        *,
        t_start: float = 0.0,
        t_stop: float | None = None,
        every: float | None = None,
        record: slice | npt.ArrayLike = (),
        progress: bool = False,
    ) -> ReservoirResult:
        """Simulate one step per row of `y` and learn to output `y`.

        Parameters
        ----------
        y : array_like, shape (T,) or (T, M)
            Target of every step.
        X : array_like, shape (n,) or (T, n), optional
            Input, constant or of every step.
        t_start, t_stop : float
            When to begin and end learning (ms after the beginning of this call); by default always.
        every : float, optional
            Time between updates (ms), a multiple of dt; by default every step.
        record : slice or array_like of int, default none
            The neurons whose rates to keep.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        ReservoirResult

        Raises
        ------
        ValueError, TypeError
            If shapes do not fit, values are not finite, or a time is off the grid.
        FloatingPointError
            If an output is not finite or the rule broke down; it names the time. R and r are then as before the call;
            learn from a new readout.
        Interrupted
            After Ctrl-C; a KeyboardInterrupt whose ``result`` holds what was done.

        Warns
        -----
        RuntimeWarning
            If ε‖r‖² ≥ 2 for LMS.

        Examples
        --------
        >>> net = Reservoir.random(100, seed=1)
        >>> y = np.sin(2 * np.pi * 0.1 * np.arange(2000) / 100)
        >>> res = net.fit(y, t_start=50, every=1.0, record=slice(0, 5))
        >>> res.rmse(150)
        """
        y = targets(y, self.readout.outputs)
        T = len(y)
        first = checks.steps("t_start", t_start, self.dt)
        last = T if t_stop is None else checks.steps("t_stop", t_stop, self.dt)
        if not first <= last <= T:
            raise ValueError(
                f"t_start and t_stop must be in order and within the {T * self.dt:g} ms of y, got "
                f"{first * self.dt:g} and {last * self.dt:g} ms"
            )
        k = 1 if every is None else checks.steps("every", every, self.dt, low=1)
        return self._run(T, X, y, (first, last, k), record, progress)

    def predict(
        self,
        duration: float,
        X: npt.ArrayLike | None = None,
        *,
        record: slice | npt.ArrayLike = (),
        progress: bool = False,
    ) -> ReservoirResult:
        """Simulate `duration` ms with R as it is.

        Parameters
        ----------
        duration : float
            In ms, a multiple of dt.
        X, record, progress
            As of `fit`.

        Returns
        -------
        ReservoirResult

        Raises
        ------
        FloatingPointError
            If an output is not finite.

        Examples
        --------
        >>> net = Reservoir.random(100, seed=1)
        >>> net.predict(200).z
        """
        steps = checks.steps("duration", duration, self.dt)
        checks.memory("duration", 8.0 * steps * (1 + self.readout.outputs))
        return self._run(steps, X, None, (0, 0, 1), record, progress)

    def _run(
        self,
        T: int,
        X: npt.ArrayLike | None,
        y: np.ndarray | None,
        window: tuple[int, int, int],
        record: Any,
        progress: bool,
    ) -> ReservoirResult:
        W: Any = self.W
        sparse: Any = None
        rule: Any = None if y is None else self.readout.engine
        if scipy.sparse.issparse(W):
            W, sparse = np.empty((0, 0)), (W.indptr, W.indices, W.data)
        neurons = chosen("record", record, self.n)
        with Bar(T, self.dt, progress) as bar:
            outcome = _engine.run_reservoir(
                W=W,
                sparse=sparse,
                Q=self.Q,
                R=self.readout.R,
                X=None if X is None else self._input(X, T),
                r=self.r,
                tau=self.tau,
                dt=self.dt,
                f=self.f,
                steps=T,
                rule=rule,
                y=y,
                window=window,
                neurons=neurons,
                progress=bar.move_to if progress else None,
            )
        report(self.readout.rule, outcome, lambda step: f"t = {(self._steps + step) * self.dt:g} ms")
        self.r, self.readout.R, done = outcome["r"], outcome["R"], outcome["steps"]
        begun, self._steps = self._steps, self._steps + done
        first, last, _ = window
        result = ReservoirResult(
            times=(begun + np.arange(done)) * self.dt,
            z=outcome["z"][:done],
            y=None if y is None else y[:done],
            r=outcome["rates"][:done],
            neurons=neurons.astype(np.int64),
            learning=None if y is None else ((begun + first) * self.dt, (begun + min(last, done)) * self.dt),
            interrupted=outcome["interrupted"],
        )
        if result.interrupted:
            raise Interrupted(f"stopped by Ctrl-C at t = {self._steps * self.dt:g} ms", result)
        return result

    def _input(self, X: npt.ArrayLike, T: int) -> np.ndarray:
        X = checks.array("X", X)
        if X.shape not in ((self.n,), (T, self.n)):
            raise ValueError(f"X must have shape ({self.n},) or ({T}, {self.n}), got {X.shape}")
        return X

    def __repr__(self) -> str:
        return f"<reservoir: {self.n} rates, {self.readout.outputs} outputs, t = {self.t:g} ms>"
