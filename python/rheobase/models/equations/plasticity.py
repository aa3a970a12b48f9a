"""`rb.plasticity`: a rule by which synapses change, from equations."""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from rheobase import checks
from rheobase.models import written
from rheobase.models.catalogue import PLASTICITY
from rheobase.models.distributions import Value
from rheobase.models.equations.beginning import check_initial
from rheobase.models.equations.connection import OF_NEURON, ConnectionReading
from rheobase.models.equations.expressions import names_in
from rheobase.models.equations.rule_text import RuleText, rule_of
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity, make
from rheobase.models.registry import check_names, check_order, scalars, value_of
from rheobase.models.sources import Source


class EquationPlasticity(Plasticity):
    """A plasticity rule that `rb.plasticity` made, with its parameters: base of all such rules."""

    rule: ClassVar[RuleText]

    def __init__(self, **parameters: Value) -> None:
        rule = self.rule
        known = [p.name for p in rule.parameters]
        check_names(rule.name, parameters, [*known, *rule.states])
        values = scalars(rule.name, rule.parameters, {n: v for n, v in parameters.items() if n in known})
        each = {n: value_of(n, v, None) for n, v in parameters.items() if n not in known}
        check_initial(rule.text.initial, values)
        self._set(parameters=values, _each=each)
        check_order("w_min", self.bounds[0], "w_max", self.bounds[1])

    @property
    def each(self) -> dict[str, Value]:
        """What synapses begin with: numbers, arrays in the order of the connections, or distributions."""
        return dict(self._each)

    def _given(self) -> dict[str, Any]:
        return {**self.parameters, **self._each}

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what weights must lie: the parameters w_min and w_max, where there are any."""
        return self.parameters.get("w_min", -np.inf), self.parameters.get("w_max", np.inf)

    @property
    def delivers_weights(self) -> bool:
        """Whether spikes deliver the weights themselves, and nothing else is delivered."""
        return all(s.target != "arrival" for s in (*self.rule.placed.on_pre, *self.rule.on_clock))

    @classmethod
    def arguments(cls) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.plasticity` gives this class again."""
        return cls.rule.arguments()

    @classmethod
    def _more_arguments(cls, rule: Any) -> list[str]:
        return rule.states

    def _check_end(self, end: str, model: Neuron | Source, known: list[str]) -> None:
        text = self.rule.placed
        statements = [s.value for s in (*text.on_pre, *text.on_post, *self.rule.on_clock)]
        for wanted in sorted(names_in(*statements, *(v.rate for v in text.variables if v.rate is not None))):
            match = OF_NEURON.match(wanted)
            if match is None or match["end"] != end or match["variable"] in known:
                continue
            if not isinstance(model, Neuron):
                raise ValueError(f"{end} must be made of neurons, since plasticity {self.rule.name} reads {wanted}")
            unknown = checks.unknown(f"variable of {model.model.name}", match["variable"], known)
            raise ValueError(f"plasticity {self.rule.name} reads {wanted}: {unknown}")

    def _for_engine(self, dt: float) -> dict[str, Any]:
        return {"plasticity": "", "values": [*self.parameters.values()], "program": self.rule.program(dt)}

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return restored_plasticity, (json.dumps(self.arguments()), self._given())


def restored_plasticity(arguments: str, given: dict[str, Any]) -> EquationPlasticity:
    """Return a rule of equations with its parameters, as a file or a pickle holds it."""
    return plasticity(**json.loads(arguments))(**given)


#: Classes by their canonical text: one model is one class, however often it is made.
_CLASSES: dict[str, type[EquationPlasticity]] = {}


