"""How the engine's tables of models become Python classes: signatures, docstrings and checks from one description."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from rheobase import checks, units
from rheobase.models.distributions import Distribution
from rheobase.models.values import Described, own

KEYWORD = inspect.Parameter.KEYWORD_ONLY


class Bounded(Protocol):
    """What has bounds."""

    @property
    def low(self) -> float:
        """Lower bound."""

    @property
    def high(self) -> float:
        """Upper bound."""

    @property
    def open(self) -> bool:
        """Whether the bounds themselves are refused."""


class ParameterDescription(Bounded, Protocol):
    """What is known of a parameter; the engine's tables hold such, and models of equations."""

    @property
    def name(self) -> str:
        """Under which it is given."""

    @property
    def unit(self) -> str:
        """Of its value."""

    @property
    def standard(self) -> float:
        """Its default."""

    @property
    def doc(self) -> str:
        """What it is."""


class Model(Described):
    """A model of the engine's tables with its parameters, which never change: base of neurons, synapses and rules."""

    parameters: Mapping[str, Any]
    _change = "make another one"

    def _set(self, *, parameters: Mapping[str, Any], **others: Any) -> None:
        self.__dict__.update(parameters=MappingProxyType(dict(parameters)), **others)

    def _given(self) -> dict[str, Any]:
        """Return the arguments that make an equal model."""
        others = {name: value for name, value in self.__dict__.items() if name != "parameters"}
        return {**self.parameters, **others}

    def _content(self) -> tuple[Any, ...]:
        return tuple(self._given().items())

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _again, (type(self), self._given())

    def __getattr__(self, name: str) -> Any:
        parameters = self.__dict__.get("parameters", {})
        if name in parameters:
            return parameters[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} must not be set: a {type(self).__name__} never changes; {self._change}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} must not be deleted: a {type(self).__name__} never changes")


def _again(kind: Callable[..., Any], given: dict[str, Any]) -> Any:
    return kind(**given)


def signature(
    parameters: Iterable[ParameterDescription], kind: Any, **rest: tuple[Any, float | str | None]
) -> inspect.Signature:
    """Return the signature of a constructor: parameters of one kind, then `rest`, each with its kind and default."""
    known = {**{p.name: (kind, p.standard) for p in parameters}, **rest}
    return inspect.Signature(
        [inspect.Parameter(name, KEYWORD, default=value, annotation=of) for name, (of, value) in known.items()]
    )


def parameter_section(parameters: Iterable[ParameterDescription], kind: str) -> str:
    """Return the lines of a docstring's section on parameters."""
    return "\n".join(
        f"    {p.name} : {kind}, default {p.standard:g} {p.unit}\n        {p.doc[0].upper() + p.doc[1:]}."
        for p in parameters
    )


def check_names(model: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise for the first name that is not known, suggesting the nearest one that is."""
    known = list(known)
    for name in given:
        if name not in known:
            raise checks.unknown(f"parameter of {model}", name, known)


def check_bounds(name: str, value: Any, info: Bounded | None) -> None:
    """Raise unless every value lies within the parameter's bounds."""
    if info is None:
        return
    bounds = {"above": info.low, "below": info.high} if info.open else {"low": info.low, "high": info.high}
    finite: dict[str, Any] = {bound: limit for bound, limit in bounds.items() if np.isfinite(limit)}
    checks.array(name, value, **finite) if np.ndim(value) else checks.number(name, float(value), **finite)


def scalars(model: str, parameters: Iterable[ParameterDescription], given: Mapping[str, Any]) -> dict[str, float]:
    """Return every parameter as a checked float, those not given at their defaults."""
    values = {}
    for info in parameters:
        values[info.name] = checks.number(info.name, given.get(info.name, info.standard), unit=unit_of(info))
        check_bounds(info.name, values[info.name], info)
    return values


def check_order(lesser: str, a: Any, greater: str, b: Any) -> None:
    """Raise unless a < b everywhere."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    wrong = ~(a < b)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{lesser} must be < {greater} = {np.ravel(b)[at]:g}, got {np.ravel(a)[at]:g}")


def unit_of(info: Any) -> str:
    """Return the unit in which a parameter or a variable is kept; empty where its description does not tell."""
    return getattr(info, "kept_in", info.unit)


def value_of(name: str, value: Any, info: ParameterDescription | None, unit: str | None = None) -> Any:
    """Return a parameter's value, checked: a float, an array or a distribution."""
    wanted = unit if info is None else unit_of(info)
    if isinstance(value, Distribution):
        return units.converted(name, value, units.of_argument(name) if wanted is None else wanted)
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        raise TypeError(f"{name} must be a number, one number per neuron or a distribution, got {value!r}")
    result = checks.reals(name, value, unit=wanted)
    if result.ndim > 1:
        raise ValueError(f"{name} must be a number or a one-dimensional array, got shape {result.shape}")
    check_bounds(name, result, info)
    return float(result) if result.ndim == 0 else own(result)
