"""f–I curves that the engine measures, for neurons of which there is no theory: with adaptation, channels, equations.

Neurons that are not connected receive what a neuron of the network does, Poisson spikes at the rates of its senders
through its own synapses, and a steady current more or less. The rates of the senders are those of the mean field that
has these curves: both are repeated until they agree. What conductances bring counts as the current that they carry at
the mean potential, which is measured with the curves.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from scipy.interpolate import UnivariateSpline

from rheobase import checks
from rheobase.models.circuit import Cells, Circuit, Drive, HasCircuit, Injected
from rheobase.models.currents import OrnsteinUhlenbeck, WhiteNoise
from rheobase.models.distributions import Distribution
from rheobase.models.sources import Poisson
from rheobase.progress import Search
from rheobase.rates import Interpolated, RateNetwork
from rheobase.theory.inputs.injected import injected_current
from rheobase.theory.inputs.mean_inputs import MeanInputs, mean_inputs
from rheobase.theory.mean_fields.conductance_field import conducts
from rheobase.theory.membranes import average, check_membrane
from rheobase.units import PER_MS

#: Inputs of a curve, and how far they reach, mV and as a part of all that arrives, whatever its sign.
_INPUTS, _REACH, _PART = 15, 10.0, 0.25

#: Rounds; by what factor they are shorter while rates still change by more than a part of themselves; the change that
#: ends them; the rate, Hz, next to which changes are none; and the largest factor of a change with conductances.
_ROUNDS, _SHORTER, _NEAR, _CHANGE, _LEAST, _FACTOR = 20, 4, 0.1, 0.01, 0.05, 2.0

#: How many standard errors rates may still change by in the last round.
_ERRORS = 5.0

#: Step of a relaxation, its number of steps, and the change at which it ends, Hz.
_STEP, _STEPS, _RELAXED = 0.02, 2000, 1e-7

#: Time, ms, after which neurons have forgotten how they started, and how often their potential is looked at, about.
_SETTLING, _SAMPLED = 300.0, 1.0

#: Where the search begins with conductances: rates, Hz, and mean potentials, mV.
_START, _REST = 10.0, -60.0


class CanRun(HasCircuit, Protocol):
    """A network that makes others and runs them."""

    @classmethod
    def of(cls, circuit: Circuit, *, threads: int | None = None) -> Any:
        """Return a network made of a circuit."""


def measured(
    network: CanRun, *, n: int = 60, duration: float = 2000.0, seed: int = 0, progress: bool = False
) -> tuple[Interpolated, ...]:
    """Return the f–I curves of a network's neurons, measured with the engine in the noise they have there.

    Parameters
    ----------
    network : Network
        Of any neurons; its sources are steady Poisson processes. Inputs of neurons with conductances are the currents,
        over g_L, that these carry at the mean potential.
    n : int, default 60
        Neurons at each of 15 inputs, at least 2.
    duration : float, default 2000
        For which they are watched, ms, after 300 ms in which they settle; at least 100.
    seed : int, default 0
        Of the spikes they receive.
    progress : bool, default False
        Count the populations that were measured, once in each round, where it takes more than a second.

    Returns
    -------
    tuple of Interpolated
        From mean input, mV, to rate, Hz, one per population: smooth curves through what was measured.

    Raises
    ------
    TypeError, ValueError
        If the network cannot run, or has no mean field (see `mean_field`), or no rates agree with these curves.

    Examples
    --------
    >>> net = rb.Network(dt=0.1, seed=1)
    >>> cells = net.add(rb.AdEx(), 100, name="cells")
    >>> net.drive(cells, 5.0, sources=100, weight=40.0, synapse=rb.Exponential(tau=5))
    >>> net.mean_field(rb.theory.measured(net)).names
    ('cells',)
    """
    with Search("measuring", progress) as search:
        return measure(network, n=n, duration=duration, seed=seed, watch=search.advance)[1]


def measure(
    network: CanRun,
    *,
    n: int = 60,
    duration: float = 2000.0,
    seed: int = 0,
    watch: Callable[[], object] | None = None,
) -> tuple[MeanInputs, tuple[Interpolated, ...]]:
    """Return mean inputs and f-I curves of a network's neurons; see `measured`."""
    circuit = circuit_that_runs(network)
    for p in circuit.neurons:
        check_membrane(p.neuron)
    n, duration = checks.integer("n", n, low=2), checks.number("duration", duration, low=100, unit="ms")
    seed = checks.integer("seed", seed, low=0, high=2**64 - 1)
    checks.memory("n", 1000.0 * _INPUTS * n)
    checks.memory("duration", _INPUTS * n * duration / circuit.dt)  # a byte per step of each neuron
    conductances = conducts(circuit)
    potentials = [_REST] * len(circuit.neurons) if conductances else None
    inputs = mean_inputs(circuit, "a mean field", potentials)
    rates = np.full(len(circuit.neurons), _START if conductances else 0.0)
    curves: tuple[Interpolated, ...] = ()
    change = np.inf
    for _ in range(_ROUNDS):
        length = circuit.dt * round(duration / (_SHORTER if change > _NEAR else 1) / circuit.dt)
        found = []
        for j, p in enumerate(circuit.neurons):
            row = inputs.W[j], inputs.X[j]
            found.append(_measure_population(type(network), circuit, p.name, rates, row, (n, length, seed)))
            if watch is not None:
                watch()
        if conductances:
            inputs = mean_inputs(circuit, "a mean field", [of.potential for of in found])
        means = PER_MS * inputs.W @ rates + inputs.X
        curves = tuple(of.curve(mean) for of, mean in zip(found, means, strict=True))
        before, rates = rates, _agreed(curves, inputs.W, inputs.X, rates)
        if conductances:
            rates = np.clip(rates, before / _FACTOR, _FACTOR * before + 1)
        was_near, change = change <= _NEAR, float((np.abs(rates - before) / (rates + _LEAST / _CHANGE)).max())
        if was_near and change <= _CHANGE:
            break
    # Of spikes that are few, rates differ by chance from round to round.
    by_chance = np.sqrt((np.maximum(rates, before) + _LEAST) / (PER_MS * n * length))
    moved = np.abs(rates - before) - _ERRORS * by_chance
    if change > _NEAR and moved.max() > 0:
        j = int(np.argmax(moved))
        raise ValueError(
            f"network must have rates at which its neurons fire in Poisson noise of these rates, but after {_ROUNDS} "
            f"rounds that of {inputs.names[j]!r} still goes from {before[j]:.3g} to {rates[j]:.3g} Hz"
        )
    if conductances and rates.max() < _LEAST:
        raise ValueError(
            f"network must have a stationary state in which neurons fire for a mean field of conductances, but in "
            f"Poisson noise of {_START:g} Hz they fire less and less"
        )
    return inputs, curves


