"""Compare the self-consistent rates of published networks with what the engine makes of them.

    python benchmarks/mean_field.py

Each line gives population, simulated rate, theory, theory in white noise, all in Hz. The microcircuit is compared with
NEST's rates at full scale, the mean of two runs, since it takes minutes to simulate.
"""

import time

import numpy as np

import rheobase as rb
from rheobase.theory import self_consistent_rates

#: Rates of the microcircuit in NEST at full scale, Hz.
NEST = {"L23E": 0.923, "L23I": 2.995, "L4E": 4.39, "L4I": 5.88, "L5E": 7.65, "L5I": 8.65, "L6E": 1.10, "L6I": 7.84}


def compare(title, net, simulated=None, alike=True):
    start = time.process_time()
    theory = self_consistent_rates(net, alike=alike)
    taken = time.process_time() - start
    white = self_consistent_rates(net, alike=alike, white=True)
    simulated = simulated or net.run(1200).rates(t_start=200)
    print(f"{title} (theory: {taken:.1f} CPU-seconds)")
    for name in theory.names:
        print(f"  {name:5s} {simulated[name]:8.3f} {theory[name]:8.3f} {white[name]:8.3f}")
    errors = [theory[name] / simulated[name] - 1 for name in theory.names]
    print(f"  largest error {100 * max(np.abs(errors)):.1f} %", flush=True)


if __name__ == "__main__":
    for rate in (2.5, 5.0, 10.0, 20.0):
        compare(f"textbook, {rate:g} Hz of input", rb.circuits.cortex(10_000, rate=rate))
    compare("Brunel 2000, asynchronous irregular", rb.circuits.brunel())
    compare("microcircuit, full scale, NEST", rb.circuits.microcircuit(), NEST)
    compare("the same, neurons differ by their in-degrees", rb.circuits.microcircuit(), NEST, alike=False)
