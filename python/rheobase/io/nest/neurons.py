"""Which neuron of NEST a population is, and how its receptors are reached.

With g_L = 1 nS a membrane has C_m = tau_m pF, and currents in mV are currents in pA: NEST's numbers are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import e as EULER
from typing import Any

import numpy as np

from rheobase.models.circuit import Cells, Receptor
from rheobase.models.distributions import Distribution
from rheobase.models.synapses import Synapse

#: A reversal potential (mV) so far away that a conductance is a current, to a part in ten thousand.
FAR = 1e6
#: Rise (ms) of a conductance that stands for one that jumps.
JUMP = 0.02


@dataclass(frozen=True)
class Port:
    """How a receptor is reached: NEST's receptor type, and what a weight of ours is there.

    `sign` is that of the weights that it takes, where NEST tells excitation from inhibition by it; 0 takes any.
    """

    receptor: int
    scale: float
    sign: int = 0


@dataclass(frozen=True)
class Described:
    """A population of NEST: model, parameters (numbers, arrays or distributions), and a port per receptor."""

    model: str
    parameters: dict[str, Any]
    ports: list[Port] = field(default_factory=list)


def describe(cells: Cells, signs: list[set[int]]) -> Described:
    """Return what a population of neurons is in NEST.

    Parameters
    ----------
    cells : Cells
    signs : list of set of int
        Of the weights onto each receptor.

    Raises
    ------
    ValueError
        If NEST has no such neuron; the message names the model or the kernel.
    """
    kind = type(cells.neuron).__name__
    if kind not in ("LIF", "EIF", "AdEx"):
        raise ValueError(f"model of {cells.name!r} must be LIF, EIF or AdEx for NEST, got {kind}")
    given = {**cells.neuron.parameters, "I_x": cells.neuron.I_x}
    kernels = [_kind(receptor) for receptor in cells.receptors]
    if kind == "LIF":
        return _leaky(cells, given, kernels)
    return _exponential(cells, given, kernels, signs)


def _kind(receptor: Receptor) -> str:
    """Return the kernel's name, with "conductance " before it where it is one."""
    synapse = receptor.synapse
    return ("conductance " if synapse.reversal is not None else "") + type(synapse).__name__


def _leaky(cells: Cells, given: dict[str, Any], kernels: list[str]) -> Described:
    g_L = given["g_L"]
    common = {
        "C_m": _product(given["tau_m"], g_L),
        "E_L": given["E_L"],
        "V_th": given["V_th"],
        "V_reset": given["V_re"],
        "t_ref": given["t_ref"],
        "I_e": given["I_x"],
    }
    synapses = [receptor.synapse for receptor in cells.receptors]
    kinds = set(kernels)
    if kinds <= {"Delta"}:
        return Described("iaf_psc_delta", {**common, "tau_m": given["tau_m"]}, [Port(0, 1.0) for _ in synapses])
    for kernel, model in (("Exponential", "iaf_psc_exp_multisynapse"), ("Alpha", "iaf_psc_alpha_multisynapse")):
        if kinds == {kernel}:
            taus = [s.parameters["tau"] for s in synapses]
            ports = [Port(k + 1, _peak(s)) for k, s in enumerate(synapses)]
            return Described(model, {**common, "tau_m": given["tau_m"], "tau_syn": taus}, ports)
    if kinds <= {"conductance Exponential"} and len(synapses) <= 2:
        parameters, ports = _two_conductances(synapses, g_L)
        return Described("iaf_cond_exp", {**common, "g_L": g_L, **parameters}, ports)
    raise _no_kernels(cells, kernels)


def _exponential(cells: Cells, given: dict[str, Any], kernels: list[str], signs: list[set[int]]) -> Described:
    g_L = given["g_L"]
    common = {
        "C_m": _product(given["tau_m"], g_L),
        "g_L": g_L,
        "E_L": given["E_L"],
        "V_th": given["V_T"],
        "Delta_T": given["D"],
        "V_peak": given["V_th"],
        "V_reset": given["V_re"],
        "t_ref": given["t_ref"],
        "I_e": given["I_x"],
        "a": given.get("a", 0.0),
        "b": given.get("b", 0.0),
        "tau_w": given.get("tau_w", 100.0),
    }
    synapses = [receptor.synapse for receptor in cells.receptors]
    kinds = set(kernels)
    if kinds <= {"Exponential"} and (two := _two_currents(synapses, signs)) is not None:
        parameters, ports = two
        return Described("aeif_psc_exp", {**common, **parameters}, ports)
    if kinds <= {"conductance Exponential"} and len(synapses) <= 2:
        parameters, ports = _two_conductances(synapses, g_L)
        return Described("aeif_cond_exp", {**common, **parameters}, ports)
    if kinds <= {"Exponential", "DifferenceOfExponentials", "conductance DifferenceOfExponentials"}:
        parameters, ports = _many(cells, synapses, signs)
        return Described("aeif_cond_beta_multisynapse", {**common, **parameters}, ports)
    raise _no_kernels(cells, kernels)


