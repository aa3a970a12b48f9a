"""How a diagram is drawn: circles, curved arrows, loops, and what comes from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rheobase.plot.diagram.parts import Arrow, Diagram, Node
from rheobase.plot.diagram.places import POPULATION, SPACING, circles, radius
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

#: Between an arrow's tip and the circle it points at.
GAP = 0.035
#: Of heads: length and half of the width of a triangle, thickness and half of the width of a bar, radius of a circle.
HEAD, HALF_WIDTH, BAR, HALF_BAR, RING = 0.15, 0.065, 0.05, 0.11, 0.055
#: Around everything that is drawn.
MARGIN = 0.12
#: How much smaller heads are between single neurons.
SMALL = 0.6
#: How much arrows that would meet another, or a circle, are bent: distance from the chord relative to its length.
BENDS = (0.0, 0.16, -0.16, 0.32, -0.32, 0.5, -0.5)
#: Widths of lines in points: of unknown strength, and of the weakest and the strongest.
WIDTH, THIN, THICK = 1.4, 0.8, 2.0
#: Of names of external populations, whose own grey is too pale to read.
DARK_GREY = "#606060"


class Drawing:
    """A diagram on its way to the axes."""

    def __init__(self, diagram: Diagram, places: dict[str, np.ndarray]) -> None:
        self.diagram = diagram
        self.places = places
        self.nodes = {node.name: node for node in diagram.nodes}
        self.circles: list[Patch] = []
        self.lines: list[Patch] = []
        self.heads: list[Patch] = []
        self._texts: list[tuple[np.ndarray, str, str, float]] = []  # where, what, colour, width it may take
        self._taken: dict[str, list[float]] = {name: [] for name in self.nodes}
        self._strongest = max((arrow.strength for arrow in diagram.arrows), default=0.0)

    def draw(self, axes: Axes) -> None:
        """Draw everything and fit the axes around it."""
        for node in self.diagram.nodes:
            self._node(node)
        self._directions()
        drawn: Counter[tuple[str, str]] = Counter()
        for arrow in self.diagram.arrows:
            if arrow.pre == arrow.post:
                self._loop(arrow)
            else:
                self._arrow(arrow, drawn[arrow.pre, arrow.post])
            drawn[arrow.pre, arrow.post] += 1
        for entry in self.diagram.entries:
            self._entry(entry.post, entry.sign, entry.text)
        for patch in (*self.lines, *self.heads, *self.circles):
            axes.add_patch(patch)
        self._fit(axes)
        self._write(axes)

    def _node(self, node: Node) -> None:
        from matplotlib.colors import to_rgb
        from matplotlib.patches import Circle

        tint = tuple(0.88 + 0.12 * np.array(to_rgb(node.colour)))
        ink = DARK_GREY if node.colour == EXTERNAL else node.colour
        centres, r = circles(node, self.places[node.name]), radius(node)
        for x, y in centres:
            self.circles.append(Circle((x, y), r, facecolor=tint, edgecolor=node.colour, linewidth=1.8, zorder=3))
        centre = self.places[node.name]
        if node.each:
            above = centres[0] + np.array([0.0, r + 0.16])
            self._texts.append((above, node.name, ink, 2 * POPULATION))
            if node.circles < node.n:
                self._texts.append((centres[-1] - np.array([0.0, r + 0.16]), "⋮", ink, POPULATION))
        elif node.n == 1:
            self._texts.append((centre, node.name, ink, 1.6 * r))
        else:
            self._texts.append((centre + np.array([0.0, 0.07]), node.name, ink, 1.6 * r))
            self._texts.append((centre - np.array([0.0, 0.13]), str(node.n), ink, 1.0 * r))

    def _directions(self) -> None:
        """Note in which directions the arrows to other populations leave and arrive."""
        for arrow in self.diagram.arrows:
            if arrow.pre != arrow.post:
                way = self.places[arrow.post] - self.places[arrow.pre]
                self._taken[arrow.pre].append(float(np.arctan2(way[1], way[0])))
                self._taken[arrow.post].append(float(np.arctan2(-way[1], -way[0])))

    def _free(self, name: str) -> float:
        """Return the direction (rad) at a population with most room, rather away from the others."""
        middle = np.mean(list(self.places.values()), axis=0)
        out = self.places[name] - middle
        candidates = np.pi / 2 - np.arange(0, 2 * np.pi, np.pi / 12)
        taken = np.array(self._taken[name])
        room = np.full(candidates.size, np.pi)
        if taken.size:
            apart = np.abs((candidates[:, None] - taken + np.pi) % (2 * np.pi) - np.pi)
            room = apart.min(axis=1)
        outwards = np.cos(candidates - np.arctan2(out[1], out[0])) if np.hypot(*out) > 1e-9 else np.sin(candidates)
        angle = float(candidates[np.argmax(np.minimum(room, 1.3) + 0.5 * outwards)])
        self._taken[name].append(angle)
        return angle

    def _arrow(self, arrow: Arrow, before: int) -> None:
        """Draw an arrow between each two circles of two populations; `before` is how many stand there already."""
        pre, post = self.nodes[arrow.pre], self.nodes[arrow.post]
        back = any(other.pre == arrow.post and other.post == arrow.pre for other in self.diagram.arrows)
        starts, ends = circles(pre, self.places[pre.name]), circles(post, self.places[post.name])
        single = len(starts) * len(ends) == 1
        for a in starts:
            for b in ends:
                bend = self._bend(arrow, a, b, (0.14 if back else 0.0) + 0.16 * before) if single else 0.0
                self._curve(a, b, bend, arrow, single)

    def _bend(self, arrow: Arrow, a: np.ndarray, b: np.ndarray, least: float) -> float:
        """Return the smallest bend at which the arrow passes by all other populations."""
        others = [
            (centre, radius(node))
            for node in self.diagram.nodes
            if node.name not in (arrow.pre, arrow.post)
            for centre in circles(node, self.places[node.name])
        ]
        bends = [least + bend for bend in BENDS]
        for bend in bends:
            points = _bezier(_through(a, b, bend), np.linspace(0, 1, 33))
            if all(np.hypot(*(points - centre).T).min() > r + 0.06 for centre, r in others):
                return bend
        return bends[0]

    def _curve(self, a: np.ndarray, b: np.ndarray, bend: float, arrow: Arrow, single: bool) -> None:
        control = _through(a, b, bend)[1]
        towards_a, towards_b = _unit(control - a), _unit(control - b)
        start = a + radius(self.nodes[arrow.pre]) * towards_a
        tip = b + (radius(self.nodes[arrow.post]) + GAP) * towards_b
        if single:
            end = self._head(tip, towards_b, arrow.sign)
        else:
            end = self._head(tip, towards_b, arrow.sign, SMALL) if arrow.sign else tip
        self._line(np.array([start, control, end]), arrow, self._width(arrow) if single else THIN)

    def _loop(self, arrow: Arrow) -> None:
        """Draw the arrow of a population to itself."""
        node, centre = self.nodes[arrow.pre], self.places[arrow.pre]
        angle = self._free(arrow.pre)
        r = 0.5 * SPACING * (node.circles - 1) + radius(node)
        out, aside = (np.array([np.cos(angle + turn), np.sin(angle + turn)]) for turn in (0.5, -0.5))
        tip = centre + (r + GAP) * aside
        start = centre + r * out
        reach = (r + 0.62) / r
        controls = [centre + r * reach * _turned(angle, turn) for turn in (0.62, -0.62)]
        direction = _unit(controls[1] - tip)
        end = self._head(tip, direction, arrow.sign)
        self._line(np.array([start, controls[0], controls[1], end]), arrow, self._width(arrow))

    def _entry(self, post: str, sign: int, text: str) -> None:
        """Draw a short arrow from outside, with its name at the tail."""
        node, angle = self.nodes[post], self._free(post)
        direction = np.array([np.cos(angle), np.sin(angle)])
        r = 0.5 * SPACING * (node.circles - 1) + radius(node)
        tip = self.places[post] + (r + GAP) * direction
        tail = tip + 0.42 * direction
        end = self._head(tip, direction, sign)
        self._line(np.array([tail, 0.5 * (tail + end), end]), Arrow("", post, sign), WIDTH)
        self._texts.append((tail + np.array([0.26, 0.13]) * direction, text, sign_colour(sign), 2 * POPULATION))

    def _width(self, arrow: Arrow) -> float:
        if not arrow.strength:
            return WIDTH
        return THIN + (THICK - THIN) * float(np.sqrt(arrow.strength / self._strongest))

    def _line(self, points: np.ndarray, arrow: Arrow, width: float) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        codes = [Path.MOVETO] + [Path.CURVE3 if len(points) == 3 else Path.CURVE4] * (len(points) - 1)
        style = (0, (3, 1.5)) if arrow.plastic else "-"
        line = PathPatch(
            Path(points, codes),
            fill=False,
            edgecolor=sign_colour(arrow.sign),
            linewidth=width,
            linestyle=style,
            capstyle="butt",
            zorder=2,
        )
        self.lines.append(line)

    def _head(self, tip: np.ndarray, direction: np.ndarray, sign: int, scale: float = 1.0) -> np.ndarray:
        """Draw a triangle for excitation, a bar for inhibition, an open circle for both; return where the line ends."""
        from matplotlib.patches import Circle, Polygon

        along, aside = scale * direction, scale * np.array([-direction[1], direction[0]])
        colour = sign_colour(sign)
        if sign == 0:
            x, y = tip + RING * along
            ring = Circle((x, y), scale * RING, facecolor="white", edgecolor=colour, linewidth=WIDTH, zorder=4)
            self.heads.append(ring)
            return tip + 2 * RING * along
        back, near, far = (HEAD, 0.0, HALF_WIDTH) if sign > 0 else (BAR, HALF_BAR, HALF_BAR)
        base = tip + back * along
        corners = [tip + near * aside, base + far * aside, base - far * aside, tip - near * aside]
        self.heads.append(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=4))
        return tip + 0.8 * back * along

    def _fit(self, axes: Axes) -> None:
        """Set the limits around all that was drawn, and the same scale along both axes."""
        corners = [_outline(patch) for patch in (*self.circles, *self.lines, *self.heads)]
        corners += [np.array([at - extent, at + extent]) for at, extent in self._written()]
        if not corners:
            return
        points = np.concatenate(corners)
        axes.set(aspect="equal", adjustable="datalim")
        axes.margins(0)
        axes.update_datalim([points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN])
        axes.autoscale_view()

    def _written(self) -> Iterable[tuple[np.ndarray, np.ndarray]]:
        """Yield the centre of each name and half of its width and height."""
        for where, text, _, width in self._texts:
            yield where, np.array([0.5 * min(width, 0.14 * len(text)), 0.12])

    def _write(self, axes: Axes) -> None:
        """Write all names as large as fits into their circles, at most as large as other text."""
        from rheobase.plot.diagram.fitted_text import FittedText

        for (x, y), text, colour, room in self._texts:
            axes.add_artist(FittedText(x, y, text, room, ha="center", va="center", color=colour, zorder=5))


def sign_colour(sign: int) -> str:
    """Return the colour of what excites, inhibits, or does both."""
    return EXCITATORY if sign > 0 else INHIBITORY if sign < 0 else BLACK


def _through(a: np.ndarray, b: np.ndarray, bend: float) -> np.ndarray:
    """Return the control points of a quadratic curve from a to b, shape (3, 2)."""
    along = b - a
    return np.array([a, 0.5 * (a + b) + 2 * bend * np.array([-along[1], along[0]]), b])


def _bezier(points: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return points of a quadratic or cubic curve at the parameters t, shape (T, 2)."""
    while len(points) > 1:
        points = np.asarray([(1 - t)[:, None] * p + t[:, None] * q for p, q in pairwise(points)])
    return points[0]


def _outline(patch: Patch) -> np.ndarray:
    """Return the corners of what a patch covers, shape (2, 2)."""
    return patch.get_path().get_extents(patch.get_patch_transform()).get_points()


def _turned(angle: float, turn: float) -> np.ndarray:
    return np.array([np.cos(angle + turn), np.sin(angle + turn)])


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.hypot(*vector)
