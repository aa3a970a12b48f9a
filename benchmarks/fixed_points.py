"""Search the fixed points of random networks of a hundred units: time, and how many of the starts find one.

    python benchmarks/fixed_points.py [starts]

Each line gives the gain, the method, the time and the processor time, the share of the starts that end at no fixed
point, and the number of different points. Newton's method is shown for a tenth of the starts.
"""

import sys
import time

from rheobase.theory.random_networks import enumerate_fixed_points, random_network


def search(g, method, starts):
    network = random_network(100, g, seed=1)
    wall, processor = time.perf_counter(), time.process_time()
    found = enumerate_fixed_points(network, starts, method=method, seed=2)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"g = {g:3.1f}  {method:7s} {starts:6d} starts  {wall:5.1f} s  {processor:5.1f} CPU-s  "
        f"{100 * found.lost / starts:4.1f} % unused  {len(found):4d} points, sum of indices {found.index_sum}",
        flush=True,
    )


if __name__ == "__main__":
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for g in (4.0, 3.0, 2.0, 1.5):
        search(g, "newton", starts // 10)
        search(g, "follow", starts)
