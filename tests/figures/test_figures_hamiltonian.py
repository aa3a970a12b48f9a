"""The numbers of the figures on Hamiltonian dynamics, and what their artists show."""

import numpy as np
import pytest
from pytest import approx

import rheobase as rb

NAMES = ["oscillator", "symmetric-network", "antisymmetric-network", "excitatory-inhibitory-network"]


def axes_of(figure, letter):
    (found,) = [ax for ax in figure.picture.axes if ax.get_title(loc="left") == letter]
    return found


def labelled(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found.get_xydata().T


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_of_the_lecture_is_labelled_and_drawn_on(name, drawn):
    assert name in rb.figures.names("002")
    figure = drawn(name)
    for value in figure.numbers.values():
        assert np.all(np.isfinite(value))
    figure.picture.draw_without_rendering()
    for ax in figure.picture.axes:
        assert ax.has_data() or ax.texts
        assert ax.get_xlabel() or not ax.axison


def test_oscillator(drawn):
    figure = drawn("oscillator")
    numbers = figure.numbers
    assert numbers["drift (0)"] < 1e-12
    assert numbers["largest rise (0.3)"] < 0
    # E68: dH/dt = −D x'².
    assert numbers["mismatch (0.3)"] < 1e-12
    x, p = axes_of(figure, "A").lines[-1].get_xydata().T
    assert np.hypot(x, p) == approx(np.full(x.size, 1.5), abs=1e-6)
    x, p = axes_of(figure, "B").lines[-1].get_xydata().T
    t, energy = labelled(axes_of(figure, "C"), "D = 0.3")
    assert energy == approx((x**2 + p**2) / 2)
    # Underdamped: x = 1.5 e^{−Dt/2} (cos ωt + D/(2ω) sin ωt) with ω² = 1 − D²/4. The method is of order 4: dt⁴ = 6e-6.
    omega = np.sqrt(1 - 0.15**2)
    assert x == approx(1.5 * np.exp(-0.15 * t) * (np.cos(omega * t) + 0.15 / omega * np.sin(omega * t)), abs=6e-6)


def test_symmetric_network(drawn):
    figure = drawn("symmetric-network")
    numbers = figure.numbers
    for where in ("on", "off"):
        assert numbers[f"largest rise, {where}"] < 0
        assert numbers[f"mismatch, {where}"] < 1e-12
    assert numbers["|H − 2 L|"] < 1e-12
    assert numbers["H(15)"] < numbers["H(0)"]
    _, twice = labelled(axes_of(figure, "B"), "2 L")
    assert twice[0] == approx(numbers["H(0)"])
    # Invariant: rounding grows no faster than the linearised flow lets it.
    _, distance = labelled(axes_of(figure, "C"), "on the manifold")
    assert distance.max() < 1e-12
    # The manifold repels: a kick is larger at the end than after the first transient.
    assert numbers["rate of departure"] > 0
    _, kicked = labelled(axes_of(figure, "C"), "off the manifold")
    assert kicked[-1] > 2 * kicked.min()


def test_antisymmetric_network(drawn):
    figure = drawn("antisymmetric-network")
    numbers = figure.numbers
    assert numbers["drift, composed midpoint"] < 1e-8
    assert numbers["drift, off the manifold"] < 1e-8
    assert numbers["H(50), euler"] > 1.5 * numbers["H(0)"]
    _, energy = labelled(axes_of(figure, "B"), "composed midpoint")
    assert energy == approx(np.full(energy.size, numbers["H(0)"]), rel=1e-8)
    # Neutral: a kick off the manifold neither decays nor grows by more than the spread of the slopes allows.
    _, kicked = labelled(axes_of(figure, "C"), "off the manifold")
    assert 0.3 * kicked[0] < kicked.min() < kicked.max() < 3 * kicked[0]


def test_excitatory_inhibitory_network(drawn):
    figure = drawn("excitatory-inhibitory-network")
    numbers = figure.numbers
    assert numbers["dissipative"] == 1
    assert numbers["largest rise, on"] <= 0
    for where in ("on", "off"):
        assert numbers[f"mismatch, {where}"] < 1e-8
    assert numbers["rate of approach"] == approx(0.8, abs=1e-6)
    assert numbers["state − phase space"] < 1e-6
    assert numbers["H(20), off"] == approx(numbers["H(20), on"], abs=1e-5)
    names = {text.get_text() for text in axes_of(figure, "A").texts}
    assert names >= {"x", "y", "u", "v", "$A$", "$B$", "$B^T$", "$C$"}


@pytest.mark.parametrize("name", ["symmetric-network", "excitatory-inhibitory-network"])
def test_energy_balances_for_other_seeds(name):
    numbers = rb.figures.draw(name, seed=7).numbers
    assert numbers["largest rise, on"] <= 1e-14
    assert numbers["mismatch, off"] < 1e-10
