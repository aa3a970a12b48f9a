"""Wrong arguments: each names the argument, what is required and what came, and leaves the network as it was."""

import pickle

import numpy as np
import pytest
import scipy.sparse

import rheobase as rb

NAN, INF = float("nan"), float("inf")
SYNAPSE = rb.Exponential(tau=5)


class Site:
    """A small network with a population of every kind, and one of another network."""

    def __init__(self):
        self.net = rb.Network(dt=0.1, seed=1, threads=2)
        self.e = self.net.add(rb.EIF(I_x=25), 10, name="e")
        self.i = self.net.add(rb.LIF(), 5, name="i")
        self.x = self.net.add(rb.Poisson(5), 8, name="x")
        self.net.connect(self.x, self.e, rb.FixedInDegree(3), weight=1.0, synapse=SYNAPSE)
        self.foreign = rb.Network().add(rb.LIF(), 10, name="foreign")

    def connect(self, rule=None, pre="x", post="e", **values):
        values = {"weight": 1.0, "synapse": SYNAPSE} | values
        return self.net.connect(
            getattr(self, pre), getattr(self, post), rb.Bernoulli(0.5) if rule is None else rule, **values
        )


def case(call, error, *texts):
    return call, error, texts


NETWORK = [
    case(lambda s: rb.Network(dt=0), ValueError, "dt must be > 0, got 0"),
    case(lambda s: rb.Network(dt=-0.1), ValueError, "dt must be > 0, got -0.1"),
    case(lambda s: rb.Network(dt=NAN), ValueError, "dt must be finite, got nan"),
    case(lambda s: rb.Network(dt="0.1"), TypeError, "dt must be a number, got '0.1'"),
    case(lambda s: rb.Network(dt=True), TypeError, "dt must be a number, got True (bool)"),
    case(lambda s: rb.Network(seed=-1), ValueError, "seed must be >= 0", "got -1"),
    case(lambda s: rb.Network(seed=2**64), ValueError, "seed must be", "got 1.84467e+19"),
    case(lambda s: rb.Network(seed=1.5), TypeError, "seed must be an integer, got 1.5"),
    case(lambda s: rb.Network(seed="1"), TypeError, "seed must be an integer, got '1'"),
    case(lambda s: rb.Network(threads=0), ValueError, "threads must be >= 1", "got 0"),
    case(lambda s: rb.Network(threads=1000), ValueError, "threads must be", "<= 256", "got 1000"),
    case(lambda s: s.net.add(rb.EIF, 10), TypeError, "model must be an instance such as rb.EIF()"),
    case(lambda s: s.net.add("EIF", 10), TypeError, "model must be a neuron model or a source, got 'EIF'"),
    case(lambda s: s.net.add(rb.EIF(), -1), ValueError, "n must be >= 0", "got -1"),
    case(lambda s: s.net.add(rb.EIF(), 10.0), TypeError, "n must be an integer, got 10.0"),
    case(lambda s: s.net.add(rb.EIF(), True), TypeError, "n must be an integer, got True"),
    case(lambda s: s.net.add(rb.EIF(), n=10), TypeError, "missing 1 required positional argument: 'n'"),
    case(lambda s: s.net.add(rb.EIF(), 10, n=0.5), ValueError, "state variable of EIF must be one of 'V', got 'n'"),
    case(lambda s: s.net.add(rb.EIF(), 10, model=0.5), ValueError, "state variable of EIF must be", "got 'model'"),
    case(lambda s: s.net.add(rb.TraubMiles(), 10, n=[0.5]), ValueError, "n must have shape (10,), got (1,)"),
    case(lambda s: s.net.add(rb.Poisson(5), 10, n=0.5), ValueError, "n must not be given", "no state variables"),
    case(lambda s: s.net.add(rb.EIF(), 2**40), ValueError, "n must be", "<= 2.14748e+09"),
    case(lambda s: s.net.add(rb.EIF(), 10, name="e"), ValueError, "name must be new to the network, got 'e' again"),
    case(lambda s: s.net.add(rb.EIF(), 10, name=5), TypeError, "name must be a string, got 5"),
    case(lambda s: s.net.add(rb.EIF(), 10, W=0.0), ValueError, "state variable of EIF must be one of 'V', got 'W'"),
    case(lambda s: s.net.add(rb.EIF(), 10, V=[1.0, 2.0]), ValueError, "V must have shape (10,), got (2,)"),
    case(lambda s: s.net.add(rb.EIF(), 10, V=NAN), ValueError, "V must be finite, got nan"),
    case(lambda s: s.net.add(rb.EIF(), 10, V=np.zeros((10, 1))), ValueError, "V must have shape (10,), got (10, 1)"),
    case(lambda s: s.net.add(rb.EIF(), 2, V=[-70, INF]), ValueError, "V must be finite, got inf at index (1,)"),
    case(lambda s: s.net.add(rb.EIF(), 10, V="rest"), TypeError, "V must be a number, got 'rest'"),
    case(lambda s: s.net.add(rb.EIF(), 2, V=[True, False]), TypeError, "V must hold numbers, got [True, False]"),
    case(lambda s: s.net.add(rb.Poisson(5), 10, V=0.0), ValueError, "V must not be given", "no state variables"),
    case(lambda s: s.net.add(rb.EIF(tau_m=[1, 2, 3]), 10), ValueError, "tau_m must have shape (10,), got (3,)"),
    case(lambda s: s.net.add(rb.EIF(I_x=[1, 2, 3]), 10), ValueError, "I_x must have shape (10,), got (3,)"),
    case(lambda s: s.net.add(rb.EIF(t_ref=0.25), 10), ValueError, "t_ref must be a multiple of dt", "0.2 and 0.3 ms"),
    case(lambda s: s.net.add(rb.EIF(t_ref=1e12), 10), ValueError, "t_ref must be <= 2.14748e+08", "got 1e+12"),
    case(lambda s: s.net.add(rb.EIF(tau_m=rb.Normal(1, 5)), 99), ValueError, "tau_m (its smallest value) must be > 0"),
    case(lambda s: s.net.add(rb.EIF(V_re=rb.Uniform(0, 9)), 99), ValueError, "V_re must be < V_th = 5"),
    case(lambda s: s.net["f"], ValueError, "population must be one of 'e', 'i', 'x', got 'f'"),
    case(lambda s: s.net["xx"], ValueError, "got 'xx'; did you mean 'x'?"),
]

