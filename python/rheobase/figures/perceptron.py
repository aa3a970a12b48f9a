"""Figure 4.3: perceptrons, on spike counts and on digits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

import rheobase as rb
from rheobase.figures import recordings
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels, schematic
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    z = np.linspace(-6, 6, 241)
    picture, axes = panels("ABCD", (11.5, 3.2), width_ratios=[0.7, 1, 1, 1])
    schematic(picture, axes, "A", decoder, neurons=6)
    axes["B"].plot(z, expit(z), color=BLACK)
    axes["B"].set(xlabel="z", ylabel="σ(z) = 1/(1 + exp(−z))")
    numbers = {
        "logistic(0)": float(expit(0.0)),
        "slope at 0": float(np.interp(0.0, z, np.gradient(expit(z), z))),
        **_cost_and_accuracy(axes["C"], axes["D"], decoder.learning_curve_),
    }
    note = "Spike counts of 112 neurons under 12 orientations (Ex. 4.3.1) instead of MNIST digits. B is the "
    note += "activation function, not a loss. Test data are normalised with the training mean."
    if not data:
        recordings.mark_surrogate(picture)
        note = f"{recordings.SURROGATE} {note}"
    return Figure(picture, numbers, note)


@figure("4.3-digits", "Perceptron that reads digits", also=("digits",))
def perceptron_on_digits(seed: int = 6) -> Figure:
    """Draw cost and accuracy of a perceptron on small handwritten digits, what it reads, and its weights."""
    split = rb.learning.load_digits(seed=seed)
    scaler = rb.learning.Standardizer().fit(split.x)
    x, x_test = scaler.transform(split.x), scaler.transform(split.x_test)
    decoder = rb.learning.Perceptron(rate=0.01, epochs=10, seed=seed).fit(x, split.y, x_test, split.y_test)
    read = decoder.predict(x_test)
    picture, axes = panels("AC;BD", (9.5, 5.4))
    misread, right = np.flatnonzero(read != split.y_test), np.flatnonzero(read == split.y_test)
    shown = np.append(misread[:2], right)[:10]
    shades = [EXCITATORY if index in misread else BLACK for index in shown]
    names = [f"{read[k]}, not {split.y_test[k]}" if k in misread else str(read[k]) for k in shown]
    _gallery(axes["A"], split.x_test[shown], names, shades, cmap="gray_r", vmin=0, vmax=16)
    top = float(np.abs(decoder.weights_).max())
    _gallery(axes["B"], decoder.weights_, list("0123456789"), [BLACK] * 10, cmap="gray_r", vmin=-top, vmax=top)
    axes["A"].set_title("test digits, and what is read")
    axes["B"].set_title("weights to each output")
    numbers = {
        "samples": (len(split.x), len(split.x_test)),
        **_cost_and_accuracy(axes["C"], axes["D"], decoder.learning_curve_),
        "misread": int(misread.size),
    }
    note = "The 1797 digits of 8 × 8 pixels that come with scikit-learn, a fifth held back, instead of MNIST. Test "
    note += "data are normalised with the training mean. B: black excites, white inhibits."
    return Figure(picture, numbers, note)


def _gallery(ax: Axes, images: np.ndarray, names: list[str], shades: list[str], **options: Any) -> None:
    """Show ten images of 8 × 8 pixels in two rows, each with its name above."""
    canvas = np.full((22, 48), np.nan)
    for k, (image, name, shade) in enumerate(zip(images, names, shades, strict=True)):
        top, left = 11 * (k // 5) + 3, 10 * (k % 5)
        canvas[top : top + 8, left : left + 8] = image.reshape(8, 8)
        ax.text(left + 3.5, top - 1.8, name, ha="center", va="center", color=shade, fontweight="bold")
    ax.imshow(canvas, **options)
    ax.set_axis_off()


def _cost_and_accuracy(cost: Axes, accuracy: Axes, curve: rb.learning.LearningCurve) -> dict[str, float]:
    """Draw both against epochs, and return their last values."""
    numbers: dict[str, float] = {}
    for ax, of in ((cost, "loss"), (accuracy, "accuracy")):
        train, test = rb.plot.learning_curve(curve, of=of, ax=ax)
        train.set(color=EXCITATORY, marker="o")
        test.set(color=INHIBITORY, marker="s", linestyle="--")
        ax.legend(loc="center right")
        numbers |= {
            name: float(np.asarray(line.get_ydata())[-1])
            for name, line in ((f"train {of}", train), (f"test {of}", test))
        }
    numbers["test accuracy after one epoch"] = float(np.asarray(test.get_ydata())[1])
    return numbers
