"""Rates and spectra of the microcircuit next to those that NNMT publishes (Layer et al. 2022, version 1.3).

Their theory: leaky neurons with fast exponential synapses, taken as white noise with shifted threshold and reset
(Schuecker et al. 2015), equal neurons and weights, Poisson spectra, and responses to the mean input alone.
"""

from dataclasses import replace

import numpy as np
import pytest

import rheobase as rb
from rheobase.theory import AsynchronousState

#: Stationary rates, Hz, layer 2/3E to 6I.
RATES = [0.75418827, 2.79370842, 4.44021852, 5.82292556, 7.15358793, 8.469816, 1.15973716, 7.75571581]

#: Power spectra of the population rates, Hz, at frequencies in Hz.
SPECTRA = {
    0.1: [9.162703e-5, 4.089881e-5, 2.026608e-4, 3.807257e-5, 1.170925e-2, 1.000119e-4, 1.636173e-4, 8.662771e-5],
    30.1: [9.519264e-5, 9.719036e-5, 3.424198e-4, 5.468187e-5, 8.515320e-3, 2.677807e-4, 1.656717e-4, 6.839211e-5],
    90.1: [5.863117e-3, 5.752187e-3, 5.032276e-2, 1.652386e-2, 8.211501e-2, 1.271033e-2, 1.929032e-3, 4.950282e-3],
    180.1: [2.438439e-4, 1.497389e-3, 3.064321e-3, 2.030990e-3, 1.345392e-2, 4.873333e-3, 4.427986e-4, 1.673954e-3],
    270.1: [6.950539e-4, 7.110886e-3, 2.751614e-3, 2.623075e-3, 4.253515e-2, 4.590480e-2, 6.255337e-4, 5.582979e-3],
}

DELAYS = (1.5, 0.75)


@pytest.fixture(scope="module")
def state():
    """NNMT leaves out what weights and delays differ by."""
    circuit = rb.circuits.microcircuit(threads=1).circuit
    equal = [replace(q, weight=q.mean_weight, delay=DELAYS[q.mean_weight < 0]) for q in circuit.projections]
    return AsynchronousState(replace(circuit, projections=tuple(equal)), white=True)


def test_rates_are_those_of_nnmt(state):
    np.testing.assert_allclose(state.rates, RATES, rtol=5e-4)


def test_spectra_are_those_of_nnmt(state):
    """With the spectra of Poisson processes for the neurons' own, as NNMT takes them."""
    sizes = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
    passed = np.linalg.inv(np.eye(len(RATES)) - state.loop(list(SPECTRA)))
    spectra = np.abs(passed) ** 2 @ (state.rates / sizes)
    # At the peak of 90 Hz, where the loop nearly closes, 0.2 % of the response make 2 % of the power.
    np.testing.assert_allclose(spectra, list(SPECTRA.values()), rtol=0.025)
    # Neurons that fire regularly fluctuate less at low frequencies, and at high ones as Poisson processes.
    own = np.einsum("kii->ki", state.spectra(list(SPECTRA))).real / spectra
    assert (own[0] < 0.9).all()
    np.testing.assert_allclose(own[3:], 1, atol=0.05)
