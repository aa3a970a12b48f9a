"""Branches of limit cycles and their bifurcations, against closed forms and published values."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import root

import rheobase as rb
from rheobase import progress
from rheobase.dynamics import (
    Hopf,
    LimitCycle,
    Lorenz,
    VanDerPol,
    continuation,
    cycle_continuation,
    fold_curve,
    limit_cycle,
)
from rheobase.dynamics.cycles.collocation import Linearised, Orbit

ROSSLER_BOX = [(-5, 5), (-5, 5), (0, 5)]


def named(branch):
    return [(b.kind, b.parameter) for b in branch.bifurcations]


def rossler(c):
    return lambda u: np.array([-u[1] - u[2], u[0] + 0.2 * u[1], 0.2 + u[2] * (u[0] - c)])


def circle(n):
    """The unit circle in the first two of n dimensions."""
    t = np.linspace(0, 2 * np.pi, 81)
    states = np.zeros((81, n))
    states[:, 0], states[:, 1] = np.cos(t), np.sin(t)
    return LimitCycle(2 * np.pi, t, states, np.ones(n))


def boole(times, values):
    """Integrate by Boole's rule over intervals of five values each, of which the last is the first of the next."""
    shares = sum(w * values[k : len(values) - 4 + k : 4] for k, w in enumerate(np.array([7, 32, 12, 32, 7]) / 90))
    return (np.diff(times[::4]) * shares).sum()


def test_cycles_of_the_hopf_normal_form():
    (point,) = continuation(lambda a: Hopf(a=a, omega=2.0), [0.0, 0.0], -0.5, (-1, 1)).bifurcations
    branch = cycle_continuation(lambda a: Hopf(a=a, omega=2.0), point, (-1, 1))
    assert branch.high[:, 0] == pytest.approx(np.sqrt(branch.parameter), abs=1e-3)
    assert branch.period == pytest.approx(np.full(len(branch.cycles), np.pi), abs=1e-9)
    assert branch.multipliers[-1].real == pytest.approx([1, np.exp(-2 * np.pi)], abs=1e-8)
    assert branch.stable.all()
    assert branch.ended == ("Hopf", "left the range")
    assert branch.parameter[-1] == pytest.approx(1, abs=1e-9)


def test_van_der_pol_as_it_stiffens():
    """Periods from shooting at c = −1 and −0.1, and the published 11.6122 at μ = 5."""
    cycle = limit_cycle(VanDerPol(-1), [1.0, 0], t_start=60, max_period=20)
    branch = cycle_continuation(lambda mu: VanDerPol(-mu), cycle, (0.1, 5), p0=1.0)
    assert branch.period[0] == pytest.approx(6.287111, abs=1e-6)
    assert branch.period[-1] == pytest.approx(11.6122, abs=2e-4)
    assert branch.ended == ("left the range", "left the range")
    assert branch.stable.all()


def test_rossler_doubles_its_period_twice():
    """At a = b = 0.2 the published doublings are at c = 2.832 and 3.837."""
    cycle = limit_cycle(rossler(2.5), [2.0, 0, 0], t_start=200, max_period=20)
    branch = cycle_continuation(rossler, cycle, (2, 4.5), p0=2.5, box=ROSSLER_BOX)
    ((kind, c),) = named(branch)
    assert kind == "period doubling"
    assert c == pytest.approx(2.83245, abs=2e-5)
    assert np.abs(branch.bifurcations[0].cycle.multipliers + 1).min() < 1e-5
    assert (branch.stable == (branch.parameter < c)).all()
    double = cycle_continuation(rossler, branch.bifurcations[0], (2, 4.5), box=ROSSLER_BOX)
    assert named(double)[0] == ("period doubling", pytest.approx(3.83736, abs=2e-5))
    assert double.period[0] == pytest.approx(2 * branch.bifurcations[0].cycle.period, rel=1e-3)
    assert double.ended[0] == "period doubling"
    # The doubled cycle is one of shooting, too.
    last = double.cycles[np.flatnonzero(double.stable)[-1]]
    at = double.parameter[np.flatnonzero(double.stable)[-1]]
    shot = limit_cycle(rossler(at), last.states[0], t_start=0, max_period=20)
    assert last.period == pytest.approx(shot.period, rel=1e-6)


