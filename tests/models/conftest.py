from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import rheobase as rb


@dataclass(frozen=True)
class Traces:
    """What a population did: `spikes[k]` are the times of neuron k, `values[name]` has shape (T, n)."""

    t: np.ndarray
    spikes: list[np.ndarray]
    values: dict[str, np.ndarray]
    end: dict[str, np.ndarray]


@pytest.fixture
def simulate() -> Callable[..., Traces]:
    """Run `n` neurons of one model; `g` = (conductance, reversal) opens a steady conductance."""

    def run(model, duration, dt, n=1, record=(), g=None, kicks=None, gates=None, **state):
        net = rb.Network(dt=dt, threads=1)
        p = net.add(model, n, name="p", **state, **(gates or {}))
        if g is not None:
            silent = net.add(rb.Trains([[]]), 1, name="silent")
            forever = rb.Exponential(tau=1e12, reversal=g[1], label="steady")
            net.connect(silent, p, rb.AllToAll(), weight=0.0, synapse=forever)
            p["g_steady"] = g[0]
        if kicks is not None:
            times, weight = kicks
            source = net.add(rb.Trains([np.asarray(times) - dt]), 1, name="kicks")
            net.connect(source, p, rb.AllToAll(), weight=weight, synapse=rb.Delta())
        for variable in record:
            net.record(p, variable)
        res = net.run(duration)
        spikes = res.spikes("p")
        return Traces(
            t=res.states("p", record[0]).times if record else np.zeros(0),
            spikes=[spikes.times[spikes.indices == k] for k in range(n)],
            values={v: res.states("p", v).values for v in record},
            end={v: p[v] for v in p.variables},
        )

    return run


@pytest.fixture
def driven() -> Callable[..., Traces]:
    """Run one neuron, or one for each column, with an input given step by step."""

    def run(model, current, dt, record="V", gates=None, **state):
        current = current[:, None] if current.ndim == 1 else current
        net = rb.Network(dt=dt, threads=1)
        p = net.add(model, current.shape[1], name="p", **state, **(gates or {}))
        net.record(p, record)
        net.build()
        before = None
        for row in current:
            if before is None or (row != before).any():
                net._engine.set_current(p._id, row)
            net._engine.run(1, None, False)
            before = row
        steps, counts, packed = net._engine.take_spikes(p._id)
        index = packed.indices()
        steps = np.repeat(steps, counts)
        at, values = net._engine.take_samples(0)
        return Traces(
            t=at * dt,
            spikes=[steps[index == k] * dt for k in range(current.shape[1])],
            values={record: values},
            end={v: p[v] for v in p.variables},
        )

    return run


def pytest_collection_modifyitems(items):
    """Keep the test that compiles for last."""
    items.sort(key=lambda item: "contributing" in item.nodeid)
