"""Slopes from five points."""

import numpy as np
import pytest

from rheobase.dynamics.finite_differences import BEST_STEP, STEPS, slope


def test_polynomials_of_the_fourth_degree_are_exact():
    x = np.linspace(-2, 2, 5)
    found = slope([(x + 0.5 * k) ** 4 - 3 * (x + 0.5 * k) ** 3 for k in STEPS], 0.5)
    np.testing.assert_allclose(found, 4 * x**3 - 9 * x**2, atol=1e-12)


def test_the_error_is_of_the_fourth_order():
    errors = [abs(slope([np.exp(k * h) for k in STEPS], h) - 1) for h in (0.2, 0.1)]
    # h⁴/30 f⁗': half the step, a sixteenth of the error.
    assert errors[1] == pytest.approx(0.1**4 / 30, rel=0.01)
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.02)
    assert abs(slope([np.exp(k * BEST_STEP) for k in STEPS], BEST_STEP) - 1) < 1e-11
