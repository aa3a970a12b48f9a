"""Distributions of weights, delays, parameters and initial values."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from math import erf, exp, inf, log, pi, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase import _engine, checks, units


class Distribution:
    """A random variable: base of `Uniform`, `Normal` and `LogNormal`."""

    #: Values outside [low, high] are drawn again.
    low: float
    high: float

    def sample(self, n: int, seed: checks.Seed = None) -> np.ndarray:
        """Return `n` random values, those outside [low, high] drawn again.

        Parameters
        ----------
        n : int
        seed : int, SeedSequence, Generator or None, default None
            None draws others each time.

        Examples
        --------
        >>> rb.Uniform(-72, -55).sample(3, seed=1).shape
        (3,)
        """
        n, random = checks.integer("n", n, low=0), checks.generator(seed)
        checks.memory("n", 8 * n)
        values = self._raw(n, random)
        for _ in range(1000):
            outside = (values < self.low) | (values > self.high)
            if not outside.any():
                return values
            values[outside] = self._raw(int(outside.sum()), random)
        raise ValueError(f"{self} must be able to fall between low and high, but hardly any draw does")

    def mean_value(self) -> float:
        """Return the expected value, truncation included."""
        raise TypeError(f"{type(self).__name__} must define its mean")

    def _mass(self, low: float, high: float) -> float:
        """Return the probability that a draw, before truncation, falls in [low, high]."""
        raise TypeError(f"{type(self).__name__} must define its probabilities")

    def variance(self) -> float:
        """Return the variance, truncation included."""
        raise TypeError(f"{type(self).__name__} must define its variance")

    def _for_engine(self) -> _engine.Distribution:
        """Return what the engine draws from."""
        raise TypeError(f"{type(self).__name__} must define how the engine draws from it")

    def _raw(self, n: int, random: np.random.Generator) -> np.ndarray:
        raise TypeError(f"{type(self).__name__} must define how to draw from it")


#: What a parameter, an initial value, a weight or a delay may be: one number, one for each, or what to draw them from.
Value = float | npt.ArrayLike | Distribution


class InUnits(Distribution):
    """A distribution whose arguments are quantities of other libraries, until what takes it says in which unit.

    It is what `Uniform` and `Normal` make of quantities; nothing can be asked of it before.
    """

    def __init__(self, kind: Any, given: dict[str, Any]) -> None:
        self._kind, self._given = kind, given

    def _in_unit(self, name: str, wanted: str) -> Distribution:
        """Return the distribution of numbers in a unit, as `units.converted` does for a quantity."""
        numbers = {
            key: value
            if not units.is_quantity(value) and value in (0, inf, -inf)
            else units.converted(f"{key} of {name}", _quantity(f"{key} of {name}", value, wanted), wanted)
            for key, value in self._given.items()
        }
        distribution: Distribution = self._kind(**numbers)
        return distribution

    def _refuse(self) -> TypeError:
        return TypeError(f"{self} must first be given to what knows its unit, such as a parameter or a weight")

    @property
    def low(self) -> float:  # type: ignore[override]
        """Not known."""
        raise self._refuse()

    @property
    def high(self) -> float:  # type: ignore[override]
        """Not known."""
        raise self._refuse()

    def sample(self, n: int, seed: checks.Seed = None) -> np.ndarray:
        """Raise: the numbers are not known."""
        raise self._refuse()

    def mean_value(self) -> float:
        """Raise: the numbers are not known."""
        raise self._refuse()

    def variance(self) -> float:
        """Raise: the numbers are not known."""
        raise self._refuse()

    def _for_engine(self) -> _engine.Distribution:
        """Raise: the numbers are not known."""
        raise self._refuse()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, InUnits) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{self._kind.__name__}({', '.join(f'{key}={value}' for key, value in self._given.items())})"


def _quantity(name: str, value: Any, wanted: str) -> Any:
    """Return a quantity; a plain number beside quantities has no unit."""
    if not units.is_quantity(value):
        raise TypeError(f"{name} must be in {wanted or '1'} as the others are, got {value!r} without a unit")
    return value


class _TakesQuantities(type):
    """Makes a distribution of quantities wait for its unit."""

    @property
    def __signature__(cls) -> inspect.Signature:
        """That of the distribution, not of what calls it."""
        whole = inspect.signature(vars(cls)["__init__"])
        return whole.replace(parameters=list(whole.parameters.values())[1:], return_annotation=inspect.Signature.empty)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        if any(map(units.is_quantity, (*given, *named.values()))):
            return InUnits(cls, cls.__signature__.bind(*given, **named).arguments)
        return super().__call__(*given, **named)


@dataclass(frozen=True)
class Uniform(Distribution, metaclass=_TakesQuantities):
    """Uniform distribution on [low, high].

    Its bounds may be quantities, such as ``rb.Uniform(-72 * mV, -55 * mV)``.

    Examples
    --------
    >>> rb.Uniform(-72, -55).mean_value()
    -63.5
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        low, high = checks.number("low", self.low), checks.number("high", self.high)
        if not low <= high:
            raise ValueError(f"low must be <= high = {high:g}, got {low:g}")

    def _raw(self, n: int, random: np.random.Generator) -> np.ndarray:
        return random.uniform(self.low, self.high, n)

    def mean_value(self) -> float:
        """Return the middle of the interval."""
        return 0.5 * (self.low + self.high)

    def _mass(self, low: float, high: float) -> float:
        """Return the share of the interval that [low, high] covers."""
        if self.low == self.high:
            return float(low <= self.low <= high)
        return max(0.0, min(high, self.high) - max(low, self.low)) / (self.high - self.low)

    def variance(self) -> float:
        """Return a twelfth of the squared width."""
        return (self.high - self.low) ** 2 / 12

    def _for_engine(self) -> _engine.Distribution:
        """Return what the engine draws from."""
        return _engine.Distribution("uniform", self.low, self.high)


