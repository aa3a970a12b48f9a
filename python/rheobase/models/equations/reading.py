"""How a neuron model is read from what a user wrote: names, expressions, statements and units, each checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rheobase import checks
from rheobase.models.equations.block import Line, check_flags, read_lines
from rheobase.models.equations.bounds import word_in
from rheobase.models.equations.description import Description, Event, Parameter, Variable, parameter_of
from rheobase.models.equations.dimensions import (
    TIME,
    Dimension,
    check_statements,
    check_value,
    noise,
    of_unit,
    per_time,
)
from rheobase.models.equations.errors import Source
from rheobase.models.equations.expressions import Expression, constant, name, names_in, walk
from rheobase.models.equations.grammar import Scope, Statement, parse, parse_condition, parse_number, parse_statements
from rheobase.models.equations.inputs import Input, input_of
from rheobase.models.equations.meanings import Meanings
from rheobase.models.equations.noise_terms import NOISE, noises_in, noises_written, rate_of
from rheobase.models.equations.printing import printed
from rheobase.models.equations.tracing import trace

#: Names that a model cannot give to anything else.
RESERVED = ("t", "dt", "i", "G", "jump", "not_refractory", "I_x", "method")


@dataclass
class _Parts:
    """What the lines of a model declare, before expressions are read."""

    differential: dict[str, Line] = field(default_factory=dict)
    states: dict[str, Line] = field(default_factory=dict)
    named: dict[str, Line] = field(default_factory=dict)
    receptors: dict[str, Line] = field(default_factory=dict)
    parameters: dict[str, Line] = field(default_factory=dict)


def describe(
    name: str,
    equations: str | list[Line] | Callable[..., Any],
    *,
    threshold: str | None,
    reset: str | None,
    refractory: float | str | None,
    parameters: Mapping[str, Any] | None,
    initial: Mapping[str, Any] | None,
    events: Mapping[str, Any] | None,
    functions: Mapping[str, Callable[..., Any]] | None,
    constants: Mapping[str, float] | None = None,
    inputs: Mapping[str, Any] | None = None,
    canonical: bool = False,
) -> Description:
    """Return the model that arguments of `rb.neuron` describe, or raise an error that shows what cannot be read.

    Lines may be given as they were read, and numbers that names stand for. Units are not checked in canonical text,
    from which numbers such as 1 ms may be gone.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"name must be a name such as 'MyNeuron', got {name!r}")
    numbers = checks.mapping("parameters", parameters)
    given = {n: checks.number(f"parameters[{n!r}]", value) for n, value in numbers.items()}
    initial, events = checks.mapping("initial", initial), checks.mapping("events", events)
    taken = {n: input_of(f"inputs[{n!r}]", value) for n, value in checks.mapping("inputs", inputs).items()}
    if callable(equations):
        equations, given = _written(equations, initial, given)
    if isinstance(equations, str):
        equations = read_lines("equations", equations)
    if not isinstance(equations, list):
        raise TypeError(f"equations must be text or a function, got {equations!r}")
    known = Scope({}, checks.mapping("functions", functions), constants=dict(constants or {}))
    reading = _Reading(name, equations, given, taken, known)
    result = reading.description(threshold, reset, refractory, initial, events)
    if not canonical:
        reading.check_units({"threshold": threshold}, {"reset": reset}, refractory, initial, events)
    return result


def _written(
    function: Callable[..., Any], initial: Mapping[str, Any], given: dict[str, float]
) -> tuple[str, dict[str, float]]:
    """Return the text of a vector field, and its parameters with their values."""
    if not initial:
        raise ValueError(
            "initial must give the initial value of each variable of a function, in its order, got nothing"
        )
    rates, defaults = trace(function, list(initial))
    text = "\n".join(f"d{v}/dt = {printed(rate)}" for v, rate in zip(initial, rates, strict=True))
    return text, {**defaults, **given}


