"""Search the fixed points of random networks of a hundred units: time, and how many of the starts find one.

    python benchmarks/fixed_points.py [starts [gain ...]]
    python benchmarks/fixed_points.py full
    python benchmarks/fixed_points.py sparse
    python benchmarks/fixed_points.py kinds [networks]

Each line gives the gain, the method, the time and the processor time, the share of the starts that end at no fixed
point, and the number of different points. Newton's method is shown for a tenth of the starts; with gains, only what
follows curves is. With "sparse" one linear system of sparse networks is solved by sparse factors and by LAPACK, and
2000 units are searched from a few starts. With "kinds" 300 starts are made in each of many networks, of other transfer
functions and structures, too.
"""

import resource
import sys
import time

import numpy as np
from scipy.sparse.linalg import splu

from rheobase.dynamics.fixed_points.linear_systems import _LargeSystems, _SmallSystems, one_blas_thread
from rheobase.theory.random_networks import LowRank, Transfer, enumerate_fixed_points, random_network


def search(g, method, starts, seed=1):
    network = random_network(100, g, seed=seed)
    wall, processor = time.perf_counter(), time.process_time()
    found = enumerate_fixed_points(network, starts, method=method, seed=2)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"g = {g:3.1f}  {method:7s} {starts:6d} starts  {wall:5.1f} s  {processor:5.1f} CPU-s  "
        f"{100 * found.lost / starts:4.1f} % unused  {len(found):4d} points, sum of indices {found.index_sum}",
        flush=True,
    )


def logistic(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def rectifier(x):
    return np.maximum(x, 0)


def power(x):
    return np.maximum(x, 0) ** 2 / (1 + np.maximum(x, 0))


def kind(name, g, count, D=0.0, transfer="tanh", structure=None, **options):
    unused, points, processor = [], [], time.process_time()
    for seed in range(count):
        part = None if structure is None else structure(seed)
        network = random_network(100, g, D, transfer, structure=part, seed=seed, **options)
        found = enumerate_fixed_points(network, 300, seed=2)
        unused.append(100 * found.lost / 300)
        points.append(len(found))
    print(
        f"{name:24s} g = {g:4.1f}  {count} networks  unused: mean {np.mean(unused):5.2f} %, most {max(unused):5.2f} %  "
        f"points: median {np.median(points):.0f}, most {max(points)}  "
        f"{(time.process_time() - processor) / count:.2f} CPU-s each",
        flush=True,
    )


def kinds(count):
    for g in (1.2, 1.5, 2.0, 3.0):
        kind("tanh", g, count)
    few = max(count // 5, 1)
    functions = [Transfer(f.__name__, f) for f in (rectifier, logistic, power)]
    for transfer, gains, D in zip(functions, ((0.7, 1.2), (4.0, 8.0, 16.0), (0.7, 1.0)), (1.0, 0.0, 1.0), strict=True):
        for g in gains:
            kind(transfer.name, g, few, D, transfer)
    kind("logistic, inhibition", 3.0, few, 0.5, functions[1], lambda seed: np.full((100, 100), -5 / 100))
    for g in (1.0, 2.0):
        kind("tanh, mean", g, few, structure=lambda seed: np.full((100, 100), 2 / 100))
        kind("tanh, low rank", g, few, 0.1, structure=lambda seed: LowRank(2.0).draw(100, seed=seed))
    kind("tanh, symmetry 0.5", 2.0, few, symmetry=0.5)
    kind("tanh, self-coupling 1.5", 2.0, few, self_coupling=1.5)


def full(n, dtype, turns=21):
    """Both in turns; the median of each."""
    count = max(1, min(32, 330_000 // n**2))
    random = np.random.default_rng(1)
    matrices, sides = (random.standard_normal((count, k, n)).astype(dtype) for k in (n, 2))
    programs = [make(count, n, dtype) for make in (_SmallSystems, _LargeSystems)]
    times = np.zeros((turns, 2, 2))
    with one_blas_thread():
        for turn in range(turns):
            for k, systems in enumerate(programs):
                systems.matrices[...] = matrices
                began = time.perf_counter()
                systems.decompose(count)
                middle = time.perf_counter()
                systems.solve(sides.copy())
                times[turn, k] = middle - began, time.perf_counter() - middle
    (engine, engine_two), (lapack, lapack_two) = 1e6 * np.median(times, axis=0) / count
    print(
        f"{np.dtype(dtype).name}  n = {n:4d}  factors: engine {engine:8.1f}, LAPACK {lapack:8.1f} µs  "
        f"two sides: {engine_two:6.1f}, {lapack_two:6.1f} µs",
        flush=True,
    )


def system(n, degree):
    network = random_network(n, 2.0, density=degree / n, seed=1)
    jacobian = network.jacobian(np.random.default_rng(1).standard_normal(n)).tocsc()
    right, full = np.ones(n), jacobian.toarray()
    began = time.process_time()
    factors = splu(jacobian)
    factors.solve(right)
    middle = time.process_time()
    np.linalg.solve(full, right)
    end = time.process_time()
    share = 100 * (factors.L.nnz + factors.U.nnz) / n**2
    print(
        f"N = {n}  {degree:4.1f} per unit  factors fill {share:4.1f} %  sparse {middle - began:6.3f}, "
        f"LAPACK {end - middle:6.3f} CPU-s",
        flush=True,
    )


def sparse_search(degree, starts):
    network = random_network(2000, 2.0, density=degree / 2000, seed=1)
    processor = time.process_time()
    found = enumerate_fixed_points(network, starts, max_iterations=45, seed=2)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"N = 2000  {degree:4.1f} per unit  follow  {starts} starts  {time.process_time() - processor:5.1f} CPU-s  "
        f"{found.lost} unused  {len(found)} points, mirror images too  {memory:.2f} GB",
        flush=True,
    )


if __name__ == "__main__" and sys.argv[1:] == ["full"]:
    for dtype in (np.float32, np.float64):
        for n in (3, 10, 32, 101, 200, 400, 600, 1000):
            full(n, dtype)
elif __name__ == "__main__" and sys.argv[1:] == ["sparse"]:
    for n, degree in ((1000, 3), (1000, 5), (2000, 2), (2000, 3), (2000, 5), (2000, 20), (4000, 3), (4000, 5)):
        system(n, degree)
    sparse_search(2, 8)
    sparse_search(20, 8)
elif __name__ == "__main__" and sys.argv[1:2] == ["kinds"]:
    kinds(int(sys.argv[2]) if len(sys.argv) > 2 else 30)
elif __name__ == "__main__":
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    gains = [float(g) for g in sys.argv[2:]]
    for g in gains:
        search(g, "follow", starts)
    for g in () if gains else (4.0, 3.0, 2.0, 1.5):
        search(g, "newton", starts // 10)
        search(g, "follow", starts)
    if not gains:
        search(1.5, "follow", starts, seed=11)
