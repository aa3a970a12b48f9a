"""SONATA: networks that are written come back with the same spikes, and those of others become what they describe."""

import json

import numpy as np
import pytest

import rheobase as rb

h5py = pytest.importorskip("h5py")


def rich_network():
    net = rb.Network(dt=0.1, seed=3, threads=1)
    e = net.add(rb.EIF(tau_m=rb.Normal(15, 1), I_x=rb.Uniform(0, 3)), 60, name="e", V=rb.Uniform(-72, -56))
    i = net.add(rb.LIF(g_L=2.0, t_ref=1.0), 20, name="i", V=rb.Uniform(-72, -60), positions=rb.Grid((20,)))
    a = net.add(rb.AdEx(method="rk4"), 5, name="a b")
    x = net.add(rb.Poisson(rate=40), 40, name="x")
    y = net.add(rb.Trains([[1.0, 5.0, 7.7], [0.3]]), 4, name="y")
    into = {"weight": rb.Normal(90, 5), "synapse": rb.Exponential(tau=5), "delay": rb.Uniform(1, 2)}
    net.connect(x, [e, i, a], rb.Bernoulli(0.5), **into)
    net.connect(e, [e, i], rb.FixedInDegree(10), weight=30.0, synapse=rb.Exponential(tau=5), delay=1.5)
    net.connect(i, e, rb.FixedInDegree(10), weight=0.3, synapse=rb.Alpha(tau=5, reversal=-75), delay=0.5)
    net.connect(y, e, rb.AllToAll(), weight=3.0, synapse=rb.Delta(), delay=0.5)
    facilitating = rb.TsodyksMarkram(U=0.3, tau_rec=100, tau_facil=20)
    net.connect(e[:20], a, rb.AllToAll(), weight=30.0, synapse=rb.Exponential(tau=3), plasticity=facilitating)
    net.drive(i, 50.0, sources=20, weight=5.0, synapse=rb.Exponential(tau=2))
    net.drive(e[10:30], 50.0, sources=20, weight=5.0, synapse=rb.Exponential(tau=2))
    net.inject(e, rb.Pulse(t_start=10, t_stop=50, amplitude=3.3))
    net.inject(i, rb.WhiteNoise(mean=10.0, sigma=5.0))
    net.inject(i[:5], rb.Steps([0, 20, 40], [1.0, 0.0, 2.7]))
    net.record(e, "V", neurons=[1, 3], every=0.5)
    return net


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuit")
    net = rich_network()
    rb.io.write_sonata(net, folder, duration=100)
    return net, folder


def test_networks_come_back_with_the_same_spikes(written):
    net, folder = written
    path = folder / "simulation_config.json"
    again = rb.io.read_sonata(path, threads=1)
    again.build()
    assert again.synapse_count == net.synapse_count
    np.testing.assert_array_equal(again["i"].positions, net["i"].positions)
    duration = rb.io.read_sonata_duration(path)
    assert duration == 100.0
    expected, result = net.copy().run(duration), again.run(duration)
    assert all(expected.spikes(name).times.size > 20 for name in ("e", "i", "a b", "x"))
    assert result.spikes() == expected.spikes()
    np.testing.assert_array_equal(result.states("e", "V").values, expected.states("e", "V").values)


def test_networks_that_have_run_are_written_as_they_began(written, tmp_path):
    net, folder = written
    later = net.copy()
    later.run(10)
    rb.io.write_sonata(later, tmp_path, duration=100)
    with h5py.File(tmp_path / "nodes.h5") as again, h5py.File(folder / "nodes.h5") as first:
        V = "nodes/e/0/dynamics_params/V"
        np.testing.assert_array_equal(again[V][:], first[V][:])
    assert later.t == 10.0
    config = "simulation_config.json"
    assert (tmp_path / config).read_text() == (folder / config).read_text()


