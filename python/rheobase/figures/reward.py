"""Dopamine that comes seconds after a coincidence finds the synapse that made it."""

from functools import cache

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.models.equations.neuron import EquationNeuron
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

#: Synapses of each neuron, of which the first is rewarded.
SYNAPSES = 100
W_START = 1.0


@figure("Izhikevich 2007", "Rewards that come late", source="published", also=("dopamine", "reward"))
def reward(seed: int = 1) -> Figure:
    """Reward each spike that follows a chosen input within 10 ms, one to three seconds later."""
    picture, axes = panels("AD;BD;CE", (9.0, 5.0))
    trace = one_pair(reward_at=1500.0)
    for letter, name, label, colour in (
        ("A", "c", "eligibility c", INHIBITORY),
        ("B", "d", "dopamine d", EXCITATORY),
        ("C", "w", "weight (mV)", BLACK),
    ):
        axes[letter].plot(trace["t"] / 1e3, trace[name], color=colour)
        axes[letter].axvline(0.2, color=EXTERNAL, linestyle=":", zorder=0)
        axes[letter].set(ylabel=label, xlim=(0, 4), xlabel="time (s)" if letter == "C" else "")
        axes[letter].tick_params(labelbottom=letter == "C")
    axes["A"].annotate("pair of spikes", (0.2, trace["c"].max()), xytext=(5, -8), textcoords="offset points")
    axes["B"].annotate("reward", (1.5, 0.45), xytext=(8, 0), textcoords="offset points")
    n, duration, every = 4, 1800e3, 30e3
    weights = conditioned(n, duration, seed, every)
    minutes = np.arange(len(weights)) * every / 60e3
    others = weights[:, :, 1:].reshape(len(weights), -1)
    axes["D"].fill_between(minutes, *np.percentile(others, [5, 95], axis=1), color=EXTERNAL, alpha=0.5, linewidth=0)
    axes["D"].plot(minutes, others.mean(axis=1), color=BLACK, label="the other synapses (mean, 90 %)")
    axes["D"].plot(minutes, weights[:, :, 0], color=EXCITATORY, linewidth=0.8, alpha=0.6)
    axes["D"].plot(minutes, weights[:, :, 0].mean(axis=1), color=EXCITATORY, linewidth=2, label="rewarded synapses")
    axes["D"].set(xlabel="time (min)", ylabel="weight (mV)", xlim=(0, minutes[-1]), ylim=(0, 5.3), yticks=range(5))
    axes["D"].legend(loc="upper left")
    axes["E"].hist(others[-1], bins=32, range=(0, 4), color=EXTERNAL)
    axes["E"].plot(weights[-1, :, 0], np.full(n, 5.0), "v", color=EXCITATORY)
    axes["E"].set(xlabel="weight at the end (mV)", ylabel="synapses", xlim=(0, 4.1))
    numbers = {
        "rewarded": weights[-1, :, 0],
        "others": float(others[-1].mean()),
        "stronger": (weights[-1, :, 1:] >= weights[-1, :, :1]).mean(axis=1),
        "eligibility": trace["c"],
    }
    note = "A pair of spikes leaves a trace that a reward finds later (A to C). Four neurons of 100 synapses each: a "
    note += "spike within 10 ms of the first input is rewarded 1 to 3 s later (D, E)."
    return Figure(picture, numbers, note)


@cache
def critic() -> type[EquationNeuron]:
    """Return a neuron that hears an input (kicks of 1) and a neuron (kicks of 2), and spikes some time after a pair."""
    return rb.neuron(
        "Critic",
        """
        within : ms     # how long after the input the neuron may spike
        shortest : ms   # until the reward
        spread : ms     # of that time
        heard : ms (state)
        due : ms (state)
        dV/dt = 0*V/within : 1
        """,
        threshold="t > due",
        reset="due = 1e12",
        events={
            "pair": (
                "V > 1.5",
                "due = where(t - where(V > 2.5, t, heard) < within and due > 1e9, t + shortest + spread*rand(), due)",
            ),
            "listen": ("V > 0.5", "heard = where(V > 2.5 or V < 1.5, t, heard); V = 0"),
        },
        parameters={"within": 10, "shortest": 1000, "spread": 2000},
        initial={"V": 0, "heard": -1e9, "due": 1e12},
    )


def conditioned(n: int, duration: float, seed: int, every: float = 30_000.0) -> np.ndarray:
    """Return the weights of `n` neurons' synapses, shape (samples, n, SYNAPSES); the first of each is rewarded."""
    net = rb.Network(dt=2.0, seed=seed, threads=1)
    x = net.add(rb.Poisson(rate=1), n * SYNAPSES, name="x")
    e = net.add(rb.LIF(tau_m=20, E_L=-70, V_th=-50, V_re=-70, I_x=5), n, name="e")
    net.inject(e, rb.WhiteNoise(mean=0, sigma=30))
    judge = net.add(critic()(), n, name="critic")
    dopamine = rb.Neuromodulator(tau=200, label="dopamine")
    net.connect(judge, e, rb.OneToOne(), weight=0.5, synapse=dopamine)
    synapses = np.arange(n * SYNAPSES)
    plastic = net.connect(
        x, e, rb.Pairs(synapses, synapses // SYNAPSES), weight=W_START, synapse=rb.Delta(), plasticity=rb.RewardSTDP()
    )
    net.connect(x, judge, rb.Pairs(SYNAPSES * np.arange(n), np.arange(n)), weight=1, synapse=rb.Delta())
    net.connect(e, judge, rb.OneToOne(), weight=2, synapse=rb.Delta())
    samples = [np.full((n, SYNAPSES), W_START)]
    for _ in range(round(duration / every)):
        net.run(every)
        samples.append(plastic.connections()["weight"].reshape(n, SYNAPSES))
    return np.array(samples)


def one_pair(reward_at: float, duration: float = 4000.0) -> dict[str, np.ndarray]:
    """Return eligibility, dopamine and weight of a synapse after one pair of spikes and one reward."""
    net = rb.Network(dt=1.0, threads=1)
    pre = net.add(rb.Trains([[200.0]]), 1, name="pre")
    kick = net.add(rb.Trains([[209.0]]), 1, name="kick")
    e = net.add(rb.LIF(tau_m=20, E_L=-70, V_th=-50, V_re=-70), 1, name="e")
    da = net.add(rb.Trains([[reward_at]]), 1, name="da")
    net.connect(kick, e, rb.AllToAll(), weight=50, synapse=rb.Delta())
    net.connect(da, e, rb.AllToAll(), weight=0.5, synapse=rb.Neuromodulator(tau=200, label="dopamine"))
    plastic = net.connect(pre, e, rb.AllToAll(), weight=W_START, synapse=rb.Delta(), plasticity=rb.RewardSTDP())
    rows = []
    for t in np.arange(10.0, duration + 1, 10.0):
        net.run(10)
        rows.append(
            [t, float(plastic["c"][0]), float(np.ravel(e["d_dopamine"])[0]), plastic.connections()["weight"][0]]
        )
    return dict(zip(("t", "c", "d", "w"), np.array(rows).T, strict=True))
