"""Transfer functions with an effective threshold, fitted to what the engine measures, for neurons of any model.

A neuron whose free potential has the mean μ, the s.d. σ and the autocorrelation time τ fires at the rate at which this
Gaussian potential is above a threshold, once in τ; the threshold is a polynomial of μ, σ and τ (Zerlaut, Teleńczuk,
Deleuze, Bal, Ouanounou & Destexhe, J Physiol 594, 3791, 2016; Zerlaut, Chemla, Chavane & Destexhe, J Comput Neurosci
44, 45, 2018).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.special import erfc, erfcinv
from scipy.stats import qmc

from rheobase import checks
from rheobase.models.circuit import Cells, Circuit, Drive
from rheobase.models.values import Brief
from rheobase.progress import counted
from rheobase.rates import Interpolated, RateNetwork
from rheobase.theory.inputs.afferents import Afferent, all_afferents
from rheobase.theory.inputs.injected import injected_current
from rheobase.theory.inputs.short_term import check_steady
from rheobase.theory.mean_fields.conductance_field import linear_inputs
from rheobase.theory.mean_fields.measuring import CanRun, circuit_that_runs, repeated
from rheobase.theory.membranes import average, leaky, time_constant
from rheobase.theory.neurons.conductances import EffectiveCell, effective_cell
from rheobase.units import PER_MS

#: Coefficients of a polynomial of the second degree in three variables.
_COEFFICIENTS = 10

#: How sources and drives are varied, as factors, and time in which neurons forget how they started, ms.
_SOURCES, _SETTLING = (0.5, 1.5), 500.0

#: Part of a rate that counts as an error of its own, so that high rates are no more important than low ones.
_PART = 0.03

#: Smallest s.d. of the potential, mV.
_LEAST = 1e-6

#: Largest number of spikes in the autocorrelation time: more than one there cannot be, and many bend the fit.
_FASTEST = 0.6

#: How far curves reach next to the s.d. of the potential, and their number of points, odd so that the state is one.
_REACH, _TABLE = 3.0, 121

#: Iterations towards self-consistent rates, what each takes of the change, and the change at which they end, Hz.
_ITERATIONS, _TAKEN, _SETTLED = 2000, 0.1, 1e-5


@dataclass(frozen=True, eq=False, repr=False)
class EffectiveThreshold(Brief):
    """The rate of a neuron from mean, s.d. and autocorrelation time of its free membrane potential.

    F(μ, σ, τ) = erfc((θ − μ) / (√2 σ)) / (2 τ), θ a polynomial of the second degree in μ, σ and τ.

    Attributes
    ----------
    model : str
        Name of the neuron model.
    coefficients : ndarray, shape (10,)
        Of θ, mV: constant, linear and quadratic ones, in variables that are shifted and scaled.
    centre, scale : ndarray, shape (3,)
        The variables are (μ, σ, τ) less the centre, over the scale.
    points : ndarray, shape (M, 3)
        μ and σ, mV, and τ, ms, of what was measured.
    measured, errors : ndarray, shape (M,)
        Rates there, Hz, and their standard errors.

    Examples
    --------
    >>> net = rb.circuits.coba(1000)
    >>> e, i = effective_thresholds(net, points=40, n=20)
    """

    model: str
    coefficients: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    points: np.ndarray
    measured: np.ndarray
    errors: np.ndarray

    def __call__(self, mean: npt.ArrayLike, std: npt.ArrayLike, tau: npt.ArrayLike) -> np.ndarray:
        """Return the rate, Hz, at mean and s.d. of the free potential, mV, and its autocorrelation time, ms."""
        at = _checked(mean, std, tau)
        return np.asarray(_rate(self._polynomial(at), at))

    def threshold(self, mean: npt.ArrayLike, std: npt.ArrayLike, tau: npt.ArrayLike) -> np.ndarray:
        """Return the effective threshold θ, mV; arguments as of a call."""
        return self._polynomial(_checked(mean, std, tau))

    @property
    def residuals(self) -> np.ndarray:
        """What the fit has more than was measured, Hz, shape (M,)."""
        return np.asarray(self(*self.points.T) - self.measured)

    @property
    def error(self) -> float:
        """Root mean square of the residuals, Hz."""
        return float(np.sqrt(np.mean(self.residuals**2)))

    def _polynomial(self, at: np.ndarray) -> np.ndarray:
        return np.asarray(_terms((at - self.centre) / self.scale) @ self.coefficients)

    def _repr_html_(self) -> str:
        return (
            f"<b>Effective threshold of {self.model}</b>: {len(self.points)} points up to {self.measured.max():.3g} "
            f"Hz, error {self.error:.2g} Hz, statistical {np.sqrt(np.mean(self.errors**2)):.2g} Hz"
        )


def effective_thresholds(
    network: CanRun,
    rates: tuple[float, float] = (1.0, 40.0),
    *,
    points: int = 60,
    n: int = 40,
    duration: float = 1500.0,
    seed: int = 0,
    progress: bool = False,
) -> tuple[EffectiveThreshold, ...]:
    """Return the transfer functions of a network's neurons, fitted to what the engine measures.

    Unconnected neurons receive Poisson spikes through the synapses of the network, at rates of the senders that are
    spread evenly over the logarithms (a Halton sequence). `net.mean_field` takes what is returned in place of curves.

    Parameters
    ----------
    network : Network
        Of neurons with a leak `g_L` and `E_L`; its sources are steady Poisson processes. Synapses carry currents or are
        conductances.
    rates : tuple of two floats, default (1, 40)
        Between which the rates of the populations lie, Hz. Sources and drives have 0.5 to 1.5 times their own.
    points : int, default 60
        Number of choices of rates, at least 30.
    n : int, default 40
        Neurons at each, at least 2.
    duration : float, default 1500
        For which they are watched, ms, after 500 ms in which they settle; at least 100.
    seed : int, default 0
        Of the spikes they receive.
    progress : bool, default False
        Show how many populations are done and, in each, how far its simulation has come.

    Returns
    -------
    tuple of EffectiveThreshold
        One per population.

    Raises
    ------
    TypeError, ValueError
        If the network cannot run, neurons have no leak, sources are no Poisson processes, a number is out of range,
        or the neurons of a population fire at fewer than 20 points. Points at which they fire more than 0.6 times in
        the autocorrelation time are left out, for these transfer functions end at one.

    Examples
    --------
    >>> net = rb.circuits.coba(1000)
    >>> field = net.mean_field(effective_thresholds(net))
    """
    circuit = circuit_that_runs(network)
    low, high = checks.reals("rates", rates, shape=(2,), above=0, high=1000).tolist()
    if not low < high:
        raise ValueError(f"rates must be (low, high) with low < high, got {rates}")
    points, n = checks.integer("points", points, low=30), checks.integer("n", n, low=2)
    duration = checks.number("duration", duration, low=100, unit="ms")
    seed = checks.integer("seed", seed, low=0, high=2**64 - 1)
    checks.memory("points", 2000.0 * points)
    checks.memory("n", 1000.0 * points * n)
    checks.memory("duration", points * n * duration / circuit.dt)
    found, sizes = potentials(circuit), (points, n, circuit.dt * round(duration / circuit.dt), seed)
    return tuple(
        _fitted(type(network), circuit, p, (low, high), sizes, progress)
        for p in counted(found, "fitting", "population", progress)
    )


@dataclass(frozen=True, eq=False)
class Potential:
    """What the free membrane potential of a population follows from."""

    cells: Cells
    tau_m: float
    E_L: float
    current: float
    afferents: tuple[Afferent, ...]
    sources: Mapping[str, float]

    def effective(self, rates: Mapping[str, float]) -> EffectiveCell:
        """Return the passive membrane with the mean conductances that senders of these rates, Hz, open."""
        passive = leaky(tau_m=self.tau_m, E_L=self.E_L, V_th=self.E_L + 20.0, V_re=self.E_L)
        return effective_cell(passive, self.E_L, self.current, self.afferents, {**self.sources, **rates})

    def moments(self, rates: Mapping[str, float]) -> np.ndarray:
        """Return mean and s.d., mV, and autocorrelation time, ms, where senders have these rates, Hz."""
        cell, rates = self.effective(rates), {**self.sources, **rates}
        spikes = [PER_MS * rates[a.pre] for a in cell.afferents]
        tau_m = cell.membrane.tau_m
        variance = sum(r * a.n * a.cumulant(2, tau_m) for r, a in zip(spikes, cell.afferents, strict=True))
        intensity = sum(r * a.power for r, a in zip(spikes, cell.afferents, strict=True))
        tau = intensity / (2 * variance) if variance > 0 else tau_m
        return np.array([cell.V_0, np.sqrt(variance), tau])


def potentials(circuit: Circuit) -> tuple[Potential, ...]:
    """Return what the free potentials of the populations of a circuit follow from."""
    check_steady(circuit, "an effective threshold")
    afferents, sources = all_afferents(circuit)
    found = []
    for cells, arriving in zip(circuit.neurons, afferents, strict=True):
        of = cells.neuron.parameters
        if "g_L" not in of or "E_L" not in of:
            raise ValueError(
                f"neurons must have a leak g_L and E_L for an effective threshold, {cells.name!r} are "
                f"{cells.neuron.model.name}"
            )
        injected = injected_current(circuit, cells.name)
        if injected.changes or injected.noisy:
            raise ValueError(
                f"network must have steady injected currents for an effective threshold, not {cells.name!r}"
            )
        current = average(cells.neuron.I_x) / average(of["g_L"]) + injected.steady
        rates = {name: rate for name, (rate, _) in sources.items()}
        found.append(Potential(cells, time_constant(cells.neuron), average(of["E_L"]), current, arriving, rates))
    return tuple(found)


def threshold_field(
    circuit: Circuit, fits: tuple[EffectiveThreshold, ...], tau: npt.ArrayLike | None = None
) -> RateNetwork:
    """Return the rate network of these transfer functions near its steady rates: see `mean_field`."""
    populations = potentials(circuit)
    if len(fits) != len(populations):
        raise ValueError(f"f must be one per population, got {len(fits)} for {len(populations)}")
    names = tuple(p.cells.name for p in populations)
    u = _agreed_rates(populations, fits)
    rates = dict(zip(names, u.tolist(), strict=True))
    cells = [p.effective(rates) for p in populations]
    W, X = linear_inputs(names, [c.steady for c in cells], [c.afferents for c in cells], populations[0].sources)
    curves, times = [], []
    for p, fit, cell in zip(populations, fits, cells, strict=True):
        mean, std, slowness = p.moments(rates)
        reach = max(_REACH * std, float(np.ptp(fit.points[:, 0])) / 2)
        inputs = reach * np.linspace(-1, 1, _TABLE)
        # Beyond what was measured the polynomial may bend back.
        found = fit(mean + inputs, std, slowness)
        middle = _TABLE // 2
        found[middle:] = np.maximum.accumulate(found[middle:])
        found[: middle + 1] = np.minimum.accumulate(found[middle::-1])[::-1]
        curves.append(Interpolated(cell.mean + inputs, found, label=f"effective threshold of {fit.model}"))
        times.append(cell.membrane.tau_m)
    return RateNetwork(W, X, curves, tau=np.array(times) if tau is None else tau, names=names)


def _agreed_rates(populations: tuple[Potential, ...], fits: tuple[EffectiveThreshold, ...]) -> np.ndarray:
    """Return the rates, Hz, that a network of these transfer functions relaxes to."""
    names = [p.cells.name for p in populations]
    u = np.full(len(names), 5.0)
    for _ in range(_ITERATIONS):
        rates = dict(zip(names, u.tolist(), strict=True))
        found = np.array([fit(*p.moments(rates)) for p, fit in zip(populations, fits, strict=True)])
        change, u = found - u, u + _TAKEN * (found - u)
        if np.abs(change).max() < _SETTLED:
            return u
    raise ValueError(
        f"f must lead to steady rates, but those of {np.round(u, 2).tolist()} Hz change by "
        f"{np.abs(change).max():.2g} Hz"
    )


def _fitted(
    make: type[CanRun],
    circuit: Circuit,
    p: Potential,
    rates: tuple[float, float],
    sizes: tuple[int, int, float, int],
    progress: bool,
) -> EffectiveThreshold:
    points, n, duration, seed = sizes
    names = list(dict.fromkeys(a.pre for a in p.afferents))
    own = {c.name for c in circuit.neurons}
    spread = qmc.Halton(max(len(names), 1), scramble=False).random(points + 1)[1:]
    chosen = []
    for part in spread:
        of = {}
        for name, x in zip(names, part, strict=False):
            low, high = rates if name in own else (factor * p.sources[name] for factor in _SOURCES)
            of[name] = float(low * (high / low) ** x) if low > 0 else 0.0
        chosen.append(of)
    drives = _drives(circuit, p, chosen, n)
    steady = injected_current(circuit, p.cells.name).steady * average(p.cells.neuron.parameters["g_L"])
    cells = repeated(p.cells, n, np.full(points, steady), np.random.default_rng(seed))
    net = make.of(Circuit((cells,), (), drives, (), circuit.dt, seed), threads=1)
    settling = circuit.dt * round(_SETTLING / circuit.dt)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*ran away", RuntimeWarning)
        result = net.run(settling + duration, progress=progress)
    trains = result.spikes(p.cells.name).between(settling, settling + duration)
    counts = np.bincount(trains.indices, minlength=cells.n).reshape(points, n)
    seconds = PER_MS * duration
    measured = counts.mean(axis=1) / seconds
    errors = np.maximum(counts.std(axis=1), 1 / np.sqrt(n)) / (np.sqrt(n) * seconds)
    at = np.array([p.moments(of) for of in chosen])
    return _fit(p.cells.neuron.model.name, at, measured, errors)


def _drives(circuit: Circuit, p: Potential, chosen: list[dict[str, float]], n: int) -> tuple[Drive, ...]:
    """Return drives in which each choice of rates is for n neurons."""
    brought: list[tuple[str, float, float, object]] = []
    for q in circuit.projections:
        if q.post == p.cells.name:
            brought.append((q.pre, circuit.mean_in_degree(q), q.mean_weight, q.synapse))
    driven = [d for d in circuit.drives if d.post == p.cells.name]
    names = [a.pre for a in p.afferents[len(brought) :]]
    brought += [(name, d.sources, d.weight, d.synapse) for name, d in zip(names, driven, strict=True)]
    return tuple(
        Drive(p.cells.name, np.repeat([of[name] for of in chosen], n), sources, weight, synapse, None, k)  # type: ignore[arg-type]
        for k, (name, sources, weight, synapse) in enumerate(brought)
    )


def _fit(model: str, at: np.ndarray, measured: np.ndarray, errors: np.ndarray) -> EffectiveThreshold:
    within = PER_MS * measured * at[:, 2] < _FASTEST
    at, measured, errors = at[within], measured[within], errors[within]
    fires = measured > 0
    if fires.sum() < 2 * _COEFFICIENTS:
        raise ValueError(
            f"rates must make the neurons fire at {2 * _COEFFICIENTS} points at least, less than {_FASTEST:g} times in "
            f"the autocorrelation time of their potential, but {model} did at {int(fires.sum())}: give others, or more "
            f"points"
        )
    centre, scale = at.mean(0), np.maximum(at.std(0), 1e-3)
    terms, std, tau = _terms((at - centre) / scale), np.maximum(at[:, 1], _LEAST), at[:, 2]
    wanted = at[fires, 0] + np.sqrt(2) * std[fires] * erfcinv(2 * PER_MS * measured[fires] * tau[fires])
    start = np.linalg.lstsq(terms[fires], wanted, rcond=None)[0]
    weight = 1 / np.hypot(errors, _PART * measured)
    found = least_squares(lambda c: weight * (_rate(terms @ c, at) - measured), start, x_scale="jac", max_nfev=500)
    return EffectiveThreshold(model, found.x, centre, scale, at, measured, errors)


def _rate(threshold: np.ndarray, at: np.ndarray) -> np.ndarray:
    std = np.maximum(at[..., 1], _LEAST)
    return np.asarray(erfc((threshold - at[..., 0]) / (np.sqrt(2) * std)) / (2 * PER_MS * at[..., 2]))


def _terms(x: np.ndarray) -> np.ndarray:
    """Return the terms of the polynomial at variables (..., 3): shape (..., 10)."""
    one, (a, b, c) = np.ones(x.shape[:-1]), np.moveaxis(x, -1, 0)
    return np.stack([one, a, b, c, a * a, b * b, c * c, a * b, a * c, b * c], axis=-1)


def _checked(mean: npt.ArrayLike, std: npt.ArrayLike, tau: npt.ArrayLike) -> np.ndarray:
    """Return mean, s.d. and time constant, together on the last axis."""
    given = (
        checks.reals("mean", mean, unit="mV", low=-1e6, high=1e6),
        checks.reals("std", std, unit="mV", low=0, high=1e6),
        checks.reals("tau", tau, unit="ms", above=0, high=1e6),
    )
    try:
        return np.stack(np.broadcast_arrays(*given), axis=-1)
    except ValueError:
        shapes = [x.shape for x in given]
        raise ValueError(f"mean, std and tau must be numbers or arrays of one shape, got shapes {shapes}") from None