@dataclass(frozen=True)
class Normal(Distribution, metaclass=_TakesQuantities):
    """Normal distribution, drawn again until it falls in [low, high].

    Its arguments may be quantities, such as ``rb.Normal(-60 * mV, 5 * mV)``.

    Examples
    --------
    >>> rb.Normal(1.5, 0.75, low=0.05).mean_value()  # ms
    1.547...
    """

    mean: float
    std: float
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        checks.field(self, "mean")
        checks.field(self, "std", low=0)
        _check_truncation(self.low, self.high)
        if self.std == 0 and not self.low <= self.mean <= self.high:
            raise ValueError(f"mean must lie in [low, high] = [{self.low:g}, {self.high:g}], got {self.mean:g}")

    def _raw(self, n: int, random: np.random.Generator) -> np.ndarray:
        return random.normal(self.mean, self.std, n)

    def mean_value(self) -> float:
        """Return the mean of the truncated distribution."""
        if self.std == 0:
            return self.mean
        a, b = (self.low - self.mean) / self.std, (self.high - self.mean) / self.std
        mass = _cumulative(b) - _cumulative(a)
        return self.mean + self.std * (_density(a) - _density(b)) / mass

    def _mass(self, low: float, high: float) -> float:
        """Return the probability that a draw, before truncation, falls in [low, high]."""
        return _normal_mass(self.mean, self.std, low, high)

    def variance(self) -> float:
        """Return the variance of the truncated distribution."""
        if self.std == 0:
            return 0.0
        a, b = (self.low - self.mean) / self.std, (self.high - self.mean) / self.std
        mass = _cumulative(b) - _cumulative(a)
        ends = [z * _density(z) if abs(z) < inf else 0.0 for z in (a, b)]
        return self.std**2 * (1 + (ends[0] - ends[1]) / mass - ((_density(a) - _density(b)) / mass) ** 2)

    def _for_engine(self) -> _engine.Distribution:
        """Return what the engine draws from."""
        return _engine.Distribution("normal", self.mean, self.std, low=self.low, high=self.high)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Distribution whose logarithm is normal with mean `mu` and s.d. `sigma`, drawn again until in [low, high].

    Examples
    --------
    >>> rb.LogNormal(mu=0.0, sigma=0.5).mean_value()
    1.1331...
    """

    mu: float
    sigma: float
    low: float = 0.0
    high: float = inf

    def __post_init__(self) -> None:
        checks.field(self, "mu")
        checks.field(self, "sigma", low=0)
        checks.number("mu + sigma^2 / 2", self.mu + 0.5 * self.sigma * self.sigma, high=700)  # the mean is a float
        _check_truncation(self.low, self.high)

    def _raw(self, n: int, random: np.random.Generator) -> np.ndarray:
        return random.lognormal(self.mu, self.sigma, n)

    def mean_value(self) -> float:
        """Return the mean of the truncated distribution."""
        return self._moment(1)

    def variance(self) -> float:
        """Return the variance of the truncated distribution."""
        return self._moment(2) - self._moment(1) ** 2 if self.sigma else 0.0

    def _moment(self, k: int) -> float:
        """Return the mean of the k-th power."""
        whole = exp(k * self.mu + 0.5 * (k * self.sigma) ** 2)
        if self.sigma == 0:
            return whole
        a = (np.log(self.low) - self.mu) / self.sigma if self.low > 0 else -inf
        b = (np.log(self.high) - self.mu) / self.sigma if self.high < inf else inf
        shifted = _cumulative(b - k * self.sigma) - _cumulative(a - k * self.sigma)
        return whole * shifted / (_cumulative(b) - _cumulative(a))

    def _mass(self, low: float, high: float) -> float:
        """Return the probability that a draw, before truncation, falls in [low, high]."""
        a, b = (log(bound) if bound > 0 else -inf for bound in (low, high))
        return _normal_mass(self.mu, self.sigma, a, b)

    def _for_engine(self) -> _engine.Distribution:
        """Return what the engine draws from."""
        return _engine.Distribution("lognormal", self.mu, self.sigma, low=self.low, high=self.high)


def _check_truncation(low: float, high: float) -> None:
    for name, bound in (("low", low), ("high", high)):
        if not isinstance(bound, (int, float)) or bound != bound:
            raise TypeError(f"{name} must be a number, got {bound!r}")
    if not low < high:
        raise ValueError(f"low must be < high = {high:g}, got {low:g}")


def _normal_mass(mean: float, std: float, low: float, high: float) -> float:
    if std == 0:
        return float(low <= mean <= high)
    return _cumulative((high - mean) / std) - _cumulative((low - mean) / std)


def _density(z: float) -> float:
    return exp(-0.5 * z * z) / sqrt(2 * pi) if abs(z) < inf else 0.0


def _cumulative(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2)))
