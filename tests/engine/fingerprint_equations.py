"""Networks of models that are written as equations, for their fingerprints."""

import contextlib

from fingerprint_trial import network, rb


@network
def equations(trial):
    trial.network(seed=18)
    mine = rb.neuron(
        "Mine",
        """
        drive = I - w + g_slow*(0 - V)
        g_slow : nS (receptor)
        dV/dt = (E_L - V + D*exp((V - V_T)/D) + drive)/tau_m + sigma*xi : mV (unless refractory)
        dw/dt = (a*(V - E_L) - w)/tau_w : mV
        """,
        threshold="V > V_th + tanh(1*w)",
        reset="V = E_L + rand(); w += b",
        refractory="t_ref",
        parameters=dict(tau_m=10, E_L=-70, V_T=-55, D=2, V_th=-40, tau_w=100, a=0.05, b=1, t_ref=2, sigma=0.3),
        initial={"V": "E_L", "w": 0},
        events={"calm": ("w > 6", "w = 5")},
    )
    theirs = rb.from_brian(
        "dv/dt = (ge - (v - El))/taum : volt (unless refractory)\ndge/dt = -ge/(5*ms) : volt (delta)",
        threshold="v > -50*mV",
        reset="v = El",
        refractory="5*ms",
        namespace={"taum": "20*ms", "El": "-60*mV"},
        initial={"v": "El"},
    )
    e = trial.add(mine(tau_m=rb.Uniform(8, 12)), 500, V=rb.Uniform(-70, -56))
    i = trial.add(theirs(), 300, v=rb.Uniform(-60, -51))
    x = trial.poisson(100, 60)
    trial.connect(x, e, rb.FixedInDegree(20), 20, rb.Exponential(tau=5))
    trial.connect(x, e, rb.FixedInDegree(5), 0.02, rb.Exponential(tau=50, reversal=0, label="slow"))
    trial.connect(x, i, rb.FixedInDegree(20), 3, rb.Delta())
    trial.connect(e, i, rb.FixedInDegree(20), 2, rb.Delta())
    trial.connect(i, e, rb.FixedInDegree(10), 0.02, rb.Alpha(tau=5, reversal=-80))
    trial.record(e, "V")
    trial.record(e, "drive")
    trial.run(60)
    with contextlib.suppress(rb.EquationError):
        rb.neuron("Wrong", "dV/dt =", initial={"V": 0})


@network
def synapses_of_equations(trial):
    trial.network(seed=19)
    nmda = rb.synapse(
        "NMDA",
        """
        dx/dt = -x/tau_rise + sigma*xi
        ds/dt = alpha*x*(1 - s) - s/tau
        g = g_max*s/(1 + exp(-0.062*V_post)/3.57) : nS
        """,
        on_pre="x += w",
        parameters=dict(tau_rise=2, tau=80, alpha=0.5, g_max=0.05, sigma=0.01),
        reversal=0,
    )
    alpha = rb.synapse(
        "Alpha2",
        "dx/dt = -x/tau\ndI/dt = (x - I)/tau",
        on_pre="x += w*(1 + 0.01*x); I += 0.1*w",
        parameters=dict(tau=3),
    )
    e = trial.add(rb.LIF(tau_m=rb.Uniform(8, 20), I_x=18), 300, V=rb.Uniform(-70, -56))
    i = trial.add(rb.AdEx(), 100)
    x = trial.poisson(100, 60)
    trial.connect(x, e, rb.FixedInDegree(20), 0.5, nmda())
    trial.connect(e, e, rb.FixedInDegree(20), 0.5, nmda(), delay=rb.Uniform(0.5, 2))
    trial.connect(i, e, rb.FixedInDegree(20), -2, alpha())
    trial.connect(x, i, rb.FixedInDegree(5), 2, rb.Delta())
    trial.record(e, "g_q2+q0")
    trial.run(60)


