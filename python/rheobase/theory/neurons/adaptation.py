"""Neurons with an adaptation current as the theory sees them: a membrane, and what follows its potential and spikes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, as_membrane, average, exponential, parameters_of


@dataclass(frozen=True)
class Adaptation:
    """An adaptation current w, mV, which the membrane's input loses: τ_w w' = a (V − E_L) − w, and b more at a spike.

    Attributes
    ----------
    tau_w : float
        Time constant, ms.
    a : float
        How strongly it follows the potential.
    b : float
        What a spike adds, mV.
    E_L : float
        Potential that it does not respond to, mV.

    Examples
    --------
    >>> Adaptation(tau_w=100.0, a=0.1, b=1.0, E_L=-72.0).at(rate=0.02, potential=-62.0)
    3.0
    """

    tau_w: float
    a: float
    b: float
    E_L: float

    def __post_init__(self) -> None:
        checks.field(self, "tau_w", above=0)
        for name in ("a", "b", "E_L"):
            checks.field(self, name)

    def at(self, rate: float, potential: float) -> float:
        """Return its mean, mV, at a rate, 1/ms, and a mean potential, mV."""
        rate, potential = checks.number("rate", rate), checks.number("potential", potential, unit="mV")
        return self.b * rate * self.tau_w + self.a * (potential - self.E_L)


@dataclass(frozen=True)
class AdaptingMembrane:
    """A one-variable neuron and its adaptation current."""

    membrane: Membrane
    adaptation: Adaptation


def _adaptive_exponential(neuron: Neuron) -> AdaptingMembrane:
    p, g_L = parameters_of(neuron), average(neuron.parameters["g_L"])
    tau_w, a, b = p.pop("tau_w"), p.pop("a") / g_L, p.pop("b") / g_L
    return AdaptingMembrane(exponential(**p), Adaptation(tau_w, a, b, p["E_L"]))


def _izhikevich(neuron: Neuron) -> AdaptingMembrane:
    """Return the neuron with a membrane of 1 ms, whose parabola has its minimum at −62.5 mV."""
    p = parameters_of(neuron)
    if p["a"] == 0:
        raise ValueError("neuron must have a recovery with a > 0 for this theory, got a = 0")
    membrane = Membrane(_parabola, 1.0, p["V_th"], p["c"], slowest=max(-62.5, p["c"]))
    return AdaptingMembrane(membrane, Adaptation(1 / p["a"], p["b"], p["d"], 0.0))


def _parabola(V: np.ndarray) -> np.ndarray:
    """Return Izhikevich's drift, mV: one function, so that neurons with the same parameters have equal membranes."""
    return np.asarray((0.04 * V + 5) * V + 140)


#: From the name of a neuron model to what the theory needs of it.
ADAPTING: dict[str, Callable[[Neuron], AdaptingMembrane]] = {"AdEx": _adaptive_exponential, "Izhikevich": _izhikevich}


def adapting(neuron: Neuron | AdaptingMembrane) -> AdaptingMembrane | None:
    """Return membrane and adaptation of a neuron, parameters averaged over neurons; None if it does not adapt."""
    if isinstance(neuron, AdaptingMembrane):
        return neuron
    return ADAPTING[neuron.model.name](neuron) if neuron.model.name in ADAPTING else None


def membrane_of(neuron: Neuron) -> Membrane:
    """Return the one-variable neuron beside the adaptation, if it has one."""
    found = adapting(neuron)
    return as_membrane(neuron) if found is None else found.membrane
