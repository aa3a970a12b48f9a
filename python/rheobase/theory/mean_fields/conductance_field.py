"""Self-consistent rates of networks with conductance-based synapses: an effective network of currents in each state.

In a state the mean conductances are part of the leak and what fluctuates is a current (see `conductances`), so that it
has the theory of a network of currents, with weights w (E − V₀) and the effective time constants of that state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.theory.inputs.afferents import Afferent
from rheobase.theory.mean_fields.mixing import mixed
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField
from rheobase.theory.mean_fields.state_search import MISFIT
from rheobase.theory.membranes import MEMBRANES, average
from rheobase.theory.neurons.conductances import effective_cell
from rheobase.units import PER_MS

#: Rates, Hz, from which a state is looked for, that below which neurons are silent, and the step of its slopes.
_STARTS, _SILENT, _STEP = (10.0, 30.0, 3.0), 1e-3, 1e-3

#: Steps of Broyden's method and those that it goes on without a misfit of so much of the smallest before, the misfit
#: next to the largest rate plus 1 Hz at which it ends, and what one step leaves at least of a rate.
_BROYDEN, _PATIENCE, _NEARER, _MISFIT, _LEFT = 40, 10, 0.9, 1e-6, 0.3

#: Largest fluctuation of conductances, next to their mean, that is taken as that of a current.
_LARGEST_FLUCTUATION = 0.25

#: Misfit at which Broyden's method takes over where neurons differ, and that at which it ends.
_CLOSE, _MISFIT_CLOSE = 0.03, 1e-4

#: Where neurons differ: misfit at which iterations end, their number, how many are mixed, the part of a change made.
_MISFIT_DIFFERING, _ITERATIONS, _MIXED, _RELAXED = 5e-3, 60, 4, 0.6


class _Silence(ValueError):
    """Every search ended where no neuron fires."""


class ConductanceField(SelfConsistentField):
    """The rate equations of a network some of whose synapses are conductances."""

    _takes_conductances = (*MEMBRANES, "AdEx")

    @property
    def follows_state(self) -> bool:
        """True: what a spike does depends on all conductances."""
        return True

    def frozen(self, u: npt.ArrayLike) -> SelfConsistentField:
        """Return the field of the network of currents that does the same near state `u`.

        Inputs count from the effective resting potential and are those of the effective leak.
        """
        senders = self._senders(self._checked(u))
        rates, afferents = {name: rate for name, (rate, _) in senders.items()}, self._delivered(senders)
        cells = tuple(
            effective_cell(
                self._membranes[k],
                average(neuron.parameters["E_L"]),
                self.inputs[k],
                afferents[k],
                rates,
                None if self.bursts is None else self.bursts[k],
            )
            for k, neuron in enumerate(self.neurons)
        )
        scales = np.array([cell.scale for cell in cells])
        # Inputs count from V₀ on, where the drift of the effective membrane stands for leak and conductances alone.
        return SelfConsistentField(
            self.names,
            self.neurons,
            self.inputs * scales,
            self.input_variances * scales**2,
            tuple(None if own is None else own * c for own, c in zip(self.own_inputs, scales, strict=True)),
            tuple(cell.afferents for cell in cells),
            self.sources,
            np.array([cell.membrane.tau_m for cell in cells]),
            self.alike,
            self.white,
            self.noise_factors,
            self.bursts,
            cells,
            self.watch,
        )

    def solve(self, x0: npt.ArrayLike | None = None, **_: float) -> np.ndarray:
        """Return a self-consistent state in which neurons fire, by Broyden's method.

        Parameters
        ----------
        x0 : array_like, shape (n,) or, where neurons differ, (2 n,), optional
            Rates, or state, to start from. By default neurons are taken to be alike first, and the search starts from
            10, 30 and 3 Hz in all populations, one after the other.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If none is reached: neurons fall silent, or the search does not come nearer in ten steps. Or if conductances
            of more than two kinds, or beside currents, fluctuate by more than a quarter of their mean.
        """
        n, given = len(self.names), x0
        if x0 is None and not self.alike:
            # Where those that are alike are silent, some of those that differ may fire.
            with suppress(_Silence):
                given = self._differing(replace(self, alike=True).solve(), 2)
        starts = [self._start(given)] if given is not None else [self._start(np.full(n, rate)) for rate in _STARTS]
        ends, silent = [], True
        for start in starts:
            u, off = self._by_broyden(start) if self.alike else self._mixing(start)
            fires = u[:n].max() > _SILENT
            if fires and off <= (_MISFIT * (1 + np.abs(u).max()) if self.alike else _MISFIT_DIFFERING):
                self._check_fluctuations(u)
                return u
            silent = silent and not fires
            unit = " Hz" if self.alike else " of the state"
            where = f"no nearer than {off:.2g}{unit}, at {np.round(u[:n], 2).tolist()} Hz" if fires else "in silence"
            ends.append(f"from {np.round(start[:n], 2).tolist()} Hz it ended {where}")
        raise (_Silence if silent else ValueError)(
            f"network must have a stationary state in which neurons fire for self-consistent rates, but none was "
            f"reached: {'; '.join(ends)}. Give x0 nearer to one, or simulate the network"
        )

    def _search(
        self, x0: npt.ArrayLike | None = None, largest: float = MISFIT, slopes: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        if x0 is not None and largest > MISFIT:
            found = None if slopes is None else self._broyden(self._start(x0), slopes, largest)
            found = self._by_slopes_in_white(x0, largest) if found is None else found
            if found is not None:
                return found
        return self.solve(x0), None

    def _mixing(self, u: np.ndarray) -> tuple[np.ndarray, float]:
        """Return where iterations of rates and variances over neurons end, and the misfit there as a part of the state.

        Some of the neurons that differ change their grid with every small step, so that there are no good slopes.
        """
        tried: list[np.ndarray] = []
        changes: list[np.ndarray] = []
        far = True
        for _ in range(_ITERATIONS):
            misfit = self.map(u) - u
            off = float(np.abs(misfit / (1 + u)).max())
            if far and _MISFIT_DIFFERING < off <= _CLOSE:
                far, found = False, self._by_slopes_in_white(u, _MISFIT_CLOSE)
                if found is not None:
                    return found[0], _MISFIT_CLOSE
            if off <= _MISFIT_DIFFERING or u[: len(self.names)].max() < _SILENT:
                break
            tried, changes = [*tried[-_MIXED:], u], [*changes[-_MIXED:], _RELAXED * misfit]
            u = np.clip(mixed(tried, changes), _LEFT * u, 3 * u + 1)
        return u, off

    def _by_broyden(self, u: np.ndarray) -> tuple[np.ndarray, float]:
        """Return where the search ends, and the misfit there, Hz."""
        steps = _STEP * (1 + u)
        misfit = self.map(u) - u
        there = np.array([self.map(u + step) - u - misfit for step in np.diag(steps)])
        slopes = (there / steps[:, None]).T - np.eye(len(u))
        nearest, waited = np.inf, 0
        for _ in range(_BROYDEN):
            off = float(np.abs(misfit).max())
            if off <= _MISFIT * (1 + np.abs(u).max()):
                break
            if off < _NEARER * nearest:
                nearest, waited = off, 0
            elif (waited := waited + 1) == _PATIENCE:
                break
            new = np.maximum(u - np.linalg.lstsq(slopes, misfit, rcond=None)[0], _LEFT * u)
            step, u = np.minimum(new, 3 * u + 1) - u, np.minimum(new, 3 * u + 1)
            if not np.any(step) or u[: len(self.names)].max() < _SILENT:
                break
            before, misfit = misfit, self.map(u) - u
            slopes = slopes + np.outer(misfit - before - slopes @ step, step) / (step @ step)
        u = np.where(misfit == -u, 0.0, u)  # neurons that never fire
        return u, float(np.abs(misfit).max())

    def _check_fluctuations(self, u: np.ndarray) -> None:
        """Raise where conductances whose jumps are taken as small fluctuate too much for that."""
        for name, cell in zip(self.names, self.frozen(u).effective or (), strict=True):
            if not cell.shot and cell.fluctuation > _LARGEST_FLUCTUATION:
                raise ValueError(
                    f"conductances must fluctuate by up to {_LARGEST_FLUCTUATION:g} of their mean, leak included, for "
                    f"this theory where there are more than two kinds of synapses, other kernels than Exponential or "
                    f"currents, but those of {name!r} do by {cell.fluctuation:.2g}: use two kinds, or simulate"
                )


def conducts(network: Circuit | HasCircuit) -> bool:
    """Return whether a synapse of a network is a conductance."""
    circuit = Circuit.of(network)
    synapses = [q.synapse for q in circuit.projections] + [d.synapse for d in circuit.drives]
    return any(synapse.reversal is not None for synapse in synapses)


def field_of(network: Circuit | HasCircuit, *, alike: bool = False, white: bool = False) -> SelfConsistentField:
    """Return the field of a network of currents, or of one with conductances."""
    kind = ConductanceField if conducts(network) else SelfConsistentField
    return kind.of(network, alike=alike, white=white)


def linear_inputs(
    names: Sequence[str],
    steady: npt.ArrayLike,
    afferents: Sequence[Sequence[Afferent]],
    rates: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights between populations of these names, mV·ms, post × pre, and all that is steady, mV.

    That is `steady`, what sources send to each population's currents, and what rates of populations send beyond the
    weights, which are slopes. Rates of all senders are given in Hz.
    """
    W, X = np.zeros((len(names),) * 2), np.array(steady, dtype=float)
    for k, arriving in enumerate(afferents):
        for a in arriving:
            gain = a.gain if a.pre in names else 0.0
            if gain:
                W[k, names.index(a.pre)] += a.n * a.weight * gain
            if gain != 1:
                X[k] += PER_MS * a.n * a.weight * (1 - gain) * rates[a.pre]
    return W, X
