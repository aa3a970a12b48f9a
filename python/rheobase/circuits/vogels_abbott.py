"""Self-sustained irregular activity (Vogels & Abbott 2005) in the versions of Brette et al. (2007).

Three networks of 3200 excitatory and 800 inhibitory neurons, each pair connected with probability 0.02: `cuba` with
current-based synapses, `coba` with conductances, `cobahh` with conductances and Hodgkin–Huxley neurons. Weights are
in pA or nS: the membrane has 200 pF and leaks 10 nS. At other sizes the mean in-degrees, 64 and 16, stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from rheobase import checks
from rheobase.models.catalogue import LIF, Exponential, TraubMiles
from rheobase.models.distributions import Uniform
from rheobase.models.neurons import Neuron
from rheobase.models.rules import Bernoulli
from rheobase.models.synapses import Synapse
from rheobase.network.network import Network

#: Synaptic time constants (ms), reversal potentials (mV) and conductances (nS) by source.
TAU = {"e": 5.0, "i": 10.0}
REVERSAL = {"e": 0.0, "i": -80.0}
CONDUCTANCE = {"e": 6.0, "i": 67.0}
#: Jump of the current (pA) by source: 1.62 and -9 mV times the leak.
CURRENT = {"e": 16.2, "i": -90.0}
#: Inputs that a neuron has on average.
IN_DEGREE = 80
#: V (mV) and conductances (nS) at the start, which set the activity going without a volley that would end it.
START_V = Uniform(-65, -55)
START = {"e": Uniform(0, 20), "i": Uniform(0, 100)}


def cuba(neurons: int = 4000, *, dt: float = 0.1, seed: int = 1, threads: int | None = None) -> Network:
    """Return the network with current-based synapses.

    tau_m V' = -(V - E_L) + (I_e + I_i) / g_L with tau_m = 20 ms, E_L = -49 mV above the threshold of -50 mV, reset
    to -60 mV for 5 ms; a spike adds 16.2 or -90 pA to currents that decay with 5 or 10 ms. Connections have the
    shortest delay, dt.

    Published versions differ in the inhibitory weight and in the delay; this is the one that ships with Brian.

    Parameters
    ----------
    neurons : int, default 4000
        Excitatory and inhibitory together, four to one; at least 100.
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e" and "i".

    Examples
    --------
    >>> rb.circuits.cuba().run(1000).rates(t_start=200)
    {'e': 5.9, 'i': 5.7}
    """
    lif = LIF(tau_m=20, E_L=-49, V_th=-50, V_re=-60, t_ref=5, g_L=10)
    synapses = {s: Exponential(tau=TAU[s], norm="peak", label=s) for s in "ei"}
    return _network(neurons, lif, Uniform(-60, -50), synapses, CURRENT, dt, seed, threads)


def coba(neurons: int = 4000, *, dt: float = 0.1, seed: int = 1, threads: int | None = None) -> Network:
    """Return the network with synaptic conductances.

    C V' = -g_L (V - E_L) - g_e V - g_i (V + 80 mV) with C = 200 pF, g_L = 10 nS, E_L = -60 mV, threshold -50 mV,
    reset to -60 mV for 5 ms; a spike adds 6 or 67 nS to conductances that decay with 5 or 10 ms. Conductances at the
    start set the activity going, and the network sustains it for a second or more, without any input.

    Parameters
    ----------
    neurons : int, default 4000
        Excitatory and inhibitory together, four to one; at least 100.
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e" and "i".

    Examples
    --------
    >>> rb.circuits.coba().run(300).rates(t_start=100)
    {'e': 21.8, 'i': 20.4}
    """
    lif = LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10)
    return _conductance_based(neurons, lif, dt, seed, threads)


def cobahh(neurons: int = 4000, *, dt: float = 0.1, seed: int = 1, threads: int | None = None) -> Network:
    """Return the network with synaptic conductances and Hodgkin–Huxley neurons of Traub and Miles.

    C = 200 pF; g_Na, g_K, g_L = 20000, 6000, 10 nS; E_Na, E_K, E_L = 50, -90, -60 mV; V_T = -63 mV; a spike is what
    crosses -20 mV, at most one in 3 ms. Synapses as in `coba`.

    Parameters
    ----------
    neurons : int, default 4000
        Excitatory and inhibitory together, four to one; at least 100.
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e" and "i".

    Examples
    --------
    >>> net = rb.circuits.cobahh()
    """
    traub_miles = TraubMiles(
        C_m=200,
        g_Na=20000,
        g_K=6000,
        g_L=10,
        E_Na=50,
        E_K=-90,
        E_L=-60,
        V_T=-63,
        V_th=-20,
        t_ref=3,
    )
    return _conductance_based(neurons, traub_miles, dt, seed, threads)


def _conductance_based(neurons: int, model: Neuron, dt: float, seed: int, threads: int | None) -> Network:
    synapses = {s: Exponential(tau=TAU[s], reversal=REVERSAL[s], label=s) for s in "ei"}
    net = _network(neurons, model, START_V, synapses, CONDUCTANCE, dt, seed, threads)
    for population in net:
        for source, conductance in START.items():
            population[f"g_{source}"] = conductance
    return net


def _network(
    neurons: int,
    model: Neuron,
    start: Uniform,
    synapses: Mapping[str, Synapse],
    weights: dict[str, float],
    dt: float,
    seed: int,
    threads: int | None,
) -> Network:
    neurons = checks.integer("neurons", neurons, low=100, high=2**31 - 1)
    net = Network(dt=dt, seed=seed, threads=threads)
    n_e = neurons * 4 // 5
    net.add(model, n_e, name="e", V=start)
    net.add(model, neurons - n_e, name="i", V=start)
    for post in net:
        for source, synapse in synapses.items():
            net.connect(net[source], post, Bernoulli(IN_DEGREE / neurons), weight=weights[source], synapse=synapse)
    return net
