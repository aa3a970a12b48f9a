"""Spikes that go to disk while a network runs."""

import pickle

import numpy as np
import pytest

import rheobase as rb
from rheobase.network import running


def network(threads=1):
    net = rb.Network(seed=1, threads=threads)
    net.add(rb.EIF(I_x=40), 40, name="e", V=rb.Uniform(-72, -55))
    return net


@pytest.fixture
def often(monkeypatch):
    """Let spikes go to disk every 2 ms."""
    monkeypatch.setattr(running, "FLUSH_STEPS", 20)


def test_spikes_on_disk_are_those_of_memory(tmp_path, often):
    expected, net = network(), network(threads=2)
    net.record_spikes("e", to=tmp_path / "new" / "spikes")
    for duration in (30, 0, 45.5):
        in_memory, on_disk = expected.run(duration), net.run(duration)
        for name in ("times", "indices"):
            kept, mapped = (getattr(res.spikes("e"), name) for res in (in_memory, on_disk))
            np.testing.assert_array_equal(kept, mapped)
            assert isinstance(mapped, np.memmap) == (duration > 0)
        if duration > 0:
            assert on_disk.rates() == in_memory.rates()
        assert on_disk.spikes("e").count().tolist() == in_memory.spikes("e").count().tolist()
    times, indices = (np.load(tmp_path / "new" / "spikes" / f"e.{what}.npy") for what in ("times", "indices"))
    assert len(times) == len(indices) > 100
    assert (np.diff(times) >= 0).all()
    assert times[-1] > 30


def test_chosen_neurons_go_to_disk_alone(tmp_path, often):
    net, expected = network(), network()
    for each, to in ((net, tmp_path), (expected, None)):
        each.record_spikes(each["e"][[7, 3, 20]], to=to)
    kept, mapped = (next(iter(each.run(50).spikes().values())) for each in (expected, net))
    assert mapped.n == 3
    assert len(mapped.times) > 3
    np.testing.assert_array_equal(kept.times, mapped.times)
    np.testing.assert_array_equal(kept.indices, mapped.indices)


def test_files_hold_what_was_found_before_a_crash(tmp_path, often):
    net = network()
    net.record_spikes("e", to=tmp_path)

    def fail(net):
        found.append(len(np.load(tmp_path / "e.times.npy", mmap_mode="r")))
        if net.t > 20:
            raise RuntimeError("crash")

    found = []
    with pytest.raises(RuntimeError, match="crash") as caught:
        net.run(50, every=5, call=fail)
    assert found == sorted(found)
    assert found[-1] == len(caught.value.result.spikes("e").times) > 0


def test_results_on_disk_are_saved_and_pickled_whole(tmp_path):
    net = network()
    net.record_spikes("e", to=tmp_path)
    res = net.run(50)
    again = pickle.loads(pickle.dumps(res.spikes("e")))
    np.testing.assert_array_equal(again.times, res.spikes("e").times)


def test_recording_to_memory_again_leaves_the_files(tmp_path):
    net = network()
    net.record_spikes("e", to=tmp_path)
    net.run(20)
    before = len(np.load(tmp_path / "e.times.npy"))
    net.record_spikes("e")
    assert len(net.run(20).spikes("e").times) > 0
    assert len(np.load(tmp_path / "e.times.npy")) == before


def test_folders_that_cannot_take_spikes_are_refused(tmp_path):
    net = network()
    net.record_spikes("e", to=tmp_path)
    with pytest.raises(FileExistsError, match="to must be a folder without spikes of 'e'"):
        network().record_spikes("e", to=tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="to must be a folder"):
        net.record_spikes("e", to=tmp_path / "file")
    with pytest.raises(TypeError, match="to must be a path"):
        net.record_spikes("e", to=3)
    with pytest.raises(ValueError, match="to must not be given where on is False"):
        net.record_spikes("e", False, to=tmp_path)
    odd = rb.Network()
    odd.add(rb.EIF(), 2, name="a/b")
    with pytest.raises(ValueError, match="population must have a name that is one of a file"):
        odd.record_spikes("a/b", to=tmp_path)
    assert len(net.run(20).spikes("e").times) == len(np.load(tmp_path / "e.times.npy"))