class _Reading:
    """Reads the parts of one model, whose names all of them share."""

    def __init__(
        self, model: str, lines: list[Line], given: dict[str, float], inputs: dict[str, Input], known: Scope
    ) -> None:
        self.model, self.given, self.inputs = model, given, inputs
        self.parts = _sorted_lines(lines)
        self.meanings = Meanings()
        self.used = set(self.parts.parameters)  # names that were read; a declaration says that one is meant
        self._check_names()
        p = self.parts
        self.changing = [*p.differential, *p.states]  # what statements may assign to
        self.variables = [*self.changing, *inputs]
        plain = [*self.variables, *p.receptors, *given, "t", "dt", "i"]
        self.names = {n: name(n) for n in plain}
        if "I" not in self.names and "I" not in p.named:
            self.names["I"] = name("I")
        self.scope = replace(known, names=_Names(self))
        self.noise_scope = replace(known, names=_Names(self, noise=True))  # draws are counted together

    def _check_names(self) -> None:
        for kind in (self.parts.differential, self.parts.states, self.parts.named, self.parts.receptors):
            for n, line in kind.items():
                for argument, given in (("parameters", self.given), ("inputs", self.inputs)):
                    if n in given:
                        raise line.source.error(f"{n} must have one meaning: it is in {argument} as well")
        for argument, names in (("parameters", [*self.given]), ("inputs", [*self.inputs])):
            for n in names:
                if n in RESERVED or not n.isidentifier():
                    raise ValueError(
                        f"{argument} must not hold the name {n!r}, which means something else in equations"
                    )
        for n in self.inputs:
            if n in self.given:
                raise ValueError(f"{n} must have one meaning: it is in parameters and in inputs")
        for n, line in self.parts.parameters.items():
            if n not in self.given and n not in self.inputs:
                raise line.source.error(f"parameter {n} must have a value in parameters, which has {list(self.given)}")

    def name(self, wanted: str, noise: bool) -> Expression | None:
        """Return what a name means, or None."""
        self.used.add(wanted)
        if wanted in self.parts.named:
            return self._named(wanted, noise)
        if noise and NOISE.match(wanted) and wanted not in self.names:
            return name(wanted)
        return self.names.get(wanted)

    def _named(self, wanted: str, noise: bool) -> Expression:
        return self.meanings.find(
            wanted, self.parts.named[wanted], lambda line: parse(line.source, line.text, self.noise_scope)
        )

    def description(
        self,
        threshold: str | None,
        reset: str | None,
        refractory: float | str | None,
        initial: dict[str, Any],
        events: Mapping[str, Any] | None,
    ) -> Description:
        p = self.parts
        variables = tuple(
            [self._variable(line) for line in p.differential.values()]
            + [Variable(n, line.unit, line.doc, None, False) for n, line in p.states.items()]
            + [self._input(n) for n in self.inputs]
        )
        for n, line in p.named.items():
            self._named(n, True)
            if n in RESERVED:
                raise line.source.error(f"{n} must not be defined: it means something else in equations")
        if threshold is None and (reset is not None or refractory is not None):
            argument = "reset" if reset is not None else "refractory"
            raise ValueError(f"threshold must be given where there is a {argument}, got None")
        spike = None if threshold is None else self._condition("threshold", threshold)
        result = Description(
            self.model,
            variables,
            self._parameters(),
            {n: e for n, e in self.meanings.known.items() if not noises_in(e)},
            tuple(p.receptors),
            spike,
            self._statements("reset", reset),
            self._refractory(refractory),
            self._initial(initial),
            {
                n: Event(self._condition(f"events[{n!r}]", c), self._statements(f"events[{n!r}]", s))
                for n, (c, s) in _pairs(events)
            },
            self._kicked(),
            {n: line.unit for n, line in p.named.items()},
            self.inputs,
        )
        self._check_use(result)
        _check_crossings(result)
        return result

    def _variable(self, line: Line) -> Variable:
        if line.name in RESERVED or NOISE.match(line.name):
            raise line.source.error(f"{line.name} must not be a variable: it means something else in equations")
        rate = rate_of(line, self.noise_scope)
        return Variable(line.name, line.unit, line.doc, rate, "unless refractory" in line.flags)

    def _input(self, n: str) -> Variable:
        line = self.parts.parameters.get(n)
        if line is not None and word_in(line.flags):
            raise line.source.error(f"an input has no bounds, got {word_in(line.flags)}")
        return Variable(n, line.unit if line else "", (line and line.doc) or "input", None, False)

    def _parameters(self) -> tuple[Parameter, ...]:
        declared = self.parts.parameters
        return tuple(parameter_of(n, value, declared.get(n)) for n, value in self.given.items())

    def _kicked(self) -> str | None:
        flagged = [n for n, line in self.parts.differential.items() if "delta" in line.flags]
        if len(flagged) > 1:
            raise self.parts.differential[flagged[1]].source.error(
                f"delta must stand behind one equation: {flagged[0]} has it already"
            )
        usual = [n for n in ("V", "v") if n in self.parts.differential]
        return [*flagged, *usual, *self.parts.differential, None][0]

    def _condition(self, argument: str, text: Any) -> Expression:
        _check_text(argument, text)
        return parse_condition(Source(argument, 1, text), text, self.scope)

    def _statements(self, argument: str, text: Any) -> tuple[Statement, ...]:
        if text is None:
            return ()
        _check_text(argument, text)
        statements: list[Statement] = []
        for number, line in enumerate(text.splitlines(), start=1):
            code = line.partition("#")[0]
            statements += parse_statements(Source(argument, number, line), code, self.scope, self.changing)
        return tuple(statements)

    def _refractory(self, value: Any) -> Expression | None:
        if value is None:
            return None
        if isinstance(value, str):
            return parse(Source("refractory", 1, value), value, self.scope)
        return constant(checks.number("refractory", value, low=0))

    def _initial(self, initial: dict[str, Any]) -> dict[str, Expression]:
        for n in initial:
            if n not in self.changing:
                raise checks.unknown("name in initial", n, self.changing)
        scope = replace(self.scope, names={n: name(n) for n in [*self.given, "i"]})
        result = {n: constant(0.0) for n in self.inputs}
        for n in self.changing:
            if n not in initial:
                raise ValueError(f"initial must give the initial value of every variable, it has none of {n!r}")
            value = initial[n]
            if isinstance(value, str):
                result[n] = parse_number(Source(f"initial[{n!r}]", 1, value), value, scope)
            else:
                result[n] = constant(checks.number(f"initial[{n!r}]", value))
            if any(e.op == "flag" for e in walk(result[n])):
                raise ValueError(f"initial[{n!r}] must be made of parameters, not_refractory is none")
        return result

    def check_units(
        self,
        conditions: dict[str, Any],
        statements: dict[str, Any],
        refractory: Any,
        initial: Mapping[str, Any],
        events: Mapping[str, Any],
    ) -> None:
        """Raise where units that are given do not fit."""
        p, known = self.parts, self._dimensions()
        for n, line in p.differential.items():
            check_value(line.source, line.text, known, per_time(known[n]), f"d{n}/dt")
        for n, line in p.named.items():
            check_value(line.source, line.text, known, known[n], n)
        for n, value in initial.items():
            if isinstance(value, str):
                check_value(Source(f"initial[{n!r}]", 1, value), value, known, known[n], n)
        for n, (condition, text) in _pairs(events):
            conditions, statements = {**conditions, f"events[{n!r}]": condition}, {**statements, f"events[{n!r}]": text}
        for argument, text in conditions.items():
            if text is not None:
                check_value(Source(argument, 1, text), text, known, None, argument)
        for argument, text in statements.items():
            for number, line in enumerate((text or "").splitlines(), start=1):
                check_statements(Source(argument, number, line), line.partition("#")[0], known)
        if isinstance(refractory, str):
            check_value(Source("refractory", 1, refractory), refractory, known, TIME, "refractory")

    def _dimensions(self) -> dict[str, Dimension]:
        """Return what is known of the names; conductances and currents of synapses are in units of the leak."""
        p = self.parts
        given = {**p.differential, **p.states, **p.named, **p.parameters}
        known = {n: of_unit(line.unit) for n, line in given.items()}
        xi = {n: noise() for n in noises_written(p.differential.values())}
        units = {n: of_unit(n) for n in self.scope.constants}
        return {**units, **xi, **known}

    def _check_use(self, d: Description) -> None:
        """Raise for a parameter that no text reads: its name may be misspelt."""
        used = self.used | names_in(*d.initial.values())
        for argument, names in (("parameters", [*self.given]), ("inputs", [*self.inputs])):
            for n in names:
                if n not in used:
                    free = sorted(n for n in used if n not in self.changing)
                    raise ValueError(f"{argument} must be used in the model, {n!r} is not; it has the names {free}")


