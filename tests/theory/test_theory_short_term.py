"""Mean fields of networks with short-term plasticity: what spikes deliver, and what the engine's networks do."""

from math import exp

import numpy as np
import pytest
from scipy.stats import gamma

import rheobase as rb
from rheobase.theory import self_consistent_rates
from rheobase.theory.inputs.short_term import ShortTerm

EIF = dict(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
DEPRESSING = rb.TsodyksMarkram(U=0.5, tau_rec=200)


def one(*parameters):
    """Return synapses alike."""
    return ShortTerm((parameters,))


def delivered(synapse, intervals):
    """Return what each spike of a train delivers, next to the weight."""
    ((U, tau_rec, tau_facil),) = synapse.synapses
    u = missing = 0.0
    found = []
    for interval in intervals:
        u *= exp(-interval / tau_facil) if tau_facil else 0.0
        missing *= exp(-interval / tau_rec)
        u += U * (1 - u)
        found.append(u * (1 - missing))
        missing += found[-1]
    return np.array(found)


@pytest.mark.parametrize("rate", [0.0, 0.5, 10.0, 200.0])
@pytest.mark.parametrize("U", [0.01, 0.5, 1.0])
def test_depression_alone_has_a_closed_form(U, rate):
    r, tau = rate / 1000, 300.0
    found = one(U, tau, 0.0).delivered(rate)
    mean = U / (1 + U * r * tau)
    # x' = 1 − d (1 − (1 − U) x), and the mean of d^k is r / (r + k / tau).
    once, twice = r * tau / (1 + r * tau), r * tau / (2 + r * tau)
    x = mean / U
    square = (1 - 2 * once + twice + 2 * (once - twice) * (1 - U) * x) / (1 - twice * (1 - U) ** 2)
    assert (found.mean, found.square) == pytest.approx((mean, U**2 * square), rel=1e-9)
    assert found.gain == found.passed == pytest.approx(1 / (1 + U * r * tau), rel=1e-3)


@pytest.mark.parametrize(
    ("synapse", "rate"),
    [(one(0.03, 200, 1500), 20.0), (one(0.2, 200, 1500), 5.0), (one(0.01, 50, 3000), 80.0)],
)
def test_facilitation_is_that_of_poisson_spikes(synapse, rate):
    parts = delivered(synapse, np.random.default_rng(1).exponential(1000 / rate, 60_000)).reshape(60, -1)
    found = synapse.delivered(rate)
    for order, expected in ((1, found.mean), (2, found.square)):
        means = (parts**order).mean(axis=1)
        assert means.mean() == pytest.approx(expected, abs=4 * means.std() / np.sqrt(len(means)))


def test_senders_that_differ_deliver_the_mean_of_what_each_does():
    synapse, parts = one(0.4, 150, 30), (np.arange(400) + 0.5) / 400
    rates = gamma.ppf(parts, 2.0, scale=5.0)
    each = [synapse.delivered(rate) for rate in rates.tolist()]
    means, squares = np.array([[one.mean, one.square] for one in each]).T
    found = synapse.delivered(10.0, 50.0)
    # Of 400 rates the largest is the mean of the last 400th part, nearly.
    assert found.mean == pytest.approx((rates * means).mean() / rates.mean(), rel=2e-3)
    assert found.square == pytest.approx((rates * squares).mean() / rates.mean(), rel=2e-3)
    assert found.passed == pytest.approx((rates * means).std() / np.sqrt(50.0) / found.mean, rel=2e-3)
    assert synapse.delivered(10.0, 1e-9).mean == pytest.approx(synapse.delivered(10.0).mean, rel=1e-6)


def test_synapses_that_differ_deliver_the_mean_of_what_each_does():
    rate, tau = 10.0, 200.0
    of = ShortTerm.of(rb.TsodyksMarkram(U=rb.Uniform(0.2, 0.8), tau_rec=tau)).delivered(rate)
    U = np.linspace(0.2, 0.8, 10_001)
    means, slopes = U / (1 + U * rate / 1000 * tau), U / (1 + U * rate / 1000 * tau) ** 2
    # Sixteen quantiles of a uniform law.
    assert of.mean == pytest.approx(means.mean(), rel=2e-3)
    assert of.between == pytest.approx(means.var(), rel=0.01)
    assert of.gain == pytest.approx(slopes.mean() / means.mean(), rel=2e-3)
    assert ShortTerm.of(rb.TsodyksMarkram(U=0.0)).delivered(rate).mean == 0.0


def cortex(n, rules, chance):
    """Return the textbook's network, whose plastic weights are such that about as much arrives as in it."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    e, i = (
        net.add(rb.EIF(**EIF), k, name=name, V=rb.Uniform(-72, -55)) for name, k in (("e", 4 * n // 5), ("i", n // 5))
    )
    x, rates = net.add(rb.Poisson(rate=5), e.n, name="x"), {"e": 7.0, "i": 18.0, "x": 5.0}
    paths = [(x, e, 160, 30, 8), (x, i, 160, 20, 8), (e, e, 160, 12, 6), (e, i, 160, 35, 6), (i, e, 40, -45, 4)]
    for pre, post, k, weight, tau in [*paths, (i, i, 40, -70, 4)]:
        rule = rules.get(pre.name + post.name)
        if rule is not None:
            weight /= ShortTerm.of(rule).delivered(rates[pre.name]).mean
        wiring = rb.Bernoulli(k / pre.n) if chance else rb.FixedInDegree(k)
        net.connect(pre, post, wiring, weight=weight, synapse=rb.Exponential(tau=tau), plasticity=rule)
    return net


@pytest.mark.parametrize(
    ("rules", "chance", "allowed"),
    [
        ({"xe": rb.TsodyksMarkram(U=0.4, tau_rec=150)}, True, 0.03),
        ({"ee": DEPRESSING}, True, 0.03),
        ({"ee": rb.TsodyksMarkram(U=rb.Uniform(0.2, 0.8), tau_rec=rb.Uniform(100, 300))}, True, 0.03),
        # Inhibitory neurons fire more regularly than Poisson processes and so deliver less.
        ({"ee": DEPRESSING, "ie": rb.TsodyksMarkram(U=0.2, tau_rec=50, tau_facil=500)}, False, 0.08),
    ],
)
def test_rates_of_networks_with_short_term_plasticity_are_those_of_the_engine(rules, chance, allowed):
    net = cortex(2000, rules, chance)
    theory, engine = self_consistent_rates(net), net.run(3000).rates(t_start=500)
    assert [theory["e"], theory["i"]] == pytest.approx([engine["e"], engine["i"]], rel=allowed)


def test_a_mean_field_has_the_state_as_fixed_point_and_slopes_of_what_arrives():
    net = cortex(2000, {"ee": DEPRESSING}, chance=False)
    field, theory = net.mean_field(), self_consistent_rates(net)
    (point,) = field.fixed_points([(0, 100)] * 2)
    assert point.u == pytest.approx(theory.rates, rel=1e-3) and point.stable
    weight = net.circuit.projections[2].mean_weight
    gain = 0.5 / (1 + 0.5 * theory["e"] / 1000 * 200) ** 2
    assert field.W[0, 0] == pytest.approx(160 * weight * gain, rel=1e-3)


def test_conductances_depress_as_well():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    cells = net.add(rb.EIF(tau_m=20, E_L=-65, V_T=-50, V_th=-30, V_re=-62, t_ref=2, g_L=10), 1000, name="e")
    x = net.add(rb.Poisson(rate=20), 1000, name="x")
    conductance = rb.Exponential(tau=5, reversal=0)
    net.connect(x, cells, rb.FixedInDegree(200), weight=4.0, synapse=conductance, plasticity=DEPRESSING)
    assert self_consistent_rates(net)["e"] == pytest.approx(net.run(2000).rates(t_start=500)["e"], rel=0.04)


def test_answers_to_fluctuations_refuse_what_depends_on_time():
    net = cortex(200, {"ee": DEPRESSING}, chance=False)
    for theory in (lambda net: rb.theory.AsynchronousState(net).rates, rb.theory.effective_thresholds):
        with pytest.raises(ValueError, match=r"must deliver their weights for .* TsodyksMarkram of 'e→e'"):
            theory(net)
