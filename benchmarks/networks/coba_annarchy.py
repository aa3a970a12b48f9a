"""Vogels–Abbott, coba, in ANNarchy, by exponential Euler steps."""

import ANNarchy as ann
import annarchy_run
from definitions import COBA, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
n, p = sizes(options.neurons), COBA["neuron"]
neuron = ann.Neuron(
    parameters={
        **{name: p[name] for name in ("C_m", "E_L", "V_th", "V_re")},
        "leak": p["g_L"],  # names that begin with g_ are those of inputs
        **{f"tau_{a}": COBA["tau"][a] for a in "ei"},
        **{f"E_{a}": COBA["reversal"][a] for a in "ei"},
    },
    equations=[
        ann.Variable("C_m * dv/dt = leak * (E_L - v) + g_e * (E_e - v) + g_i * (E_i - v)", method="exponential"),
        ann.Variable("tau_e * dg_e/dt = -g_e", method="exponential"),
        ann.Variable("tau_i * dg_i/dt = -g_i", method="exponential"),
    ],
    spike="v >= V_th",
    reset="v = V_re",
    refractory=p["t_ref"],
)
initial = {
    a: {"v": draw(COBA["V"], n[a], random), **{f"g_{b}": draw(COBA["g"][b], n[a], random) for b in "ei"}} for a in "ei"
}
annarchy_run.measure(neuron, n, initial, COBA["weights"], COBA["in_degree"] / options.neurons, options)
