"""The right-hand side of every model, read off one tiny Euler step, against its equation written anew."""

import numpy as np
import pytest

from rheobase.models.catalogue import NEURONS

E = np.exp


def gates(V, rates):
    return {x: a * (1 - V[x]) - b * V[x] for x, (a, b) in rates.items()}


def squid(s, p, current, g, reversal):
    V = s["V"]
    rates = {
        "n": (0.01 * (V + 55) / (1 - E(-0.1 * (V + 55))), 0.125 * E(-0.0125 * (V + 65))),
        "m": (0.1 * (V + 40) / (1 - E(-0.1 * (V + 40))), 4 * E(-0.0556 * (V + 65))),
        "h": (0.07 * E(-0.05 * (V + 65)), 1 / (1 + E(-0.1 * (V + 35)))),
    }
    return {**gates(s, rates), "V": _membrane(s, p, current, g, reversal)}


def pyramidal(s, p, current, g, reversal):
    v = s["V"] - p.V_T
    rates = {
        "n": (0.032 * (15 - v) / (E((15 - v) / 5) - 1), 0.5 * E((10 - v) / 40)),
        "m": (0.32 * (13 - v) / (E((13 - v) / 4) - 1), 0.28 * (v - 40) / (E((v - 40) / 5) - 1)),
        "h": (0.128 * E((17 - v) / 18), 4 / (1 + E((40 - v) / 5))),
    }
    return {**gates(s, rates), "V": _membrane(s, p, current, g, reversal)}


def _membrane(s, p, current, g, reversal):
    V, n, m, h = (s[x] for x in ("V", "n", "m", "h"))
    ionic = p.g_L * (V - p.E_L) + p.g_K * n**4 * (V - p.E_K) + p.g_Na * m**3 * h * (V - p.E_Na)
    return (-ionic - g * (V - reversal) + current) / p.C_m


def morris_lecar(s, p, current, g, reversal):
    V, w = s["V"], s["w"]
    m_inf, w_inf = (1 + np.tanh((V - p.V1) / p.V2)) / 2, (1 + np.tanh((V - p.V3) / p.V4)) / 2
    ionic = p.g_L * (V - p.E_L) + p.g_Ca * m_inf * (V - p.E_Ca) + p.g_K * w * (V - p.E_K)
    return {
        "V": (current - ionic - g * (V - reversal)) / p.C_m,
        "w": p.phi * np.cosh((V - p.V3) / (2 * p.V4)) * (w_inf - w),
    }


def exponential(s, p, current, g, reversal, w=0.0):
    V = s["V"]
    return (-(V - p.E_L) + p.D * E((V - p.V_T) / p.D) + (current - w - g * (V - reversal)) / p.g_L) / p.tau_m


EQUATIONS = {
    "LeakyIntegrator": lambda s, p, current, g, r: {
        "V": (-(s["V"] - p.E_L) + (current - g * (s["V"] - r)) / p.g_L) / p.tau_m
    },
    "LIF": lambda s, p, current, g, r: {"V": (-(s["V"] - p.E_L) + (current - g * (s["V"] - r)) / p.g_L) / p.tau_m},
    "EIF": lambda s, p, current, g, r: {"V": exponential(s, p, current, g, r)},
    "QIF": lambda s, p, current, g, r: {
        "V": ((s["V"] - p.V_T) ** 2 / (2 * p.D) - (p.V_T - p.E_L - p.D) + (current - g * (s["V"] - r)) / p.g_L)
        / p.tau_m
    },
    "AdEx": lambda s, p, current, g, r: {
        "V": exponential(s, p, current, g, r, s["w"]),
        "w": (p.a * (s["V"] - p.E_L) - s["w"]) / p.tau_w,
    },
    "EIFChR": lambda s, p, current, g, r: {
        "V": exponential(s, p, current, g, r, p.g_ChR * s["p"] * (s["V"] - p.E_ChR)),
        "p": (s["L"] - s["p"]) / p.tau_ChR,
        "L": 0.0 * s["L"],
    },
    "Izhikevich": lambda s, p, current, g, r: {
        "V": 0.04 * s["V"] ** 2 + 5 * s["V"] + 140 - s["u"] + current - g * (s["V"] - r),
        "u": p.a * (p.b * s["V"] - s["u"]),
    },
    "HodgkinHuxley": squid,
    "TraubMiles": pyramidal,
    "MorrisLecar": morris_lecar,
    "FitzHughNagumo": lambda s, p, current, g, r: {
        "V": s["V"] - s["V"] ** 3 / 3 - s["w"] + current - g * (s["V"] - r),
        "w": (s["V"] + p.a - p.b * s["w"]) / p.tau,
    },
    "ThetaNeuron": lambda s, p, current, g, r: {
        "theta": ((1 - np.cos(s["theta"])) + (1 + np.cos(s["theta"])) * (current + g * r) - g * np.sin(s["theta"]))
        / p.tau_m
    },
}

#: Where states are drawn from; V of the others lies between -80 and -56 mV.
RANGES = {
    "FitzHughNagumo": {"V": (-2, 0.4), "w": (-1, 2)},
    "Izhikevich": {"V": (-80, 20), "u": (-16, 5)},
    "HodgkinHuxley": {"V": (-90, 45)},
    "TraubMiles": {"V": (-90, 45)},
    "MorrisLecar": {"V": (-70, 60)},
    "EIFChR": {"L": (0, 1)},
}


