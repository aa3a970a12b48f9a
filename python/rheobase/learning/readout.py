"""A linear readout z = R r of a network's rates, and the rules that train it: LMS (4.7) and RLS (4.8)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import _engine, checks
from rheobase.models.values import Brief
from rheobase.progress import Counter, Interrupted


@dataclass(frozen=True)
class LMS:
    """Least mean squares, eq. (4.7): R ← R − ε (z − y) rᵀ.

    The squared error for the same rates becomes (1 − ε‖r‖²)² times what it was, so it shrinks while ε‖r‖² < 2.

    Parameters
    ----------
    eps : float, default 0.005
        Learning rate ε > 0.

    Raises
    ------
    ValueError, TypeError
        If `eps` is not a positive number.

    Examples
    --------
    >>> Readout(200, rule=LMS(eps=0.01))
    """

    eps: float = 0.005

    def __post_init__(self) -> None:
        checks.field(self, "eps", above=0)

    def start(self, n: int) -> _engine.LearningRule:
        """Return the engine's rule for `n` rates."""
        checks.integer("n", n, low=1)
        return _engine.Lms(self.eps)


@dataclass(frozen=True)
class RLS:
    """Recursive least squares, eq. (4.8), known as FORCE learning where z is fed back (Sussillo & Abbott 2009).

    With k = P r / (1 + rᵀP r): R ← R − (z − y) kᵀ and P ← P − k rᵀP, from P = c·Id, so that
    P = (Id/c + Σ r rᵀ)⁻¹ and R is at every moment the ridge regression with penalty 1/c on all that was seen.
    The printed (4.8) lacks the 1 + rᵀP r in the gain of R, and an update overshoots where rᵀP r > 2. In the textbook's
    network at c = 1 it still learns where it updates at every Euler step, perhaps after a large transient, and can
    fail where it updates at every tenth.

    Parameters
    ----------
    c : float, default 1
        P at the start, 1/α of Sussillo & Abbott. Learning is faster for larger c; too large is unstable where z is fed
        back. It scales as 1/‖r‖².

    Raises
    ------
    ValueError, TypeError
        If `c` is not a positive number.

    Examples
    --------
    >>> Readout(200, rule=RLS(c=1))
    """

    c: float = 1.0

    def __post_init__(self) -> None:
        checks.field(self, "c", above=0)

    def start(self, n: int) -> _engine.LearningRule:
        """Return the engine's rule for `n` rates, with P = c·Id."""
        checks.memory("n", 8.0 * checks.integer("n", n, low=1) ** 2)
        return _engine.Rls(n, self.c)


@dataclass(frozen=True, eq=False, repr=False)
class ReadoutFit(Brief):
    """What a readout learned from a series.

    Attributes
    ----------
    z, y : ndarray, shape (T, M)
        Outputs, each before the update it led to, and targets.
    interrupted : bool
        Whether Ctrl-C ended it early; the arrays then hold what was done.
    """

    z: np.ndarray
    y: np.ndarray
    interrupted: bool

    def rmse(self, first: int = 0) -> float:
        """Return the root mean square of z − y over all outputs, from row `first` on."""
        first = checks.integer("first", first, low=0, high=len(self.z) - 1)
        return rmse(self.z[first:], self.y[first:])

    def _repr_html_(self) -> str:
        return f"<b>Readout fit</b>, {len(self.z)} updates of {self.z.shape[1]} outputs"


