"""The recurrent excitatory–inhibitory network of the textbook (section 3.2), at any size."""

from __future__ import annotations

from rheobase import checks
from rheobase.models.catalogue import EIF, Exponential
from rheobase.models.distributions import Uniform
from rheobase.models.neurons import Neuron
from rheobase.models.rules import FixedInDegree
from rheobase.models.sources import Poisson
from rheobase.network.network import Network

#: In-degrees and weights (mV·ms) by target and source, and synaptic time constants (ms) by source.
IN_DEGREES = {"e": 160, "i": 40, "x": 160}
WEIGHTS = {("e", "x"): 30, ("i", "x"): 20, ("e", "e"): 12, ("e", "i"): -45, ("i", "e"): 35, ("i", "i"): -70}
TIME_CONSTANTS = {"x": 8.0, "e": 6.0, "i": 4.0}


def cortex(
    neurons: int = 10_000,
    *,
    rate: float = 5.0,
    tau_e: float = TIME_CONSTANTS["e"],
    tau_i: float = TIME_CONSTANTS["i"],
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return the textbook's recurrent network of EIF neurons, four fifths of them excitatory.

    In-degrees do not depend on the size (160 excitatory, 40 inhibitory, 160 external), so neither do the rates.

    Parameters
    ----------
    neurons : int, default 10000
        Excitatory and inhibitory neurons together; at least 200, so that the in-degrees fit.
    rate : float, default 5
        Rate of the external Poisson inputs (Hz), of which there are as many as excitatory neurons.
    tau_e, tau_i : float, default 6 and 4
        Time constants of the excitatory and inhibitory synapses (ms). Fast inhibition keeps the network steady, slow
        inhibition makes it oscillate (Ex. 3.3.1 swaps the two).
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e", "i" and "x".

    Examples
    --------
    >>> net = rb.circuits.cortex(10_000)
    >>> net.run(1000).rates(t_start=200)
    {'e': 7.3, 'i': 18.1, 'x': 5.0}
    """
    neurons = checks.integer("neurons", neurons, low=200, high=2**31 - 1)
    rate = checks.number("rate", rate, low=0)
    tau_e, tau_i = checks.number("tau_e", tau_e, above=0), checks.number("tau_i", tau_i, above=0)
    net = Network(dt=dt, seed=seed, threads=threads)
    eif = _eif()
    n_e = neurons * 4 // 5
    start = Uniform(-72, -55)
    net.add(eif, n_e, name="e", V=start)
    net.add(eif, neurons - n_e, name="i", V=start)
    net.add(Poisson(rate=rate), n_e, name="x")
    time_constants = {**TIME_CONSTANTS, "e": tau_e, "i": tau_i}
    for (post, pre), weight in WEIGHTS.items():
        synapse = Exponential(tau=time_constants[pre])
        net.connect(net[pre], net[post], FixedInDegree(IN_DEGREES[pre]), weight=weight, synapse=synapse)
    return net


def _eif() -> Neuron:
    return EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
