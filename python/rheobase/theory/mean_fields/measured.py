"""f–I curves that the engine measures, for neurons of which there is no theory: with adaptation, channels, equations.

Neurons that send nothing receive what a neuron of the network does, through its own synapses, and a steady current more
or less. In the first round that are Poisson spikes, later the trains that such neurons have sent in the rounds before
(see `sent_spikes`), so that neurons may differ by what they happen to receive, and trains need not be Poisson
processes. The mean rates of the senders are those of the mean field that has these curves: all is repeated until it
agrees. What conductances bring counts as the current that they carry at the mean potential, which is measured with the
curves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase import checks
from rheobase.progress import Search
from rheobase.rates import Interpolated, RateNetwork
from rheobase.theory.inputs.mean_inputs import MeanInputs
from rheobase.theory.mean_fields.measuring import INPUTS, CanRun, Measured, Rounds, circuit_that_runs
from rheobase.theory.membranes import check_membrane
from rheobase.units import PER_MS

#: Rounds towards the state, each a part of the duration; the change of a rate up to which it is near, and that which is
#: none; the rate, Hz, next to which changes are none; and the largest factor of a change with conductances.
_ROUNDS, _PARTS, _NEAR, _CHANGE, _LEAST, _FACTOR = 20, 4, 0.1, 0.01, 0.05, 2.0

#: How often a misfit has been none or has changed its sign where only chance is left: else it keeps its sign.
_TURNS = 2

#: Rounds that count, at least and at most, and the standard error of rates, as a part, at which they are enough.
_COUNTED, _MOST_COUNTED, _UNCERTAIN = 4, 10, 0.015

#: How many standard errors rates may still change by in the last round.
_ERRORS = 5.0

#: Smallest step of a relaxation, the factor by which it grows, number of steps, and the misfit at the end, Hz.
_STEP, _LONGER, _STEPS, _RELAXED = 0.02, 1.2, 2000, 5e-6

#: Rates, Hz, where the search begins with conductances, and the memory that a neuron and its connections take.
_START, _BYTES = 10.0, 1e4


def measured(
    network: CanRun, *, n: int = 60, duration: float = 2000.0, seed: int = 0, progress: bool = False
) -> tuple[Interpolated, ...]:
    """Return the f–I curves of a network's neurons, measured with the engine in the noise they have there.

    Neurons receive trains of such neurons, each shifted by a time of its own, through connections that are drawn as
    those of the network are: the curves are means over neurons that differ by what they happen to receive. Correlations
    between trains are no part of it.

    Parameters
    ----------
    network : Network
        Of any neurons; its sources are steady Poisson processes. Inputs of neurons with conductances are the currents,
        over g_L, that these carry at the mean potential.
    n : int, default 60
        Neurons at each of 15 inputs, at least 2; five times as many at the input of the state.
    duration : float, default 2000
        For which the curves are watched at least, ms, in four rounds, each after 300 ms in which neurons settle; at
        least 100. Rounds that lead to the state are as long.
    seed : int, default 0
        Of connections and spikes.
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
    checks.memory("n", _BYTES * INPUTS * n)
    checks.memory("duration", INPUTS * n * duration / circuit.dt)  # a byte per step of each neuron
    length = circuit.dt * max(1, round(duration / _PARTS / circuit.dt))
    rounds = Rounds(type(network), circuit, n, length, np.random.default_rng(seed), watch)
    rates = _state(rounds)
    if rounds.conductances and rates.max() < _LEAST:
        raise ValueError(
            f"network must have a stationary state in which neurons fire for a mean field of conductances, but in "
            f"Poisson noise of {_START:g} Hz they fire less and less"
        )
    return _counted(rounds, rates)


def _state(rounds: Rounds) -> np.ndarray:
    """Return the rates, Hz, to which rounds lead, but for chance."""
    rates = np.full(len(rounds.names), _START if rounds.conductances else 0.0)
    before, near, turns, part = np.zeros(len(rates)), False, np.zeros(len(rates), dtype=int), 1.0
    for _ in range(_ROUNDS):
        agreed = _agreed(rounds, [rounds.found(rates)], rates)
        misfit, scale = agreed - rates, np.maximum(agreed, rates) + _LEAST / _CHANGE
        was_near, near = near, bool((np.abs(misfit) <= _NEAR * scale).all())
        turned = (misfit * before <= 0) | (np.abs(misfit) <= _CHANGE * scale)
        turns = turns + turned if was_near and near else np.zeros_like(turns)
        # Rates that swing go a part of the way.
        part = min(1.0, 2 * part) if near or not (misfit * before < 0).any() else part / 2
        last, rates, before = rates, rates + part * misfit, misfit
        if turns.min() >= _TURNS:
            break
    _check_settled(rounds, last, agreed, _ROUNDS)
    return rates


def _check_settled(rounds: Rounds, before: np.ndarray, rates: np.ndarray, number: int) -> None:
    """Raise where rates, Hz, still change after so many rounds, by more than chance: few spikes make them differ."""
    moved, largest = np.abs(rates - before), np.maximum(rates, before) + _LEAST
    by_chance = np.sqrt(largest / (PER_MS * rounds.n * rounds.length))
    far = moved - np.maximum(_ERRORS * by_chance, _NEAR * (largest + _LEAST / _CHANGE))
    if far.max() > 0:
        j = int(np.argmax(far))
        raise ValueError(
            f"network must have rates at which its neurons fire in the noise of these rates, but after {number} "
            f"rounds that of {rounds.names[j]!r} still goes from {before[j]:.3g} to {rates[j]:.3g} Hz"
        )


def _counted(rounds: Rounds, rates: np.ndarray) -> tuple[MeanInputs, tuple[Interpolated, ...]]:
    """Return mean inputs and curves of as many rounds near these rates, Hz, as their scatter asks for."""
    counted: list[tuple[Measured, ...]] = []
    at: list[np.ndarray] = []
    while len(counted) < _MOST_COUNTED:
        more = [of.more for of in counted[0]] if counted else None
        counted, at = [*counted, rounds.found(rates, more)], [*at, rates]
        rates = _agreed(rounds, counted, np.mean(at, axis=0))
        of_rounds = np.array([[of.rate for of in found] for found in counted])
        error = of_rounds.std(axis=0) / np.sqrt(len(counted))
        if len(counted) >= _COUNTED and (error <= _UNCERTAIN * of_rounds.mean(axis=0) + _LEAST).all():
            break
    _check_settled(rounds, np.mean(at, axis=0), rates, len(counted))
    return rounds.curves(counted, np.mean(at, axis=0))


def _agreed(rounds: Rounds, found: list[tuple[Measured, ...]], rates: np.ndarray) -> np.ndarray:
    """Return the rates, Hz, to which the network of these curves relaxes, which were measured at `rates`."""
    inputs, curves = rounds.curves(found, rates)
    relaxed = _relaxed(RateNetwork(inputs.W, inputs.X, curves, tau=np.ones(len(rates))), rates)
    return np.clip(relaxed, rates / _FACTOR, _FACTOR * rates + 1) if rounds.conductances else relaxed


def _relaxed(network: RateNetwork, rates: np.ndarray) -> np.ndarray:
    """Return the rates, Hz, to which a network relaxes: in short steps, and in longer ones while these come nearer."""
    step, before = _STEP, np.inf
    for _ in range(_STEPS):
        slopes = network.field(rates)
        off = float(np.abs(slopes).max())
        if off < _RELAXED:
            break
        step, before = min(_LONGER * step, 1.0) if off < before else _STEP, off
        rates = np.clip(rates + step * slopes, 0, 1000)
    return rates
