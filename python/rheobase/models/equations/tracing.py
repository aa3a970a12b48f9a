"""Python functions to expressions: they are called once, with symbols in the place of numbers."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rheobase.models.equations.expressions import Expression, as_expression, name


def called_with_symbols(called: str, function: Callable[..., Any], arguments: Sequence[Any]) -> Expression:
    """Return what a function makes of expressions, which must be one expression."""
    try:
        result = function(*arguments)
    except TypeError as error:
        raise TypeError(f"{called} must be made of arithmetic and NumPy's functions: {error}") from error
    return as_expression(result)


def trace(function: Callable[..., Any], variables: Sequence[str]) -> tuple[list[Expression], dict[str, float]]:
    """Return the derivatives that a vector field gives, and its parameters with their defaults.

    The field takes the state as its first argument, `u`, or one argument per variable; every other argument is the
    input `I`, the time `t`, or a parameter.
    """
    label = getattr(function, "__name__", "equations")
    arguments = [
        a for a in inspect.signature(function).parameters.values() if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)
    ]
    if not arguments:
        raise TypeError(f"{label} must take the state, as one argument or one per variable")
    by_name = arguments[0].name in variables
    if by_name and [a.name for a in arguments[: len(variables)]] != list(variables):
        raise TypeError(
            f"{label} must take its variables first, in the order of initial ({', '.join(variables)}), "
            f"got {', '.join(a.name for a in arguments)}"
        )
    symbols = {v: name(v) for v in variables}
    others = arguments[len(variables) if by_name else 1 :]
    given: Mapping[str, Expression] = {a.name: name(a.name) for a in others}
    state = [symbols[v] for v in variables] if by_name else [np.array([symbols[v] for v in variables], dtype=object)]
    try:
        result = function(*state, **given)
    except TypeError as error:
        raise TypeError(f"{label} must be made of arithmetic and NumPy's functions: {error}") from error
    rates = [result] if isinstance(result, Expression) else list(np.ravel(np.array(result, dtype=object)))
    if len(rates) != len(variables):
        raise ValueError(f"{label} must return one derivative per variable ({', '.join(variables)}), got {len(rates)}")
    defaults = {
        a.name: float(a.default)
        for a in others
        if a.default is not a.empty and a.name not in ("I", "t") and isinstance(a.default, (int, float))
    }
    return [as_expression(rate) for rate in rates], defaults
