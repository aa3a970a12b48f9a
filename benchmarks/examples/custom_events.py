"""A neuron with an event of its own: g crossing 1, noted once until g has fallen or the neuron has spiked."""

import numpy as np

EXACT = None
N, DURATION = 200, 2000.0
EQUATIONS = """
dv/dt = (g - v)/(50*ms) : 1
dg/dt = -g/(10*ms) : 1
"""
THRESHOLD, RESET = "v > 1", "v = 0; g = 0; allow = {}"
BEGIN, END = "g > 1 and {}", "g < 1 and not {}"


def _measure(spikes, begun, ended, v, g):
    seconds = N * DURATION * 1e-3
    counts = {"spikes (Hz)": spikes / seconds, "begun (Hz)": begun / seconds, "ended (Hz)": ended / seconds}
    return {**counts, "mean v": np.mean(v), "mean g": np.mean(g)}


def brian2(seed):
    import brian2 as b2

    b2.seed(seed)
    events = {"begin": BEGIN.format("allow"), "end_": END.format("allow")}
    reset = RESET.format("True")
    equations = EQUATIONS + "allow : boolean\n"
    cells = b2.NeuronGroup(N, equations, threshold=THRESHOLD, reset=reset, events=events, method="exact")
    cells.run_on_event("begin", "allow = False")
    cells.run_on_event("end_", "allow = True")
    cells.allow = True
    inputs = b2.PoissonGroup(N, rates=250 * b2.Hz)
    arrivals = b2.Synapses(inputs, cells, on_pre="g += 0.5")
    arrivals.connect(j="i")
    spikes, begun, ended = b2.SpikeMonitor(cells), b2.EventMonitor(cells, "begin"), b2.EventMonitor(cells, "end_")
    states = b2.StateMonitor(cells, ["v", "g"], record=True, dt=1 * b2.ms)
    network = b2.Network(inputs, arrivals, cells, spikes, begun, ended, states)
    network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]  # arrivals first, as here
    network.run(DURATION * b2.ms)
    return _measure(spikes.num_spikes, begun.num_events, ended.num_events, np.array(states.v), np.array(states.g))


def rheobase(seed):
    import rheobase as rb

    model = rb.neuron(
        "Eventful",
        "dv/dt = (g - v)/50 : 1\ndg/dt = -g/10 : 1 (delta)\nallow : 1 (state)",
        threshold=THRESHOLD,
        reset=RESET.format("1"),
        initial={"v": 0, "g": 0, "allow": 1},
        events={"begin": (BEGIN.format("allow > 0"), "allow = 0"), "end": (END.format("allow > 0"), "allow = 1")},
    )
    net = rb.Network(seed=seed, threads=1)
    cells, inputs = net.add(model(), N, name="cells"), net.add(rb.Poisson(rate=250), N, name="inputs")
    net.connect(inputs, cells, rb.OneToOne(), weight=0.5, synapse=rb.Delta())
    for recorded in ("begin", "end"):
        net.record(cells, recorded)
    for variable in ("v", "g"):
        net.record(cells, variable, every=1)
    result = net.run(DURATION)
    counts = [result.spikes("cells").times.size] + [result.events("cells", e).times.size for e in ("begin", "end")]
    return _measure(*counts, *(result.states("cells", v).values for v in ("v", "g")))