def test_symmetry_breaks_at_a_branch_point():
    """r' = r (1 − r²), θ' = 1, z' = a z − z³: the circle at z = 0 branches at a = 0, into z = ±√a."""

    def family(a):
        def field(u):
            growth = 1 - u[0] ** 2 - u[1] ** 2
            return np.array([growth * u[0] - u[1], growth * u[1] + u[0], a * u[2] - u[2] ** 3])

        return field

    branch = cycle_continuation(family, circle(3), (-0.5, 0.5), p0=-0.3)
    assert named(branch) == [("branch point", pytest.approx(0, abs=1e-8))]
    other = cycle_continuation(family, branch.bifurcations[0], (-0.5, 0.5))
    assert other.high[:, 2] ** 2 == pytest.approx(other.parameter, abs=1e-8)
    assert other.stable.all()


def test_a_torus_is_born_at_a_neimark_sacker_point():
    def family(a):
        def field(u):
            growth, beside = 1 - u[0] ** 2 - u[1] ** 2, a - u[2] ** 2 - u[3] ** 2
            turn = [growth * u[0] - u[1], growth * u[1] + u[0]]
            return np.array([*turn, beside * u[2] - 1.7 * u[3], 1.7 * u[2] + beside * u[3]])

        return field

    branch = cycle_continuation(family, circle(4), (-0.5, 0.5), p0=-0.3)
    assert named(branch) == [("Neimark-Sacker", pytest.approx(0, abs=1e-8))]
    expected = np.exp(2 * np.pi * (branch.bifurcations[0].parameter + 1.7j))
    assert np.abs(branch.bifurcations[0].cycle.multipliers - expected).min() < 1e-6


def test_cycles_fold_beside_a_subcritical_hopf_point():
    """r' = r (a + r² − r⁴): cycles at r² = (1 ± √(1 + 4a)) / 2, which meet at a = −1/4."""

    def family(a):
        def field(u):
            square = u[0] ** 2 + u[1] ** 2
            growth = a + square - square**2
            return np.array([growth * u[0] - u[1], u[0] + growth * u[1]])

        return field

    (point,) = continuation(family, [0.0, 0.0], -0.2, (-0.5, 0.5)).bifurcations
    branch = cycle_continuation(family, point, (-0.5, 0.5))
    assert named(branch) == [("fold", pytest.approx(-0.25, abs=1e-8))]
    assert branch.bifurcations[0].cycle.high[0] == pytest.approx(np.sqrt(0.5), abs=1e-3)
    assert not branch.stable[0]
    assert branch.stable[-1]
    # Back again, the branch ends where it shrinks to the Hopf point.
    back = cycle_continuation(family, branch.cycles[-1], (-0.5, 0.6), p0=float(branch.parameter[-1]))
    assert ("Hopf", pytest.approx(0, abs=1e-6)) in named(back)
    assert "Hopf" in back.ended


def fast_morris_lecar(y):
    """The example of this name in the manual of MatCont, at z = 0.1."""

    def field(u):
        v, w = u
        m, rest = (1 + np.tanh((v + 0.01) / 0.15)) / 2, (1 + np.tanh((v - 0.1) / 0.145)) / 2
        pace = 1.15 * np.cosh((v - 0.1) / 0.29)
        return np.stack([y - 0.5 * (v + 0.5) - 2 * w * (v + 0.7) - m * (v - 1), pace * (rest - w)])

    return field


