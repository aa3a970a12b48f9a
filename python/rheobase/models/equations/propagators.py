"""phi1 of a matrix of expressions, by which linear systems are solved exactly."""

from rheobase.models.equations.expressions import ONE, ZERO, Expression, constant

Matrix = list[list[Expression]]

#: The matrix is halved so often before its series is summed, and doubled again as often.
_HALVINGS = 10
#: Terms of the series: where the matrix was 64, they leave an error below 1e-19.
_TERMS = 10


def phi1(A: Matrix) -> Matrix:
    """Return (exp(A) - 1) / A: by its series for a small part of A, doubled from there.

    What is doubled is phi1 itself, so that slow variables lose no digits: phi1(2B) = phi1(B) (1 + B phi1(B) / 2).
    """
    n = len(A)
    B = [[a * constant(2.0**-_HALVINGS) for a in row] for row in A]
    factorial = 1.0
    for k in range(2, _TERMS + 2):
        factorial *= k
    phi = _diagonal(n, constant(1.0 / factorial))
    for k in range(_TERMS, 0, -1):
        factorial /= k + 1
        phi = _sum(_product(B, phi), _diagonal(n, constant(1.0 / factorial)))
    for _ in range(_HALVINGS):
        growth = _product(B, phi)
        half = [[e * constant(0.5) for e in row] for row in growth]
        phi = _product(phi, _sum(half, _diagonal(n, ONE)))
        B = [[b * constant(2.0) for b in row] for row in B]
    return phi


def _diagonal(n: int, value: Expression) -> Matrix:
    return [[value if i == j else ZERO for j in range(n)] for i in range(n)]


def _sum(A: Matrix, B: Matrix) -> Matrix:
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(A, B, strict=True)]


def _product(A: Matrix, B: Matrix) -> Matrix:
    n = len(A)
    return [[_dot([A[i][k] * B[k][j] for k in range(n)]) for j in range(n)] for i in range(n)]


def _dot(terms: list[Expression]) -> Expression:
    total = ZERO
    for term in terms:
        total = total + term
    return total
