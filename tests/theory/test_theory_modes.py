"""Modes in which networks relax: of a determinant known in closed form, and of the textbook's network."""

import numpy as np

import rheobase as rb
from rheobase.theory import AsynchronousState
from rheobase.theory.fluctuations.network_modes import modes


def test_zeros_of_a_known_determinant():
    """A loop of gain g through two filters closes where (1 + a s)(1 + b s) = g."""
    f = np.geomspace(1.0, 1000.0, 30)
    s, a, b = 2j * np.pi * f / 1000, 10.0, 4.0
    for gain in (-3.0, 0.5):
        found = modes(f, 1 - gain / ((1 + a * s) * (1 + b * s)))
        exact = np.roots([a * b, a + b, 1 - gain])
        exact = exact[exact.imag >= 0]
        exact = exact[np.argsort(np.abs(exact.real))]
        np.testing.assert_allclose(found.eigenvalues, exact, rtol=1e-3)
        np.testing.assert_allclose(found.time_constants, -1 / exact.real, rtol=1e-3)
        np.testing.assert_allclose(found.frequencies, 1000 * exact.imag / (2 * np.pi), rtol=1e-3)


def test_rhythm_decays_before_the_onset_and_grows_beyond():
    decaying, growing = (
        AsynchronousState(rb.circuits.cortex(2000, tau_e=4.0, tau_i=tau_i)).modes() for tau_i in (4.0, 5.3)
    )
    assert 20 < decaying.time_constants[0] < 30 and 54 < decaying.frequencies[0] < 62
    assert growing.time_constants[0] < 0 and 45 < growing.frequencies[0] < 60


def test_what_errors_of_values_make_is_no_mode():
    """Values with errors far below what is asked of modes have the same modes, and none of their own."""
    f = np.geomspace(1.0, 1000.0, 30)
    s, a, b, gain = 2j * np.pi * f / 1000, 10.0, 4.0, -3.0
    rng = np.random.default_rng(1)
    for _ in range(20):
        errors = 1 + 1e-5 * (rng.standard_normal(30) + 1j * rng.standard_normal(30))
        found = modes(f, (1 - gain / ((1 + a * s) * (1 + b * s))) * errors)
        assert len(found.eigenvalues) == 1
        np.testing.assert_allclose(found.eigenvalues[0], np.roots([a * b, a + b, 1 - gain])[0], rtol=1e-2)
