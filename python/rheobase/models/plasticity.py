"""What all plasticity rules of projections share, and how an entry of the engine's table becomes a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.models.registry import (
    Model,
    ParameterDescription,
    check_names,
    check_order,
    parameter_section,
    scalars,
    signature,
)


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


class Plasticity(Model):
    """A plasticity rule with its parameters: base of all rules; see the ``plasticity=`` of `Network.connect`.

    At one synapse and step, presynaptic spikes that arrive come first: the weight is updated, brought back into
    [w_min, w_max], then delivered. Postsynaptic spikes of the step follow and see the arrival, so a coincident pair
    counts once, as pre before post.
    """

    rule: ClassVar[RuleDescription]

    def __init__(self, **parameters: float) -> None:
        check_names(self.rule.name, parameters, [p.name for p in self.rule.parameters])
        values = scalars(self.rule.name, self.rule.parameters, parameters)
        check_order("w_min", values["w_min"], "w_max", values["w_max"])
        self._set(parameters=values)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what weights must lie."""
        return self.parameters["w_min"], self.parameters["w_max"]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of what each synapse has beside its weight."""
        return ()

    def replaced(self, name: str, value: float) -> Plasticity:
        """Return a copy with another value of one parameter."""
        checks.choice(f"name of a parameter of {type(self).__name__}", name, self.parameters)
        return type(self)(**{**self._given(), name: value})

    def _check_post(self, neuron: Neuron, known: list[str]) -> None:
        """Raise where it reads what the post neurons, with the variables `known`, do not have."""

    def _for_engine(self, dt: float) -> dict[str, Any]:
        """Return what the engine is told of it."""
        return {"plasticity": self.rule.name, "values": [*self.parameters.values()]}

    def __repr__(self) -> str:
        return f"{self.rule.name}({', '.join(f'{name}={value:g}' for name, value in self.parameters.items())})"


Kind = TypeVar("Kind", bound=Plasticity)


def make(rule: RuleDescription, base: type[Kind], module: str, before: str = "") -> type[Kind]:
    """Return the class of a rule, which stands in `module`; lines of its example may come before the connection."""
    fields = {
        "rule": rule,
        "__doc__": _docstring(rule, before),
        "__signature__": signature(rule.parameters, float),
        "__module__": module,
    }
    return type(rule.name, (base,), fields)


def _docstring(rule: RuleDescription, before: str) -> str:
    equation = rule.equation.replace("\n", "\n        ")
    return f"""{rule.summary}

        {equation}

    Parameters
    ----------
{parameter_section(rule.parameters, "float")}
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
