"""From a spiking network to its mean field: W and X of eqs (3.5)–(3.8), read off the network itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.sources import Poisson
from rheobase.rates import RateNetwork, ThresholdLinear
from rheobase.rates.curves import CurveLike
from rheobase.theory.membranes import average, weight_area


def mean_field(
    network: Circuit | HasCircuit,
    f: CurveLike | Sequence[CurveLike] | str | None = None,
    tau: npt.ArrayLike | None = None,
) -> RateNetwork:
    """Return the rate network of a spiking network: r = f(W r + X), eq. (3.8).

    W holds the weight areas times the mean in-degrees between the neuron populations, X the mean input from sources,
    background drive and I_x.

    Parameters
    ----------
    network : Network or Circuit
        Of current-based synapses; its sources are homogeneous Poisson processes.
    f : f-I curve or "self-consistent", optional
        From mean input (mV) to rate (Hz); the textbook's threshold-linear fit for its EIF neuron by default.
        ``"self-consistent"`` gives each population the f-I theory of its own neuron model, in the noise of the
        network's self-consistent state (see `self_consistent_rates`), whose rates are then a fixed point.
    tau : float or sequence, optional
        Time constants of the rates (ms); the membrane time constants by default.

    Returns
    -------
    RateNetwork
        With the populations' names; W in mV·ms (post × pre), X in mV.

    Raises
    ------
    ValueError
        If a projection is conductance-based, or a source is not Poisson.

    Examples
    --------
    >>> net.mean_field().fixed_points([(0, 100), (0, 100)])
    """
    circuit = Circuit.of(network)
    targets = circuit.neurons
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
            X[post] += 1e-3 * w * average(pre.model.rate)
        else:
            raise ValueError(
                f"sources must be steady Poisson processes for a mean field, got {pre.name!r}: {pre.model!r}"
            )
    for drive in circuit.drives:
        X[row[drive.post]] += (
            1e-3 * drive.rate * drive.sources * drive.weight * weight_area(drive.synapse, circuit[drive.post].neuron)
        )
    if tau is None:
        tau = [average(p.neuron.parameters.get("tau_m", 10.0)) for p in targets]
    if isinstance(f, str):
        checks.choice("f", f, ["self-consistent"])
        from rheobase.theory.self_consistent import SelfConsistentField

        theory = SelfConsistentField.of(circuit, alike=True)
        f = theory.tabulated_curves(theory.solve())
    return RateNetwork(W, X, ThresholdLinear() if f is None else f, tau=tau, names=tuple(p.name for p in targets))
