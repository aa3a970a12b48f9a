"""Friendly validation of arguments, in one place.

Every message names the argument, says what is required and what came. Wrong types raise `TypeError`, wrong values
`ValueError`.

Quantities of other libraries become numbers in the unit of the argument, and are refused where they have another
dimension. The unit is `unit`, or what `units.of_argument` knows by the argument's name; "" is a plain number.
"""

import difflib
import math
import numbers
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from rheobase import units

#: What `generator` takes: a seed, a sequence of seeds or a ready generator.
Seed = int | np.random.SeedSequence | np.random.Generator | None
Kind = TypeVar("Kind")
Result = TypeVar("Result")

#: Entries of an array that are copied in a few milliseconds.
_PART = 2**20


def number(
    name: str,
    value: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    finite: bool = True,
    unit: str | None = None,
) -> float:
    """Return `value` as a finite float within bounds (`low`/`high` inclusive, `above`/`below` exclusive).

    Without `finite` it may be infinite, yet never NaN.
    """
    value = _scalar(_in_unit(name, value, unit))
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, got {_describe(value)}")
    try:
        result = float(value)
    except OverflowError:  # a whole number beyond all floats
        result = math.inf
    if math.isnan(result) or (finite and math.isinf(result)):
        raise ValueError(f"{name} must be {'finite' if finite else 'a number'}, got {result}")
    _within(name, result, low, high, above, below)
    return result


def field(described: Any, name: str, **rules: Any) -> float:
    """Check a number that a dataclass holds, as `number` does; a quantity becomes a number there."""
    given = getattr(described, name)
    value = number(name, given, **rules)
    if units.is_quantity(given):
        object.__setattr__(described, name, value)
    return value


def integer(name: str, value: Any, *, low: int | None = None, high: int | None = None) -> int:
    """Return `value` as an int within inclusive bounds."""
    value = _scalar(_in_unit(name, value, ""))
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer, got {_describe(value)}")
    result = int(value)
    _within(name, result, low, high, None, None)
    return result


def array(
    name: str,
    value: Any,
    *,
    shape: tuple[int | None, ...] | None = None,
    dtype: npt.DTypeLike = float,
    finite: bool = True,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    unit: str | None = None,
) -> np.ndarray:
    """Return `value` as an array of `dtype`; `None` in `shape` accepts any length along that axis.

    Whatever a conversion would lose is an error: imaginary parts, masks, fractions of integers. So are strings, dates
    and objects.
    """
    result = _converted(name, _in_unit(name, value, unit), np.dtype(dtype))
    if shape is not None and (
        result.ndim != len(shape)
        or any(want is not None and want != got for want, got in zip(shape, result.shape, strict=True))
    ):
        wanted = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"
        raise ValueError(f"{name} must have shape {wanted}, got {result.shape}")
    if finite and result.dtype.kind in "fc" and not np.isfinite(result).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(np.atleast_1d(result)))[0])
        raise ValueError(f"{name} must be finite, got {np.atleast_1d(result)[where]} at index {where}")
    if result.size and not (low is high is above is below is None):
        _within(f"{name} (its smallest value)", result.min(), low, None, above, None)
        _within(f"{name} (its largest value)", result.max(), None, high, None, below)
    return result


def one_or_each(name: str, value: Any, n: int, **rules: Any) -> np.ndarray:
    """Return a number, or one number each of `n`, as a new array of shape (n,); `rules` are those of `array`."""
    result = array(name, value, **rules)
    if result.shape not in ((), (n,)):
        raise ValueError(f"{name} must be a number or have shape ({n},), got shape {result.shape}")
    return copied(np.broadcast_to(result, (n,)))


def copied(given: np.ndarray, dtype: npt.DTypeLike | None = None) -> np.ndarray:
    """Return a copy, made in parts if it is long: between them Ctrl-C is heard."""
    if given.size <= _PART or given.ndim != 1:
        return given.astype(dtype or given.dtype)
    result = np.empty(given.shape, dtype or given.dtype)
    for first in range(0, len(given), _PART):
        result[first : first + _PART] = given[first : first + _PART]
    return result


def reals(name: str, value: Any, **rules: Any) -> np.ndarray:
    """Return `value` as an array of numbers like `array`, refusing truth values."""
    value = _in_unit(name, value, rules.pop("unit", None))
    result = array(name, value, **rules)
    if np.asarray(value).dtype == bool:
        raise TypeError(f"{name} must hold numbers, got {_describe(value)}")
    return result


