"""Population coding: tuning curves, discrimination, decoding and information."""

from rheobase.coding.decoding import LinearDecoder, PoissonDecoder, stack_trials
from rheobase.coding.discriminant import FisherDiscriminant
from rheobase.coding.information import (
    DiscriminabilityCurve,
    discriminability,
    discriminability_curve,
    linear_fisher_information,
    poisson_fisher_information,
    pool_discriminability,
)
from rheobase.coding.tuning import Cosine, Gaussian, TuningFit, VonMises, circular_difference, fit_tuning

__all__ = [
    "Cosine",
    "DiscriminabilityCurve",
    "FisherDiscriminant",
    "Gaussian",
    "LinearDecoder",
    "PoissonDecoder",
    "TuningFit",
    "VonMises",
    "circular_difference",
    "discriminability",
    "discriminability_curve",
    "fit_tuning",
    "linear_fisher_information",
    "poisson_fisher_information",
    "pool_discriminability",
    "stack_trials",
]


def __dir__() -> list[str]:
    return __all__
