"""From a spiking network to its mean field: W and X of eqs (3.5)–(3.8), read off the network itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.rates import Interpolated, RateNetwork
from rheobase.rates.curves import CurveLike
from rheobase.theory.conductance_field import conducts, field_of, linear_inputs
from rheobase.theory.mean_inputs import mean_inputs
from rheobase.theory.measured import measured
from rheobase.theory.membranes import average
from rheobase.theory.own_spectra import settled
from rheobase.theory.self_consistent import SelfConsistentField


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
        Its sources are homogeneous Poisson processes. Conductances are those of the self-consistent state, of LIF, EIF
        or QIF neurons: W and X are then currents of the effective leak at the effective resting potentials.
    f : f-I curve, "self-consistent" or "measured", optional
        From mean input (mV) to rate (Hz). ``"self-consistent"`` gives each population the f-I theory of its own neuron
        model (LIF, EIF, QIF or AdEx) in the noise of the network's self-consistent state (see `self_consistent_rates`
        and `ColouredNoise`), whose rates are then a fixed point. ``"measured"`` measures the curves with the engine
        (see `measured`), for neurons of any model. Default: the theory, or else what is measured; the curves say what
        they are. The textbook's fit to its EIF neuron, eq. (3.10), is ``rb.rates.ThresholdLinear()``.
    tau : float or sequence, optional
        Time constants of the rates (ms); the membrane time constants by default.

    Returns
    -------
    RateNetwork
        With the populations' names; W in mV·ms (post × pre), X in mV.

    Raises
    ------
    ValueError
        If a projection is conductance-based and `f` a curve or measured, a source is no steady Poisson process, or
        light is injected.

    Examples
    --------
    >>> mean_field(rb.circuits.cortex(2000)).fixed_points([(0, 100), (0, 100)])[0].u.round(1)
    array([ 7.3, 18.3])
    >>> mean_field(rb.circuits.cortex(2000), rb.rates.ThresholdLinear()).fixed_points([(0, 100)] * 2)[0].u.round(1)
    array([ 6.5, 13.9])
    """
    circuit = Circuit.of(network)
    if tau is not None:
        tau = checks.one_or_each("tau", tau, len(circuit.neurons), above=0)
    own = isinstance(f, str) and checks.choice("f", f, ["self-consistent", "measured"]) == "self-consistent"
    if (f is None or own) and conducts(circuit):
        return _of_conductances(network, tau)
    inputs = mean_inputs(circuit, "a mean field")
    if tau is None:
        tau = [average(p.neuron.parameters.get("tau_m", 10.0)) for p in inputs.populations]
    curves: CurveLike | Sequence[CurveLike]
    if f is None:
        curves = _fitting_curves(network)
    elif own:
        curves = _own_curves(network)
    elif isinstance(f, str):
        curves = measured(network)  # type: ignore[arg-type]
    else:
        curves = f
    X, changing = inputs.X, inputs.changing

    def input_at(t: float) -> np.ndarray:
        return X + [at(t) for at in changing]

    return RateNetwork(inputs.W, input_at if changing else X, curves, tau=tau, names=inputs.names)


def _own_curves(network: Circuit | HasCircuit) -> tuple[Interpolated, ...]:
    """Return the f–I theory of each population's neuron, in the noise of the self-consistent state."""
    theory, state = settled(SelfConsistentField.of(network, alike=True))
    return theory.tabulated_curves(state)


def _of_conductances(network: Circuit | HasCircuit, tau: npt.ArrayLike | None) -> RateNetwork:
    """Return the rate network of currents that does what conductances do near the self-consistent state."""
    theory, state = settled(field_of(network, alike=True))
    frozen = theory.frozen(state)
    W, X = linear_inputs(frozen)
    return RateNetwork(W, X, frozen.tabulated_curves(state), tau=frozen.tau if tau is None else tau, names=frozen.names)


def _fitting_curves(network: Circuit | HasCircuit) -> tuple[Interpolated, ...]:
    """Return the theory of the network's own neurons, or else what the engine measures of them."""
    try:
        return _own_curves(network)
    except ValueError as reason:
        why = reason
    if not isinstance(network, Circuit):
        return measured(network)  # type: ignore[arg-type]
    raise ValueError(
        f"network must be one that can run, not its circuit, where its neurons are to be measured, for there is no "
        f"theory of them here ({why}): give the network, or f"
    ) from None