def integers(
    name: str,
    value: Any,
    *,
    wanted: str = "an array of integers",
    shape: tuple[int | None, ...] | None = None,
    dtype: npt.DTypeLike = np.int64,
    low: int | None = None,
    high: int | None = None,
) -> np.ndarray:
    """Return whole numbers, such as indices, as an array; numbers of another type are an error, even 2.0.

    A set counts in ascending order. `wanted` is what messages call such an array, `dtype` the type of the integers.
    """
    value = _in_unit(name, value, "")
    given = _read(name, sorted(value) if isinstance(value, Set) and _are_integers(value) else value, "integers")
    if given.dtype.kind not in "iu" and not (given.size == 0 and given.dtype.kind == "f"):  # [] counts as floats
        raise TypeError(f"{name} must be {wanted}, got {_describe(value)}")
    return array(name, given, shape=shape, dtype=dtype, low=low, high=high)


def flag(name: str, value: Any) -> bool:
    """Return a truth value, refusing what only counts as one, such as numbers, arrays and texts."""
    value = _scalar(value)
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {_describe(value)}")
    return bool(value)


def text(name: str, value: Any) -> str:
    """Return `value` if it is a string."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {_describe(value)}")
    return value


def mapping(name: str, value: Mapping[str, Kind] | None) -> dict[str, Kind]:
    """Return names and what they stand for as a dict of its own; an empty one where None was given."""
    given = {} if value is None else value
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise TypeError(f"{name} must be a dict with strings as keys, got {_describe(value)}")
    return dict(given)


def axes(name: str, value: Any) -> int:
    """Return how many axes an array has, or what can be read as one; 0 for a number."""
    return _read(name, units.magnitudes(value), "numbers").ndim


def instance(name: str, value: Any, kind: type[Kind], wanted: str) -> Kind:
    """Return `value` if it is of a class, which messages call `wanted`, such as "a network"."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {wanted}, got {_describe(value)}")
    return value


def function(name: str, value: Callable[..., Result]) -> Callable[..., Result]:
    """Return `value` if it can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {_describe(value)}")
    return value


def items(name: str, value: Any, wanted: str) -> list[Any]:
    """Return the elements of a sequence, which messages call `wanted`, such as "a sequence of integers"."""
    value = _scalar(value)
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be {wanted}, got {_describe(value)}")
    return list(value)


def path(name: str, value: str | os.PathLike[str]) -> Path:
    """Return the path of a file or folder, given as a path or a string."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name} must be a path, got {_describe(value)}")
    return Path(value)


@contextmanager
def made_from(arguments: str) -> Iterator[None]:
    """Name a caller's arguments, such as "g and J", in errors about what was made from them."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"{error}; it comes from {arguments}") from error


def memory(name: str, n_bytes: float, *, share: float = 0.5) -> None:
    """Raise unless `n_bytes`, which an argument asks for, fit into a share of the machine's memory."""
    if not n_bytes <= share * machine_memory():
        raise MemoryError(
            f"{name} must fit into memory, it would take {n_bytes / 1e9:.3g} GB of {machine_memory() / 1e9:.3g}"
        )


