"""Binary Hopfield networks: updates, energy and recall."""

import pickle
import time

import numpy as np
import pytest

from rheobase.attractors import HopfieldNetwork, corrupt, cross_pattern, overlap, random_patterns, smiley_pattern
from rheobase.attractors.binary import _asynchronous_sweep, _block_sweep
from rheobase.learning import hebbian, pseudo_inverse, storkey


def one_by_one(weights, states, order):
    """The definition: visit the units in turn, with fresh fields; a tie keeps the state."""
    states = states.copy()
    for s in states:
        for j in order:
            field = weights[j] @ s
            if abs(field) > 1e-12:
                s[j] = np.sign(field)
    return states


@pytest.mark.parametrize("n", [1, 5, 32, 33, 100])
@pytest.mark.parametrize("kind", ["symmetric", "asymmetric", "ties", "diagonal"])
def test_asynchronous_sweep_is_the_definition(n, kind):
    rng = np.random.default_rng(n)
    weights = rng.standard_normal((n, n))
    if kind == "symmetric":
        weights += weights.T
    if kind == "ties":
        weights = hebbian(random_patterns(4, n, seed=rng))  # sums of few ±1/N often vanish
    if kind != "diagonal":
        np.fill_diagonal(weights, 0)
    states = random_patterns(17, n, seed=rng)
    order = rng.permutation(n)
    expected = one_by_one(weights, states, order)
    fields = _asynchronous_sweep(weights, states, order)
    assert np.array_equal(states, expected)
    assert np.allclose(fields, states @ weights.T)


def test_block_sweep_of_one_unit_is_asynchronous_and_of_all_is_synchronous():
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((40, 40))
    states, order = random_patterns(9, 40, seed=2), rng.permutation(40)
    single, whole = states.copy(), states.copy()
    _block_sweep(weights, single, order, 1)
    _block_sweep(weights, whole, order, 40)
    assert np.array_equal(single, one_by_one(weights, states, order))
    assert np.array_equal(whole, np.sign(states @ weights.T))


def test_a_tie_keeps_the_state():
    net = HopfieldNetwork(np.zeros((3, 3)))
    for options in ({}, {"updates": "synchronous"}, {"updates": "block", "block": 2}):
        assert np.array_equal(net.recall([1, -1, 1], seed=1, **options).states, [[1, -1, 1]])
    assert np.array_equal(net.follow([1, -1, 1], 10, seed=1).state, [1, -1, 1])


@pytest.mark.parametrize("store", [hebbian, pseudo_inverse, storkey])
def test_energy_never_rises_one_unit_at_a_time(store):
    patterns = random_patterns(12, 120, seed=1)
    net = HopfieldNetwork(store(patterns))
    run = net.recall(random_patterns(200, 120, seed=2), seed=3)
    assert run.converged.all()
    assert np.diff(run.energy).max() <= 1e-12
    assert (run.energy[:, -1] < run.energy[:, 0]).all()
    assert np.allclose(run.energy[:, -1], net.energy(run.states))
    path = net.follow(random_patterns(1, 120, seed=4)[0], 1000, seed=5)
    steps = np.diff(path.energy)
    assert steps.max() <= 1e-12
    assert (steps[path.flipped] < 0).all()
    assert np.array_equal(steps[~path.flipped], np.zeros((~path.flipped).sum()))


def test_energy_rises_when_the_diagonal_is_negative():
    # S_j h_j = -1 + 0.4 < 0 flips a unit although its energy without the diagonal would rise
    net = HopfieldNetwork([[-1.0, 0.4], [0.4, -1.0]])
    path = net.follow([1, 1], 1, seed=1)
    assert path.flipped.all()
    assert path.energy[1] > path.energy[0]


def test_pattern_and_its_negative_are_fixed_points():
    patterns = np.array([cross_pattern(), smiley_pattern()])
    net = HopfieldNetwork(hebbian(patterns))
    run = net.recall(np.vstack([patterns, -patterns]), seed=1)
    assert np.array_equal(run.states, np.vstack([patterns, -patterns]))
    assert (run.sweeps == 1).all()
    assert run.converged.all()


