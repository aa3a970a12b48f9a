"""A circuit drawn as its populations and the arrows between them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase.models.circuit import Circuit, Connections
from rheobase.models.neurons import Neuron
from rheobase.plot.canvas import axes_or_new
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.patches import Patch

#: Radius of a population, where neighbours on the ring are at least 1 apart.
RADIUS = 0.3


@dataclass(frozen=True)
class Arrow:
    """Spikes from one population to another; `sign` is that of what they do."""

    pre: str
    post: str
    sign: float
    plastic: bool = False


def circuit(network: Any, *, ax: Any = None) -> "list[Patch]":
    """Draw populations as circles and projections as arrows, excitation pointed and inhibition blunt.

    Sources and Poisson drive are grey; plastic projections are dashed.

    Parameters
    ----------
    network : Network or Circuit
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    list of Patch
        A circle per population, then the arrows.

    Examples
    --------
    >>> patches = rb.plot.circuit(rb.circuits.cortex(1000))
    """
    described = Circuit.of(network)
    axes = axes_or_new(ax)
    arrows = [_arrow(described, q) for q in described.projections]
    arrows += [Arrow(f"drive of {d.post}", d.post, d.weight) for d in described.drives]
    places = _places(described)
    patches = [_circle(axes, name, places[name], _colour(described, arrows, name)) for name in places]
    for arrow in arrows:
        patches.append(_drawn(axes, places, arrow))
    axes.set(aspect="equal")
    axes.axis("off")
    axes.autoscale_view()
    return patches


def _arrow(described: Circuit, projection: Connections) -> Arrow:
    """Return a projection's arrow; a conductance excites if its reversal potential lies above the leak's."""
    sign, reversal = projection.mean_weight, projection.synapse.reversal
    if reversal is not None:
        rest = described[projection.post].neuron.parameters.get("E_L", -65.0)
        sign *= reversal - (float(np.mean(rest)) if not hasattr(rest, "mean_value") else rest.mean_value())
    return Arrow(projection.pre, projection.post, float(sign), projection.plasticity is not None)


def _places(described: Circuit) -> dict[str, np.ndarray]:
    """Return where each population lies: neurons on a ring, what only sends in a row above."""
    neurons = [p.name for p in described.neurons]
    senders = [p.name for p in described.populations if not isinstance(p.model, Neuron)]
    senders += list(dict.fromkeys(f"drive of {d.post}" for d in described.drives))
    n = len(neurons)
    ring = max(0.6, 0.5 / np.sin(np.pi / n)) if n > 1 else 0.0
    places = {}
    for k, name in enumerate(neurons):
        angle = np.pi - 2 * np.pi * k / n
        places[name] = ring * np.array([np.cos(angle), np.sin(angle)])
    for k, name in enumerate(senders):
        places[name] = np.array([1.2 * (k - 0.5 * (len(senders) - 1)), ring + 1.2])
    return places


def _colour(described: Circuit, arrows: list[Arrow], name: str) -> str:
    """Return the colour of a population by what its spikes do."""
    if name not in [p.name for p in described.neurons]:
        return EXTERNAL
    signs = [arrow.sign for arrow in arrows if arrow.pre == name]
    return _sign_colour(sum(signs)) if signs else BLACK


def _sign_colour(sign: float) -> str:
    return EXCITATORY if sign > 0 else INHIBITORY if sign < 0 else BLACK


def _circle(axes: Any, name: str, place: np.ndarray, colour: str) -> "Patch":
    from matplotlib.patches import Circle

    patch = Circle((float(place[0]), float(place[1])), RADIUS, facecolor="white", edgecolor=colour, linewidth=2)
    axes.add_patch(patch)
    label = name.replace("drive of ", "drive\n")
    axes.text(*place, label, ha="center", va="center", color=colour, fontsize="small")
    return patch


def _drawn(axes: Any, places: dict[str, np.ndarray], arrow: Arrow) -> "Patch":
    from matplotlib.patches import FancyArrowPatch

    start, end = places[arrow.pre], places[arrow.post]
    if arrow.pre == arrow.post:  # a loop on the side away from the middle
        out = start / np.hypot(*start) if np.hypot(*start) > 0 else np.array([-1.0, 0.0])
        side = np.array([-out[1], out[0]])
        tips = [start + RADIUS * (0.8 * out + s * 0.6 * side) for s in (1, -1)]
        bend = "arc3,rad=-2.2"
    else:
        along = (end - start) / np.hypot(*(end - start))
        side = np.array([-along[1], along[0]])
        tips = [start + RADIUS * (along + 0.3 * side), end - RADIUS * (along - 0.3 * side)]
        bend = "arc3,rad=-0.12"
    style = "-|>" if arrow.sign >= 0 else "|-|,widthA=0,widthB=0.35"
    patch = FancyArrowPatch(
        tuple(tips[0]),
        tuple(tips[1]),
        arrowstyle=style,
        connectionstyle=bend,
        mutation_scale=12,
        shrinkA=1.0,
        shrinkB=1.0,
        linewidth=1.5,
        linestyle="--" if arrow.plastic else "-",
        color=_sign_colour(arrow.sign),
    )
    axes.add_patch(patch)
    return patch
