"""Published rules of learning, written as text: each gives the number that its equations have."""

import numpy as np
import pytest

import rheobase as rb


def test_a_rule_of_single_spikes_holds_the_rate():
    """Equal steps up with pre spikes of 50 Hz and down with post spikes balance at 50 Hz (Breitwieser)."""
    unit = rb.neuron(
        "Unit",
        "dV/dt = (I - V)/10 : 1 (unless refractory, delta)",
        threshold="V > 1",
        reset="V = -1",
        refractory="1",
        initial=dict(V=0),
    )
    rule = rb.plasticity(
        "Homeostasis", on_pre="arrival = w; w = clip(w + 0.05, 0, 2)", on_post="w = clip(w - 0.05, 0, 2)"
    )
    net = rb.Network(dt=0.1, seed=1, threads=1)
    steady, other = net.add(rb.Poisson(rate=50), 1, name="steady"), net.add(rb.Poisson(rate=25), 1, name="other")
    held, free = net.add(unit(), 1, name="held"), net.add(unit(), 1, name="free")
    net.connect(steady, held, rb.AllToAll(), weight=0.0, synapse=rb.Delta(), plasticity=rule())
    for post in (held, free):
        net.connect(other, post, rb.AllToAll(), weight=2.0, synapse=rb.Delta())
    res = net.run(20000)
    counts = {name: len(res.spikes(name).times) for name in ("steady", "held", "free")}
    # The weight is bounded, so the counts can differ by 2/0.05 = 40 and what is cut off at the bounds, a tenth at most.
    assert counts["held"] == pytest.approx(counts["steady"], abs=40 + 0.1 * counts["steady"])
    assert counts["free"] < 0.6 * counts["steady"]


@pytest.mark.parametrize("rate", [0.0, 4.0, 10.0])
def test_the_rate_of_a_population_gates_inhibitory_plasticity(rate):
    """Zenke, Agnes and Gerstner (2015): Δw = η G (1 + exp(−Δt/τ)), where G is the population's rate less 5 Hz."""
    gate = rb.synapse("Gate", "dH/dt = -H/100\nI = 0*H", on_pre="H += w")
    rule = rb.plasticity(
        "Gated",
        "dx/dt = -x/20\ndy/dt = -y/20",
        on_pre="x += 1; w = w + (H_gate_post - 5)*(y + 1)",
        on_post="y += 1; w = w + (H_gate_post - 5)*x",
    )
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.LIF(), 1, name="e")
    # Spikes so regular that H, their sum filtered with 100 ms, is the rate.
    clock = net.add(rb.Trains([np.arange(1, 10000) * 0.1]), 1, name="clock")
    pre, post = net.add(rb.Trains([[800.0]]), 1, name="pre"), net.add(rb.Trains([[801.0]]), 1, name="post")
    net.connect(clock, e, rb.AllToAll(), weight=rate * 0.1 / 100, synapse=gate(label="gate"))
    net.connect(post, e, rb.AllToAll(), weight=100.0, synapse=rb.Delta())
    q = net.connect(pre, e, rb.AllToAll(), weight=0.0, synapse=rb.Exponential(tau=5), plasticity=rule())
    net.run(900)
    # Each end changes w once, by one and by exp(−Δt/τ) with Δt = 1 ms; H is off by 5e-4 (steps) and 3e-4 (start).
    assert q.connections()["weight"][0] == pytest.approx((rate - 5) * (1 + np.exp(-1 / 20)), abs=2e-3 * rate + 1e-6)


def calcium(delay_of_post):
    """Return the fractions of 800 synapses that 60 pairs move up and down (Graupner & Brunel 2012, curve DP)."""
    cell = rb.neuron(
        "Kicked",
        "dV/dt = (I - V)/10 : mV (delta)",
        threshold="V > 50",
        reset="V = 0",
        initial=dict(V=0),
    )
    rule = rb.plasticity(
        "Calcium",
        """
        dc/dt = -c/20
        rho : 1 (state)
        up = int(c > 1.3)
        down = int(c > 1)
        drift = -rho*(1 - rho)*(0.5 - rho) + gamma_p*(1 - rho)*up - gamma_d*rho*down
        """,
        on_pre="c += 1",
        on_post="c += 2",
        on_clock="rho += (drift + sigma*sqrt(tau*(up + down))*randn())/tau",
        every=1.0,
        parameters=dict(tau=150e3, gamma_p=321.808, gamma_d=200, sigma=2.8284),
    )
    net, n, times = rb.Network(dt=1.0, seed=1, threads=1), 800, 100.0 + 1000 * np.arange(60)
    pre, post = net.add(rb.Trains([times]), 1, name="pre"), net.add(rb.Trains([times + delay_of_post]), 1, name="post")
    e = net.add(cell(), n, name="e")
    net.connect(post, e, rb.AllToAll(), weight=100.0, synapse=rb.Delta())
    q = net.connect(pre, e, rb.AllToAll(), weight=0.0, synapse=rb.Delta(), delay=14.0, plasticity=rule())
    q["rho"] = np.arange(n) % 2
    net.run(60000)
    return np.mean(q["rho"][::2] > 0.5), np.mean(q["rho"][1::2] < 0.5)


def change(up, down, beta=0.5, b=5):
    """Return the strength after over that before: a fraction beta starts down, and up is b times as strong."""
    return (beta * (1 - up) + (1 - beta) * down + b * (beta * up + (1 - beta) * (1 - down))) / (beta + b * (1 - beta))


def test_calcium_depresses_before_and_potentiates_after():
    before, after = change(*calcium(-10.0)), change(*calcium(10.0))
    # 400 synapses for each start: the change has a standard error of 4/3/2·√(2·0.25/400) = 0.024 at most.
    assert before < 1 - 3 * 0.024 < 1 < after
    assert after - before > 5 * 0.024
