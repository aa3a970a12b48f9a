"""Expressions as text in the grammar that reads them."""

from rheobase.models.equations.expressions import Expression

#: Operators: sign, how strongly they bind, and whether their right operand must bind more strongly.
_OPERATORS = {
    "logical_or": ("or", 1, False),
    "logical_and": ("and", 2, False),
    "less": ("<", 4, True),
    "less_equal": ("<=", 4, True),
    "equal": ("==", 4, True),
    "add": ("+", 5, True),
    "subtract": ("-", 5, True),
    "multiply": ("*", 6, True),
    "divide": ("/", 6, True),
    "remainder": ("%", 6, True),
}
_NEGATION, _POWER, _NAME = 7, 8, 9
#: What operations are called that are no operators.
_CALLS = {
    "absolute": "abs",
    "arctangent": "arctan",
    "cosine": "cos",
    "exponential": "exp",
    "exponential_less_one": "expm1",
    "hyperbolic_tangent": "tanh",
    "logarithm": "log",
    "logarithm_of_one_more": "log1p",
    "maximum": "max",
    "minimum": "min",
    "phi1": "exprel",
    "round_down": "floor",
    "round_up": "ceil",
    "select": "where",
    "sine": "sin",
    "square_root": "sqrt",
    "crosses": "crosses",
}
_DRAWS = {"draw_uniform": "rand", "draw_normal": "randn"}


def printed(expression: Expression) -> str:
    """Return an expression as text; reading it again gives the same expression."""
    return _printed(expression)[0]


def _printed(e: Expression) -> tuple[str, int]:
    """Return the text and how strongly its outermost operator binds."""
    if e.op == "constant":
        number = e.args[0]
        text = repr(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)
        return text, _NAME if number >= 0 else _NEGATION
    if e.op in ("name", "flag"):
        return e.args[0], _NAME
    if e.op in _DRAWS:
        return f"{_DRAWS[e.op]}({e.args[0]})", _NAME
    if e.op == "negate":
        return "-" + _bracketed(e.args[0], _NEGATION), _NEGATION
    if e.op == "logical_not":
        return "not " + _bracketed(e.args[0], 3), 3
    if e.op == "power":
        return f"{_bracketed(e.args[0], _NAME)}**{_bracketed(e.args[1], _POWER)}", _POWER
    if e.op in _OPERATORS:
        sign, strength, strict = _OPERATORS[e.op]
        left = _bracketed(e.args[0], strength + (strength == 4))
        right = _bracketed(e.args[1], strength + strict)
        return f"{left} {sign} {right}", strength
    return f"{_CALLS[e.op]}({', '.join(printed(o) for o in e.operands)})", _NAME


def _bracketed(e: Expression, least: int) -> str:
    text, strength = _printed(e)
    return text if strength >= least else f"({text})"
