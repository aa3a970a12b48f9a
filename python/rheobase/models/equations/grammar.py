"""Text to expressions: arithmetic, comparisons and calls, read by Python's own parser and never evaluated."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rheobase import checks
from rheobase.models.equations.errors import EquationError, Source
from rheobase.models.equations.expressions import (
    NOT_REFRACTORY,
    Expression,
    add,
    constant,
    divide,
    multiply,
    negate,
    raise_to,
    select,
    subtract,
)
from rheobase.models.equations.functions import FUNCTIONS

#: How deep parts may stand within parts: terms of a sum count once, anything else, on which more work is done, thrice.
_DEEPEST = 300
_TOO_DEEP = "expression must be made of fewer parts within parts; give some of them names of their own"

_ARITHMETIC: dict[type, Callable[[Expression, Expression], Expression]] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: divide,
    ast.Pow: raise_to,
    ast.Mod: lambda a, b: a % b,
}
_COMPARISONS: dict[type, Callable[[Expression, Expression], Expression]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: Expression.of("equal", a, b),
    ast.NotEq: lambda a, b: ~Expression.of("equal", a, b),
}
#: Numbers that text may name.
CONSTANTS = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf")}


@dataclass
class Scope:
    """What names mean while text is read."""

    names: Mapping[str, Expression]
    #: Functions of the user's: from expressions to an expression.
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    #: Random numbers so far; each `rand()` and `randn()` is one of its own.
    draws: list[str] = field(default_factory=list)
    #: Numbers by name, where nothing else is called so.
    constants: Mapping[str, float] = field(default_factory=dict)

    def draw(self, op: str) -> Expression:
        """Return a random number that no other text has."""
        self.draws.append(op)
        return Expression.of(op, len(self.draws) - 1)


def parse(source: Source, text: str, scope: Scope) -> Expression:
    """Return the expression that a piece of a line stands for."""
    stripped = text.lstrip()
    source = source.part(source.start + len(text) - len(stripped))
    if not stripped.strip():
        raise source.error("an expression must stand here, got nothing")
    try:
        tree = ast.parse(stripped, mode="eval")
    except SyntaxError as error:
        raise source.error(f"expression must be complete: {error.msg}", (error.offset or 1) - 1) from None
    except RecursionError:
        raise source.error(_TOO_DEEP) from None
    _check_depth(source, tree.body)
    return _Reader(source, scope).number_or_condition(tree.body)


def _check_depth(source: Source, tree: ast.expr) -> None:
    """Raise where parts stand within parts so often that Python would lose its way among them."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise source.error(_TOO_DEEP)
        waiting += [(child, depth + (1 if _is_sum(node) else 3)) for child in ast.iter_child_nodes(node)]


def _is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def parse_number(source: Source, text: str, scope: Scope) -> Expression:
    """Return an expression that is a number."""
    e = parse(source, text, scope)
    if e.is_condition:
        raise source.error("a number must stand here, got a condition; int(condition) is 1 where it holds, else 0")
    return e


def parse_condition(source: Source, text: str, scope: Scope) -> Expression:
    """Return an expression that is true or false."""
    e = parse(source, text, scope)
    if not e.is_condition:
        raise source.error("a condition must stand here, such as 'V > V_th', got a number")
    return e


@dataclass(frozen=True)
class Statement:
    """One assignment: what is read, and the variable that it is given to."""

    target: str
    value: Expression


def parse_statements(source: Source, text: str, scope: Scope, targets: list[str]) -> list[Statement]:
    """Return the assignments that a piece of text holds, one per line or parted by semicolons."""
    statements = []
    start = 0
    for piece in text.split(";"):
        stripped = piece.strip()
        if stripped:
            at = source.part(source.start + start + piece.index(stripped))
            statements.append(_statement(at, stripped, scope, targets))
        start += len(piece) + 1
    return statements


def _statement(source: Source, text: str, scope: Scope, targets: list[str]) -> Statement:
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise source.error(f"statement must be complete: {error.msg}", (error.offset or 1) - 1) from None
    except RecursionError:
        raise source.error(_TOO_DEEP) from None
    node = body[0]
    reader = _Reader(source, scope)
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        _check_depth(source, node.value)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        target, value = node.targets[0].id, reader.number(node.value)
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and type(node.op) in _ARITHMETIC:
        target = node.target.id
        _check_target(source, target, scope, targets)
        value = _ARITHMETIC[type(node.op)](scope.names[target], reader.number(node.value))
    else:
        raise source.error("statement must be an assignment such as 'V = V_re' or 'w += b'")
    _check_target(source, target, scope, targets)
    return Statement(target, value)


def _check_target(source: Source, target: str, scope: Scope, targets: list[str]) -> None:
    if target in targets:
        return
    if target in scope.names:
        raise source.error(f"{target} must not be assigned to: it is no state variable; those are {', '.join(targets)}")
    raise source.error(str(checks.unknown("state variable", target, targets)))


