"""Forged files, with a right checksum, are refused; saving keeps permissions, links and a tidy folder."""

import hashlib
import json
import os
import pickle
import stat
import time

import numpy as np
import pytest

import rheobase as rb
from rheobase.network.storage import HEADER, LENGTH, MAGIC, VERSION


def network():
    net = rb.Network(seed=4, threads=1)
    e = net.add(rb.LIF(tau_m=rb.Normal(10, 1, low=5)), 12, name="e", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(50), 9, name="x")
    net.connect(x, e, rb.Bernoulli(0.3), weight=25, synapse=rb.Exponential(tau=8))
    net.connect(e, e, rb.FixedTotal(30), weight=0.5, synapse=rb.Exponential(tau=4), plasticity=rb.PairSTDP())
    net.inject(e, rb.Pulse(1.0, 4.0, 3.0))
    net.record(e, "V", neurons=[7, 3], every=0.5)
    net.run(2)
    return net


class Forged:
    """What a file says, to be changed."""

    def __init__(self, data):
        payload = data[HEADER.size :]
        (length,) = LENGTH.unpack_from(payload)
        self.said = json.loads(payload[LENGTH.size : LENGTH.size + length])
        rest = payload[LENGTH.size + length :]
        (length,) = LENGTH.unpack_from(rest)
        self.table = json.loads(rest[LENGTH.size : LENGTH.size + length])
        self.data = bytearray(rest[LENGTH.size + length :])
        self.circuit, self.state = self.said["circuit"]["given"], self.said["state"]["given"]
        self.cells = [cells["given"] for cells in self.circuit["populations"]]
        self.links = [link["given"] for link in self.circuit["projections"]]

    def bytes(self):
        parts = [json.dumps(part).encode() for part in (self.said, self.table)]
        payload = b"".join(LENGTH.pack(len(part)) + part for part in parts) + bytes(self.data)
        return HEADER.pack(MAGIC, VERSION, len(payload), hashlib.sha256(payload).digest()) + payload

    def fill(self, name, value):
        """Overwrite one entry of the engine's state."""
        index = dict(self.state["engine"])[name]["$bytes"]
        place = sum(np.dtype(kind).itemsize * int(np.prod(shape)) for kind, shape in self.table[:index])
        size = self.table[index][1][0]
        self.data[place : place + size] = np.full(size // 8, value).tobytes()


def put(where, key, value):
    """Return what puts a value into one of the parts."""
    return lambda f: where(f).__setitem__(key, value)


FORGERIES = {
    "a call": put(lambda f: f.said["circuit"], "$record", "save"),
    "a record of another kind": put(lambda f: f.said, "circuit", {"$record": "OneToOne", "given": {}}),
    "a state that is none": put(lambda f: f.said, "state", 5),
    "no state": lambda f: f.said.pop("state"),
    "an unknown field": put(lambda f: f.circuit, "run", 1e9),
    "an unknown model": put(lambda f: f.cells[0]["model"], "$model", "Network"),
    "a synapse for a model": put(lambda f: f.cells[0], "model", {"$model": "Exponential", "given": {}}),
    "parameters out of bounds": put(lambda f: f.cells[0]["model"]["given"], "V_th", -1e9),
    "too many neurons": put(lambda f: f.cells[0], "n", 2**31 - 1),
    "a few more neurons": put(lambda f: f.cells[0], "n", 13),
    "neurons of text": put(lambda f: f.cells[0], "n", "12"),
    "a name of a number": put(lambda f: f.cells[0], "name", 5),
    "a name again": put(lambda f: f.cells[1], "name", "e"),
    "an unknown end": put(lambda f: f.links[0], "post", "z"),
    "a source as an end": put(lambda f: f.links[0], "post", "x"),
    "too many connections": put(lambda f: f.links[1]["rule"]["given"], "total", 2**40),
    "no rule": put(lambda f: f.links[0], "rule", None),
    "an array that is not there": put(lambda f: f.links[0], "weight", {"$array": 999}),
    "a reference of text": put(lambda f: f.links[0], "weight", {"$array": "x"}),
    "objects": put(lambda f: f.table[0], 0, "|O"),
    "a large array": put(lambda f: f.table[0], 1, [2**60]),
    "a negative length": put(lambda f: f.table[0], 1, [-1]),
    "one byte more": lambda f: f.data.append(0),
    "a step of text": put(lambda f: f.circuit, "dt", "0.1"),
    "a step of 0": put(lambda f: f.circuit, "dt", 0.0),
    "a recording of others": put(lambda f: f.state["recordings"][0]["given"], "of", "x"),
    "a recording never made": put(lambda f: f.state["recordings"][0]["given"], "every", 0),
    "spikes of nobody": put(lambda f: f.state, "partly", [["z", [0]]]),
    "spikes of neurons that are not there": put(lambda f: f.state, "partly", [["e", [12]]]),
    "a static projection that learns": put(lambda f: f.state, "frozen", [0]),
    "a projection that is not there": put(lambda f: f.state, "frozen", [7]),
    "a state that is missing": lambda f: f.state["engine"].pop(),
    "draws of text": put(lambda f: f.state, "draws", "1"),
    "a depth without end": put(lambda f: f.links[0], "weight", json.loads("[" * 400 + "]" * 400)),
    "not a number": lambda f: f.fill("population0.V", np.nan),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forged_files_are_refused(tmp_path, forge):
    path = tmp_path / "net"
    network().save(path)
    forged = Forged(path.read_bytes())
    forge(forged)
    path.write_bytes(forged.bytes())
    with pytest.raises(ValueError, match=r"path must be a file that Network\.save wrote"):
        rb.load(path, threads=1)


def test_a_file_put_together_again_is_the_file(tmp_path):
    network().save(tmp_path / "net")
    data = (tmp_path / "net").read_bytes()
    assert Forged(data).bytes() == data


def test_a_file_without_end_is_not_read():
    with pytest.raises(ValueError, match="path must be"):
        rb.load("/dev/zero")


def test_what_is_switched_between_runs_is_kept(tmp_path):
    net = network()
    net.projections[1].learning = False
    net.record_spikes("x", False)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net", threads=2)
    assert again.projections[1].learning is False
    assert again.circuit == net.circuit
    a, b = net.run(30), again.run(30)
    assert list(b.spikes()) == ["e"] and np.array_equal(a.spikes("e").times, b.spikes("e").times)
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)


def test_a_loaded_network_saves_the_same_bytes(tmp_path):
    net = network()
    net["e"]["tau_m"] = rb.Uniform(8, 12)
    net.save(tmp_path / "net")
    rb.load(tmp_path / "net", threads=1).save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "net").read_bytes()


def test_a_file_does_not_grow_with_what_is_set(tmp_path):
    net = network()
    net["e"]["I_x"] = np.zeros(12)
    size = len(pickle.dumps(net))
    for step in range(20):
        net["e"]["I_x"] = np.full(12, float(step))
        net["e"]["E_L"] = -72.0
    assert len(pickle.dumps(net)) < size + 100


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_has_the_permissions_it_should_have(tmp_path):
    net, path = network(), tmp_path / "net"
    before = os.umask(0o027)
    try:
        net.save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    net.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "net"
    link.symlink_to(tmp_path / "there" / "real")
    network().save(link)
    assert link.is_symlink() and rb.load(link, threads=1).t == pytest.approx(2)


def test_what_a_killed_save_left_behind_is_removed(tmp_path):
    net, path = network(), tmp_path / "net"
    for name, age in ((".net.old.saving", 3600), (".net.new.saving", 0)):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    net.save(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".net.new.saving", "net"]
