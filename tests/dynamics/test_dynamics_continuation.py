"""Continuation: folds, Hopf and branch points along branches, and folds with cusps over two parameters."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.dynamics import (
    Hopf,
    Lorenz,
    VanDerPol,
    continuation,
    find_branches,
    fixed_point_map,
    fold_curve,
    switch_branch,
)
from rheobase.rates import RateNetwork, Tanh, excitatory_inhibitory, mutual_excitation, self_connected_neuron

#: Morris and Lecar with a saddle-node on a limit cycle; with phi = 0.23 cycles end at a homoclinic orbit.
SNLC = {"g_Ca": 4.0, "V3": 12.0, "V4": 17.4, "phi": 1 / 15}
ML_BOX = [(-80, 60), (-0.2, 1.2)]


def found(branch):
    """Kinds and parameters of the bifurcations, by parameter."""
    return sorted((b.kind, b.parameter) for b in branch.bifurcations)


def pitchfork(a):
    return lambda x: a * x - x**3


def saddle_node(a):
    return lambda x: x**2 + a


def test_folds_of_mutual_excitation():
    branch = continuation(
        lambda current: mutual_excitation(I=current), [0.0, 0.0], -20.0, (-20, 0), box=[(-5, 55), (-5, 55)], step=0.02
    )
    root = np.sqrt(0.8)
    exact = {}
    for sigma in ((1 + root) / 2, (1 - root) / 2):
        exact[50 * sigma] = np.log(sigma / (1 - sigma)) - 0.4 * 50 * sigma
    assert [b.kind for b in branch.bifurcations] == ["fold", "fold"]
    for b in branch.bifurcations:
        x = min(exact, key=lambda x: abs(x - b.u[0]))
        assert b.u == pytest.approx([x, x], abs=1e-8)
        assert b.parameter == pytest.approx(exact[x], abs=1e-8)
        assert np.abs(b.eigenvalues).min() < 1e-8
    assert found(branch) == [
        ("fold", pytest.approx(-16.057001, abs=5e-7)),
        ("fold", pytest.approx(-3.942999, abs=5e-7)),
    ]
    assert sorted(b.u[0] for b in branch.bifurcations) == pytest.approx([2.639320, 47.360680], abs=5e-7)
    assert branch.ended == ("left the range", "left the range")
    # Low and high ends stable, the middle not; the branch reaches the ends of the range exactly.
    assert branch.stable[0]
    assert branch.stable[-1]
    middle = np.abs(branch.states[:, 0] - 25) < 20
    assert not branch.stable[middle].any()
    assert sorted(branch.parameter[[0, -1]]) == pytest.approx([-20, 0], abs=1e-9)
    assert "fold at -16.057001" in branch._repr_html_()


@pytest.mark.parametrize(
    ("w", "low", "high"),
    [
        (0.05, -4.303274, -1.696726),
        (0.03, -2.195281, -1.404719),
        (0.02, -1.256391, -1.143609),
        (0.1, -9.932741, -2.067259),
    ],
)
def test_folds_of_the_self_connected_neuron(w, low, high):
    branch = continuation(
        lambda current: self_connected_neuron(w, current),
        [0.5],
        low - 1,
        (low - 1, high + 1),
        box=[(-1, 121)],
        step=0.03,
    )
    assert found(branch) == [("fold", pytest.approx(low, abs=5e-7)), ("fold", pytest.approx(high, abs=5e-7))]
    t = np.sqrt(1 - 1 / (60 * w))
    exact = [-np.arctanh(t) - 60 * w * (1 - t), np.arctanh(t) - 60 * w * (1 + t)]
    assert sorted(b.parameter for b in branch.bifurcations) == pytest.approx(sorted(exact), abs=1e-8)


def test_hopf_point_of_the_rate_network():
    branch = continuation(lambda tau: excitatory_inhibitory((15, tau)), [6.0, 13.0], 15.0, (10, 40), step=0.05)
    (hopf,) = branch.bifurcations
    assert hopf.kind == "Hopf"
    assert hopf.parameter / 15 == pytest.approx(1.876873, abs=5e-7)
    assert hopf.parameter == pytest.approx(28.15309, abs=5e-6)
    gains = 3.58e-3 * np.array([1920, -2800])
    assert hopf.parameter / 15 == pytest.approx((1 - gains[1]) / (gains[0] - 1), abs=1e-9)
    assert np.abs(hopf.eigenvalues.real).max() < 1e-10
    assert 1000 * hopf.eigenvalues.imag.max() / (2 * np.pi) == pytest.approx(62.17, abs=5e-3)


def test_fitzhugh_nagumo():
    branch = continuation(lambda current: rb.FitzHughNagumo(I_x=current), [-1.2, -0.6], 0.0, (0, 2), step=0.03)
    assert found(branch) == [("Hopf", pytest.approx(0.331281, abs=5e-7)), ("Hopf", pytest.approx(1.418719, abs=5e-7))]
    v = np.sqrt(1 - 0.8 / 12.5)
    exact = [v_h**3 / 3 - v_h + (v_h + 0.7) / 0.8 for v_h in (-v, v)]
    assert [b.parameter for b in branch.bifurcations] == pytest.approx(exact, abs=1e-8)
    assert v == pytest.approx(0.967471, abs=5e-7)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "expected", "voltages"),
    [
        ({}, [("Hopf", 93.86), ("Hopf", 212.02)], [-25.27, 7.80]),
        (
            {"g_Ca": 4.0, "V3": 12.0, "V4": 17.4, "phi": 1 / 15},
            [("Hopf", 97.79), ("fold", -9.949), ("fold", 39.963)],
            [None, None, -29.39],
        ),
        (
            {"g_Ca": 4.0, "V3": 12.0, "V4": 17.4, "phi": 0.23},
            [("Hopf", 36.32), ("fold", -9.949), ("fold", 39.963)],
            [None, None, -29.39],
        ),
    ],
    ids=["hopf", "snlc", "homoclinic"],
)
def test_morris_lecar(parameters, expected, voltages):
    branch = continuation(
        lambda current: rb.MorrisLecar(**parameters, I_x=current), [-60.0, 0.01], 0.0, (-50, 250), box=ML_BOX, step=0.02
    )
    bifurcations = sorted(branch.bifurcations, key=lambda b: (b.kind, b.parameter))
    assert len(bifurcations) == len(expected)
    for b, (kind, current), V in zip(bifurcations, expected, voltages, strict=True):
        assert b.kind == kind
        # Half a unit of the last digit given: two decimals for Hopf points, three for folds.
        assert b.parameter == pytest.approx(current, abs=6e-3 if kind == "Hopf" else 6e-4)
        assert V is None or b.u[0] == pytest.approx(V, abs=6e-3)


def test_e52_hopf_at_c_equal_zero():
    """Ex. A.9.4 asks for "a parameter μ": it is c, the Hopf point is at 0 and c > 0 is the stable side."""
    branch = continuation(VanDerPol, [0.0, 0.0], -0.5, (-1, 1), step=0.05)
    assert found(branch) == [("Hopf", pytest.approx(0, abs=1e-9))]
    assert (branch.stable == (branch.parameter > 0)).all()


def test_hopf_normal_form_has_no_fold():
    branch = continuation(lambda a: Hopf(a=a), [0.0, 0.0], -0.9, (-1, 1), step=0.05)
    assert found(branch) == [("Hopf", pytest.approx(0, abs=1e-9))]


def test_lorenz_hopf_and_pitchfork():
    box = [(-30, 30), (-30, 30), (-1, 60)]
    branch = continuation(lambda rho: Lorenz(rho=rho), [8.0, 8, 27], 28.0, (0.5, 30), box=box, step=0.02)
    exact = 10 * (10 + 8 / 3 + 3) / (10 - 8 / 3 - 1)
    assert exact == pytest.approx(24.736842, abs=5e-7)
    hopfs = [b for b in branch.bifurcations if b.kind == "Hopf"]
    assert [b.parameter for b in hopfs] == pytest.approx([exact, exact], abs=1e-8)
    (point,) = [b for b in branch.bifurcations if b.kind == "branch point"]
    assert point.parameter == pytest.approx(1, abs=1e-8)
    other = switch_branch(lambda rho: Lorenz(rho=rho), point, (0.5, 30), box=box, step=0.05)
    # From C± the other branch is the origin, which a pitchfork destabilises.
    assert np.abs(other.states).max() < 1e-8
    assert (other.stable == (other.parameter < 1)).all()


def test_pitchfork_from_the_trivial_branch():
    trivial = continuation(pitchfork, [0.0], -0.5, (-1, 1))
    (point,) = trivial.bifurcations
    assert (point.kind, point.parameter) == ("branch point", pytest.approx(0, abs=1e-9))
    other = switch_branch(pitchfork, point, (-1, 1))
    assert other.states[:, 0] ** 2 == pytest.approx(other.parameter, abs=1e-9)
    assert np.abs(other.states).max() == pytest.approx(1, abs=1e-9)
    assert [b.kind for b in other.bifurcations] == ["branch point"]


def test_a_start_on_a_bifurcation_still_finds_it():
    assert found(continuation(VanDerPol, [0.0, 0.0], 0.0, (-1, 1))) == [("Hopf", pytest.approx(0, abs=1e-9))]


def test_branch_points_of_a_transcritical_bifurcation():
    """x' = p x − x²: the branches x = 0 and x = p cross and exchange stability."""

    def family(p):
        return lambda x: p * x - x**2

    branch = continuation(family, [0.0], -0.7, (-1, 1))
    (point,) = branch.bifurcations
    assert (point.kind, point.parameter) == ("branch point", pytest.approx(0, abs=1e-9))
    other = switch_branch(family, point, (-1, 1))
    assert other.states[:, 0] == pytest.approx(other.parameter, abs=1e-9)
    assert (other.stable == (other.parameter > 0)).all()


