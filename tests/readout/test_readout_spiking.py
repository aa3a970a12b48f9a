"""FORCE learning on filtered spikes."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.learning import LMS, RLS, Readout, SpikingReservoir

EVERY = 2.5


def _population(n=400, seed=1, weight=300.0, I_x=17.0):
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    lif = rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2, I_x=I_x)
    e = net.add(lif, n, name="e", V=rb.Uniform(-65, -50))
    spread = rb.Normal(0, weight / np.sqrt(0.1 * n))
    net.connect(e, e, rb.Bernoulli(0.1), weight=spread, synapse=rb.Exponential(tau=20))
    return e


def _feedback(n, size=30.0):
    return size * np.random.default_rng(1).uniform(-1, 1, (n, 1))


@pytest.mark.parametrize("seed", [1, 2])
def test_spikes_learn_a_sine(seed):
    """With R frozen the network goes on with the sine; the errors of an idle and a random readout are 0.7 and more."""
    e = _population(seed=seed)
    model = SpikingReservoir(e, Readout(e.n, rule=RLS(c=1e-3)), _feedback(e.n), every=EVERY)
    y = np.sin(2 * np.pi * np.arange(2400) * EVERY / 400)
    fit = model.fit(y[:2000], t_start=500)
    frozen = model.readout.R.copy()
    test = model.predict(1000)
    np.testing.assert_array_equal(model.readout.R, frozen)
    assert fit.rmse(0, 500) > 0.69
    assert fit.rmse(4000) < 0.2
    assert test.rmse(y=y[2000:]) < 0.3
    assert fit.learning == pytest.approx((500, 5000))


def test_filter_is_the_sum_of_exponentials():
    e = _population(50)
    run = SpikingReservoir(e, tau_r=30.0, every=1.0).predict(200)
    spikes = run.spiking.spikes("e")
    assert len(spikes.times) > 100
    for k in (50, 120, 199):
        expected = np.zeros(50)
        for time, index in zip(spikes.times, spikes.indices, strict=True):
            if time < run.times[k] + 1e-9:
                expected[index] += 1000 / 30 * np.exp(-(run.times[k] - time) / 30)
        np.testing.assert_allclose(run.r[k], expected, atol=1e-9)
    assert run.r[100:].mean() == pytest.approx(run.spiking.rates(t_start=100)["e"], rel=0.2)


def test_filter_with_a_rise_is_the_sum_of_differences_of_exponentials():
    e = _population(50)
    run = SpikingReservoir(e, tau_r=20.0, tau_rise=2.0, every=1.0).predict(200)
    spikes = run.spiking.spikes("e")
    past = run.times[150] - spikes.times[spikes.times < run.times[150] + 1e-9]
    each = 1000 * (np.exp(-past / 20) - np.exp(-past / 2)) / 18
    expected = np.bincount(spikes.indices[: past.size], weights=each, minlength=50)
    np.testing.assert_allclose(run.r[150], expected, atol=1e-9)


def test_feedback_enters_as_input():
    """A constant output is the same as a larger I_x."""
    plain = _population(20, I_x=20.0)._network.run(100).spikes("e")
    e = _population(20, I_x=17.0)
    model = SpikingReservoir(e, Readout(20, rule=LMS()), np.full((20, 1), 1.5), every=1.0)
    model.readout.predict = lambda r: np.array([2.0])
    fed = model.predict(100).spiking.spikes("e")
    np.testing.assert_array_equal(fed.times, plain.times)
    np.testing.assert_array_equal(fed.indices, plain.indices)


def test_pieces_are_joined():
    e = _population(30)
    e._network.record(e, "V", neurons=[0, 3], every=2.0)
    whole = _population(30)
    whole._network.record(whole, "V", neurons=[0, 3], every=2.0)
    expected = whole._network.run(50)
    got = SpikingReservoir(e, every=0.5).predict(50).spiking
    np.testing.assert_array_equal(got.spikes("e").times, expected.spikes("e").times)
    np.testing.assert_array_equal(got.states("e", "V").times, expected.states("e", "V").times)
    np.testing.assert_array_equal(got.states("e", "V").values, expected.states("e", "V").values)
    assert (got.t_start, got.t_stop) == (0, 50)


def test_learning_that_diverges_is_reported():
    e = _population(50)
    model = SpikingReservoir(e, Readout(50, rule=LMS(eps=1.0)), every=2.5)
    with (
        pytest.raises(FloatingPointError, match="z must stay finite, it did not at t = "),
        pytest.warns(RuntimeWarning, match="eps"),
    ):
        model.fit(np.ones(2000))


def _model(**options):
    return SpikingReservoir(_population(4), **options)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: SpikingReservoir("e"), TypeError, "population must be one that Network.add returned"),
        (lambda: SpikingReservoir(rb.Network().add(rb.Poisson(rate=5), 3)), ValueError, "must be made of neurons"),
        (lambda: SpikingReservoir(_population(4, I_x=rb.Uniform(0, 1))), ValueError, "I_x of the population"),
        (lambda: _model(readout=Readout(5)), ValueError, "readout must read 4 rates"),
        (lambda: _model(readout=5), TypeError, "readout must be a Readout"),
        (lambda: _model(Q=np.ones(4)), ValueError, "Q must have shape (4, 1), got (4,)"),
        (lambda: _model(tau_r=0), ValueError, "tau_r must be > 0"),
        (lambda: _model(tau_rise=20.0), ValueError, "tau_rise must be below tau_r = 20 ms, got 20 ms"),
        (lambda: _model(every=0.25), ValueError, "every must be a multiple of dt = 0.1 ms"),
        (lambda: _model(every=0), ValueError, "every must be at least 0.1 ms"),
        (lambda: _model().fit(np.ones((3, 2))), ValueError, "y must have shape (any, 1)"),
        (lambda: _model().fit(np.ones(3), t_start=1.0), ValueError, "t_start must be a multiple"),
        (lambda: _model().fit(np.ones(3), t_start=10.0), ValueError, "t_start and t_stop must be in order"),
        (lambda: _model().predict(1.0), ValueError, "duration must be a multiple"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert text in str(raised.value)
