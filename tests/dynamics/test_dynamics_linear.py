"""Linear ODEs and systems, convolution, deltas and the trace–determinant plane (book A.3–A.5, A.8, A.9)."""

import numpy as np
import pytest

from rheobase.dynamics import (
    LINEAR_EXAMPLES,
    LinearSystem,
    PlanarSaddleNode,
    classify,
    convolve,
    dirac_delta,
    euler,
    exponential_decay,
    exponential_kernel,
    fixed_points,
    gaussian_kernel,
    linear_ode,
    planar_eigenvalues,
    trajectory,
)

EIGENVALUES = {
    "stable node": (-1, -3),
    "unstable node": (3, 1),
    "saddle": (1, -3),
    "stable spiral": (-1 + 10j, -1 - 10j),
    "unstable spiral": (1 + 10j, 1 - 10j),
}


def test_exponential_decay():
    assert exponential_decay(10.0, tau=10, y0=10) == pytest.approx(3.678794, abs=5e-7)
    assert exponential_decay(10.0, tau=10, y0=10, c=5) == pytest.approx(6.839397, abs=5e-7)
    assert exponential_decay(6.931472, tau=10, y0=10) == pytest.approx(5, abs=1e-6)
    assert exponential_decay(10 * np.log(2), tau=10, y0=1) == pytest.approx(0.5)
    assert exponential_decay(13.0, tau=10, y0=7, t0=3) == pytest.approx(7 / np.e)


def test_e40_the_decay_to_c_multiplies_y0_too():
    """Printed: (1 − e^{−t/τ}) c + y0; as t → ∞ the solution must be c."""
    printed = (1 - np.exp(-1000 / 10)) * 5 + 10
    assert exponential_decay(1000.0, tau=10, y0=10, c=5) == pytest.approx(5)
    assert printed == pytest.approx(15)


def test_step_forcing():
    dt = 0.01
    t = dt * np.arange(10_001)
    y = linear_ode(np.where(t >= 50, 5.0, 0.0), dt, tau=10, y0=2)
    exact = np.where(
        t < 50, exponential_decay(t, 10, 2), exponential_decay(t, 10, float(exponential_decay(50.0, 10, 2)), 5, 50)
    )
    assert exact[4999] == pytest.approx(0.0134759, abs=2e-5)
    assert exact[6000] == pytest.approx(3.165560, abs=5e-7)
    assert exact[10_000] == pytest.approx(4.966401, abs=5e-7)
    # The kernel stops at 5 τ (0.7 % of its mass, spread by normalising) and the jump costs one step.
    assert np.abs(y - exact).max() < 0.007 * 5


def test_e42_the_constant_belongs_in_the_decaying_term():
    forcing = np.sin(np.arange(1001) * 0.1)
    y = linear_ode(forcing, 0.1, tau=10, y0=2, c=5)
    assert y[0] == pytest.approx(2, abs=0.02)
    printed = 2 + 5  # y0 e^0 + c
    assert abs(printed - y[0]) > 4.9
    by_euler = euler(lambda u, t: (-u + 5 + np.sin(t)) / 10, 2.0, 0.001 * np.arange(100_001))[::100, 0]
    assert np.abs(y - by_euler).max() < 0.05


def test_two_tone_forcing_has_the_textbook_gains():
    dt = 0.1
    t = dt * np.arange(5000)
    y = linear_ode(0.08 * np.sin(2 * np.pi * t / 100) + 0.03 * np.sin(2 * np.pi * t / 10), dt, tau=10)
    late = t >= 300
    for period, amplitude in ((100, 0.0677386), (10, 0.0047153)):
        wave = np.exp(-2j * np.pi * t[late] / period)
        # The truncated kernel limits the accuracy: e⁻⁵ of its mass.
        assert 2 * abs((y[late] * wave).mean()) == pytest.approx(amplitude, rel=0.02)
    assert 0.08 / np.hypot(1, 2 * np.pi / 10) == pytest.approx(0.0677386, abs=5e-8)
    assert 0.03 / np.hypot(1, 2 * np.pi) == pytest.approx(0.0047153, abs=5e-8)


