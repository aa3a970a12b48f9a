"""Plasticity rules of projections, made from the engine's registry."""

from typing import Any, ClassVar

from rheobase import _engine, checks
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

    @staticmethod
    def named(name: str, **parameters: Any) -> "Plasticity":
        """Return a rule by its name."""
        return RULES[checks.choice("plasticity", name, RULES)](**parameters)

    def __repr__(self) -> str:
        return f"{self.rule.name}({', '.join(f'{name}={value:g}' for name, value in self.parameters.items())})"


def _docstring(rule: _engine.PlasticityRule) -> str:
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
    >>> net.connect(i, e, rb.Bernoulli(0.1), weight=-45, synapse=rb.Exponential(tau=4), plasticity=rb.{rule.name}())
    """


def _make(rule: _engine.PlasticityRule) -> type[Plasticity]:
    fields = {
        "rule": rule,
        "__doc__": _docstring(rule),
        "__signature__": signature(rule.parameters, float),
        "__module__": __name__,
    }
    return type(rule.name, (Plasticity,), fields)


#: Every plasticity rule by name.
RULES: dict[str, type[Plasticity]] = {rule.name: _make(rule) for rule in _engine.plasticity_rules()}
globals().update(RULES)
__all__ = list(RULES)
