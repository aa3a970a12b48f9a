"""Plasticity rules as NEST's synapse models, and the traces that its neurons keep for them.

NEST takes the whole delay of a plastic connection as one of the dendrite: a pre spike is paired when it is sent, a post
spike when the delay is over. Here a pre spike is paired when it arrives, a post spike after `post_delay`. A plastic
connection therefore starts, in NEST, from a parrot that repeats the pre neuron's spikes later, and has half of
`post_delay` behind it, at least NEST's shortest delay of one step. Pairs then have the times that they have here, and
the spike acts when it does here, but for the steps that make the half a whole number above 0: two without `post_delay`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rheobase import checks
from rheobase.models.circuit import Connections
from rheobase.units import PER_MS

Numbers = dict[str, float]


@dataclass(frozen=True)
class Rule:
    """A synapse model of NEST with its parameters, and those of the post neurons that belong to it."""

    model: str
    parameters: Numbers
    post: Numbers = field(default_factory=dict)

    @property
    def pairs(self) -> bool:
        """Whether post spikes count, so that it matters where the delay is."""
        return bool(self.post)


def describe(q: Connections, scale: float, dt: float) -> Rule:
    """Return what the plasticity of a projection is in NEST, where a weight of 1 is `scale` and a step `dt` ms.

    Raises
    ------
    ValueError
        If NEST has no such rule, or not with these parameters; the message names them.
    """
    rule = q.plasticity
    assert rule is not None
    checks.choice(f"plasticity of {q.name!r} for NEST", type(rule).__name__, RULES)
    if rule.each:
        raise ValueError(f"{', '.join(rule.each)} of {q.name!r} must be one number for NEST")
    make, zero = RULES[type(rule).__name__]
    if zero is not None:
        if rule.parameters[zero] != 0.0:
            raise ValueError(f"{zero} of {q.name!r} must be 0 for NEST, got {rule.parameters[zero]:g}")
        _check_delays(q, dt)
    return make(q.name, rule.parameters, scale)


def _check_delays(q: Connections, dt: float) -> None:
    for name, given in (("delay", q.delay), ("post_delay", q.post_delay)):
        if not isinstance(given, (int, float)):
            raise ValueError(
                f"{name} of {q.name!r} must be one number for NEST, whose plastic connections have delays of dendrites "
                f"alone, got {given!r}"
            )
    to_parrot, _ = divide_delay(q, dt)
    if to_parrot < 1:
        least = (round(q.delay / dt) + 1 - to_parrot) * dt
        raise ValueError(
            f"delay of {q.name!r} must be at least {least:g} ms for NEST with a post_delay of {q.post_delay:g} ms, "
            f"got {q.delay:g}"
        )


def divide_delay(q: Connections, dt: float) -> tuple[int, int]:
    """Return the steps from the pre neuron to its parrot, and those from there on, which NEST gives to the dendrite.

    Their difference is that of `delay` and `post_delay`, which the times between paired spikes depend on.
    """
    delay, post_delay = round(q.delay / dt), round(q.post_delay / dt)
    dendritic = max(1, (post_delay + 1) // 2)
    return delay - post_delay + dendritic, dendritic


def _short_term(name: str, p: Mapping[str, Any], scale: float) -> Rule:
    given = {"U": p["U"], "u": p["U"], "x": 1.0, "tau_rec": p["tau_rec"], "tau_fac": p["tau_facil"]}
    return Rule("tsodyks2_synapse", given)


def _pairs(name: str, p: Mapping[str, Any], scale: float) -> Rule:
    if p["A_plus"] == 0.0:
        raise ValueError(f"A_plus of {name!r} must be above 0 for NEST, which knows depression by its ratio to it")
    given = {
        "lambda": p["A_plus"] / p["w_max"],
        "alpha": p["A_minus"] / p["A_plus"],
        "mu_plus": p["mu"],
        "mu_minus": p["mu"],
        "tau_plus": p["tau_plus"],
    }
    return Rule("stdp_synapse", {**given, **_bound(p["w_max"], scale)}, {"tau_minus": p["tau_minus"]})


def _triplets(name: str, p: Mapping[str, Any], scale: float) -> Rule:
    given = {
        "Aplus": p["A2_plus"] * abs(scale),
        "Aplus_triplet": p["A3_plus"] * abs(scale),
        "Aminus": p["A2_minus"] * abs(scale),
        "Aminus_triplet": p["A3_minus"] * abs(scale),
        "tau_plus": p["tau_plus"],
        "tau_plus_triplet": p["tau_x"],
    }
    post = {"tau_minus": p["tau_minus"], "tau_minus_triplet": p["tau_y"]}
    return Rule("stdp_triplet_synapse", {**given, **_bound(p["w_max"], scale)}, post)


def _vogels(name: str, p: Mapping[str, Any], scale: float) -> Rule:
    return _homeostatic(p["eta"], p["tau"], p["rho_0"], p["w_max"], scale)


def _inhibitory(name: str, p: Mapping[str, Any], scale: float) -> Rule:
    return _homeostatic(p["epsilon"] / p["tau_y"], p["tau_y"], p["r_0"], p["w_min"], scale)


def _homeostatic(eta: float, tau: float, rate: float, bound: float, scale: float) -> Rule:
    """Return the rule of traces that jump by 1, which adds `eta` times a trace to the size of the weight."""
    given = {"eta": eta * abs(scale), "alpha": 2.0 * rate * PER_MS * tau, "tau": tau}
    return Rule("vogels_sprekeler_synapse", {**given, **_bound(bound, scale)}, {"tau_minus": tau})


def _bound(bound: float, scale: float) -> Numbers:
    """Return the bound on one side of 0, and a first weight that has its sign."""
    return {"Wmax": bound * scale, "weight": bound * scale}


#: Rules that NEST has, too, and the bound that must be 0, as one of NEST's is.
RULES: dict[str, tuple[Callable[[str, Mapping[str, Any], float], Rule], str | None]] = {
    "PairSTDP": (_pairs, "w_min"),
    "TripletSTDP": (_triplets, "w_min"),
    "VogelsSTDP": (_vogels, "w_min"),
    "InhibitorySTDP": (_inhibitory, "w_max"),
    "TsodyksMarkram": (_short_term, None),
}


def add_traces(name: str, parameters: dict[str, Any], post: Numbers) -> None:
    """Add time constants of traces to the parameters of the population `name`, which has one of each."""
    for key, value in post.items():
        if parameters.setdefault(key, value) != value:
            raise ValueError(
                f"plastic projections onto {name!r} must share {key} for NEST, whose neurons have one, "
                f"got {parameters[key]:g} and {value:g} ms"
            )
