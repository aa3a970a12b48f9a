"""Handle on a projection: what `Network.connect` returns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine, checks, units
from rheobase.models.circuit import Connections
from rheobase.models.distributions import Distribution, Value
from rheobase.models.ends import Ends
from rheobase.models.equations.plasticity import EquationPlasticity
from rheobase.models.equations.short_term import per_synapse
from rheobase.models.plasticity import Plasticity
from rheobase.models.rules import Pairs, Rule
from rheobase.models.synapses import Synapse
from rheobase.models.values import Sealed, own
from rheobase.network import wiring
from rheobase.network.between import Between
from rheobase.network.population import Population
from rheobase.network.selection import Selection

if TYPE_CHECKING:
    import scipy.sparse

    from rheobase.network.network import Network


#: What every connection has.
ENDS = ("pre", "post", "weight", "delay")
#: Why the rest cannot be set.
WHY_FIXED = {
    "pre": "a projection keeps its connections; a weight of 0 silences one",
    "post": "a projection keeps its connections; a weight of 0 silences one",
    "delay": "spikes are under way with the delays that they set out with, and rows are sorted by them; connect() again"
    " in a new network",
    "post_delay": "spikes are under way with the delays that they set out with; connect() again in a new network",
}


class Projection(Sealed):
    """Connections from one population to a kernel of another.

    ``projection["weight"]`` and ``projection["delay"]`` read what each connection has, in the order of `connections`;
    ``projection["weight"] = values`` sets it between runs, as ``projection["A_plus"] = value`` sets a parameter of its
    plasticity.
    """

    _instead = ": projection[name] = value and projection.weights = values set weights and parameters of plasticity"

    def __init__(self, network: Network, id: int, pre: Population, post: Population) -> None:
        self._network, self._id, self._pre, self._post = network, id, pre, post

    @property
    def _described(self) -> Connections:
        return self._network.circuit.projections[self._id]

    def __len__(self) -> int:
        self._network.build()
        return self._network._engine.synapses(self._id)

    def __repr__(self) -> str:
        return f"<projection {self.pre.name!r} → {self.post.name!r}: {self.rule!r}, {self.synapse!r}>"

    @property
    def pre(self) -> Population | Selection:
        """Where its spikes come from, as it was given: a population or a selection."""
        chosen = self._described.pre_neurons
        return self._pre if chosen is None else Selection(self._pre, chosen)

    @property
    def post(self) -> Population | Selection:
        """Whom they reach, as it was given: a population or a selection."""
        chosen = self._described.post_neurons
        return self._post if chosen is None else Selection(self._post, chosen)

    @property
    def name(self) -> str:
        """Name under which recorded weights are found: ``"pre→post"``, with a number from the second such one on."""
        return self._described.name

    @property
    def rule(self) -> Rule:
        """Which pairs are connected."""
        return self._described.rule

    @property
    def weight(self) -> Value:
        """Weights as they were given: a number, an array or a distribution."""
        return self._described.weight

    @property
    def synapse(self) -> Synapse:
        """The synapse."""
        return self._described.synapse

    @property
    def delay(self) -> Value:
        """Delays (ms) as they were given: a number, an array or a distribution."""
        return self._described.delay

    @property
    def post_delay(self) -> Value:
        """Delays (ms) of the spikes of post neurons, of which plasticity knows, as they were given."""
        return self._described.post_delay

    @property
    def plasticity(self) -> Plasticity | None:
        """The rule by which weights change, if they do."""
        return self._described.plasticity

    @property
    def variable(self) -> str | None:
        """Name of the current or conductance in `post` that it shares with equal synapses; None for delta synapses.

        Examples
        --------
        >>> x_to_e = net.projections[0]
        >>> net.record(x_to_e.post, x_to_e.variable)
        """
        return self._post._receptor(self.synapse).variable if self.synapse._kernel.stages else None

    @property
    def mean_weight(self) -> float:
        """Expected weight of a connection."""
        return self._described.mean_weight

    def connections(self) -> dict[str, np.ndarray]:
        """Return every connection: arrays `pre`, `post`, `weight` and `delay` (ms), by source, then by target.

        Where the projection is between selections, `pre` and `post` count their neurons.
        """
        with self._network._guard.alone() as engine:
            pre, post, weight, delay = self._members(engine)
            if self.plasticity is not None:
                weight = engine.get_weights(self._id)
        order = self._order()
        return {
            "pre": pre[order].astype(np.int64),
            "post": post[order].astype(np.int64),
            "weight": weight[order].astype(float),
            "delay": delay[order] * self._network.dt,
        }

    def _order(self) -> np.ndarray | slice:
        """Return where in the engine's order, which is that of populations, each of the `connections` stands."""
        one_delay = self.plasticity is None or np.isscalar(self.delay)  # else plastic ones stand by delay
        if self._described.whole and one_delay:
            return slice(None)
        with self._network._guard.alone() as engine:
            pre, post, _, delay = self._members(engine)
        return np.lexsort((delay, post, pre))

    def _places(self, chosen: np.ndarray) -> np.ndarray:
        """Return where the engine has chosen ones of the `connections`."""
        order = self._order()
        return chosen if isinstance(order, slice) else order[chosen].astype(np.uint32)

    def _in_engine_order(self, values: np.ndarray) -> np.ndarray:
        """Return values of the `connections` as the engine takes them."""
        arranged = np.empty(len(values))
        arranged[self._order()] = values
        return arranged

    @property
    def weights(self) -> scipy.sparse.csr_array:
        """Weights as a sparse array, post × pre; multapses add up.

        They can be set between runs, on plastic and static projections: to a number or an array in the order of
        `connections`, to a sparse or dense array (post × pre) with an entry for each connection and no other, and those
        of a static projection to a distribution.

        Examples
        --------
        >>> x_to_e = net.projections[0]
        >>> x_to_e.weights = 0.5 * x_to_e.weights
        """
        import scipy.sparse

        c = self.connections()
        return scipy.sparse.csr_array((c["weight"], (c["post"], c["pre"])), shape=(self.post.n, self.pre.n))

    @weights.setter
    def weights(self, value: Value | scipy.sparse.sparray) -> None:
        if self.plasticity is None:
            self._set_static(value)
            return
        weights = self._in_order(self._plain(value))
        check_range("weights", weights, self.plasticity)
        self._network._engine.set_weights(self._id, self._in_engine_order(weights))

    def _set_static(self, value: Any) -> None:
        """Let connections have other weights; where these differ, the circuit lists the connections from now on."""
        value = self._plain(value)
        network, described = self._network, self._described
        if isinstance(value, Distribution) or (not _is_matrix(value) and checks.axes("weights", value) == 0):
            weights = wiring.weights(value)
            changed = replace(described, weight=weights.given)
            wiring.check_memory([*self._others(), changed], network.circuit)
            network._engine.set_weight(self._id, weights.draw)
        else:
            c, weights = self.connections(), wiring.weights(self._in_order(value))
            delay = described.delay
            if isinstance(delay, Distribution) or np.ndim(delay):
                delay = own(c["delay"])
            pairs = Pairs(c["pre"], c["post"])
            changed = replace(described, rule=pairs, weight=own(weights.given), delay=delay)
            wiring.check_memory([*self._others(), changed], network.circuit)
            delays = wiring.delays(delay, network.dt).each("delay", len(c["pre"]))
            listed = pairs._listed(self._ends, weights.given, delays, network.threads)
            network._engine.list_weights(self._id, listed)
        self._describe(changed)

    def _others(self) -> list[Connections]:
        """Return the descriptions of all other projections."""
        return [q for k, q in enumerate(self._network.circuit.projections) if k != self._id]

    def _describe(self, changed: Connections) -> None:
        """Put a changed description in place of its own."""
        projections = self._network.circuit.projections
        self._network._describe(projections=(*projections[: self._id], changed, *projections[self._id + 1 :]))

    def __getitem__(self, variable: str) -> Any:
        """Return what each connection has, in the order of `connections`, or a parameter of the plasticity.

        ``"pre"``, ``"post"``, ``"weight"``, ``"delay"`` (ms), of plastic ones ``"post_delay"`` (ms), variables of each
        synapse as they are now, and parameters.

        Examples
        --------
        >>> stp = rb.TsodyksMarkram(U=rb.Uniform(0.2, 0.6))
        >>> q = net.connect(x, e, rb.Bernoulli(0.1), weight=10, synapse=rb.Exponential(tau=4), plasticity=stp)
        >>> q["u"], q["x"]
        """
        variable = self._known(variable)
        if variable in ENDS:
            return self.connections()[variable]
        if variable == "post_delay":
            steps = self._network._engine.get_post_delays(self._id)[self._order()]
            return steps * self._network.dt
        if variable in self._readable:
            return self._network._engine.get_synapse_variable(self._id, self._readable.index(variable))[self._order()]
        assert self.plasticity is not None
        return self.plasticity.parameters[variable]

    def _ipython_key_completions_(self) -> list[str]:
        if self.plasticity is None:
            return [*ENDS]
        return list(dict.fromkeys([*ENDS, "post_delay", *self._readable, *self.plasticity.parameters]))

    def __setitem__(self, variable: str, value: Any) -> None:
        variable = self._known(variable)
        if variable == "weight":
            self.weights = value
        elif variable in WHY_FIXED:
            raise ValueError(f"{variable} must not be set: {WHY_FIXED[variable]}")
        elif variable in self._readable:
            self._set_variable(variable, value)
        else:
            self._set_parameter(variable, value)

    def _known(self, variable: str) -> str:
        """Return `variable` if connections, synapses or the plasticity have it."""
        return checks.choice(f"variable or parameter of {self.name!r}", variable, self._ipython_key_completions_())

    @property
    def _readable(self) -> tuple[str, ...]:
        """What each synapse has beside its weight, in the engine's order."""
        return () if self._runs is None else self._runs.variables

    @property
    def _runs(self) -> Plasticity | None:
        """What the engine runs of the rule."""
        return None if self.plasticity is None else per_synapse(self.plasticity)

    def _set_variable(self, name: str, value: Any) -> None:
        """Let synapses have other values of a variable."""
        if not isinstance(self._runs, EquationPlasticity):
            raise ValueError(f"{name} of {self.name!r} must not be set: {self.plasticity!r} keeps it for pre neurons")
        values = self._in_engine_order(checks.one_or_each(name, value, len(self)))
        self._network._engine.set_synapse_variable(self._id, self._readable.index(name), values)

    def _set_parameter(self, name: str, value: Any) -> None:
        """Let the plasticity have another value of a parameter; what synapses have learned stays."""
        rule, described = self.plasticity, self._described
        assert rule is not None
        changed = rule.replaced(name, value)
        if changed.each.keys() != rule.each.keys():
            raise ValueError(f"{name} must be one number where connect() was not given one per synapse")
        if changed.bounds != rule.bounds:
            check_range("weights", self.connections()["weight"], changed)
            check_range("weight, as it was given to connect(),", wiring.reach(described.weight), changed)
        values = per_synapse(changed)._for_engine(self._network.dt)["values"]
        self._network._engine.set_plasticity_values(self._id, values)
        self._describe(replace(described, plasticity=changed))

    def _members(self, engine: _engine.Simulation) -> tuple[np.ndarray, ...]:
        """Return the connections in the engine's order, their ends as members of what was connected."""
        pre, post, weight, delay = engine.connections(self._id)
        return self._ends.pre.members_of(pre), self._ends.post.members_of(post), weight, delay

    @property
    def _ends(self) -> Ends:
        return self._network.circuit._ends(self._described)

    def between(self, pre: Population | Selection, post: Population | Selection) -> Between:
        """Return those of its connections that lead from chosen neurons to chosen neurons.

        Parameters
        ----------
        pre, post : Population or Selection
            Of the populations that the projection joins.

        Examples
        --------
        >>> q = net.connect(e, e, rb.Bernoulli(0.1), weight=1.0, synapse=rb.Exponential(tau=5))
        >>> q.between(e[:10], e[10:30]).weights.shape
        (20, 10)
        """
        return Between(self, _part("pre", pre, self._pre), _part("post", post, self._post))

    @property
    def learning(self) -> bool:
        """Whether the weights change; may be switched between runs."""
        return self.plasticity is not None and self._network._engine.is_learning(self._id)

    @learning.setter
    def learning(self, on: bool) -> None:
        if self.plasticity is None:
            raise self._static("to learn")
        self._network._engine.set_learning(self._id, checks.flag("learning", on))

    def _static(self, why: str) -> ValueError:
        return ValueError(f"plasticity must be given to connect() for the projection {why}")

    def _plain(self, value: Any) -> Any:
        """Return weights given as quantities as numbers, and all else as it is."""
        return units.converted("weights", value, self._described.synapse._weight_unit(self._post.neuron))

    def _in_order(self, value: Any) -> np.ndarray:
        """Return weights in the order of the connections, from a sparse or dense array, an array or a number."""
        if not _is_matrix(value):
            return checks.one_or_each("weights", value, len(self))
        c, shape = self.connections(), (self._ends.n_post, self._ends.n_pre)
        pre, post = c["pre"], c["post"]
        if value.shape != shape:
            raise ValueError(f"weights must have shape (post, pre) = {shape}, got {value.shape}")
        if np.any((np.diff(pre) == 0) & (np.diff(post) == 0)):
            raise ValueError("weights must be an array in the order of the connections: the projection has multapses")
        entries = _by_pre(value, pre, post)
        if entries is None:
            raise ValueError(f"weights must have an entry for each of the {len(pre)} connections and no other")
        return checks.reals("weights", entries)


