"""Whether what is written as equations begins finite."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rheobase.models.equations.evaluation import evaluated
from rheobase.models.equations.expressions import NOT_REFRACTORY, Expression, names_in, walk
from rheobase.models.equations.functions import EVALUATED
from rheobase.models.equations.printing import printed


def check_initial(initial: Mapping[str, Expression], values: Mapping[str, Any], of: str = "") -> dict[str, Any]:
    """Return the initial values, given those of parameters; raise where one is not finite.

    `of` says in messages whose they are; where there are several, the first that is not finite is named.
    """
    found = {}
    for variable, expression in initial.items():
        if not _can_be_evaluated(expression):
            continue
        found[variable] = value = evaluated([expression], values)[0]
        wrong = _not_finite(value)
        if len(wrong):
            raise ValueError(
                f"initial {variable} = {printed(expression)}{_whose(of, wrong[0], value)} must be finite, "
                f"got {np.ravel(value)[wrong[0]]:g}"
            )
    return found


def check_rates(rates: Mapping[str, Expression], state: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise where parameters make a rate of change infinite or undefined from the start, as a time constant of 0 does.

    Where the state or the time alone is to blame, a step may lead out of it: a state nearby, a little later, is tried
    as well.
    """
    near = {name: value * (1 + 1e-6) + 1e-9 for name, value in state.items()}
    for variable, rate in rates.items():
        if not _can_be_evaluated(rate) or not names_in(rate) & set(values):
            continue
        tried = [
            evaluated([rate], {**dict.fromkeys(names_in(rate), others), **at, **values})[0]
            for others, at in ((0.0, state), (1e-9, near))
        ]
        wrong = np.intersect1d(_not_finite(tried[0]), _not_finite(tried[1]))
        if len(wrong):
            value = np.broadcast_to(tried[0], np.shape(tried[1]))
            raise ValueError(
                f"parameters{_whose('neuron', wrong[0], value)} must let d{variable}/dt = {printed(rate)} be finite, "
                f"got {np.ravel(value)[wrong[0]]:g}: {_listed(values, names_in(rate), wrong[0])}"
            )


def _can_be_evaluated(expression: Expression) -> bool:
    """Whether its value is that of its names alone: nothing in it is drawn."""
    return all(e.op in (*EVALUATED, "constant", "name") or e == NOT_REFRACTORY for e in walk(expression))


def _not_finite(value: Any) -> np.ndarray:
    return np.flatnonzero(~np.isfinite(np.asarray(value, dtype=float)))


def _whose(of: str, index: int, value: Any) -> str:
    return f" of {of} {index}" if of and np.size(value) > 0 else ""


def _listed(values: Mapping[str, Any], names: set[str], index: int) -> str:
    """Return the parameters among names, with their values at an index."""
    found = {name: np.ravel(values[name]) for name in sorted(names & set(values))}
    return ", ".join(f"{name} = {value[index if len(value) > 1 else 0]:g}" for name, value in found.items())
