"""The same circuit on NEST, for machines beyond one: `to_nest`."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.io.nest import connections, inputs, neurons, plasticity
from rheobase.io.nest.description import Description, describe
from rheobase.io.nest.recording import Meter, SpikeRecorder, join_samples, join_spikes
from rheobase.models.circuit import Cells, Connections
from rheobase.models.rules import Pairs
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.result import Recorded, Result, Timing

if TYPE_CHECKING:
    import scipy.sparse


class NestNetwork:
    """A network on NEST, made by `to_nest`. NEST has one network at a time: making another takes this one away.

    Attributes
    ----------
    populations : dict of str to nest.NodeCollection
        By their names here, to go on with PyNEST.
    rank : int
        Of this process among those of MPI.
    """

    def __init__(self, net: Network, threads: int) -> None:
        self._nest = checks.package("nest")
        self._description: Description = describe(net)
        self._circuit, self._dt, self._step = net.circuit, net.circuit.dt, 0
        nest, began = self._nest, perf_counter()
        nest.ResetKernel()
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.resolution = self._dt
        nest.local_num_threads = threads
        nest.rng_seed = 1 + self._circuit.seed % (2**31 - 2)
        self.rank = int(nest.Rank())
        self.populations: dict[str, Any] = {}
        self._plastic: dict[str, Any] = {}
        for cells in self._circuit.populations:
            self.populations[cells.name] = self._add(cells)
            if cells.name in self._description.groups:
                self._carry_conductances(net[cells.name], self._description.groups[cells.name])
        for q in self._circuit.projections:
            self._connect(q)
        for drive in self._circuit.drives:
            group = self.populations[drive.post]
            devices = inputs.poisson(nest, drive.rate, len(group), self._dt, drive.sources)
            port = self._description.port(drive.post, drive.synapse)
            self._attach(devices, drive.post, self._synapse(port, drive.weight * port.scale, self._dt))
        for injected in self._circuit.injections:
            n = len(self.populations[injected.post])
            self._attach(inputs.current(nest, injected.current, n, self._dt), injected.post, {"delay": self._dt})
        self._recorders: dict[str, SpikeRecorder] = {}
        for name, group in self.populations.items():
            chosen = net._partly.get(name)
            if chosen is None:
                self._recorders[name] = SpikeRecorder(nest, group, np.arange(len(group)))
            elif len(chosen):
                self._recorders[net[name]._name_of(chosen)] = SpikeRecorder(nest, group, chosen)
        self._meters: dict[tuple[str, str], Meter] = {}
        for r in net._recordings:
            name = net[r.of]._name_of(r.neurons) if r.selected else r.of
            self._meters[name, r.variable] = Meter(nest, self.populations[r.of], r, self._dt)
        self._construction = perf_counter() - began

    def run(self, duration: float) -> Result:
        """Simulate `duration` ms and return what was recorded, as `Network.run` does; call again to go on.

        Under MPI each process returns the spikes and samples of its own neurons, and `gather` joins them.

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
        steps = checks.steps("duration", duration, self._dt)
        start, stop = self._step, self._step + steps
        began = perf_counter()
        if steps:
            self._nest.Simulate(steps * self._dt)
        took = perf_counter() - began
        self._step = stop
        span = start * self._dt, max(stop, start + 1) * self._dt
        return Result(
            t_start=start * self._dt,
            t_stop=stop * self._dt,
            dt=self._dt,
            timing=Timing(self._construction, took, 0),
            interrupted=False,
            populations=list(self.populations),
            _spikes={name: recorder.take(*span) for name, recorder in self._recorders.items()},
            _states={key: meter.take(start, stop) for key, meter in self._meters.items()},
            _events={},
        )

    def gather(self, result: Result) -> Result:
        """Return the spikes and samples of all processes in one result, the same in each of them.

        All processes must call it. It needs mpi4py where there is more than one.

        Parameters
        ----------
        result : Result
            What `run` returned in this process.

        Returns
        -------
        Result

        Examples
        --------
        >>> res = on_nest.gather(on_nest.run(1000))  # doctest: +SKIP
        """
        checks.instance("result", result, Result, "a result of run")
        if self._nest.num_processes == 1:
            return result
        checks.package("mpi4py")
        from mpi4py import MPI

        parts = MPI.COMM_WORLD.allgather((result._spikes, result._states))
        spikes = {name: join_spikes([own[name] for own, _ in parts]) for name in result._spikes}
        states: dict[Any, Recorded] = {
            key: join_samples([own[key] for _, own in parts], meter.asked) for key, meter in self._meters.items()
        }
        return replace(result, _spikes=spikes, _states=states)

    def weights(self, projection: str | Projection) -> scipy.sparse.csr_array:
        """Return the weights of a plastic projection as a sparse array, post × pre, as `Projection.weights` does.

        NEST brings a weight up to date when the pre neuron spikes: post spikes after its last one are not in yet.
        Under MPI it has the connections onto the neurons of this process.

        Parameters
        ----------
        projection : str or Projection
            One of the network, or its name.

        Examples
        --------
        >>> on_nest.weights("x→e").mean()  # doctest: +SKIP
        """
        import scipy.sparse

        name = projection.name if isinstance(projection, Projection) else projection
        checks.choice("projection", name, self._description.rules)
        q = next(q for q in self._circuit.projections if q.name == name)
        pre, post = self._senders(q), self.populations[q.post]
        found = self._nest.GetConnections(synapse_model=_model(name))
        at = found.get(["source", "target", "weight"]) if len(found) else {}
        columns, rows = (np.atleast_1d(at.get(end, [])).astype(np.int64) for end in ("source", "target"))
        values = np.atleast_1d(at.get("weight", [])) / self._description.port(q.post, q.synapse).scale
        places = rows - post[0].global_id, columns - pre[0].global_id
        return scipy.sparse.csr_array((values, places), shape=(len(post), len(pre)))

    def _add(self, cells: Cells) -> Any:
        nest, described = self._nest, self._description.groups.get(cells.name)
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
        parrots = self._nest.Create("parrot_neuron", cells.n)
        devices = inputs.spikes(self._nest, cells, self._dt)
        self._nest.Connect(devices.nodes, parrots, devices.rule, {"delay": self._dt})
        return parrots

    def _connect(self, q: Connections) -> None:
        nest, port = self._nest, self._description.port(q.post, q.synapse)
        synapse = self._synapse(
            port,
            connections.value(nest, f"weight of {q.name}", q.weight, port.scale),
            connections.value(nest, f"delay of {q.name}", q.delay, least=0.5 * self._dt),
        )
        if (rule := self._description.rules.get(q.name)) is not None:
            nest.CopyModel(rule.model, _model(q.name), rule.parameters)
            synapse["synapse_model"] = _model(q.name)
            if rule.pairs:
                self._plastic[q.name] = nest.Create("parrot_neuron", len(self.populations[q.pre]))
                to_parrots, dendritic = (steps * self._dt for steps in plasticity.divide_delay(q, self._dt))
                nest.Connect(self.populations[q.pre], self._plastic[q.name], "one_to_one", {"delay": to_parrots})
                synapse["delay"] = dendritic
        pre, post = self._senders(q), self.populations[q.post]
        if isinstance(q.rule, Pairs):
            n = len(q.rule.pre)
            for name in synapse.keys() & {"weight", "delay"}:
                synapse[name] = np.broadcast_to(synapse[name], n).astype(float)
            ids = np.asarray(pre.tolist())[q.rule.pre], np.asarray(post.tolist())[q.rule.post]
            if port.receptor:
                synapse["receptor_type"] = np.full(n, port.receptor)
            nest.Connect(*ids, "one_to_one", synapse)
        elif q.name in self._plastic and connections.without_self(q):
            for one, others in connections.apart(q, pre, post):
                nest.Connect(one, others, connections.rule(q), synapse)
        else:
            nest.Connect(pre, post, connections.rule(q), synapse)

    def _senders(self, q: Connections) -> Any:
        """Return whose spikes a projection takes: the parrots of a plastic one, or the pre neurons themselves."""
        return self._plastic.get(q.name, self.populations[q.pre])

    def _attach(self, devices: inputs.Devices, post: str, synapse: dict[str, Any]) -> None:
        self._nest.Connect(devices.nodes, self.populations[post], devices.rule, synapse)

    @staticmethod
    def _synapse(port: neurons.Port, weight: Any, delay: Any) -> dict[str, Any]:
        return {"weight": weight, "delay": delay, **({"receptor_type": port.receptor} if port.receptor else {})}


