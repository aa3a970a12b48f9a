"""Covariances, count correlations and transfer functions of a network's asynchronous state, next to the engine."""

from functools import partial

import numpy as np
import pytest

import rheobase as rb
from rheobase.theory import AsynchronousState

#: n, time constants of excitation and inhibition (ms) and rate of the sources (Hz), off the defaults.
SETS = [(1000, 10.0, 4.0, 6.0), (1000, 8.0, 5.0, 4.0), (1500, 6.0, 3.0, 7.0)]

DURATION, BIN, WINDOW = 3000.0, 4.0, 100.0


def cortex(n, tau_e, tau_i, rate):
    return rb.circuits.cortex(n, rate=rate, tau_e=tau_e, tau_i=tau_i, seed=3, threads=1)


def measured_counts(result, name, width):
    trains = result.spikes(name).between(200, 200 + DURATION)
    edges = np.arange(200, 200.5 + DURATION, width)
    return np.histogram2d(trains.indices, trains.times, [np.arange(trains.n + 1) - 0.5, edges])[0]


EXPONENTIAL = {"tau_m": 20, "E_L": -65, "V_T": -50, "V_th": -30, "V_re": -62, "t_ref": 2, "g_L": 10}


def inhibiting(n=400, weight=4.0, delay=2.0):
    """Two populations that excitatory currents at rest and inhibitory conductances balance."""
    net, synapse = rb.Network(dt=0.1, seed=2, threads=1), rb.Exponential(tau=8, reversal=-75)
    for name, current in (("a", 290.0), ("b", 310.0)):
        net.add(rb.EIF(**EXPONENTIAL, I_x=current), n, name=name, V=rb.Uniform(-65, -50))
    for post in net:
        for pre, k in (("a", 30), ("b", 20)):
            net.connect(net[pre], post, rb.FixedInDegree(k), weight=weight, synapse=synapse, delay=delay)
    return net


def exciting(n=400, weight=0.2):
    """One population that a shared source excites, and that excites itself."""
    net, synapse = rb.Network(dt=0.1, seed=4, threads=1), rb.Exponential(tau=4, reversal=0)
    x = net.add(rb.Poisson(rate=8.0), 1000, name="x")
    p = net.add(rb.EIF(**EXPONENTIAL), n, name="p")
    net.connect(x, p, rb.FixedInDegree(100), weight=1.5, synapse=synapse)
    net.connect(p, p, rb.FixedInDegree(40), weight=weight, synapse=synapse, delay=2.0)
    return net


FAMILIES = [*(partial(cortex, *parameters) for parameters in SETS), inhibiting, exciting]


@pytest.mark.parametrize("make", FAMILIES)
def test_covariances_and_counts_are_those_of_the_engine(make):
    state, result = AsynchronousState(make()), make().run(200 + DURATION)
    names = state.field.names
    lags = np.arange(-6, 7) * BIN
    theory = state.covariances(lags, BIN)
    np.testing.assert_allclose(theory, theory[::-1].swapaxes(1, 2), atol=1e-9 * np.abs(theory).max())
    rates = np.stack([measured_counts(result, name, BIN).mean(0) for name in names]) * 1000 / BIN
    rates -= rates.mean(1, keepdims=True)
    steps = rates.shape[1]
    scale = np.sqrt(np.multiply.outer(*2 * [np.diag(theory[6])]))
    # The s.d. of a covariance of series of length M is at most √(2 ∑ρ²/M); theory of first order in 1/N is 30 % off.
    spread = np.sqrt(2 * np.sum((theory / scale) ** 2, axis=0).max() / steps)
    for shift, expected in zip(range(-6, 7), theory, strict=True):
        a = rates[:, max(shift, 0) : steps + min(shift, 0)]
        b = rates[:, max(-shift, 0) : steps + min(-shift, 0)]
        assert (np.abs(a @ b.T / a.shape[1] - expected) < (4 * spread + 0.3) * scale).all()
    counted = state.count_statistics(WINDOW)
    counts = [measured_counts(result, name, WINDOW) for name in names]
    windows = DURATION / WINDOW
    for k, found in enumerate(counts):
        n = len(found)
        variance, total = found.var(1, ddof=1).mean(), found.sum(0).var(ddof=1)
        pairs = (total - n * variance) / (n * (n - 1))
        # A variance of W windows has the relative s.d. √(2/W).
        allowed = 4 * np.sqrt(2 / windows) + 0.3
        assert counted.fano_factors[k] == pytest.approx(variance / found.mean(), rel=0.1)
        assert total == pytest.approx(counted.population_covariances[k, k], rel=allowed)
        error = allowed * counted.population_covariances[k, k] / (n * n * counted.variances[k])
        assert pairs / variance == pytest.approx(counted.correlations[k, k], abs=error + 1e-4)
    # The inverse hyperbolic tangent of a correlation of W windows has the s.d. 1/√(W − 3).
    between = np.triu_indices(len(names), 1)
    found = np.atleast_2d(np.corrcoef([each.sum(0) for each in counts]))[between]
    expected = counted.population_correlations[between]
    assert np.arctanh(found) == pytest.approx(np.arctanh(expected), abs=4 / np.sqrt(windows - 3))


