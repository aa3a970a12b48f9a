"""What a model takes from outside by name: numbers or time series, as arguments and as the text of a file."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.currents import Pulse, Samples, Steps, TimeSeries
from rheobase.models.values import own

#: What a named input may be.
Input = float | np.ndarray | TimeSeries
_KINDS: dict[str, type[TimeSeries]] = {kind.__name__: kind for kind in (Pulse, Steps, Samples)}


def input_of(label: str, value: Any) -> Input:
    """Return an input, checked: a number, an array with one value per neuron, or a time series."""
    if isinstance(value, TimeSeries):
        return value
    if isinstance(value, Mapping):
        kind = _KINDS[checks.choice(f"kind of {label}", value.get("kind"), _KINDS)]
        return kind(**{n: v for n, v in value.items() if n != "kind"})
    if np.ndim(value) == 1:
        return own(checks.array(label, value))
    if isinstance(value, str) or callable(value):
        raise TypeError(
            f"{label} must be a number, one per neuron, or a Pulse, Steps or Samples, got {value!r}; "
            "a Python function of t goes into functions="
        )
    return checks.number(label, value)


def series_of(value: Input) -> TimeSeries:
    """Return an input as a time series."""
    return value if isinstance(value, TimeSeries) else Steps([0.0], np.atleast_1d(value)[np.newaxis])


def as_text(value: Input) -> Any:
    """Return an input as what JSON can hold, which `input_of` reads."""
    if isinstance(value, TimeSeries):
        given = {f.name: getattr(value, f.name) for f in fields(value)}  # type: ignore[arg-type]
        return {"kind": type(value).__name__, **{n: np.asarray(v).tolist() for n, v in given.items()}}
    return value.tolist() if isinstance(value, np.ndarray) else value
