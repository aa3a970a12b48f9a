"""Linear systems with a delay, such as rate networks near a fixed point whose spikes take time to arrive."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from rheobase import checks

#: Chebyshev points per delay, and the steps by which Newton's method polishes a root.
_POINTS, _POLISH = 40, 8
#: The greatest rate times the delay that is taken.
_MOST = 1e6


def delay_roots(A: npt.ArrayLike, B: npt.ArrayLike, delay: float, n: int = 10) -> np.ndarray:
    """Return the rightmost characteristic roots of x'(t) = A x(t) + B x(t − delay).

    They solve det(λ − A − B e^(−λ delay)) = 0, and in general there are infinitely many; the system is stable if all
    lie left of the imaginary axis. The generator of the flow, on Chebyshev points over one delay, gives their places,
    and Newton's method polishes them. For a rate network, A = −1/τ and B = G W/τ with the gains G.

    Parameters
    ----------
    A, B : array_like, shape (m, m)
        Per unit of time; numbers are matrices of one element.
    delay : float
        At least 0, in units of time.
    n : int
        How many roots, 1 to 10 m.

    Returns
    -------
    ndarray of complex, shape (n,)
        From right to left. Fewer where there are no more: m without a delay, or where nothing that is late comes back
        to where it was, as in a feedforward network.

    Raises
    ------
    ValueError
        If shapes do not fit, `n` or `delay` is out of bounds, or a rate is above 10⁶/delay.

    Examples
    --------
    Inhibition of itself makes a rate oscillate, from a delay of arccos(1/w)/√(w² − 1) time constants on:

    >>> delay_roots(-1.0, -2.0, np.arccos(-0.5) / np.sqrt(3), n=1).imag.round(6)
    array([1.732051])
    """
    A, B = _matrices(A, B)
    delay, m = checks.number("delay", delay, low=0), len(A)
    n = checks.integer("n", n, low=1, high=10 * m)
    fastest = float(max(abs(A).max(), abs(B).max()))
    if fastest * delay > _MOST:
        raise ValueError(f"A and B must be at most {_MOST:g}/delay, got {fastest:g} with delay = {delay:g}")
    checks.memory("A", 32 * ((_POINTS + 1) * m) ** 2)
    if delay == 0:
        roots = np.linalg.eigvals(A + B).astype(complex)
    else:
        # The determinant is the product of those of the parts that feed on themselves.
        count, part = connected_components(np.abs(A) + np.abs(B), connection="strong")
        members = [np.ix_(part == k, part == k) for k in range(count)]
        # In units of the delay, in which the matrices are the generator's.
        roots = np.concatenate([_roots_of(A[own] * delay, B[own] * delay, n) for own in members]) / delay
    return roots[_order(roots)][:n]


def _roots_of(A: np.ndarray, B: np.ndarray, n: int) -> np.ndarray:
    """Return the n rightmost roots of det(λ − A − B e^−λ), or all that there are."""
    if not B.any():
        return np.linalg.eigvals(A).astype(complex)
    roots = np.linalg.eigvals(_generator(A, B))
    return np.array([_polished(A, B, root) for root in roots[_order(roots)][:n]])


def _order(roots: np.ndarray) -> np.ndarray:
    """Return the order from right to left; of a conjugate pair, equal but for rounding, the upper one comes first."""
    return np.lexsort((-roots.imag, -roots.real.round(7)))


def delay_hopf_curves(A: npt.ArrayLike, B: npt.ArrayLike, omega: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return where x'(t) = A x(t) + w B x(t − delay) has roots ±iω: Hopf curves in the plane of delay and weight w.

    With the eigenvalues ν of (iω − A)⁻¹ B they are ``w = 1/|ν|`` and delay = arg ν/ω, up to multiples of 2π/ω, which
    give the curves at longer delays. Where a system that is stable at small w first meets such a curve, it begins to
    oscillate.

    Parameters
    ----------
    A, B : array_like, shape (m, m)
        Per unit of time; numbers are matrices of one element.
    omega : array_like, shape (K,)
        Angular frequencies, above 0, in the order of the curves.

    Returns
    -------
    delay, w : ndarray, shape (K, m)
        One curve in each column; w is infinite where an eigenvalue vanishes.

    Raises
    ------
    ValueError
        If shapes do not fit, or A has an eigenvalue iω.

    Examples
    --------
    A rate that inhibits itself oscillates beyond w = √(1 + ω²):

    >>> delay, w = delay_hopf_curves(-1.0, -1.0, [np.sqrt(3)])
    >>> delay.round(4), w.round(4)
    (array([[1.2092]]), array([[2.]]))
    """
    from scipy.optimize import linear_sum_assignment

    A, B = _matrices(A, B)
    omega = checks.array("omega", omega, shape=(None,), above=0)
    checks.memory("omega", 64 * len(omega) * len(A) ** 2)
    try:
        moved = np.linalg.solve(1j * omega[:, None, None] * np.eye(len(A)) - A, B[None])
    except np.linalg.LinAlgError:
        raise ValueError("A must not have an eigenvalue iω at a frequency of omega") from None
    nu = np.linalg.eigvals(moved)
    for k in range(1, len(nu)):
        # Each curve goes on where it is nearest.
        nu[k] = nu[k, linear_sum_assignment(abs(nu[k - 1][:, None] - nu[k]))[1]]
    with np.errstate(divide="ignore", over="ignore"):
        return np.mod(np.angle(nu), 2 * np.pi) / omega[:, None], 1 / abs(nu)


def _matrices(A: npt.ArrayLike, B: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return A and B as square matrices of one shape."""
    A, B = (np.atleast_2d(checks.array(name, value)) for name, value in (("A", A), ("B", B)))
    if A.ndim != 2 or A.shape[0] != A.shape[1] or not A.size:
        raise ValueError(f"A must be a square matrix, got shape {A.shape}")
    if B.shape != A.shape:
        raise ValueError(f"B must have the shape {A.shape} of A, got {B.shape}")
    return A, B


def _generator(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the matrix that moves the values of x at Chebyshev points of [−1, 0], the newest first."""
    k = np.arange(_POINTS + 1)
    x = (np.cos(np.pi * k / _POINTS) - 1) / 2
    c = np.where((k == 0) | (k == _POINTS), 2.0, 1.0) * (-1.0) ** k
    D = np.outer(c, 1 / c) / (x[:, None] - x + np.eye(_POINTS + 1))
    D -= np.diag(D.sum(axis=1))
    generator = np.kron(D, np.eye(len(A)))
    generator[: len(A)] = 0
    generator[: len(A), : len(A)] = A
    generator[: len(A), -len(A) :] += B
    return generator


def _polished(A: np.ndarray, B: np.ndarray, root: complex) -> complex:
    """Return a root of det(λ − A − B e^−λ) from one nearby, by Newton's method on its eigenvector."""
    start = root
    for _ in range(_POLISH):
        characteristic = root * np.eye(len(A)) - A - B * np.exp(-root)
        left, size, right = np.linalg.svd(characteristic)
        slope = left[:, -1].conj() @ (np.eye(len(A)) + B * np.exp(-root)) @ right[-1].conj()
        if abs(slope) < 1e-12:
            break
        root -= size[-1] / slope
    # At a double root the steps are long, and the first value is the better one.
    return root if abs(root - start) < 0.1 * (1 + abs(start)) else start
