"""From a spiking network to its mean field: W and X of eqs (3.5)–(3.8), read off the network itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.progress import Search
from rheobase.rates import Interpolated, RateNetwork
from rheobase.rates.curves import CurveLike
from rheobase.theory.inputs.mean_inputs import MeanInputs, mean_inputs
from rheobase.theory.mean_fields.conductance_field import field_of, linear_inputs
from rheobase.theory.mean_fields.effective_threshold import EffectiveThreshold, threshold_field
from rheobase.theory.mean_fields.measured import measure
from rheobase.theory.mean_fields.own_spectra import settled
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField
from rheobase.theory.membranes import average

#: W in mV·ms, X in mV, and the f–I curves of a rate network; time constants, ms, where they are not the membranes'.
_Parts = tuple[
    np.ndarray, "np.ndarray | Callable[[float], np.ndarray]", "CurveLike | Sequence[CurveLike]", "np.ndarray | None"
]


def mean_field(
    network: Circuit | HasCircuit,
    f: CurveLike | Sequence[CurveLike | EffectiveThreshold] | EffectiveThreshold | str | None = None,
    tau: npt.ArrayLike | None = None,
    *,
    progress: bool = False,
) -> RateNetwork:
    """Return the rate network of a spiking network: r = f(W r + X), eq. (3.8).

    W holds the weight areas times the mean in-degrees between the neuron populations, X the mean input from sources,
    drive, I_x and injected currents; it is a function of time where these change.

    Parameters
    ----------
    network : Network or Circuit
        Its sources are homogeneous Poisson processes. Conductances are those of the self-consistent state, of LIF, EIF,
        QIF or AdEx neurons: W and X are then currents of the effective leak at the effective resting potentials.
        Those of other neurons are measured: W and X are then the currents over g_L at the mean potentials. Where
        plasticity is short-term W holds the slopes of what arrives in that state, and X what it is beyond them.
    f : f-I curve, EffectiveThreshold, "self-consistent" or "measured", optional
        From mean input (mV) to rate (Hz). ``"self-consistent"`` gives each population the f-I theory of its own neuron
        model (LIF, EIF, QIF or AdEx) in the noise of the network's self-consistent state (see `self_consistent_rates`
        and `ColouredNoise`), whose rates are then a fixed point. ``"measured"`` measures the curves with the engine
        (see `measured`), for neurons of any model. Where neurons of a population differ, by numbers of inputs that are
        drawn by chance, by weights or by currents, the curves are means over neurons in the state; the theory's say by
        how much mean inputs differ. Default: the theory, or else what is measured; the curves say what they are. What
        `effective_thresholds` returns stands for the curves near the steady rates that it leads to, also with
        conductances. The textbook's fit to its EIF neuron, eq. (3.10), is ``rb.rates.ThresholdLinear()``.
    tau : float or sequence, optional
        Time constants of the rates (ms); the membrane time constants by default.
    progress : bool, default False
        Count the steps of the search for the state, and of measuring, where they take more than a second.

    Returns
    -------
    RateNetwork
        With the populations' names; W in mV·ms (post × pre), X in mV.

    Raises
    ------
    ValueError
        If a projection is conductance-based and `f` a curve, a source is no steady Poisson process, or light is
        injected.

    Examples
    --------
    >>> mean_field(rb.circuits.cortex(2000)).fixed_points([(0, 100), (0, 100)])[0].u.round(1)
    array([ 7.2, 17.9])
    >>> mean_field(rb.circuits.cortex(2000), rb.rates.ThresholdLinear()).fixed_points([(0, 100)] * 2)[0].u.round(1)
    array([ 6.5, 13.9])
    """
    circuit = Circuit.of(network)
    if tau is not None:
        tau = checks.one_or_each("tau", tau, len(circuit.neurons), above=0)
    if thresholds := _thresholds(f):
        return threshold_field(circuit, thresholds, tau)
    if isinstance(f, str):
        checks.choice("f", f, ["self-consistent", "measured"])
    membranes = np.array([average(p.neuron.parameters.get("tau_m", 10.0)) for p in circuit.neurons])
    with Search("mean field", progress) as search:
        if f is None:
            parts = _of_theory_or_measured(network, circuit, search)
        elif not isinstance(f, str):
            parts = _of_currents(mean_inputs(circuit, "a mean field"), f)  # type: ignore[arg-type]
        elif f == "measured":
            parts = _of_currents(*measure(network, watch=search.advance))  # type: ignore[arg-type]
        else:
            parts = _of_theory(network, circuit, search)
    W, X, curves, effective = parts
    if tau is None:
        tau = membranes if effective is None else effective
    return RateNetwork(W, X, curves, tau=tau, names=tuple(p.name for p in circuit.neurons))


def _thresholds(f: object) -> tuple[EffectiveThreshold, ...]:
    """Return the transfer functions with an effective threshold, if f is such."""
    given = list(f) if isinstance(f, (list, tuple)) else [f]
    found = tuple(one for one in given if isinstance(one, EffectiveThreshold))
    if found and len(found) < len(given):
        raise TypeError(f"f must be all curves or all EffectiveThreshold, got {f!r}")
    return found


def _of_currents(inputs: MeanInputs, curves: CurveLike | Sequence[CurveLike]) -> _Parts:
    X, changing = inputs.X, inputs.changing

    def input_at(t: float) -> np.ndarray:
        return X + [at(t) for at in changing]

    return inputs.W, input_at if changing else X, curves, None


def _of_theory(network: Circuit | HasCircuit, circuit: Circuit, search: Search) -> _Parts:
    """Return what the theory of the network's own neurons says, in the noise of the self-consistent state."""
    field = field_of(network)
    if field.follows_state:
        return _near_state(field, search)
    return _of_currents(mean_inputs(circuit, "a mean field"), _own_curves(field, search))


def _own_curves(field: SelfConsistentField, search: Search) -> tuple[Interpolated, ...]:
    """Return the f–I theory of each population's neuron, in the noise of the self-consistent state."""
    theory, state = settled(replace(field, watch=search.advance))
    return theory.tabulated_curves(state)


def _near_state(field: SelfConsistentField, search: Search) -> _Parts:
    """Return currents that do what conductances and short-term plasticity do near the self-consistent state."""
    theory, state = settled(replace(field, watch=search.advance))
    frozen = theory.frozen(state)
    rates = {name: rate for name, (rate, _) in frozen.sources.items()}
    rates |= dict(zip(frozen.names, state[: len(frozen.names)].tolist(), strict=True))
    W, X = linear_inputs(frozen.names, frozen.inputs, frozen.afferents, rates)
    return W, X, theory.tabulated_curves(state), frozen.tau


def _of_theory_or_measured(network: Circuit | HasCircuit, circuit: Circuit, search: Search) -> _Parts:
    """Return what the theory of the network's own neurons says, or else what the engine measures of them."""
    try:
        field = field_of(network)
        if not field.follows_state:
            return _of_currents(mean_inputs(circuit, "a mean field"), _own_curves(field, search))
    except ValueError as reason:
        return _of_currents(*_measure_instead(network, reason, search))
    # A theory that finds no state is right: neurons that are measured receive the same Poisson noise.
    return _near_state(field, search)


def _measure_instead(
    network: Circuit | HasCircuit, reason: ValueError, search: Search
) -> tuple[MeanInputs, tuple[Interpolated, ...]]:
    if not isinstance(network, Circuit):
        return measure(network, watch=search.advance)  # type: ignore[arg-type]
    raise ValueError(
        f"network must be one that can run, not its circuit, where its neurons are to be measured, for there is no "
        f"theory of them here ({reason}): give the network, or f"
    ) from None
