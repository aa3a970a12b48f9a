"""No public call stumbles over a bad value: it takes it or refuses it by name, unless `allowed.py` says why not.

Each argument of each callable meets one kind of bad value in five, another one for every argument. The rest is for

python tests/bad_input/search_offenders.py
"""

import zlib
from fnmatch import fnmatchcase

import matplotlib.pyplot as plt
import pytest
from allowed import ALLOWED, SKIPPED, entry
from callables import collect_calls, public_callables
from docstring_examples import MODULES
from trials import limited_memory, trials, try_one

#: One kind of value in so many is tried per argument.
SHARE = 5


def _chosen(name, argument, kind):
    """Choose a share of the kinds that is the same in every run, and another one for every argument."""
    return zlib.crc32(f"{name}.{argument}.{kind}".encode()) % SHARE == 0


@pytest.mark.slow
@pytest.mark.parametrize("module", [*MODULES, "rheobase.network"])
def test_no_bad_value_makes_a_call_stumble(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    callables = {name: one for name, one in public_callables().items() if one.module == module}
    assert callables
    collect_calls(callables, [module])
    assert [name for name, one in callables.items() if not one.found and name not in SKIPPED] == []
    tried, found = 0, []
    with limited_memory():
        for one, parameter, kind, value in trials(callables):
            if not _chosen(one.name, parameter.name, kind):
                continue
            tried += 1
            problem = try_one(one, parameter, kind, value)
            if problem and not entry(one.name, parameter.name, kind):
                found.append(f"{one.name}({parameter.name}={kind}): {problem}")
            plt.close("all")
    assert tried
    assert not found, "\n".join(found)


def test_every_callable_that_is_skipped_is_one_and_has_a_reason():
    assert set(SKIPPED) <= set(public_callables())
    assert all(SKIPPED.values())


def test_every_exception_has_a_reason_and_a_callable():
    names = public_callables()
    for one in ALLOWED:
        assert one.reason
        assert any(fnmatchcase(name, one.callable) for name in names), one
