"""One cortical column of Jansen and Rit (1995) at six strengths of its connections, under a noisy input."""

import numpy as np

EXACT = 1e-6
DURATION = 3000.0
STRENGTHS = [68.0, 128.0, 135.0, 270.0, 675.0, 1350.0]
EQUATIONS = """
dy0/dt = y3/second : 1
dy3/dt = (3.25*Sp - 2*y3 - y0/tau_e*second)/tau_e : 1
dy1/dt = y4/second : 1
dy4/dt = (3.25*(p + 0.8*C1*Se) - 2*y4 - y1/tau_e*second)/tau_e : 1
dy2/dt = y5/second : 1
dy5/dt = (22*0.25*C1*Si - 2*y5 - y2/tau_i*second)/tau_i : 1
Sp = 5/(1 + exp(0.56*(6 - (y1 - y2)))) : 1
Se = 5/(1 + exp(0.56*(6 - C1*y0))) : 1
Si = 5/(1 + exp(0.56*(6 - 0.25*C1*y0))) : 1
C1 : 1
"""
NAMESPACE = {"tau_e": "10*ms", "tau_i": "20*ms"}


def _input():
    """Pulse density (1/s), drawn anew every 2 ms."""
    return 120 + 200 * np.random.default_rng(1).random(int(DURATION / 2) + 1)


def _measure(y1, y2):
    found = {}
    for strength, y in zip(STRENGTHS, y1 - y2, strict=True):
        found[f"mean at {strength:g}"], found[f"s.d. at {strength:g}"] = y.mean(), y.std()
    return found


def brian2(seed):
    import brian2 as b2

    namespace = {"tau_e": 10 * b2.ms, "tau_i": 20 * b2.ms, "noise": b2.TimedArray(_input(), dt=2 * b2.ms)}
    equations = EQUATIONS + "p = noise(t) : 1"
    cells = b2.NeuronGroup(6, equations, method="euler", dt=0.1 * b2.ms, namespace=namespace)
    cells.C1 = STRENGTHS
    states = b2.StateMonitor(cells, ["y1", "y2"], record=True)
    b2.Network(cells, states).run((DURATION + 0.1) * b2.ms)
    return _measure(np.array(states.y1), np.array(states.y2))


def rheobase(seed):
    import rheobase as rb

    model = rb.from_brian(EQUATIONS.replace("(p + ", "(I + "), namespace=NAMESPACE, method="euler")
    net = rb.Network(threads=1)
    cells = net.add(model(C1=STRENGTHS), 6, name="cells")
    net.inject(cells, rb.Steps(2.0 * np.arange(len(_input())), _input()))
    net.record(cells, "y1")
    net.record(cells, "y2")
    result = net.run(DURATION)
    return _measure(*(result.states("cells", name).values.T for name in ("y1", "y2")))
