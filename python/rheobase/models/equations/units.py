"""Names of units in Brian's spelling, as numbers in the units of this library: ms, mV, pA, nS, pF."""

from typing import Any

#: One of each; lengths and concentrations, of which a neuron without extent knows nothing, stay as they are.
_BASE = {
    "amp": 1e12,
    "ampere": 1e12,
    "farad": 1e12,
    "siemens": 1e9,
    "volt": 1e3,
    "second": 1e3,
    "hertz": 1e-3,
    "ohm": 1e-9,
    "metre": 1.0,
    "meter": 1.0,
    "molar": 1.0,
    "mole": 1.0,
}
_SHORT = {
    "A": "amp",
    "F": "farad",
    "S": "siemens",
    "V": "volt",
    "s": "second",
    "Hz": "hertz",
    "M": "molar",
    "m": "metre",
}
_PREFIXES = {"": 1.0, "G": 1e9, "M": 1e6, "k": 1e3, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}


def _units() -> dict[str, float]:
    units = {prefix + unit: factor * one for unit, one in _BASE.items() for prefix, factor in _PREFIXES.items()}
    for short, unit in _SHORT.items():
        units |= {
            prefix + short: factor * _BASE[unit] for prefix, factor in _PREFIXES.items() if prefix or short == "Hz"
        }
    lengths = [name for name in units if name.endswith(("metre", "meter")) or name in ("cm", "mm", "um", "nm")]
    units |= {f"{name}{power}": units[name] ** power for name in lengths for power in (2, 3)}
    return units


#: What text may multiply numbers by.
UNITS = _units()
#: The same of what a quantity of SI units is made of: metre, kilogram, second, ampere.
_DIMENSIONS = (1.0, 1e24, 1e3, 1e12)


def of_quantity(quantity: Any) -> float:
    """Return a quantity that knows its SI dimensions, as Brian's do, as a number in units of this library."""
    return float(quantity) * of_dimension(quantity.dim)


def of_dimension(dimension: Any) -> float:
    """Return one SI unit of a dimension in units of this library."""
    factor = 1.0
    exponents = [dimension.get_dimension(d) for d in ("m", "kg", "s", "A")]
    for unit, exponent in zip(_DIMENSIONS, exponents, strict=True):
        factor *= unit**exponent
    return float(factor)
