"""What the spike trains of a network do to its noise where they are no Poisson processes.

A neuron that fires regularly sends less noise than a Poisson process of its rate, one that fires in bursts more, and
both at low frequencies above all. The spectra of neurons follow from the noise that they receive, and make it: both are
iterated until they agree (Lerchner et al. 2006; Dummer, Wieland & Lindner 2014). What neurons receive is taken as the
noise of one exponential synapse again, with the variance of the free membrane potential and that of its speed. Noise of
synapses that are fast next to the membrane stays that of Poisson processes: the reset makes neurons forget what is slow
in it, and a spike train is a Poisson process to what is fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.progress import Search
from rheobase.theory.adapting_conductances import AdaptingConductanceNoise, AdaptingEffectiveNoise
from rheobase.theory.adapting_neuron import AdaptingNeuron
from rheobase.theory.coloured_noise import ColouredNoise
from rheobase.theory.conductance_field import field_of
from rheobase.theory.conductances import ShotConductanceNoise
from rheobase.theory.correlated_input import with_correlations
from rheobase.theory.mean_adaptation import MeanAdaptation
from rheobase.theory.mixing import mixed
from rheobase.theory.noise_power import KNOWN, SUMMED, irregular, total
from rheobase.theory.self_consistent import NeuronKind, SelfConsistentField, SelfConsistentRates
from rheobase.theory.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS

#: Time constant of the noise next to τ_m above which its slow part counts.
_SLOW = 0.1

#: Iterations, how many of them are mixed (Anderson), and the change of the noise at which they end, as a part of it.
_ITERATIONS, _MIXED, _SETTLED = 25, 3, 5e-3

#: Misfit of rates, next to the largest plus 1 Hz, at which they are good enough for spectra.
_NEAR = 1e-4

#: Levels of an adaptation that fluctuates linearly.
_LINEAR = 2

#: Number of values of a conductance with which spectra are found.
_NODES = 8

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
    u = field.solve(x0)
    if field.white or not field.slowness(u).max() > _SLOW:
        return field, u
    tried: list[np.ndarray] = []
    changes: list[np.ndarray] = []
    x, slopes = np.zeros(2 * len(field.names)), None
    for _ in range(_ITERATIONS):
        change = np.log(_factors(field, u)).ravel() - x
        if np.abs(change).max() < _SETTLED:
            u = field._refined(u, slopes)
            return with_correlations(field, u) if correlated else (field, u)
        tried, changes = [*tried[-_MIXED:], x], [*changes[-_MIXED:], change]
        x = x + np.clip(mixed(tried, changes) - x, -_LARGEST_CHANGE, _LARGEST_CHANGE)
        field = replace(field, noise_factors=np.exp(x).reshape(-1, 2))
        u, slopes = field._near(u, _NEAR, slopes)
    raise ValueError(
        f"network must have a stationary state for self-consistent rates, but spectra and rates of its neurons did not "
        f"come to agree near {np.round(u[: len(field.names)], 2).tolist()} Hz"
    )


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


def _factors(field: SelfConsistentField, u: np.ndarray) -> np.ndarray:
    """Return variance and time constant of the noise next to those that Poisson senders give it, shape (n, 2)."""
    rates = np.maximum(u[: len(field.names)], 1e-12)
    of_names: dict[str, np.ndarray] = {}
    for j, name in enumerate(field.names):
        if (twin := field.names[field._twins[j]]) in of_names:
            of_names[name] = of_names[twin]
            continue
        of_names[name] = irregular(_next_to_rate(field._kinds(j, u), float(rates[j])))
        field._tell()
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


def _next_to_rate(kinds: Sequence[NeuronKind], rate: float) -> np.ndarray:
    """Return the mean power spectrum of neurons next to their mean rate, Hz; those that send little are left out."""
    powers, sent = np.zeros(len(KNOWN)), 0.0
    for kind in kinds:
        part = kind.weight * float(kind.curve(kind.mean))
        if part > _LITTLE * rate or len(kinds) == 1:
            powers, sent = powers + kind.weight * _spectrum(kind), sent + part
    return powers / sent if sent > _SILENT else np.ones(len(KNOWN))


def _spectrum(kind: NeuronKind) -> np.ndarray:
    """Return the power spectrum of neurons in independent noise, Hz."""
    curve = kind.curve
    if isinstance(curve, (AdaptingNeuron, AdaptingConductanceNoise, AdaptingEffectiveNoise)):
        curve = replace(curve, levels=_LINEAR)
    if isinstance(curve, ShotConductanceNoise):
        curve = replace(curve, nodes=_NODES)
    if isinstance(curve, (ColouredNoise, MeanAdaptation)):
        return curve.power_spectrum(KNOWN, kind.mean)
    neuron = kind.field.neurons[kind.k]
    return ThresholdIntegration(neuron, kind.std, points=1000).power_spectrum(KNOWN, kind.mean)
