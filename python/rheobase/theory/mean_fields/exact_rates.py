"""Exact firing-rate equations of networks of quadratic integrate-and-fire neurons (Montbrió, Pazó & Roxin 2015).

A neuron is τ x' = x² + η + s(t), where x = (V − V_T)/(2 D) and η is its current above threshold over 2 D. If η has a
Lorentzian distribution of centre η̄ and half-width Δ over neurons, and neurons spike at x = ∞ and start from −∞, then
the rate r and the mean x of infinitely many of them obey exactly

    τ r' = Δ/(π τ) + 2 r v,    τ v' = v² + η̄ + s(t) − (π τ r)²   (Phys Rev X 5, 021028, eqs 12).

Synapses add s = ∑ W u/(2 D), where every kernel is a chain of exponential filters of the rates of its senders.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.solvers import adaptive
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.neurons import Neuron
from rheobase.models.values import Brief
from rheobase.theory.inputs.mean_inputs import mean_inputs
from rheobase.theory.membranes import average
from rheobase.units import PER_MS

#: Quantiles of the currents whose rates are compared, and how much faster neurons may fire between their ends.
_CURRENTS, _FASTER = 1000, 0.05

#: Longest delay, in membrane time constants, about which nothing is said.
_LATE = 0.1


def lorentzian(n: int, centre: float, half_width: float) -> np.ndarray:
    """Return currents with a Lorentzian distribution, one per neuron, evenly spread over its quantiles.

    Parameters
    ----------
    n : int
        Number of neurons.
    centre, half_width : float
        Median and half the distance between the quartiles, mV.

    Returns
    -------
    ndarray, shape (n,)
        Increasing, mV.

    Examples
    --------
    >>> lorentzian(3, 10.0, 2.0)
    array([ 8., 10., 12.])
    """
    n = checks.integer("n", n, low=1)
    centre, half_width = checks.number("centre", centre), checks.number("half_width", half_width, low=0)
    checks.memory("n", 8.0 * n)
    k = np.arange(1, n + 1)
    return centre + half_width * np.tan(np.pi / 2 * (2 * k - n - 1) / (n + 1))


@dataclass(frozen=True, eq=False, repr=False)
class ExactRatesResult(Brief):
    """Course of the exact firing-rate equations.

    Attributes
    ----------
    times : ndarray, shape (K,)
        ms.
    rates : ndarray, shape (K, n)
        Hz.
    potentials : ndarray, shape (K, n)
        Mean membrane potentials, mV.
    """

    times: np.ndarray
    rates: np.ndarray
    potentials: np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class ExactRates(Brief):
    """Exact firing-rate equations of a network of QIF or theta neurons with Lorentzian currents.

    The state holds the rates (Hz) and the mean potentials (x, dimensionless) of all populations, then what every
    exponential filter of a synapse holds (Hz). `rheobase.dynamics` takes it as a field: fixed points, continuation,
    limit cycles.

    Attributes
    ----------
    names : tuple of str
        The populations, n of them.
    tau : ndarray, shape (n,)
        Membrane time constants, ms.
    centres, half_widths : ndarray, shape (n,)
        Of the currents above threshold over 2 D, dimensionless.
    scales, thresholds : ndarray, shape (n,)
        2 D and V_T, mV: V is `thresholds` + `scales` x.
    synapses : tuple of (post, pre, weight, tau)
        Places of the populations, weight (mV·ms) times mean in-degree, and the time constants of the filters, ms.
    """

    names: tuple[str, ...]
    tau: np.ndarray
    centres: np.ndarray
    half_widths: np.ndarray
    scales: np.ndarray
    thresholds: np.ndarray
    synapses: tuple[tuple[int, int, float, tuple[float, ...]], ...]
    currents: tuple[Callable[[float], float], ...] = ()

    @classmethod
    def of(cls, network: Circuit | HasCircuit) -> ExactRates:
        """Return the equations of a spiking network, or of its circuit.

        Parameters
        ----------
        network : Network or Circuit
            Of `rb.QIF` without a refractory period, or `rb.ThetaNeuron`, that differ by nothing but their I_x, such as
            from `lorentzian`, whose median and quartiles are taken; current-based synapses; Poisson sources, drive and
            noise count by their means. Delays and the width of delayed kernels are left out. The equations are of
            neurons that run from −∞ to ∞: take V_re and V_th far from V_T on either side, such as 500 D.

        Returns
        -------
        ExactRates

        Raises
        ------
        ValueError
            If neurons are of another model, refractory, or differ by more than I_x, or a synapse is conductance-based.

        Warns
        -----
        RuntimeWarning
            If QIF neurons without input from others would fire more than 5 % faster than by the equations, because
            they run from V_re to V_th, or if a mean delay between populations is longer than a tenth of a membrane's
            time constant.

        Examples
        --------
        >>> net = rb.Network(dt=0.01)
        >>> current = rb.theory.lorentzian(1000, -5.0, 1.0)
        >>> p = net.add(rb.ThetaNeuron(tau_m=10, I_x=current), 1000, name="p")
        >>> net.connect(p, p, rb.AllToAll(), weight=0.15, synapse=rb.Exponential(tau=1.0))
        >>> rb.theory.ExactRates.of(net).names
        ('p',)
        """
        circuit = Circuit.of(network)
        inputs = mean_inputs(circuit, "exact rates")
        _check_delays(circuit)
        targets = inputs.populations
        scales, thresholds, rheobases = np.transpose([_scale(p.name, p.neuron) for p in targets])
        g_L = np.array([average(p.neuron.parameters.get("g_L", 1.0)) for p in targets])
        quartiles = np.array(
            [np.quantile(np.atleast_1d(_given(p.neuron.I_x)), [0.25, 0.5, 0.75], method="weibull") for p in targets]
        )
        quartiles = quartiles / g_L[:, None]
        centres = (quartiles[:, 1] + inputs.steady - rheobases) / scales
        half_widths = (quartiles[:, 2] - quartiles[:, 0]) / 2 / scales
        for p, centre, half_width in zip(targets, centres, half_widths, strict=True):
            _check_ends(p.name, p.neuron, centre, half_width)
        return cls(
            inputs.names,
            np.array([average(p.neuron.parameters["tau_m"]) for p in targets]),
            centres,
            half_widths,
            scales,
            thresholds,
            inputs.paths,
            inputs.changing,
        )

    @property
    def states(self) -> int:
        """Number of variables."""
        return 2 * len(self.names) + sum(len(tau) for *_, tau in self.synapses)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order of the state."""
        n = self.names
        held = [f"rate of {n[pre]} in {n[post]}" for post, pre, _, tau in self.synapses for _ in tau]
        return *(f"rate of {name}" for name in n), *(f"x of {name}" for name in n), *held

    def with_current(self, name: str, current: float) -> ExactRates:
        """Return the equations with another median current, mV above threshold, of one population.

        Examples
        --------
        >>> net = rb.Network(dt=0.01)
        >>> p = net.add(rb.ThetaNeuron(tau_m=10, I_x=rb.theory.lorentzian(100, -5.0, 1.0)), 100, name="p")
        >>> rb.theory.ExactRates.of(net).with_current("p", 2.0).centres
        array([2.])
        """
        k = self.names.index(checks.choice("name", name, self.names))
        centres = self.centres.copy()
        centres[k] = checks.number("current", current, unit="mV") / self.scales[k]
        return ExactRates(
            self.names, self.tau, centres, self.half_widths, self.scales, self.thresholds, self.synapses, self.currents
        )

    def field(self, u: npt.ArrayLike, t: float = 0.0) -> np.ndarray:
        """Return the derivative of the state, per ms.

        Parameters
        ----------
        u : array_like, shape (states,)
        t : float
            Time, ms, of injected currents that change.
        """
        u = checks.reals("u", u, shape=(self.states,))
        n = len(self.names)
        r, v = PER_MS * u[:n], u[n : 2 * n]
        current = self.centres.copy()
        if self.currents:
            current = current + np.array([at(t) for at in self.currents]) / self.scales
        change, at = np.empty(self.states), 2 * n
        for post, pre, weight, tau in self.synapses:
            last = u[pre]
            for k, time in enumerate(tau):
                change[at + k] = (last - u[at + k]) / time
                last = u[at + k]
            at += len(tau)
            current[post] += PER_MS * weight * last / self.scales[post]
        change[:n] = (self.half_widths / (np.pi * self.tau) + 2 * r * v) / self.tau / PER_MS
        change[n : 2 * n] = (v**2 + current - (np.pi * self.tau * r) ** 2) / self.tau
        return change

    def state(self, rates: npt.ArrayLike) -> np.ndarray:
        """Return the state in which rates (Hz) do not change, and filters hold them.

        Parameters
        ----------
        rates : array_like, shape (n,)
            Above 0, Hz.
        """
        r = checks.reals("rates", rates, shape=(len(self.names),), above=0)
        x = -self.half_widths / (2 * np.pi * self.tau * PER_MS * r)
        held = [np.full(len(tau), r[pre]) for _, pre, _, tau in self.synapses]
        return np.concatenate([r, x, *held])

    def simulate(self, duration: float, dt: float = 0.1, x0: npt.ArrayLike | None = None) -> ExactRatesResult:
        """Integrate the equations.

        Parameters
        ----------
        duration : float
            ms, a multiple of `dt`.
        dt : float
            Spacing of the times returned, ms.
        x0 : array_like, shape (states,), optional
            State to start from, as from `state`. Default: that of 1 Hz in all populations.

        Returns
        -------
        ExactRatesResult

        Examples
        --------
        >>> net = rb.Network(dt=0.01)
        >>> p = net.add(rb.ThetaNeuron(tau_m=10, I_x=rb.theory.lorentzian(100, 1.0, 0.1)), 100, name="p")
        >>> rb.theory.ExactRates.of(net).simulate(300).rates[-1].round(1)
        array([31.9])
        """
        dt = checks.number("dt", dt, above=0)
        steps = checks.steps("duration", duration, dt, low=1)
        times = dt * np.arange(steps + 1)
        start = self.state(np.ones(len(self.names))) if x0 is None else checks.reals("x0", x0, shape=(self.states,))
        u = adaptive(self.field, start, times)
        n = len(self.names)
        return ExactRatesResult(times, u[:, :n], self.thresholds + self.scales * u[:, n : 2 * n])


