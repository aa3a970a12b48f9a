"""What injected currents bring to a population on the average over its neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.models.circuit import Circuit
from rheobase.models.currents import OrnsteinUhlenbeck, TimeSeries, WhiteNoise
from rheobase.theory.membranes import average


@dataclass(frozen=True)
class InjectedCurrent:
    """Mean current over the neurons of a population, mV: a steady part and time series, each times (ms) and values."""

    steady: float
    series: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    noisy: bool = False

    @property
    def changes(self) -> bool:
        """Whether it depends on time."""
        return bool(self.series)

    def at(self, t: float) -> float:
        """Return what the time series bring at time `t`, ms; 0 before their first value."""
        found = [(values, int(np.searchsorted(times, t, side="right"))) for times, values in self.series]
        return float(sum(values[k - 1] for values, k in found if k))


def injected_current(circuit: Circuit, population: str) -> InjectedCurrent:
    """Return what is injected into one population, scaled by its leak as I_x is."""
    cells = circuit[population]
    g_L = average(cells.neuron.parameters.get("g_L", 1.0))
    steady, series, noisy = 0.0, [], False
    for current in (injected.current for injected in circuit.injections if injected.post == population):
        if isinstance(current, (WhiteNoise, OrnsteinUhlenbeck)):
            steady += average(current.mean) / g_L
            noisy = True
        elif isinstance(current, TimeSeries):
            steps, values = current._on_grid(circuit.dt, cells.n)
            means = values.mean(axis=1) / g_L
            if steps[0] == 0 and (means == means[0]).all():
                steady += float(means[0])
            else:
                series.append((circuit.dt * steps, means))
        else:
            raise ValueError(f"network must have injected currents only for its theory, {population!r} got {current!r}")
    return InjectedCurrent(steady, tuple(series), noisy)
