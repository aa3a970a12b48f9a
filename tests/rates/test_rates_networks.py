"""Rate networks: the textbook's numbers, both forms, inputs, noise, plasticity and layers."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import simpson

from rheobase.dynamics import classify, numerical_jacobian
from rheobase.rates import (
    FeedforwardNetwork,
    HebbianNetwork,
    Logistic,
    PlasticNetwork,
    RateNetwork,
    SampledInput,
    Softplus,
    Tanh,
    ThresholdLinear,
    classical_suppression,
    excitatory_inhibitory,
    mutual_excitation,
    self_connected_neuron,
    stabilised_suppression,
    wilson_cowan,
)

BOX = [(0, 100), (0, 100)]
W, X = [[1920, -1800], [5600, -2800]], [24, 16]


@pytest.mark.parametrize(
    ("tau", "eigenvalue", "kind"),
    [
        ((30, 15), -0.26957333 + 0.26557001j, "stable spiral"),
        ((15, 30), 0.01205333 + 0.37822206j, "unstable spiral"),
    ],
)
def test_fixed_point_and_eigenvalues(tau, eigenvalue, kind):
    (point,) = excitatory_inhibitory(tau).fixed_points(BOX)
    assert point.u == pytest.approx([6.517949, 13.918781], abs=5e-7)
    assert point.eigenvalues == pytest.approx(np.array([eigenvalue, eigenvalue.conjugate()]), abs=7.1e-9)
    assert point.kind == kind
    assert point.determinant == pytest.approx(0.1431972, abs=5e-8)
    # The formula (3.10) itself.
    gW = 3.58e-3 * np.array(W)
    exact = np.linalg.solve(np.eye(2) - gW, 3.58 * (np.array(X) - 9.64))
    assert point.u == pytest.approx(exact, abs=1e-10)
    assert gW.ravel() == pytest.approx([6.8736, -6.444, 20.048, -10.024])


def test_fixed_point_at_twice_the_input():
    (point,) = excitatory_inhibitory(r_x=10).fixed_points(BOX)
    assert point.u == pytest.approx([15.4888, 35.4289], abs=5e-5)


def test_e21_a_negative_determinant_is_a_saddle():
    """Printed: "we still need the determinant to be negative for stability"."""
    net = excitatory_inhibitory()
    (point,) = net.fixed_points(BOX)
    assert point.stable
    assert point.determinant > 0
    flipped = RateNetwork([[500, -100], [100, 200]], X, ThresholdLinear(), tau=10)
    J = flipped.jacobian(np.array([50.0, 50.0]))
    assert np.trace(J) > 0 or np.linalg.det(J) < 0
    saddle = RateNetwork([[200, 500], [500, -200]], X, ThresholdLinear(), tau=10).jacobian(np.array([50.0, 5.0]))
    assert np.trace(saddle) < 0
    assert np.linalg.det(saddle) < 0
    assert classify(saddle) == "saddle"


def test_e23_the_rate_network_has_the_means_of_the_spiking_figure():
    """Ex. 3.3.1 repeats the spiking Fig. 3.3, whose mean-field lines are those of the rate network in Fig. 3.4."""
    assert excitatory_inhibitory().simulate(200).rates[-1] == pytest.approx([6.517949, 13.918781], abs=1e-6)


def test_relaxation_overshoots():
    euler = excitatory_inhibitory((30, 15)).simulate(200, method="euler")
    assert euler.rates.max(axis=0) == pytest.approx([6.957, 14.574], abs=5e-4)
    assert euler.times[euler.rates.argmax(axis=0)] == pytest.approx([8.7, 10.7])
    exact = excitatory_inhibitory((30, 15)).simulate(200)
    assert exact.rates[-1] == pytest.approx([6.517949, 13.918781], abs=1e-6)
    assert exact["e"].max() == pytest.approx(6.929, abs=5e-4)


def test_cycle_by_euler():
    run = excitatory_inhibitory((15, 30)).simulate(1000, method="euler")
    late = run.rates[run.times > 300]
    assert late.min(axis=0) == pytest.approx([2.714, 9.383], abs=5e-4)
    assert late.max(axis=0) == pytest.approx([10.618, 19.293], abs=5e-4)
    assert run.rates.max(axis=0) == pytest.approx([19.19, 31.24], abs=5e-3)
    r = run["e"][run.times > 300] - 6
    crossings = np.flatnonzero((r[:-1] < 0) & (r[1:] >= 0))
    assert np.diff(crossings).mean() * 0.1 == pytest.approx(31.4, abs=0.05)


@pytest.mark.parametrize(("dt", "critical"), [(0.1, 27.056), (0.01, 28.043), (1e-6, 28.153)])
def test_euler_shifts_the_hopf_point(dt, critical):
    """|1 + dt λ| = 1 for the Euler map, at a smaller τ_i than the flow's 28.153."""

    def growth(tau_i):
        (point,) = excitatory_inhibitory((15, tau_i)).fixed_points([(0, 30), (0, 30)], points=31)
        return float(2 * point.eigenvalues[0].real + dt * abs(point.eigenvalues[0]) ** 2)

    from scipy.optimize import brentq

    assert brentq(growth, 20, 35, xtol=1e-9) == pytest.approx(critical, abs=5e-4)


