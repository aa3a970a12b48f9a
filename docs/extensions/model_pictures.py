"""A picture of any neuron model, without knowing it: rest, then a step of current above its rheobase."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import STYLE
from rheobase.models.neurons import Neuron
from rheobase.plot.palette import BLACK, CYCLE

#: Time step (ms), how long a current is tried (ms), and the decades of currents that are tried one after the other.
DT, TRIED, DECADES = 0.02, 2000.0, ((1e-3, 1e-1), (1e-1, 10.0), (10.0, 1e3), (1e3, 1e5))


@dataclass(frozen=True)
class Response:
    """What a step of current does to a neuron.

    Attributes
    ----------
    threshold : float or None
        The rheobase, see `rheobase_of`; None where no current makes the neuron fire.
    current, start : float
        The step that is drawn, and when it begins (ms).
    times, spikes : ndarray
        In ms.
    states : dict of str to ndarray
        State variables of shape (T,) by name.
    """

    threshold: float | None
    current: float
    start: float
    times: np.ndarray
    spikes: np.ndarray
    states: dict[str, np.ndarray]


def counts(model: type[Neuron], currents: np.ndarray) -> np.ndarray:
    """Return how often the model fires under steady currents within the time they are tried."""
    net = rb.Network(dt=DT, threads=1)
    net.add(model(I_x=currents), currents.size, name="n")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*ran away")  # where the current is far above what is looked for
        return net.run(TRIED).spikes("n").count()


def rheobase_of(model: type[Neuron], least: int = 3) -> float | None:
    """Return the smallest steady current that makes the model fire `least` times, to a thousandth of it."""
    if counts(model, np.zeros(1))[0] >= least:
        return 0.0
    for low, high in DECADES:
        coarse = np.geomspace(low, high, 81)
        firing = np.flatnonzero(counts(model, coarse) >= least)
        if firing.size:
            first = firing[0]
            fine = np.linspace(coarse[max(first - 1, 0)], coarse[first], 61)
            return float(fine[np.flatnonzero(counts(model, fine) >= least)[0]])
    return None


def respond(model: type[Neuron]) -> Response:
    """Simulate a step to 1.3 times the rheobase for about seven intervals.

    Where the neuron never fires the step goes to 10; where it fires by itself, to what doubles its rate.
    """
    threshold = rheobase_of(model)
    if threshold == 0:
        current = rheobase_of(model, 2 * int(counts(model, np.zeros(1))[0])) or 0.0
    else:
        current = 10.0 if threshold is None else 1.3 * threshold
    interval = 50.0 if threshold is None else TRIED / counts(model, np.array([current]))[0]
    length = DT * max(round(8 * interval / DT), 100)
    start = DT * round(length / 8 / DT)
    net = rb.Network(dt=DT, threads=1)
    n = net.add(model(), 1, name="n")
    net.inject(n, rb.Steps([0.0, start], [0.0, current]))
    variables = [v.name for v in model.model.variables]
    for variable in variables:
        net.record(n, variable)
    res = net.run(length)
    states = {variable: res.states("n", variable).values[:, 0] for variable in variables}
    return Response(threshold, current, start, res.states("n", variables[0]).times, res.spikes("n").times, states)


def picture(model: type[Neuron], response: Response) -> Any:
    """Draw the current, the first state variable with its spikes, and the others where they move."""
    import matplotlib.pyplot as plt

    info = {v.name: v for v in model.model.variables}
    first, *others = response.states
    moving = [name for name in others if np.ptp(response.states[name]) > 0]
    with plt.rc_context({**STYLE, "figure.constrained_layout.use": True}):
        figure, axes = plt.subplots(
            3 if moving else 2,
            1,
            sharex=True,
            figsize=(7, 4.2 if moving else 3.2),
            height_ratios=[1, 4, 2] if moving else [1, 4],
        )
        t = response.times
        axes[0].step([0, response.start, t[-1]], [0, response.current, response.current], where="post", color=BLACK)
        axes[0].set_ylabel("I")
        axes[1].plot(t, response.states[first], color=BLACK, linewidth=1)
        for spike in response.spikes:
            axes[1].plot([spike], [1.04], "|", color=CYCLE[0], transform=axes[1].get_xaxis_transform(), clip_on=False)
        axes[1].set_ylabel(_label(info[first]))
        for k, name in enumerate(moving):
            axes[2].plot(t, response.states[name], color=CYCLE[k], linewidth=1, label=name)
        if moving:
            axes[2].set_ylabel(_label(info[moving[0]]) if len(moving) == 1 else "")
        if len(moving) > 1:
            axes[2].legend(loc="center left", bbox_to_anchor=(1, 0.5))
        axes[-1].set_xlabel("time (ms)")
    plt.close(figure)
    return figure


def _label(variable: Any) -> str:
    return variable.name if variable.unit == "1" else f"{variable.name} ({variable.unit})"
