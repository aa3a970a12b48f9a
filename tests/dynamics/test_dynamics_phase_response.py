"""Infinitesimal phase responses, against closed forms and direct kicks."""

import numpy as np
import pytest

from rheobase.dynamics import VanDerPol, limit_cycle, phase_response, trajectory


def test_response_with_twisted_isochrons():
    """r' = r (1 − r²), θ' = 1 + b (1 − r²) has the phase θ − b ln r: Z = (−b cos θ − sin θ, −b sin θ + cos θ)."""
    b = 0.7

    def field(u):
        square = u[0] ** 2 + u[1] ** 2
        turn = 1 + b * (1 - square)
        return np.array([(1 - square) * u[0] - turn * u[1], (1 - square) * u[1] + turn * u[0]])

    z = phase_response(field, limit_cycle(field, [1.0, 0.2], t_start=30, max_period=10))
    x, y = z.states.T
    # dr'/dr = −2 and dθ'/dr = −2b at r = 1: the phase that grows uniformly is θ − b ln r.
    assert z.response == pytest.approx(np.stack([-y - b * x, x - b * y], axis=1), abs=1e-7)
    assert z.times[-1] == pytest.approx(2 * np.pi, abs=1e-8)


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
    with pytest.raises(ValueError, match="cycle must be a limit cycle of the field"):
        phase_response(lambda u: -u, cycle)
