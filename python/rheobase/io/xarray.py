"""xarray: recorded samples with their times and neurons as coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from rheobase.checks import package
from rheobase.network.result import Recorded, Result

if TYPE_CHECKING:
    import xarray


@overload
def to_xarray(recorded: Recorded) -> xarray.DataArray: ...
@overload
def to_xarray(recorded: Result) -> xarray.Dataset: ...
def to_xarray(recorded: Recorded | Result) -> xarray.DataArray | xarray.Dataset:
    """Return recorded samples with their times and neurons as coordinates.

    Parameters
    ----------
    recorded : Recorded or Result

    Returns
    -------
    xarray.DataArray or xarray.Dataset
        Of a recorded variable an array with dimensions `time` (ms) and `neuron`. Of a result a data set with one such
        array per recorded variable, "population.variable", each with dimensions of its own, "population.variable.time"
        and so on: they may be sampled at different times.

    Raises
    ------
    ImportError
        If xarray is not installed.

    Examples
    --------
    >>> V = rb.io.to_xarray(res.states("e", "V"))
    >>> V.dims
    ('time', 'neuron')
    """
    if isinstance(recorded, Recorded):
        return _array(recorded, "time", "neuron")
    if not isinstance(recorded, Result):
        raise TypeError(f"recorded must be a recorded variable or a Result, got {recorded!r}")
    arrays = {name: _array(samples, f"{name}.time", f"{name}.neuron") for name, samples in recorded.samples().items()}
    attributes = {"t_start": recorded.t_start, "t_stop": recorded.t_stop, "dt": recorded.dt}
    dataset: xarray.Dataset = package("xarray").Dataset(arrays, attrs=attributes)
    return dataset


def _array(samples: Recorded, time: str, neuron: str) -> xarray.DataArray:
    coordinates: dict[str, object] = {time: samples.times}
    if len(samples.neurons) == samples.values.shape[1]:  # else it is their mean
        coordinates[neuron] = samples.neurons
    array: xarray.DataArray = package("xarray").DataArray(
        samples.values, dims=(time, neuron), coords=coordinates, attrs={"units": samples.unit}
    )
    array[time].attrs["units"] = "ms"
    return array
