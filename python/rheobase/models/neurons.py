"""What all neuron models share, and how a description of one becomes a class.

Name, unit, default and bounds stand once: in the model's header, or in the equations that it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.distributions import Distribution, Value
from rheobase.models.gates import Gate
from rheobase.models.host import Host
from rheobase.models.registry import (
    Model,
    ParameterDescription,
    check_bounds,
    check_names,
    check_order,
    parameter_section,
    signature,
    unit_of,
    value_of,
)

#: Steps left of a refractory period are counted in 32 bits.
LONGEST_REFRACTORY = 2**31 - 1

#: Units of conductances, each with that of the currents that go with it.
_CURRENTS = {"1 or nS": "mV or pA", "nS": "pA", "mS/cm2": "uA/cm2"}


class VariableDescription(Protocol):
    """What is known of a state variable."""

    @property
    def name(self) -> str:
        """Under which it is set, read and recorded."""

    @property
    def unit(self) -> str:
        """Of its value."""

    @property
    def doc(self) -> str:
        """What it is."""


class NeuronDescription(Protocol):
    """What is known of a neuron model; the engine's tables hold such, and models of equations."""

    @property
    def name(self) -> str:
        """Of its class."""

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""

    @property
    def equation(self) -> str:
        """As a reader sees it."""

    @property
    def reference(self) -> str:
        """Where it comes from; empty for models of equations."""

    @property
    def parameters(self) -> Sequence[ParameterDescription]:
        """In the order in which the engine takes them."""

    @property
    def variables(self) -> Sequence[VariableDescription]:
        """In the order of the state."""

    @property
    def methods(self) -> Sequence[str]:
        """Integration schemes; the first is the default."""

    @property
    def orders(self) -> Sequence[tuple[int, int]]:
        """Pairs of parameters of which the first must be below the second."""

    @property
    def has_derivative(self) -> bool:
        """Whether it is a differential equation."""

    def derivative(self, parameters: list[np.ndarray], current: np.ndarray, states: np.ndarray, /) -> np.ndarray:
        """Return the right-hand sides at states of shape (variables, n)."""


