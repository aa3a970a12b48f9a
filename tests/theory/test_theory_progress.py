"""Searches for the state of a network tell how far they are, once they take longer than a second."""

import pytest

import rheobase as rb
from rheobase.theory import (
    AsynchronousState,
    ExactRates,
    measured,
    noise_correlations,
    oscillation_onset,
    self_consistent_rates,
)


def small(model, n=100):
    net = rb.Network(dt=0.1, seed=1)
    cells = net.add(model, n, name="cells")
    net.drive(cells, 5.0, sources=100, weight=40.0, synapse=rb.Exponential(tau=5))
    net.connect(cells, cells, rb.FixedInDegree(10), weight=-10.0, synapse=rb.Exponential(tau=5))
    return net


CALLS = {
    "self-consistent rates": lambda: self_consistent_rates(small(rb.EIF()), progress=True),
    "mean field": lambda: small(rb.EIF()).mean_field(progress=True),
    "measuring": lambda: measured(small(rb.Izhikevich()), n=2, duration=100.0, progress=True),
    "onset": lambda: oscillation_onset(
        lambda tau_i: rb.circuits.cortex(2000, tau_e=4, tau_i=tau_i), (4.8, 5.6), progress=True
    ),
    "rates": lambda: AsynchronousState(small(rb.EIF()), progress=True).rates,
    "spectra": lambda: AsynchronousState(small(rb.EIF()), progress=True).spectra([1.0, 10.0]),
    "responses": lambda: AsynchronousState(small(rb.EIF()), progress=True).determinant([1.0, 10.0]),
    "spike counts": lambda: AsynchronousState(small(rb.EIF()), progress=True).count_statistics(5.0),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    counted = rb.progress.Counter.__init__
    monkeypatch.setattr(
        rb.progress.Counter, "__init__", lambda self, *args, **more: counted(self, *args, **more | {"delay": 0})
    )


@pytest.mark.parametrize("description", CALLS)
def test_searches_count_their_steps(description, capsys):
    CALLS[description]()
    last = capsys.readouterr().err.split("\r")[-1]
    assert last.startswith(f"{description}: ") and " steps " in last
    assert int(last.removeprefix(f"{description}: ").split()[0]) > 1


def test_sizes_are_counted(capsys):
    noise_correlations(lambda n: small(rb.EIF(), n), [100], 10.0, progress=True)
    assert capsys.readouterr().err.split("\r")[-1].startswith("noise correlations: 100%")


def test_nothing_is_shown_where_nobody_asks(capsys):
    small(rb.EIF()).mean_field()
    assert capsys.readouterr().err == ""
    with pytest.raises(TypeError, match="progress must be"):
        small(rb.EIF()).mean_field(progress="yes")


def test_exact_rates_show_how_far_they_are(capsys):
    net = rb.Network(dt=0.1, seed=1)
    net.inject(net.add(rb.ThetaNeuron(tau_m=10), 10, name="p"), rb.Steps([0, 5], [1.0, 2.0]))
    ExactRates.of(net).simulate(20.0, progress=True)
    assert capsys.readouterr().err.split("\r")[-1].startswith("integrating: 100%")
