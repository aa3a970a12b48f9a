"""Leaky neurons that are all joined by gap junctions."""

EXACT = 1e-6
N, DURATION = 10, 500.0


def _measure(times, indices, v):
    return {
        "spikes": times.size,
        "last spike (ms)": times.max(),
        "spikes of the first": (indices == 0).sum(),
        "mean v": v.mean(),
    }


def brian2(seed):
    import brian2 as b2

    equations = """
    dv/dt = (1.05 - v + Igap)/(10*ms) : 1
    Igap : 1
    """
    cells = b2.NeuronGroup(N, equations, threshold="v > 1", reset="v = 0", method="euler", dt=0.1 * b2.ms)
    cells.v = "i/(N - 1.0)"
    joints = b2.Synapses(cells, cells, "Igap_post = 0.02*(v_pre - v_post) : 1 (summed)")
    joints.connect()
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, joints, spikes).run(DURATION * b2.ms)
    return _measure(spikes.t / b2.ms + 0.1, spikes.i[:], cells.v[:])


def rheobase(seed):
    import numpy as np

    import rheobase as rb

    equations = "dv/dt = (1.05 - v + I)/tau : 1"
    parts = {"parameters": {"tau": 10}, "initial": {"v": 0}}
    model = rb.neuron("Leaky", equations, threshold="v > 1", reset="v = 0", **parts)
    joint = rb.synapse("Joint", "I = w*(v_pre - v_post) : 1 (summed)")
    net = rb.Network(threads=1)
    cells = net.add(model(method="euler"), N, name="cells", v=np.arange(N) / (N - 1))
    net.connect(cells, cells, rb.AllToAll(), weight=0.02, synapse=joint())
    record = net.run(DURATION).spikes("cells")
    return _measure(record.times, record.indices, cells["v"])
