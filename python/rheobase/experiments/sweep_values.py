"""What a sweep gave, in one object with an axis for each parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import checks, html
from rheobase.experiments.outcomes import stacked

if TYPE_CHECKING:
    import pandas
    import xarray


class Sweep:
    """What a function gave at the points of a grid.

    Where it returned a dict, ``sweep["rate"]`` is what it gave under a name.

    Attributes
    ----------
    points : list of dict
        The arguments of each point.
    parameters : dict or None
        Parameters and their values, in the order of the axes; None where the points were given one by one.
    done : dict
        What was returned, by the number of the point.
    failed : dict
        What was raised, by the number of the point, where failures were skipped.
    interrupted : bool
        Whether Ctrl-C ended it early.

    Examples
    --------
    >>> done = rb.sweep(lambda a, b: {"sum": a + b}, {"a": [1, 2, 3], "b": [10, 20]})
    >>> done["sum"]
    array([[11, 21],
           [12, 22],
           [13, 23]])
    """

    def __init__(
        self,
        points: Sequence[Mapping[str, object]],
        parameters: Mapping[str, Sequence[object]] | None,
        done: Mapping[int, object],
        failed: Mapping[int, BaseException],
        interrupted: bool,
    ) -> None:
        self.points = [dict(point) for point in points]
        self.parameters = None if parameters is None else {name: list(values) for name, values in parameters.items()}
        self.done: dict[int, Any] = dict(done)
        self.failed, self.interrupted = dict(failed), interrupted

    def __len__(self) -> int:
        return len(self.points)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values on each axis."""
        return (
            (len(self.points),)
            if self.parameters is None
            else tuple(len(values) for values in self.parameters.values())
        )

    @property
    def names(self) -> list[str]:
        """Names under which values were returned; none where they had no names."""
        first = next(iter(self.done.values()), None)
        return list(first) if isinstance(first, dict) else []

    @property
    def values(self) -> Any:
        """What was returned, with the axes of the grid first; a dict by name where dicts were returned.

        What is missing is not a number.
        """
        return {name: self[name] for name in self.names} if self.names else self._gathered(self.done)

    def __getitem__(self, name: str) -> Any:
        checks.choice("name", name, self.names)
        return self._gathered({k: value[name] for k, value in self.done.items()})

    def _ipython_key_completions_(self) -> list[str]:
        return self.names

    def _gathered(self, values: Mapping[int, Any]) -> Any:
        array = stacked(list(values.values()))
        if not isinstance(array, np.ndarray):  # of several shapes
            return [values.get(k) for k in range(len(self))]
        if len(values) < len(self):
            array = _filled(array, [*values], len(self))
        return array.reshape(*self.shape, *array.shape[1:])

    def table(self) -> dict[str, list[object]]:
        """Return the points that are done as columns: parameters, and what was returned.

        Examples
        --------
        >>> rb.sweep(lambda a: 2 * a, {"a": [1, 2]}).table()
        {'a': [1, 2], 'value': [2, 4]}
        """
        named = dict.fromkeys(name for point in self.points for name in point)
        columns: dict[str, list[object]] = {n: [self.points[k].get(n) for k in self.done] for n in named}
        for name in self.names or ["value"]:
            column = name if name not in columns else f"{name} (value)"
            columns[column] = [value[name] if self.names else value for value in self.done.values()]
        return columns

    def to_pandas(self) -> pandas.DataFrame:
        """Return `table` as a frame of pandas.

        Examples
        --------
        >>> rb.sweep(lambda a: 2 * a, {"a": [1, 2]}).to_pandas().columns.tolist()
        ['a', 'value']
        """
        frame: pandas.DataFrame = checks.package("pandas").DataFrame(self.table())
        return frame

    def to_xarray(self) -> xarray.Dataset:
        """Return what was returned as a dataset of xarray, whose dimensions are the parameters.

        Arrays that were returned have dimensions of their own, such as `rate_0`.

        Examples
        --------
        >>> dict(rb.sweep(lambda a: 2 * a, {"a": [1, 2]}).to_xarray().sizes)
        {'a': 2}
        """
        package = checks.package("xarray")
        values = self.values if self.names else {"value": self.values}
        parameters = {"point": list(range(len(self)))} if self.parameters is None else self.parameters
        arrays = {}
        for name, array in values.items():
            if not isinstance(array, np.ndarray):
                raise ValueError(f"function must return arrays of one shape for xarray, {name} has several")
            arrays[name] = ((*parameters, *(f"{name}_{k}" for k in range(array.ndim - len(parameters)))), array)
        dataset: xarray.Dataset = package.Dataset(
            arrays, coords={name: _coordinate(v) for name, v in parameters.items()}
        )
        return dataset

    def __repr__(self) -> str:
        parameters = (
            "points"
            if self.parameters is None
            else " × ".join(f"{name} ({len(v)})" for name, v in self.parameters.items())
        )
        rest = f", {len(self.failed)} failed" if self.failed else ""
        return f"<sweep of {parameters}: {len(self.done)} of {len(self)} done{rest}>"

    def _repr_html_(self) -> str:
        columns = self.table()
        rows = [[column[k] for column in columns.values()] for k in range(min(10, len(self.done)))]
        return html.table(rows, head=list(columns), title=repr(self)[1:-1])


def _filled(array: np.ndarray, places: Sequence[int], n: int) -> np.ndarray:
    """Return an array of n entries, those of which nothing is known not a number, or empty."""
    number = array.dtype.kind in "biufc"
    kind = np.result_type(array, float) if number else array.dtype
    filled = np.full((n, *array.shape[1:]), np.nan if number else "", kind)
    filled[places] = array
    return filled


def _coordinate(values: Sequence[Any]) -> Any:
    plain = all(isinstance(value, (bool, int, float, str)) for value in values)
    return list(values) if plain else [str(value) for value in values]
