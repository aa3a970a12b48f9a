"""Expressions to instructions of the engine, each over all neurons of a block.

What depends on parameters alone is prepared once. Sums are gathered: each is a chain of fused operations, one per term,
whose factors are prepared. What is computed once is never computed again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rheobase.models.equations.expressions import ONE, ZERO, Expression, add, divide, multiply, negate, subtract, walk

#: Where an operand comes from: a leaf, or the result of an instruction, by its position.
Operand = tuple[str, int]
#: Kind, index and value of what a program reads.
Leaf = tuple[str, int, float]


@dataclass
class Linear:
    """A sum: what is constant over a step, and operands with their factors, which depend on parameters alone."""

    rest: Expression
    terms: dict[Operand, Expression] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """What the engine reads: leaves, instructions (operation and operands' numbers), and where results go."""

    leaves: list[Leaf]
    code: list[tuple[str, int, int, int]]
    outputs: list[tuple[str, int, int]]


@dataclass
class Preparation:
    """What is computed once whenever parameters change, for all programs of a model."""

    expressions: dict[Expression, int] = field(default_factory=dict)

    def index(self, expression: Expression) -> int:
        """Return the number of a prepared value."""
        return self.expressions.setdefault(expression, len(self.expressions))


_COMMUTATIVE = frozenset({"add", "multiply", "equal", "logical_and", "logical_or", "minimum", "maximum"})
_RANDOM = ("draw_uniform", "draw_normal")


class Lowering:
    """Makes one program.

    `leaf_of` says what a name reads; names for which it gives a parameter are prepared with what depends on them.
    """

    def __init__(
        self, leaf_of: Callable[[str], Leaf], preparation: Preparation | None, draw_of: Callable[..., int]
    ) -> None:
        self.leaf_of, self.preparation, self.draw_of = leaf_of, preparation, draw_of
        self.leaves: dict[Leaf, int] = {}
        self.code: list[tuple[str, tuple[Operand, ...]]] = []
        self.known: dict[tuple[str, tuple[Operand, ...]], Operand] = {}
        self.values: dict[Expression, Operand] = {}
        self.sums: dict[Expression, Linear] = {}
        self.chains: dict[tuple[Expression, tuple[tuple[Operand, Expression], ...]], Operand] = {}
        self.fixed: dict[Expression, bool] = {}
        self.uses: Counter[Expression] = Counter()
        self.alike: set[Operand] = set()  # the same for all neurons that no conductance reaches
        self.last: dict[Expression, Operand] = {}  # which term a state's sum ends with: what it overwrites

    def program(self, outputs: Iterable[tuple[str, int, Expression]]) -> Program:
        """Return the program that computes outputs, of which states come first, after all that they are made of."""
        wanted = list(outputs)
        for e in walk(*(e for _, _, e in wanted)):
            self.uses.update(e.operands)
        for kind, index, e in wanted:
            if kind == "state":
                self._all_but_last(e, ("state", index, 0.0))
        for kind, _, e in wanted:
            if kind == "state":
                self.value(e)
        found = [(kind, index, self.value(e)) for kind, index, e in wanted]
        return self._finished(found)

    def value(self, e: Expression) -> Operand:
        """Return an operand that holds an expression."""
        if e not in self.values:
            self.values[e] = self._chain(self._linear(e), self.last.get(e))
        return self.values[e]

    def _all_but_last(self, e: Expression, own: Leaf) -> None:
        """Compute all that a state is made of; its last instruction overwrites what others may still need."""
        if not self._is_fixed(e) and e.op not in ("add", "subtract", "negate", "multiply", "divide"):
            for operand in e.operands:
                self.value(operand)
            return
        linear = self._linear(e)
        itself = ("leaf", self.leaves.get(own, -1))
        if len(linear.terms) > 1 and itself in linear.terms:
            self.last[e] = itself
            self._chain(Linear(linear.rest, {t: c for t, c in linear.terms.items() if t != itself}))

    def _is_fixed(self, e: Expression) -> bool:
        """Whether an expression depends on parameters alone."""
        for part in walk(e):
            if part in self.fixed:
                continue
            if part.op == "name":
                self.fixed[part] = self.leaf_of(part.args[0])[0] in ("parameter", "dt", "leak")
            elif part.op == "constant":
                self.fixed[part] = True
            else:
                self.fixed[part] = bool(part.operands) and all(self.fixed[o] for o in part.operands)
        return self.fixed[e]

    def _linear(self, e: Expression) -> Linear:
        if e not in self.sums:
            linear = self._sum(e)
            if self.uses[e] > 1 and self._is_worth_keeping(linear):
                linear = Linear(ZERO, {self._chain(linear): ONE})
            self.sums[e] = linear
        return self.sums[e]

    def _is_worth_keeping(self, linear: Linear) -> bool:
        """Whether a sum that several others read is better computed once than within each of them."""
        count = len(linear.terms) + (linear.rest is not ZERO)
        return count > 2 or (count == 2 and any(kind == "result" for kind, _ in linear.terms))

    def _sum(self, e: Expression) -> Linear:
        if self.preparation is not None and self._is_fixed(e):
            return Linear(e)
        if self.preparation is None and e.op in ("constant", "name"):
            return Linear(ZERO, {self._leaf(e): ONE})
        if self.preparation is not None:
            if e.op in ("add", "subtract"):
                return self._together(self._linear(e.args[0]), self._linear(e.args[1]), e.op)
            if e.op == "negate":
                return _scaled(self._linear(e.args[0]), negate)
            if e.op == "multiply":
                return self._product(*e.args)
            if e.op == "divide" and self._is_fixed(e.args[1]):
                per = divide(ONE, e.args[1])
                return _scaled(self._linear(e.args[0]), lambda c: multiply(c, per))
        return Linear(ZERO, {self._operation(e): ONE})

    def _together(self, a: Linear, b: Linear, op: str) -> Linear:
        join = add if op == "add" else subtract
        terms = dict(a.terms)
        for operand, factor in b.terms.items():
            terms[operand] = join(terms.get(operand, ZERO), factor)
        return Linear(join(a.rest, b.rest), {t: c for t, c in terms.items() if c is not ZERO})

    def _product(self, a: Expression, b: Expression) -> Linear:
        for factor, other in ((a, b), (b, a)):
            if self._is_fixed(factor):
                return _scaled(self._linear(other), lambda c, factor=factor: multiply(factor, c))  # type: ignore[misc]
        factor, operands = ONE, []
        for linear in (self._linear(a), self._linear(b)):
            if linear.rest is ZERO and len(linear.terms) == 1:
                ((operand, own),) = linear.terms.items()
                if operand in self.alike and own is not ONE:
                    operands.append(self._scaled_operand(operand, own))
                else:
                    factor = multiply(factor, own)
                    operands.append(operand)
            else:
                operands.append(self._chain(linear))
        return Linear(ZERO, {self._emit("multiply", *operands): factor})

    def _chain(self, linear: Linear, last: Operand | None = None) -> Operand:
        """Return the operand that holds a sum."""
        terms = sorted(linear.terms.items(), key=lambda item: (item[0] == last, item[0][0] == "leaf", item[0][1]))
        key = (linear.rest, tuple(terms))
        if key in self.chains:
            return self.chains[key]
        self.chains[key] = self._add_up(linear.rest, terms) if terms else self._prepared(linear.rest)
        return self.chains[key]

    def _add_up(self, rest: Expression, terms: list[tuple[Operand, Expression]]) -> Operand:
        if rest is not ZERO:
            total = self._prepared(rest)
        else:
            plain = next((k for k, (_, c) in enumerate(terms) if c is ONE), 0)
            operand, factor = terms.pop(plain)
            total = operand if factor is ONE else self._scaled_operand(operand, factor)
        for operand, factor in terms:
            if factor is ONE:
                total = self._emit("add", total, operand)
            elif factor.value == -1.0:
                total = self._emit("subtract", total, operand)
            else:
                total = self._emit("multiply_add", operand, self._prepared(factor), total)
        return total

    def _scaled_operand(self, operand: Operand, factor: Expression) -> Operand:
        return (
            self._emit("negate", operand)
            if factor.value == -1.0
            else self._emit("multiply", operand, self._prepared(factor))
        )

    def _operation(self, e: Expression) -> Operand:
        if e.op in _RANDOM:
            return self._emit(e.op, ("draw", self.draw_of(e)))
        if e.op in ("name", "flag"):
            return self._leaf(e)
        return self._emit(e.op, *(self.value(o) for o in e.operands))

    def _prepared(self, e: Expression) -> Operand:
        """Return what depends on parameters alone as an operand."""
        if e.op in ("constant", "name"):
            return self._leaf(e)
        assert self.preparation is not None
        return self._read(("prepared", self.preparation.index(e), 0.0))

    def _leaf(self, e: Expression) -> Operand:
        return self._read(("constant", 0, e.args[0]) if e.op == "constant" else self.leaf_of(e.args[0]))

    def _read(self, leaf: Leaf) -> Operand:
        operand = "leaf", self.leaves.setdefault(leaf, len(self.leaves))
        if leaf[0] in ("constant", "parameter", "prepared", "dt", "conductance"):
            self.alike.add(operand)
        return operand

    def _emit(self, op: str, *operands: Operand) -> Operand:
        key = (op, tuple(sorted(operands)) if op in _COMMUTATIVE else operands)
        if key not in self.known:
            self.code.append((op, operands))
            self.known[key] = ("result", len(self.code) - 1)
            if op not in _RANDOM and all(o in self.alike for o in operands):
                self.alike.add(self.known[key])
        return self.known[key]

    def _finished(self, outputs: list[tuple[str, int, Operand]]) -> Program:
        code = _fused(self.code, [operand for _, _, operand in outputs])
        position: dict[int, int] = {}
        count = len(self.leaves)

        def number(operand: Operand) -> int:
            if operand[0] == "draw":
                return operand[1]
            return operand[1] if operand[0] == "leaf" else count + position[operand[1]]

        lines: list[tuple[str, int, int, int]] = []
        for k, instruction in enumerate(code):
            if instruction is not None:
                a, b, c = (*(number(o) for o in instruction[1]), 0, 0, 0)[:3]
                position[k] = len(lines)
                lines.append((instruction[0], a, b, c))
        return Program(list(self.leaves), lines, [(kind, index, number(o)) for kind, index, o in outputs])


def _scaled(linear: Linear, by: Callable[[Expression], Expression]) -> Linear:
    return Linear(by(linear.rest), {t: by(c) for t, c in linear.terms.items()})


def _fused(
    code: list[tuple[str, tuple[Operand, ...]]], kept: list[Operand]
) -> list[tuple[str, tuple[Operand, ...]] | None]:
    """Join products with the sums that alone read them."""
    uses = Counter(o for _, operands in code for o in operands)
    uses.update(kept)
    result: list[tuple[str, tuple[Operand, ...]] | None] = list(code)
    for k, (op, operands) in enumerate(code):
        if op not in ("add", "subtract"):
            continue
        for side in (1, 0):
            kind, at = operands[side]
            made = result[at] if kind == "result" else None
            if made is None or made[0] != "multiply" or uses[operands[side]] != 1:
                continue
            name = "multiply_add" if op == "add" else "negate_multiply_add" if side == 1 else "multiply_subtract"
            result[k] = (name, (*made[1], operands[1 - side]))
            result[at] = None
            break
    return result
