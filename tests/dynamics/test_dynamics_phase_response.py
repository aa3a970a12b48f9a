"""Infinitesimal phase responses, against closed forms and direct kicks."""

import numpy as np
import pytest

from rheobase.dynamics import Hopf, VanDerPol, limit_cycle, phase_response, trajectory

TWIST = 0.7


def twisted(u):
    """r' = r (1 − r²), θ' = 1 + b (1 − r²)."""
    square = u[0] ** 2 + u[1] ** 2
    turn = 1 + TWIST * (1 - square)
    return np.array([(1 - square) * u[0] - turn * u[1], (1 - square) * u[1] + turn * u[0]])


def twisted_response():
    return phase_response(twisted, limit_cycle(twisted, [1.0, 0.2], t_start=30, max_period=10))


def test_response_with_twisted_isochrons():
    """The phase is θ − b ln r: Z = (−b cos θ − sin θ, −b sin θ + cos θ)."""
    z = twisted_response()
    x, y = z.states.T
    # dr'/dr = −2 and dθ'/dr = −2b at r = 1: the phase that grows uniformly is θ − b ln r.
    assert z.response == pytest.approx(np.stack([-y - TWIST * x, x - TWIST * y], axis=1), abs=1e-7)
    assert z.times[-1] == pytest.approx(2 * np.pi, abs=1e-8)


def diffusive(own, other):
    return other - own


def test_interaction_of_twisted_oscillators():
    """Z · (v − u) averages to sin χ + b (1 − cos χ): in phase attracts, in antiphase repels."""
    H = twisted_response().interaction(diffusive)
    chi = H.differences
    assert H.speed == pytest.approx(np.sin(chi) + TWIST * (1 - np.cos(chi)), abs=1e-6)
    assert H(-1.0) == pytest.approx(-np.sin(1) + TWIST * (1 - np.cos(1)), abs=1e-6)
    together, opposite = H.locked
    assert (together.difference, opposite.difference) == pytest.approx((0.0, np.pi), abs=1e-6)
    assert (together.growth, opposite.growth) == pytest.approx((-2.0, 2.0), abs=1e-4)
    assert together.stable and not opposite.stable
    repelled = twisted_response().interaction(lambda own, other: own - other)
    assert [state.stable for state in repelled.locked] == [False, True]


def test_interaction_predicts_how_fast_two_oscillators_meet():
    """Two of van der Pol, through the first variable: their difference follows χ' = ε (H(−χ) − H(χ))."""
    system, strength = VanDerPol(-1), 0.01
    z = phase_response(system, limit_cycle(system, [1.0, 0], t_start=60, max_period=20))

    def coupling(own, other):
        return np.stack([other[0] - own[0], np.zeros_like(own[0])])

    H = z.interaction(coupling)
    rounds, k = 8, 5
    period, start = z.times[-1], z.times[k]

    def both(u):
        return np.concatenate(
            [
                system.field(u[:2]) + strength * coupling(u[:2], u[2:]),
                system.field(u[2:]) + strength * coupling(u[2:], u[:2]),
            ]
        )

    end = trajectory(both, np.concatenate([z.states[0], z.states[k]]), rounds * period, dt=period / 500).states[-1]
    # Phases of both, from the points of the uncoupled cycle next to them.
    fine = trajectory(system, z.states[0], period, dt=period / 20_000)
    phases = [fine.times[np.argmin(((fine.states - u) ** 2).sum(1))] for u in (end[:2], end[2:])]
    difference = np.mod(phases[1] - phases[0] + period / 2, period) - period / 2
    predicted = start
    for _ in range(1000):
        predicted += strength * float(H(-predicted) - H(predicted)) * rounds * period / 1000
    assert abs(predicted - start) > 0.2 * start
    # Second order in the strength: a part of about strength times the period.
    assert difference - start == pytest.approx(predicted - start, rel=strength * period)
    bad = z.interaction
    with pytest.raises(TypeError, match="coupling must be"):
        bad(1.0)
    with pytest.raises(ValueError, match="coupling must return an array of shape"):
        bad(lambda own, other: own[0])


def test_response_of_van_der_pol_predicts_a_kick():
    system = VanDerPol(-1)
    cycle = limit_cycle(system, [1.0, 0], t_start=60, max_period=20)
    z = phase_response(system, cycle)
    kick, rounds = 1e-4, 6
    for k in (7, 23, 41):
        for j in (0, 1):
            moved = z.states[k] + kick * np.eye(2)[j]
            # After some periods the kicked solution is back on the cycle, ahead by the response.
            end = trajectory(system, moved, rounds * cycle.period, dt=cycle.period / 1000).states[-1]
            speed = system.field(z.states[k])
            ahead = (end - z.states[k]) @ speed / (speed @ speed)
            assert ahead == pytest.approx(kick * z.response[k, j], abs=2e-7)


def test_a_closed_curve_that_is_no_cycle_is_refused():
    cycle = limit_cycle(VanDerPol(-1), [1.0, 0], t_start=60, max_period=20)
    near = limit_cycle(Hopf(a=1.0), [1.0, 0.0], t_start=20, max_period=10)
    with pytest.raises(ValueError, match=r"got one of period 6\.28319 near one of period 6\.66329"):
        phase_response(VanDerPol(), near)
    with pytest.raises(ValueError, match="cycle must be a limit cycle of the field"):
        phase_response(lambda u: -u, cycle)
