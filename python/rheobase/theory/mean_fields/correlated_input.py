"""What the correlations of spike trains do to the rates of a finite network, to first order in 1/N.

Senders that share inputs, and that the network holds together, fluctuate together: the spectrum of a sum of them is
that of independent trains and that of all pairs, S − C/N. Linear response gives it, with S = R (C/N) R* the spectra of
the population rates, C those of single neurons, and R = 1/(1 − L) what goes round the loop L. Where inhibition follows
the slow fluctuations of the rest, a part n/N of these is missing from the noise: the part of the senders that two
neurons share. Fluctuations of the rates modulate the mean input and the intensity of the noise at once, and both
change the mean rate together (see `second_order`): where inhibition makes the noise strong while it holds neurons
down, by less than the variance alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.models.values import Brief
from rheobase.theory.inputs.noise_power import KNOWN, SUMMED, answering, irregular, total
from rheobase.theory.inputs.paths import delayed, share_of_noise, to_current
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField, kinds_of, twins_of
from rheobase.theory.neurons.coloured_density import ColouredDensity, settle
from rheobase.theory.neurons.coloured_noise import ColouredNoise, density_of
from rheobase.theory.neurons.second_order import with_second_order
from rheobase.units import PER_MS

#: Part of all spikes that neurons send whose answers are left out.
_LITTLE = 3e-3

#: s.d. of a population rate next to its mean from which linear response no longer describes it.
_LARGEST_FLUCTUATION = 1.0

#: Least and largest change of the variance that makes up for what its shape leaves of the rate, and how small its own
#: effect may be, next to that of its parts taken as positive, for it to do so.
_CORRECTION, _ENOUGH = (0.5, 2.0), 0.1

_OMEGA = 2 * np.pi * PER_MS * SUMMED


@dataclass(frozen=True, eq=False, repr=False)
class Answers(Brief):
    """What the neurons of each population do on the average, shape (K, n), and their mean rates, Hz, shape (n,)."""

    rates: np.ndarray
    to_mean: np.ndarray
    to_noise: np.ndarray
    spectra: np.ndarray
    twice_mean: np.ndarray
    mean_and_noise: np.ndarray
    twice_noise: np.ndarray

    @property
    def next_to_rates(self) -> np.ndarray:
        """Spectra next to the mean rates, shape (n, K)."""
        return np.asarray((self.spectra / self.rates).T)


@dataclass(frozen=True, eq=False, repr=False)
class _Pairs(Brief):
    """What pairs of senders bring: spectra of the free potentials, mV² ms, and, by the noise, rates; shape (K, n)."""

    power: np.ndarray
    by_noise: np.ndarray


def correlation_factors(field: SelfConsistentField, u: np.ndarray, answers: Answers | None = None) -> np.ndarray | None:
    """Return variance and time constant of the noise of correlated senders next to those of independent ones, (n, 2).

    From the state of these. None where neurons adapt or synapses are conductances, where the state is unstable or rates
    would have fluctuations as large as themselves, for there linear response says nothing about them.
    """
    answers = answers_of(field, u) if answers is None else answers
    pairs = None if answers is None else _pairs(field, u, answers)
    if answers is None or pairs is None:
        return None
    independent, correlated = (_one_synapse(field, u, answers, p) for p in (None, pairs))
    return correlated / independent


def answers_of(field: SelfConsistentField, u: np.ndarray) -> Answers | None:
    """Return the answers of the populations, or None where they are not known to second order."""
    if field.follows_state:
        return None
    twins = twins_of(field)
    every = [(j, kind) for j in set(twins) for kind in kinds_of(field, j, u)]
    densities = [density_of(kind.curve, kind.mean) for _, kind in every if isinstance(kind.curve, ColouredNoise)]
    if len(densities) < len(every) or any(type(density) is not ColouredDensity for density in densities):
        return None
    settle(densities)
    sent = [kind.weight * density.rate / PER_MS for (_, kind), density in zip(every, densities, strict=True)]
    sending = [k for k, (j, kind) in enumerate(every) if sent[k] > _LITTLE * u[j] or kind.weight == 1]
    answers = with_second_order([densities[k] for k in sending], 2 * np.pi * PER_MS * KNOWN)
    of_populations: dict[int, tuple[float, np.ndarray]] = {}
    for j in set(twins):
        own = [(k, answer) for k, answer in zip(sending, answers, strict=True) if every[k][0] == j]
        whole = sum(sent[k] for k, _ in own)
        if whole <= 0:
            return None
        known = np.sum([every[k][1].weight * answer / PER_MS for k, answer in own], axis=0)
        spectrum = whole * irregular(known[2].real / whole)
        of_populations[j] = whole, np.stack([*answering(known[:2], 1), spectrum, *answering(known[3:], 2)])
    rates, found = zip(*(of_populations[j] for j in twins), strict=True)
    to_mean, to_noise, spectra, twice_mean, both, twice_noise = np.stack(found, axis=-1)
    return Answers(np.array(rates), to_mean, to_noise, spectra.real, twice_mean.real, both, twice_noise.real)


def _pairs(field: SelfConsistentField, u: np.ndarray, answers: Answers) -> _Pairs | None:
    """Return what pairs of senders bring, or None where linear response does not hold."""
    names, stds = field.names, field.moments(u)[2]
    n, sizes = len(names), {a.pre: a.senders for arriving in field.afferents for a in arriving if a.senders < np.inf}
    shared = [name for name in sizes if name not in names]
    # Fluctuations of a population that sends to none come to nobody.
    senders, numbers = (*names, *shared), np.array([sizes.get(name, np.inf) for name in (*names, *shared)])
    rates = np.tile([field.sources[name][0] for name in shared], (len(SUMMED), 1))
    noise = np.hstack([answers.spectra, rates]) / numbers

    turn = np.zeros((len(SUMMED), n, len(senders)), dtype=complex)
    current, stirring = np.zeros_like(turn), np.zeros_like(turn)
    alone = np.zeros((3, len(SUMMED), n), dtype=complex)
    for k, arriving in enumerate(field.afferents):
        for a in arriving:
            if a.pre not in sizes:
                continue
            j, late = senders.index(a.pre), delayed(a, _OMEGA)
            mean, part = to_current(a, _OMEGA) * late, share_of_noise(a, float(field.tau[k]), float(stds[k])) * late
            current[:, k, j] += mean
            stirring[:, k, j] += part
            turn[:, k, j] += answers.to_mean[:, k] * mean + answers.to_noise[:, k] * part
            if a.left < 1:  # no pair is made of a sender and itself, unless it may be drawn twice
                alone[:, :, k] += np.array([mean, part, part]) * np.conj([mean, mean, part]) * noise[:, j]
    open_loop = np.eye(n) - turn[:, :, :n]
    phase = np.unwrap(np.angle(np.linalg.det(open_loop)))
    if round(float(phase[-1] - phase[0]) / np.pi) < 0:  # a mode grows (Nyquist)
        return None
    passed = np.zeros((len(SUMMED), len(senders), len(senders)), dtype=complex)
    passed[:, :n, :n] = np.linalg.inv(open_loop)
    passed[:, :n, n:] = passed[:, :n, :n] @ turn[:, :, n:]
    passed[:, range(n, len(senders)), range(n, len(senders))] = 1.0
    fluctuations = np.sum(np.abs(passed[:, :n]) ** 2 * noise[:, None, :], axis=2) - noise[:, :n]
    if any(2 * total(fluctuations[:, k]) > (_LARGEST_FLUCTUATION * u[k]) ** 2 for k in range(n)):
        return None
    mean, part = current @ passed, stirring @ passed
    together = np.array([mean, part, part]) * np.conj([mean, mean, part]) * noise[:, None, :]
    of_mean, of_both, of_noise = together.sum(axis=-1) - alone
    slowed = 1 + (_OMEGA[:, None] * field.tau) ** 2
    by_noise = np.real(of_both * answers.mean_and_noise) + of_noise.real * answers.twice_noise
    return _Pairs(of_mean.real / slowed / PER_MS, by_noise / PER_MS)


def _one_synapse(field: SelfConsistentField, u: np.ndarray, answers: Answers, pairs: _Pairs | None) -> np.ndarray:
    """Return variance and time constant, next to those of Poisson senders, of one synapse that does the same, (n, 2).

    It has the speed of the free potential, and the variance that leads to the same rate.
    """
    rates = {name: rate for name, (rate, _) in field.sources.items()}
    rates |= dict(zip(field.names, u[: len(field.names)], strict=True))
    spectra, found = dict(zip(field.names, answers.spectra.T, strict=True)), np.ones((len(field.names), 2))
    for k, slowness in enumerate(field.slowness(u).tolist()):
        tau_m = float(field.tau[k])
        slowed, by_noise = 1 + (_OMEGA * tau_m) ** 2, np.zeros(len(_OMEGA))
        poisson = power = np.zeros(len(_OMEGA))
        for a in field.afferents[k]:
            passed = PER_MS * a.power / np.prod([1 + (_OMEGA * tau) ** 2 for tau in (*a.tau, tau_m)], axis=0)
            poisson, power = poisson + passed * rates[a.pre], power + passed * spectra.get(a.pre, rates[a.pre])
        if pairs is not None:
            power, by_noise = power + pairs.power[:, k], pairs.by_noise[:, k]
        variance, speed = (total(_OMEGA**order * power) / total(_OMEGA**order * poisson) for order in (0, 2))
        if not (np.isfinite([variance, speed]).all() and min(variance, speed) > 0):
            continue
        slower = variance / speed
        alike = 1 / ((1 + (_OMEGA * slower * slowness * tau_m) ** 2) * slowed)
        alike *= variance * total(poisson) / total(alike)
        counts = answers.twice_mean[:, k] * slowed
        missing = total((power - alike) * counts + by_noise)
        own, parts = total(alike * counts), total(alike * np.abs(counts))
        changed = 1 + missing * own / (own**2 + (_ENOUGH * parts) ** 2)
        found[k] = variance * np.clip(changed, *_CORRECTION), slower
    return found