def test_neutral_saddles_are_not_hopf_points():
    """At the saddle of x' = x + p x, y' = −y the sum of the eigenvalues vanishes at p = 0, yet nothing happens."""
    branch = continuation(lambda p: lambda u: np.stack([(1 + p) * u[0], -u[1]]), [0.0, 0.0], -0.5, (-0.6, 0.5))
    assert branch.bifurcations == ()


def test_closed_branch():
    """x² + p² = 1 is an isola with two folds."""
    branch = continuation(lambda p: lambda x: 1 - x**2 - p**2, [1.0], 0.0, (-2, 2), step=0.02)
    assert branch.ended == ("closed on itself", "closed on itself")
    assert [b.parameter for b in branch.bifurcations] == pytest.approx([1, -1], abs=1e-9) or [
        b.parameter for b in branch.bifurcations
    ] == pytest.approx([-1, 1], abs=1e-9)
    assert branch.states[:, 0] ** 2 + branch.parameter**2 == pytest.approx(np.ones(len(branch.parameter)), abs=1e-9)


def test_a_continuation_asks_the_field_few_times():
    """Per point two matrices by differences, each with five calls and three probes, and four values."""
    calls = 0
    W = np.random.default_rng(1).normal(0, 1.2, (6, 6))

    def family(gain):
        def field(u):
            nonlocal calls
            calls += 1
            return -u + np.tanh(gain * W @ u + 0.1)

        return field

    branch = continuation(family, np.zeros(6), 0.0, (0.0, 3.0), step=0.01, max_steps=100)
    assert len(branch.parameter) > 90
    assert calls < 25 * len(branch.parameter)


