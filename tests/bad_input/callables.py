"""Every public callable of the package, and one good call of each, taken from the examples in the docstrings.

The examples of all docstrings run under a profiler's eye, and the lines of `further_calls.py` after them: the first
call of each public function, method or constructor that they make, directly or within the library, is kept with its
arguments.
"""

import copy
import importlib
import inspect
import sys
import types
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field

from docstring_examples import MODULES, RETURNED, docstring_examples, namespace_of, run_example
from further_calls import CALLS

#: Special methods that take a user's values.
CALLED = ("__call__", "__getitem__", "__setitem__")

#: Classes that some module shows; what they inherit from others is theirs.
PUBLIC_CLASSES = {
    thing
    for module in map(importlib.import_module, MODULES)
    for thing in (getattr(module, name) for name in module.__all__)
    if inspect.isclass(thing)
} | set(RETURNED)


@dataclass
class PublicCallable:
    """A public function, method or constructor.

    `call` takes the arguments by name; `code` tells the profiler which function runs.
    """

    name: str
    module: str
    owner: object
    function: object
    code: types.CodeType | None
    arguments: dict = field(default_factory=dict)
    bound_to: object = None
    found: bool = False

    @property
    def is_constructor(self):
        return inspect.isclass(self.function)

    def call(self, arguments):
        positional, named = [], {}
        for parameter in self.parameters():
            if parameter.name not in arguments:
                continue
            value = arguments[parameter.name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                positional += list(value)
            elif parameter.kind is parameter.VAR_KEYWORD:
                named |= value
            elif parameter.kind is parameter.POSITIONAL_ONLY:
                positional.append(value)
            else:
                named[parameter.name] = value
        target = self.function if self.bound_to is None else getattr(self.bound_to, self.function.__name__)
        return target(*positional, **named)

    def parameters(self):
        """Return the parameters of the function itself, without self or cls."""
        made = self.is_constructor and "__signature__" not in vars(self.function)
        function = self.function.__init__ if made else self.function
        parameters = list(inspect.signature(function).parameters.values())
        return [p for p in parameters if p.name not in ("self", "cls")]


def public_callables():
    """Return every public callable by its name."""
    found = {}
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) and thing.__module__.startswith("rheobase"):
                _add_class(found, module_name, thing)
            elif inspect.isfunction(thing):
                full = f"{module_name}.{name}"
                found[full] = PublicCallable(full, module_name, module, thing, thing.__code__)
    for returned in RETURNED:
        _add_class(found, returned.__module__.rpartition(".")[0], returned, made=False)
    return found


def _add_class(found, module, cls, made=True):
    """Add the constructor, where users make such objects themselves, and the methods."""
    name = f"{module}.{cls.__name__}"
    init = vars(cls).get("__init__") or cls.__init__
    if made and inspect.isfunction(init):
        found[name] = PublicCallable(name, module, cls, cls, init.__code__)
    for attribute, value in _methods(cls):
        function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        if (attribute in CALLED or not attribute.startswith("_")) and inspect.isfunction(function):
            full = f"{name}.{attribute}"
            inherited = function.__qualname__.partition(".")[0] != cls.__name__
            known = inherited and any(one.code is function.__code__ for one in found.values())
            if not (known or full in found or getattr(function, "__isabstractmethod__", False)):
                found[full] = PublicCallable(full, module, cls, function, function.__code__)


def _methods(cls):
    """Yield the attributes of a class and of those that it is made of and that no module shows."""
    for base in cls.__mro__:
        if base is cls or (base.__module__.startswith("rheobase") and base not in PUBLIC_CLASSES):
            yield from vars(base).items()


def collect_calls(callables, modules=None):
    """Run the examples of all docstrings, or of some modules, and note the first call of every callable.

    Returns what is wrong with each example, by its name; mostly nothing.
    """
    by_code = {}
    for one in callables.values():
        by_code.setdefault(one.code, []).append(one)

    def note(frame, event, _):
        if event != "call" or frame.f_code not in by_code:
            return
        for one in by_code[frame.f_code]:
            if not one.found:
                _keep(one, frame)

    wrong = {}
    for name, text, namespace in docstring_examples(modules):
        names = namespace()
        with _watched_by(note):
            wrong[name] = run_example(name, text, names)
    for module, text in CALLS.items():
        if modules is None or module in modules:
            names = namespace_of(module)
            with _watched_by(note):
                wrong[f"further calls of {module}"] = _run(text, names)
    return wrong


def _keep(one, frame):
    values = {k: frame.f_locals[k] for k in frame.f_code.co_varnames if k in frame.f_locals}
    first = next(iter(values.values()), None)
    if one.is_constructor and type(first) is not one.function:
        return
    if one.is_constructor and "__signature__" in vars(one.function):
        values |= {p.name: p.default for p in one.parameters()}  # of models, whose constructor takes them by name
    arguments = {p.name: values[p.name] for p in one.parameters() if p.name in values}
    static = isinstance(one.owner, type) and isinstance(vars(one.owner).get(one.function.__name__), staticmethod)
    bound = first if not (one.is_constructor or static) and isinstance(one.owner, type) else None
    # as they are before the call
    one.bound_to, one.arguments = deep_copy((bound, arguments))
    one.found = True


@contextmanager
def _watched_by(note):
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def _run(source, names):
    """Run some lines; return what went wrong, or nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<example>", "exec"), names)
        except Exception as error:
            return f"{source.strip()}: {type(error).__name__}: {error}"
    return ""


def deep_copy(value):
    """Return a copy where there can be one, so that a call cannot change what later calls are given."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
