"""The rate in filtered noise, next to the engine and in its limits."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.theory import ColouredNoise, ThresholdIntegration

EIF = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=-40, V_re=-72)
QIF = rb.QIF(tau_m=15, E_L=-70, V_T=-55, D=2.5, V_th=-30, V_re=-68, t_ref=2)


@pytest.mark.parametrize(
    ("neuron", "mean", "sigma", "tau_s"), [(EIF, 12.0, 5.0, 0.5), (QIF, 10.0, 4.0, 15.0), (EIF, 17.0, 6.0, 20.0)]
)
def test_rates_are_those_of_the_engine(neuron, mean, sigma, tau_s):
    net = rb.Network(dt=0.025, seed=1, threads=1)
    p = net.add(neuron, 400, name="p", V=rb.Uniform(-72, -55))
    tau_m = neuron.parameters["tau_m"]
    net.inject(p, rb.OrnsteinUhlenbeck(mean=mean, std=sigma * np.sqrt(1 + tau_m / tau_s), tau=tau_s))
    trains = net.run(1300).spikes("p").between(300, 1300)
    rates = np.bincount(trains.indices, minlength=400).astype(float)
    # 4.5 standard errors of 400 independent neurons, false alarm 7e-6, and 1 % for the step and the theory.
    error = 4.5 * rates.std() / np.sqrt(400) + 0.01 * rates.mean()
    assert abs(float(ColouredNoise(neuron, sigma, tau_s)(mean)) - rates.mean()) < error


def test_fast_synapses_give_white_noise():
    white = float(ThresholdIntegration(EIF, 5.0)(12.0))
    errors = [abs(float(ColouredNoise(EIF, 5.0, tau_s)(12.0)) - white) for tau_s in (0.8, 0.4, 0.2)]
    assert errors[1] < 0.7 * errors[0] and errors[2] < 0.7 * errors[1] < 0.03 * white


def test_bad_input():
    for call, text in (
        (lambda: ColouredNoise(rb.LIF(), 5.0, 5.0)(10.0), "neuron must have an upstroke"),
        (lambda: ColouredNoise(EIF, 0.0), "sigma must be > 0"),
        (lambda: ColouredNoise(EIF, 1e-3)(1.0), "sigma must be nearer"),
        (lambda: ColouredNoise(EIF, 5.0, 0.0), "tau_s must be"),
        (lambda: ColouredNoise(EIF, nodes=2), "nodes must be"),
        (lambda: ColouredNoise(EIF)("a"), "I must"),
    ):
        with pytest.raises((ValueError, TypeError), match=text):
            call()
