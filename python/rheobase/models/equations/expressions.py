"""Expressions: numbers, names and operations, each of which exists once, so that equal ones are the same object."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, NoReturn
from weakref import WeakValueDictionary

import numpy as np

#: Operations whose result is true or false.
CONDITIONS = frozenset({"less", "less_equal", "equal", "logical_and", "logical_or", "logical_not", "crosses"})


class Expression:
    """A number, a name or an operation on expressions; arithmetic and NumPy's functions make larger ones of it."""

    __slots__ = ("__weakref__", "args", "op")

    op: str
    args: tuple[Any, ...]

    _known: ClassVar["WeakValueDictionary[tuple[Any, ...], Expression]"] = WeakValueDictionary()

    @staticmethod
    def of(op: str, *args: Any) -> "Expression":
        """Return the expression of an operation, as it stands."""
        key = (op, *args) if op != "constant" else (op, args[0], math.copysign(1.0, args[0]))
        found = Expression._known.get(key)
        if found is None:
            found = object.__new__(Expression)
            found.op, found.args = op, args
            Expression._known[key] = found
        return found

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, not a number."""
        return self.op in CONDITIONS or self.op == "flag"

    @property
    def value(self) -> float | None:
        """The number that it is, or None."""
        return self.args[0] if self.op == "constant" else None

    @property
    def operands(self) -> tuple["Expression", ...]:
        """What an operation works on."""
        return self.args if self.args and isinstance(self.args[0], Expression) else ()

    def __add__(self, other: Any) -> "Expression":
        return add(self, as_expression(other))

    def __radd__(self, other: Any) -> "Expression":
        return add(as_expression(other), self)

    def __sub__(self, other: Any) -> "Expression":
        return subtract(self, as_expression(other))

    def __rsub__(self, other: Any) -> "Expression":
        return subtract(as_expression(other), self)

    def __mul__(self, other: Any) -> "Expression":
        return multiply(self, as_expression(other))

    def __rmul__(self, other: Any) -> "Expression":
        return multiply(as_expression(other), self)

    def __truediv__(self, other: Any) -> "Expression":
        return divide(self, as_expression(other))

    def __rtruediv__(self, other: Any) -> "Expression":
        return divide(as_expression(other), self)

    def __pow__(self, other: Any) -> "Expression":
        return raise_to(self, as_expression(other))

    def __rpow__(self, other: Any) -> "Expression":
        return raise_to(as_expression(other), self)

    def __mod__(self, other: Any) -> "Expression":
        return Expression.of("remainder", self, as_expression(other))

    def __rmod__(self, other: Any) -> "Expression":
        return Expression.of("remainder", as_expression(other), self)

    def __neg__(self) -> "Expression":
        return negate(self)

    def __pos__(self) -> "Expression":
        return self

    def __abs__(self) -> "Expression":
        return Expression.of("absolute", self)

    def __lt__(self, other: Any) -> "Expression":
        return Expression.of("less", self, as_expression(other))

    def __gt__(self, other: Any) -> "Expression":
        return Expression.of("less", as_expression(other), self)

    def __le__(self, other: Any) -> "Expression":
        return Expression.of("less_equal", self, as_expression(other))

    def __ge__(self, other: Any) -> "Expression":
        return Expression.of("less_equal", as_expression(other), self)

    def __and__(self, other: Any) -> "Expression":
        return Expression.of("logical_and", self, as_expression(other))

    def __or__(self, other: Any) -> "Expression":
        return Expression.of("logical_or", self, as_expression(other))

    def __invert__(self) -> "Expression":
        return Expression.of("logical_not", self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a condition on a neuron's variables holds for some neurons only, so `if`, `and`, `or` and `not` cannot "
            "decide on it: use numpy.where(condition, a, b), &, | and ~"
        )

    def __float__(self) -> float:
        if self.value is None:
            raise TypeError(
                "an expression of a neuron's variables is no number: use NumPy's functions on it, not math's"
            )
        return self.value

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> "Expression":
        from rheobase.models.equations.functions import of_numpy

        return of_numpy(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> "Expression":
        from rheobase.models.equations.functions import of_numpy

        return of_numpy(function, "__call__", args, options)

    def __getattr__(self, name: str) -> Any:
        # NumPy calls a method of each element where an array of objects meets a function of one argument
        from rheobase.models.equations.functions import method_of

        return method_of(self, name)

    def __repr__(self) -> str:
        from rheobase.models.equations.printing import printed

        return printed(self)


def constant(value: float) -> Expression:
    """Return a number as an expression."""
    return Expression.of("constant", float(value))


def name(symbol: str) -> Expression:
    """Return the value that goes by a name."""
    return Expression.of("name", symbol)


#: Whether a neuron is not refractory.
NOT_REFRACTORY = Expression.of("flag", "not_refractory")
ZERO, ONE = constant(0.0), constant(1.0)


def as_expression(value: Any) -> Expression:
    """Return a number, or an array of one number, as an expression."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, np.ndarray) and value.shape == ():
        return as_expression(value.item())
    if isinstance(value, (int, float, np.integer, np.floating, np.bool_)):
        return constant(float(value))
    raise TypeError(f"equations must be made of numbers and names, got {value!r} ({type(value).__name__})")


