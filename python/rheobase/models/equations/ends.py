"""The programs of variables that connections keep for each neuron at one end."""

from collections.abc import Collection
from dataclasses import dataclass, field

from rheobase import _engine
from rheobase.models.equations.connection import OF_NEURON, ConnectionText
from rheobase.models.equations.expressions import ONE, ZERO, Expression, constant, name, names_in, negate, substituted
from rheobase.models.equations.grammar import Statement
from rheobase.models.equations.linear import depends, linear_in
from rheobase.models.equations.lowering import Leaf, Lowering, Preparation, Program
from rheobase.models.equations.propagators import phi1
from rheobase.models.equations.schemes import DT, SCHEMES, State, System, applicable, coefficients

#: The rate with which the membranes of the neurons forget.
LEAK = name("leak")


@dataclass(frozen=True)
class EndProgram:
    """See cpp/include/rheobase/models/program.hpp."""

    prepare: Program
    start: Program
    step: Program
    step_left: Program
    arrive: Program
    observe: Program
    prepared_count: int
    variable_count: int
    of_neuron: list[str]


def system_at(text: ConnectionText, place: str, constant: Collection[str] = ()) -> System:
    """Return the differential equations of the variables of one place, of which some may be constant."""
    rates: State = {}
    noise: dict[Expression, dict[int, Expression]] = {}
    for v in text.at(place):
        if v.rate is None:
            continue
        rate, amplitudes = v.rate, {}
        for k, noise_name in enumerate(text.noises):
            parts = linear_in(rate, name(noise_name))
            assert parts is not None
            if parts[0] is not ZERO:
                amplitudes[k] = parts[0]
            rate = parts[1]
        rates[name(v.name)], noise[name(v.name)] = rate, amplitudes
    states = frozenset(name(v.name) for v in text.at(place) if v.name not in constant)
    return System(rates, noise, frozenset(), {}, states)


def methods_at(text: ConnectionText, place: str) -> list[str]:
    """Return the schemes that the equations of one place have, the default first."""
    system = system_at(text, place)
    methods = applicable(system)
    matrix = coefficients(system) if "exact" in methods else None
    if matrix is not None and _is_coupled(matrix) and not _is_constant(text, matrix):
        methods.remove("exact")
    return methods


def _is_coupled(matrix: list[list[Expression]]) -> bool:
    return any(a is not ZERO for i, row in enumerate(matrix) for j, a in enumerate(row) if i != j)


def _is_constant(text: ConnectionText, matrix: list[list[Expression]]) -> bool:
    known = {p.name for p in text.parameters}
    return names_in(*(a for row in matrix for a in row)) <= known


def changed(statements: tuple[Statement, ...]) -> State:
    """Return what statements, one after the other, make of what they assign to."""
    values: State = {}
    for s in statements:
        values[name(s.target)] = substituted(s.value, values)
    return values


def means(system: System, after: State) -> State:
    """Return each variable on average over a step, weighed as a membrane does: exactly where equations are linear."""
    matrix = coefficients(system) if not system.is_noisy else None
    variables = list(system.rates)
    half = constant(0.5)
    halfway = {v: half * (v + after[v]) for v in variables}
    if matrix is None:
        result = dict(halfway)
        for v in variables:
            a, rest = system.leak(v)
            if rest is ZERO:
                result[v] = _weighed(a) * v
        return result
    inputs = [substituted(system.rates[v], dict.fromkeys(variables, ZERO)) for v in variables]
    if any(b is not ZERO for b in inputs):
        return halfway
    if not _is_coupled(matrix):
        return {v: _weighed(matrix[k][k]) * v for k, v in enumerate(variables)}
    shifted = [[(a + LEAK if i == j else a) * DT for j, a in enumerate(row)] for i, row in enumerate(matrix)]
    weights, scale = phi1(shifted), _scale()
    result = {}
    for i, v in enumerate(variables):
        total = ZERO
        for j, w in enumerate(variables):
            total = total + (scale * weights[i][j]) * w
        result[v] = total
    return result


def _scale() -> Expression:
    decay = negate(LEAK * DT)
    return Expression.of("exponential", decay) / Expression.of("phi1", decay)


