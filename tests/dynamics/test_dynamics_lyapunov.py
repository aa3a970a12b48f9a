"""Lyapunov exponents that go on, in discrete time, and what follows from them."""

import pickle

import numpy as np
import pytest

import rheobase as rb
from rheobase.dynamics import Field, Lorenz, RateField, lyapunov_exponents, phase_line
from rheobase.theory.random_networks import fluctuating_state, random_network


def test_exponents_that_go_on_are_those_of_one_go():
    whole = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 8.0)
    half = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 3.0)
    both = lyapunov_exponents(Lorenz(), half, 5.0)
    assert both.exponents == pytest.approx(whole.exponents, abs=1e-12)
    assert both.standard_errors == pytest.approx(whole.standard_errors, abs=1e-12)
    assert both.duration == pytest.approx(8.0)
    assert both.entropy_rate == pytest.approx(both.exponents[both.exponents > 0].sum())
    with pytest.raises(ValueError, match="n must be that of the former result, 3, got 2"):
        lyapunov_exponents(Lorenz(), half, 5.0, n=2)
    with pytest.raises(ValueError, match="every must be that of the former result"):
        lyapunov_exponents(Lorenz(), half, 5.0, every=0.05)
    with pytest.raises(ValueError, match="t_start must be 0"):
        lyapunov_exponents(Lorenz(), half, 5.0, t_start=1.0)


class Stopped(Lorenz):
    """A field at which somebody presses Ctrl-C after so many evaluations."""

    def __init__(self, calls):
        super().__init__()
        self.calls = calls

    def variation(self, u, vectors):
        self.calls -= 1
        if not self.calls:
            raise KeyboardInterrupt
        return Field(Lorenz()).variation(u, vectors)


@pytest.mark.parametrize(("rounds", "enough"), [(3, False), (14, True)])
def test_interrupted_exponents_keep_what_was_done_and_go_on(rounds, enough):
    options = {"dt": 0.01, "every": 0.1}
    whole = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 2.0, **options)
    with pytest.raises(rb.Interrupted, match="stopped by Ctrl-C") as stopped:
        lyapunov_exponents(Stopped(40 * rounds + 17), [1.0, 1.0, 20.0], 2.0, **options)
    kept = stopped.value.result
    assert kept.interrupted
    assert kept.duration == pytest.approx(0.1 * rounds)
    assert (kept.growth == whole.growth[:rounds]).all()
    assert np.isfinite(kept.standard_errors).all() == enough
    again = lyapunov_exponents(Lorenz(), pickle.loads(pickle.dumps(kept)), 2.0 - 0.1 * rounds, **options)
    assert not again.interrupted
    assert again.growth == pytest.approx(whole.growth, abs=1e-12)
    with pytest.raises(KeyboardInterrupt) as early:
        lyapunov_exponents(Stopped(30), [1.0, 1.0, 20.0], 2.0, **options)
    assert not isinstance(early.value, rb.Interrupted)


def test_entropy_rate_needs_all_positive_exponents():
    assert np.isnan(lyapunov_exponents(lambda u: np.array([0.5, 0.2]) * u, [0.1, 0.1], 2.0, n=1).entropy_rate)
    every = lyapunov_exponents(lambda u: np.array([0.5, 0.2]) * u, [0.1, 0.1], 2.0)
    assert every.entropy_rate == pytest.approx(0.7, abs=1e-6)


def test_discrete_time_network_has_the_exponent_of_its_mean_field():
    """Molgedey, Schuchhardt and Schuster 1992: λ = ln(g²⟨φ'²⟩)/2 over N(0, g²⟨φ²⟩).

    Networks of 200 units scatter about it by some 0.02, as seen over seeds.
    """
    g, n = 3.0, 200
    z, w = np.polynomial.hermite_e.hermegauss(121)
    w = w / w.sum()
    variance = 1.0
    for _ in range(200):
        variance = g**2 * (w @ np.tanh(np.sqrt(variance) * z) ** 2)
    expected = np.log(g**2 * (w @ (1 - np.tanh(np.sqrt(variance) * z) ** 2) ** 2)) / 2
    random = np.random.default_rng(3)
    field = RateField(random.standard_normal((n, n)) * g / np.sqrt(n))
    found = lyapunov_exponents(
        field, random.standard_normal(n), 400.0, 1.0, n=1, t_start=100.0, every=1.0, method="euler"
    )
    assert found.exponents[0] == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(
    ("f", "kind", "index"),
    [
        (lambda x: x**2, "half-stable", 0),
        (lambda x: -(x**2), "half-stable", 0),
        (lambda x: x**3, "unstable", -1),
        (lambda x: -(x**3), "stable", 1),
    ],
)
def test_the_flow_on_either_side_names_a_point_of_slope_zero(f, kind, index):
    (point,) = phase_line(f, -1, 1).fixed_points
    assert point.kind == kind
    assert point.index == index
    assert point.stable == (index == 1)


