"""Lists of edges: tables, files, graphs and matrices give the network that their pairs give, at the speed of memory."""

import signal
import sys
import time

import numpy as np
import pytest
import scipy.sparse

import rheobase as rb
from rheobase.progress import Listing

N, M = 60, 900
LISTED = {"pre": np.int64, "post": np.int64, "weight": float, "delay": float}


def columns(multapses=True):
    random = np.random.default_rng(4)
    pairs = random.choice(N * N, M, replace=False) if not multapses else random.integers(0, N * N, M)
    return {
        "pre": pairs // N,
        "post": pairs % N,
        "weight": random.normal(40.0, 10.0, M),
        "delay": 0.1 * random.integers(1, 30, M),
    }


def network(rule, **given):
    net = rb.Network(seed=2, threads=1)
    x = net.add(rb.Poisson(rate=40), N, name="x")
    e = net.add(rb.LIF(), N, name="e", V=rb.Uniform(-72, -56))
    q = net.connect(x, e, rule, synapse=rb.Exponential(tau=4), **given)
    return net, q


def outcome(rule, **given):
    net, q = network(rule, **given)
    spikes = net.run(40).spikes("e")
    return [*q.connections().values(), spikes.times, spikes.indices, net["e"]["V"]]


def assert_like_pairs(rule, c, **given):
    wanted = outcome(rb.Pairs(c["pre"], c["post"]), weight=c["weight"], delay=c["delay"])
    assert len(wanted[4])
    for mine, theirs in zip(outcome(rule, **given), wanted, strict=True):
        assert np.array_equal(mine, theirs)


def pandas_frame(c):
    return pytest.importorskip("pandas").DataFrame(c)


def nullable_frame(c):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(c).astype({"pre": "Int64", "post": "Int64", "weight": "Float64"})


def polars_frame(c):
    return pytest.importorskip("polars").DataFrame(c)


def arrow_table(c):
    return pytest.importorskip("pyarrow").table(c)


def structured(c):
    table = np.zeros(len(c["pre"]), dtype=[(name, kind) for name, kind in LISTED.items()])
    for name, values in c.items():
        table[name] = values
    return table


@pytest.mark.parametrize("make", [dict, pandas_frame, nullable_frame, polars_frame, arrow_table, structured])
def test_tables_are_taken_as_they_are(make):
    c = columns()
    assert_like_pairs(make(c), c)


@pytest.mark.parametrize("make", [dict, pandas_frame, polars_frame, arrow_table])
def test_columns_have_the_names_that_are_said(make):
    c = columns()
    named = {"pre_id": c["pre"], "post_id": c["post"], "syn_count": c["weight"], "ms": c["delay"], "weight": c["pre"]}
    edges = rb.Edges(make(named), pre="pre_id", post="post_id", weight="syn_count", delay="ms")
    assert_like_pairs(edges, c)
    alone = rb.Edges(make(named), pre="pre_id", post="post_id", weight=None)
    assert alone.weight is None and alone.delay is None and len(alone) == M
    assert_like_pairs(alone, c, weight=c["weight"], delay=c["delay"])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files_are_taken_by_their_path(tmp_path, suffix):
    pyarrow = pytest.importorskip("pyarrow")
    csv, parquet = pytest.importorskip("pyarrow.csv"), pytest.importorskip("pyarrow.parquet")
    c, path = columns(), tmp_path / f"edges{suffix}"
    table = pyarrow.table({**c, "unused": np.zeros(M)})
    write = csv.write_csv if suffix == ".csv" else parquet.write_table
    write(table, path)
    assert_like_pairs(path, c)
    assert_like_pairs(str(path), c)


