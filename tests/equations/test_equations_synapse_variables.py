"""Variables that each synapse has: given, drawn, read at any time and recorded."""

import numpy as np
import pytest

import rheobase as rb

FADING = rb.plasticity(
    "Fading", "dc/dt = -c/tau\ntau : ms (state)\ngain : 1 (state)", on_pre="c += gain; arrival = w*gain",
    initial=dict(tau=10, gain=1),
)  # fmt: skip


def network(plasticity, rule=None, times=(5.0, 12.0, 30.0), n=3, weight=1.0, synapse=None, threads=1, **options):
    net = rb.Network(dt=0.1, seed=5, threads=threads)
    e = net.add(rb.LIF(V_th=1e6), n, name="e")
    x = net.add(rb.Trains([times]), 1, name="x")
    rule = rb.AllToAll() if rule is None else rule
    synapse = rb.Exponential(tau=1e9, norm="peak") if synapse is None else synapse
    q = net.connect(x, e, rule, weight=weight, synapse=synapse, plasticity=plasticity, **options)
    return net, q


def test_a_variable_is_read_and_recorded_as_it_is_in_each_step():
    tau = np.array([5.0, 10.0, 40.0])
    net, q = network(FADING(tau=tau, gain=2.0))
    net.record_weights(q, "c", connections=[2, 0], every=0.5)
    res = net.run(20)
    t = np.arange(0, 20.01, 0.5)
    arrivals = np.array([5.1, 12.1])
    late = t[:, None] - arrivals
    expected = np.stack([2 * (np.exp(-late / x) * (late > -1e-9)).sum(axis=1) for x in tau], axis=1)
    recorded = res.weights("x", "e", variable="c")
    np.testing.assert_allclose(recorded.values, expected[:, [2, 0]], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(q["c"], expected[-1], rtol=1e-9)
    np.testing.assert_allclose(recorded.times, t)


def test_reading_and_recording_change_nothing():
    results = []
    for looks in (False, True):
        net, q = network(FADING(tau=7.0))
        if looks:
            net.record_weights(q, "c")
            net.record_weights(q, "gain", every=3.0, mean=True)
            net.record_weights(q)
        for _ in range(4):
            net.run(10)
            if looks:
                q["c"], q["tau"]
        results.append(q["c"])
    np.testing.assert_array_equal(*results)


def test_what_is_set_holds_from_now_on():
    net, q = network(FADING(tau=10.0))
    net.run(20)
    q["c"] = [1.0, 2.0, 3.0]
    net.run(5)
    np.testing.assert_allclose(q["c"], np.array([1.0, 2.0, 3.0]) * np.exp(-0.5), rtol=1e-12)


def test_a_parameter_that_changes_holds_from_now_on():
    """What has decayed by then, though nothing has touched the synapse, decayed by the old one."""
    rule = rb.plasticity("Leaking", "dc/dt = -c/tau", on_pre="c += w", parameters=dict(tau=10.0))
    net, q = network(rule(), times=[5.0], weight=[1.0, 2.0, 3.0])
    net.run(20)
    q["tau"] = 40.0
    net.run(5)
    late = (20 - 5.1) / 10 + 5 / 40
    np.testing.assert_allclose(q["c"], np.array([1.0, 2.0, 3.0]) * np.exp(-late), rtol=1e-12)


def test_parameters_that_synapses_share_stay_shared_and_those_that_differ_are_theirs():
    net, q = network(rb.TsodyksMarkram(U=U, tau_rec=100.0))
    np.testing.assert_array_equal(q["U"], U)
    q["U"] = 0.5
    q["w_max"] = 5.0
    assert set(q["U"]) == {0.5}
    assert q["w_max"] == q.plasticity.bounds[1] == 5
    net, q = network(rb.TsodyksMarkram(U=0.4))
    with pytest.raises(ValueError, match="U must be one number"):
        q["U"] = U
    q["U"] = 0.2
    net.run(6)
    np.testing.assert_allclose(net["e"]["I_x_syn"], 0.2, rtol=1e-6)


def test_synapses_begin_with_arrays_in_the_order_of_the_connections_and_with_draws(tmp_path):
    pairs = rb.Pairs([0, 0, 0], [2, 0, 1])
    net, q = network(FADING(tau=[3.0, 1.0, 2.0], gain=rb.Uniform(1, 2)), pairs)
    np.testing.assert_array_equal(q["tau"], [1.0, 2.0, 3.0])
    drawn = q["gain"]
    assert len(set(drawn)) == 3
    assert drawn.min() >= 1
    assert drawn.max() <= 2
    net.run(20)
    net.save(tmp_path / "net")
    again, other = rb.load(tmp_path / "net"), rb.Network.of(net.circuit, threads=2)
    np.testing.assert_array_equal(again.projections[0]["gain"], drawn)
    np.testing.assert_array_equal(other.projections[0]["gain"], drawn)
    other.run(20)
    np.testing.assert_array_equal(other.projections[0]["c"], q["c"])
    assert again.projections[0].plasticity == q.plasticity


def test_networks_that_are_reset_or_copied_begin_with_the_same():
    pairs = rb.Pairs([0, 0, 0], [2, 0, 1])
    net, q = network(FADING(tau=[3.0, 1.0, 2.0], gain=rb.Uniform(1, 2)), pairs, delay=[0.5, 3.0, 0.1])
    net.run(20)
    wanted, tau = q["c"], q["tau"]
    copied = net.copy()
    net.reset()
    np.testing.assert_array_equal(net.projections[0]["tau"], tau)
    assert not net.projections[0]["c"].any()
    net.run(20)
    for other in (net, copied):
        np.testing.assert_array_equal(other.projections[0]["c"], wanted)


def test_an_array_must_fit_the_connections():
    with pytest.raises(ValueError, match=r"tau \(one per connection\)"):
        network(FADING(tau=[1.0, 2.0]))
    with pytest.raises(ValueError, match="variable of 'x→e' must be one of 'w', 'c'"):
        net, q = network(FADING())
        net.record_weights(q, "d")


def test_recorders_of_variables_are_saved(tmp_path):
    net, q = network(FADING())
    net.record_weights(q, "c", mean=True, every=1.0)
    with pytest.raises(ValueError, match="must be new to the recording"):
        net.record_weights(q, "c")
    net.run(10)
    net.save(tmp_path / "net")
    a, b = net.run(10), rb.load(tmp_path / "net").run(10)
    np.testing.assert_array_equal(a.weights("x", "e", variable="c").values, b.weights("x", "e", variable="c").values)


# ---- short-term plasticity of each synapse -----------------------------------------------------------------------

TIMES = np.array([3.0, 9.0, 13.0, 40.0, 41.0])
U, TAU_REC, TAU_FACIL = np.array([0.2, 0.5, 0.8]), np.array([100.0, 300.0, 20.0]), np.array([0.0, 50.0, 400.0])


def amplitudes(times, U, tau_rec, tau_facil):
    """Return what each spike delivers, in a plain loop."""
    u, x, last, found = 0.0, 1.0, -np.inf, []
    for t in times:
        u *= np.exp(-(t - last) / tau_facil) if tau_facil else 0.0
        x = 1 - (1 - x) * np.exp(-(t - last) / tau_rec)
        u += U * (1 - u)
        found.append(u * x)
        x -= u * x
        last = t
    return np.array(found)


def test_every_synapse_has_its_own_short_term_plasticity():
    net, _ = network(rb.TsodyksMarkram(U=U, tau_rec=TAU_REC, tau_facil=TAU_FACIL), times=TIMES)
    net.run(60)
    expected = [amplitudes(TIMES, *p).sum() for p in zip(U, TAU_REC, TAU_FACIL, strict=True)]
    np.testing.assert_allclose(net["e"]["I_x_syn"], expected, rtol=1e-6)  # it decays with 1e9 ms


@pytest.mark.parametrize("each", [False, True])
def test_u_and_x_are_read_and_recorded(each):
    """They are the same whether synapses have their own or share those of the pre neuron."""
    values = dict(U=0.4, tau_rec=120.0, tau_facil=60.0)
    net, q = network(rb.TsodyksMarkram(**{**values, "U": np.full(3, 0.4)} if each else values), times=TIMES)
    for v in ("u", "x"):
        net.record_weights(q, v, every=0.1, mean=True)
    res = net.run(60)
    u, x = (res.weights("x", "e", variable=v).values[:, 0] for v in ("u", "x"))
    arrivals = np.rint((TIMES + 0.1) / 0.1).astype(int)
    # What is delivered is u as it is after its step times x as it was before: x + u x after, so u x/(1 - u).
    np.testing.assert_allclose((u * x / (1 - u))[arrivals], amplitudes(TIMES, *values.values()), rtol=1e-9)
    np.testing.assert_allclose(u[arrivals[2] + 50], u[arrivals[2]] * np.exp(-5 / 60), rtol=1e-9)
    np.testing.assert_allclose(1 - x[arrivals[2] + 50], (1 - x[arrivals[2]]) * np.exp(-5 / 120), rtol=1e-9)
    assert q["u"] == pytest.approx(np.full(3, u[-1]), rel=1e-12)


def test_distributions_of_short_term_parameters_are_bounded_like_numbers():
    with pytest.raises(ValueError, match=r"U .* must be <= 1"):
        rb.TsodyksMarkram(U=[0.5, 1.5])
    with pytest.raises(ValueError, match="must not be set"):
        network(rb.TsodyksMarkram())[1]["u"] = 1.0
    _, q = network(rb.TsodyksMarkram(U=rb.Uniform(0.2, 0.6)), n=2000)
    assert q["U"].mean() == pytest.approx(0.4, abs=4 * 0.4 / np.sqrt(12 * 2000))
    assert "Uniform" in repr(q.plasticity)
