"""Light on neurons whose membranes hold light-gated channels; see `Network.inject`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rheobase.models.currents import Injection, Steps, TimeSeries
from rheobase.models.host import Host
from rheobase.models.neurons import Neuron


@dataclass(frozen=True, eq=False)
class Light(Injection):
    """Light on neurons with light-gated channels, such as `EIFChR`, that changes while they run.

    From then on the sum of all lights on a population is its state variable L, whatever that was before; the open
    fraction p of the channels follows, tau_ChR p' = -p + L (Rosenbaum, appendix B.1). The L recorded at a time is the
    light of the step that led there.

    Parameters
    ----------
    series : Pulse, Steps or Samples
        From 0, dark, to 1, all channels open in the end; one for all neurons or one per neuron.

    Examples
    --------
    >>> lit = net.add(rb.EIFChR(), 100)
    >>> net.inject(lit, rb.Light(rb.Pulse(t_start=100, t_stop=120, amplitude=0.8)))
    """

    series: TimeSeries
    _imposes: ClassVar[str | None] = "L"

    def __post_init__(self) -> None:
        if not isinstance(self.series, TimeSeries):
            raise TypeError(f"series must be a Pulse, Steps or Samples, got {self.series!r}")
        low, high = self.series._range()
        if low < 0 or high > 1:
            raise ValueError(f"series must lie between 0, dark, and 1, got {low if low < 0 else high:g}")

    def _check(self, neuron: Neuron, n: int, dt: float, others: Sequence[Injection]) -> None:
        """Raise unless the neurons have light-gated channels and all lights together are at most 1."""
        model = neuron.model
        if "L" not in [variable.name for variable in model.variables]:
            raise ValueError(f"post must have light-gated channels, as rb.EIFChR() has, got neurons of {model.name}")
        lights = [light for light in [*others, self] if isinstance(light, Light)]
        _check_sum([light.series._on_grid(dt, n) for light in lights], dt)

    def _to_chosen(self, neurons: np.ndarray, n: int, dt: float) -> Light:
        """Return a light on all neurons of a population that leaves those in the dark that are not chosen."""
        steps, values = self.series._on_grid(dt, len(neurons))
        widened = np.zeros((len(values), n))
        widened[:, neurons] = values
        return Light(Steps(steps * dt, widened))

    def _enter(self, host: Host, population: int, n: int, neurons: np.ndarray, place: int, id: int) -> None:
        """Let the light shine on a population of neurons."""
        steps, values = self.series._on_grid(host.dt, n)
        host.engine.impose_series(
            population=population, variable="L", place=place, steps=steps, values=values, width=values.shape[1]
        )


def _check_sum(lights: list[tuple[np.ndarray, np.ndarray]], dt: float) -> None:
    """Raise unless lights, as (steps, values), add up to at most 1 at all times."""
    changes = np.unique(np.concatenate([steps for steps, _ in lights]))
    total = np.zeros((len(changes), 1))
    for steps, values in lights:
        last = np.searchsorted(steps, changes, side="right") - 1
        total = total + np.where(last[:, None] < 0, 0.0, values[last])
    brightest = total.max(axis=1, initial=0.0)
    if brightest.max() > 1 + 1e-12:
        when = changes[np.argmax(brightest)] * dt
        raise ValueError(f"lights on a population must add up to at most 1, got {brightest.max():g} at t = {when:g} ms")
