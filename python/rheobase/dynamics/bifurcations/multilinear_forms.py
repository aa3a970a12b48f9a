"""Derivatives of a vector field along directions, and the coefficients of normal forms that they make."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheobase.dynamics.fields import Field, FieldLike

#: Weights of F(u + k h x) ± F(u − k h x), k = 1 … 4, in the second (less 2 F(u)) and the third derivative along x.
_SECOND = np.array([8 / 5, -1 / 5, 8 / 315, -1 / 560])
_THIRD = np.array([-61 / 30, 169 / 120, -3 / 10, 7 / 240])

#: Length of the shifts, next to the sizes of the state variables: rounding and truncation balance there.
_SHIFT = 0.01


class Forms:
    """The second and third derivatives of a field at a state, B(x, y) and C(x, y, z), as functions of vectors.

    Parameters
    ----------
    field : Field
    u : ndarray, shape (n,)
    scale : ndarray, shape (n,)
        Typical sizes of the state variables.
    """

    def __init__(self, field: Field, u: np.ndarray, scale: np.ndarray) -> None:
        self._field, self._u, self._scale = field, u, scale

    def bilinear(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return B(x, y) of real or complex vectors."""
        if np.iscomplexobj(x) or np.iscomplexobj(y):
            a, b, c, d = x.real, np.imag(x), y.real, np.imag(y)
            real = self.bilinear(a, c) - self.bilinear(b, d)
            return np.asarray(real + 1j * (self.bilinear(a, d) + self.bilinear(b, c)))
        return (self._second(x + y) - self._second(x - y)) / 4

    def cubic(self, q: np.ndarray) -> np.ndarray:
        """Return C(q, q, q̄) of a complex vector."""
        a, b = q.real, q.imag
        plus, minus, aaa, bbb = self._third(a + b), self._third(a - b), self._third(a), self._third(b)
        abb, aab = (plus + minus - 2 * aaa) / 6, (plus - minus - 2 * bbb) / 6
        return np.asarray(aaa + abb + 1j * (aab + bbb))

    def _shifted(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the shift h and F at u + k h x and at u − k h x, k = 1 … 4, one per row."""
        length = float(np.abs(x / self._scale).max())
        h = _SHIFT / max(length, 1e-300)
        steps = np.array([1, 2, 3, 4, -1, -2, -3, -4])
        values = self._field.many(self._u[:, None] + h * x[:, None] * steps).T
        return h, values[:4], values[4:]

    def _second(self, x: np.ndarray) -> np.ndarray:
        if not x.any():
            return np.zeros_like(x)
        h, up, down = self._shifted(x)
        return np.asarray(_SECOND @ (up + down - 2 * self._field(self._u)) / h**2)

    def _third(self, x: np.ndarray) -> np.ndarray:
        if not x.any():
            return np.zeros_like(x)
        h, up, down = self._shifted(x)
        return np.asarray(_THIRD @ (up - down) / h**3)


def lyapunov_coefficient(field: FieldLike, u: npt.ArrayLike) -> float:
    """Return the first Lyapunov coefficient of a Hopf point: below 0 it is supercritical, above 0 subcritical.

    Kuznetsov's formula, l₁ = Re[⟨p, C(q, q, q̄)⟩ − 2⟨p, B(q, J⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (2iω − J)⁻¹B(q, q))⟩] / 2ω with
    Jq = iωq, Jᵀp = −iωp, ⟨q, q⟩ = ⟨p, q⟩ = 1. A supercritical Hopf point gives birth to a stable cycle, a subcritical
    one to an unstable cycle; where l₁ = 0 the Hopf point is a generalised one (Bautin).

    Parameters
    ----------
    field : callable or object
        See `Field`.
    u : array_like, shape (n,)
        The fixed point, with a pair of imaginary eigenvalues.

    Returns
    -------
    float
        In units of the inverse of time and of the state squared; only its sign does not depend on the units.

    Raises
    ------
    ValueError
        If the eigenvalues nearest to the imaginary axis are no complex pair.

    Examples
    --------
    >>> from rheobase.dynamics import Hopf
    >>> round(lyapunov_coefficient(Hopf(a=0.0, omega=2.0, s=-1.0), [0.0, 0.0]), 6)
    -1.0
    """
    F = Field(field)
    state = F.at("u", u)
    J = F.jacobian(state)
    values = np.linalg.eigvals(J).astype(complex)
    nearest = values[np.argmin(np.abs(values.real))]
    if abs(nearest.imag) < 1e-9 * np.abs(values).max() or abs(nearest.real) > 1e-3 * abs(nearest):
        raise ValueError(f"u must be a Hopf point, with a pair of imaginary eigenvalues, got eigenvalues {values}")
    return hopf_coefficient(F, state, J, np.maximum(np.abs(state), 1.0), abs(nearest.imag))


def hopf_coefficient(F: Field, u: np.ndarray, J: np.ndarray, scale: np.ndarray, omega: float) -> float:
    """Return the first Lyapunov coefficient of the pair ±iω, with the Jacobian and the sizes of the state at hand."""
    values, vectors = np.linalg.eig(J)
    k = int(np.argmin(np.abs(values - 1j * omega)))
    q = vectors[:, k] / np.linalg.norm(vectors[:, k])
    left_values, left = np.linalg.eig(J.T)
    p = left[:, np.argmin(np.abs(left_values + 1j * omega))]
    p = p / np.conj(np.vdot(p, q))
    forms = Forms(F, u, scale)
    slow = np.linalg.solve(J, forms.bilinear(q, q.conj()))
    fast = np.linalg.solve(2j * omega * np.eye(len(u)) - J, forms.bilinear(q, q))
    terms = forms.cubic(q) - 2 * forms.bilinear(q, slow) + forms.bilinear(q.conj(), fast)
    return float(np.vdot(p, terms).real / (2 * omega))
