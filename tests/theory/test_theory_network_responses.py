"""Spectra of networks of unlike neurons, and how networks follow a modulated source, next to the engine."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import rheobase as rb
from rheobase.figures.mean_fields import adapting
from rheobase.theory import AsynchronousState

LIF = rb.LIF(tau_m=15, E_L=-70, V_th=-55, V_re=-68, t_ref=2)
QIF = rb.QIF(tau_m=15, E_L=-70, V_T=-55, D=2.5, V_th=-30, V_re=-68, t_ref=2)
ADEX = rb.AdEx(b=3.0, tau_w=100.0)

#: Number of neurons, and for how long they are recorded after SKIPPED, ms.
N, DURATION, SKIPPED = 400, 4000.0, 200.0
BANDS = ((2.0, 8.0), (20.0, 30.0), (30.0, 40.0), (80.0, 90.0), (150.0, 160.0))


def inhibiting(neuron, drive, weight):
    """Neurons that few spikes of large weights excite, and that inhibit each other."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(neuron, N, name="p", V=rb.Uniform(-68, -55))
    net.drive(p, 4.0, sources=200, weight=drive, synapse=rb.Exponential(tau=5, label="e"))
    synapse = rb.Exponential(tau=5, label="i")
    net.connect(p, p, rb.FixedInDegree(40), weight=weight, synapse=synapse, delay=2.0)
    return net


def powers(trains, duration, width):
    """Frequencies, Hz, and powers of the rate per neuron in bins of a width, ms, after SKIPPED."""
    edges = np.arange(SKIPPED, SKIPPED + duration + width / 2, width)
    rate = np.histogram(trains.times, edges)[0] * 1000 / (width * trains.n)
    power = np.abs(np.fft.rfft(rate - rate.mean())) ** 2 * 1e-3 * width / len(rate)
    return np.fft.rfftfreq(len(rate), 1e-3 * width), power


@pytest.mark.parametrize(("neuron", "drive", "weight"), [(LIF, 34.0, -25.0), (QIF, 34.0, -12.0), (ADEX, 34.0, -25.0)])
def test_spectra_of_networks_are_those_of_the_engine(neuron, drive, weight):
    state = AsynchronousState(inhibiting(neuron, drive, weight))
    theory = state.spectra([sum(band) / 2 for band in BANDS])[:, 0, 0].real
    trains = inhibiting(neuron, drive, weight).run(SKIPPED + DURATION).spikes("p")
    trains = trains.between(SKIPPED, SKIPPED + DURATION)
    assert len(trains.times) / N / (1e-3 * DURATION) == pytest.approx(state.rates[0], rel=0.02)
    hertz, power = powers(trains, DURATION, 1.0)
    for (low, high), expected in zip(BANDS, theory, strict=True):
        inside = (hertz > low) & (hertz < high)
        # Each power is exponentially distributed; 10 % for the slope within a band and for theory.
        assert power[inside].mean() == pytest.approx(expected, rel=4 / np.sqrt(inside.sum()) + 0.1)
    assert theory[0] < 0.2 * theory[3]  # inhibition takes slow fluctuations away


@pytest.mark.parametrize(
    ("make", "duration"), [(adapting, 30_000.0), (partial(rb.circuits.brunel, seed=1, threads=1), 6_000.0)]
)
def test_regular_neurons_send_less_slow_noise(make, duration):
    """AdEx neurons at 28 Hz, and Brunel's: their slow noise is a quarter of a Poisson process's, or less."""
    low, high = 3.0, 15.0
    theory = AsynchronousState(make()).spectra(np.linspace(low, high, 7)).mean(axis=0).real
    result = make().run(SKIPPED + duration)
    for k, name in enumerate("ei"):
        trains = result.spikes(name).between(SKIPPED, SKIPPED + duration)
        hertz, power = powers(trains, duration, 2.0)
        inside = (hertz > low) & (hertz < high)
        # 3 s.d. of a mean of exponentially distributed powers, and 20 % for theory; in Poisson noise it would be 1.5
        # and 2 times as much.
        assert power[inside].mean() == pytest.approx(theory[k, k], rel=3 / np.sqrt(inside.sum()) + 0.2)


@pytest.mark.parametrize(("frequency", "tau_e", "tau_i"), [(10.0, 6.0, 4.0), (45.0, 6.0, 4.0), (30.0, 8.0, 5.0)])
def test_a_modulated_source_moves_the_rates_as_the_transfer_function_says(frequency, tau_e, tau_i):
    depth = 1.0
    net = rb.circuits.cortex(2000, tau_e=tau_e, tau_i=tau_i, seed=2, threads=1)
    state = AsynchronousState(net)
    expected = state.transfer([frequency], "x")[0] * depth * -1j  # of a sine
    noise = np.diag(state.spectra([frequency])[0]).real
    circuit = net.circuit
    source = rb.Poisson(rate=lambda t: 5.0 + depth * np.sin(2e-3 * np.pi * frequency * t))
    populations = [replace(p, model=source) if p.name == "x" else p for p in circuit.populations]
    result = rb.Network.of(replace(circuit, populations=tuple(populations))).run(SKIPPED + DURATION)
    for k, name in enumerate("ei"):
        trains = result.spikes(name).between(SKIPPED, SKIPPED + DURATION)
        measured = 2 * np.exp(-2e-3j * np.pi * frequency * trains.times).sum() / trains.n / (1e-3 * DURATION)
        # Noise of power S makes a coefficient of a time T vary with the variance 4 S/T. 5 % for what is not linear.
        spread = np.sqrt(4 * noise[k] / (1e-3 * DURATION))
        assert abs(measured - expected[k]) < 3.5 * spread + 0.05 * abs(expected[k])
        assert 3.5 * spread < 0.35 * abs(expected[k])