def _model(projection: str) -> str:
    """Return the name of the synapse model that is a plastic projection's own."""
    return f"rheobase {projection}"


def to_nest(net: Network, *, threads: int = 1) -> NestNetwork:
    """Build the same circuit on NEST, whose processes may be many and on many machines.

    Rules, weights and delays become NEST's own rules and distributions: nothing but the description travels, and under
    MPI each process draws its part. Single spikes of a chaotic network differ from those here, statistics do not; what
    is not random agrees spike by spike.

    * Neurons are LIF, EIF and AdEx, synapses currents and conductances, in combinations that NEST has a model of.
    * Sources are `Poisson`, with rates that are steady or change in steps, and `Trains`.
    * Drives, and currents that change in steps or are white noise. A change at the first step comes a step late.
    * Plasticity: `PairSTDP`, `TripletSTDP`, `VogelsSTDP`, `InhibitorySTDP` (one bound of each at 0) and
      `TsodyksMarkram`. NEST takes the delay of a plastic connection as one of the dendrite; here it is that of the
      axon, and `post_delay` that of the dendrite. The same pairs count with the same time between them, but where a
      spike arrives in the step in which a post spike does NEST counts neither order. A spike acts two steps later than
      here without `post_delay`, else in the same step, or one later where `post_delay` is an odd number of steps.
    * Recorded are spikes and V.

    Parameters
    ----------
    net : Network
        It stays as it is.
    threads : int, default 1
        Of each process.

    Returns
    -------
    NestNetwork
        With `run(duration)`, which returns a `Result`, `gather(result)`, which joins those of several processes,
        `weights(projection)` of a plastic one, and `populations`, NEST's nodes by name.

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
