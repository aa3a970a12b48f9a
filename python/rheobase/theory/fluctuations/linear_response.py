"""What a typical neuron of a population does in the noise of its network: how it follows modulations, its spectrum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rheobase.models.values import Brief
from rheobase.rates.curves import Curve
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField, step_done, without_noise
from rheobase.theory.neurons.coloured_noise import ColouredNoise
from rheobase.theory.neurons.conductances import EffectiveCell, ShotConductanceNoise
from rheobase.theory.neurons.frequency_interpolation import interpolated
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation
from rheobase.theory.neurons.noiseless import Noiseless
from rheobase.theory.neurons.siegert import Siegert
from rheobase.theory.neurons.threshold_integration import ThresholdIntegration
from rheobase.units import PER_MS

#: Frequencies of the first grid, where each costs as much as the others, and where many cost no more than few.
_EACH, _MANY = 13, 100

#: Rate, Hz, of neurons that never fire.
_SILENT = 1e-30


@dataclass(frozen=True, eq=False, repr=False)
class LinearResponse(Brief):
    """Responses to modulations of the mean input, Hz/mV, and of the noise, Hz, and power spectrum, Hz; shape (K,).

    Where synapses are conductances, `to_spikes` holds the responses to the rates of the senders, Hz/Hz, one of shape
    (K,) per afferent: all that these do, but for the delays. Mean inputs are then those of the effective leak.
    """

    to_mean: np.ndarray
    to_noise: np.ndarray
    spectrum: np.ndarray
    to_spikes: np.ndarray | None = None


def linear_response(
    field: SelfConsistentField, k: int, u: np.ndarray, mean: float, hertz: np.ndarray
) -> LinearResponse:
    """Return responses and spectrum of a neuron of population k at a mean input, mV, in independent noise.

    Where all noise is taken as white, or neurons adapt in faint noise, they answer modulations of the mean input alone.
    """
    curve = field.curve(field.names[k], u)
    rate = float(curve(mean))
    if rate < _SILENT:
        return _silent(field, k, hertz)
    alone = None if isinstance(curve, MeanAdaptation) else without_noise(field, k, float(field.moments(u)[2][k]))
    if alone is not None:
        return _noiseless(alone, field, k, mean, hertz)

    def fluctuations(f: np.ndarray) -> np.ndarray:
        step_done(field)
        return np.stack(curve.fluctuations(f, mean))  # type: ignore[attr-defined]

    if field.effective is not None:
        if not isinstance(curve, ShotConductanceNoise):
            raise _no_answer(field, k)
        found = interpolated(fluctuations, hertz, _EACH, (rate,))
        return _in_conductances(field.effective[k], found, hertz)
    if isinstance(curve, ColouredNoise):
        both = interpolated(fluctuations, hertz, _EACH, (rate,))
    else:
        both = interpolated(_in_white_noise(curve, field, k, u, mean), hertz, _MANY, (rate,))
    to_mean, to_noise = np.where(hertz < 0, np.conj(both[:2]), both[:2])
    return LinearResponse(to_mean, to_noise, both[2].real)


def _in_white_noise(
    curve: Curve, field: SelfConsistentField, k: int, u: np.ndarray, mean: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gives responses and spectrum of a neuron in white noise at some frequencies, Hz."""
    white: MeanAdaptation | ThresholdIntegration
    if isinstance(curve, MeanAdaptation):
        white = curve
    elif isinstance(curve, Siegert):
        white = ThresholdIntegration(curve.membrane, curve.sigma)
    else:
        white = ThresholdIntegration(field.neurons[k], field.moments(u)[2][k])
    of_mean_alone = field.white or isinstance(white, MeanAdaptation)

    def fluctuations(f: np.ndarray) -> np.ndarray:
        if isinstance(white, MeanAdaptation):
            return np.stack([white.response(f, mean), np.zeros(len(f)), white.power_spectrum(f, mean)])
        step_done(field)
        to_mean, to_noise, power = white.fluctuations(f, mean)
        return np.stack([to_mean, np.zeros(len(f)) if of_mean_alone else to_noise, power])

    return fluctuations


def _silent(field: SelfConsistentField, k: int, hertz: np.ndarray) -> LinearResponse:
    """Return what neurons do that never fire: nothing."""
    none, cell = np.zeros(len(hertz), dtype=complex), field.effective and field.effective[k]
    return LinearResponse(none, none, none.real, np.outer(np.zeros(len(cell.afferents)), none) if cell else None)


def _noiseless(alone: Noiseless, field: SelfConsistentField, k: int, mean: float, hertz: np.ndarray) -> LinearResponse:
    """Return what neurons without noise do: nothing stirs them but mean input and mean conductances."""
    to_mean, to_spikes = alone.response(hertz, mean), None
    if field.effective is not None:
        cell = field.effective[k]
        if cell.afferents and not cell.shot:
            raise _no_answer(field, k)
        to_spikes = np.zeros((len(cell.afferents), len(hertz)), dtype=complex)
        for which, conductance, opening in cell.openings:
            E, area = conductance.reversal, PER_MS * opening.n * opening.jump * conductance.tau / opening.burst
            answer = alone.pushed(hertz, mean, lambda V, E=E, scale=cell.scale: scale * (E - V))  # type: ignore[misc]
            to_spikes[which] = area * answer / (1 + 2j * np.pi * PER_MS * hertz * conductance.tau)
    step_done(field)
    return LinearResponse(to_mean, np.zeros_like(to_mean), alone.power_spectrum(hertz, mean), to_spikes)


def _no_answer(field: SelfConsistentField, k: int) -> ValueError:
    return ValueError(
        f"synapses must be up to two kinds of conductances, rb.Exponential, that bring noise, for linear response, not "
        f"those of {field.names[k]!r}"
    )


def _in_conductances(cell: EffectiveCell, found: np.ndarray, hertz: np.ndarray) -> LinearResponse:
    """Return responses and spectrum of a neuron whose synapses are conductances, from those of its curve."""
    responses = np.where(hertz < 0, np.conj(found[:-1]), found[:-1])
    to_spikes = np.zeros((len(cell.afferents), len(hertz)), dtype=complex)
    for (which, _, opening), response in zip(cell.openings, responses[1:], strict=True):
        to_spikes[which] = PER_MS * response / opening.burst
    return LinearResponse(responses[0], np.zeros_like(responses[0]), found[-1].real, to_spikes)
