"""Curves of folds and Hopf points in two parameters, and the degenerate points on them, against normal forms."""

import numpy as np
import pytest

from rheobase.dynamics import continuation, fold_curve, hopf_curve, lyapunov_coefficient


def named(curve):
    return [point.kind for point in curve.points]


def bogdanov_takens(a, b):
    """u₁' = u₂, u₂' = a + b u₁ + u₁² − u₁u₂: folds on a = b²/4, Hopf points on a = 0, b < 0."""
    return lambda u: np.array([u[1], a + b * u[0] + u[0] ** 2 - u[0] * u[1]])


def bautin(a, b):
    """r' = r (a + b r² − r⁴), θ' = 1."""

    def field(u):
        growth = a + b * (u @ u) - (u @ u) ** 2
        return np.array([growth * u[0] - u[1], u[0] + growth * u[1]])

    return field


def test_bogdanov_takens_point_lies_on_both_curves():
    folds = fold_curve(bogdanov_takens, [0.5, 0.0], 0.25, -1.0, (-1, 1), (-2, 2), step=0.05)
    assert folds.p == pytest.approx(folds.q**2 / 4, abs=1e-10)
    assert named(folds) == ["Bogdanov-Takens"]
    hopf = hopf_curve(bogdanov_takens, [0.0, 0.0], 0.0, -1.0, (-1, 1), (-2, 2), step=0.05)
    assert np.abs(hopf.p).max() < 1e-10
    assert hopf.frequency == pytest.approx(np.sqrt(np.maximum(-hopf.q, 0.0)), abs=1e-4)
    assert set(hopf.ended) == {"left the range", "Bogdanov-Takens"}
    for curve in folds, hopf:
        (point,) = curve.points
        assert (point.p, point.q, *point.u) == pytest.approx((0, 0, 0, 0), abs=1e-6)
    assert "Bogdanov-Takens at" in hopf._repr_html_()


def test_generalised_hopf_point_of_its_normal_form():
    curve = hopf_curve(bautin, [0.0, 0.0], 0.0, -1.0, (-1, 1), (-2, 2), step=0.05)
    (point,) = curve.points
    assert point.kind == "generalised Hopf"
    assert (point.p, point.q) == pytest.approx((0, 0), abs=1e-8)
    # The radius of a unit eigenvector is √2: l₁ = 2b / ω.
    assert curve.coefficients == pytest.approx(2 * curve.q, abs=1e-6)


@pytest.mark.parametrize(("s", "omega"), [(-1.0, 2.0), (1.0, 0.5)])
def test_lyapunov_coefficient_with_quadratic_terms(s, omega):
    """Kuznetsov's planar formula (Guckenheimer & Holmes 3.4.11) for x' = −ωy + f, y' = ωx + g."""
    c = dict(fxx=0.7, fxy=-0.4, fyy=0.3, gxx=0.2, gxy=0.9, gyy=-0.5)

    def field(u):
        x, y = u
        f = (c["fxx"] * x**2 + c["fyy"] * y**2) / 2 + c["fxy"] * x * y + s * x * (x**2 + y**2)
        g = (c["gxx"] * x**2 + c["gyy"] * y**2) / 2 + c["gxy"] * x * y + s * y * (x**2 + y**2)
        return np.array([f - omega * y, omega * x + g])

    cubic = 16 * s / 16
    quadratic = c["fxy"] * (c["fxx"] + c["fyy"]) - c["gxy"] * (c["gxx"] + c["gyy"])
    quadratic += c["fyy"] * c["gyy"] - c["fxx"] * c["gxx"]
    expected = cubic + quadratic / (16 * omega)
    assert lyapunov_coefficient(field, [0.0, 0.0]) == pytest.approx(2 * expected / omega, rel=1e-6)


def test_a_point_without_an_imaginary_pair_has_no_lyapunov_coefficient():
    with pytest.raises(ValueError, match="u must be a Hopf point"):
        lyapunov_coefficient(lambda u: np.array([-u[0], -2 * u[1]]), [0.0, 0.0])


