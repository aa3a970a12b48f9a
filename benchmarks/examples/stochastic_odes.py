"""Geometric Brownian motion in the sense of Stratonovich: multiplicative noise by the scheme of Heun."""

import numpy as np

EXACT = None
N, DURATION = 4000, 1000.0
EQUATIONS = "dX/dt = (0.5/second - 0.5*sigma**2)*X + X*sigma*xi : 1"


def _measure(x):
    log = np.log(x)
    return {"mean of log X": log.mean(), "s.d. of log X": log.std(), "mean X": x.mean()}


def brian2(seed):
    import brian2 as b2

    b2.seed(seed)
    cells = b2.NeuronGroup(N, EQUATIONS, method="heun", dt=1 * b2.ms, namespace={"sigma": 0.4 / b2.second**0.5})
    cells.X = 1
    b2.Network(cells).run(DURATION * b2.ms)
    return _measure(np.array(cells.X))


def rheobase(seed):
    import rheobase as rb

    model = rb.from_brian(EQUATIONS, namespace={"sigma": "0.4*second**-0.5"}, method="heun", initial={"X": 1})
    net = rb.Network(dt=1, seed=seed, threads=1)
    cells = net.add(model(), N, name="cells")
    net.run(DURATION)
    return _measure(cells["X"])