def _peak(synapse: Synapse) -> float:
    """Return the largest value of the response to a weight of 1, which is NEST's weight."""
    if synapse.norm == "peak":
        return 1.0
    own = synapse.parameters
    if "tau" in own:
        return 1.0 / own["tau"] if type(synapse).__name__ == "Exponential" else 1.0 / (EULER * own["tau"])
    return _peak_of_difference(own["tau_rise"], own["tau_decay"])


def _peak_of_difference(rise: float, decay: float) -> float:
    """Return the largest value of a difference of exponentials of area 1."""
    at = np.log(decay / rise) * rise * decay / (decay - rise)
    return float((np.exp(-at / decay) - np.exp(-at / rise)) / (decay - rise))


def _two_conductances(synapses: list[Synapse], g_L: Any) -> tuple[dict[str, Any], list[Port]]:
    """Return two conductances: NEST takes a negative weight for the second."""
    order = sorted(range(len(synapses)), key=lambda k: -(synapses[k].reversal or 0.0))
    parameters: dict[str, Any] = {}
    ports = [Port(0, 0.0)] * len(synapses)
    for name, sign, k in zip(("ex", "in"), (1, -1), order, strict=False):
        parameters[f"E_{name}"] = synapses[k].reversal
        parameters[f"tau_syn_{name}"] = synapses[k].parameters["tau"]
        ports[k] = Port(0, sign * _peak(synapses[k]))
    return parameters, ports


def _two_currents(synapses: list[Synapse], signs: list[set[int]]) -> tuple[dict[str, Any], list[Port]] | None:
    """Return two currents, one for excitation and one for inhibition; None where a third is needed."""
    taus: dict[int, float] = {}
    for synapse, of in zip(synapses, signs, strict=True):
        for sign in of:
            if taus.setdefault(sign, synapse.parameters["tau"]) != synapse.parameters["tau"]:
                return None
    parameters = {f"tau_syn_{name}": taus[sign] for name, sign in (("ex", 1), ("in", -1)) if sign in taus}
    return parameters, [Port(0, _peak(synapse)) for synapse in synapses]


def _many(cells: Cells, synapses: list[Synapse], signs: list[set[int]]) -> tuple[dict[str, Any], list[Port]]:
    """Return any number of receptors as conductances; a current is one whose reversal potential is far away."""
    parameters: dict[str, list[float]] = {"tau_rise": [], "tau_decay": [], "E_rev": []}
    ports = []
    for k, (synapse, of) in enumerate(zip(synapses, signs, strict=True)):
        own, current = synapse.parameters, synapse.reversal is None
        if current and len(of) > 1:
            raise ValueError(
                f"weights onto {cells.receptors[k].variable!r} of {cells.name!r} must have one sign for NEST"
            )
        sign = -1 if current and of == {-1} else 1
        rise, decay = own.get("tau_rise", JUMP), own.get("tau_decay", own.get("tau"))
        parameters["tau_rise"].append(rise)
        parameters["tau_decay"].append(decay)
        parameters["E_rev"].append(sign * FAR if synapse.reversal is None else synapse.reversal)
        scale = _peak(synapse)
        if type(synapse).__name__ == "Exponential":  # of the same area, which is what counts
            scale *= own["tau"] * _peak_of_difference(rise, decay)
        ports.append(Port(k + 1, sign * scale / FAR if current else scale))
    return parameters, ports


def _no_kernels(cells: Cells, kernels: list[str]) -> ValueError:
    kind = type(cells.neuron).__name__
    return ValueError(
        f"NEST has no {kind} with these synapses together, which {cells.name!r} has: {', '.join(kernels)}"
    )


def _product(a: Any, b: Any) -> Any:
    """Return the product of two parameters, of which at most one is a distribution."""
    if isinstance(a, Distribution) or isinstance(b, Distribution):
        one, other = (a, b) if isinstance(a, Distribution) else (b, a)
        if isinstance(other, Distribution) or np.any(np.asarray(other) != 1.0):
            raise ValueError("tau_m and g_L must not both be drawn for NEST, whose parameter is their product")
        return one
    return np.asarray(a) * np.asarray(b) if np.ndim(a) or np.ndim(b) else a * b
