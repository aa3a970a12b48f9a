"""How an expression depends on a variable: the part that is linear in it, and the rest."""

from collections.abc import Collection

from rheobase.models.equations.expressions import ONE, ZERO, Expression, add, divide, multiply, negate, subtract, walk


def depends(expression: Expression, on: Collection[Expression]) -> bool:
    """Return whether any of some names occurs in an expression."""
    return any(e in on for e in walk(expression))


def split(
    expression: Expression, variable: Expression, barred: Collection[Expression]
) -> tuple[Expression, Expression]:
    """Return (a, b) with expression = a variable + b, where none of the names in `barred` occurs in a.

    Terms in which the variable stands within a function, or has a factor with such a name, are part of b.
    """
    done: dict[Expression, tuple[Expression, Expression]] = {}

    def of(e: Expression) -> tuple[Expression, Expression]:
        if e not in done:
            done[e] = parts(e)
        return done[e]

    def product(a: Expression, b: Expression) -> tuple[Expression, Expression] | None:
        for factor, other in ((a, b), (b, a)):
            if not depends(factor, barred):
                slope, rest = of(other)
                if slope is not ZERO:
                    return multiply(factor, slope), multiply(factor, rest)
        return None

    def parts(e: Expression) -> tuple[Expression, Expression]:
        if e is variable:
            return ONE, ZERO
        if e.op in ("add", "subtract"):
            (a, b), (c, d) = of(e.args[0]), of(e.args[1])
            return (add(a, c), add(b, d)) if e.op == "add" else (subtract(a, c), subtract(b, d))
        if e.op == "negate":
            a, b = of(e.args[0])
            return negate(a), negate(b)
        if e.op == "multiply":
            return product(*e.args) or (ZERO, e)
        if e.op == "divide" and not depends(e.args[1], barred):
            a, b = of(e.args[0])
            return divide(a, e.args[1]), divide(b, e.args[1])
        return ZERO, e

    return of(expression)


def linear_in(expression: Expression, variable: Expression) -> tuple[Expression, Expression] | None:
    """Return (a, b) with expression = a variable + b and the variable in neither, or None where there is none."""
    a, b = split(expression, variable, {variable})
    return None if depends(b, {variable}) else (a, b)