def _given(I_x: object) -> np.ndarray:
    """Return currents that are numbers."""
    try:
        return np.asarray(I_x, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"I_x must be a number or one per neuron for exact rates, such as from lorentzian, got {I_x!r}"
        ) from None


def _check_delays(circuit: Circuit) -> None:
    """Warn where delays between populations are long, next to the membranes that wait."""
    membranes = {p.name: average(p.neuron.parameters["tau_m"]) for p in circuit.neurons}
    late = [(average(q.delay), q) for q in circuit.projections if q.pre in membranes]
    slow = [(delay, q.pre, q.post) for delay, q in late if delay > _LATE * membranes[q.post]]
    if slow:
        delay, pre, post = max(slow)
        warnings.warn(
            f"delays, such as {delay:.3g} ms from {pre!r} to {post!r}, are left out: steady rates do not feel them, "
            "but their stability and the time course of rates do",
            RuntimeWarning,
            stacklevel=3,
        )


def _check_ends(name: str, neuron: Neuron, centre: float, half_width: float) -> None:
    """Warn where V_re and V_th are so near that neurons without input fire much faster than from −∞ to ∞."""
    if neuron.model.name != "QIF":
        return
    p = {key: float(np.mean(_given(neuron.parameters[key]))) for key in ("V_T", "V_re", "V_th", "D")}
    low, high = ((p[end] - p["V_T"]) / (2 * p["D"]) for end in ("V_re", "V_th"))
    share = (np.arange(_CURRENTS) + 0.5) / _CURRENTS
    root = np.sqrt(np.maximum(centre + half_width * np.tan(np.pi * (share - 0.5)), 1e-12))
    fires = root > 1e-6
    # The passage times ∫ dx/(x² + root²), over τ, of those that fire.
    passage = (np.arctan2(high, root) - np.arctan2(low, root))[fires] / root[fires]
    exact, ended = (root[fires] / np.pi).sum(), (1 / passage).sum()
    if ended > (1 + _FASTER) * exact:
        warnings.warn(
            f"V_re and V_th of {name!r} are {-low:.3g} and {high:.3g} times 2 D from V_T, so that neurons without "
            f"input fire {ended / exact - 1:.0%} faster than these equations say, which are exact from -inf to inf",
            RuntimeWarning,
            stacklevel=3,
        )


def _scale(name: str, neuron: Neuron) -> tuple[float, float, float]:
    """Return 2 D, V_T and the least current that makes a neuron fire, mV."""
    model = neuron.model.name
    if model == "ThetaNeuron":
        return 1.0, 0.0, 0.0
    if model != "QIF":
        raise ValueError(f"neurons must be QIF or ThetaNeuron for exact rates, got {name!r} of {model}")
    p = {key: _given(value) for key, value in neuron.parameters.items() if key != "I_x"}
    if any(value.size != 1 for value in p.values()):
        raise ValueError(f"neurons must differ by their I_x alone for exact rates, not those of {name!r}")
    if float(p["t_ref"]) > 0:
        raise ValueError(f"t_ref must be 0 for exact rates, got {float(p['t_ref']):g} for {name!r}")
    return float(2 * p["D"]), float(p["V_T"]), float(p["V_T"] - p["E_L"] - p["D"])
