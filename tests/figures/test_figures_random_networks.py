"""The numbers of the figures on random recurrent networks, and what their artists show."""

import numpy as np
import pytest
from pytest import approx

import rheobase as rb

NAMES = [
    "state-space",
    "random-network",
    "fixed-point-coordinates",
    "fixed-points-and-dynamics",
    "jacobian-spectrum",
    "radial-distribution",
    "kac-rice",
    "number-of-fixed-points",
]
GAINS = ("1.5", "2", "3")


def axes_of(figure, letter):
    (found,) = [ax for ax in figure.picture.axes if ax.get_title(loc="left") == letter]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_of_the_slides_is_labelled_and_drawn_on(name, drawn):
    assert name in rb.figures.names("003")
    figure = drawn(name)
    for value in figure.numbers.values():
        assert np.all(np.isfinite(np.asarray(value)))
    figure.picture.draw_without_rendering()
    for ax in figure.picture.axes:
        assert ax.has_data()
        if ax.get_label() != "<colorbar>":
            assert ax.get_xlabel()


def test_state_space(drawn):
    figure = drawn("state-space")
    points = figure.numbers["fixed points"]
    assert len(points) == 5
    assert figure.numbers["stable"] == 2
    assert points == approx(-points[::-1], abs=1e-9)  # the field is odd
    W = np.array([[1.8, -0.4], [0.3, 1.6]])
    assert points == approx(np.tanh(points @ W.T), abs=1e-9)
    ends = [line.get_xydata()[-1] for line in axes_of(figure, "A").lines if line.get_xdata().size > 1]
    assert len(ends) == 3
    assert all(np.abs(points - end).max(axis=1).min() < 1e-3 for end in ends)


def test_random_network(drawn):
    numbers = drawn("random-network").numbers
    for g in (0.8, 2.0):  # 250 000 weights: s.e. of the variance 0.3 %
        assert numbers[f"N var J ({g:g})"] == approx(g**2, rel=4 * 0.003)
    assert numbers["largest |x| at the end (0.8)"] < 0.01
    assert numbers["largest |x| at the end (2)"] > 1
    variances, exponents = (0.747686, 1.924805, 5.446326), (0.0468, 0.1125, 0.2356)
    for g, variance, exponent in zip(GAINS, variances, exponents, strict=True):
        assert numbers[f"variance ({g})"] == approx(variance, abs=1e-6)
        assert numbers[f"Lyapunov exponent ({g})"] == approx(exponent, abs=2e-4)
    # A network of 1000 units agrees within 10 %.
    assert numbers["⟨x²⟩ of the network (2)"] == approx(1.924805, rel=0.1)


def test_coordinates_of_fixed_points(drawn):
    figure = drawn("fixed-point-coordinates")
    numbers = figure.numbers
    expected = {
        "1.5": ((0.514770, 0.571896, -0.364455), 0.465940, 3.356, 0.12550),
        "2": ((1.330348, 1.539586, -0.331890), 1.146242, 3.750, 0.09176),
        "3": ((3.732515, 4.539516, -0.313691), 3.103008, 4.222, 0.07265),
    }
    for g, (parameters, q, kurtosis, near_zero) in expected.items():
        assert numbers[f"α, β, γ ({g})"] == approx(parameters, abs=6e-6)
        assert numbers[f"q ({g})"] == approx(q, abs=1e-6)
        assert numbers[f"kurtosis ({g})"] == approx(kurtosis, abs=1e-3)
        assert numbers[f"P(|y| < 0.1) ({g})"] == approx(near_zero, abs=6e-6)
        assert numbers[f"mode ({g})"] == 0
    # E72: β = g²⟨φ²⟩ + D; the printed ⟨φ²⟩ + D would be 0.3849 at g = 2.
    assert numbers["α, β, γ (2)"][1] == approx(4 * 0.384897, abs=4e-6)
    assert "⟨φ²⟩ + D" in figure.caption
    # N = 24 gave 5.53 and 5.2 against a theory of 5.84 and 4.48; networks differ, and of N = 20 there are only ten.
    assert numbers["lowest coverage"] > 0.9
    assert numbers["q enumerated (4)"] == approx(5.84, rel=0.3)
    assert 3.5 < numbers["kurtosis enumerated (4)"] < 6.5


def test_fixed_points_lie_inside_the_dynamics(drawn):
    figure = drawn("fixed-points-and-dynamics")
    numbers = figure.numbers
    pairs = {"1.5": (0.68260, 0.86469), "2": (1.07063, 1.38737), "3": (1.76154, 2.33374)}
    for g, pair in pairs.items():
        assert numbers[f"√q, √Δ₀ ({g})"] == approx(pair, abs=6e-6)
    (ax,) = figure.picture.axes
    (gains, moving), (fine, fixed) = (line.get_xydata().T for line in ax.lines)
    assert (np.interp(gains, fine, fixed) < moving).all()


