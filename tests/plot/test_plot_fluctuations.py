"""Spectra and autocovariances of rates, with theory on top."""

import numpy as np
import pytest

import rheobase as rb
from rheobase import plot
from rheobase.spikes import binned_rate, poisson, power_spectrum

SPIKES = {"e": poisson(20.0, 4000.0, 40, seed=1), "i": poisson(10.0, 4000.0, 10, seed=2)}


def test_what_is_drawn_is_what_was_measured(ax):
    lines = plot.fluctuations(SPIKES, ax=ax)
    found = power_spectrum(SPIKES["i"].pooled(), 1.0, 200.0)
    np.testing.assert_allclose(lines[1].get_ydata(), found.values / 10)
    assert [line.get_label() for line in lines] == ["e", "i"]
    (line,) = plot.fluctuations(SPIKES["e"], kind="autocovariance", bin_width=2.0, longest=20.0)
    rate = binned_rate(SPIKES["e"], 2.0, average=True).values
    assert line.get_ydata()[10] == pytest.approx(rate.var())
    np.testing.assert_allclose(line.get_xdata(), np.arange(-20, 21, 2))
    np.testing.assert_allclose(line.get_ydata(), line.get_ydata()[::-1])
    # Every spike meets itself at lag 0: what is left would not be seen beside it.
    elsewhere = np.delete(line.get_ydata(), 10)
    low, high = line.axes.get_ylim()
    assert low < elsewhere.min()
    assert elsewhere.max() < high < 0.5 * line.get_ydata()[10]


def test_theory_lies_on_what_was_measured(ax):
    net = rb.Network(seed=1, threads=1)
    p = net.add(rb.EIF(tau_m=10), 100, name="p")
    net.drive(p, 10.0, sources=40, weight=35.0, synapse=rb.Exponential(tau=5))
    theory = rb.theory.AsynchronousState(net)
    result = net.run(4200)
    measured, expected = plot.fluctuations(result, theory, t_start=200, ax=ax)
    # Each power is an average over 39 overlapping segments; of all 100 the mean has an s.d. of about 2 %.
    level = np.interp(measured.get_xdata(), expected.get_xdata(), expected.get_ydata())
    assert (measured.get_ydata() / level).mean() == pytest.approx(1, abs=0.08)
    measured, expected = plot.fluctuations(
        result, theory, kind="autocovariance", bin_width=5.0, longest=50.0, t_start=200
    )
    variance = expected.get_ydata()[10]
    # The s.d. of the variance of 800 bins is 5 %, that of the covariance of other bins 3.5 %.
    np.testing.assert_allclose(measured.get_ydata(), expected.get_ydata(), atol=0.2 * variance)
    with pytest.raises(ValueError, match="theory must be of 40 neurons 'p'"):
        plot.fluctuations({"p": SPIKES["e"]}, theory)
    with pytest.raises(ValueError, match="theory must be of populations"):
        plot.fluctuations(SPIKES, theory)


def test_cross_spectra_and_covariances_of_theory_lie_on_those_measured(ax):
    net = rb.circuits.cortex(1000, seed=1, threads=1)
    theory, result = rb.theory.AsynchronousState(net), net.run(3200)
    measured, expected = plot.fluctuations(result, theory, kind="cross spectrum", t_start=200, ax=ax)
    assert [line.get_label() for line in (measured, expected)] == ["e, i", "e, i theory"]
    # Up to 60 Hz rates of e and i go together, so that the absolute value has hardly a bias: 29 segments at each of
    # 12 frequencies, half of them overlapping, leave an s.d. of about 7 %, and the theory of 1000 neurons is linear.
    low = measured.get_xdata() <= 60
    assert ax.get_ylim()[0] == pytest.approx(measured.get_ydata().min() / 2)  # theory goes far below what chance leaves
    level = np.interp(measured.get_xdata()[low], expected.get_xdata(), expected.get_ydata())
    assert (measured.get_ydata()[low] / level).mean() == pytest.approx(1, abs=0.25)
    measured, expected = plot.fluctuations(
        result, theory, kind="cross covariance", bin_width=2.0, longest=20.0, t_start=200
    )
    peak = expected.get_ydata().max()
    np.testing.assert_allclose(measured.get_ydata(), expected.get_ydata(), atol=0.25 * peak)
    # Excitation leads: the first follows the second by a negative lag.
    assert measured.get_xdata()[measured.get_ydata().argmax()] <= 0
    with pytest.raises(ValueError, match="spikes must be of two populations"):
        plot.fluctuations(SPIKES["e"], kind="cross spectrum")


def test_refusals():
    with pytest.raises(ValueError, match="longest must be shorter"):
        plot.fluctuations(SPIKES, kind="autocovariance", longest=4000.0)
    with pytest.raises(ValueError, match="longest"):
        plot.fluctuations(SPIKES, longest=200.5)
    with pytest.raises(ValueError, match="kind must be"):
        plot.fluctuations(SPIKES, kind="spectra")