def test_zero_hopf_point_on_both_curves():
    """z' = a + z² beside a pair of growth b + z: folds at a = 0, Hopf points at z = −b, a = −b²."""

    def family(a, b):
        def field(u):
            x, y, z = u
            growth = b + z - x**2 - y**2
            return np.array([growth * x - 2 * y, 2 * x + growth * y, a + z**2])

        return field

    folds = fold_curve(family, [0.0, 0.0, 0.0], 0.0, -0.5, (-1, 1), (-0.8, 0.8), step=0.05)
    assert named(folds) == ["zero-Hopf"]
    hopf = hopf_curve(family, [0.0, 0.0, -0.5], -0.25, 0.5, (-1, 1), (-0.8, 0.8), step=0.05)
    assert hopf.p == pytest.approx(-(hopf.q**2), abs=1e-9)
    assert named(hopf) == ["zero-Hopf"]
    for curve in folds, hopf:
        assert (curve.points[0].p, curve.points[0].q) == pytest.approx((0, 0), abs=1e-7)


def test_hopf_hopf_point_where_two_pairs_cross():
    def family(a, b):
        blocks = np.array([[a, -1, 0, 0], [1, a, 0, 0], [0, 0, a - b, -3], [0, 0, 3, a - b]])
        return lambda u: blocks @ u - u * (u @ u)

    curve = hopf_curve(family, np.zeros(4), 0.0, -0.7, (-1, 1), (-1, 1), step=0.05)
    assert np.abs(curve.p).max() < 1e-10
    assert curve.frequency == pytest.approx(np.ones(len(curve.p)), abs=1e-6)
    (point,) = [x for x in curve.points if x.kind == "Hopf-Hopf"]
    assert (point.p, point.q) == pytest.approx((0, 0), abs=1e-7)


def wilson_cowan_points(a, b, c, d):
    """Closed form of the Bogdanov–Takens points of x' = −x + S(ax − by + P), y' = −y + S(cx + dy + Q).

    With s = x(1 − x), t = y(1 − y): trace as + dt = 2 and determinant (1 − as)(1 − dt) + bc st = 0, a quadratic in s.
    """
    # t = (2 − as)/d makes −(1 − as)² + (bc/d) s (2 − as) = 0.
    k = b * c / d
    found = []
    for s in np.roots([-(a**2) - k * a, 2 * a + 2 * k, -1]):
        t = (2 - a * s) / d
        for x in (1 + np.array([-1, 1]) * np.sqrt(1 - 4 * s)) / 2 if 0 < s < 0.25 else ():
            for y in (1 + np.array([-1, 1]) * np.sqrt(1 - 4 * t)) / 2 if 0 < t < 0.25 else ():
                found.append((np.log(x / (1 - x)) - a * x + b * y, np.log(y / (1 - y)) - c * x - d * y))
    return np.array(found)


def test_wilson_cowan_curves_meet_where_the_closed_form_says():
    a, b, c, d = 10.0, 10.0, 10.0, 2.0
    exact = wilson_cowan_points(a, b, c, d)
    assert len(exact)

    def family(P, Q):
        def field(u):
            return 1 / (1 + np.exp(-np.array([a * u[0] - b * u[1] + P, c * u[0] + d * u[1] + Q]))) - u

        return field

    branch = continuation(lambda P: family(P, -4.0), [0.0, 0.0], -8.0, (-8, 8), box=[(-0.1, 1.1)] * 2)
    found = {}
    ranges = ((-12.0, 12.0), (-16.0, 8.0))
    for b_point in branch.bifurcations:
        follow = {"fold": fold_curve, "Hopf": hopf_curve}[b_point.kind]
        curve = follow(family, b_point.u, b_point.parameter, -4.0, *ranges, box=[(-0.1, 1.1)] * 2, step=0.04)
        for point in curve.points:
            found.setdefault((curve.kind, point.kind), []).append((point.p, point.q))
    for kind in "fold", "Hopf":
        points = np.array(found[kind, "Bogdanov-Takens"])
        for point in points:
            assert np.abs(exact - point).max(axis=1).min() < 1e-5
    assert found["fold", "cusp"]


def test_curves_that_cannot_start_say_so():
    with pytest.raises(ValueError, match="no Hopf point could be reached"):
        hopf_curve(lambda a, b: lambda u: np.array([u[0], -u[1]]) + a, [0.0, 0.0], 0.0, 0.0, (-1, 1), (-1, 1))
    with pytest.raises(ValueError, match="at least two variables"):
        hopf_curve(lambda a, b: lambda x: x - a, [0.0], 0.0, 0.0, (-1, 1), (-1, 1))
