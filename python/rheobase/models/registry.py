"""How the engine's tables of models become Python classes: signatures, docstrings and checks from one description."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.distributions import Distribution

KEYWORD = inspect.Parameter.KEYWORD_ONLY


def signature(parameters: Iterable[_engine.ParameterInfo], kind: Any, **rest: Any) -> inspect.Signature:
    """Return the signature of a constructor: the model's parameters, then `rest` by name and default."""
    own = [inspect.Parameter(p.name, KEYWORD, default=p.standard, annotation=kind) for p in parameters]
    return inspect.Signature([*own, *(inspect.Parameter(name, KEYWORD, default=rest[name]) for name in rest)])


def parameter_section(parameters: Iterable[_engine.ParameterInfo], kind: str) -> str:
    """Return the lines of a docstring's section on parameters."""
    return "\n".join(
        f"    {p.name} : {kind}, default {p.standard:g} {p.unit}\n        {p.doc[0].upper() + p.doc[1:]}."
        for p in parameters
    )


def check_names(model: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise for the first name that is not known, suggesting the nearest one that is."""
    known = list(known)
    for name in given:
        if name not in known:
            raise checks.unknown(f"parameter of {model}", name, known)


def check_bounds(name: str, value: Any, info: _engine.ParameterInfo | None) -> None:
    """Raise unless every value lies within the parameter's bounds."""
    if info is None:
        return
    bounds = {"above": info.low, "below": info.high} if info.open else {"low": info.low, "high": info.high}
    finite: dict[str, Any] = {bound: limit for bound, limit in bounds.items() if np.isfinite(limit)}
    checks.array(name, value, **finite) if np.ndim(value) else checks.number(name, float(value), **finite)


def scalars(model: str, parameters: Iterable[_engine.ParameterInfo], given: Mapping[str, Any]) -> dict[str, float]:
    """Return every parameter as a checked float, those not given at their defaults."""
    values = {}
    for info in parameters:
        values[info.name] = checks.number(info.name, given.get(info.name, info.standard))
        check_bounds(info.name, values[info.name], info)
    return values


def check_order(lesser: str, a: Any, greater: str, b: Any) -> None:
    """Raise unless a < b everywhere."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    wrong = ~(a < b)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{lesser} must be < {greater} = {np.ravel(b)[at]:g}, got {np.ravel(a)[at]:g}")


def value_of(name: str, value: Any, info: _engine.ParameterInfo | None) -> Any:
    """Return a parameter's value, checked: a float, an array or a distribution."""
    if isinstance(value, Distribution):
        return value
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        raise TypeError(f"{name} must be a number, one number a neuron or a distribution, got {value!r}")
    result = checks.reals(name, value)
    if result.ndim > 1:
        raise ValueError(f"{name} must be a number or a one-dimensional array, got shape {result.shape}")
    check_bounds(name, result, info)
    return float(result) if result.ndim == 0 else result