def circuit_that_runs(network: CanRun) -> Circuit:
    """Return the circuit of the argument `network`, of which others are to be made and run."""
    if isinstance(network, Circuit) or not callable(getattr(type(network), "of", None)):
        raise TypeError(f"network must be a network that can run, such as rb.Network, got {network!r}")
    return Circuit.of(network)


@dataclass(frozen=True)
class _Measured:
    """What was measured of the neurons of one population.

    Rates and their errors, Hz, with each additional input `more`, mV, and the mean potential without any, mV.
    """

    model: str
    more: np.ndarray
    rates: np.ndarray
    errors: np.ndarray
    potential: float

    def curve(self, mean: float) -> Interpolated:
        """Return a smooth curve through it where the mean input is `mean`, mV."""
        inputs = mean + self.more
        smooth = UnivariateSpline(inputs, self.rates, w=1 / self.errors, s=_INPUTS)(inputs)
        smooth = np.where(self.rates > 0, np.maximum(smooth, 0), 0.0)
        # It rises, and falls where channels stay inactivated; what else it does is chance.
        top = int(smooth.argmax())
        rising, falling = np.maximum.accumulate(smooth[:top]), np.maximum.accumulate(smooth[:top:-1])[::-1]
        curve = np.concatenate([rising, smooth[[top]], falling])
        return Interpolated(inputs, curve, label=f"{self.model} in the engine")


