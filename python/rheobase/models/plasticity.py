"""What all plasticity rules of projections share, and how an entry of the engine's table becomes a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from rheobase import checks
from rheobase.models.distributions import Distribution, Value
from rheobase.models.neurons import Neuron
from rheobase.models.registry import (
    Model,
    ParameterDescription,
    check_names,
    check_order,
    parameter_section,
    scalars,
    signature,
    value_of,
)
from rheobase.models.sources import Source

#: Parameters that may differ from synapse to synapse, by the rule.
DIFFERING = {"TsodyksMarkram": ("U", "tau_rec", "tau_facil")}

#: Rules by which spikes deliver other than the weight.
_SHORT_TERM = ("TsodyksMarkram",)


class RuleDescription(Protocol):
    """What is known of a plasticity rule; the engine's tables hold such, and rules of equations."""

    @property
    def name(self) -> str:
        """Of its class."""

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""

    @property
    def equation(self) -> str:
        """As a reader sees it."""

    @property
    def reference(self) -> str:
        """Where it comes from; empty for rules of users."""

    @property
    def parameters(self) -> Sequence[ParameterDescription]:
        """In the order in which the engine takes them."""

    @property
    def variables(self) -> Sequence[str]:
        """Names of what each synapse has beside its weight."""


class Plasticity(Model):
    """A plasticity rule with its parameters: base of all rules; see the ``plasticity=`` of `Network.connect`.

    At one synapse and step, presynaptic spikes that arrive come first: the weight is updated, brought back into
    [w_min, w_max], then delivered. Postsynaptic spikes of the step follow and see the arrival, so a coincident pair
    counts once, as pre before post.
    """

    rule: ClassVar[RuleDescription]

    def __init__(self, **parameters: Value) -> None:
        check_names(self.rule.name, parameters, [p.name for p in self.rule.parameters])
        differing = {
            p.name: value_of(p.name, parameters[p.name], p)
            for p in self.rule.parameters
            if p.name in parameters and p.name in DIFFERING.get(self.rule.name, ())
        }
        alike = {name: value for name, value in parameters.items() if name not in differing}
        values: dict[str, Any] = {**scalars(self.rule.name, self.rule.parameters, alike), **differing}
        check_order("w_min", values["w_min"], "w_max", values["w_max"])
        self._set(parameters=values)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what weights must lie."""
        return self.parameters["w_min"], self.parameters["w_max"]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of what each synapse has beside its weight."""
        return tuple(self.rule.variables)

    @property
    def delivers_weights(self) -> bool:
        """Whether spikes deliver the weights themselves; those of short-term plasticity deliver parts of them."""
        return self.rule.name not in _SHORT_TERM

    def replaced(self, name: str, value: Value) -> Plasticity:
        """Return a copy with another value of one parameter."""
        checks.choice(f"name of a parameter of {type(self).__name__}", name, self.parameters)
        return type(self)(**{**self._given(), name: value})

    @property
    def each(self) -> dict[str, Value]:
        """What differs from synapse to synapse: arrays in the order of the connections, or distributions."""
        return {n: v for n, v in self.parameters.items() if isinstance(v, (np.ndarray, Distribution))}

    def _check_end(self, end: str, model: Neuron | Source, known: list[str]) -> None:
        """Raise where it reads what the neurons at one end, with the variables `known`, do not have."""

    @classmethod
    def _more_arguments(cls, rule: Any) -> list[str]:
        """Return names of arguments of the class that are no parameters."""
        return []

    def _for_engine(self, dt: float) -> dict[str, Any]:
        """Return what the engine is told of it."""
        return {"plasticity": self.rule.name, "values": [*self.parameters.values()]}

    def __repr__(self) -> str:
        return f"{self.rule.name}({', '.join(f'{name}={shown(value)}' for name, value in self._given().items())})"


def shown(value: Value) -> str:
    """Return a value for a reader: arrays by their size."""
    if isinstance(value, np.ndarray):
        return f"<{value.size} values>"
    return str(value) if isinstance(value, Distribution) else f"{value:g}"


Kind = TypeVar("Kind", bound=Plasticity)


def make(rule: RuleDescription, base: type[Kind], module: str, before: str = "") -> type[Kind]:
    """Return the class of a rule, which stands in `module`; lines of its example may come before the connection."""
    fields = {
        "rule": rule,
        "__doc__": _docstring(rule, before),
        "__signature__": signature(
            rule.parameters,
            "Value" if rule.name in DIFFERING else float,
            **{name: ("Value", None) for name in base._more_arguments(rule)},
        ),
        "__module__": module,
    }
    return type(rule.name, (base,), fields)


def _remark(rule: RuleDescription) -> str:
    if rule.name not in DIFFERING:
        return ""
    names = ", ".join(DIFFERING[rule.name])
    variables = " and ".join(f'``projection["{v}"]``' for v in rule.variables)
    return f"""

    {names} may also be distributions, or arrays in the order of the connections: then each synapse has its own, and its
    own variables. {variables} are what these are now; `Network.record_weights` records them."""


def _docstring(rule: RuleDescription, before: str) -> str:
    equation = rule.equation.replace("\n", "\n        ")
    return f"""{rule.summary}

        {equation}

    Parameters
    ----------
{parameter_section(rule.parameters, "float")}{_remark(rule)}
{_origin(rule, before)}    """


def _origin(rule: RuleDescription, before: str) -> str:
    """Return what a docstring says of a rule of the library alone."""
    if not rule.reference:
        return ""
    high = next(p.standard for p in rule.parameters if p.name == "w_max")
    weight = min(60.0, 0.5 * high) if high > 0 else -45.0
    lines = "".join(f"    >>> {line}\n" for line in before.splitlines())
    return f"""
    Notes
    -----
    Source: {rule.reference}.

    Examples
    --------
{lines}    >>> plastic = rb.{rule.name}()
    >>> net.connect(i, e, rb.Bernoulli(0.1), weight={weight:g}, synapse=rb.Exponential(tau=4), plasticity=plastic)
"""
