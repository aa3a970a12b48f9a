"""A synaptic kernel as it was written: read, checked, and made into the programs that the engine runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rheobase import _engine, checks
from rheobase.models.equations.connection import OF_NEURON, ConnectionReading, ConnectionText, Kept
from rheobase.models.equations.connection_model import ConnectionModel
from rheobase.models.equations.ends import EndAssembly, changed, for_engine, methods_at, takes_in_linearly
from rheobase.models.equations.expressions import ZERO, Expression, names_in, substituted
from rheobase.models.equations.expressions import name as symbol
from rheobase.models.equations.linear import linear_in
from rheobase.models.equations.printing import printed
from rheobase.models.equations.schemes import State
from rheobase.models.equations.sums import Terms, taken_apart


@dataclass(frozen=True)
class KernelText(ConnectionModel):
    """A synaptic kernel of equations, described as the engine describes its own."""

    method: str
    reversal: float | None
    kind: ClassVar[str] = "synaptic kernel"
    stages: ClassVar[int] = 1

    @property
    def output(self) -> str:
        """What drives the neurons: g, a conductance, or I, a current."""
        known = [*self.text.named, *(v.name for v in self.text.variables)]
        return "g" if "g" in known else "I"

    def arguments(self) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.synapse` gives this model again."""
        return {**self.written("post"), "reversal": self.reversal, "method": self.method}

    def program(self) -> _engine.SynapseProgram:
        """Return the programs that the engine runs."""
        text, gives = self.text, self.given_by_pre()
        names = {b: symbol(f"sum_{k}") for k, b in enumerate(gives)}
        sums = {symbol(n): _summed_up(terms, names) for n, terms in self.terms().items()}
        own = {symbol(v.name) for v in text.at("pre")}
        of_pre = {v: e for v, e in changed(text.on_pre).items() if v in own}
        of_post = {v: e for v, e in changed(text.on_pre).items() if v not in own}
        post = replace(
            text,
            variables=tuple(_with_sums(v, sums) for v in text.variables),
            named={n: substituted(e, sums) for n, e in text.named.items()},
        )
        output = symbol(self.output)
        driving = substituted(output if self.output in text.summed else text.named.get(self.output, output), sums)
        names_of_sums = tuple(n.args[0] for n in names.values())
        at_post = EndAssembly(post, "post", self.method, driving, arrivals=of_post, sums=names_of_sums)
        at_pre = EndAssembly(text, "pre", self.pre_method, gives=tuple(gives), arrivals=of_pre)
        return _engine.SynapseProgram(
            variables=[v.name for v in text.at("post")],
            post=for_engine(at_post.program()),
            pre=for_engine(at_pre.program()),
            sums=len(gives),
            conductance=self.output == "g",
        )

    @property
    def pre_method(self) -> str:
        """The scheme of the variables of pre neurons."""
        return methods_at(self.text, "pre")[0]

    def terms(self) -> dict[str, Terms]:
        """Return each sum over connections as products of what post and pre neurons give, without the weight."""
        found = {}
        of_pre = {v.name for v in self.text.at("pre")}
        of_post = {v.name for v in self.text.at("post")} | set(self.text.summed)
        for n in self.text.summed:
            parts = linear_in(self.text.named[n], symbol("w"))
            terms = None
            if parts is not None and parts[0] is not ZERO and parts[1] is ZERO:
                terms = taken_apart(
                    parts[0],
                    lambda x: x in of_pre or _is_of(x, "pre"),
                    lambda x: x in of_post or _is_of(x, "post"),
                )
            if terms is None:
                raise ValueError(
                    f"{n}, which is summed, must be w times products of what pre and post neurons give, as in "
                    f"w*(V_pre - V_post), got {printed(self.text.named[n])}"
                )
            found[n] = terms
        return found

    def given_by_pre(self) -> list[Expression]:
        """Return what pre neurons give to all sums, each once."""
        return list(dict.fromkeys(b for terms in self.terms().values() for b in terms))


def _with_sums(v: Kept, sums: State) -> Kept:
    return v if v.rate is None else replace(v, rate=substituted(v.rate, sums))


def _is_of(symbol_name: str, end: str) -> bool:
    match = OF_NEURON.match(symbol_name)
    return match is not None and match["end"] == end


def _summed_up(terms: Terms, names: dict[Expression, Expression]) -> Expression:
    total = ZERO
    for b, a in terms.items():
        total = total + a * names[b]
    return total


def kernel_of(
    reading: ConnectionReading,
    *,
    on_pre: str | None,
    initial: Mapping[str, float | str] | None,
    reversal: float | None,
    method: str | None,
) -> KernelText:
    """Return a kernel whose equations have been read."""
    text = reading.read(on_pre, None, initial, ())
    _check_kernel(reading, text, on_pre)
    reading.check_units({"on_pre": on_pre}, initial)
    methods = methods_at(text, "post")
    method = methods[0] if method is None else checks.choice("method", method, methods)
    KernelText(text, method, None).terms()
    kernel = KernelText(text, method, None if reversal is None else checks.number("reversal", reversal))
    if kernel.output == "I" and reversal is not None:
        raise ValueError(f"reversal must be None where equations define I, a current, got {reversal:g}")
    return kernel


def _check_kernel(reading: ConnectionReading, text: ConnectionText, on_pre: str | None) -> None:
    defined = {*text.named, *(v.name for v in text.variables)}
    if len(defined & {"g", "I"}) != 1:
        raise ValueError(
            f"equations must define g, a conductance, or I, a current, they define {sorted(defined) or 'nothing'}"
        )
    pre = {v.name for v in text.at("pre")}
    for target, value in changed(text.on_pre).items():
        if target.args[0] in pre:
            continue
        if text.summed:
            raise ValueError(f"on_pre must change variables of pre neurons where something is summed, got {target}")
        if not takes_in_linearly(value, target):
            raise ValueError(
                f"on_pre must add to {target} what is proportional to w, as in '{target} += w', since spikes that "
                f"arrive in one step are taken in together, got {target} = {printed(value)}"
            )
    _check_sums(reading, text)
    for n, e in [*text.named.items(), *((v.name, v.rate) for v in text.variables if v.rate is not None)]:
        for wanted in sorted(names_in(e)):
            if n in text.summed or n in pre:
                continue
            if wanted == "w" or wanted in pre or _is_of(wanted, "pre"):
                raise reading.error(n, f"{wanted} must not stand here: it differs from synapse to synapse")


def _check_sums(reading: ConnectionReading, text: ConnectionText) -> None:
    """Raise unless what is kept for pre neurons knows nothing of synapses, and enters sums alone."""
    pre = {v.name for v in text.at("pre")}
    if pre and not text.summed:
        raise reading.error(min(pre), "a variable of pre neurons must enter a sum, flagged as (summed)")
    rates = {v.name: v.rate for v in text.at("pre") if v.rate is not None}
    changes = {str(v): e for v, e in changed(text.on_pre).items() if str(v) in pre}
    for n, e in [*rates.items(), *changes.items()]:
        for wanted in sorted(names_in(e)):
            if wanted == "w" or _is_of(wanted, "post") or wanted in text.summed or wanted in _names_at(text, "post"):
                raise reading.error(n, f"{n} is kept for pre neurons and must not depend on {wanted}")


def _names_at(text: ConnectionText, place: str) -> set[str]:
    return {v.name for v in text.at(place)}