def test_exponential_kernel_keeps_zero_and_its_mass():
    raw = exponential_kernel(tau=15, dt=0.1, length=75, normalise=False)
    assert len(raw) == 1501
    assert raw[750] == pytest.approx(1 / 15)
    # On the half-open grid of the textbook's figure, which lacks s = 5τ but, unlike its code, keeps s = 0 (E1).
    assert raw[:-1].sum() * 0.1 == pytest.approx(0.99658, abs=5e-6)
    assert (raw[:-1].sum() - raw[750]) * 0.1 == pytest.approx(0.98991, abs=5e-6)
    assert exponential_kernel(tau=15, dt=0.1).sum() * 0.1 == pytest.approx(1)
    fine = exponential_kernel(tau=10, dt=1e-3, normalise=False)
    assert fine.sum() * 1e-3 == pytest.approx(0.993262, abs=1e-4)


def test_e43_five_time_constants_before_t_matter():
    """The response at t uses [t − 5τ, t]: forcing before it changes nothing, forcing within it does."""
    kernel = exponential_kernel(10, 0.1)
    base = np.zeros(2001)
    early, recent = base.copy(), base.copy()
    early[:490], recent[1600:1700] = 1, 1
    assert convolve(early, kernel, 0.1)[1000] == pytest.approx(0, abs=1e-12)
    assert convolve(recent, kernel, 0.1)[2000] > 0.01