def _folded(a: Expression, b: Expression, f: Callable[[float, float], float]) -> Expression | None:
    if a.value is None or b.value is None:
        return None
    try:
        return constant(f(a.value, b.value))
    except (ZeroDivisionError, OverflowError):
        return None


def add(a: Expression, b: Expression) -> Expression:
    """Return a + b."""
    if a is ZERO:
        return b
    if b is ZERO:
        return a
    if b.op == "negate":
        return subtract(a, b.args[0])
    folded = _folded(a, b, lambda x, y: x + y)
    return Expression.of("add", a, b) if folded is None else folded


def subtract(a: Expression, b: Expression) -> Expression:
    """Return a - b."""
    if b is ZERO:
        return a
    if a is ZERO:
        return negate(b)
    if a is b:
        return ZERO
    if b.op == "negate":
        return add(a, b.args[0])
    folded = _folded(a, b, lambda x, y: x - y)
    return Expression.of("subtract", a, b) if folded is None else folded


def negate(a: Expression) -> Expression:
    """Return -a."""
    if a.value is not None:
        return constant(-a.value) if a.value else ZERO
    if a.op == "negate":
        return a.args[0]
    return Expression.of("negate", a)


def multiply(a: Expression, b: Expression) -> Expression:
    """Return a b."""
    if a is ZERO or b is ZERO:
        return ZERO
    if a is ONE:
        return b
    if b is ONE:
        return a
    if a.value == -1.0:
        return negate(b)
    if b.value == -1.0:
        return negate(a)
    if a.op == "negate" and b.op == "negate":
        return multiply(a.args[0], b.args[0])
    folded = _folded(a, b, lambda x, y: x * y)
    return Expression.of("multiply", a, b) if folded is None else folded


def divide(a: Expression, b: Expression) -> Expression:
    """Return a / b."""
    if b is ONE:
        return a
    if a is ZERO and b is not ZERO:
        return ZERO
    folded = _folded(a, b, lambda x, y: x / y)
    return Expression.of("divide", a, b) if folded is None else folded


#: Powers up to here become multiplications.
_LARGEST_POWER = 64


def raise_to(a: Expression, b: Expression) -> Expression:
    """Return a to the power b: products where b is a small whole number, a root where it is a half."""
    exponent = b.value
    if exponent is None or abs(exponent) > _LARGEST_POWER:
        return Expression.of("power", a, b)
    if exponent == 0.5:
        return Expression.of("square_root", a)
    if exponent != int(exponent):
        return Expression.of("power", a, b)
    if exponent < 0:
        return divide(ONE, raise_to(a, constant(-exponent)))
    if exponent == 0:
        return ONE
    half = raise_to(a, constant(exponent // 2)) if exponent > 1 else ONE
    square = multiply(half, half)
    return multiply(square, a) if exponent % 2 else square


def select(condition: Expression, a: Expression, b: Expression) -> Expression:
    """Return a where the condition holds, else b."""
    return a if a is b else Expression.of("select", condition, a, b)


def minimum(a: Expression, b: Expression) -> Expression:
    """Return the smaller of two; what a bound has limited already stays as it is."""
    return a if a.op == "minimum" and a.args[1] is b else Expression.of("minimum", a, b)


#: How each operation is made, with what is known about it.
_MAKERS: dict[str, Callable[..., Expression]] = {
    "add": add,
    "subtract": subtract,
    "negate": negate,
    "multiply": multiply,
    "divide": divide,
    "minimum": minimum,
    "power": raise_to,
    "select": select,
}


def rebuilt(op: str, operands: Iterable[Expression]) -> Expression:
    """Return an operation on other operands."""
    return _MAKERS[op](*operands) if op in _MAKERS else Expression.of(op, *operands)


def substituted(expression: Expression, values: Mapping[Expression, Expression]) -> Expression:
    """Return an expression with others in the place of names."""
    done: dict[Expression, Expression] = dict(values)

    def of(e: Expression) -> Expression:
        found = done.get(e)
        if found is None:
            operands = e.operands
            new = tuple(of(o) for o in operands)
            found = done[e] = e if new == operands else rebuilt(e.op, new)
        return found

    return of(expression)


def walk(*expressions: Expression) -> Iterator[Expression]:
    """Yield every expression that others are made of, each once, operands first."""
    seen: set[Expression] = set()
    stack: list[tuple[Expression, bool]] = [(e, False) for e in reversed(expressions)]
    while stack:
        e, ready = stack.pop()
        if ready:
            yield e
        elif e not in seen:
            seen.add(e)
            stack.append((e, True))
            stack.extend((o, False) for o in reversed(e.operands))


def names_in(*expressions: Expression) -> set[str]:
    """Return the names that occur."""
    return {e.args[0] for e in walk(*expressions) if e.op == "name"}
