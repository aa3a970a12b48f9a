"""`rb.neuron`: a neuron model from equations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from rheobase import _engine, checks
from rheobase.models import written
from rheobase.models.catalogue import NEURONS
from rheobase.models.currents import TimeSeries
from rheobase.models.equations.beginning import check_initial, check_rates
from rheobase.models.equations.description import Description
from rheobase.models.equations.evaluation import evaluated
from rheobase.models.equations.expressions import name as symbol
from rheobase.models.equations.expressions import names_in
from rheobase.models.equations.inputs import input_of, series_of
from rheobase.models.equations.printing import printed
from rheobase.models.equations.program import Hashed, NeuronProgram, methods_of, program_of, system_of
from rheobase.models.equations.reading import describe
from rheobase.models.equations.shown import Shown, VariableInfo, info_of
from rheobase.models.host import Host
from rheobase.models.neurons import Neuron, make
from rheobase.models.registry import check_bounds


class EquationModel:
    """A neuron model of equations, described as the engine describes its own."""

    orders: tuple[tuple[int, int], ...] = ()

    def __init__(self, description: Description, shown: Shown | None = None) -> None:
        self.description = description
        self.hashed = Hashed(description)
        self.name = description.name
        self.shown = shown or Shown(
            f"{description.name}, a neuron model of equations.", _equation(description), reference=""
        )
        self.summary, self.equation, self.reference = self.shown.summary, self.shown.equation, self.shown.reference
        self.parameters = [info_of(p) for p in description.parameters]
        self.variables = [VariableInfo(v.name, v.unit or "1", v.doc or "state variable") for v in description.variables]
        self.methods = methods_of(self.hashed)
        self.has_derivative = bool(system_of(self.hashed).rates)

    def program(self, method: str) -> NeuronProgram:
        """Return the programs of a scheme."""
        return program_of(self.hashed, method)

    def derivative(self, parameters: list[np.ndarray], current: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Return the right-hand sides at states of shape (variables, n): without noise, synapses and refractoriness."""
        d = self.description
        values: dict[str, Any] = {p.name: value[0] for p, value in zip(d.parameters, parameters, strict=True)}
        values |= {v.name: row for v, row in zip(d.variables, states, strict=True)}
        values |= {"I": current[0], "G": 0.0, "t": 0.0, "dt": 0.0, "i": 0.0, **dict.fromkeys(d.receptors, 0.0)}
        rates = system_of(self.hashed).rates
        known = [symbol(v.name) for v in d.variables if symbol(v.name) in rates]
        found = dict(zip(known, evaluated([rates[v] for v in known], values), strict=True))
        zero = np.zeros(states.shape[1])
        return np.stack([np.broadcast_to(found.get(symbol(v.name), zero), zero.shape) for v in d.variables])


def _equation(d: Description) -> str:
    """Return what a reader sees of a model: parameters have a table of their own."""
    declared = len(d.parameters)
    arguments = d.arguments()
    parts = arguments["equations"].splitlines()[declared:]
    for part in ("threshold", "reset", "refractory"):
        if arguments[part] is not None:
            parts.append(f"{part}: {arguments[part]}")
    parts += [f"{n}: {condition} -> {statements}" for n, (condition, statements) in arguments["events"].items()]
    return "\n".join(parts)