def test_euler_oscillates_where_the_flow_rests():
    net = excitatory_inhibitory((15, 27.6))
    start = np.array([6.517949, 13.918781]) + 0.01
    ends = {m: np.abs(net.simulate(3000, x0=start, method=m).rates[-300:] - start).max() for m in ("euler", "rk4")}
    assert ends["euler"] > 1
    assert ends["rk4"] < 0.03


@pytest.mark.parametrize("method", ["adaptive", "rk4", "euler"])
def test_both_forms_are_one_model_for_any_input(method):
    """With one time constant I = W r turns (3.11) into (3.12), whatever X(t) (book B.7)."""

    def drive(t):
        return np.array([24 + 4 * np.sin(t / 7), 16 + t / 40])

    rate = RateNetwork(W, drive, ThresholdLinear(), tau=20)
    current = RateNetwork(W, drive, ThresholdLinear(), tau=20, form="current")
    r0 = np.array([3.0, 9.0])
    a = rate.simulate(100, 0.1, r0, method=method)
    b = current.simulate(100, 0.1, rate.coupling @ r0, method=method)
    tolerance = 1e-6 if method == "adaptive" else 1e-12
    assert a.rates @ rate.coupling.T == pytest.approx(b.states, abs=tolerance)


def test_both_forms_share_fixed_points_and_their_stability():
    rate, current = excitatory_inhibitory(), excitatory_inhibitory(form="current")
    (a,) = rate.fixed_points(BOX)
    (b,) = current.fixed_points([(-100, 100), (-100, 100)])
    assert current.rates(b.u) == pytest.approx(a.u, abs=1e-8)
    assert rate.coupling @ a.u == pytest.approx(b.u, abs=1e-8)
    # diag(1/τ)(−1 + GW) and diag(1/τ)(−1 + WG) are similar by G, whatever the gains and time constants.
    curves = [Softplus(width=2), Tanh(50, 50, 20, 8)]
    u = np.array([6.0, 13.0])
    one = RateNetwork(W, X, curves, tau=[30, 15])
    other = RateNetwork(W, X, curves, tau=[30, 15], form="current")
    at_u = np.linalg.eigvals(one.jacobian(u))
    assert np.linalg.eigvals(other.jacobian(one.coupling @ u)) == pytest.approx(at_u)
    # In the current form v = I + X follows τ v' = −v + W f(v) + X + τ X'.
    net = RateNetwork(W, lambda t: np.array([24 + t, 16.0]), ThresholdLinear(), tau=[30, 15], form="current")
    v = net.total_input(b.u, 2.0)
    dv = net.field(b.u, 2.0) + np.array([1.0, 0.0])
    lhs = np.array([30, 15]) * dv
    assert lhs == pytest.approx(-v + net.coupling @ net.activation(v) + net.external(2.0) + np.array([30.0, 0]))


