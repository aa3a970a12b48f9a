"""Phase oscillators that are all coupled to each other (Kuramoto's model), at three strengths of coupling."""

import numpy as np

EXACT = 1e-6
N, DURATION = 100, 5000.0
COUPLINGS = (0.0, 1.0, 4.0)
_RNG = np.random.default_rng(3)
PHASES, SPEEDS = _RNG.uniform(0, 2 * np.pi, N), _RNG.normal(0.5, 0.5, N).clip(0)


def _measure(coupling, phases):
    order = np.exp(1j * phases).mean()
    return {f"order at K = {coupling}": abs(order), f"mean phase at K = {coupling}": phases.mean()}


def brian2(seed):
    import brian2 as b2

    equations = """
    dTheta/dt = omega + K/N*coupling : 1
    omega : Hz (constant)
    coupling : 1
    """
    found = {}
    for strength in COUPLINGS:
        cells = b2.NeuronGroup(N, equations, method="euler", dt=1 * b2.ms, namespace={"K": strength * b2.Hz})
        cells.Theta, cells.omega = PHASES, SPEEDS * b2.Hz
        sums = b2.Synapses(cells, cells, "coupling_post = sin(Theta_pre - Theta_post) : 1 (summed)", dt=1 * b2.ms)
        sums.connect()
        b2.Network(cells, sums).run(DURATION * b2.ms)
        found |= _measure(strength, np.array(cells.Theta))
    return found


def rheobase(seed):
    import rheobase as rb

    model = rb.neuron("Oscillator", "dTheta/dt = omega + I : 1", parameters={"omega": 0}, initial={"Theta": 0})
    synapse = rb.synapse("Kuramoto", "I = w*sin(Theta_pre - Theta_post) : 1 (summed)")
    found = {}
    for strength in COUPLINGS:
        net = rb.Network(dt=1, threads=1)
        cells = net.add(model(omega=SPEEDS * 1e-3, method="euler"), N, name="cells", Theta=PHASES)
        net.connect(cells, cells, rb.AllToAll(), weight=strength * 1e-3 / N, synapse=synapse())
        net.run(DURATION)
        found |= _measure(strength, cells["Theta"])
    return found