def test_where_volumes_are_kept_the_dimension_is_that_of_the_space():
    found = lyapunov_exponents(lambda u: np.zeros(2), [1.0, 2.0], 10)
    assert found.dimension == 2
    assert np.isnan(lyapunov_exponents(lambda u: np.zeros(2), [1.0, 2.0], 10, n=1).dimension)


def test_exponents_of_driven_fields_are_those_along_the_driven_solution():
    """Of u' = −u³ + drive the exponent is the mean of −3u², at which volumes shrink where time is a variable."""

    class Driven:
        variables = ("u", "phase")

        def field(self, u):
            return np.array([1.5 * np.cos(u[1]) - u[0] ** 3, 2.0])

    def drive(t):
        return 1.5 * np.cos(2.0 * t)

    options = {"dt": 0.02, "every": 0.2, "t_start": 4.0}
    alone = lyapunov_exponents(lambda u: -(u**3), [0.3], 10.0, drive=drive, **options)
    joint = lyapunov_exponents(Driven(), [0.3, 0.0], 10.0, **options)
    assert alone.exponents[0] == pytest.approx(joint.exponents.sum(), abs=1e-6)
    constant = lyapunov_exponents(lambda u: -(u**3), [1.0], 10.0, drive=8.0, **options)
    assert constant.exponents[0] == pytest.approx(-12.0, abs=1e-3)


def test_driven_and_noisy_exponents_go_on_as_in_one_go():
    network, options = RateField(np.array([[0.0, -3.0], [3.0, 1.0]])), {"dt": 0.1, "method": "euler"}
    options |= {"drive": lambda t: [np.sin(t), 0.2], "noise": 0.3, "seed": 3}
    whole = lyapunov_exponents(network, [0.1, 0.0], 30.0, t_start=2.0, **options)
    half = lyapunov_exponents(network, [0.1, 0.0], 12.0, t_start=2.0, **options)
    assert half.t_end == pytest.approx(14.0)
    for _ in range(2):  # what goes on leaves what it came from as it was
        both = lyapunov_exponents(network, pickle.loads(pickle.dumps(half)), 18.0, **options)
        assert both.growth == pytest.approx(whole.growth, abs=1e-9)
    quiet = lyapunov_exponents(network, [0.1, 0.0], 30.0, t_start=2.0, **(options | {"noise": 0.0}))
    assert quiet.random is None and not np.allclose(quiet.growth, whole.growth)
    with pytest.raises(ValueError, match="noise needs method='euler', got method='rk4'"):
        lyapunov_exponents(network, [0.1, 0.0], 30.0, noise=0.3)
    with pytest.raises(ValueError, match="drive must"):
        lyapunov_exponents(network, [0.1, 0.0], 30.0, drive=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"drive\(t\) must"):
        lyapunov_exponents(network, [0.1, 0.0], 30.0, drive=lambda t: [np.nan, 0.0])


def test_noise_calms_random_networks_as_the_theory_says():
    """Four networks of 300 units in discrete time (Molgedey et al. 1992); in finite ones it is lower by about 0.005."""
    for noise in (0.0, 1.0):
        theory = fluctuating_state(1.5, noise=noise, discrete=True, longest=30.0).lyapunov
        options = {"dt": 1.0, "n": 1, "every": 5.0, "t_start": 50.0, "method": "euler", "noise": noise}
        seen = [
            lyapunov_exponents(random_network(300, 1.5, seed=k), np.ones(300), 300.0, seed=k, **options).exponents[0]
            for k in range(4)
        ]
        error = np.std(seen, ddof=1) / 2
        assert np.mean(seen) == pytest.approx(theory, abs=4 * error + 0.01)
        assert (np.mean(seen) > 0) == (noise == 0.0)
