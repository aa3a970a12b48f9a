"""Currents that do not come from synapses: pulses, steps, sampled time series and noise; see `Network.inject`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rheobase import checks
from rheobase.models.host import Host
from rheobase.models.neurons import Neuron
from rheobase.models.values import Described, own
from rheobase.units import CURRENT

#: Units of the intensity of white noise.
_INTENSITY = " or ".join(f"{unit}*ms**(1/2)" for unit in CURRENT.split(" or "))


class Injection(Described):
    """What `Network.inject` brings to neurons, a current or light: base of all."""

    #: Whether it is drawn at random, from a stream of its own.
    _random: ClassVar[bool] = False
    #: The state variable that it imposes; None of a current.
    _imposes: ClassVar[str | None] = None

    def _check(self, neuron: Neuron, n: int, dt: float, others: Sequence[Injection]) -> None:
        """Raise unless `n` neurons that `others` reach can take it."""

    def _to_chosen(self, neurons: np.ndarray, n: int, dt: float) -> Injection | None:
        """Return what does to a whole population of n what this does to chosen neurons, where it needs to be that."""
        return None

    def _enter(self, host: Host, population: int, n: int, neurons: np.ndarray, place: int, id: int) -> None:
        """Bring it to `n` neurons of a population, by its number in the engine: to all where `neurons` is empty.

        `place` is its place among those of its kind there, where it comes instead of what there is; `id` is that of its
        random stream.
        """
        raise TypeError(f"{type(self).__name__} must define how it enters a population")


class TimeSeries(Injection):
    """A quantity that changes in steps: base of `Pulse`, `Steps` and `Samples`.

    Injected as it is, it is a current; it serves for rates, too (see `Poisson`), and for light (see `Light`).
    """

    def _check(self, neuron: Neuron, n: int, dt: float, others: Sequence[Injection]) -> None:
        """Raise unless it lies on the grid and has as many columns as neurons, or one."""
        self._on_grid(dt, n)

    def _enter(self, host: Host, population: int, n: int, neurons: np.ndarray, place: int, id: int) -> None:
        """Let the current flow into a population of neurons."""
        steps, values = self._on_grid(host.dt, n)
        host.engine.inject_series(
            population=population, place=place, steps=steps, values=values, width=values.shape[1], neurons=neurons
        )

    def _on_grid(self, dt: float, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (steps, values): row k of `values`, of width 1 or `n`, holds from step k on."""
        raise TypeError(f"{type(self).__name__} must define its steps")

    def _range(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        raise TypeError(f"{type(self).__name__} must define its range")


@dataclass(frozen=True, eq=False)
class Pulse(TimeSeries):
    """`amplitude` (mV; one, or one per neuron) from `t_start` to `t_stop` (ms, multiples of dt), 0 elsewhere.

    Examples
    --------
    >>> net.inject(e, rb.Pulse(t_start=100, t_stop=300, amplitude=4))
    """

    t_start: float
    t_stop: float
    amplitude: Any

    def __post_init__(self) -> None:
        t_start, t_stop = checks.number("t_start", self.t_start, low=0), checks.number("t_stop", self.t_stop)
        if not t_start < t_stop:
            raise ValueError(f"t_start must be < t_stop = {t_stop:g}, got {t_start:g}")
        object.__setattr__(self, "t_start", t_start)
        object.__setattr__(self, "t_stop", t_stop)
        object.__setattr__(self, "amplitude", _row("amplitude", self.amplitude))

    def _on_grid(self, dt: float, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the pulse's two edges."""
        row = _rows(_fitting("amplitude", self.amplitude, n)[np.newaxis])[0]
        steps = [checks.steps("t_start", self.t_start, dt), checks.steps("t_stop", self.t_stop, dt)]
        return np.array(steps), np.stack([row, np.zeros_like(row)])

    def _range(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        return _range_of(np.append(self.amplitude, 0.0))


@dataclass(frozen=True, eq=False)
class Steps(TimeSeries):
    """values[k] from times[k] (ms, multiples of dt) until the next; 0 before the first.

    Parameters
    ----------
    times : array, shape (K,)
        Ascending.
    values : array, shape (K,) or (K, n)
        In mV: one for all neurons, or one per neuron.

    Examples
    --------
    >>> net.inject(e, rb.Steps([0, 200, 400], [0, 5, 18]))
    """

    times: Any
    values: Any

    def __post_init__(self) -> None:
        times = checks.array("times", self.times, shape=(None,), low=0)
        if len(times) == 0 or np.any(np.diff(times) <= 0):
            raise ValueError(f"times must be ascending and not empty, got {self.times!r}")
        values = checks.array("values", self.values, unit=f"{CURRENT} or Hz")
        if values.ndim not in (1, 2) or len(values) != len(times):
            raise ValueError(f"values must have one row for each of the {len(times)} times, got shape {values.shape}")
        object.__setattr__(self, "times", own(times))
        object.__setattr__(self, "values", own(values.reshape(len(times), -1)))

    def _on_grid(self, dt: float, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return steps and values."""
        _check_width("values", self.values.shape[1], n)
        return np.array([checks.steps("times", float(t), dt) for t in self.times]), _rows(self.values)

    def _range(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        return _range_of(self.values)


@dataclass(frozen=True, eq=False)
class Samples(TimeSeries):
    """values[k] from time t_start + k * every (ms) on; 0 before, and the last value after the end.

    Parameters
    ----------
    values : array, shape (K,) or (K, n)
        In mV: one for all neurons, or one per neuron.
    every : float
        Sampling interval (ms), a multiple of dt.
    t_start : float, default 0
        In ms.

    Examples
    --------
    >>> net.inject(e, rb.Samples(np.sin(np.arange(1000) / 50), every=0.1))
    """

    values: Any
    every: float
    t_start: float = 0.0

    def __post_init__(self) -> None:
        values = checks.array("values", self.values, unit=f"{CURRENT} or Hz")
        if values.ndim not in (1, 2) or len(values) == 0:
            raise ValueError(f"values must have shape (K,) or (K, n) with K > 0, got shape {values.shape}")
        checks.field(self, "every", above=0)
        checks.field(self, "t_start", low=0)
        object.__setattr__(self, "values", own(values.reshape(len(values), -1)))

    def _on_grid(self, dt: float, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return steps and values."""
        _check_width("values", self.values.shape[1], n)
        every = checks.steps("every", self.every, dt, low=1)
        return checks.steps("t_start", self.t_start, dt) + every * np.arange(len(self.values)), _rows(self.values)

    def _range(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        return _range_of(self.values)


@dataclass(frozen=True, eq=False)
class WhiteNoise(Injection):
    """Gaussian white noise, I(t) = mean + sigma ξ(t) with ⟨ξ(t)ξ(t')⟩ = δ(t − t'), independent for every neuron.

    A leaky membrane turns it into fluctuations of V with s.d. sigma / sqrt(2 tau_m), for any dt.

    Parameters
    ----------
    mean : float or array of shape (n,)
        In mV: one for all neurons, or one per neuron.
    sigma : float or array of shape (n,)
        Intensity, mV·√ms.

    Examples
    --------
    >>> net.inject(e, rb.WhiteNoise(mean=10, sigma=5))
    """

    mean: Any
    sigma: Any
    _random: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _one_or_each("mean", self.mean, CURRENT))
        object.__setattr__(self, "sigma", _one_or_each("sigma", self.sigma, _INTENSITY, low=0))

    def _check(self, neuron: Neuron, n: int, dt: float, others: Sequence[Injection]) -> None:
        """Raise unless it has one value for all neurons or one per neuron."""
        for name in ("mean", "sigma"):
            _fitting(name, np.atleast_1d(getattr(self, name)), n)

    def _enter(self, host: Host, population: int, n: int, neurons: np.ndarray, place: int, id: int) -> None:
        """Let the current flow into a population of neurons."""
        mean, sigma = np.atleast_1d(self.mean), np.atleast_1d(self.sigma)
        host.engine.inject_white_noise(
            population=population, place=place, id=id, mean=mean, sigma=sigma, neurons=neurons
        )


@dataclass(frozen=True, eq=False)
class OrnsteinUhlenbeck(Injection):
    """Coloured Gaussian noise of given mean and s.d. (mV) and time constant `tau` (ms), independent for every neuron.

    It is stationary from the start and advanced exactly, so that none of the three depends on dt.

    Parameters
    ----------
    mean : float or array of shape (n,)
        In mV: one for all neurons, or one per neuron.
    std : float or array of shape (n,)
        In mV.
    tau : float
        In ms.

    Examples
    --------
    >>> net.inject(e, rb.OrnsteinUhlenbeck(mean=10, std=4, tau=5))
    """

    mean: Any
    std: Any
    tau: float
    _random: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _one_or_each("mean", self.mean, CURRENT))
        object.__setattr__(self, "std", _one_or_each("std", self.std, CURRENT, low=0))
        checks.field(self, "tau", above=0)

    def _check(self, neuron: Neuron, n: int, dt: float, others: Sequence[Injection]) -> None:
        """Raise unless it has one value for all neurons or one per neuron."""
        for name in ("mean", "std"):
            _fitting(name, np.atleast_1d(getattr(self, name)), n)

    def _enter(self, host: Host, population: int, n: int, neurons: np.ndarray, place: int, id: int) -> None:
        """Let the current flow into a population of neurons."""
        mean, std = np.atleast_1d(self.mean), np.atleast_1d(self.std)
        host.engine.inject_ornstein_uhlenbeck(
            population=population, place=place, id=id, mean=mean, std=std, tau=self.tau, neurons=neurons
        )


def _one_or_each(name: str, value: Any, unit: str, low: float | None = None) -> Any:
    """Return a number, or an array of its own with one value per neuron."""
    if checks.axes(name, value) == 0:
        return checks.number(name, value, low=low, unit=unit)
    return own(checks.reals(name, value, shape=(None,), low=low, unit=unit))


def _rows(values: np.ndarray) -> np.ndarray:
    """Return rows with a column at least: no neurons need none, the engine one."""
    return values if values.shape[1] else np.zeros((len(values), 1))


def _range_of(values: np.ndarray) -> tuple[float, float]:
    """Return the smallest and the largest value; no neurons have none."""
    return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def _row(name: str, value: Any) -> np.ndarray:
    row = np.atleast_1d(checks.array(name, value))
    if row.ndim != 1:
        raise ValueError(f"{name} must be a number or have one value per neuron, got shape {row.shape}")
    return own(row)


def _fitting(name: str, row: np.ndarray, n: int) -> np.ndarray:
    _check_width(name, len(row), n)
    return row


def _check_width(name: str, width: int, n: int) -> None:
    if width not in (1, n):
        raise ValueError(f"{name} must have one value for all, or one for each of the {n} neurons, got {width}")
