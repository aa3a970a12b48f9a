"""The examples in the docstrings of the public face, the names that they take for granted, and how they are run."""

import doctest
import importlib
import inspect
import re
import sys
import warnings
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest

import rheobase as rb
from rheobase.network.between import Between
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.result import Result
from rheobase.network.selection import Selection

MODULES = (
    "rheobase",
    "rheobase.spikes",
    "rheobase.dynamics",
    "rheobase.dynamics.hamiltonian",
    "rheobase.rates",
    "rheobase.theory",
    "rheobase.theory.random_networks",
    "rheobase.learning",
    "rheobase.attractors",
    "rheobase.coding",
    "rheobase.circuits",
    "rheobase.io",
    "rheobase.experiments",
    "rheobase.plot",
    "rheobase.figures",
)

#: Classes of what calls return, which users do not make themselves.
RETURNED = (Population, Selection, Projection, Between, Result)

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


def run_example(name, text, names):
    """Run the example of a docstring, which knows some names; return what is wrong with it, or nothing."""
    test = doctest.DocTestParser().get_doctest(text, names, name, None, None)
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doctest.DocTestRunner(Checker(), optionflags=FLAGS, verbose=False).run(
            test,
            out=wrong.append,
            clear_globs=False,  # functions that an example defines may be called later
        )
    plt.close("all")
    return "".join(wrong)


def docstring_examples(modules=None):
    """Yield (name, text of the docstring, maker of its namespace) for every public name that shows examples."""
    seen = set()
    for module, name, thing in _public():
        if modules is not None and module.__name__ not in modules:
            continue
        documented = [(name, thing)]
        if inspect.isclass(thing):
            documented += [
                (f"{name}.{a}", getattr(v, "__func__", getattr(v, "fget", v)))
                for a, v in vars(thing).items()
                if not a.startswith("_")
            ]
        for full, item in documented:
            text = getattr(item, "__doc__", None)
            if isinstance(text, str) and ">>>" in text and id(item) not in seen:
                seen.add(id(item))
                yield f"{module.__name__}.{full}", text, partial(_namespace, module, item)


def _public():
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        yield from ((module, name, getattr(module, name)) for name in module.__all__)
    yield from ((importlib.import_module("rheobase.network"), thing.__name__, thing) for thing in RETURNED)


def namespace_of(module_name):
    """Return what the examples of a module take for granted."""
    module = importlib.import_module(module_name)
    return _namespace(module, module)


def _namespace(module, item):
    """What the examples take for granted: the package, NumPy, what the module offers, and a small network."""
    names = {}
    defining = sys.modules.get(getattr(item, "__module__", ""), module)
    for source in (defining, module):
        names |= {k: v for k, v in vars(source).items() if not k.startswith("__")}
    return names | {"np": np, "rb": rb} | _circuit()


def _circuit():
    """Return the network that examples speak of: populations x, e and i, run for 400 ms, and a plastic projection."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
    e = net.add(eif, 40, name="e", V=rb.Uniform(-72, -55))
    i = net.add(eif, 10, name="i", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(rate=20), 40, name="x")
    for pre, post, k, weight, tau in [
        (x, e, 20, 60, 8),
        (x, i, 20, 40, 8),
        (e, e, 8, 12, 6),
        (e, i, 8, 35, 6),
        (i, i, 2, -70, 4),
    ]:
        net.connect(pre, post, rb.FixedInDegree(k), weight=weight, synapse=rb.Exponential(tau=tau))
    rule = rb.InhibitorySTDP()
    i_to_e = net.connect(i, e, rb.FixedInDegree(2), weight=-45, synapse=rb.Exponential(tau=4), plasticity=rule)
    net.record(e, "V", every=1.0)
    net.record_weights(i_to_e, every=10.0)
    res = net.run(400)
    trains = res.spikes("e")
    return {"net": net, "e": e, "i": i, "x": x, "i_to_e": i_to_e, "res": res, "trains": trains}
