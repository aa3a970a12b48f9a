"""From a spiking network to its mean field: W and X of eqs (3.5)–(3.8), read off the network itself."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.neurons import Neuron
from rheobase.models.sources import Poisson
from rheobase.rates import Interpolated, RateNetwork, ThresholdLinear
from rheobase.rates.curves import CurveLike
from rheobase.theory.injected import injected_current
from rheobase.theory.membranes import average, weight_area
from rheobase.theory.self_consistent import SelfConsistentField
from rheobase.units import PER_MS


def mean_field(
    network: Circuit | HasCircuit,
    f: CurveLike | Sequence[CurveLike] | str | None = None,
    tau: npt.ArrayLike | None = None,
) -> RateNetwork:
    """Return the rate network of a spiking network: r = f(W r + X), eq. (3.8).

    W holds the weight areas times the mean in-degrees between the neuron populations, X the mean input from sources,
    drive, I_x and injected currents; it is a function of time where these change.

    Parameters
    ----------
    network : Network or Circuit
        Of current-based synapses; its sources are homogeneous Poisson processes.
    f : f-I curve or "self-consistent", optional
        From mean input (mV) to rate (Hz). ``"self-consistent"`` gives each population the f-I theory of its own neuron
        model (LIF, EIF or QIF) in the noise of the network's self-consistent state, as synapses filter it (see
        `self_consistent_rates` and `ColouredNoise`), whose rates are then a fixed point. Default: the
        textbook's threshold-linear fit if all populations are about its EIF neuron, else ``"self-consistent"``; where
        that has no answer, the fit with a warning that says why. The curves say what they are.
    tau : float or sequence, optional
        Time constants of the rates (ms); the membrane time constants by default.

    Returns
    -------
    RateNetwork
        With the populations' names; W in mV·ms (post × pre), X in mV.

    Raises
    ------
    ValueError
        If a projection is conductance-based, a source is no steady Poisson process, or light is injected.

    Examples
    --------
    >>> mean_field(rb.circuits.cortex(2000)).fixed_points([(0, 100), (0, 100)])[0].u.round(1)
    array([ 6.5, 13.9])
    """
    circuit = Circuit.of(network)
    circuit._check_whole()
    targets = circuit.neurons
    if not targets:
        raise ValueError("network must have neurons for a mean field, got none")
    row = {p.name: k for k, p in enumerate(targets)}
    W = np.zeros((len(targets), len(targets)))
    X = np.array([average(p.neuron.I_x) / average(p.neuron.parameters.get("g_L", 1.0)) for p in targets])
    for projection in circuit.projections:
        area = projection.mean_weight * weight_area(projection.synapse, circuit[projection.post].neuron)
        w = circuit.mean_in_degree(projection) * area
        post, pre = row[projection.post], circuit[projection.pre]
        if pre.name in row:
            W[post, row[pre.name]] += w
        elif isinstance(pre.model, Poisson) and pre.model.steady:
            X[post] += PER_MS * w * average(pre.model.rate)
        else:
            raise ValueError(
                f"sources must be steady Poisson processes for a mean field, got {pre.name!r}: {pre.model!r}"
            )
    for drive in circuit.drives:
        area = drive.weight * weight_area(drive.synapse, circuit[drive.post].neuron)
        X[row[drive.post]] += PER_MS * drive.mean_rate * drive.sources * area
    currents = [injected_current(circuit, p.name) for p in targets]
    X += [current.steady for current in currents]
    if tau is None:
        tau = [average(p.neuron.parameters.get("tau_m", 10.0)) for p in targets]
    if isinstance(f, str):
        checks.choice("f", f, ["self-consistent"])
        curves: CurveLike | Sequence[CurveLike] = _own_curves(circuit)
    else:
        curves = _fitting_curves(circuit) if f is None else f

    def input_at(t: float) -> np.ndarray:
        return X + [current.at(t) for current in currents]

    changing = any(current.changes for current in currents)
    return RateNetwork(W, input_at if changing else X, curves, tau=tau, names=tuple(p.name for p in targets))


def _own_curves(circuit: Circuit) -> tuple[Interpolated, ...]:
    """Return the f–I theory of each population's neuron, in the noise of the self-consistent state."""
    theory = SelfConsistentField.of(circuit, alike=True)
    return theory.tabulated_curves(theory.solve())


def _fitting_curves(circuit: Circuit) -> ThresholdLinear | tuple[Interpolated, ...]:
    """Return the textbook's fit for neurons it was made for, else their own theory, else the fit with a warning."""
    unlike = {p.name: difference for p in circuit.neurons if (difference := _difference(p.neuron))}
    if not unlike:
        return ThresholdLinear()
    try:
        return _own_curves(circuit)
    except ValueError as reason:
        shown = "; ".join(f"{name!r} is {difference}" for name, difference in unlike.items())
        warnings.warn(
            f"f is the textbook's fit to its EIF neuron, but population {shown}: give f, for there is no theory of "
            f"these neurons in this network ({reason})",
            stacklevel=3,
        )
    return ThresholdLinear()


#: What the fit of book 2.3 was made for, and what its populations in other chapters have, with some margin.
_TEXTBOOK = {"tau_m": (7.5, 20.0), "D": (1.5, 2.5), "t_ref": (0.0, 2.0), "g_L": (0.999, 1.001)}


def _difference(neuron: Neuron) -> str:
    """Say what keeps a neuron from being about the textbook's EIF; an empty text if nothing does."""
    if neuron.model.name not in ("EIF", "EIFChR"):
        return f"made of {neuron.model.name}"
    values = {
        name: average(neuron.parameters[name])
        for name in (*_TEXTBOOK, "V_T", "E_L", "V_re")
        if name in neuron.parameters
    }
    for name, (low, high) in _TEXTBOOK.items():
        if name in values and not low <= values[name] <= high:
            return f"an EIF with {name} = {values[name]:g}"
    if not 15 <= values["V_T"] - values["E_L"] <= 19:
        return f"an EIF with V_T - E_L = {values['V_T'] - values['E_L']:g} mV (the textbook's: 17)"
    if not -6 <= values["V_re"] - values["E_L"] <= 3:
        return f"an EIF with V_re - E_L = {values['V_re'] - values['E_L']:g} mV (the textbook's: 0 to -3)"
    return ""
