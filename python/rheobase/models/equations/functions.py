"""The functions that equations may call, under their names in text and in NumPy."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase.models.equations.expressions import (
    ONE,
    ZERO,
    Expression,
    add,
    as_expression,
    constant,
    divide,
    minimum,
    multiply,
    negate,
    raise_to,
    select,
    subtract,
)


@dataclass(frozen=True)
class Function:
    """A function of equations."""

    arguments: int
    make: Callable[..., Expression]
    #: Positions of arguments that are conditions.
    conditions: tuple[int, ...] = ()


def _operation(op: str) -> Callable[..., Expression]:
    return lambda *operands: Expression.of(op, *operands)


def _cosh(x: Expression) -> Expression:
    grown = Expression.of("exponential", x)
    return constant(0.5) * (grown + ONE / grown)


def _sinh(x: Expression) -> Expression:
    less_one = Expression.of("exponential_less_one", abs(x))
    size = constant(0.5) * (less_one + less_one / (less_one + ONE))
    return select(x < ZERO, negate(size), size)


def _tan(x: Expression) -> Expression:
    return Expression.of("sine", x) / Expression.of("cosine", x)


def _arcsin(x: Expression) -> Expression:
    return Expression.of("arctangent", x / Expression.of("square_root", ONE - x * x))


def _sign(x: Expression) -> Expression:
    return select(x > ZERO, ONE, select(x < ZERO, constant(-1.0), ZERO))


def _clip(x: Expression, low: Expression, high: Expression) -> Expression:
    return minimum(Expression.of("maximum", x, low), high)


def as_number(condition: Expression) -> Expression:
    """Return 1 where a condition holds, else 0; a number stays as it is."""
    return select(condition, ONE, ZERO) if condition.is_condition else condition


#: What can be called in text.
FUNCTIONS: dict[str, Function] = {
    "abs": Function(1, _operation("absolute")),
    "arccos": Function(1, lambda x: constant(0.5 * math.pi) - _arcsin(x)),
    "arcsin": Function(1, _arcsin),
    "arctan": Function(1, _operation("arctangent")),
    "ceil": Function(1, _operation("round_up")),
    "clip": Function(3, _clip),
    "cos": Function(1, _operation("cosine")),
    "cosh": Function(1, _cosh),
    "exp": Function(1, _operation("exponential")),
    "expm1": Function(1, _operation("exponential_less_one")),
    "exprel": Function(1, _operation("phi1")),
    "floor": Function(1, _operation("round_down")),
    "int": Function(1, as_number, conditions=(0,)),
    "log": Function(1, _operation("logarithm")),
    "log10": Function(1, lambda x: Expression.of("logarithm", x) * constant(1.0 / math.log(10.0))),
    "log1p": Function(1, _operation("logarithm_of_one_more")),
    "max": Function(2, _operation("maximum")),
    "maximum": Function(2, _operation("maximum")),
    "min": Function(2, minimum),
    "minimum": Function(2, minimum),
    "mod": Function(2, _operation("remainder")),
    "sign": Function(1, _sign),
    "sin": Function(1, _operation("sine")),
    "sinh": Function(1, _sinh),
    "sqrt": Function(1, _operation("square_root")),
    "tan": Function(1, _tan),
    "tanh": Function(1, _operation("hyperbolic_tangent")),
    "where": Function(3, select, conditions=(0,)),
}

#: The same under NumPy's names, for functions that are called with symbols.
_NUMPY: dict[str, Callable[..., Expression]] = {
    **{name: FUNCTIONS[name].make for name in FUNCTIONS if name not in ("abs", "int", "min", "max", "exprel")},
    "absolute": FUNCTIONS["abs"].make,
    "add": add,
    "subtract": subtract,
    "multiply": multiply,
    "divide": divide,
    "negative": negate,
    "positive": lambda x: x,
    "power": raise_to,
    "float_power": raise_to,
    "square": lambda x: multiply(x, x),
    "reciprocal": lambda x: divide(ONE, x),
    "remainder": _operation("remainder"),
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": _operation("equal"),
    "not_equal": lambda a, b: ~Expression.of("equal", a, b),
    "logical_and": _operation("logical_and"),
    "logical_or": _operation("logical_or"),
    "logical_not": _operation("logical_not"),
    "bitwise_and": _operation("logical_and"),
    "bitwise_or": _operation("logical_or"),
    "invert": _operation("logical_not"),
    "fmin": minimum,
    "fmax": _operation("maximum"),
    "heaviside": lambda x, at_zero: select(x > ZERO, ONE, select(x < ZERO, ZERO, at_zero)),
}


def of_numpy(function: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Expression:
    """Return what a function of NumPy makes of expressions."""
    make = _NUMPY.get(getattr(function, "__name__", ""))
    if make is None or method != "__call__" or options:
        known = ", ".join(sorted(_NUMPY))
        raise TypeError(f"equations may call these functions of NumPy on variables: {known}; got {function!r}")
    return make(*(as_expression(value) for value in inputs))


def method_of(expression: Expression, name: str) -> Callable[[], Expression]:
    """Return a function of NumPy as the method that arrays of objects look for."""
    if name.startswith("_") or name not in _NUMPY:
        raise AttributeError(f"an expression has no attribute {name!r}")
    return lambda: _NUMPY[name](expression)


#: Beyond it the engine's exponential function grows no more.
LARGEST_EXPONENT = 708.0

#: What each operation is in NumPy, for values that are at hand.
EVALUATED: dict[str, Callable[..., Any]] = {
    "absolute": np.abs,
    "add": np.add,
    "arctangent": np.arctan,
    "cosine": np.cos,
    "divide": np.divide,
    "equal": np.equal,
    "exponential": lambda x: np.exp(np.minimum(x, LARGEST_EXPONENT)),
    "exponential_less_one": np.expm1,
    "hyperbolic_tangent": np.tanh,
    "less": np.less,
    "less_equal": np.less_equal,
    "logarithm": np.log,
    "logarithm_of_one_more": np.log1p,
    "logical_and": np.logical_and,
    "logical_not": np.logical_not,
    "logical_or": np.logical_or,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "multiply": np.multiply,
    "negate": np.negative,
    "phi1": lambda z: np.where(z == 0, 1.0, np.expm1(z) / np.where(z == 0, 1.0, z)),
    "power": np.power,
    "remainder": np.remainder,
    "round_down": np.floor,
    "round_up": np.ceil,
    "select": np.where,
    "sine": np.sin,
    "square_root": np.sqrt,
    "subtract": np.subtract,
}
