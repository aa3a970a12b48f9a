"""`rb.synapse`: a synaptic kernel from equations."""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from rheobase import _engine, checks
from rheobase.models import written
from rheobase.models.catalogue import SYNAPSES
from rheobase.models.equations.beginning import check_initial
from rheobase.models.equations.connection import OF_NEURON, ConnectionReading
from rheobase.models.equations.expressions import names_in
from rheobase.models.equations.kernel_text import KernelText, kernel_of
from rheobase.models.equations.printing import printed
from rheobase.models.neurons import Neuron
from rheobase.models.registry import check_names, parameter_section, scalars, signature
from rheobase.models.sources import Source
from rheobase.models.synapses import Synapse


class EquationSynapse(Synapse):
    """A synaptic kernel that `rb.synapse` made, with its parameters: base of all such kernels."""

    _kernel: ClassVar[KernelText]  # type: ignore[assignment]

    def _weight_unit(self, neuron: Neuron) -> str:
        """Return none: what a weight is, the equations alone say."""
        return ""

    def __init__(self, *, reversal: float | None = None, label: str | None = None, **parameters: float) -> None:
        kernel = self._kernel
        check_names(kernel.name, parameters, [*(p.name for p in kernel.parameters), "reversal", "label"])
        values = scalars(kernel.name, kernel.parameters, parameters)
        check_initial(kernel.text.initial, values)
        reversal = kernel.reversal if reversal is None else checks.number("reversal", reversal)
        if kernel.output == "I" and reversal is not None:
            raise ValueError(f"reversal must be None for {kernel.name}, which is a current, got {reversal:g}")
        if kernel.output == "g" and reversal is None:
            raise ValueError(f"reversal must be given for {kernel.name}, which is a conductance, got None")
        if label is not None and not isinstance(label, str):
            raise TypeError(f"label must be a string, got {label!r}")
        self._set(parameters=values, reversal=reversal, label=label)

    @classmethod
    def arguments(cls) -> dict[str, Any]:
        """Return arguments, made of text and numbers alone, by which `rb.synapse` gives this class again."""
        return cls._kernel.arguments()

    def _check_end(self, neuron: Neuron, end: str) -> None:
        known = [v.name for v in neuron.model.variables]
        for wanted, variable in self._read_of(end):
            if variable not in known:
                unknown = checks.unknown(f"variable of {neuron.model.name}", variable, known)
                raise ValueError(f"synapse {self._kernel.name} reads {wanted}: {unknown}")

    def _read_of(self, end: str) -> list[tuple[str, str]]:
        """Return what the text reads of the neurons at one end, such as V_pre, each with the variable's own name."""
        text = self._kernel.text
        rates = [v.rate for v in text.variables if v.rate is not None]
        names = sorted(names_in(*rates, *text.named.values(), *(s.value for s in text.on_pre)))
        return [(n, match["variable"]) for n in names if (match := OF_NEURON.match(n)) and match["end"] == end]

    def _check_pre(self, model: Neuron | Source) -> None:
        if isinstance(model, Neuron):
            self._check_end(model, "pre")
            return
        for wanted, _ in self._read_of("pre"):
            raise ValueError(f"pre must be made of neurons, since {self._kernel.name} reads {wanted}")

    def _enter(self, engine: _engine.Simulation, population: int, label: str) -> None:
        engine.add_program_receptor(
            population=population,
            program=self._kernel.program(),
            values=list(self.parameters.values()),
            reversal=self.reversal or 0.0,
            label=label,
        )

    def _origin(self, variable: str) -> str:
        """Return the equation of a variable for a message."""
        rates = {v.name: v.rate for v in self._kernel.text.variables}
        rate = rates.get(variable)
        return "" if rate is None else f" by d{variable}/dt = {printed(rate)}"

    def __repr__(self) -> str:
        shown = [f"{name}={value:g}" for name, value in self.parameters.items()]
        if self.reversal is not None:
            shown.append(f"reversal={self.reversal:g}")
        return f"{self._kernel.name}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return restored_synapse, (json.dumps(self.arguments()), self._given())


def restored_synapse(arguments: str, given: dict[str, Any]) -> EquationSynapse:
    """Return a kernel of equations with its parameters, as a file or a pickle holds it."""
    return synapse(**json.loads(arguments))(**given)


#: Classes by their canonical text: one model is one class, however often it is made.
_CLASSES: dict[str, type[EquationSynapse]] = {}


