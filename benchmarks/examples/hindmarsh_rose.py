"""Bursts of the model of Hindmarsh and Rose (1984) at three currents."""

import numpy as np

EXACT = 1e-6
DURATION = 2100.0
CURRENTS = [0.4, 2.0, 4.0]
EQUATIONS = """
dx/dt = (y - x**3 + 3*x**2 + current - z)/ms : 1
dy/dt = (1 - 5*x**2 - y)/ms : 1
dz/dt = 0.001*(4*(x + 1.6) - z)/ms : 1
current : 1 (constant)
"""


def _measure(x):
    found = {}
    for current, trace in zip(CURRENTS, x, strict=True):
        found[f"spikes at {current}"] = np.count_nonzero((trace[1:] > 1) & (trace[:-1] <= 1))
        found[f"mean x at {current}"] = np.mean(trace[: len(trace) // 3])
    return found


def brian2(seed):
    import brian2 as b2

    cells = b2.NeuronGroup(3, EQUATIONS, method="rk4", dt=0.1 * b2.ms)
    cells.x, cells.y, cells.z, cells.current = -1.6, "1 - 5*x**2", "0.001*4*(x + 1.6)", CURRENTS
    states = b2.StateMonitor(cells, "x", record=True, dt=1 * b2.ms)
    b2.Network(cells, states).run((DURATION + 0.1) * b2.ms)
    return _measure(np.array(states.x))


def rheobase(seed):
    import rheobase as rb

    start = {"x": -1.6, "y": "1 - 5*1.6**2", "z": 0}
    model = rb.from_brian(EQUATIONS, method="rk4", initial=start)
    net = rb.Network(threads=1)
    cells = net.add(model(current=CURRENTS), 3, name="cells")
    net.record(cells, "x", every=1)
    return _measure(net.run(DURATION).states("cells", "x").values.T)
