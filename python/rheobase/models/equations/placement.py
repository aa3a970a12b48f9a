"""Where variables of connections are kept: once for each neuron at one end, where no synapse knows of them."""

from dataclasses import replace

from rheobase.models.equations.connection import ConnectionText, Kept
from rheobase.models.equations.ends import changed
from rheobase.models.equations.expressions import Expression, name, names_in, walk


def kept_once(text: ConnectionText, fixed: set[str]) -> ConnectionText:
    """Return the model with variables of synapses moved to an end, where all synapses of a neuron agree in them.

    Such a variable is changed by spikes of one end alone, and depends on parameters and its like. Those in `fixed`
    stay.
    """
    for end, other in (("pre", text.on_post), ("post", text.on_pre)):
        own = text.on_pre if end == "pre" else text.on_post
        elsewhere = {s.target for s in other}
        moved = {v.name for v in text.at("synapse") if v.name not in elsewhere and v.name not in fixed}
        moved = {n for n in moved if any(s.target == n for s in own)}
        moved = {n for n in moved if not any(s.target == n and is_random(s.value) for s in own)}
        known = {p.name for p in text.parameters} | {v.name for v in text.at(end)} | {"dt", "t"}
        while True:
            bad = {n for n in moved if not _sources(text, n, changed(own).get(name(n))) <= known | moved}
            if not bad:
                break
            moved -= bad
        text = replace(text, variables=tuple(_at(v, end) if v.name in moved else v for v in text.variables))
    return text


def is_random(e: Expression) -> bool:
    """Return whether an expression draws random numbers: each synapse draws its own."""
    return any(part.op in ("draw_uniform", "draw_normal") for part in walk(e))


def _sources(text: ConnectionText, wanted: str, change: Expression | None) -> set[str]:
    rate = next(v.rate for v in text.variables if v.name == wanted)
    return names_in(*(e for e in (rate, change) if e is not None))


def _at(v: Kept, end: str) -> Kept:
    return replace(v, place=end)
