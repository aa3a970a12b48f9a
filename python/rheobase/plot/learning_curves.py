"""Pictures of training: learning curves and confusion matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.learning.datasets import labels
from rheobase.learning.training import LearningCurve
from rheobase.plot.canvas import axes_or_new, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D


def learning_curve(curve: LearningCurve, *, of: str = "loss", ax: Axes | None = None, **style: object) -> list[Line2D]:
    """Draw the cost or the accuracy against epochs, training and test.

    Parameters
    ----------
    curve : LearningCurve
        The `learning_curve_` of a trained classifier.
    of : {"loss", "accuracy"}
        What to draw.
    ax : Axes, optional
        Where to draw; a new figure by default.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        The training line, and the test line where there is one.

    Raises
    ------
    ValueError
        If `of` is neither.

    Examples
    --------
    >>> from rheobase.learning import LearningCurve
    >>> lines = learning_curve(LearningCurve(np.array([2.0, 1.0]), np.array([0.1, 0.6])))
    """
    from matplotlib.ticker import MaxNLocator

    checks.instance("curve", curve, LearningCurve, "a LearningCurve")
    checks.choice("of", of, ("loss", "accuracy"))
    train, test = (curve.loss, curve.test_loss) if of == "loss" else (curve.accuracy, curve.test_accuracy)
    ax = axes_or_new(ax)
    lines = ax.plot(train, label="training")
    if test is not None:
        lines += ax.plot(test, label="test")
    ax.set(xlabel="epoch", ylabel=of)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(bottom=0, top=1.02 if of == "accuracy" else None)
    ax.legend(frameon=False)
    return styled(lines, style)


def confusion_matrix(
    counts: npt.ArrayLike, classes: npt.ArrayLike, *, ax: Axes | None = None, **style: object
) -> AxesImage:
    """Draw a confusion matrix with its counts, true classes in rows.

    Parameters
    ----------
    counts : array of int, (classes, classes)
        From `rheobase.learning.confusion_matrix`.
    classes : array, (classes,)
        Labels of rows and columns.
    ax : Axes, optional
        Where to draw; a new figure by default.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    AxesImage
        The image.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Examples
    --------
    >>> image = confusion_matrix([[5, 1], [0, 4]], ["left", "right"])
    """
    kinds = labels("classes", classes)
    matrix = checks.array("counts", counts, dtype=int)
    if matrix.shape != (kinds.size, kinds.size):
        raise ValueError(
            f"counts must have shape {kinds.shape * 2}, a row and a column for each of classes, got {matrix.shape}"
        )
    ax = axes_or_new(ax)
    image = ax.imshow(matrix, cmap="Blues", vmin=0)
    names = [f"{kind:g}" if isinstance(kind, float) else str(kind) for kind in kinds.tolist()]
    ax.set_xticks(range(len(names)), names, rotation=90 if max(map(len, names), default=0) > 2 else 0)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="predicted", ylabel="true")
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            colour = "white" if count > matrix.max() / 2 else "black"
            ax.text(column, row, str(count), ha="center", va="center", color=colour, fontsize="small")
    return styled(image, style)