def _is_matrix(value: Any) -> bool:
    """Return whether it is a dense or sparse matrix."""
    return hasattr(value, "tocsc") or (isinstance(value, np.ndarray) and value.ndim == 2)


def _by_pre(matrix: Any, pre: np.ndarray, post: np.ndarray) -> np.ndarray | None:
    """Return a matrix's entries by pre, then by post, if they stand where these say; those of a dense one may be 0."""
    if isinstance(matrix, np.ndarray):
        found = checks.reals("weights", matrix)[post, pre]
        return found if np.count_nonzero(found) == np.count_nonzero(matrix) else None
    import scipy.sparse

    entries = scipy.sparse.csc_array(matrix, copy=True)
    entries.sum_duplicates()
    columns = np.repeat(np.arange(entries.shape[1]), np.diff(entries.indptr))
    return entries.data if np.array_equal(entries.indices, post) and np.array_equal(columns, pre) else None


def _part(name: str, given: Population | Selection, end: Population) -> Selection:
    """Return chosen neurons at one end of a projection, all of them where its population was given."""
    population = given.population if isinstance(given, Selection) else given
    if population is not end:
        raise ValueError(f"{name} must be {end.name!r} or neurons of it, got {given!r}")
    return given if isinstance(given, Selection) else end[:]


def check_range(name: str, weights: np.ndarray, plasticity: Plasticity) -> None:
    """Raise unless weights lie where the rule keeps them."""
    low, high = plasticity.bounds
    if len(weights) and not (low <= weights.min() and weights.max() <= high):
        outside = weights.min() if weights.min() < low else weights.max()
        raise ValueError(f"{name} must lie in [w_min, w_max] = [{low:g}, {high:g}] of {plasticity!r}, got {outside:g}")
