"""Units of this library (ms, mV, Hz and what goes with them), and quantities of others, which are converted.

Quantities are known by what they answer: those of `quantities` and Neo, Brian, pint, astropy and brainunit. None of
these is imported here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

#: Spikes per ms in 1 Hz: weights are in mV·ms and rates in Hz = 1/s, so their product is in mV after division by 1000.
PER_MS = 1e-3

#: Exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
Dimension = tuple[float, ...]

_SI = ("m", "kg", "s", "A", "K", "mol", "cd")
_NAMES = {
    **{name: name for name in _SI},
    **dict(zip(("meter", "kilogram", "second", "ampere", "kelvin", "mole", "candela"), _SI, strict=True)),
    **dict(
        zip(
            ("length", "mass", "time", "current", "temperature", "substance", "luminosity"),
            _SI,
            strict=True,
        )
    ),
}
_PLAIN = frozenset(("rad", "radian", "sr", "steradian", "turn", "dimensionless"))
_BASES = {
    "1": "",
    "rad": "",
    "s": "s",
    "Hz": "s-1",
    "V": "m2 kg s-3 A-1",
    "A": "A",
    "S": "m-2 kg-1 s3 A2",
    "F": "m-2 kg-1 s4 A2",
    "ohm": "m2 kg s-3 A-2",
    "m": "m",
    "mol": "mol",
}
_PREFIXES = {"": 1.0, "M": 1e6, "k": 1e3, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
_FACTOR = re.compile(r"([*/· ]?)\s*([A-Za-z]+|1)(?:\*\*|\^)?\(?(-?\d+(?:/\d+)?)?\)?")

#: A current as neurons take it: of a membrane without size, of a cell, of an area.
CURRENT = "mV or pA or uA/cm2"
_TIMES = """
    after before bin_width cues delay dt duration erase events every max_interval max_lag post_delay refractory t t_ref
    t_start t_stop tau tau_e tau_i tau_m tau_r tau_s time times trains
"""
#: Units of arguments by name, where a call to a check says nothing else.
_OF_ARGUMENTS = {
    **dict.fromkeys(_TIMES.split(), "ms"),
    **dict.fromkeys(("E_L", "V_T", "V_re", "V_th", "reversal"), "mV"),
    **dict.fromkeys(("rate", "rates", "frequencies"), "Hz"),
    **dict.fromkeys(("I_x", "amplitude"), CURRENT),
}


@dataclass(frozen=True)
class Unit:
    """A unit as a factor, how much of SI one of it is, and its dimension."""

    factor: float
    dimension: Dimension


@dataclass(frozen=True)
class Quantity:
    """What another library's quantity holds: numbers in a unit, which is called `text` there."""

    magnitude: np.ndarray
    unit: Unit
    text: str


def of_argument(name: str) -> str:
    """Return the unit of an argument by its name, such as "ms" of ``trains[3]``; empty where none is known."""
    return _OF_ARGUMENTS.get(re.split(r"[\[(]", name, maxsplit=1)[0].strip(), "")


@cache
def unit(text: str) -> Unit | None:
    """Return what a text such as "mV/ms" or "mS/cm2" says; None where it is not read."""
    factor, dimension, place = 1.0, np.zeros(len(_SI)), 0
    for found in _FACTOR.finditer(text):
        sign, name, power = found.groups()
        base = _of_name(name)
        if base is None or found.start() != place:
            return None
        exponent = float(Fraction(power or "1")) * (-1 if sign == "/" else 1)
        factor, dimension = factor * base.factor**exponent, dimension + exponent * np.array(base.dimension)
        place = found.end()
    return Unit(factor, _rounded(dimension)) if place == len(text) and text else None


def _of_name(name: str) -> Unit | None:
    for prefix, factor in _PREFIXES.items():
        base = _BASES.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if base is not None:
            parts = dict(re.findall(r"([A-Za-z]+)(-?\d*)", base))
            return Unit(factor, tuple(float(parts[n] or 1) if n in parts else 0.0 for n in _SI))
    return None


def is_quantity(value: Any) -> bool:
    """Return whether a value has a unit of another library, or is a list of such."""
    if isinstance(value, (list, tuple)):
        return any(is_quantity(value[k]) for k in _first_of_each_kind(value))
    return _reader(value) is not None or _is_foreign(value)


def _first_of_each_kind(values: list[Any] | tuple[Any, ...]) -> list[int]:
    kinds = [*map(type, values)]
    return [kinds.index(kind) for kind in set(kinds) if kind not in (float, int, bool, str)]