MODELS = [
    case(lambda s: rb.EIF(tau_m=0), ValueError, "tau_m must be > 0, got 0"),
    case(lambda s: rb.EIF(tau_m=-10), ValueError, "tau_m must be > 0, got -10"),
    case(lambda s: rb.EIF(tau_m=[10, -1]), ValueError, "tau_m (its smallest value) must be > 0, got -1"),
    case(lambda s: rb.EIF(D=0), ValueError, "D must be > 0, got 0"),
    case(lambda s: rb.EIF(E_L=INF), ValueError, "E_L must be finite, got inf"),
    case(lambda s: rb.EIF(E_L=[-70, NAN]), ValueError, "E_L must be finite, got nan at index (1,)"),
    case(lambda s: rb.EIF(t_ref=-1), ValueError, "t_ref must be >= 0, got -1"),
    case(lambda s: rb.EIF(V_re=5, V_th=5), ValueError, "V_re must be < V_th = 5, got 5"),
    case(lambda s: rb.EIF(V_re=[-70, 9]), ValueError, "V_re must be < V_th = 5, got 9"),
    case(lambda s: rb.EIF(V_T=6), ValueError, "V_T must be < V_th = 5, got 6"),
    case(lambda s: rb.LIF(V_re=-50), ValueError, "V_re must be < V_th = -55, got -50"),
    case(lambda s: rb.EIF(taum=10), ValueError, "parameter of EIF must be one of 'tau_m'", "did you mean 'tau_m'?"),
    case(lambda s: rb.EIF(DeltaT=2), ValueError, "parameter of EIF must be one of", "got 'DeltaT'"),
    case(lambda s: rb.LIF(V_T=2), ValueError, "parameter of LIF must be one of", "did you mean 'V_th'?"),
    case(lambda s: rb.EIF(10), TypeError, "positional argument"),
    case(lambda s: rb.EIF(tau_m="10"), TypeError, "tau_m must be a number", "got '10'"),
    case(lambda s: rb.EIF(tau_m=None), TypeError, "tau_m must be a number", "got None"),
    case(lambda s: rb.EIF(tau_m=True), TypeError, "tau_m must be a number", "got True"),
    case(lambda s: rb.EIF(tau_m=[True, True]), TypeError, "tau_m must hold numbers, got [True, True]"),
    case(lambda s: rb.EIF(tau_m=[["a"]]), TypeError, "tau_m must be an array of float64, got [['a']]"),
    case(
        lambda s: rb.EIF(tau_m=np.ones((2, 2))), ValueError, "tau_m must be a number or a one-dim", "got shape (2, 2)"
    ),
    case(lambda s: rb.EIF(method="eul"), ValueError, "method must be one of 'etd2', 'euler'", "did you mean 'euler'?"),
    case(lambda s: rb.LIF(method="etd2"), ValueError, "method must be one of 'exact', 'euler'", "got 'etd2'"),
    case(lambda s: rb.LIF(method=2), TypeError, "method must be one of 'exact'", "got 2 (int)"),
    case(lambda s: rb.EIF().tau, AttributeError, "EIF has no attribute 'tau'"),
    case(lambda s: rb.Poisson(-5), ValueError, "rate must be >= 0", "got -5"),
    case(lambda s: rb.Poisson([5, -5]), ValueError, "rate (its smallest value) must be >= 0, got -5"),
    case(lambda s: rb.Poisson(NAN), ValueError, "rate must be finite, got nan"),
    case(lambda s: rb.Poisson(1e300), ValueError, "rate must be", "<= 1e+07, got 1e+300"),
    case(lambda s: rb.Poisson("5"), TypeError, "rate must be a number", "got '5'"),
    case(lambda s: rb.Poisson(True), TypeError, "rate must be a number", "got True"),
    case(lambda s: s.net.add(rb.Poisson([5, 6]), 8), ValueError, "rate must have shape (8,), got (2,)"),
    case(lambda s: s.net.add(rb.Poisson(rb.Normal(0, 5)), 99), ValueError, "rate must be >= 0, got -"),
    case(
        lambda s: rb.Network(dt=10).add(rb.Poisson(1e6), 1), ValueError, "rate must bring at most 500 spikes per step"
    ),
    case(lambda s: rb.Exponential(tau=0), ValueError, "tau must be > 0, got 0"),
    case(lambda s: rb.Exponential(tau=-5), ValueError, "tau must be > 0, got -5"),
    case(lambda s: rb.Exponential(tau=5e-324), ValueError, "tau must be >= 1e-09, got 4.94066e-324"),
    case(lambda s: rb.Exponential(tau=NAN), ValueError, "tau must be finite, got nan"),
    case(lambda s: rb.Exponential(tau=[5, 6]), TypeError, "tau must be a number, got [5, 6] (list)"),
    case(lambda s: rb.Exponential(tau=True), TypeError, "tau must be a number, got True (bool)"),
    case(lambda s: rb.Alpha(tau_s=5), ValueError, "parameter of Alpha must be one of 'tau'", "did you mean 'tau'?"),
    case(
        lambda s: rb.Exponential(norm="areas"), ValueError, "norm must be one of 'area', 'peak'", "did you mean 'area'?"
    ),
    case(lambda s: rb.Exponential(reversal=INF), ValueError, "reversal must be finite, got inf"),
    case(lambda s: rb.Delta(reversal=0.0), ValueError, "reversal must be None for Delta", "got 0"),
    case(lambda s: rb.Exponential(label=5), TypeError, "label must be a string, got 5"),
]

