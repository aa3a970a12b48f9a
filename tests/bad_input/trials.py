"""One argument of a good call replaced by a bad value: what there is to try, and how it goes."""

import resource
from contextlib import contextmanager
from pathlib import Path

from bad_values import complaint, harmless, replacements
from callables import deep_copy

#: Memory (bytes) a call may take beyond what the process has.
MEMORY = 3 << 30


def trials(callables):
    """Yield (callable, parameter, kind of value, value) for everything that there is to try."""
    for _, one in sorted(callables.items()):
        if not one.found:
            continue
        for parameter in one.parameters():
            if parameter.name in one.arguments and parameter.kind not in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                values = replacements() | harmless(one.arguments[parameter.name])
                yield from ((one, parameter, kind, value) for kind, value in values.items())


def try_one(one, parameter, kind, value):
    """Call with one argument replaced; return what is wrong with how it went, or None."""
    if value is None and parameter.default is None:
        return None
    own, arguments = deep_copy((one.bound_to, one.arguments))
    arguments = arguments | {parameter.name: value}  # not in place: what cannot be copied is the original
    copied = type(one)(one.name, one.module, one.owner, one.function, one.code, bound_to=own)
    problem = complaint(lambda: copied.call(arguments), _shown_name(one, parameter))
    if problem is None or kind not in ("read-only", "strided"):
        return problem
    return f"refuses a {kind} array: {problem}"


def _shown_name(one, parameter):
    """Return the name that messages must say: for ``population["V"] = value`` it is the variable's."""
    setting = one.name.endswith(("__setitem__", ".replaced")) and parameter.name == "value"
    return next(iter(one.arguments.values())) if setting else parameter.name


@contextmanager
def limited_memory():
    """Let an absurd array fail at once instead of filling the machine."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
