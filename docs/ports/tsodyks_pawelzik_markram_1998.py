"""
Tsodyks, Pawelzik & Markram (1998): depression and facilitation
===============================================================

Neural Comput 10:821, figure 1: regular spikes through one dynamic synapse. A: a depressing synapse at 20 Hz. B: a
facilitating one at 20 Hz, C: at 70 Hz, where it depresses after all. A passive membrane follows the current.

The first peaks are known in closed form: 0.912 mV in A (with U = 0.6, as in the figure) and 1.051 mV in B.

A current of ``A_SE y`` in pA through a resistance of ``R_in`` is, in mV, a jump by ``A_SE R_in`` times what is
released. In the paper resources recover only once they are inactive again, some 3 ms after their release;
:class:`rheobase.TsodyksMarkram` lets them recover at once, which raises later peaks by less than 1 %.
"""

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

#: Rate and end of the spikes (ms), R_in A_SE (mV), and time constants of membrane and current (ms).
DEPRESSING = rb.TsodyksMarkram(U=0.6, tau_rec=800)
FACILITATING = rb.TsodyksMarkram(U=0.03, tau_rec=130, tau_facil=530)
PANELS = {
    "A": (DEPRESSING, 20, 1100, 25, 40, 3),
    "B": (FACILITATING, 20, 1100, 1540, 60, 1.5),
    "C": (FACILITATING, 70, 375, 1540, 60, 1.5),
}


def run(plasticity, rate, t_stop, weight, tau_m, tau_inact):
    """Simulate one panel: spikes from 100 ms on, and V until 100 ms after the last."""
    net = rb.Network(dt=0.1)
    x = net.add(rb.Trains([np.arange(100, t_stop, 1e3 / rate)], snap=True), 1, name="x")
    post = net.add(rb.LIF(tau_m=tau_m, E_L=0, V_th=1e6, V_re=0), 1, name="post", V=0)
    synapse = rb.Exponential(tau=tau_inact, norm="peak")
    net.connect(x, post, rb.OneToOne(), weight=weight, synapse=synapse, plasticity=plasticity)
    net.record(post, "V")
    return net.run(t_stop + 100)


def measure(res):
    """Return the peaks (mV) of the first and the last response."""
    V, spikes = res.states("post", "V"), res.spikes("x").times
    first = (V.times >= spikes[0]) & (V.times < spikes[1])
    return {"first peak (mV)": V.values[first].max(), "last peak (mV)": V.values[V.times >= spikes[-1]].max()}


def draw(results):
    """Draw the potential in each panel."""
    _, axes = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
    for ax, (name, res) in zip(axes, results.items(), strict=True):
        V = res.states("post", "V")
        rb.plot.traces(V.times, V.values, ylabel="V (mV)", ax=ax)
        ax.set_title(name)


# %%
if __name__ == "__main__":
    results = {name: run(*panel) for name, panel in PANELS.items()}
    for name, res in results.items():
        print(f"{name}:", ", ".join(f"{what} {value:.4g}" for what, value in measure(res).items()))
    draw(results)
    plt.show()
