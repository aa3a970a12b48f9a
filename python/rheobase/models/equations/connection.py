"""What is written about connections: variables at either end and of each synapse, and what spikes do to them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rheobase import checks
from rheobase.models.equations.block import Line, check_flags, read_lines, written
from rheobase.models.equations.bounds import WORDS
from rheobase.models.equations.description import Parameter, parameter_of
from rheobase.models.equations.dimensions import check_statements, check_value, noise, of_unit, per_time
from rheobase.models.equations.errors import Source
from rheobase.models.equations.expressions import Expression, constant, name, names_in, walk
from rheobase.models.equations.grammar import Scope, Statement, parse, parse_number, parse_statements
from rheobase.models.equations.meanings import Meanings
from rheobase.models.equations.noise_terms import NOISE, noises_in, noises_written, rate_of
from rheobase.models.equations.printing import printed

#: Names that text about connections cannot give to anything else.
RESERVED = ("t", "dt", "i", "w", "arrival", "reversal", "label", "norm")
#: Variables of the neurons at either end, such as V_post.
OF_NEURON = re.compile(r"(?P<variable>\w+)_(?P<end>pre|post)$")
#: What may stand in brackets behind each kind of line.
FLAGS = {"differential": ("pre", "post"), "named": ("summed",), "declared": ("pre", "post", "state", *WORDS)}


@dataclass(frozen=True)
class Kept:
    """A variable that is kept for each neuron at one end, or for each synapse; None as its rate: spikes change it."""

    name: str
    unit: str
    doc: str
    rate: Expression | None
    place: str  #: pre, post or synapse


@dataclass(frozen=True)
class ConnectionText:
    """A model of connections; see `rb.synapse` and `rb.plasticity` for what its parts mean."""

    name: str
    variables: tuple[Kept, ...]
    parameters: tuple[Parameter, ...]
    named: Mapping[str, Expression]
    summed: tuple[str, ...]  #: named expressions that are added up over the connections of a neuron
    on_pre: tuple[Statement, ...]
    on_post: tuple[Statement, ...]
    initial: Mapping[str, Expression]
    units: Mapping[str, str] = field(default_factory=dict)

    def at(self, place: str) -> list[Kept]:
        """Return the variables of one place."""
        return [v for v in self.variables if v.place == place]

    @property
    def noises(self) -> list[str]:
        """Names of the noise terms."""
        return noises_in(*(v.rate for v in self.variables if v.rate is not None))

    def equations(self, own: str) -> str:
        """Return the equations as canonical text; `own` is the place of variables without a flag."""
        lines = [written(p.name, p.unit, p.bounds, p.doc) for p in self.parameters]
        for n, e in self.named.items():
            lines.append(
                written(f"{n} = {printed(e)}", self.units.get(n, ""), "summed" if n in self.summed else "", "")
            )
        for v in self.variables:
            place = "" if v.place == own else v.place
            if v.rate is None:
                lines.append(written(v.name, v.unit, ", ".join(filter(None, [place, "state"])), v.doc))
            else:
                lines.append(written(f"d{v.name}/dt = {printed(v.rate)}", v.unit, place, v.doc))
        return "\n".join(lines)

    def statements(self, argument: str) -> str | None:
        """Return what spikes do as canonical text."""
        statements = self.on_pre if argument == "on_pre" else self.on_post
        return "; ".join(f"{s.target} = {printed(s.value)}" for s in statements) or None


class ConnectionReading:
    """Reads text about connections, whose parts share their names."""

    def __init__(
        self,
        model: str,
        equations: str,
        parameters: Mapping[str, Any] | None,
        own: str,
        functions: Mapping[str, Callable[..., Any]] | None,
        implied: Mapping[str, float] | None = None,
    ) -> None:
        if not isinstance(model, str) or not model.isidentifier():
            raise ValueError(f"name must be a name such as 'MySynapse', got {model!r}")
        if not isinstance(equations, str):
            raise TypeError(f"equations must be text, got {equations!r}")
        self.model, self.own = model, own
        numbers = checks.mapping("parameters", parameters)
        self.given = {n: checks.number(f"parameters[{n!r}]", value) for n, value in numbers.items()}
        self.lines: dict[str, Line] = {}
        for line in read_lines("equations", equations) if equations.strip() else []:
            self._take(line)
        self.kept = [n for n, line in self.lines.items() if line.kind == "differential" or self._is_state(line)]
        self._check_names()
        self.meanings = Meanings()
        self.used = {n for n, line in self.lines.items() if line.kind == "declared"} | set(implied or ())
        self.names = {n: name(n) for n in [*self.kept, *self.given, "t", "dt", "i", "w"]}
        self.scope = Scope(_Names(self), checks.mapping("functions", functions))

    def _is_state(self, line: Line) -> bool:
        return line.kind == "declared" and bool({"state", "pre", "post"} & set(line.flags))

    def _take(self, line: Line) -> None:
        check_flags(line, FLAGS)
        if line.name in self.lines:
            first = self.lines[line.name].source.line
            raise line.source.error(f"{line.name} must be defined once, it is in line {first}")
        if {"pre", "post"} <= set(line.flags):
            raise line.source.error(f"{line.name} must be kept at one end, got pre and post")
        self.lines[line.name] = line

    def _check_names(self) -> None:
        for n, line in self.lines.items():
            if n in RESERVED or NOISE.match(n) or OF_NEURON.match(n):
                raise line.source.error(f"{n} must not be defined: it means something else in equations")
            declares = line.kind == "declared" and not self._is_state(line)
            if declares and n not in self.given:
                raise line.source.error(f"parameter {n} must have a value in parameters, which has {list(self.given)}")
            if not declares and n in self.given:
                raise line.source.error(f"{n} must have one meaning: it is in parameters as well")
        for n in self.given:
            if n in RESERVED or not n.isidentifier() or OF_NEURON.match(n):
                raise ValueError(f"parameters must not hold the name {n!r}, which means something else in equations")

    def find(self, wanted: str) -> Expression | None:
        """Return what a name means, or None."""
        self.used.add(wanted)
        if wanted in self.lines and self.lines[wanted].kind == "named":
            return self._named(wanted)
        if wanted not in self.names and (NOISE.match(wanted) or OF_NEURON.match(wanted)):
            return name(wanted)
        return self.names.get(wanted)

    def _named(self, wanted: str) -> Expression:
        line = self.lines[wanted]
        meant = self.meanings.find(wanted, line, lambda line: parse_number(line.source, line.text, self.scope))
        return name(wanted) if "summed" in line.flags else meant

    def read(
        self, on_pre: Any, on_post: Any, initial: Mapping[str, Any] | None, targets: tuple[str, ...]
    ) -> ConnectionText:
        """Return the model; statements may assign to `targets` beside the variables."""
        variables = tuple(self._variable(self.lines[n]) for n in self.kept)
        named = [n for n, line in self.lines.items() if line.kind == "named"]
        for n in named:
            self._named(n)
        text = ConnectionText(
            self.model,
            variables,
            self._parameters(),
            {n: self.meanings.known[n] for n in named},
            tuple(n for n in named if "summed" in self.lines[n].flags),
            self.statements("on_pre", on_pre, targets),
            self.statements("on_post", on_post, tuple(t for t in targets if t != "arrival")),
            self._initial(initial),
            {n: self.lines[n].unit for n in named},
        )
        self._check_use(text)
        return text

    def error(self, line_of: str, message: str) -> Exception:
        """Return an error that shows the line of a name."""
        return self.lines[line_of].source.error(message)

    def _variable(self, line: Line) -> Kept:
        place = next((flag for flag in line.flags if flag in ("pre", "post")), self.own)
        if line.kind == "declared":
            return Kept(line.name, line.unit, line.doc, None, place)
        return Kept(line.name, line.unit, line.doc, rate_of(line, self.scope), place)

    def _parameters(self) -> tuple[Parameter, ...]:
        return tuple(parameter_of(n, value, self.lines.get(n)) for n, value in self.given.items())

    def statements(self, argument: str, text: Any, targets: tuple[str, ...]) -> tuple[Statement, ...]:
        """Return what a text assigns; it may assign to `targets` beside the variables."""
        if text is None:
            return ()
        if not isinstance(text, str):
            raise TypeError(f"{argument} must be text, got {text!r}")
        scope = replace(self.scope, names=_Names(self, {"arrival": name("arrival")} if "arrival" in targets else {}))
        statements: list[Statement] = []
        for number, line in enumerate(text.splitlines(), start=1):
            source = Source(argument, number, line)
            statements += parse_statements(source, line.partition("#")[0], scope, [*self.kept, *targets])
        return tuple(statements)

    def _initial(self, initial: Mapping[str, Any] | None) -> dict[str, Expression]:
        given = checks.mapping("initial", initial)
        for n in given:
            if n not in self.kept:
                raise checks.unknown("name in initial", n, self.kept)
        scope = Scope({n: name(n) for n in self.given})
        result = {}
        for n in self.kept:
            value = given.get(n, 0.0)
            if isinstance(value, str):
                result[n] = parse(Source(f"initial[{n!r}]", 1, value), value, scope)
                if any(e.op in ("draw_uniform", "draw_normal", "flag") for e in walk(result[n])):
                    raise ValueError(f"initial[{n!r}] must be made of parameters, got {value!r}")
            else:
                result[n] = constant(checks.number(f"initial[{n!r}]", value))
        return result

    def check_units(self, statements: Mapping[str, str | None], initial: Mapping[str, Any] | None) -> None:
        """Raise where units that are given do not fit; weights and variables of neurons fit anywhere."""
        known = {n: of_unit(line.unit) for n, line in self.lines.items()}
        xi = {n: noise() for n in noises_written(self.lines.values())}
        known = {**xi, **known}
        for n, line in self.lines.items():
            if line.kind != "declared":
                wanted, what = (per_time(known[n]), f"d{n}/dt") if line.kind == "differential" else (known[n], n)
                check_value(line.source, line.text, known, wanted, what)
        for n, value in (initial or {}).items():
            if isinstance(value, str):
                check_value(Source(f"initial[{n!r}]", 1, value), value, known, known[n], n)
        for argument, text in statements.items():
            for number, code in enumerate((text or "").splitlines(), start=1):
                check_statements(Source(argument, number, code), code.partition("#")[0], known)

    def _check_use(self, text: ConnectionText) -> None:
        used = self.used | names_in(*text.initial.values())
        for n in self.given:
            if n not in used:
                raise ValueError(f"parameters must be used in the model, {n!r} is not; it has the names {sorted(used)}")


class _Names(Mapping[str, Expression]):
    """The names of a model, of which those of expressions are read when they are first asked for."""

    def __init__(self, reading: ConnectionReading, more: Mapping[str, Expression] | None = None) -> None:
        self.reading, self.more = reading, more or {}

    def __getitem__(self, wanted: str) -> Expression:
        found = self.more[wanted] if wanted in self.more else self.reading.find(wanted)
        if found is None:
            raise KeyError(wanted)
        return found

    def __contains__(self, wanted: object) -> bool:
        r, text = self.reading, str(wanted)
        known = wanted in self.more or wanted in r.names or (wanted in r.lines and r.lines[text].kind == "named")
        return known or bool(NOISE.match(text) or OF_NEURON.match(text))

    def __iter__(self) -> Iterator[str]:
        r = self.reading
        return iter([*r.names, *self.more, *(n for n, line in r.lines.items() if line.kind == "named")])

    def __len__(self) -> int:
        return len(list(iter(self)))