def _weighed(a: Expression) -> Expression:
    """Return the mean of exp(a t) over a step, weighed by how much of it a membrane keeps."""
    return ONE if a is ZERO else _scale() * Expression.of("phi1", (a + LEAK) * DT)


@dataclass
class EndAssembly:
    """Makes the programs of one end: what moves its variables, what arrivals do, and what drives the neurons."""

    text: ConnectionText
    place: str
    method: str
    driving: Expression | None = None
    gives: tuple[Expression, ...] = ()
    arrivals: State = field(default_factory=dict)
    sums: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.preparation = Preparation()
        self.parameters = {p.name: k for k, p in enumerate(self.text.parameters)}
        self.states = {v.name: k for k, v in enumerate(self.text.at(self.place))}
        self.of_neuron: list[str] = []
        self.draws: dict[Expression, int] = {}

    def leaf(self, symbol: str) -> Leaf:
        """Return what a name reads."""
        if symbol in self.parameters:
            return "parameter", self.parameters[symbol], 0.0
        if symbol in self.states:
            return "state", self.states[symbol], 0.0
        if symbol in self.sums:
            return "sum", self.sums.index(symbol), 0.0
        match = OF_NEURON.match(symbol)
        if match is not None:
            if match["variable"] not in self.of_neuron:
                self.of_neuron.append(match["variable"])
            return "of_neuron", self.of_neuron.index(match["variable"]), 0.0
        return {"w": "arrival", "t": "time", "dt": "dt", "i": "neuron", "leak": "leak"}[symbol], 0, 0.0

    def _lowered(self, outputs: list[tuple[str, int, Expression]], prepared: bool = True) -> Program:
        preparation = self.preparation if prepared else None
        return Lowering(self.leaf, preparation, lambda e: self.draws.setdefault(e, len(self.draws))).program(outputs)

    def _driving(self) -> list[Expression]:
        return [] if self.driving is None else [self.driving]

    def _step(self, after: State, driving: list[Expression]) -> Program:
        """Return a step: the variables one step on, what drives the neurons, and what is recorded of it."""
        moved = [("state", self.states[v.args[0]], x) for v, x in after.items()]
        return self._lowered([*moved, *(("driving", k, e) for k, e in enumerate(driving))])

    def program(self) -> EndProgram:
        """Return the programs."""
        system = system_at(self.text, self.place)
        after, forward = SCHEMES[self.method](system), SCHEMES["euler"](system)
        averages = means(system, after)
        plain = {v: substituted(x, {LEAK: ZERO}) for v, x in averages.items()}
        step = self._step(after, [substituted(e, average) for e in self._driving() for average in (averages, plain)])
        step_left = self._step(forward, [e for e in self._driving() for _ in range(2)])
        arrive = self._lowered([("state", self.states[v.args[0]], x) for v, x in self.arrivals.items()])
        given = [("driving", 2 + k, substituted(e, plain)) for k, e in enumerate(self.gives)]
        observe = self._lowered([*(("driving", 1, e) for e in self._driving()), *given])
        start = self._lowered([("state", k, self.text.initial[n]) for n, k in self.states.items()])
        prepare = self._lowered([("prepared", k, e) for e, k in self.preparation.expressions.items()], prepared=False)
        return EndProgram(
            prepare, start, step, step_left, arrive, observe,
            len(self.preparation.expressions), len(self.states), self.of_neuron,
        )  # fmt: skip


def for_engine(p: EndProgram) -> _engine.EndProgram:
    """Return the same for the engine."""
    parts = ("prepare", "start", "step", "step_left", "arrive", "observe")
    programs = {part: getattr(p, part) for part in parts}
    return _engine.EndProgram(
        **{part: _engine.Program(q.leaves, q.code, q.outputs) for part, q in programs.items()},
        prepared_count=p.prepared_count,
        variable_count=p.variable_count,
        of_neuron=p.of_neuron,
    )


def takes_in_linearly(value: Expression, target: Expression) -> bool:
    """Return whether a statement adds what is proportional to w, so that arrivals of one step may be summed first."""
    parts = linear_in(value, name("w"))
    return parts is not None and parts[1] is target and not depends(parts[0], {name("w")})