TRAINS = [
    case(lambda s: rb.Trains(), ValueError, "trains or times and indices must be given, and not both"),
    case(lambda s: rb.Trains([[1.0]], times=[1.0], indices=[0]), ValueError, "and not both"),
    case(lambda s: rb.Trains([[1.0]], indices=[0]), ValueError, "indices must not be given with trains"),
    case(lambda s: rb.Trains("abc"), TypeError, "trains must be a list of arrays of times, got 'abc'"),
    case(lambda s: rb.Trains(5.0), TypeError, "trains must be a list of arrays of times, got 5.0"),
    case(lambda s: rb.Trains([1.0, 2.0]), ValueError, "trains[0] must have shape (any,), got ()"),
    case(lambda s: rb.Trains([[1.0], [NAN]]), ValueError, "trains[1] must be finite, got nan"),
    case(lambda s: rb.Trains([[True]]), TypeError, "trains[0] must hold numbers, got [True]"),
    case(lambda s: rb.Trains(times=[1.0]), ValueError, "indices must be given with times"),
    case(
        lambda s: rb.Trains(times=[1.0], indices=[0.5]), TypeError, "indices must be an array of integers", "got [0.5]"
    ),
    case(lambda s: rb.Trains(times=[1.0], indices=[0, 1]), ValueError, "indices must have shape (1,)", "got (2,)"),
    case(lambda s: s.net.add(rb.Trains([[0.25]]), 1), ValueError, "times must be a multiple of dt", "got 0.25 ms"),
    case(lambda s: s.net.add(rb.Trains([[0.0]]), 1), ValueError, "times must be at least one step, 0.1 ms, got 0 ms"),
    case(lambda s: s.net.add(rb.Trains([[-5.0]]), 1), ValueError, "times must be at least one step", "got -5 ms"),
    case(lambda s: s.net.add(rb.Trains([[1e300]]), 1), ValueError, "times must be <= 9.0072e+14, got 1e+300"),
    case(lambda s: s.net.add(rb.Trains([[1.0], [1.0]]), 1), ValueError, "indices must lie between 0 and 0", "got 1"),
    case(
        lambda s: s.net.add(rb.Trains(times=[1.0], indices=[-1]), 3), ValueError, "indices must lie between", "got -1"
    ),
]

