"""From a spiking network with plastic inhibition to its mean field, eq. (4.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.rates import PlasticNetwork, ThresholdLinear
from rheobase.rates.curves import CurveLike
from rheobase.theory.mean_fields.mean_field import mean_field


def plastic_mean_field(
    network: Circuit | HasCircuit,
    f: CurveLike | Sequence[CurveLike] | str | None = None,
    tau: npt.ArrayLike | None = None,
) -> PlasticNetwork:
    """Return the mean field of a spiking network with `InhibitorySTDP` from inhibitory to excitatory neurons.

    Target and ε_r = 2 ε K, with K = p_ei N_i the mean in-degree, are read off the plastic projection.

    Parameters
    ----------
    network : Network or Circuit
        Two populations of neurons, excitatory first, with current-based synapses and the one plastic projection;
        weights count as they were when they were connected.
    f, tau
        f-I curves and time constants (ms) of the rates; see `mean_field`. Default of f: the textbook's threshold-linear
        fit, for the noise, which other curves are made for, changes with the weights.

    Returns
    -------
    PlasticNetwork

    Raises
    ------
    ValueError
        If the network is not such a network.

    Examples
    --------
    >>> net = rb.Network()
    >>> e, i = net.add(rb.EIF(), 80, name="e"), net.add(rb.EIF(), 20, name="i")
    >>> synapse, rule = rb.Exponential(tau=5), rb.InhibitorySTDP(r_0=3.0)
    >>> inhibition = net.connect(i, e, rb.FixedInDegree(10), weight=-100, synapse=synapse, plasticity=rule)
    >>> plastic_mean_field(net, tau=(30, 15)).r_0
    3.0
    """
    circuit = Circuit.of(network)
    circuit._check_whole()
    rates = mean_field(circuit, ThresholdLinear() if f is None else f, tau)
    plastic = [(q, q.plasticity) for q in circuit.projections if q.plasticity is not None]
    paths = [(q.pre, q.post, rule.rule.name) for q, rule in plastic]
    names = tuple(rates.names or ())
    if paths != [(names[-1], names[0], "InhibitorySTDP")]:
        raise ValueError(
            f"network must have one plastic projection, with InhibitorySTDP, onto its first population of neurons "
            f"from its second, got {paths or 'none'} among {names}"
        )
    [(projection, rule)] = plastic
    r_0, epsilon = rule.parameters["r_0"], rule.parameters["epsilon"]
    return PlasticNetwork(rates, r_0=r_0, epsilon_r=2.0 * epsilon * circuit.mean_in_degree(projection))
