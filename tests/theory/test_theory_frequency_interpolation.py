"""Functions of the frequency from their values at some of them: errors within what was asked for."""

import numpy as np
import pytest

from rheobase.theory.neurons.frequency_interpolation import interpolated

FREQUENCIES = np.linspace(-500.0, 2000.0, 3001)


def peaks(at, width):
    """Two resonances and a low pass, a function of the size of the frequency."""
    return lambda f: np.stack([1 / (1 + 1j * f / 30), 1 / (1 + ((f - at) / width) ** 2) + 0.1j * f / (f + 300)])


@pytest.mark.parametrize(("at", "width"), [(20.0, 10.0), (150.0, 5.0), (300.0, 0.5)])
def test_error_stays_within_the_tolerance(at, width):
    asked = []

    def counted(f):
        asked.append(len(f))
        return peaks(at, width)(f)

    found = interpolated(counted, FREQUENCIES, 13, (at,), 1e-3)
    exact = peaks(at, width)(np.abs(FREQUENCIES))
    assert np.abs(found - exact).max() < 1e-3
    assert sum(asked) < len(FREQUENCIES) / 10


def test_few_frequencies_and_rough_functions_are_exact():
    few = FREQUENCIES[::200]
    np.testing.assert_array_equal(interpolated(peaks(150.0, 5.0), few, 13), peaks(150.0, 5.0)(np.abs(few)))

    def rough(f):
        return np.sin(1e4 * f)[None]

    np.testing.assert_array_equal(interpolated(rough, FREQUENCIES[:200], 13), rough(np.abs(FREQUENCIES[:200])))


def test_fast_ripples_are_followed_less_closely():
    """Below 100 Hz within the tolerance; above, ripples of 2 %, one every 170 Hz, may be passed over."""
    asked = []

    def ripples(f):
        asked.append(len(f))
        return (1 + 0.02 * np.cos(2 * np.pi * f / 170.0))[None]

    hertz = np.linspace(0.5, 3000.0, 3000)
    found, evaluated = interpolated(ripples, hertz, 13), sum(asked)
    errors = np.abs(found - ripples(hertz))[0]
    assert errors[hertz < 100].max() < 1e-3
    assert errors.max() < 3 * 0.02
    assert evaluated < 100