@pytest.mark.parametrize("kind", ["DiGraph", "MultiDiGraph", "Graph"])
def test_graphs_are_taken_as_they_are(kind):
    networkx = pytest.importorskip("networkx")
    c = columns(multapses=kind == "MultiDiGraph")
    graph = getattr(networkx, kind)()
    graph.add_nodes_from(range(N))
    for pre, post, weight, delay in zip(*c.values(), strict=True):
        graph.add_edge(int(pre), int(post), weight=weight, delay=delay)
    if kind == "Graph":  # a later edge the other way round is the same one
        edges = {frozenset((int(i), int(j))): (w, d) for i, j, w, d in zip(*c.values(), strict=True)}
        both = [(i, j, *edges[frozenset((i, j))]) for e in edges for i in e for j in e if (i == j) == (len(e) == 1)]
        pre, post, weight, delay = map(np.array, zip(*both, strict=True))
        c = {"pre": pre, "post": post, "weight": weight, "delay": delay}
    assert_like_pairs(graph, c)


@pytest.mark.parametrize("form", ["csr_array", "csc_array", "coo_array", "csr_matrix", "dense"])
def test_matrices_are_post_by_pre(form):
    c = columns(multapses=False)
    matrix = scipy.sparse.coo_array((c["weight"], (c["post"], c["pre"])), shape=(N, N))
    W = matrix.toarray() if form == "dense" else getattr(scipy.sparse, form)(matrix)
    assert_like_pairs(W, {**c, "delay": np.full(M, 0.7)}, delay=0.7)


def test_connections_of_one_network_are_edges_of_another():
    c = columns()
    _, q = network(c)
    again = outcome(q.connections())
    for mine, theirs in zip(again, outcome(c), strict=True):
        assert np.allclose(mine, theirs, rtol=1e-7)  # weights are kept in single precision


def test_equal_pairs_keep_their_order():
    edges = {"pre": [1, 0, 1, 1], "post": [2, 2, 2, 0], "weight": [5.0, 1.0, 4.0, 3.0]}
    _, q = network(edges)
    c = q.connections()
    assert c["pre"].tolist() == [0, 1, 1, 1] and c["post"].tolist() == [2, 0, 2, 2]
    assert c["weight"].tolist() == [1.0, 3.0, 5.0, 4.0]


BAD = {
    "no such column": (
        {"pre": [0], "pots": [1]},
        r"column of rule \(post\) must be one of 'pre', 'pots'.*did you mean",
    ),
    "fractions": ({"pre": [0.5], "post": [1]}, r"pre must be an array of integers.*column 'pre' \(pre\)"),
    "missing": ({"pre": [0.0, np.nan], "post": [1, 1]}, "pre must be an array of integers"),
    "texts": ({"pre": ["a"], "post": [1]}, "pre must be an array of integers"),
    "too far": ({"pre": [0], "post": [N], "weight": [1.0]}, "post must hold indices below 60, got 60"),
    "too large": ({"pre": [2**40], "post": [0]}, "pre must be between"),
    "negative": ({"pre": [0], "post": [-1]}, r"post \(its smallest value\) must be >= 0, got -1"),
    "not finite": ({"pre": [0], "post": [1], "weight": [np.nan]}, "weight must be finite"),
    "off the grid": ({"pre": [0], "post": [1], "weight": [1.0], "delay": [0.25]}, "delay must be a multiple of dt"),
    "no delay": ({"pre": [0], "post": [1], "weight": [1.0], "delay": [0.0]}, "delay must be at least 0.1 ms"),
    "lengths": ({"pre": [0], "post": [1, 2]}, "post must have as many entries as pre"),
    "weights": ({"pre": [0, 1], "post": [1, 2], "weight": [1.0]}, "weight .one per connection. must have shape"),
    "no weight": ({"pre": [0], "post": [1]}, "weight must be a number, an array or a distribution, got None"),
    "a list": ([[0, 1], [1, 2]], "rule must be a connection rule such as Bernoulli"),
    "a text": ("all_to_all", "rule must be the path of a file that ends in .csv"),
    "one axis": (np.ones(5), "rule must have shape"),
    "wrong shape": (np.ones((N, N + 1)), "rule must have shape"),
}


@pytest.mark.parametrize("case", BAD)
def test_errors_name_the_column_and_leave_no_trace(case):
    rule, message = BAD[case]
    net, _ = network(rb.Bernoulli(0.1), weight=1.0)
    before = net.circuit
    with pytest.raises((TypeError, ValueError), match=message):
        net.connect(net["x"], net["e"], rule, synapse=rb.Exponential(tau=4))
    assert net.circuit == before and len(net.projections) == 1


