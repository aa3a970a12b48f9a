"""Handles on a network's parts: what `Network.add` and `Network.connect` return."""

from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks
from rheobase.models.distributions import Distribution
from rheobase.models.light import Light
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.registry import value_of
from rheobase.models.rules import Rule
from rheobase.models.sources import Source
from rheobase.models.synapses import Synapse

if TYPE_CHECKING:
    import scipy.sparse

    from rheobase.network.network import Network


class Population:
    """Neurons of one model, or sources, within a network.

    `population["V"]` reads a state variable, a synaptic current or a conductance, and `population["tau_m"]` or
    `population["I_x"]` a parameter: a copy, one value a neuron. `population["V"] = values` sets it between runs.

    The current of synapses from a population "e" is called ``I_e``, a conductance ``g_e``. Where that is the name of a
    parameter or state variable it is ``I_x_syn`` instead: ``I_x`` is the steady input, whatever the populations are
    called, and ``g_L`` the leak. `Projection.variable` is that name.
    """

    def __init__(self, network: "Network", number: int, name: str, n: int, model: Neuron | Source) -> None:
        self.network, self.number, self.name, self.n, self.model = network, number, name, n, model
        self.lights: list[Light] = []
        #: Number and name of the kernel for each synapse.
        self._channels: dict[tuple, tuple[int, str]] = {}

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"<population {self.name!r}: {self.n} × {self.model!r}>"

    @property
    def neuron(self) -> Neuron:
        """The neuron model; an error for sources, which have none."""
        if not isinstance(self.model, Neuron):
            raise ValueError(f"population {self.name!r} must be made of neurons, it is a source")
        return self.model

    @property
    def variables(self) -> list[str]:
        """Names of what changes in a run and can be recorded: state variables, currents and conductances."""
        return self.network.engine.variable_names(self.number) if isinstance(self.model, Neuron) else []

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, I_x included."""
        return [*self.model.parameters, "I_x"] if isinstance(self.model, Neuron) else []

    def check_variable(self, name: str) -> str:
        """Return `name` if the population has such a variable, else raise with the nearest one."""
        self._check_neurons()
        if name in self.parameters:
            raise ValueError(
                f"variable of {self.name!r} must be one of {', '.join(map(repr, self.variables))}, got the parameter "
                f"{name!r}, which stays as it is set"
            )
        return checks.choice(f"variable of {self.name!r}", name, self.variables)

    def __getitem__(self, name: str) -> np.ndarray:
        name, engine = self._known(name), self.network.engine
        if name == "I_x":
            values = engine.get_input(self.number)
        elif name in self.parameters:
            values = engine.get_parameter(self.number, name)
        else:
            return engine.get_variable(self.number, name)
        return values if len(values) == self.n else np.full(self.n, values[0])

    def __setitem__(self, name: str, value: Any) -> None:
        if self._known(name) in self.parameters:
            self.network.set_parameter(self, name, value)
            return
        if name == "L" and self.lights:
            raise ValueError(f"L must not be set: the light injected into {self.name!r} is what it says")
        self.network.engine.set_variable(self.number, name, self.network.draw(name, value, self.n))

    def _known(self, name: str) -> str:
        """Return `name` if it is that of a variable or parameter."""
        self._check_neurons()
        return checks.choice(f"variable or parameter of {self.name!r}", name, [*self.variables, *self.parameters])

    def _check_neurons(self) -> None:
        if not isinstance(self.model, Neuron):
            raise ValueError(f"population {self.name!r} must be made of neurons to have variables, it is a source")

    def channel(self, synapse: Synapse, source: str) -> int:
        """Return the number of the population's kernel for a synapse, which equal synapses share; made when needed.

        It is recorded under the synapse's label, or the name of the first source that uses it.
        """
        key = synapse.key()
        if key not in self._channels:
            name = self._free_name(("I_" if synapse.reversal is None else "g_") + (synapse.label or source))
            number = self.network.engine.add_channel(
                self.number,
                synapse.kernel.name,
                list(synapse.parameters.values()),
                synapse.norm == "area",
                synapse.reversal is not None,
                synapse.reversal or 0.0,
                name[2:],
            )
            self._channels[key] = (number, name)
        return self._channels[key][0]

    def channel_name(self, synapse: Synapse) -> str:
        """Return the name under which the kernel for a synapse is recorded."""
        return self._channels[synapse.key()][1]

    def _free_name(self, name: str) -> str:
        """Return `name`, with _syn at its end beside a parameter of that name, and numbered beside another kernel."""
        if name in [*self.parameters, *(v.name for v in self.neuron.model.variables)]:
            name += "_syn"
        taken, free, count = self.variables, name, 1
        while free in taken:
            count += 1
            free = f"{name}{count}"
        return free

    def change(self, parameter: str, value: Any) -> Any:
        """Set a parameter, or I_x, and return its new value: a number, or an array with one value a neuron."""
        neuron, engine = self.neuron, self.network.engine
        infos = {info.name: info for info in neuron.model.parameters}
        checks.choice(f"parameter of {neuron.model.name}", parameter, [*infos, "I_x"])
        values = self.network.one_or_each(parameter, value_of(parameter, value, infos.get(parameter)), self.n)
        if parameter == "I_x":
            engine.set_input(self.number, values)
        else:
            others = {name: engine.get_parameter(self.number, name) for name in infos if name != parameter}
            neuron.check({**others, parameter: values}, self.network.dt)
            engine.set_parameter(self.number, parameter, values)
        kept = values if len(values) != 1 else float(values[0])
        self.model = neuron.replaced(parameter, kept)
        return kept


class Projection:
    """Connections from one population to a kernel of another."""

    def __init__(
        self,
        network: "Network",
        number: int,
        pre: Population,
        post: Population,
        rule: Rule,
        weight: Any,
        synapse: Synapse,
        delay: Any,
        plasticity: Plasticity | None,
    ) -> None:
        self.network, self.number, self.pre, self.post = network, number, pre, post
        self.rule, self.weight, self.synapse, self.delay = rule, weight, synapse, delay
        self.plasticity = plasticity

    def __len__(self) -> int:
        self.network.build()
        return self.network.engine.synapses(self.number)

    def __repr__(self) -> str:
        return f"<projection {self.pre.name!r} → {self.post.name!r}: {self.rule!r}, {self.synapse!r}>"

    @property
    def name(self) -> str:
        """Name under which recorded weights are found: ``"pre→post"``."""
        return f"{self.pre.name}→{self.post.name}"

    @property
    def variable(self) -> str | None:
        """Name of the current or conductance in `post` that it shares with equal synapses; None for delta synapses.

        Examples
        --------
        >>> net.record(x_to_e.post, x_to_e.variable)
        """
        return self.post.channel_name(self.synapse) if self.synapse.kernel.stages else None

    @property
    def mean_weight(self) -> float:
        """Expected weight of a connection."""
        if isinstance(self.weight, Distribution):
            return self.weight.mean_value()
        return float(np.mean(self.weight)) if np.size(self.weight) else 0.0

    def connections(self) -> dict[str, np.ndarray]:
        """Return every connection: arrays `pre`, `post`, `weight` and `delay` (ms), by source, then by target."""
        pre, post, weight, delay = self.network.engine.connections(self.number)
        if self.plasticity is not None:
            weight = self.network.engine.get_weights(self.number)
        order = np.lexsort((delay, post, pre))
        return {
            "pre": pre[order].astype(np.int64),
            "post": post[order].astype(np.int64),
            "weight": weight[order].astype(float),
            "delay": delay[order] * self.network.dt,
        }

    @property
    def weights(self) -> "scipy.sparse.csr_array":
        """Weights as a sparse array, post × pre; multapses add up."""
        import scipy.sparse

        c = self.connections()
        return scipy.sparse.csr_array((c["weight"], (c["post"], c["pre"])), shape=(self.post.n, self.pre.n))

    @weights.setter
    def weights(self, value: Any) -> None:
        self._check_plastic("to have its weights set")
        self.network.engine.set_weights(self.number, self._in_order(value))

    @property
    def learning(self) -> bool:
        """Whether the weights change; may be switched between runs."""
        return self.plasticity is not None and self.network.engine.is_learning(self.number)

    @learning.setter
    def learning(self, on: bool) -> None:
        self._check_plastic("to learn")
        self.network.engine.set_learning(self.number, bool(on))

    def _check_plastic(self, why: str) -> None:
        if self.plasticity is None:
            raise ValueError(f"plasticity must be given to connect() for the projection {why}")

    def _in_order(self, value: Any) -> np.ndarray:
        """Return weights in the order of the connections, from a sparse array, an array or a number."""
        import scipy.sparse

        c = self.connections()
        if not scipy.sparse.issparse(value):
            if np.ndim(value) == 0:
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
