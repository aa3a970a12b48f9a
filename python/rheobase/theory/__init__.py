"""Theory of spiking networks: mean fields, f–I theory, self-consistent rates and the onset of oscillations.

In all f–I theory the noise is σ √(2 τ_m) ξ(t), so that σ is the s.d. of the free membrane potential, in mV.
"""

from rheobase.theory import random_networks
from rheobase.theory.fits import fit_power_law, fit_softplus, fit_threshold_linear
from rheobase.theory.fluctuations.count_statistics import CountStatistics
from rheobase.theory.fluctuations.network_modes import NetworkModes
from rheobase.theory.fluctuations.noise_correlations import NoiseCorrelations, noise_correlations
from rheobase.theory.fluctuations.oscillations import AsynchronousState, Onset, oscillation_onset
from rheobase.theory.inputs.afferents import Afferent
from rheobase.theory.inputs.shot_noise import (
    EffectiveMembrane,
    InputMoments,
    ShotNoise,
    effective_membrane,
    input_moments,
    quenched_variance,
    squared_area,
)
from rheobase.theory.mean_fields.binary import BinaryMeanField
from rheobase.theory.mean_fields.effective_threshold import EffectiveThreshold, effective_thresholds
from rheobase.theory.mean_fields.exact_rates import ExactRates, ExactRatesResult, lorentzian
from rheobase.theory.mean_fields.inhibition import (
    Balance,
    Currents,
    Stabilisation,
    balance_conditions,
    balanced_rates,
    input_currents,
    stabilisation,
)
from rheobase.theory.mean_fields.mean_field import mean_field
from rheobase.theory.mean_fields.measured import measured
from rheobase.theory.mean_fields.own_spectra import self_consistent_rates
from rheobase.theory.mean_fields.plastic_mean_field import plastic_mean_field
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField, SelfConsistentRates
from rheobase.theory.membranes import Membrane, exponential, leaky, quadratic
from rheobase.theory.neurons.adaptation import Adaptation, AdaptingMembrane
from rheobase.theory.neurons.adapting_neuron import AdaptingNeuron
from rheobase.theory.neurons.coloured_noise import ColouredNoise
from rheobase.theory.neurons.jump_noise import JumpNoise
from rheobase.theory.neurons.mean_adaptation import MeanAdaptation
from rheobase.theory.neurons.noiseless import Noiseless, saddle_node_interval
from rheobase.theory.neurons.siegert import Siegert
from rheobase.theory.neurons.threshold_integration import Stationary, ThresholdIntegration

__all__ = [
    "Adaptation",
    "AdaptingMembrane",
    "AdaptingNeuron",
    "Afferent",
    "AsynchronousState",
    "Balance",
    "BinaryMeanField",
    "ColouredNoise",
    "CountStatistics",
    "Currents",
    "EffectiveMembrane",
    "EffectiveThreshold",
    "ExactRates",
    "ExactRatesResult",
    "InputMoments",
    "JumpNoise",
    "MeanAdaptation",
    "Membrane",
    "NetworkModes",
    "NoiseCorrelations",
    "Noiseless",
    "Onset",
    "SelfConsistentField",
    "SelfConsistentRates",
    "ShotNoise",
    "Siegert",
    "Stabilisation",
    "Stationary",
    "ThresholdIntegration",
    "balance_conditions",
    "balanced_rates",
    "effective_membrane",
    "effective_thresholds",
    "exponential",
    "fit_power_law",
    "fit_softplus",
    "fit_threshold_linear",
    "input_currents",
    "input_moments",
    "leaky",
    "lorentzian",
    "mean_field",
    "measured",
    "noise_correlations",
    "oscillation_onset",
    "plastic_mean_field",
    "quadratic",
    "quenched_variance",
    "random_networks",
    "saddle_node_interval",
    "self_consistent_rates",
    "squared_area",
    "stabilisation",
]


def __dir__() -> list[str]:
    return sorted([*__all__, "random_networks"])
