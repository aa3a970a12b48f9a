"""The examples in the docstrings of the public face work as they stand and print what they say."""

import doctest
import re
import warnings

import matplotlib.pyplot as plt
import pytest
from docstring_examples import docstring_examples

EXAMPLES = {name: (text, namespace) for name, text, namespace in docstring_examples()}
#: Those that take more than two seconds.
SLOW = {
    "rheobase.circuits.brunel",
    "rheobase.circuits.cortex",
    "rheobase.circuits.inhibitory_plasticity",
    "rheobase.circuits.microcircuit",
    "rheobase.dynamics.continuation",
    "rheobase.dynamics.fold_curve",
    "rheobase.dynamics.switch_branch",
    "rheobase.learning.RecurrentNetwork",
    "rheobase.learning.Reservoir",
    "rheobase.theory.oscillation_onset",
    "rheobase.theory.self_consistent_rates",
}
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
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Checker(doctest.OutputChecker):
    """Lets a line that shows no output have one, as calls do that return a handle, and rounded numbers be near."""

    def check_output(self, want, got, optionflags):
        if not want or super().check_output(want, got, optionflags):
            return True
        shown, came = ([float(n) for n in NUMBER.findall(text)] for text in (want, got))
        frame, own = ("".join(NUMBER.sub("#", text).split()) for text in (want, got))
        return frame == own and shown == pytest.approx(came, rel=0.02)


def test_there_are_examples():
    assert len(EXAMPLES) > 250


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in EXAMPLES])
def test_example(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write files
    for package in PACKAGES.get(name, ()):
        pytest.importorskip(package)
    text, namespace = EXAMPLES[name]
    test = doctest.DocTestParser().get_doctest(text, namespace(), name, None, None)
    printed = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doctest.DocTestRunner(Checker(), optionflags=FLAGS, verbose=False).run(test, out=printed.append)
    plt.close("all")
    assert not printed, "".join(printed)
