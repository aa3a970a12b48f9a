"""Plasticity rules of the library that are written as equations, against plain loops and numbers of their papers."""

import pickle

import numpy as np
import pytest

import rheobase as rb
from rheobase.figures.voltage_plasticity import driven
from rheobase.models import written
from rheobase.models.written.catalogue import PLASTICITY, SYNAPSES

DT = 0.1


def test_the_names_are_known_before_the_texts_are_read():
    assert tuple(PLASTICITY) == written.PLASTICITY
    assert tuple(SYNAPSES) == written.SYNAPSES


@pytest.mark.parametrize("name", PLASTICITY)
def test_rules_document_themselves(name):
    rule, text = PLASTICITY[name].rule, PLASTICITY[name].__doc__
    assert getattr(rb, name) is PLASTICITY[name]
    assert all(line in text for line in rule.equation.splitlines())
    assert all(f"{p.name} : float" in text and p.unit and p.doc != "parameter" for p in rule.parameters)
    assert type(pickle.loads(pickle.dumps(PLASTICITY[name]()))) is PLASTICITY[name]
    with pytest.raises(ValueError, match="w_min must be < w_max = 1, got 2"):
        PLASTICITY[name](w_min=2, w_max=1)
    with pytest.raises(ValueError, match="w_max"):
        PLASTICITY[name](w_mx=1)
    with pytest.raises(ValueError, match=f"must not be that of a rule of the library, got '{name}'"):
        rb.plasticity(name, on_pre="w += 1")


def test_a_neuromodulator_drives_nothing_by_itself():
    net = rb.Network(dt=DT, threads=1)
    e = net.add(rb.LIF(), 1, name="e")
    da = net.add(rb.Trains([[10.0]]), 1, name="da")
    net.connect(da, e, rb.AllToAll(), weight=0.5, synapse=rb.Neuromodulator(label="dopamine"))
    net.record(e, "d_dopamine")
    res = net.run(110)
    d = res.states("e", "d_dopamine").values[:, 0]
    assert d.max() == pytest.approx(0.5)
    assert d[-1] / d.max() == pytest.approx(np.exp(-(d.size - 1 - d.argmax()) * DT / 200))
    assert e["V"] == rb.LIF().E_L
    assert type(pickle.loads(pickle.dumps(rb.Neuromodulator()))) is rb.Neuromodulator
    with pytest.raises(ValueError, match="of a kernel of the library, got 'Neuromodulator'"):
        rb.synapse("Neuromodulator", "dI/dt = -I", on_pre="I += w")


def test_clopath_against_a_plain_loop():
    random = np.random.default_rng(4)
    pre, post = (np.unique(np.round(np.cumsum(random.uniform(8, 60, 9)), 1)) for _ in range(2))
    q = rb.ClopathSTDP(theta_plus=-55.0, A_LTP=3e-4).parameters
    plastic, res = driven([pre], [post], rb.ClopathSTDP(theta_plus=-55.0, A_LTP=3e-4), 700, record=("V",))
    np.testing.assert_allclose(res.spikes("cells").times, post, atol=1e-9)
    V = res.states("cells", "V").values[-7000:, 0]
    arrivals, spikes = set(np.rint(pre / DT)), set(np.rint(post / DT))
    w, x, u_minus, u_plus = 0.5, 0.0, q["theta_minus"], q["theta_minus"]
    largest = 0.0
    for step in range(1, 7001):
        u = V[step - 1]
        x *= np.exp(-DT / q["tau_x"])
        u_minus += (u - u_minus) * -np.expm1(-DT / q["tau_minus"])
        u_plus += (u - u_plus) * -np.expm1(-DT / q["tau_plus"])
        gain = q["A_LTP"] * x * DT * max(u - q["theta_plus"], 0) * max(u_plus - q["theta_minus"], 0)
        largest = max(largest, gain)
        w += gain
        if step in arrivals:
            w -= q["A_LTD"] * max(u_minus - q["theta_minus"], 0)
            x += 1 / q["tau_x"]
        if step in spikes:
            jump = (q["V_spike"] - q["theta_plus"]) * q["t_spike"]
            w += q["A_LTP"] * x * jump * max(u_plus - q["theta_minus"], 0)
            u_minus = q["V_spike"] + (u_minus - q["V_spike"]) * np.exp(-q["t_spike"] / q["tau_minus"])
            u_plus = q["V_spike"] + (u_plus - q["V_spike"]) * np.exp(-q["t_spike"] / q["tau_plus"])
    assert largest > 1e-6, "the potential itself passes theta_plus"
    assert abs(w - 0.5) > 1e-3
    assert plastic.connections()["weight"][0] == pytest.approx(w, abs=1e-7)