RULES = [
    case(lambda s: rb.Bernoulli(1.5), ValueError, "p must be >= 0 and <= 1, got 1.5"),
    case(lambda s: rb.Bernoulli(-0.1), ValueError, "p must be >= 0 and <= 1, got -0.1"),
    case(lambda s: rb.Bernoulli(NAN), ValueError, "p must be finite, got nan"),
    case(lambda s: rb.Bernoulli(True), TypeError, "p must be a number, got True"),
    case(lambda s: rb.FixedTotal(-1), ValueError, "total must be >= 0", "got -1"),
    case(lambda s: rb.FixedTotal(1e3), TypeError, "total must be an integer, got 1000.0"),
    case(
        lambda s: s.connect(rb.FixedInDegree(9)), ValueError, "k must be at most the 8 neurons of the source", "got 9"
    ),
    case(lambda s: s.connect(rb.FixedInDegree(-1)), ValueError, "k must be >= 0, got -1"),
    case(lambda s: s.connect(rb.FixedInDegree(2), weight_bits=8), ValueError, "weight_bits must be 16 or 32, got 8"),
    case(lambda s: s.connect(rb.FixedInDegree(2), weight_bits="16"), TypeError, "weight_bits must be an integer"),
    case(
        lambda s: s.connect(rb.FixedInDegree(2), weight_bits=16, plasticity=rb.VogelsSTDP()),
        ValueError,
        "weight_bits must be 32 for a plastic projection",
    ),
    case(lambda s: s.connect(rb.FixedInDegree(2.0)), TypeError, "k must be an integer", "got 2.0"),
    case(lambda s: s.connect(rb.FixedInDegree(True)), TypeError, "k must be an integer", "got True"),
    case(lambda s: s.connect(rb.FixedInDegree([1, 2])), ValueError, "k must be a number or have one value", "got 2"),
    case(lambda s: s.connect(rb.FixedInDegree([[1] * 10])), ValueError, "one integer per neuron"),
    case(lambda s: s.connect(rb.FixedInDegree(2**33, multapses=True)), ValueError, "k must be below 2^32"),
    case(lambda s: s.connect(rb.FixedOutDegree(11)), ValueError, "k must be at most the 10 neurons of the target"),
    case(
        lambda s: s.connect(rb.FixedOutDegree(10, autapses=False), pre="e"),
        ValueError,
        "k must be at most the 9 neurons",
    ),
    case(lambda s: s.connect(rb.FixedTotal(81, multapses=False)), ValueError, "total must be at most the 80 pairs"),
    case(lambda s: s.connect(rb.OneToOne()), ValueError, "OneToOne must join populations of one size, got 8 and 10"),
    case(lambda s: s.connect(rb.Bernoulli), TypeError, "rule must be a connection rule", "got type"),
    case(lambda s: s.connect(0.5), TypeError, "rule must be a connection rule such as Bernoulli(0.1)", "got float"),
    case(lambda s: s.connect(np.ones((10, 8))), ValueError, "weight must not be given with edges that hold it"),
    case(lambda s: rb.Pairs([0, 1], [0]), ValueError, "post must have as many entries as pre, 2, got 1"),
    case(lambda s: rb.Pairs([0.5], [0]), TypeError, "pre must be an array of integers, got [0.5]"),
    case(lambda s: rb.Pairs([0], [-1]), ValueError, "post (its smallest value) must be >= 0, got -1"),
    case(lambda s: rb.Pairs(0, 0), ValueError, "pre must have shape (any,), got ()"),
    case(lambda s: s.connect(rb.Pairs([8], [0])), ValueError, "pre must hold indices below 8, got 8"),
    case(lambda s: s.connect(rb.Pairs([0], [10])), ValueError, "post must hold indices below 10, got 10"),
    case(
        lambda s: s.connect(scipy.sparse.eye_array(8, 10), weight=None),
        ValueError,
        "rule must have shape (post, pre) = (10, 8)",
    ),
    case(
        lambda s: s.connect(scipy.sparse.eye_array(10, 8)),
        ValueError,
        "weight must not be given with edges that hold it",
    ),
    case(
        lambda s: s.connect(scipy.sparse.csr_array([[NAN] * 8] * 10), weight=None),
        ValueError,
        "entries of rule must be finite, got nan",
    ),
]

