"""Spike thresholds that follow the potential (Platkiewicz and Brette 2011): noisy current, adaptive threshold."""

import numpy as np

EXACT = None
N, DURATION = 200, 1000.0
EQUATIONS = """
dv/dt = (EL - v + mu + sigma*y)/tau : volt
dtheta/dt = (vT + a*clip(v - Vi, 0*mV, inf*mV) - theta)/tauh : volt
dy/dt = -y/tauI + (2/tauI)**.5*xi : 1
"""
NAMESPACE = {
    "EL": "-70*mV",
    "mu": "15*mV",
    "sigma": "6*sqrt(2)*mV",
    "tau": "5*ms",
    "vT": "-55*mV",
    "a": "5/6",
    "Vi": "-63*mV",
    "tauh": "5*ms",
    "tauI": "5*ms",
}
SPIKES = {"threshold": "v > theta", "reset": "v = EL", "refractory": "5*ms"}


def _measure(counts, v, theta):
    return {
        "rate (Hz)": counts / N / DURATION * 1e3,
        "mean v (mV)": np.mean(v),
        "mean threshold (mV)": np.mean(theta),
        "s.d. of threshold (mV)": np.std(theta),
    }


def brian2(seed):
    import brian2 as b2

    b2.seed(seed)
    namespace = {name: eval(text, vars(b2)) for name, text in NAMESPACE.items()}
    cells = b2.NeuronGroup(N, EQUATIONS, method="euler", namespace=namespace, **SPIKES)
    cells.v, cells.theta = namespace["EL"], namespace["vT"]
    spikes = b2.SpikeMonitor(cells)
    states = b2.StateMonitor(cells, ["v", "theta"], record=True, dt=1 * b2.ms)
    b2.Network(cells, spikes, states).run(DURATION * b2.ms)
    return _measure(spikes.num_spikes, states.v / b2.mV, states.theta / b2.mV)


def rheobase(seed):
    import rheobase as rb

    start = {"v": "EL", "theta": "vT"}
    model = rb.from_brian(EQUATIONS, namespace=NAMESPACE, method="euler", initial=start, **SPIKES)
    net = rb.Network(seed=seed, threads=1)
    cells = net.add(model(), N, name="cells")
    net.record(cells, "v", every=1)
    net.record(cells, "theta", every=1)
    result = net.run(DURATION)
    return _measure(
        result.spikes("cells").times.size, result.states("cells", "v").values, result.states("cells", "theta").values
    )
