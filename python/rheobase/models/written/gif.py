"""The generalised integrate-and-fire neuron: spikes are drawn, and leave currents and a raised threshold behind."""

from rheobase.models.written.making import neuron_class

GIF = neuron_class(
    "GIF",
    """
    tau_m : ms (positive)  # membrane time constant
    E_L : mV  # leak reversal potential
    g_L : 1 or nS (positive)  # leak conductance; other than 1, currents are in pA and conductances in nS
    V_T : mV  # threshold of a rested neuron, at which the hazard is lambda_0
    D : mV (positive)  # distance from the threshold over which the hazard grows e-fold
    lambda_0 : 1/ms (positive)  # hazard at the threshold
    V_re : mV  # reset potential
    t_ref : ms (non-negative)  # refractory period, a multiple of dt; V is held at V_re
    tau_eta_1 : ms (positive)  # time constant of the first spike-triggered current
    tau_eta_2 : ms (positive)  # time constant of the second spike-triggered current
    q_eta_1 : mV or pA  # what a spike adds to the first spike-triggered current
    q_eta_2 : mV or pA  # what a spike adds to the second spike-triggered current
    tau_gamma_1 : ms (positive)  # time constant of the first rise of the threshold
    tau_gamma_2 : ms (positive)  # time constant of the second rise of the threshold
    q_gamma_1 : mV  # by how much a spike raises the threshold, first time constant
    q_gamma_2 : mV  # by how much a spike raises the threshold, second time constant
    theta = V_T + gamma_1 + gamma_2 : mV
    hazard = lambda_0*exp((V - theta)/D) : 1/ms
    dV/dt = (E_L - V + (I - eta_1 - eta_2)/g_L)/tau_m : mV (unless refractory)  # membrane potential
    deta_1/dt = -eta_1/tau_eta_1 : mV or pA  # first spike-triggered current
    deta_2/dt = -eta_2/tau_eta_2 : mV or pA  # second spike-triggered current
    dgamma_1/dt = -gamma_1/tau_gamma_1 : mV  # first rise of the threshold
    dgamma_2/dt = -gamma_2/tau_gamma_2 : mV  # second rise of the threshold
    """,
    threshold="rand() < -expm1(-hazard*dt)",
    reset="V = V_re; eta_1 += q_eta_1; eta_2 += q_eta_2; gamma_1 += q_gamma_1; gamma_2 += q_gamma_2",
    refractory="t_ref",
    parameters={
        "tau_m": 15.0,
        "E_L": -72.0,
        "g_L": 1.0,
        "V_T": -55.0,
        "D": 2.0,
        "lambda_0": 0.1,
        "V_re": -65.0,
        "t_ref": 2.0,
        "tau_eta_1": 10.0,
        "tau_eta_2": 100.0,
        "q_eta_1": 5.0,
        "q_eta_2": 1.0,
        "tau_gamma_1": 10.0,
        "tau_gamma_2": 200.0,
        "q_gamma_1": 5.0,
        "q_gamma_2": 1.0,
    },
    initial={"V": "E_L", "eta_1": 0.0, "eta_2": 0.0, "gamma_1": 0.0, "gamma_2": 0.0},
    summary="Generalised integrate-and-fire neuron: escape noise, spike-triggered currents, a moving threshold.",
    reference="Mensi et al. 2012, J. Neurophysiol. 107:1756; Pozzorini et al. 2015, PLoS Comput. Biol. 11:e1004275",
)
