"""Transfer functions with an effective threshold, fitted to the engine, at points that the fit has not seen."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.theory import effective_thresholds
from rheobase.theory.mean_fields.effective_threshold import potentials

TRAUB_MILES = {"C_m": 200, "g_Na": 20000, "g_K": 6000, "g_L": 10, "E_Na": 50, "E_K": -90, "E_L": -60, "V_T": -63}
LEAKY = {"tau_m": 20, "E_L": -60, "V_th": -50, "V_re": -60, "t_ref": 5, "g_L": 10}


def network(neuron, rate, weights, dt=0.1):
    net = rb.Network(dt=dt, seed=1, threads=1)
    p = net.add(neuron, 150, name="p")
    net.drive(p, rate, sources=100, weight=weights[0], synapse=rb.Exponential(tau=5, reversal=0))
    inhibition = rb.Exponential(tau=10, reversal=-80)
    net.connect(p, p, rb.FixedInDegree(20), weight=weights[1], synapse=inhibition, delay=1.0)
    return net


def apart(net, excitation, inhibition, n=100):
    """Return the rate of unconnected neurons of a network, and its standard error, at rates of their senders, Hz."""
    (projection,), (drive,) = net.circuit.projections, net.circuit.drives
    alone = rb.Network(dt=net.circuit.dt, seed=9, threads=1)
    p = alone.add(net.circuit["p"].neuron, n, name="p")
    alone.drive(p, excitation, sources=100, weight=drive.weight, synapse=drive.synapse)
    alone.drive(p, inhibition, sources=20, weight=projection.mean_weight, synapse=projection.synapse)
    counts = rb.spikes.spike_counts(alone.run(2500).spikes("p").between(500, 2500))
    return counts.mean() / 2, max(counts.std(), 1) / np.sqrt(n) / 2


@pytest.mark.parametrize(
    ("neuron", "rate", "weights"),
    [(rb.AdEx(tau_w=100, b=2.0), 12.0, (0.2, 0.8)), (rb.EIF(), 12.0, (0.15, 0.8)), (rb.LIF(**LEAKY), 6.4, (6.0, 50.0))],
)
def test_rates_between_the_points_of_the_fit(neuron, rate, weights, capsys):
    net = network(neuron, rate, weights)
    (fit,) = effective_thresholds(net, n=20, duration=1000, progress=True)
    shown = capsys.readouterr().err
    assert "fitting: 100%" in shown and "simulating: 100%" in shown
    # A fit of ten numbers leaves the statistical errors, and what the polynomial cannot follow.
    statistical = np.sqrt(np.mean(fit.errors**2))
    assert fit.error == pytest.approx(np.sqrt(np.mean(fit.residuals**2)))
    assert fit.error < 2 * statistical + 0.03 * fit.measured.max()
    (p,) = potentials(net.circuit)
    for part, inhibition in ((0.8, 3.0), (1.0, 10.0), (1.2, 20.0)):
        at = p.moments({"drive p": part * rate, "p": inhibition})
        found, error = apart(net, part * rate, inhibition)
        assert fit(*at) == pytest.approx(found, abs=3 * error + 3 * fit.error + 0.05 * found)


def test_a_network_of_conductances_and_channels_has_a_mean_field_of_fits():
    net = network(rb.TraubMiles(**TRAUB_MILES, V_th=-20, t_ref=3), 12.0, (2.0, 15.0), dt=0.05)
    fits = effective_thresholds(net, points=80, n=10, duration=800)
    (point,) = net.mean_field(fits).fixed_points([(0, 60)])
    # 150 neurons for one second, at 17 Hz: 2 %; the fit's own error, and 5 % for spike trains that are not Poisson's.
    simulated = net.run(1300).rates(t_start=300)["p"]
    assert point.u[0] == pytest.approx(simulated, abs=3 * fits[0].error + 0.11 * simulated)
    assert "effective threshold of TraubMiles" in repr(net.mean_field(fits).f[0])
    assert "error" in fits[0]._repr_html_()


def test_free_potentials_are_those_of_the_engine():
    net = rb.Network(dt=0.1, seed=3, threads=1)
    p = net.add(rb.LIF(**{**LEAKY, "V_th": 50.0}, I_x=20.0), 100, name="p")
    net.drive(p, 20.0, sources=100, weight=0.5, synapse=rb.Exponential(tau=5, reversal=0))
    net.record(p, "V", every=1.0)
    (potential,) = potentials(net.circuit)
    mean, std, tau = potential.moments({})
    V = net.run(1500).states("p", "V").values[500:]
    assert V.shape[1] == 100
    # About 100 × 1000/τ independent values.
    independent = V.size / (2 * tau)
    assert V.mean() == pytest.approx(mean, abs=4 * std / np.sqrt(independent) + 0.05)
    assert V.std() == pytest.approx(std, rel=4 / np.sqrt(2 * independent) + 0.03)


def test_what_has_no_effective_threshold_is_refused():
    net = network(rb.EIF(), 12.0, (0.15, 0.8))
    with pytest.raises(TypeError, match="network must be a network that can run"):
        effective_thresholds(net.circuit)
    with pytest.raises(ValueError, match=r"rates must be \(low, high\)"):
        effective_thresholds(net, (5.0, 5.0))
    with pytest.raises(ValueError, match="fire at 20 points at least"):
        effective_thresholds(network(rb.EIF(), 0.1, (0.2, 0.6)), points=30, n=2, duration=100)
    izhikevich = rb.Network(seed=1, threads=1)
    izhikevich.add(rb.Izhikevich(), 5, name="p")
    with pytest.raises(ValueError, match="must have a leak g_L and E_L for an effective threshold, 'p' are Izhikevich"):
        effective_thresholds(izhikevich)
    fits = effective_thresholds(net, points=60, n=5, duration=200)
    with pytest.raises(ValueError, match="f must be one per population, got 2 for 1"):
        net.mean_field(fits * 2)
    with pytest.raises(TypeError, match="f must be all curves or all EffectiveThreshold"):
        net.mean_field([*fits, rb.rates.ThresholdLinear()])
    with pytest.raises(ValueError, match="mean, std and tau must be numbers or arrays of one shape"):
        fits[0]([1.0, 2.0], [1.0, 2.0, 3.0], 5.0)
