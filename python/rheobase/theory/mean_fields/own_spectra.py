"""What the spike trains of a network do to its noise where they are no Poisson processes.

A neuron that fires regularly sends less noise than a Poisson process of its rate, one that fires in bursts more, and
both at low frequencies above all. The spectra of neurons follow from the noise that they receive, and make it: both are
iterated until they agree (Lerchner et al. 2006; Dummer, Wieland & Lindner 2014). What neurons receive is taken as the
noise of one exponential synapse again, with the variance of the free membrane potential and that of its speed. Noise of
synapses that are fast next to the membrane stays that of Poisson processes: the reset makes neurons forget what is slow
in it, and a spike train is a Poisson process to what is fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.progress import Search
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
from rheobase.theory.neurons.coloured_noise import ColouredNoise
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
    u, slopes = state_near(field, x0, _FIRST)
    if not field.slowness(u).max() > _SLOW:
        return field, state_near(field, u, slopes=slopes)[0]
    tried: list[np.ndarray] = []
    changes: list[np.ndarray] = []
    x, left = np.zeros(2 * len(field.names)), np.inf
    for _ in range(_ITERATIONS):
        # What is about to settle needs its answers next, which hold the spectra.
        answers = answers_of(field, u) if correlated and left < _ALMOST else None
        change = np.log(_factors(field, u, answers)).ravel() - x
        left = float(np.abs(change).max())
        tried, changes = [*tried[-_MIXED:], x], [*changes[-_MIXED:], change]
        x = x + np.clip(mixed(tried, changes) - x, -_LARGEST_CHANGE, _LARGEST_CHANGE)
        answered, field = field, replace(field, noise_factors=np.exp(x).reshape(-1, 2))
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
        Of LIF, EIF, QIF or AdEx neurons; its sources are Poisson processes.
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
        If a source is not Poisson, a neuron of another model, or no stationary state
        is reached.

    Examples
    --------
    >>> self_consistent_rates(rb.circuits.cortex(10_000)).rates.round(1)
    array([ 7.3, 18.2])
    """
    with Search("self-consistent rates", progress) as search:
        field, u = settled(replace(field_of(network, alike=alike, white=white), watch=search.advance), x0)
        return field.describe(u)


def _factors(field: SelfConsistentField, u: np.ndarray, answers: Answers | None = None) -> np.ndarray:
    """Return variance and time constant of the noise next to those that Poisson senders give it, shape (n, 2).

    From the spectra in the neurons' answers, if these are known.
    """
    rates = np.maximum(u[: len(field.names)], 1e-12)
    twins = twins_of(field)
    kinds = {j: kinds_of(field, j, u) for j in set(twins)}
    found = _next_to_rates(kinds, rates) if answers is None else dict(enumerate(answers.next_to_rates))
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
    return factors


def _next_to_rates(kinds: Mapping[int, Sequence[NeuronKind]], rates: np.ndarray) -> dict[int, np.ndarray]:
    """Return mean power spectra of populations next to their mean rates, Hz; neurons that send little are left out."""
    every = [(j, kind) for j, of_one in kinds.items() for kind in of_one]
    sent = rates_together([kind.curve for _, kind in every], [kind.mean for _, kind in every])
    sending = [
        (j, kind.weight * rate, kind)
        for (j, kind), rate in zip(every, sent.tolist(), strict=True)
        if kind.weight * rate > _LITTLE * rates[j] or len(kinds[j]) == 1
    ]
    spectra = _spectra([kind for *_, kind in sending])
    found = {}
    for j in kinds:
        some = [(part, spectrum) for (i, part, _), spectrum in zip(sending, spectra, strict=True) if i == j]
        whole = sum(part for part, _ in some)
        power = sum(part * spectrum for part, spectrum in some)
        found[j] = irregular(power / whole if whole > _SILENT else np.ones(len(KNOWN)))
    return found


def _spectra(kinds: Sequence[NeuronKind]) -> np.ndarray:
    """Return power spectra of neurons in independent noise next to their rates, shape (number, K).

    Neurons that adapt have two levels of the adaptation where their slowest power, with few values of the noise, shows
    that these do.
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
    return _next_to_own(curves, means, KNOWN)


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
