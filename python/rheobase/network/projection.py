"""Handle on a projection: what `Network.connect` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rheobase import _engine, checks
from rheobase.models.circuit import Connections
from rheobase.models.distributions import Value
from rheobase.models.ends import Ends
from rheobase.models.plasticity import Plasticity
from rheobase.models.rules import Rule
from rheobase.models.synapses import Synapse
from rheobase.models.values import Sealed
from rheobase.network.between import Between
from rheobase.network.population import Population
from rheobase.network.selection import Selection

if TYPE_CHECKING:
    import scipy.sparse

    from rheobase.network.network import Network


class Projection(Sealed):
    """Connections from one population to a kernel of another."""

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
        order = np.lexsort((delay, post, pre))
        return {
            "pre": pre[order].astype(np.int64),
            "post": post[order].astype(np.int64),
            "weight": weight[order].astype(float),
            "delay": delay[order] * self._network.dt,
        }

    @property
    def weights(self) -> scipy.sparse.csr_array:
        """Weights as a sparse array, post × pre; multapses add up."""
        import scipy.sparse

        c = self.connections()
        return scipy.sparse.csr_array((c["weight"], (c["post"], c["pre"])), shape=(self.post.n, self.pre.n))

    @weights.setter
    def weights(self, value: npt.ArrayLike | scipy.sparse.sparray) -> None:
        if self.plasticity is None:
            raise self._static("to have its weights set")
        weights = self._in_order(value)
        check_range("weights", weights, self.plasticity)
        self._network._engine.set_weights(self._id, weights)

    def __getitem__(self, variable: str) -> np.ndarray:
        """Return what each connection has beside its weight, in the order of `connections`, as spikes last left it."""
        return self._network._engine.get_synapse_variable(self._id, self._variable(variable))[self._order()]

    def __setitem__(self, variable: str, value: Any) -> None:
        values = np.empty(len(self))
        values[self._order()] = value if np.ndim(value) == 0 else checks.array(variable, value, shape=(len(self),))
        self._network._engine.set_synapse_variable(self._id, self._variable(variable), values)

    def _variable(self, name: str) -> int:
        known = () if self.plasticity is None else self.plasticity.variables
        return known.index(checks.choice(f"variable of {self.name!r}", name, known))

    def _order(self) -> np.ndarray:
        """Return where in the engine's order each of the `connections` stands."""
        with self._network._guard.alone() as engine:
            pre, post, _, delay = self._members(engine)
        return np.lexsort((delay, post, pre))

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

    def _in_order(self, value: Any) -> np.ndarray:
        """Return weights in the order of the connections, from a sparse array, an array or a number."""
        import scipy.sparse

        c = self.connections()
        if not scipy.sparse.issparse(value):
            if checks.axes("weights", value) == 0:
                return np.full(len(c["pre"]), checks.number("weights", value))
            return checks.array("weights", value, shape=(len(c["pre"]),))
        if value.shape != (self.post.n, self.pre.n):
            raise ValueError(f"weights must have shape (post, pre) = {(self.post.n, self.pre.n)}, got {value.shape}")
        key = c["post"] * self.pre.n + c["pre"]
        if len(np.unique(key)) != len(key):
            raise ValueError("weights must be an array in the order of the connections: the projection has multapses")
        entries = scipy.sparse.coo_array(value)
        given = entries.row.astype(np.int64) * self.pre.n + entries.col
        if len(given) != len(key) or not np.array_equal(np.sort(given), np.sort(key)):
            raise ValueError(f"weights must have an entry for each of the {len(key)} connections and no other")
        ordered = np.empty(len(key))
        ordered[np.argsort(key)] = checks.array("weights", entries.data)[np.argsort(given)]
        return ordered


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
