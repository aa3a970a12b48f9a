"""The five generalised leaky integrate-and-fire models of the Allen Institute, as one."""

from rheobase.models.written.making import neuron_class

GLIF = neuron_class(
    "GLIF",
    """
    tau_m : ms (positive)  # membrane time constant
    E_L : mV  # leak reversal potential
    g_L : 1 or nS (positive)  # leak conductance; other than 1, currents are in pA and conductances in nS
    V_th : mV  # threshold of a rested neuron
    t_ref : ms (non-negative)  # refractory period, a multiple of dt, in which nothing moves
    f_V : 1  # share of V - E_L that a spike leaves
    delta_V : mV  # what a spike adds to V
    tau_theta : ms (positive)  # time constant of the spike component of the threshold
    delta_theta : mV  # what a spike adds to the spike component of the threshold
    a_V : 1/ms  # how strongly the threshold follows V
    tau_V : ms (positive)  # time constant with which the threshold forgets V
    tau_1 : ms (positive)  # time constant of the first after-spike current
    tau_2 : ms (positive)  # time constant of the second after-spike current
    f_1 : 1  # share of the first after-spike current that a spike leaves
    f_2 : 1  # share of the second after-spike current that a spike leaves
    delta_1 : mV or pA  # what a spike adds to the first after-spike current
    delta_2 : mV or pA  # what a spike adds to the second after-spike current
    theta = V_th + theta_s + theta_V : mV
    dV/dt = (E_L - V + (I + asc_1 + asc_2)/g_L)/tau_m : mV (unless refractory)  # membrane potential
    dasc_1/dt = -asc_1/tau_1 : mV or pA (unless refractory)  # first after-spike current
    dasc_2/dt = -asc_2/tau_2 : mV or pA (unless refractory)  # second after-spike current
    dtheta_s/dt = -theta_s/tau_theta : mV (unless refractory)  # spike component of the threshold
    dtheta_V/dt = a_V*(V - E_L) - theta_V/tau_V : mV (unless refractory)  # voltage component of the threshold
    """,
    threshold="V > theta",
    reset="""
    V = E_L + f_V*(V - E_L) + delta_V
    asc_1 = f_1*exp(-t_ref/tau_1)*asc_1 + delta_1
    asc_2 = f_2*exp(-t_ref/tau_2)*asc_2 + delta_2
    theta_s = exp(-t_ref/tau_theta)*theta_s + delta_theta
    """,
    refractory="t_ref",
    parameters={
        "tau_m": 6.2,
        "E_L": -78.85,
        "g_L": 9.43,
        "V_th": -51.68,
        "t_ref": 3.8,
        "f_V": 0.2,
        "delta_V": 18.51,
        "tau_theta": 111.0,
        "delta_theta": 0.37,
        "a_V": 0.005,
        "tau_V": 11.1,
        "tau_1": 333.0,
        "tau_2": 10.0,
        "f_1": 1.0,
        "f_2": 1.0,
        "delta_1": -9.18,
        "delta_2": -198.94,
    },
    initial={"V": "E_L", "asc_1": 0.0, "asc_2": 0.0, "theta_s": 0.0, "theta_V": 0.0},
    summary=(
        "Generalised leaky integrate-and-fire neuron: reset rules, after-spike currents, a threshold of three parts."
    ),
    reference="Teeter et al. 2018, Nature Communications 9:709, whose five levels set parameters to 0",
)
