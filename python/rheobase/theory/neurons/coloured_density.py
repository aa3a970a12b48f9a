"""The two-dimensional Fokker–Planck equation of a neuron and its synaptic current, as a linear system, cell by cell.

The neuron is τ_m V' = F(V) + I + s z(t), z of Ornstein and Uhlenbeck with variance 1 and time constant τ_s. At the
nodes z_j of Gauss and Hermite the density streams along V with speed (F + I + s z_j)/τ_m while the nodes exchange it as
the Hermite modes of z decay, mode k at rate k/τ_s. Along V the density is a polynomial in every cell, and cells pass it
on in the direction of the speed (discontinuous Galerkin, upwind). What leaves through V_th starts again at V_re after
t_ref, with the current as it has become. Each node has its own direction: the density at V_th vanishes where the
current pushes back, which is the boundary condition of a neuron without an upstroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.polynomial import legendre
from scipy.linalg import LinAlgError

from rheobase.theory.membranes import Membrane
from rheobase.theory.neurons.cell_sweep import Sweep, signs_below, sweep
from rheobase.theory.neurons.hermite_modes import modes_of
from rheobase.theory.neurons.potential_grid import PotentialGrid, grid_like
from rheobase.theory.neurons.small_matrices import exponential, multiply, solve

#: Numbers that solutions found together consist of.
_AT_ONCE = 1_000_000

#: Number of polynomials in a cell; the flux through it has an error of the fifth order.
_DEGREES = 3

#: Signs of the Legendre polynomials at the lower end of a cell; at the upper end they are 1.
_BELOW = signs_below(_DEGREES)

#: Largest ratio of what jumps feed a mode of the current to its decay: with more, spectra become negative.
_FED = 0.7

#: Angular frequency next to the rate up to which a response is that to a steady change, for the norm is lost there.
_STILL = 1e-7

#: Longest mean interval, ms: the system cannot tell a neuron that fires even less from a silent one.
_LONGEST_INTERVAL = 1e13


@cache
def _polynomials() -> tuple[np.ndarray, np.ndarray]:
    """Return points on [-1, 1], and for each the matrix ∫φ_m' φ_l from its weight.

    At the first use: what makes them keeps threads of BLAS spinning, which an import must not.
    """
    x, weight = legendre.leggauss(_DEGREES + 2)
    values = np.array([legendre.legval(x, one) for one in np.eye(_DEGREES)])
    slopes = np.array([legendre.legval(x, legendre.legder(one)) for one in np.eye(_DEGREES)])
    return x, np.einsum("x,mx,lx->xml", weight, slopes, values)


@dataclass(frozen=True, eq=False)
class _Steady:
    """Rate (1/ms) and density (cells × polynomials × nodes, 1/mV)."""

    rate: float
    density: np.ndarray


@dataclass(frozen=True, eq=False)
class ColouredDensity:
    """The density of V and of the current at one mean input, and what flows through the threshold.

    Attributes
    ----------
    membrane : Membrane
    mean : float
        Mean input, mV.
    sigma : float
        s.d. of the free membrane potential, mV.
    tau_s : float
        Time constant of the current, ms.
    skewness, kurtosis : float
        Skewness and excess kurtosis of the current, those of shot noise.
    nodes : int
        Number of currents at which the density is known.
    """

    membrane: Membrane
    mean: float
    sigma: float
    tau_s: float
    skewness: float
    kurtosis: float
    nodes: int

    @property
    def rate(self) -> float:
        """Mean rate, 1/ms."""
        return self._steady.rate

    @property
    def carried(self) -> bool:
        """Whether an upstroke carries the neuron over V_th at all nodes."""
        return bool(self._velocities_at_threshold[0] > 0)

    @property
    def distance_of_nodes(self) -> float:
        """Distance of the two currents, mV, between which the neuron stands still at V_th; 0 if all or none hold it."""
        velocities = self._velocities_at_threshold
        k = int(np.searchsorted(velocities, 0.0))
        return float(velocities[k] - velocities[k - 1]) if 0 < k < len(velocities) else 0.0

    @property
    def _velocities_at_threshold(self) -> np.ndarray:
        """τ_m dV/dt at V_th at the nodes, mV, in ascending order."""
        V_th = np.asarray(self.membrane.V_th)
        return np.sort(float(self.membrane.drift(V_th)) + self.mean + self._pushes_at(V_th))

    def response(self, omega: np.ndarray) -> np.ndarray:
        """Return how the rate follows modulations e^{iωt} of the mean input and of the intensity of the noise.

        Parameters
        ----------
        omega : ndarray, shape (F,)
            Angular frequencies, 1/ms.

        Returns
        -------
        ndarray of complex, shape (1 + kinds of noise, F)
            Per mV of the mean input, 1/(ms mV), and per part of the intensity of each kind of noise, 1/ms.
        """
        found = np.zeros((1 + self._noises, len(omega)), dtype=complex)
        still = np.abs(omega) <= _STILL * self.rate
        if self.rate > 0 and still.any():
            found[:, still] = self.responses(np.zeros(1), self._swept(self.driven, np.zeros(1)))
        for at in self._shares(~still) if self.rate > 0 else ():
            found[:, at] = self.responses(omega[at], self._swept(self.driven, omega[at]))
        return found

    def spectrum(self, omega: np.ndarray) -> np.ndarray:
        """Return the power spectrum of the spike train at angular frequencies `omega` (F,), 1/ms; 1/ms.

        Spikes follow a spike at the rate m(t), and the spectrum is r (1 + 2 Re m̃(ω)). At 0 it is the limit, where the
        mean rate is left out.
        """
        if self.rate == 0:
            return np.zeros(len(omega))
        omega, power = np.maximum(np.abs(omega), self.slowest), np.zeros(len(omega))
        for at in self._shares(omega > 0):
            power[at] = self.power(omega[at], self._swept(self.sources, omega[at]))
        return power

    def fluctuations(self, omega: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return all responses and the spectrum at angular frequencies `omega` (F,), 1/ms, for the price of one."""
        slow = np.abs(omega) < self.slowest
        if self.rate == 0 or slow.all():
            return self.response(omega), self.spectrum(omega)
        responses, power = np.zeros((1 + self._noises, len(omega)), dtype=complex), np.zeros(len(omega))
        if slow.any():
            responses[:, slow], power[slow] = self.response(omega[slow]), self.spectrum(omega[slow])
        for at in self._shares(~slow):
            swept = self._swept(self.driven, omega[at])
            responses[:, at], power[at] = self.responses(omega[at], swept), self.power(omega[at], swept)
        return responses, power

    def _shares(self, which: np.ndarray) -> list[np.ndarray]:
        """Return the places of some frequencies, in parts small enough to be solved together."""
        places, at_once = np.flatnonzero(which), max(_AT_ONCE // (2 * self._unknowns), 1)
        return [places[k : k + at_once] for k in range(0, len(places), at_once)]

    @property
    def _unknowns(self) -> int:
        """Numbers that its solution consists of."""
        return len(self.cells) * _DEGREES * self.size * self.size

    @property
    def slowest(self) -> float:
        """Angular frequency, 1/ms, below which the spectrum does not change."""
        return 1e-3 * self.rate

    @property
    def driven(self) -> np.ndarray:
        """What flux from the reset brings, at each node, and modulations of mean and noise (unknowns × K)."""
        density = self._steady.density
        pushes = np.stack([self.by_mean(density), *self.by_noise(density)], axis=-1)
        return np.concatenate([self.sources, pushes.reshape(-1, 1 + self._noises)], axis=1)

    def _swept(self, sources: np.ndarray, omega: np.ndarray) -> Sweep:
        """Return the densities to which K sources lead at each e^{iωt}, steady at a single 0."""
        return swept_together([self], [sources], omega[None])[0]

    def responses(self, omega: np.ndarray, swept: Sweep) -> np.ndarray:
        """Return the `response` at frequencies where what is `driven` leads to `swept`."""
        crossing, again = self.returning(omega, swept)
        flux = self.summing @ (multiply(crossing[..., : self.size], again) + crossing[..., self.size :])
        return np.asarray((flux * np.exp(-1j * omega * self._grid.upstroke)[:, None]).T)

    def returning(self, omega: np.ndarray, swept: Sweep) -> tuple[np.ndarray, np.ndarray]:
        """Return what crosses the highest edge, by node, of each source and push, and what starts again by a push."""
        density, one, n = self._steady.density, self.summing, self.size
        crossing = self.up[-1][:, None] * swept.top.astype(complex)
        crossing[..., n] += (self.up[-1] > 0) * density[-1].sum(0) / self.around[0].tau_m
        back = self.after_spike * np.exp(-1j * omega * self.rest)[:, None, None]
        right = multiply(back, crossing[..., n:])
        leaving = self.up[-1] * density[-1].sum(0)
        right[..., 1:] += self._noise_while_refractory(omega, self.beside_current(leaving)).swapaxes(1, 2)
        system = np.eye(n) - multiply(back, crossing[..., :n])
        if not omega.any():  # the equations leave the norm open, which a modulation does not change
            held = np.einsum("c,bcjk->bjk", self.cells, swept.densities()[:, :, 0])
            norm = one @ held + self.rest * (one @ crossing)
            system = system + one[:, None] * norm[:, None, :n]
            right = right - one[:, None] * norm[:, None, n:]
        return crossing, solve(system, right)

    def power(self, omega: np.ndarray, swept: Sweep) -> np.ndarray:
        """Return the `spectrum` at frequencies above 0 where flux from the reset leads to `swept`."""
        rate, n = self._steady.rate, self.size
        crossing = self.up[-1][:, None] * swept.top[..., :n]
        back = self.after_spike * np.exp(-1j * omega * self.rest)[:, None, None]
        leaving = self.up[-1] * self._steady.density[-1].sum(0) / rate
        again = solve(np.eye(n) - multiply(back, crossing), back @ leaving[:, None])
        return np.asarray(rate * (1 + 2 * (self.summing @ (crossing @ again))[:, 0].real))

    @cached_property
    def _steady(self) -> _Steady:
        return _steady_of([self])[0]

    @cached_property
    def _s(self) -> float:
        """s.d. of the current, mV."""
        return float(self.sigma * np.sqrt(1 + self.membrane.tau_m / self.tau_s))

    @cached_property
    def _pushes(self) -> np.ndarray:
        """Currents at the nodes, mV, without their mean."""
        return np.asarray(self._s * modes_of(self.nodes)[0])

    def _pushes_at(self, V: np.ndarray) -> np.ndarray:
        """Return the currents at the nodes at potentials (..., nodes), mV."""
        return self._pushes

    @property
    def summing(self) -> np.ndarray:
        """What the amplitudes at the nodes are multiplied by where they are added up."""
        return np.asarray(modes_of(self.nodes)[1][0])

    @property
    def size(self) -> int:
        """Number of nodes in all."""
        return self.nodes

    @cached_property
    def _grid(self) -> PotentialGrid:
        membrane, mean, weakest = self.around
        return grid_like(membrane, mean, self.sigma, self.tau_s, weakest, _DEGREES * self.size)

    @property
    def around(self) -> tuple[Membrane, float, float]:
        """Membrane and mean input around which noise makes the neuron fluctuate, and the weakest push, mV."""
        return self.membrane, self.mean, float(self._pushes_at(np.asarray(self.membrane.V_re)).min())

    @property
    def _edges(self) -> np.ndarray:
        return self._grid.edges

    @property
    def rest(self) -> float:
        """Time from the highest edge to V_th and until the neuron starts again, ms."""
        return self.membrane.t_ref + self._grid.upstroke

    @property
    def _reset(self) -> int:
        """Edge of the reset."""
        return self._grid.reset

    @property
    def cells(self) -> np.ndarray:
        """Sizes of the cells, mV."""
        return np.diff(self._edges)

    @cached_property
    def _speeds(self) -> np.ndarray:
        """Speeds at the edges (edges × nodes), mV/ms."""
        drift = self.membrane.drift(self._edges)[:, None] + self.mean
        return np.asarray((drift + self._pushes_at(self._edges)) / self.membrane.tau_m)

    @cached_property
    def up(self) -> np.ndarray:
        """Speeds upwards; nothing comes from below the lowest edge."""
        up = np.maximum(self._speeds, 0.0)
        up[0] = 0.0
        return up

    @cached_property
    def down(self) -> np.ndarray:
        """Speeds downwards, negative; nothing comes from above V_th, nor leaves below."""
        down = np.minimum(self._speeds, 0.0)
        down[0] = down[-1] = 0.0
        return down

    @cached_property
    def _weights(self) -> np.ndarray:
        """Norms of the polynomials (cells × polynomials), mV."""
        return self.cells[:, None] / (2 * np.arange(_DEGREES) + 1)

    @property
    def _exchange(self) -> np.ndarray:
        """How all that has nodes changes at the reset, from node to node, 1/ms."""
        return self._of_currents

    @cached_property
    def _of_currents(self) -> np.ndarray:
        """How the current changes, from node to node, 1/ms: its modes decay, and jumps that are no diffusion feed them.

        Jumps whose sum has cumulant κ_n bring κ_n/((n − 1)! τ_s) √((k + n)!/k!) from mode k to k + n: to the highest
        modes, where skewness is large, no more than `_FED` times as much as decays there.
        """
        modes, k = modes_of(self.nodes)[1], np.arange(self.nodes, dtype=float)
        third = np.sqrt(k[3:] * k[2:-1] * k[1:-2]) * self.skewness / 2
        fourth = np.sqrt(k[4:] * k[3:-1] * k[2:-2] * k[1:-3]) * self.kurtosis / 6
        fed = np.diag(np.clip(third, -_FED * k[3:], _FED * k[3:]), -3) + np.diag(np.minimum(fourth, _FED * k[4:]), -4)
        return np.asarray(modes.T @ (fed - np.diag(k)) @ modes / self.tau_s)

    @property
    def _exchanges(self) -> np.ndarray:
        """The same in every cell (cells × nodes × nodes)."""
        return np.broadcast_to(self._exchange, (len(self.cells), *self._exchange.shape))

    def _for_all(self, of_currents: np.ndarray) -> np.ndarray:
        """Return what something does to all nodes from what it does to those of the current."""
        return of_currents

    @cached_property
    def after_spike(self) -> np.ndarray:
        """What becomes of the current while the neuron is refractory, from node to node."""
        return np.asarray(exponential(self.rest * self._of_currents))

    @property
    def _noises(self) -> int:
        """How many kinds of noise are modulated, each by itself."""
        return 1

    def beside_current(self, leaving: np.ndarray) -> np.ndarray:
        """Return what leaves through V_th, by node, after what happens to all but the current until the reset."""
        return leaving

    def _noise_while_refractory(self, omega: np.ndarray, leaving: np.ndarray) -> np.ndarray:
        """Return what modulations of each noise add to the current of what left, (frequencies, noises, nodes)."""
        rest, rate, modes = self.rest, 2 / self.tau_s + 1j * omega, modes_of(self.nodes)[1]
        k = np.arange(self.nodes - 2)
        grown = np.sqrt((k + 1.0) * (k + 2.0)) / self.tau_s * np.exp(-k * rest / self.tau_s)
        added = modes.T @ np.diag(grown, -2) @ modes @ leaving.reshape(self.nodes, -1)
        return (-np.expm1(-rate * rest) / rate)[:, None, None] * added.ravel()

    @cached_property
    def sources(self) -> np.ndarray:
        """What a unit of flux that starts at the reset, at each node, brings to each unknown."""
        sources = np.zeros((len(self.cells), _DEGREES, self.size, self.size))
        for j, up in enumerate(self._speeds[self._reset] > 0):
            if up or self._reset == 0:
                sources[self._reset, :, j, j] = _BELOW
            else:
                sources[self._reset - 1, :, j, j] = 1.0
        return sources.reshape(-1, self.size)

    @property
    def _within(self) -> tuple[np.ndarray, ...]:
        """What `_matrices` are made from, cell by cell."""
        middle = (self._edges[1:] + self._edges[:-1]) / 2
        V = middle[:, None] + self.cells[:, None] / 2 * _polynomials()[0]
        speeds = ((self.membrane.drift(V) + self.mean)[..., None] + self._pushes_at(V)) / self.membrane.tau_m
        return speeds, self.up[1:], self.down[:-1], self._weights, self._exchanges

    def by_mean(self, density: np.ndarray) -> np.ndarray:
        """Return the change of the density per mV of the mean input."""
        upper, lower = density.sum(1), (density * _BELOW[:, None]).sum(1)
        zero = np.zeros((1, self.size))
        passing = np.where(self.up > 0, np.append(zero, upper, 0), 0.0)
        passing += np.where(self.down < 0, np.append(lower, zero, 0), 0.0)
        inside = np.einsum("ml,clj->cmj", _polynomials()[1].sum(0), density)
        change = inside - passing[1:, None] + _BELOW[:, None] * passing[:-1, None]
        return np.asarray(change / self.around[0].tau_m)

    def by_noise(self, density: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the changes of the density per part of the intensity of each kind of noise."""
        modes, k = modes_of(self.nodes)[1], np.arange(self.nodes - 2)
        spreading = self._for_all(modes.T @ np.diag(np.sqrt((k + 1.0) * (k + 2.0)) / self.tau_s, -2) @ modes)
        return (np.asarray(self._weights[..., None] * (density @ spreading.T)),)


def _matrices(
    speeds: np.ndarray, up: np.ndarray, down: np.ndarray, weights: np.ndarray, exchanges: np.ndarray
) -> np.ndarray:
    """Return what gives the change of the density in cells from their own, by polynomials and nodes.

    From speeds at points within (cells × points × nodes), upwards at upper and downwards at lower ends (cells × nodes),
    norms of the polynomials (cells × polynomials), and how nodes exchange what they have (cells × nodes × nodes).
    """
    cells, n = up.shape
    along = np.einsum("cxn,xml->cmln", speeds, _polynomials()[1])
    along -= up[:, None, None]
    along += np.outer(_BELOW, _BELOW)[..., None] * down[:, None, None]
    inside = np.zeros((cells, _DEGREES, n, _DEGREES, n))
    node = np.arange(n)
    inside[:, :, node, :, node] = np.moveaxis(along, -1, 0)
    for degree in range(_DEGREES):
        inside[:, degree, :, degree] += weights[:, degree, None, None] * exchanges
    return inside.reshape(cells, _DEGREES * n, _DEGREES * n)


def settle(densities: Sequence[ColouredDensity]) -> None:
    """Find the steady states of densities together: those of one kind and size at once."""
    for some in at_once([density for density in densities if "_steady" not in density.__dict__], 1):
        for density, steady in zip(some, _steady_of(some), strict=True):
            density.__dict__["_steady"] = steady


def at_once(densities: Sequence[ColouredDensity], systems: int) -> list[list[ColouredDensity]]:
    """Return densities of one kind and size, as many as can be solved together, with so many systems of each."""
    alike: dict[tuple[type, int], list[ColouredDensity]] = {}
    for density in densities:
        alike.setdefault((type(density), density.size), []).append(density)
    found = []
    for some in alike.values():
        number = max(_AT_ONCE // (systems * max(density._unknowns for density in some)), 1)
        found += [some[k : k + number] for k in range(0, len(some), number)]
    return found


def spectra_together(densities: Sequence[ColouredDensity], omega: np.ndarray) -> list[np.ndarray]:
    """Return the `spectrum` of each density."""
    settle(densities)
    powers: dict[int, np.ndarray] = {}
    for some in at_once([density for density in densities if density.rate > 0], 2 * len(omega)):
        if len(some) == 1:
            continue
        at = np.array([np.maximum(np.abs(omega), density.slowest) for density in some])
        every = zip(some, at, swept_together(some, [density.sources for density in some], at), strict=True)
        powers |= {id(density): density.power(own, swept) for density, own, swept in every}
    return [powers[id(d)] if id(d) in powers else d.spectrum(omega) for d in densities]


def swept_together(
    densities: Sequence[ColouredDensity], sources: Sequence[np.ndarray], omega: np.ndarray
) -> list[Sweep]:
    """Return what K sources of each density (unknowns × K) lead to at its own F angular frequencies.

    All densities have one size. Where all of `omega` (densities × F), 1/ms, is 0 and F is 1, they are steady.
    """
    order = sorted(range(len(densities)), key=lambda b: -len(densities[b].cells))
    swept = _swept([densities[b] for b in order], [sources[b] for b in order], omega[order])
    F, found = omega.shape[1], dict[int, Sweep]()
    for place, b in enumerate(order):
        found[b] = swept.part(place * F, (place + 1) * F)
    return [found[b] for b in range(len(densities))]


def _swept(densities: Sequence[ColouredDensity], sources: Sequence[np.ndarray], omega: np.ndarray) -> Sweep:
    """Return the same of densities with ever fewer cells in one sweep, frequencies of each one after the other.

    Their highest cells are solved together, then the next ones, and so on.
    """
    n, most, F = densities[0].size, len(densities[0].cells), omega.shape[1]
    missing = np.array([most - len(density.cells) for density in densities])
    up, down = np.zeros((2, len(densities), most + 1, n))
    given = np.zeros((len(densities), most, _DEGREES * n, sources[0].shape[1]))
    for b, (density, brought) in enumerate(zip(densities, sources, strict=True)):
        up[b, missing[b] :], down[b, missing[b] :] = density.up, density.down
        given[b, missing[b] :] = brought.reshape(-1, *given.shape[2:])
    # All cells of one height one after the other.
    order = np.argsort(np.concatenate([np.arange(m, most) for m in missing]), kind="stable")
    parts = zip(*(density._within for density in densities), strict=True)
    speeds, uppermost, lowermost, weights, exchanges = (np.concatenate(part)[order] for part in parts)
    inside = _matrices(speeds, uppermost, lowermost, weights, exchanges)
    begin = np.append(0, np.cumsum([np.count_nonzero(missing <= c) for c in range(most)]))
    if not omega.any():
        return sweep(lambda c: inside[begin[c] : begin[c + 1]], up, down, given)
    turning, every = 1j * np.repeat(weights, n, axis=1), np.arange(_DEGREES * n)

    def matrix_of(c: int) -> np.ndarray:
        here = slice(begin[c], begin[c + 1])
        matrices = np.empty((begin[c + 1] - begin[c], F, *inside.shape[1:]), dtype=complex)
        matrices[...] = inside[here, None]
        matrices[:, :, every, every] -= omega[: len(matrices), :, None] * turning[here, None]
        return matrices.reshape(-1, *matrices.shape[2:])

    return sweep(matrix_of, *(np.repeat(of_each, F, axis=0) for of_each in (up, down, given)))


def _steady_of(densities: Sequence[ColouredDensity]) -> list[_Steady]:
    """Return the steady states of densities of one size."""
    firing = [density for density in densities if density.up[-1].any()]
    try:
        found = iter(_solved(firing) if firing else [])
    except LinAlgError:
        if len(firing) > 1:
            return [_steady_of([density])[0] for density in densities]
        found = iter([None])
    states = [next(found) if density.up[-1].any() else None for density in densities]
    return [
        state or _Steady(0.0, np.zeros((len(density.cells), _DEGREES, density.size)))
        for density, state in zip(densities, states, strict=True)
    ]


def _solved(densities: Sequence[ColouredDensity]) -> list[_Steady | None]:
    """Return steady states, None of neurons that are silent."""
    given, densities = densities, sorted(densities, key=lambda density: -len(density.cells))
    n, most = densities[0].size, len(densities[0].cells)
    swept = _swept(densities, [density.sources for density in densities], np.zeros((len(densities), 1)))
    one = np.stack([density.summing for density in densities])
    after = np.stack([density.after_spike for density in densities])
    # All that starts comes back: fluxes at the reset that stay what they are, of norm 1.
    up = np.stack([density.up[-1] for density in densities])
    system = multiply(after, up[:, :, None] * swept.top) - np.eye(n) + one[:, :, None] * one[:, None]
    finite = np.isfinite(system).all(axis=(1, 2))
    start = solve(np.where(finite[:, None, None], system, np.eye(n)), one[..., None])
    held = swept.densities(start)[..., 0]
    states: dict[int, _Steady | None] = {}
    for b, density in enumerate(densities):
        own = held[b, most - len(density.cells) :]
        interval = float(density.rest + one[b] @ (density.cells @ own[:, 0]))
        fires = finite[b] and 0 < interval < _LONGEST_INTERVAL
        states[id(density)] = _Steady(1 / interval, own / interval) if fires else None
    return [states[id(density)] for density in given]
