"""Gradient descent on labelled data: epochs, batches, and the learning curve they leave."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.activations import softmax
from rheobase.learning.classification import Classifier, accuracy, one_hot
from rheobase.learning.datasets import labels, samples
from rheobase.learning.estimators import Estimator
from rheobase.learning.losses import LOSSES, Loss, loss_function
from rheobase.models.values import Brief
from rheobase.progress import counted


@dataclass(frozen=True, eq=False, repr=False)
class LearningCurve(Brief):
    """Cost and accuracy after each epoch; entry 0 is before training.

    Attributes
    ----------
    loss, accuracy : ndarray, (epochs + 1,)
        On the training data.
    test_loss, test_accuracy : ndarray, (epochs + 1,), or None
        On test data, where given.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    test_loss: np.ndarray | None = None
    test_accuracy: np.ndarray | None = None

    def _repr_html_(self) -> str:
        test = "" if self.test_accuracy is None else f", test {self.test_accuracy[-1]:.3f}"
        return (
            f"<b>LearningCurve</b>: {len(self.loss) - 1} epochs, loss {self.loss[0]:.4g} → {self.loss[-1]:.4g}, "
            f"accuracy {self.accuracy[-1]:.3f}{test}"
        )


class GradientDescent(Estimator, Classifier):
    """A classifier trained by gradient descent; see `Perceptron` and `MultilayerPerceptron` for the parameters.

    Attributes
    ----------
    classes_ : ndarray, (classes,)
        Sorted labels.
    learning_curve_ : LearningCurve
        Cost and accuracy before training and after each epoch.
    """

    learning_curve_: LearningCurve
    _kind = "classifier"

    def __init__(
        self,
        loss: str,
        output: str,
        rate: float,
        epochs: int,
        batch: int | None,
        shuffle: bool,
        seed: checks.Seed,
    ) -> None:
        self.loss_name = loss
        self.loss: Loss = loss_function(checks.choice("loss", loss, LOSSES), output)
        self.rate = checks.number("rate", rate, above=0)
        self.epochs = checks.integer("epochs", epochs, low=0)
        self.batch = None if batch is None else checks.integer("batch", batch, low=1)
        self.shuffle = checks.flag("shuffle", shuffle)
        self.seed = seed
        self._features: int | None = None

    @property
    def n_features_in_(self) -> int:
        """Number of features that `fit` has seen."""
        if self._features is None:
            raise AttributeError("n_features_in_ is not known before fit has seen training data")
        return self._features

    @abstractmethod
    def _initialise(self, features: int, classes: int, rng: np.random.Generator) -> None: ...

    @abstractmethod
    def _update(self, x: np.ndarray, targets: np.ndarray) -> None: ...

    @abstractmethod
    def _forward(self, x: np.ndarray) -> np.ndarray: ...

    def fit(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        x_test: npt.ArrayLike | None = None,
        y_test: npt.ArrayLike | None = None,
        *,
        progress: bool = False,
    ) -> Self:
        """Train from fresh weights and return the classifier itself.

        Parameters
        ----------
        x, y : array, (m, features), (m,)
            Training inputs and labels.
        x_test, y_test : array, optional
            Test data for the learning curve; never trained on.
        progress : bool, default False
            Show a bar that counts epochs.

        Raises
        ------
        ValueError
            If the data are empty, do not fit together or hold one class alone, or the loss is no longer finite.
        """
        x = samples("x", x)
        y = labels("y", y, len(x))
        classes = np.unique(y)
        if len(classes) < 2:
            raise ValueError(f"y must hold at least two classes, got only {classes[0]}")
        targets = one_hot(y, classes)
        sets = [(x, targets), *_test_data(x_test, y_test, x.shape[1], classes)]
        rng = checks.generator(self.seed)
        self.classes_, self._features = classes, x.shape[1]
        self._initialise(x.shape[1], len(classes), rng)
        curve = [self._evaluate(sets)]
        with np.errstate(over="ignore", invalid="ignore"):
            for epoch in counted(range(1, self.epochs + 1), "training", "epoch", progress):
                for chosen in batches(len(x), self.batch, rng if self.shuffle else None):
                    self._update(x[chosen], targets[chosen])
                curve.append(self._evaluate(sets))
                if not np.isfinite(curve[-1][0]):
                    raise ValueError(
                        f"rate must be smaller: the loss is not finite after epoch {epoch} at {self.rate:g}"
                    )
        self.learning_curve_ = LearningCurve(*(np.array(values) for values in zip(*curve, strict=True)))
        return self

    def outputs(self, x: npt.ArrayLike) -> np.ndarray:
        """Compute the outputs v of the last layer.

        Parameters
        ----------
        x : array, (m, features)
            Inputs.

        Returns
        -------
        ndarray, (m, classes)
            Outputs in the order of `classes_`.

        Raises
        ------
        ValueError
            If `fit` was not called or the number of features is another one.
        """
        if self._features is None:
            raise ValueError("x cannot be classified before fit has seen training data")
        return self._forward(samples("x", x, self._features))

    def _batch(self, x: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and one-hot labels as arrays that fit together and what was fitted."""
        if self._features is None:
            raise ValueError("x has no gradient before fit has seen training data")
        x = samples("x", x, self._features)
        return x, checks.array("targets", targets, shape=(len(x), len(self.classes_)))

    def predict_proba(self, x: npt.ArrayLike) -> np.ndarray:
        """Compute the probabilities ``softmax(v)`` (m, classes) of inputs (m, features).

        Raises
        ------
        ValueError
            If the loss is "squared", whose outputs are not log-probabilities.
        """
        if self.loss_name != "cross_entropy":
            raise ValueError(f"loss must be 'cross_entropy' for probabilities, got {self.loss_name!r}")
        return softmax(self.outputs(x))

    def _evaluate(self, sets: list[tuple[np.ndarray, np.ndarray]]) -> list[float]:
        values = []
        for x, targets in sets:
            v = self._forward(x)
            values += [self.loss.cost(v, targets), accuracy(targets.argmax(axis=1), v.argmax(axis=1))]
        return values


def batches(count: int, batch: int | None, rng: np.random.Generator | None) -> Iterator[np.ndarray]:
    """Yield the indices of `count` samples in groups of `batch` (None: all), in random order if `rng` is given."""
    order = np.arange(count) if rng is None else rng.permutation(count)
    size = count if batch is None else batch
    for start in range(0, count, size):
        yield order[start : start + size]


def _test_data(
    x: npt.ArrayLike | None, y: npt.ArrayLike | None, features: int, classes: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    if (x is None) != (y is None):
        raise ValueError("x_test and y_test must be given together, got one of them")
    if x is None or y is None:
        return []
    inputs = samples("x_test", x, features)
    return [(inputs, one_hot(labels("y_test", y, len(inputs)), classes))]
