"""Replace the arguments of every public callable by bad values, one at a time, and print what goes wrong.

python tests/bad_input/search_offenders.py [part of a name ...]

What stands in `allowed.py` is no offence; of a whole search, entries there that nothing needs are printed, too.
"""

import inspect
import os
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from allowed import ALLOWED, entry
from bad_values import complaint, harmless, replacements
from callables import collect_calls, deep_copy, public_callables

#: Memory a call may take beyond what the process has.
MEMORY = 3 << 30


def offenders(callables, chosen=lambda name: True):
    """Yield (callable, argument, kind of value, complaint or None) for everything that is tried."""
    for name, one in sorted(callables.items()):
        if not one.found or not chosen(name):
            continue
        for parameter in one.parameters():
            if parameter.name not in one.arguments or parameter.kind in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                continue
            good = one.arguments[parameter.name]
            values = replacements() | harmless(good)
            for kind, value in values.items():
                problem = try_one(one, parameter, kind, value)
                yield name, parameter.name, kind, problem


def try_one(one, parameter, kind, value):
    if value is None and parameter.default is None:
        return None
    own, arguments = deep_copy((one.bound_to, one.arguments))
    arguments = arguments | {parameter.name: value}  # not in place: what cannot be copied is the original
    copied = type(one)(one.name, one.owner, one.function, one.code, bound_to=own)
    problem = complaint(lambda: copied.call(arguments), shown_name(one, parameter))
    if problem is None or kind not in ("read-only", "strided"):
        return problem
    return f"refuses a {kind} array: {problem}"


def shown_name(one, parameter):
    """Return the name that messages must say: for ``population["V"] = value`` it is the variable's."""
    setting = one.name.endswith("__setitem__") and parameter.name == "value"
    return one.arguments["variable"] if setting else parameter.name


def limit_memory():
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))


def main(parts):
    os.chdir(tempfile.mkdtemp())
    os.environ["TQDM_DISABLE"] = "1"
    import matplotlib

    matplotlib.use("Agg")
    callables = public_callables()
    for name, failure in collect_calls(callables).items():
        print(f"example of {name} fails: {failure}")
    print("no example calls:", ", ".join(n for n, c in callables.items() if not c.found))
    limit_memory()
    tried, wrong, needed = Counter(), Counter(), set()
    for name, argument, kind, problem in offenders(callables, lambda n: not parts or any(p in n for p in parts)):
        module = name.split(".")[1]
        tried[module] += 1
        excuse = entry(name, argument, kind) if problem else None
        needed.add(excuse)
        if problem and not excuse:
            wrong[module] += 1
            print(f"{name}({argument}={kind}): {problem}", flush=True)
        if inspect.isclass(callables[name].owner) or "plot" in name:
            import matplotlib.pyplot as plt

            plt.close("all")
    if not parts:
        for one in ALLOWED:
            if one not in needed:
                print("no longer needed:", one)
    print({m: (tried[m], wrong[m]) for m in tried}, sum(tried.values()), sum(wrong.values()))


if __name__ == "__main__":
    # What is too small for a float is 0: that is no fault.
    np.seterr(all="warn", under="ignore")
    main(sys.argv[1:])
