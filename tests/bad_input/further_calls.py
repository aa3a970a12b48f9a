"""One good call of each public callable that no example in a docstring makes: twins of others, for the most part."""

#: By module, what runs after the examples of its docstrings, in the namespace that they have.
CALLS = {
    "rheobase": """
for some in rb.Normal(0, 1), rb.LogNormal(1, 0.5), rb.Uniform(0, 1):
    some.variance()
rb.Normal(0, 1).sample(3, np.random.default_rng(1))
rb.Interrupted("run stopped by Ctrl-C", None)
res["e"]
rb.circuits.cortex(2000).mean_field(rb.rates.ThresholdLinear(), progress=False)
rb.LIF().field([-60.0])
rb.HodgkinHuxley().gate("n", -65.0)
rb.LIF().replaced("tau_m", 20.0)
rb.PairSTDP().replaced("A_plus", 0.1)
rb.GIF.arguments(), rb.Neuromodulator.arguments(), rb.ClopathSTDP.arguments()
""",
    "rheobase.spikes": "trains.train(0), trains.pooled()",
    "rheobase.dynamics": """
CycleBifurcation("fold", 0.0, LimitCycle(1.0, np.array([0.0, 1.0]), np.zeros((2, 1)), np.ones(1)))
Hopf().jacobian([0.1, 0.2])
LinearSystem([[-1, 0], [0, -2]]).field([1.0, 2.0])
LinearSystem([[-1, 0], [0, -2]]).jacobian([1.0, 2.0])
Lorenz().jacobian([1.0, 2.0, 3.0])
PlanarSaddleNode().field([1.0, 2.0])
QuadraticNeuron().field([1.0])
QuadraticNeuron().jacobian([1.0])
QuadraticNeuron().voltage([0.5])
QuadraticNeuron().phase([0.5])
Field(RateField([[0.0, 2.0], [2.0, 0.0]])).sparse_jacobian([0.1, 0.2])
Field(rb.EIF()).unit("V")
RateField([[0.0, 2.0], [2.0, 0.0]]).field([0.1, 0.2])
RateField([[0.0, 2.0], [2.0, 0.0]]).variation([0.1, 0.2], np.eye(2))
RateField([[0.0, 2.0], [2.0, 0.0]]).in_double_precision()
SaddleNode().jacobian([0.1])
""",
    "rheobase.dynamics.hamiltonian": """
for network in (
    AntisymmetricNetwork([[0.0, -1.0], [1.0, 0.0]]),
    SymmetricNetwork([[0.0, 1.0], [1.0, 0.0]]),
    ExcitatoryInhibitoryNetwork([[0.5]], [[1.0]], [[0.0]], r=0.8),
):
    z = network.lift([0.3, 0.1])
    network.deviation(z), network.jacobian(z), network.energy(z), network.gradient(z), network.energy_rate(z)
    network.state_field([0.3, 0.1])
    if not isinstance(network, ExcitatoryInhibitoryNetwork):
        network.state_energy([0.3, 0.1])
network.dissipative(), network.dissipative_rates()
SymmetricNetwork([[0.0, 1.0], [1.0, 0.0]]).manifold_rates([0.3, 0.1])
for pair in Logistic(), Tanh():
    pair.f([0.1]), pair.slope([0.1]), pair.potential([0.1]), pair.inverse([0.1]), pair.conjugate([0.1])
""",
    "rheobase.rates": """
FeedforwardNetwork([[[3200, -800]]], ThresholdLinear(3.58, 9.64)).network([8.0, 15.0])
Interpolated([0, 10, 20], [0, 5, 20]).derivative([10.0, 30.0])
PowerLaw().derivative([1.0])
Softplus().derivative([1.0])
network = RateNetwork([[0.5]], [1.0], ThresholdLinear(), names=["e"])
network.rates([0.1], 0.0)
network.variation([0.1], [[1.0]])
network.simulate(5.0)["e"]
HebbianNetwork(network).field([0.1, 0.5])
""",
    "rheobase.theory": """
AsynchronousState(rb.circuits.cortex(2000, tau_e=4, tau_i=4)).resonance([10.0, 20.0])
Afferent("x", 10, 0.0, 2.0, 1.0, 1.0, (5.0,)).cumulant(3, 10.0)
ColouredNoise(rb.EIF(tau_m=15)).derivative([12.0])
AdaptingNeuron(rb.AdEx(), nodes=4, levels=2).derivative([12.0])
AdaptingMembrane(exponential(15, -72, -55, 2, 5, -75), Adaptation(tau_w=100, a=0.1, b=1, E_L=-72))
on_average = MeanAdaptation(rb.AdEx())
on_average.derivative([12.0])
on_average.current(12.0)
on_average.power_spectrum([5.0], I=12.0)
AsynchronousState(rb.circuits.cortex(2000), progress=False).transfer([10.0, 20.0])
noise_correlations(lambda n: rb.circuits.cortex(n, tau_e=2, tau_i=2), [500], 5.0, progress=False)
theta = rb.Network(dt=0.01)
theta.add(rb.ThetaNeuron(tau_m=10, I_x=lorentzian(100, 1.0, 0.1)), 100, name="p")
exact = ExactRates.of(theta)
exact.field(exact.state([10.0]), 0.0)
Noiseless(rb.EIF(tau_m=15)).derivative([15.0, 20.0])
Noiseless(rb.EIF(tau_m=15)).response([5.0], I=20.0)
Noiseless(rb.EIF(tau_m=15)).pushed([5.0], I=20.0, push=lambda V: -V)
Noiseless(rb.EIF(tau_m=15)).power_spectrum([5.0], I=20.0)
Siegert().derivative([15.0], 1.0)
JumpNoise(rb.LIF(), rate_e=100.0, jump_e=1.0).derivative([15.0])
Siegert().derivative_sigma([15.0], 1.0)
field = SelfConsistentField.of(rb.circuits.cortex(2000), alike=True)
u = field.state([5.0, 8.0], 0.0)
field.field(u)
field.tabulated_curves(u, points=5)
self_consistent_rates(rb.circuits.cortex(2000), alike=True, progress=False)["e"]
mean_field(rb.circuits.cortex(2000), rb.rates.ThresholdLinear(), progress=False)
oscillation_onset(lambda tau_i: rb.circuits.cortex(2000, tau_e=4, tau_i=tau_i), (4.8, 5.6), progress=False)
adapting = rb.Network(dt=0.1, seed=1)
adapting.drive(adapting.add(rb.AdEx(), 20, name="p"), 5.0, sources=100, weight=40.0, synapse=rb.Exponential(tau=5))
measured(adapting, n=2, duration=100.0, seed=0, progress=False)
fits = effective_thresholds(rb.circuits.coba(1000), points=60, n=2, duration=200.0, progress=False)
fits[0].threshold(-60.0, 4.0, 5.0)
""",
    "rheobase.theory.random_networks": """
points = fixed_point_distribution(2.0)
fluctuating_state(2.0, longest=20.0, dt=0.2, progress=False)
points.probability(-1.0, 1.0)
points.sample(5, seed=1)
points.expected_log_count(50)
points.spectrum().density([0.1, 0.5])
points.spectrum().unstable_fraction()
random = RandomNetwork(2.0, 0.0, TANH, np.full((10, 10), 0.3))
random.variation(np.full(10, 0.1), np.eye(10))
random.in_double_precision()
random.eigenvalues(np.full(10, 0.1))
random.simulate(20.0, t_start=1.0, seed=1).autocovariance(2.0)
RateCorrelation(TANH, 1.0).excess_of_slopes(0.1)
Transfer("another", np.tanh, lambda x: 1 / np.cosh(x) ** 2)
velocity_statistics([0.1, 0.2], g=2.0).at_fixed_point()
""",
    "rheobase.learning": """
for some in Perceptron(), MultilayerPerceptron(), Standardizer(), ReadoutRegressor(), ReservoirRegressor():
    some.get_params(True), some.set_params()
Standardizer().fit_transform([[0.0, 2.0], [2.0, 4.0]])
ReadoutRegressor().fit([[1.0], [2.0]], [1.0, 2.0]).predict([[1.0]])
ReservoirRegressor(5, seed=1).fit([[1.0], [2.0]], [1.0, 2.0]).predict([[1.0]])
x, y = np.array([[-2.0], [-1.0], [1.0], [2.0]]), ["a", "a", "b", "b"]
targets = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
for network in MultilayerPerceptron((3,), epochs=2, seed=1).fit(x, y), Perceptron(epochs=2, seed=1).fit(x, y):
    network.outputs(x), network.predict(x), network.score(x, y)
    (network.gradients if isinstance(network, MultilayerPerceptron) else network.gradient)(x, targets)
Perceptron(loss="cross_entropy", epochs=2, seed=1).fit(x, y).predict_proba(x)
Readout(3, rule=RLS(c=10)).update([1.0, 0.0, 2.0], 1.0)
RecurrentNetwork(5, seed=1).fit(np.ones((20, 1)), updates=2).run(steps=5)
pixels, digits = np.zeros((2, 28, 28)), np.arange(2)
np.savez("digits.npz", x_train=pixels, y_train=digits, x_test=pixels, y_test=digits)
load_mnist("digits.npz")
counts, angles = np.ones((3, 2)), np.eye(2)
np.savez("counts.npz", x=counts, y=angles, xTest=counts, yTest=angles, AllOrientations=[0.0, 90.0])
load_spike_counts("counts.npz")
""",
    "rheobase.attractors": """
from rheobase.learning import hebbian
GradedHopfield(hebbian(cross_pattern())).energy(cross_pattern())
HopfieldNetwork(hebbian(cross_pattern())).energy(cross_pattern())
HopfieldNetwork(hebbian(cross_pattern())).follow(cross_pattern().ravel(), 5, seed=1)
""",
    "rheobase.coding": """
Gaussian(1.0, 10.0, 0.0, 20.0).slope([10.0])
VonMises(1.0, 10.0, 0.0, 2.0).slope([10.0])
decoder = PoissonDecoder.from_rates([0.0, 90.0], [[1.0, 9.0], [9.0, 1.0]])
decoder.score([[1, 8], [7, 1]], [0, 90])
""",
    "rheobase.experiments": """rb.trials(net, 2, 1.0)[0]
rb.experiments.TrialError(0, 1, ValueError("no"), None)
rb.experiments.SweepError({"a": 1}, ValueError("no"), rb.sweep(lambda a: {"b": a}, {"a": [1]}))
rb.experiments.Sweep([{"a": 1}], None, {0: 1}, {}, False)
rb.sweep(lambda a: {"b": a}, {"a": [1]})["b"]
""",
    "rheobase.io": """
rb.io.write_sonata(net, "circuit")
rb.io.read_sonata_edges("circuit/edges.h5", "i_to_e")
rb.io.write_sonata_spikes(res, "spikes.h5")
rb.io.read_sonata_spikes("spikes.h5")
alone = rb.Network(threads=1)
alone.add(rb.LIF(), 2, name="cells")
graph = rb.io.to_nir(alone, unit="ms")
rb.io.from_nir(graph, unit="ms")
""",
    "rheobase.figures": 'draw("3.2").save("figure.png"); show("3.2")',
    "rheobase.network": """
e[:3]["V"]
res["e"]
i_to_e["delay"]
i_to_e["weight"] = -45.0
between = i_to_e.between(i[:3], e[:3])
between["weight"]
between["weight"] = -45.0
""",
}