class _Reader:
    """Turns the nodes of Python's parser into expressions, and refuses all that is no part of the grammar."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source, self.scope = source, scope

    def error(self, node: ast.AST, message: str) -> EquationError:
        return self.source.error(message, getattr(node, "col_offset", 0))

    def number_or_condition(self, node: ast.expr) -> Expression:
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is None:
            raise self.error(node, f"{_described(node)} is no part of the grammar of equations")
        return method(node)

    def number(self, node: ast.expr) -> Expression:
        e = self.number_or_condition(node)
        if e.is_condition:
            raise self.error(
                node, "a number must stand here, got a condition; int(condition) is 1 where it holds, else 0"
            )
        return e

    def condition(self, node: ast.expr) -> Expression:
        e = self.number_or_condition(node)
        if not e.is_condition:
            raise self.error(node, "a condition must stand here, such as 'V > V_th', got a number")
        return e

    def _Constant(self, node: ast.Constant) -> Expression:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self.error(node, f"a number must stand here, got {node.value!r}")
        return constant(node.value)

    def _Name(self, node: ast.Name) -> Expression:
        if node.id == "not_refractory":
            return NOT_REFRACTORY
        if node.id in self.scope.names:
            return self.scope.names[node.id]
        for constants in (self.scope.constants, CONSTANTS):
            if node.id in constants:
                return constant(constants[node.id])
        if node.id in FUNCTIONS or node.id in self.scope.functions:
            raise self.error(node, f"{node.id} is a function and must be called, as in {node.id}(x)")
        raise self.error(node, self._unknown(node.id))

    def _unknown(self, wanted: str) -> str:
        """Return a message that lists the model's names, and suggests the nearest of all, units included."""
        message = str(checks.unknown("name", wanted, [*self.scope.names, *CONSTANTS]))
        close = get_close_matches(wanted, self.scope.constants, n=1)
        return f"{message}; did you mean {close[0]!r}?" if close and "did you mean" not in message else message

    def _BinOp(self, node: ast.BinOp) -> Expression:
        make = _ARITHMETIC.get(type(node.op))
        if make is None:
            raise self.error(node, f"{_described(node.op)} is no part of the grammar of equations")
        return make(self.number(node.left), self.number(node.right))

    def _UnaryOp(self, node: ast.UnaryOp) -> Expression:
        if isinstance(node.op, ast.Not):
            return ~self.condition(node.operand)
        if isinstance(node.op, ast.USub):
            return negate(self.number(node.operand))
        if isinstance(node.op, ast.UAdd):
            return self.number(node.operand)
        raise self.error(node, "~ is no part of the grammar of equations: write 'not'")

    def _Compare(self, node: ast.Compare) -> Expression:
        operands = [self.number(operand) for operand in [node.left, *node.comparators]]
        held: Expression | None = None
        for k, operator in enumerate(node.ops):
            if type(operator) not in _COMPARISONS:
                raise self.error(node, f"{_described(operator)} is no part of the grammar of equations")
            one = _COMPARISONS[type(operator)](operands[k], operands[k + 1])
            held = one if held is None else held & one
        assert held is not None
        return held

    def _BoolOp(self, node: ast.BoolOp) -> Expression:
        held = self.condition(node.values[0])
        for other in node.values[1:]:
            held = held & self.condition(other) if isinstance(node.op, ast.And) else held | self.condition(other)
        return held

    def _IfExp(self, node: ast.IfExp) -> Expression:
        return select(self.condition(node.test), self.number(node.body), self.number(node.orelse))

    def _Call(self, node: ast.Call) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self.error(node, "only a function's name can be called")
        if node.keywords:
            raise self.error(node, f"{node.func.id} takes no arguments by name")
        called = node.func.id
        if called in ("rand", "randn"):
            return self._random(node, called)
        if called == "crosses":
            self._count(node, called, 2)
            return Expression.of("crosses", *(self.number(a) for a in node.args))
        if called in self.scope.functions:
            return self._traced(node, called)
        if called not in FUNCTIONS:
            options = [*FUNCTIONS, "rand", "randn", "crosses", *self.scope.functions]
            raise self.error(node, str(checks.unknown("function", called, options)))
        function = FUNCTIONS[called]
        self._count(node, called, function.arguments)
        return function.make(
            *(self.condition(a) if k in function.conditions else self.number(a) for k, a in enumerate(node.args))
        )

    def _count(self, node: ast.Call, called: str, wanted: int) -> None:
        if len(node.args) != wanted:
            raise self.error(node, f"{called} takes {wanted} arguments, got {len(node.args)}")

    def _random(self, node: ast.Call, called: str) -> Expression:
        op = "draw_uniform" if called == "rand" else "draw_normal"
        if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, int):
            return Expression.of(op, node.args[0].value)  # as it was printed
        self._count(node, called, 0)
        return self.scope.draw(op)

    def _traced(self, node: ast.Call, called: str) -> Expression:
        from rheobase.models.equations.tracing import called_with_symbols

        arguments = [self.number_or_condition(a) for a in node.args]
        try:
            return called_with_symbols(called, self.scope.functions[called], arguments)
        except TypeError as error:
            raise self.error(node, str(error)) from error


def _described(node: ast.AST) -> str:
    names: dict[type, str] = {
        ast.Attribute: "an attribute",
        ast.Subscript: "a subscript",
        ast.Lambda: "a lambda",
        ast.List: "a list",
        ast.Tuple: "a tuple",
        ast.Dict: "a dictionary",
        ast.JoinedStr: "a string",
        ast.NamedExpr: "an assignment within an expression",
        ast.Starred: "a star",
    }
    return names.get(type(node), type(node).__name__)