def test_recall_of_both_pictures_from_thirty_percent_flips():
    patterns = np.array([cross_pattern(), smiley_pattern()])
    cues = corrupt(np.repeat(patterns, 50, axis=0), 0.3, seed=1)
    run = HopfieldNetwork(hebbian(patterns)).recall(cues, seed=2)
    assert np.allclose(overlap(run.states, patterns)[:50, 0], 1)
    assert np.allclose(overlap(run.states, patterns)[50:, 1], 1)


def test_ferromagnet_pair_cycles_synchronously_and_settles_asynchronously():
    net = HopfieldNetwork([[0.0, 1.0], [1.0, 0.0]])
    together = net.recall([[1, -1], [1, 1]], updates="synchronous")
    assert together.period.tolist() == [2, 1]
    assert together.converged.tolist() == [False, True]
    alone = net.recall([1, -1], seed=1)
    assert alone.converged.all()
    assert abs(alone.states.sum()) == 2


def test_frustrated_asymmetric_pair_never_settles_and_says_so():
    # each unit chases the other: W antisymmetric has no fixed point
    run = HopfieldNetwork([[0.0, 1.0], [-1.0, 0.0]]).recall([1, 1], sweeps=7, seed=1)
    assert run.period.tolist() == [0]
    assert run.sweeps.tolist() == [7]
    assert run.energy.shape == (1, 8)


def test_block_updates_settle_in_the_pattern():
    pattern = random_patterns(1, 200, seed=1)
    run = HopfieldNetwork(hebbian(pattern)).recall(
        corrupt(np.repeat(pattern, 20, axis=0), 0.3, seed=2), updates="block", block=30, seed=3
    )
    assert (run.states == pattern).all()


def test_a_trial_does_not_depend_on_its_batch():
    net = HopfieldNetwork(hebbian(random_patterns(12, 80, seed=1)))
    cues = random_patterns(30, 80, seed=2)
    together = net.recall(cues, seed=3)
    for i in (0, 7, 29):
        assert np.array_equal(net.recall(cues[i], seed=3).states[0], together.states[i])
        assert net.recall(cues[i], seed=3).sweeps[0] == together.sweeps[i]


def test_recall_leaves_its_argument_and_can_be_pickled():
    cues = random_patterns(4, 30, seed=1)
    before = cues.copy()
    run = HopfieldNetwork(hebbian(random_patterns(2, 30, seed=2))).recall(cues, seed=3)
    assert np.array_equal(cues, before)
    assert np.array_equal(pickle.loads(pickle.dumps(run)).states, run.states)
    assert "4 trials" in run._repr_html_()


def test_notebook_image_energies_and_flips():
    # N = 784 as a 28×28 image; E = -SᵀWS/N is the notebook's scale (no factor ½, weights by 1/N²)
    n = 784
    pattern = random_patterns(1, n, seed=7)[0]
    net = HopfieldNetwork(hebbian(pattern))
    scale = 2 / n
    assert scale * net.energy(pattern) == pytest.approx(-0.998724, abs=5e-7)
    assert scale * net.energy(pattern) == pytest.approx(-(1 - 1 / n), rel=1e-12)
    start = corrupt(pattern, 77, seed=8)
    assert -((1 - 2 * 77 / n) ** 2) == pytest.approx(-0.6457, abs=5e-5)
    # without the diagonal the exact value differs from the rounded formula by less than 1/N
    assert scale * net.energy(start) == pytest.approx(-0.6457, abs=1 / n)
    assert n * (1 - (1 - 1 / n) ** 80) == pytest.approx(76.1, abs=0.05)
    path = net.follow(start, 5500, seed=7)
    assert path.energy[0] == net.energy(start)
    assert overlap(path.state, pattern) >= 0.995
    assert scale * path.energy[-1] == pytest.approx(-0.998724, abs=0.01)


