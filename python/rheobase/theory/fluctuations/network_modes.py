"""The modes in which a network relaxes: where, at complex frequencies, its loop closes upon itself."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import AAA

from rheobase.models.values import Brief
from rheobase.units import PER_MS

#: How far, next to their size, two approximations may place a mode for it to count, and how near to it a pole hides it.
_AGREED = 0.02

#: Accuracies of the two rational approximations.
_COARSE, _FINE = 1e-5, 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class NetworkModes(Brief):
    """Modes exp(λ t) in which small deviations from the asynchronous state decay or grow, the slowest decay first.

    Attributes
    ----------
    eigenvalues : ndarray of complex, shape (M,)
        λ, 1/ms; of a pair that oscillates the one with the positive imaginary part.

    Examples
    --------
    >>> NetworkModes(np.array([-0.04 + 0.4j])).time_constants
    array([25.])
    """

    eigenvalues: np.ndarray

    @property
    def time_constants(self) -> np.ndarray:
        """Time constants −1/Re λ, ms; negative where a mode grows."""
        return np.asarray(-1 / np.real(self.eigenvalues))

    @property
    def frequencies(self) -> np.ndarray:
        """Frequencies of the modes, Hz; 0 where one does not oscillate."""
        return np.asarray(np.imag(self.eigenvalues) / (2 * np.pi * PER_MS))


def modes(hertz: np.ndarray, determinant: np.ndarray) -> NetworkModes:
    """Return the zeros of a determinant that is known at some frequencies, Hz, continued by rational functions."""
    s = 2j * np.pi * PER_MS * hertz
    at, values = np.concatenate([s, np.conj(s)]), np.concatenate([determinant, np.conj(determinant)])
    coarse, fine = (_zeros(at, values, accuracy) for accuracy in (_COARSE, _FINE))
    # What noise in the values makes lies elsewhere in every approximation.
    agreed = [z for z in fine if (np.abs(coarse - z) <= _AGREED * np.abs(z)).any() and z.imag >= -1e-6 * abs(z)]
    return NetworkModes(np.array(sorted(agreed, key=lambda z: abs(z.real)), dtype=complex))


def _zeros(at: np.ndarray, values: np.ndarray, accuracy: float) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        approximation = AAA(at, values, rtol=accuracy)
        zeros, poles = (z[np.isfinite(z)] for z in map(np.asarray, (approximation.roots(), approximation.poles())))
    # One beside a pole, which cancels it, stands for the error of a value and not for a mode.
    alone = (np.abs(zeros[:, None] - poles) > _AGREED * np.abs(zeros[:, None])).all(axis=1)
    zeros = zeros[alone]
    real = np.abs(zeros.imag) < 1e-6 * np.abs(zeros)
    return np.where(real, zeros.real, zeros)