def test_a_continuation_that_fails_says_how_far_it_got():
    """The branch x = p of this field ends at p = 0.5, where the field ceases to exist."""

    def ends(p):
        return lambda x: (x - p) * np.sqrt(0.5 - p) if p < 0.5 else np.full_like(x, np.nan)

    branch = continuation(ends, [0.0], 0.0, (-1, 1))
    assert "the corrector failed at parameter 0.49" in branch.ended[1]
    assert branch.ended[0] == "left the range"
    assert branch.states[:, 0] == pytest.approx(branch.parameter, abs=1e-6)
    short = continuation(lambda p: lambda x: x - p, [0.0], 0.0, (-1, 1), max_steps=5)
    assert "max_steps reached at parameter 0.0" in short.ended[1]
    assert len(short.parameter) == 11


def test_cusp_of_the_self_connected_neuron():
    curve = fold_curve(
        lambda current, w: self_connected_neuron(w, current),
        [11.0],
        -1.6967,
        0.05,
        (-4.5, -0.5),
        (0.0, 0.051),
        box=[(0, 120)],
        step=0.05,
    )
    assert curve.cusps == pytest.approx(np.array([[-1, 1 / 60]]), abs=1e-8)
    # Every point against the closed form I = ± artanh t − 60 w (1 ± t).
    t = np.sqrt(1 - 1 / (60 * curve.q))
    upper = np.arctanh(t) - 60 * curve.q * (1 + t)
    lower = -np.arctanh(t) - 60 * curve.q * (1 - t)
    off = np.minimum(np.abs(curve.p - upper), np.abs(curve.p - lower))
    assert off[t > 1e-4].max() < 1e-8
    assert curve.ended == ("left the range", "left the range")