@pytest.mark.parametrize(("neuron", "reversal"), [(LIF, None), (QIF, -90.0)])
def test_neurons_without_noise(neuron, reversal):
    """Populations that receive nothing, or from silent ones, fire as one neuron does in steady input, or never."""
    net = rb.Network(dt=0.05, seed=1, threads=1)
    driven = net.add(neuron.replaced("I_x", 12.0), 20, name="driven")
    steady = net.add(neuron.replaced("I_x", 22.0), 20, name="steady")
    silent = net.add(neuron, 20, name="silent")
    synapse = rb.Exponential(tau=5, reversal=reversal)
    excitation = synapse if reversal is None else rb.Exponential(tau=5, reversal=0.0)
    net.connect(silent, steady, rb.FixedInDegree(5), weight=0.4 if reversal else -8.0, synapse=synapse)
    net.drive(driven, 8.0, sources=200, weight=0.05 if reversal else 8.0, synapse=excitation)
    rates = rb.theory.self_consistent_rates(net)
    state = AsynchronousState(net)
    simulated = net.run(2000).rates(t_start=1000)
    for found in (rates.rates[1], state.rates[1]):
        assert found == pytest.approx(simulated["steady"], abs=1.0)  # one spike in a second
    assert rates["silent"] == state.rates[2] == simulated["silent"] == 0
    assert rates["driven"] > 5
    spectra = state.spectra([1.0, 300.0]).real
    np.testing.assert_array_equal(spectra[:, 2], 0)
    assert spectra[0, 1, 1] < 1e-3 < rates["steady"] / 20 * 0.8 < spectra[1, 1, 1]


@pytest.mark.parametrize("reversal", [-90.0, 0.0])
def test_loop_of_neurons_without_noise(reversal):
    """At 0 Hz it is the slope of the noiseless rate with a mean conductance."""
    net = rb.Network(dt=0.05, seed=1, threads=1)
    steady, silent = net.add(LIF.replaced("I_x", 22.0), 20, name="steady"), net.add(LIF, 20, name="silent")
    net.connect(silent, steady, rb.FixedInDegree(5), weight=0.4, synapse=rb.Exponential(tau=5, reversal=reversal))
    g = 1e-6  # at a Hz of the others it would be 5 * 0.4 * 5e-3

    def rate(g):
        leak = 1 + g
        m = rb.theory.leaky(15 / leak, (-70 + g * reversal) / leak, -55, -68, 2)
        return float(rb.theory.Noiseless(m)(22.0 / leak))

    slope = (rate(g) - rate(-g)) / (2 * g)
    assert AsynchronousState(net).loop([0.0])[0, 0, 1] == pytest.approx(slope * 5 * 0.4 * 5e-3, rel=1e-4)


def test_rhythm_of_inhibition_through_delta_synapses():
    """Brunel & Hakim (1999): 2000 LIF neurons with 500 inputs and a delay of 2 ms, a stable state with a fast rhythm.

    Responses in noise that is not quite white would put it at 184 Hz, those to the mean input alone at 175.
    """
    net = rb.Network(dt=0.1, seed=1, threads=1)
    p = net.add(rb.LIF(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=0), 2000, name="p", V=rb.Uniform(0, 20))
    net.connect(p, p, rb.FixedInDegree(500), weight=-0.2, synapse=rb.Delta(), delay=2.0)
    for rate, weight in ((110.0, 0.2), (78.75, -0.2)):  # a mean of 25 mV and σ = 5.5 √2 mV of Gaussian noise
        net.drive(p, rate, sources=200, weight=weight, synapse=rb.Delta())
    state = AsynchronousState(net)
    trains = net.run(SKIPPED + 8000).spikes("p").between(SKIPPED, SKIPPED + 8000)
    assert len(trains.times) / 16_000 == pytest.approx(state.rates[0], rel=0.02)
    hertz, power = powers(trains, 8000.0, 0.5)
    for low, high in ((60, 110), (110, 140), (190, 230), (230, 300)):
        inside = (hertz > low) & (hertz < high)
        expected = state.spectra(hertz[inside][::20])[:, 0, 0].real.mean()
        # Each power is exponentially distributed; 15 % for theory, which is linear.
        assert power[inside].mean() == pytest.approx(expected, rel=4 / np.sqrt(inside.sum()) + 0.15)
    assert state.resonance() == pytest.approx(167, abs=4)
