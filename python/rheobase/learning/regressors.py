"""Readouts and reservoirs as regressors in the manner of scikit-learn: one call of `fit` from the beginning."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.datasets import samples
from rheobase.learning.estimators import Estimator
from rheobase.learning.readout import LMS, RLS, Readout, learning_rule, targets
from rheobase.learning.reservoir import Reservoir


class _Regressor(Estimator):
    """What regressors share: the shape of targets, and the score."""

    _kind = "regressor"
    n_features_in_: int

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the outputs for inputs of shape (m, features)."""
        raise TypeError(f"{type(self).__name__} must define how it predicts")

    def score(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return R², 1 minus the squared error over the variance of the targets, on the average over outputs."""
        predicted = np.atleast_2d(self.predict(x).T).T
        wanted = targets(y, predicted.shape[1], len(predicted))
        error, variance = np.mean((predicted - wanted) ** 2, axis=0), wanted.var(axis=0)
        if not variance.all():
            raise ValueError("y must vary for a score")
        return float(np.mean(1 - error / variance))

    def _seen(self, x: npt.ArrayLike) -> np.ndarray:
        if not self._is_fitted():
            raise ValueError("x has no prediction before fit has seen training data")
        return samples("x", x, self.n_features_in_)


def _data(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return inputs, targets of shape (m, outputs), and whether they were given with an axis of outputs."""
    inputs = samples("x", x)
    axes = checks.axes("y", y)
    return inputs, targets(y, checks.array("y", y).shape[1] if axes == 2 else 1, len(inputs)), axes == 2


class ReadoutRegressor(_Regressor):
    """Linear outputs z = R x that are learned sample by sample, as a `Readout` does; there is no bias.

    Parameters
    ----------
    rule : LMS or RLS, default RLS()
        How weights change.
    passes : int, default 1
        How often `fit` goes through the data, in their order.

    Attributes
    ----------
    weights_ : ndarray, shape (outputs, features)
        R after `fit`.
    n_features_in_ : int

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(100, 3))
    >>> round(ReadoutRegressor(RLS(c=100)).fit(x, x @ [1.0, -2.0, 0.5]).score(x, x @ [1.0, -2.0, 0.5]), 3)
    1.0
    """

    def __init__(self, rule: LMS | RLS | None = None, *, passes: int = 1) -> None:
        learning_rule(rule)  # refuses what is none; kept as it was given, for copies
        self.rule, self.passes = rule, checks.integer("passes", passes, low=1)

    def fit(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn targets (m,) or (m, outputs) of inputs (m, features) from R = 0, and return the regressor."""
        inputs, wanted, self._several = _data(x, y)
        readout = Readout(inputs.shape[1], wanted.shape[1], self.rule)
        for _ in range(self.passes):
            readout.fit(inputs, wanted)
        self.weights_, self.n_features_in_ = readout.R, inputs.shape[1]
        return self

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return R x for inputs (m, features), of the shape that targets had."""
        z = self._seen(x) @ self.weights_.T
        return z if self._several else z[:, 0]


class ReservoirRegressor(_Regressor):
    """A random rate network that the inputs drive, with a trained readout: its samples are a series in time.

    Row k of the inputs is held for the k-th step of dt and enters by random weights. The network starts anew in each
    call, so that `predict` continues no other series.

    Parameters
    ----------
    n : int, default 200
        Neurons.
    rule : LMS or RLS, default RLS()
    rho : float, default 0.9
        Spectral radius of the recurrent weights.
    input_std : float, default 1
        Standard deviation of the weights from an input to a neuron.
    density : float, default 1
        Fraction of pairs that are connected.
    feedback : bool, default False
        Whether the outputs drive the network.
    tau : float, default 10
        Time constant (ms).
    dt : float, default 1
        Time that a sample takes (ms).
    f : {"tanh", "relu", "logistic", "linear"}
        From input to rate.
    t_start : float, default 0
        When learning begins (ms), a multiple of dt: the network forgets its start before.
    seed : int, optional
        Of all weights; others in each fit by default.

    Attributes
    ----------
    weights_ : ndarray, shape (outputs, n)
        R after `fit`.
    n_features_in_ : int

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(400, 1))
    >>> y = np.roll(x[:, 0], 1)  # the input a step ago
    >>> bool(ReservoirRegressor(50, tau=2, t_start=20, seed=1).fit(x, y).score(x, y) > 0.5)
    True
    """

    def __init__(
        self,
        n: int = 200,
        *,
        rule: LMS | RLS | None = None,
        rho: float = 0.9,
        input_std: float = 1.0,
        density: float = 1.0,
        feedback: bool = False,
        tau: float = 10.0,
        dt: float = 1.0,
        f: str = "tanh",
        t_start: float = 0.0,
        seed: int | None = None,
    ) -> None:
        self.n = checks.integer("n", n, low=1)
        learning_rule(rule)  # refuses what is none; kept as it was given, for copies
        self.rule, self.f, self.feedback = rule, f, checks.flag("feedback", feedback)
        self.rho, self.input_std = checks.number("rho", rho, low=0), checks.number("input_std", input_std, low=0)
        self.density = checks.number("density", density, above=0, high=1)
        self.dt = checks.number("dt", dt, above=0)
        self.tau = checks.number("tau", tau, above=0)
        if self.dt > self.tau:
            raise ValueError(f"dt must be at most tau = {self.tau:g} ms, got {self.dt:g} ms")
        self.t_start = checks.number("t_start", t_start, low=0)
        self.seed = None if seed is None else checks.integer("seed", seed, low=0)
        Reservoir.random(1, f=f, seed=1)  # refuses an f that is not known

    def fit(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn targets (m,) or (m, outputs) while inputs (m, features) come in, and return the regressor."""
        inputs, wanted, self._several = _data(x, y)
        random = checks.generator(self.seed)
        reservoir = Reservoir.random(
            self.n,
            wanted.shape[1],
            rho=self.rho,
            density=self.density,
            rule=self.rule,
            feedback=self.feedback,
            tau=self.tau,
            f=self.f,
            dt=self.dt,
            seed=random,
        )
        self._start = reservoir.r.copy()
        self._weights = self.input_std * random.normal(size=(inputs.shape[1], self.n))
        reservoir.fit(wanted, inputs @ self._weights, t_start=self.t_start)
        self.weights_, self.n_features_in_ = reservoir.readout.R, inputs.shape[1]
        self._network = reservoir.W, reservoir.Q
        return self

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the outputs while inputs (m, features) come in, of the shape that targets had."""
        inputs = self._seen(x)
        readout, (W, Q) = Readout(self.n, len(self.weights_), R=self.weights_), self._network
        again = Reservoir(W, readout, Q, tau=self.tau, f=self.f, dt=self.dt, r=self._start)
        z = again.predict(len(inputs) * self.dt, X=inputs @ self._weights).z
        return z if self._several else z[:, 0]
