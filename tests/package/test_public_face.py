"""The public face: names of arguments, seeds, axes, examples and types of everything that a user can call.

The walk takes what stands in the `__all__` of rheobase and of its subpackages, and the methods of the classes there.
"""

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap

#: Names that an argument must not have, and what is said instead.
FORBIDDEN = {
    "T": "duration",
    "time": "duration",
    "span": "duration",
    "N": "n",
    "count": "n",
    "size": "n",
    "u0": "x0",
    "r0": "x0",
    "z0": "x0",
    "guess": "x0",
    "begin": "t_start",
    "start": "t_start",
    "after": "t_start",
    "transient": "t_start",
    "end": "t_stop",
    "stop": "t_stop",
    "tol": "tolerance",
    "rng": "seed",
    "kernel": "filter (of spike trains) or synapse",
    "axes": "ax",
}

#: Arguments that keep a forbidden name, with the reason.
EXCEPTIONS = {
    ("rheobase.dynamics.convolve", "kernel"): "the response to one impulse, which is what a kernel is",
    ("rheobase.spikes.align", "after"): "a length of time that follows an event, beside `before`",
}

#: `Any` in public signatures: what is truly of any type, such as values that a user's own function returns.
MOST_UNTYPED = 20

SUBPACKAGES = (
    "",
    "attractors",
    "circuits",
    "coding",
    "dynamics",
    "dynamics.hamiltonian",
    "experiments",
    "figures",
    "learning",
    "plot",
    "plot.random_networks",
    "rates",
    "spikes",
    "theory",
    "theory.random_networks",
)


def _walk(package):
    """Yield the full name and the object of every public function, class and method of a subpackage."""
    module = importlib.import_module("rheobase" + ("." + package if package else ""))
    names = getattr(module, "__all__", None) or [
        name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__
    ]
    for name in names:
        if name.startswith("_"):
            continue
        thing = getattr(module, name)
        where = f"{module.__name__}.{name}"
        if inspect.isclass(thing):
            yield where, thing
            for key, member in vars(thing).items():
                if key.startswith("_"):
                    continue
                if isinstance(member, classmethod | staticmethod):
                    member = member.__func__
                if inspect.isfunction(member):
                    yield f"{where}.{key}", member
        elif inspect.isroutine(thing):
            yield where, thing


FACE = [(where, thing) for package in SUBPACKAGES for where, thing in _walk(package)]


def _arguments(thing):
    try:
        return inspect.signature(thing).parameters
    except ValueError:
        return {}


def test_the_walk_finds_the_face():
    assert len(FACE) > 150


def test_arguments_have_one_name_each():
    found = [
        f"{where}({name}): say {FORBIDDEN[name]}"
        for where, thing in FACE
        for name in _arguments(thing)
        if name in FORBIDDEN and (where, name) not in EXCEPTIONS
    ]
    assert not found, "\n".join(found)


def test_exceptions_exist():
    present = {(where, name) for where, thing in FACE for name in _arguments(thing)}
    walked = [key for key in EXCEPTIONS if any(key[0] == where for where, _ in FACE)]
    assert set(walked) <= present


def test_every_plot_takes_axes():
    plots = [
        (where, thing) for where, thing in FACE if where.startswith("rheobase.plot.") and inspect.isfunction(thing)
    ]
    assert plots
    assert not [where for where, thing in plots if "ax" not in _arguments(thing)]


def test_what_draws_random_numbers_takes_a_seed():
    """A function whose own source makes a generator has an argument `seed`."""
    found = [
        where
        for where, thing in FACE
        if inspect.isfunction(thing)
        and "checks.generator(" in inspect.getsource(thing)
        and "seed" not in _arguments(thing)
        and "self.seed" not in inspect.getsource(thing)
    ]
    assert not found


def test_every_public_function_shows_an_example():
    functions = [(where, thing) for where, thing in FACE if inspect.isfunction(thing) and "." not in thing.__qualname__]
    assert len(functions) > 100
    found = [where for where, thing in functions if not re.search(r"^\s*Examples\n\s*-{8}$", thing.__doc__ or "", re.M)]
    assert not found, "\n".join(found)


def _untyped(function):
    """Count the `Any` that stand in a signature as it is written."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs, tree.args.vararg, tree.args.kwarg]
    hints = [tree.returns, *(argument.annotation for argument in arguments if argument)]
    return sum(len(re.findall(r"\bAny\b", ast.unparse(hint))) for hint in hints if hint)


def test_signatures_say_what_they_take():
    functions = [(where, thing) for where, thing in FACE if inspect.isfunction(thing)]
    functions += [
        (where, vars(thing)["__init__"])
        for where, thing in FACE
        if inspect.isclass(thing) and not dataclasses.is_dataclass(thing) and "__init__" in vars(thing)
    ]
    found = {where: n for where, function in functions if (n := _untyped(function))}
    assert sum(found.values()) < MOST_UNTYPED, found
