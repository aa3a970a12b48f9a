"""Linear systems that are decomposed together: by the engine, LAPACK and SuperLU."""

import numpy as np
import pytest
from scipy import sparse

from rheobase import _engine
from rheobase.dynamics.fixed_points import linear_systems
from rheobase.dynamics.fixed_points.linear_systems import SparseSystems, decomposed, full_systems, solve_each


@pytest.fixture(params=["engine", "lapack"])
def maker(request, monkeypatch):
    """`full_systems`, of which one program or the other decomposes the matrices."""
    monkeypatch.setattr(linear_systems, "_LARGE", {"engine": 1000, "lapack": 0}[request.param])
    return full_systems


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 8, 9, 16, 17, 101, 129])
def test_solutions_solve(maker, n, dtype):
    random = np.random.default_rng(n)
    matrices, sides = (random.standard_normal((4, k, n)).astype(dtype) for k in (n, 2))
    systems = maker(5, n, dtype)
    systems.matrices[:4] = matrices
    systems.decompose(4)
    for which in (np.arange(4), np.array([2, 0])):
        solution = systems.solve(sides[which], which)
        assert solution.dtype == dtype
        left = np.einsum("kij,kmj->kmi", matrices[which].astype(float), solution)
        # Partial pivots leave some roundings per unknown, next to the largest products.
        size = 1 + np.abs(matrices[which]).sum(axis=2).max(axis=1) * np.abs(solution).max(axis=(1, 2))
        assert (np.abs(left - sides[which]).max(axis=(1, 2)) <= n * np.finfo(dtype).eps * size).all()


def test_factors_solve_again_and_again(maker):
    random = np.random.default_rng(1)
    matrices, sides = random.standard_normal((3, 6, 6)), random.standard_normal((3, 2, 6))
    matrices[1] = np.diag([1.0, 2, 3, 4, 5, 0])
    matrices[2, 0, 0] = np.inf
    full = decomposed(matrices)
    assert full.singular.tolist() == [False, True, False]
    for systems in (full, SparseSystems([sparse.csc_array(matrix) for matrix in matrices])):
        for _ in range(2):
            solution = systems.solve(sides.copy())
            assert solution[0] @ matrices[0].T == pytest.approx(sides[0], abs=1e-12)
            # Along the null vector a solution is far out, but the others of its equations hold.
            assert solution[1, :, :5] == pytest.approx(sides[1, :, :5] / np.arange(1, 6))
            assert (np.abs(solution[1, :, 5]) > 1e12).all()
            assert np.isnan(solution[2]).all()


def test_singular_systems_are_solved_in_the_sense_of_least_squares(maker):
    matrices = np.stack([np.diag([2.0, 0.0, 1.0]), np.eye(3), np.diag([1.0, np.nan, 1.0])])
    solution = solve_each(matrices, np.array([[4.0, 1, 1], [1.0, 2, 1], [3.0, 3, 1]]))
    assert solution[:, 0] == pytest.approx([2, 0, 3])
    assert solution[:, 1] == pytest.approx([1, 2, 3], abs=1e-14)
    assert np.isnan(solution[:, 2]).all()
    assert np.isnan(solve_each(np.zeros((1, 2, 2)), np.array([[np.nan], [1.0]]))).any()


def test_matrices_of_one_size_stand_apart():
    systems = full_systems(3, 5)
    assert systems.matrices.shape == (3, 5, 5) and not systems.matrices.any()
    systems.matrices[...] = np.eye(5)
    systems.matrices[1] *= 2
    systems.decompose(3)
    assert systems.solve(np.ones((3, 1, 5)))[:, 0, 0].tolist() == [1, 0.5, 1]


def test_the_engine_refuses_what_would_touch_other_memory():
    systems = _engine.LinearSystems(2, 3)
    with pytest.raises(ValueError, match="count"):
        systems.decompose(3)
    for which, shape in (([0], (1, 1, 4)), ([0], (2, 1, 3)), ([0], (3,)), ([2], (1, 1, 3)), ([-1], (1, 1, 3))):
        with pytest.raises(ValueError, match=r"sides must|which must"):
            systems.solve(np.array(which), np.ones(shape))
    with pytest.raises(TypeError):
        systems.solve(np.array([0]), np.ones((1, 1, 3), np.float32))


def test_bits_do_not_depend_on_the_instruction_set(with_instruction_set):
    code = (
        "import hashlib, numpy as np; from rheobase.dynamics.fixed_points.linear_systems import full_systems\n"
        "random, digest = np.random.default_rng(1), hashlib.sha256()\n"
        "for n in (5, 16, 43, 101):\n"
        "    for dtype in (np.float32, np.float64):\n"
        "        systems = full_systems(3, n, dtype); systems.matrices[...] = random.standard_normal((3, n, n))\n"
        "        systems.decompose(3)\n"
        "        digest.update(systems.solve(random.standard_normal((3, 2, n)).astype(dtype)).tobytes())\n"
        "print(digest.hexdigest())"
    )
    digests = {with_instruction_set(isa, "-c", code) for isa in ("baseline", "avx2", "avx512")}
    assert len(digests - {None}) == 1
