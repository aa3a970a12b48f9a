"""Plasticity by calcium: spikes of either side bring it, and how long it stays above two thresholds decides."""

from rheobase.models.written.making import plasticity_class

#: Interval at which synapses are brought up to date that no spike reaches (ms).
EVERY = 1000

_MOVED_ON = "w = clip(w_min + (w_max - w_min)*(rho_now + spread*randn()), w_min, w_max); last = t"

GraupnerBrunel = plasticity_class(
    "GraupnerBrunel",
    f"""
    tau_Ca : ms (positive)  # time constant of calcium
    C_arrival : 1 (non-negative)  # calcium that a spike brings which arrives
    C_spike : 1 (non-negative)  # calcium that a postsynaptic spike brings
    theta_d : 1 (positive)  # calcium above which synapses are depressed
    theta_p : 1 (positive)  # calcium above which synapses are potentiated
    gamma_d : 1 (non-negative)  # strength of depression
    gamma_p : 1 (non-negative)  # strength of potentiation
    tau : ms (positive)  # time constant of the efficacy
    sigma : 1 (non-negative)  # strength of the noise while calcium is above a threshold
    rho_star : 1 (fraction)  # boundary between the two stable efficacies, 0 and 1
    w_min : weight  # weight at efficacy 0
    w_max : weight  # weight at efficacy 1
    last : ms (state)  # when the synapse was last looked at
    dc/dt = -c/tau_Ca : 1  # calcium
    rho = (w - w_min)/(w_max - w_min)
    passed = min(t - last, {EVERY})
    over_d = clip(passed + tau_Ca*log(max(c, 1e-300)/theta_d), 0, passed)
    over_p = clip(passed + tau_Ca*log(max(c, 1e-300)/theta_p), 0, passed)
    balance = gamma_p/max(gamma_p + gamma_d, 1e-300)
    rho_both = balance + (rho - balance)*exp(-(gamma_p + gamma_d)*min(over_d, over_p)/tau)
    rho_up = 1 - (1 - rho_both)*exp(-gamma_p*(over_p - over_d)/tau)
    rho_down = rho_both*exp(-gamma_d*(over_d - over_p)/tau)
    rho_one = where(over_p > over_d, rho_up, rho_down)
    rho_now = rho_one - (passed - max(over_d, over_p))/tau*rho_one*(1 - rho_one)*(rho_star - rho_one)
    decay_both = (gamma_p + gamma_d)*min(over_d, over_p)/tau
    decay_one = where(over_p > over_d, gamma_p, gamma_d)*abs(over_d - over_p)/tau
    variance_both = 2*min(over_d, over_p)/tau*exprel(-2*decay_both)
    variance_one = abs(over_d - over_p)/tau*exprel(-2*decay_one)
    spread = sigma*sqrt(variance_both*exp(-2*decay_one) + variance_one)
    """,
    on_pre=f"{_MOVED_ON}; c += C_arrival",
    on_post=f"{_MOVED_ON}; c += C_spike",
    on_clock=_MOVED_ON,
    every=EVERY,
    parameters={
        "tau_Ca": 20.0,
        "C_arrival": 1.0,
        "C_spike": 2.0,
        "theta_d": 1.0,
        "theta_p": 1.3,
        "gamma_d": 200.0,
        "gamma_p": 321.808,
        "tau": 150e3,
        "sigma": 0.0,
        "rho_star": 0.5,
        "w_min": 0.0,
        "w_max": 1.0,
    },
    summary="Calcium-based plasticity of a bistable efficacy, with noise (sigma = 2.8284 in the paper).",
    reference="Graupner & Brunel 2012, PNAS 109:3991",
)
