"""What classifiers share: one-hot targets, predictions, accuracy and confusion."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from rheobase.learning.datasets import labels


class Classifier(ABC):
    """Predictions and score of a model with one output per class, in the manner of scikit-learn.

    Attributes
    ----------
    classes_ : ndarray, (classes,)
        Sorted labels met in training.
    """

    classes_: np.ndarray

    @abstractmethod
    def outputs(self, x: npt.ArrayLike) -> np.ndarray:
        """Compute the outputs v (m, classes) of inputs (m, features)."""

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return the label of the largest output for each input (m, features)."""
        best = self.outputs(x).argmax(axis=1)
        return self.classes_[best]

    def score(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return the accuracy on inputs (m, features) with labels (m,)."""
        return accuracy(y, self.predict(x))


def one_hot(y: npt.ArrayLike, classes: npt.ArrayLike) -> np.ndarray:
    """Encode labels as rows with a single 1.

    Parameters
    ----------
    y : array, (m,)
        Labels.
    classes : array, (classes,)
        All labels, each once, in the order of the columns.

    Returns
    -------
    ndarray, (m, classes)
        Targets.

    Raises
    ------
    ValueError
        If a label is not among the classes, or these are none or repeat.

    Examples
    --------
    >>> one_hot([3, 1], [1, 2, 3])
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    y, classes = labels("y", y), labels("classes", classes)
    if not classes.size:
        raise ValueError("classes must hold at least one label, got none")
    if len(np.unique(classes)) != classes.size:
        raise ValueError(f"classes must hold each label once, got {classes.tolist()}")
    hits = y[:, None] == classes
    lost = ~hits.any(axis=1)
    if lost.any():
        known = ", ".join(str(c) for c in classes[:12]) + (", ..." if len(classes) > 12 else "")
        first = int(np.flatnonzero(lost)[0])
        raise ValueError(f"y must hold labels among {known}, got {y[first]} at index {first}, which classes lack")
    return hits.astype(float)


def accuracy(y: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the fraction of labels predicted correctly.

    Parameters
    ----------
    y, predicted : array, (m,)
        True and predicted labels.

    Raises
    ------
    ValueError
        If they are empty or of different lengths.

    Examples
    --------
    >>> accuracy([1, 2, 3, 4], [1, 2, 3, 3])
    0.75
    """
    y, predicted = _of_same_samples(y, predicted)
    if not y.size:
        raise ValueError("y must hold at least one label, got none")
    return float(np.mean(y == predicted))


def confusion_matrix(
    y: npt.ArrayLike, predicted: npt.ArrayLike, classes: npt.ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Count how often each true class was taken for each other.

    Parameters
    ----------
    y, predicted : array, (m,)
        True and predicted labels.
    classes : array, optional
        Labels in the order of rows and columns; by default all that occur, sorted.

    Returns
    -------
    counts : ndarray of int, (classes, classes)
        Row: true; column: predicted.
    classes : ndarray, (classes,)
        The labels.

    Raises
    ------
    ValueError
        If the lengths differ or a label is not among `classes`.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1], [0, 1, 1])[0]
    array([[1, 1],
           [0, 1]])
    """
    y, predicted = _of_same_samples(y, predicted)
    kinds = np.unique(np.concatenate([y, predicted])) if classes is None else labels("classes", classes)
    return (one_hot(y, kinds).T @ one_hot(predicted, kinds)).astype(int), kinds


def _of_same_samples(y: npt.ArrayLike, predicted: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    y, predicted = labels("y", y), labels("predicted", predicted)
    if y.size != predicted.size:
        raise ValueError(f"y must have shape {predicted.shape}, a label per sample as predicted, got {y.shape}")
    return y, predicted
