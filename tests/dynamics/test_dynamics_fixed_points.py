"""Fixed points, Jacobians, phase lines, nullclines and manifolds."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.dynamics import (
    Field,
    Hopf,
    Lorenz,
    PlanarSaddleNode,
    QuadraticNeuron,
    SaddleNode,
    VanDerPol,
    evaluate_on_grid,
    find_slow_points,
    fixed_points,
    flow_map,
    linearise,
    manifolds,
    newton,
    nullclines,
    numerical_jacobian,
    phase_line,
)
from rheobase.rates import mutual_excitation, self_connected_neuron


def cubic(x):
    return -(x + 1) * (x - 1) * (x - 2)


@pytest.mark.parametrize(
    ("system", "u"),
    [
        (SaddleNode(-0.3), [0.4]),
        (PlanarSaddleNode(-0.3, 1.2), [0.4, -0.3]),
        (Hopf(0.3, 1.4), [0.4, -0.3]),
        (Hopf(0.3, 1.4, s=1), [0.4, -0.3]),
        (VanDerPol(-1.3), [0.4, -0.3]),
        (Lorenz(), [1.0, -2.0, 20.0]),
        (QuadraticNeuron(2), [0.4]),
    ],
    ids=lambda v: type(v).__name__ if not isinstance(v, list) else "",
)
def test_analytic_jacobians_agree_with_differences(system, u):
    u = np.array(u)
    assert system.jacobian(u) == pytest.approx(numerical_jacobian(system.field, u), rel=1e-9, abs=1e-10)
    many = np.stack([u, u + 0.1, u - 0.2], axis=1)
    assert system.field(many)[:, 1] == pytest.approx(system.field(u + 0.1), rel=1e-14)


def test_numerical_jacobian_is_accurate():
    J = numerical_jacobian(lambda u: [np.exp(u[0]) * np.sin(u[1]), u[0] ** 3], [0.7, -1.2])
    exact = [[np.exp(0.7) * np.sin(-1.2), np.exp(0.7) * np.cos(1.2)], [3 * 0.49, 0]]
    assert np.abs(J - exact).max() < 1e-11


def test_fields_for_one_state_work_on_grids_too():
    def scalar_only(u):
        if u[0] > 0:
            return np.array([1.0, u[1]])
        return np.array([-1.0, u[1]])

    x, y, dx, dy = evaluate_on_grid(scalar_only, [(-1, 1), (-2, 2)], points=4)
    assert (dx == np.where(x > 0, 1, -1)).all()
    assert (dy == y[:, None]).all()


@pytest.mark.parametrize(
    ("f", "roots", "slopes", "kinds"),
    [
        (lambda x: x**2 - 1, [-1, 1], [-2, 2], ["stable", "unstable"]),
        (cubic, [-1, 1, 2], [-6, 2, -3], ["stable", "unstable", "stable"]),
        (lambda x: x**2 + 1, [], [], []),
        (lambda x: x**2, [0], [0], ["half-stable"]),
        (lambda x: (x - 0.3) ** 2, [0.3], [0], ["half-stable"]),
        (lambda x: -(x**3), [0], [0], ["stable"]),
        (lambda x: -(x**5), [0], [0], ["stable"]),
        (lambda x: x**7, [0], [0], ["unstable"]),
        (lambda x: 1 / (x - 0.123), [], [], []),
        (lambda x: np.where(x < 1, -1.0, 2.0), [], [], []),
        (lambda x: np.where(x < 1, 0.1 - x, np.inf), [0.1], [-1], ["stable"]),
    ],
)
def test_scalar_fixed_points(f, roots, slopes, kinds):
    found = fixed_points(f, (-3, 3))
    assert [p.u[0] for p in found] == pytest.approx(roots, abs=1e-7)
    assert [p.jacobian[0, 0] for p in found] == pytest.approx(slopes, abs=1e-6)
    assert [p.kind for p in found] == kinds
    assert [p.stable for p in found] == [k == "stable" for k in kinds]


def test_a_field_that_ends_at_a_fixed_point_has_no_slope_there():
    edge, inner = fixed_points(lambda x: np.sqrt(x) - x, (0, 2))
    assert (edge.u[0], edge.kind, edge.stable, edge.index) == (0, "degenerate", False, 0)
    assert np.isnan(edge.eigenvalues).all()
    assert inner.stable


def test_a_field_may_grow_beyond_the_range_of_numbers_in_the_box():
    """As that of Morris–Lecar neurons does where a step of a search leads far away."""

    def field(u):
        return np.stack([-np.sinh(300 * u[0]) + u[1], -u[1] * np.exp(500 * u[1] ** 2)])

    assert [p.u.round(9).tolist() for p in fixed_points(field, [(-3, 3), (-3, 3)])] == [[0, 0]]
    assert len(fixed_points(rb.MorrisLecar(I_x=-60, phi=1 / 15, g_Ca=4, V3=12, V4=17.4), [(-120, 60), (0, 1)])) == 1
    assert len(nullclines(lambda u: np.stack([np.log(u[0]) - u[1], 1 - u[0] * np.exp(500 * u[1])]), [(-3, 3)] * 2).y)
    starts = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    assert find_slow_points(field, [[0.1, 0.1], *starts]).starts == 21


def test_phase_lines():
    line = phase_line(cubic, -2, 3)
    assert line.arrows.tolist() == [1, -1, 1, -1]
    assert phase_line(lambda x: x**2, -1, 1).arrows.tolist() == [1, 1]
    assert phase_line(SaddleNode(1.0), -1, 1).arrows.tolist() == [1]
    assert line.velocity == pytest.approx(cubic(line.x))


def test_a_field_that_vanishes_all_over_has_some_points_for_all():
    found = fixed_points(lambda u: 0 * u, [(-1, 1), (-1.1, 1)], points=41)
    assert 10 < len(found) < 100
    assert {p.kind for p in found} == {"degenerate"}
    assert {p.continuum for p in found} == {2}


def ring(u):
    pull = 1 - u[0] ** 2 - u[1] ** 2
    return np.stack([u[0] * pull, u[1] * pull, *(-u[2:])])


@pytest.mark.parametrize(
    ("field", "dimensions", "isolated", "size"),
    [
        (lambda u: np.stack([u[0] - u[1], 2 * (u[0] - u[1])]), 2, 0, 1),
        (ring, 2, 1, 1),
        (ring, 3, 1, 1),
        (lambda u: np.stack([0 * u[0], 0 * u[1], u[0] ** 2 - u[2]]), 3, 0, 2),
        # Flat, but alone.
        (lambda u: np.stack([-(u[0] ** 3), -u[1]]), 2, 1, 0),
    ],
    ids=["line", "ring", "ring in space", "surface", "flat point"],
)
def test_some_points_stand_for_a_continuum_of_them(field, dimensions, isolated, size):
    found = fixed_points(field, [(-2, 2.1)] * dimensions, points=31, starts=40)
    joined = [p for p in found if p.continuum]
    assert len(found) - len(joined) == isolated
    assert len(joined) == (12 if size else 0)
    assert ("stand for a continuum" in found._repr_html_()) == (size > 0)
    assert found.index_sum is None
    if not joined:
        return
    assert {p.continuum for p in joined} == {size}
    assert not any(p.stable or p.index for p in joined)
    assert f"continuum of dimension {size}" in joined[0]._repr_html_()
    at = np.array([p.u for p in joined])
    assert np.abs(field(at.T)).max() < 1e-8
    # They are spread over the set, no two of them closer than a twentieth of its size.
    gaps = np.linalg.norm(at[:, None] - at, axis=2)[np.triu_indices(len(at), 1)]
    assert gaps.min() > 0.05 * np.ptp(at[:, 0])


def test_saddle_node_normal_form():
    below = fixed_points(SaddleNode(-0.25), (-2, 2))
    assert [(p.u[0], p.kind) for p in below] == [(pytest.approx(-0.5), "stable"), (pytest.approx(0.5), "unstable")]
    assert fixed_points(SaddleNode(0.25), (-2, 2)) == ()


def test_self_connected_neuron():
    found = self_connected_neuron().fixed_points((0, 120))
    assert [p.u[0] for p in found] == pytest.approx([0.305908, 60, 119.694092], abs=1e-6)
    assert [p.jacobian[0, 0] for p in found] == pytest.approx([-0.969487, 2, -0.969487], abs=1e-6)
    assert [p.kind for p in found] == ["stable", "unstable", "stable"]
    other = self_connected_neuron(w=0.04, I=-2.4).fixed_points((0, 120))
    assert [p.u[0] for p in other] == pytest.approx([1.065925, 60, 118.934], abs=6e-4)


def test_mutual_excitation():
    low, middle, high = mutual_excitation().fixed_points([(-1, 60), (-1, 60)])
    assert low.u == pytest.approx([0.00227196] * 2, abs=1e-8)
    assert middle.u == pytest.approx([25, 25], abs=1e-9)
    assert high.u == pytest.approx([49.99772804] * 2, abs=1e-8)
    assert middle.jacobian == pytest.approx(np.array([[-1, 5], [5, -1]]))
    assert middle.eigenvalues == pytest.approx(np.array([4, -6], dtype=complex))
    assert (middle.determinant, middle.trace) == pytest.approx((-24, -2))
    for outer in (low, high):
        assert outer.eigenvalues.real == pytest.approx([-0.9990913, -1.0009087], abs=5e-8)
        assert outer.determinant == pytest.approx(0.99999917, abs=5e-9)
    assert [p.kind for p in (low, middle, high)] == ["stable node", "saddle", "stable node"]
    for current, count in ((-20, 1), (-16.06, 1), (-16.05, 3), (-12, 3), (-3.95, 3), (-3.93, 1)):
        assert len(mutual_excitation(I=current).fixed_points([(-1, 60), (-1, 60)])) == count
    at_12 = mutual_excitation(I=-12).fixed_points([(-1, 60), (-1, 60)])
    assert [p.u[0] for p in at_12] == pytest.approx([0.0003, 31.2844, 49.9831], abs=5e-5)
    at_16 = mutual_excitation(I=-16).fixed_points([(-1, 60), (-1, 60)])
    assert [p.u[0] for p in at_16] == pytest.approx([0, 46.3643, 48.1553], abs=1e-4)


def test_e64_the_nullclines_bend_at_25():
    """Printed: "threshold 0.4 (x or y) − 10 = 25"; the sigmoid is steepest where 0.4 x − 10 = 0."""
    net = mutual_excitation()
    (piece,) = nullclines(net, [(0, 50), (0, 50)]).x
    y, first = np.unique(piece[:, 1].round(6), return_index=True)
    slope = np.gradient(piece[first, 0], y)
    assert y[np.argmax(slope)] == pytest.approx(25, abs=0.3)
    printed = (25 + 10) / 0.4
    assert printed == pytest.approx(87.5)


def test_e65_the_flow_points_right_to_the_left_of_the_x_nullcline():
    net = mutual_excitation()
    (piece,) = nullclines(net, [(1, 49), (1, 49)]).x
    for x, y in piece[::20]:
        assert net.field(np.array([x - 0.5, y]))[0] > 0
        assert net.field(np.array([x + 0.5, y]))[0] < 0
    # The textbook exercise's statement about y is right: up below the y-nullcline, down above it.
    (piece,) = nullclines(net, [(1, 49), (1, 49)]).y
    for x, y in piece[::20]:
        assert net.field(np.array([x, y - 0.5]))[1] > 0
        assert net.field(np.array([x, y + 0.5]))[1] < 0


def test_lorenz():
    left, origin, right = fixed_points(Lorenz(), [(-30, 30), (-30, 30), (-1, 50)])
    assert right.u == pytest.approx([8.485281, 8.485281, 27], abs=5e-7)
    assert left.u == pytest.approx([-8.485281, -8.485281, 27], abs=5e-7)
    assert origin.u == pytest.approx([0, 0, 0], abs=1e-9)
    assert origin.eigenvalues.real == pytest.approx([11.827723, -2.666667, -22.827723], abs=5e-7)
    expected = [0.093956 + 10.194505j, 0.093956 - 10.194505j, -13.854578]
    assert right.eigenvalues == pytest.approx(np.array(expected), abs=1e-6)


def test_fixed_points_in_higher_dimensions_are_complete():
    """Decoupled cubics: 3³ points, each known."""
    found = fixed_points(lambda u: u - u**3, [(-2, 2)] * 3, starts=500)
    assert len(found) == 27
    assert np.abs(np.array([p.u for p in found]) - np.round([p.u for p in found])).max() < 1e-9
    assert sum(p.stable for p in found) == 8


def test_van_der_pol_origin():
    (point,) = fixed_points(VanDerPol(c=1), [(-1.1, 1), (-1, 1.2)])
    assert (point.trace, point.determinant, point.kind) == (pytest.approx(-1), pytest.approx(1), "stable spiral")
    assert point.eigenvalues[0] == pytest.approx(-0.5 + 0.8660254j, abs=1e-7)


def test_fitzhugh_nagumo_rest():
    (rest,) = fixed_points(rb.FitzHughNagumo(), [(-3, 3), (-2, 2)])
    assert rest.u == pytest.approx([-1.199408, -0.624260], abs=1e-6)
    assert rest.kind == "stable spiral"


def test_morris_lecar_rests():
    box = [(-80, 60), (-0.2, 1.2)]
    (rest,) = fixed_points(rb.MorrisLecar(), box)
    assert rest.u == pytest.approx([-60.86, 0.01491], abs=5e-3)
    assert rest.u[1] == pytest.approx(0.01491, abs=1e-5)
    three = fixed_points(rb.MorrisLecar(g_Ca=4.0, V3=12.0, V4=17.4, phi=1 / 15), box)
    assert [p.u[0] for p in three] == pytest.approx([-59.47, -9.48, 0.16], abs=5e-3)
    assert [p.kind for p in three] == ["stable node", "saddle", "unstable node"]


def test_nullclines_that_fold_and_close():
    """A circle for x and a cubic that folds for y: points lie on the curves, and the pieces are whole."""

    def field(u):
        return np.stack([u[0] ** 2 + u[1] ** 2 - 1, u[0] - 4 * (u[1] ** 3 - u[1])])

    curves = nullclines(field, [(-2.1, 2.2), (-1.5, 1.4)])
    assert len(curves.x) == 1
    assert np.abs(np.hypot(*curves.x[0].T) - 1).max() < 1e-12
    assert curves.x[0][0] == pytest.approx(curves.x[0][-1], abs=1e-9)
    assert len(curves.y) == 1
    x, y = curves.y[0].T
    assert np.abs(x - 4 * (y**3 - y)).max() < 1e-9
    assert (np.sign(np.diff(x)) != np.sign(np.diff(x)[0])).any()
    # Six crossings of circle and cubic, found as fixed points too.
    found = fixed_points(field, [(-2.1, 2.2), (-1.5, 1.4)])
    roots = np.roots([16, 0, -32, 0, 17, 0, -1])
    assert len(found) == (np.abs(roots.imag) < 1e-9).sum()


def test_separatrix_of_mutual_excitation():
    net = mutual_excitation()
    curves = manifolds(net, [25, 25], [(0, 50), (0, 50)])
    assert np.abs(curves.stable.sum(axis=1) - 50).max() < 1e-9
    assert np.sort(curves.stable[[0, -1], 0]) == pytest.approx([0, 50], abs=1e-6)
    assert np.abs(np.diff(curves.unstable, axis=1)).max() < 1e-9
    assert np.sort(curves.unstable[[0, -1], 0]) == pytest.approx([0.00227, 49.99773], abs=5e-3)
    for side in (-0.01, 0.01):
        end = flow_map(net, np.array([10.0, 40.0 + side]), 30)
        assert end == pytest.approx([49.99772804] * 2 if side > 0 else [0.00227196] * 2, abs=1e-5)


def test_manifolds_of_a_curved_saddle():
    """x' = x, y' = −y + x²: the unstable manifold is y = x²/3, the stable one x = 0."""
    curves = manifolds(lambda u: np.array([u[0], -u[1] + u[0] ** 2]), [0.0, 0.0], [(-1, 1), (-1, 1)])
    x, y = curves.unstable.T
    assert np.abs(y - x**2 / 3).max() < 1e-9
    assert np.abs(x).max() == pytest.approx(1, abs=1e-6)
    assert np.abs(curves.stable[:, 0]).max() < 1e-9


def test_no_fixed_point_is_an_honest_answer():
    assert fixed_points(lambda u: np.stack([u[0] ** 2 + 1, u[1]]), [(-1, 1), (-1, 1)]) == ()
    assert fixed_points(lambda u: u**2 + 1, [(-1, 1)] * 3, starts=20) == ()
    # A field that only dips towards zero, by a little: no false fixed point.
    assert fixed_points(lambda u: np.stack([u[0] ** 2 + 1e-3, u[1]]), [(-1, 1), (-1, 1)]) == ()
    assert fixed_points(lambda x: x**2 + 1e-6, (-1, 1)) == ()


@pytest.mark.parametrize("top", [0, 100, 500])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_field_that_grows_exponentially_in_the_box_has_no_other_zeros(n, top):
    """Neurons with an exponential upstroke and n − 1 adaptations, which add up to 5 (V + 70): exp(x) = a x + b."""
    shares, tau = np.array([3.0, 2.0])[: n - 1], np.array([100.0, 1000.0])[: n - 1]

    def field(u):
        V, w = u[:1], u[1:]
        upstroke = 60 * np.exp((V + 50) / 2) - 30 * (V + 70) - w.sum(axis=0) + 100
        slow = shares.reshape(-1, *[1] * (u.ndim - 1)) * (V + 70) - w
        return np.concatenate([upstroke / 281, slow / tau.reshape(-1, *[1] * (u.ndim - 1))])

    found = fixed_points(field, [(-100, top), *[(-100, 500)] * (n - 1)], starts=40)
    x = np.sort([p.u[0] for p in found])
    assert len(x) == 2
    assert 60 * np.exp((x + 50) / 2) == pytest.approx((30 + shares.sum()) * (x + 70) - 100, rel=1e-9, abs=1e-8)
    assert not any(p.continuum for p in found)


def test_results_show_themselves_and_pickle():
    import pickle

    (point,) = fixed_points(VanDerPol(), [(-1.1, 1), (-1, 1.2)])
    assert "unstable spiral" in point._repr_html_()
    again = pickle.loads(pickle.dumps(point))
    assert (again.u == point.u).all()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: fixed_points(3, (0, 1)), TypeError, "field must be a function"),
        (lambda: fixed_points(lambda u: u, (1, 0)), ValueError, "box must have low < high"),
        (lambda: fixed_points(lambda u: u, [[[0, 1]]]), ValueError, "box must hold one pair"),
        (lambda: fixed_points(lambda u: u, [0, np.inf]), ValueError, "box must be finite"),
        (lambda: fixed_points(lambda u: u, []), ValueError, "box must hold one pair"),
        (lambda: fixed_points(lambda u: u, (0, 1), points=1), ValueError, "points must be >= 3"),
        (lambda: fixed_points(lambda u: u, [(0, 1)] * 3, starts=0), ValueError, "starts must be >= 1"),
        (lambda: fixed_points(lambda u: u * np.nan, (0, 1)), ValueError, "field must be finite somewhere"),
        (lambda: fixed_points(lambda u: u * np.nan, [(0, 1)] * 2), ValueError, "field must be finite somewhere"),
        (lambda: fixed_points(lambda u: u * np.nan, [(0, 1)] * 3), ValueError, "field must be finite somewhere"),
        (lambda: fixed_points(lambda u: u[:1], [(0, 1)] * 2), ValueError, "field must return shape (2,)"),
        (lambda: fixed_points(Field(lambda u: u, lambda u: np.eye(3)), [(-1, 1.1)] * 2), ValueError, "jacobian must"),
        (lambda: newton(lambda u: u**2 + 1, [1.0]), ValueError, "no fixed point could be reached from x0 = [1.]"),
        (lambda: linearise(lambda u: u / 0, [1.0]), ValueError, "field must be finite"),
        (lambda: nullclines(lambda u: u, [(0, 1)]), ValueError, "box must have two dimensions"),
        (lambda: nullclines(lambda u: u * np.nan, [(0, 1)] * 2), ValueError, "field must be finite somewhere"),
        (lambda: evaluate_on_grid(lambda u: u, [(0, 1)] * 2, points=1), ValueError, "points must be >= 2"),
        (lambda: manifolds(lambda u: -u, [0, 0], [(-1, 1)] * 2), ValueError, "saddle must be a saddle"),
        (lambda: manifolds(lambda u: u * [1, -1], [0, 0], [(1, 2)] * 2), ValueError, "box must contain the saddle"),
        (lambda: phase_line(lambda u: u, 1, 0), ValueError, "low must lie below high"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught, np.errstate(all="ignore"):
        call()
    assert text in str(caught.value)
