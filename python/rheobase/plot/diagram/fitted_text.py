"""Text that fits into a place of the axes, whatever size these have when they are drawn."""

from __future__ import annotations

from matplotlib import rcParams
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Text

#: Width and height of a letter relative to the size of its font.
WIDTH, HEIGHT = 0.62, 0.75


class FittedText(Text):
    """Text at x, y that is at most `room` wide and high, in the units of the axes, and at most as large as titles."""

    def __init__(self, x: float, y: float, text: str, room: float, **options: object) -> None:
        super().__init__(x, y, text, clip_on=False, **options)  # type: ignore[arg-type]
        self.room = room
        self.letters = len(text.translate({ord(mark): None for mark in "${}_"}))
        self.max_size = 1.2 * rcParams["font.size"]

    def draw(self, renderer: RendererBase) -> None:
        """Choose the size of the font and draw."""
        assert self.axes is not None
        (x0, _), (x1, _) = self.axes.transData.transform([(0.0, 0.0), (self.room, 0.0)])
        points = abs(x1 - x0) / renderer.points_to_pixels(1.0)
        self.set_fontsize(min(self.max_size, 0.85 * points / (WIDTH * self.letters), HEIGHT * points))
        super().draw(renderer)
