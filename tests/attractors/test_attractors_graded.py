"""The graded Hopfield network of eq. 5."""

import numpy as np
import pytest

from rheobase.attractors import GradedHopfield, corrupt, cross_pattern, overlap, random_patterns, smiley_pattern
from rheobase.learning import hebbian, pseudo_inverse

CROSS = cross_pattern()
WEIGHTS = hebbian(CROSS, diagonal=True)


def test_one_step_is_equation_5():
    weights = np.random.default_rng(1).standard_normal((4, 4))
    x = np.array([0.1, -0.5, 0.3, 2.0])
    run = GradedHopfield(weights, f="tanh", beta=2, sigma=0.3, dt=0.1).run(x, 0.1, seed=5)
    noise = np.random.Generator(np.random.Philox(5)).standard_normal((1, 4))[0]
    expected = x + 0.1 * (-x + np.tanh(2 * weights @ x)) + 0.3 * np.sqrt(0.1) * noise
    assert np.allclose(run.last[0], expected, rtol=1e-14)
    assert run.states.shape == (2, 1, 4)
    assert np.allclose(run.times, [0, 0.1])


def test_sign_has_the_pattern_and_its_negative_as_fixed_points():
    net = GradedHopfield(WEIGHTS, sigma=0)
    for state in (CROSS, -CROSS):
        assert np.array_equal(net.run(state, 5).last[0], state)


def test_tanh_settles_at_the_overlap_of_m_equals_tanh_beta_m():
    end = GradedHopfield(WEIGHTS, f="tanh", beta=3, sigma=0).run(corrupt(CROSS, 0.3, seed=1), 60).last
    assert overlap(end, CROSS)[0] == pytest.approx(0.994902, abs=5e-7)
    assert np.tanh(3 * 0.994902) == pytest.approx(0.994902, abs=1e-6)


def test_tanh_of_unit_gain_has_no_memory():
    # along the pattern the network is m' = -m + tanh(m), whose only fixed point is 0
    run = GradedHopfield(WEIGHTS, f="tanh", beta=1, sigma=0).run(CROSS, 50)
    m = overlap(run.states[:, 0], CROSS)
    assert (np.diff(m) < 0).all()
    expected = 1.0
    for _ in range(500):
        expected += 0.1 * (-expected + np.tanh(expected))
    assert m[-1] == pytest.approx(expected, rel=1e-9)
    assert m[-1] < 0.2


def test_random_starts_end_at_the_pattern_or_its_negative():
    starts = np.random.default_rng(1).standard_normal((50, 64))
    end = GradedHopfield(WEIGHTS).run(starts, 10, record=False, seed=2).last
    m = overlap(end, CROSS)
    assert np.array_equal(np.sign(end), np.sign(m)[:, None] * CROSS)
    # noise of sd 0.0725 per unit gives m an sd of 0.0091 about ±1; 50 values at 5 sd: 3e-5
    assert np.allclose(np.abs(m), 1, atol=5 * 0.0091)
    assert {-1.0, 1.0} == set(np.sign(m))


def test_residual_noise_is_that_of_an_ornstein_uhlenbeck_process():
    run = GradedHopfield(WEIGHTS).run(np.repeat(CROSS[None], 40, axis=0), 20, seed=3)
    rest = (run.states[50:] - CROSS).ravel()
    # Euler's stationary variance σ² dt/(1 - (1 - dt)²) = (0.07255)²; in continuous time it is σ/√2 = 0.0707.
    # 150 steps correlated over 10 of 40·64 units: about 2e4 independent values, relative sd of the sd 0.5 %
    assert rest.std() == pytest.approx(0.1 * np.sqrt(0.1 / (1 - 0.9**2)), rel=5 * 0.005)
    assert rest.std() == pytest.approx(0.0707, rel=0.05)


def test_recovery_from_19_flips():
    start = corrupt(CROSS, 19, seed=1)
    assert overlap(start, CROSS) == 0.40625
    weights = hebbian([CROSS, smiley_pattern()], diagonal=True)
    run = GradedHopfield(weights).run(np.array([corrupt(CROSS, 19, seed=s) for s in range(30)]), 10, seed=2)
    # mean 1 (noise sd 0.0091): 0.95 lies 5.5 sd below
    assert (overlap(run.last, CROSS) > 0.95).all()


@pytest.mark.parametrize("options", [{"f": "sign"}, {"f": "tanh", "beta": 4.0}, {"f": "tanh", "beta": 0.5, "dt": 1.0}])
@pytest.mark.parametrize("store", [hebbian, pseudo_inverse])
def test_energy_never_rises_without_noise(options, store):
    patterns = random_patterns(6, 60, seed=1)
    net = GradedHopfield(store(patterns, diagonal=True), sigma=0, **options)
    run = net.run(np.random.default_rng(2).standard_normal((30, 60)), 20)
    energy = net.energy(run.states)
    assert energy.shape == (len(run.times), 30)
    assert np.diff(energy, axis=0).max() <= 1e-12
    assert (energy[-1] < energy[0]).all()


def test_energy_at_a_binary_fixed_point_is_the_binary_energy():
    assert GradedHopfield(WEIGHTS).energy(CROSS) == pytest.approx(-0.5 * CROSS @ WEIGHTS @ CROSS)


def test_recording_does_not_change_the_end():
    start = np.random.default_rng(1).standard_normal((3, 64))
    net = GradedHopfield(WEIGHTS)
    assert np.array_equal(net.run(start, 3, seed=1).last, net.run(start, 3, seed=1, record=False).last)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: GradedHopfield(np.ones((2, 3))), ValueError, "weights must be square"),
        (lambda: GradedHopfield(WEIGHTS, f="step"), ValueError, "f must be one of 'sign', 'tanh'"),
        (lambda: GradedHopfield(WEIGHTS, beta=0), ValueError, "beta must be > 0"),
        (lambda: GradedHopfield(WEIGHTS, sigma=-1), ValueError, "sigma must be >= 0"),
        (lambda: GradedHopfield(WEIGHTS, dt=1.5), ValueError, "dt must be > 0 and <= 1"),
        (lambda: GradedHopfield(WEIGHTS).run(CROSS, 0.25), ValueError, "duration must be a multiple of dt = 0.1"),
        (lambda: GradedHopfield(WEIGHTS).run(CROSS, -1), ValueError, "duration must be >= 0"),
        (lambda: GradedHopfield(WEIGHTS).run(CROSS[:5]), ValueError, "states must have shape (any, 64)"),
        (lambda: GradedHopfield(WEIGHTS).run([np.nan] * 64), ValueError, "states must be finite"),
        (lambda: GradedHopfield(WEIGHTS).energy(CROSS[:5]), ValueError, "states must have 64 units"),
        (lambda: GradedHopfield(WEIGHTS).energy(1.0), ValueError, "states must have 64 units"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
