"""What `net.mean_field()` answers with for each neuron model of the library, and that it says so."""

import sys

import numpy as np
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


def of_neurons(neuron):
    net = rb.Network(dt=0.1, seed=1, threads=1)
    net.drive(net.add(neuron, 300, name="p"), 14.0, sources=200, weight=5.0, synapse=rb.Exponential(tau=5))
    return net


def test_neurons_whose_rest_differs_are_as_those_whose_input_does():
    """E_L and I_x are one sum in their equation, and both may differ at once."""
    rest, current = np.linspace(-75, -69, 300), np.linspace(4, 0, 300)
    mean, whole = rest.mean(), rest - rest.mean() + current
    differ = rb.theory.self_consistent_rates(of_neurons(rb.EIF(E_L=rest, I_x=current)))
    assert differ == rb.theory.self_consistent_rates(of_neurons(rb.EIF(E_L=mean, I_x=whole)))
    assert differ.mean_stds[0] == pytest.approx(np.std(whole))
    of_law = rb.theory.self_consistent_rates(of_neurons(rb.EIF(E_L=rb.Normal(mean, 2), I_x=rb.Normal(2, 1))))
    assert of_law.mean_stds[0] == pytest.approx(np.sqrt(5))


def test_neurons_that_differ_by_more_than_their_input_are_measured():
    """The rate of all is the mean of those of neurons alike, with 60 neurons and 2 s for each curve."""
    low, high = -59.0, -54.0
    net = of_neurons(rb.LIF(V_th=np.repeat([high, low], 150)))
    with pytest.raises(ValueError, match=r"nothing but I_x and E_L .* not those of 'p' by V_th: see measured"):
        rb.theory.self_consistent_rates(net)
    (point,) = net.mean_field().fixed_points([(0, 200)])
    alike = [float(rb.theory.self_consistent_rates(of_neurons(rb.LIF(V_th=V))).rates[0]) for V in (low, high)]
    # Half of the neurons fire at 34 Hz, the rest hardly: an s.d. below √(34 / (30 · 2)) / 2 Hz, 2.2 %.
    assert point.u[0] == pytest.approx(np.mean(alike), rel=4.5 * 0.022)
    assert rb.theory.AsynchronousState(net).rates[0] < 0.7 * point.u[0]  # which takes neurons to be alike


def test_the_order_of_neurons_that_are_measured_does_not_matter():
    V_T = np.linspace(-60, -50, 300)
    shuffled = np.random.default_rng(0).permutation(V_T)
    one, other = (rb.theory.measured(of_neurons(rb.GIF(V_T=values)), duration=200.0) for values in (V_T, shuffled))
    assert (one[0].rate == other[0].rate).all()
