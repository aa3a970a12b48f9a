"""What a description holds: read-only arrays of its own, compared by what they are made of."""

from dataclasses import fields
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.html import table

#: So many values are shown, and so long a text.
SHORT, LONG_TEXT = 6, 160


def own(array: np.ndarray, given: Any = None) -> np.ndarray:
    """Return a read-only copy, which stays as it is whatever happens to the caller's array.

    What was converted from the array `given` and shares no memory with it is no caller's, and need not be copied.
    """
    fresh = isinstance(given, np.ndarray) and array.flags.owndata and not np.may_share_memory(array, given)
    copy = array if fresh else checks.copied(array)
    copy.setflags(write=False)
    return copy


def equal(a: Any, b: Any) -> bool:
    """Return whether two values are equal; arrays by type, shape and content."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        arrays = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        return arrays and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return bool(a == b)


def _hashable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(_hashable(item) for item in value) if isinstance(value, (list, tuple)) else value


class ByValue:
    """Equality and hash by what two of one class are made of."""

    def _content(self) -> tuple[Any, ...]:
        """Return what they must agree in."""
        return tuple(getattr(self, f.name) for f in fields(self) if f.compare)  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and equal(self._content(), other._content())

    def __hash__(self) -> int:
        return hash((type(self).__name__, _hashable(self._content())))


class Brief(ByValue):
    """Shows what a dataclass holds in a line, and compares it by value.

    Long arrays are shown by their shape, long collections by their length.
    """

    def __repr__(self) -> str:
        held = fields(self)  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(f'{f.name}={brief(getattr(self, f.name))}' for f in held if f.repr)})"

    def _repr_html_(self) -> str:
        rows = [(f.name, brief(getattr(self, f.name))) for f in fields(self) if not f.name.startswith("_")]  # type: ignore[arg-type]
        return table(rows, title=type(self).__name__)


def brief(value: Any) -> str:
    """Return a short text in place of `repr`."""
    if isinstance(value, np.ndarray):
        return repr(value) if value.size <= SHORT else f"<{' × '.join(map(str, value.shape))} values>"
    if isinstance(value, (list, tuple, dict)) and len(value) > SHORT:
        return f"<{len(value)} items>"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(brief, value)) + "," * (isinstance(value, tuple) and len(value) == 1)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, (FunctionType, MethodType)):
        # Python shows where in memory it is, which differs from run to run.
        return f"<function {value.__name__}>"
    shown = repr(value)
    return shown if len(shown) <= LONG_TEXT else f"<{type(value).__name__}>"


class Described(ByValue):
    """Equality and hash by value for frozen dataclasses; their arrays stay read-only when copied or pickled."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, own(value) if isinstance(value, np.ndarray) else value)


class Sealed:
    """Refuses public attributes that nothing would read; what can be set is a property."""

    _instead = ""

    def __setattr__(self, name: str, value: Any) -> None:
        known = getattr(type(self), name, None)
        if not name.startswith("_") and not (isinstance(known, property) and known.fset is not None):
            raise AttributeError(f"{name} must not be set as an attribute of a {type(self).__name__}{self._instead}")
        object.__setattr__(self, name, value)
