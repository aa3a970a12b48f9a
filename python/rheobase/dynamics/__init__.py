"""Dynamical systems: flows, fixed points, nullclines, cycles, chaos and bifurcations of any vector field.

Every tool takes a function of the state, or an object with ``field(u)`` and perhaps ``jacobian(u)``, such as a neuron
model, a rate network, a random network, a Hamiltonian system or one of the example systems here. Tools that vary a
parameter take a *family*: a function from the parameter to such a field, for instance
``lambda I: rb.MorrisLecar(I_x=I)``.
"""

from rheobase.dynamics import hamiltonian
from rheobase.dynamics.bifurcations.bifurcation_curves import BifurcationCurve, DegeneratePoint, fold_curve, hopf_curve
from rheobase.dynamics.bifurcations.branch_switching import find_branches
from rheobase.dynamics.bifurcations.continuation import Bifurcation, Branch, continuation, switch_branch
from rheobase.dynamics.bifurcations.multilinear_forms import lyapunov_coefficient
from rheobase.dynamics.bifurcations.parameter_maps import FixedPointMap, fixed_point_map
from rheobase.dynamics.cycles.cycle_branches import CycleBifurcation, CycleBranch
from rheobase.dynamics.cycles.cycle_continuation import cycle_continuation
from rheobase.dynamics.cycles.homoclinic_curves import HomoclinicCurve, homoclinic_curve
from rheobase.dynamics.cycles.limit_cycles import LimitCycle, limit_cycle
from rheobase.dynamics.cycles.phase_response import Interaction, LockedState, PhaseResponse, phase_response
from rheobase.dynamics.fields import Field, numerical_jacobian
from rheobase.dynamics.fixed_points.fixed_points import FixedPoint, FixedPoints, fixed_points, linearise, newton
from rheobase.dynamics.fixed_points.slow_points import SlowPoints, find_slow_points
from rheobase.dynamics.flows.delays import delay_hopf_curves, delay_roots
from rheobase.dynamics.flows.escape import kramers_rate, mean_first_passage
from rheobase.dynamics.flows.lyapunov import LyapunovExponents, lyapunov_exponents
from rheobase.dynamics.flows.manifolds import Manifolds, manifolds
from rheobase.dynamics.flows.nullclines import Nullclines, nullclines
from rheobase.dynamics.flows.passage_times import PassageTimes, passage_times
from rheobase.dynamics.flows.trajectories import (
    PhaseLine,
    Trajectory,
    evaluate_on_grid,
    flow_map,
    phase_line,
    trajectory,
)
from rheobase.dynamics.solvers import SOLVERS, adaptive, euler, euler_maruyama, rk4
from rheobase.dynamics.stability import classify, planar_eigenvalues
from rheobase.dynamics.systems.convolution import convolve, exponential_kernel, gaussian_kernel
from rheobase.dynamics.systems.linear_ode import dirac_delta, exponential_decay, linear_ode
from rheobase.dynamics.systems.linear_systems import LINEAR_EXAMPLES, LinearExample, LinearSystem
from rheobase.dynamics.systems.normal_forms import Hopf, PlanarSaddleNode, SaddleNode
from rheobase.dynamics.systems.oscillators import Lorenz, VanDerPol
from rheobase.dynamics.systems.phase_oscillators import QuadraticNeuron, driven_phases
from rheobase.dynamics.systems.rate_field import RateField

__all__ = [
    "LINEAR_EXAMPLES",
    "SOLVERS",
    "Bifurcation",
    "BifurcationCurve",
    "Branch",
    "CycleBifurcation",
    "CycleBranch",
    "DegeneratePoint",
    "Field",
    "FixedPoint",
    "FixedPointMap",
    "FixedPoints",
    "HomoclinicCurve",
    "Hopf",
    "Interaction",
    "LimitCycle",
    "LinearExample",
    "LinearSystem",
    "LockedState",
    "Lorenz",
    "LyapunovExponents",
    "Manifolds",
    "Nullclines",
    "PassageTimes",
    "PhaseLine",
    "PhaseResponse",
    "PlanarSaddleNode",
    "QuadraticNeuron",
    "RateField",
    "SaddleNode",
    "SlowPoints",
    "Trajectory",
    "VanDerPol",
    "adaptive",
    "classify",
    "continuation",
    "convolve",
    "cycle_continuation",
    "delay_hopf_curves",
    "delay_roots",
    "dirac_delta",
    "driven_phases",
    "euler",
    "euler_maruyama",
    "evaluate_on_grid",
    "exponential_decay",
    "exponential_kernel",
    "find_branches",
    "find_slow_points",
    "fixed_point_map",
    "fixed_points",
    "flow_map",
    "fold_curve",
    "gaussian_kernel",
    "hamiltonian",
    "homoclinic_curve",
    "hopf_curve",
    "kramers_rate",
    "limit_cycle",
    "linear_ode",
    "linearise",
    "lyapunov_coefficient",
    "lyapunov_exponents",
    "manifolds",
    "mean_first_passage",
    "newton",
    "nullclines",
    "numerical_jacobian",
    "passage_times",
    "phase_line",
    "phase_response",
    "planar_eigenvalues",
    "rk4",
    "switch_branch",
    "trajectory",
]


def __dir__() -> list[str]:
    return sorted([*__all__, "hamiltonian"])
