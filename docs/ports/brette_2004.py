"""
Brette (2004): phase locking
============================

J Math Biol 48:38, figure 2A: leaky integrate-and-fire neurons in a sine of period 100 ms, each with a steady current a
of its own. Where a < 3 the input falls below threshold in every period, and almost all neurons lock to it: spikes per
period are a rational number over a range of a, steps of a devil's staircase. Where a > 3 few do.

Brian2 2.9 makes, with Euler's steps as here, the same number of spikes in every one of the 2000 neurons.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

PERIOD, A = 100.0, np.linspace(2, 4, 2000)


def run(periods=50, a=A):
    """Simulate as many periods twice, a neuron for each `a`; in the first half they settle."""
    net = rb.Network(dt=0.1)
    lif = rb.LIF(tau_m=100, E_L=0, V_th=1, V_re=0, I_x=a, method="euler")
    cells = net.add(lif, a.size, name="cells", V=0)
    t = np.arange(0, 2 * periods * PERIOD, 0.1)
    net.inject(cells, rb.Samples(2 * np.sin(2 * np.pi * t / PERIOD), every=0.1))
    net.run(periods * PERIOD)
    return net.run(periods * PERIOD)


def measure(res):
    """Return how many neurons locked below and above a = 3: those whose spikes recur after one to four periods.

    Two spikes a few periods apart are at the same phase if they differ by less than a step.
    """
    trains = res.spikes("cells")
    locked = np.zeros(trains.n, dtype=bool)
    for k, times in enumerate(trains.trains()):
        for periods in range(1, 5):
            again = times[np.searchsorted(times, times[0] + periods * PERIOD - 0.05) :]
            locked[k] |= np.abs(again - times[: again.size] - periods * PERIOD).max() < 0.05
    return {"locked where a < 3": locked[A < 3].mean(), "locked where a > 3": locked[A > 3].mean()}


def draw(res):
    """Draw spikes by their phase, and spikes per period."""
    trains = res.spikes("cells")
    _, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 5), layout="constrained")
    axes[0].plot(
        trains.times % PERIOD / PERIOD, A[trains.indices], "k.", ms=0.6, alpha=0.3, mec="none", rasterized=True
    )
    axes[0].set(xlabel="phase of the spikes", ylabel="a")
    axes[1].plot(trains.count() * PERIOD / trains.duration, A, color=rb.plot.palette.EXCITATORY)
    axes[1].set(xlabel="spikes per period")


# %%
if __name__ == "__main__":
    res = run()
    for name, value in measure(res).items():
        print(f"{name}: {value:.3g}")
    draw(res)
    plt.show()
