"""A sweep of a hundred small networks, which a test kills and takes up again: python killed_sweep.py FOLDER LOG."""

import sys
import time
from pathlib import Path

import rheobase as rb

GRID = {"drive": [float(x) for x in range(10, 30)]}
SEEDS = range(5)


def rate(drive, seed):
    net = rb.Network(seed=seed, threads=1)
    e = net.add(rb.LIF(I_x=drive), 20, name="e", V=rb.Uniform(-72, -55))
    net.inject(e, rb.WhiteNoise(mean=0, sigma=5))
    result = net.run(50)
    return {"rate": result.rates()["e"], "counts": rb.spikes.binned_counts(result.spikes("e"), 25.0).sum(axis=0)}


def logged(log, slowly):
    def function(drive, seed):
        with Path(log).open("a") as file:
            file.write(f"{drive} {seed}\n")
        time.sleep(slowly)
        return rate(drive, seed)

    return function


if __name__ == "__main__":
    rb.sweep(logged(sys.argv[2], 0.02), GRID, seeds=SEEDS, path=sys.argv[1], workers=2)
