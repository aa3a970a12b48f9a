"""The full-scale microcircuit under 1 mm² of cortex (Potjans & Diesmann 2014)."""

from __future__ import annotations

from math import sqrt

import numpy as np

from rheobase import checks
from rheobase.models.catalogue import LIF, Exponential
from rheobase.models.distributions import Normal
from rheobase.models.rules import FixedTotal
from rheobase.models.sources import Trains
from rheobase.models.synapses import Synapse
from rheobase.network.drawing import Purpose, branch
from rheobase.network.network import Network
from rheobase.network.population import Population
from rheobase.units import PER_MS

#: Excitatory and inhibitory population of each layer; the order of all tables below.
POPULATIONS = ("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
#: Neurons, and external inputs of each.
NEURONS = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL_IN_DEGREES = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
#: Membrane potential at the start: mean and standard deviation (mV).
V_START = (
    *((-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94)),
    *((-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48)),
)
#: Probability that a pair is connected at least once, target × source.
PROBABILITIES = np.array(
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
#: Thalamic neurons, their rate (Hz) while active, and the probability that they reach a neuron.
THALAMIC_NEURONS, THALAMIC_RATE = 902, 120.0
THALAMIC_PROBABILITIES = np.array([0.0, 0.0, 0.0983, 0.0619, 0.0, 0.0, 0.0512, 0.0196])
#: Rates (Hz) of a full-scale run of NEST with Poisson drive.
REFERENCE_RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])

#: Excitatory weight (pA, the jump of the current: 0.15 mV at the peak), inhibition over it, relative s.d.
WEIGHT, INHIBITION, WEIGHT_SPREAD = 87.81, -4.0, 0.1
#: Time constant of the currents (ms), rate of each external input (Hz).
TAU_SYN, EXTERNAL_RATE = 0.5, 8.0
#: Mean delay (ms) from excitatory and inhibitory neurons, and the relative s.d. of both.
DELAYS, DELAY_SPREAD = {"E": 1.5, "I": 0.75}, 0.5


