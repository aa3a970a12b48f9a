"""Models written for Brian 2, with or without units, as models of this library."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.currents import Samples, TimeSeries
from rheobase.models.equations.block import Line, read_lines
from rheobase.models.equations.errors import Source
from rheobase.models.equations.evaluation import evaluated
from rheobase.models.equations.grammar import Scope, parse_number
from rheobase.models.equations.neuron import EquationNeuron, class_of
from rheobase.models.equations.reading import describe
from rheobase.models.equations.units import UNITS, of_dimension, of_quantity

#: Brian's flags: what they are here; None where they say nothing that matters here.
_FLAGS: dict[str, str | None] = {
    "unless refractory": "unless refractory",
    "delta": "delta",
    "receptor": "receptor",
    "state": "state",
    "constant": None,
    "constant over dt": None,
}
#: Flags and names without a counterpart, and what to do.
_WITHOUT = {
    "summed": "what synapses add up to is a receptor here",
    "linked": "a neuron reads no variable of another population",
    "shared": "each neuron has a value of its own, or all have the parameter's",
    "scalar": "each neuron has a value of its own, or all have the parameter's",
    "event-driven": "it belongs to synapses",
    "clock-driven": "it belongs to synapses",
    "N": "give the number of neurons as a parameter",
    "t_in_timesteps": "write t/dt",
    "i_pre": "neurons know nothing of synapses",
    "i_post": "neurons know nothing of synapses",
}
_SCHEMES = {"linear": "exact", "rk2": "heun"}
_WORD = re.compile(r"[A-Za-z_]\w*")
#: Long before any simulation begins (ms).
_NEVER = -1e9


def from_brian(
    model: str,
    *,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: Any = None,
    namespace: Mapping[str, Any] | None = None,
    method: str | None = None,
    initial: Mapping[str, Any] | None = None,
    name: str = "FromBrian",
) -> type[EquationNeuron]:
    """Return a class of neurons from what Brian 2's NeuronGroup takes. Brian itself is not needed.

    Units become numbers in ms, mV, pA, nS and pF: ``10*ms`` is 10, ``0.2*nF`` 200, ``100*Mohm`` 0.1 (1/nS).

    Parameters
    ----------
    model : str
        Equations in Brian's grammar. What a declaration such as ``tau : second`` declares is a parameter, with its
        default from `namespace` or else 0, unless the reset changes it: then it is a state variable.
    threshold : str, optional
    reset : str, optional
    refractory : float (ms), str or quantity, optional
        A time, or a condition that keeps the neuron refractory.
    namespace : dict, optional
        What other names mean: numbers, text such as ``"10*ms"``, Brian's quantities, Python functions of NumPy's
        functions, or time series (`Samples`, Brian's TimedArray) that the text reads as ``x(t)`` or ``x(t, i)``: those
        are inputs of the class.
    method : str, optional
        Default scheme. Brian's ``linear`` is ``exact``, its ``rk2`` is ``heun``.
    initial : dict, optional
        Initial values, as in `namespace`, or expressions of parameters. Default: 0, as in Brian.
    name : str, default "FromBrian"
        Of the class.

    Returns
    -------
    type
        A class like those that `rb.neuron` makes. Delta synapses move its variable v, unless another has the flag
        ``delta`` behind it.

    Raises
    ------
    ValueError
        If a part has no counterpart, with its name and line.

    Examples
    --------
    >>> CUBA = rb.from_brian(
    ...     '''
    ...     dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    ...     dge/dt = -ge/taue : volt
    ...     dgi/dt = -gi/taui : volt
    ...     ''',
    ...     threshold="v > Vt",
    ...     reset="v = Vr",
    ...     refractory="5*ms",
    ...     namespace=dict(taum="20*ms", taue="5*ms", taui="10*ms", Vt="-50*mV", Vr="-60*mV", El="-49*mV"),
    ...     initial=dict(v="Vr"),
    ... )
    >>> CUBA().variables
    ('v', 'ge', 'gi')
    """
    if not isinstance(model, str):
        raise TypeError(f"model must be text, got {model!r}")
    for argument, given_text in (("threshold", threshold), ("reset", reset), ("method", method)):
        if given_text is not None:
            checks.text(argument, given_text)
    initial, given = checks.mapping("initial", initial), checks.mapping("namespace", namespace)
    inputs = {n: _series(v) for n, v in given.items() if _is_series(v)}
    given = {n: v for n, v in given.items() if n not in inputs}
    texts = {
        argument: None if text is None else _without_times(argument, text, inputs)
        for argument, text in {
            "model": model,
            "threshold": threshold,
            "reset": reset,
            "refractory": refractory if isinstance(refractory, str) else None,
        }.items()
    }
    model, threshold, reset = str(texts.pop("model")), texts["threshold"], texts["reset"]
    changed = _assigned(reset)
    lines = [_translated(line, changed) for line in read_lines("model", model)]
    for argument, text in texts.items():
        _check_words(argument, text or "")
    functions: dict[str, Callable[..., Any]] = {n: f for n, f in given.items() if callable(f)}
    numbers = {n: _number(f"namespace[{n!r}]", v) for n, v in given.items() if not callable(v)}
    written = [model, *(t for t in texts.values() if t), *map(str, initial.values())]
    used = set(_WORD.findall("\n".join(written)))
    defined = {line.name for line in lines if line.kind != "declared" or {"receptor", "state"} & set(line.flags)}
    parameters = {line.name: numbers.get(line.name, 0.0) for line in lines if line.name not in defined}
    parameters |= {n: v for n, v in numbers.items() if n in used and n not in defined}
    lines = [line for line in lines if line.name in defined or line.name in used]
    values = {line.name: _initial(line.name, initial) for line in lines if _is_variable(line)}
    if "lastspike" in used and "lastspike" not in {*defined, *parameters}:
        lines.append(Line("declared", "lastspike", "", "ms", "", ("state",), Source("model", 0, "")))
        values["lastspike"] = _NEVER
        reset = f"lastspike = t\n{reset or ''}"
    for n in initial:
        checks.choice("name in initial", n, values)
    described = describe(
        name,
        lines,
        threshold=threshold,
        reset=reset,
        refractory=texts["refractory"] or _refractory(refractory),
        parameters=_used(parameters, lines, used),
        initial=values,
        events=None,
        functions={"timestep": _timestep, **functions},
        inputs=inputs,
        constants={n: v for n, v in UNITS.items() if n not in parameters},
    )
    return class_of(described, _SCHEMES.get(method, method) if method is not None else None)


def _is_series(value: Any) -> bool:
    """Whether a value is a time series, of this library or Brian's TimedArray."""
    return isinstance(value, TimeSeries) or all(hasattr(value, part) for part in ("values", "dt", "dim"))


def _series(value: Any) -> TimeSeries:
    """Return a time series in units of this library."""
    if isinstance(value, TimeSeries):
        return value
    return Samples(np.asarray(value.values) * of_dimension(value.dim), every=round(float(value.dt) * 1e3, 9))


def _without_times(argument: str, text: str, inputs: Mapping[str, TimeSeries]) -> str:
    """Return text that names inputs where it asked them for their value now, at the same columns."""
    for n in inputs:
        text = re.sub(rf"\b{n}\s*\(\s*t\s*(,\s*i\s*)?\)", lambda found, n=n: n.ljust(len(found[0])), text)  # type: ignore[misc]
        for number, line in enumerate(text.splitlines(), start=1):
            found = re.search(rf"\b{n}\s*\(", line.partition("#")[0])
            if found is not None:
                raise Source(argument, number, line).error(
                    f"{n} must be read as {n}(t) or {n}(t, i): it is a time series", found.start()
                )
    return text


def _timestep(time: Any, dt: Any) -> Any:
    """Return how many steps a time is; rounding errors of decimal fractions are forgiven."""
    return np.floor((time + 1e-3 * dt) / dt)


def _assigned(reset: str | None) -> set[str]:
    """Return the names that statements assign to."""
    return set(re.findall(r"(?:^|[;\n])\s*([A-Za-z_]\w*)\s*(?:[-+*/]|\*\*)?=(?!=)", reset or ""))


def _is_variable(line: Line) -> bool:
    return line.kind == "differential" or "state" in line.flags


def _translated(line: Line, changed: set[str]) -> Line:
    """Return a line with the flags that stand for its own here."""
    flags = []
    for flag in line.flags:
        if flag in _WITHOUT:
            raise line.source.error(f"flag {flag!r} has no counterpart here: {_WITHOUT[flag]}")
        own = _FLAGS[checks.choice(f"model, line {line.source.line}: flag", flag, _FLAGS)]
        if own is not None:
            flags.append(own)
    if line.kind == "declared" and line.name in changed and "state" not in flags:
        flags.append("state")
    _check_words("model", line.source.text, line.source.line)
    return replace(line, flags=tuple(flags))


def _check_words(argument: str, text: str, first: int = 1) -> None:
    """Raise for a name of Brian's that means nothing here."""
    for number, raw in enumerate(text.splitlines(), start=first):
        for match in _WORD.finditer(raw.partition("#")[0]):
            if match[0] in ("N", "t_in_timesteps", "i_pre", "i_post"):
                raise Source(argument, number, raw).error(
                    f"{match[0]} has no counterpart here: {_WITHOUT[match[0]]}", match.start()
                )


def _number(argument: str, value: Any) -> float:
    """Return a number, a text with units or a quantity in units of this library."""
    if isinstance(value, str):
        source = Source(argument, 1, value)
        e = parse_number(source, value, Scope({}, constants=UNITS))
        try:
            (value,) = evaluated([e], {"inf": np.inf})
        except KeyError as name:
            raise source.error(f"a number must stand here, with units or without, got the name {name}") from None
        if not np.isfinite(value):
            raise source.error(f"a finite number must stand here, got {value}")
        return float(value)
    return of_quantity(value) if hasattr(value, "dim") else checks.number(argument, value)


def _initial(name: str, initial: Mapping[str, Any]) -> float | str:
    value = initial.get(name, 0.0)
    return value if isinstance(value, str) else _number(f"initial[{name!r}]", value)


def _refractory(value: Any) -> float | str | None:
    if value is None or value is False:
        return None
    return value if isinstance(value, str) else _number("refractory", value)


def _used(parameters: dict[str, float], lines: list[Line], used: set[str]) -> dict[str, float]:
    """Return parameters but those that are declared and never read."""
    text = "\n".join(line.text for line in lines if line.kind != "declared")
    read = set(_WORD.findall(text))
    declared = {line.name for line in lines if line.kind == "declared"}
    return {n: v for n, v in parameters.items() if n not in declared or n in read or n in used}
