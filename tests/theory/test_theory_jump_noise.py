"""The exact rate of leaky neurons that jump: against its integral, the engine, and the limit of small jumps."""

import numpy as np
import pytest
from scipy.integrate import quad

import rheobase as rb
from rheobase.theory import JumpNoise, Noiseless, Siegert

LIF = {"tau_m": 20.0, "E_L": 0.0, "V_th": 20.0, "V_re": 10.0, "t_ref": 2.0}
OTHER = {"tau_m": 12.0, "E_L": -70.0, "V_th": -52.0, "V_re": -66.0, "t_ref": 1.0}
NEURONS, DURATION = 300, 1000.0


def simulated(neuron, I_0, drives):
    """Return the rate in the engine, Hz, and its standard error, with drives of (rate, jump)."""
    net = rb.Network(dt=0.05, seed=2, threads=1)
    p = net.add(neuron.replaced("I_x", I_0), NEURONS, name="p")
    for rate, jump in drives:
        net.drive(p, rate, weight=jump, synapse=rb.Delta())
    net.run(200)
    counts = rb.spikes.spike_counts(net.run(DURATION).spikes("p"))
    return 1e3 * counts.mean() / DURATION, 1e3 * counts.std() / np.sqrt(NEURONS) / DURATION


def exponential_jumps(rate, jump):
    """Return drives whose jumps have the first 15 moments of exponentially distributed ones."""
    nodes, weights = np.polynomial.laguerre.laggauss(8)
    return [(rate * w, jump * x) for x, w in zip(nodes, weights, strict=True)]


@pytest.mark.parametrize(
    ("parameters", "I_0", "excitation", "inhibition"),
    [
        (LIF, 0.0, (500.0, 2.0), (100.0, 3.0)),
        (OTHER, 3.0, (250.0, 4.0), (0.0, 0.0)),
        (LIF, 24.0, (100.0, 1.5), (200.0, 2.0)),  # fires without jumps, too
    ],
)
def test_against_the_engine(parameters, I_0, excitation, inhibition):
    neuron = rb.LIF(**parameters)
    down = [(rate, -jump) for rate, jump in exponential_jumps(*inhibition) if rate]
    found, error = simulated(neuron, I_0, exponential_jumps(*excitation) + down)
    mean = I_0 + 1e-3 * neuron.parameters["tau_m"] * (np.prod(excitation) - np.prod(inhibition))
    f = JumpNoise(neuron, *excitation, *inhibition)
    # False alarm: 6e-5; a time step delays a crossing by half of it at most, 0.3 % of the intervals.
    assert f(mean) == pytest.approx(found, abs=4 * error + 0.003 * found)
    assert abs(Siegert.of(neuron, f.sigma)(mean) - found) > 6 * error + 0.003 * found


@pytest.mark.parametrize(
    ("rate_e", "jump_e", "rate_i", "jump_i", "mean"),
    [(400, 2, 100, 3, 5), (400, 2, 100, 3, 29), (30, 8, 0, 0, 10), (2000, 0.4, 500, 1, -5)],
)
def test_the_integral(rate_e, jump_e, rate_i, jump_i, mean):
    per_tau_e, per_tau_i = 0.02 * rate_e, 0.02 * rate_i
    I_0 = mean - per_tau_e * jump_e + per_tau_i * jump_i

    def integrand(s):
        both = np.exp(s * (20 - I_0)) / (1 - s * jump_e) - np.exp(s * (10 - I_0))
        return (1 - s * jump_e) ** per_tau_e * (1 + s * jump_i) ** per_tau_i * both / s

    exact = 1e3 / (2 + 20 * quad(integrand, 0, 1 / jump_e, epsrel=1e-11, limit=500)[0])
    assert JumpNoise(rb.LIF(**LIF), rate_e, jump_e, rate_i, jump_i)(mean) == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize("sides", [(1, 1), (1, 0), (0, 1)])
def test_many_small_jumps_are_white_noise(sides):
    means, white, off = np.array([12.0, 15.0, 19.0, 22.0, 40.0]), Siegert(**LIF, sigma=5.0), []
    for jump in (0.02, 0.01):
        rate = 25 / (0.02 * jump**2 * sum(sides))
        f = JumpNoise(rb.LIF(**LIF), sides[0] * rate, sides[0] * jump, sides[1] * rate, sides[1] * jump)
        assert f.sigma == pytest.approx(5.0)
        off.append(f(means) / white(means) - 1)
    # Of first order in the jumps, and small.
    assert off[1] == pytest.approx(off[0] / 2, rel=0.1, abs=1e-4)
    assert np.abs(off[1]).max() < 0.006


def test_without_jumps_or_with_few_of_them():
    neuron = rb.LIF(**LIF)
    means = np.array([10.0, 21.0, 30.0, 1e4])
    assert JumpNoise(neuron)(means) == pytest.approx(Noiseless(neuron)(means), rel=1e-6)
    # A jump of 1000 mV always makes a spike.
    assert JumpNoise(neuron, rate_e=1.0, jump_e=1e6)(2e4) == pytest.approx(1 / (1 + 0.002), rel=1e-3)
    f = JumpNoise(neuron, 200.0, 1.5, 100.0, 2.0)
    # The input alone reaches the threshold at 22 mV, where another integral begins to count.
    assert f(22.0 - 1e-6) == pytest.approx(f(22.0 + 1e-6), rel=1e-5)
    extreme = f(np.array([-1e60, -1e3, 1e3, 1e60]))
    assert np.isfinite(extreme).all() and (np.diff(extreme) >= 0).all()
    assert f.derivative([20.0]) == pytest.approx((f(20.1) - f(19.9)) / 0.2, rel=1e-3)
    assert f(np.empty((0, 2))).shape == (0, 2)


@pytest.mark.parametrize(
    ("parameters", "I_0", "drives"),
    [
        (LIF, 0.0, [(500.0, 2.0), (60.0, -3.0)]),
        (OTHER, 5.0, [(400.0, 3.0), (100.0, -2.0)]),
        (LIF, 13.0, [(100.0, 3.0)]),
    ],
)
def test_mean_fields_take_large_weights_as_jumps(parameters, I_0, drives):
    neuron = rb.LIF(**parameters)
    found, error = simulated(neuron, I_0, drives)
    net = rb.Network(dt=0.05, seed=2, threads=1)
    p = net.add(neuron.replaced("I_x", I_0), 10, name="p")
    for rate, jump in drives:
        net.drive(p, rate, weight=jump, synapse=rb.Delta())
    theory = rb.theory.self_consistent_rates(net)["p"]
    white = rb.theory.self_consistent_rates(net, white=True)["p"]
    # Jumps of one size are not exponentially distributed ones: 3 % is allowed, where white noise is further off.
    assert theory == pytest.approx(found, abs=4 * error + 0.03 * found)
    assert abs(white - found) > 2 * abs(theory - found)
    (curve,) = net.mean_field().f
    assert "JumpNoise of LIF" in repr(curve)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: JumpNoise(rb.EIF()), TypeError, "neuron must be an rb.LIF"),
        (lambda: JumpNoise(rb.LIF(), rate_e=-1.0), ValueError, "rate_e must be >= 0"),
        (lambda: JumpNoise(rb.LIF(), rate_i=1.0), ValueError, "jump_i must be > 0 mV where rate_i is"),
        (lambda: JumpNoise(rb.LIF())(np.nan), ValueError, "I must be finite"),
        (lambda: JumpNoise.matching(rb.LIF(), [1.0], [1.0, 2.0], [1.0]), ValueError, "squares must have shape"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