def converted(name: str, value: Any, wanted: str) -> Any:
    """Return a quantity as numbers in the unit `wanted`, such as "ms" or "mV or pA", and all else as it is.

    A distribution of quantities becomes one of numbers.

    Raises TypeError, which names the argument, for a quantity of another dimension.
    """
    if hasattr(value, "_in_unit"):
        return value._in_unit(name, wanted)
    if not is_quantity(value):
        return value
    if isinstance(value, (list, tuple)):
        return [
            converted(f"{name}[{k}]", item, wanted) if is_quantity(item) else _bare(f"{name}[{k}]", item, wanted)
            for k, item in enumerate(value)
        ]
    read = _reader(value)
    quantity = read(value) if read else None
    if quantity is None:
        raise TypeError(f"{name} must be {_called(wanted)}, got a quantity of which the unit is not known: {value!r}")
    for choice in wanted.split(" or ") if wanted else ["1"]:
        known = unit(choice)
        if known is not None and known.dimension == quantity.unit.dimension:
            factor = quantity.unit.factor / known.factor
            factor = float(f"{factor:.14g}")  # 1e-3 / 1e-3 of products of roundings is 1
            numbers = quantity.magnitude if factor == 1 else quantity.magnitude * factor
            return _rounded_number(numbers[()]) if numbers.ndim == 0 else numbers
    raise TypeError(f"{name} must be {_called(wanted)}, got {_shown(value)} in units of {quantity.text or '1'}")


def _rounded_number(number: Any) -> Any:
    """Return a number without what a detour through SI adds in the last place: 100 µs are 0.1 ms on a grid of time."""
    return float(f"{number:.15g}") if isinstance(number, np.floating) else number


def _bare(name: str, item: Any, wanted: str) -> Any:
    if wanted not in ("", "1") and not (isinstance(item, int | float) and item == 0):
        raise TypeError(f"{name} must be {_called(wanted)} throughout, got {item!r} without a unit beside quantities")
    return item


def magnitudes(value: Any) -> Any:
    """Return the numbers of a quantity in whatever unit, and all else as it is."""
    read = _reader(value)
    quantity = read(value) if read else None
    return value if quantity is None else quantity.magnitude


def _called(wanted: str) -> str:
    if wanted in ("", "1"):
        return "a number without a unit"
    known = all(unit(choice) for choice in wanted.split(" or "))
    return f"in {wanted}, as a number or a quantity" if known else f"a number in units of {wanted}"


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."


def _is_foreign(value: Any) -> bool:
    """Return whether a value says that it has a unit in a way that is not known here."""
    array = isinstance(value, np.ndarray)
    return (array and hasattr(value, "units")) or (hasattr(value, "magnitude") and hasattr(value, "units"))


def _reader(value: Any) -> Callable[[Any], Quantity | None] | None:
    """Return what reads a quantity, by the attributes that its library gives it; None where it is none."""
    if hasattr(value, "dim") and hasattr(value.dim, "get_dimension"):
        return _of_saiunit if hasattr(value, "unit") else _of_brian
    if hasattr(value, "dimensionality") and hasattr(value, "magnitude"):
        return _of_pint if hasattr(value, "to_base_units") else _of_quantities
    if hasattr(value, "unit") and hasattr(value.unit, "decompose"):
        return _of_astropy
    return None


def _of_brian(value: Any) -> Quantity:
    return Quantity(np.asarray(value), Unit(1.0, _by_asking(value.dim)), str(value.dim))


def _of_saiunit(value: Any) -> Quantity:
    factor = float(value.unit.magnitude)
    return Quantity(np.asarray(value.mantissa), Unit(factor, _by_asking(value.dim)), str(value.unit))


def _by_asking(dimension: Any) -> Dimension:
    return _rounded([float(dimension.get_dimension(name)) for name in _SI])


def _of_quantities(value: Any) -> Quantity | None:
    magnitude, text = np.asarray(value.magnitude), str(value.dimensionality)
    if not value.dimensionality:
        return Quantity(magnitude, Unit(1.0, (0.0,) * len(_SI)), text)
    base = value.units.simplified
    dimension = _named({part.name: power for part, power in base.dimensionality.items()})
    return None if dimension is None else Quantity(magnitude, Unit(float(base.magnitude), dimension), text)


def _of_pint(value: Any) -> Quantity | None:
    dimension = _named({name.strip("[]"): power for name, power in value.dimensionality.items()})
    if dimension is None:
        return None
    factor = (1 * value.units).to_base_units()
    return Quantity(np.asarray(value.magnitude), Unit(float(factor.magnitude), dimension), str(value.units))


def _of_astropy(value: Any) -> Quantity | None:
    base = value.unit.decompose()
    if not hasattr(base, "scale"):  # logarithmic
        return None
    dimension = _named({part.name: power for part, power in zip(base.bases, base.powers, strict=True)})
    return (
        None
        if dimension is None
        else Quantity(np.asarray(value.value), Unit(float(base.scale), dimension), str(value.unit))
    )


def _named(powers: dict[str, Any]) -> Dimension | None:
    """Return a dimension from powers of bases by name; None where one is not of SI."""
    known = {_NAMES.get(name): float(power) for name, power in powers.items() if name not in _PLAIN}
    return None if None in known else _rounded([known.get(name, 0.0) for name in _SI])


def _rounded(exponents: Any) -> Dimension:
    return tuple(round(float(x), 6) + 0.0 for x in exponents)
