"""Random rate networks: dynamical mean-field theory, and where their fixed points lie.

x' = −x + Jφ(x) + η with J_ij ~ N(0, g²/N) and frozen input η_i ~ N(0, D); time in membrane time constants.
"""

from rheobase.theory.random_networks.correlation import RateCorrelation, rate_correlation
from rheobase.theory.random_networks.effective_unit import SampledState, sampled_state
from rheobase.theory.random_networks.enumeration import FixedPointCensus, enumerate_fixed_points, fixed_point_census
from rheobase.theory.random_networks.fixed_points import (
    FixedPointDistribution,
    critical_noise,
    fixed_point_distribution,
    radial_separation,
)
from rheobase.theory.random_networks.fluctuations import FluctuatingState, fluctuating_state
from rheobase.theory.random_networks.jacobian_spectrum import JacobianSpectrum
from rheobase.theory.random_networks.kac_rice import VelocityStatistics, action, velocity_statistics
from rheobase.theory.random_networks.low_rank import LowRank
from rheobase.theory.random_networks.mean_field import DynamicalMeanField, dynamical_mean_field
from rheobase.theory.random_networks.network import NetworkActivity, RandomNetwork, blocks, random_network
from rheobase.theory.random_networks.self_coupling import (
    AlignedRest,
    aligned_rest,
    critical_gain,
    largest_stable_gain,
)
from rheobase.theory.random_networks.stationary import StationaryState, stationary_state
from rheobase.theory.random_networks.transfer import ARCTAN, ERF, TANH, Transfer

__all__ = [
    "ARCTAN",
    "ERF",
    "TANH",
    "AlignedRest",
    "DynamicalMeanField",
    "FixedPointCensus",
    "FixedPointDistribution",
    "FluctuatingState",
    "JacobianSpectrum",
    "LowRank",
    "NetworkActivity",
    "RandomNetwork",
    "RateCorrelation",
    "SampledState",
    "StationaryState",
    "Transfer",
    "VelocityStatistics",
    "action",
    "aligned_rest",
    "blocks",
    "critical_gain",
    "critical_noise",
    "dynamical_mean_field",
    "enumerate_fixed_points",
    "fixed_point_census",
    "fixed_point_distribution",
    "fluctuating_state",
    "largest_stable_gain",
    "radial_separation",
    "random_network",
    "rate_correlation",
    "sampled_state",
    "stationary_state",
    "velocity_statistics",
]


def __dir__() -> list[str]:
    return __all__
