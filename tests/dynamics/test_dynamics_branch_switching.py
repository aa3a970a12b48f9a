"""All branches at branch points where symmetry makes several eigenvalues cross, counted against normal forms."""

import numpy as np
import pytest
from pytest import approx

from rheobase.dynamics import continuation, find_branches


def planar(velocity):
    """Make a family of fields of two variables from a function of the parameter and z = u[0] + i u[1]."""

    def family(a):
        def field(u):
            w = velocity(a, u[0] + 1j * u[1])
            return np.stack([w.real, w.imag])

        return field

    return family


def branches_at_zero(family, n):
    (point,) = continuation(family, np.zeros(n), -0.5, (-0.6, 0.6), step=0.1).bifurcations
    assert (point.kind, point.crossing) == ("branch point", n) and abs(point.parameter) < 1e-9
    found = find_branches(family, point, (-0.3, 0.3), step=0.05)
    for branch in found:
        assert [b.parameter for b in branch.bifurcations if b.kind == "branch point"] == [point.parameter]
        for p, u in zip(branch.parameter, branch.states, strict=True):
            assert np.asarray(family(p)(u)) == approx(0, abs=1e-9)
    return found


def angles(branches, at):
    """Return the directions of both ends of branches modulo a turn, in units of π/at."""
    ends = np.array([end for branch in branches for end in (branch.states[0], branch.states[-1])])
    return np.sort(np.mod(np.arctan2(ends[:, 1], ends[:, 0]) * at / np.pi, 2 * at).round(6) % (2 * at))


def test_triangle():
    """z' = a z + z̄² − |z|² z has three branches r e^{ikπ/3} with a = ±r + r² or so, folded at a = −1/4."""
    found = branches_at_zero(planar(lambda a, z: a * z + np.conj(z) ** 2 - abs(z) ** 2 * z), 2)
    assert angles(found, 3) == approx(np.arange(6), abs=1e-5)
    folds = [b.parameter for branch in found for b in branch.bifurcations if b.kind == "fold"]
    assert folds == approx([-0.25] * 3, abs=1e-8)


@pytest.mark.parametrize(("coefficient", "sign"), [(0.4, 1), (-0.4, -1)])
def test_square(coefficient, sign):
    """z' = a z − |z|² z + c z̄³: r² = a/(1 − c) along the axes and a/(1 + c) along the diagonals; one is stable."""
    found = branches_at_zero(planar(lambda a, z: a * z - abs(z) ** 2 * z + coefficient * np.conj(z) ** 3), 2)
    assert angles(found, 4) == approx(np.arange(8), abs=1e-5)
    for branch in found:
        on_axis = np.abs(branch.states[-1]).min() < 1e-6
        side = 1 if on_axis else -1
        assert np.sum(branch.states**2, axis=1) == approx(branch.parameter / (1 - side * coefficient), abs=1e-8)
        assert branch.stable[-1] == (side * sign > 0)


def test_units_alike():
    """Among n units that inhibit one another all alike, those of each way to split them into two groups branch off."""

    def family(a):
        return lambda u: a * u + u**2 - u**3 - np.mean(u**2 - u**3 + 2 * u, axis=0)

    (point,) = continuation(family, np.zeros(4), -0.2, (-0.3, 0.3), step=0.2).bifurcations
    assert point.crossing == 3
    found = find_branches(family, point, (-0.1, 0.1), step=0.05)
    assert len(found) == 7
    splits = set()
    for branch in found:
        u = branch.states[-1]
        group = np.abs(u - u[0]) < 1e-7
        assert np.ptp(u[~group]) < 1e-7
        splits.add(tuple(group.tolist()))
    assert len(splits) == len(found)


def test_simple_points_have_one_other_branch():
    (point,) = continuation(lambda a: lambda x: a * x - x**3, [0.0], -0.5, (-1, 1), step=0.05).bifurcations
    (other,) = find_branches(lambda a: lambda x: a * x - x**3, point, (-1, 1), step=0.05)
    assert other.parameter == approx(other.states[:, 0] ** 2, abs=1e-9)
    assert other.ended == ("left the range", "left the range")
    # Met from the branch that bends, the straight one is the other.
    (point,) = continuation(lambda a: lambda x: a * x - x**3, [0.9], 0.81, (-1, 1), step=0.05).bifurcations
    (other,) = find_branches(lambda a: lambda x: a * x - x**3, point, (-1, 1), step=0.05)
    assert other.states == approx(0, abs=1e-9)
    assert sorted(other.parameter[[0, -1]]) == approx([-1, 1])


def test_a_circle_of_branches_is_refused():
    family = planar(lambda a, z: a * z - abs(z) ** 2 * z)
    (point,) = continuation(family, np.zeros(2), -0.5, (-0.6, 0.6), step=0.1).bifurcations
    with pytest.raises(ValueError, match="point must be left by finitely many branches"):
        find_branches(family, point, (-0.3, 0.3), step=0.05)


def test_other_points_are_refused():
    (fold,) = continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1), step=0.05).bifurcations
    with pytest.raises(ValueError, match="point must be a branch point, got a fold"):
        find_branches(lambda a: lambda x: x**2 + a, fold, (-1, 1))