def test_cusp_of_the_normal_form():
    curve = fold_curve(lambda a, b: lambda x: a + b * x - x**3, [0.6], -0.4, 1.0, (-1, 1), (-1, 1), step=0.05)
    assert curve.cusps == pytest.approx(np.zeros((1, 2)), abs=1e-8)
    assert 27 * curve.p**2 == pytest.approx(4 * curve.q**3, abs=1e-8)


def test_number_of_fixed_points_over_the_plane():
    currents, weights = np.linspace(-5.95, -0.05, 12), np.linspace(0.005, 0.055, 8)
    counts = fixed_point_map(
        lambda current, w: self_connected_neuron(w, current), currents, weights, (0, 120), points=801
    )
    for i, w in enumerate(weights):
        if 60 * w <= 1:
            assert (counts.total[i] == 1).all()
            continue
        t = np.sqrt(1 - 1 / (60 * w))
        low, high = np.arctanh(t) - 60 * w * (1 + t), -np.arctanh(t) - 60 * w * (1 - t)
        inside = (currents > min(low, high)) & (currents < max(low, high))
        assert (counts.total[i] == np.where(inside, 3, 1)).all()
        assert (counts.stable[i] == np.where(inside, 2, 1)).all()
    assert (counts.total == 3).any()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: continuation(pitchfork, [0.0], 2.0, (-1, 1)), ValueError, "p0 must be >= -1 and <= 1, got 2"),
        (lambda: continuation(pitchfork, [0.0], 0.0, (1, -1)), ValueError, "low < high"),
        (lambda: continuation(pitchfork, [0.0], 0.0, (-1, 1), step=0), ValueError, "step must be > 0"),
        (lambda: continuation(pitchfork, [0.0], 0.0, (-1, 1), max_steps=0), ValueError, "max_steps must be >= 1"),
        (lambda: continuation(pitchfork, [0.0], 0.0, (-1, 1), box=[(1, 2)]), ValueError, "box must contain"),
        (
            lambda: continuation(pitchfork, [0.0], 0.0, (-1, 1), box=[(-1, 2)] * 2),
            ValueError,
            "box must have shape (1, 2)",
        ),
        (
            lambda: continuation(lambda p: lambda x: x**2 + 1, [0.5], 0.0, (-1, 1)),
            ValueError,
            "no fixed point could be",
        ),
        (lambda: continuation(lambda p: 3, [0.0], 0.0, (-1, 1)), TypeError, "field must be a function"),
        (
            lambda: switch_branch(
                pitchfork, continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1)).bifurcations[0], (-1, 1)
            ),
            ValueError,
            "point must be a branch point, got a fold",
        ),
        (
            lambda: fold_curve(lambda a, b: lambda x: x - a, [0.0], 0.0, 0.0, (-1, 1), (-1, 1)),
            ValueError,
            "no fold point could be reached",
        ),
        (
            lambda: fold_curve(lambda a, b: lambda x: x - a, [0.0], 0.0, 5.0, (-1, 1), (-1, 1)),
            ValueError,
            "q0 must be >= -1 and <= 1",
        ),
        (
            lambda: fixed_point_map(lambda a, b: lambda x: x, 0.0, [1.0], (-1, 1)),
            ValueError,
            "p must have shape (any,)",
        ),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def events(family, x0, p0, p_range=(-1, 1), **options):
    """Kinds and parameters of the bifurcations on a branch, and how many eigenvalues cross at each."""
    branch = continuation(family, x0, p0, p_range, **options)
    # Wherever the stability changes along the branch, there is an event on the way (a fold turns the parameter round).
    flips = np.flatnonzero(branch.stable[1:] != branch.stable[:-1])
    for k in flips if "fold" not in [b.kind for b in branch.bifurcations] else ():
        low, high = sorted(branch.parameter[k : k + 2])
        assert any(low - 1e-9 <= b.parameter <= high + 1e-9 for b in branch.bifurcations)
    return [(b.kind, b.parameter, b.crossing) for b in branch.bifurcations]