def test_libsonata_opens_the_simulation(written):
    libsonata = pytest.importorskip("libsonata")
    net, folder = written
    simulation = libsonata.SimulationConfig.from_file(str(folder / "simulation_config.json"))
    assert (simulation.run.tstop, simulation.run.dt, simulation.run.random_seed) == (100.0, 0.1, 3)
    inputs = {name: simulation.input(name) for name in simulation.list_input_names}
    pulse = inputs["current 0.0 into e"]
    assert (pulse.amp_start, pulse.delay, pulse.duration, pulse.node_set) == (3.3e-3, 10.0, 40.0, "e")
    assert len(inputs) == 4 and len(simulation.list_report_names) == 1
    report = simulation.report(next(iter(simulation.list_report_names)))
    assert (report.variable_name, report.dt) == ("V", 0.5)
    sets = libsonata.NodeSets.from_file(simulation.node_sets_file)
    circuit = libsonata.CircuitConfig.from_file(simulation.network)
    nodes = circuit.node_population("e")
    assert sets.materialize(report.cells, nodes).flatten().tolist() == [1, 3]
    everyone = libsonata.Selection([(0, nodes.size)])
    np.testing.assert_array_equal(nodes.get_dynamics_attribute("tau_m", everyone), net["e"]["tau_m"])
    read = libsonata.SpikeReader(str(folder / "inputs" / "spikes.h5"))
    assert read["y"].get() == [(1, 0.3), (0, 1.0), (0, 5.0), (0, 7.7)]


class Circuit:
    """A circuit as other tools write it: types with files of parameters, one population of two types."""

    def __init__(self, folder, template, parameters, **changes):
        self.folder = folder
        (folder / "models").mkdir()
        for name, given in zip("ab", parameters, strict=True):
            (folder / "models" / f"{name}.json").write_text(json.dumps(given))
        (folder / "node_types.csv").write_text(
            "node_type_id  model_type model_template ei dynamics_params\n"
            f"7 point_process {template} e a.json\n9 point_process {template} i  b.json\n20 virtual NULL e NULL\n"
        )
        edge_type = {"model_template": "static_synapse", "weight_function": "wmax", **changes.pop("edge_type", {})}
        (folder / "edge_types.csv").write_text(
            f"edge_type_id target_query {' '.join(edge_type)} delay\n"
            f"3 \"ei=='e' & x\" {' '.join(edge_type.values())} 2.0\n"
        )
        with h5py.File(folder / "nodes.h5", "w") as file:
            for name, types in (("cells", [7, 9, 7]), ("input", [20, 20])):
                group, n = file.create_group(f"nodes/{name}"), len(types)
                group["node_type_id"], group["node_group_id"], group["node_group_index"] = types, [0] * n, range(n)
                group.create_group("0")
            file["nodes/cells/node_id"] = [0, 1, 2]
        with h5py.File(folder / "edges.h5", "w") as file:
            ends = {"cells": ([0, 0, 1], [1, 2, 0], [80.0, 90.0, -120.0]), "input": ([0, 1], [0, 1], [400.0, 500.0])}
            for name, (pre, post, weights) in ends.items():
                group, n = file.create_group(f"edges/{name}_to_cells"), len(pre)
                group["source_node_id"], group["target_node_id"] = pre, post
                group["source_node_id"].attrs["node_population"] = name
                group["target_node_id"].attrs["node_population"] = b"cells"
                group["edge_type_id"], group["edge_group_id"], group["edge_group_index"] = [3] * n, [0] * n, range(n)
                group["0/syn_weight"], group["0/nsyns"] = weights, [2] * n
        with h5py.File(folder / "input.h5", "w") as file:
            file["spikes/gids"], file["spikes/timestamps"] = [0, 1, 0, 1], [1.0, 3.004, 20.0, 300.0]
        sets = {"senders": {"population": "input"}, "excited": {"ei": "e", "model_type": "point_process"}}
        (folder / "node_sets.json").write_text(json.dumps({**sets, "both": ["excited", "senders"]}))
        clamp = {"input_type": "current_clamp", "module": "IClamp", "node_set": "excited"}
        spikes = {"input_type": "spikes", "module": "h5", "input_file": "$IN/input.h5", "node_set": "senders"}
        simulation = {
            "manifest": {"$BASE": ".", "$IN": "${BASE}"},
            "run": {"tstop": 100.0, "dt": 0.1},
            "target_simulator": "NEST",
            "node_sets_file": "$BASE/node_sets.json",
            "conditions": {"v_init": -71.0},
            "inputs": {
                "spikes": spikes,
                "clamp": {**clamp, "amp": 350.0, "delay": 10.0, "duration": 80.0},
                "off": {"enabled": False, "input_type": "voltage_clamp"},
            },
            "reports": {"V": {"cells": "excited", "variable_name": "V_m", "module": "multimeter_report"}},
            **changes,
        }
        files = {kind: {f"{kind}s_file": f"$B/{kind}s.h5", f"{kind}_types_file": f"$B/{kind}_types.csv"}
                 for kind in ("node", "edge")}  # fmt: skip
        circuit = {
            "manifest": {"$B": "./"},
            "components": {"point_neuron_models_dir": "$B/models"},
            "networks": {"nodes": [files["node"]], "edges": [files["edge"]]},
        }
        for name, given in (("circuit", circuit), ("simulation", simulation)):
            (folder / f"{name}_config.json").write_text(json.dumps(given))
        (folder / "config.json").write_text(
            json.dumps({"network": "./circuit_config.json", "simulation": "simulation_config.json"})
        )

    def read(self):
        return rb.io.read_sonata(self.folder / "config.json", threads=1)


