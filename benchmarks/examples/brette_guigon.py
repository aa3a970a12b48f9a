"""Reliability of spike timing without a leak (Brette and Guigon 2003): all neurons listen to one noisy process."""

import numpy as np

EXACT = None
N, DURATION = 500, 1000.0
INPUT = "dx/dt = -x/(20*ms) + (2/(20*ms))**.5*xi : 1"
EQUATIONS = """
dv/dt = (v*current + 1)/(33*ms) + 0.02*(2/(33*ms))**.5*xi : 1
current = 0.5 + 3*p*B : 1
B = 2./(1 + exp(-2*x)) - 1 : 1
p : 1
"""
P = np.arange(N) / N


def _measure(counts, current):
    quarters = counts.reshape(4, -1).mean(axis=1) / DURATION * 1e3
    rates = {f"rate, quarter {k + 1} (Hz)": rate for k, rate in enumerate(quarters)}
    return {**rates, "mean of |B|": np.mean(np.abs(current))}


def brian2(seed):
    import brian2 as b2

    b2.seed(seed)
    common = b2.NeuronGroup(1, INPUT, method="euler")
    equations = EQUATIONS + "x : 1 (linked)\n"
    cells = b2.NeuronGroup(N, equations, threshold="v > 1", reset="v = 0", method="euler")
    cells.p, cells.v, cells.x = P, "rand()", b2.linked_var(common, "x")
    spikes, states = b2.SpikeMonitor(cells), b2.StateMonitor(cells, "B", record=0, dt=1 * b2.ms)
    b2.Network(common, cells, spikes, states).run(DURATION * b2.ms)
    return _measure(np.bincount(spikes.i, minlength=N), np.array(states.B))


def rheobase(seed):
    import rheobase as rb

    process = rb.from_brian(INPUT, method="euler", name="Common")
    equations = EQUATIONS.replace("exp(-2*x)", "exp(-2*I_common)") + "I_common : 1 (receptor)\n"
    model = rb.from_brian(equations, threshold="v > 1", reset="v = 0", method="euler", initial={"v": "rand()"})
    listening = rb.synapse("Listening", "I = w*x_pre : 1 (summed)")
    net = rb.Network(seed=seed, threads=1)
    common, cells = net.add(process(), 1, name="x"), net.add(model(p=P), N, name="cells")
    net.connect(common, cells, rb.AllToAll(), weight=1, synapse=listening(label="common"))
    net.record(cells, "B", neurons=0, every=1)
    result = net.run(DURATION)
    return _measure(result.spikes("cells").count(), result.states("cells", "B").values)
