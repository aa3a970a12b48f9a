"""Which neuron here a template of SONATA is, with which kernels and in which state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.sonata.nodes import Nodes
from rheobase.models.catalogue import NEURONS, SYNAPSES
from rheobase.models.neurons import Neuron
from rheobase.models.synapses import Synapse
from rheobase.models.values import Brief

_IAF = {"tau_m": 10.0, "C_m": 250.0, "t_ref": 2.0, "E_L": -70.0, "I_e": 0.0, "V_th": -55.0, "V_reset": -70.0}
_IAF_CONDUCTANCE = {**_IAF, "V_reset": -60.0, "g_L": 16.6667}
_AEIF = {
    **{"C_m": 281.0, "g_L": 30.0, "t_ref": 0.0, "E_L": -70.6, "I_e": 0.0, "V_th": -50.4, "V_reset": -60.0},
    **{"V_peak": 0.0, "Delta_T": 2.0, "tau_w": 144.0, "a": 4.0, "b": 80.5, "w": 0.0},
}
#: Constants of the kernels, which all neurons of a population share here.
_KERNELS = ("tau_syn_ex", "tau_syn_in", "E_ex", "E_in")
_FAST = {"tau_syn_ex": 0.2, "tau_syn_in": 2.0}
_REVERSALS = {"E_ex": 0.0, "E_in": -85.0}


@dataclass(frozen=True)
class _Template:
    """A point neuron of NEST: the model here, its kernel, and the defaults of its parameters there."""

    neuron: str
    kernel: str
    defaults: dict[str, float]


def _leaky(kernel: str, **kernels: float) -> _Template:
    return _Template("LIF", kernel, {**_IAF, "V_m": -70.0, **kernels})


def _conductance(neuron: str, kernel: str, defaults: dict[str, float]) -> _Template:
    given = {name: value for name, value in defaults.items() if name != "tau_m"}
    return _Template(neuron, kernel, {**given, "V_m": defaults["E_L"], **_FAST, **_REVERSALS})


_TEMPLATES = {
    "iaf_psc_delta": _leaky("Delta"),
    "iaf_psc_exp": _leaky("Exponential", tau_syn_ex=2.0, tau_syn_in=2.0),
    "iaf_psc_alpha": _leaky("Alpha", tau_syn_ex=2.0, tau_syn_in=2.0),
    "iaf_cond_exp": _conductance("LIF", "Exponential", _IAF_CONDUCTANCE),
    "iaf_cond_alpha": _conductance("LIF", "Alpha", _IAF_CONDUCTANCE),
    "aeif_psc_delta": _Template("AdEx", "Delta", {**_AEIF, "V_m": -70.6}),
    "aeif_psc_exp": _Template("AdEx", "Exponential", {**_AEIF, "V_m": -70.6, **_FAST}),
    "aeif_psc_alpha": _Template("AdEx", "Alpha", {**_AEIF, "V_m": -70.6, **_FAST}),
    "aeif_cond_exp": _conductance("AdEx", "Exponential", _AEIF),
    "aeif_cond_alpha": _conductance("AdEx", "Alpha", _AEIF),
}


@dataclass(frozen=True, repr=False)
class PopulationNodes(Brief):
    """Nodes that are one population here: which, their neuron and its state, and their kernels by the weights' sign."""

    nodes: np.ndarray
    neuron: Neuron
    state: dict[str, Any]
    kernels: dict[int, Synapse] = field(default_factory=dict)


def describe(nodes: Nodes, v_init: float | None) -> Iterator[PopulationNodes]:
    """Yield what the point neurons of a population are, as few populations as their models allow.

    `v_init` (mV) is where V begins of neurons that say nothing of it.

    Raises
    ------
    ValueError
        If there is no such neuron here; the message names it.
    """
    templates = nodes.texts("model_template")
    neurons = np.flatnonzero(~nodes.virtual)
    for template in dict.fromkeys(templates[neurons]):
        members = neurons[templates[neurons] == template]
        schema, _, name = str(template).partition(":")
        if schema == "rheobase":
            yield from _own(nodes, members, checks.choice("model_template", name, NEURONS), v_init)
        elif schema == "nest":
            yield from _of_nest(nodes, members, checks.choice("model_template of NEST", name, _TEMPLATES), v_init)
        else:
            kind = nodes.texts("model_type")[members[0]]
            raise ValueError(
                f"model_template of {nodes.name!r} must be nest:… or rheobase:…, got {template} of the type {kind}"
            )