def shot_fold(y, period, v, w):
    """Return parameter and period of a fold near a cycle through (v, w): there the divergence sums up to 0."""

    def divergence(v, w):
        bell = (1 - np.tanh((v + 0.01) / 0.15) ** 2) / 0.3
        m, pace = (1 + np.tanh((v + 0.01) / 0.15)) / 2, 1.15 * np.cosh((v - 0.1) / 0.29)
        return -0.5 - 2 * w - m - bell * (v - 1) - pace

    def gaps(x):
        y, period, w = x
        flow = lambda t, z: [*fast_morris_lecar(y)(z[:2]), divergence(z[0], z[1])]  # noqa: E731
        end = solve_ivp(flow, (0, period), [v, w, 0.0], method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
        return end - [v, w, 0.0]

    found = root(gaps, [y, period, w], tol=1e-11)
    assert np.abs(gaps(found.x)).max() < 1e-9
    return found.x[:2]


def test_fast_morris_lecar():
    """Hopf point and folds of fixed points as in the manual of MatCont, the fold of cycles as found by shooting."""
    box = [(-0.6, 0.5), (-0.1, 1.0)]
    points = continuation(fast_morris_lecar, [0.04722, 0.32564], 0.110472, (-0.1, 0.2), box=box, step=0.03).bifurcations
    assert [b.kind for b in points] == ["fold", "fold", "Hopf"]
    assert [b.parameter for b in points] == pytest.approx([0.083257, -0.020727, 0.075659], abs=6e-7)
    branch = cycle_continuation(fast_morris_lecar, points[2], (-0.1, 0.2), box=box, step=0.2, max_period=60)
    fold, last = branch.bifurcations  # and nothing where the cycles only slow down
    assert (fold.kind, last.kind) == ("fold", "homoclinic")
    speeds = [abs(fast_morris_lecar(fold.parameter)(u)[0]) for u in fold.cycle.states]
    shot = shot_fold(round(fold.parameter, 4), round(fold.cycle.period, 1), *fold.cycle.states[np.argmax(speeds)])
    assert (fold.parameter, fold.cycle.period) == pytest.approx(shot, rel=2e-7)
    assert branch.ended == ("Hopf", "period exceeds max_period")


def test_morris_lecar_cycles_fold_where_mostly_their_period_changes():
    """The default neuron: cycles are there from 88.29 on, below the Hopf point at 93.86 (Rinzel & Ermentrout 1998)."""
    family = lambda current: rb.MorrisLecar(I_x=current)  # noqa: E731
    box = [(-80, 60), (0, 1)]
    (hopf,) = continuation(family, [-26.7, 0.13], 95.0, (90, 100), box=box).bifurcations
    branch = cycle_continuation(family, hopf, (0, 300), box=box, max_steps=40)
    assert named(branch) == [("fold", pytest.approx(88.2933, abs=2e-4))]
    assert branch.stable[-1]


def test_a_canard_explosion_has_one_fold_and_no_other_bifurcation():
    """FitzHugh's neuron: cycles grow along what repels, while the current stays what it is to ten digits."""
    family = lambda I: lambda u: np.stack([u[0] - u[0] ** 3 / 3 - u[1] + I, 0.08 * (u[0] + 0.7 - 0.8 * u[1])])  # noqa: E731
    (point,) = continuation(family, [-1.2, -0.6], 0.3, (0.3, 0.4)).bifurcations
    branch = cycle_continuation(family, point, (0.3, 0.4), max_steps=80)
    ((kind, current),) = named(branch)
    assert (kind, current) == ("fold", pytest.approx(0.32417851, abs=2e-8))
    # The product of all multipliers is exp(∫ div F dt) (Liouville): at first to 1e-6, and to a factor of ten among
    # cycles that follow what repels, where it falls from 150 to 1e-17.
    cycles = branch.cycles[1:]
    grown = np.array([boole(cycle.times, 1 - cycle.states[:, 0] ** 2 - 0.064) for cycle in cycles])
    found = np.log(branch.multipliers[1:].prod(axis=1).real)
    assert found[:10] == pytest.approx(grown[:10], abs=1e-6)
    assert found == pytest.approx(grown, abs=2.5)
    assert (np.diff(branch.stable.astype(int)) != 0).sum() == 1


def test_multipliers_that_differ_by_thirty_orders():
    """Displacements that grow tenfold from knot to knot, others that turn round or shrink, and a flow of any speed."""
    rng, K = np.random.default_rng(1), 30
    frames = np.linalg.qr(rng.standard_normal((K, 3, 3)))[0]
    speeds = 10 ** rng.uniform(-8, 0, K)
    along = np.stack([np.roll(speeds, -1) / speeds, np.full(K, 10.0), np.full(K, 0.9)], axis=1)
    along[7] *= [1, -1, -1]
    transfers = np.roll(frames, -1, axis=0) @ (along[:, :, None] * np.swapaxes(frames, 1, 2))
    inner = np.zeros((K, 4, 3, 6))
    inner[:, -1, :, :3] = transfers
    orbit = Orbit(np.linspace(0, 1, K + 1), np.zeros((K, 5, 3)), np.ones(2))
    found = Linearised(orbit, inner, speeds[:, None] * frames[:, :, 0]).multipliers
    assert found == pytest.approx([-(10.0**K), 1, -(0.9**K)], rel=1e-8)


def test_steps_grow_with_the_cycle_where_no_box_sets_the_scales():
    (point,) = continuation(Hopf, [0.0, 0.0], -1.0, (-1, 1e4)).bifurcations
    branch = cycle_continuation(Hopf, point, (-1, 1e4), step=0.2, max_steps=60)
    assert branch.ended == ("Hopf", "left the range")
    assert branch.high[-1] == pytest.approx([100, 100], abs=1e-2)


def test_a_cycle_with_a_spike_and_a_long_rest_gets_the_mesh_that_it_needs():
    """Hindmarsh & Rose (1984): 20 intervals alone would have a Neimark–Sacker point, and others that are none."""

    def family(current):
        def field(u):
            x, y, z = u
            return np.stack([y - x**3 + 3 * x**2 - z + current, 1 - 5 * x**2 - y, 0.01 * (4 * (x + 1.6) - z)])

        return field

    cycle = limit_cycle(family(3.6), [0.0, 0, 3.6], t_start=200, max_period=50)
    box = [(-2, 2), (-10, 1), (2, 5)]
    branch = cycle_continuation(family, cycle, (2, 3.6), p0=3.6, box=box, max_period=120)
    kinds = ["infinite period", "period doubling", "fold", "period doubling"]
    assert [b.kind.replace("homoclinic", "infinite period") for b in branch.bifurcations] == kinds
    places = [b.parameter for b in branch.bifurcations[1:]]
    assert places == pytest.approx([2.53600, 2.53566, 3.54444], abs=2e-4)  # as with 60 and 120 intervals
    assert max(len(cycle.times) for cycle in branch.cycles) > 4 * 20 + 1


def jansen_rit(p):
    """The cortical column of Jansen & Rit (1995), in seconds and mV, with an input of p spikes per second."""

    def sigmoid(v):
        return 5 / (1 + np.exp(0.56 * (6 - v)))

    def field(u):
        y0, y1, y2, *slopes = u
        rates = 325 * sigmoid(y1 - y2), 325 * (p + 108 * sigmoid(135 * y0)), 1100 * 33.75 * sigmoid(33.75 * y0)
        pairs = zip(rates, (100, 100, 50), u[:3], slopes, strict=True)
        return np.stack([*slopes, *(rate - 2 * a * z - a**2 * y for rate, a, y, z in pairs)])

    return field


def wang_buzsaki(I):
    """Fast-spiking interneurons (Wang & Buzsáki 1996), with dt in ms and V in mV."""

    def field(u):
        V, h, n = u
        m = 1 / (1 + 4 * np.exp(-(V + 60) / 18) * (1 - np.exp(-(V + 35) / 10)) / (0.1 * (V + 35)))
        opening = np.array([0.07 * np.exp(-(V + 58) / 20), 0.01 * (V + 34) / (1 - np.exp(-(V + 34) / 10))])
        closing = np.array([1 / (np.exp(-(V + 28) / 10) + 1), 0.125 * np.exp(-(V + 44) / 80)])
        V_dot = I - 35 * m**3 * h * (V - 55) - 9 * n**4 * (V + 90) - 0.1 * (V + 65)
        return np.stack([V_dot, *5 * (opening * (1 - u[1:]) - closing * u[1:])])

    return field


def test_a_simulated_spike_gets_the_mesh_that_it_needs():
    cycle = limit_cycle(wang_buzsaki(1.0), [-65.0, 0.5, 0.3], t_start=60, max_period=40)
    branch = cycle_continuation(wang_buzsaki, cycle, (0.9, 1.0), p0=1.0, max_steps=3)
    assert branch.period[-1] == pytest.approx(cycle.period, rel=1e-6)
    assert branch.high[-1, 0] == pytest.approx(cycle.high[0], abs=0.5)
    with pytest.warns(RuntimeWarning, match=r"more detail than meshes of \d+ intervals"):
        cycle_continuation(wang_buzsaki, cycle, (0.9, 1.0), p0=1.0, max_steps=3, intervals=4)


def test_jansen_rit_oscillates_between_two_hopf_points():
    """At 89.83 and 315.70 (Grimbert & Faugeras 2006); where the branch ends, it is at the second one."""
    box = [(0, 0.2), (0, 40), (0, 40), (-10, 10), (-1000, 1000), (-1000, 1000)]
    branch = continuation(jansen_rit, [0.0827, 16.63, 10.565, 0, 0, 0], 0.0, (0, 400), box=box, step=0.05)
    hopf = [b for b in branch.bifurcations if b.kind == "Hopf"]
    low, high = sorted(hopf, key=lambda b: b.parameter)[-2:]
    assert [low.parameter, high.parameter] == pytest.approx([89.83, 315.70], abs=0.005)
    (end,) = cycle_continuation(jansen_rit, low, (0, 400), box=box).bifurcations
    assert (end.kind, end.parameter) == ("Hopf", pytest.approx(high.parameter, abs=1e-5))


def test_lorenz_becomes_homoclinic():
    """The cycles that are born at ρ = 24.7368 end in a homoclinic orbit of the origin at 13.926557."""
    family = lambda rho: Lorenz(rho=rho)  # noqa: E731
    box = [(-20, 20), (-25, 25), (0, 50)]
    branch = continuation(family, [8.0, 8.0, 27.0], 28.0, (10, 30), box=box, step=0.04)
    (point,) = [b for b in branch.bifurcations if b.kind == "Hopf"]
    cycles = cycle_continuation(family, point, (10, 30), box=box, max_period=5, intervals=30)
    (last,) = cycles.bifurcations
    assert last.kind == "homoclinic"
    assert last.parameter == pytest.approx(13.926557, abs=1e-4)
    assert cycles.ended == ("Hopf", "period exceeds max_period")
    assert "homoclinic at 13.92" in cycles._repr_html_()


def test_cycles_that_cannot_start_say_so():
    (fold,) = continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1)).bifurcations
    with pytest.raises(ValueError, match="origin must be a Hopf, or a limit cycle, got a fold"):
        cycle_continuation(lambda a: lambda x: x**2 + a, fold, (-1, 1))
    with pytest.raises(ValueError, match="p0 must be given with a LimitCycle"):
        cycle_continuation(rossler, circle(3), (2, 3))
    with pytest.raises(TypeError, match="origin must be a Bifurcation"):
        cycle_continuation(rossler, 1.0, (2, 3))
    with pytest.raises(ValueError, match="no cycle was found near the origin"):
        cycle_continuation(lambda a: lambda u: np.array([1.0 + a, 1.0]), circle(2), (-1, 1), p0=0.0)


