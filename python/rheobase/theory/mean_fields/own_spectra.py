"""What the spike trains of a network do to its noise where they are no Poisson processes.

A neuron that fires regularly sends less noise than a Poisson process of its rate, one that fires in bursts more, and
both at low frequencies above all. The spectra of neurons follow from the noise that they receive, and make it: both are
iterated until they agree (Lerchner et al. 2006; Dummer, Wieland & Lindner 2014). What neurons receive is taken as the
noise of one exponential synapse again, with the variance of the free membrane potential and that of its speed. Noise of
synapses that are fast next to the membrane stays that of Poisson processes: the reset makes neurons forget what is slow
in it, and a spike train is a Poisson process to what is fast.

Conductances that jump at every spike have the variance that the spectra of their senders give each kind of synapse:
spikes of a Poisson process then stand for so many, which come together. What a sender's spectrum has more or less than
that passes a neuron linearly, C = S' + Σ abs(T)²/K (C − b r), with S' the spectrum in such spikes, T the response to
the rate of K senders and b r their power.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.values import Brief
from rheobase.progress import Search
from rheobase.theory.inputs.afferents import Afferent
from rheobase.theory.inputs.noise_power import KNOWN, SUMMED, irregular, total
from rheobase.theory.mean_fields.conductance_field import field_of
from rheobase.theory.mean_fields.correlated_input import Answers, answers_of, correlation_factors
from rheobase.theory.mean_fields.mixing import mixed
from rheobase.theory.mean_fields.self_consistent import (
    NeuronKind,
    SelfConsistentField,
    SelfConsistentRates,
    kinds_of,
    step_done,
    twins_of,
    without_noise,
)
from rheobase.theory.mean_fields.state_search import state_near
from rheobase.theory.neurons.adapting_conductances import AdaptingConductanceNoise, AdaptingEffectiveNoise
from rheobase.theory.neurons.adapting_neuron import AdaptingNeuron
from rheobase.theory.neurons.coloured_noise import ColouredNoise, density_of
from rheobase.theory.neurons.conductances import ShotConductanceNoise
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation
from rheobase.theory.neurons.rates_together import HasSpectrum, powers_together, rates_together
from rheobase.theory.neurons.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS

#: Time constant of the noise next to τ_m above which its slow part counts.
_SLOW = 0.1

#: Iterations, how many of them are mixed (Anderson), and the change of the noise, as a part of it, that is the last.
_ITERATIONS, _MIXED, _SETTLED = 25, 2, 5e-3

#: Change from which on the next iteration may be the last.
_ALMOST = 0.05

#: Misfit of a state at which spectra begin, and at which they settle; in between a part of the change of the noise.
_FIRST, _NEAR, _PART = 0.05, 1e-4, 0.05

#: Levels of an adaptation that fluctuates linearly, and the error of the slowest power up to which it does.
_LINEAR, _NOT_LINEAR = 2, 0.02

#: Theories of neurons whose adaptation has levels.
_ADAPTING = (AdaptingNeuron, AdaptingConductanceNoise, AdaptingEffectiveNoise)

#: Number of values of a conductance with which spectra are found, and of those with which levels are compared.
_NODES, _ROUGH = 8, 4

#: Part of all spikes that neurons send whose spectra are left out, and the rate, Hz, of silent ones.
_LITTLE, _SILENT = 3e-3, 1e-6

#: Largest part of its power that a fluctuation of the rates may bring back after one turn.
LARGEST_PASSED = 0.95

#: Variance of the noise next to that by Poisson senders up to which one exponential synapse can stand for all, where
#: some decay more slowly than the membrane, and by so many times than others.
_LARGEST_FACTOR, _UNLIKE = 2.0, 5.0

#: Largest change of the logarithms of variance and time constant of the noise in one iteration.
_LARGEST_CHANGE = 0.5


def settled(
    field: SelfConsistentField, x0: npt.ArrayLike | None = None, *, correlated: bool = True
) -> tuple[SelfConsistentField, np.ndarray]:
    """Return the field with the noise that its own neurons make, and its state; see `solve` for x0.

    Their spectra are iterated with it; what correlations of spike trains change is added once, to first order, unless
    they are not `correlated`.
    """
    if field.white:
        return field, field.solve(x0)
    field, u = _settled(field, x0, correlated)
    _check_faint(field, u)
    return field, u


def _check_bursts(field: SelfConsistentField, u: np.ndarray) -> None:
    """Raise where neurons burst, and receive through synapses too unlike for one exponential to stand for all."""
    factors = field.noise_factors
    if factors is None:
        return
    for k in set(twins_of(field)):
        decays = [sum(a.tau) for a in field.afferents[k] if a.power > 0]
        unlike = decays and max(decays) > max(field.tau[k], _UNLIKE * min(decays))
        if unlike and u[k] > _SILENT and factors[k, 0] > _LARGEST_FACTOR:
            raise ValueError(
                f"neurons with synapses of {min(decays):g} and of {max(decays):g} ms must receive at most "
                f"{_LARGEST_FACTOR:g} times the noise of Poisson processes for self-consistent rates, not "
                f"{factors[k, 0]:.2g} times as much from neurons that burst, as {field.names[k]!r}: see measured"
            )


def _check_faint(field: SelfConsistentField, u: np.ndarray) -> None:
    """Raise where what a spike adds to an adaptation is no small part of it next to the noise of neurons that fire."""
    for k in set(twins_of(field)):
        fires = u[k] > _SILENT
        for kind in kinds_of(field, k, u) if fires else ():
            if isinstance(kind.curve, MeanAdaptation):
                raise ValueError(
                    f"neurons that adapt must receive more noise for self-consistent rates than {field.names[k]!r} in "
                    f"the stationary state, whose free potential has an s.d. of {kind.std:.2g} mV: see measured"
                )


def _settled(
    field: SelfConsistentField, x0: npt.ArrayLike | None, correlated: bool
) -> tuple[SelfConsistentField, np.ndarray]:
    u, slopes = state_near(field, x0, _FIRST)
    if not field.slowness(u).max() > _SLOW:
        return field, state_near(field, u, slopes=slopes)[0]
    tried: list[np.ndarray] = []
    changes: list[np.ndarray] = []
    x, left = np.zeros(_size(field, u)), np.inf
    for _ in range(_ITERATIONS):
        # What is about to settle needs its answers next, which hold the spectra.
        answers = answers_of(field, u) if correlated and left < _ALMOST else None
        change = np.log(_noise_of(field, u, answers)) - x
        left = float(np.abs(change).max())
        tried, changes = [*tried[-_MIXED:], x], [*changes[-_MIXED:], change]
        x = x + np.clip(mixed(tried, changes) - x, -_LARGEST_CHANGE, _LARGEST_CHANGE)
        answered, field = field, _with_noise(field, np.exp(x))
        _check_bursts(field, u)
        if left < _SETTLED:
            more = correlation_factors(answered, u, answers) if correlated else None
            return _refined(field, more, u, slopes)
        u, slopes = state_near(field, u, float(np.clip(_PART * left, _NEAR, _FIRST)), slopes)
    raise ValueError(
        f"network must have a stationary state for self-consistent rates, but spectra and rates of its neurons did not "
        f"come to agree near {np.round(u[: len(field.names)], 2).tolist()} Hz"
    )


def _refined(
    field: SelfConsistentField, more: np.ndarray | None, u: np.ndarray, slopes: np.ndarray | None
) -> tuple[SelfConsistentField, np.ndarray]:
    """Return the field with `more` noise and its state, or where there is none near `u` that without."""
    if more is not None:
        try:
            correlated = replace(field, noise_factors=field.noise_factors * more)
            return correlated, state_near(correlated, u, slopes=slopes)[0]
        except ValueError:
            pass
    return field, state_near(field, u, slopes=slopes)[0]


def self_consistent_rates(
    network: Circuit | HasCircuit,
    *,
    alike: bool = False,
    white: bool = False,
    x0: npt.ArrayLike | None = None,
    progress: bool = False,
) -> SelfConsistentRates:
    """Return the self-consistent rates of a spiking network, with the means and s.d. of its inputs.

    Parameters
    ----------
    network : Network or Circuit
        Of LIF, EIF, QIF or AdEx neurons; its sources are Poisson processes. Of short-term plasticity spikes deliver
        what they do of Poisson processes.
    alike : bool
        Take all neurons of a population to be alike. By default they differ by their numbers of inputs and by what
        these carry, which also gives the s.d. of the rates.
    white : bool
        Take the noise as white and spike trains as Poisson processes, which is quicker, and good where synapses are
        much faster than the membrane and neurons fire irregularly. By default noise has the colour that synapses and
        the spectra and correlations of its neurons give it.
    x0 : array_like, shape (n,), optional
        Rates to start from, Hz; another start may lead to another state. Default: see `SelfConsistentField.solve`.
    progress : bool, default False
        Count the steps of the search where it takes more than a second.

    Returns
    -------
    SelfConsistentRates

    Raises
    ------
    ValueError
        If a source is not Poisson, a neuron of another model, plasticity short-term, neurons that are not `alike`
        differ by more than I_x and, of LIF, EIF and QIF neurons, E_L, or no stationary state is reached.

    Examples
    --------
    >>> self_consistent_rates(rb.circuits.cortex(10_000)).rates.round(1)
    array([ 7.3, 18.2])
    """
    with Search("self-consistent rates", progress) as search:
        field, u = settled(replace(field_of(network, alike=alike, white=white), watch=search.advance), x0)
        return field.describe(u)


def _size(field: SelfConsistentField, u: np.ndarray) -> int:
    """Return how many numbers say what the noise is next to that of Poisson senders."""
    conduct = field.frozen(u).effective is not None
    return 2 * len(field.names) + (sum(map(len, field.afferents)) if conduct else 0)


def _with_noise(field: SelfConsistentField, noise: np.ndarray) -> SelfConsistentField:
    """Return the field with noise as `_noise_of` gives it."""
    n = 2 * len(field.names)
    if len(noise) == n:
        return replace(field, noise_factors=noise.reshape(-1, 2))
    ends = np.cumsum([len(arriving) for arriving in field.afferents])
    bursts = tuple(tuple(some.tolist()) for some in np.split(noise[n:], ends[:-1]))
    return replace(field, noise_factors=noise[:n].reshape(-1, 2), bursts=bursts)


def _noise_of(field: SelfConsistentField, u: np.ndarray, answers: Answers | None = None) -> np.ndarray:
    """Return variance and time constant of each population's noise next to those that Poisson senders give it.

    After these 2 n numbers, where synapses are conductances, stand the variances of what each afferent opens. From the
    spectra in the neurons' answers, if these are known.
    """
    rates = np.maximum(u[: len(field.names)], 1e-12)
    twins = twins_of(field)
    kinds = {j: kinds_of(field, j, u) for j in set(twins)}
    senders_of = dict(zip(field.names, twins, strict=True))
    found = _next_to_rates(kinds, rates, senders_of) if answers is None else dict(enumerate(answers.next_to_rates))
    of_names = {name: found[twin] for name, twin in zip(field.names, twins, strict=True)}
    step_done(field)
    field, omega = field.frozen(u), 2 * np.pi * PER_MS * SUMMED
    sources = {name: rate for name, (rate, _) in field.sources.items()}
    senders = {**sources, **dict(zip(field.names, rates, strict=True))}
    factors, slow = np.ones((len(field.names), 2)), field.slowness(u) > _SLOW
    for k in np.flatnonzero(slow):
        tau_m = float(field.tau[k])
        poisson = own = np.zeros(len(omega))
        for a in field.afferents[k]:
            passed = senders[a.pre] * a.power / np.prod([1 + (omega * tau) ** 2 for tau in (*a.tau, tau_m)], axis=0)
            poisson, own = poisson + passed, own + passed * of_names.get(a.pre, 1.0)
        variance, speed = (total(omega**order * own) / total(omega**order * poisson) for order in (0, 2))
        if np.isfinite([variance, speed]).all():
            factors[k] = variance, variance / speed
    if field.effective is None:
        return factors.ravel()
    bursts = [
        _variance(a, of_names[a.pre]) if slow[k] and a.pre in of_names else 1.0
        for k, arriving in enumerate(field.afferents)
        for a in arriving
    ]
    return np.append(factors, bursts)


def _variance(a: Afferent, spectrum: np.ndarray) -> float:
    """Return the variance of what an afferent opens next to that by Poisson senders."""
    passed = 1 / np.prod([1 + (2 * np.pi * PER_MS * SUMMED * tau) ** 2 for tau in a.tau], axis=0)
    return total(passed * spectrum) / total(passed) if a.tau else 1.0


def _next_to_rates(
    kinds: Mapping[int, Sequence[NeuronKind]], rates: np.ndarray, senders: Mapping[str, int]
) -> dict[int, np.ndarray]:
    """Return mean power spectra of populations next to their mean rates, Hz; neurons that send little are left out.

    `senders` says by which population the neurons of a name are known.
    """
    every = [(j, kind) for j, of_one in kinds.items() for kind in of_one]
    sent = rates_together([kind.curve for _, kind in every], [kind.mean for _, kind in every])
    sending = [
        (j, kind.weight * rate, kind)
        for (j, kind), rate in zip(every, sent.tolist(), strict=True)
        if kind.weight * rate > _LITTLE * rates[j] or len(kinds[j]) == 1
    ]
    spectra, passing = _spectra([kind for *_, kind in sending])
    order = list(kinds)
    own, brought = np.ones((len(KNOWN), len(order))), np.zeros((len(KNOWN), len(order)))
    passed = np.zeros((len(KNOWN), len(order), len(order)))
    for place, j in enumerate(order):
        some = [k for k, (i, *_) in enumerate(sending) if i == j]
        whole = sum(sending[k][1] for k in some)
        if not whole > _SILENT:
            continue
        own[:, place] = sum(sending[k][1] * spectra[k] for k in some) / whole
        for k in some:
            for one in passing[k]:
                if one.pre in senders:
                    gain = sending[k][1] / whole * rates[senders[one.pre]] * one.gain
                    passed[:, place, order.index(senders[one.pre])] += gain
                    brought[:, place] += gain * one.burst
    found = carried_on(own, passed, brought) if passed.any() else own
    return {j: irregular(found[:, place]) for place, j in enumerate(order)}


def carried_on(own: np.ndarray, passed: np.ndarray, brought: np.ndarray) -> np.ndarray:
    """Return spectra c next to rates, (K, n), of neurons that pass on those of their senders.

    c = own − brought + passed c, with passed of shape (K, n, n). What would come back almost whole, or more, is taken
    to come back in the largest part that settles.
    """
    radius = np.abs(np.linalg.eigvals(passed)).max(axis=1)
    less = np.minimum(1.0, LARGEST_PASSED / np.maximum(radius, _SILENT))
    open_loop = np.eye(own.shape[1]) - less[:, None, None] * passed
    return np.asarray(np.linalg.solve(open_loop, (own - less[:, None] * brought)[..., None])[..., 0])


@dataclass(frozen=True, eq=False, repr=False)
class _Passing(Brief):
    """How neurons pass on fluctuations of one kind of senders: gain of power per Hz of the senders, next to the rate.

    `burst` is what the noise has of them already, next to the rate of the senders.
    """

    pre: str
    gain: np.ndarray
    burst: float


def _spectra(kinds: Sequence[NeuronKind]) -> tuple[np.ndarray, list[list[_Passing]]]:
    """Return power spectra of neurons in independent noise next to their rates, (number, K), and what they pass on.

    The latter where conductances jump at every spike. Neurons that adapt have two levels of the adaptation where their
    slowest power, with few values of the noise, shows that these do.
    """
    curves: list[Any] = [_for_spectra(kind) for kind in kinds]
    means = [kind.mean for kind in kinds]
    adapting = [k for k, curve in enumerate(curves) if isinstance(curve, _ADAPTING)]
    rough = [replace(curves[k], nodes=_ROUGH) for k in adapting]
    both = [*rough, *(replace(curve, levels=_LINEAR) for curve in rough)]
    slowest, linear = _next_to_own(both, [means[k] for k in adapting] * 2, KNOWN[:1]).reshape(2, -1)
    for k, close in zip(adapting, np.abs(linear - slowest) < _NOT_LINEAR * slowest, strict=True):
        if close:
            curves[k] = replace(curves[k], levels=_LINEAR)
    shot = [k for k, curve in enumerate(curves) if isinstance(curve, ShotConductanceNoise)]
    others = [k for k in range(len(curves)) if k not in shot]
    spectra, passing = np.ones((len(curves), len(KNOWN))), [list[_Passing]() for _ in curves]
    spectra[others] = _next_to_own([curves[k] for k in others], [means[k] for k in others], KNOWN)
    for k in shot:
        density = density_of(curves[k], means[k])
        if density.rate > PER_MS * _SILENT:
            responses, power = density.fluctuations(2 * np.pi * PER_MS * KNOWN)
            spectra[k] = power / density.rate
            passing[k] = _passing(kinds[k], PER_MS * np.abs(responses[1:]) ** 2 / density.rate)
    return spectra, passing


def _passing(kind: NeuronKind, gains: np.ndarray) -> list[_Passing]:
    """Return what neurons pass on, from squared responses to the spikes of each kind next to the rate, Hz."""
    (cell,) = (kind.field.effective or ())[kind.k : kind.k + 1]
    return [
        _Passing(cell.afferents[k].pre, gain * (1 + o.variance / o.jump**2) / (o.n * o.burst**2), o.burst)
        for (k, _, o), gain in zip(cell.openings, gains, strict=True)
    ]


def _next_to_own(curves: Sequence[HasSpectrum], means: Sequence[float], hertz: np.ndarray) -> np.ndarray:
    """Return power spectra next to the rates that the same theory has; those of silent neurons are 1."""
    rates, found = rates_together(curves, means), np.ones((len(curves), len(hertz)))
    firing = np.flatnonzero(rates > _SILENT).tolist()
    powers = powers_together([curves[k] for k in firing], [means[k] for k in firing], hertz)
    found[firing] = powers / rates[firing, None]
    return found


def _for_spectra(kind: NeuronKind) -> HasSpectrum:
    """Return the theory that gives the spectrum of neurons in independent noise."""
    curve = kind.curve
    if isinstance(curve, ShotConductanceNoise):
        curve = replace(curve, nodes=_NODES)
    if isinstance(curve, (ColouredNoise, MeanAdaptation)):
        return curve
    alone = without_noise(kind.field, kind.k, kind.std)
    return alone or ThresholdIntegration(kind.field.neurons[kind.k], kind.std, points=1000)
