"""Selective populations that slow recurrent excitation keeps active: working memory and decisions.

Brunel & Wang (2001), J. Comput. Neurosci. 11:63, and Wang (2002), Neuron 36:955. Excitatory neurons fall into selective
populations, within which synapses are stronger, and the rest. Synapses have fast AMPA conductances, NMDA conductances
whose gates saturate, and GABA conductances. Everybody is connected with everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from rheobase import checks
from rheobase.models.catalogue import LIF, Exponential
from rheobase.models.currents import Steps
from rheobase.models.distributions import Uniform
from rheobase.models.equations.synapse import EquationSynapse, synapse
from rheobase.models.rules import AllToAll, OneToOne
from rheobase.models.sources import Poisson
from rheobase.network.network import Network
from rheobase.network.population import Population

#: Membranes: 500 pF and 25 nS of excitatory, 200 pF and 20 nS of inhibitory neurons; both share the rest.
E_L, V_TH, V_RE = -70.0, -50.0, -55.0
TAU_AMPA = 2.0
DELAY = 0.5
#: Duration of a cue (ms).
CUE = 50.0


@dataclass(frozen=True)
class _Strengths:
    """Conductances (nS) onto excitatory and inhibitory neurons, for 1600 or 800 excitatory neurons as published."""

    external: tuple[float, float]
    ampa: tuple[float, float]
    nmda: tuple[float, float]
    gaba: tuple[float, float]
    tau_gaba: float


DECISION = _Strengths((2.1, 1.62), (0.05, 0.04), (0.165, 0.13), (1.3, 1.0), 5.0)
WORKING_MEMORY = _Strengths((2.08, 1.62), (0.104, 0.081), (0.327, 0.258), (1.25, 0.973), 10.0)


@cache
def _nmda() -> type[EquationSynapse]:
    """Return the kernel: the gate s of a pre neuron opens with x and saturates; magnesium blocks it at rest."""
    return synapse(
        "NMDA",
        """
        dx/dt = -x/tau_rise : 1 (pre)
        ds/dt = alpha*x*(1 - s) - s/tau : 1 (pre)
        S = w*s : nS (summed)
        g = S/(1 + Mg/3.57*exp(-0.062*V_post)) : nS
        """,
        on_pre="x += 1",
        parameters={"tau_rise": 2.0, "tau": 100.0, "alpha": 0.5, "Mg": 1.0},
        reversal=0.0,
    )


def decision(
    coherence: float = 12.8,
    *,
    t_start: float = 500.0,
    t_stop: float = 1500.0,
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return the network of Wang (2002): two populations compete about the direction in which dots move.

    2000 neurons, of which 240 are selective for one direction, 240 for the other, and 1120 excitatory neurons for
    none. During the stimulus each selective neuron receives Poisson spikes of 40 Hz · (1 ± coherence/100), with
    deviations of 4 Hz (standard deviation) that are drawn anew every 50 ms.

    Parameters
    ----------
    coherence : float, default 12.8
        Percentage of dots that move in the direction of population "a"; -100 to 100.
    t_start, t_stop : float, default 500, 1500 (ms)
        When the stimulus is on.
    dt, seed, threads
        See `Network`. The seed decides about the stimulus, too.

    Returns
    -------
    Network
        With populations "a", "b", "n" (not selective), "i", and the stimuli "stimulus_a" and "stimulus_b".

    Examples
    --------
    >>> res = rb.circuits.decision(coherence=51.2).run(2000)
    >>> rates = res.rates(t_start=1500)
    """
    coherence = checks.number("coherence", coherence, low=-100, high=100)
    t_start = checks.number("t_start", t_start, low=0)
    t_stop = checks.number("t_stop", t_stop)
    if not t_start < t_stop:
        raise ValueError(f"t_start must be < t_stop = {t_stop:g}, got {t_start:g}")
    net = Network(dt=checks.number("dt", dt, high=DELAY), seed=seed, threads=threads)
    for name, time in (("t_start", t_start), ("t_stop", t_stop)):
        checks.steps(name, time, net.dt)
    checks.memory("t_stop", 64 * (t_stop - t_start) / 50.0)  # times and rates, as arrays and lists
    pools = _populations(net, {"a": 240, "b": 240}, 1600, 400, DECISION, stronger=1.7, external=2400.0)
    random = checks.generator(seed)
    times = np.arange(t_start, t_stop, 50.0)
    for name, sign in (("a", 1), ("b", -1)):
        rates = 40 * (1 + sign * coherence / 100) + 4 * random.standard_normal(times.size)
        before = [0.0] if t_start > 0 else []
        steps = Steps([*before, *times, t_stop], [*before, *rates.clip(0), 0.0])
        source = net.add(Poisson(rate=steps), 240, name=f"stimulus_{name}")
        net.connect(source, pools[name], OneToOne(), weight=DECISION.external[0], synapse=_ampa("x"))
    return net


