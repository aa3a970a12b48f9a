"""Linear stability: the kinds of fixed points, by eigenvalues or in the trace–determinant plane."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase import checks


def classify(A: npt.ArrayLike, tolerance: float = 1e-9) -> str:
    """Name the fixed point of u' = A u (book A.9, Fig. A.10), in any dimension.

    Parameters
    ----------
    A : array_like, shape (n, n) or float
        Matrix of a linear system, or a Jacobian at a fixed point.
    tolerance : float
        Eigenvalues (real or imaginary parts) below `tolerance` times the largest modulus count as zero.

    Returns
    -------
    str
        ``"stable node"``, ``"unstable node"``, ``"saddle"``, ``"stable spiral"``, ``"unstable spiral"``, ``"centre"``
        (every eigenvalue purely imaginary; such a matrix is not singular) or ``"degenerate"`` (linearisation does not
        decide). In one dimension ``"stable"``, ``"unstable"`` or ``"degenerate"``. In three or more dimensions
        a spiral is a fixed point with any complex pair whose real parts all have one sign, and a saddle one with
        both signs.

    Raises
    ------
    ValueError
        If `A` is not a finite square matrix.

    Examples
    --------
    >>> classify([[-1, 10], [-10, -1]])
    'stable spiral'
    """
    matrix, tolerance = np.atleast_2d(checks.array("A", A)), checks.number("tolerance", tolerance, low=0)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"A must be a square matrix, got shape {matrix.shape}")
    eigenvalues = np.linalg.eigvals(matrix)
    zero = tolerance * np.abs(eigenvalues).max()
    real, imaginary = eigenvalues.real, eigenvalues.imag
    spirals = (np.abs(imaginary) > zero).any()
    if zero == 0 or (np.abs(eigenvalues) <= zero).any():
        return "degenerate"
    if (np.abs(real) <= zero).any():
        if (np.abs(real) <= zero).all():
            return "centre"
        return "saddle" if (real > zero).any() and (real < -zero).any() else "degenerate"
    if len(matrix) == 1:
        return "stable" if real[0] < 0 else "unstable"
    if (real > 0).any() and (real < 0).any():
        return "saddle"
    return f"{'stable' if real[0] < 0 else 'unstable'} {'spiral' if spirals else 'node'}"


def planar_eigenvalues(trace: float, determinant: float) -> np.ndarray:
    """Return the eigenvalues λ = (T ± √(T² − 4D)) / 2 of a 2 × 2 matrix from its trace and determinant (eq. A.32).

    Parameters
    ----------
    trace, determinant : float

    Returns
    -------
    ndarray of complex, shape (2,)
        The root with + first.

    Examples
    --------
    >>> planar_eigenvalues(-2, -24).real
    array([ 4., -6.])
    """
    T, D = checks.number("trace", trace, low=-1e150, high=1e150), checks.number("determinant", determinant)
    root = np.sqrt(complex(T**2 - 4 * D))
    return np.array([T + root, T - root]) / 2


def sorted_eigenvalues(jacobian: np.ndarray) -> np.ndarray:
    """Return the eigenvalues by decreasing real part."""
    values = np.linalg.eigvals(jacobian).astype(complex)
    return values[np.argsort(-values.real, kind="stable")]


def pair_sums(jacobian: np.ndarray) -> float:
    """Return the product over all pairs of λ_i + λ_j, each divided by the sum of their sizes: 0 at a Hopf point."""
    values = np.linalg.eigvals(jacobian).astype(complex)
    i, j = np.triu_indices(len(values), 1)
    return float(np.prod((values[i] + values[j]) / (np.abs(values[i]) + np.abs(values[j]) + 1e-300)).real)


def has_imaginary_pair(jacobian: np.ndarray) -> bool:
    """Return whether the two eigenvalues whose sum is nearest zero are a complex pair (not λ and −λ)."""
    values = np.linalg.eigvals(jacobian).astype(complex)
    i, j = np.triu_indices(len(values), 1)
    k = int(np.argmin(np.abs(values[i] + values[j])))
    return bool(abs(values[i[k]].imag) > 1e-8 * np.abs(values).max())
