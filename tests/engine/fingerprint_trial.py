"""How a network is run and all that comes out of it is kept, for its fingerprint."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

import rheobase


class Face:
    """rheobase as its users see it; notes which names were used, so that a test can tell which were not."""

    def __init__(self):
        self.used = set()

    def __getattr__(self, name):
        self.used.add(name)
        return getattr(rheobase, name)


rb = Face()


class Trial:
    """One network on its way: makes it, runs it, and keeps everything that comes out."""

    def __init__(self, threads, folder):
        self.threads, self.folder = threads, Path(folder)
        self.spikes, self.samples, self.rates, self.recorded = {}, {}, [], []

    def network(self, dt=0.1, seed=1):
        self.net = rb.Network(dt=dt, seed=seed, threads=self.threads)
        return self.net

    def add(self, model, n, /, **state):
        return self.net.add(model, n, name=f"q{len(self.net.populations)}", **state)

    def poisson(self, n=100, rate=20):
        return self.add(rb.Poisson(rate=rate), n)

    def connect(self, pre, post, rule, weight=None, synapse=None, **options):
        synapse = rb.Exponential(tau=5) if synapse is None else synapse
        return self.net.connect(pre, post, rule, weight=weight, synapse=synapse, **options)

    def record(self, population, variable, **options):
        self.net.record(population, variable, **options)
        self.recorded.append((population.name, variable))

    def record_weights(self, projection, **options):
        self.net.record_weights(projection, **options)
        self.recorded.append((projection.pre.name, projection.post.name, "weights"))

    def run(self, *durations):
        for duration in durations:
            result, dt = self.net.run(duration), rb.Circuit.of(self.net).dt
            for name, trains in result.spikes().items():
                self.spikes.setdefault(name, []).append((np.rint(trains.times / dt), trains.indices))
            for key in self.recorded:
                found = result.weights(*key[:2]) if key[2:] else result.states(*key)
                columns = np.rint(found.times / dt), found.values, found.neurons
                self.samples.setdefault(key, []).append(columns)
            rates = result.rates() if duration else {}
            self.rates += [rates.get(name, 0.0) for name in self.net.populations if duration]

    def save_and_load(self):
        path = self.folder / "network.rheobase"
        self.net.save(path)
        self.net = rb.load(path, threads=self.threads)
        return self.net.populations.values(), self.net.projections

    def fingerprint(self):
        """Return the digest of every part of what came out.

        Names are left out, for they may change where no value does.
        """
        populations, projections = self.net.populations.values(), self.net.projections
        spikes = [np.concatenate(column) for runs in self.spikes.values() for column in zip(*runs, strict=True)]
        samples = [c for runs in self.samples.values() for run in runs for c in run]
        connections = [q.connections() for q in projections]
        return {
            "counts": [len(index) for index in spikes[1::2]],
            "spikes": digest(np.int64, spikes),
            "samples": digest(np.float64, samples),
            "states": digest(np.float64, (p[v] for p in populations for v in p.variables)),
            "parameters": digest(np.float64, (p[v] for p in populations if p.variables for v in p.parameters)),
            "connections": digest(
                np.float64, (c[field] for c in connections for field in ("pre", "post", "weight", "delay"))
            ),
            "rates": digest(np.float64, [np.array(self.rates)]),
        }


def digest(dtype, arrays):
    """Return 16 hexadecimal digits for the shapes and values of arrays, whatever their types and byte order were."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.shape}".encode())
        total.update(np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<")).tobytes())
    return total.hexdigest()[:16]


NETWORKS: dict[str, Callable[[Trial], None]] = {}


def network(function):
    NETWORKS[function.__name__.replace("_", " ")] = function
    return function
