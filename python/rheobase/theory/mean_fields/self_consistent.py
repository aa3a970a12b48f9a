"""Self-consistent rates of a spiking network: mean and variance of every input from the network's own connections.

Brunel's (2000) diffusion approximation for any network of one-variable neurons: the rates give the mean and the
variance of the inputs (Campbell), the f–I theory of the neuron model gives back the rates. Noise that synapses have
filtered is taken as such: as that of one exponential synapse with the same intensity at low frequencies and, up to the
fourth cumulant, the same effect on the free membrane potential as all of them together. Neurons of a population differ
by what they happen to receive: the variance of their mean inputs, from the numbers of inputs, the weights and the rates
of the senders, is part of the state (van Vreeswijk & Sompolinsky 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from rheobase import checks
from rheobase.models.circuit import Cells, Circuit, HasCircuit
from rheobase.models.neurons import Neuron
from rheobase.models.synapses import Synapse
from rheobase.models.values import Brief, equal
from rheobase.rates import Interpolated
from rheobase.rates.curves import Curve
from rheobase.theory.inputs.afferents import Afferent, all_afferents, cumulant_of, kinds_received
from rheobase.theory.inputs.differences import differences, quenched_variance
from rheobase.theory.inputs.injected import injected_current
from rheobase.theory.inputs.per_neuron import one_by_one
from rheobase.theory.inputs.shot_noise import area_of_power
from rheobase.theory.mean_fields.state_search import StateSearch
from rheobase.theory.membranes import Membrane, average, differing, variance_of, weight_area
from rheobase.theory.neurons.adaptation import AdaptingMembrane, adapting, membrane_of
from rheobase.theory.neurons.adapting_conductances import AdaptingConductanceNoise, AdaptingEffectiveNoise
from rheobase.theory.neurons.adapting_neuron import AdaptingNeuron, in_upstroke
from rheobase.theory.neurons.coloured_noise import ColouredNoise
from rheobase.theory.neurons.conductances import ConductanceNoise, EffectiveCell, ShotConductanceNoise
from rheobase.theory.neurons.jump_noise import JumpNoise
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation
from rheobase.theory.neurons.noiseless import Noiseless
from rheobase.theory.neurons.rates_together import rates_together
from rheobase.theory.neurons.siegert import Siegert
from rheobase.theory.neurons.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS

#: Mean inputs at which neurons of a population are told apart, by a theory that is quick and by one that is not, and by
#: the latter where their s.d. next to that of the free potential is small.
_MANY, _FEW, _FEWEST, _NARROW = 15, 7, 3, 0.4

#: The same where each has conductances of its own, which takes longest, and the number of values of these.
_OF_CONDUCTANCES, _VALUES = 5, 9

#: s.d. of the mean inputs over neurons, next to V_th - V_re, up to which neurons are equal.
_EQUAL = 1e-6

#: s.d. of the free potential, mV, up to which noise does nothing: a rate differs by 0.01 Hz at the threshold itself.
_NO_NOISE = 1e-4

#: The same next to V_th - V_re up to which it leaves spectra and responses as they are without noise.
_ALMOST_NONE = 1e-3

#: Time constant of the noise next to τ_m below which it counts as white, and above which it is as slow as that.
_WHITE, _SLOW = 0.01, 10.0

#: Time constant of synapses next to τ_m up to which neurons that adapt have a theory.
_SLOWEST_ADAPTING = 4.0

#: s.d. of the free potential next to V_th - V_re below which the colour of the noise does not matter.
_FAINT = 0.01

#: Largest skewness and excess kurtosis of the current for which its Hermite functions describe it.
_SKEWEST, _HEAVIEST = 0.8, 0.8

#: Inputs at which a tabulated curve is compared with that in white noise, those where each takes long, and the least
#: rate, Hz, at which they are.
_COMPARED, _COMPARED_SLOW, _LEAST = 25, 13, 1e-3

#: Largest rate, Hz, whose square can still be computed.
_MAX_RATE = 1e100


@dataclass(frozen=True)
class _Noise:
    """One exponential synapse that does what all do: s.d. of the free potential, mV, time constant, ms, current."""

    std: float
    tau_s: float
    skewness: float
    kurtosis: float


@dataclass(frozen=True, eq=False, repr=False)
class SelfConsistentRates(Brief):
    """Self-consistent state of a spiking network; every array has one value per population.

    Attributes
    ----------
    names : tuple of str
    rates : ndarray
        Mean rates, Hz.
    rate_stds : ndarray
        s.d. of the rates over neurons, Hz; zero if neurons were taken to be alike.
    means : ndarray
        Mean inputs, mV.
    mean_stds : ndarray
        s.d. of the mean inputs over neurons, mV.
    stds : ndarray
        s.d. in time of the free membrane potential, mV.
    """

    names: tuple[str, ...]
    rates: np.ndarray
    rate_stds: np.ndarray
    means: np.ndarray
    mean_stds: np.ndarray
    stds: np.ndarray

    def __getitem__(self, name: str) -> float:
        """Return the mean rate of one population, Hz."""
        return float(self.rates[self.names.index(checks.choice("name", name, self.names))])

    def _repr_html_(self) -> str:
        columns = (self.rates, self.rate_stds, self.means, self.mean_stds, self.stds)
        rows = "".join(
            f"<tr><td>{name}</td>{''.join(f'<td>{x:.4g}</td>' for x in row)}</tr>"
            for name, row in zip(self.names, zip(*columns, strict=True), strict=True)
        )
        head = "".join(
            f"<th>{h}</th>"
            for h in ("", "rate (Hz)", "s.d. over neurons", "input (mV)", "s.d. over neurons", "s.d. of V in time")
        )
        return f"<b>Self-consistent rates</b><table><tr>{head}</tr>{rows}</table>"


@dataclass(frozen=True, eq=False, repr=False)
class SelfConsistentField(StateSearch, Brief):
    """The rate equations τ∘r' = −r + f(mean, variance) of a spiking network, with its own f–I theory per population.

    Its fixed points are the self-consistent rates. `rheobase.dynamics` takes it as a field, so that they can be found
    and continued in a parameter. The state holds the rates, Hz, and, where neurons differ, their variances over
    neurons, Hz². Only the fixed points are derived: the time constants, and so the stability, are a model.

    Attributes
    ----------
    names : tuple of str
        The neuron populations.
    neurons : tuple of Neuron
    inputs : ndarray, shape (n,)
        Steady inputs, mV.
    input_variances : ndarray, shape (n,)
        Their variances over neurons, mV², of what is not known one by one.
    own_inputs : tuple of ndarray, shape (neurons,), or None
        What is: how far the input of each neuron is from the mean, mV.
    afferents : tuple of tuple of Afferent
        What each population receives.
    sources : dict of str to (float, float)
        Mean rate (Hz) and variance over sources (Hz²) of each source; ``"drive e"`` is the drive of population e.
    tau : ndarray, shape (n,)
        ms.
    alike : bool
        Whether neurons of a population are taken to be alike.
    white : bool
        Whether all noise is taken to be white.
    noise_factors : ndarray, shape (n, 2), optional
        Variance and time constant of the noise next to those that Poisson senders give it; None if they are Poisson.
    bursts : tuple of tuple of float, optional
        Variance of the conductance that each afferent opens next to that by Poisson senders; None if they are Poisson.
    effective : tuple of EffectiveCell, optional
        Populations as their mean conductances make them; None where synapses carry currents.
    watch : callable, optional
        Called, without arguments, after each step of a search.
    """

    names: tuple[str, ...]
    neurons: tuple[Neuron, ...]
    inputs: np.ndarray
    input_variances: np.ndarray
    own_inputs: tuple[np.ndarray | None, ...]
    afferents: tuple[tuple[Afferent, ...], ...]
    sources: dict[str, tuple[float, float]]
    tau: np.ndarray
    alike: bool = False
    white: bool = False
    noise_factors: np.ndarray | None = None
    bursts: tuple[tuple[float, ...], ...] | None = None
    effective: tuple[EffectiveCell, ...] | None = None
    watch: Callable[[], object] | None = None

    #: Models of neurons whose synapses may be conductances.
    _takes_conductances: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, network: Circuit | HasCircuit, *, alike: bool = False, white: bool = False) -> SelfConsistentField:
        """Return the field of a spiking network, or of its circuit; see `self_consistent_rates`."""
        alike, white, circuit = checks.flag("alike", alike), checks.flag("white", white), Circuit.of(network)
        circuit._check_whole()
        targets = circuit.neurons
        if not targets:
            raise ValueError("network must have neurons for self-consistent rates, got none")
        for q in circuit.projections:
            cls._check_synapse(q.synapse, circuit[q.post].neuron)
        for d in circuit.drives:
            cls._check_synapse(d.synapse, circuit[d.post].neuron)
        afferents, sources = all_afferents(circuit)
        g_L = np.array([average(p.neuron.parameters.get("g_L", 1.0)) for p in targets])
        injected = [injected_current(circuit, p.name) for p in targets]
        for p, current in zip(targets, injected, strict=True):
            _check_adapting(circuit, p)
            if not alike:
                _check_differences(p)
            if current.changes or current.noisy:
                raise ValueError(
                    f"network must have steady injected currents for self-consistent rates, not those of {p.name!r}"
                )
        differ = [_differing_inputs(p, k) for k, p in enumerate(targets)]
        return cls(
            tuple(p.name for p in targets),
            tuple(p.neuron for p in targets),
            np.array([average(p.neuron.I_x) for p in targets]) / g_L + [current.steady for current in injected],
            np.array([variance for variance, _ in differ]),
            tuple(own for _, own in differ),
            afferents,
            sources,
            np.array([membrane_of(p.neuron).tau_m for p in targets]),
            alike,
            white,
        )

    @classmethod
    def _check_synapse(cls, synapse: Synapse, neuron: Neuron) -> None:
        """Raise unless it is of a kind that this theory takes onto these neurons."""
        if not cls._takes_conductances:
            weight_area(synapse, neuron)
        elif neuron.model.name not in cls._takes_conductances:
            raise ValueError(
                f"neurons must be one of {', '.join(cls._takes_conductances)} for the theory of conductances, got "
                f"{neuron.model.name}"
            )

    @property
    def follows_state(self) -> bool:
        """Whether what a spike does depends on the state: where senders' rates change what their spikes deliver."""
        return any(a.short_term for arriving in self.afferents for a in arriving)

    def frozen(self, u: npt.ArrayLike) -> SelfConsistentField:
        """Return the field of the network of steady currents that does the same near state `u`: itself if it is one."""
        if not self.follows_state:
            return self
        field = replace(self, afferents=self._delivered(self._senders(self._checked(u))))
        field.__dict__["_membranes"] = self._membranes
        return field

    def _delivered(self, senders: dict[str, tuple[float, float]]) -> tuple[tuple[Afferent, ...], ...]:
        """Return afferents with the weights that spikes deliver."""
        return tuple(tuple(a.delivered(*senders[a.pre]) for a in arriving) for arriving in self.afferents)

    def with_rate(self, source: str, rate: float) -> SelfConsistentField:
        """Return the field with another rate (Hz) of one source, to continue its fixed points in.

        Examples
        --------
        >>> field = SelfConsistentField.of(rb.circuits.cortex(2000), alike=True)
        >>> rates = field.with_rate("x", 6.0).solve()
        """
        checks.choice("source", source, self.sources)
        rate = checks.number("rate", rate, low=0)
        return replace(self, sources={**self.sources, source: (rate, self.sources[source][1])})

    def state(self, rates: npt.ArrayLike, rate_stds: npt.ArrayLike = 0.0) -> np.ndarray:
        """Return the state with these rates and s.d. over neurons, Hz."""
        r = checks.reals("rates", rates, shape=(len(self.names),), low=0)
        stds = checks.one_or_each("rate_stds", rate_stds, len(r), low=0)
        return r if self.alike else np.append(r, stds**2)

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the time derivative of the state, shape (n,) or, where neurons differ, (2 n,)."""
        u = self._checked(u)
        tau = self.tau if self.alike else np.tile(self.tau, 2)
        return (self.map(u) - u) / tau

    def map(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the state which the inputs of state `u` lead to."""
        u = self._checked(u)
        kinds = {k: self._kinds(k, u) for k in set(self._twins)}
        self.__dict__["_last"] = u.copy(), kinds  # for what is asked about the state that a search ends at
        every = [kind for of_one in kinds.values() for kind in of_one]
        found = iter(rates_together([kind.curve for kind in every], [kind.mean for kind in every]))
        moments: dict[int, tuple[float, float]] = {}
        for k, of_one in kinds.items():
            weights, rates = np.array([kind.weight for kind in of_one]), np.array([next(found) for _ in of_one])
            mean = float(weights @ rates)
            moments[k] = mean, float(weights @ (rates - mean) ** 2)
        means, variances = np.array([moments[twin] for twin in self._twins]).T
        step_done(self)
        return means if self.alike else np.append(means, variances)

    def _kinds(self, k: int, u: npt.ArrayLike) -> tuple[NeuronKind, ...]:
        """Return neurons that stand for all of population k in state `u`: one where they are alike."""
        u, frozen = self._checked(u), self.frozen(u)
        senders, membrane = self._senders(u), frozen._membranes[k]
        afferents, variance = frozen.afferents[k], float(frozen.input_variances[k])
        own = frozen.own_inputs[k]
        std = 0.0 if self.alike else np.sqrt(quenched_variance(afferents, senders, variance, own))
        if std <= _EQUAL * (membrane.V_th - membrane.V_re):
            return (NeuronKind(1.0, frozen, k, u),)
        noise = frozen._noise(k, senders)
        curve, narrow = frozen._curve(k, u, noise), std <= _NARROW * noise.std
        kinds = _FEWEST if narrow else _FEW
        if isinstance(curve, ShotConductanceNoise):
            kinds = min(kinds, _OF_CONDUCTANCES)
        elif not isinstance(curve, ColouredNoise):
            kinds = _FEW if narrow else _MANY
        found = differences(afferents, senders, variance, kinds, own)
        made = []
        for weight, parts, shift in zip(found.weights, found.parts, found.shifts, strict=True):
            inputs, received = self.inputs.copy(), list(self.afferents)
            inputs[k] += shift * (1.0 if frozen.effective is None else 1 / frozen.effective[k].scale)
            received[k] = tuple(replace(a, n=a.n * part) for a, part in zip(self.afferents[k], parts, strict=True))
            other = replace(self, inputs=inputs, afferents=tuple(received))
            other.__dict__["_membranes"] = self._membranes  # which what they receive does not change
            made.append(NeuronKind(float(weight), other.frozen(u), k, u))
        return tuple(made)

    def moments(self, u: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return means and s.d. over neurons of the mean input, and s.d. in time of the free potential, mV."""
        field, senders = self.frozen(u), self._senders(self._checked(u))
        means = np.array([field._mean(k, senders) for k in range(len(self.names))])
        quenched = [
            quenched_variance(arriving, senders, variance, own)
            for arriving, variance, own in zip(field.afferents, field.input_variances, field.own_inputs, strict=True)
        ]
        stds = [field._noise(k, senders).std for k in range(len(self.names))]
        return means, np.zeros_like(means) if self.alike else np.sqrt(quenched), np.array(stds)

    def slowness(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the time constants of the noise of Poisson senders next to those of the membranes."""
        senders, poisson = self._senders(self._checked(u)), replace(self.frozen(u), noise_factors=None)
        return np.array([poisson._noise(k, senders).tau_s / m.tau_m for k, m in enumerate(poisson._membranes)])

    def curve(self, name: str, u: npt.ArrayLike) -> Curve:
        """Return the f–I curve of one population in the noise it has in state `u`.

        That of `ColouredNoise` where synapses filter. Else leaky neurons with delta synapses alone have that of
        `JumpNoise`, for their weights may be large, other leaky neurons Siegert's formula, and others threshold
        integration: Gaussian noise. Neurons that adapt have that of `AdaptingNeuron`, and where noise is faint or taken
        as white that of `MeanAdaptation`.
        """
        k, field = self.names.index(checks.choice("name", name, self.names)), self.frozen(u)
        return field._curve(k, u, field._noise(k, self._senders(self._checked(u))))

    def _curve(self, k: int, u: npt.ArrayLike, noise: _Noise) -> Curve:
        membrane = self._membranes[k]
        faint = noise.std < _FAINT * (membrane.V_th - membrane.V_re)
        adapts = self._adapts[k]
        if adapts and not (self.white or faint):
            tau_s = max(noise.tau_s, _WHITE * membrane.tau_m)
            if self.effective is not None:
                return self._adapting_in_conductances(k, noise, tau_s)
            return AdaptingNeuron(adapts, noise.std, tau_s, noise.skewness, noise.kurtosis)
        if not (self.white or faint) and noise.tau_s >= _WHITE * membrane.tau_m:
            if self.effective is not None:
                return self.effective[k].curve(noise.std, noise.tau_s, noise.skewness, noise.kurtosis)
            return ColouredNoise(membrane, noise.std, noise.tau_s, noise.skewness, noise.kurtosis)
        if adapts:
            return MeanAdaptation(adapts, noise.std)
        if self.effective is None and self.neurons[k].model.name == "LIF":
            if not (self.white or faint) and not any(a.tau for a in self.afferents[k]):
                return self._jumps(k, u)
            # The formula takes the intensity, and the time constant to first order.
            intensity = noise.std * np.sqrt(1 + noise.tau_s / membrane.tau_m)
            return Siegert.of(self.neurons[k], float(intensity), noise.tau_s)
        return ThresholdIntegration(membrane, noise.std, points=1000) if noise.std > _NO_NOISE else Noiseless(membrane)

    def tabulated_curves(self, u: npt.ArrayLike, points: int = 300) -> tuple[Interpolated, ...]:
        """Return the f–I curves in the noise of state `u`, tabulated, one per population, for a `RateNetwork`.

        They reach from where the neuron is silent to 10 s.d. and 50 mV above the mean input.
        """
        points = checks.integer("points", points, low=1)
        checks.memory("points", 200.0 * points)
        frozen = self.frozen(u)
        means, quenched, stds = frozen.moments(u)
        tables: list[Interpolated] = []
        for k, (neuron, mean, std) in enumerate(zip(self.neurons, means, stds, strict=True)):
            if (twin := self._twins[k]) < k:
                tables.append(tables[twin])
                continue
            kinds = self._kinds(k, u)
            threshold, reach = frozen._membranes[k].threshold_current, float(np.hypot(std, quenched[k]))
            low, high = min(mean, threshold) - 10 * reach - 1, max(mean, threshold) + 10 * reach + 50
            # The mean itself is a point of the table, so that the self-consistent state is a fixed point exactly.
            step = (high - low) / points
            grid = mean + step * np.arange(np.floor((low - mean) / step), np.ceil((high - mean) / step) + 1)
            label = f"{type(kinds[0].curve).__name__} of {neuron.model.name}, noise {std:.3g} mV"
            if len(kinds) > 1:
                label += f", mean inputs of neurons with an s.d. of {quenched[k]:.3g} mV"
            tables.append(Interpolated(grid, _tabulated(kinds, grid, mean), label=label))
            step_done(self)
        return tuple(tables)

    def _mean_inputs(self, rates: np.ndarray) -> np.ndarray:
        """Return the mean inputs, mV, where all populations fire at these rates, Hz."""
        senders = {**self.sources, **{name: (rate, 0.0) for name, rate in zip(self.names, rates.tolist(), strict=True)}}
        arriving = [sum(a.n * a.weight * senders[a.pre][0] for a in of_one) for of_one in self._delivered(senders)]
        return self.inputs + PER_MS * np.array(arriving)

    def describe(self, u: npt.ArrayLike) -> SelfConsistentRates:
        """Return rates, means and standard deviations of a state."""
        u, n = self._checked(u), len(self.names)
        means, quenched, stds = self.moments(u)
        spread = np.zeros(n) if self.alike else np.sqrt(np.maximum(u[n:], 0))
        return SelfConsistentRates(self.names, np.array(u[:n]), spread, means, quenched, stds)

    def _checked(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the rates, or rates and variances, of a state as an array."""
        n = len(self.names) * (1 if self.alike else 2)
        return checks.reals("u", u, shape=(n,), low=-_MAX_RATE, high=_MAX_RATE)

    def _senders(self, u: np.ndarray) -> dict[str, tuple[float, float]]:
        n = len(self.names)
        rates = np.maximum(u[:n], 0.0)
        variances = np.zeros(n) if self.alike else np.maximum(u[n:], 0.0)
        return {**self.sources, **{p: (float(rates[k]), float(variances[k])) for k, p in enumerate(self.names)}}

    def _mean(self, k: int, senders: dict[str, tuple[float, float]]) -> float:
        """Return the mean input of population k, mV."""
        return float(self.inputs[k]) + sum(PER_MS * a.n * a.weight * senders[a.pre][0] for a in self.afferents[k])

    def _noise(self, k: int, senders: dict[str, tuple[float, float]]) -> _Noise:
        """Return what the noise does to the free potential of population k."""
        tau_m = self._membranes[k].tau_m
        spikes = [(PER_MS * a.n * senders[a.pre][0], a) for a in self.afferents[k]]
        intensity = sum(rate * a.moment(2) for rate, a in spikes)
        variance = sum(rate * cumulant_of(a, 2, tau_m) for rate, a in spikes)
        if variance == 0:
            return _Noise(0.0, 0.0, 0.0, 0.0)
        more, slower = (1.0, 1.0) if self.noise_factors is None else self.noise_factors[k].tolist()
        std = float(np.sqrt(more * variance))
        tau_s = min(slower * max(intensity / (2 * variance) - tau_m, 0.0), _SLOW * tau_m)
        if self.white or tau_s < _WHITE * tau_m:
            return _Noise(std, tau_s, 0.0, 0.0)

        def of_current(order: int) -> float:
            cumulant = sum(rate * cumulant_of(a, order, tau_m) for rate, a in spikes)
            return cumulant * area_of_power((tau_s,), order) / area_of_power((tau_s, tau_m), order)

        s = std * np.sqrt(1 + tau_m / tau_s)
        skewness, kurtosis = of_current(3) / s**3, of_current(4) / s**4
        return _Noise(
            std, tau_s, float(np.clip(skewness, -_SKEWEST, _SKEWEST)), float(np.clip(kurtosis, 0.0, _HEAVIEST))
        )

    def _jumps(self, k: int, u: npt.ArrayLike) -> JumpNoise:
        """Return the curve of leaky neurons with delta synapses: jumps with the cumulants of these."""
        senders, tau_m = self._senders(self._checked(u)), self._membranes[k].tau_m
        rates = [a.n * senders[a.pre][0] for a in self.afferents[k]]
        squares, cubes = ([a.moment(order) / tau_m**order for a in self.afferents[k]] for order in (2, 3))
        return JumpNoise.matching(self.neurons[k], rates, squares, cubes)

    @cached_property
    def _membranes(self) -> tuple[Membrane, ...]:
        if self.effective is not None:
            return tuple(cell.membrane for cell in self.effective)
        return tuple(map(membrane_of, self.neurons))

    @cached_property
    def _twins(self) -> tuple[int, ...]:
        """Of each population the first whose neurons are the same and receive the same: its rates are the same too."""
        received = [kinds_received(arriving, self.sources) for arriving in self.afferents]

        def same(j: int, k: int) -> bool:
            factors, bursts = self.noise_factors, self.bursts
            return (
                self.neurons[j] == self.neurons[k]
                and received[j] == received[k]
                and self.inputs[j] == self.inputs[k]
                and self.input_variances[j] == self.input_variances[k]
                and equal(self.own_inputs[j], self.own_inputs[k])
                and (factors is None or bool((factors[j] == factors[k]).all()))
                and (bursts is None or bursts[j] == bursts[k])
            )

        return tuple(next(j for j in range(k + 1) if same(j, k)) for k in range(len(self.names)))

    @cached_property
    def _adapts(self) -> tuple[AdaptingMembrane | None, ...]:
        alone = tuple(map(adapting, self.neurons))
        if self.effective is None:
            return alone
        return tuple(a and cell.adapting(a) for a, cell in zip(alone, self.effective, strict=True))

    def _adapting_in_conductances(
        self, k: int, noise: _Noise, tau_s: float
    ) -> AdaptingConductanceNoise | AdaptingEffectiveNoise:
        curve = (self.effective or ())[k].curve(noise.std, tau_s, noise.skewness, noise.kurtosis)
        adapts = self._adapts[k]
        kind = AdaptingConductanceNoise if isinstance(curve, ShotConductanceNoise) else AdaptingEffectiveNoise
        parts = {f.name: getattr(curve, f.name) for f in fields(curve)}
        return kind(**parts, adaptation=None if adapts is None else adapts.adaptation)

    def _in_white(self, k: int, sigma: float) -> Curve:
        """Return the f–I curve of a population in white noise, of its adaptation on the average."""
        adapts = self._adapts[k]
        return MeanAdaptation(adapts, sigma) if adapts else ThresholdIntegration(self._membranes[k], sigma, points=1000)


@dataclass(frozen=True, eq=False, repr=False)
class NeuronKind(Brief):
    """Neurons of one population that receive the same.

    Attributes
    ----------
    weight : float
        Part of the population that they stand for.
    field : SelfConsistentField
        In which the population receives what they do, of currents.
    k : int
        The population.
    state : ndarray
        Rates of the senders, Hz, and where neurons differ their variances.
    """

    weight: float
    field: SelfConsistentField
    k: int
    state: np.ndarray

    @cached_property
    def _senders(self) -> dict[str, tuple[float, float]]:
        return self.field._senders(self.state)

    @cached_property
    def _noise(self) -> _Noise:
        return self.field._noise(self.k, self._senders)

    @cached_property
    def mean(self) -> float:
        """Mean input, mV."""
        return self.field._mean(self.k, self._senders)

    @property
    def std(self) -> float:
        """s.d. in time of the free potential, mV."""
        return self._noise.std

    @cached_property
    def curve(self) -> Curve:
        """f–I curve in the noise that they have."""
        curve = self.field._curve(self.k, self.state, self._noise)
        differ = self.weight < 1
        return replace(curve, nodes=_VALUES) if differ and isinstance(curve, ShotConductanceNoise) else curve

    @cached_property
    def in_white(self) -> Curve:
        """f–I curve in white noise of the same variance."""
        return self.field._in_white(self.k, self.std)

    @property
    def leak(self) -> float:
        """Leak, mean conductances included, next to that of the membrane alone."""
        return 1.0 if self.field.effective is None else 1 / self.field.effective[self.k].scale


def kinds_of(field: SelfConsistentField, k: int, u: npt.ArrayLike) -> tuple[NeuronKind, ...]:
    """Return neurons that stand for all of population k in state `u`: one where they are alike."""
    at, kinds = field.__dict__.get("_last", (None, {}))
    return kinds[k] if k in kinds and np.array_equal(at, u) else field._kinds(k, u)


def without_noise(field: SelfConsistentField, k: int, std: float) -> Noiseless | None:
    """Return the theory of neurons of population k whose noise, of this s.d., mV, is next to nothing, else None."""
    m = field._membranes[k]
    return Noiseless(m) if std < _ALMOST_NONE * (m.V_th - m.V_re) else None


def step_done(field: SelfConsistentField) -> None:
    """Let whoever watches know of one more step."""
    if field.watch is not None:
        field.watch()


def twins_of(field: SelfConsistentField) -> tuple[int, ...]:
    """Return of each population the first whose neurons are the same and receive the same, and so fire the same."""
    return field._twins


#: A rate next to that in white noise that counts as none.
_NONE = 1e-12


def _tabulated(kinds: Sequence[NeuronKind], grid: np.ndarray, mean: float) -> np.ndarray:
    """Return mean rates, Hz, where the mean input of all is that of a grid, mV, and in the state `mean`.

    Curves that take long are found from their ratio to those in white noise at some of the inputs.
    """
    leak = 1 / sum(kind.weight / kind.leak for kind in kinds)

    def averaged(curves: Sequence[Curve], inputs: np.ndarray) -> np.ndarray:
        of_kinds = zip(kinds, curves, strict=True)
        return np.sum([k.weight * f(k.mean + (inputs - mean) * leak / k.leak) for k, f in of_kinds], axis=0)

    curves = [kind.curve for kind in kinds]
    if not any(isinstance(curve, ColouredNoise) for curve in curves):
        return averaged(curves, grid)
    white = averaged([kind.in_white for kind in kinds], grid)
    firing = np.flatnonzero(white > _LEAST)
    if not len(firing):
        return white
    slow = len(kinds) > 1 or isinstance(curves[0], (AdaptingNeuron, ConductanceNoise, ShotConductanceNoise))
    some = np.linspace(firing[0], len(grid) - 1, _COMPARED_SLOW if slow else _COMPARED).astype(int)
    at = np.unique(np.append(some, np.argmin(abs(grid - mean))))
    # The ratio falls by orders of magnitude where neurons begin to fire: a spline of it would swing below zero.
    ratio = np.log(np.maximum(averaged(curves, grid[at]) / white[at], _NONE))
    if len(at) == 1:
        return np.asarray(white * np.exp(ratio[0]))
    with np.errstate(over="ignore"):  # between equal values
        follows = PchipInterpolator(grid[at], ratio)
    return np.asarray(white * np.exp(follows(np.maximum(grid, grid[at[0]]))))


#: Models in whose equation E_L and the input are one sum.
_SHIFTED = ("LIF", "EIF", "QIF")


def _check_differences(p: Cells) -> None:
    """Raise where neurons of a population differ by what moves more than their mean input."""
    taken = ("I_x", "E_L") if p.neuron.model.name in _SHIFTED else ("I_x",)
    others = [name for name in differing(p.neuron) if name not in taken]
    if others:
        raise ValueError(
            f"neurons of a population must differ by nothing but {' and '.join(taken)} for self-consistent rates, not "
            f"those of {p.name!r} by {', '.join(others)}: see measured"
        )


def _differing_inputs(p: Cells, place: int) -> tuple[float, np.ndarray | None]:
    """Return how I_x, and E_L where it is part of the same sum, make the inputs of neurons differ.

    The variance of what is not known one by one, mV², and what is, mV next to the mean.
    """
    parameters, variance, known = p.neuron.parameters, 0.0, []
    given = [(p.neuron.I_x, average(parameters.get("g_L", 1.0)))]
    if p.neuron.model.name in _SHIFTED:
        given.append((parameters["E_L"], 1.0))
    for k, (value, unit) in enumerate(given):
        values = one_by_one(value, p.n, (2, place, k))
        if values is None:
            variance += variance_of(value) / unit**2
        else:
            known.append((values - values.mean()) / unit)
    return variance, sum(known[1:], known[0]) if known else None


def _check_adapting(circuit: Circuit, p: Cells) -> None:
    """Raise where a neuron that adapts bursts, or has synapses so slow, that its theory takes longer than measuring."""
    adapts = adapting(p.neuron)
    if adapts is None:
        return
    if in_upstroke(adapts.membrane):
        raise ValueError(
            f"neurons that adapt must reset below the upstroke for self-consistent rates, not burst as those of "
            f"{p.name!r} with a reset of {adapts.membrane.V_re:g} mV: see measured"
        )
    tau_m = adapts.membrane.tau_m
    synapses = [q.synapse for q in circuit.projections if q.post == p.name]
    synapses += [d.synapse for d in circuit.drives if d.post == p.name]
    slowest = max((tau for synapse in synapses for tau in synapse.parameters.values()), default=0.0)
    if slowest > _SLOWEST_ADAPTING * tau_m:
        raise ValueError(
            f"synapses must have time constants of up to {_SLOWEST_ADAPTING * tau_m:g} ms for the theory of adapting "
            f"neurons, those of {p.name!r} got {slowest:g}"
        )
