"""Mean first passage times of noise-driven states in the plane, by the backward Fokker–Planck equation on a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.interpolate import RegularGridInterpolator
from scipy.sparse.linalg import splu

from rheobase import checks
from rheobase.dynamics.fields import Field, FieldLike
from rheobase.models.values import Brief

#: Bytes that the factors of the sparse matrix take per grid point, at most.
_BYTES = 2000


@dataclass(frozen=True, eq=False, repr=False)
class PassageTimes(Brief):
    """Mean times until noise carries a state of two variables to a target.

    Attributes
    ----------
    x, y : ndarray, shape (K,), (L,)
        Grid of the first and of the second variable.
    times : ndarray, shape (K, L)
        Mean first passage time from each point of the grid: 0 on the target.
    """

    x: np.ndarray
    y: np.ndarray
    times: np.ndarray

    def at(self, x0: npt.ArrayLike) -> float:
        """Return the mean time from one state, shape (2,), between the points of the grid by cubic interpolation."""
        state = checks.array("x0", x0, shape=(2,))
        for name, value, grid in zip("xy", state, (self.x, self.y), strict=True):
            checks.number(f"{name} of x0", value, low=grid[0], high=grid[-1])
        return float(RegularGridInterpolator((self.x, self.y), self.times, method="cubic")(state)[0])


def passage_times(
    field: FieldLike,
    target: Callable[[np.ndarray], npt.ArrayLike],
    sigma: npt.ArrayLike,
    box: npt.ArrayLike,
    *,
    points: int = 200,
) -> PassageTimes:
    """Return mean first passage times to a target for du = F(u) dt + σ dB with two variables, from everywhere.

    The mean time T(u) obeys F·∇T + ½ Σ_k σ_k² ∂²T/∂u_k² = −1 off the target, where it is 0; the sides of the box
    reflect. On the grid the diffusion becomes a walk among neighbours, whose rates weigh the drift exponentially
    (Scharfetter & Gummel 1969), so that they are positive at any step; the error falls with its square. The field need
    not have an energy: the activities of two populations that inhibit each other do.

    Parameters
    ----------
    field : callable or object
        Field of two variables, see `Field`.
    target : callable
        From states, shape (2, m), to whether each is on the target, shape (m,).
    sigma : float or array_like, shape (2,)
        Amplitude of the white noise of each variable, in its units per square root of time.
    box : array_like, shape (2, 2)
        Lower and upper bounds of both variables; take them so wide that the state hardly gets there.
    points : int
        Grid points per variable, at least 4. Steps must resolve the target and the wells, σ over the square root of
        twice the decay rate.

    Returns
    -------
    PassageTimes

    Raises
    ------
    ValueError
        If the target holds no point of the grid or all, or shapes do not fit.

    Examples
    --------
    The second variable does not matter here, and the time is that of the first alone:

    >>> from rheobase.dynamics import mean_first_passage
    >>> two = lambda u: np.stack([u[0] - u[0] ** 3, -u[1]])
    >>> found = passage_times(two, lambda u: u[0] >= 1, 0.6, [(-2.5, 1.5), (-2, 2)], points=81)
    >>> round(found.at([-1.0, 0.0]) / mean_first_passage(lambda x: x - x**3, -1.0, 1.0, 0.6), 1)
    1.0
    """
    F = Field(field)
    bounds = F.box(box)
    if bounds.shape != (2, 2):
        raise ValueError(f"box must have shape (2, 2), one pair (low, high) per variable, got {bounds.shape}")
    noise = checks.one_or_each("sigma", sigma, 2, above=0)
    points = checks.integer("points", points, low=4)
    checks.memory("points", _BYTES * points * points)
    x, y = (np.linspace(low, high, points) for low, high in bounds)
    states = np.stack(np.meshgrid(x, y, indexing="ij")).reshape(2, -1)
    there = np.asarray(checks.function("target", target)(states.copy()))
    if there.shape != (states.shape[1],) or there.dtype != bool:
        raise ValueError(f"target must return one truth value per state, shape ({states.shape[1]},), got {there!r}")
    if there.all() or not there.any():
        share = "all points" if there.all() else "no point"
        raise ValueError(f"target must hold some points of the grid and not all, got {share}")
    generator = _generator(F, (x, y), noise)[~there][:, ~there]
    times = np.zeros(states.shape[1])
    times[~there] = splu(generator.tocsc()).solve(-np.ones(int((~there).sum())))
    return PassageTimes(x, y, times.reshape(points, points))


def _generator(F: Field, grids: tuple[np.ndarray, np.ndarray], sigma: np.ndarray) -> sparse.csr_array:
    """Return the rates of the walk on the grid, [from, to], whose rows add up to 0."""
    shape = tuple(len(grid) for grid in grids)
    index = np.arange(shape[0] * shape[1]).reshape(shape)
    rows, columns, rates = [], [], []
    for k in (0, 1):
        middles = list(grids)
        middles[k] = (grids[k][1:] + grids[k][:-1]) / 2
        drift = F.many(np.stack(np.meshgrid(*middles, indexing="ij")).reshape(2, -1))[k]
        if not np.isfinite(drift).all():
            raise ValueError("field must be finite in the box, got values that are not")
        step, spread = grids[k][1] - grids[k][0], sigma[k] ** 2 / 2
        low = np.take(index, np.arange(shape[k] - 1), axis=k).ravel()
        high = np.take(index, np.arange(1, shape[k]), axis=k).ravel()
        uphill = drift * step / spread
        rows += [low, high]
        columns += [high, low]
        rates += [spread / step**2 * _bernoulli(-uphill), spread / step**2 * _bernoulli(uphill)]
    walk = sparse.csr_array(
        (np.concatenate(rates), (np.concatenate(rows), np.concatenate(columns))), shape=(index.size, index.size)
    )
    return sparse.csr_array(walk - sparse.diags_array(np.asarray(walk.sum(axis=1)).ravel()))


def _bernoulli(z: np.ndarray) -> np.ndarray:
    """Return z/(e^z − 1)."""
    small = np.abs(z) < 1e-6
    inner = np.where(small, 1.0, np.clip(z, -700, 700))
    return np.where(small, 1 - z / 2, inner / np.expm1(inner))
