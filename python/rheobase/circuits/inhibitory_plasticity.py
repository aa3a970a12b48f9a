"""A network that inhibitory plasticity balances (Vogels et al. 2011)."""

from __future__ import annotations

from rheobase import checks
from rheobase.models.catalogue import LIF, Exponential, VogelsSTDP
from rheobase.models.distributions import Uniform
from rheobase.models.rules import Bernoulli
from rheobase.network.network import Network

#: Synaptic time constants (ms), reversal potentials (mV) and static conductances (nS).
TAU = {"e": 5.0, "i": 10.0}
REVERSAL = {"e": 0.0, "i": -80.0}
EXCITATORY, INHIBITORY_TO_INHIBITORY = 0.3, 3.0
#: Inputs that a neuron has on average: 160 excitatory and 40 inhibitory.
IN_DEGREE = 200


def inhibitory_plasticity(
    neurons: int = 10_000,
    *,
    rate: float = 3.0,
    eta: float = 0.01,
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return conductance-based neurons whose inhibition onto excitatory cells learns to hold them at `rate`.

    C V' = -g_L (V - E_L) - g_e V - g_i (V + 80 mV) + 200 pA with C = 200 pF, g_L = 10 nS, E_L = V_re = -60 mV,
    V_th = -50 mV, t_ref = 5 ms; excitatory weights of 0.3 nS, 3 nS between inhibitory cells. Weights from inhibitory to
    excitatory cells begin at 0, and with none the network runs away; at other sizes the mean in-degrees stay.

    The activity becomes asynchronous and irregular, and the excitatory rate falls: at ``rate=3`` it is 9 Hz after
    10 s, 5 after 50, 4.2 after 150 (as in Brian2), 3.9 in the end. It stays above `rate` because an inhibitory spike
    keeps its targets from firing: a synapse sees less of their spikes than there are, and comes to see `rate`.

    Parameters
    ----------
    neurons : int, default 10000
        Excitatory and inhibitory together, four to one; at least 250.
    rate : float, default 3
        Target rate of the excitatory cells (Hz).
    eta : float, default 0.01
        Learning rate (nS).
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e" and "i"; ``net.projections[-1]`` is plastic.

    Examples
    --------
    >>> net = rb.circuits.inhibitory_plasticity()
    >>> net.run(10_000, progress=True).rates(t_start=9000)
    """
    neurons = checks.integer("neurons", neurons, low=250, high=2**31 - 1)
    rate = checks.number("rate", rate, low=0)
    net = Network(dt=dt, seed=seed, threads=threads)
    lif = LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10, I_x=200)
    n_e = neurons * 4 // 5
    for name, n in (("e", n_e), ("i", neurons - n_e)):
        net.add(lif, n, name=name, V=Uniform(-60, -50))
    e, i = net["e"], net["i"]
    synapses = {s: Exponential(tau=TAU[s], reversal=REVERSAL[s], label=s) for s in "ei"}
    rule = Bernoulli(IN_DEGREE / neurons)
    for post in (e, i):
        net.connect(e, post, rule, weight=EXCITATORY, synapse=synapses["e"])
    net.connect(i, i, rule, weight=INHIBITORY_TO_INHIBITORY, synapse=synapses["i"])
    stdp = VogelsSTDP(eta=eta, tau=20.0, rho_0=rate, w_max=100.0)
    net.connect(i, e, rule, weight=0.0, synapse=synapses["i"], plasticity=stdp)
    return net
