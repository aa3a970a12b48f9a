"""What the engine measures of neurons that send nothing, in rounds: with steady currents, in the noise of a network.

In the first round neurons receive Poisson spikes, later the trains that such neurons have sent in the rounds before
(see `sent_spikes`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from scipy.interpolate import UnivariateSpline

from rheobase.models.circuit import Cells, Circuit, HasCircuit, Injected
from rheobase.models.currents import OrnsteinUhlenbeck, WhiteNoise
from rheobase.models.distributions import Distribution
from rheobase.models.values import Brief
from rheobase.rates import Interpolated
from rheobase.theory.inputs.afferents import Afferent, all_afferents, kinds_received
from rheobase.theory.inputs.injected import injected_current
from rheobase.theory.inputs.mean_inputs import MeanInputs, mean_inputs
from rheobase.theory.mean_fields.conductance_field import conducts
from rheobase.theory.mean_fields.sent_spikes import SentSpikes, received
from rheobase.theory.membranes import average, differing
from rheobase.units import PER_MS

#: Inputs of a curve, and how far they reach, mV and as a part of all that arrives, whatever its sign.
INPUTS, _REACH, _PART = 15, 10.0, 0.25

#: Least part of that reach, to which it shrinks where neurons do not stay finite.
_NARROWEST = 1 / 8

#: How many times more neurons there are in the state, whose trains are those that others receive.
_IN_STATE = 4

#: Time, ms, after which neurons have forgotten how they started, and how often their potential is looked at, about.
_SETTLING, _SAMPLED = 300.0, 1.0

#: Values of a distribution of which some, as many as there are neurons, stand for all.
_SAMPLES = 10_000

#: Mean potentials with which the search begins where there are conductances, mV.
_REST = -60.0


class CanRun(HasCircuit, Protocol):
    """A network that makes others and runs them."""

    @classmethod
    def of(cls, circuit: Circuit, *, threads: int | None = None) -> Any:
        """Return a network made of a circuit."""


def circuit_that_runs(network: CanRun) -> Circuit:
    """Return the circuit of the argument `network`, of which others are to be made and run."""
    if isinstance(network, Circuit) or not callable(getattr(type(network), "of", None)):
        raise TypeError(f"network must be a network that can run, such as rb.Network, got {network!r}")
    return Circuit.of(network)


@dataclass(frozen=True, eq=False, repr=False)
class Measured(Brief):
    """What was measured of the neurons of one population.

    Attributes
    ----------
    model : str
        Of the neurons.
    more : ndarray, shape (15,)
        Additional inputs, mV, 0 in the middle.
    rates, errors : ndarray, shape (15,)
        Rates and their standard errors, Hz.
    potential : float
        Mean potential without additional input, mV; NaN where synapses carry currents.
    sent : SentSpikes
        Of neurons without additional input.
    """

    model: str
    more: np.ndarray
    rates: np.ndarray
    errors: np.ndarray
    potential: float
    sent: SentSpikes

    @property
    def rate(self) -> float:
        """Of neurons that have no additional input, Hz."""
        return self.sent.rate

    def curve(self, mean: float) -> Interpolated:
        """Return a smooth curve through it where the mean input is `mean`, mV."""
        inputs = mean + self.more
        smooth = UnivariateSpline(inputs, self.rates, w=1 / self.errors, s=INPUTS)(inputs)
        smooth = np.where(self.rates > 0, np.maximum(smooth, 0), 0.0)
        # It rises, and falls where channels stay inactivated; what else it does is chance.
        top = int(smooth.argmax())
        rising, falling = np.maximum.accumulate(smooth[:top]), np.maximum.accumulate(smooth[:top:-1])[::-1]
        curve = np.concatenate([rising, smooth[[top]], falling])
        return Interpolated(inputs, curve, label=f"{self.model} in the engine")


def _together(rounds: Sequence[Measured]) -> Measured:
    """Return what was measured in rounds of the same additional inputs."""
    return replace(
        rounds[-1],
        rates=np.mean([of.rates for of in rounds], axis=0),
        errors=np.sqrt(np.mean([of.errors**2 for of in rounds], axis=0) / len(rounds)),
        potential=float(np.mean([of.potential for of in rounds])),
    )


class Rounds:
    """Rounds in which the neurons of a network are measured, each in the noise of trains sent in the rounds before.

    Parameters
    ----------
    make : type
        Of the network.
    circuit : Circuit
    n : int
        Neurons at each input.
    length : float
        Of a round, ms, without the time in which neurons settle.
    random : Generator
    watch : callable, optional
        Called, without arguments, after each population.
    """

    def __init__(
        self,
        make: type[CanRun],
        circuit: Circuit,
        n: int,
        length: float,
        random: np.random.Generator,
        watch: Callable[[], object] | None = None,
    ) -> None:
        self._make, self._circuit, self.n, self.length = make, circuit, n, length
        self._random, self._watch = random, watch
        self.conductances = conducts(circuit)
        potentials = [_REST] * len(circuit.neurons) if self.conductances else None
        self._inputs = mean_inputs(circuit, "a mean field", potentials)
        self._twins = _twins(circuit, *all_afferents(circuit))
        self._sent: dict[str, SentSpikes] = {}
        self._before: dict[int, SentSpikes] = {}
        self._left: dict[str, dict[str, np.ndarray]] = {}
        self._part = [1.0] * len(circuit.neurons)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the populations."""
        return self._inputs.names

    def found(self, rates: np.ndarray, more: Sequence[np.ndarray] | None = None) -> tuple[Measured, ...]:
        """Return what each population does where senders fire at these rates, Hz, at so much additional input, mV."""
        found, senders = dict[int, Measured](), dict(zip(self.names, rates.tolist(), strict=True))
        for j in sorted(set(self._twins)):
            if more is None:
                found[j] = self._finite(j, senders, rates)
            else:
                found[j] = self._measured(self.names[j], senders, more[j])
            if self._watch is not None:
                self._watch()
        # Trains of two rounds: where those of one make the next slow, and these the next fast, rounds come to agree.
        both = {j: of.sent.beside(self._before.get(j)) for j, of in found.items()}
        self._before = {j: of.sent for j, of in found.items()}
        self._sent = {name: both[twin] for name, twin in zip(self.names, self._twins, strict=True)}
        return tuple(found[twin] for twin in self._twins)

    def curves(
        self, rounds: Sequence[tuple[Measured, ...]], rates: np.ndarray
    ) -> tuple[MeanInputs, tuple[Interpolated, ...]]:
        """Return mean inputs, and the curves of these rounds together, which were measured at `rates`, Hz."""
        found = [_together(of) for of in zip(*rounds, strict=True)]
        if self.conductances:
            self._inputs = mean_inputs(self._circuit, "a mean field", [of.potential for of in found])
        means = PER_MS * self._inputs.W @ rates + self._inputs.X
        return self._inputs, tuple(of.curve(mean) for of, mean in zip(found, means, strict=True))

    def _finite(self, j: int, senders: Mapping[str, float], rates: np.ndarray) -> Measured:
        """Return what a population does at inputs that reach as far as its neurons stay finite.

        Far from what they receive in the network, channels may be faster than the time step.
        """
        while True:
            try:
                return self._measured(self.names[j], senders, self._part[j] * self._reach(j, rates))
            except FloatingPointError:
                if self._part[j] <= _NARROWEST:
                    raise
                self._part[j] /= 2

    def _reach(self, j: int, rates: np.ndarray) -> np.ndarray:
        """Return the inputs, mV, that are added to those in the state."""
        arriving = sum(abs(weight) for weight in PER_MS * self._inputs.W[j] * rates) + abs(self._inputs.X[j])
        part = np.linspace(-2, 2, INPUTS)
        return np.asarray((_REACH + _PART * arriving) * np.sinh(part) / np.sinh(2))

    def _measured(self, name: str, rates: Mapping[str, float], more: np.ndarray) -> Measured:
        """Return what one population does where neurons of the network fire at given rates, Hz."""
        circuit, n, random = self._circuit, self.n, self._random
        noise = _noise(circuit, name)
        g_L = average(circuit[name].neuron.parameters.get("g_L", 1.0))
        steady = injected_current(circuit, name).steady * g_L - sum(average(current.mean) for current in noise)
        # The last rows have no additional input, as the one in the middle.
        cells = repeated(circuit[name], n, np.append(more, np.zeros(_IN_STATE)) * g_L + steady, random)
        in_state = np.r_[INPUTS // 2 * n : (INPUTS // 2 + 1) * n, INPUTS * n : cells.n]
        # They go on from where the round before has left them, for adaptation may be slower than a round.
        cells = replace(cells, initial=tuple((dict(cells.initial) | self._left.get(name, {})).items()))
        settling = circuit.dt * round(_SETTLING / circuit.dt)
        given = received(circuit, name, rates, self._sent, (cells.n, settling + self.length), random)
        injected = tuple(Injected(name, current, None, id) for id, current in enumerate(noise))
        made, seed = (cells, *given.senders), int(random.integers(2**63))
        net = self._make.of(Circuit(made, given.projections, given.drives, injected, circuit.dt, seed), threads=1)
        if self.conductances:
            every = circuit.dt * max(1, round(_SAMPLED / circuit.dt))
            net.record(net[name], "V", neurons=in_state, every=every, mean=True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*ran away", RuntimeWarning)  # the largest inputs are far from the state
            result = net.run(settling + self.length)
        left = {variable: net[name][variable] for variable in cells.neuron.variables}
        if all(np.isfinite(values).all() for values in left.values()):
            self._left[name] = left
        potential = np.nan
        if self.conductances:
            V = result.states(name, "V")
            potential = float(V.values[V.times > settling].mean())
        trains = result.spikes(name).between(settling, settling + self.length)
        counts = np.bincount(trains.indices, minlength=cells.n)
        rows = [counts[k * n : (k + 1) * n] for k in range(INPUTS)]
        rows[INPUTS // 2] = counts[in_state]
        seconds = PER_MS * self.length
        # Neurons that differ are chosen evenly, so that what they differ by is no error of their mean.
        evenly = bool(differing(circuit[name].neuron))
        by_chance = [np.sqrt(row.mean()) if evenly else row.std() for row in rows]
        return Measured(
            cells.neuron.model.name,
            more,
            np.array([row.mean() for row in rows]) / seconds,
            np.array([max(s, 1.0) / np.sqrt(len(row)) for s, row in zip(by_chance, rows, strict=True)]) / seconds,
            potential,
            SentSpikes.of(trains.times - settling, trains.indices, in_state, self.length),
        )


def _noise(circuit: Circuit, name: str) -> list[WhiteNoise | OrnsteinUhlenbeck]:
    """Return the noise that is injected into one population."""
    injected = [i.current for i in circuit.injections if i.post == name]
    return [current for current in injected if isinstance(current, (WhiteNoise, OrnsteinUhlenbeck))]


def _twins(
    circuit: Circuit, afferents: Sequence[Sequence[Afferent]], sources: Mapping[str, tuple[float, float]]
) -> tuple[int, ...]:
    """Return of each population the first whose neurons are the same and receive the same."""

    def of(k: int) -> tuple[object, ...]:
        cells = circuit.neurons[k]
        injected = [i.current for i in circuit.injections if i.post == cells.name]
        return cells.neuron, cells.initial, kinds_received(afferents[k], sources), injected

    every = [of(k) for k in range(len(circuit.neurons))]
    return tuple(next(j for j in range(k + 1) if every[j] == every[k]) for k in range(len(every)))


def repeated(cells: Cells, n: int, currents: np.ndarray, random: np.random.Generator) -> Cells:
    """Return n neurons for each additional current, which differ as those of the population do."""
    total, neuron = n * len(currents), cells.neuron
    given = (*neuron.parameters.values(), neuron.I_x, *(value for _, value in cells.initial))
    order = next((np.argsort(value) for value in given if np.ndim(value)), np.arange(0))

    def spread(value: Any) -> Any:
        """Return values that stand for all of the population, the same for each current."""
        if isinstance(value, Distribution):
            part = (np.arange(n) + 0.5) / n
            quantiles = np.quantile(value.sample(_SAMPLES, random), part, method="inverted_cdf")
            return np.tile(random.permutation(quantiles), len(currents))
        if np.ndim(value) == 0:
            return value
        if not len(order):  # an empty population
            return np.zeros(total)
        return np.tile(np.asarray(value)[order[len(order) * (2 * np.arange(n) + 1) // (2 * n)]], len(currents))

    for name, value in neuron.parameters.items():
        neuron = neuron.replaced(name, spread(value))
    neuron = neuron.replaced("I_x", spread(neuron.I_x) + np.repeat(currents, n))
    initial = tuple(
        (name, value if isinstance(value, Distribution) else spread(value)) for name, value in cells.initial
    )
    return Cells(cells.name, total, neuron, initial)