CONNECTIONS = [
    case(lambda s: s.connect(pre="foreign"), ValueError, "pre must be a population of this network, got 'foreign'"),
    case(lambda s: s.connect(post="foreign"), ValueError, "post must be a population of this network", "another one"),
    case(lambda s: s.connect(post="x"), ValueError, "post must be made of neurons, got the source 'x'"),
    case(
        lambda s: s.net.connect(3, s.e, rb.AllToAll(), weight=1, synapse=SYNAPSE), TypeError, "pre must be a population"
    ),
    case(
        lambda s: s.net.connect("y", s.e, rb.AllToAll(), weight=1, synapse=SYNAPSE),
        ValueError,
        "pre must be one of 'e'",
    ),
    case(
        lambda s: s.connect(synapse=rb.Exponential),
        TypeError,
        "synapse must be a synapse such as rb.Exponential(tau=5)",
    ),
    case(lambda s: s.connect(synapse=5), TypeError, "synapse must be a synapse", "got 5"),
    case(lambda s: s.connect(weight=None), TypeError, "weight must be a number, an array or a distribution, got None"),
    case(lambda s: s.connect(weight=NAN), ValueError, "weight must be finite, got nan"),
    case(lambda s: s.connect(weight="3"), TypeError, "weight must be a number, got '3'"),
    case(lambda s: s.connect(weight=True), TypeError, "weight must be a number, got True"),
    case(lambda s: s.connect(weight=np.array(3j)), TypeError, "weight must be a number, got np.complex128(3j)"),
    case(lambda s: s.connect(weight=1e39), ValueError, "weight must be", "<= 3.40282e+38, got 1e+39"),
    case(
        lambda s: s.connect(rb.AllToAll(), weight=np.ones(79)),
        ValueError,
        "weight (one per connection)",
        "(80,), got (79,)",
    ),
    case(
        lambda s: s.connect(rb.AllToAll(), weight=np.ones((8, 10))),
        ValueError,
        "weight must have shape (any,), got (8, 10)",
    ),
    case(
        lambda s: s.connect(rb.AllToAll(), weight=[1, NAN]), ValueError, "weight must be finite, got nan at index (1,)"
    ),
    case(
        lambda s: s.connect(rb.AllToAll(), weight=[1, -1e39]), ValueError, "weight (its smallest value) must be >= -3.4"
    ),
    case(
        lambda s: s.connect(rb.AllToAll(), weight=[]),
        ValueError,
        "weight (one per connection) must have shape (80,), got (0,)",
    ),
    case(lambda s: s.connect(rb.AllToAll(), weight=[True] * 80), TypeError, "weight must hold numbers"),
    case(lambda s: s.connect(weight=rb.Normal(0, 1, low=9)), ValueError, "weight must fall between 9 and inf in 1 %"),
    case(lambda s: s.connect(weight=rb.LogNormal(300, 1)), ValueError, "mean of weight must be", "<= 3.40282e+38"),
    case(
        lambda s: s.connect(delay=0),
        ValueError,
        "delay must be at least 0.1 ms (dt), got 0 ms: all neurons take a step at once",
    ),
    case(lambda s: s.connect(delay=-1), ValueError, "delay must be at least 0.1 ms", "got -1 ms"),
    case(
        lambda s: s.connect(delay=0.15),
        ValueError,
        "delay must be a multiple of dt = 0.1 ms, got 0.15 ms",
        "0.1 and 0.2 ms",
    ),
    case(lambda s: s.connect(delay=6553.6), ValueError, "delay must be at most 6553.5 ms (65535 steps), got 6553.6 ms"),
    case(lambda s: s.connect(delay=1e300), ValueError, "delay must be at most 9.0072e+14 ms", "got 1e+300 ms"),
    case(lambda s: s.connect(delay=True), TypeError, "delay must be a number, got True"),
    case(
        lambda s: s.connect(rb.AllToAll(), delay=[0.1, 0.25]),
        ValueError,
        "delay must be a multiple of dt",
        "got 0.25 ms",
    ),
    case(
        lambda s: s.connect(rb.AllToAll(), delay=[0.1, 7000.0]),
        ValueError,
        "delay must be at most 6553.5 ms",
        "got 7000 ms",
    ),
    case(lambda s: s.connect(rb.AllToAll(), delay=[0.1, 0.0]), ValueError, "delay must be at least 0.1 ms", "got 0 ms"),
    case(
        lambda s: s.connect(rb.AllToAll(), delay=[0.1, 0.2]),
        ValueError,
        "delay (one per connection) must have shape (80,)",
    ),
    case(
        lambda s: s.connect(delay=rb.Normal(1e5, 1)),
        ValueError,
        "delay must be at most 6553.5 ms",
        "bound them with high=",
    ),
    case(lambda s: s.connect(delay=rb.LogNormal(2, 3)), ValueError, "delay must be at most 6553.5 ms", "high="),
    case(lambda s: s.connect(delay=rb.Uniform(0, 0.04)), ValueError, "delay must be able to reach dt = 0.1 ms"),
    case(
        lambda s: s.connect(delay=rb.Normal(-9, 1)),
        ValueError,
        "delay must fall between 0.05 and inf in 1 % of its draws",
    ),
    case(lambda s: s.net.drive(s.e, rate=-8, weight=1, synapse=SYNAPSE), ValueError, "rate must be >= 0, got -8"),
    case(lambda s: s.net.drive(s.e, rate=8, sources=-1, weight=1, synapse=SYNAPSE), ValueError, "sources must be >= 0"),
    case(
        lambda s: s.net.drive(s.e, rate=1e9, weight=1, synapse=SYNAPSE),
        ValueError,
        "rate * sources must bring at most 500 spikes",
    ),
    case(lambda s: s.net.drive(s.e, rate=8, weight=NAN, synapse=SYNAPSE), ValueError, "weight must be finite, got nan"),
    case(lambda s: s.net.drive(s.x, rate=8, weight=1, synapse=SYNAPSE), ValueError, "post must be made of neurons"),
    case(
        lambda s: s.net.drive(s.foreign, rate=8, weight=1, synapse=SYNAPSE),
        ValueError,
        "post must be a population of this",
    ),
    case(lambda s: s.net.drive(s.e, rate=8, weight=1, synapse=None), TypeError, "synapse must be a synapse"),
]

