"""The same circuit on NEST, for machines beyond one: `to_nest`."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.io.nest import connections, neurons
from rheobase.models.circuit import Cells, Circuit, Connections
from rheobase.models.currents import Steps, WhiteNoise
from rheobase.models.distributions import Distribution
from rheobase.models.neurons import Neuron
from rheobase.models.rules import Pairs
from rheobase.models.sources import Poisson, Trains
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.network.result import Recorded, Result, Timing
from rheobase.spikes.trains import SpikeTrains


class NestNetwork:
    """A network on NEST, made by `to_nest`. NEST has one network at a time: making another takes this one away.

    Attributes
    ----------
    populations : dict of str to nest.NodeCollection
        By their names here, to go on with PyNEST.
    """

    def __init__(self, net: Network, threads: int) -> None:
        self._nest = checks.package("nest")
        self._circuit = net.circuit
        self._t = 0.0
        self._recorded = [(r.of, r.variable, r.neurons, r.every) for r in net._recordings]
        self._silent = set(net._silent)
        described = _describe(self._circuit)
        _check_rest(net)
        nest, began = self._nest, perf_counter()
        nest.ResetKernel()
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.resolution = self._circuit.dt
        nest.local_num_threads = threads
        nest.rng_seed = 1 + self._circuit.seed % (2**31 - 2)
        self.populations: dict[str, Any] = {}
        self._recorders: dict[str, Any] = {}
        self._meters: list[Any] = []
        for cells in self._circuit.populations:
            self.populations[cells.name] = self._add(cells, described.get(cells.name))
            if cells.name in described:
                self._carry_conductances(net[cells.name], described[cells.name])
        for projection in self._circuit.projections:
            self._connect(projection, described[projection.post])
        for drive in self._circuit.drives:
            port = _port(self._circuit[drive.post], described[drive.post], drive.synapse)
            source = nest.Create("poisson_generator", params={"rate": drive.rate * drive.sources})
            self._send(source, drive.post, port, drive.weight)
        for injected in self._circuit.injections:
            self._inject(injected.post, injected.current)
        self._record()
        self._construction = perf_counter() - began

    def run(self, duration: float) -> Result:
        """Simulate `duration` ms and return what was recorded, as `Network.run` does; call again to go on.

        Under MPI each process returns the spikes of its own neurons.

        Parameters
        ----------
        duration : float
            In ms, a multiple of dt.

        Returns
        -------
        Result

        Examples
        --------
        >>> on_nest = rb.io.to_nest(net)  # doctest: +SKIP
        >>> on_nest.run(100).rates()  # doctest: +SKIP
        """
        steps = checks.steps("duration", duration, self._circuit.dt)
        start, stop = self._t, self._t + steps * self._circuit.dt
        began = perf_counter()
        if steps:
            self._nest.Simulate(steps * self._circuit.dt)
        took = perf_counter() - began
        self._t = stop
        spikes = {cells.name: self._spikes(cells, start, stop) for cells in self._circuit.populations}
        return Result(
            t_start=start,
            t_stop=stop,
            dt=self._circuit.dt,
            timing=Timing(self._construction, took, 0),
            interrupted=False,
            _spikes=spikes,
            _states={key: self._samples(*key) for key in [(r[0], r[1]) for r in self._recorded]},
            _events={},
        )

    def _add(self, cells: Cells, described: neurons.Described | None) -> Any:
        nest = self._nest
        if described is None:
            return self._source(cells)
        parameters = {name: self._parameter(name, given) for name, given in described.parameters.items()}
        group = nest.Create(described.model, cells.n, params=parameters)
        initial = dict(cells.initial)
        for variable, given in initial.items():
            names = {"V": "V_m", "w": "w"}
            setattr(group, names[variable], connections.value(nest, variable, given))
        if "V" not in initial:
            group.V_m = parameters["E_L"]
        return group

    def _carry_conductances(self, population: Population, described: neurons.Described) -> None:
        """Set conductances as they were set here, where NEST has them as variables."""
        for receptor, port in zip(population._cells.receptors, described.ports, strict=True):
            values = population[receptor.variable] if described.model.endswith("cond_exp") else np.zeros(1)
            if np.any(values):
                setattr(self.populations[population.name], "g_ex" if port.scale > 0 else "g_in", values)

    def _parameter(self, name: str, given: Any) -> Any:
        if name in ("tau_syn", "tau_rise", "tau_decay", "E_rev"):  # one per receptor
            return given
        return connections.value(self._nest, name, given)

    def _source(self, cells: Cells) -> Any:
        """Return parrots, which repeat what generators send, so that all targets hear the same spikes."""
        nest = self._nest
        parrots = nest.Create("parrot_neuron", cells.n)
        if isinstance(cells.model, Poisson):
            generators = nest.Create(
                "poisson_generator", cells.n, params={"rate": np.broadcast_to(cells.model.rate, cells.n)}
            )
        else:
            assert isinstance(cells.model, Trains)
            spikes = [self._circuit.dt * steps for steps in _trains(cells, self._circuit.dt)]
            generators = nest.Create("spike_generator", cells.n, params=[{"spike_times": t} for t in spikes])
        nest.Connect(generators, parrots, "one_to_one", {"delay": self._circuit.dt})
        return parrots

    def _connect(self, q: Connections, described: neurons.Described) -> None:
        nest, port = self._nest, _port(self._circuit[q.post], described, q.synapse)
        synapse = {
            "weight": connections.value(nest, f"weight of {q.name}", q.weight, port.scale),
            "delay": connections.value(nest, f"delay of {q.name}", q.delay, least=self._circuit.dt),
        }
        if port.receptor:
            synapse["receptor_type"] = port.receptor
        if q.plasticity is not None:
            given = q.plasticity.parameters
            synapse |= {"synapse_model": "tsodyks2_synapse", "U": given["U"], "u": given["U"], "x": 1.0}
            synapse |= {"tau_rec": given["tau_rec"], "tau_fac": given["tau_facil"]}
        pre, post = self.populations[q.pre], self.populations[q.post]
        if isinstance(q.rule, Pairs):
            n = len(q.rule.pre)
            for name in ("weight", "delay"):
                given = q.weight if name == "weight" else q.delay
                if isinstance(given, Distribution):
                    raise ValueError(f"{name} of {q.name!r} must be numbers for NEST, where the pairs are given")
                synapse[name] = np.broadcast_to(synapse[name], n).astype(float)
            ids = np.asarray(pre.tolist())[q.rule.pre], np.asarray(post.tolist())[q.rule.post]
            if port.receptor:
                synapse["receptor_type"] = np.full(n, port.receptor)
            nest.Connect(*ids, "one_to_one", synapse)
        else:
            nest.Connect(pre, post, connections.rule(q), synapse)

    def _send(self, source: Any, post: str, port: neurons.Port, weight: float) -> None:
        synapse = {"weight": weight * port.scale, "delay": self._circuit.dt}
        if port.receptor:
            synapse["receptor_type"] = port.receptor
        self._nest.Connect(source, self.populations[post], "all_to_all", synapse)

    def _inject(self, post: str, current: Any) -> None:
        nest, dt = self._nest, self._circuit.dt
        if isinstance(current, WhiteNoise):
            given = {"mean": current.mean, "std": current.sigma / np.sqrt(dt), "dt": dt}
            device = nest.Create("noise_generator", params=given)
        else:
            times = np.maximum(np.asarray(current.times, dtype=float), dt)
            device = nest.Create(
                "step_current_generator",
                params={"amplitude_times": times, "amplitude_values": np.ravel(current.values)},
            )
        nest.Connect(device, self.populations[post], syn_spec={"delay": dt})

    def _record(self) -> None:
        nest = self._nest
        for name, group in self.populations.items():
            if name not in self._silent and len(group):
                self._recorders[name] = nest.Create("spike_recorder")
                nest.Connect(group, self._recorders[name])
        for of, _, chosen, every in self._recorded:
            meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": every * self._circuit.dt})
            nest.Connect(meter, self.populations[of][np.unique(chosen).tolist()])
            self._meters.append(meter)

    def _spikes(self, cells: Cells, start: float, stop: float) -> SpikeTrains:
        end = max(stop, start + self._circuit.dt)
        recorder = self._recorders.get(cells.name)
        times, neuron = np.zeros(0), np.zeros(0, np.int64)
        if recorder is not None:
            events = recorder.events
            times = np.asarray(events["times"], dtype=float)
            neuron = np.asarray(events["senders"], dtype=np.int64) - self.populations[cells.name][0].global_id
            recorder.n_events = 0
        order = np.lexsort((neuron, times))
        return SpikeTrains(times=times[order], indices=neuron[order], n=cells.n, t_start=start, t_stop=end)

    def _samples(self, of: str, variable: str) -> Recorded:
        which = [(r[0], r[1]) for r in self._recorded].index((of, variable))
        chosen, meter = np.unique(self._recorded[which][2]), self._meters[which]
        events = meter.events
        order = np.lexsort((events["senders"], events["times"]))
        values = np.asarray(events["V_m"])[order].reshape(-1, len(chosen))
        times = np.asarray(events["times"])[order].reshape(-1, len(chosen))[:, 0]
        meter.n_events = 0
        return Recorded(times, values, chosen, "mV")


def to_nest(net: Network, *, threads: int = 1) -> NestNetwork:
    """Build the same circuit on NEST, whose processes may be many and on many machines.

    Rules, weights and delays become NEST's own rules and distributions: nothing but the description travels, and under
    MPI each process draws its part. Neurons are LIF, EIF and AdEx with current- and conductance-based synapses where
    NEST has them; sources are Poisson and trains; short-term plasticity, drives, steps and white noise are mapped as
    well. Single spikes differ from those here, statistics do not.

    Parameters
    ----------
    net : Network
        It stays as it is.
    threads : int, default 1
        Of each process.

    Returns
    -------
    NestNetwork
        With `run(duration)`, which returns a `Result`, and `populations`, NEST's nodes by name.

    Raises
    ------
    ImportError
        If NEST is not installed.
    ValueError
        If something has no counterpart in NEST; the message names it. NEST is then as it was.

    Examples
    --------
    >>> res = rb.io.to_nest(rb.circuits.brunel(1000)).run(100)  # doctest: +SKIP
    """
    checks.instance("net", net, Network, "a network")
    return NestNetwork(net, checks.integer("threads", threads, low=1, high=1024))


def _describe(circuit: Circuit) -> dict[str, neurons.Described]:
    """Return every population of neurons as NEST's; an error where there is no counterpart."""
    circuit._check_whole()
    described = {}
    for cells in circuit.neurons:
        signs: list[set[int]] = [set() for _ in cells.receptors]
        for q in circuit.projections:
            if q.post == cells.name:
                signs[_receptor(cells, q.synapse)] |= connections.signs(q.weight)
        for drive in circuit.drives:
            if drive.post == cells.name:
                signs[_receptor(cells, drive.synapse)] |= connections.signs(drive.weight)
        described[cells.name] = neurons.describe(cells, signs)
    return described


