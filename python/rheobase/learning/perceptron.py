"""The single-layer perceptron with the delta rule or the softmax cross-entropy."""

from __future__ import annotations

import numpy as np

from rheobase import checks
from rheobase.learning.activations import ACTIVATIONS
from rheobase.learning.training import GradientDescent


class Perceptron(GradientDescent):
    """A single-layer perceptron ``v = f(W x)`` (4.9), trained by gradient descent on the cost.

    With the squared loss this is the delta rule (4.12), ``ΔW = -(ε/m) Σ [(v - y)∘f'(z)] xᵀ``; with the
    cross-entropy ``ΔW = -(ε/m) Σ [softmax(v) - y] xᵀ``. The sum runs over a batch of m samples. There is no bias, as
    in the textbook: standardise the inputs first (`Standardizer`), with the training data's mean and deviation.

    Parameters
    ----------
    loss : {"squared", "cross_entropy"}
        What to minimise.
    activation : {"logistic", "tanh", "relu", "linear"}
        f for the squared loss; the cross-entropy takes linear outputs.
    rate : float, default 0.01
        Learning rate ε.
    epochs : int, default 10
        Passes through the training data.
    batch : int or None, default 1
        Samples per update: 1 is online learning, None the full batch, anything between stochastic mini-batches.
    shuffle : bool, default True
        Draw a new order of the samples for each epoch.
    initial_std : float, optional
        Standard deviation of the initial weights; 1/sqrt(features · classes) by default.
    seed : int, SeedSequence or Generator, optional
        Source of initial weights and orders.

    Attributes
    ----------
    weights_ : ndarray, (classes, features)
        W after `fit`.
    classes_ : ndarray, (classes,)
        Sorted labels.
    learning_curve_ : LearningCurve
        Cost and accuracy before training and after each epoch.

    Raises
    ------
    ValueError
        If a parameter is out of range or unknown.

    Examples
    --------
    >>> x, y = [[-2.0], [-1.0], [1.0], [2.0]], ["left", "left", "right", "right"]
    >>> Perceptron(rate=0.5, seed=1).fit(x, y).score(x, y)
    1.0
    """

    def __init__(
        self,
        *,
        loss: str = "squared",
        activation: str = "logistic",
        rate: float = 0.01,
        epochs: int = 10,
        batch: int | None = 1,
        shuffle: bool = True,
        initial_std: float | None = None,
        seed: checks.Seed = None,
    ) -> None:
        super().__init__(loss, checks.choice("activation", activation, ACTIVATIONS), rate, epochs, batch, shuffle, seed)
        self.initial_std = None if initial_std is None else checks.number("initial_std", initial_std, low=0)

    def gradient(self, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Compute the gradient of the cost (4.11) at the present weights.

        Parameters
        ----------
        x : ndarray, (m, features)
            Inputs.
        targets : ndarray, (m, classes)
            One-hot labels.

        Returns
        -------
        ndarray, (classes, features)
            ``∂J/∂W``.
        """
        return self._gradient(*self._batch(x, targets))

    def _initialise(self, features: int, classes: int, rng: np.random.Generator) -> None:
        std = 1 / np.sqrt(features * classes) if self.initial_std is None else self.initial_std
        self.weights_ = std * rng.standard_normal((classes, features))

    def _update(self, x: np.ndarray, targets: np.ndarray) -> None:
        self.weights_ -= self.rate * self._gradient(x, targets)

    def _gradient(self, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return self.loss.delta(self._forward(x), targets).T @ x / len(x)

    def _forward(self, x: np.ndarray) -> np.ndarray:
        return self.loss.output.f(x @ self.weights_.T)
