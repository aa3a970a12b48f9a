"""A circuit drawn as its populations and the arrows between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.diagram.drawing import Drawing
from rheobase.plot.diagram.places import places as centres
from rheobase.plot.diagram.reading import Circles, Drawable, diagram_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch


def circuit(
    network: Drawable,
    *,
    neurons: Circles = None,
    places: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
    **style: object,
) -> list[Patch]:
    """Draw populations as circles and projections as arrows.

    Excitation ends in a triangle and inhibition in a bar; where weights of both signs occur the end is an open
    circle. Plastic projections are dashed, stronger ones (weight times in-degree) thicker. Populations are coloured by
    their role, and carry their name and number of neurons. Poisson drive, injected currents and light come from outside
    as short arrows.

    Parameters
    ----------
    network : Network, Circuit, RateNetwork, Reservoir or Perceptron
        A perceptron must have been fitted.
    neurons : int or mapping of str to int, optional
        Draw at most so many neurons of each population, or of those that are named, as circles of their own. By
        default every population is one circle.
    places : mapping of str to (float, float), optional
        Centres of populations that shall not lie where spikes running from left to right put them; a circle has a
        radius of 0.3.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Patch
        The circles, the lines of the arrows, and their heads.

    Raises
    ------
    ValueError
        If `neurons` or `places` name a population that is not there, or a perceptron was not fitted.

    Examples
    --------
    >>> patches = rb.plot.circuit(rb.circuits.cortex(1000))
    """
    diagram = diagram_of(network, neurons)
    drawing = Drawing(diagram, centres(diagram, places))
    axes = axes_or_new(ax)
    axes.axis("off")
    drawing.draw(axes)
    return styled([*drawing.circles, *drawing.lines, *drawing.heads], style)
