"""Sparsely connected excitatory and inhibitory LIF neurons with delta synapses (Brunel 2000)."""

from __future__ import annotations

from rheobase import checks
from rheobase.models.catalogue import LIF, Delta
from rheobase.models.distributions import Uniform
from rheobase.models.rules import FixedInDegree
from rheobase.network.network import Network
from rheobase.units import PER_MS

#: Membrane time constant (ms), threshold above rest (mV), share of a population that a neuron receives input from.
TAU_M, V_TH, SHARE = 20.0, 20.0, 0.1
#: Four times as many must be countable.
MAX_ORDER = 2**29 - 1


def threshold_rate(order: int = 2500, J: float = 0.1) -> float:
    """Return ν_th = θ / (J C_E τ_m), the rate (Hz) of each of C_E external inputs that brings a neuron to threshold.

    Examples
    --------
    >>> threshold_rate()
    10.0
    """
    return V_TH / (J * in_degrees(order)[0] * TAU_M * PER_MS)


def in_degrees(order: int) -> tuple[int, int]:
    """Return how many excitatory and inhibitory inputs a neuron has."""
    return round(SHARE * 4 * order), round(SHARE * order)


def brunel(
    g: float = 5.0,
    eta: float = 2.0,
    *,
    order: int = 2500,
    J: float = 0.1,
    V_re: float = 10.0,
    delay: float = 1.5,
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return Brunel's network: 4 × `order` excitatory and `order` inhibitory LIF neurons, in-degrees a tenth of each.

    tau_m V' = -V + tau_m Σ J δ(t - t_spike - delay), threshold 20 mV, refractory for 2 ms (Brunel 2000, eq. 1).
    At full size (`order` 2500) the four panels of the paper's figure 8 are

    * g = 3, eta = 2: synchronous regular, neurons fire almost as fast as they can;
    * g = 6, eta = 4: fast oscillation of the whole, neurons fire irregularly;
    * g = 5, eta = 2: asynchronous irregular; Siegert's formula gives 37.95 Hz (32.0 Hz with `V_re` = 0);
    * g = 4.5, eta = 0.9: slow oscillation, neurons fire irregularly at a low rate.

    Parameters
    ----------
    g : float, default 5
        Inhibitory over excitatory weight.
    eta : float, default 2
        External rate over `threshold_rate`.
    order : int, default 2500
        Inhibitory neurons; at least 10. In-degrees grow with it, `J` does not.
    J : float, default 0.1
        Jump of V that an excitatory spike evokes (mV).
    V_re : float, default 10
        Reset (mV above rest), as in the paper; NEST's example has 0.
    delay : float, default 1.5
        Of all connections (ms).
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "e" and "i".

    Examples
    --------
    >>> net = rb.circuits.brunel(g=5, eta=2)
    >>> net.run(1000).rates(t_start=200)
    {'e': 37.2, 'i': 37.3}
    """
    g = checks.number("g", g, low=0)
    eta = checks.number("eta", eta, low=0)
    order = checks.integer("order", order, low=10, high=MAX_ORDER)
    J = checks.number("J", J, above=0)
    V_re = checks.number("V_re", V_re)
    delay = checks.number("delay", delay, above=0)
    net = Network(dt=dt, seed=seed, threads=threads)
    lif = LIF(tau_m=TAU_M, E_L=0, V_th=V_TH, V_re=V_re, t_ref=2)
    net.add(lif, 4 * order, name="e", V=Uniform(0, V_TH))
    net.add(lif, order, name="i", V=Uniform(0, V_TH))
    delta = Delta()
    C_E, C_I = in_degrees(order)
    with checks.made_from("J, g and eta"):
        for post in net:
            net.connect(net["e"], post, FixedInDegree(C_E), weight=J, synapse=delta, delay=delay)
            net.connect(net["i"], post, FixedInDegree(C_I), weight=-g * J, synapse=delta, delay=delay)
            net.drive(post, rate=eta * threshold_rate(order, J), sources=C_E, weight=J, synapse=delta)
    return net