def microcircuit(
    scale: float = 1.0,
    in_degree_scale: float | None = None,
    *,
    drive: str = "poisson",
    thalamus: tuple[float, float] | None = None,
    weight_bits: int = 32,
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return the cortical microcircuit: four layers of LIF neurons, 77,169 of them with 299 million synapses.

    tau_m V' = -(V - E_L) + I / g_L with tau_m = 10 ms, g_L = 25 nS, E_L = V_re = -65 mV, V_th = -50 mV, 2 ms
    refractory; currents decay with 0.5 ms (Potjans & Diesmann 2014, tables 4 and 5).

    A smaller network has fewer neurons, and its neurons fewer inputs. Rates and irregularity are kept as van Albada
    et al. (2015) do: weights grow by 1/√k, where k is `in_degree_scale`, which keeps the variance of the input, and a
    steady current makes up for the missing mean. Correlations grow: only the full network has those of the paper.

    Parameters
    ----------
    scale : float, default 1
        Size of the populations relative to the full network, in (0, 1].
    in_degree_scale : float, optional
        Inputs of a neuron relative to the full network, in (0, 1]; as `scale` by default.
    drive : {"poisson", "dc"}, default "poisson"
        The background: spikes at 8 Hz from each external input, or their mean as a steady current. With "dc" small
        networks fall silent, a tenth of the full size does (in NEST as well): too little noise is left.
    thalamus : pair of float, optional
        Window (ms, multiples of dt) in which 902 thalamic neurons fire at 120 Hz, (700, 710) in the paper; they are
        then population "thalamus".
    weight_bits : {32, 16}, default 32
        See `Network.connect`: 16 make the network a third smaller, with the same statistics.
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "L23E", "L23I", … "L6I".

    Examples
    --------
    >>> net = rb.circuits.microcircuit(scale=0.1)
    >>> rates = net.run(1000).rates(t_start=200)
    """
    scale = checks.number("scale", scale, above=0, high=1)
    k = scale if in_degree_scale is None else checks.number("in_degree_scale", in_degree_scale, above=0, high=1)
    checks.choice("drive", drive, ("poisson", "dc"))
    dt = checks.number("dt", dt, above=0, high=DELAYS["I"])
    net = Network(dt=dt, seed=seed, threads=threads)
    inputs = steady_input(k, drive)
    for p, name in enumerate(POPULATIONS):
        lif = LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2, g_L=25, I_x=float(inputs[p]))
        net.add(lif, max(1, round(scale * NEURONS[p])), name=name, V=Normal(*V_START[p]))
    synapse = Exponential(tau=TAU_SYN, norm="peak")
    totals = synapse_numbers(scale, k)
    for i, post in enumerate(POPULATIONS):
        for j, pre in enumerate(POPULATIONS):
            weight = float(weights()[i, j]) / sqrt(k)
            _connect(net, net[pre], net[post], int(totals[i, j]), weight, synapse, weight_bits)
        if drive == "poisson":
            sources = float(EXTERNAL_IN_DEGREES[i]) * k
            net.drive(net[post], rate=EXTERNAL_RATE, sources=sources, weight=WEIGHT / sqrt(k), synapse=synapse)
    if thalamus is not None:
        _add_thalamus(net, thalamus, scale, k, synapse, weight_bits)
    return net


def synapse_numbers(scale: float = 1.0, in_degree_scale: float = 1.0) -> np.ndarray:
    """Return the number of synapses of each pair of populations, target × source, shape (8, 8).

    K = ln(1 - C) / ln(1 - 1/(N_pre N_post)), rounded, for the full network (Potjans & Diesmann 2014, eq. 1).

    Examples
    --------
    >>> int(synapse_numbers().sum())
    298880968
    """
    full = _numbers(PROBABILITIES, np.outer(NEURONS, NEURONS))
    return np.rint(full * scale * in_degree_scale).astype(np.int64)


def weights() -> np.ndarray:
    """Return the mean weights of the full network (pA), target × source, shape (8, 8)."""
    mean = np.tile([WEIGHT, INHIBITION * WEIGHT], (8, 4))
    mean[POPULATIONS.index("L23E"), POPULATIONS.index("L4E")] *= 2
    return mean


def steady_input(in_degree_scale: float, drive: str) -> np.ndarray:
    """Return the steady current of each population (pA): the mean input that spikes do not bring, shape (8,)."""
    missing = 1 - sqrt(in_degree_scale)
    recurrent = (synapse_numbers() / NEURONS[:, None] * weights()) @ REFERENCE_RATES
    external = EXTERNAL_IN_DEGREES * WEIGHT * EXTERNAL_RATE
    return PER_MS * TAU_SYN * (missing * recurrent + (missing if drive == "poisson" else 1.0) * external)


def _numbers(probability: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    # log and not log1p, whose total is 2 larger: 298,880,968 is what everybody else builds
    return np.rint(np.log(1.0 - probability) / np.log(1.0 - 1.0 / pairs))


def _connect(
    net: Network, pre: Population, post: Population, total: int, weight: float, synapse: Synapse, weight_bits: int
) -> None:
    """Draw `total` synapses, with weights that keep their sign and delays of at least a step."""
    if total == 0:
        return
    spread = WEIGHT_SPREAD * abs(weight)
    drawn = Normal(weight, spread, low=0) if weight > 0 else Normal(weight, spread, high=0)
    mean = DELAYS["I" if weight < 0 else "E"]
    delay = Normal(mean, DELAY_SPREAD * mean, low=0.5 * net.dt)
    net.connect(pre, post, FixedTotal(total), weight=drawn, synapse=synapse, delay=delay, weight_bits=weight_bits)


def _add_thalamus(
    net: Network, window: tuple[float, float], scale: float, k: float, synapse: Synapse, weight_bits: int
) -> None:
    """Add the thalamic neurons, each with a Poisson train within the window."""
    times = checks.items("thalamus", window, "a window (start, stop)")
    first, last = (checks.steps("thalamus", time, net.dt) for time in times) if len(times) == 2 else (0, 0)
    if not 0 <= first < last:
        raise ValueError(f"thalamus must be a window (start, stop) with 0 <= start < stop, got {window!r}")
    random, mean = branch(net.seed, Purpose.THALAMUS), PER_MS * THALAMIC_RATE * net.dt
    counts = random.poisson(mean, (last - first, THALAMIC_NEURONS))
    steps, indices = (np.repeat(where, counts[counts > 0]) for where in np.nonzero(counts))
    source = Trains(times=(first + 1 + steps) * net.dt, indices=indices)
    pre = net.add(source, THALAMIC_NEURONS, name="thalamus")
    numbers = _numbers(THALAMIC_PROBABILITIES, NEURONS * THALAMIC_NEURONS) * scale * k
    for post, total in zip(POPULATIONS, numbers, strict=True):
        _connect(net, pre, net[post], round(float(total)), WEIGHT / sqrt(k), synapse, weight_bits)