@pytest.mark.parametrize(
    "net",
    [
        excitatory_inhibitory(),
        excitatory_inhibitory(form="current"),
        RateNetwork(W, X, [Softplus(width=2), Tanh(50, 50, 20, 8)], tau=[30, 15]),
        RateNetwork(W, X, [Softplus(width=2), Tanh(50, 50, 20, 8)], tau=[30, 15], form="current"),
        RateNetwork(W, X, lambda current: current**2 / 50, tau=12),
        mutual_excitation(),
        wilson_cowan(),
        stabilised_suppression(),
    ],
)
def test_jacobian_and_vectorised_field(net):
    u = np.array([6.0, 13.0])
    assert net.jacobian(u) == pytest.approx(numerical_jacobian(net.field, u), rel=1e-7, abs=1e-9)
    many = np.array([[1.0, 6.0, 10.0], [2.0, 13.0, 4.0]])
    assert net.field(many)[:, 1] == pytest.approx(net.field(u), rel=1e-13)


def test_linear_response_and_the_paradoxical_effect():
    net = excitatory_inhibitory()
    (point,) = net.fixed_points(BOX)
    response = net.response(point.u)
    assert response == pytest.approx(np.array([[0.612456, -0.358007], [1.113799, -0.326317]]), abs=5e-7)
    assert response[1, 1] == pytest.approx(-0.3263, abs=5e-5)
    # More input to the inhibitory population lowers its own rate: against simulation.
    from dataclasses import replace

    nudged = replace(net, X=np.array([24.0, 17.0])).simulate(400).rates[-1] - point.u
    assert nudged == pytest.approx(response[:, 1], abs=1e-6)
    g, w = 3.58e-3, np.array(W)
    delta = (1 - g * w[0, 0]) * (1 - g * w[1, 1]) - g**2 * w[0, 1] * w[1, 0]
    assert delta > 0
    assert g * w[0, 0] > 1
    assert response[1, 1] == pytest.approx(3.58 * (1 - g * w[0, 0]) / delta)


def test_balance_of_strong_coupling():
    """Rates approach −W⁻¹ W_x r_x as the coupling grows; positivity needs w_ex/w_ix > w_ei/w_ii > w_ee/w_ie."""
    balanced = -np.linalg.solve(np.array(W) * 1e-3, X)
    assert balanced == pytest.approx([8.163265, 22.040816], abs=5e-7)
    assert 4800 / 3200 > 1800 / 2800 > 1920 / 5600
    gaps = []
    for scale in (1, 10, 100):
        net = RateNetwork(scale * np.array(W), scale * np.array(X), ThresholdLinear(), tau=(30, 15))
        (point,) = net.fixed_points(BOX)
        gaps.append(np.abs(point.u - balanced).max())
    assert gaps[0] > 5
    assert gaps[2] < gaps[1] / 9 < gaps[0] / 9


@pytest.mark.parametrize(
    ("make", "surround", "rates", "inhibition", "eigenvalues"),
    [
        (classical_suppression, False, (10, 0, 5), -0.0025, None),
        (classical_suppression, True, (8, 8, 8), -0.004, (-0.025, -0.0625 + 0.016137j, -0.0625 - 0.016137j)),
        (stabilised_suppression, False, (10, 7.5), -0.030, (-0.026741, -0.623259)),
        (stabilised_suppression, True, (6.6666667, 6.6666667), -0.026666667, (-0.026741, -0.623259)),
    ],
)
def test_surround_suppression(make, surround, rates, inhibition, eigenvalues):
    net = make(True, surround)
    assert net.simulate(3000, 0.5).rates[-1] == pytest.approx(rates, abs=1e-6)
    assert net.field(np.array(rates)) == pytest.approx(np.zeros(len(rates)), abs=1e-7)
    # The textbook quotes inhibitory inputs in kHz.
    assert np.asarray(net.W)[0, -1] * rates[-1] / 1000 == pytest.approx(inhibition, abs=1e-9)
    if eigenvalues:
        got = np.linalg.eigvals(net.jacobian(np.array(rates) + 1e-9))
        assert np.sort_complex(got) == pytest.approx(np.sort_complex(np.array(eigenvalues, dtype=complex)), abs=1e-6)


