"""Inhibitory interneurons that gap junctions bring into step.

Hahne et al. (2015), Front. Neuroinform. 9:22, test case 2, with the neurons of Mancilla et al. (2007), J. Neurosci.
27:2058: 500 fast-spiking cells that inhibit each other, each driven by excitatory Poisson spikes.
"""

from functools import cache

import numpy as np

from rheobase import checks
from rheobase.models.catalogue import Alpha
from rheobase.models.distributions import Uniform
from rheobase.models.equations.neuron import EquationNeuron, neuron
from rheobase.models.equations.synapse import EquationSynapse, synapse
from rheobase.models.rules import FixedInDegree, OneToOne, Pairs
from rheobase.models.sources import Poisson
from rheobase.network.network import Network

DELAY = 1.0
#: Gap junctions and inhibitory synapses of each neuron.
GAPS, SYNAPSES = 60, 50
#: Peaks (pA) and time constants (ms) of excitatory and inhibitory currents.
EXCITATION, INHIBITION = (300.0, 0.2), (-50.0, 2.0)


@cache
def _cell() -> type[EquationNeuron]:
    """Return the neuron: transient sodium, and potassium channels of the types Kv1 and Kv3."""
    return neuron(
        "FastSpiking",
        """
        C_m : pF
        g_Na : nS
        g_Kv1 : nS
        g_Kv3 : nS
        g_L : nS
        E_Na : mV
        E_K : mV
        E_L : mV
        alpha_m = 540/exprel((75.5 - V)/13.5)
        beta_m = 1.2262*exp(-V/42.248)
        alpha_h = 0.0035*exp(-V/24.186)
        beta_h = 0.0884/exprel(-(V + 51.25)/5.2)
        alpha_n = 0.0322/exprel(-(V + 44)/2.3)
        beta_n = 0.0043*exp(-(V + 44)/34)
        alpha_p = 11.8/exprel((95 - V)/11.8)
        beta_p = 0.025*exp(-V/22.222)
        I_Na = g_Na*m**3*h*(V - E_Na) : pA
        I_K = (g_Kv1*n**4 + g_Kv3*p**2)*(V - E_K) : pA
        dV/dt = (-I_Na - I_K - g_L*(V - E_L) + I)/C_m : mV
        dm/dt = alpha_m*(1 - m) - beta_m*m
        dh/dt = alpha_h*(1 - h) - beta_h*h
        dn/dt = alpha_n*(1 - n) - beta_n*n
        dp/dt = alpha_p*(1 - p) - beta_p*p
        """,
        threshold="crosses(V, 0)",
        parameters={
            "C_m": 40.0,
            "g_Na": 4500.0,
            "g_Kv1": 9.0,
            "g_Kv3": 9000.0,
            "g_L": 10.0,
            "E_Na": 74.0,
            "E_K": -90.0,
            "E_L": -70.0,
        },
        initial={"V": "E_L", "m": 0.0, "h": 0.87, "n": 0.0006, "p": 0.00025},
    )


@cache
def _gap() -> type[EquationSynapse]:
    return synapse("GapJunction", "I = w*(V_pre - V_post) : pA (summed)")


def gap_junctions(
    weight: float = 0.3, *, n: int = 500, dt: float = 0.05, seed: int = 1, threads: int | None = None
) -> Network:
    """Return the network of Hahne et al. (2015), in which gap junctions synchronise inhibitory neurons.

    At 0.3 nS activity stays asynchronous, at 0.54 nS the network wanders between both states, at 0.7 nS it is
    synchronous. A neuron has 60 gap junctions on average and 50 inhibitory synapses, between random pairs.

    Parameters
    ----------
    weight : float, default 0.3
        Conductance of a gap junction (nS).
    n : int, default 500
        Neurons; with fewer than that each has fewer partners, and the network another state.
    dt, seed, threads
        See `Network`. The seed decides about the pairs, too.

    Returns
    -------
    Network
        With the population "i" and its excitatory spikes "x".

    Examples
    --------
    >>> res = rb.circuits.gap_junctions(0.7).run(200)
    """
    weight = checks.number("weight", weight, low=0)
    n = checks.integer("n", n, low=2)
    net = Network(dt=checks.number("dt", dt, high=DELAY), seed=seed, threads=threads)
    i = net.add(_cell()(), n, name="i", V=Uniform(-80, -40))
    x = net.add(Poisson(rate=500), n, name="x")
    for pre, rule, (peak, tau) in (
        (x, OneToOne(), EXCITATION),
        (i, FixedInDegree(SYNAPSES, multapses=True, autapses=False), INHIBITION),
    ):
        net.connect(pre, i, rule, weight=peak, synapse=Alpha(tau=tau, norm="peak"), delay=DELAY)
    ends = checks.generator(seed).integers(0, n, (n * GAPS // 2, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    both = np.concatenate([ends, ends[:, ::-1]]).T
    net.connect(i, i, Pairs(*both), weight=weight, synapse=_gap()(label="gap"))
    return net
