"""The rate of a neuron whose noise comes through a synapse: the Fokker–Planck equation of V and of the current.

The neuron is τ_m V' = F(V) + I + s z(t), z of Ornstein and Uhlenbeck with variance 1 and time constant τ_s. In
Hermite functions of z, taken at the nodes of Gauss and Hermite, the density streams along V at each node with that
node's speed while the nodes exchange it; finite volumes along V, upwind, make a sparse linear system. Their error is of
first order in the size of a cell, and one extrapolation removes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

from rheobase import checks
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import Membrane, as_membrane, inputs
from rheobase.units import PER_MS

#: Size of a cell next to σ, of the coarser of two grids.
_CELL = 0.04

#: Largest number of unknowns of the linear system.
_MAX_UNKNOWNS = 200_000

#: Range of τ_s/τ_m in which so few nodes describe the current.
_SHORTEST, _LONGEST = 0.01, 10.0


@dataclass(frozen=True)
class ColouredNoise:
    """f–I curve of a neuron with an upstroke, EIF or QIF, in noise that an exponential synapse has filtered.

    Attributes
    ----------
    neuron : Neuron or Membrane
        ``rb.EIF``, ``rb.QIF``, or another `Membrane` whose drift carries it over V_th whatever the current.
    sigma : float
        s.d. of the free membrane potential, mV, above 0; that of the current is σ √(1 + τ_m/τ_s).
    tau_s : float
        Time constant of the synapse, ms, from 0.01 to 10 membrane time constants.
    nodes : int
        Number of currents at which the density is known, from 4 to 40.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model, or a number is out of range.

    Examples
    --------
    >>> f = ColouredNoise(rb.EIF(tau_m=10, V_th=-40), sigma=5.0, tau_s=5.0)
    >>> f(12.0).round(1)
    np.float64(9.9)
    """

    neuron: Neuron | Membrane
    sigma: float = 5.0
    tau_s: float = 5.0
    nodes: int = 12

    def __post_init__(self) -> None:
        object.__setattr__(self, "_membrane", as_membrane(self.neuron))
        checks.field(self, "sigma", above=0, unit="mV")
        tau_m = self.membrane.tau_m
        checks.field(self, "tau_s", low=_SHORTEST * tau_m, high=_LONGEST * tau_m)
        checks.integer("nodes", self.nodes, low=4, high=40)

    @property
    def membrane(self) -> Membrane:
        """The neuron as drift, threshold and reset."""
        return self.__dict__["_membrane"]

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV."""
        mean = inputs(I)
        return np.array([self._extrapolated(float(x)) for x in mean.flat]).reshape(mean.shape)

    def _extrapolated(self, mean: float) -> float:
        coarse, fine = (self._rate(mean, cell * self.sigma) for cell in (_CELL, _CELL / 2))
        return max(0.0, 2 * fine - coarse)

    def _rate(self, mean: float, cell: float) -> float:
        """Return the rate, Hz, on a grid with cells of about this size, mV."""
        m, n = self.membrane, self.nodes
        position = np.diag(np.sqrt(np.arange(1.0, n)), 1)
        z, modes = np.linalg.eigh(position + position.T)
        push = mean + self.sigma * np.sqrt(1 + m.tau_m / self.tau_s) * z
        edges, reset = self._edges(push, cell)
        width = edges[1] - edges[0]
        speed = (m.drift(edges)[:, None] + push) / (m.tau_m * width)
        up, down = np.maximum(speed, 0.0), np.minimum(speed, 0.0)
        up[0] = down[0] = down[-1] = 0.0  # nothing comes from outside
        cells = len(edges) - 1
        at = np.arange(cells * n).reshape(cells, n)
        exchange = (modes.T * (-np.arange(n) / self.tau_s)) @ modes
        # A spike starts again at the reset, with the current as it has become while the neuron was refractory.
        start = (modes.T * np.exp(-np.arange(n) * m.t_ref / self.tau_s)) @ modes * up[-1]
        entries = [
            (at, at, down[:-1] - up[1:]),
            (at[1:], at[:-1], up[1:-1]),
            (at[:-1], at[1:], -down[1:-1]),
            (*np.broadcast_arrays(at[:, :, None], at[:, None, :]), np.broadcast_to(exchange, (cells, n, n))),
            (*np.broadcast_arrays(at[reset][:, None], at[-1]), start),
        ]
        row, column, value = (np.concatenate([np.ravel(e[k]) for e in entries]) for k in range(3))
        # The system leaves the norm open: it takes the place of one of the equations, which follows from the others.
        one = at[reset, n // 2]
        kept = row != one
        row, column = np.append(row[kept], np.full(at.size, one)), np.append(column[kept], at.ravel())
        value = np.append(value[kept], np.tile(modes[0], cells))
        right = np.zeros(at.size)
        right[one] = 1.0
        density = splu(coo_matrix((value, (row, column)), shape=(at.size, at.size)).tocsc()).solve(right)
        flux = float((density[at[-1]] * up[-1]) @ modes[0])
        return flux / (PER_MS * (1 + flux * m.t_ref))

    def _edges(self, push: np.ndarray, cell: float) -> tuple[np.ndarray, int]:
        """Return potentials between cells, from where all currents push up to V_th, and the cell above the reset."""
        m = self.membrane
        if not float(m.drift(np.asarray(m.V_th))) + push[0] > 0:
            raise ValueError(
                f"neuron must have an upstroke that carries it over V_th whatever the current, such as an EIF or QIF, "
                f"but the drift at V_th = {m.V_th:g} mV is {float(m.drift(np.asarray(m.V_th))):g} mV"
            )
        depth = cell
        while float(m.drift(np.asarray(m.V_re - depth))) + push[0] < 0:
            depth *= 1.2
            if not depth < 1e6 * cell:
                raise ValueError(
                    f"drift must push the neuron up far below its reset, but not with sigma = {self.sigma:g}"
                )
        above = int(np.ceil((m.V_th - m.V_re) / cell))
        width = (m.V_th - m.V_re) / above
        below = int(np.ceil(depth / width))
        if (below + above) * self.nodes > _MAX_UNKNOWNS:
            raise ValueError(
                f"sigma must be nearer to V_th - V_re = {m.V_th - m.V_re:g} mV, or there are too many cells, "
                f"got {self.sigma:g}"
            )
        return m.V_re + width * np.arange(-below, above + 1), below
