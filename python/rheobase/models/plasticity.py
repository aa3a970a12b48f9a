"""What all plasticity rules of projections share, and how an entry of the engine's table becomes a class."""

from __future__ import annotations

from typing import Any, ClassVar

from rheobase import _engine
from rheobase.models.neurons import Neuron
from rheobase.models.registry import Model, check_names, parameter_section, scalars, signature


class Plasticity(Model):
    """A plasticity rule with its parameters: base of all rules; see the ``plasticity=`` of `Network.connect`.

    At one synapse and step, presynaptic spikes that arrive come first: the weight is updated, brought back into
    [w_min, w_max], then delivered. Postsynaptic spikes of the step follow and see the arrival, so a coincident pair
    counts once, as pre before post.
    """

    rule: ClassVar[_engine.PlasticityRule]

    def __init__(self, **parameters: float) -> None:
        check_names(self.rule.name, parameters, [p.name for p in self.rule.parameters])
        values = scalars(self.rule.name, self.rule.parameters, parameters)
        low, high = values["w_min"], values["w_max"]
        if not low < high:
            raise ValueError(f"w_min must be < w_max = {high:g}, got {low:g}")
        self._set(parameters=values)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what weights must lie."""
        return self.parameters["w_min"], self.parameters["w_max"]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of what each synapse has beside its weight."""
        return ()

    def _check_post(self, neuron: Neuron, known: list[str]) -> None:
        """Raise where it reads what the post neurons, with the variables `known`, do not have."""

    def _for_engine(self, dt: float) -> dict[str, Any]:
        """Return what the engine is told of it."""
        return {"plasticity": self.rule.name, "values": [*self.parameters.values()]}

    def __repr__(self) -> str:
        return f"{self.rule.name}({', '.join(f'{name}={value:g}' for name, value in self.parameters.items())})"


def make(rule: _engine.PlasticityRule, module: str) -> type[Plasticity]:
    """Return the class of a rule, which stands in `module`."""
    fields = {
        "rule": rule,
        "__doc__": _docstring(rule),
        "__signature__": signature(rule.parameters, float),
        "__module__": module,
    }
    return type(rule.name, (Plasticity,), fields)


def _docstring(rule: _engine.PlasticityRule) -> str:
    high = next(p.standard for p in rule.parameters if p.name == "w_max")
    weight = min(60.0, 0.5 * high) if high > 0 else -45.0
    return f"""{rule.summary}

    {rule.equation}

    Parameters
    ----------
{parameter_section(rule.parameters, "float")}

    Notes
    -----
    Source: {rule.reference}.

    Examples
    --------
    >>> plastic = rb.{rule.name}()
    >>> net.connect(i, e, rb.Bernoulli(0.1), weight={weight:g}, synapse=rb.Exponential(tau=4), plasticity=plastic)
    """