class Readout:
    """Outputs z = R r, read from rates r and trained by a rule; the rule remembers what it has seen between calls.

    Parameters
    ----------
    n : int
        Number of rates.
    outputs : int, default 1
        Number M of outputs.
    rule : LMS or RLS, default RLS()
    R : array_like, shape (M, n), optional
        Weights to start from; zeros by default.

    Attributes
    ----------
    R : ndarray, shape (M, n)

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit or values are not finite.

    Examples
    --------
    >>> rates = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    >>> readout = Readout(3, rule=RLS(c=10))
    >>> readout.fit(rates, [1.0, 2.0, 3.0]).rmse()
    >>> readout.predict(rates)
    """

    def __init__(self, n: int, outputs: int = 1, rule: LMS | RLS | None = None, R: npt.ArrayLike | None = None) -> None:
        self.n = checks.integer("n", n, low=1, high=2**31 - 1)
        self.outputs = checks.integer("outputs", outputs, low=1)
        self.rule = learning_rule(rule)
        shape = (self.outputs, self.n)
        checks.memory("n and outputs", 8.0 * self.n * self.outputs)
        self.R = np.zeros(shape) if R is None else checks.array("R", R, shape=shape).copy()
        self.engine = self.rule.start(self.n)

    @property
    def P(self) -> np.ndarray:
        """P = (Id/c + Σ r rᵀ)⁻¹ of recursive least squares, shape (n, n)."""
        if not isinstance(self.engine, _engine.Rls):
            raise AttributeError(f"P exists for RLS alone, the rule is {self.rule!r}")
        return self.engine.P

    def predict(self, r: npt.ArrayLike) -> np.ndarray:
        """Return z = R r, shape (M,) or (T, M), for rates of shape (n,) or (T, n)."""
        r = checks.array("r", r)
        if r.ndim not in (1, 2) or r.shape[-1] != self.n:
            raise ValueError(f"r must have shape ({self.n},) or (any, {self.n}), got {r.shape}")
        return r @ self.R.T

    def update(self, r: npt.ArrayLike, y: npt.ArrayLike) -> np.ndarray:
        """Learn from one look and return the output z, shape (M,), before it.

        Parameters
        ----------
        r : array_like, shape (n,)
        y : float or array_like, shape (M,)

        Raises
        ------
        FloatingPointError
            If z is not finite or the rule broke down.
        """
        r = checks.array("r", r, shape=(self.n,))
        y = checks.array("y", np.atleast_1d(checks.array("y", y)), shape=(self.outputs,))
        outcome = self._learn(r[None], y[None])
        report(self.rule, outcome, lambda _: "this update")
        return outcome["z"][0]

    def fit(self, r: npt.ArrayLike, y: npt.ArrayLike, *, progress: bool = False) -> ReadoutFit:
        """Learn from a series, one update per row, in order; call again to go on.

        Parameters
        ----------
        r : array_like, shape (T, n)
            Rates.
        y : array_like, shape (T,) or (T, M)
            Targets.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        ReadoutFit

        Raises
        ------
        ValueError, TypeError
            If shapes do not fit or values are not finite.
        FloatingPointError
            If an output is not finite or the rule broke down; it names the update. Learn from a new readout then.
        Interrupted
            After Ctrl-C; a KeyboardInterrupt whose ``result`` holds what was done.

        Warns
        -----
        RuntimeWarning
            If ε‖r‖² ≥ 2 for LMS.
        """
        r = checks.array("r", r, shape=(None, self.n))
        y = targets(y, self.outputs, len(r))
        with Counter(len(r), "learning", "update", progress) as bar:
            outcome = self._learn(r, y, bar.show if progress else None)
        report(self.rule, outcome, lambda k: f"update {k}")
        done = outcome["steps"]
        fit = ReadoutFit(outcome["z"][:done], y[:done], outcome["interrupted"])
        if fit.interrupted:
            raise Interrupted(f"stopped by Ctrl-C at update {done}", fit)
        return fit

    def _learn(self, r: np.ndarray, y: np.ndarray, move: Callable[[int], None] | None = None) -> dict[str, Any]:
        """Learn from checked series and return how it went; see `report`."""
        outcome = self.engine.learn(self.R, r, y, move)
        self.R = outcome["R"]
        return outcome

    def __repr__(self) -> str:
        return f"<readout: {self.outputs} outputs of {self.n} rates, {self.rule!r}>"


def learning_rule(rule: LMS | RLS | None) -> LMS | RLS:
    """Return a rule of readouts, RLS() unless another is given."""
    if not isinstance(rule, LMS | RLS | None):
        raise TypeError(f"rule must be LMS(...) or RLS(...), got {rule!r}")
    return RLS() if rule is None else rule


def targets(y: npt.ArrayLike, outputs: int, rows: int | None = None) -> np.ndarray:
    """Return a copy of targets as an array of shape (T, M); what is done to `y` later does not change it."""
    y = checks.array("y", y).copy()
    if y.ndim == 1 and outputs == 1:
        y = y[:, None]
    return checks.array("y", y, shape=(rows, outputs))


def rmse(z: np.ndarray, y: np.ndarray) -> float:
    """Return the root mean square of z − y over everything."""
    return float(np.sqrt(np.mean((z - y) ** 2)))


def report(rule: LMS | RLS, outcome: dict[str, Any], when: Callable[[int], str]) -> None:
    """Raise or warn about what went wrong in a loop of the engine."""
    bound = "eps * |r|**2 must stay below 2 for LMS to shrink its error"
    if outcome["diverged"] >= 0:
        hints = {LMS: bound, RLS: "c may be too large for the size of the rates"}
        raise FloatingPointError(f"z must stay finite, it did not at {when(outcome['diverged'])}: {hints[type(rule)]}")
    if outcome["overshot"] >= 0:
        warnings.warn(
            f"{bound}, it first did not at {when(outcome['overshot'])}; got {rule}",
            RuntimeWarning,
            stacklevel=3,
        )