def test_spectrum_of_the_jacobian(drawn):
    figure = drawn("jacobian-spectrum")
    numbers = figure.numbers
    radii, unstable = (1.180549, 1.394180, 1.864486), (0.0282, 0.0583, 0.0996)
    for g, letter, radius, share in zip(GAINS, "ABC", radii, unstable, strict=True):
        assert numbers[f"radius ({g})"] == approx(radius, abs=1e-6)
        assert numbers[f"unstable ({g})"] == approx(share, abs=1.2e-4)
        # Independent eigenvalues would have the s.d. √(p/500); they repel each other, pairs weigh double.
        assert numbers[f"unstable among 500 ({g})"] == approx(share, abs=4 * np.sqrt(2 * share / 500))
        # The radius of 500 sampled coordinates has a s.e. of about 2.5 %, the edge a width of about 2 %.
        assert numbers[f"largest distance ({g})"] == approx(radius, rel=4 * 0.03)
        circle = axes_of(figure, letter).lines[1].get_xydata()
        assert np.hypot(circle[:, 0] + 1, circle[:, 1]) == approx(np.full(len(circle), radius), abs=1e-6)


def test_radial_distribution(drawn):
    numbers = drawn("radial-distribution").numbers
    for g, outside in zip(GAINS, (0.22879, 0.33259, 0.41472), strict=True):
        assert numbers[f"1 − F(1) ({g})"] == approx(outside, abs=6e-6)
        assert numbers[f"1 − F(1) ({g})"] == approx(numbers[f"α/g² ({g})"], abs=1e-12)
        # For 2400 independent values 2.0/√2400 is passed in 7e-4 of cases; a soft edge adds about 1/√(12 · 200).
        assert numbers[f"misfit ({g})"] < 2.0 / np.sqrt(2400) + 0.02


def test_statistics_behind_kac_and_rice(drawn):
    numbers = drawn("kac-rice").numbers
    x = np.linspace(-2, 2, 12)
    phi, slope = np.tanh(x), 1 - np.tanh(x) ** 2
    assert numbers["κ + D"] == approx(4 * np.mean(phi**2) + 0.5)
    assert numbers["k"] == approx(4 / 12 * phi * slope)
    assert numbers["K"] == approx(4 / 12 * slope**2)
    # 4000 networks: s.e. √(2/4000) of a variance; 12 rows pooled for the covariances. 4.5 s.e., 36 numbers: 2e-4.
    assert numbers["variance of the velocity"] == approx(numbers["κ + D"], rel=4.5 * np.sqrt(2 / 4000))
    assert numbers["variance"] == approx(numbers["K"], rel=4.5 * np.sqrt(2 / 48000))
    error = np.sqrt((numbers["κ + D"] * numbers["K"] + numbers["k"] ** 2) / 48000)
    assert (np.abs(numbers["covariance"] - numbers["k"]) < 4.5 * error).all()
    # E73: below g = 1 the exponent is 0; the branch with z < 0 would make it ln g − ½(1 − 1/g²) < 0 there.
    gains, zeta = numbers["gains"], numbers["ζ"]
    ginibre = np.log(gains) - (1 - gains**-2) / 2
    assert zeta == approx(np.where(gains > 1, ginibre, 0), abs=1e-9)
    # ln|det| of one network fluctuates by about √(½ ln N)/N = 0.006.
    assert numbers["ln|det|/N"] == approx(np.interp([1.5, 2, 3], gains, zeta), abs=4 * 0.006)


def test_number_of_fixed_points(drawn):
    figure = drawn("number-of-fixed-points")
    numbers = figure.numbers
    for g, complexity in zip(GAINS, (0.007143, 0.024825, 0.06138), strict=True):
        assert numbers[f"C ({g})"] == approx(complexity, abs=2e-6)
    assert numbers["D_c"] == approx(1.635957, abs=1e-6)
    # 1.64 in an enumeration of other networks; s.e. of the logarithm of a mean of 25 counts, and as much for the other.
    error = numbers["sd of the counts (4, ddof 1)"] / np.sqrt(25) / np.exp(numbers["ln mean count (4)"])
    assert numbers["ln mean count (4)"] == approx(1.64, abs=4 * np.sqrt(2) * error)
    assert numbers["lowest coverage"] > 0.8
    D, curve = axes_of(figure, "B").lines[0].get_xydata().T
    assert curve[D > numbers["D_c"]] == approx(np.zeros(np.count_nonzero(D > numbers["D_c"])), abs=1e-12)
    assert (np.diff(curve[numbers["D_c"] > D]) < 0).all()
    # At D = 0.1, 0.5, 1, 1.5 of the tabulated values.
    assert np.interp([0.1, 0.5, 1.0], D, curve) == approx([0.01836, 0.00648, 0.00142], abs=6e-6)
