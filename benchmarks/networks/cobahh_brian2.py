"""Vogels–Abbott, cobahh, in Brian2, by exponential Euler steps. Conductances in nS."""

import brian2_device
from brian2 import NeuronGroup, Synapses, ms
from definitions import COBAHH, DT, draw, random_state, sizes
from measure import arguments

options = arguments(neurons=4000, time=1000)
random = random_state(options.seed)
brian2_device.prepare(options.threads, options.seed)
n, p = sizes(options.neurons), COBAHH["neuron"]

equations = """
dv/dt = (g_L * (E_L - v) + g_e * (E_e - v) + g_i * (E_i - v)
         - g_Na * (m * m * m) * h * (v - E_Na) - g_K * (n * n * n * n) * (v - E_K)) / C_m : 1
dm/dt = alpha_m * (1 - m) - beta_m * m : 1
dn/dt = alpha_n * (1 - n) - beta_n * n : 1
dh/dt = alpha_h * (1 - h) - beta_h * h : 1
dg_e/dt = -g_e / tau_e : 1
dg_i/dt = -g_i / tau_i : 1
alpha_m = 0.32 * 4 / exprel((13 - v + V_T) / 4) / ms : Hz
beta_m = 0.28 * 5 / exprel((v - V_T - 40) / 5) / ms : Hz
alpha_h = 0.128 * exp((17 - v + V_T) / 18) / ms : Hz
beta_h = 4 / (1 + exp((40 - v + V_T) / 5)) / ms : Hz
alpha_n = 0.032 * 5 / exprel((15 - v + V_T) / 5) / ms : Hz
beta_n = 0.5 * exp((10 - v + V_T) / 40) / ms : Hz
"""
namespace = {
    **{k: p[k] for k in ("g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "V_T", "V_th")},
    "t_ref": (p["t_ref"] + 0.5 * DT) * ms,
    "C_m": p["C_m"] * ms,  # pF are nS times ms
    "tau_e": COBAHH["tau"]["e"] * ms,
    "tau_i": COBAHH["tau"]["i"] * ms,
    "E_e": COBAHH["reversal"]["e"],
    "E_i": COBAHH["reversal"]["i"],
}
group = NeuronGroup(
    options.neurons,
    equations,
    threshold="v >= V_th",
    reset="",
    refractory="v >= V_th or t - lastspike < t_ref",  # a spike is what comes from below
    method="exponential_euler",
    namespace=namespace,
)
cells = {"e": group[: n["e"]], "i": group[n["e"] :]}
for a in "ei":
    cells[a].v = draw(COBAHH["V"], n[a], random)
    cells[a].g_e = draw(COBAHH["g"]["e"], n[a], random)
    cells[a].g_i = draw(COBAHH["g"]["i"], n[a], random)
synapses = []
# two groups, four Synapses with a delay of one step: 3.83 s per second of 4,000 neurons on one thread of an Intel Xeon;
# this: 3.71 s
for pre in "ei":
    jump = COBAHH["weights"][pre]
    s = Synapses(cells[pre], group, on_pre=f"g_{pre}_post += {jump!r}")
    s.connect(p=COBAHH["in_degree"] / options.neurons)
    synapses.append(s)
brian2_device.measure(cells, synapses, options, groups=[group])