class EquationNeuron(Neuron):
    """A neuron model that `rb.neuron` made, with its parameters: base of all such models."""

    model: ClassVar[EquationModel]

    def __init__(self, **given: Any) -> None:
        known = self.model.description.inputs
        taken = {n: input_of(n, given.get(n, standard)) for n, standard in known.items()}
        super().__init__(**{n: value for n, value in given.items() if n not in taken})
        self.__dict__.update(taken)

    @property
    def imposed(self) -> tuple[str, ...]:
        """Names of the variables that are given from outside."""
        return tuple(self.model.description.inputs)

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the model's events; `Network.record` takes them like variables."""
        return tuple(self.model.description.events)

    @property
    def _named(self) -> dict[str, bool]:
        """Names of what is made of variables, each with whether it is known within a step alone."""
        program = self.model.program(self.method)
        return dict(zip(program.observed, program.reads_input, strict=True))

    @classmethod
    def arguments(cls) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.neuron` gives this class again."""
        return {**cls.model.description.arguments(), "method": cls.model.methods[0]}

    def _check_start(self, values: dict[str, np.ndarray], n: int, dt: float, state: Mapping[str, np.ndarray]) -> None:
        d = self.model.description
        known = {**values, "i": np.arange(n)}
        start = check_initial({v: e for v, e in d.initial.items() if v not in state}, known, "neuron")
        rates = {v.name: v.rate for v in d.variables if v.rate is not None}
        check_rates(rates, {**start, **state, "dt": dt}, values)

    def _add(self, host: Host, n: int, values: list[np.ndarray]) -> int:
        d = self.model.description
        given = {name: series_of(getattr(self, name))._on_grid(host.dt, n) for name in d.inputs}
        number = host.engine.add_equations(
            name=d.name,
            variables=[v.name for v in d.variables],
            parameters=[p.name for p in d.parameters],
            method=self.method,
            program=_for_engine(self.model.program(self.method)),
            size=n,
            values=values,
        )
        for name, (steps, rows) in given.items():
            _impose(host, number, name, steps, rows)
        return number

    def _impose(self, host: Host, number: int, n: int, name: str) -> None:
        """Let an input of `n` neurons that are there already be as it is here."""
        _impose(host, number, name, *series_of(getattr(self, name))._on_grid(host.dt, n))

    def _check(self, values: dict[str, np.ndarray], dt: float) -> None:
        """Raise unless the parameters' values, drawn by now, are finite, within bounds and, as times, on the grid."""
        for info in self.model.parameters:
            checks.array(info.name, values[info.name])
            check_bounds(info.name, values[info.name], info)
        period = self.model.description.refractory
        if period is None or period.is_condition or not names_in(period) <= {*values, "dt"}:
            return
        for time in np.unique(evaluated([period], {**values, "dt": dt})[0]):
            checks.steps("refractory", float(time), dt)

    def _origin(self, variable: str) -> str:
        """Return the equation of a variable for a message."""
        rates = {v.name: v.rate for v in self.model.description.variables}
        rate = rates.get(variable)
        return "" if rate is None else f" by d{variable}/dt = {printed(rate)}"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return restored, (json.dumps(self.arguments()), self._given())


def restored(arguments: str, given: dict[str, Any]) -> EquationNeuron:
    """Return a model of equations with its parameters, as a file or a pickle holds it."""
    text = json.loads(arguments)
    method = text.pop("method")
    return class_of(describe(**text, functions=None, canonical=True), method)(**given)


def _for_engine(p: NeuronProgram) -> _engine.NeuronProgram:
    parts = {
        part: _engine.Program(*_fields(getattr(p, part))) for part in ("prepare", "start", "step", "release", "observe")
    }
    return _engine.NeuronProgram(
        **parts,
        events=[_engine.Program(*_fields(event)) for event in p.events],
        prepared_count=p.prepared_count,
        leak_rate=p.leak_rate,
        refractoriness=p.refractoriness,
        receptors=p.receptors,
        observed=p.observed,
        reads_input=p.reads_input,
    )


def _fields(program: Any) -> tuple[Any, Any, Any]:
    return program.leaves, program.code, program.outputs


#: Classes by their canonical text: one model is one class, however often it is made.
_CLASSES: dict[str, type[EquationNeuron]] = {}


def neuron(
    name: str,
    equations: str | Callable[..., npt.ArrayLike],
    *,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: float | str | None = None,
    parameters: Mapping[str, float] | None = None,
    initial: Mapping[str, float | str] | None = None,
    method: str | None = None,
    events: Mapping[str, tuple[str, str | None]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    inputs: Mapping[str, float | TimeSeries] | None = None,
) -> type[EquationNeuron]:
    """Return a class of neurons from equations, which the engine runs as they are: nothing is compiled.

    The class is like `rb.LIF` and its kin: it takes its parameters as numbers, arrays with one value per neuron or
    distributions, goes into `Network.add`, is recorded, saved and pickled. Text is read, never evaluated.

    Parameters
    ----------
    name : str
        Of the class; not that of a model of the library.
    equations : str or callable
        Text, one line each:

        * ``dV/dt = expression : unit (flags)`` for a state variable. Times are in ms. The unit is shown and may be
          left out. Flags: ``unless refractory`` holds the variable while the neuron is refractory; ``delta`` makes it
          the one that delta synapses move, and whose conductances drive it (default: V, v, or the first).
        * ``x = expression : unit`` for a name, which can be recorded.
        * ``p : unit`` to declare a parameter's unit; a comment behind it becomes its description, and a flag bounds it:
          ``positive``, ``non-negative`` or ``fraction`` (0 to 1).
        * ``g_label : nS (receptor)`` or ``I_label : mV (receptor)`` to take in by name what synapses with that label
          bring. It then is no part of `I`.
        * ``x : unit (state)`` for a variable that only spikes and events change.

        Names: the variables, the parameters, ``I`` (all current into the cell: steady input, injections, currents of
        synapses, and conductances times their driving force), ``t`` (ms), ``dt`` (ms), ``i`` (the neuron's index),
        ``not_refractory``, and ``xi``, ``xi_1`` …: independent white noises of unit intensity (1/√ms). Functions: abs,
        arccos, arcsin, arctan, ceil, clip, cos, cosh, exp, expm1, exprel, floor, int (of a condition), log, log10,
        log1p, max, min, mod, sign, sin, sinh, sqrt, tan, tanh, where, rand() and randn().

        Or a Python function of the state (one array, or one argument per variable), the input ``I`` if it takes one,
        and parameters, whose defaults are the model's; it is called once, with symbols. `initial` then names the
        variables.
    threshold : str, optional
        Condition for a spike, looked at after each step. ``crosses(V, V_th)`` holds where V rises through V_th.
    reset : str, optional
        What a spike does: assignments, one per line or parted by semicolons.
    refractory : float or str, optional
        How long after a spike there is no other: a time (ms, a multiple of dt), an expression in ms, or a condition
        that keeps the neuron refractory as long as it holds. Default: not at all.
    parameters : dict of str to float, optional
        Names and defaults.
    initial : dict of str to float or str
        Initial value of each variable: a number, or an expression of the parameters, the index ``i``, ``rand()`` and
        ``randn()``.
    method : str, optional
        Default scheme of the class. Default: ``exact`` where the equations are linear; where each is linear in its own
        variable ``exponential_midpoint``, if the others depend on the first and themselves alone, as gates do on the
        potential, else ``exponential_euler``; else ``etd2``; with noise ``exponential_euler`` where its amplitude does
        not depend on the state, else ``euler`` (Itô). ``heun`` gives the Stratonovich solution.
    events : dict of str to (str, str), optional
        Condition and statements: done at the end of each step, after spikes, wherever the condition holds.
        `Network.record` takes an event's name, and `Result.events` gives its times. Statements may be None.
    functions : dict of str to callable, optional
        Python functions that equations may call, made of arithmetic and NumPy's functions. One of ``t`` is an input
        that changes smoothly.
    inputs : dict of str to float or TimeSeries, optional
        Names and defaults of what is given from outside and changes in time: numbers, or a `Pulse`, `Steps` or
        `Samples` with one column, or one per neuron. An input is an argument of the class, like a parameter, and is
        recorded like a variable.

    Returns
    -------
    type
        A subclass of `Neuron`.

    Raises
    ------
    ValueError
        If the text cannot be a model; the message shows the line and points at the column.
    TypeError
        If an argument is of the wrong kind.

    Examples
    --------
    >>> Resonator = rb.neuron(
    ...     "Resonator",
    ...     '''
    ...     dV/dt = b*V + omega*w : mV
    ...     dw/dt = b*w - omega*V + I : mV
    ...     ''',
    ...     threshold="V >= V_th",
    ...     reset="V = V_th; w = 0",
    ...     parameters=dict(b=-0.1, omega=1.0, V_th=1.0),
    ...     initial=dict(V=0, w=0),
    ... )
    >>> net = rb.Network(dt=0.1)
    >>> e = net.add(Resonator(b=rb.Uniform(-0.2, -0.1)), 100, name="e")
    """
    if not isinstance(equations, str) and not callable(equations):
        raise TypeError(f"equations must be text or a function, got {equations!r}")
    described = describe(
        name,
        equations,
        threshold=threshold,
        reset=reset,
        refractory=refractory,
        parameters=parameters,
        initial=initial,
        events=events,
        functions=functions,
        inputs=inputs,
    )
    return class_of(described, method)


def class_of(described: Description, method: str | None) -> type[EquationNeuron]:
    """Return the class of a model with a default scheme."""
    if described.name in (*NEURONS, *written.NEURONS):
        raise ValueError(f"name must not be that of a model of the library, got {described.name!r}")
    model = EquationModel(described)
    if method is not None:
        checks.choice("method", method, model.methods)
        model.methods = [method, *(m for m in model.methods if m != method)]
    text = repr((model.hashed.text, model.methods[0]))
    if text not in _CLASSES:
        _CLASSES[text] = make(model, EquationNeuron, __name__, described.inputs)
    return _CLASSES[text]


def _impose(host: Host, number: int, name: str, steps: np.ndarray, rows: np.ndarray) -> None:
    host.engine.impose_series(population=number, variable=name, place=0, steps=steps, values=rows, width=rows.shape[1])
