"""Plasticity that depends on the voltage: how often pairs of spikes come, and where the potential is held."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels, with_spikes
from rheobase.models.equations.neuron import EquationNeuron
from rheobase.models.plasticity import Plasticity
from rheobase.network.population import Population
from rheobase.network.projection import Projection
from rheobase.network.result import Result
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

DT = 0.1
#: Change of the weight that was measured, and its standard error, by lag (ms) and frequency of pairing (Hz): 50 pairs
#: at 0.1 Hz, else 15 bursts of five pairs (Sjöström et al. 2001).
MEASURED = {
    10: {0.1: (-0.04, 0.05), 10: (0.14, 0.1), 20: (0.29, 0.14), 40: (0.53, 0.11), 50: (0.56, 0.26)},
    -10: {0.1: (-0.29, 0.08), 10: (-0.41, 0.11), 20: (-0.34, 0.10), 40: (0.56, 0.32), 50: (0.75, 0.19)},
}


@cache
def cell() -> type[EquationNeuron]:
    """Return the neuron of the paper: adaptation, a depolarisation that follows spikes, a threshold that jumps."""
    return rb.neuron(
        "ClopathCell",
        """
        dV/dt = (g_L*(E_L - V + D*exp((min(V, V_th) - V_T)/D)) - w + z + I)/C_m : mV (unless refractory)
        dw/dt = (a*(V - E_L) - w)/tau_w : pA (unless refractory)
        dz/dt = -z/tau_z : pA (unless refractory)
        dV_T/dt = (V_rest - V_T)/tau_T : mV (unless refractory)
        """,
        threshold="V >= V_th",
        reset="V = V_re; w += b; z = I_sp; V_T = V_max",
        refractory="t_ref",
        parameters={
            **{"C_m": 281, "g_L": 30, "E_L": -70.6, "D": 2, "V_th": 20, "V_re": -49.6, "t_ref": 2},
            **{"a": 4, "tau_w": 144, "b": 80.5, "tau_z": 40, "I_sp": 400},
            **{"V_rest": -50.4, "tau_T": 50, "V_max": 30.4},
        },
        initial={"V": "E_L", "w": 0, "z": 0, "V_T": "V_rest"},
    )


@figure("Clopath 2010", "Voltage-based plasticity", source="published", also=("voltage-based plasticity",))
def voltage_plasticity() -> Figure:
    """Pair spikes at several frequencies, and hold the post neuron at several potentials."""
    picture, axes = panels("ABC", (11.0, 3.6))
    numbers: dict[str, Any] = {}
    for lag, colour, name in ((10, EXCITATORY, "pre first"), (-10, INHIBITORY, "post first")):
        measured, mean, error = np.array([[f, *value] for f, value in MEASURED[lag].items()]).T
        frequencies = np.array([0.1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
        change = pairing(frequencies, lag)
        axes["A"].errorbar(measured, mean, error, fmt="o", color=colour, markersize=4, capsize=2)
        axes["A"].plot(frequencies, change, color=colour, label=name)
        numbers[name] = change[np.isin(frequencies, measured)]
    axes["A"].axhline(0, color=BLACK, linestyle=":", linewidth=1)
    axes["A"].set(xlabel="frequency of pairs (Hz)", ylabel="relative change of the weight")
    axes["A"].legend(title="10 ms apart")
    _draw_bursts(axes["B"])
    V = np.linspace(-80, -30, 26)
    change = clamped(V)
    axes["C"].plot(V, change, "o", color=EXCITATORY, markersize=4)
    axes["C"].plot(V, clamped_in_theory(V), color=BLACK)
    axes["C"].axhline(0, color=BLACK, linestyle=":", linewidth=1)
    axes["C"].set(xlabel="potential of the post neuron (mV)", ylabel="change of the weight per s")
    numbers |= {"potentials": V, "clamped": change}
    note = "A: model (lines) and measurements of Sjöström et al. 2001 (dots, with standard errors). "
    note += "C: simulated (dots) and in closed form (line), with input spikes at 25 Hz and the potential held."
    return Figure(picture, numbers, note)


def _draw_bursts(ax: Axes) -> None:
    """Draw the potential that the rule filters, in bursts of five spikes."""
    for frequency, colour in ((10, EXTERNAL), (50, BLACK)):
        times = np.round(20 + np.arange(5) * 1e3 / frequency, 1)
        _, res = driven([times], [times], rb.ClopathSTDP(), 500, record=("V",))
        trace = res.states("cells", "V")
        ax.plot(
            trace.times, with_spikes(trace.times, trace.values[:, 0], times, 33), color=colour, label=f"{frequency} Hz"
        )
    for value, name in ((rb.ClopathSTDP().theta_minus, "$\\theta_-$"), (rb.ClopathSTDP().theta_plus, "$\\theta_+$")):
        ax.axhline(value, color=INHIBITORY, linestyle=":", linewidth=1)
        ax.annotate(name, (500, value), xytext=(-2, 2), textcoords="offset points", ha="right", color=INHIBITORY)
    ax.set(xlabel="time (ms)", ylabel="V (mV)", xlim=(0, 500))
    ax.legend(title="five spikes")


def pairing(frequencies: np.ndarray, lag: float) -> np.ndarray:
    """Return the relative change of weights by pairs of spikes at each frequency (Hz)."""
    post = [np.round(100 + np.arange(1 if f < 1 else 5) * 1e3 / f, 1) for f in frequencies]
    plastic, _ = driven([times - lag for times in post], post, rb.ClopathSTDP(), max(map(np.max, post)) + 50)
    repeats = np.where(frequencies < 1, 50, 15)
    return repeats * (plastic.connections()["weight"] - 0.5) / 0.5


def driven(
    pre: list[np.ndarray], post: list[np.ndarray], rule: Plasticity, duration: float, record: tuple[str, ...] = ()
) -> tuple[Projection, Result]:
    """Run pairs of neurons that spike at given times; a strong kick makes post neurons fire."""
    net, n = rb.Network(dt=DT, threads=1), len(pre)
    source = net.add(rb.Trains([times - DT for times in pre]), n, name="pre")
    cells = kicked(net, post)
    synapse = rb.Exponential(tau=3, label="plastic")
    plastic = net.connect(source, cells, rb.OneToOne(), weight=0.5, synapse=synapse, delay=DT, plasticity=rule)
    for variable in record:
        net.record(cells, variable)
    return plastic, net.run(duration)


def kicked(net: rb.Network, times: list[np.ndarray]) -> Population:
    """Add one cell per array of times, at which it spikes."""
    kick = net.add(rb.Trains([t - DT for t in times]), len(times), name="kick")
    cells = net.add(cell()(), len(times), name="cells")
    net.connect(kick, cells, rb.OneToOne(), weight=150, synapse=rb.Delta(), delay=DT)
    return cells


def clamped(V: np.ndarray, rate: float = 25.0, duration: float = 2000.0) -> np.ndarray:
    """Return the change of weights per second by regular input spikes (Hz), with post neurons held at potentials."""
    net = rb.Network(dt=DT, threads=1)
    pre = net.add(rb.Trains([np.arange(200, duration, 1e3 / rate)]), 1, name="pre")
    post = net.add(rb.LeakyIntegrator(E_L=V), V.size, name="post", V=V)
    rule = rb.ClopathSTDP(w_min=-10, w_max=10)
    plastic = net.connect(pre, post, rb.AllToAll(), weight=1e-6, synapse=rb.Exponential(tau=3), plasticity=rule)
    net.run(200 + duration)
    n = (duration - 200) * rate / 1e3
    return (plastic.connections()["weight"] - 1e-6) / n * rate


def clamped_in_theory(V: np.ndarray, rate: float = 25.0) -> np.ndarray:
    """Return the same in closed form: each spike takes its share, and its trace has the integral 1."""
    p = rb.ClopathSTDP()
    above = np.maximum(V - p.theta_minus, 0)
    return rate * above * (p.A_LTP * np.maximum(V - p.theta_plus, 0) - p.A_LTD)