def test_circuits_of_others_become_what_they_describe(tmp_path):
    a = {"C_m": 200.0, "tau_m": 20.0, "E_L": -72.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 3.0, "tau_syn_in": 4.0}
    b = {**a, "C_m": 100.0, "I_e": 20.0}
    again = Circuit(tmp_path, "nest:iaf_psc_alpha", (a, b)).read()
    assert rb.io.read_sonata_duration(tmp_path / "config.json") == 100.0

    net = rb.Network(dt=0.1, threads=1)
    common = {"tau_m": 20, "E_L": -72, "V_th": -50, "V_re": -60, "t_ref": 3}
    cells = net.add(rb.LIF(g_L=[10, 5, 10], I_x=[0, 20, 0], **common), 3, name="cells", V=-71)
    x = net.add(rb.Trains([[1.0, 20.0], [3.0, 300.0]]), 2, name="input")
    excite, inhibit = rb.Alpha(tau=2, norm="peak"), rb.Alpha(tau=4, norm="peak")
    net.connect(cells, cells, rb.Pairs([0, 0], [1, 2]), weight=[160, 180], synapse=excite, delay=2)
    net.connect(cells, cells, rb.Pairs([1], [0]), weight=-240, synapse=inhibit, delay=2)
    net.connect(x, cells, rb.Pairs([0, 1], [0, 1]), weight=[800, 1000], synapse=excite, delay=2)
    net.inject(cells[[0, 2]], rb.Pulse(t_start=10, t_stop=90, amplitude=350))
    net.record(cells, "V", neurons=[0, 2])
    expected, result = net.run(100), again.run(100)
    assert expected.spikes("cells").times.size > 5
    assert result.spikes() == expected.spikes()
    np.testing.assert_array_equal(result.states("cells", "V").values, expected.states("cells", "V").values)


