"""The theory of random networks close to its transitions and far from them, against asymptotic expansions."""

import numpy as np
import pytest

from rheobase.theory.random_networks import critical_noise, dynamical_mean_field, fixed_point_distribution

#: |φ'''(0)|, which with ε = g − 1 decides everything to leading order.
THIRD = {"tanh": 2.0, "erf": np.pi / 2, "arctan": np.pi**2 / 2}


@pytest.mark.parametrize("transfer", THIRD)
@pytest.mark.parametrize("epsilon", [1e-6, 3e-5, 2e-4, 1e-3])
def test_fixed_points_close_to_the_transition(transfer, epsilon):
    """α = 2ε/3, β = 4ε/(3c), γ = −c/4 and C = 16ε³/81, each with an error of relative size ε."""
    found, c = fixed_point_distribution(1 + epsilon, 0.0, transfer), THIRD[transfer]
    scaled = (found.alpha * 1.5 / epsilon, found.beta * 0.75 * c / epsilon, -4 * found.gamma / c)
    assert scaled == pytest.approx((1, 1, 1), abs=5 * epsilon)
    assert found.complexity == pytest.approx(16 * epsilon**3 / 81, rel=5 * epsilon)
    assert found.kurtosis == pytest.approx(3, abs=epsilon) and not found.trivial


@pytest.mark.parametrize("epsilon", [1e-6, 1e-4])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_noise_close_to_the_transition(epsilon, part):
    """D_c = 4ε³/3, and with D = part · D_c, 3x⁴ − 2x³ = part: α = 2ε(1 − x), β = εx."""
    critical = critical_noise(1 + epsilon)
    assert critical == pytest.approx(4 * epsilon**3 / 3, rel=5 * epsilon)
    found = fixed_point_distribution(1 + epsilon, part * critical)
    x = max(np.roots([3, -2, 0, 0, -part]).real)
    assert found.alpha == pytest.approx(2 * epsilon * (1 - x), rel=1e-3)
    assert found.beta == pytest.approx(epsilon * x, rel=1e-3)


@pytest.mark.slow
def test_fixed_points_at_all_gains():
    """Everything changes steadily and by the equations as they are derived, wherever these keep their digits."""
    gains = 1 + np.logspace(-6, 3, 10)
    found = [fixed_point_distribution(g) for g in gains]
    for rising in ("alpha", "beta", "complexity", "q", "radius"):
        assert (np.diff([getattr(f, rising) for f in found]) > 0).all(), rising
    for g, f in zip(gains, found, strict=True):
        mean = f.density * f.widths
        first = 1 - g**2 * (mean @ (f.slopes**2 / (1 + f.alpha * f.slopes**2)))
        second = g**2 * f.mean_square_rate / f.beta - 1
        third = g**2 / (2 * f.beta) * (f.q / f.beta - 1) / f.gamma - 1
        # The terms that are solved for are of the order 1/g²; close to the transition third is a small difference.
        bound = 1e-11 + 1e-14 * g**2
        assert max(abs(first), abs(second)) < bound and abs(third) < bound + 1e-12 / (g - 1), g
    # Far from the transition φ is a step: z = α/g² → 2/π, from g/√(2πα)·2 = 1.
    assert found[-1].alpha / gains[-1] ** 2 == pytest.approx(2 / np.pi, rel=0.4)


@pytest.mark.slow
@pytest.mark.parametrize("g", [1.001, 2.0, 300.0])
def test_the_number_of_fixed_points_falls_with_the_noise(g):
    """dC/dD = γ/g², at all noises up to the critical one; C vanishes as (D_c − D)²."""
    critical = critical_noise(g)
    for part in (0.3, 0.999):
        D, h = part * critical, 1e-3 * (1 - part) * critical
        low, middle, high = (fixed_point_distribution(g, D + k * h) for k in (-1, 0, 1))
        assert (high.complexity - low.complexity) / (2 * h) == pytest.approx(middle.gamma / g**2, rel=1e-5)
    close = [fixed_point_distribution(g, (1 - d) * critical).complexity for d in (1e-4, 1e-6, 1e-8)]
    assert [close[0] / close[1], close[1] / close[2]] == pytest.approx([1e4, 1e4], rel=1e-3)
    assert fixed_point_distribution(g, critical).trivial


@pytest.mark.parametrize("g", [20.0, 300.0, 1000.0])
def test_large_gains(g):
    """tanh is a step next to the spread √β of D_c: D_c = β − g², and g²⟨φ'²⟩ = (4/3) g²/√(2πβ) = 1."""
    beta = (4 / 3 * g**2) ** 2 / (2 * np.pi)
    assert critical_noise(g) == pytest.approx(beta, rel=10 / g**2)
    rest = dynamical_mean_field(g, 2 * critical_noise(g))
    assert not rest.chaotic and rest.lyapunov < 0


@pytest.mark.parametrize("epsilon", [1e-6, 1e-4, 1e-3])
def test_chaos_close_to_the_transition(epsilon):
    """Δ₀ = ε + 7ε²/6 and λ = ε²/2, the latter with a small correction of relative size ε."""
    field = dynamical_mean_field(1 + epsilon)
    assert field.variance == pytest.approx(epsilon + 7 / 6 * epsilon**2, rel=epsilon**2 + 1e-9)
    assert field.lyapunov == pytest.approx(epsilon**2 / 2, rel=5 * epsilon)
    assert abs(field.translation_error) < 1e-6 * field.lyapunov


@pytest.mark.slow
@pytest.mark.parametrize("g", [1.001, 1.1, 2.0])
def test_chaos_close_to_the_critical_noise(g):
    """The orbit shrinks to that of a cubic potential, w sech²(κτ/2): λ = 5κ²/8, all in proportion to D_c − D."""
    critical = critical_noise(g)
    fields = [dynamical_mean_field(g, critical * (1 - d)) for d in (1e-3, 1e-5, 1e-7)]
    for field in fields:
        assert field.chaotic and field.lyapunov == pytest.approx(5 * field.tail_rate**2 / 8, rel=3e-3)
        assert field.half_time == pytest.approx(2 * np.arccosh(np.sqrt(2)) / field.tail_rate, rel=3e-3)
    depth = [field.variance - field.plateau for field in fields]
    assert [depth[0] / depth[1], depth[1] / depth[2]] == pytest.approx([100, 100], rel=2e-3)