DISTRIBUTIONS = [
    case(lambda s: rb.Uniform(2, 1), ValueError, "low must be <= high = 1, got 2"),
    case(lambda s: rb.Uniform(NAN, 1), ValueError, "low must be finite, got nan"),
    case(lambda s: rb.Normal(0, -1), ValueError, "std must be >= 0, got -1"),
    case(lambda s: rb.Normal(INF, 1), ValueError, "mean must be finite, got inf"),
    case(lambda s: rb.Normal(0, 1, low=3, high=2), ValueError, "low must be < high = 2, got 3"),
    case(lambda s: rb.Normal(0, 1, low=NAN), TypeError, "low must be a number, got nan"),
    case(lambda s: rb.Normal(0, 0, low=1), ValueError, "mean must lie in [low, high] = [1, inf], got 0"),
    case(lambda s: rb.LogNormal(0, -1), ValueError, "sigma must be >= 0, got -1"),
    case(lambda s: rb.LogNormal(1000, 1), ValueError, "mu + sigma^2 / 2 must be <= 700, got 1000.5"),
    case(lambda s: rb.Uniform("a", 1), TypeError, "low must be a number, got 'a'"),
    case(lambda s: s.net.add(rb.LIF(), 9, V=rb.Normal(0, 1, low=20)), ValueError, "between low and high"),
]

