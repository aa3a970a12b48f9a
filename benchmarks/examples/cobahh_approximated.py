"""Hodgkin and Huxley's neuron with Boltzmann functions for steady states and Gaussians for time constants.

Izhikevich (2007), Dynamical Systems in Neuroscience, exercise 4 of chapter 2; two pulses of current.
"""

import numpy as np

EXACT = 1e-6
DURATION, DT = 20.0, 0.01
PULSES = {2.0: 4.0, 2.5: 0.0, 10.0: 15.0, 10.5: 0.0}
GATES = {"n": (12, 15, -14, 50, 4.7, 1.1), "m": (25, 9, 27, 30, 0.46, 0.04), "h": (3, -7, -2, 20, 7.4, 1.2)}
EQUATIONS = "dv/dt = (current - 36*n**4*(v + 12) - 120*m**3*h*(v - 120) - 0.3*(v - 10.6))/ms : 1\n" + "\n".join(
    f"d{x}/dt = (1/(1 + exp(({half} - v)/({k}))) - {x})/(({base} + {top}*exp(-(({peak}) - v)**2/{width}**2))*ms) : 1"
    for x, (half, k, peak, width, top, base) in GATES.items()
)
START = {"v": 0, "m": 0.05, "n": 0.32, "h": 0.60}


def _measure(v):
    return {"max v (mV)": v.max(), "time of max (ms)": DT * v.argmax(), "mean v (mV)": v.mean(), "last v (mV)": v[-1]}


def brian2(seed):
    import brian2 as b2

    values = np.zeros(int(DURATION / 0.5) + 1)
    values[4], values[20] = 4, 15
    namespace = {"pulses": b2.TimedArray(values, dt=0.5 * b2.ms)}
    equations = EQUATIONS + "\ncurrent = pulses(t) : 1"
    cells = b2.NeuronGroup(1, equations, method="euler", dt=DT * b2.ms, namespace=namespace)
    for name, value in START.items():
        setattr(cells, name, value)
    states = b2.StateMonitor(cells, "v", record=0)
    b2.Network(cells, states).run((DURATION + DT) * b2.ms)
    return _measure(np.array(states.v[0]))


def rheobase(seed):
    import rheobase as rb

    model = rb.from_brian(EQUATIONS.replace("current", "I"), method="euler", initial=START)
    net = rb.Network(dt=DT, threads=1)
    cells = net.add(model(), 1, name="cells")
    net.inject(cells, rb.Steps([0, *PULSES], [0, *PULSES.values()]))
    net.record(cells, "v")
    return _measure(net.run(DURATION).states("cells", "v").values[:, 0])
