"""FORCE learning on the filtered spikes of a spiking network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.readout import Readout, report, targets
from rheobase.learning.reservoir import ReservoirResult
from rheobase.models.distributions import Distribution
from rheobase.network.population import Population
from rheobase.network.result import Recorded, Result, Timing
from rheobase.progress import Bar, Interrupted
from rheobase.spikes import SpikeTrains
from rheobase.units import PER_MS


@dataclass(frozen=True)
class SpikingReservoirResult(ReservoirResult):
    """Outputs read from filtered spikes; `r` holds the filtered spikes of all neurons (Hz), shape (T, n).

    Attributes
    ----------
    spiking : Result
        What the network recorded meanwhile: spikes and states of all populations.
    """

    spiking: Result | None = None


class SpikingReservoir:
    """A readout of a population's filtered spikes, fed back as input current.

    Every spike of neuron j adds 1/τ_r to r_j (1000/τ_r in Hz), which decays with τ_r; with a `tau_rise` r_j rises
    first, to the same area. Every `every` ms, the readout z = R r is compared with the target, R is updated, and the
    population's input is set to I_x + Q z until the next time.

    Parameters
    ----------
    population : Population
        The neurons read and fed back to, in a network that may hold others.
    readout : Readout, optional
        By default one output that starts from R = 0 and learns by ``RLS()``; c scales as 1/‖r‖², with r in Hz.
    Q : array_like, shape (n, M), optional
        Feedback weights (mV for each unit of output); without them there is no feedback.
    tau_r : float, default 20
        Time constant of the filter (ms).
    tau_rise : float, default 0
        Time constant with which it rises (ms), below `tau_r`: a difference of exponentials (Nicola & Clopath 2017).
    every : float, default 2.5
        Time between updates (ms), a multiple of the network's dt.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, values are not finite, or a time is off the grid.

    Examples
    --------
    >>> net = rb.circuits.cortex(500)
    >>> model = SpikingReservoir(net["e"], Readout(net["e"].n, rule=rb.learning.RLS(c=1e-3)))
    >>> model.fit(np.sin(2 * np.pi * 2.5 * np.arange(40) / 100))
    >>> model.predict(50).z
    """

    def __init__(
        self,
        population: Population,
        readout: Readout | None = None,
        Q: npt.ArrayLike | None = None,
        *,
        tau_r: float = 20.0,
        tau_rise: float = 0.0,
        every: float = 2.5,
    ) -> None:
        checks.instance("population", population, Population, "one that Network.add returned")
        self.population, self.network = population, population._network
        I_x = population.neuron.I_x
        if isinstance(I_x, Distribution):
            raise ValueError(f"I_x of the population must be a number or an array, got {I_x!r}")
        n = population.n
        self._I_x = np.broadcast_to(np.asarray(I_x, dtype=float), (n,))
        self.readout = Readout(n) if readout is None else readout
        if not isinstance(self.readout, Readout):
            raise TypeError(f"readout must be a Readout, got {readout!r}")
        if self.readout.n != n:
            raise ValueError(f"readout must read {n} rates, one per neuron, got {self.readout.n}")
        self.Q = None if Q is None else checks.array("Q", Q, shape=(n, self.readout.outputs))
        self.tau_r = checks.number("tau_r", tau_r, above=0)
        self.tau_rise = checks.number("tau_rise", tau_rise, low=0)
        if self.tau_rise >= self.tau_r:
            raise ValueError(f"tau_rise must be below tau_r = {self.tau_r:g} ms, got {self.tau_rise:g} ms")
        self.every = checks.steps("every", every, self.network.dt, low=1) * self.network.dt
        self._decaying, self._rising = np.zeros(n), np.zeros(n)
        self._warned = False  # of an LMS rate that is too large: once is enough

    def fit(
        self, y: npt.ArrayLike, *, t_start: float = 0.0, t_stop: float | None = None, progress: bool = False
    ) -> SpikingReservoirResult:
        """Simulate `every` ms per row of `y` and learn to output `y`.

        Parameters
        ----------
        y : array_like, shape (K,) or (K, M)
            Targets at 0, `every`, 2·`every` … ms.
        t_start, t_stop : float
            When to begin and end learning (ms after the beginning of this call); by default always.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        SpikingReservoirResult

        Raises
        ------
        ValueError, TypeError
            If shapes do not fit, values are not finite, or a time is off the grid of `every`.
        FloatingPointError
            If an output or the network is not finite; it names the time.

        Examples
        --------
        >>> model = SpikingReservoir(rb.circuits.cortex(500)["e"])
        >>> model.fit(np.ones(40), t_start=50).rmse(75)
        """
        y = targets(y, self.readout.outputs)
        first = checks.steps("t_start", t_start, self.every)
        last = len(y) if t_stop is None else checks.steps("t_stop", t_stop, self.every)
        if not first <= last <= len(y):
            raise ValueError(
                f"t_start and t_stop must be in order and within the {len(y) * self.every:g} ms of y, got "
                f"{first * self.every:g} and {last * self.every:g} ms"
            )
        return self._run(len(y), y, (first, last), progress)

    def predict(self, duration: float, *, progress: bool = False) -> SpikingReservoirResult:
        """Simulate `duration` ms, a multiple of `every`, with R as it is."""
        steps = checks.steps("duration", duration, self.every)
        checks.memory("duration", 8.0 * steps * (self.population.n + self.readout.outputs))
        return self._run(steps, None, (0, 0), progress)

    def _run(self, count: int, y: np.ndarray | None, window: tuple[int, int], progress: bool) -> SpikingReservoirResult:
        begun = self.network.t
        z, r = np.zeros((count, self.readout.outputs)), np.zeros((count, self.population.n))
        parts: list[Result] = []
        interrupted = False
        with Bar(count, self.every, progress) as bar:
            try:
                for k in range(count):
                    r[k], z[k] = self.r, self._look(None if y is None or not window[0] <= k < window[1] else y[k])
                    self._feed_back(z[k])
                    piece, interrupted = self._piece()
                    parts.append(piece)
                    self._filter(piece)
                    bar.move_to(k + 1)
                    if interrupted:
                        break
            except KeyboardInterrupt:
                interrupted = True
        done = len(parts)
        learned = tuple(begun + min(edge, done) * self.every for edge in window)
        result = SpikingReservoirResult(
            times=begun + np.arange(done) * self.every,
            z=z[:done],
            y=None if y is None else y[:done],
            r=r[:done],
            neurons=np.arange(self.population.n),
            learning=None if y is None else (learned[0], learned[1]),
            interrupted=interrupted,
            spiking=_joined(parts) if parts else None,
        )
        if interrupted:
            raise Interrupted(f"stopped by Ctrl-C at t = {self.network.t:g} ms", result)
        return result

    def _piece(self) -> tuple[Result, bool]:
        """Run from one look to the next, to the end whatever happens, and say whether Ctrl-C came in between."""
        try:
            return self.network.run(self.every), False
        except Interrupted as stopped:
            done = round(stopped.result.duration / self.network.dt)
            rest = round(self.every / self.network.dt) - done
            return _joined([stopped.result, self.network.run(rest * self.network.dt)]), True

    def _look(self, y: np.ndarray | None) -> np.ndarray:
        """Read out, and learn where there is a target."""
        now = f"t = {self.network.t:g} ms"
        if y is None:
            z = self.readout.predict(self.r)
            if not np.isfinite(z).all():
                raise FloatingPointError(f"z must stay finite, it did not at {now}")
            return z
        outcome = self.readout._learn(self.r[None], y[None])
        if self._warned:
            outcome["overshot"] = -1
        self._warned |= outcome["overshot"] >= 0
        report(self.readout.rule, outcome, lambda _: now)
        if outcome["interrupted"]:
            raise KeyboardInterrupt
        return outcome["z"][0]

    def _feed_back(self, z: np.ndarray) -> None:
        I_x = self._I_x if self.Q is None else self._I_x + self.Q @ z
        self.population["I_x"] = I_x

    @property
    def r(self) -> np.ndarray:
        """Filtered spikes now (Hz), shape (n,)."""
        return self._decaying - self._rising

    def _filter(self, result: Result) -> None:
        self._decaying = self._filtered(self._decaying, result, self.tau_r)
        if self.tau_rise > 0:
            self._rising = self._filtered(self._rising, result, self.tau_rise)

    def _filtered(self, r: np.ndarray, result: Result, tau: float) -> np.ndarray:
        """Let `r` decay over what `result` holds, and add each spike's share of the difference of exponentials."""
        spikes = result.spikes(self.population.name)
        kept = np.exp(-(result.t_stop - spikes.times) / tau) * (1 / (PER_MS * (self.tau_r - self.tau_rise)))
        r = r * np.exp(-(result.t_stop - result.t_start) / tau)
        return r + np.bincount(spikes.indices, weights=kept, minlength=self.population.n)

    def __repr__(self) -> str:
        return f"<spiking reservoir: {self.population!r}, {self.readout!r}>"


def _joined(parts: list[Result]) -> Result:
    """Return consecutive results as one."""
    first, last = parts[0], parts[-1]
    spikes = {}
    for name in first.spikes():
        trains = [p.spikes(name) for p in parts]
        spikes[name] = SpikeTrains(
            times=np.concatenate([s.times for s in trains]),
            indices=np.concatenate([s.indices for s in trains]),
            n=trains[0].n,
            t_start=first.t_start,
            t_stop=last.t_stop,
        )
    states = {}
    for key in first._states:
        samples = [p._states[key] for p in parts]
        states[key] = Recorded(
            np.concatenate([s.times for s in samples]),
            np.concatenate([s.values for s in samples]),
            samples[0].neurons,
        )
    timing = Timing(
        construction=last.timing.construction,
        simulation=sum(p.timing.simulation for p in parts),
        events=sum(p.timing.events for p in parts),
    )
    return Result(first.t_start, last.t_stop, first.dt, timing, last.interrupted, first.populations, spikes, states, {})