def test_suppression_with_less_inhibition():
    """Responses [[2/3, −1/3], [5/12, −1/12]]: the surround lowers both rates, and so the inhibition too."""
    net = stabilised_suppression()
    assert net.response([10, 7.5]) == pytest.approx(np.array([[2 / 3, -1 / 3], [5 / 12, -1 / 12]]))
    inhibition = [
        -4 * make(True, s).simulate(3000, 0.5).rates[-1, -1]
        for make in (stabilised_suppression,)
        for s in (False, True)
    ]
    assert abs(inhibition[1]) < abs(inhibition[0])


def test_time_dependent_input_as_function_and_as_samples():
    pulse = np.zeros((2000, 2))
    pulse[500:1000] = X
    sampled = RateNetwork(W, SampledInput(pulse, 0.1), ThresholdLinear(), tau=(30, 15))
    called = RateNetwork(W, lambda t: np.array(X) * (50 - 1e-9 <= t < 100 - 1e-9), ThresholdLinear(), tau=(30, 15))
    a, b = sampled.simulate(200, method="euler"), called.simulate(200, method="euler")
    assert a.rates == pytest.approx(b.rates, abs=1e-12)
    assert a.rates[999] == pytest.approx([6.518, 13.919], abs=1e-2)
    assert np.abs(a.rates[:501]).max() == 0
    # The adaptive solver must not step over a pulse much shorter than the time constants.
    short = np.zeros((2000, 2))
    short[500:503] = 10 * np.array(X)
    net = RateNetwork(W, SampledInput(short, 0.1), ThresholdLinear(), tau=(30, 15))
    assert net.simulate(200).rates.max() == pytest.approx(net.simulate(200, 0.01, method="euler").rates.max(), rel=0.02)


def test_e63_no_switching_at_the_noise_of_the_exercise():
    """Printed: switching at σ = 1 and 5. From r = 60 each run falls to one state and stays; σ ≈ 30 is needed."""
    net = self_connected_neuron()
    kramers = 0.22162 * np.exp(-2 * 971.24 / 5.0**2)
    assert kramers == pytest.approx(4e-35, rel=0.1)
    for sigma, sd in ((0.1, 0.072), (1, 0.718), (5, 3.6)):
        run = net.simulate(300, 0.1, 60.0, method="euler", noise=sigma, seed=11)
        late = run.rates[run.times > 20, 0]
        assert (late < 50).all() or (late > 70).all()
        # Ornstein–Uhlenbeck with rate 0.9695: about 130 independent samples in 280 units, so the s.d. has a relative
        # error of 1/√260 = 0.06, five of them: false alarm 6e-7; Euler's own −2.5 % and the curvature come on top.
        assert late.std() == pytest.approx(sd, rel=0.35)
    loud = net.simulate(3000, 0.1, 60.0, method="euler", noise=30.0, seed=11).rates[:, 0]
    high = loud[200:] > 100
    low = loud[200:] < 20
    # Kramers' 0.0256 a unit of time: about 75 switches; fewer than 20 has probability below 1e-10.
    state = np.where(high, 1, np.where(low, -1, 0))
    visits = state[state != 0]
    assert (np.diff(visits) != 0).sum() > 20


def test_noise_of_a_linear_network():
    """Stationary s.d. of the noisy neuron near a fixed point is σ/√(2·0.9695)."""
    run = self_connected_neuron().simulate(2000, 0.02, 119.694, method="euler", noise=1.0, seed=2)
    # 2000 independent samples of correlation time 1.03 give 1 / √(2·1000) = 0.022; five of them: false alarm 6e-7.
    assert run.rates[1000:].std() == pytest.approx(1 / np.sqrt(2 * 0.969487), rel=0.12)


def plastic():
    return PlasticNetwork(excitatory_inhibitory(r_x=10), r_0=5, epsilon_r=4000)


