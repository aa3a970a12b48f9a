"""What correlated spike trains do to the noise of a network, and fluctuations of mean and noise to a rate."""

from dataclasses import replace

import numpy as np
import pytest

import rheobase as rb
from rheobase.figures.networks import connected_by_chance
from rheobase.theory import ColouredNoise, SelfConsistentField
from rheobase.theory.inputs.noise_power import total
from rheobase.theory.mean_fields import correlated_input as correlated
from rheobase.theory.neurons.coloured_noise import density_of
from rheobase.theory.neurons.second_order import with_second_order

EIF = rb.EIF(tau_m=10, E_L=-72, V_th=0, V_re=-72, V_T=-55, D=2)


def second_order(curve, mean, omega):
    return with_second_order([density_of(curve, mean)], omega)[0]


@pytest.mark.parametrize(("mean", "sigma"), [(7.0, 5.0), (12.0, 8.0)])
def test_slow_fluctuations_change_the_rate_by_its_curvatures(mean, sigma):
    def rate(I, intensity):
        return float(ColouredNoise(EIF, sigma * intensity**0.5, 5.0)(I))

    *_, by_mean, by_both, by_noise = second_order(ColouredNoise(EIF, sigma, 5.0), mean, np.array([6e-4]))
    h, e = 0.3, 0.03
    bend = (rate(mean + h, 1) - 2 * rate(mean, 1) + rate(mean - h, 1)) / h**2
    twist = sum(s * t * rate(mean + s * h, 1 + t * e) for s in (-1, 1) for t in (-1, 1)) / (4 * h * e)
    second = (rate(mean, 1 + 2 * e) - 2 * rate(mean, 1) + rate(mean, 1 - 2 * e)) / (4 * e**2)
    # Differences are off by the square of their steps, and each intensity has a grid of its own.
    assert 2e3 * by_mean[0] == pytest.approx(bend, rel=0.01)
    assert 1e3 * by_both[0].real == pytest.approx(twist, rel=0.03)
    assert 2e3 * by_noise[0] == pytest.approx(second, rel=0.1)


@pytest.mark.parametrize(("mean", "sigma"), [(7.0, 5.0), (20.0, 8.0)])
def test_fluctuations_of_the_colour_of_the_noise_change_the_rate_as_more_noise_does(mean, sigma):
    curve, hertz, tau_s = ColouredNoise(EIF, sigma, 5.0), np.geomspace(0.5, 1000.0, 30), 5.0
    omega = 2e-3 * np.pi * hertz
    by_mean = second_order(curve, mean, omega)[3].real
    noise = 2 * tau_s * sigma**2 * (1 + 10 / tau_s) / (1 + (omega * tau_s) ** 2)
    more = 2e-3 * (np.trapezoid(noise * by_mean * hertz, np.log(hertz)) + noise[0] * by_mean[0] * hertz[0])
    to_noise = curve.responses(0.0, mean)[1].real
    assert 1e3 * more == pytest.approx(to_noise, rel=0.02)


def feedforward(rule):
    net = rb.Network(dt=0.1, seed=1)
    x, p = net.add(rb.Poisson(rate=20.0), 100, name="x"), net.add(EIF, 500, name="p")
    net.connect(x, p, rule, weight=60.0, synapse=rb.Exponential(tau=5))
    return net


def test_pairs_of_independent_sources_bring_nothing_unless_one_may_be_drawn_twice():
    shares = []
    for rule in (rb.Bernoulli(0.4), rb.FixedTotal(40 * 500)):
        field = SelfConsistentField.of(feedforward(rule), alike=True)
        u = field.solve()
        power = correlated._pairs(field, u, correlated.answers_of(field, u)).power[:, 0]
        shares.append(2e-3 * total(power) / field.moments(u)[2][0] ** 2)
    # A source that is drawn twice sends the same spikes through both: of 40² pairs one in 100.
    assert shares[0] == pytest.approx(0.0, abs=1e-12)
    assert shares[1] == pytest.approx(40 / 100, rel=0.01)


def test_unstable_states_are_left_as_they_are():
    field = SelfConsistentField.of(rb.circuits.cortex(2000, tau_e=4, tau_i=9), alike=True)
    u = field.solve()
    assert correlated.correlation_factors(field, u) is None


def test_a_network_takes_from_the_noise_what_its_neurons_share():
    T, settling, dt = 2000.0, 500.0, 0.1
    net = connected_by_chance(1000, 5.0, threads=1)
    trains = {p.name: net_spikes for p, net_spikes in zip(net, spikes_of(net, settling, T), strict=True)}
    random = np.random.default_rng(1)
    measured = []
    for shifted in (False, True):
        free = rb.Network(dt=dt, seed=1, threads=1)
        for name, (n, steps, indices) in trains.items():
            at = (steps + shifted * random.integers(0, round(T / dt), n)[indices]) % round(T / dt)
            free.add(rb.Trains(times=(at + 1) * dt, indices=indices, snap=True), n, name=f"from {name}")
        for name in "ei":
            free.add(rb.LIF(tau_m=10, E_L=-72, V_th=1e5, V_re=-72), net[name].n, name=name)
            free.record(free[name], "V", every=1.0)
        for q, described in zip(net.projections, net.circuit.projections, strict=True):
            pairs = q.connections()
            rule = rb.Pairs(pairs["pre"], pairs["post"])
            weight, synapse = described.weight, described.synapse
            free.connect(free[f"from {described.pre}"], free[described.post], rule, weight=weight, synapse=synapse)
        result = free.run(T)
        measured.append([np.sqrt(result[f"{name}.V"].values[200:].var(axis=0).mean()) for name in "ei"])
    ratio = np.divide(*measured)
    field = SelfConsistentField.of(net, alike=True)
    independent = field.solve()
    found = replace(field, noise_factors=correlated.correlation_factors(field, independent))
    u = found.solve(independent)
    theory = found.moments(u)[2] / field.moments(u)[2]
    # A fifth of the variance is that of what neurons share, known from some 200 correlation times: 1.7 % of the s.d.
    assert ratio == pytest.approx(theory, abs=0.05)
    assert (ratio < 0.96).all() and (theory < 0.95).all()


def spikes_of(net, settling, T):
    """Yield number of cells, and steps and indices of their spikes, of every population."""
    result = net.run(settling + T)
    for p in net:
        trains = result.spikes(p.name).between(settling, settling + T)
        yield p.n, np.rint((trains.times - settling) / net.dt).astype(int) - 1, trains.indices