def test_spectra_of_a_network_of_two_kinds_of_conductances_are_those_of_the_engine():
    def driven():
        net = rb.Network(dt=0.1, seed=1, threads=1)
        p = net.add(rb.EIF(**EXPONENTIAL), 400, name="p")
        net.drive(p, 12.0, sources=200, weight=2.0, synapse=rb.Exponential(tau=5, reversal=0))
        inhibition = rb.Exponential(tau=10, reversal=-80)
        net.connect(p, p, rb.FixedInDegree(20), weight=6.0, synapse=inhibition, delay=2.0)
        return net

    bands = ((2.0, 8.0), (30.0, 40.0), (150.0, 160.0))
    state, result = AsynchronousState(driven()), driven().run(200 + DURATION)
    theory = state.spectra([sum(band) / 2 for band in bands])[:, 0, 0].real
    rate = measured_counts(result, "p", 1.0).mean(0) * 1000
    power = np.abs(np.fft.rfft(rate - rate.mean())) ** 2 * 1e-3 / len(rate)
    hertz = np.fft.rfftfreq(len(rate), 1e-3)
    for (low, high), expected in zip(bands, theory, strict=True):
        inside = (hertz > low) & (hertz < high)
        # Each power is exponentially distributed; 20 % for the slope within a band, bins and the theory.
        assert power[inside].mean() == pytest.approx(expected, rel=4 / np.sqrt(inside.sum()) + 0.2)
    # What goes round lowers the power of independent neurons to a part of it, and that is no noise.
    assert theory[0] < 0.1 * theory[2]


def test_slow_modulations_of_conductances_move_the_rates_as_the_stationary_states_say():
    state, h = AsynchronousState(exciting(weight=0.4)), 0.05
    field, rates = state.field, state.rates
    slope = (field.map(rates + h) - field.map(rates - h)) / (2 * h)
    np.testing.assert_allclose(state.loop(0.0)[0, 0].real, slope, rtol=0.05)  # grids change with the state
    above, below = (field.with_rate("x", 8.0 + d).map(rates) for d in (h, -h))
    np.testing.assert_allclose(
        state.transfer(0.0, "x")[0].real * (1 - state.loop(0.0)[0, 0].real), (above - below) / (2 * h), rtol=0.05
    )


def test_linear_response_to_other_conductances_is_refused():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.EIF(**EXPONENTIAL), 50, name="p")
    net.drive(p, 12.0, sources=200, weight=2.0, synapse=rb.Alpha(tau=5, reversal=0))
    with pytest.raises(ValueError, match=r"up to two kinds of conductances, rb\.Exponential.*not those of 'p'"):
        AsynchronousState(net).loop(10.0)


