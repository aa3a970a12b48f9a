"""A plasticity rule as it was written: read, checked, and made into the programs that the engine runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rheobase import _engine, checks
from rheobase.models.equations.connection import OF_NEURON, ConnectionReading, ConnectionText
from rheobase.models.equations.connection_model import ConnectionModel
from rheobase.models.equations.ends import EndAssembly, for_engine, methods_at, system_at
from rheobase.models.equations.expressions import Expression, name, names_in, substituted, walk
from rheobase.models.equations.grammar import Statement
from rheobase.models.equations.lowering import Leaf, Lowering, Preparation, Program
from rheobase.models.equations.placement import is_random, kept_once
from rheobase.models.equations.printing import printed
from rheobase.models.equations.schemes import DT, State, coefficients, exact

ELAPSED = name("elapsed")


@dataclass(frozen=True)
class RuleText(ConnectionModel):
    """A plasticity rule of equations, described as the engine describes its own."""

    placed: ConnectionText  #: with variables where they are kept
    on_clock: tuple[Statement, ...]
    every: float | None  #: ms; None: each step
    kind: ClassVar[str] = "plasticity rule"

    @property
    def variables(self) -> list[str]:
        """Names of what each synapse has beside its weight."""
        return [v.name for v in self.placed.at("synapse")]

    @property
    def states(self) -> list[str]:
        """Names of what each synapse has that nothing changes once it is set: arguments of the class."""
        constant = set_once(self.placed, self.on_clock)
        return [v.name for v in self.placed.at("synapse") if v.name in constant]

    def arguments(self) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.plasticity` gives this model again."""
        clock = "; ".join(f"{s.target} = {printed(s.value)}" for s in self.on_clock)
        statements = {"on_post": self.text.statements("on_post"), "on_clock": clock or None}
        return {**self.written("synapse"), **statements, "every": self.every}

    def up_to_date(self) -> State:
        """Return the variables of a synapse as they are when time has elapsed, exactly."""
        system = system_at(self.placed, "synapse", set_once(self.placed, self.on_clock))
        if not system.rates:
            return {}
        return {v: substituted(e, {DT: ELAPSED}) for v, e in exact(system).items()}

    def program(self, dt: float) -> _engine.PlasticityProgram:
        """Return the programs that the engine runs."""
        if self.every is None:
            return _Assembly(self).program(every=int(bool(self.on_clock)))
        return _Assembly(self).program(checks.steps("every", self.every, dt, low=1))


