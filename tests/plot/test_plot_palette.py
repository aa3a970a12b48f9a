"""Colours must differ in grey, and to readers who lack one kind of cone."""

import inspect
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import rheobase as rb
from rheobase.plot.palette import CYCLE, EXCITATORY, EXTERNAL, INHIBITORY, colour, colours_of

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def lab(colour, vision="full"):
    """CIE L*a*b* (D65) of a colour as seen."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    xyz = TO_XYZ @ seen / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_all_colours_differ(vision):
    """A difference of 10 in L*a*b* is clear at a glance."""
    distances = [np.linalg.norm(lab(a, vision) - lab(b, vision)) for a, b in combinations(CYCLE, 2)]
    assert min(distances) > 17


def test_roles_and_neighbours_differ_in_grey():
    lightness = [lab(each)[0] for each in CYCLE]
    assert min(abs(a - b) for a, b in combinations(lightness[:4], 2)) > 12
    assert min(abs(a - b) for a, b in pairwise(lightness)) > 12
    assert max(lightness) < 75  # readable on white


def test_okabe_and_ito_pair_would_not_do():
    """Their vermilion and blue differ by 8 in lightness, ours by 29."""
    assert abs(lab("#D55E00")[0] - lab("#0072B2")[0]) < 10
    assert abs(lab(EXCITATORY)[0] - lab(INHIBITORY)[0]) > 25


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["e", "i", "x"], [EXCITATORY, INHIBITORY, EXTERNAL]),
        (["23E", "23I", "L4e", "L4i"], [EXCITATORY, INHIBITORY] * 2),
        (["Exc", "layer 4 inh", "poisson"], [EXCITATORY, INHIBITORY, EXTERNAL]),
        (["excitatory", "inhibitory", "input"], [EXCITATORY, INHIBITORY, EXTERNAL]),
    ],
)
def test_roles_by_name(names, wanted):
    assert list(colours_of(names).values()) == wanted


def test_other_names_get_the_free_colours():
    chosen = colours_of(["cue", "e", "probe"])
    assert chosen["e"] == EXCITATORY
    assert len(set(chosen.values())) == 3
    assert len(colours_of([f"p{k}" for k in "abcdefghij"])) == 10
    assert colour(0) == colour(7) == CYCLE[0]


def test_artists_take_what_a_caller_asks_for():
    trains = rb.spikes.poisson(20.0, 500.0, 10, seed=1)
    (line,) = rb.plot.raster(trains, color="red", alpha=0.5, lw=2)
    assert (line.get_color(), line.get_alpha(), line.get_linewidth()) == ("red", 0.5, 2)
    ax = line.axes
    before = len(ax.lines)
    with pytest.raises(
        TypeError, match="colr must be an argument or a property of what is drawn; did you mean 'color'"
    ):
        rb.plot.raster(trains, ax=ax, colr="red")
    with pytest.raises(TypeError, match="color must be a value that artists take, got 'reddish'"):
        rb.plot.raster(trains, ax=ax, color="reddish")
    assert len(ax.lines) == before


def test_every_plot_takes_properties_of_artists():
    for module in (rb.plot, rb.plot.random_networks):
        for name in getattr(module, "__all__", None) or [n for n, f in vars(module).items() if inspect.isfunction(f)]:
            thing = getattr(module, name)
            if (
                inspect.isfunction(thing)
                and name != "axes_or_new"
                and thing.__module__.startswith("rheobase.plot")
                and "ax" in (parameters := inspect.signature(thing).parameters)
            ):
                assert "style" in parameters, name
