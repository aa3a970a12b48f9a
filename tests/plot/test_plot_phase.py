"""Phase lines, phase planes and bifurcation diagrams: the right artists on the axes asked for."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import rheobase as rb
from rheobase import plot
from rheobase.dynamics import (
    Field,
    Hopf,
    continuation,
    cycle_continuation,
    fixed_point_map,
    fixed_points,
    fold_curve,
)
from rheobase.rates import mutual_excitation


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def markers(artists, shape="o"):
    return [a for a in artists if getattr(a, "get_marker", lambda: None)() == shape]


def test_phase_line(ax):
    artists = plot.phase_line(lambda x: -(x + 1) * (x - 1) ** 2, -2, 2, ax=ax)
    points = markers(artists)
    assert [p.get_xdata()[0] for p in points] == pytest.approx([-1, 1], abs=1e-7)
    assert [p.get_fillstyle() for p in points] == ["full", "left"]
    assert [len(markers(artists, way)) for way in "<>"] == [2, 1]
    assert all(a.axes is ax for a in artists)


def test_phase_plane(ax):
    artists = plot.phase_plane(mutual_excitation(), [(-2, 52), (-2, 52)], ax=ax, trajectories=[(5, 30)], duration=20)
    assert [p.get_fillstyle() for p in markers(artists)] == ["full", "left", "full"]
    (separatrix,) = [a for a in artists if getattr(a, "get_linestyle", lambda: None)() == "--"]
    assert np.abs(separatrix.get_xdata() + separatrix.get_ydata() - 50).max() < 1e-6
    assert (ax.get_xlabel(), ax.get_xlim()) == ("x", (-2, 52))
    assert [t.get_text() for t in ax.legend().get_texts()] == ["x-nullcline", "y-nullcline"]


@pytest.mark.parametrize("arrows", ["quiver", "none"])
def test_phase_plane_arrows(ax, arrows):
    artists = plot.phase_plane(rb.FitzHughNagumo(I_x=0.5), [(-2.5, 2.5), (-1, 2)], ax=ax, arrows=arrows)
    assert len([a for a in artists if type(a).__name__ == "Quiver"]) == (arrows == "quiver")
    assert [p.get_fillstyle() for p in markers(artists)] == ["none"]


def test_bifurcation_diagram(ax):
    branch = continuation(lambda a: lambda x: x**2 + a, [-1.0], -1.0, (-1, 1))
    artists = plot.bifurcation_diagram(branch, ax=ax)
    lines = {a.get_linestyle(): a for a in artists if len(a.get_xdata()) > 1}
    assert (lines["-"].get_ydata()[:-1] < 0).all()
    assert (lines["--"].get_ydata()[1:] > 0).all()
    (fold,) = markers(artists, "s")
    assert fold.get_xdata()[0] == pytest.approx(0, abs=1e-8)


def test_bifurcation_diagram_with_cycles(ax):
    """Cycles of radius √a, born where the origin becomes unstable."""
    family = lambda a: Hopf(a=a, omega=2.0)  # noqa: E731
    branch = continuation(family, [0.0, 0.0], -0.5, (-1, 1))
    cycles = cycle_continuation(family, branch.bifurcations[0], (-1, 1))
    artists = plot.bifurcation_diagram([branch, cycles], 1, ax=ax)
    high, low = [a for a in artists if a.get_color() == "C0"]
    assert high.get_ydata() == pytest.approx(np.sqrt(cycles.parameter), abs=1e-3)
    assert low.get_ydata() == pytest.approx(-high.get_ydata(), abs=1e-3)
    assert high.get_linestyle() == "-"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Hopf"]
    assert ax.get_ylabel() == "fixed points and cycles, component 1"


def test_bifurcation_diagram_marks_what_is_unexplained(ax):
    def family(p):
        return lambda u: np.stack([p - u[0], np.where(u[0] < 0.1, -1.0, 1.0) * u[1]])

    kink = continuation(family, [-0.5, 0.0], -0.5, (-1, 1))
    assert {b.kind for b in kink.bifurcations} == {"unexplained"}
    assert markers(plot.bifurcation_diagram(kink, ax=ax), "X")


def test_axes_of_neurons_have_units(ax):
    plot.phase_line(rb.EIF(I_x=10), -80, -45, ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("V (mV)", "dV/dt (mV/ms)")
    plot.phase_plane(Field(rb.MorrisLecar(I_x=90)), [(-80, 60), (0, 1)], ax=ax, arrows="none")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("V (mV)", "w")


def test_fixed_point_map(ax):
    def family(a, b):
        return lambda x: a + b * x - x**3

    counts = fixed_point_map(family, np.linspace(-1, 1, 5), np.linspace(-1, 1, 4), (-3, 3), points=201)
    curve = fold_curve(family, [0.6], -0.4, 1.0, (-1, 1), (-1, 1), step=0.1)
    image, line, cusp = plot.fixed_point_map(counts, [curve], ax=ax)
    assert (image.get_array().reshape(4, 5) == counts.total).all()
    assert len(line.get_xdata()) == len(curve.p)
    assert cusp.get_xdata()[0] == pytest.approx(0, abs=1e-7)


def test_trace_determinant(ax):
    points = fixed_points(mutual_excitation(), [(-1, 60), (-1, 60)])
    artists = plot.trace_determinant(points, ax=ax)
    assert [p.get_ydata()[0] for p in markers(artists)] == pytest.approx([p.determinant for p in points])
    low, high = ax.get_ylim()
    assert all(low < p.determinant < high for p in points)
    assert {t.get_text() for t in ax.texts} == {
        "stable\nnode",
        "stable\nspiral",
        "unstable\nnode",
        "unstable\nspiral",
        "saddle",
    }


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda ax: plot.phase_line(lambda x: x, 1, 0, ax=ax), "low must lie below high"),
        (
            lambda ax: plot.phase_plane(rb.FitzHughNagumo(), [(-1, 1)] * 2, ax=ax, arrows="line"),
            "arrows must be one of",
        ),
        (
            lambda ax: plot.phase_plane(rb.FitzHughNagumo(), [(-1, 1)], ax=ax),
            "dimensions are asked for, 1, got 2: V, w",
        ),
        (lambda ax: plot.phase_plane(rb.LIF(), [(-1, 1)] * 2, ax=ax), "dimensions are asked for, 2, got 1: V"),
        (lambda ax: plot.phase_plane(lambda u: u, [(-1, 1)], ax=ax), "box must have two dimensions"),
        (lambda ax: plot.phase_line(rb.AdEx(), -80, -40, ax=ax), "dimensions are asked for, 1, got 2: V, w"),
        (lambda ax: plot.phase_plane(rb.FitzHughNagumo(), [(-1, 1)] * 2, ax=ax, duration=0), "duration must be > 0"),
        (lambda ax: plot.trace_determinant(fixed_points(lambda x: x, (-1, 1)), ax=ax), "planar fixed points"),
        (
            lambda ax: plot.bifurcation_diagram(continuation(lambda a: lambda x: x - a, [0.0], 0.0, (-1, 1)), 3, ax=ax),
            "component must be",
        ),
    ],
)
def test_bad_input(ax, call, text):
    with pytest.raises(ValueError, match="must") as caught:
        call(ax)
    assert text in str(caught.value) or "planar" in text
