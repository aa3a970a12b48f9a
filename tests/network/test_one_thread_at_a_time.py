"""A second thread that uses a network while a first one works gets a clear error, and nothing breaks."""

import pickle
import threading

import pytest

import rheobase as rb

CALLS = {
    "connections": lambda net: net.projections[0].connections(),
    "build": lambda net: net.build(),
    "save": lambda net: pickle.dumps(net),
    "run": lambda net: net.run(1),
    "add": lambda net: net.add(rb.LIF(), 1),
    "set": lambda net: net["n"].__setitem__("V", -60.0),
    "record": lambda net: net.record(net["n"], "V"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_second_caller_is_refused(call):
    net = rb.Network(threads=1)
    net.add(rb.Poisson(500), 500, name="x")
    net.add(rb.LIF(t_ref=2.0), 500, name="n")
    net.connect(net["x"], net["n"], rb.AllToAll(), weight=0.1, synapse=rb.Exponential())
    net.build()
    running, circuit = threading.Thread(target=net.run, args=(4000.0,)), net.circuit
    running.start()
    while not net._guard._lock.locked():  # not in the time loop yet
        assert running.is_alive()
    with pytest.raises(RuntimeError, match="must not be used while it runs"):
        call(net)
    running.join()
    assert net.circuit == circuit
    assert net.t == pytest.approx(4000)
    net.run(1)
