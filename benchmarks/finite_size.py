"""Compare variances of population rates near the onset of a rhythm with theory, at several sizes of the network.

    python benchmarks/finite_size.py

The textbook's network with tau_e = tau_i = 5 ms, whose rhythm decays in 36 ms. Each line gives the number of neurons,
the variance of the rates of e and i in bins of 4 ms over that of `AsynchronousState`, and the s.d. of the rate of e
next to its mean, by theory.
"""

import numpy as np

import rheobase as rb
from rheobase.spikes import binned_rate
from rheobase.theory import AsynchronousState

BIN, SKIPPED = 4.0, 200.0

#: Numbers of neurons, and for how long they are simulated, ms.
SIZES = {1000: 12_000.0, 2000: 12_000.0, 4000: 12_000.0, 8000: 8_000.0}


def cortex(n):
    return rb.circuits.cortex(n, tau_e=5.0, tau_i=5.0, seed=5, threads=1)


if __name__ == "__main__":
    for n, duration in SIZES.items():
        state = AsynchronousState(cortex(n))
        expected = np.diag(state.covariances(0.0, BIN)[0])
        result = cortex(n).run(SKIPPED + duration)
        trains = (result.spikes(name).between(SKIPPED, SKIPPED + duration) for name in "ei")
        measured = np.array([binned_rate(one, BIN, average=True).values.var() for one in trains])
        fluctuates = np.sqrt(expected[0]) / state.rates[0]
        print(f"{n:6d} {measured[0] / expected[0]:6.2f} {measured[1] / expected[1]:6.2f} {fluctuates:6.2f}", flush=True)