@dataclass
class _Assembly:
    """Makes the programs of a rule."""

    rule: RuleText
    preparation: Preparation = field(default_factory=Preparation)
    of_neurons: dict[str, list[str]] = field(default_factory=lambda: {"pre": [], "post": []})
    reads: list[tuple[str, int]] = field(default_factory=list)
    draws: dict[Expression, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.text = self.rule.placed
        self.parameters = {p.name: k for k, p in enumerate(text.parameters)}
        self.own = {"w": 0, **{v.name: k + 1 for k, v in enumerate(text.at("synapse"))}}
        self.ends = {v.name: (end, k) for end in ("pre", "post") for k, v in enumerate(text.at(end))}

    def leaf(self, symbol: str) -> Leaf:
        if symbol in self.parameters:
            return "parameter", self.parameters[symbol], 0.0
        if symbol in self.own:
            return "state", self.own[symbol], 0.0
        if symbol in ("t", "dt"):
            return {"t": "time", "dt": "dt"}[symbol], 0, 0.0
        if symbol == "elapsed":
            return self._read("elapsed", 0)
        if symbol in self.ends:
            return self._read(*self.ends[symbol])
        match = OF_NEURON.match(symbol)
        assert match is not None
        known = self.of_neurons[match["end"]]
        if match["variable"] not in known:
            known.append(match["variable"])
        return self._read(f"{match['end']}_neuron", known.index(match["variable"]))

    def _read(self, kind: str, index: int) -> Leaf:
        if (kind, index) not in self.reads:
            self.reads.append((kind, index))
        return "of_neuron", self.reads.index((kind, index)), 0.0

    def _lowered(self, outputs: list[tuple[str, int, Expression]], prepared: bool = True) -> Program:
        preparation = self.preparation if prepared else None
        return Lowering(self.leaf, preparation, lambda e: self.draws.setdefault(e, len(self.draws))).program(outputs)

    def _after(self, statements: tuple[Statement, ...], learning: bool) -> State:
        """Return what statements make of all that they assign to, variables brought up to date before."""
        values = dict(self.rule.up_to_date())
        for s in statements:
            if learning or s.target != "w":
                values[name(s.target)] = substituted(s.value, values)
        return values

    def _event(self, statements: tuple[Statement, ...], learning: bool = True, delivers: bool = False) -> Program:
        brought = name("arrival")
        if not delivers and not any(s.target in self.own or name(s.target) is brought for s in statements):
            return self._lowered([])  # nothing of the synapses changes
        values = self._after(statements, learning)
        outputs = [("state", self.own[v.args[0]], e) for v, e in values.items() if v.args[0] in self.own]
        if delivers or brought in values:
            outputs.append(("driving", 0, values.get(brought, values.get(name("w"), name("w")))))
        return self._lowered(outputs)

    def _kept_going(self, clock: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """Return what a clock does where weights do not learn: it brings what it brings, and all else rests."""
        return clock if any(s.target == "arrival" for s in clock) else ()

    def _end(self, end: str, statements: tuple[Statement, ...]) -> Any:
        known = {name(v.name) for v in self.text.at(end)}
        arrivals = {v: e for v, e in self._after(statements, True).items() if v in known}
        return for_engine(EndAssembly(self.text, end, methods_at(self.text, end)[0], arrivals=arrivals).program())

    def program(self, every: int) -> _engine.PlasticityProgram:
        text, clock = self.text, self.rule.on_clock
        parts = {
            "on_pre": self._event(text.on_pre, delivers=True),
            "on_pre_frozen": self._event(text.on_pre, learning=False, delivers=True),
            "on_post": self._event(text.on_post),
            "on_post_frozen": self._event(text.on_post, learning=False),
            "on_clock": self._event(clock),
            "on_clock_frozen": self._event(self._kept_going(clock), learning=False),
            "observe": self._lowered([("state", self.own[v.args[0]], e) for v, e in self.rule.up_to_date().items()]),
            "start": self._lowered([("state", k, text.initial[n]) for n, k in self.own.items() if n != "w"]),
        }
        prepare = self._lowered([("prepared", k, e) for e, k in self.preparation.expressions.items()], prepared=False)
        return _engine.PlasticityProgram(
            variables=[v.name for v in text.at("synapse")],
            of_pre=self.of_neurons["pre"],
            of_post=self.of_neurons["post"],
            reads=self.reads,
            pre=self._end("pre", text.on_pre),
            post=self._end("post", text.on_post),
            prepare=_made(prepare),
            **{part: _made(program) for part, program in parts.items()},
            prepared_count=len(self.preparation.expressions),
            every=every,
        )


def _made(program: Program) -> _engine.Program:
    return _engine.Program(program.leaves, program.code, program.outputs)


def rule_of(
    reading: ConnectionReading,
    *,
    on_pre: str | None,
    on_post: str | None,
    on_clock: str | None,
    every: float | None,
    initial: Mapping[str, float | str] | None,
) -> RuleText:
    """Return a rule whose equations have been read."""
    if on_clock is None and every is not None:
        raise ValueError(f"every must be given with on_clock alone, got {every!r}")
    clock = reading.statements("on_clock", on_clock, ("w", "arrival"))
    text = reading.read(on_pre, on_post, initial, ("w", "arrival"))
    if on_pre is None and on_post is None and on_clock is None:
        raise ValueError("on_pre, on_post or on_clock must say what changes, got none of them")
    _check_text(reading, text, clock)
    reading.check_units({"on_pre": on_pre, "on_post": on_post, "on_clock": on_clock}, initial)
    placed = kept_once(text, {s.target for s in clock})
    _check_ends(reading, placed, clock)
    interval = None if every is None else checks.number("every", every, above=0)
    return RuleText(text, placed, clock, interval)


def _check_text(reading: ConnectionReading, text: ConnectionText, clock: tuple[Statement, ...]) -> None:
    if text.summed:
        raise reading.error(text.summed[0], "summed must stand in a synapse, see rb.synapse")
    for v in text.variables:
        if v.rate is not None and is_random(v.rate):
            raise reading.error(v.name, f"d{v.name}/dt must not be random in plasticity; statements may draw numbers")
        for wanted in sorted(names_in(*([] if v.rate is None else [v.rate]))):
            ends = OF_NEURON.match(wanted)
            if wanted.startswith("xi") and wanted not in reading.names:
                raise reading.error(v.name, f"noise must not enter plasticity, got {wanted}")
            if wanted in ("w", "i") or (ends is not None and (ends["end"] == "pre" or v.place != "post")):
                raise reading.error(v.name, f"{wanted} must not stand in an equation of plasticity at this place")
    for s in (*text.on_pre, *text.on_post, *clock):
        shown = f"{s.target} = {printed(s.value)}"
        for part in walk(s.value):
            symbol = part.args[0] if part.op == "name" else ""
            if part.op == "flag" or symbol == "i":
                raise ValueError(f"statements of plasticity must not read {symbol or part.args[0]}, got {shown}")
    for statements in (text.on_pre, clock):
        for k, s in enumerate(statements):
            if "arrival" in names_in(s.value) and all(o.target != "arrival" for o in statements[:k]):
                raise ValueError("arrival must be assigned to before it is read")


def _check_ends(reading: ConnectionReading, text: ConnectionText, clock: tuple[Statement, ...]) -> None:
    """Raise unless variables at the ends know nothing of synapses, and those of synapses are solved exactly."""
    place = {v.name: v.place for v in text.variables}
    for argument, statements in (("on_pre", text.on_pre), ("on_post", text.on_post), ("on_clock", clock)):
        for s in statements:
            end = argument.removeprefix("on_")
            if place.get(s.target, "synapse") not in ("synapse", end):
                raise ValueError(f"{argument} must not change {s.target}, which is kept for {place[s.target]} neurons")
            if place.get(s.target) != end:
                continue
            for wanted in sorted(names_in(s.value)):
                if wanted == "w" or place.get(wanted, end) != end or OF_NEURON.match(wanted):
                    raise ValueError(f"{s.target} is kept for {end} neurons and must not depend on {wanted}")
    for v in text.variables:
        if v.rate is None:
            continue
        for wanted in sorted(names_in(v.rate)):
            if place.get(wanted, v.place) != v.place:
                raise reading.error(v.name, f"{v.name} must not depend on {wanted}, which is kept elsewhere")
    constant = set_once(text, clock)
    system = system_at(text, "synapse", constant)
    matrix = coefficients(system) if system.rates else []
    known = {p.name for p in text.parameters} | constant
    if matrix is None or not names_in(*(a for row in matrix for a in row)) <= known:
        raise reading.error(
            next(iter(system.rates)).args[0],
            "variables of synapses must follow linear equations with constant coefficients: they move when spikes come",
        )


def set_once(text: ConnectionText, clock: tuple[Statement, ...]) -> set[str]:
    """Return the variables of synapses that nothing changes once they are set."""
    assigned = {s.target for s in (*text.on_pre, *text.on_post, *clock)}
    return {v.name for v in text.at("synapse") if v.rate is None and v.name not in assigned}
