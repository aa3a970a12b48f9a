"""Curves of homoclinic orbits in two parameters, against closed forms."""

import numpy as np
import pytest

from rheobase.dynamics import LimitCycle, VanDerPol, continuation, cycle_continuation, homoclinic_curve, limit_cycle
from rheobase.dynamics.cycles.cycle_steps import Steps


def loop(p, q):
    """The energy H obeys H' = y² (p − sin q − H), with a loop at H = 0 whose width grows with q."""

    def field(u):
        x, y = u
        H = y**2 / 2 - x**2 / 2 + x**3 / (3 * (1 + q))
        return np.stack([y, x - x**2 / (1 + q) + y * (p - np.sin(q) - H)])

    return field


def bogdanov_takens(p, q):
    return lambda u: np.stack([u[1], p + q * u[0] + u[0] ** 2 - u[0] * u[1]])


def last_cycle(line, x0, start, bounds, **options):
    """Return the longest cycle of those that a Hopf point of a line brings forth."""
    points = continuation(line, x0, start, bounds, box=[(-2, 2), (-2, 2)]).bifurcations
    (point,) = [b for b in points if b.kind == "Hopf"]
    last = cycle_continuation(line, point, bounds, **options).bifurcations[-1]
    assert last.kind == "homoclinic"
    return last


def test_loops_of_known_energy():
    """The loop at H = 0, to which cycles come as near as exp(−T), has its saddle at 0 and turns at 3 (1 + q) / 2."""
    last = last_cycle(lambda p: loop(p, 0.2), [1.2, 0.0], -0.2, (-0.3, 0.3), max_period=25)
    curve = homoclinic_curve(loop, last, last.parameter, 0.2, (-0.5, 0.5), (-0.3, 0.4), intervals=50)
    assert curve.ended == ("left the range", "left the range")
    assert np.ptp(curve.q) > 0.6
    assert curve.p == pytest.approx(np.sin(curve.q), abs=1e-7)
    assert curve.saddles == pytest.approx(0, abs=1e-9)
    assert [c.period for c in curve.cycles] == pytest.approx([curve.period] * len(curve.p))
    assert [c.high[0] for c in curve.cycles] == pytest.approx(1.5 * (1 + curve.q), abs=0.01)
    assert f"homoclinic curve</b> of {len(curve.p)} points" in curve._repr_html_()


def test_homoclinic_curve_of_bogdanov_and_takens(monkeypatch):
    """Of x'' = p + q x + x² − x x' it leaves the double zero as p = −(6/25) q² (Kuznetsov 2004, section 8.4)."""
    last = last_cycle(lambda p: bogdanov_takens(p, -1.0), [0.1, 0.0], -0.09, (-0.5, 0.5), max_period=80, intervals=30)
    curve = homoclinic_curve(bogdanov_takens, last, last.parameter, -1.0, (-0.5, 0.1), (-1.2, 0), step=0.1)
    assert "left the saddle" in curve.ended
    near = (curve.q > -0.6) & (curve.q < -0.1)
    assert near.sum() >= 5
    # The next order is q³: what is left of p / q² after it vanishes with q.
    assert np.polyfit(curve.q[near], curve.p[near] / curve.q[near] ** 2, 2)[-1] == pytest.approx(-6 / 25, abs=1e-4)
    few = homoclinic_curve(bogdanov_takens, last, last.parameter, -1.0, (-0.5, 0.1), (-1.2, 0), max_steps=2)
    assert len(few.p) == 5
    assert all(end.startswith("max_steps") for end in few.ended)
    stepped, made = Steps.stepped, []

    def interrupted(tracer, here, length):
        made.append(here)
        if len(made) == 4:
            raise KeyboardInterrupt
        return stepped(tracer, here, length)

    monkeypatch.setattr(Steps, "stepped", interrupted)
    with pytest.raises(KeyboardInterrupt) as stopped:
        homoclinic_curve(bogdanov_takens, last, last.parameter, -1.0, (-0.5, 0.1), (-1.2, 0))
    assert stopped.value.result.ended == ("interrupted", "interrupted")
    kept = stopped.value.result.p
    assert kept == pytest.approx(few.p[3 - len(kept) : 3])


def test_what_is_no_long_cycle_is_refused():
    cycle = limit_cycle(VanDerPol(), [2.0, 0.0])
    family = lambda p, q: VanDerPol(p + q)  # noqa: E731
    with pytest.raises(ValueError, match="origin must be a cycle that passes a saddle"):
        homoclinic_curve(family, cycle, 0.5, 0.5, (0, 2), (0, 2))
    with pytest.raises(TypeError, match="origin must be a CycleBifurcation or LimitCycle, got float"):
        homoclinic_curve(family, 1.0, 0.5, 0.5, (0, 2), (0, 2))
    t = np.linspace(0, 2 * np.pi, 41)
    circle = LimitCycle(2 * np.pi, t, np.column_stack([np.cos(t), np.sin(t)]), np.ones(2, complex))
    with pytest.raises(ValueError, match=r"no cycle of period 6\.28319 was found"):
        homoclinic_curve(
            lambda p, q: lambda u: np.stack([1.0 + p + 0 * u[0], 1 + 0 * u[1]]), circle, 0, 0, (0, 1), (0, 1)
        )
