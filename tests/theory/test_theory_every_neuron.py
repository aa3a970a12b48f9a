"""What `net.mean_field()` answers with for each neuron model of the library, and that it says so."""

import sys

import pytest

import rheobase as rb
from rheobase.models.neurons import Neuron
from rheobase.theory import SelfConsistentField
from rheobase.theory.mean_fields.conductance_field import field_of

#: By model: curve with slow current-based synapses, with delta synapses. None: what the engine measures.
ANSWERS = {
    "AdEx": ("AdaptingNeuron", "AdaptingNeuron"),
    "EIF": ("ColouredNoise", "ThresholdIntegration"),
    "EIFChR": (None, None),
    "FitzHughNagumo": (None, None),
    "GIF": (None, None),
    "GLIF": (None, None),
    "HodgkinHuxley": (None, None),
    "Izhikevich": (None, "AdaptingNeuron"),
    "LIF": ("ColouredNoise", "JumpNoise"),
    "LeakyIntegrator": (None, None),
    "MorrisLecar": (None, None),
    "QIF": ("ColouredNoise", "ThresholdIntegration"),
    "ThetaNeuron": (None, None),
    "TraubMiles": (None, None),
}


class _Measured(Exception):
    pass


def driven(name, rate, sources, weight, synapse):
    net = rb.Network(dt=0.05, seed=1, threads=1)
    net.drive(net.add(getattr(rb, name)(), 10, name="p"), rate, sources=sources, weight=weight, synapse=synapse)
    return net


def test_the_table_is_of_all_models():
    models = {name for name in dir(rb) if isinstance(getattr(rb, name), type) and issubclass(getattr(rb, name), Neuron)}
    assert models == {*ANSWERS, "Binary"}


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("name", ANSWERS)
def test_each_neuron_has_its_answer(monkeypatch, name, kind):
    def measured(_network, watch):
        raise _Measured

    monkeypatch.setattr(sys.modules["rheobase.theory.mean_fields.mean_field"], "measure", measured)
    weight, synapse = ((20.0, rb.Exponential(tau=5)), (3.0, rb.Delta()))[kind]
    net = driven(name, 10.0, 100, weight, synapse)
    answer = ANSWERS[name][kind]
    if answer is None:
        with pytest.raises(_Measured):
            net.mean_field()
    else:
        # The curve that is tabulated; `test_neurons_unlike_the_textbooks_get_their_own_theory` reads its label.
        curve = SelfConsistentField.of(net, alike=True).curve("p", [5.0])
        assert type(curve).__name__ == answer


#: Neurons with a membrane that conductances make quicker.
CONDUCTING = {"LIF", "EIF", "QIF", "AdEx"}


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - {"ThetaNeuron"}))
def test_each_neuron_with_conductances_has_its_answer(monkeypatch, name):
    def measured(_network, watch):
        raise _Measured

    monkeypatch.setattr(sys.modules["rheobase.theory.mean_fields.mean_field"], "measure", measured)
    net = driven(name, 10.0, 100, 0.1, rb.Exponential(tau=5, reversal=0))
    if name in CONDUCTING:
        assert field_of(net, alike=True)._takes_conductances
    else:
        with pytest.raises(_Measured):
            net.mean_field()


@pytest.mark.parametrize(
    ("name", "area"), [("HodgkinHuxley", 1 / 0.3), ("MorrisLecar", 10.0), ("FitzHughNagumo", 1.0), ("Izhikevich", 1.0)]
)
def test_a_delta_synapse_brings_what_moves_the_potential_as_far(name, area):
    """C_m ΔV, scaled by the leak as currents are, where there is no membrane time constant."""
    net = driven(name, 2.0, 50, 0.5, rb.Delta())
    inputs = sys.modules["rheobase.theory.inputs.mean_inputs"].mean_inputs(net.circuit, "a test")
    assert inputs.X == pytest.approx([1e-3 * 2 * 50 * 0.5 * area])


@pytest.mark.parametrize("synapse", [rb.Delta(), rb.Exponential(tau=5)])
def test_binary_units_have_a_mean_field_of_their_own(synapse):
    net = driven("Binary", 2.0, 50, 0.5, synapse)
    with pytest.raises(ValueError, match=r"got Binary: see rb\.theory\.BinaryMeanField"):
        net.mean_field()