def random_states(name, random, n):
    usual = {"V": (-80, -56), "theta": (-3, 3)}
    return {
        v.name: random.uniform(*RANGES.get(name, {}).get(v.name, usual.get(v.name, (0, 1))), n)
        for v in NEURONS[name].model.variables
    }


def unusual_parameters(name):
    """Return parameters other than the defaults, so that none goes unnoticed."""
    own = {
        p.name: 1.1 * p.standard for p in NEURONS[name].model.parameters if p.name not in ("t_ref", "V_th", "V_re", "c")
    }
    if name in ("EIF", "AdEx", "QIF", "EIFChR"):
        own |= {"g_L": 10.0, "V_T": -52.0}
    return own


@pytest.mark.parametrize("g", [None, (0.3, -20.0)], ids=["current", "conductance"])
@pytest.mark.parametrize("name", EQUATIONS)
def test_right_hand_side(name, g, simulate):
    random, n, dt = np.random.default_rng(7), 400, 2.0**-20
    state = random_states(name, random, n)
    current = random.uniform(-5, 30, n)
    own = unusual_parameters(name)
    model = NEURONS[name](method="euler", I_x=current, **own)
    after = simulate(model, dt, dt, n=n, g=g, gates=state).end
    conductance, reversal = g or (0.0, 0.0)
    for variable, rate in EQUATIONS[name](state, model, current, conductance, reversal).items():
        resolution = np.spacing(np.abs(state[variable]).max()) / dt
        found = (after[variable] - state[variable]) / dt
        assert found == pytest.approx(np.broadcast_to(rate, n), rel=1e-11, abs=2 * resolution + 1e-12), variable


@pytest.mark.parametrize(
    ("name", "gate", "V", "opening"), [("HodgkinHuxley", "n", -55.0, 0.1), ("HodgkinHuxley", "m", -40.0, 1.0)]
)
def test_removable_singularities(name, gate, V, opening, simulate):
    dt = 2.0**-20
    near = V + np.concatenate([[0.0], *(np.array([-1.0, 1.0]) * 10.0**k for k in np.arange(-14.0, 1.0))])
    traces = simulate(NEURONS[name](method="euler"), dt, dt, n=len(near), gates={"V": near, gate: 0.0})
    found, x = traces.end[gate] / dt, 0.1 * (near - V)
    assert found[0] == pytest.approx(opening, rel=1e-14)
    with np.errstate(invalid="ignore"):
        smooth = np.where(x == 0.0, 1.0, x / -np.expm1(-x))
    assert found == pytest.approx(opening * smooth, rel=3e-15)


@pytest.mark.parametrize("name", EQUATIONS)
def test_field(name):
    random, n = np.random.default_rng(8), 50
    state, current = random_states(name, random, n), 12.5
    model = NEURONS[name](I_x=current, **unusual_parameters(name))
    u = np.stack([state[variable] for variable in model.variables])
    kept = u.copy()
    found = model.field(u)
    assert np.array_equal(u, kept)
    expected = EQUATIONS[name](state, model, current, 0.0, 0.0)
    for row, variable in zip(found, model.variables, strict=True):
        assert row == pytest.approx(np.broadcast_to(expected[variable], n), rel=1e-11, abs=1e-11), variable
    assert np.array_equal(model.field(u[:, 3]), found[:, 3])
    assert np.array_equal(model.field(u.tolist()), found)
    assert model.field(u[:, :0]).shape == (len(u), 0)


def test_field_refuses_what_it_cannot_mean():
    with pytest.raises(TypeError, match="Binary is updated from step to step"):
        NEURONS["Binary"]().field([0.0, 0.0])
    for parameters in ({"tau_m": [10.0, 20.0]}, {"I_x": [0.0, 1.0]}):
        with pytest.raises(ValueError, match=f"{next(iter(parameters))} must be one number"):
            NEURONS["LIF"](**parameters).field([-60.0])
    for u in (0.0, [0.0], np.zeros((3, 2)), np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match=r"u must have shape \(2,\) or \(2, m\), one row per variable V, w"):
            NEURONS["AdEx"]().field(u)


def test_engine_takes_one_parameter_per_state():
    model, V = NEURONS["LIF"].model, np.array([[-60.0, -65.0]])
    values = [np.array([p.standard]) for p in model.parameters]
    values[0] = np.array([10.0, 20.0])
    found = model.derivative(values, np.array([0.0, 3.0]), V)
    assert found == pytest.approx(np.array([[-12.0 / 10.0, (-7.0 + 3.0) / 20.0]]), rel=1e-14)
    with pytest.raises(ValueError, match=r"tau_m must have 1 value or one per state \(2\), got 3"):
        model.derivative([np.ones(3), *values[1:]], np.zeros(1), V)
    with pytest.raises(ValueError, match="I must have 1 value"):
        model.derivative(values, np.zeros(3), V)
    with pytest.raises(ValueError, match="states must have shape"):
        model.derivative(values, np.zeros(1), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="must hold the 6 parameters of LIF, got 5"):
        model.derivative(values[1:], np.zeros(1), V)