class Neuron(Model):
    """A neuron model with its parameters: base of all models.

    Parameters are scalars, arrays with one value per neuron, or distributions. `I_x` is the steady external input and
    `method` the integration scheme (the model's first is the default).
    """

    model: ClassVar[NeuronDescription]
    method: str
    I_x: Value
    _change = "replaced(name, value) returns a changed copy, and population[name] = value sets it in a network"

    def __init__(self, *, I_x: Value = 0.0, method: str | None = None, **parameters: Value) -> None:
        known = {p.name: p for p in self.model.parameters}
        check_names(self.model.name, parameters, [*known, "I_x", "method"])
        self._set(
            method=self.model.methods[0] if method is None else checks.choice("method", method, self.model.methods),
            I_x=value_of("I_x", I_x, None, self._current_unit()),
            parameters={
                name: value_of(name, parameters.get(name, info.standard), info) for name, info in known.items()
            },
        )
        for lesser, greater in self.model.orders:
            self._check_order(self.model.parameters[lesser].name, self.model.parameters[greater].name)

    def _enter(self, host: Host, n: int, state: Mapping[str, np.ndarray] | None = None) -> int:
        """Make `n` of them in the network's engine and return the population's number there.

        `state` is what is given of their first state.
        """
        values = {name: host.one_or_each(name, value, n) for name, value in self.parameters.items()}
        self._check(values, host.dt)
        I_x = host.one_or_each("I_x", self.I_x, n)
        if n == 0:  # lists of no values say nothing that the engine could read
            values, I_x = {p.name: np.full(1, p.standard) for p in self.model.parameters}, np.zeros(1)
        else:
            self._check_start(values, n, host.dt, state or {})
        number = self._add(host, n, list(values.values()))
        host.engine.set_current(number, I_x)
        return number

    def _add(self, host: Host, n: int, values: list[np.ndarray]) -> int:
        """Make them in the engine, given each parameter's values."""
        return host.engine.add_neurons(self.model.name, n, self.method, values)

    def _check_start(self, values: dict[str, np.ndarray], n: int, dt: float, state: Mapping[str, np.ndarray]) -> None:
        """Raise where neurons do not begin finite, given their parameters and what is set of their state."""

    def _check(self, values: dict[str, np.ndarray], dt: float) -> None:
        """Raise unless the parameters' values, drawn by now, lie within their bounds, in order and on the grid."""
        for info in self.model.parameters:
            check_bounds(info.name, values[info.name], info)
        for lesser, greater in self.model.orders:
            a, b = (self.model.parameters[k].name for k in (lesser, greater))
            check_order(a, values[a], b, values[b])
        for time in np.unique(values.get("t_ref", [])):
            checks.steps("t_ref", float(time), dt)
            checks.number("t_ref", float(time), high=LONGEST_REFRACTORY * dt)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the state variables, in the order of the rows that `field` takes."""
        return tuple(variable.name for variable in self.model.variables)

    @classmethod
    def _current_unit(cls) -> str:
        """Return the unit of currents into the cell, as far as its parameters tell."""
        return _CURRENTS.get(cls._conductance_unit(), "mV" if any(v.unit == "mV" for v in cls.model.variables) else "")

    @classmethod
    def _conductance_unit(cls) -> str:
        """Return the unit of conductances into the cell, that of its leak; empty where it has none."""
        return next((unit for p in cls.model.parameters for unit in (unit_of(p),) if unit in _CURRENTS), "")

    def _variable_unit(self, name: str) -> str:
        """Return the unit of a state variable; empty where none is known."""
        return next((unit_of(v) for v in self.model.variables if v.name == name), "")

    @property
    def imposed(self) -> tuple[str, ...]:
        """Names of the state variables that are given from outside."""
        return ()

    @property
    def events(self) -> tuple[str, ...]:
        """Names of what can happen to the neurons beside spikes."""
        return ()

    @property
    def _named(self) -> dict[str, bool]:
        """Names of what is made of variables, each with whether it is known within a step alone."""
        return {}

    def _origin(self, variable: str) -> str:
        """Return what a message says of where a variable comes from: the equation, where it is the user's."""
        return ""

    def field(self, u: npt.ArrayLike) -> np.ndarray:
        """Return du/dt of one neuron, from the equation that the engine integrates.

        Spikes, resets and refractory periods are no part of it; the input is `I_x`. Where an upstroke runs away, the
        engine follows it no further than V_th, nor does this.

        Parameters
        ----------
        u : array_like, shape (variables,) or (variables, m)
            One state, or m states as columns, with rows in the order of `variables`.

        Returns
        -------
        ndarray, of the shape of `u`
            In units of the variables per ms.

        Raises
        ------
        TypeError
            If the model is no differential equation, as Binary is not.
        ValueError
            If `u` has another shape, or a parameter is not one number.

        Examples
        --------
        >>> neuron = rb.LIF(tau_m=10.0, E_L=-70.0, I_x=15.0)
        >>> neuron.variables
        ('V',)
        >>> neuron.field([-60.0])
        array([0.5])
        """
        if not self.model.has_derivative:
            raise TypeError(f"{self.model.name} is updated from step to step and has no differential equation")
        given = {**self.parameters, "I_x": self.I_x}
        for name, value in given.items():
            if not isinstance(value, float):
                raise ValueError(f"{name} must be one number for a vector field, got {_short(value)}")
        I_x = np.array([given.pop("I_x")])
        state = checks.array("u", u)
        count = len(self.model.variables)
        if state.ndim not in (1, 2) or len(state) != count:
            raise ValueError(
                f"u must have shape ({count},) or ({count}, m), one row per variable {', '.join(self.variables)}, "
                f"got {state.shape}"
            )
        columns = state.reshape(count, -1)
        return self.model.derivative([np.array([value]) for value in given.values()], I_x, columns).reshape(state.shape)

    def gate(self, name: str, V: npt.ArrayLike) -> Gate:
        """Return the rates of opening and closing of a gate, its steady state and its time constant.

        They are read off the equation that the engine integrates: a closed gate opens at the rate α, and an open one
        closes at the rate β.

        Parameters
        ----------
        name : str
            Of a state variable that follows a' = α(V) (1 − a) − β(V) a: "n", "m" or "h" of `HodgkinHuxley` and
            `TraubMiles`, "w" of `MorrisLecar`.
        V : float or array_like
            Membrane potentials, mV.

        Returns
        -------
        Gate
            With ``alpha`` and ``beta``, 1/ms, ``steady`` (a_∞) and ``tau`` (τ_a, ms), each of the shape of `V`.

        Raises
        ------
        ValueError
            If there is no such variable, or it is no gate, or a parameter is not one number.

        Examples
        --------
        >>> gate = rb.HodgkinHuxley().gate("n", -65.0)
        >>> gate.alpha.round(4), gate.beta.round(4), gate.steady.round(4), gate.tau.round(3)
        (np.float64(0.0582), np.float64(0.125), np.float64(0.3177), np.float64(5.459))
        """
        V, gates = checks.array("V", V), [other for k, other in enumerate(self.variables) if self._is_gate(k)]
        if checks.text("name", name) not in gates:
            known = f"the gates of {self.model.name} are {', '.join(gates)}" if gates else f"{self.model.name} has none"
            raise ValueError(f"name must be a gate, a' = α(V) (1 − a) − β(V) a; {known}, got {name!r}")
        row = self.variables.index(name)
        closed = np.zeros((len(self.variables), V.size))
        closed[0] = V.ravel()
        opened = closed.copy()
        opened[row] = 1.0
        alpha, beta = self.field(closed)[row], -self.field(opened)[row]
        return Gate(V, alpha.reshape(V.shape), beta.reshape(V.shape))

    def _is_gate(self, row: int) -> bool:
        """Return whether a variable follows a' = α(V) (1 − a) − β(V) a with a membrane potential in mV."""
        units = [unit_of(variable) for variable in self.model.variables]
        if row == 0 or self.variables[0] != "V" or units[0] != "mV" or units[row] not in ("", "1"):
            return False
        # Columns: all closed; the other variables open; the gate half open; the gate open.
        states = np.zeros((len(units), 4))
        states[0] = -50.0
        states[1:, 1] = 1.0
        states[row] = [0.0, 0.0, 0.5, 1.0]
        closed, beside, half, opened = self.field(states)[row]
        size = abs(closed) + abs(opened)
        return bool(closed >= 0 >= opened and closed == beside and abs(2 * half - closed - opened) <= 1e-12 * size)

    def _impose(self, host: Host, number: int, n: int, name: str) -> None:
        """Let an input of `n` neurons that are there already be as it is here."""
        raise ValueError(f"{self.model.name} has no input {name!r}")

    def replaced(self, name: str, value: Value) -> Neuron:
        """Return a copy with another value of one parameter, or of I_x."""
        checks.choice(f"name of a parameter of {self.model.name}", name, self._given())
        return type(self)(**{**self._given(), name: value})

    def __repr__(self) -> str:
        shown = [f"{name}={_short(value)}" for name, value in self.parameters.items()]
        return f"{self.model.name}({', '.join([*shown, f'I_x={_short(self.I_x)}', f'method={self.method!r}'])})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{p.name}</td><td>{_short(self.parameters[p.name])}</td><td>{p.unit}</td><td>{p.doc}</td></tr>"
            for p in self.model.parameters
        )
        equation = escape(self.model.equation).replace("\n", "<br>")
        return f"<b>{self.model.name}</b>: {equation}<table>{rows}</table>"

    def _check_order(self, lesser: str, greater: str) -> None:
        a, b = self.parameters[lesser], self.parameters[greater]
        if isinstance(a, Distribution) or isinstance(b, Distribution):
            return  # checked when they are drawn
        check_order(lesser, a, greater, b)


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"<{len(value)} values>"
    return f"{value:g}" if isinstance(value, float) else repr(value)


