"""Whether units that are given fit: dimensions of expressions, as far as they are known.

Numbers of equations are in ms, mV and what goes with them, so a number written in an equation may stand for any
quantity, factors such as 1/ms with it: what holds a number is free. What has no unit fits anywhere. What is known on
both sides of a sum, a comparison or an assignment must agree.
"""

import ast
from collections.abc import Mapping
from fractions import Fraction

from rheobase.models.equations.errors import Source
from rheobase.models.equations.units import UNITS

#: Exponents of volt, second, ampere, metre and mole; None for what has no unit, empty for what is free.
Dimension = tuple[Fraction, ...] | None
NONE: Dimension = (Fraction(0),) * 5
FREE: Dimension = ()


def _of(volt: int = 0, second: int = 0, ampere: int = 0, metre: int = 0, mole: int = 0) -> Dimension:
    return tuple(Fraction(x) for x in (volt, second, ampere, metre, mole))


TIME, VOLTAGE = _of(second=1), _of(volt=1)
_UNITS: dict[str, Dimension] = {
    "amp": _of(ampere=1),
    "ampere": _of(ampere=1),
    "farad": _of(volt=-1, second=1, ampere=1),
    "siemens": _of(volt=-1, ampere=1),
    "volt": VOLTAGE,
    "second": TIME,
    "hertz": _of(second=-1),
    "ohm": _of(volt=1, ampere=-1),
    "metre": _of(metre=1),
    "meter": _of(metre=1),
    "molar": _of(mole=1, metre=-3),
    "mole": _of(mole=1),
    "A": _of(ampere=1),
    "F": _of(volt=-1, second=1, ampere=1),
    "S": _of(volt=-1, ampere=1),
    "V": VOLTAGE,
    "s": TIME,
    "Hz": _of(second=-1),
    "M": _of(mole=1, metre=-3),
    "m": _of(metre=1),
}
_PREFIXES = ("", "G", "M", "k", "c", "m", "u", "n", "p", "f")
#: Functions of which argument and result are plain numbers, and those that give what their arguments are.
_PLAIN = frozenset(
    "arccos arcsin arctan cos cosh exp expm1 exprel log log10 log1p sin sinh tan tanh sigmoid".split()  # noqa: SIM905
)
_SAME = frozenset(("max", "min", "clip", "abs", "mod"))


def of_unit(text: str) -> Dimension:
    """Return the dimension of a unit such as "mV/ms"; None if it is not read."""
    try:
        tree = ast.parse(text.replace("^", "**").strip(), mode="eval").body
    except SyntaxError:
        return None
    return _Dimensions(None, {}, number=NONE).of(tree)


def _of_unit_name(name: str) -> Dimension:
    power = 1
    if name[-1:] in ("2", "3") and name in UNITS:
        name, power = name[:-1], int(name[-1])
    for prefix in _PREFIXES:
        known = _UNITS.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if known is not None:
            return tuple(x * power for x in known)
    return None


def check_value(source: Source, text: str, known: Mapping[str, Dimension], wanted: Dimension, what: str) -> None:
    """Raise unless the parts of an expression fit each other, and the whole what is `wanted`."""
    stripped = text.lstrip()
    source = source.part(source.start + len(text) - len(stripped))
    found = _Dimensions(source, known).of(ast.parse(stripped, mode="eval").body)
    if found and wanted and found != wanted:
        raise source.error(f"{what} must be in units of {shown(wanted)}, the expression is in {shown(found)}")


def check_statements(source: Source, text: str, known: Mapping[str, Dimension]) -> None:
    """Raise unless each assignment gives a variable what fits it."""
    start = 0
    for piece in text.split(";"):
        stripped = piece.strip()
        if stripped:
            at = source.part(source.start + start + piece.index(stripped))
            node = ast.parse(stripped).body[0]
            assert isinstance(node, (ast.Assign, ast.AugAssign))
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            assert isinstance(target, ast.Name)
            found, wanted = _Dimensions(at, known).of(node.value), known.get(target.id)
            scales = isinstance(node, ast.AugAssign) and not isinstance(node.op, (ast.Add, ast.Sub))
            if found and wanted and found != (NONE if scales else wanted):
                raise at.error(
                    f"{target.id} is in units of {shown(wanted)}, what it is given in {shown(found)}",
                    node.value.col_offset,
                )
        start += len(piece) + 1