def test_expected_share_of_runs_that_visit_every_pixel():
    net = HopfieldNetwork(np.zeros((784, 784)))
    rng = np.random.default_rng(1)
    complete = [len(np.unique(net.follow(np.ones(784), 5500, seed=rng).units)) == 784 for _ in range(100)]
    # .496 predicted; 100 runs: sd .05; 4.5 sd: false alarms 7e-6
    assert np.mean(complete) == pytest.approx(0.496, abs=4.5 * 0.05)
    assert pytest.approx(0.496, abs=5e-4) == (1 - (1 - 1 / 784) ** 5500) ** 784


def test_e62_the_identity_is_subtracted_not_the_pattern():
    n = 784
    pattern = random_patterns(1, n, seed=1)[0]
    printed = (np.outer(pattern, pattern) - np.diag(pattern)) / n  # the notebook's diagonal
    assert set(np.round(np.diag(printed) * n, 9)) == {0.0, 2.0}
    energy = 2 / n * HopfieldNetwork(printed).energy(pattern)
    assert energy == pytest.approx(-(1 - pattern.sum() / n**2), rel=1e-12)
    assert abs(energy - -0.998724) > 1e-4
    assert not np.diag(hebbian(pattern)).any()


def test_thousand_trials_of_thousand_units_take_seconds():
    patterns = random_patterns(100, 1000, seed=1)
    net = HopfieldNetwork(hebbian(patterns))
    cues = corrupt(np.repeat(patterns, 10, axis=0), 0.1, seed=2)
    start = time.perf_counter()
    run = net.recall(cues, seed=3)
    assert time.perf_counter() - start < 10
    assert run.converged.all()
    assert np.mean(run.states * np.repeat(patterns, 10, axis=0)) > 0.99


NET = HopfieldNetwork(np.eye(3))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: HopfieldNetwork(np.ones((2, 3))), ValueError, "weights must be square"),
        (lambda: HopfieldNetwork(np.zeros((0, 0))), ValueError, "weights must be square and not empty"),
        (lambda: HopfieldNetwork([1.0, 2.0]), ValueError, "weights must have shape"),
        (lambda: HopfieldNetwork([[np.inf]]), ValueError, "weights must be finite"),
        (lambda: HopfieldNetwork("abc"), TypeError, "weights must be an array"),
        (lambda: NET.recall([1, -1]), ValueError, "states must have shape (any, 3), got (1, 2)"),
        (lambda: NET.recall([1, -1, 0]), ValueError, "states must be +1 or -1, got 0 in pattern 0 at unit 2"),
        (lambda: NET.recall(np.ones((0, 3))), ValueError, "states must hold at least one pattern"),
        (lambda: NET.recall([1, 1, 1], updates="async"), ValueError, "did you mean 'asynchronous'"),
        (lambda: NET.recall([1, 1, 1], updates=3), TypeError, "updates"),
        (lambda: NET.recall([1, 1, 1], updates="block"), ValueError, "block must be given for block updates"),
        (lambda: NET.recall([1, 1, 1], block=2), ValueError, "block must be given for block updates and only"),
        (lambda: NET.recall([1, 1, 1], updates="block", block=4), ValueError, "block must be >= 1 and <= 3, got 4"),
        (lambda: NET.recall([1, 1, 1], sweeps=0), ValueError, "sweeps must be >= 1"),
        (lambda: NET.recall([1, 1, 1], seed=-1), ValueError, "seed"),
        (lambda: NET.energy([1, 1]), ValueError, "states must have shape"),
        (lambda: NET.follow([1, 1], 5), ValueError, "state must have shape (3,)"),
        (lambda: NET.follow([1, 1, 2], 5), ValueError, "state must be +1 or -1"),
        (lambda: NET.follow([1, 1, 1], -1), ValueError, "updates must be >= 0"),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