RUNS = [
    case(lambda s: s.net.run(-1), ValueError, "duration must be at least 0 ms", "got -1 ms"),
    case(
        lambda s: s.net.run(0.25),
        ValueError,
        "duration must be a multiple of dt = 0.1 ms, got 0.25 ms",
        "0.2 and 0.3 ms",
    ),
    case(lambda s: s.net.run(NAN), ValueError, "duration must be finite, got nan"),
    case(lambda s: s.net.run(INF), ValueError, "duration must be finite, got inf"),
    case(lambda s: s.net.run(1e300), ValueError, "duration must be at most 9.0072e+14 ms", "got 1e+300 ms"),
    case(lambda s: s.net.run("10"), TypeError, "duration must be a number, got '10'"),
    case(lambda s: s.net.run(None), TypeError, "duration must be a number, got None"),
    case(lambda s: s.net.run(True), TypeError, "duration must be a number, got True"),
    case(lambda s: s.net.record(s.e, "U"), ValueError, "variable of 'e' must be one of 'V', 'I_x_syn', got 'U'"),
    case(lambda s: s.net.record(s.e, "I_x_sy"), ValueError, "did you mean 'I_x_syn'?"),
    case(
        lambda s: s.net.record(s.e, "I_x"),
        ValueError,
        "variable of 'e' must be one of 'V', 'I_x_syn', got the parameter 'I_x'",
    ),
    case(lambda s: s.net.record(s.i, "tau_m"), ValueError, "must be one of 'V', got the parameter 'tau_m'"),
    case(lambda s: s.net.record(s.e, 5), TypeError, "variable of 'e' must be one of 'V', 'I_x_syn', got 5"),
    case(lambda s: s.net.record(s.x, "V"), ValueError, "population 'x' must be made of neurons to have variables"),
    case(lambda s: s.net.record(s.foreign, "V"), ValueError, "population must be a population of this network"),
    case(lambda s: s.net.record(s.e, "V", neurons=[10]), ValueError, "neurons must lie between 0 and 9, got 10"),
    case(lambda s: s.net.record(s.e, "V", neurons=-1), ValueError, "neurons must lie between 0 and 9, got -1"),
    case(lambda s: s.net.record(s.e, "V", neurons=[0.5]), TypeError, "neurons must be a slice, an integer or an array"),
    case(lambda s: s.net.record(s.e, "V", neurons=True), TypeError, "neurons must be a slice", "got True"),
    case(lambda s: s.net.record(s.e, "V", neurons=[True] * 9), ValueError, "neurons must have shape (10,)"),
    case(lambda s: s.net.record(s.e, "V", neurons=[[0, 1]]), ValueError, "neurons must be a slice", "shape (1, 2)"),
    case(lambda s: s.net.record(s.e, "V", every=0), ValueError, "every must be at least 0.1 ms", "got 0 ms"),
    case(lambda s: s.net.record(s.e, "V", every=0.25), ValueError, "every must be a multiple of dt", "got 0.25 ms"),
    case(lambda s: s.net.record(s.e, "V", every=-1), ValueError, "every must be at least 0.1 ms", "got -1 ms"),
    case(lambda s: s.e["W"], ValueError, "variable or parameter of 'e' must be one of 'V', 'I_x_syn', 'tau_m'"),
    case(lambda s: s.x["V"], ValueError, "variable or parameter of 'x' must be one of 'rate', got 'V'"),
    case(lambda s: s.e.__setitem__("V", [1.0, 2.0]), ValueError, "V must have shape (10,), got (2,)"),
    case(lambda s: s.e.__setitem__("V", NAN), ValueError, "V must be finite, got nan"),
    case(lambda s: s.e.__setitem__("g", 1.0), ValueError, "variable or parameter of 'e' must be one of"),
    case(lambda s: s.e["tau"], ValueError, "got 'tau'; did you mean 'tau_m'?"),
    case(lambda s: s.e[1.0], TypeError, "neurons of 'e' must be a name, a slice, a mask or indices", "got 1.0 (float)"),
    case(lambda s: s.e.__setitem__(0, 1.0), TypeError, "variable or parameter of 'e' must be one of", "got 0 (int)"),
    case(
        lambda s: s.x.__setitem__("V", 1.0), ValueError, "variable or parameter of 'x' must be one of 'rate', got 'V'"
    ),
    case(lambda s: s.net.run(1).spikes("f"), ValueError, "population must be one of 'e', 'i', 'x', got 'f'"),
    case(lambda s: s.net.run(1).spikes(0), TypeError, "population must be one of 'e', 'i', 'x', got 0 (int)"),
    case(
        lambda s: s.net.run(1).states("e", "V"),
        ValueError,
        "variable of population 'e' must have been recorded: call net.record('e', 'V')",
    ),
    case(lambda s: s.net.run(1).states("f", "V"), ValueError, "population must be one of 'e', 'i', 'x', got 'f'"),
    case(
        lambda s: s.net.run(1).rates(t_start=2), ValueError, "t_start must be before the end of the run, 1 ms, got 2 ms"
    ),
    case(lambda s: s.net.run(1).rates(t_start=-1), ValueError, "t_start must be >= 0, got -1"),
    case(lambda s: s.net.run(1).rates(t_start=NAN), ValueError, "t_start must be finite, got nan"),
    case(lambda s: rb.circuits.cortex(100), ValueError, "neurons must be >= 200 and <= 2.14748e+09, got 100"),
]

