"""Figure 4.3: perceptrons."""

from pathlib import Path

import numpy as np
from scipy.special import expit

import rheobase as rb
from rheobase.figures import recordings
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY


@figure("4.3", "Perceptron", also=("perceptron",))
def perceptron(data: Path | None = None, seed: int = 6) -> Figure:
    """Draw the logistic function, and cost and accuracy of a perceptron that decodes stimuli from spike counts."""
    if data:
        split = rb.learning.load_spike_counts(data / "SpikeCounts112Neuron12Thetas.npz")
    else:
        split = recordings.population_counts(seed)
    scaler = rb.learning.Standardizer().fit(split.x)
    x, x_test = scaler.transform(split.x), scaler.transform(split.x_test)
    decoder = rb.learning.Perceptron(rate=0.01, epochs=10, seed=seed).fit(x, split.y, x_test, split.y_test)
    curve = decoder.learning_curve_
    assert curve.test_loss is not None and curve.test_accuracy is not None
    z = np.linspace(-6, 6, 241)
    picture, axes = panels("BCD", (9.5, 3.2))
    axes["B"].plot(z, expit(z), color=BLACK)
    axes["B"].set(xlabel="z", ylabel="σ(z) = 1/(1 + exp(−z))")
    for panel, of in (("C", "loss"), ("D", "accuracy")):
        train, test = rb.plot.learning_curve(curve, of=of, ax=axes[panel])
        train.set(color=EXCITATORY, marker="o")
        test.set(color=INHIBITORY, marker="s", linestyle="--")
        axes[panel].legend(loc="center right")
    numbers = {
        "logistic(0)": float(expit(0.0)),
        "slope at 0": float(np.interp(0.0, z, np.gradient(expit(z), z))),
        "train accuracy": float(curve.accuracy[-1]),
        "test accuracy": float(curve.test_accuracy[-1]),
        "loss": float(curve.loss[-1]),
        "test loss": float(curve.test_loss[-1]),
    }
    note = "Spike counts of 112 neurons under 12 orientations (Ex. 4.3.1) instead of MNIST digits. B is the activation "
    note += "function, not a loss. Test data are normalised with the training mean."
    if not data:
        recordings.mark_surrogate(picture)
        note = f"{recordings.SURROGATE} {note}"
    return Figure(picture, numbers, note)
