"""Populations and arrows of a circuit."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, PathPatch, Polygon

import rheobase as rb
from rheobase.plot.diagram.reading import diagram_of
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

SYNAPSE = rb.Exponential(tau=5)


def colours(patches):
    return [to_hex(patch.get_edgecolor()).upper() for patch in patches]


def drawn(network, **options):
    """Return circles, lines and heads of a drawn circuit."""
    patches = rb.plot.circuit(network, **options)
    plt.close("all")
    lines = [patch for patch in patches if isinstance(patch, PathPatch)]
    first, last = patches.index(lines[0]), patches.index(lines[-1])
    return patches[:first], lines, patches[last + 1 :]


def pair(weight, **options):
    net = rb.Network(dt=0.1, threads=1)
    pre, post = (net.add(rb.LIF(), 10, name=name) for name in ("pre", "post"))
    net.connect(pre, post, rb.AllToAll(), weight=weight, **{"synapse": SYNAPSE, **options})
    return net


def signs(network):
    return {(arrow.pre, arrow.post): arrow.sign for arrow in diagram_of(network).arrows}


def test_populations_and_projections_of_the_cortex():
    net = rb.circuits.cortex(1000)
    circles, lines, heads = drawn(net)
    assert colours(circles) == [EXCITATORY, INHIBITORY, EXTERNAL]
    assert colours(lines) == [INHIBITORY if q.pre.name == "i" else EXCITATORY for q in net.projections]
    # A triangle has three corners, a bar four; the path of a polygon ends where it began.
    corners = [len(head.get_path().vertices) - 1 for head in heads]
    assert len(set(corners)) == 2
    assert {colour: set(np.array(corners)[np.array(colours(lines)) == colour]) for colour in colours(lines)}.keys() == {
        EXCITATORY,
        INHIBITORY,
    }


def test_ends_tell_excitation_from_inhibition():
    assert [type(drawn(pair(weight))[2][0]) for weight in (1.0, -1.0, rb.Normal(0, 1))] == [Polygon, Polygon, Circle]
    excites, inhibits = (drawn(pair(weight))[2][0].get_path().get_extents() for weight in (1.0, -1.0))
    assert excites.width > excites.height  # along a horizontal arrow
    assert inhibits.width < inhibits.height
    assert colours(drawn(pair(rb.Normal(0, 1)))[1]) == [BLACK]


def test_a_plastic_projection_is_dashed_and_shows_the_sign_it_may_have():
    for rule, sign in ((rb.InhibitorySTDP(), -1), (rb.PairSTDP(w_min=0, w_max=10), 1)):
        net = pair(0.0, plasticity=rule)
        assert signs(net) == {("pre", "post"): sign}
        assert drawn(net)[1][0].get_linestyle() != "-"
    assert drawn(pair(1.0))[1][0].get_linestyle() == "-"
    both = pair(0.0, plasticity=rb.PairSTDP(w_min=-10, w_max=10))
    assert signs(both) == {("pre", "post"): 0}


def test_a_population_of_known_effect_lends_its_sign_to_weights_of_zero():
    net = pair(-2.0)
    net.connect(net["pre"], net["pre"], rb.AllToAll(), weight=0.0, synapse=SYNAPSE)
    assert signs(net) == {("pre", "post"): -1, ("pre", "pre"): -1}


def test_a_conductance_inhibits_below_the_leak():
    for reversal, sign in ((0.0, 1), (-80.0, -1)):
        assert signs(pair(1.0, synapse=rb.Exponential(tau=5, reversal=reversal))) == {("pre", "post"): sign}


def test_what_comes_from_outside():
    net = pair(1.0)
    net.drive(net["post"], rate=10, sources=10, weight=-1, synapse=SYNAPSE)
    for start in (10, 30):
        net.inject(net["pre"], rb.Pulse(t_start=start, t_stop=start + 10, amplitude=5))
    entries = diagram_of(net).entries
    assert [(entry.post, entry.sign, entry.text) for entry in entries] == [("post", -1, "drive"), ("pre", 1, "$I_x$")]
    assert len(drawn(net)[1]) == 3


def test_neurons_one_by_one():
    circles, lines, _ = drawn(pair(1.0), neurons={"pre": 4, "post": 2})
    assert (len(circles), len(lines)) == (6, 8)
    assert len(drawn(pair(1.0), neurons=50)[0]) == 20


def test_circles_do_not_overlap_and_nothing_leaves_the_axes():
    for net in (rb.circuits.microcircuit(scale=0.01), rb.circuits.cortex(1000), pair(1.0)):
        circles, lines, _ = drawn(net)
        centres = np.array([circle.center for circle in circles])
        apart = np.hypot(*(centres[:, None] - centres).T) + 10 * np.eye(len(centres))
        assert apart.min() > 2 * circles[0].radius
        ax = circles[0].axes
        for patch in (*circles, *lines):
            box = patch.get_path().get_extents(patch.get_patch_transform())
            assert ax.viewLim.x0 < box.x0 <= box.x1 < ax.viewLim.x1
            assert ax.viewLim.y0 < box.y0 <= box.y1 < ax.viewLim.y1


def test_places():
    circles = drawn(pair(1.0), places={"post": (5, 2)})[0]
    assert circles[1].center == (5, 2)


def test_rate_networks_reservoirs_and_perceptrons():
    assert signs(rb.rates.stabilised_suppression()) == {
        ("e", "e"): 1,
        ("i", "e"): -1,
        ("e", "i"): 1,
        ("i", "i"): -1,
    }
    reservoir = diagram_of(rb.learning.Reservoir.random(20, seed=1))
    assert [(a.pre, a.post, a.plastic) for a in reservoir.arrows] == [
        ("r", "r", False),
        ("r", "z", True),
        ("z", "r", False),
    ]
    perceptron = rb.learning.Perceptron(seed=1)
    with pytest.raises(ValueError, match="network must be a perceptron after fit"):
        rb.plot.circuit(perceptron)
    assert [node.n for node in diagram_of(perceptron.fit([[0.0], [1.0]], [0, 1])).nodes] == [1, 2]


@pytest.mark.parametrize(
    ("network", "options", "error", "text"),
    [
        (3, {}, TypeError, "network must be"),
        (pair(1.0), {"neurons": {"prae": 3}}, ValueError, "neurons must be one of .*did you mean 'pre'"),
        (pair(1.0), {"neurons": 0}, ValueError, "neurons must be >= 1"),
        (pair(1.0), {"places": {"prae": (0, 0)}}, ValueError, "places must be one of"),
        (pair(1.0), {"places": {"pre": (0, 0, 1)}}, ValueError, r"places\['pre'\] must have shape \(2,\)"),
    ],
)
def test_bad_arguments_are_named(network, options, error, text):
    with pytest.raises(error, match=text):
        rb.plot.circuit(network, **options)
