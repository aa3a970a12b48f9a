"""A leaky neuron whose threshold jumps at each spike and decays, driven by a Poisson process."""

import numpy as np

EXACT = None
N, DURATION = 100, 2000.0
EQUATIONS = """
dv/dt = -v/(10*ms) : volt
dvt/dt = (10*mV - vt)/(15*ms) : volt
"""
THRESHOLD, RESET = "v > vt", "v = 0*mV; vt += 3*mV"


def _measure(counts, v, vt):
    return {"rate (Hz)": counts / N / DURATION * 1e3, "mean v (mV)": np.mean(v), "mean threshold (mV)": np.mean(vt)}


def brian2(seed):
    import brian2 as b2

    b2.seed(seed)
    cells = b2.NeuronGroup(N, EQUATIONS, threshold=THRESHOLD, reset=RESET, method="exact")
    cells.vt = 10 * b2.mV
    cells.run_regularly("v += 3*mV*poisson(0.05)", when="synapses")
    spikes = b2.SpikeMonitor(cells)
    states = b2.StateMonitor(cells, ["v", "vt"], record=True, dt=1 * b2.ms)
    network = b2.Network(cells, spikes, states)
    network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]  # arrivals first, as here
    network.run(DURATION * b2.ms)
    return _measure(spikes.num_spikes, states.v / b2.mV, states.vt / b2.mV)


def rheobase(seed):
    import rheobase as rb

    model = rb.from_brian(EQUATIONS, threshold=THRESHOLD, reset=RESET, method="exact", initial={"vt": "10*mV"})
    net = rb.Network(seed=seed, threads=1)
    cells, inputs = net.add(model(), N, name="cells"), net.add(rb.Poisson(rate=500), N, name="inputs")
    net.connect(inputs, cells, rb.OneToOne(), weight=3, synapse=rb.Delta())
    net.record(cells, "v", every=1)
    net.record(cells, "vt", every=1)
    result = net.run(DURATION)
    return _measure(
        result.spikes("cells").times.size, result.states("cells", "v").values, result.states("cells", "vt").values
    )
