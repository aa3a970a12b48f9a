"""Labelled data split into training and test: the monkey's spike counts and small digits."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief


@dataclass(frozen=True, eq=False, repr=False)
class DataSplit(Brief):
    """Labelled samples, one per row, in a training and a test part.

    Attributes
    ----------
    x, x_test : ndarray, (m, features), (m_test, features)
        Inputs.
    y, y_test : ndarray, (m,), (m_test,)
        Labels.
    """

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def _repr_html_(self) -> str:
        return (
            f"<b>DataSplit</b>: {len(self.x)} training and {len(self.x_test)} test samples, "
            f"{self.x.shape[1]} features, {len(np.unique(self.y))} classes"
        )


def split_data(x: npt.ArrayLike, y: npt.ArrayLike, *, test: float = 0.2, seed: checks.Seed = None) -> DataSplit:
    """Split labelled samples at random into a training and a test part.

    Parameters
    ----------
    x : array, (m, features)
        Inputs.
    y : array, (m,)
        Labels.
    test : float, default 0.2
        Fraction of samples to test on, in (0, 1).
    seed : int, SeedSequence or Generator, optional
        Source of the permutation.

    Returns
    -------
    DataSplit
        Copies of the two parts.

    Raises
    ------
    ValueError
        If the lengths differ or a part would be empty.

    Examples
    --------
    >>> len(split_data(np.eye(10), np.arange(10), test=0.3, seed=1).y_test)
    3
    """
    x = samples("x", x)
    y = labels("y", y, len(x))
    count = round(checks.number("test", test, above=0, below=1) * len(x))
    if not 0 < count < len(x):
        raise ValueError(f"test must leave samples in both parts, got {test} of {len(x)} samples")
    order = checks.generator(seed).permutation(len(x))
    held, kept = order[:count], order[count:]
    return DataSplit(x[kept], y[kept], x[held], y[held])


def load_spike_counts(path: str | os.PathLike[str]) -> DataSplit:
    """Load spike counts with their stimuli from a file laid out as `SpikeCounts112Neuron12Thetas.npz`.

    Parameters
    ----------
    path : path
        An npz file with `x` (neurons, trials), one-hot `y` (stimuli, trials), `xTest`, `yTest` and `AllOrientations`.

    Returns
    -------
    DataSplit
        Counts with a trial per row; the labels are orientations in degrees.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no npz file, lacks a variable or its shapes do not fit.

    Examples
    --------
    >>> data = load_spike_counts("SpikeCounts112Neuron12Thetas.npz")  # doctest: +SKIP
    """
    data = load_npz(path, ("x", "y", "xTest", "yTest", "AllOrientations"))
    orientations = checks.array("AllOrientations", data["AllOrientations"], shape=(None,))
    x, x_test = (samples(key, data[key].T) for key in ("x", "xTest"))
    y, y_test = (
        orientations[from_one_hot(key, data[key], len(orientations), len(inputs))]
        for key, inputs in (("y", x), ("yTest", x_test))
    )
    return DataSplit(x, y, x_test, y_test)


def load_digits(*, test: float = 0.2, seed: checks.Seed = 0) -> DataSplit:
    """Load the 1797 handwritten digits of 8×8 pixels that come with scikit-learn.

    Parameters
    ----------
    test : float, default 0.2
        Fraction of samples to test on.
    seed : int, SeedSequence or Generator, default 0
        Source of the split.

    Returns
    -------
    DataSplit
        Pixels 0-16 (m, 64) and digits 0-9.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.

    Examples
    --------
    >>> data = load_digits(seed=1)
    """
    try:
        from sklearn.datasets import load_digits as digits
    except ImportError as error:
        raise ImportError("load_digits needs scikit-learn: pip install scikit-learn") from error
    x, y = digits(return_X_y=True)
    return split_data(x, y, test=test, seed=seed)


def samples(name: str, value: npt.ArrayLike, features: int | None = None) -> np.ndarray:
    """Return `value` as finite inputs (m, features) with at least one sample and one feature.

    Raises
    ------
    ValueError
        If it is empty, not a matrix, or has another number of features.
    """
    x = checks.array(name, value, shape=(None, features))
    if not x.size:
        raise ValueError(f"{name} must hold at least one sample of at least one feature, got shape {x.shape}")
    return x


def labels(name: str, value: npt.ArrayLike, count: int | None = None) -> np.ndarray:
    """Return `value` as a vector of labels of any type that can be sorted, of `count` if that is given.

    Raises
    ------
    TypeError
        If the labels are neither numbers nor strings.
    ValueError
        If it is not a vector of that length or holds a NaN.
    """
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must be labels without masked entries")
    try:
        y = np.asarray(value)
    except ValueError:
        y = np.empty(0, dtype=object)
    if y.dtype == object and y.size and all(isinstance(label, str) for label in y.flat):  # a column of a frame
        y = y.astype(str)
    if y.dtype.kind not in "biufSU":
        raise TypeError(f"{name} must be numbers or strings, got {value!r}")
    if y.ndim != 1 or count not in (None, y.size):
        wanted = "any" if count is None else str(count)
        raise ValueError(f"{name} must have shape ({wanted},), a label per sample, got {y.shape}")
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise ValueError(f"{name} must be labels, got nan at index {int(np.flatnonzero(np.isnan(y))[0])}")
    return y


def load_npz(path: str | os.PathLike[str], required: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file that has all of `required`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no npz file or lacks an array.
    """
    path = checks.path("path", path)
    if not path.is_file():
        raise FileNotFoundError(f"path must be that of an existing file, got {os.fspath(path)!r}")
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = dict(data)
    except Exception as error:  # np.load fails in many ways on a file that is no npz
        raise ValueError(f"path must be an npz file, got {os.fspath(path)!r}: {error}") from error
    missing = [key for key in required if key not in arrays]
    if missing:
        raise ValueError(f"path must be an npz file with {', '.join(required)}; {missing[0]} is missing")
    return arrays


def from_one_hot(name: str, value: np.ndarray, classes: int, count: int) -> np.ndarray:
    """Return the class (count,) of each column of one-hot labels (classes, count).

    Raises
    ------
    ValueError
        If a column has not a single 1, or the shape is another one.
    """
    y = checks.array(name, value, shape=(classes, count))
    if not (np.isin(y, (0, 1)).all() and (y.sum(axis=0) == 1).all()):
        raise ValueError(f"{name} must have a single 1 in each column and 0 elsewhere")
    return y.argmax(axis=0)