def plasticity(
    name: str,
    equations: str = "",
    *,
    on_pre: str | None = None,
    on_post: str | None = None,
    on_clock: str | None = None,
    every: float | None = None,
    parameters: Mapping[str, float] | None = None,
    initial: Mapping[str, float | str] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> type[EquationPlasticity]:
    """Return a class of plasticity rules from equations, which the engine runs as they are: nothing is compiled.

    The class is like `rb.PairSTDP` and its kin: `Network.connect` takes it as `plasticity`. Synapses are touched when
    spikes reach them; in between their variables move by their equations, exactly.

    Parameters
    ----------
    name : str
        Of the class; not that of a rule of the library.
    equations : str
        Text, one line each, in the grammar of `rb.neuron`:

        * ``dx/dt = expression : unit`` for a variable of each synapse, which must be linear in the synapse's variables,
          with coefficients made of parameters and of what is set once. With the flag ``(pre)`` or ``(post)`` it is
          kept for each neuron at that end, moves in each step, and may be anything. A variable in which all synapses
          of a neuron agree is kept at that end by itself.
        * ``c : unit (state)`` for a variable of each synapse that only spikes change, or that is set once, such as a
          parameter that differs from synapse to synapse. What nothing changes is an argument of the class: a number,
          an array in the order of the connections or a distribution. ``projection["c"] = values`` sets the others.
        * ``x = expression : unit`` for a name, ``p : unit`` to declare a parameter's unit.

        Names: the variables, the parameters, ``w`` (the weight), ``V_post`` and ``V_pre`` and the like (variables of
        either neuron, those of its synapses included; in statements, where those of the pre neuron are what they were
        when the step began), ``t`` and ``dt`` (ms). Statements may draw: ``rand()`` and ``randn()`` are random numbers
        of their own for each synapse and step.
    on_pre : str, optional
        What a spike that arrives does: statements, one after the other, such as
        ``w = clip(w - A*y, 0, w_max); x += 1``. ``arrival = w*u`` says what it brings to the neuron; by default the
        weight, after all statements.
    on_post : str, optional
        What a spike of the post neuron does.
    on_clock : str, optional
        What happens to each synapse every `every` ms. ``arrival = w*r_pre*dt`` brings something to the neuron then:
        synapses with plastic weights between units that have rates.
    every : float, optional
        Interval of `on_clock` (ms), a multiple of dt. Default: each step.
    parameters : dict of str to float, optional
        Names and defaults. Where there are w_min and w_max, initial weights must lie between them.
    initial : dict of str to float or str, optional
        Initial values: numbers, or expressions of the parameters. Default: 0.
    functions : dict of str to callable, optional
        Python functions that equations may call, made of arithmetic and NumPy's functions.

    Returns
    -------
    type
        A subclass of `Plasticity`.

    Raises
    ------
    ValueError
        If the text cannot be a model; the message shows the line and points at the column.
    TypeError
        If an argument is of the wrong kind.

    Examples
    --------
    >>> STDP = rb.plasticity(
    ...     "STDP",
    ...     '''
    ...     dx/dt = -x/tau_plus : 1
    ...     dy/dt = -y/tau_minus : 1
    ...     ''',
    ...     on_pre="w = clip(w - A_minus*y, 0, w_max); x += 1",
    ...     on_post="w = clip(w + A_plus*x, 0, w_max); y += 1",
    ...     parameters=dict(tau_plus=20, tau_minus=20, A_plus=0.01, A_minus=0.0105, w_max=1),
    ... )
    >>> net.connect(e, e, rb.Bernoulli(0.1), weight=0.5, synapse=rb.Exponential(tau=5), plasticity=STDP(A_plus=0.02))
    """
    reading = ConnectionReading(name, equations, parameters, "synapse", functions)
    if name in (*PLASTICITY, *written.PLASTICITY):
        raise ValueError(f"name must not be that of a rule of the library, got {name!r}")
    rule = rule_of(reading, on_pre=on_pre, on_post=on_post, on_clock=on_clock, every=every, initial=initial)
    key = repr(rule.arguments())
    if key not in _CLASSES:
        _CLASSES[key] = make(rule, EquationPlasticity, __name__)
    return _CLASSES[key]
