"""A description and a scheme to the programs that the engine runs."""

from dataclasses import dataclass
from functools import lru_cache

from rheobase.models.equations.description import Description
from rheobase.models.equations.expressions import (
    NOT_REFRACTORY,
    ZERO,
    Expression,
    add,
    multiply,
    name,
    names_in,
    negate,
    rebuilt,
    select,
    substituted,
    subtract,
    walk,
)
from rheobase.models.equations.grammar import Statement
from rheobase.models.equations.linear import depends, linear_in
from rheobase.models.equations.lowering import Leaf, Lowering, Preparation, Program
from rheobase.models.equations.schemes import SCHEMES, System, applicable

#: Operations that have a value within a step only.
_OF_A_STEP = ("flag", "draw_uniform", "draw_normal")
_INPUTS = {"I": "current", "G": "conductance", "jump": "jump", "t": "time", "dt": "dt", "i": "neuron"}


@dataclass(frozen=True)
class NeuronProgram:
    """All programs of a neuron model under one scheme; see cpp/include/rheobase/models/program.hpp."""

    prepare: Program
    start: Program
    step: Program
    events: list[Program]
    release: Program
    observe: Program
    prepared_count: int
    leak_rate: int
    refractoriness: str
    receptors: list[str]
    observed: list[str]
    reads_input: list[bool]


def driven(d: Description, expression: Expression) -> Expression:
    """Return an expression in which `I` is what the engine brings: currents, less conductances times the potential."""
    if not d.takes_current or d.kicked is None:
        return expression
    current = subtract(name("I"), multiply(name("G"), name(d.kicked)))
    return substituted(expression, {name("I"): current})


@lru_cache(maxsize=256)
def system_of(d: "Hashed") -> System:
    """Return the differential equations of a model as schemes see them."""
    description = d.description
    noises = description.noises
    rates, noise = {}, {}
    for v in description.variables:
        if v.rate is None:
            continue
        rate = driven(description, v.rate)
        amplitudes = {}
        for k, noise_name in enumerate(noises):
            parts = linear_in(rate, name(noise_name))
            assert parts is not None
            if parts[0] is not ZERO:
                amplitudes[k] = parts[0]
            rate = parts[1]
        rates[name(v.name)], noise[name(v.name)] = rate, amplitudes
    states = frozenset(name(v.name) for v in description.variables)
    held = frozenset(name(v.name) for v in description.variables if v.held)
    return System(rates, noise, held, _limits(description), states)


def _limits(d: Description) -> dict[Expression, Expression]:
    """Return how far the variable of a threshold is followed within a step: to the threshold, where it is reset.

    Variables whose equations are linear do not run away.
    """
    t = d.threshold
    if t is None or t.op not in ("less", "less_equal"):
        return {}
    bound, variable = t.args
    states = {name(v.name) for v in d.variables}
    reset = {name(s.target) for s in d.reset}
    rates = {name(v.name): v.rate for v in d.variables if v.rate is not None}
    if variable not in rates or linear_in(rates[variable], variable) is not None:
        return {}
    if variable in reset and not depends(bound, {*states, name("t"), name("i"), name("I")}):
        return {variable: bound}
    return {}