def test_renamed_columns_are_named_in_errors():
    with pytest.raises(ValueError, match=r"column 'syn' \(weight\) must be finite"):
        rb.Edges({"pre": [0], "post": [0], "syn": [np.inf]}, weight="syn")
    with pytest.raises(ValueError, match=r"column of rule \(weight\) must be one of .* did you mean 'syns'"):
        rb.Edges({"pre": [0], "post": [0], "syns": [1.0]}, weight="syn")
    with pytest.raises(ValueError, match="weight must not be given with edges that hold it"):
        network({"pre": [0], "post": [0], "weight": [1.0]}, weight=2.0)


def test_graphs_must_count_the_neurons_and_have_all_or_no_weights():
    networkx = pytest.importorskip("networkx")
    with pytest.raises(TypeError, match="convert_node_labels_to_integers"):
        rb.Edges(networkx.DiGraph([("a", "b")]))
    graph = networkx.DiGraph([(0, 1), (1, 2)])
    graph.edges[0, 1]["weight"] = 2.0
    with pytest.raises(ValueError, match=r"'weight' .weight. must stand at every edge of rule, 1 → 2 lacks it"):
        rb.Edges(graph)
    assert rb.Edges(graph, weight=None).weight is None


def test_ctrl_c_stops_the_sorting_of_a_list_and_it_tells_how_far_it_is(monkeypatch):
    random, m = np.random.default_rng(0), 20_000_000  # sorted in several times the 50 ms after which it asks
    rule, told = rb.Pairs(*random.integers(0, N, (2, m), dtype=np.int32)), []

    class Pressing(Listing):
        def __init__(self, total, shown):
            super().__init__(total, False)
            self.report = self.show

        def show(self, done):
            told.append((done, self.total))
            signal.raise_signal(signal.SIGINT)

    net, _ = network(rb.Bernoulli(0.1), weight=1.0)
    before = net.circuit
    monkeypatch.setattr("rheobase.models.rules.Listing", Pressing)
    with pytest.raises(KeyboardInterrupt):
        net.connect(net["x"], net["e"], rule, weight=1.0, synapse=rb.Exponential(tau=4), progress=True)
    assert 0 < told[0][0] < told[0][1] and net.circuit == before and len(net.projections) == 1


def test_the_time_that_lists_take_counts_as_construction():
    net, _ = network(rb.Bernoulli(0.1), weight=1.0)
    m = 400_000
    random = np.random.default_rng(1)
    edges = {"pre": random.integers(0, N, m), "post": random.integers(0, N, m), "weight": random.normal(size=m)}
    start = time.perf_counter()
    net.connect(net["x"], net["e"], edges, synapse=rb.Exponential(tau=4))
    took = time.perf_counter() - start
    assert net.run(1).timing.construction > 0.9 * took


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is measured as Linux tells it")
def test_a_list_takes_little_memory_beyond_what_it_keeps(tmp_path):
    """In a process of its own: what lies at the peak against what stays, both beyond what there was before."""
    import subprocess

    script = """
import numpy as np, rheobase as rb, resource
def held(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()
n, m = 20000, 3_000_000
random = np.random.default_rng(1)
pre, post, weight = random.integers(0, n, m), random.integers(0, n, m), random.normal(size=m)
net = rb.Network(threads=1)
e = net.add(rb.LIF(), n)
net.connect(e, e, {"pre": pre[:9], "post": post[:9], "weight": weight[:9]}, synapse=rb.Exponential(tau=5))
net.build()
before = held()
net.connect(e, e, {"pre": pre, "post": post, "weight": weight}, synapse=rb.Exponential(tau=4))
net.build()
status = open('/proc/self/status').read()  # getrusage begins with the peak of whoever started this
peak = int(status.split('VmHWM:')[1].split()[0]) * 1024
print((peak - before) / (held() - before))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2.5
