"""Neurons of the ventral cochlear nucleus (Rothman and Manis 2003): thirteen variables, six kinds of cells, a pulse."""

import numpy as np

EXACT = 1e-6
REST, PULSE = 50.0, 100.0
#: Maximal conductances (nS): Na, KHT, KLT, KA, h, hcno, leak.
KINDS = {
    "type1c": (1000, 150, 0, 0, 0.5, 0, 2),
    "type1t": (1000, 80, 0, 65, 0.5, 0, 2),
    "type12": (1000, 150, 20, 0, 2, 0, 2),
    "type21": (1000, 150, 35, 0, 3.5, 0, 2),
    "type2": (1000, 150, 200, 0, 20, 0, 2),
    "type2o": (1000, 150, 600, 0, 0, 40, 2),
}
CONDUCTANCES = ("gna", "gkht", "gklt", "gka", "gh", "ghcno", "gleak")
#: Steady state and time constant (ms) of each gate at 22 °C; u is the potential in mV.
GATES = {
    "m": ("1/(1 + exp(-(u + 38)/7))", "10/(5*exp((u + 60)/18) + 36*exp(-(u + 60)/25)) + 0.04"),
    "h": ("1/(1 + exp((u + 65)/6))", "100/(7*exp((u + 60)/11) + 10*exp(-(u + 60)/25)) + 0.6"),
    "n": ("(1 + exp(-(u + 15)/5))**-0.5", "100/(11*exp((u + 60)/24) + 21*exp(-(u + 60)/23)) + 0.7"),
    "p": ("1/(1 + exp(-(u + 23)/6))", "100/(4*exp((u + 60)/32) + 5*exp(-(u + 60)/22)) + 5"),
    "w": ("(1 + exp(-(u + 48)/6))**-0.25", "100/(6*exp((u + 60)/6) + 16*exp(-(u + 60)/45)) + 1.5"),
    "z": ("0.5 + 0.5/(1 + exp((u + 71)/10))", "1000/(exp((u + 60)/20) + exp(-(u + 60)/8)) + 50"),
    "a": ("(1 + exp(-(u + 31)/6))**-0.25", "100/(7*exp((u + 60)/14) + 29*exp(-(u + 60)/24)) + 0.1"),
    "b": ("(1 + exp((u + 66)/7))**-0.5", "1000/(14*exp((u + 60)/27) + 29*exp(-(u + 60)/24)) + 1"),
    "c": ("(1 + exp((u + 66)/7))**-0.5", "90/(1 + exp((-66 - u)/17)) + 10"),
    "r": ("1/(1 + exp((u + 76)/7))", "100000/(237*exp((u + 60)/12) + 17*exp(-(u + 60)/14)) + 25"),
    "k": ("1/(1 + exp((u + 66)/7))", "exp(0.0118*(u + 50))/(0.0015*(1 + exp(0.0393*(u + 50))))"),
    "q": ("1/(1 + exp((u + 66)/7))", "exp(0.0236*(u + 84))/(0.00055*(1 + exp(0.0393*(u + 84))))"),
}
EQUATIONS = """
dv/dt = (gleak*(-65*mV - v) + gna*m**3*h*(50*mV - v) + gkht*(0.85*n**2 + 0.15*p)*(-70*mV - v)
         + gklt*w**4*z*(-70*mV - v) + gka*a**4*b*c*(-70*mV - v) + gh*r*(-43*mV - v) + ghcno*q*(-43*mV - v)
         + current)/(12*pF) : volt
u = v/mV : 1
""" + "\n".join(f"d{x}/dt = ({steady} - {x})/(({tau})*ms) : 1" for x, (steady, tau) in GATES.items())


def _measure(v):
    found = {}
    for kind, trace in zip(KINDS, v, strict=True):
        found[f"spikes of {kind}"] = np.count_nonzero((trace[1:] > -20) & (trace[:-1] <= -20))
        found[f"max v of {kind}"], found[f"last v of {kind}"] = trace.max(), trace[-1]
    return found


def brian2(seed):
    import brian2 as b2

    declared = "\n".join(f"{name} : siemens (constant)" for name in CONDUCTANCES) + "\ncurrent : amp\n"
    cells = b2.NeuronGroup(len(KINDS), declared + EQUATIONS, method="exponential_euler", dt=0.05 * b2.ms)
    for name, values in zip(CONDUCTANCES, zip(*KINDS.values(), strict=True), strict=True):
        setattr(cells, name, np.array(values) * b2.nS)
    cells.v = -65 * b2.mV
    states = b2.StateMonitor(cells, "v", record=True)
    network = b2.Network(cells, states)
    network.run(REST * b2.ms)
    cells.current = 250 * b2.pA
    network.run((PULSE + 0.05) * b2.ms)
    return _measure(np.array(states.v / b2.mV))


def rheobase(seed):
    import rheobase as rb

    declared = "\n".join(f"{name} : siemens (constant)" for name in CONDUCTANCES) + "\n"
    equations = declared + EQUATIONS.replace("+ current", "+ I*pA")
    model = rb.from_brian(equations, method="exponential_euler", initial={"v": "-65*mV"})
    conductances = zip(CONDUCTANCES, zip(*KINDS.values(), strict=True), strict=True)
    net = rb.Network(dt=0.05, threads=1)
    cells = net.add(model(**{name: list(values) for name, values in conductances}), len(KINDS), name="cells")
    net.inject(cells, rb.Steps([0, REST], [0, 250]))
    net.record(cells, "v")
    return _measure(net.run(REST + PULSE).states("cells", "v").values.T)