def rewarded(reward, rule, pre=(100.0,), post=(110.0,), duration=3000):
    """Run a synapse with spikes at given times, and dopamine that comes at others."""
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Trains([np.asarray(pre) - DT]), 1, name="a")
    kick = net.add(rb.Trains([np.asarray(post) - DT]), 1, name="kick")
    e = net.add(rb.LIF(tau_m=0.5, V_th=-60, V_re=-72), 1, name="e")
    da = net.add(rb.Trains([np.asarray(reward) - DT]), 1, name="da")
    net.connect(kick, e, rb.AllToAll(), weight=50.0, synapse=rb.Delta())
    net.connect(da, e, rb.AllToAll(), weight=0.5, synapse=rb.Neuromodulator(tau=200, label="dopamine"))
    synapse = rb.Exponential(tau=5, label="plastic")
    plastic = net.connect(a, e, rb.AllToAll(), weight=1.0, synapse=synapse, plasticity=rule)
    net.run(duration)
    return plastic.connections()["weight"][0]


def test_eligibility_fades_until_the_reward():
    """The change is A exp(-lag / tau) 0.5 exp(-wait / tau_c) / (1/tau_c + 1/tau_d), summed up every 10 ms."""
    rule = rb.RewardSTDP(d_0=0)
    found = np.array([rewarded([110.0 + wait], rule, duration=8000) - 1.0 for wait in (500, 1000, 2000)])
    np.testing.assert_allclose(found[1:] / found[:-1], np.exp([-0.5, -1.0]), rtol=1e-4)
    expected = 0.01 * np.exp(-0.5) * 0.5 * np.exp(-0.5) / (1 / 1000 + 1 / 200)
    assert found[0] == pytest.approx(expected, rel=10 * (1 / 1000 + 1 / 200) / 2)
    assert rewarded([], rule) == 1.0, "without dopamine nothing changes"


def test_reward_stdp_against_a_plain_loop():
    random = np.random.default_rng(5)
    pre, post, reward = (np.unique(np.round(random.uniform(20, 2900, n), 1)) for n in (60, 60, 4))
    rule = rb.RewardSTDP(A_plus=0.003, A_minus=0.002)
    found = rewarded(reward, rule, pre, post)
    q, w, c, x, y, d = rule.parameters, 1.0, 0.0, 0.0, 0.0, 0.0
    sets = [set(np.rint(times / DT)) for times in (pre, post, reward)]
    for step in range(1, 30001):
        c, x, y, d = (v * np.exp(-DT / tau) for v, tau in ((c, 1000), (x, 20), (y, 20), (d, 200)))
        if step in sets[2]:
            d += 0.5
        if step in sets[0]:
            c -= q["A_minus"] * y
            x += 1
        if step in sets[1]:
            c += q["A_plus"] * x
            y += 1
        if step % 100 == 0:
            w += 10 * c * (q["d_0"] + d)
    assert abs(w - 1) > 0.05
    assert found == pytest.approx(w, abs=1e-6)


def test_a_reward_needs_its_dopamine():
    net = rb.Network()
    e = net.add(rb.LIF(), 2, name="e")
    with pytest.raises(ValueError, match="RewardSTDP reads d_dopamine_post"):
        net.connect(e, e, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5), plasticity=rb.RewardSTDP())


def calcium_pairs(lags, rule, pairs, *, start=0.5, every=500.0):
    """Return the efficacy after pairs of arrivals and spikes, each lag (ms) with a synapse of its own."""
    n, duration = len(lags), round(pairs * every)
    net = rb.Network(dt=DT, threads=1)
    post = np.round(every / 2 + every * np.arange(pairs), 1)
    a = net.add(rb.Trains([np.round(post - lag - DT, 1) for lag in lags]), n, name="a")
    kick = net.add(rb.Trains([post - DT]), 1, name="kick")
    e = net.add(rb.LIF(tau_m=0.5, V_th=-60, V_re=-72), n, name="e")
    net.connect(kick, e, rb.AllToAll(), weight=50.0, synapse=rb.Delta())
    synapse = rb.Exponential(tau=5, label="plastic")
    plastic = net.connect(a, e, rb.OneToOne(), weight=start, synapse=synapse, plasticity=rule)
    net.run(duration)
    assert (net.t, duration % 1000) == (duration, 0), "the clock brings efficacies up to date at the end"
    return plastic.connections()["weight"]


