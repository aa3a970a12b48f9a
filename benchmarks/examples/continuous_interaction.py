"""A synapse that follows the presynaptic potential at all times, between two neurons of Traub and Miles's reduced kind.

Börgers (2017), An Introduction to Modeling Neuronal Dynamics, chapter 20.
"""

import numpy as np

EXACT = 1e-6
DURATION, DT = 100.0, 0.01
EQUATIONS = """
dvm/dt = (I_ext + 100*m**3*h*(50 - vm) + 0.1*(-67 - vm) + 80*n**4*(-100 - vm) + s_in*(0 - vm))/ms : 1
dm/dt = (1.28/exprel(-(vm + 54)/4)*(1 - m) - 1.4/exprel((vm + 27)/5)*m)/ms : 1
dn/dt = (0.16/exprel(-(vm + 52)/5)*(1 - n) - 0.5*exp(-(vm + 57)/40)*n)/ms : 1
dh/dt = (0.128*exp(-(vm + 50)/18)*(1 - h) - 4/(1 + exp(-(vm + 27)/5))*h)/ms : 1
ds/dt = 0.5*(1 + tanh(0.1*vm))*(1 - s)/(0.2*ms) - s/(2*ms) : 1
I_ext : 1
"""
START = {"vm": -70, "m": 0.1, "n": 0.1, "h": 0.9, "s": 0}


def _measure(v, s):
    found = {}
    for name, trace in zip(("pre", "post"), v, strict=True):
        rises = np.nonzero((trace[1:] >= 0) & (trace[:-1] < 0))[0]
        found[f"spikes of {name}"], found[f"last spike of {name} (ms)"] = rises.size, DT * rises[-1]
        found[f"mean v of {name} (mV)"] = trace.mean()
    return found | {"mean s of pre": s[0].mean()}


def brian2(seed):
    import brian2 as b2

    cells = b2.NeuronGroup(2, EQUATIONS + "s_in : 1", method="euler", dt=DT * b2.ms)
    for name, value in START.items():
        setattr(cells, name, value)
    cells.I_ext = [1.5, 0]
    synapse = b2.Synapses(cells, cells, "s_in_post = 0.25*s_pre : 1 (summed)", dt=DT * b2.ms)
    synapse.connect(i=0, j=1)
    states = b2.StateMonitor(cells, ["vm", "s"], record=True)
    b2.Network(cells, synapse, states).run((DURATION + DT) * b2.ms)
    return _measure(np.array(states.vm), np.array(states.s))


def rheobase(seed):
    import rheobase as rb

    equations = EQUATIONS.replace("s_in*(0 - vm)", "I")
    model = rb.from_brian(equations, method="euler", initial=START)
    synapse = rb.synapse("Graded", "g = w*s_pre : 1 (summed)", reversal=0)
    net = rb.Network(dt=DT, threads=1)
    cells = net.add(model(I_ext=[1.5, 0]), 2, name="cells")
    net.connect(cells, cells, rb.Pairs([0], [1]), weight=0.25, synapse=synapse())
    net.record(cells, "vm")
    net.record(cells, "s")
    result = net.run(DURATION)
    return _measure(*(result.states("cells", name).values.T for name in ("vm", "s")))