def per_time(dimension: Dimension) -> Dimension:
    """Return the dimension of a derivative; where a variable is a plain number, time may be one, too."""
    return None if dimension == NONE else _times(dimension, TIME, -1)


def noise() -> Dimension:
    """Return the dimension of white noise of unit intensity."""
    return _power(TIME, Fraction(-1, 2))


def _times(a: Dimension, b: Dimension, sign: int = 1) -> Dimension:
    if a is None or b is None or not a or not b:
        return FREE if FREE in (a, b) else None
    return tuple(x + sign * y for x, y in zip(a, b, strict=True))


def _power(a: Dimension, exponent: Fraction) -> Dimension:
    return None if a is None else tuple(x * exponent for x in a)


def shown(dimension: Dimension) -> str:
    """Return a dimension in units of this library."""
    assert dimension is not None
    for name, unit in (("nS", "siemens"), ("pF", "farad"), ("1/ms", "hertz")):
        if dimension == _UNITS[unit]:
            return name
    parts = [
        unit if x == 1 else f"{unit}**{x}" if x.denominator == 1 else f"{unit}**({x})"
        for x, unit in zip(dimension, ("mV", "ms", "pA", "m", "mol"), strict=True)
        if x
    ]
    return "*".join(parts) or "1"


def kept_in(unit: str) -> str:
    """Return in what numbers are that equations declare in a unit: "volt" are kept in mV."""
    dimension = of_unit(unit) if unit else None
    known = dimension and not any(dimension[3:])  # lengths stay as they are
    return shown(dimension) if known else unit


class _Dimensions:
    """Finds the dimension of an expression that has been read, and raises where its parts do not fit."""

    def __init__(self, source: Source | None, known: Mapping[str, Dimension], number: Dimension = FREE) -> None:
        self.source, self.known, self.number = source, known, number

    def of(self, node: ast.expr) -> Dimension:
        if isinstance(node, ast.Constant):
            return self.number
        if isinstance(node, ast.Name):
            return self.known.get(node.id) if self.source is not None else _of_unit_name(node.id)
        if isinstance(node, ast.UnaryOp):
            return self.of(node.operand)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.IfExp):
            self.of(node.test)
            return self._alike([node.body, node.orelse])
        if isinstance(node, ast.Compare):
            self._alike([node.left, *node.comparators])
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                self.of(value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args)
        return None

    def _binary(self, node: ast.BinOp) -> Dimension:
        if isinstance(node.op, (ast.Add, ast.Sub, ast.Mod)):
            return self._alike([node.left, node.right])
        a = self.of(node.left)
        if isinstance(node.op, ast.Pow):
            exponent = _exponent(node.right)
            return NONE if a == NONE else None if exponent is None else _power(a, exponent)
        return _times(a, self.of(node.right), 1 if isinstance(node.op, ast.Mult) else -1)

    def _alike(self, nodes: list[ast.expr]) -> Dimension:
        """Return the dimension that all have, as far as it is known, or raise."""
        result: Dimension = None
        free = False
        for node in nodes:
            found = self.of(node)
            free = free or found == FREE
            if not found or not result or found == result:
                result = found or result
            elif self.source is not None:
                raise self.source.error(
                    f"{ast.unparse(node)} is in units of {shown(found)}, what it is put together with in "
                    f"{shown(result)}: they must be the same",
                    node.col_offset,
                )
        return FREE if free else result

    def _call(self, called: str, args: list[ast.expr]) -> Dimension:
        if called in _PLAIN:
            found = self.of(args[0])
            if found not in (None, FREE, NONE) and self.source is not None:
                raise self.source.error(
                    f"{called} takes a number without unit, {ast.unparse(args[0])} is in units of {shown(found)}",
                    args[0].col_offset,
                )
            return NONE if found else found
        if called in _SAME:
            return self._alike(args)
        if called == "crosses":
            self._alike(args)
        elif called == "where":
            self.of(args[0])
            return self._alike(args[1:])
        elif called == "sqrt":
            return _power(self.of(args[0]), Fraction(1, 2))
        return None


def _exponent(node: ast.expr) -> Fraction | None:
    try:
        return Fraction(str(ast.literal_eval(node))) if not isinstance(node, ast.Name) else None
    except ValueError:
        return None
