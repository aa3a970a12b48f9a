"""Replace the arguments of every public callable by bad values, one at a time, and print what goes wrong.

python tests/bad_input/search_offenders.py [part of a name ...]

What stands in `allowed.py` is no offence; of a whole search, entries there that nothing needs are printed, too.
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for docstring_examples

from allowed import ALLOWED, SKIPPED, entry
from callables import collect_calls, public_callables
from trials import limited_memory, trials, try_one


def main(parts):
    os.chdir(tempfile.mkdtemp())
    os.environ["TQDM_DISABLE"] = "1"
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    callables = public_callables()
    for name, wrong in collect_calls(callables).items():
        if wrong:
            print(f"example of {name} fails: {wrong}")
    print("skipped:", ", ".join(n for n, c in callables.items() if not c.found and n not in SKIPPED) or "none")
    chosen = {name: one for name, one in callables.items() if not parts or any(part in name for part in parts)}
    tried, stumbled, needed = Counter(), Counter(), set()
    with limited_memory():
        for one, parameter, kind, value in trials(chosen):
            problem = try_one(one, parameter, kind, value)
            excuse = entry(one.name, parameter.name, kind) if problem else None
            tried[one.module] += 1
            needed.add(excuse)
            if problem and not excuse:
                stumbled[one.module] += 1
                print(f"{one.name}({parameter.name}={kind}): {problem}", flush=True)
            plt.close("all")
    if not parts:
        for one in ALLOWED:
            if one not in needed:
                print("no longer needed:", one)
    print({m: (tried[m], stumbled[m]) for m in tried}, sum(tried.values()), sum(stumbled.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
