"""Handle on a population: what `Network.add` returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from rheobase import checks, units
from rheobase.models.circuit import Cells, Receptor
from rheobase.models.distributions import Distribution, Value
from rheobase.models.light import Light
from rheobase.models.neurons import Neuron
from rheobase.models.positions import Positions
from rheobase.models.registry import value_of
from rheobase.models.sources import Source
from rheobase.models.synapses import Synapse
from rheobase.models.values import Sealed
from rheobase.network.selection import Selection, chosen_among, name_of

if TYPE_CHECKING:
    from rheobase.network.network import Network


class Population(Sealed):
    """Neurons of one model, or sources, within a network.

    `population[:500]`, `population[mask]` and `population[indices]` choose neurons: see `Selection`.

    `population["V"]` reads a state variable, a synaptic current or a conductance, and `population["tau_m"]` or
    `population["I_x"]` a parameter: a copy, one value per neuron. `population["V"] = values` sets it between runs.
    `population["rate"]` of Poisson sources, and `population["trains"]` of given trains, are all that `Poisson` and
    `Trains` take, by times that count from the network's beginning; so are inputs of equations.

    The current of synapses from a population "e" is called ``I_e``, a conductance ``g_e``. Where that is the name of a
    parameter or state variable it is ``I_x_syn`` instead: ``I_x`` is the steady input, whatever the populations are
    called, and ``g_L`` the leak. Where equal synapses from "e" and "i" share a kernel, their sum is called ``I_e+i``,
    unless they have a label. `Projection.variable` is that name.
    """

    _instead = ": population[name] = value sets a parameter or a state variable"

    def __init__(self, network: Network, id: int) -> None:
        self._network, self._id = network, id

    @property
    def _cells(self) -> Cells:
        return self._network.circuit.populations[self._id]

    @property
    def name(self) -> str:
        """Under which results show it."""
        return self._cells.name

    @property
    def n(self) -> int:
        """How many neurons or sources."""
        return self._cells.n

    @property
    def model(self) -> Neuron | Source:
        """Neuron model or source, with the parameters as they are by now."""
        return self._cells.model

    @property
    def positions(self) -> np.ndarray:
        """Where its neurons are, shape (n, axes), in the unit in which that was given.

        Examples
        --------
        >>> rb.Network().add(rb.LIF(), 4, positions=rb.Grid((2, 2))).positions[0]
        array([0.25, 0.25])
        """
        return self._placed.points

    @property
    def _placed(self) -> Positions:
        if self._cells.positions is None:
            raise ValueError(f"positions must be given to population {self.name!r} when it is added")
        return self._cells.positions

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"<population {self.name!r}: {self.n} × {self.model!r}>"

    @property
    def neuron(self) -> Neuron:
        """The neuron model; an error for sources, which have none."""
        return self._cells.neuron

    @property
    def variables(self) -> list[str]:
        """Names of what changes in a run and can be recorded: state variables, currents and conductances."""
        return list(self._names())

    def _name_of(self, indices: np.ndarray) -> str:
        """Return the name of chosen neurons."""
        return name_of(self.name, indices.astype(np.int64), self.n)

    def _names(self) -> dict[str, str]:
        """Return the engine's name of each variable."""
        if not isinstance(self.model, Neuron):
            return {}
        shown: dict[str, str] = {}
        for receptor in self._cells.receptors:
            names = _names_of_kernel(receptor.synapse, receptor.name)
            shown |= zip(names, _names_of_kernel(receptor.synapse, receptor.variable), strict=True)
        return {shown.get(name, name): name for name in self._network._engine.variable_names(self._id)}

    @property
    def parameters(self) -> list[str]:
        """Names of what can be set between runs: parameters, I_x included; ``"rate"`` or ``"trains"`` of sources."""
        return [*self.model.parameters, *(["I_x"] if isinstance(self.model, Neuron) else [])]

    def __iter__(self) -> Iterator[Selection]:
        return (self[k] for k in range(self.n))

    @overload
    def __getitem__(self, variable: str) -> np.ndarray: ...
    @overload
    def __getitem__(self, variable: Any) -> Selection: ...
    def __getitem__(self, variable: Any) -> np.ndarray | Selection:
        if not isinstance(variable, str):
            return Selection(self, chosen_among(repr(self.name), variable, self.n))
        name, engine = self._known(variable), self._network._engine
        if isinstance(self.model, Source):
            with self._network._draws(self._cells.draws) as draws:
                return self.model._read(self.name, self.n, engine.now, draws)
        if name == "I_x":
            values = engine.get_current(self._id)
        elif name in self.parameters:
            values = engine.get_parameter(self._id, name)
        elif self.neuron._named.get(name) and (self.name, name) not in self._network._told:
            raise ValueError(f"{name} must be recorded, and a step run, to be read: it depends on what a step brings")
        else:
            return engine.get_variable(self._id, self._names()[name])
        return values if len(values) == self.n else np.full(self.n, values[0])

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.variables, *self.parameters]

    def __setitem__(self, variable: str, value: Value) -> None:
        name = self._known(variable)
        if isinstance(self.model, Source):
            self._set_source(value)
            return
        if name in self.parameters:
            self._set_parameter(name, value)
            return
        if name in self.neuron.imposed:
            changed = self.neuron.replaced(name, value)
            with self._network._draws() as draws:
                changed._impose(draws, self._id, self.n, name)
            self._change(model=changed)
            return
        if name in self.neuron._named:
            raise ValueError(f"{name} must not be set: it is made of other variables")
        if name == "L" and self._lights():
            raise ValueError(f"L must not be set: the light injected into {self.name!r} is what it says")
        with self._network._draws() as draws:
            value = units.converted(name, value, self.neuron._variable_unit(self._names()[name]))
            values = draws.each_state(name, value, self.n)
            draws.engine.set_variable(self._id, self._names()[name], values)

    def _set_source(self, value: Any) -> None:
        """Let sources have another rate, or send other spikes."""
        assert isinstance(self.model, Source)
        with self._network._draws() as draws:
            if isinstance(value, Distribution):  # what is drawn now is what a file keeps
                value = draws.each("rate", value, self.n)
            changed = self.model._changed(value)
            changed._bring(draws, self._id, self.n)
        self._change(model=changed)

    def _lights(self) -> bool:
        return any(i.post == self.name and isinstance(i.current, Light) for i in self._network.circuit.injections)

    def _known(self, name: str) -> str:
        """Return `name` if it is that of a variable or parameter."""
        return checks.choice(f"variable or parameter of {self.name!r}", name, [*self.variables, *self.parameters])

    def _check_neurons(self) -> None:
        if not isinstance(self.model, Neuron):
            raise ValueError(f"population {self.name!r} must be made of neurons to have variables, it is a source")

    def _check_recordable(self, name: str) -> None:
        """Raise unless the population has such a variable."""
        self._check_neurons()
        if isinstance(name, str) and name in self.parameters:
            raise ValueError(
                f"variable of {self.name!r} must be one of {', '.join(map(repr, self.variables))}, got the parameter "
                f"{name!r}, which stays as it is set"
            )
        checks.choice(f"variable of {self.name!r}", name, self.variables)

    def _receptor(self, synapse: Synapse) -> Receptor:
        """Return the receptor for a synapse, which must be there."""
        return next(r for r in self._cells.receptors if r.synapse == synapse)

    def _take_in(self, synapse: Synapse, sender: str) -> int:
        """Return the number of the receptor for the synapses of a sender, which equal synapses share; made when needed.

        It is recorded under the synapse's label, or the name of the first sender that uses it.
        """
        receptors = self._cells.receptors
        for id, receptor in enumerate(receptors):
            if receptor.synapse == synapse:
                if sender not in receptor.senders:
                    grown = replace(receptor, senders=(*receptor.senders, sender))
                    self._check_growth(receptor, grown)
                    self._change(receptors=(*receptors[:id], grown, *receptors[id + 1 :]))
                    self._network._rename_recorded(self.name, receptor.variable, grown.variable)
                return id
        synapse._check_end(self.neuron, "post")
        name = self._free_name(synapse, ("I_" if synapse.reversal is None else "g_") + (synapse.label or sender))
        self._enter_receptor(Receptor(name, synapse, (sender,)))
        self._change(receptors=(*receptors, Receptor(name, synapse, (sender,))))
        return len(receptors)

    def _enter_receptor(self, receptor: Receptor) -> None:
        receptor.synapse._enter(self._network._engine, self._id, receptor.name[2:])

    def _check_growth(self, receptor: Receptor, grown: Receptor) -> None:
        """Raise unless the names of a kernel that another sender joins are those of nothing else."""
        others = set(self._names()) - set(_names_of_kernel(receptor.synapse, receptor.variable))
        for name in _names_of_kernel(grown.synapse, grown.variable):
            if name in others:
                raise ValueError(
                    f"synapse must have a label: without one {name!r} would name another kernel of {self.name!r}"
                )

    def _free_name(self, synapse: Synapse, name: str) -> str:
        """Return `name`, with _syn at its end beside a parameter of that name, and numbered beside another kernel.

        The same goes for what the variables of the kernel are called after it.
        """
        if set(_names_of_kernel(synapse, name)) & {*self.parameters, *(v.name for v in self.neuron.model.variables)}:
            name += "_syn"
        taken, free, count = {*self._names().values(), *self._names()}, name, 1
        while taken & set(_names_of_kernel(synapse, free)):
            count += 1
            free = f"{name}{count}"
        return free

    def _set_parameter(self, parameter: str, value: Value) -> None:
        """Set a parameter, or I_x: a number, or an array with one value per neuron."""
        neuron = self.neuron
        infos = {info.name: info for info in neuron.model.parameters}
        with self._network._draws() as draws:
            values = draws.one_or_each(parameter, value_of(parameter, value, infos.get(parameter)), self.n)
            engine = draws.engine
            changed = neuron.replaced(parameter, float(values[0]) if len(values) == 1 else values)
            if parameter != "I_x" and self.n:
                others = {name: engine.get_parameter(self._id, name) for name in infos if name != parameter}
                neuron._check({**others, parameter: values}, self._network.dt)
            self._write(parameter, values)
        self._change(model=changed)

    def _write(self, parameter: str, values: np.ndarray) -> None:
        """Hand checked values of a parameter, one or one per neuron, to the engine, which reads none of no neurons."""
        engine = self._network._engine
        if self.n and parameter == "I_x":
            engine.set_current(self._id, values)
        elif self.n:
            engine.set_parameter(self._id, parameter, values)

    def _change(self, **changes: Any) -> None:
        """Put a changed description in place of the population's own."""
        circuit = self._network.circuit
        cells = (
            *circuit.populations[: self._id],
            replace(self._cells, **changes),
            *circuit.populations[self._id + 1 :],
        )
        self._network._circuit = replace(circuit, populations=cells)


def _names_of_kernel(synapse: Synapse, name: str) -> list[str]:
    """Return the name of a current or conductance and those of the variables that go with it."""
    return [name, *(f"{variable}_{name[2:]}" for variable in synapse.variables)]