def test_plastic_fixed_point():
    point = plastic().fixed_point()
    assert point.u == pytest.approx([5, 16.354209, -2847.178], abs=5e-4)
    assert point.u[1] == pytest.approx(16.354209, abs=5e-7)
    assert point.eigenvalues[0] == pytest.approx(-3.0249e-4, abs=5e-9)
    assert point.eigenvalues[1] == pytest.approx(-0.26942 + 0.48743j, abs=5e-6)
    assert point.stable
    net = plastic()
    u = np.array([8.0, 21.0, -2400.0])
    assert net.jacobian(u) == pytest.approx(numerical_jacobian(net.field, u), rel=1e-8, abs=1e-12)


def test_plastic_run_by_euler():
    run = plastic().simulate(2000, method="euler")
    assert run["e"].max() == pytest.approx(16.608, abs=1e-3)
    assert run.times[run["e"].argmax()] == pytest.approx(8.1)
    for t, rates in ((100, (13.224, 31.353)), (500, (9.620, 24.768)), (1000, (8.010, 21.833)), (1999, (6.667, 19.389))):
        assert run.rates[10 * t] == pytest.approx(rates, abs=1e-3)
    assert run.w_ei[19990] == pytest.approx(-2543.04, abs=1e-2)
    # Slow time constant 3.3 s: after ten of them the target is reached.
    late = plastic().simulate(33_000, 10.0).states[-1]
    assert late == pytest.approx([5, 16.354209, -2847.178], rel=1e-3)


def test_e25_the_printed_sign_has_no_fixed_point():
    """−ε[(r_e − 2 r_0) r_i − r_e r_i] = +2 ε r_0 r_i > 0: with the printed sign the weight grows for ever."""
    rng = np.random.default_rng(0)
    for r_e, r_i in rng.uniform(0.1, 50, (20, 2)):
        printed = -((r_e - 10) * r_i - r_e * r_i)
        correct = -((r_e - 10) * r_i + r_e * r_i)
        assert printed == pytest.approx(10 * r_i)
        assert correct == pytest.approx(-2 * (r_e - 5) * r_i)
        drift = plastic().field(np.array([r_e, r_i, -2000.0]))[2]
        assert np.sign(drift) == np.sign(correct)


def test_e28_each_population_has_its_own_curve():
    """Printed: f_e in the second line. With different curves the fixed point must use f_i for r_i."""
    base = excitatory_inhibitory(r_x=10)
    curves = [ThresholdLinear(), ThresholdLinear(2.0, 5.0)]
    net = PlasticNetwork(RateNetwork(W, base.X, curves, tau=(30, 15)), r_0=5)
    r_i = net.fixed_point().u[1]
    assert r_i == pytest.approx(2.0 * (28 + 32 - 5) / (1 + 2.0 * 2.8))
    assert r_i != pytest.approx(16.354209, abs=0.1)


def test_feedforward_layers():
    layers = FeedforwardNetwork([[[3200, -800]]], ThresholdLinear(3.58, 9.64))
    assert layers.rates([8, 15])[0] == pytest.approx([14.1768], abs=5e-5)
    assert FeedforwardNetwork([[[3000, -750]]], ThresholdLinear()).rates([8, 15])[0] == pytest.approx(
        [11.134], abs=5e-4
    )
    rng = np.random.default_rng(3)
    weights = [rng.normal(1000, 500, (4, 3)), rng.normal(1000, 500, (5, 4)), rng.normal(1000, 500, (2, 5))]
    deep = FeedforwardNetwork(weights, [Softplus(), ThresholdLinear(2, 1), Tanh(20, 20, 10, 5)])
    rates = deep.rates([8, 15, 4])
    assert [len(r) for r in rates] == [4, 5, 2]
    dynamic = deep.network([8, 15, 4], tau=5.0)
    assert dynamic.simulate(300).rates[-1] == pytest.approx(np.concatenate(rates), abs=1e-6)
    assert dynamic.names[4] == "2.0"
    assert np.linalg.eigvals(dynamic.jacobian(np.concatenate(rates))) == pytest.approx(np.full(11, -0.2), abs=1e-2)
    plain = FeedforwardNetwork([[[1.0, 2.0]]], Logistic(), dimensionless=True).rates([1, 1])
    assert plain[0] == pytest.approx([1 / (1 + np.exp(-3))])


