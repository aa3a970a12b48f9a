"""The lines of a model: differential equations, named expressions, and declarations of parameters and inputs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rheobase import checks
from rheobase.models.equations.bounds import WORDS, word_in
from rheobase.models.equations.errors import Source

_DIFFERENTIAL = re.compile(r"\s*d(?P<name>[A-Za-z_]\w*)\s*/\s*dt\s*=(?P<value>.*)", re.DOTALL)
_NAMED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=(?!=)(?P<value>.*)", re.DOTALL)
_DECLARED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*(?=:)", re.DOTALL)
_FLAGS = re.compile(r"^(?P<unit>.*?)\((?P<flags>[A-Za-z ,-]*)\)\s*$", re.DOTALL)

#: What may stand in brackets behind each kind of line of a neuron.
FLAGS = {
    "differential": ("unless refractory", "delta"),
    "named": (),
    "declared": ("receptor", "state", *WORDS),
}


@dataclass(frozen=True)
class Line:
    """One line of a model, taken apart but not yet read."""

    kind: str  #: a key of FLAGS
    name: str
    text: str  #: of the expression; empty for a declaration
    unit: str
    doc: str
    flags: tuple[str, ...]
    source: Source  #: begins where the expression does


def read_lines(argument: str, text: str) -> list[Line]:
    """Return the lines of a model; brackets that are open carry a line on."""
    lines: list[Line] = []
    pending, doc, first = "", "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        code, _, comment = raw.partition("#")
        if not pending:
            first = number
        doc = comment.strip() or doc
        pending = f"{pending} {code.strip()}" if pending else code.rstrip()
        if pending.count("(") > pending.count(")") or pending.endswith("\\"):
            pending = pending.rstrip("\\")
            continue
        if pending.strip():
            lines.append(_line(Source(argument, first, pending), doc))
        pending, doc = "", ""
    if pending.strip():
        raise Source(argument, first, pending).error("brackets must be closed", pending.index("("))
    if not lines:
        raise ValueError(f"{argument} must hold at least one line such as 'dV/dt = -V/tau', got nothing")
    return lines


def _line(source: Source, doc: str) -> Line:
    text = source.text
    for kind, pattern in (("differential", _DIFFERENTIAL), ("named", _NAMED), ("declared", _DECLARED)):
        match = pattern.match(text)
        if match is None:
            continue
        value, unit, flags = _parted(source, text[match.end("name") if kind == "declared" else match.start("value") :])
        start = match.start("value") if kind != "declared" else match.start("name")
        return Line(kind, match["name"], value, unit, doc, flags, source.part(start))
    raise source.error(
        "a line must be a differential equation (dx/dt = ...), a name for one (x = ...) or a declaration (x : unit)",
        len(text) - len(text.lstrip()),
    )


def written(text: str, unit: str, flags: str, doc: str) -> str:
    """Return a line as canonical text; what has no unit is written without one."""
    behind = " ".join([*([unit] if unit else []), *([f"({flags})"] if flags else [])])
    colon = f" : {behind}" if behind else "" if "=" in text else " :"
    return f"{text}{colon}{f'  # {doc}' if doc else ''}"


def check_flags(line: Line, flags: Mapping[str, tuple[str, ...]] = FLAGS) -> None:
    """Raise for a flag that means nothing behind such a line."""
    for flag in line.flags:
        if flag not in flags[line.kind]:
            source = line.source.part(line.source.text.rindex("("))
            known = flags[line.kind]
            message = str(checks.unknown("flag", flag, known)) if known else f"flags must not stand here, got {flag!r}"
            raise source.error(message)
    word = word_in(line.flags)
    if word and len(line.flags) > 1:
        raise line.source.error(f"{word} must stand alone behind a parameter, got {', '.join(line.flags)}")


def _parted(source: Source, text: str) -> tuple[str, str, tuple[str, ...]]:
    """Return an expression, its unit and its flags."""
    at = _colon(text)
    if at is None:
        return text, "", ()
    value, rest = text[:at], text[at + 1 :]
    if rest.startswith("="):
        raise source.error("':=' is no part of the grammar of equations", source.text.rindex(":="))
    match = _FLAGS.match(rest.strip())
    if match is None:
        return value, rest.strip(), ()
    flags = tuple(" ".join(flag.split()) for flag in match["flags"].split(",") if flag.strip())
    return value, match["unit"].strip(), flags


def _colon(text: str) -> int | None:
    """Return where the unit begins: at the first colon outside brackets."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == ":" and depth == 0:
            return at
    return None
