"""Plasticity that waits for a reward: pairs of spikes make synapses eligible, dopamine changes those that are."""

from rheobase.models.written.making import plasticity_class, synapse_class

#: Interval at which weights follow their eligibility (ms).
EVERY = 10

Neuromodulator = synapse_class(
    "Neuromodulator",
    """
    tau : ms (positive)  # time constant of its removal
    dd/dt = -d/tau : 1  # concentration at the post neuron
    I = 0*d : mV
    """,
    on_pre="d += w",
    parameters={"tau": 200.0},
    summary="Neuromodulator: its concentration d rises with each arrival and decays, and drives nothing by itself.",
    reference="Izhikevich 2007, Cerebral Cortex 17:2443",
)

RewardSTDP = plasticity_class(
    "RewardSTDP",
    """
    A_plus : weight/ms (non-negative)  # eligibility at coincidence, pre before post
    A_minus : weight/ms (non-negative)  # loss of eligibility at coincidence, post before pre
    tau_plus : ms (positive)  # time constant of the presynaptic trace
    tau_minus : ms (positive)  # time constant of the postsynaptic trace
    tau_c : ms (positive)  # time constant of the eligibility
    d_0 : 1  # tonic dopamine
    w_min : weight  # lower bound
    w_max : weight  # upper bound
    dc/dt = -c/tau_c : weight/ms  # eligibility
    dx/dt = -x/tau_plus : 1 (pre)  # trace of spikes that arrive
    dy/dt = -y/tau_minus : 1 (post)  # trace of postsynaptic spikes
    """,
    on_pre="c -= A_minus*y; x += 1",
    on_post="c += A_plus*x; y += 1",
    on_clock=f"w = clip(w + {EVERY}*c*(d_0 + d_dopamine_post), w_min, w_max)",
    every=EVERY,
    parameters={
        "A_plus": 0.01,
        "A_minus": 0.015,
        "tau_plus": 20.0,
        "tau_minus": 20.0,
        "tau_c": 1000.0,
        "d_0": 0.002,
        "w_min": 0.0,
        "w_max": 4.0,
    },
    before=(
        'da = net.add(rb.Poisson(rate=1), 1, name="dopaminergic")\n'
        'dopamine = rb.Neuromodulator(tau=200, label="dopamine")\n'
        "net.connect(da, e, rb.AllToAll(), weight=0.5, synapse=dopamine)"
    ),
    summary="Reward-modulated STDP: w' = c d, where pairs of spikes change the eligibility c and d is dopamine.",
    reference="Izhikevich 2007, Cerebral Cortex 17:2443",
)
