"""Figures of appendix B.9: surround suppression, with more inhibition or with less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: When which stimuli are on: start and end (ms), and whether the surround is there besides the centre.
STIMULI = {"centre": (500, 1000, False), "centre and surround": (2000, 2500, True)}


@figure("SurroundSuppression 1", "Surround suppression, classical model", also=("surround suppression",))
def classical_surround_suppression() -> Figure:
    """Draw the rate of the centre's population and its inhibitory input under two stimuli."""
    picture, axes = panels("ABB;ACC", (9.5, 4.5))
    numbers = _respond(rb.rates.classical_suppression, axes["B"], axes["C"])
    places = {"$e_c$": (0.0, 1.0, "centre"), "$e_s$": (2.0, 1.0, "surround"), "$i$": (1.0, 0.0, "")}
    _circuit(axes["A"], places, {("$e_c$", "$i$"): (0.5, -0.5), ("$e_s$", "$i$"): (0.5, -0.5)})
    note = "The surround excites inhibition, and this suppresses the centre: less activity with more inhibition. "
    note += "Self-weights (not drawn) are 0.25, 0.25 and 0. Weights have no unit: inputs are in Hz (the source has "
    note += "1/ms)."
    return Figure(picture, numbers, note)


@figure("SurroundSuppression 2", "Surround suppression, inhibition-stabilised model", also=("paradoxical effect",))
def stabilised_surround_suppression() -> Figure:
    """Draw the rate of the excitatory population and its inhibitory input where inhibition stabilises the network."""
    picture, axes = panels("ABB;ACC", (9.5, 4.5))
    numbers = _respond(rb.rates.stabilised_suppression, axes["B"], axes["C"])
    _circuit(
        axes["A"], {"$e$": (0.0, 1.0, "centre"), "$i$": (1.4, 0.0, "centre,\nsurround")}, {("$e$", "$i$"): (5, -4)}
    )
    both = rb.rates.stabilised_suppression(surround=True)
    state = rb.theory.stabilisation(both, numbers["rates, centre and surround"])
    numbers |= {"response": state.response, "inhibition-stabilised": state.inhibition_stabilised}
    note = "The surround excites the inhibitory population, whose rate falls nevertheless (the paradoxical effect): "
    note += "less activity with less inhibition. Self-weights (not drawn) are 2 and −7. Inputs are in Hz (source: "
    note += "1/ms)."
    return Figure(picture, numbers, note)


def _respond(model: Callable[..., rb.rates.RateNetwork], rates: Axes, inhibition: Axes) -> dict[str, Any]:
    """Draw the response to the stimuli and return the steady states under them."""
    dt, T = 0.5, 3000
    t = dt * np.arange(round(T / dt) + 1)
    X = np.zeros((t.size, len(model().names or ())))
    numbers: dict[str, Any] = {}
    for name, (start, stop, surround) in STIMULI.items():
        network = model(surround=surround)
        X[(t >= start) & (t < stop)] = network.external()
        (fixed,) = network.fixed_points([(0, 50)] * X.shape[1])
        currents = rb.theory.input_currents(network, fixed.u)
        numbers |= {f"rates, {name}": fixed.u, f"inhibitory input, {name}": float(currents.inhibitory[0])}
        numbers[f"eigenvalues, {name}"] = fixed.eigenvalues
        for ax, value in ((rates, fixed.u[0]), (inhibition, currents.inhibitory[0])):
            ax.axvspan(start, stop, color="0.8" if surround else "0.93", zorder=0)
            ax.plot([start, stop], [value, value], color=BLACK, linestyle="--", linewidth=1, zorder=3)
        rates.text((start + stop) / 2, 1.02, name, ha="center", transform=rates.get_xaxis_transform())
    result = replace(model(), X=rb.rates.SampledInput(X, dt)).simulate(T, dt)
    inhibitory = np.minimum(model().coupling[0], 0) @ result.rates.T
    rb.plot.traces(t, result.rates[:, 0], ylabel="rate of the centre (Hz)", ax=rates)[0].set_color(EXCITATORY)
    rb.plot.traces(t, inhibitory, ylabel="its inhibitory input (Hz)", ax=inhibition)[0].set_color(INHIBITORY)
    level(rates, 0, style=":")
    level(inhibition, 0, style=":")
    for ax in (rates, inhibition):
        ax.set_xlim(0, T)
    return numbers


def _circuit(
    ax: Axes, places: dict[str, tuple[float, float, str]], weights: dict[tuple[str, str], tuple[float, float]]
) -> None:
    """Draw populations with their stimuli, and for pairs of them the weights there and back."""
    for name, (x, y, stimulus) in places.items():
        shade = INHIBITORY if name == "$i$" else EXCITATORY
        circle = {"boxstyle": "circle,pad=0.5", "facecolor": "1", "edgecolor": shade, "linewidth": 2}
        ax.text(x, y, name, ha="center", va="center", bbox=circle)
        if stimulus:
            outwards = 0.62 if y else -0.62
            arrow = {"arrowstyle": "-|>", "color": BLACK, "shrinkA": 0, "shrinkB": 20, "linewidth": 1.5}
            ax.annotate("", (x, y), (x, y + outwards), arrowprops=arrow)
            ax.text(x, y + 1.05 * outwards, stimulus, ha="center", va="bottom" if y else "top")
    bent = {"shrinkA": 20, "shrinkB": 20, "linewidth": 1.5, "connectionstyle": "arc3,rad=0.2"}
    for (source, target), (there, back) in weights.items():
        (x0, y0, _), (x1, y1, _) = places[source], places[target]
        excites, inhibits = (
            {"arrowstyle": "-|>", "color": EXCITATORY},
            {"arrowstyle": "|-|,widthA=0", "color": INHIBITORY},
        )
        ax.annotate("", (x1, y1), (x0, y0), arrowprops={**bent, **excites})
        ax.annotate("", (x0, y0), (x1, y1), arrowprops={**bent, **inhibits})
        for weight, aside, shade in ((there, 0.36, EXCITATORY), (back, -0.36, INHIBITORY)):
            aside /= np.hypot(x1 - x0, y1 - y0)
            x, y = (x0 + x1) / 2 + aside * (y1 - y0), (y0 + y1) / 2 - aside * (x1 - x0)
            ax.text(x, y, f"{weight:g}", color=shade, ha="center", va="center")
    ax.set(xlim=(-0.8, 2.8), ylim=(-1.2, 2.2))
    ax.set_axis_off()