def test_kernels_that_differ_make_populations_of_their_own(tmp_path):
    net = Circuit(tmp_path, "nest:aeif_cond_exp", ({"E_in": -80.0}, {"tau_syn_ex": 1.0})).read()
    assert {name: p.n for name, p in net.populations.items()} == {"cells_0": 2, "cells_1": 1, "input": 2}
    first = net["cells_0"].model
    assert isinstance(first, rb.AdEx) and (first.tau_m, first.g_L, first.V_T, first.V_th) == (281 / 30, 30, -50.4, 0)
    assert [(q.pre.name, q.post.name, q.synapse, q.weights.sum()) for q in net.projections] == [
        ("cells_0", "cells_0", rb.Exponential(tau=0.2, reversal=0), 180.0),
        ("cells_0", "cells_1", rb.Exponential(tau=1.0, reversal=0), 160.0),
        ("cells_1", "cells_0", rb.Exponential(tau=2.0, reversal=-80), 240.0),
        ("input", "cells_0", rb.Exponential(tau=0.2, reversal=0), 800.0),
        ("input", "cells_1", rb.Exponential(tau=1.0, reversal=0), 1000.0),
    ]
    alone = rb.io.read_sonata(tmp_path / "circuit_config.json", threads=1)
    assert alone["cells_0"]["V"].tolist() == [-70.6, -70.6] and alone.run(1).spikes("input").times.size == 0


@pytest.mark.parametrize(
    ("template", "changes", "message"),
    [
        ("nest:hh_psc_alpha", {}, "model_template of NEST must be one of .* got 'hh_psc_alpha'"),
        ("nrn:IntFire1", {}, "model_template of 'cells' must be nest:… or rheobase:…, got nrn:IntFire1"),
        ("nest:iaf_psc_delta", {}, "parameter of nest:iaf_psc_delta must be one of .* got 'tau_syn_in'"),
        ("nest:iaf_psc_exp", {"edge_type": {"model_template": "stdp_synapse"}}, "model_template .* got stdp_synapse"),
        ("nest:iaf_psc_exp", {"edge_type": {"weight_function": "gauss"}}, "weight_function .* must be wmax, got gauss"),
        (
            "nest:iaf_psc_exp",
            {"inputs": {"ecp": {"input_type": "extracellular"}}},
            "input_type of 'ecp' must be one of",
        ),
        (
            "nest:iaf_psc_exp",
            {"inputs": {"s": {"input_type": "spikes", "module": "nwb"}}},
            "module of 's' must be one of .* got 'nwb'",
        ),
        ("nest:iaf_psc_exp", {"reports": {"r": {"cells": "excited", "variable_name": "cai"}}}, "variable_name of 'r'"),
        ("nest:iaf_psc_exp", {"reports": {"r": {"cells": "inhibited"}}}, "cells of 'r' must be one of"),
        ("nest:iaf_psc_exp", {"node_sets_file": "$NONE/sets.json"}, "variable of the manifest must be one of"),
    ],
)
def test_what_is_not_known_is_named(tmp_path, template, changes, message):
    circuit = Circuit(tmp_path, template, ({"tau_syn_in": 4.0}, {}), **changes)
    with pytest.raises(ValueError, match=message):
        circuit.read()


def test_what_cannot_be_written_is_named_and_nothing_is_written(tmp_path):
    def refused(build, message):
        net = rb.Network()
        build(net, net.add(rb.LIF(), 5, name="e"))
        with pytest.raises(ValueError, match=message):
            rb.io.write_sonata(net, tmp_path / "circuit")
        assert not (tmp_path / "circuit").exists()

    own = rb.neuron("Own", "dV/dt = -V/10", threshold="V > 1", reset="V = 0", initial={"V": 0})
    refused(lambda net, _: net.add(own(), 3, name="own"), "model of 'own' must be one of the library")
    refused(lambda net, _: net.add(rb.Poisson(lambda t: 5 + 0 * t), 3, name="x"), "sources 'x' must be")
    refused(lambda net, _: net.add(rb.LIF(), 3, name="a/b"), "names of populations must have no '/'")
    rate = rb.Steps([0, 1], [5.0, 6.0])
    refused(lambda net, e: net.drive(e, rate, weight=1, synapse=rb.Delta()), "rate of the drive of 'e' must be steady")