@pytest.mark.parametrize("calls", [1500, 10])
def test_ctrl_c_keeps_the_cycles_that_were_found(calls):
    cycle, made = limit_cycle(Hopf(a=0.5), [0.7, 0.0], t_start=20, max_period=10), []

    def family(a):
        made.append(a)
        if len(made) == calls:
            raise KeyboardInterrupt
        return Hopf(a=a)

    with pytest.raises(KeyboardInterrupt) as stopped:
        cycle_continuation(family, cycle, (0.1, 3), p0=0.5, step=0.002)
    if calls == 10:  # no cycle was found yet
        assert not hasattr(stopped.value, "result")
        return
    branch = stopped.value.result
    assert branch.ended == ("interrupted", "interrupted")
    assert len(branch.cycles) > 5
    assert branch.high[:, 0] == pytest.approx(np.sqrt(branch.parameter), abs=1e-3)


def test_cycles_and_points_of_curves_are_counted(capsys, monkeypatch):
    counted = progress.Counter.__init__
    monkeypatch.setattr(
        progress.Counter, "__init__", lambda self, *args, **more: counted(self, *args, **more | {"delay": 0})
    )
    branch = cycle_continuation(lambda a: Hopf(a=a), circle(2), (0.5, 1.5), p0=1.0, progress=True)
    assert f"cycles: {len(branch.cycles) - 1} steps" in capsys.readouterr().err
    curve = fold_curve(lambda a, b: lambda x: a + b * x - x**3, [0.6], -0.4, 1.0, (-1, 1), (-1, 1), progress=True)
    assert f"fold points: {len(curve.p) - 1} steps" in capsys.readouterr().err
