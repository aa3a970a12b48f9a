"""Labelled data split into training and test: the monkey's spike counts, digits, MNIST; and their normalisation."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from rheobase import checks

_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


@dataclass(frozen=True)
class DataSplit:
    """Labelled samples, one a row, in a training and a test part.

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


class Standardizer:
    """Shift and scale inputs to mean 0 and standard deviation 1 (ddof = 0) of the TRAINING data.

    Test data must pass through the same map; its own mean and deviation would tell the network what it should not know.

    Parameters
    ----------
    per_feature : bool, default False
        One mean and deviation a feature instead of one for all entries. A constant feature becomes 0.

    Attributes
    ----------
    mean_, std_ : float or ndarray, (features,)
        Of the data last fitted.

    Examples
    --------
    >>> scale = Standardizer().fit([[0.0, 2.0], [2.0, 4.0]])
    >>> scale.transform([[2.0, 2.0]])
    array([[0., 0.]])
    """

    def __init__(self, *, per_feature: bool = False) -> None:
        self.per_feature = bool(per_feature)

    def fit(self, x: npt.ArrayLike) -> "Standardizer":
        """Take mean and deviation from training inputs (m, features).

        Raises
        ------
        ValueError
            If `x` is empty, not a finite matrix, or (without `per_feature`) the same number throughout.
        """
        x = samples("x", x)
        axis = 0 if self.per_feature else None
        self.mean_, self.std_ = x.mean(axis=axis), x.std(axis=axis)
        if not np.any(self.std_):
            raise ValueError(f"x must vary to be standardised, got {x.flat[0]:g} throughout")
        return self

    def transform(self, x: npt.ArrayLike) -> np.ndarray:
        """Apply the training data's mean and deviation to inputs (m, features).

        Raises
        ------
        ValueError
            If `fit` was not called, or the number of features is another one.
        """
        if not hasattr(self, "mean_"):
            raise ValueError("x cannot be transformed before fit has seen training data")
        x = samples("x", x, np.size(self.mean_) if self.per_feature else None)
        return (x - self.mean_) / np.where(np.equal(self.std_, 0), 1.0, self.std_)


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
    """
    data = _load_npz(path, ("x", "y", "xTest", "yTest", "AllOrientations"))
    orientations = checks.array("AllOrientations", data["AllOrientations"], shape=(None,))
    x, x_test = (samples(key, data[key].T) for key in ("x", "xTest"))
    y, y_test = (
        orientations[_from_one_hot(key, data[key], len(orientations), len(inputs))]
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
    """
    try:
        from sklearn.datasets import load_digits as digits
    except ImportError as error:
        raise ImportError("load_digits needs scikit-learn: pip install scikit-learn") from error
    x, y = digits(return_X_y=True)
    return split_data(x, y, test=test, seed=seed)


def load_mnist(path: str | os.PathLike[str]) -> DataSplit:
    """Load MNIST from the user's own copy.

    Parameters
    ----------
    path : path
        An npz file, either with `x_train` (m, 28, 28), `y_train` (m,), `x_test` and `y_test`, or with `X` (784, m),
        one-hot `Y` (10, m), `XTest` and `YTest`; or a folder with the four idx files under their original names
        (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-...`), plain or with the ending `.gz`.

    Returns
    -------
    DataSplit
        Pixels (m, 784) as float64 and digits 0-9.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is damaged or holds something else.
    """
    path = Path(path)
    if path.is_dir():
        names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        x, y, x_test, y_test = (_read_idx(_find_idx(path, f"{name}-ubyte")) for name in names)
    else:
        data = _load_npz(path, ())
        if {"X", "Y", "XTest", "YTest"} <= data.keys():
            x, x_test = data["X"].T, data["XTest"].T
            y = _from_one_hot("Y", data["Y"], 10, len(x))
            y_test = _from_one_hot("YTest", data["YTest"], 10, len(x_test))
        elif {"x_train", "y_train", "x_test", "y_test"} <= data.keys():
            x, y, x_test, y_test = (data[key] for key in ("x_train", "y_train", "x_test", "y_test"))
        else:
            raise ValueError(
                f"path must be an npz file with x_train, y_train, x_test, y_test or X, Y, XTest, YTest; "
                f"{path.name} has {', '.join(sorted(data)) or 'nothing'}"
            )
    x, x_test = _images("training images", x), _images("test images", x_test)
    return DataSplit(x, labels("training labels", y, len(x)), x_test, labels("test labels", y_test, len(x_test)))


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


def labels(name: str, value: npt.ArrayLike, count: int) -> np.ndarray:
    """Return `value` as a vector of `count` labels of any type that can be sorted.

    Raises
    ------
    TypeError
        If the labels are neither numbers nor strings.
    ValueError
        If it is not a vector of that length or holds a NaN.
    """
    try:
        y = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must have shape ({count},), a label per sample: {error}") from error
    if y.dtype.kind not in "biufSU":
        raise TypeError(f"{name} must be numbers or strings, got an array of {y.dtype.name}")
    if y.shape != (count,):
        raise ValueError(f"{name} must have shape ({count},), a label per sample, got {y.shape}")
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise ValueError(f"{name} must be labels, got nan at index {int(np.flatnonzero(np.isnan(y))[0])}")
    return y


def _load_npz(path: str | os.PathLike[str], required: tuple[str, ...]) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = dict(data)
    except FileNotFoundError:
        raise
    except Exception as error:  # np.load fails in many ways on a file that is no npz
        raise ValueError(f"path must be an npz file, got {os.fspath(path)!r}: {error}") from error
    missing = [key for key in required if key not in arrays]
    if missing:
        raise ValueError(f"path must be an npz file with {', '.join(required)}; {missing[0]} is missing")
    return arrays


def _from_one_hot(name: str, value: np.ndarray, classes: int, count: int) -> np.ndarray:
    y = checks.array(name, value, shape=(classes, count))
    if not (np.isin(y, (0, 1)).all() and (y.sum(axis=0) == 1).all()):
        raise ValueError(f"{name} must have a single 1 in each column and 0 elsewhere")
    return y.argmax(axis=0)


def _images(name: str, value: np.ndarray) -> np.ndarray:
    return samples(name, np.reshape(value, (len(value), -1)) if value.size else value)


def _find_idx(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"no file {name} or {name}.gz in {os.fspath(folder)!r}")


def _read_idx(path: Path) -> np.ndarray:
    """Read the idx format: two zero bytes, type, number of axes, their lengths (big-endian uint32), the data."""
    try:
        with cast(BinaryIO, gzip.open(path) if path.suffix == ".gz" else open(path, "rb")) as file:
            content = file.read()
    except (OSError, EOFError) as error:
        raise ValueError(f"path must be a readable idx file, got {path.name}: {error}") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_TYPES:
        raise ValueError(f"path must be an idx file, got {path.name} that starts with {content[:4]!r}")
    dtype, axes = np.dtype(_IDX_TYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    wanted = start + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    if len(content) != wanted:
        raise ValueError(f"path must be a complete idx file, got {path.name} of {len(content)} bytes, not {wanted}")
    return np.frombuffer(content, dtype, offset=start).reshape(shape)
