"""The multi-layer perceptron, trained by backpropagation or by feedback alignment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from rheobase import checks
from rheobase.learning.activations import ACTIVATIONS
from rheobase.learning.activations import activation as activation_function
from rheobase.learning.training import GradientDescent


class MultilayerPerceptron(GradientDescent):
    """Layers ``vˡ = f(Wˡ vˡ⁻¹)`` trained by gradient descent.

    The errors run backwards, ``δⁿ = ∂L/∂zⁿ`` and ``δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ∘ f'(zˡ)``, and give the gradients
    ``∂L/∂Wˡ = δˡ (vˡ⁻¹)ᵀ``, averaged over the samples. Feedback alignment (Lillicrap et al. 2016) puts a fixed random
    matrix in place of ``(Wˡ⁺¹)ᵀ``: no synapse has to know the weight of another one.

    Parameters
    ----------
    hidden : sequence of int, default (50,)
        Units of each hidden layer; none makes a perceptron.
    activation : {"tanh", "logistic", "relu", "linear"}
        f of the hidden layers.
    loss : {"cross_entropy", "squared"}
        What to minimise.
    output : {"logistic", "tanh", "relu", "linear"}
        f of the last layer for the squared loss; the cross-entropy takes linear outputs.
    feedback : {"backpropagation", "alignment"}
        The way of the errors.
    bias : bool, default True
        Give each layer a bias, as the last column of its W on an input that is always 1.
    rate : float, default 0.1
        Learning rate ε.
    epochs : int, default 50
        Passes through the training data.
    batch : int or None, default 32
        Samples per update; None takes all.
    shuffle : bool, default True
        Draw a new order of the samples for each epoch.
    seed : int, SeedSequence or Generator, optional
        Source of initial weights (Gaussian, variance 1/inputs; no bias), feedback and orders.

    Attributes
    ----------
    weights_ : list of ndarray, (units, inputs [+ 1])
        W of each layer after `fit`.
    feedback_ : list of ndarray, (inputs, units)
        The fixed matrices of feedback alignment, one for each layer but the first; empty with backpropagation.
    classes_ : ndarray, (classes,)
        Sorted labels.
    learning_curve_ : LearningCurve
        Cost and accuracy before training and after each epoch.

    Raises
    ------
    TypeError
        If `hidden` is no sequence of integers.
    ValueError
        If a parameter is out of range or unknown.

    Examples
    --------
    >>> x, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    >>> MultilayerPerceptron((8,), epochs=500, batch=None, rate=0.5, seed=1).fit(x, y).score(x, y)
    1.0
    """

    def __init__(
        self,
        hidden: Sequence[int] = (50,),
        *,
        activation: str = "tanh",
        loss: str = "cross_entropy",
        output: str = "logistic",
        feedback: str = "backpropagation",
        bias: bool = True,
        rate: float = 0.1,
        epochs: int = 50,
        batch: int | None = 32,
        shuffle: bool = True,
        seed: checks.Seed = None,
    ) -> None:
        super().__init__(loss, output, rate, epochs, batch, shuffle, seed)
        layers = checks.items("hidden", hidden, "a sequence of integers, one per layer")
        self.hidden = tuple(checks.integer("hidden", units, low=1) for units in layers)
        self.activation = activation_function(checks.choice("activation", activation, ACTIVATIONS))
        self.feedback = checks.choice("feedback", feedback, ("backpropagation", "alignment"))
        self.bias = checks.flag("bias", bias)

    def gradients(self, x: np.ndarray, targets: np.ndarray) -> list[np.ndarray]:
        """Compute what each layer's weights descend along.

        Parameters
        ----------
        x : ndarray, (m, features)
            Inputs.
        targets : ndarray, (m, classes)
            One-hot labels.

        Returns
        -------
        list of ndarray
            ``∂J/∂Wˡ`` of each layer; with feedback alignment its substitute.
        """
        return self._gradients(*self._batch(x, targets))

    def _gradients(self, x: np.ndarray, targets: np.ndarray) -> list[np.ndarray]:
        inputs, v = self._layers(x)
        delta = self.loss.delta(v, targets)
        gradients = [delta.T @ inputs[-1] / len(x)]
        for layer in range(len(self.weights_) - 2, -1, -1):
            w = self.weights_[layer + 1]
            units = w.shape[1] - self.bias
            back = self.feedback_[layer] if self.feedback_ else w[:, :units].T
            delta = delta @ back.T * self.activation.slope(inputs[layer + 1][:, :units])
            gradients.insert(0, delta.T @ inputs[layer] / len(x))
        return gradients

    def _layers(self, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the input of every layer (with its column of ones) and the output of the last."""
        inputs = [self._with_bias(x)]
        for w in self.weights_[:-1]:
            inputs.append(self._with_bias(self.activation.f(inputs[-1] @ w.T)))
        return inputs, self.loss.output.f(inputs[-1] @ self.weights_[-1].T)

    def _with_bias(self, v: np.ndarray) -> np.ndarray:
        return np.column_stack([v, np.ones(len(v))]) if self.bias else v

    def _initialise(self, features: int, classes: int, rng: np.random.Generator) -> None:
        sizes = (features, *self.hidden, classes)
        layers = list(pairwise(sizes))
        self.weights_ = [rng.standard_normal((units, inputs)) / np.sqrt(inputs) for inputs, units in layers]
        if self.bias:
            self.weights_ = [np.column_stack([w, np.zeros(len(w))]) for w in self.weights_]
        self.feedback_ = []
        if self.feedback == "alignment":
            self.feedback_ = [rng.standard_normal((inputs, units)) / np.sqrt(inputs) for inputs, units in layers[1:]]

    def _update(self, x: np.ndarray, targets: np.ndarray) -> None:
        for w, gradient in zip(self.weights_, self._gradients(x, targets), strict=True):
            w -= self.rate * gradient

    def _forward(self, x: np.ndarray) -> np.ndarray:
        return self._layers(x)[1]
