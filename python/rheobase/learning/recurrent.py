"""The recurrent rate network with feedback from its readout, trained by backpropagation through time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.progress import counted


@dataclass(frozen=True, eq=False, repr=False)
class RecurrentGradients(Brief):
    """Gradient of the cost with respect to each matrix of a `RecurrentNetwork`.

    Attributes
    ----------
    W : ndarray, (n, n)
        Recurrent weights.
    Q : ndarray, (n, outputs)
        Feedback weights.
    R : ndarray, (outputs, n)
        Readout weights.
    """

    W: np.ndarray
    Q: np.ndarray
    R: np.ndarray


class RecurrentNetwork:
    """A rate network ``τ r' = -r + tanh(W r + X + Q z)`` with readout ``z = R r`` (4.4), stepped by Euler's rule.

    Training unrolls the steps in time and descends the gradient of ``J = ½ ⟨‖z(t) - y(t)‖²⟩``, averaged over steps
    and trials, with respect to W, Q and R (backpropagation through time, with the Adam step sizes of Kingma & Ba 2015).

    Parameters
    ----------
    n : int
        Number of units.
    outputs : int, default 1
        Number of readouts.
    tau : float, default 20
        Time constant (ms).
    dt : float, default 1
        Euler step (ms), at most tau.
    rho : float, default 1.5
        Spectral radius of the initial W, whose entries have variance ρ²/n (ddof = 0).
    seed : int, SeedSequence or Generator, optional
        Source of the initial W, Q ~ N(0, 1/outputs), R ~ N(0, 1/n) and state r(0) ~ 0.1 N(0, 1).

    Attributes
    ----------
    W, Q, R : ndarray, (n, n), (n, outputs), (outputs, n)
        Weights, post × pre.
    r0 : ndarray, (n,)
        State from which every trial starts.
    loss_curve_ : ndarray, (updates + 1,)
        Cost before and after each update of the last `fit`.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> y = np.sin(2 * np.pi * np.arange(1, 201) / 100)[:, None]
    >>> net = RecurrentNetwork(30, seed=1).fit(y, updates=100)
    >>> bool(net.loss_curve_[-1] < 0.2 * net.loss_curve_[0])
    True
    """

    def __init__(
        self,
        n: int,
        outputs: int = 1,
        *,
        tau: float = 20.0,
        dt: float = 1.0,
        rho: float = 1.5,
        seed: checks.Seed = None,
    ) -> None:
        self.n = checks.integer("n", n, low=1)
        self.outputs = checks.integer("outputs", outputs, low=1)
        self.tau = checks.number("tau", tau, above=0)
        self.dt = checks.number("dt", dt, above=0)
        if self.dt > self.tau:
            raise ValueError(f"dt must be at most tau = {self.tau:g} ms, got {self.dt:g} ms")
        checks.memory("n and outputs", 8.0 * self.n * (self.n + self.outputs))
        rng = checks.generator(seed)
        self.W = checks.number("rho", rho, low=0) * rng.standard_normal((self.n, self.n)) / np.sqrt(self.n)
        self.Q = rng.standard_normal((self.n, self.outputs)) / np.sqrt(self.outputs)
        self.R = rng.standard_normal((self.outputs, self.n)) / np.sqrt(self.n)
        self.r0 = 0.1 * rng.standard_normal(self.n)

    def run(self, X: npt.ArrayLike | None = None, *, steps: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Integrate from r(0).

        Parameters
        ----------
        X : array, (steps, n) or (trials, steps, n), optional
            External input in each step.
        steps : int, optional
            Number of steps of one trial without input; instead of `X`.

        Returns
        -------
        r : ndarray, (trials, steps + 1, n)
            Rates; entry 0 is r(0).
        z : ndarray, (trials, steps + 1, outputs)
            Readouts ``R r``.

        Raises
        ------
        ValueError
            If not exactly one of `X` and `steps` is given, or `X` has the wrong shape.
        """
        if (X is None) == (steps is None):
            raise ValueError("steps must be given if and only if X is not")
        if X is None:
            steps = checks.integer("steps", steps, low=1)
            checks.memory("steps", 24.0 * steps * self.n)
            X = np.zeros((1, steps, self.n))
        return self._run(_trials("X", X, self.n))

    def gradients(self, y: npt.ArrayLike, X: npt.ArrayLike | None = None) -> tuple[float, RecurrentGradients]:
        """Compute the cost and its gradient by backpropagation through time.

        Parameters
        ----------
        y : array, (steps, outputs) or (trials, steps, outputs)
            Target of the readout after each step.
        X : array, (steps, n) or (trials, steps, n), optional
            External input in each step; 0 by default.

        Returns
        -------
        cost : float
            J.
        gradients : RecurrentGradients
            ``∂J/∂W``, ``∂J/∂Q`` and ``∂J/∂R``.

        Raises
        ------
        ValueError
            If the shapes do not fit together.
        """
        y, X = self._task(y, X)
        r, z = self._run(X)
        a = self.dt / self.tau
        loop = self.W + self.Q @ self.R  # the feedback makes these the weights in effect
        error = (z[:, 1:] - y) / (len(y) * y.shape[1])
        slope = 1 - np.tanh(r[:, :-1] @ loop.T + X) ** 2
        direct = error @ self.R
        through = np.empty_like(slope)  # ∂J/∂(input) of each step
        back = np.zeros_like(r[:, 0])  # ∂J/∂r after the step at hand
        for i in range(y.shape[1] - 1, -1, -1):
            back = back + direct[:, i]
            through[:, i] = a * back * slope[:, i]
            back = (1 - a) * back + through[:, i] @ loop
        cost = 0.5 * float(np.sum((z[:, 1:] - y) * error))
        dW = _sum_outer(through, r[:, :-1])
        dQ = _sum_outer(through, z[:, :-1])
        dR = _sum_outer(error, r[:, 1:]) + self.Q.T @ dW
        return cost, RecurrentGradients(dW, dQ, dR)

    def fit(
        self,
        y: npt.ArrayLike,
        X: npt.ArrayLike | None = None,
        *,
        updates: int = 500,
        rate: float = 0.01,
        progress: bool = False,
    ) -> Self:
        """Train W, Q and R so that the readout follows a target; return the network itself.

        Parameters
        ----------
        y : array, (steps, outputs) or (trials, steps, outputs)
            Target of the readout after each step.
        X : array, (steps, n) or (trials, steps, n), optional
            External input in each step; 0 by default.
        updates : int, default 500
            Number of gradient steps, each on all trials.
        rate : float, default 0.01
            Size of a step.
        progress : bool, default False
            Show a bar that counts updates.

        Raises
        ------
        ValueError
            If the shapes do not fit together or the cost is no longer finite.
        """
        y, X = self._task(y, X)
        rate = checks.number("rate", rate, above=0)
        steps = {name: _AdamStep(rate) for name in ("W", "Q", "R")}
        updates = checks.integer("updates", updates, low=0)
        cost, gradients = self.gradients(y, X)
        costs = [cost]
        with np.errstate(over="ignore", invalid="ignore"):
            for update in counted(range(updates), "training", "update", progress):
                for name, step in steps.items():
                    setattr(self, name, getattr(self, name) - step(getattr(gradients, name)))
                cost, gradients = self.gradients(y, X)
                if not np.isfinite(cost):
                    raise ValueError(
                        f"rate must be smaller: the cost is not finite after {update + 1} updates at {rate:g}"
                    )
                costs.append(cost)
        self.loss_curve_ = np.array(costs)
        return self

    def _run(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a = self.dt / self.tau
        loop = self.W + self.Q @ self.R
        r = np.empty((X.shape[0], X.shape[1] + 1, self.n))
        r[:, 0] = self.r0
        for i in range(X.shape[1]):
            r[:, i + 1] = r[:, i] + a * (-r[:, i] + np.tanh(r[:, i] @ loop.T + X[:, i]))
        return r, r @ self.R.T

    def _task(self, y: npt.ArrayLike, X: npt.ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
        target = _trials("y", y, self.outputs)
        if X is None:
            return target, np.zeros((*target.shape[:2], self.n))
        inputs = _trials("X", X, self.n)
        if inputs.shape[:2] != target.shape[:2]:
            raise ValueError(f"X must have (trials, steps) = {target.shape[:2]} as y, got {inputs.shape[:2]}")
        return target, inputs


class _AdamStep:
    """The step of Adam: the mean gradient over the root of its mean square, both freed from their start at zero."""

    def __init__(self, rate: float) -> None:
        self.rate, self.count, self.mean, self.square = rate, 0, np.zeros(()), np.zeros(())

    def __call__(self, gradient: np.ndarray) -> np.ndarray:
        self.count += 1
        self.mean = 0.9 * self.mean + 0.1 * gradient
        self.square = 0.999 * self.square + 0.001 * gradient**2
        mean, square = self.mean / (1 - 0.9**self.count), self.square / (1 - 0.999**self.count)
        return self.rate * mean / (np.sqrt(square) + 1e-8)


def _sum_outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Sum the outer products of two (trials, steps, ·) arrays over trials and steps."""
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


def _trials(name: str, value: npt.ArrayLike, width: int) -> np.ndarray:
    result = checks.array(name, value)
    result = checks.array(name, result[None] if result.ndim == 2 else result, shape=(None, None, width))
    if not result.size:
        raise ValueError(f"{name} must hold at least one trial of at least one step, got shape {result.shape}")
    return result