def test_gaussian_kernel_and_e45_e46():
    dt = 0.01
    kernel = gaussian_kernel(2, dt, normalise=False)
    s = dt * (np.arange(len(kernel)) - len(kernel) // 2)
    assert kernel.sum() * dt == pytest.approx(1, abs=1e-6)
    assert np.sqrt((s**2 * kernel).sum() * dt) == pytest.approx(2, abs=1e-4)
    printed = np.exp(-(s**2) / 2**2) / (2 * np.sqrt(2 * np.pi))
    assert printed.sum() * dt == pytest.approx(0.7071, abs=1e-4)
    assert np.sqrt((s**2 * printed).sum() / printed.sum()) == pytest.approx(np.sqrt(2), abs=1e-3)
    # Amplitude of a sine of period 20 after smoothing: e^{−(2π/20)² sd²/2}, sd = 1.4142.
    t = 0.1 * np.arange(2000)
    smooth = convolve(np.sin(2 * np.pi * t / 20), gaussian_kernel(np.sqrt(2), 0.1), 0.1)[200:-200]
    assert smooth.max() == pytest.approx(0.9060, abs=1e-4)


def test_convolution_is_linear_shifts_and_keeps_the_length():
    rng = np.random.default_rng(1)
    x, y, k = rng.standard_normal(60), rng.standard_normal(60), rng.standard_normal(9)
    assert convolve(2 * x + y, k, 0.5) == pytest.approx(2 * convolve(x, k, 0.5) + convolve(y, k, 0.5))
    assert convolve(x, k, 0.5)[20] == pytest.approx(0.5 * sum(k[4 + s] * x[20 - s] for s in range(-4, 5)))
    assert len(convolve(x, np.ones(101), 1.0)) == 60
    assert convolve(x, np.ones(201), 1.0) == pytest.approx(np.full(60, x.sum()))


def test_delta_and_its_response():
    t = 0.1 * np.arange(1000)
    delta = dirac_delta(t, 20)
    assert delta.max() == pytest.approx(10)
    assert delta.sum() * 0.1 == pytest.approx(1)
    x = euler(lambda u, s: (-u + delta[min(round(s / 0.1), 999)]) / 10, 0.0, t)[:, 0]
    assert x[200] == 0
    assert x[201] == pytest.approx(0.1)
    assert x[301] == pytest.approx(0.1 * 0.99**100)
    assert convolve(np.cos(t), delta[150:251], 0.1)[500] == pytest.approx(np.cos(t[500]))


def test_e47_a_finite_value_at_one_point_integrates_to_zero():
    for dt in (0.1, 0.001):
        t = dt * np.arange(round(10 / dt))
        spike = np.where(np.arange(len(t)) == len(t) // 2, 7.0, 0.0)
        assert spike.sum() * dt == pytest.approx(7 * dt)
        assert dirac_delta(t, 5).sum() * dt == pytest.approx(1)


def test_e48_the_response_starts_at_t1():
    t = 0.01 * np.arange(6000)
    y = linear_ode(dirac_delta(t, 20), 0.01, tau=10)
    assert np.abs(y[t < 19.99]).max() < 1e-12
    assert y[2500] == pytest.approx(0.1 * np.exp(-0.5), rel=0.01)


@pytest.mark.parametrize("kind", LINEAR_EXAMPLES)
def test_linear_examples(kind):
    example = LINEAR_EXAMPLES[kind]
    system = LinearSystem(example.A)
    (point,) = fixed_points(system, [(-1, 1.1), (-1, 1.3)])
    assert point.kind == classify(example.A) == kind
    assert point.eigenvalues == pytest.approx(np.array(EIGENVALUES[kind], dtype=complex), abs=1e-12)
    T, D = np.trace(example.A), np.linalg.det(example.A)
    assert planar_eigenvalues(T, D) == pytest.approx(np.array(EIGENVALUES[kind], dtype=complex), abs=1e-12)
    assert (point.trace, point.determinant) == pytest.approx((T, D))
    run = trajectory(system, example.x0, 5, dt=0.1)
    exact = system.solution(example.x0, run.times)
    assert np.abs(run.states - exact).max() < 1e-7 * max(1, np.abs(exact).max())


@pytest.mark.parametrize(
    ("A", "kind"),
    [
        ([[0, -2], [2, 0]], "centre"),
        ([[0, 1], [0, 0]], "degenerate"),
        ([[1, 1], [1, 1]], "degenerate"),
        ([[-1, 0], [0, -1]], "stable node"),
        ([[-2]], "stable"),
        ([[2]], "unstable"),
        (0.0, "degenerate"),
        (np.diag([-1.0, -2, 3]), "saddle"),
        ([[-1, 5, 0], [-5, -1, 0], [0, 0, -2]], "stable spiral"),
        ([[0, 5, 0], [-5, 0, 0], [0, 0, -2]], "degenerate"),
    ],
)
def test_classification(A, kind):
    assert classify(A) == kind


def test_e50_purely_imaginary_eigenvalues_are_not_singular():
    A = np.array([[0.0, -2], [2, 0]])
    assert np.linalg.det(A) == pytest.approx(4)
    assert classify(A) == "centre"


def test_e51_a_stable_node_meets_a_saddle_with_negative_trace():
    for b, node in ((-1.0, "stable node"), (1.0, "unstable node")):
        before = fixed_points(PlanarSaddleNode(a=-0.01, b=b), [(-1, 1), (-1, 1)])
        assert sorted(p.kind for p in before) == sorted([node, "saddle"])
        at_bifurcation = PlanarSaddleNode(a=0.0, b=b).jacobian(np.zeros(2))
        assert np.linalg.det(at_bifurcation) == 0
        assert np.trace(at_bifurcation) == b
        assert fixed_points(PlanarSaddleNode(a=0.01, b=b), [(-1, 1), (-1, 1)]) == ()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: classify([[1, 2, 3]]), ValueError, "A must be a square matrix"),
        (lambda: classify([[np.inf]]), ValueError, "A must be finite"),
        (lambda: LinearSystem([[1, 2]]), ValueError, "A must be a square matrix"),
        (lambda: LinearSystem([[1]]).solution([1, 2], [0]), ValueError, "x0 must have shape (1,)"),
        (lambda: convolve([1, 2], [1, 2], 0.1), ValueError, "kernel must have odd length"),
        (lambda: convolve([[1]], [1], 0.1), ValueError, "x must have shape (any,)"),
        (lambda: exponential_kernel(0, 0.1), ValueError, "tau must be > 0"),
        (lambda: gaussian_kernel(1, -0.1), ValueError, "dt must be > 0"),
        (lambda: linear_ode(3.0, 0.1, 10), ValueError, "I must have shape (any,)"),
        (lambda: exponential_decay(0, tau=-1, y0=1), ValueError, "tau must be > 0"),
        (lambda: dirac_delta([0, 1, 3], 1), ValueError, "evenly spaced"),
        (lambda: dirac_delta([0, 1], 5), ValueError, "t1 must be"),
        (lambda: planar_eigenvalues("a", 1), TypeError, "trace must be a number"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