def test_calcium_of_a_lone_spike_is_balanced_and_pairs_decide():
    """Graupner & Brunel 2012: gamma_p log(2/1.3) = gamma_d log 2, so a postsynaptic spike alone changes nothing.

    Calcium of a pair is above a threshold for tau_Ca log(c/theta) after each spike, less where they overlap.
    """
    rule = rb.GraupnerBrunel(rho_star=0.5)
    lags, pairs = np.array([-200.0, -35.0, 3.0]), 40
    found = calcium_pairs(lags, rule, pairs)
    p = rule.parameters
    expected = []
    for lag in lags:
        jumps = sorted([(0.0, p["C_spike"]), (-lag, p["C_arrival"])])
        first, second = jumps[0][1], jumps[0][1] * np.exp(-abs(lag) / p["tau_Ca"]) + jumps[1][1]
        over = {}
        for name in ("theta_d", "theta_p"):
            times = [p["tau_Ca"] * np.log(max(c / p[name], 1.0)) for c in (first, second)]
            over[name] = min(times[0], abs(lag)) + times[1]
        up, down = p["gamma_p"] * over["theta_p"], p["gamma_d"] * over["theta_d"]
        rho = up / (up + down) + (0.5 - up / (up + down)) * np.exp(-pairs * (up + down) / p["tau"])
        expected.append(rho)
    assert found[0] == pytest.approx(0.5, abs=2e-3)
    assert expected[1] < 0.45
    assert expected[2] > 0.52
    np.testing.assert_allclose(found, expected, atol=5e-3)


@pytest.mark.parametrize("theta_p", [1.3, 1e6])
@pytest.mark.parametrize("arrivals", [1, 7])
def test_noise_of_calcium_is_that_of_an_ornstein_uhlenbeck_process(theta_p, arrivals):
    """While calcium is above both thresholds, or that of depression alone, however often synapses are looked at.

    tau rho' = gamma_p (1 - rho) - gamma_d rho + sigma sqrt(2 tau) eta above both, and with sqrt(tau) above one; the
    bistable drift is 1/500 of that. The variance of n draws has an s.d. of sqrt(2/n) of itself.
    """
    rule, n, duration = rb.GraupnerBrunel(sigma=0.5, tau_Ca=1e9, theta_p=theta_p, C_arrival=3), 4000, 1000.0
    p = rule.parameters
    net = rb.Network(dt=0.5, seed=3, threads=1)
    x = net.add(rb.Trains([np.arange(1, arrivals + 1) * 100.0]), 1, name="x")
    e = net.add(rb.LIF(V_th=1e6), n, name="e")
    q = net.connect(x, e, rb.AllToAll(), weight=0.6, synapse=rb.Exponential(tau=5), plasticity=rule)
    net.run(duration)
    both = theta_p == 1.3
    rate = (p["gamma_d"] + both * p["gamma_p"]) / p["tau"]
    gone = np.exp(-rate * (duration - 100.5))
    mean = p["gamma_p"] / (p["gamma_p"] + p["gamma_d"]) if both else 0.0
    variance = (1 + both) * 0.5**2 / p["tau"] * (1 - gone**2) / (2 * rate)
    found = q["weight"]
    assert found.mean() == pytest.approx(mean + (0.6 - mean) * gone, abs=4 * np.sqrt(variance / n) + 1e-3)
    assert found.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / n))


def test_calcium_against_a_plain_loop():
    """Euler's steps of 0.005 ms of the equations as they are printed, without noise."""
    random = np.random.default_rng(6)
    rule = rb.GraupnerBrunel(tau=5e3, gamma_d=30, gamma_p=50, rho_star=0.3)
    q, fine = rule.parameters, 20
    pre, post = (np.unique(np.round(np.sort(random.uniform(10, 990, 25)), 1)) for _ in range(2))
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Trains([pre - DT]), 1, name="a")
    kick = net.add(rb.Trains([post - DT]), 1, name="kick")
    e = net.add(rb.LIF(tau_m=0.5, V_th=-60, V_re=-72), 1, name="e")
    net.connect(kick, e, rb.AllToAll(), weight=50.0, synapse=rb.Delta())
    synapse = rb.Exponential(tau=5, label="plastic")
    plastic = net.connect(a, e, rb.AllToAll(), weight=0.2, synapse=synapse, plasticity=rule)
    spikes = net.run(1000).spikes("e").times
    rho, c, h = 0.2, 0.0, DT / fine
    arrivals, fired = set(np.rint(pre / DT)), set(np.rint(spikes / DT))
    for step in range(1, 10001):
        for _ in range(fine):
            d = -rho * (1 - rho) * (q["rho_star"] - rho)
            d += q["gamma_p"] * (1 - rho) * (c > q["theta_p"]) - q["gamma_d"] * rho * (c > q["theta_d"])
            rho += h * d / q["tau"]
            c *= np.exp(-h / q["tau_Ca"])
        c += q["C_arrival"] * (step in arrivals) + q["C_spike"] * (step in fired)
    assert abs(rho - 0.2) > 0.1
    assert plastic.connections()["weight"][0] == pytest.approx(rho, abs=2e-3)
