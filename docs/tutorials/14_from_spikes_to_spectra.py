"""
From spikes to spectra
======================

A raster looks like noise. How much of it is noise of single neurons, how much comes from the network, and will the
network begin to oscillate? The power spectrum answers, and the theory of the very same network predicts it.
"""

# %%
# One neuron
# ----------
# The power spectrum S(f) says how a spike train fluctuates at each frequency. A Poisson process knows nothing of its
# past and has a flat spectrum, of the height of its rate. A neuron does not spike just after a spike, which lowers S at
# low frequencies; if it is regular, a peak rises at its rate. We drive two hundred EIF neurons by filtered noise, as
# synapses make it, weakly and strongly, and lay over it what the Fokker–Planck equation of such a neuron says
# (:class:`rheobase.theory.ColouredNoise`).

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase import spikes, theory

TAU, FREQUENCIES = 5.0, np.arange(5.0, 150.0, 5.0)
neuron = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=-40, V_re=-72)
figure, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
for mean, sigma, colour in ((10.0, 5.0, "C0"), (20.0, 2.5, "C1")):
    net = rb.Network(dt=0.1, seed=1, threads=1)
    n = net.add(neuron, 200, name="n", V=rb.Uniform(-72, -55))
    # The current of an exponential synapse has more variance than the potential that it leads to.
    current = sigma * np.sqrt(1 + 10 / TAU)
    net.inject(n, rb.OrnsteinUhlenbeck(mean=mean, std=current, tau=TAU))
    trains = net.run(2200).spikes("n").between(200, 2200)
    measured = spikes.power_spectrum(trains, 1.0, 200.0)
    curve = theory.ColouredNoise(neuron, sigma=sigma, tau_s=TAU)
    shown = measured.frequencies <= 150
    rate, cv = np.mean(spikes.mean_rate(trains)), np.nanmean(spikes.cv(trains))
    print(f"mean {mean:g} mV, s.d. {sigma:g} mV: {rate:.1f} Hz, theory {float(curve(mean)):.1f} Hz, CV {cv:.2f}")
    label = f"mean {mean:g}, s.d. {sigma:g} mV"
    ax.plot(measured.frequencies[shown], measured.values[shown], "o", ms=3, color=colour, label=label)
    ax.plot(FREQUENCIES, curve.power_spectrum(FREQUENCIES, mean), color=colour)
    ax.axhline(rate, color=colour, ls=":", lw=0.8)
ax.set(xlabel="frequency (Hz)", ylabel="power (Hz)", ylim=(0, None))
ax.legend()
plt.show()

# %%
# Dots are spikes, lines theory, and the dotted lines Poisson processes of these rates.
#
# A network
# ---------
# In a network the noise of each neuron is the input of others. :class:`rheobase.theory.AsynchronousState` reads rates
# and input noise of every population off the network and says how a modulation of the rates comes back through the
# synapses, L(f) times as large. The fluctuations C/N of N neurons go round and round, so ``S = C/N · 1/|1 − L|²`` for
# one population, and likewise with matrices for several: where L(f) comes near 1, a peak grows. At L = 1 the state
# loses its stability and the network oscillates by itself. We make inhibition slower, step by step.


def spectrum_of_rate(trains):
    """Return frequencies up to 150 Hz, and the power spectrum of the rate per neuron in bins of 1 ms."""
    power = spikes.power_spectrum(trains.pooled(), 1.0, 200.0)
    shown = power.frequencies <= 150
    return power.frequencies[shown], power.values[shown] / trains.n**2


figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", sharey=True)
for ax, tau_i in zip(axes, (2.0, 4.0), strict=True):
    network = rb.circuits.cortex(4000, tau_e=4.0, tau_i=tau_i, seed=1, threads=1)
    state = theory.AsynchronousState(network)
    predicted = state.spectra(FREQUENCIES)[:, 0, 0].real
    trains = network.run(1700).spikes("e").between(200, 1700)
    frequencies, power = spectrum_of_rate(trains)
    rate = np.mean(spikes.mean_rate(trains))
    ax.semilogy(frequencies, power, "o", ms=3, label="spikes")
    ax.semilogy(FREQUENCIES, predicted, "k", label="theory")
    ax.axhline(rate / trains.n, color="0.6", ls=":", label="independent Poisson")
    ax.set(xlabel="frequency (Hz)", title=f"τ_i = {tau_i:g} ms")
    highest = predicted.max() * trains.n / rate
    print(f"tau_i = {tau_i:g} ms: {rate:.1f} Hz, theory {state.rates[0]:.1f} Hz; predicted peak at "
          f"{FREQUENCIES[predicted.argmax()]:g} Hz, {highest:.0f} times as high as of Poisson neurons")  # fmt: skip
axes[0].set_ylabel("power of the rate of e (Hz)")
axes[0].legend()
plt.show()

# %%
# The theory is linear and of first order in 1/N: where the peak is high, fluctuations are large, and neurons answer
# them not quite in proportion.
# On the left, too, it is not exact: the peak of the spikes is narrower and lies at a lower frequency, with more power
# there and less above 90 Hz than theory has. Responses are those of neurons in the noise of Poisson processes.
#
# Four times fewer neurons
# ------------------------
# Each neuron still receives the same number of connections, so that rates and the loop L(f) are the same. Only the
# noise is four times as strong, at all frequencies, and so should the spectrum be: its shape is the network's, its
# height that of the numbers. At low frequencies this about holds.

small = rb.circuits.cortex(1000, tau_e=4.0, tau_i=4.0, seed=2, threads=1)
fewer = small.run(6200).spikes("e").between(200, 6200)
frequencies, power_of_fewer = spectrum_of_rate(fewer)
for low, high in ((5, 35), (40, 70), (90, 130)):
    band = (frequencies >= low) & (frequencies <= high)
    ratio = power_of_fewer[band].mean() / power[band].mean()
    print(f"power from {low} to {high} Hz, 1000 neurons to 4000: {ratio:.1f}")

figure, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
ax.semilogy(frequencies, power, "o", ms=3, color="C0", label="4000 neurons")
ax.semilogy(frequencies, power_of_fewer, "o", ms=3, color="C1", label="1000 neurons")
ax.semilogy(FREQUENCIES, predicted, color="C0")
ax.semilogy(FREQUENCIES, 4 * predicted, color="C1")
ax.set(xlabel="frequency (Hz)", ylabel="power of the rate of e (Hz)")
ax.legend()
plt.show()

# %%
# About the peak the small network fluctuates more than that, and it has a second peak at twice the frequency. No linear
# theory has one: with so few neurons, so near its onset, the oscillation is no longer small. The distance between dots
# and lines tells how far a linear theory can be trusted, before anything oscillates.