def test_noise_correlations_fall_with_the_size_as_in_the_engine():
    sizes, duration = (500, 2000), 8000.0
    theory = rb.theory.noise_correlations(lambda n: cortex(n, 10.0, 4.0, 6.0), sizes, WINDOW)
    assert theory.of("e")[0] == pytest.approx(4 * theory.of("e")[1], rel=0.02)  # in-degrees do not grow: 1/N
    np.testing.assert_array_equal(theory.of("e", "i"), theory.correlations[:, 0, 1])
    measured = {n: cortex(n, 10.0, 4.0, 6.0).run(200 + duration) for n in sizes}
    lines = rb.plot.noise_correlations(theory, measured, t_start=200)
    np.testing.assert_array_equal(lines[1].get_ydata(), theory.of("i"))
    windows = duration / WINDOW
    for name, line in zip("ei", lines[2:], strict=True):
        for size, expected, found in zip(sizes, theory.of(name), line.get_ydata(), strict=True):
            n = size * 4 // 5 if name == "e" else size // 5
            # Variance of the summed, standardised counts, n (1 + (n − 1) c), has the relative s.d. √(2/windows).
            spread = np.sqrt(2 / windows) * (1 + (n - 1) * abs(expected)) / (n - 1)
            assert abs(found - expected) < 4 * spread + 0.15 * abs(expected)
    with pytest.raises(ValueError, match="sizes must hold"):
        rb.theory.noise_correlations(cortex, [])


def test_near_the_onset_what_is_not_linear_vanishes_with_the_size():
    """Variances of rates whose rhythm decays in 36 ms: twice theory's in 1000 neurons, theory's in 4000."""
    excess = {}
    for n in (1000, 4000):
        state, result = AsynchronousState(cortex(n, 5.0, 5.0, 5.0)), cortex(n, 5.0, 5.0, 5.0).run(200 + DURATION)
        lags = np.arange(0, 100.0, BIN)
        theory = state.covariances(lags, BIN)[:, 0, 0]
        excess[n] = (measured_counts(result, "e", BIN).mean(0) * 1000 / BIN).var() / theory[0] - 1
        # The relative s.d. of a variance of M bins is √(2 ∑ρ²/M).
        spread = np.sqrt(2 * (1 + 2 * np.sum((theory[1:] / theory[0]) ** 2)) * BIN / DURATION)
    assert abs(excess[4000]) < 4 * spread < 0.5 < excess[1000]


def test_neurons_without_connections_are_uncorrelated():
    net = rb.Network(seed=1, threads=1)
    p = net.add(rb.EIF(tau_m=10), 50, name="p")
    net.drive(p, 10.0, sources=40, weight=35.0, synapse=rb.Exponential(tau=5))
    state = AsynchronousState(net)
    counted = state.count_statistics(200.0)
    np.testing.assert_allclose(counted.correlations, 0, atol=1e-12)
    np.testing.assert_allclose(counted.population_covariances[0, 0], 50 * counted.variances[0])
    assert counted.names == ("p",) and 0.5 < counted.fano_factors[0] < 1.2
    with pytest.raises(ValueError, match="source must be"):
        state.transfer(10.0, "p")
    with pytest.raises(ValueError, match="window must be"):
        state.count_statistics(0.0)


def test_sources_and_currents_move_the_rates_as_their_stationary_states_say():
    """At 0 Hz the transfer functions are the slopes of the self-consistent rates."""
    state, h = AsynchronousState(cortex(1000, 4.0, 4.0, 5.0)), 0.02
    above, below = (AsynchronousState(cortex(1000, 4.0, 4.0, 5.0 + d)).rates for d in (h, -h))
    np.testing.assert_allclose(state.transfer(0.0, "x")[0].real, (above - below) / (2 * h), rtol=0.03)
    assert state.transfer([0.0, 20.0]).shape == (2, 2, 2)