def _own(nodes: Nodes, members: np.ndarray, name: str, v_init: float | None) -> Iterator[PopulationNodes]:
    """Yield neurons of a model of this library, which keep their parameters' names."""
    known = NEURONS[name]
    given = {key: nodes.dynamic(key)[members] for key in nodes.dynamics}
    methods = given.pop("method", np.full(len(members), None))
    variables = [variable.name for variable in known.model.variables]
    state = {key: _numbers(key, given.pop(key)) for key in list(given) if key in variables and _complete(given[key])}
    if "V" in variables and v_init is not None:
        state.setdefault("V", np.full(len(members), v_init))
    parameters = {key: _numbers(key, values) for key, values in given.items() if _complete(values)}
    for method in dict.fromkeys(methods):
        chosen = np.flatnonzero(methods == method) if method is not None else np.arange(len(members))
        arguments = {key: one_or_each(values[chosen]) for key, values in parameters.items()}
        yield PopulationNodes(
            members[chosen],
            known(method=method, **arguments),
            {key: values[chosen] for key, values in state.items()},
        )


def _of_nest(nodes: Nodes, members: np.ndarray, name: str, v_init: float | None) -> Iterator[PopulationNodes]:
    """Yield neurons of NEST, those with the same kernels together."""
    template = _TEMPLATES[name]
    given = {}
    for key in nodes.dynamics:
        values = nodes.dynamic(key)[members]
        if any(value is not None for value in values):
            given[checks.choice(f"parameter of nest:{name}", key, template.defaults)] = values
    start = template.defaults["V_m"] if v_init is None else v_init
    standard = {**template.defaults, "V_m": start}
    values = {
        key: _numbers(key, np.array([default if v is None else v for v in given[key]])) if key in given
        else np.full(len(members), default)
        for key, default in standard.items()
    }  # fmt: skip
    constants = np.stack([values[key] for key in _KERNELS if key in values] or [np.zeros(len(members))], axis=1)
    _, first, which = np.unique(constants, axis=0, return_index=True, return_inverse=True)
    for k in np.argsort(first):
        chosen = np.flatnonzero(np.ravel(which) == k)
        own = {key: array[chosen] for key, array in values.items()}
        state = {"V": own["V_m"], **({"w": own["w"]} if "w" in own else {})}
        yield PopulationNodes(members[chosen], _neuron(template, own), state, _kernels(template, own))


def _neuron(template: _Template, given: dict[str, np.ndarray]) -> Neuron:
    """Return the neuron; weights and currents are then in pA, conductances in nS."""
    tau_m = given["tau_m"] if "tau_m" in given else given["C_m"] / given["g_L"]
    own = {"tau_m": tau_m, "g_L": given["g_L"] if "g_L" in given else given["C_m"] / tau_m}
    own |= {"E_L": given["E_L"], "V_re": given["V_reset"], "t_ref": given["t_ref"], "I_x": given["I_e"]}
    if template.neuron == "LIF":
        own["V_th"] = given["V_th"]
    else:
        own |= {"V_T": given["V_th"], "D": given["Delta_T"], "V_th": given["V_peak"]}
        own |= {key: given[key] for key in ("tau_w", "a", "b")}
    neuron: Neuron = NEURONS[template.neuron](**{key: one_or_each(v) for key, v in own.items()})
    return neuron


def _kernels(template: _Template, given: dict[str, np.ndarray]) -> dict[int, Synapse]:
    """Return the kernels of positive and of negative weights; a weight is the largest value that a spike evokes."""
    if template.kernel == "Delta":
        return {1: SYNAPSES["Delta"](), -1: SYNAPSES["Delta"]()}
    kernels = {}
    for sign, end in ((1, "ex"), (-1, "in")):
        more: dict[str, Any] = {"reversal": float(given[f"E_{end}"][0])} if f"E_{end}" in given else {}
        tau = float(given[f"tau_syn_{end}"][0])
        kernels[sign] = SYNAPSES[template.kernel](tau=tau, norm="peak", **more)
    return kernels


def _complete(values: np.ndarray) -> bool:
    return all(value is not None for value in values)


def _numbers(name: str, values: np.ndarray) -> np.ndarray:
    try:
        return values.astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {values[0]!r}") from None


def one_or_each(values: Any) -> Any:
    """Return one value where all are the same."""
    return float(values[0]) if np.ndim(values) and len(values) and np.all(values == values[0]) else values