def test_the_unit_switch():
    with_units = RateNetwork(W, X, ThresholdLinear(), tau=(30, 15))
    without = RateNetwork(np.array(W) / 1000, X, ThresholdLinear(), tau=(30, 15), dimensionless=True)
    u = np.array([6.0, 13.0])
    assert with_units.field(u) == pytest.approx(without.field(u))
    assert with_units.coupling == pytest.approx(without.coupling)


def test_results_show_themselves_and_pickle():
    net = excitatory_inhibitory()
    run = net.simulate(10)
    again = pickle.loads(pickle.dumps(run))
    assert (again["i"] == run["i"]).all()
    assert "e" in run._repr_html_()
    assert "from i" in net._repr_html_()
    assert pickle.loads(pickle.dumps(net)).field(np.ones(2)) == pytest.approx(net.field(np.ones(2)))
    with pytest.raises(ValueError, match="did you mean 'e'"):
        run["ee"]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: RateNetwork([[1, 2]], 0, Tanh()), ValueError, "W must be a square matrix"),
        (lambda: RateNetwork([[np.nan]], 0, Tanh()), ValueError, "W must be finite"),
        (lambda: RateNetwork(W, [1, 2, 3], Tanh()), ValueError, "X must be a scalar or have shape (2,)"),
        (lambda: RateNetwork(W, lambda t: [1, 2, 3], Tanh()), ValueError, "X(0) must be a scalar or have shape (2,)"),
        (lambda: RateNetwork(W, X, 3), ValueError, "f must be one f-I curve"),
        (lambda: RateNetwork(W, X, [Tanh()]), ValueError, "f must be one f-I curve, or a sequence of 2"),
        (lambda: RateNetwork(W, X, [Tanh(), 3]), TypeError, "f[1] must be an f-I curve"),
        (lambda: RateNetwork(W, X, Tanh(), tau=0), ValueError, "tau"),
        (lambda: RateNetwork(W, X, Tanh(), tau=[1, 2, 3]), ValueError, "tau must be a scalar or have shape (2,)"),
        (lambda: RateNetwork(W, X, Tanh(), names=["a", "a"]), ValueError, "names must hold 2 different names"),
        (lambda: RateNetwork(W, X, Tanh(), form="rates"), ValueError, "did you mean 'rate'"),
        (lambda: RateNetwork(W, X, Tanh(), dimensionless=1), TypeError, "dimensionless must be True or False"),
        (lambda: excitatory_inhibitory().simulate(10.05), ValueError, "duration must be a multiple of dt"),
        (lambda: excitatory_inhibitory().simulate(10, x0=[1, 2, 3]), ValueError, "x0 must be a scalar or have shape"),
        (lambda: excitatory_inhibitory().simulate(10, method="Euler"), ValueError, "did you mean 'euler'"),
        (lambda: excitatory_inhibitory().simulate(10, noise=1.0), ValueError, "noise needs method='euler'"),
        (lambda: excitatory_inhibitory().simulate(10, method="euler", noise=-1), ValueError, "noise"),
        (lambda: excitatory_inhibitory().fixed_points([(0, 1)]), ValueError, "box must have shape (2, 2)"),
        (lambda: excitatory_inhibitory().response([1, 2, 3]), ValueError, "r must have shape (2,)"),
        (lambda: excitatory_inhibitory(r_x=-1), ValueError, "r_x must be >= 0"),
        (
            lambda: RateNetwork(W, lambda t: X, Tanh()).fixed_points(BOX),
            ValueError,
            "fixed points need a constant input",
        ),
        (
            lambda: RateNetwork([[1e4]], 20, ThresholdLinear()).simulate(3e4, 100, method="euler"),
            ValueError,
            "must stay finite",
        ),
        (
            lambda: RateNetwork([[1e4]], 20, ThresholdLinear()).simulate(3e3, 100),
            ValueError,
            "could not be carried beyond",
        ),
        (lambda: SampledInput([1, 2], 0.1), ValueError, "values must have shape (any, any)"),
        (lambda: SampledInput(np.zeros((0, 2)), 0.1), ValueError, "at least one time"),
        (lambda: PlasticNetwork(3), TypeError, "network must be a RateNetwork"),
        (lambda: PlasticNetwork(self_connected_neuron()), ValueError, "network must have two populations"),
        (lambda: PlasticNetwork(excitatory_inhibitory(), r_0=0), ValueError, "r_0 must be > 0"),
        (lambda: PlasticNetwork(excitatory_inhibitory(r_x=0), r_0=0.1).fixed_point(), ValueError, "no positive inhib"),
        (lambda: FeedforwardNetwork([], Tanh()), ValueError, "weights must be a sequence"),
        (
            lambda: FeedforwardNetwork([np.ones((2, 3)), np.ones((2, 3))], Tanh()),
            ValueError,
            "weights[1] must have shape",
        ),
        (lambda: FeedforwardNetwork([np.ones((2, 3))], [Tanh(), Tanh()]), ValueError, "f must be one f-I curve"),
        (lambda: FeedforwardNetwork([np.ones((2, 3))], Tanh()).rates([1]), ValueError, "r_x must have shape (3,)"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_plastic_network_follows_an_input_that_steps():
    """Ex. 4.1.1: after each step of the input inhibition brings the excitatory rate back to its target."""
    first, then = excitatory_inhibitory(r_x=10), excitatory_inhibitory(r_x=14)

    def stepped(t):
        return (first if t < 4000 else then).external()

    net = PlasticNetwork(replace(first, X=stepped), r_0=5.0, epsilon_r=40000.0)
    run = net.simulate(8000, dt=1.0, method="rk4")
    for end, fixed in ((3999, PlasticNetwork(first).fixed_point()), (8000, PlasticNetwork(then).fixed_point())):
        assert run.states[end] == pytest.approx(fixed.u, rel=1e-3)
    # The step itself is seen before inhibition catches up.
    assert run["e"][4000:4100].max() > 5.5
    with pytest.raises(ValueError, match="a fixed point needs a constant input"):
        net.fixed_point()


def test_hebbian_weights_run_away_in_finite_time():
    """Slow weights: with r = g X / (1 − g w), 1/r³ falls linearly, to 0 at t = X / (3 c r₀³).

    Until half of that time the rates lag by at most 2^(1/3) τ, and grow by at most 2/(3 t) of themselves per ms.
    """
    g, X, tau, c = 0.01, 10.0, 1.0, 1.0  # g in spikes per ms and mV
    net = HebbianNetwork(RateNetwork([[0.0]], [X], ThresholdLinear(1000 * g, 0.0), tau=tau), c=c)
    r = g * X  # spikes per ms
    end = X / (3 * c * r**3)
    run = net.simulate(round(end / 2), dt=1.0, x0=1000 * r)
    expected = 1000 * r * (1 - run.times[-1] / end) ** (-1 / 3)
    # The lag, and once more as much for the weights, which grew with the lagging rates.
    assert run.rates[-1, 0] == pytest.approx(expected, rel=2 * 2 ** (1 / 3) * tau * 2 / (3 * end))
    with pytest.raises(ValueError, match=r"could not be carried beyond t = "):
        net.simulate(round(2 * end), dt=1.0, x0=1000 * r)


def test_hebbian_weights_are_the_integral_of_the_product_of_rates():
    """And the antisymmetric part of W stays: c ∫ r rᵀ is symmetric.

    Steps of 0.1 ms against periods of 30 ms: fourth-order errors near (2π/300)⁴ = 2e-7, no threshold being crossed.
    """
    net = HebbianNetwork(excitatory_inhibitory(), c=300.0)
    run = net.simulate(40, dt=0.1, x0=[6.3, 13.7], method="rk4")
    r = run.rates / 1000
    grown = run.weights[-1] - run.weights[0]
    assert grown == pytest.approx(300.0 * simpson(r[:, :, None] * r[:, None, :], x=run.times, axis=0), rel=1e-6)
    assert grown[0, 1] == pytest.approx(grown[1, 0], rel=1e-9)
    assert repr(run).startswith("HebbianResult(times=<401 values>")
    with pytest.raises(ValueError, match="form 'rate'"):
        HebbianNetwork(excitatory_inhibitory(form="current"))
