"""The interneuron of Wang and Buzsáki (1996), whose sodium activation is instantaneous, at 2 µA/cm²."""

import numpy as np

EXACT = 1e-6
DURATION = 100.0
EQUATIONS = """
dv/dt = (-gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK) - gL*(v - EL) + Iapp)/Cm : volt
m = alpha_m/(alpha_m + beta_m) : 1
alpha_m = 1/exprel(-(v + 35*mV)/(10*mV))/ms : Hz
beta_m = 4*exp(-(v + 60*mV)/(18*mV))/ms : Hz
dh/dt = 5*(alpha_h*(1 - h) - beta_h*h) : 1
alpha_h = 0.07*exp(-(v + 58*mV)/(20*mV))/ms : Hz
beta_h = 1/(exp(-(v + 28*mV)/(10*mV)) + 1)/ms : Hz
dn/dt = 5*(alpha_n*(1 - n) - beta_n*n) : 1
alpha_n = 0.1/exprel(-(v + 34*mV)/(10*mV))/ms : Hz
beta_n = 0.125*exp(-(v + 44*mV)/(80*mV))/ms : Hz
"""
NAMESPACE = {
    "Cm": "1*uF",
    "Iapp": "2*uA",
    "gL": "0.1*msiemens",
    "EL": "-65*mV",
    "ENa": "55*mV",
    "EK": "-90*mV",
    "gNa": "35*msiemens",
    "gK": "9*msiemens",
}


def _measure(v):
    rises = np.nonzero((v[1:] >= -20) & (v[:-1] < -20))[0]
    return {"spikes": rises.size, "last spike (ms)": 0.01 * rises[-1], "mean v (mV)": np.mean(v), "max v (mV)": v.max()}


def brian2(seed):
    import brian2 as b2

    namespace = {name: eval(text, vars(b2)) for name, text in NAMESPACE.items()}
    cells = b2.NeuronGroup(1, EQUATIONS, method="exponential_euler", namespace=namespace, dt=0.01 * b2.ms)
    cells.v, cells.h = -70 * b2.mV, 1
    states = b2.StateMonitor(cells, "v", record=0)
    b2.Network(cells, states).run((DURATION + 0.01) * b2.ms)
    return _measure(np.array(states.v[0] / b2.mV))


def rheobase(seed):
    import rheobase as rb

    start = {"v": "-70*mV", "h": 1, "n": 0}
    model = rb.from_brian(EQUATIONS, namespace=NAMESPACE, method="exponential_euler", initial=start)
    net = rb.Network(dt=0.01, threads=1)
    cells = net.add(model(), 1, name="cells")
    net.record(cells, "v")
    return _measure(net.run(DURATION).states("cells", "v").values[:, 0])
