"""Kernels and rules of plasticity by their names, as they stand in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rheobase import checks
from rheobase.models.registry import Model


def of_model(model: Model, known: Mapping[str, type]) -> dict[str, Any]:
    """Return a kernel or a rule of plasticity by its name, with its arguments.

    Raises
    ------
    ValueError
        If it is not one of the library's own, with numbers as parameters.
    """
    name, given = type(model).__name__, model._given()
    plain = all(value is None or isinstance(value, (int, float, str)) for value in given.values())
    if type(model) is not known.get(name) or not plain:
        raise ValueError(f"{name} must be a model of the library, with numbers, to be written to SONATA")
    return {name: given}


def made(where: str, given: Mapping[str, Any], known: Mapping[str, Callable[..., Any]]) -> Any:
    """Return what `of_model` has written."""
    ((name, arguments),) = given.items()
    return known[checks.choice(where, name, known)](**arguments)