class Hashed:
    """A description that a cache can hold: equal where its canonical text is."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.text = repr(description.arguments())

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hashed) and other.text == self.text


def methods_of(d: Hashed) -> list[str]:
    """Return the schemes that a model has, the default first."""
    return applicable(system_of(d))


@lru_cache(maxsize=256)
def program_of(d: Hashed, method: str) -> NeuronProgram:
    """Return the programs of a model under a scheme."""
    return _Assembly(d.description, system_of(d), method).program()


class _Assembly:
    def __init__(self, description: Description, system: System, method: str) -> None:
        self.d, self.system, self.method = description, system, method
        self.preparation = Preparation()
        self.parameters = {p.name: k for k, p in enumerate(description.parameters)}
        self.states = {v.name: k for k, v in enumerate(description.variables)}
        self.draws: dict[Expression, int] = {}

    def leaf(self, symbol: str) -> Leaf:
        if symbol in self.parameters:
            return "parameter", self.parameters[symbol], 0.0
        if symbol in self.states:
            return "state", self.states[symbol], 0.0
        if symbol in self.d.receptors:
            return "receptor", self.d.receptors.index(symbol), 0.0
        if symbol == "not_refractory":
            return "free", 0, 0.0
        return _INPUTS[symbol], 0, 0.0

    def draw(self, e: Expression) -> int:
        """Return the number of a random number, which no other of the model has."""
        return self.draws.setdefault(e, len(self.draws))

    def lowered(self, outputs: list[tuple[str, int, Expression]], prepared: bool = True) -> Program:
        return Lowering(self.leaf, self.preparation if prepared else None, self.draw).program(outputs)

    def program(self) -> NeuronProgram:
        d = self.d
        step = self.lowered(self._step())
        events = [self.lowered(self._changes(d.reset, spike=True))]
        events += [self.lowered(self._changes(e.statements)) for e in d.events.values()]
        release = self.lowered([("condition", 0, d.refractory)] if self._is_condition() else [])  # type: ignore[list-item]
        observe = self.lowered([("observed", k, driven(d, _as_number(e))) for k, e in enumerate(d.named.values())])
        start = self.lowered([("state", self.states[v], e) for v, e in d.initial.items()])
        leak = self._leak_rate()
        prepare = self.lowered([("prepared", k, e) for e, k in self.preparation.expressions.items()], prepared=False)
        if len(self.draws) > 256:
            raise ValueError(
                f"a model must draw at most 256 random numbers in a step, {d.name} draws {len(self.draws)}"
            )
        refractoriness = "none" if d.refractory is None else "condition" if self._is_condition() else "period"
        return NeuronProgram(
            prepare,
            start,
            step,
            events,
            release,
            observe,
            len(self.preparation.expressions),
            leak,
            refractoriness,
            list(d.receptors),
            list(d.named),
            [self._reads_input(e) for e in d.named.values()],
        )

    def _reads_input(self, e: Expression) -> bool:
        """Return whether more than state and parameters decides an expression."""
        known = {*self.states, *self.parameters, "dt"}
        return not names_in(e) <= known or any(part.op in _OF_A_STEP for part in walk(e))

    def _is_condition(self) -> bool:
        return self.d.refractory is not None and self.d.refractory.is_condition

    def _step(self) -> list[tuple[str, int, Expression]]:
        """Return the state one step on, and whether each condition holds there."""
        d = self.d
        after = SCHEMES[self.method](self.system)
        if d.kicked is not None:
            kicked = name(d.kicked)
            after[kicked] = add(after[kicked], name("jump"))
        after = {v: select(NOT_REFRACTORY, x, v) if v in self.system.held else x for v, x in after.items()}
        spike = ZERO if d.threshold is None else self._at_end(d.threshold, after)
        conditions = [spike, *(self._at_end(e.condition, after) for e in d.events.values())]
        return [
            *(("state", self.states[v.args[0]], x) for v, x in after.items()),
            *(("condition", k, c) for k, c in enumerate(conditions)),
        ]

    def _at_end(self, condition: Expression, after: dict[Expression, Expression]) -> Expression:
        """Return a condition on the state one step on; what crosses had not crossed before."""
        done: dict[Expression, Expression] = {}
        for e in walk(driven(self.d, condition)):
            if e.op == "crosses":
                a, b = e.args
                done[e] = (a < b) & (done[b] <= done[a])
            else:
                operands = tuple(done[o] for o in e.operands)
                done[e] = after[e] if e in after else rebuilt(e.op, operands) if operands else e
        return done[driven(self.d, condition)]

    def _changes(self, statements: tuple[Statement, ...], spike: bool = False) -> list[tuple[str, int, Expression]]:
        """Return what statements, one after the other, make of the state."""
        values: dict[Expression, Expression] = {}
        for s in statements:
            values[name(s.target)] = substituted(s.value, values)
        outputs = [("state", self.states[v.args[0]], driven(self.d, x)) for v, x in values.items()]
        if spike and self.d.refractory is not None and not self._is_condition():
            period = substituted(self.d.refractory, values)
            outputs.append(("refractory_period", 0, driven(self.d, period)))
        return outputs

    def _leak_rate(self) -> int:
        """Return the prepared value that is the rate with which the membrane forgets, or -1."""
        if self.method not in ("exact", "etd2") or self.d.kicked is None:
            return -1
        a, _ = self.system.leak(name(self.d.kicked))
        a = substituted(a, {name("G"): ZERO})
        if a is ZERO or any(e.op == "name" and e.args[0] not in self.parameters for e in walk(a)):
            return -1
        return self.preparation.index(negate(a))


def _as_number(e: Expression) -> Expression:
    from rheobase.models.equations.functions import as_number

    return as_number(e)