Kind = TypeVar("Kind", bound=Neuron)


def make(
    model: NeuronDescription, base: type[Kind], module: str, inputs: Mapping[str, Any] = MappingProxyType({})
) -> type[Kind]:
    """Return the class of a neuron model, which stands in `module`; `inputs` are arguments beside its parameters."""
    rest = {**{n: ("TimeSeries | Value", value) for n, value in inputs.items()}, "I_x": ("Value", 0.0)}
    fields = {
        "model": model,
        "__doc__": _docstring(model, inputs),
        "__signature__": signature(model.parameters, "Value", **rest, method=(str | None, model.methods[0])),
        "__module__": module,
    }
    return type(model.name, (base,), fields)


def _docstring(model: NeuronDescription, inputs: Mapping[str, Any]) -> str:
    given = "".join(f"    {n} : float, array or TimeSeries\n        Input from outside.\n" for n in inputs)
    equation = model.equation.replace("\n", "\n        ")
    variables = "\n".join(f"    * {v.name} ({v.unit}): {v.doc}" for v in model.variables)
    return f"""{model.summary}

        {equation}

    Parameters
    ----------
{parameter_section(model.parameters, "float, array or Distribution")}
{given}    I_x : float, array or Distribution, default 0
        Steady external input.
    method : {{{", ".join(map(repr, model.methods))}}}
        Integration scheme; the first is the default.

    Notes
    -----
    State variables:

{variables}
{_origin(model)}    """


def _origin(model: NeuronDescription) -> str:
    """Return what a docstring says of a model of the library alone."""
    if not model.reference:
        return ""
    return f"""
    Source: {model.reference}.

    Examples
    --------
    >>> net = rb.Network(dt=0.1)
    >>> e = net.add(rb.{model.name}(), 100, name="e")
"""
