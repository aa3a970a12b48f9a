"""Examples in docstrings print what they say, and no public call stumbles over a bad value.

It takes a bad value or refuses it by name, unless `allowed.py` says why not. The calls that are tried are those of the
examples. Each argument of each callable meets one kind of bad value in five, another one for every argument. The rest
is for

python tests/bad_input/search_offenders.py
"""

import zlib
from fnmatch import fnmatchcase

import matplotlib.pyplot as plt
import pytest
from allowed import ALLOWED, SKIPPED, entry
from callables import collect_calls, public_callables
from docstring_examples import MODULES, docstring_examples
from trials import limited_memory, trials, try_one

#: One kind of value in so many is tried per argument.
SHARE = 5
SHOWN = [*MODULES, "rheobase.network"]
#: Where each example is; of a thing that several modules show the first is told.
EXAMPLES = {name: module for module in SHOWN for name, *_ in docstring_examples([module])}
EXAMPLES = {name: EXAMPLES[name] for name, *_ in docstring_examples()}
#: The package of others that an example needs.
PACKAGES = {
    "rheobase.Result.load": ("h5py",),
    "rheobase.Result.save": ("h5py",),
    "rheobase.io.from_neo": ("neo",),
    "rheobase.io.read_nwb": ("pynwb",),
    "rheobase.io.to_arrow": ("pyarrow",),
    "rheobase.io.to_neo": ("neo",),
    "rheobase.io.to_networkx": ("networkx",),
    "rheobase.io.to_pandas": ("pandas",),
    "rheobase.io.to_polars": ("polars",),
    "rheobase.io.to_xarray": ("xarray",),
    "rheobase.io.write_nwb": ("pynwb",),
}


@pytest.fixture(scope="module")
def shown(request, tmp_path_factory):
    """The callables of a module with a call of each, and what is wrong with its examples, which run once for both."""
    callables = {name: one for name, one in public_callables().items() if one.module == request.param}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("examples"))  # some write files, which others read
        yield callables, collect_calls(callables, [request.param])


def _chosen(name, argument, kind):
    """Choose a share of the kinds that is the same in every run, and another one for every argument."""
    return zlib.crc32(f"{name}.{argument}.{kind}".encode()) % SHARE == 0


def test_there_are_examples():
    assert len(EXAMPLES) > 250


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "name"),
    [pytest.param(module, name, id=name) for name, module in EXAMPLES.items()],
    indirect=["shown"],
    scope="module",
)
def test_example(shown, name):
    for package in PACKAGES.get(name, ()):
        pytest.importorskip(package)
    assert shown[1][name] == ""


@pytest.mark.slow
@pytest.mark.parametrize("shown", SHOWN, indirect=True, scope="module")
def test_no_bad_value_makes_a_call_stumble(shown):
    callables = shown[0]
    assert callables
    assert [name for name, one in callables.items() if not one.found and name not in SKIPPED] == []
    tried, found = 0, []
    with limited_memory():
        for one, parameter, kind, value in trials(callables):
            # what may go wrong is tried by the full search alone: some of it takes all the time it may
            if not _chosen(one.name, parameter.name, kind) or entry(one.name, parameter.name, kind):
                continue
            tried += 1
            problem = try_one(one, parameter, kind, value)
            if problem:
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