def _measure_population(
    make: type[CanRun],
    circuit: Circuit,
    name: str,
    rates: np.ndarray,
    row: tuple[np.ndarray, float],
    sizes: tuple[int, float, int],
) -> _Measured:
    """Return what one population does where neurons of the network fire at given rates, Hz."""
    (W, X), (n, duration, seed) = row, sizes
    g_L = average(circuit[name].neuron.parameters.get("g_L", 1.0))
    arriving = sum(abs(weight) for weight in PER_MS * W * rates) + abs(X)
    part = np.linspace(-2, 2, _INPUTS)
    more = (_REACH + _PART * arriving) * np.sinh(part) / np.sinh(2)
    noise = [
        i.current
        for i in circuit.injections
        if i.post == name and isinstance(i.current, (WhiteNoise, OrnsteinUhlenbeck))
    ]
    steady = injected_current(circuit, name).steady * g_L - sum(average(current.mean) for current in noise)
    cells = repeated(circuit[name], n, more * g_L + steady)
    injected = tuple(Injected(name, current, None, id) for id, current in enumerate(noise))
    net = make.of(Circuit((cells,), (), _drives(circuit, name, rates), injected, circuit.dt, seed), threads=1)
    settling = circuit.dt * round(_SETTLING / circuit.dt)
    if conducts(circuit):
        middle = slice(_INPUTS // 2 * n, (_INPUTS // 2 + 1) * n)
        every = circuit.dt * max(1, round(_SAMPLED / circuit.dt))
        net.record(net[name], "V", neurons=middle, every=every, mean=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*ran away", RuntimeWarning)  # the largest inputs are far from the state
        result = net.run(settling + duration)
    trains = result.spikes(name).between(settling, settling + duration)
    counts = np.bincount(trains.indices, minlength=cells.n).reshape(_INPUTS, n)
    found = counts.mean(axis=1) / (PER_MS * duration)
    errors = np.maximum(counts.std(axis=1), 1.0) / (np.sqrt(n) * PER_MS * duration)
    potential = np.nan
    if conducts(circuit):
        V = result.states(name, "V")
        potential = float(V.values[V.times > settling].mean())
    return _Measured(circuit[name].neuron.model.name, more, found, errors, potential)


def repeated(cells: Cells, n: int, currents: np.ndarray) -> Cells:
    """Return n neurons for each additional current."""
    total, neuron = n * len(currents), cells.neuron

    def spread(value: Any) -> Any:
        return value if isinstance(value, Distribution) or np.ndim(value) == 0 else np.resize(value, total)

    for name, value in neuron.parameters.items():
        neuron = neuron.replaced(name, spread(value))
    neuron = neuron.replaced("I_x", average(neuron.I_x) + np.repeat(currents, n))
    initial = tuple((name, spread(value)) for name, value in cells.initial)
    return Cells(cells.name, total, neuron, initial)


def _drives(circuit: Circuit, name: str, rates: np.ndarray) -> tuple[Drive, ...]:
    """Return the Poisson drives that bring what a neuron of one population receives."""
    names = [p.name for p in circuit.neurons]
    drives = [replace(d, neurons=None) for d in circuit.drives if d.post == name]
    for q in circuit.projections:
        if q.post == name:
            model = circuit[q.pre].model
            rate = average(model.rate) if isinstance(model, Poisson) else float(rates[names.index(q.pre)])
            drives.append(Drive(name, rate, circuit.mean_in_degree(q), q.mean_weight, q.synapse))
    return tuple(replace(d, rate=float(np.mean(d.rate)), id=k) for k, d in enumerate(drives))


def _agreed(curves: tuple[Interpolated, ...], W: np.ndarray, X: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the rates, Hz, to which the network of these curves relaxes, slowly enough for all of them."""
    network = RateNetwork(W, X, curves, tau=np.ones(len(X)))
    for _ in range(_STEPS):
        change = _STEP * network.field(rates)
        rates = rates + change
        if np.abs(change).max() < _RELAXED:
            break
    return np.clip(rates, 0, 1000)
