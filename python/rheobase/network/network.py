"""The network: populations, their connections, what is recorded, and running it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Event
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from rheobase import _engine, checks
from rheobase.models.circuit import Circuit, Connections
from rheobase.models.currents import Injection
from rheobase.models.distributions import Value
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.poisson_rates import RateLike
from rheobase.models.positions import Grid, Positions, RandomPositions
from rheobase.models.profiles import OfDistance
from rheobase.models.rules import Rule
from rheobase.models.sources import Source
from rheobase.models.synapses import Synapse
from rheobase.models.values import Sealed
from rheobase.network import adding, connecting, copying, driving, members, recorders
from rheobase.network.copying import Snapshot
from rheobase.network.drawing import Draws
from rheobase.network.guard import Guard
from rheobase.network.inputs import (
    PoissonDrive,
    Stimulus,
)
from rheobase.network.monitoring import Monitor
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.recording import Choice, Recording
from rheobase.network.result import Result
from rheobase.network.running import run
from rheobase.network.selection import Selection
from rheobase.network.spike_files import SpikeFile
from rheobase.network.state import State
from rheobase.network.storage import check_finite, check_size, packed, unpacked, write
from rheobase.progress import Construction

if TYPE_CHECKING:
    from rheobase.network.wiring import EdgesLike
    from rheobase.rates import RateNetwork
    from rheobase.rates.curves import CurveLike


log = logging.getLogger(__name__)


class Network(Sealed):
    """A network of spiking neurons.

    Parameters
    ----------
    dt : float, default 0.1
        Time step (ms).
    seed : int or None, default 0
        Seed of everything random in the network. The same seed gives the same spikes on any number of threads. None
        draws a seed, which `seed` then tells.
    threads : int, optional
        Threads to use; every core by default.

    Examples
    --------
    >>> net = rb.Network(dt=0.1, seed=1)
    >>> e = net.add(rb.EIF(), 800, name="e", V=rb.Uniform(-72, -55))
    """

    def __init__(self, dt: float = 0.1, seed: int | None = 0, threads: int | None = None) -> None:
        dt = checks.number("dt", dt, above=0)
        seed = _drawn_seed() if seed is None else checks.integer("seed", seed, low=0, high=2**64 - 1)
        self._threads = available_threads() if threads is None else checks.integer("threads", threads, low=1, high=256)
        self._circuit = Circuit(dt=dt, seed=seed)
        self._guard = Guard(_engine.Simulation(dt, seed, self.threads))
        self._populations: dict[str, Population] = {}
        self._projections: list[Projection] = []
        self._drives: list[PoissonDrive] = []
        self._stimuli: list[Stimulus] = []
        self._recordings: list[Recording] = []
        #: Of populations not all of whose spikes are recorded: the neurons whose are.
        self._partly: dict[str, np.ndarray] = {}
        #: Of populations whose spikes go to disk: where.
        self._spike_files: dict[str, SpikeFile] = {}
        #: Populations and variables that were recorded in the last step of this very object.
        self._told: set[tuple[str, str]] = set()
        #: Random arrays drawn so far.
        self._taken = 0
        self._construction = 0.0
        self._warned_of_runaway = False
        #: What runs call, and which of it is being called.
        self._monitors: list[Monitor] = []
        self._calling: Monitor | None = None
        #: What stops runs when it is set, from another thread.
        self._stop: Event | None = None

    @classmethod
    def of(cls, circuit: Circuit, *, threads: int | None = None) -> Network:
        """Return a network, at t = 0, made of a circuit.

        Parameters
        ----------
        circuit : Circuit
        threads : int, optional
            Every core by default.

        Examples
        --------
        >>> again = rb.Network.of(net.circuit)
        """
        if not isinstance(circuit, Circuit):
            raise TypeError(f"circuit must be a Circuit, such as net.circuit, got {circuit!r}")
        start, net = perf_counter(), cls(circuit.dt, circuit.seed, threads)
        net._fill(circuit, lambda described: connecting.enter(net, *connecting.prepare(net, described)))
        net._construction += perf_counter() - start
        return net

    def _fill(self, circuit: Circuit, connect: Callable[[Connections], Projection]) -> None:
        """Make everything that a circuit holds, projections by `connect`."""
        for cells in circuit.populations:
            if cells.name in self.populations:
                raise ValueError(f"names of populations must be unique, got {cells.name!r} again")
            self._taken = cells.draws
            adding.enter(self, cells)
        for projection in circuit.projections:
            connect(projection)
        for drive in circuit.drives:
            driving.enter_drive(self, drive)
        for injected in circuit.injections:
            driving.enter_injected(self, injected)

    @property
    def circuit(self) -> Circuit:
        """What the network is made of; it stays as it is when the network changes.

        Examples
        --------
        >>> [p.name for p in net.circuit.populations]
        """
        return self._circuit

    @property
    def populations(self) -> Mapping[str, Population]:
        """The populations by name, in the order of `add`; a view that cannot be changed."""
        return MappingProxyType(self._populations)

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The projections, in the order of `connect`."""
        return tuple(self._projections)

    @property
    def drives(self) -> tuple[PoissonDrive, ...]:
        """The drives, in the order of `drive`."""
        return tuple(self._drives)

    @property
    def stimuli(self) -> tuple[Stimulus, ...]:
        """What is injected, in the order of `inject`."""
        return tuple(self._stimuli)

    @property
    def dt(self) -> float:
        """Time step (ms)."""
        return self._circuit.dt

    @property
    def threads(self) -> int:
        """Threads that it uses."""
        return self._threads

    @property
    def seed(self) -> int:
        """Seed of everything random in the network: of the connections and parameters, and of its runs too.

        Runs have a seed of their own after `reset` or `copy` gave them one: `stream_seed`.
        """
        return self._circuit.seed

    @property
    def stream_seed(self) -> int:
        """Seed of what is random in runs, and of state variables that are drawn: `seed`, unless another was given."""
        return self._guard.stream_seed

    @property
    def t(self) -> float:
        """Time simulated so far (ms)."""
        return self._guard.now * self.dt

    @property
    def synapse_count(self) -> int:
        """Number of connections constructed."""
        return self._engine.synapse_count

    @property
    def synapse_bytes(self) -> int:
        """Memory the connections take (bytes)."""
        return self._engine.synapse_bytes

    # ---- building ----------------------------------------------------------------------------------------------------

    def add(
        self,
        model: Neuron | Source,
        n: int,
        /,
        name: str | None = None,
        *,
        positions: Positions | Grid | RandomPositions | npt.ArrayLike | None = None,
        **state: Value,
    ) -> Population:
        """Add `n` neurons or sources of one model.

        Parameters
        ----------
        model : Neuron or Source
            Such as `rb.EIF(...)` or `rb.Poisson(...)`. By position, like `n`: as a keyword, n is a state variable.
        n : int
            How many; 0 is allowed.
        name : str, optional
            Under which results show it; ``"p0"``, ``"p1"`` … by default.
        positions : Grid, RandomPositions, Positions or array of shape (n, axes), optional
            Where they are, for rules by distance, such as ``rb.Grid((20, 20), periodic=True)``.
        **state : float, array of shape (n,) or Distribution
            Initial values of state variables, such as ``V=rb.Uniform(-72, -55)`` or, for a Hodgkin–Huxley neuron,
            ``n=0.32``.

        Returns
        -------
        Population

        Examples
        --------
        >>> net = rb.Network()
        >>> x = net.add(rb.Poisson(rate=5), 8000, name="x")
        """
        return adding.enter(self, adding.describe(self, model, n, name, positions, state))

    @overload
    def connect(
        self,
        pre: Population | Selection,
        post: Population | Selection,
        rule: Rule | EdgesLike,
        *,
        weight: Value | OfDistance | None = None,
        synapse: Synapse,
        delay: Value | OfDistance | None = None,
        plasticity: Plasticity | None = None,
        post_delay: Value | OfDistance = 0.0,
        weight_bits: int = 32,
        progress: bool = False,
    ) -> Projection: ...
    @overload
    def connect(
        self,
        pre: Population | Selection,
        post: Sequence[Population | Selection],
        rule: Rule | EdgesLike,
        *,
        weight: Value | OfDistance | None = None,
        synapse: Synapse,
        delay: Value | OfDistance | None = None,
        plasticity: Plasticity | None = None,
        post_delay: Value | OfDistance = 0.0,
        weight_bits: int = 32,
        progress: bool = False,
    ) -> tuple[Projection, ...]: ...
    def connect(
        self,
        pre: Population | Selection,
        post: Population | Selection | Sequence[Population | Selection],
        rule: Rule | EdgesLike,
        *,
        weight: Value | OfDistance | None = None,
        synapse: Synapse,
        delay: Value | OfDistance | None = None,
        plasticity: Plasticity | None = None,
        post_delay: Value | OfDistance = 0.0,
        weight_bits: int = 32,
        progress: bool = False,
    ) -> Projection | tuple[Projection, ...]:
        """Connect `pre` to a kernel of `post`.

        Parameters
        ----------
        pre, post : Population or Selection
            Of this network; `post` must be made of neurons. Between selections such as ``e[:400]`` the rule connects
            chosen neurons as if they were populations; indices of pairs count them. A list as `post` makes one
            projection onto each, and none of them where one is refused.
        rule : Rule, Edges, table, path, graph or matrix (post × pre)
            Which pairs are connected. `Edges`, and what it reads with its standard names, bring the weights and delays
            that they hold: a frame with the columns pre, post, weight and delay, say, or a `scipy.sparse` array.
        weight : float, array in the order of the connections, Distribution, Profile or callable
            Area under what one spike evokes (mV·ms) where the synapse carries a current, its peak (in the units of the
            neurons' conductances, such as nS) where it has a reversal potential, unless its `norm` says otherwise.
            A profile such as ``rb.GaussianProfile`` or a function of an array of distances gives weights by distance.
        synapse : Synapse
            Such as ``rb.Exponential(tau=5)``. Projections onto one target with equal synapses share a kernel.
        delay : float, array in the order of the connections, Distribution, Profile or callable, optional
            In ms; numbers must be multiples of dt, at least dt (the default); draws, and what a profile or a function
            gives by distance, are rounded to the grid.
        plasticity : Plasticity, optional
            Rule by which the weights change, such as ``rb.VogelsSTDP()``. It knows of a spike once it has arrived:
            where delays differ, what it keeps for a pre neuron is kept for each delay that the neuron has.
        post_delay : float, array in the order of the connections, Distribution, Profile or callable, default 0
            After what time (ms) the rule knows of a spike of the post neuron; at once by default. Like `delay`, but
            0 is allowed: where they differ, what the rule keeps for a post neuron is kept for each of its post delays.
        weight_bits : {32, 16}, default 32
            Bits of a weight where each connection has its own: single precision, or whole multiples of 1/32767 of the
            largest that the projections of `pre` may have. 16 take a third of the memory away and time with it.
        progress : bool, default False
            Show a progress bar where a list takes more than a second to sort.

        Returns
        -------
        Projection
            A tuple of them where `post` is a list.

        Examples
        --------
        >>> net.connect(e, i, rb.Bernoulli(0.02), weight=35, synapse=rb.Exponential(tau=6), delay=0.1)
        >>> edges = {"pre": [0, 0, 1], "post": [2, 3, 3], "weight": [30, 20, 10]}
        >>> net.connect(i, e, edges, synapse=rb.Exponential(tau=4))
        >>> to_e, to_i = net.connect(x, [e, i], rb.Bernoulli(0.05), weight=30, synapse=rb.Exponential(tau=8))
        """
        start = perf_counter()
        targets: Sequence[Any] = post if isinstance(post, (list, tuple)) else [post]
        made = connecting.connect(
            self, pre, targets, rule, weight, synapse, delay, plasticity, post_delay, weight_bits, progress
        )
        self._construction += perf_counter() - start
        return made if isinstance(post, (list, tuple)) else made[0]

    def drive(
        self,
        post: Population | Selection,
        rate: RateLike,
        *,
        sources: float = 1,
        weight: float,
        synapse: Synapse,
    ) -> PoissonDrive:
        """Drive every neuron of `post`, a population or chosen neurons, with Poisson spikes of its own.

        The spikes that `sources` processes of `rate` send within a step are drawn as one number, so a thousand
        sources cost as much as one.

        Parameters
        ----------
        post : Population
            Made of neurons.
        rate : float, array of shape (n,), Distribution, TimeSeries or callable
            In Hz: one for all neurons or one per neuron; rates that change, such as ``rb.Steps(times, rates)``; or a
            function of time: an array of times (ms) in, one of rates out, asked at the middle of every step.
        sources : float, default 1
            Processes that reach a neuron.
        weight : float
            What a spike brings: see `connect`.
        synapse : Synapse

        Returns
        -------
        PoissonDrive
            Changes it between runs.

        Examples
        --------
        >>> drive = net.drive(e, rate=8.0, sources=1600, weight=0.15, synapse=rb.Delta())
        >>> net.drive(i, rb.Steps([0, 100], [5.0, 20.0]), sources=400, weight=0.3, synapse=rb.Exponential(tau=4))
        """
        return driving.drive(self, post, rate, sources, weight, synapse)

    def inject(self, post: Population | Selection, current: Injection) -> Stimulus:
        """Bring a current to the neurons of `post`, a pulse, steps, samples or noise, or light.

        Parameters
        ----------
        post : Population or Selection
            Made of neurons; a selection alone receives the current.
        current : Pulse, Steps, Samples, WhiteNoise, OrnsteinUhlenbeck or Light
            Currents are in mV (in pA where the neurons' g_L is in nS) and add to I_x; light has no unit.

        Returns
        -------
        Stimulus
            Changes it between runs, or removes it.

        Examples
        --------
        >>> pulse = net.inject(e, rb.Pulse(t_start=100, t_stop=300, amplitude=4))
        >>> lit = net.add(rb.EIFChR(), 100)
        >>> net.inject(lit, rb.Light(rb.Pulse(t_start=100, t_stop=120, amplitude=0.8)))
        """
        return driving.inject(self, post, current)

    # ---- recording ---------------------------------------------------------------------------------------------------

    def record(
        self,
        population: Population | Selection,
        variable: str | Sequence[str],
        *,
        neurons: Choice = slice(None),
        every: float | None = None,
        mean: bool = False,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        """Record variables of chosen neurons, or the times of events of a model of equations, from now on.

        Parameters
        ----------
        population : Population or Selection
            Several selections of one population may be recorded.
        variable : str or list of str
            One or several: a state variable such as ``"V"``, or the current or conductance of synapses such as
            ``"I_e"``, from a population "e"; see `Population.variables`. State variables are recorded as they are at
            the end of a step, currents and conductances as their mean over the step that led there, which is what drove
            the neurons: the mean of the samples is that of the current for any dt. ``population["I_e"]`` reads it as it
            is now. Or the name of an event: it is recorded of all neurons, and `Result.events` gives its times.
        neurons : slice, int or array of int, default all
            Of the population, or of the selection.
        every : float, optional
            Sampling interval (ms), a multiple of dt; every step by default. Samples lie at its multiples.
        mean : bool, default False
            Record the mean over the neurons alone: one column.
        dtype : {float64, float32}
            Precision in which values are kept.

        Examples
        --------
        >>> net.record(i, ["V", "I_e"], neurons=slice(0, 10), every=1.0)
        """
        recorders.record(self, population, variable, neurons, every, mean, dtype)

    def record_weights(
        self,
        projection: Projection,
        variable: str = "w",
        *,
        connections: Choice = slice(None),
        every: float | None = None,
        mean: bool = False,
    ) -> None:
        """Record weights of a plastic projection, or another variable of its synapses, from now on.

        Parameters
        ----------
        projection : Projection
        variable : str, default "w"
            The weight, or what the rule has for each synapse beside it, such as "u" and "x" of `rb.TsodyksMarkram`.
        connections : slice, int or array of int, default all
            In the order of `Projection.connections`.
        every : float, optional
            Sampling interval (ms), a multiple of dt; every step by default.
        mean : bool, default False
            Record their mean alone.

        Examples
        --------
        >>> stdp = rb.VogelsSTDP()
        >>> i_to_e = net.connect(i, e, rb.Bernoulli(0.1), weight=10, synapse=rb.Exponential(tau=4), plasticity=stdp)
        >>> net.record_weights(i_to_e, every=10.0, mean=True)
        """
        recorders.record_weights(self, projection, variable, connections, every, mean)

    def record_spikes(
        self, population: Population | Selection | str, on: bool = True, *, to: str | os.PathLike[str] | None = None
    ) -> None:
        """Record the spikes of a population, as from the start, of chosen neurons alone, or of none.

        They are kept in memory, 1 to 4 bytes each, or go to disk while the network runs, 12 bytes each: what was
        written stays there after Ctrl-C and after a crash, and `Result.spikes` maps it into memory. A copy of the
        network, or one that was loaded, keeps its spikes in memory.

        Parameters
        ----------
        population : Population or Selection
            Of a selection, its neurons alone are recorded; `Result.spikes` gives them by the selection or its name.
        on : bool, default True
            False for the others alone: for none where `population` is a whole one.
        to : path of a folder, optional
            Where spikes go, into two arrays of NumPy which all runs make longer: ``NAME.times.npy`` (float64, ms) and
            ``NAME.indices.npy`` (int32). The folder is made if need be; it must not hold such files.

        Raises
        ------
        FileExistsError
            If the folder holds spikes of such a population.
        OSError
            If the folder cannot be written to.

        Examples
        --------
        >>> net.record_spikes(x, False)
        >>> net.record_spikes(e[:100])
        >>> net.record_spikes(e, to="spikes")
        """
        recorders.record_spikes(self, population, on, to)

    # ---- running -----------------------------------------------------------------------------------------------------

    def build(self, *, progress: bool = False) -> None:
        """Construct all connections. `run` does it by itself.

        Ctrl-C stops it with KeyboardInterrupt; the network is then as it was, and the next call begins anew.

        Parameters
        ----------
        progress : bool, default False
            Show a progress bar where it takes more than a second.

        Examples
        --------
        >>> net.build(progress=True)
        """
        start = perf_counter()
        with self._guard.alone() as engine, Construction(engine, progress) as bar:
            before = engine.synapse_bytes
            engine.build(bar.report)
            after = engine.synapse_bytes
        seconds = perf_counter() - start
        self._construction += seconds
        if after > before:
            log.info("built %d synapses in %.3g s, %.3g MB", self.synapse_count, seconds, after / 1e6)

    def run(
        self,
        duration: float,
        *,
        every: float | None = None,
        call: Callable[[Network], Any] | None = None,
        progress: bool = False,
        profile: bool = False,
    ) -> Result:
        """Simulate `duration` ms and return what was recorded; call again to go on.

        Ctrl-C stops at the end of a step and raises `rb.Interrupted`, whose ``result`` holds what was recorded so far;
        the network can be run on.

        Parameters
        ----------
        duration : float
            In ms, a multiple of dt; 0 is allowed.
        every : float, optional
            Time between two calls (ms), a multiple of dt; dt by default. Calls lie at its multiples.
        call : callable, optional
            ``call(net)`` is called between two steps. It may read and set everything that can be set between runs, and
            ask `latest_spikes`. The run ends where it returns False. What it raises ends the run too and goes on to
            the caller, with what was recorded until then as its attribute ``result``.
        progress : bool, default False
            Show a progress bar, for the construction of the connections as well.
        profile : bool, default False
            Measure the seconds spent in each phase of the time loop.

        Returns
        -------
        Result

        Raises
        ------
        FloatingPointError
            If a state variable becomes infinite or not a number; it names population, neuron and time.
        Interrupted
            After Ctrl-C; a KeyboardInterrupt with the result until then.

        Examples
        --------
        >>> res = net.run(1000, progress=True)
        >>> res = net.run(1000, every=10, call=lambda net: net["e"]["V"].mean() < 0)
        """
        steps = checks.steps("duration", duration, self.dt)
        if call is None and every is not None:
            raise TypeError("every must not be given without call, which says what to do")
        once = [] if call is None else [self._monitor(call, self.dt if every is None else every)]
        monitors = [*self._monitors, *once]
        return run(self, steps, monitors, checks.flag("progress", progress), checks.flag("profile", profile))

    def monitor(self, call: Callable[[Network], Any], *, every: float) -> Monitor:
        """Let all runs from now on call a function, as `run` does with `call`.

        Parameters
        ----------
        call : callable
            ``call(net)``; the run ends where it returns False.
        every : float
            Time between two calls (ms), a multiple of dt.

        Returns
        -------
        Monitor
            Its `remove` ends it.

        Examples
        --------
        >>> seen = []
        >>> monitor = net.monitor(lambda net: seen.append(len(net.latest_spikes("e"))), every=50)
        >>> res = net.run(200)
        >>> monitor.remove()
        >>> len(seen)
        4
        """
        monitor = self._monitor(call, every)
        self._monitors.append(monitor)
        return monitor

    def latest_spikes(self, population: Population | str) -> np.ndarray:
        """Return, within a call of a run, which neurons spiked since the call before, or since the run began.

        Returns
        -------
        array of int
            Indices in the order of time, one per spike, whether spikes are recorded or not.

        Examples
        --------
        >>> res = net.run(1, call=lambda net: print(net.latest_spikes("e").dtype), every=1)
        int64
        """
        if self._calling is None:
            raise RuntimeError("latest_spikes must be asked by what a run calls: give run or monitor a function")
        reached = members.population_in(self, "population", population)
        return self._engine.spikes_after(reached._id, self._calling._last)

    # ---- theory ------------------------------------------------------------------------------------------------------

    def mean_field(
        self,
        f: CurveLike | Sequence[CurveLike] | str | None = None,
        tau: npt.ArrayLike | None = None,
        *,
        progress: bool = False,
    ) -> RateNetwork:
        """Return the rate network with W and X of this very network; see `rheobase.theory.mean_field`.

        Examples
        --------
        >>> rb.circuits.cortex(2000).mean_field().fixed_points([(0, 100), (0, 100)])[0].u.round(1)
        array([ 7.2, 17.9])
        """
        # It brings SciPy, which `import rheobase` does without.
        from rheobase.theory.mean_fields.mean_field import mean_field

        return mean_field(self, f, tau, progress=progress)

    # ---- keeping: in a file, in memory, or as another network --------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network, state and all, to a file; see `rheobase.load`.

        The file is written atomically: after a crash it is the old one or the new one.

        Raises
        ------
        ValueError
            If the network holds a function of time, which a file cannot.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> net.save("cortex.rheobase")
        """
        write(path, packed(self.circuit, State.of(self)))

    def reset(self, seed: int | None = None) -> None:
        """Go back to t = 0, as if the network had been built now.

        State variables are again as `add` gave them, no spike is under way, plastic weights are as they were drawn or
        given, and random streams begin anew. Connections, parameters, inputs, recordings and which projections learn
        stay as they are. Connections are not drawn again, but for those of plastic projections.

        Parameters
        ----------
        seed : int, optional
            A new seed of runs and of initial values that are drawn, `stream_seed`; connections, and parameters that
            were drawn, stay. By default runs have the seed that they had, and give the same again.

        Examples
        --------
        >>> net.reset()
        >>> first = net.run(100)
        >>> net.reset()
        >>> again = net.run(100)
        >>> np.array_equal(again.spikes("e").times, first.spikes("e").times)
        True
        """
        copying.reset(self, seed)

    def store(self) -> Snapshot:
        """Keep the network as it is now in memory: state, spikes under way, random streams and all that was set.

        Static connections are not copied, so that it takes the memory of the states and of the plastic weights alone.

        Returns
        -------
        Snapshot
            For `restore`, as often as wanted.

        Examples
        --------
        >>> before = net.store()
        >>> res = net.run(100)
        >>> net.restore(before)
        """
        return Snapshot(self.copy(), self.drives, self.stimuli)

    def restore(self, snapshot: Snapshot) -> None:
        """Become again what the network was when it was stored; what was set since then is as it was before.

        Parameters
        ----------
        snapshot : Snapshot
            Of this network or a copy, since when no population or projection came.

        Examples
        --------
        >>> before = net.store()
        >>> net["e"]["I_x"] = 30.0
        >>> res = net.run(100)
        >>> net.restore(before)
        """
        copying.restore(self, snapshot)

    def copy(self, seed: int | None = None, *, threads: int | None = None) -> Network:
        """Return a network that goes on as this one would, and shares its static connections in memory.

        Parameters
        ----------
        seed : int, optional
            Seed of what is random in the copy's runs, `stream_seed`: connections, parameters and the state are those
            of this network, and only the random streams from now on are others. A network whose connections and
            values are all given thus becomes what it would be with this seed from the start. By default the copy has
            the streams of this network, and does the same, bit for bit.
        threads : int, optional
            As many as this network has by default. Where its tiles cannot be shared out among them evenly,
            connections are made again, which takes time and memory.

        Examples
        --------
        >>> other = net.copy(seed=7)
        """
        return copying.copied(self, seed, threads)

    def __getstate__(self) -> dict[str, Any]:
        return {"file": packed(self.circuit, State.of(self)), "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._become(unpacked(state["file"], partial(Network._restored, threads=state["threads"])))

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.copy()

    @classmethod
    def _restored(cls, circuit: Circuit, state: State, threads: int | None, progress: bool = False) -> Network:
        """Return the network that a file holds; an error where its parts cannot be those of a network."""
        check_size(circuit, state)
        network = state.put_into(cls.of(circuit, threads=threads), progress)
        check_finite(network._held())
        return network

    def _held(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield every state variable, all plastic weights and what goes with them, each with a name for messages."""
        for population in self:
            made = population.model._named if isinstance(population.model, Neuron) else {}
            for variable in population.variables:
                if variable not in made:
                    yield f"{variable} of {population.name!r}", population[variable]
        for projection in self.projections:
            if projection.plasticity is None:
                continue
            yield f"weights of {projection.name!r}", self._engine.get_weights(projection._id)
            for id, variable in enumerate(projection._readable):
                yield f"{variable} of {projection.name!r}", self._engine.get_synapse_variable(projection._id, id)

    def _become(self, other: Network) -> None:
        """Take over everything that another network is made of."""
        self.__dict__.update(other.__dict__)
        for population in self.populations.values():
            population._network = self
        for handle in (*self.projections, *self.drives, *self.stimuli):
            handle._network = self

    def __repr__(self) -> str:
        return f"<network: {len(self.populations)} populations, {len(self.projections)} projections, t = {self.t:g} ms>"

    def _repr_html_(self) -> str:
        return f"<b>Network</b>, t = {self.t:g} ms<br>{self.circuit._repr_html_()}"

    def __iter__(self) -> Iterator[Population]:
        return iter(self.populations.values())

    def __getitem__(self, population: str) -> Population:
        return self.populations[checks.choice("population", population, self.populations)]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.populations)

    # ---- what the methods above share --------------------------------------------------------------------------------

    @property
    def _engine(self) -> _engine.Simulation:
        """The compiled engine; nothing may touch it while it runs."""
        return self._guard.engine

    @contextmanager
    def _draws(self, again: int | None = None) -> Iterator[Draws]:
        """Give what draws random arrays; what a refused call drew counts as not drawn, nor does what is drawn again."""
        taken = self._taken if again is None else again
        draws = Draws(self._engine, self.dt, self.seed, self.stream_seed, taken, self._circuit.populations)
        yield draws
        if again is None:
            self._taken = draws.taken

    def _check_not_calling(self) -> None:
        if self._calling is not None:
            raise RuntimeError(
                "the network must not be run, reset or restored by what its run calls, nor the recorded spikes changed"
            )

    def _monitor(self, call: Callable[[Network], Any], every: float) -> Monitor:
        return Monitor(self, checks.function("call", call), checks.steps("every", every, self.dt, low=1))

    def _describe(self, **changes: Any) -> None:
        """Put changed parts in place of those of the circuit."""
        self._circuit = replace(self._circuit, **changes)

    def _rename_recorded(self, population: str, old: str, new: str) -> None:
        """Give a current that is recorded the name that it has since another sender joined in."""
        self._recordings = [
            replace(r, variable=new) if (r.of, r.variable) == (population, old) else r for r in self._recordings
        ]


def _drawn_seed() -> int:
    return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])


def available_threads() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
