"""Self-consistent rates of neurons whose inputs, or numbers of connections, are known one by one."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.figures.networks import connected_by_chance
from rheobase.theory import AsynchronousState, self_consistent_rates
from rheobase.theory.inputs.afferents import all_afferents
from rheobase.theory.inputs.differences import _gauss, differences, quenched_variance
from rheobase.theory.mean_fields.self_consistent import SelfConsistentField
from rheobase.units import PER_MS

N = 800


def network(excitatory=200, inhibitory=50, rate=10.0, **neuron):
    """Leaky neurons that receive jumps from Poisson sources: by so many connections, or by a rule."""
    net = rb.Network(dt=0.1, seed=1)
    cells = net.add(rb.LIF(**neuron), N, name="cells")
    for name, n, k, weight in (("x", 4000, excitatory, 1.0), ("y", 1000, inhibitory, -2.0)):
        source = net.add(rb.Poisson(rate=rate), n, name=name)
        rule = k if isinstance(k, rb.DegreeSequences) else rb.FixedInDegree(k)
        net.connect(source, cells, rule, weight=weight, synapse=rb.Delta())
    return net


def rate_of(net):
    return self_consistent_rates(net)["cells"]


def by_kinds(numbers, make):
    """Return the mean rate of neurons that are solved for apart, each kind as a population of its own."""
    kinds, counts = np.unique(numbers, axis=0, return_counts=True)
    return sum(c * rate_of(make(*kind)) for kind, c in zip(kinds, counts, strict=True)) / counts.sum()


@pytest.mark.parametrize("pair", [(150, 260), (0, 260), (1, 1500)])
def test_two_numbers_of_connections_are_two_populations(pair):
    k = np.repeat(pair, N // 2)
    apart = by_kinds(k[:, None], lambda k: network(int(k)))
    assert rate_of(network(k)) == pytest.approx(apart, rel=1e-6)
    sums = rb.DegreeSequences(k, np.bincount(np.arange(k.sum()) % 4000))
    assert rate_of(network(sums)) == pytest.approx(apart, rel=1e-6)


def test_numbers_that_go_together_are_told_from_those_that_do_not():
    """Where inhibition grows with excitation, means are alike, and what makes neurons differ is their noise."""
    random = np.random.default_rng(2)
    excitatory = random.choice([120, 200, 280], N)
    inhibitory = excitatory // 2 - 10
    both = np.stack([excitatory, inhibitory], axis=1), np.stack([excitatory, 180 - inhibitory], axis=1)
    along, against = (by_kinds(numbers, lambda a, b: network(int(a), int(b), I_x=7.0)) for numbers in both)
    assert against > 2 * along
    assert rate_of(network(excitatory, 180 - inhibitory, I_x=7.0)) == pytest.approx(against, rel=1e-6)
    # Neurons with the same mean input count as alike: their noise is that of all of them.
    assert rate_of(network(excitatory, inhibitory, I_x=7.0)) == pytest.approx(along, rel=0.1)


@pytest.mark.parametrize("given", ["array", "distribution"])
@pytest.mark.parametrize("shape", [rb.LogNormal(2, 0.6), rb.Uniform(-5, 20)], ids=lambda d: type(d).__name__)
def test_inputs_of_any_distribution(shape, given):
    """The mean over neurons of the f–I curve that all have."""
    values = shape.sample(N, seed=3)
    field = SelfConsistentField.of(network(I_x=float(values.mean())), alike=True)
    u = field.solve()
    curve, mean = field.curve("cells", u), field.moments(u)[0][0]
    found = rate_of(network(I_x=values if given == "array" else shape))
    every = curve(mean + values - values.mean())
    # Of a distribution that is given, these are but draws.
    allowed = 0.01 * every.mean() + (0 if given == "array" else 4 * every.std() / np.sqrt(N))
    assert found == pytest.approx(every.mean(), abs=allowed)


def test_rates_of_drives_are_known():
    def driven(rate):
        net = rb.Network(dt=0.1, seed=1)
        net.add(rb.LIF(), N, name="cells")
        net.drive(net["cells"], rate, sources=300, weight=1.0, synapse=rb.Delta())
        return net

    rates = np.repeat([4.0, 9.0], N // 2)
    apart = (rate_of(driven(4.0)) + rate_of(driven(9.0))) / 2
    assert rate_of(driven(rates)) == pytest.approx(apart, rel=1e-6)


def test_means_and_variances_are_those_of_the_neurons():
    random = np.random.default_rng(4)
    k, own = random.integers(100, 300, N), random.exponential(3.0, N)
    net = network(k, I_x=own)
    afferents, sources = all_afferents(net.circuit)
    of_each = PER_MS * 10.0 * 10.0 * (k - k.mean()) + own - own.mean()
    own -= own.mean()
    assert quenched_variance(afferents[0], sources, 0.0, own) == pytest.approx(of_each.var())
    found = differences(afferents[0], sources, 0.0, 7, own)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights @ found.parts == pytest.approx([1, 1])
    assert found.weights @ found.shifts == pytest.approx(0, abs=1e-12)
    inputs = PER_MS * 10.0 * 10.0 * k.mean() * (found.parts[:, 0] - 1) + found.shifts
    # Within groups of neurons the spread is left out.
    assert found.weights @ inputs**2 == pytest.approx(of_each.var(), rel=1e-3)


def test_gaussian_quadrature_of_points():
    x, weights = np.array([-1.0, 0.5, 2.0, 7.0]), np.array([1.0, 2, 3, 4])
    nodes, at_nodes = _gauss(x, weights, 3)
    for power in range(6):
        assert nodes @ (at_nodes @ x) ** power == pytest.approx(weights @ x**power / 10)
    nodes, at_nodes = _gauss(x, weights, 9)
    assert sorted(at_nodes @ x) == pytest.approx(x)
    assert len(_gauss(np.array([2.0]), np.ones(1), 3)[0]) == 1


def test_engine_agrees_where_few_neurons_have_most_connections():
    random = np.random.default_rng(5)
    k = np.minimum((60 * (1 + random.pareto(2.2, N))).astype(int), 3999)
    net = network(k, 50, I_x=4.0)
    res = net.run(4200)
    counts = np.bincount(res.spikes("cells").between(200, 4200).indices, minlength=N)
    # Counts of neurons that differ: their mean is known to the irregularity of trains, at most that of Poisson ones.
    error = 4.5 * np.sqrt(counts.mean() / N) / 4
    assert counts.mean() / 4 == pytest.approx(rate_of(net), abs=error + 0.02 * counts.mean() / 4)
    alike = self_consistent_rates(net, alike=True)["cells"]
    assert abs(alike - counts.mean() / 4) > 10 * error


def test_spectra_of_neurons_that_differ_are_those_of_two_populations():
    """Half of e has more connections from x and from e: as one population, and as two."""

    def made(*kinds):
        net = rb.Network(dt=0.1, seed=1)
        cells = [net.add(rb.EIF(), 400 // len(kinds), name=f"e{k}") for k in range(len(kinds))]
        source = net.add(rb.Poisson(rate=12.0), 4000, name="x")
        inhibitory = net.add(rb.EIF(), 100, name="i")
        for e, k in zip(cells, kinds, strict=True):
            net.connect(source, e, rb.FixedInDegree(k), weight=10.0, synapse=rb.Exponential(tau=5))
            net.connect(inhibitory, e, rb.FixedInDegree(20), weight=-20.0, synapse=rb.Exponential(tau=4), delay=1.0)
        net.connect(source, inhibitory, rb.FixedInDegree(200), weight=10.0, synapse=rb.Exponential(tau=5))
        net.connect(
            inhibitory, inhibitory, rb.FixedInDegree(20), weight=-20.0, synapse=rb.Exponential(tau=4), delay=1.0
        )
        return net

    hertz = np.array([0.0, 20.0, 80.0])
    one = AsynchronousState(made(np.repeat([150, 250], 200)), alike=False)
    two = AsynchronousState(made(150, 250))
    onto = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert one.rates == pytest.approx(onto @ two.rates, rel=1e-6)
    assert one.spectra(hertz) == pytest.approx(onto @ two.spectra(hertz) @ onto.T, rel=1e-6)
    assert one.transfer(hertz, "x") == pytest.approx(two.transfer(hertz, "x") @ onto.T, rel=1e-6)
    to_both = two.transfer(hertz)[:, :2, :2].sum(axis=2).mean(axis=1)
    assert one.transfer(hertz)[:, 0, 0] == pytest.approx(to_both, rel=1e-6)
    # What regular trains take from the noise is one part for all kinds of a population.
    assert one.count_statistics(50.0).variances == pytest.approx(onto @ two.count_statistics(50.0).variances, rel=0.1)
    alike = AsynchronousState(made(np.repeat([150, 250], 200)))
    assert abs(alike.rates[0] / one.rates[0] - 1) > 0.05


def test_loop_at_0_hz_is_the_slope_of_rates_of_neurons_that_differ():
    """Senders keep their differences, next to the mean, as their rates grow."""
    field = SelfConsistentField.of(connected_by_chance(1000, 5.0))
    state = AsynchronousState(connected_by_chance(1000, 5.0), alike=False)
    u, h = field.solve(), 0.05

    def grown(k, by):
        factor = 1 + by / u[k] * np.eye(2)[k]
        return np.r_[factor * u[:2], factor**2 * u[2:]]

    slopes = np.column_stack([(field.map(grown(k, h)) - field.map(grown(k, -h)))[:2] / (2 * h) for k in range(2)])
    assert state.rates == pytest.approx(u[:2])
    # Kinds are nodes at one variance, which are moved with it but for the skewness.
    assert state.loop([0.0])[0].real == pytest.approx(slopes, rel=0.01)


def test_some_neurons_fire_where_all_would_be_silent_if_they_were_alike():
    def made(k):
        net = rb.Network(dt=0.1, seed=1)
        cells = net.add(rb.LIF(t_ref=2), N, name="cells")
        source = net.add(rb.Poisson(rate=10.0), 4000, name="x")
        net.connect(source, cells, rb.FixedInDegree(k), weight=0.03, synapse=rb.Exponential(tau=5, reversal=0))
        return net

    with pytest.raises(ValueError, match="in silence"):
        self_consistent_rates(made(np.repeat([0, 160], N // 2)), alike=True)
    assert rate_of(made(np.repeat([0, 160], N // 2))) == pytest.approx(rate_of(made(160)) / 2, rel=0.01)
