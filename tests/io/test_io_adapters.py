"""Round trips through the data of other packages; each test needs its package and is skipped without it."""

from datetime import UTC, datetime

import numpy as np
import pytest

import rheobase as rb
from rheobase.spikes import SpikeTrains


@pytest.fixture(scope="module")
def network():
    net = rb.Network(dt=0.1, seed=3)
    e = net.add(rb.LIF(I_x=25), 20, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(), 5, name="i")
    net.connect(e, i, rb.Bernoulli(0.4), weight=rb.Uniform(30, 40), synapse=rb.Exponential(tau=6), delay=1.5)
    net.record(e, "V", neurons=[0, 3], every=0.5)
    net.record(i, "I_e", mean=True)
    return net


@pytest.fixture(scope="module")
def result(network):
    network.run(20)
    res = network.run(100)  # not from 0 on
    assert res.spikes("e").times.size > 100
    return res


def test_neo_has_the_spikes_with_their_units(result):
    neo = pytest.importorskip("neo")
    spikes = result.spikes("e")
    trains = rb.io.to_neo(spikes)
    assert len(trains) == spikes.n and isinstance(trains[0], neo.SpikeTrain)
    assert trains[0].units.dimensionality.string == "ms"
    assert float(trains[0].t_start) == spikes.t_start == 20.0
    assert rb.io.from_neo(trains) == spikes


def test_neo_in_seconds_is_converted():
    neo = pytest.importorskip("neo")
    train = neo.SpikeTrain([0.1, 0.2], units="s", t_start=0.05, t_stop=1.0)
    np.testing.assert_allclose(rb.io.from_neo([train]).times, [100, 200], rtol=1e-12)
    assert rb.io.from_neo([train]).t_start == 50 and rb.io.from_neo([train]).t_stop == 1000


def test_a_block_of_neo_holds_all_that_was_recorded(result):
    pytest.importorskip("neo")
    segment = rb.io.to_neo(result).segments[0]
    assert len(segment.spiketrains) == 25
    assert [t.annotations["population"] for t in segment.spiketrains] == ["e"] * 20 + ["i"] * 5
    V, current = segment.analogsignals
    assert V.name == "e.V" and V.units.dimensionality.string == "mV" and current.name == "i.I_e"
    np.testing.assert_array_equal(V.magnitude, result.states("e", "V").values)
    np.testing.assert_allclose(V.times.rescale("ms").magnitude, result.states("e", "V").times, rtol=1e-9)
    assert V.annotations["neurons"] == [0, 3]


def test_neo_refuses_what_is_no_train():
    pytest.importorskip("neo")
    with pytest.raises(TypeError, match=r"trains\[0\] must be a neo.SpikeTrain, got list"):
        rb.io.from_neo([[1.0, 2.0]])
    with pytest.raises(ValueError, match="at least one train"):
        rb.io.from_neo([])
    with pytest.raises(TypeError, match="SpikeTrains or a Result"):
        rb.io.to_neo(3)


@pytest.mark.parametrize("package", ["pandas", "polars", "pyarrow"])
def test_tables_of_spikes_go_there_and_back(result, package):
    pytest.importorskip(package)
    to = {"pandas": rb.io.to_pandas, "polars": rb.io.to_polars, "pyarrow": rb.io.to_arrow}[package]
    spikes = result.spikes("e")
    table = to(spikes)
    again = rb.io.spikes_from_table(table, n=spikes.n, t_start=spikes.t_start, t_stop=spikes.t_stop)
    assert again == spikes
    whole = to(result)
    assert len(whole) == sum(len(s.times) for s in result.spikes().values())


def test_tables_of_samples_are_long(result):
    pytest.importorskip("pandas")
    V = result.states("e", "V")
    frame = rb.io.to_pandas(V)
    assert frame.columns.tolist() == ["time", "neuron", "value"]
    wide = frame.pivot(index="time", columns="neuron", values="value")
    np.testing.assert_array_equal(wide.to_numpy(), V.values)
    assert wide.columns.tolist() == [0, 3]
    assert set(rb.io.to_pandas(result.states("i", "I_e"))["neuron"]) == {-1}


def test_tables_of_connections(network):
    pytest.importorskip("pandas")
    projection = network.projections[0]
    frame = rb.io.to_pandas(projection)
    assert frame.columns.tolist() == ["pre", "post", "weight", "delay"]
    assert len(frame) == len(projection) and set(frame["delay"]) == {1.5}


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="column of table must be one of 'times', 'neuron'"):
        rb.io.spikes_from_table({"times": [1.0], "neuron": [0]}, n=1, t_stop=2.0)
    with pytest.raises(ValueError, match="as many entries"):
        rb.io.spikes_from_table({"time": [1.0, 2.0], "neuron": [0]}, n=1, t_stop=2.0)