@pytest.mark.parametrize("step", [0.003, 0.01, 0.05, 0.2])
@pytest.mark.parametrize(
    ("family", "x0", "p0"),
    [
        (lambda p: lambda x: -(x**3) - p * x, [1.0], -1.0),
        (lambda p: lambda x: p * x - x**3, [0.9], 0.81),
        (lambda p: lambda x: p * x + x**3, [-0.7], -0.49),
        (lambda p: lambda u: np.stack([p * u[0] - u[0] ** 3, -u[1] + u[0] ** 2]), [0.6, 0.36], 0.36),
        (lambda p: lambda x: x * (p - x), [-0.5], -0.5),
        (lambda p: lambda x: x * (p - x + 0.3 * x**2 - p**2), [0.2869], 0.4),
    ],
    ids=["bending", "supercritical", "subcritical", "planar", "transcritical", "curved transcritical"],
)
def test_branch_points_met_from_the_branch_that_bends(family, x0, p0, step):
    ((kind, parameter, crossing),) = events(family, x0, p0, step=step)
    assert (kind, crossing) == ("branch point", 1)
    assert abs(parameter) < 1e-10


def test_several_eigenvalues_that_cross_together_are_reported():
    assert events(lambda p: lambda u: p * u - u**3, np.zeros(2), -0.5) == [
        ("branch point", pytest.approx(0, abs=1e-10), 2)
    ]
    assert events(lambda p: lambda u: p * u - u**3, np.zeros(3), -0.5)[0][::2] == ("branch point", 3)

    def two_rotations(p):
        return lambda u: np.stack([p * u[0] - u[1], u[0] + p * u[1], p * u[2] - 2 * u[3], 2 * u[2] + p * u[3]])

    assert events(two_rotations, np.zeros(4), -0.5) == [("Hopf", pytest.approx(0, abs=1e-10), 4)]


@pytest.mark.parametrize("step", [0.01, 0.03])
def test_two_events_within_one_step(step):
    def growth(p):
        return (p - 0.303) * (p - 0.307)

    hopf = events(lambda p: lambda u: np.stack([growth(p) * u[0] - u[1], u[0] + growth(p) * u[1]]), [0.0, 0], -0.5)
    assert hopf == [("Hopf", pytest.approx(0.303, abs=1e-10), 2), ("Hopf", pytest.approx(0.307, abs=1e-10), 2)]
    real = events(lambda p: lambda x: growth(p) * x - x**3, [0.0], -0.5, step=step)
    assert [p for _, p, _ in real] == pytest.approx([0.303, 0.307], abs=1e-10)

    def pitchforks(p):
        return lambda u: np.stack([(p - 0.303) * u[0] - u[0] ** 3, (p - 0.304) * u[1] - u[1] ** 3])

    assert events(pitchforks, [0.0, 0.0], -0.5, step=step) == [
        ("branch point", pytest.approx(0.303, abs=1e-10), 1),
        ("branch point", pytest.approx(0.304, abs=1e-10), 1),
    ]


