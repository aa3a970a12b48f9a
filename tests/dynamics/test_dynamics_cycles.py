"""Limit cycles, Floquet multipliers, Lyapunov exponents and phase oscillators."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.dynamics import (
    Hopf,
    Lorenz,
    QuadraticNeuron,
    VanDerPol,
    adaptive,
    driven_phases,
    euler,
    flow_map,
    limit_cycle,
    lyapunov_exponents,
    trajectory,
)
from rheobase.rates import excitatory_inhibitory, wilson_cowan


def test_hopf_normal_form_is_known_exactly():
    """Radius √a, period 2π/ω and multiplier e^{−2a·2π/ω} in closed form."""
    cycle = limit_cycle(Hopf(a=0.25, omega=2), [1.0, 0], t_start=40, max_period=10)
    assert np.hypot(*cycle.states.T) == pytest.approx(np.full(len(cycle.times), 0.5), abs=1e-8)
    assert cycle.period == pytest.approx(np.pi, abs=1e-9)
    assert cycle.multipliers.real == pytest.approx([1, np.exp(-0.5 * np.pi)], abs=1e-7)
    assert cycle.stable
    repelling = limit_cycle(Hopf(a=-0.25, omega=2, s=1), [0.3, 0], t_start=40, max_period=10, backwards=True)
    assert repelling.multipliers.real == pytest.approx([np.exp(0.5 * np.pi), 1], rel=1e-6)
    assert not repelling.stable
    assert "unstable limit cycle" in repelling._repr_html_()


@pytest.mark.parametrize(
    ("c", "amplitude", "period"),
    [(-0.1, 2.0001, 6.287111), (-0.5, 2.0025, 6.380676), (-1, 2.0086, 6.663287), (-2, 2.0199, 7.629874)],
)
def test_van_der_pol(c, amplitude, period):
    cycle = limit_cycle(VanDerPol(c), [1.0, 0], t_start=20 / abs(c) + 20, max_period=20)
    assert cycle.high[1] == pytest.approx(amplitude, abs=6e-5)
    assert cycle.period == pytest.approx(period, abs=1e-6)
    assert cycle.stable


def test_e52_the_basin_of_the_origin_ends_at_an_unstable_cycle_for_positive_c():
    """Ex. A.9.3: stable for c > 0, and the Hopf bifurcation is at c = 0."""
    system = VanDerPol(c=1)
    for start in (1.5, 2.0):
        assert np.abs(flow_map(system, [start, 0], 60)).max() < 1e-6
    with pytest.raises(ValueError, match=r"beyond t = 1\.\d* of 5"):
        trajectory(system, [2.5, 0], 5, dt=0.01)
    cycle = limit_cycle(system, [1.0, 0], t_start=40, max_period=20, backwards=True)
    assert not cycle.stable
    assert cycle.high[0] > 2.0
    assert cycle.period == pytest.approx(6.6633, abs=1e-4)
    traces = [np.trace(VanDerPol(c).jacobian(np.zeros(2))) for c in (-0.1, 0, 0.1)]
    assert traces == pytest.approx([0.1, 0, -0.1])
    # At c = 0 every orbit is a circle: the amplitude jumps to 2 at once.
    assert np.linalg.norm(flow_map(VanDerPol(0), [0.7, 0], 2 * np.pi) - [0.7, 0]) < 1e-8


def test_non_smooth_cycle_of_the_rate_network():
    cycle = limit_cycle(excitatory_inhibitory(tau=(15, 30)), [0, 0], t_start=400, max_period=100)
    assert cycle.period == pytest.approx(29.74, abs=5e-3)
    assert (cycle.low[0], cycle.high[0]) == pytest.approx((2.916, 10.227), abs=5e-4)
    assert (cycle.low[1], cycle.high[1]) == pytest.approx((9.628, 18.701), abs=5e-4)
    # Averaged over exactly one period; averages over other windows differ in the second decimal.
    assert cycle.mean == pytest.approx([5.9593, 13.9590], abs=2e-4)
    assert cycle.stable
    net = excitatory_inhibitory(tau=(15, 30))
    clipped = net.total_input(cycle.states.T)[0] < 9.64
    assert clipped.mean() == pytest.approx(0.58, abs=0.01)
    # The multiplier against a difference of the return map: it must hold across the kinks.
    u, T = cycle.states[0], cycle.period
    h = 0.003
    M = np.stack([(flow_map(net, u + d, T) - flow_map(net, u - d, T)) / (2 * h) for d in h * np.eye(2)], axis=1)
    assert np.sort(np.linalg.eigvals(M).real) == pytest.approx(np.sort(cycle.multipliers.real), abs=2e-3)


def test_kinks_do_not_fool_the_adaptive_solver():
    net = excitatory_inhibitory(tau=(15, 30))
    rng = np.random.default_rng(0)
    for _ in range(6):
        u = np.array([5.188, 14.568]) + 0.3 * rng.standard_normal(2)
        tight = adaptive(lambda r, t: net.field(r), u, [0, 29.737], rtol=1e-12, atol=1e-13, max_step=0.02)[-1]
        assert np.abs(flow_map(net, u, 29.737) - tight).max() < 1e-6


@pytest.mark.parametrize(("current", "period"), [(0.5, 39.47), (1.0, 36.70)])
def test_fitzhugh_nagumo(current, period):
    cycle = limit_cycle(rb.FitzHughNagumo(I_x=current), [1, 0], t_start=150, max_period=100)
    assert cycle.period == pytest.approx(period, abs=6e-3)
    if current == 0.5:
        assert (cycle.low[0], cycle.high[0]) == pytest.approx((-1.970, 1.852), abs=5e-4)


@pytest.mark.parametrize("current", [0.32, 1.45])
def test_fitzhugh_nagumo_rests_outside_its_hopf_points(current):
    # From near rest: just outside a Hopf point the large cycle may survive, but the fixed point attracts.
    with pytest.raises(ValueError, match="came to rest at the fixed point"):
        limit_cycle(rb.FitzHughNagumo(I_x=current), [-0.97 if current < 1 else 0.97, 0.0], t_start=6000)


def snlc(current):
    return rb.MorrisLecar(g_Ca=4.0, V3=12.0, V4=17.4, phi=1 / 15, I_x=current)


def test_morris_lecar_snlc_period_grows_towards_the_fold():
    """Class I: 1/T² is linear in I − 39.963 near the saddle-node on the cycle."""
    currents = np.array([40.0, 40.2])
    periods = np.array(
        [
            limit_cycle(snlc(float(current)), [-20, 0.1], t_start=600, max_period=2000, points=11).period
            for current in currents
        ]
    )
    ratio = (periods[0] / periods[1]) ** 2
    # The constant part of the period (the spike itself) makes the ratio smaller than that of the distances.
    assert 0.5 < ratio / ((40.2 - 39.963) / (40.0 - 39.963)) < 1.0


def test_wilson_cowan_preset_oscillates():
    cycle = limit_cycle(wilson_cowan(), [0.1, 0.1], t_start=200, max_period=100)
    assert cycle.stable
    assert cycle.low.min() > 0
    assert cycle.high.max() < 1
    assert cycle.high[0] - cycle.low[0] > 0.5


@pytest.mark.slow
def test_lorenz_exponents():
    """Largest 0.906, then 0 and −14.572 (sum −13.667 exactly), and so the dimension 2 + 0.906/14.572."""
    spectrum = lyapunov_exponents(Lorenz(), [1.0, 1.0, 1.0], 300, dt=0.01, t_start=20)
    exponents = spectrum.exponents
    assert spectrum.dimension == pytest.approx(2.0622, abs=0.03 / 14.572)
    assert exponents.sum() == pytest.approx(-(10 + 1 + 8 / 3), abs=1e-3)
    # The local exponents scatter by about 0.1 √(unit of time), so the mean over 300 units by 0.006; the zero exponent
    # converges as 1/T.
    assert exponents == pytest.approx([0.906, 0, -14.572], abs=0.03)


@pytest.mark.slow
def test_lyapunov_exponents_of_linear_and_periodic_systems():
    A = np.array([[-1.0, 3], [0, -4]])
    assert lyapunov_exponents(lambda u: A @ u, [1.0, 1], 20, t_start=8).exponents == pytest.approx([-1, -4], abs=0.03)
    top = lyapunov_exponents(Hopf(a=0.25, omega=2), [0.5, 0], 60, t_start=15).exponents
    assert top == pytest.approx([0, -0.5], abs=0.01)
    assert lyapunov_exponents(lambda u: -2 * u, [1.0, 1, 1], 5, n=1).exponents == pytest.approx([-2])


def test_lorenz_by_euler_and_accurately():
    def rhs(u, t):
        return Lorenz().field(u)

    path = euler(rhs, [1.0, 1, 1], 0.01 * np.arange(2001))
    assert path[100] == pytest.approx([-4.48552, -6.36139, 18.11462], abs=5e-6)
    assert (path[:, 0].min(), path[:, 0].max()) == pytest.approx((-19.2, 21.2), abs=0.05)
    assert (path[:, 2].min(), path[:, 2].max()) == pytest.approx((0.95, 53.6), abs=0.05)
    assert flow_map(Lorenz(), [1.0, 1, 1], 5) == pytest.approx([-6.51211, -6.97404, 23.92413], abs=2e-5)
    assert np.abs(path[500] - flow_map(Lorenz(), [1.0, 1, 1], 5)).max() > 0.1


def test_quadratic_neuron_as_a_phase():
    neuron = QuadraticNeuron(I=4)
    assert neuron.period == pytest.approx(np.pi / 2)
    assert neuron.period == pytest.approx(1.570796, abs=5e-7)
    phases = np.linspace(0.1, 1.4, 7)
    assert neuron.voltage(phases) == pytest.approx(-2 / np.tan(2 * phases))
    assert neuron.phase(neuron.voltage(phases)) == pytest.approx(phases)
    start = neuron.voltage(0.2)
    assert flow_map(neuron, [float(start)], 1.0)[0] == pytest.approx(float(neuron.voltage(1.2)), rel=1e-7)
    # The same neuron as an angle, θ = 2 arctan V.
    theta = flow_map(rb.ThetaNeuron(I_x=4), [2 * np.arctan(float(start))], 1.0)[0]
    assert np.tan(theta / 2) == pytest.approx(float(neuron.voltage(1.2)), rel=1e-7)


def test_phase_response():
    neuron = QuadraticNeuron(I=4)
    assert float(neuron.response(np.pi / 4)) == pytest.approx(0.25)
    assert float(neuron.response(np.pi / 4, kick=1)) == pytest.approx(0.5 * np.arctan(0.5))
    assert float(neuron.response(np.pi / 4, kick=1)) == pytest.approx(0.231824, abs=5e-7)
    phases = np.linspace(0, neuron.period, 200_001)
    curve = neuron.response(phases, kick=1)
    assert curve.max() == pytest.approx(0.24498, abs=5e-6)
    # dG/dφ = 0 where cot(2φ) = 1/4.
    assert phases[curve.argmax()] == pytest.approx(np.arctan(4) / 2, abs=1e-5)
    assert curve[[0, -1]] == pytest.approx([0, 0], abs=1e-12)
    assert float(neuron.response(0.6, kick=0.01)) / 0.01 == pytest.approx(0.21754, abs=5e-6)
    assert float(neuron.response(0.6)) == pytest.approx(0.21717, abs=5e-6)
    # The definition itself: kick the voltage and read the phase.
    kicked = neuron.phase(neuron.voltage(phases[1:-1:1000]) + 1) - phases[1:-1:1000]
    assert neuron.response(phases[1:-1:1000], kick=1) == pytest.approx(kicked, abs=1e-9)


def test_a_driven_neuron_creeps_into_synchrony():
    neuron = QuadraticNeuron(I=4)
    phases = driven_phases(neuron, 1.0, np.pi / 4, 400)
    assert (np.diff(phases) >= 0).all()
    gap = neuron.period - phases
    # G ~ φ² at the end, so the gap falls as 1/n, not exponentially.
    assert gap[400] == pytest.approx(gap[200] / 2, rel=0.05)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: limit_cycle(lambda u: -u, [1.0, 0]), ValueError, "came to rest at the fixed point"),
        (lambda: limit_cycle(lambda u: u**3, [1.0, 0]), ValueError, "could not be carried beyond t = 0.5"),
        (lambda: limit_cycle(lambda u: u * 0 + 1, [1.0, 0]), ValueError, "did not return within max_period"),
        (lambda: limit_cycle(VanDerPol(), [1.0, 0], t_start=30, max_period=3), ValueError, "max_period = 3"),
        (lambda: limit_cycle(VanDerPol(), [1.0, 0], max_period=0), ValueError, "max_period must be > 0"),
        (lambda: limit_cycle(VanDerPol(), [1.0, 0], t_start=-1), ValueError, "t_start must be >= 0"),
        (lambda: limit_cycle(VanDerPol(), [np.inf, 0]), ValueError, "x0 must be finite"),
        (lambda: limit_cycle(rb.EIF(I_x=20), [-60.0]), ValueError, "at least two variables for a limit cycle, got 1"),
        (lambda: lyapunov_exponents(lambda u: u**2, [1.0], 5), ValueError, "lost by t = 1.1"),
        (lambda: lyapunov_exponents(lambda u: u, [1.0], 0), ValueError, "duration must be at least"),
        (lambda: lyapunov_exponents(lambda u: u, [1.0], 1, n=2), ValueError, "n must be >= 1 and <= 1"),
        (lambda: QuadraticNeuron(I=-1).period, ValueError, "I must be > 0"),
        (lambda: driven_phases(QuadraticNeuron(), 1.0, 7.0, 2), ValueError, "phase must be"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def roessler(c):
    return lambda u: np.array([-u[1] - u[2], u[0] + 0.2 * u[1], 0.2 + u[2] * (u[0] - c)])


@pytest.mark.slow
@pytest.mark.parametrize(("c", "folds"), [(2.5, 1), (3.5, 2), (3.9, 4), (4.15, 8)])
def test_the_cycle_that_attracts_after_period_doublings(c, folds):
    """The period doubles near c = 2.83, 3.84 and 4.12."""
    cycle = limit_cycle(roessler(c), [1.0, 1, 0], t_start=2000.0, max_period=60, points=2001)
    assert cycle.stable
    # It does attract, and returns no sooner.
    end = flow_map(roessler(c), cycle.states[0] + 1e-3, 40 * cycle.period)
    assert np.linalg.norm(cycle.states - end, axis=1).min() < 1e-2
    assert cycle.period / 5.8 == pytest.approx(folds, rel=0.05)
    middle = cycle.states[len(cycle.states) // 2]
    assert folds == 1 or np.linalg.norm(middle - cycle.states[0]) > 0.1


@pytest.mark.slow
def test_chaos_is_no_cycle():
    with pytest.raises(ValueError, match="does not attract it"):
        limit_cycle(roessler(5.7), [1.0, 1, 0], t_start=300.0, max_period=40)