def test_xarray_has_coordinates(result):
    pytest.importorskip("xarray")
    V = result.states("e", "V")
    array = rb.io.to_xarray(V)
    assert array.dims == ("time", "neuron") and array.attrs["units"] == "mV"
    np.testing.assert_array_equal(array.sel(neuron=3).values, V.values[:, 1])
    dataset = rb.io.to_xarray(result)
    assert set(dataset.data_vars) == {"e.V", "i.I_e"}
    assert dataset.attrs["t_start"] == 20.0


def test_networkx_has_every_edge(network):
    pytest.importorskip("networkx")
    projection = network.projections[0]
    graph = rb.io.to_networkx(projection)
    assert graph.number_of_nodes() == 25 and graph.number_of_edges() == len(projection)
    weights = np.zeros((5, 20))
    for (_, a), (_, b), data in graph.edges(data=True):
        weights[b, a] += data["weight"]
        assert data["delay"] == 1.5 and data["projection"] == projection.name
    np.testing.assert_array_equal(weights, projection.weights.toarray())


@pytest.mark.filterwarnings("default")  # what other packages warn about is theirs
def test_nwb_goes_there_and_back(result, tmp_path):
    pynwb = pytest.importorskip("pynwb")
    path = tmp_path / "run.nwb"
    begun = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    rb.io.write_nwb(result, path, description="a test", start=begun)
    again = rb.io.read_nwb(path)
    assert list(again) == ["e", "i"]
    for name, spikes in again.items():
        np.testing.assert_allclose(spikes.times, result.spikes(name).times, rtol=1e-12)
        np.testing.assert_array_equal(spikes.indices, result.spikes(name).indices)
        assert (spikes.n, spikes.t_start, spikes.t_stop) == (result.spikes(name).n, 20.0, 120.0)
    with pynwb.NWBHDF5IO(str(path), "r") as io:
        file = io.read()
        assert file.session_description == "a test" and file.session_start_time == begun
        V = file.acquisition["e.V"]
        np.testing.assert_array_equal(V.data[:], result.states("e", "V").values)
        np.testing.assert_allclose(V.timestamps[:] * 1000, result.states("e", "V").times)


@pytest.mark.filterwarnings("default")
def test_pynapple_reads_the_file(result, tmp_path):
    pytest.importorskip("pynwb")
    pynapple = pytest.importorskip("pynapple")
    rb.io.write_nwb(result, tmp_path / "run.nwb")
    units = pynapple.load_file(str(tmp_path / "run.nwb"))["units"]
    assert len(units) == 25
    spikes = result.spikes("e")
    np.testing.assert_allclose(units[0].times() * 1000, spikes.train(0))


def test_a_result_is_kept_in_an_open_format(network, result, tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "run.h5"
    result.save(path)
    again = rb.Result.load(path)
    for name in ("e", "i"):
        assert again.spikes(name) == result.spikes(name)
    assert list(again.samples()) == list(result.samples()) == ["e.V", "i.I_e"]
    for name, samples in result.samples().items():
        for field in ("times", "values", "neurons", "unit"):
            np.testing.assert_array_equal(getattr(again.samples()[name], field), getattr(samples, field))
    assert (again.t_start, again.t_stop, again.dt) == (20.0, 120.0, 0.1)
    assert again.timing.events == result.timing.events
    with h5py.File(path) as file:  # as another program sees it
        assert file["spikes/0"].attrs["population"] == "e"
        np.testing.assert_array_equal(file["spikes/0/times"][:], result.spikes("e").times)


def test_weights_and_events_are_kept(tmp_path):
    pytest.importorskip("h5py")
    cell = rb.neuron("Cell", "dV/dt = -V/10", events={"low": ("crosses(-V, -0.5)", None)}, initial={"V": 1})
    net = rb.Network(seed=2)
    x = net.add(rb.Poisson(rate=50), 10, name="x/1")
    cells = net.add(cell(), 1, name="cell")
    e = net.add(rb.LIF(), 3, name="e")
    plastic = net.connect(x, e, rb.AllToAll(), weight=0.5, synapse=rb.Exponential(tau=5), plasticity=rb.PairSTDP())
    net.record(cells, "low")
    net.record_weights(plastic, every=5)
    res = net.run(20)
    res.save(tmp_path / "run.h5")
    again = rb.Result.load(tmp_path / "run.h5")
    assert again.events("cell", "low") == res.events("cell", "low")
    np.testing.assert_array_equal(again.weights("x/1", "e").values, res.weights("x/1", "e").values)


def test_what_is_no_result_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "other.h5"
    path.write_bytes(b"not HDF5 at all")
    with pytest.raises(ValueError, match=r"path must be a file that Result\.save wrote"):
        rb.Result.load(path)
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "something else"
    with pytest.raises(ValueError, match="no rheobase result of version 1"):
        rb.Result.load(path)
    with pytest.raises(FileNotFoundError):
        rb.Result.load(tmp_path / "missing.h5")


def test_a_missing_package_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pandas is needed for this: pip install pandas, or 'rheobase\[io\]'"):
        rb.io.to_pandas(SpikeTrains.from_trains([[1.0]], t_stop=2.0))
