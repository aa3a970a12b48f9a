"""SONATA: what is written is what libsonata reads, and what comes back is what was there."""

import numpy as np
import pytest

import rheobase as rb

h5py = pytest.importorskip("h5py")


@pytest.fixture(scope="module")
def network():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    e = net.add(rb.LIF(I_x=rb.Uniform(20, 25)), 20, name="e")
    x = net.add(rb.Poisson(rate=50), 10, name="x")
    net.connect(x, e, rb.Bernoulli(0.5), weight=rb.Normal(30, 5), synapse=rb.Exponential(tau=5), delay=rb.Uniform(1, 2))
    net.connect(e, e, rb.FixedInDegree(3), weight=2.0, synapse=rb.Exponential(tau=5, reversal=-75), delay=1.5)
    return net


def test_edges_come_back(network, tmp_path):
    rb.io.write_sonata(network, tmp_path / "circuit")
    for projection, name in zip(network.projections, ("x_to_e", "e_to_e"), strict=True):
        edges = rb.io.read_sonata_edges(tmp_path / "circuit" / "edges.h5", name)
        c = projection.connections()
        assert edges == rb.Edges(c)
        np.testing.assert_allclose(edges.delay, c["delay"])
        again = rb.Network(dt=0.1)
        pre, post = again.add(rb.LIF(), projection.pre.n), again.add(rb.LIF(), 20)
        assert (again.connect(pre, post, edges, synapse=projection.synapse).weights != projection.weights).nnz == 0


def test_libsonata_reads_the_circuit(network, tmp_path):
    libsonata = pytest.importorskip("libsonata")
    rb.io.write_sonata(network, tmp_path)
    config = libsonata.CircuitConfig.from_file(str(tmp_path / "circuit_config.json"))
    assert config.node_populations == {"e", "x"} and config.edge_populations == {"x_to_e", "e_to_e"}
    nodes = config.node_population("e")
    assert nodes.size == 20
    everyone = libsonata.Selection([(0, 20)])
    np.testing.assert_array_equal(nodes.get_dynamics_attribute("I_x", everyone), network["e"]["I_x"])
    edges, c = config.edge_population("x_to_e"), network.projections[0].connections()
    assert (edges.source, edges.target) == ("x", "e")
    chosen = libsonata.Selection([(0, edges.size)])
    np.testing.assert_array_equal(edges.source_nodes(chosen), c["pre"])
    np.testing.assert_array_equal(edges.target_nodes(chosen), c["post"])
    np.testing.assert_array_equal(edges.get_attribute("syn_weight", chosen), c["weight"])
    np.testing.assert_array_equal(edges.get_attribute("delay", chosen), c["delay"])


def test_spikes_come_back_and_libsonata_reads_them(network, tmp_path):
    result = network.copy().run(100)
    path = tmp_path / "spikes.h5"
    rb.io.write_sonata_spikes(result, path)
    back = rb.io.read_sonata_spikes(path, n={"e": 20, "x": 10}, t_stop=100)
    assert back == result.spikes()
    assert rb.io.read_sonata_spikes(path)["e"].n <= 20
    libsonata = pytest.importorskip("libsonata")
    read = libsonata.SpikeReader(str(path))
    assert set(read.get_population_names()) == {"e", "x"}
    assert read["e"].time_units == "ms" and read["e"].sorting == "by_time"
    ids, times = zip(*read["e"].get(), strict=True)
    np.testing.assert_array_equal(times, result.spikes("e").times)
    np.testing.assert_array_equal(ids, result.spikes("e").indices)


def test_what_is_refused(network, tmp_path):
    rb.io.write_sonata(network, tmp_path / "circuit")
    (tmp_path / "text").write_text("x")
    for call, message in (
        (lambda: rb.io.write_sonata(network, tmp_path / "no" / "circuit"), "path must lie in a folder that exists"),
        (lambda: rb.io.write_sonata(network, tmp_path / "text"), "path must be a folder"),
        (lambda: rb.io.read_sonata_edges(tmp_path / "text", "x"), "path must be a file of SONATA"),
        (lambda: rb.io.read_sonata_edges(tmp_path / "circuit" / "nodes.h5", "x"), "path must be a file with edges"),
        (lambda: rb.io.read_sonata_edges(tmp_path / "circuit" / "edges.h5", "x_to_i"), "population must be one of"),
        (lambda: rb.io.read_sonata_spikes(tmp_path / "none.h5"), "path must be a file of SONATA"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
