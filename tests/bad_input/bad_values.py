"""Values that a careless or unlucky caller hands over, and what a call may do with them."""

import ast
import functools
import linecache
import signal
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import rheobase

PACKAGE = Path(rheobase.__file__).parent

#: Errors that the library raises by itself.
OWN = (ValueError, TypeError, ArithmeticError, OSError, LookupError, RuntimeError, ImportError, MemoryError)

#: Seconds of processor time a call may take.
LIMIT = 8


class Odd:
    """An object that is nothing in particular."""

    def __repr__(self):
        return "<odd>"


class Candelas:
    """A quantity that no argument takes, and that forgets its unit where it is asked for a number."""

    class _Unit:
        def decompose(self):
            base = type("Base", (), {"name": "cd"})()
            return type("Decomposed", (), {"scale": 1.0, "bases": [base], "powers": [1]})()

        def __repr__(self):
            return "cd"

    unit, value = _Unit(), 1.0

    def __float__(self):
        return 1.0

    def __array__(self, dtype=None, copy=None):
        return np.array(1.0, dtype)

    def __repr__(self):
        return "1 cd"


def replacements():
    """Return what stands in for an argument, by name, made anew each time."""
    return {
        "None": None,
        "text": "x",
        "truth": True,
        "object": Odd(),
        "dict": {},
        "empty": [],
        "not a number": float("nan"),
        "infinite": float("inf"),
        "minus one": -1,
        "minus a half": -0.5,
        "zero": 0,
        "a half": 0.5,
        "huge": 1e300,
        "beyond 64 bits": 2**70,
        "ten thousand million": 10**10,
        "complex": 1 + 2j,
        "complex array": np.array([1 + 1j, 2.0]),
        "array of text": np.array(["1", "2"]),
        "array of objects": np.array([Odd(), None], dtype=object),
        "array with a hole": np.array([1.0, np.nan, 2.0]),
        "masked array": np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        "three dimensions": np.ones((2, 3, 4)),
        "empty array": np.zeros((0,)),
        "quantity": Candelas(),
        "ragged": [[1.0, 2.0], [3.0]],
    }


def harmless(value):
    """Return forms of a good array that must serve as well as the array itself."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or value.ndim == 0:
        return {}
    still = value.copy()
    still.flags.writeable = False
    wide = np.repeat(value, 2, axis=-1)
    return {"read-only": still, "strided": wide[..., ::2]}


class OverTime(BaseException):
    """A call took longer than it may."""


@contextmanager
def time_limit(seconds=LIMIT):
    """Stop what takes longer, in time of its own: a busy machine is no fault. What only waits is stopped later."""

    def stop(*_):
        raise OverTime

    timers = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, 20 * seconds)}
    before = {number: signal.signal(number, stop) for number in timers}
    for timer, limit in timers.values():
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for timer, _ in timers.values():
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def complaint(call, argument):
    """Call; return what is wrong with how it went, or None.

    All right is a result without foreign warnings, or an error that the library raises itself and that names the
    argument.
    """
    with warnings.catch_warnings(record=True) as caught, _own_warnings() as own:
        warnings.simplefilter("always")
        try:
            with time_limit():
                call()
        except OverTime:
            return f"takes over {LIMIT} s"
        except Exception as error:
            return _complaint_about(error, argument)
    foreign = [w for w in caught if str(w.message) not in own]
    return f"warns: {foreign[0].category.__name__}: {foreign[0].message}" if foreign else None


def _complaint_about(error, argument):
    if not _raised_by_the_library(error):
        return f"foreign {type(error).__name__}: {_short(error)}"
    if not isinstance(error, OWN):
        return f"{type(error).__name__}: {_short(error)}"
    if argument not in str(error):
        return f"does not name {argument}: {_short(error)}"
    return None


def _raised_by_the_library(error):
    """Tell whether the innermost frame is a raise statement of the package."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(frame.filename)
    if PACKAGE not in path.parents:
        return False
    return any(first <= frame.lineno <= last for first, last in _raise_statements(frame.filename))


@functools.cache
def _raise_statements(filename):
    tree = ast.parse("".join(linecache.getlines(filename)))
    return [(node.lineno, node.end_lineno) for node in ast.walk(tree) if isinstance(node, ast.Raise)]


@contextmanager
def _own_warnings():
    """Note the text of every warning that the package itself gives."""
    own, plain = set(), warnings.warn

    def warn(message, *args, **kwargs):
        own.add(str(message))
        return plain(message, *args, **kwargs)

    warnings.warn = warn
    try:
        yield own
    finally:
        warnings.warn = plain


def _short(error):
    return str(error).split("\n")[0][:150]