def machine_memory() -> float:
    """Return the machine's memory (bytes), as far as it can be told."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return math.inf


def choice(name: str, value: Any, options: Iterable[str]) -> str:
    """Return `value` if it is one of `options`, else raise with the nearest one suggested."""
    options = list(options)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {', '.join(map(repr, options))}, got {_describe(value)}")
    if value not in options:
        raise unknown(name, value, options)
    return value


def unknown(name: str, value: str, options: Iterable[str]) -> ValueError:
    """Build the error for a name that does not exist, suggesting the nearest one that does."""
    options = list(options)
    close = difflib.get_close_matches(value, options, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return ValueError(f"{name} must be one of {', '.join(map(repr, options))}, got {value!r}{hint}")


def steps(name: str, value: Any, dt: float, *, low: int = 0, high: int = 2**53, unit: str = "ms") -> int:
    """Return the time `value` as a whole number of steps of `dt`, both in `unit`; anything off the grid is an error.

    Up to the default of `high` every whole number is a float.
    """
    time = number(name, value, unit=unit)
    unit = unit and f" {unit}"
    if abs(time) > high * dt:
        most = f"{high * dt:g}{unit} (2^{math.log2(high):g} steps of dt = {dt:g})"
        raise ValueError(f"{name} must be at most {most}, got {time:g}{unit}")
    count = round(time / dt)
    if abs(time - count * dt) > 1e-9 * max(abs(time), dt):
        below = math.floor(time / dt)
        raise ValueError(
            f"{name} must be a multiple of dt = {dt:g}{unit}, got {time:g}{unit}; the nearest are "
            f"{below * dt:.10g} and {(below + 1) * dt:.10g}{unit}"
        )
    if count < low:
        least = f"{low * dt:.10g}{unit} ({low} steps of dt = {dt:g})"
        raise ValueError(f"{name} must be at least {least}, got {time:g}{unit}")
    return count


def generator(seed: Seed) -> np.random.Generator:
    """Return a `numpy.random.Generator` from a seed, a seed sequence or a generator."""
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is None or isinstance(seed, np.random.SeedSequence):
        return np.random.Generator(np.random.Philox(seed))
    return np.random.Generator(np.random.Philox(integer("seed", seed, low=0)))


def _are_integers(values: Iterable[Any]) -> bool:
    return all(isinstance(v, numbers.Integral) and not isinstance(v, bool) for v in values)


#: Types of which no value has a unit: what is asked a million times is asked quickly.
_BARE = frozenset((float, int, bool, complex, str, type(None), np.ndarray, np.float64, np.int64))


def _in_unit(name: str, value: Any, unit: str | None) -> Any:
    """Return a quantity as numbers in a unit, and all else as it is."""
    if type(value) in _BARE:
        return value
    return units.converted(name, value, units.of_argument(name) if unit is None else unit)


def _scalar(value: Any) -> Any:
    """Return what an array without axes holds, and all else as it is."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _converted(name: str, value: Any, dtype: np.dtype) -> np.ndarray:
    if type(value) is np.ndarray and value.dtype == dtype:  # nothing to convert: fields are evaluated a million times
        return value
    given = _read(name, value, dtype.name)
    if given.dtype.kind not in ("biufc" if dtype.kind == "c" else "biuf"):
        raise TypeError(f"{name} must be an array of {dtype.name}, got {_describe(value)}")
    if dtype.kind in "iu":
        _whole(name, given, dtype)
    with np.errstate(over="ignore"):  # what is too large for the type becomes infinite, and is refused as such
        return given if given.dtype == dtype else copied(given, dtype)


def _read(name: str, value: Any, kind: str) -> np.ndarray:
    """Return what was given as an array, whatever it holds."""
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must be an array without masked entries, got {_describe(value)}")
    try:
        read = np.asarray(value)
        if read.dtype == object and hasattr(value, "to_numpy"):  # columns of frames, of which some may lack
            return np.asarray(read.tolist())
        return read
    except (TypeError, ValueError) as error:  # a ragged list
        raise TypeError(f"{name} must be an array of {kind}, got {_describe(value)}") from error


def _whole(name: str, given: np.ndarray, dtype: np.dtype) -> None:
    """Raise unless integers of `dtype` can hold what was given."""
    if given.dtype.kind == "f" and not np.all(given == np.floor(given)):
        raise TypeError(f"{name} must be an array of {dtype.name}, got {_describe(given)}")
    bounds = np.iinfo(dtype)
    if given.size and (given.min() < bounds.min or given.max() > bounds.max):
        raise ValueError(f"{name} must be between {bounds.min} and {bounds.max}, got {given.min()} to {given.max()}")


def _within(
    name: str, value: float, low: float | None, high: float | None, above: float | None, below: float | None
) -> None:
    wanted = [
        f"{sign} {bound:g}"
        for sign, bound in ((">=", low), (">", above), ("<=", high), ("<", below))
        if bound is not None
    ]
    if (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
        or (below is not None and value >= below)
    ):
        raise ValueError(f"{name} must be {' and '.join(wanted)}, got {value:g}")


def _describe(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"


def package(name: str) -> Any:
    """Return an optional package, or say how it is installed."""
    try:
        return import_module(name)
    except ImportError:
        raise ImportError(f"{name} is needed for this: pip install {name}, or 'rheobase[io]' for all of them") from None