def test_stability_that_jumps_at_a_kink_is_reported_as_unexplained():
    def family(p):
        return lambda u: np.stack([p - u[0], np.where(u[0] < 0.1, -1.0, 1.0) * u[1]])

    assert events(family, [-0.5, 0.0], -0.5) == [("unexplained", pytest.approx(0.1, abs=1e-6), 0)]


@pytest.mark.parametrize("step", [0.02, 0.1])
@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6])
def test_branches_that_pass_close_by_are_not_stepped_onto(gap, step):
    """The broken pitchfork x' = p x − x³ + ε folds at p = 3 (ε/2)^(2/3), the broken transcritical one at −2 √ε."""
    assert events(lambda p: lambda x: p * x - x**3 + gap, [0.01], -0.9, step=step) == []
    assert events(lambda p: lambda x: p * x - x**3 + gap, [-0.9], 0.8, step=step) == [
        ("fold", pytest.approx(3 * (gap / 2) ** (2 / 3), abs=1e-9), 1)
    ]
    assert events(lambda p: lambda x: p * x - x**2 + gap, [0.01], -0.9, step=step) == []
    assert events(lambda p: lambda x: p * x - x**2 - gap, [-0.01], -0.9, step=step) == [
        ("fold", pytest.approx(-2 * np.sqrt(gap), abs=1e-9), 1)
    ]


@pytest.mark.parametrize("step", [0.02, 0.1])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (0, 2, 1, 3)], ids=["apart", "nested", "interleaved"])
def test_two_pairs_of_events_within_one_step(order, step):
    """Two eigenvalues, each positive between two of four places that lie within one step."""
    places = [0.123, 0.131, 0.138, 0.147]
    first, second = (tuple(places[k] for k in pair) for pair in (order[:2], order[2:]))

    def growths(p):
        return -(p - first[0]) * (p - first[1]), -(p - second[0]) * (p - second[1])

    real = events(lambda p: lambda u: np.array(growths(p)) * u - u**3, [0.0, 0.0], -0.5, step=step)
    assert real == [("branch point", pytest.approx(p, abs=1e-9), 1) for p in places]

    def mixed(p):
        growth, other = growths(p)
        return lambda u: np.stack([growth * u[0] - u[1], u[0] + growth * u[1], other * u[2] - u[2] ** 3])

    kinds = dict.fromkeys(first, ("Hopf", 2)) | dict.fromkeys(second, ("branch point", 1))
    assert events(mixed, np.zeros(3), -0.5, step=step) == [
        (kinds[p][0], pytest.approx(p, abs=1e-9), kinds[p][1]) for p in places
    ]


@pytest.mark.parametrize("step", [0.02, 0.1])
def test_events_next_to_a_fold(step):
    """On p = 0.1 + x² the second variable loses stability at x = 0.02, that is at p = 0.1004, next to the fold."""
    fold = ("fold", pytest.approx(0.1, abs=1e-9), 1)
    start = np.sqrt(0.4)

    def pitchfork_there(p):
        return lambda u: np.stack([p - 0.1 - u[0] ** 2, (u[0] - 0.02) * u[1] - u[1] ** 3])

    assert events(pitchfork_there, [start, 0.0], 0.5, step=step) == [
        fold,
        ("branch point", pytest.approx(0.1004, abs=1e-9), 1),
    ]

    def hopf_there(p):
        return lambda u: np.stack([p - 0.1 - u[0] ** 2, (u[0] - 0.02) * u[1] - u[2], u[1] + (u[0] - 0.02) * u[2]])

    assert events(hopf_there, [start, 0.0, 0.0], 0.5, step=step) == [
        fold,
        ("Hopf", pytest.approx(0.1004, abs=1e-9), 2),
    ]


@pytest.mark.slow
def test_rate_networks_on_a_ring_lose_stability_in_pairs():
    """The weights cos(θ_j − θ_k) + 0.9 cos 2(θ_j − θ_k), times p 2/n, have the eigenvalues p and 0.9 p twice each."""
    angle = 2 * np.pi * np.arange(8) / 8
    apart = angle[:, None] - angle
    W = (np.cos(apart) + 0.9 * np.cos(2 * apart)) / 4

    def ring(p):
        return RateNetwork(p * W, 0.0, Tanh(), tau=1.0, dimensionless=True)

    assert events(ring, np.zeros(8), 0.5, (0.3, 1.7), step=0.1) == [
        ("branch point", pytest.approx(1, abs=1e-8), 2),
        ("branch point", pytest.approx(1 / 0.9, abs=1e-8), 2),
    ]