@network
def plasticity_of_equations(trial):
    trial.network(seed=20)
    rewarded = rb.plasticity(
        "Rewarded",
        """
        dx/dt = -x/tau : 1
        dy/dt = -y/tau : 1
        dc/dt = -c/tau_c : 1
        """,
        on_pre="c -= A*y; x += 1; arrival = w*exp(-c)",
        on_post="c += A*x*(1 + 0.01*(V_post + 70)); y += 1",
        on_clock="w = clip(w + eta*c*s_da_post, 0, w_max)",
        every=5,
        parameters=dict(tau=20, tau_c=200, A=0.1, eta=0.5, w_max=2),
    )
    dopamine = rb.synapse("Dopamine", "ds/dt = -s/tau\nI = 0*s", on_pre="s += w", parameters=dict(tau=150))
    nmda = rb.synapse(
        "Shared",
        """
        ds/dt = -s/tau : 1 (pre)
        S = w*s : nS (summed)
        I = 0.1*w*(V_pre - V_post) : mV (summed)
        """,
        on_pre="s += 1 - s",
        parameters=dict(tau=80),
    )
    e = trial.add(rb.LIF(tau_m=rb.Uniform(8, 20)), 300, V=rb.Uniform(-70, -56))
    d, x = trial.poisson(5, 20), trial.poisson(100, 60)
    trial.connect(d, e, rb.AllToAll(), 0.3, dopamine(label="da"))
    trial.connect(x, e, rb.FixedInDegree(20), 30, rb.Exponential(tau=5))
    trial.connect(e, e, rb.FixedInDegree(20), 1, rb.Exponential(tau=5), delay=0.7, plasticity=rewarded())
    trial.connect(e, e, rb.AllToAll(autapses=False), 0.002, nmda())
    trial.connect(e, e, rb.FixedInDegree(5), 0.02, nmda())
    trial.run(60)


@network
def models_written_as_equations(trial):
    """The library's own models of equations, which are as public as the others."""
    trial.network(seed=21)
    x = trial.poisson(100, 40)
    gif = trial.add(rb.GIF(I_x=rb.Uniform(0, 20)), 60)
    glif = trial.add(rb.GLIF(), 60)
    trial.connect(x, gif, rb.FixedInDegree(30), 40, rb.Exponential(tau=5))
    trial.connect(x, glif, rb.FixedInDegree(30), 1000, rb.Exponential(tau=5))  # pA·ms
    e = trial.add(rb.EIF(), 30, V=rb.Uniform(-70, -60))
    trial.connect(x, e, rb.FixedInDegree(30), 40, rb.Exponential(tau=5))
    d = trial.poisson(5, 20)
    trial.connect(d, e, rb.AllToAll(), 0.3, rb.Neuromodulator(label="dopamine"))
    for rule, weight in ((rb.ClopathSTDP(), 0.5), (rb.RewardSTDP(), 0.5), (rb.GraupnerBrunel(), 0.5)):
        trial.connect(x, e, rb.FixedInDegree(10), weight, rb.Exponential(tau=5), plasticity=rule)
    trial.run(100)


@network
def delays_and_draws_of_equations(trial):
    trial.network(seed=21)
    cell = rb.neuron(
        "Rising",
        "dV/dt = (I - V)/10 : mV (unless refractory)\nabove : 1 (state)",
        threshold="V > 15",
        reset="V = 0; above = 0",
        refractory="2",
        events={"up": ("V > 8 and above < 0.5", "above = 1")},
        initial={"V": "10*rand()", "above": 0},
    )
    noisy = rb.plasticity(
        "Noisy",
        "dx/dt = -x/20\ndy/dt = -y/20\nc : 1 (state)",
        on_pre="w = clip(w - 0.1*y*rand(), 0, 9); x += 1; c += rand(); arrival = w*int(rand() < 0.7)",
        on_post="w = clip(w + 0.1*x + 0.01*randn(), 0, 9); y += 1; c -= 0.1*randn()",
        on_clock="w = clip(w + 1e-3*V_pre*V_post + 0.01*randn(), 0, 9)",
        every=0.7,
    )
    shared = rb.synapse("Late", "ds/dt = -s/9 : 1 (pre)\nI = w*s*(V_pre - V_post)/20 : mV (summed)", on_pre="s += 1")
    e = trial.add(cell(), 300)
    up = trial.add(rb.Events(e.name, "up"), 300)
    x = trial.poisson(100, 60)
    differ = {"delay": rb.Uniform(0.1, 4)}
    short = rb.TsodyksMarkram(U=rb.Uniform(0.2, 0.8), tau_rec=rb.Uniform(20, 200), tau_facil=30)
    q = trial.connect(e, e, rb.FixedInDegree(30), 5, plasticity=noisy(), **differ)
    trial.connect(x, e, rb.FixedInDegree(20), rb.Uniform(20, 40), plasticity=rb.PairSTDP(w_max=50), **differ)
    trial.connect(up, e, rb.FixedInDegree(20), 3, plasticity=short, **differ)
    trial.connect(e, e, rb.FixedInDegree(10), 0.02, shared(), **differ)
    trial.record_weights(q, every=5)
    trial.run(30)
    trial.save_and_load()
    trial.run(30)
