"""Populations and arrows of a circuit."""

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

import rheobase as rb
from rheobase.plot.palette import EXCITATORY, EXTERNAL, INHIBITORY


def test_populations_and_projections_of_the_cortex():
    net = rb.circuits.cortex(1000)
    patches = rb.plot.circuit(net)
    circles, arrows = patches[:3], patches[3:]
    assert [to_hex(c.get_edgecolor()).upper() for c in circles] == [EXCITATORY, INHIBITORY, EXTERNAL]
    expected = [INHIBITORY if q.pre.name == "i" else EXCITATORY for q in net.projections]
    assert [to_hex(a.get_edgecolor()).upper() for a in arrows] == expected
    plt.close("all")