def _receptor(cells: Cells, synapse: Any) -> int:
    return next(k for k, receptor in enumerate(cells.receptors) if receptor.synapse == synapse)


def _port(cells: Cells, described: neurons.Described, synapse: Any) -> neurons.Port:
    return described.ports[_receptor(cells, synapse)]


def _trains(cells: Cells, dt: float) -> list[np.ndarray]:
    """Return the steps at which each given train spikes."""
    assert isinstance(cells.model, Trains)
    steps, indices = cells.model._on_grid(cells.n, dt)
    return [np.sort(steps[indices == k]) for k in range(cells.n)]


def _check_rest(net: Network) -> None:
    """Refuse what has no counterpart before NEST is touched."""
    circuit = net.circuit
    if net.t > 0:
        raise ValueError(f"net must not have run yet, it is at t = {net.t:g} ms: spikes on their way cannot be moved")
    for cells in circuit.populations:
        if isinstance(cells.model, Neuron):
            for variable, _ in cells.initial:
                checks.choice(f"initial value of {cells.name!r} for NEST", variable, ("V", "w"))
        elif isinstance(cells.model, Poisson):
            if callable(cells.model.rate) or not isinstance(cells.model.rate, (int, float, np.ndarray)):
                raise ValueError(f"rate of {cells.name!r} must be steady for NEST, got {cells.model.rate!r}")
        elif not isinstance(cells.model, Trains):
            raise ValueError(f"{cells.name!r} must be neurons, Poisson sources or trains for NEST, got {cells.model!r}")
    for q in circuit.projections:
        if q.plasticity is not None and type(q.plasticity).__name__ != "TsodyksMarkram":
            raise ValueError(f"plasticity of {q.name!r} must be None or TsodyksMarkram for NEST, got {q.plasticity!r}")
        if q.plasticity is not None and q.plasticity.each:
            raise ValueError(f"{', '.join(q.plasticity.each)} of {q.name!r} must be one number for NEST")
        if not isinstance(q.rule, Pairs):
            connections.rule(q)
    for injected in circuit.injections:
        steady = isinstance(injected.current, Steps) and injected.current.values.shape[1] == 1
        if not (steady or isinstance(injected.current, WhiteNoise)):
            raise ValueError(
                f"current into {injected.post!r} must be Steps of one value for all, or WhiteNoise, for NEST, "
                f"got {type(injected.current).__name__}"
            )
    for r in net._recordings:
        if r.of_synapses or r.event or r.variable != "V" or r.mean:
            raise ValueError(f"recorded variable of {r.of!r} must be V of single neurons for NEST, got {r.variable!r}")