def synapse(
    name: str,
    equations: str,
    *,
    on_pre: str | None = None,
    parameters: Mapping[str, float] | None = None,
    initial: Mapping[str, float | str] | None = None,
    reversal: float | None = None,
    method: str | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> type[EquationSynapse]:
    """Return a class of synaptic kernels from equations, which the engine runs as they are: nothing is compiled.

    The class is like `rb.Exponential` and its kin: `Network.connect` and `Network.drive` take it as `synapse`. Its
    variables are kept once for each post neuron, whatever the number of its synapses.

    Parameters
    ----------
    name : str
        Of the class; not that of a kernel of the library.
    equations : str
        Text, one line each, in the grammar of `rb.neuron`. It must define ``g``, a conductance in units of the leak
        (nS where the neurons' g_L is in nS), or ``I``, a current in mV (or pA): a variable, or a named expression.

        * ``ds/dt = expression : unit`` for a variable of each post neuron.
        * ``x = expression : unit`` for a name.
        * ``p : unit`` to declare a parameter's unit; a comment behind it becomes its description.
        * ``x : unit (state)`` for a variable that only arrivals change.
        * ``S = w*... : unit (summed)`` for a sum over the connections of a post neuron, taken in each step: a gap
          junction ``I = w*(V_pre - V_post) : mV (summed)``, or a graded synapse. Where all neurons are connected with
          one weight, it costs as much as there are neurons.
        * ``ds/dt = expression : unit (pre)`` for a variable of each pre neuron, which its spikes change after the
          delay, by amounts that no synapse knows; sums read it.

        Names: the variables, the parameters, ``V_post`` and the like (variables of the neurons that the synapses
        reach), ``t``, ``dt`` (ms), ``i`` (the neuron's index) and noise ``xi``.
    on_pre : str, optional
        What arrivals do: statements such as ``g += w`` or ``s += w*(1 - s)``, in which w stands for the weights. Spikes
        that arrive at a neuron in one step are taken in together, so each statement adds what is proportional to w.
    parameters : dict of str to float, optional
        Names and defaults.
    initial : dict of str to float or str, optional
        Initial values: numbers, or expressions of the parameters. Default: 0.
    reversal : float, optional
        Default reversal potential (mV) of a conductance.
    method : str, optional
        Scheme of the equations. Default: ``exact`` where they are linear, else as for neurons. What drives the neurons
        over a step is its mean, exactly where equations are linear, as for kernels of the library.
    functions : dict of str to callable, optional
        Python functions that equations may call, made of arithmetic and NumPy's functions.

    Returns
    -------
    type
        A subclass of `Synapse`, with the parameters and `reversal` and `label` as arguments.

    Raises
    ------
    ValueError
        If the text cannot be a model; the message shows the line and points at the column.
    TypeError
        If an argument is of the wrong kind.

    Examples
    --------
    >>> NMDA = rb.synapse(
    ...     "NMDA",
    ...     '''
    ...     dx/dt = -x/tau_rise : 1
    ...     ds/dt = alpha*x*(1 - s) - s/tau_decay : 1
    ...     g = g_max*s/(1 + Mg/3.57*exp(-0.062*V_post)) : nS
    ...     ''',
    ...     on_pre="x += w",
    ...     parameters=dict(tau_rise=2, tau_decay=100, alpha=0.5, Mg=1, g_max=0.1),
    ...     reversal=0,
    ... )
    >>> NMDA(tau_decay=80).variables
    ('x', 's')
    """
    reading = ConnectionReading(name, equations, parameters, "post", functions)
    if name in (*SYNAPSES, *written.SYNAPSES):
        raise ValueError(f"name must not be that of a kernel of the library, got {name!r}")
    kernel = kernel_of(reading, on_pre=on_pre, initial=initial, reversal=reversal, method=method)
    key = repr(kernel.arguments())
    if key not in _CLASSES:
        _CLASSES[key] = make(kernel, EquationSynapse, __name__)
    return _CLASSES[key]


Kind = TypeVar("Kind", bound=EquationSynapse)


def make(kernel: KernelText, base: type[Kind], module: str) -> type[Kind]:
    """Return the class of a kernel, which stands in `module`."""
    rest = {"reversal": (float | None, kernel.reversal), "label": (str | None, None)}
    kept = tuple(v.name for v in kernel.text.at("post"))
    fields = {
        "_kernel": kernel,
        "_kept": kept,
        "_sums": bool(kernel.text.summed),
        "variables": tuple(v for v in kept if v != kernel.output),
        "__doc__": _docstring(kernel),
        "__signature__": signature(kernel.parameters, float, **rest),
        "__module__": module,
    }
    return type(kernel.name, (base,), fields)


def _docstring(kernel: KernelText) -> str:
    equation = kernel.equation.replace("\n", "\n        ")
    parameters = parameter_section(kernel.parameters, "float")
    return f"""{kernel.summary}

        {equation}

    Parameters
    ----------
{parameters}
    reversal : float, optional
        Reversal potential (mV) of a conductance.
    label : str, optional
        Name under which its current or conductance, and its variables, are recorded.
{_origin(kernel)}    """


def _origin(kernel: KernelText) -> str:
    """Return what a docstring says of a kernel of the library alone."""
    if not kernel.reference:
        return ""
    return f"""
    Notes
    -----
    Source: {kernel.reference}.

    Examples
    --------
    >>> rb.{kernel.name}()
"""
