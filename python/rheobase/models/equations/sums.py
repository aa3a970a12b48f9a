"""Sums over connections, taken apart into products of what the post neuron and what the pre neurons give."""

from collections.abc import Callable

from rheobase.models.equations.expressions import ONE, ZERO, Expression, add, divide, multiply, names_in, negate

#: A factor of the post neuron by the factor of the pre neurons that it multiplies.
Terms = dict[Expression, Expression]


def taken_apart(e: Expression, is_pre: Callable[[str], bool], is_post: Callable[[str], bool]) -> Terms | None:
    """Return an expression as a sum of products, or None where there is none."""
    names = names_in(e)
    of_pre, of_post = any(is_pre(n) for n in names), any(is_post(n) for n in names)
    if not of_pre:
        return {ONE: e}
    if not of_post:
        return {e: ONE}
    parts = [taken_apart(o, is_pre, is_post) for o in e.operands]
    if any(part is None for part in parts):
        return None
    if e.op == "negate":
        return {b: negate(a) for b, a in parts[0].items()}  # type: ignore[union-attr]
    if e.op in ("add", "subtract"):
        return _together(parts[0], parts[1] if e.op == "add" else {b: negate(a) for b, a in parts[1].items()})  # type: ignore[arg-type, union-attr]
    if e.op == "multiply":
        return _product(*parts)  # type: ignore[arg-type]
    if e.op == "divide" and len(parts[1]) == 1:  # type: ignore[arg-type]
        ((b, a),) = parts[1].items()  # type: ignore[union-attr]
        return _product(parts[0], {divide(ONE, b): divide(ONE, a)})  # type: ignore[arg-type]
    if e.op in ("exponential", "sine", "cosine"):
        return _of_a_sum(e.op, parts[0], is_post)  # type: ignore[arg-type]
    return None


def _of_a_sum(op: str, terms: Terms, is_post: Callable[[str], bool]) -> Terms | None:
    """Return a function of what pre neurons give plus what the post neuron gives, by its addition theorem."""
    pre, post = ZERO, ZERO
    for b, a in terms.items():
        if b is ONE:
            post = add(post, a)
        elif any(is_post(n) for n in names_in(a)):
            return None
        else:
            pre = add(pre, multiply(a, b))
    if op == "exponential":
        return {Expression.of(op, pre): Expression.of(op, post)}
    sine_pre, cosine_pre, sine_post, cosine_post = (
        Expression.of(o, x) for x in (pre, post) for o in ("sine", "cosine")
    )
    if op == "sine":
        return {sine_pre: cosine_post, cosine_pre: sine_post}
    return {cosine_pre: cosine_post, sine_pre: negate(sine_post)}


def _together(one: Terms, other: Terms) -> Terms:
    total = dict(one)
    for b, a in other.items():
        total[b] = add(total.get(b, ZERO), a)
    return total


def _product(one: Terms, other: Terms) -> Terms:
    total: Terms = {}
    for b, a in one.items():
        for d, c in other.items():
            total = _together(total, {multiply(b, d): multiply(a, c)})
    return total
