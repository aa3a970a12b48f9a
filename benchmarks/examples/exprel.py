"""The opening rate of a sodium channel where its quotient is 0/0: written with exprel, it stays exact."""

import numpy as np

EXACT = 1e-12
POTENTIALS = np.linspace(-50 - 0.5e-6, -50 + 0.5e-6, 1000)


def _measure(alpha):
    return {"first": alpha[0], "middle": alpha[500], "last": alpha[-1]}


def brian2(seed):
    import brian2 as b2

    cells = b2.NeuronGroup(len(POTENTIALS), "v : 1\nalpha = 0.32*4/exprel((-50 - v)/4) : 1")
    cells.v = POTENTIALS
    return _measure(cells.alpha[:])


def rheobase(seed):
    import rheobase as rb

    model = rb.neuron("Channel", "v : 1 (state)\nalpha = 0.32*4/exprel((-50 - v)/4) : 1", initial={"v": -50})
    cells = rb.Network(threads=1).add(model(), len(POTENTIALS), v=POTENTIALS)
    return _measure(cells["alpha"])
