"""Cells at rest are skipped and cells that differ are read word by word, and nobody can see it: every bit stays."""

import platform

import numpy as np
import pytest

import rheobase as rb
from rheobase import _engine

N = 2050  # eight blocks, and a piece of one
#: Cells that are reached, and when (ms): many early, a few when all have come to rest, one in the last block.
CELLS = np.concatenate([np.arange(300, 1300), np.arange(1000, 1020), [2049]])
TIMES = np.concatenate([np.full(1000, 5.0), np.full(20, 160.0), [161.3]])
MODELS = {"LIF": rb.LIF, "AdEx": rb.AdEx, "EIF": rb.EIF, "HH": rb.HodgkinHuxley}
FAST = {"LIF": {"tau_m": 2.0, "t_ref": 2.0}, "AdEx": {"tau_m": 2.0, "tau_w": 3.0}, "EIF": {"tau_m": 2.0}, "HH": {}}
#: Kernels that decay to nothing within 160 ms.
SYNAPSES = {
    "delta": (rb.Delta(), 30.0),
    "current": (rb.Exponential(tau=0.1, norm="peak"), 800.0),
    "conductance": (rb.Exponential(tau=0.1, reversal=0.0, norm="peak"), 40.0),
    "alpha": (rb.Alpha(tau=0.1), 80.0),
}


def run(model, synapse, weight, *, may_rest=True):
    """Return the spikes, and the state at the end and in between."""
    net = rb.Network(dt=0.1, seed=1, threads=1)
    cells = net.add(model, N, name="cells")
    x = net.add(rb.Trains(times=TIMES, indices=CELLS), N, name="x")
    net.connect(x, cells, rb.OneToOne(), weight=weight, synapse=synapse)
    if not may_rest:
        net.inject(cells, rb.Steps(times=[0.0], values=[0.0]))  # what may change is never skipped
    net.record(cells, "V", every=5.0)
    result = net.run(200.0)
    spikes = result.spikes("cells")
    values = [np.asarray(cells[v.name]) for v in model.model.variables]
    return [spikes.times, spikes.indices, result.states("cells", "V").values, *values]


def assert_same_bits(a, b):
    for x, y in zip(a, b, strict=True):
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kind", SYNAPSES)
def test_what_rests_is_skipped_without_a_trace(name, kind):
    if kind == "delta" and name == "HH":
        pytest.skip("its cells take no jumps")
    model = MODELS[name](**FAST[name])
    seen, skipped = (run(model, *SYNAPSES[kind], may_rest=rest) for rest in (False, True))
    assert_same_bits(skipped, seen)
    assert len(seen[0]) > 1000
    assert (seen[0] > 150).sum() > 10


@pytest.mark.parametrize("name", MODELS)
def test_cells_that_differ_are_those_of_populations_that_do_not(name):
    standard = {p.name: p.standard for p in MODELS[name].model.parameters}
    differing = {k: v * np.where(np.arange(N) % 3 == 1, 1.02, 1.0) for k, v in standard.items() if k != "t_ref"}
    mixed = run(MODELS[name](**differing), *SYNAPSES["conductance"])
    for third in (0, 1):
        alike = run(MODELS[name](**{k: v[third] for k, v in differing.items()}), *SYNAPSES["conductance"])
        mine = np.arange(N) % 3 == third
        assert_same_bits([v[..., mine] for v in mixed[2:]], [v[..., mine] for v in alike[2:]])


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or not _engine.fused(),
    reason="numbers that small are slow on x86 alone, and kept without fused operations",
)
@pytest.mark.parametrize("synapse", [rb.Exponential(tau=0.5, norm="peak"), rb.Alpha(tau=0.5)])
def test_what_has_decayed_below_the_smallest_normal_number_is_zero(synapse):
    def decay(pieces, threads):
        net = rb.Network(dt=0.1, seed=1, threads=threads)
        cells = net.add(rb.LIF(I_x=rb.Uniform(0, 5)), 5, name="cells", V=rb.Uniform(-70, -65))
        net.connect(net.add(rb.Trains([[1.0]]), 1, name="x"), cells, rb.AllToAll(), weight=2.0, synapse=synapse)
        net.record(cells, "I_x_syn")
        return np.concatenate([net.run(400.0 / pieces).states("cells", "I_x_syn").values for _ in range(pieces)])

    currents = decay(1, 1)
    smallest = np.finfo(float).smallest_normal
    assert ((currents == 0) | (np.abs(currents) >= smallest)).all()
    assert 0 < currents[3000].min() < 1e-240  # after 600 time constants
    assert (currents[3800:] == 0).all()  # 760, and alpha's have fallen by 715
    assert_same_bits([currents], [decay(8, 2)])
