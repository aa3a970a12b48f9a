"""What cannot begin finite is refused where it is made, with the variable, its expression and the neuron."""

import numpy as np
import pytest

import rheobase as rb

Cell = rb.neuron("Begins", "dV/dt = -V/tau", parameters=dict(a=1, tau=10), initial=dict(V="log(1/a)"))
Kernel = rb.synapse(
    "Begins", "dg/dt = -g/tau", on_pre="g += w", reversal=0, parameters=dict(b=1, tau=5), initial=dict(g="1/b")
)
Rule = rb.plasticity(
    "Begins", "U : 1 (state)", on_pre="w = w*U", parameters=dict(c=1), initial=dict(U="log(c)")
)  # fmt: skip


def add(cell, **state):
    net = rb.Network(threads=1, seed=1)
    return net, lambda: net.add(cell, 3, name="e", **state)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (dict(a=0), r"initial V = log\(1 / a\) of neuron 0 must be finite, got inf"),
        (dict(a=[1, 2, -1]), r"initial V = log\(1 / a\) of neuron 2 must be finite, got nan"),
        (dict(tau=0), r"parameters of neuron 0 must let dV/dt = -V / tau be finite, got -?(inf|nan): tau = 0"),
        (dict(a=2, tau=[1, 0, 1]), r"parameters of neuron 1 must let dV/dt = -V / tau be finite, got -?inf: tau = 0"),
    ],
)
def test_neurons_that_cannot_begin_are_refused(parameters, message):
    net, call = add(Cell(**parameters))
    with pytest.raises(ValueError, match=message):
        call()
    assert len(net.populations) == 0
    net.add(Cell(), 2)
    net.run(0.2)


def test_a_given_state_stands_in_for_an_initial_value_that_there_is_not():
    _, call = add(Cell(a=0), V=[1, 2, 3])
    np.testing.assert_array_equal(call()["V"], [1, 2, 3])


def test_a_state_that_is_left_at_once_is_no_reason_to_refuse():
    net = rb.Network(threads=1)
    from_zero = rb.neuron("FromZero", "dV/dt = a*sin(t)/t", parameters=dict(a=1), initial=dict(V=0), method="heun")
    guarded = rb.neuron("Guarded", "dV/dt = where(a > 0, -V/a, 0)", parameters=dict(a=1), initial=dict(V="exp(a)"))
    net.add(from_zero(), 2)
    net.add(guarded(a=[0, 1]), 2)
    saturated = rb.neuron("Saturated", "dV/dt = -V*exp(a)/(1 + exp(a))", parameters=dict(a=1), initial=dict(V=1))
    net.add(saturated(a=1000), 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Kernel(b=0), r"initial g = 1 / b must be finite, got inf"),
        (lambda: Rule(c=-1), r"initial U = log\(c\) must be finite, got nan"),
    ],
)
def test_kernels_and_rules_that_cannot_begin_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("period", [0.1, 0.5, 1.0])
def test_the_first_spike_after_a_spike_comes_when_the_refractory_period_is_over(period):
    always = rb.neuron(
        "Always", "dV/dt = 1", threshold="V > 0", refractory="r", parameters=dict(r=1), initial=dict(V=1)
    )
    net = rb.Network(dt=0.1, threads=1)
    net.add(always(r=period), 300, name="e")
    trains = net.run(5).spikes("e")
    for i in 0, 299:
        np.testing.assert_allclose(np.diff(trains.times[trains.indices == i]), period + 0.1)
