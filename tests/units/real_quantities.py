"""Quantities of the libraries that are installed, made from their text."""

import functools

import numpy as np
import pytest


def quantity(library, value, text):
    """Return a quantity of a library, such as 3 mV; skip where the library is absent."""
    return {
        "quantities": _of_quantities,
        "neo": _of_neo,
        "pint": _of_pint,
        "astropy": _of_astropy,
        "brian": _of_brian,
        "brainunit": _of_brainunit,
    }[library](value, text)


LIBRARIES = ("quantities", "neo", "pint", "astropy", "brian", "brainunit")


def _of_quantities(value, text):
    return pytest.importorskip("quantities").Quantity(value, text)


def _of_neo(value, text):
    neo = pytest.importorskip("neo")
    if np.ndim(value) == 0:
        pytest.skip("Neo has arrays alone")
    return neo.AnalogSignal(np.asarray(value, float), units=text, sampling_rate=1 * _of_quantities(1, "kHz")).flatten()


def _of_pint(value, text):
    return _registry().Quantity(value, text)


@functools.cache
def _registry():
    return pytest.importorskip("pint").UnitRegistry()


def _of_astropy(value, text):
    return pytest.importorskip("astropy.units").Quantity(value, text)


def _by_name(units, value, text):
    return np.asarray(value) * getattr(units, text)


def _of_brian(value, text):
    try:
        import brian2
    except (ImportError, AttributeError) as error:  # some of its versions do not go with some of NumPy's
        pytest.skip(f"no Brian 2: {error}")
    return _by_name(brian2, value, text)


def _of_brainunit(value, text):
    try:
        import brainunit
    except ImportError as error:
        pytest.skip(f"no brainunit: {error}")
    return _by_name(brainunit, value, text)
