"""Products and solutions of many small matrices that BLAS keeps on the thread that asks for them.

OpenBLAS wakes its threads for systems of 100 unknowns and products of 64³ multiplications, which at such sizes costs
more than it saves, and many times that where other programs need the cores. Larger ones are taken in parts.
"""

from __future__ import annotations

import math

import numpy as np

#: Unknowns up to which a system is solved as a whole, and operations up to which a product is made as a whole.
_UNKNOWNS, _OPERATIONS = 96, 250_000

#: Fewest columns of a part of a product: with two, products of 162 rows take more than twice as long.
_COLUMNS = 16

#: Degree of the polynomials of an exponential, and the norm up to which their ratio is exact but for rounding.
_DEGREE, _SMALL = 6, 0.5


def solve(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the solutions x (..., n, K) of A x = b for matrices (..., n, n), which are changed.

    Larger systems are eliminated by halves, so that the upper left part of theirs must be regular as well: that of
    degrees of a polynomial, each of which loses what it holds.
    """
    n = matrices.shape[-1]
    if n <= _UNKNOWNS:
        return np.linalg.solve(matrices, right)
    half = n // 2
    upper, lower = matrices[..., :half, half:], matrices[..., half:, :half]
    first = solve(matrices[..., :half, :half], np.concatenate([upper, right[..., :half, :]], axis=-1))
    by_second, alone = first[..., : n - half], first[..., n - half :]
    matrices[..., half:, half:] -= multiply(lower, by_second)
    second = solve(matrices[..., half:, half:], right[..., half:, :] - multiply(lower, alone))
    return np.concatenate([alone - multiply(by_second, second), second], axis=-2)


def multiply(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the products of matrices (..., m, k) and (..., k, n)."""
    stacked = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    product = np.empty((*stacked, left.shape[-2], right.shape[-1]), np.result_type(left, right))
    _multiply(left, right, product)
    return product


def _multiply(left: np.ndarray, right: np.ndarray, product: np.ndarray) -> None:
    """Write the products, some columns at a time, and of matrices that leave few columns at once a half at a time."""
    m, k, n = *left.shape[-2:], right.shape[-1]
    columns = _OPERATIONS // (4 if np.iscomplexobj(product) else 1) // (m * k)
    if columns >= min(n, _COLUMNS):
        for at in range(0, n, columns):
            np.matmul(left, right[..., at : at + columns], out=product[..., at : at + columns])
    elif m >= k:
        _multiply(left[..., : m // 2, :], right, product[..., : m // 2, :])
        _multiply(left[..., m // 2 :, :], right, product[..., m // 2 :, :])
    else:
        _multiply(left[..., : k // 2], right[..., : k // 2, :], product)
        product += multiply(left[..., k // 2 :], right[..., k // 2 :, :])


def exponential(matrix: np.ndarray) -> np.ndarray:
    """Return the exponentials of matrices (..., n, n).

    By Padé's approximation of a small part of them, squared again and again. SciPy's wakes the threads whatever the
    size.
    """
    norm = float(np.abs(matrix).sum(axis=-2).max())
    doublings = max(math.ceil(math.log2(norm / _SMALL)), 0) if norm > 0 else 0
    part = matrix / 2**doublings
    power = above = below = np.eye(matrix.shape[-1])
    factor = 1.0
    for k in range(1, _DEGREE + 1):
        factor *= (_DEGREE - k + 1) / (k * (2 * _DEGREE - k + 1))
        power = multiply(part, power)
        above, below = above + factor * power, below + (-1) ** k * factor * power
    result = solve(below, above)
    for _ in range(doublings):
        result = multiply(result, result)
    return result