def test_rate_networks_that_compete_and_that_oscillate():
    """Two units that inhibit each other part ways where w tanh' = 1; p and ±1.5 across them gives a Hopf point at 1."""

    def competing(w):
        return RateNetwork([[0, -w], [-w, 0]], 0.0, Tanh(), tau=1.0, dimensionless=True)

    assert events(competing, [0.0, 0.0], 0.2, (0, 3), step=0.05) == [("branch point", pytest.approx(1, abs=1e-9), 1)]

    def turning(p):
        return RateNetwork([[p, -1.5], [1.5, p]], 0.0, Tanh(), tau=1.0, dimensionless=True)

    assert events(turning, [0.0, 0.0], 0.2, (0, 2), step=0.05) == [("Hopf", pytest.approx(1, abs=1e-9), 2)]


def test_steps_grow_with_the_state_where_no_box_sets_the_scales():
    def line(a):
        return lambda u: np.array([1000 * a - u[0], u[0] ** 2 - 1e5 - u[1]])

    branch = continuation(line, [0.0, -1e5], 0.0, (0, 1), step=0.1)
    assert branch.ended == ("left the range", "left the range")
    assert branch.states[-1] == pytest.approx([1000, 9e5])


class Stopped:
    """A function that Ctrl-C ends at one of its calls."""

    def __init__(self, family, at):
        self.family, self.at, self.calls = family, at, 0

    def __call__(self, *parameters):
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return self.family(*parameters)


def stopped_everywhere(follow, family):
    """Follow a family to its end, and to where it is stopped at each sixth of its calls."""
    counted = Stopped(family, None)
    whole, cut = follow(counted), []
    for share in range(1, 6):
        with pytest.raises(KeyboardInterrupt) as stopped:
            follow(Stopped(family, share * counted.calls // 6))
        cut.append(stopped.value.result)
    return whole, cut


def test_ctrl_c_keeps_the_fixed_points_and_bifurcations_that_were_found():
    def cubic(a):
        return lambda x: a + x - x**3

    whole, cut = stopped_everywhere(lambda family: continuation(family, [1.3], 1.0, (-2, 2), step=0.1), cubic)
    assert len(whole.bifurcations) == 2
    for branch in cut:
        assert "interrupted" in branch.ended
        assert 1 <= len(branch.parameter) <= len(whole.parameter)
        assert branch.parameter == pytest.approx(branch.states[:, 0] ** 3 - branch.states[:, 0], abs=1e-9)
    assert {len(branch.bifurcations) for branch in cut} >= {0, 1}


def test_ctrl_c_keeps_the_branches_that_were_found():
    def both(a):
        return lambda u: a * u - u**3

    (point,) = continuation(both, [0.0, 0.0], -0.5, (-1, 1), step=0.2).bifurcations
    follow = lambda family: find_branches(family, point, (-1, 1), step=0.2)  # noqa: E731
    counted = Stopped(both, None)
    whole = follow(counted)
    for left in (20, 400):
        with pytest.raises(KeyboardInterrupt) as stopped:
            follow(Stopped(both, counted.calls - left))
        branches = stopped.value.result
        assert len(branches) <= len(whole)
        assert branches[-1].ended[1] == "interrupted"


def test_ctrl_c_keeps_the_curve_of_folds_that_was_found():
    def cusp(a, b):
        return lambda x: a + b * x - x**3

    follow = lambda family: fold_curve(family, [0.6], -0.4, 1.0, (-1, 1), (-1, 1), step=0.3)  # noqa: E731
    whole, cut = stopped_everywhere(follow, cusp)
    for curve in cut:
        assert "interrupted" in curve.ended
        assert curve.p**2 == pytest.approx(4 / 27 * curve.q**3, abs=1e-8)
        assert len(curve.p) <= len(whole.p)
