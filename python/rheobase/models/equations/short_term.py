"""Short-term plasticity whose parameters differ from synapse to synapse: the rule of the library as equations."""

from typing import Any

import numpy as np

from rheobase.models.distributions import Distribution
from rheobase.models.equations.plasticity import plasticity
from rheobase.models.plasticity import Plasticity

#: A time constant of 0 as one that is shorter than any step (ms): what decays with it is gone at once.
NO_TIME = 1e-9

_SYNAPTIC = plasticity(
    "SynapticTsodyksMarkram",
    """
    du/dt = -u/tau_facil : 1
    dx/dt = (1 - x)/tau_rec : 1
    U : 1 (state)
    tau_rec : ms (state)
    tau_facil : ms (state)
    """,
    on_pre="u += U*(1 - u); arrival = w*u*x; x -= u*x",
    initial=dict(x=1, tau_rec=1, tau_facil=1),
)


def per_synapse(rule: Plasticity) -> Plasticity:
    """Return what the engine runs of a rule: itself, or equations where its parameters differ among synapses."""
    if rule.rule.name != "TsodyksMarkram" or not rule.each:
        return rule
    return _SYNAPTIC(
        U=rule.parameters["U"],
        tau_rec=rule.parameters["tau_rec"],
        tau_facil=_above_zero(rule.parameters["tau_facil"]),
    )


def _above_zero(tau: Any) -> Any:
    return tau if isinstance(tau, Distribution) else np.maximum(tau, NO_TIME) if np.ndim(tau) else max(tau, NO_TIME)
