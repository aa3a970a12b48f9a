"""Lay the rates of neurons in filtered noise by theory beside those of the engine.

    python benchmarks/coloured_noise.py [PART ...]

`gaussian`: EIF, LIF and QIF neurons in Gaussian noise whose time constant tau_s is 0.05 to 2 of tau_m, 4000 of them for
2 s. `spikes`: the f-I experiment of the textbook (figure 2.6), 200 excitatory sources of r_e and 50 inhibitory ones of
15 Hz that reach an EIF neuron through synapses of 5 ms, 4000 neurons for 5 s, with the textbook's parameters. Each line
gives rates in Hz: the engine with its standard error, theory, and how far off it is; the second part also white noise.
"""

import argparse

import numpy as np

import rheobase as rb
from rheobase.theory import ColouredNoise, SelfConsistentField, ThresholdIntegration

N, SKIPPED = 4000, 300.0
#: By name: neuron, mean input and sigma (mV) of a fluctuation-driven and of a mean-driven state.
NEURONS = {
    "EIF": (rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=-40, V_re=-72), (12.0, 5.0), (18.0, 4.0)),
    "LIF": (rb.LIF(tau_m=10, E_L=-72, V_th=-55, V_re=-72, t_ref=2), (12.0, 5.0), (18.0, 4.0)),
    "QIF": (rb.QIF(tau_m=15, E_L=-70, V_T=-55, D=2.5, V_th=-30, V_re=-68, t_ref=2), (10.0, 4.0), (16.0, 4.0)),
}
RATIOS = (0.05, 0.2, 0.5, 1.0, 2.0)


def simulated(net, duration):
    """Return the mean rate of "p" and its standard error, Hz."""
    trains = net.run(SKIPPED + duration).spikes("p").between(SKIPPED, SKIPPED + duration)
    rates = np.bincount(trains.indices, minlength=N) / (1e-3 * duration)
    return rates.mean(), rates.std() / np.sqrt(N)


def line(title, rate, error, *theories):
    off = "".join(f"{theory:8.2f} ({100 * (theory / rate - 1):+.1f} %)" for theory in theories)
    print(f"{title:28s} {rate:7.2f} ± {error:.2f} {off}", flush=True)


def gaussian():
    print("neuron, mean, tau_s / tau_m       engine         theory")
    worst = 0.0
    for name, (neuron, *states) in NEURONS.items():
        tau_m = neuron.parameters["tau_m"]
        for mean, sigma in states:
            for ratio in RATIOS:
                tau_s = ratio * tau_m
                net = rb.Network(dt=0.025, seed=1)
                p = net.add(neuron, N, name="p", V=rb.Uniform(-72, -55))
                net.inject(p, rb.OrnsteinUhlenbeck(mean=mean, std=sigma * np.sqrt(1 + 1 / ratio), tau=tau_s))
                rate, error = simulated(net, 2000.0)
                theory = float(ColouredNoise(neuron, sigma, tau_s)(mean))
                worst = max(worst, abs(theory / rate - 1))
                line(f"{name}, {mean:g} mV, {ratio:g}", rate, error, theory)
    print(f"largest difference {100 * worst:.1f} %")


def spikes():
    print("r_e                              engine         theory           white noise")
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75)
    synapse = rb.Exponential(tau=5)
    for r_e in (6.0, 7.0, 8.0, 9.0, 10.0, 11.0):
        net = rb.Network(dt=0.1, seed=1)
        p = net.add(eif, N, name="p", V=-72.0)
        net.drive(p, r_e, sources=200, weight=16.0, synapse=synapse)
        net.drive(p, 15.0, sources=50, weight=-16.0, synapse=rb.Exponential(tau=5, label="i"))
        rate, error = simulated(net, 5000.0)
        field = SelfConsistentField.of(net, alike=True)
        curve, mean = field.curve("p", np.zeros(1)), field.moments(np.zeros(1))[0][0]
        white = ThresholdIntegration(eif, curve.sigma)
        line(f"{r_e:g} Hz", rate, error, float(curve(mean)), float(white(mean)))


PARTS = {part.__name__: part for part in (gaussian, spikes)}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="part", help=", ".join(PARTS))
    for part in parser.parse_args().parts:
        PARTS[part]()