def working_memory(
    cues: Mapping[str, float] | None = None,
    *,
    erase: float | None = None,
    dt: float = 0.1,
    seed: int = 1,
    threads: int | None = None,
) -> Network:
    """Return the network of Brunel & Wang (2001): a cued population stays active after the cue has gone.

    800 excitatory neurons, of which five times 80 are selective, and 200 inhibitory ones. A cue brings 2000 Poisson
    spikes per second to each neuron of one population for 50 ms.

    Parameters
    ----------
    cues : mapping of str to float (ms), default {"s1": 1000.0}
        When which of the populations "s1" to "s5" is cued.
    erase : float (ms), optional
        When all neurons receive 20,000 spikes per second for 50 ms, which ends what is remembered.
    dt, seed, threads
        See `Network`.

    Returns
    -------
    Network
        With populations "s1" to "s5", "n" (not selective), "i", and the cues "cue_s1" and so on.

    Examples
    --------
    >>> res = rb.circuits.working_memory({"s1": 500}).run(1500)
    >>> rates = res.rates(t_start=1000)
    """
    names = [f"s{k}" for k in range(1, 6)]
    cues = {"s1": 1000.0} if cues is None else checks.mapping("cues", cues)
    cues = {checks.choice("cues", name, names): checks.number(f"cues[{name!r}]", t, low=0) for name, t in cues.items()}
    erase = None if erase is None else checks.number("erase", erase, low=0)
    net = Network(dt=checks.number("dt", dt, high=DELAY), seed=seed, threads=threads)
    for name, t in cues.items():
        checks.steps(f"cues[{name!r}]", t, net.dt)
    if erase is not None:
        checks.steps("erase", erase, net.dt)
    sizes = dict.fromkeys(names, 80)
    _populations(net, sizes, 800, 200, WORKING_MEMORY, stronger=2.1, external=2400.0)
    for name, t in cues.items():
        _pulse(net, net[name], f"cue_{name}", t, 2000.0, WORKING_MEMORY.external[0])
    if erase is not None:
        for post in [*(net[name] for name in names), net["n"], net["i"]]:
            _pulse(net, post, f"erase_{post.name}", erase, 20000.0, WORKING_MEMORY.external[int(post.name == "i")])
    return net


def _pulse(net: Network, post: Population, name: str, t: float, rate: float, weight: float) -> None:
    """Bring Poisson spikes of one rate (Hz) to each neuron for 50 ms."""
    steps = Steps([0.0, t, t + CUE], [0.0, rate, 0.0]) if t > 0 else Steps([0.0, CUE], [rate, 0.0])
    source = net.add(Poisson(rate=steps), post.n, name=name)
    net.connect(source, post, OneToOne(), weight=weight, synapse=_ampa("x"))


def _ampa(label: str) -> Exponential:
    return Exponential(tau=TAU_AMPA, reversal=0.0, label=label)


def _populations(
    net: Network,
    selective: dict[str, int],
    excitatory: int,
    inhibitory: int,
    strengths: _Strengths,
    *,
    stronger: float,
    external: float,
) -> dict[str, Population]:
    """Add the neurons, their external drive (Hz) and all recurrent synapses; return excitatory populations by name."""
    e = LIF(tau_m=20, g_L=25, t_ref=2, E_L=E_L, V_th=V_TH, V_re=V_RE)
    fast = LIF(tau_m=10, g_L=20, t_ref=1, E_L=E_L, V_th=V_TH, V_re=V_RE)
    sizes = selective | {"n": excitatory - sum(selective.values())}
    pools = {name: net.add(e, n, name=name, V=Uniform(-55, -50)) for name, n in sizes.items()}
    i = net.add(fast, inhibitory, name="i", V=Uniform(-55, -50))
    share = next(iter(selective.values())) / excitatory
    weaker = 1 - share * (stronger - 1) / (1 - share)
    gaba = Exponential(tau=strengths.tau_gaba, reversal=-70.0, label="i")
    for post in (*pools.values(), i):
        k = int(post is i)
        net.drive(post, rate=external / 1000, sources=1000, weight=strengths.external[k], synapse=_ampa("x"))
        for pre in pools.values():
            factor = 1.0
            if post.name in selective:
                factor = stronger if pre is post else weaker
            for weight, kernel in ((strengths.ampa[k], _ampa("e")), (strengths.nmda[k], _nmda()(label="nmda"))):
                net.connect(pre, post, AllToAll(), weight=factor * weight, synapse=kernel, delay=DELAY)
        net.connect(i, post, AllToAll(), weight=strengths.gaba[k], synapse=gaba, delay=DELAY)
    return pools