class _Names(Mapping[str, Expression]):
    """The names of a model, of which those of expressions are read when they are first asked for."""

    def __init__(self, reading: _Reading, noise: bool = False) -> None:
        self.reading, self.noise = reading, noise

    def __getitem__(self, wanted: str) -> Expression:
        found = self.reading.name(wanted, self.noise)
        if found is None:
            raise KeyError(wanted)
        return found

    def __contains__(self, wanted: object) -> bool:
        r = self.reading
        return wanted in r.parts.named or wanted in r.names or (self.noise and bool(NOISE.match(str(wanted))))

    def __iter__(self) -> Any:
        return iter([*self.reading.names, *self.reading.parts.named])

    def __len__(self) -> int:
        return len(self.reading.names) + len(self.reading.parts.named)


def _sorted_lines(lines: list[Line]) -> _Parts:
    parts = _Parts()
    seen: dict[str, Line] = {}
    for line in lines:
        check_flags(line)
        if line.name in seen:
            raise line.source.error(f"{line.name} must be defined once, it is in line {seen[line.name].source.line}")
        seen[line.name] = line
        if line.kind == "differential":
            parts.differential[line.name] = line
        elif line.kind == "named":
            parts.named[line.name] = line
        elif "receptor" in line.flags:
            if not line.name.startswith(("I_", "g_")):
                raise line.source.error(
                    f"a receptor must be named I_ (a current) or g_ (a conductance) and the label of its synapses, "
                    f"got {line.name}"
                )
            parts.receptors[line.name] = line
        elif "state" in line.flags:
            parts.states[line.name] = line
        else:
            parts.parameters[line.name] = line
    return parts


def _expressions(d: Description) -> list[Expression]:
    found = [v.rate for v in d.variables if v.rate is not None]
    found += [*d.named.values(), *d.initial.values()]
    found += [e for e in (d.threshold, d.refractory) if e is not None]
    found += [s.value for s in d.reset]
    for event in d.events.values():
        found += [event.condition, *(s.value for s in event.statements)]
    return found


def _check_crossings(d: Description) -> None:
    conditions = [d.threshold, *(e.condition for e in d.events.values())]
    allowed = {e for c in conditions if c is not None for e in walk(c)}
    for e in walk(*_expressions(d)):
        if e.op == "crosses" and e not in allowed:
            raise ValueError(
                "crosses(a, b) must stand in a threshold or the condition of an event, it stands elsewhere"
            )


def _pairs(events: Mapping[str, Any] | None) -> list[tuple[str, tuple[Any, Any]]]:
    result = []
    for n, pair in (events or {}).items():
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"events[{n!r}] must be a pair (condition, statements), got {pair!r}")
        result.append((n, (pair[0], pair[1])))
    return result


def _check_text(argument: str, text: Any) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{argument} must be text, got {text!r}")
