"""One call for several things: targets of a projection, variables of a recording; and what counts as a number."""

import numpy as np
import pytest

import rheobase as rb

SYNAPSE = rb.Exponential(tau=5)


def network(n=30):
    net = rb.Network(seed=2, threads=1)
    x = net.add(rb.Poisson(50), n, name="x")
    return net, x, *(net.add(rb.AdEx(), n, name=name, V=rb.Uniform(-72, -56)) for name in "ei")


def outcome(net):
    res = net.run(20)
    return [np.concatenate([res.spikes(p).times, res.spikes(p).indices]) for p in "xei"] + [
        net["e"]["V"],
        net["i"]["V"],
    ]


@pytest.mark.parametrize("weight", [200.0, np.full(900, 150.0)])
def test_a_list_of_targets_is_a_projection_onto_each(weight):
    (one, x, e, _), (by_one, x2, e2, i2) = network(), network()
    made = one.connect(x, [e, "i"], rb.AllToAll(), weight=weight, synapse=SYNAPSE, delay=1.0)
    assert isinstance(made, tuple) and [q.name for q in made] == ["x→e", "x→i"]
    for post in (e2, i2):
        by_one.connect(x2, post, rb.AllToAll(), weight=weight, synapse=SYNAPSE, delay=1.0)
    assert one.circuit == by_one.circuit
    for mine, theirs in zip(outcome(one), outcome(by_one), strict=True):
        assert np.array_equal(mine, theirs)


def test_targets_draw_connections_of_their_own():
    net, x, e, i = network()
    to_e, to_i = net.connect(x, (e, i), rb.Bernoulli(0.5), weight=1.0, synapse=SYNAPSE)
    assert not np.array_equal(to_e.weights.toarray(), to_i.weights.toarray())
    (alone,) = net.connect(x, [e], rb.Bernoulli(0.5), weight=1.0, synapse=SYNAPSE)
    assert alone.name == "x→e 2" and net.connect(x, [], rb.Bernoulli(0.5), weight=1.0, synapse=SYNAPSE) == ()


@pytest.mark.parametrize(
    ("post", "message"),
    [
        (lambda net: ["e", "x"], "post must be made of neurons"),
        (lambda net: ["e", "e"], "post must name each population once"),
        (lambda net: ["e", net.add(rb.LIF(), 7, name="few")], "OneToOne must join populations of one size"),
    ],
)
def test_no_target_is_connected_where_one_is_refused(post, message):
    net, x, *_ = network()
    targets = post(net)
    before = net.circuit
    with pytest.raises(ValueError, match=message):
        net.connect(x, targets, rb.OneToOne(), weight=1.0, synapse=SYNAPSE)
    assert net.circuit == before and not net.projections and net["e"].variables == ["V", "w"]


def test_a_list_of_variables_is_recorded():
    net, x, e, _ = network()
    q = net.connect(x, e, rb.Bernoulli(0.5), weight=200.0, synapse=SYNAPSE)
    net.record(e, ["V", "w", q.variable], neurons=[3, 5], every=0.5)
    res = net.run(5)
    for name in ("V", "w", q.variable):
        assert res.states("e", name).values.shape == (11, 2)
    with pytest.raises(ValueError, match="variable must be new to the recording of 'e', got 'w' again"):
        net.record(e, ["w"])
    with pytest.raises(ValueError, match="variable must name each variable once"):
        net.record(net["i"], ["V", "V"])
    for refused in (["V", "x"], ["V", 5]):
        with pytest.raises((TypeError, ValueError), match="variable of 'i' must be one of"):
            net.record(net["i"], refused)
    net.record(net["i"], ("V",))
    assert net.run(1).states("i", "V").values.shape[1] == 30


def test_there_is_no_delay_of_zero_and_the_error_says_why():
    net, _, e, _ = network()
    for delay in (0, 0.0, np.array([0.1, 0.0])):
        with pytest.raises(
            ValueError, match=r"delay must be at least 0\.1 ms .dt., got 0 ms: all neurons take a step at"
        ):
            net.connect(e, e, rb.Pairs([0, 1], [1, 2]), weight=1.0, synapse=SYNAPSE, delay=delay)


def test_integers_of_numpy_and_pandas_lists_ranges_and_sets_are_numbers():
    net, x, e, _ = network(np.int32(30))
    net.record(e, "V", neurons={5, 3, np.int64(4)})
    net.record(e, "w", neurons=range(2, 4))
    res = net.run(np.float32(1))
    assert res.states("e", "V").neurons.tolist() == [3, 4, 5] and res.states("e", "w").neurons.tolist() == [2, 3]
    q = net.connect(x, e, rb.Pairs({1, 0}, [4, np.int16(2)]), weight=[2, np.int8(3)], synapse=SYNAPSE)
    assert q["pre"].tolist() == [0, 1] and q["weight"].tolist() == [2, 3]
    for refused in ({0.5}, {"a"}, {True}):
        with pytest.raises(TypeError, match="neurons must be a slice, an integer or an array of integers"):
            net.record(net["i"], "V", neurons=refused)
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"cell": pandas.array([7, 8], dtype="Int64"), "rate": [5.0, 6.0]})
    net.record(net["i"], "V", neurons=table["cell"])
    net.record(net["i"], "w", neurons=pandas.Index([1]))
    assert net.run(1).states("i", "V").neurons.tolist() == [7, 8]
    net.add(rb.Poisson(table["rate"]), table["cell"].iloc[0] - 5, name="two")
    with pytest.raises(TypeError, match="neurons must be an array without masked entries"):
        net.record(e, q.variable, neurons=pandas.array([1, None], dtype="Int64"))
