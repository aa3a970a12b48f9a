"""Exact firing-rate equations of networks of quadratic integrate-and-fire neurons (Montbrió, Pazó & Roxin 2015).

A neuron is τ x' = x² + η + s(t), where x = (V − V_T)/(2 D) and η is its current above threshold over 2 D. If η has a
Lorentzian distribution of centre η̄ and half-width Δ over neurons, and neurons spike at x = ∞ and start from −∞, then
the rate r and the mean x of infinitely many of them obey exactly

    τ r' = Δ/(π τ) + 2 r v,    τ v' = v² + η̄ + s(t) − (π τ r)²   (Phys Rev X 5, 021028, eqs 12).

Synapses add s = ∑ W u/(2 D), where every kernel is a chain of exponential filters of the rates of its senders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics.solvers import adaptive, rk4
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.values import Brief
from rheobase.progress import LongCall
from rheobase.theory.inputs.injected import InjectedCurrent
from rheobase.theory.inputs.mean_inputs import mean_inputs
from rheobase.theory.mean_fields import exact_conditions as conditions
from rheobase.theory.membranes import average
from rheobase.units import PER_MS

#: Between changes of the currents that are nearer to each other than this part of the fastest time, one step is exact.
_AT_ONCE = 0.02


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
    currents: tuple[InjectedCurrent, ...] = ()

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
            If neurons are of another model, refractory, or differ by more than I_x, if I_x has no Lorentzian
            distribution, such as a normal one, which takes a hundred neurons to be told, or if a synapse is
            conductance-based.

        Warns
        -----
        RuntimeWarning
            If QIF neurons without input from others would fire more than 5 % faster than by the equations, because
            they run from V_re to V_th, if a mean delay between populations is longer than a tenth of a membrane's
            time constant, or if neurons differ by what they receive, or have noise of their own, that is strong next
            to the half-width of the currents. What neurons send is looked at with the rates that they have alone.

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
        conditions.check_delays(circuit)
        conditions.check_injections(circuit)
        targets = inputs.populations
        tau = np.array([average(p.neuron.parameters["tau_m"]) for p in targets])
        scales, thresholds, rheobases = np.transpose([conditions.scale(p.name, p.neuron) for p in targets])
        g_L = np.array([average(p.neuron.parameters.get("g_L", 1.0)) for p in targets])
        medians, half_widths = np.transpose([conditions.spread(p.name, p.neuron.I_x) for p in targets]) / g_L
        centres, half_widths = (medians + inputs.steady - rheobases) / scales, half_widths / scales
        for p, centre, half_width in zip(targets, centres, half_widths, strict=True):
            conditions.check_ends(p.name, p.neuron, centre, half_width)
        conditions.check_noise(circuit, tau, g_L, scales, centres, half_widths)
        changing = inputs.injected if any(current.changes for current in inputs.injected) else ()
        return cls(inputs.names, tau, centres, half_widths, scales, thresholds, inputs.paths, changing)

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
        return replace(self, centres=centres)

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
            current = current + np.array([injected.at(t) for injected in self.currents]) / self.scales
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

    def simulate(
        self, duration: float, dt: float = 0.1, x0: npt.ArrayLike | None = None, *, progress: bool = False
    ) -> ExactRatesResult:
        """Integrate the equations.

        Parameters
        ----------
        duration : float
            ms, a multiple of `dt`.
        dt : float
            Spacing of the times returned, ms.
        x0 : array_like, shape (states,), optional
            State to start from, as from `state`. Default: that of 1 Hz in all populations.
        progress : bool, default False
            Show how far it has come where it takes more than a second.

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
        with LongCall(float(times[-1]), "integrating", progress) as bar:
            u = self._course(start, times, bar.show if progress else None)
        n = len(self.names)
        return ExactRatesResult(times, u[:, :n], self.thresholds + self.scales * u[:, n : 2 * n])

    def _course(
        self, start: np.ndarray, times: np.ndarray, report: Callable[[float], None] | None = None
    ) -> np.ndarray:
        """Return the states at times, shape (K, states): from one change of the currents to the next."""
        changes = np.unique([t for injected in self.currents for at, _ in injected.series for t in at])
        changes = changes[(changes > times[0]) & (changes < times[-1])]
        u = np.empty((len(times), self.states))
        u[0], state = start, start
        for begin, end in pairwise([times[0], *changes, times[-1]]):
            asked = (times > begin) & (times <= end)
            at = np.unique([begin, *times[asked], end])
            found = self._between(state, at, report)
            u[asked], state = found[np.searchsorted(at, times[asked])], found[-1]
        return u

    def _between(self, start: np.ndarray, times: np.ndarray, report: Callable[[float], None] | None) -> np.ndarray:
        """Return the states at times between which no current changes."""
        middle = (times[0] + times[-1]) / 2

        def field(u: np.ndarray, t: float) -> np.ndarray:
            if report is not None:
                report(t)
            return self.field(u, middle)

        n = len(self.names)
        turns = 1 + 2 * np.abs(start[n : 2 * n]) + np.pi * self.tau * PER_MS * np.abs(start[:n])
        fastest = np.min([*(self.tau / turns), *(time for *_, tau in self.synapses for time in tau)])
        solver = rk4 if times[-1] - times[0] < _AT_ONCE * fastest else adaptive
        return solver(field, start, times)
