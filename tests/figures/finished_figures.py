"""What holds of every figure of the book and its notebooks."""

import numpy as np

from rheobase.figures.panels import shows_tick_labels


def assert_labelled_and_drawn_on(figure):
    for value in figure.numbers.values():
        assert np.all(np.isfinite(np.asarray(value, dtype=complex)))
    figure.picture.draw_without_rendering()
    for ax in figure.picture.axes:
        assert ax.has_data() or ax.texts
        if ax.axison and shows_tick_labels(ax):
            assert ax.get_xlabel()
