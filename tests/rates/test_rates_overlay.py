"""A plastic network as spikes and as rates, from one description."""

import pickle

import pytest

import rheobase as rb
from rheobase.circuits import overlay
from rheobase.theory import plastic_mean_field


def plastic_cortex(onto="e", rule=None, size=800):
    """The network of figure 4.1: p = 0.2, weights for 800 excitatory neurons."""
    net = rb.Network(dt=0.1, seed=5, threads=1)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
    for name, n in (("e", size), ("i", size // 4)):
        net.add(eif, n, name=name, V=rb.Uniform(-72, -55))
    net.add(rb.Poisson(10), size, name="x")
    weights = {("e", "x"): 30, ("i", "x"): 20, ("e", "e"): 12, ("e", "i"): -45, ("i", "e"): 35, ("i", "i"): -70}
    tau = {"x": 8, "e": 6, "i": 4}
    for (post, pre), weight in weights.items():
        learns = (rule or rb.InhibitorySTDP(epsilon=50, tau_y=150, r_0=5)) if (post, pre) == (onto, "i") else None
        synapse = rb.Exponential(tau=tau[pre])
        net.connect(net[pre], net[post], rb.Bernoulli(0.2), weight=weight, synapse=synapse, plasticity=learns)
    return net


def test_the_mean_field_is_read_off_the_network():
    """Equation (4.3): eps_r = 2 eps p N_i = 4000, w_ei = -1800; its fixed point is known."""
    model = plastic_mean_field(plastic_cortex(), tau=(30, 15))
    assert model.epsilon_r == pytest.approx(4000)
    assert model.r_0 == 5
    assert model.network.W == pytest.approx(rb.rates.excitatory_inhibitory().W)
    assert model.fixed_point().u == pytest.approx([5, 16.354209, -2847.178], abs=5e-4)


def test_both_fall_towards_the_target(tmp_path):
    """Bands as wide as the fact that a threshold-linear fit is off by 40 % for the inhibitory rate allows."""
    both = overlay(plastic_cortex(), 1000, tau=(30, 15), method="euler")
    assert both.rates.times[-1] == both.spiking.t_stop == 1000
    assert both.rates.rates[1000] == pytest.approx([13.224, 31.353], abs=1e-3)
    spiking = both.spiking.rates(t_start=500)
    modelled = {name: both.rates[name][5000:].mean() for name in "ei"}
    assert spiking["e"] == pytest.approx(modelled["e"], rel=0.3)
    assert spiking["i"] == pytest.approx(modelled["i"], rel=0.4)
    again = pickle.loads(pickle.dumps(both))
    assert again.spiking.spikes("e") == both.spiking.spikes("e")


def test_the_plot_lays_rates_over_spikes():
    import matplotlib.pyplot as plt

    both = overlay(plastic_cortex(size=200), 100, tau=(30, 15))
    axes = plt.subplots()[1]
    lines = rb.plot.overlay(both, sigma=10.0, ax=axes)
    assert [line.get_label() for line in lines] == ["e", "i", "e, rate network", "i, rate network", "target"]
    assert lines[2].get_ydata() == pytest.approx(both.rates["e"])
    assert lines[2].get_color() == lines[0].get_color()
    assert all(line.axes is axes for line in lines)
    plt.close("all")


def already_run():
    net = plastic_cortex(size=40)
    net.run(1)
    return net


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: overlay(already_run(), 10), ValueError, "network must be at t = 0"),
        (lambda: overlay(rb.circuits.cortex(200), 10), ValueError, "one plastic projection"),
        (lambda: overlay(plastic_cortex("i", size=40), 10), ValueError, "got [('i', 'i', 'InhibitorySTDP')]"),
        (lambda: overlay(plastic_cortex(rule=rb.PairSTDP(w_min=-100), size=40), 10), ValueError, "'PairSTDP'"),
        (lambda: overlay(rb.circuits.inhibitory_plasticity(250), 10), ValueError, "must carry a current"),
        (lambda: overlay(plastic_cortex(size=40), 10.05), ValueError, "must be a multiple of dt"),
        (lambda: overlay(plastic_cortex(size=40), 10, method="newton"), ValueError, "method"),
        (lambda: rb.plot.overlay(overlay(plastic_cortex(size=40), 10), sigma=0), ValueError, "sigma must be > 0"),
    ],
)
def test_bad_input_is_named(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
