"""Clopath's rule: depression where spikes arrive at a depolarised neuron, potentiation where it is at its peak."""

from rheobase.models.written.making import plasticity_class

ClopathSTDP = plasticity_class(
    "ClopathSTDP",
    """
    A_LTD : weight/mV (non-negative)  # amplitude of depression
    A_LTP : weight/mV**2 (non-negative)  # amplitude of potentiation
    theta_minus : mV  # above which the filtered potentials count, at rest
    theta_plus : mV  # above which the potential itself counts
    tau_x : ms (positive)  # time constant of the trace x of spikes that arrive
    tau_minus : ms (positive)  # time constant of u_minus
    tau_plus : ms (positive)  # time constant of u_plus
    V_spike : mV  # height of a spike, where V is reset and does not show it
    t_spike : ms (non-negative)  # width of a spike; 0 where V shows it
    w_min : weight  # lower bound
    w_max : weight  # upper bound
    dx/dt = -x/tau_x : 1/ms (pre)  # trace of spikes that arrive
    du_minus/dt = (V_post - u_minus)/tau_minus : mV (post)  # filtered potential, which depression reads
    du_plus/dt = (V_post - u_plus)/tau_plus : mV (post)  # filtered potential, which potentiation reads
    """,
    on_pre="""
    w = clip(w - A_LTD*max(u_minus - theta_minus, 0), w_min, w_max)
    x += 1/tau_x
    """,
    on_post="""
    w = clip(w + A_LTP*x*t_spike*max(V_spike - theta_plus, 0)*max(u_plus - theta_minus, 0), w_min, w_max)
    u_minus = V_spike + (u_minus - V_spike)*exp(-t_spike/tau_minus)
    u_plus = V_spike + (u_plus - V_spike)*exp(-t_spike/tau_plus)
    """,
    on_clock="w = clip(w + A_LTP*x*dt*max(V_post - theta_plus, 0)*max(u_plus - theta_minus, 0), w_min, w_max)",
    parameters={
        "A_LTD": 14e-5,
        "A_LTP": 8e-5,
        "theta_minus": -70.6,
        "theta_plus": -45.3,
        "tau_x": 15.0,
        "tau_minus": 10.0,
        "tau_plus": 7.0,
        "V_spike": 33.0,
        "t_spike": 2.0,
        "w_min": 0.0,
        "w_max": 1.0,
    },
    initial={"u_minus": "theta_minus", "u_plus": "theta_minus"},
    summary="Voltage-based plasticity: what the potential of the post neuron was and is decides about the change.",
    reference="Clopath et al. 2010, Nature Neuroscience 13:344",
)