CASES = NETWORK + MODELS + TRAINS + RULES + CONNECTIONS + DISTRIBUTIONS + RUNS


@pytest.fixture(scope="module")
def untouched():
    return Site().net.run(2.0)


@pytest.mark.parametrize(("call", "error", "texts"), CASES)
def test_bad_input_is_named_and_leaves_the_network_usable(call, error, texts, untouched):
    site = Site()
    circuit, held = site.net.circuit, pickle.dumps(site.net)
    with pytest.raises(error) as caught:
        call(site)
    if site.net.t == 0:
        assert site.net.circuit == circuit and pickle.dumps(site.net) == held
    message = str(caught.value)
    for text in texts:
        assert text in message, message
    assert site.net.synapse_count in (0, 30)
    began = site.net.t
    result = site.net.run(2.0 - began)
    assert set(result.populations) == {"e", "i", "x"} and site.net.t == pytest.approx(2.0)
    if began == 0:  # the same spikes as if nothing had been tried
        for name in result.spikes():
            assert np.array_equal(result.spikes(name).times, untouched.spikes(name).times)


def test_there_are_enough_of_them():
    assert len(CASES) > 60


def test_recording_twice_is_named():
    site = Site()
    site.net.record(site.e, "V")
    with pytest.raises(ValueError, match="variable must be new to the recording of 'e', got 'V' again"):
        site.net.record(site.e, "V", neurons=[0])
    assert site.net.run(1.0).states("e", "V").values.shape == (11, 10)


def test_mean_fields_say_what_they_cannot_do():
    site = Site()
    site.connect(synapse=rb.Exponential(tau=5, reversal=0.0))
    with pytest.raises(ValueError, match="synapse must carry a current for a mean field"):
        site.net.mean_field(rb.rates.ThresholdLinear())
    site = Site()
    given = site.net.add(rb.Trains([[1.0]]), 1)
    site.net.connect(given, site.e, rb.AllToAll(), weight=1.0, synapse=SYNAPSE)
    with pytest.raises(ValueError, match="sources must be steady Poisson processes for a mean field, got 'p3'"):
        site.net.mean_field()
