"""Random models, as the engine runs them, against the same expressions computed by NumPy."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.models.equations.evaluation import evaluated
from rheobase.models.equations.functions import EVALUATED
from rheobase.models.equations.program import system_of
from rheobase.models.equations.schemes import SCHEMES

VARIABLES, PARAMETERS, N = ("V", "x", "y"), ("a", "b", "c"), 600


def expression(random, depth):
    """Return the text of a random smooth and bounded expression."""
    if depth == 0:
        return str(random.choice([*VARIABLES, *PARAMETERS, "I", "0.5", "2", "-1.5"]))
    kinds = ["+", "-", "*", "/", "tanh", "exp", "log", "where", "linear", "min", "power", "not"]
    kind = random.choice(kinds)
    a, b = expression(random, depth - 1), expression(random, random.integers(depth))
    return {
        "+": f"({a} + {b})",
        "-": f"({a} - {b})",
        "*": f"({a})*tanh({b})",
        "/": f"({a})/(1.5 + cos({b}))",
        "tanh": f"tanh({a}) - {b}",
        "exp": f"exp(-({a})**2/(1 + abs({b})))",
        "log": f"log(1 + ({a})**2)*{random.choice(PARAMETERS)}",
        "where": f"where({a} > {b}, sin({a}), {random.choice(PARAMETERS)}*0.1)",
        "linear": f"({random.choice(PARAMETERS)}*({a} - {b})/{random.choice(PARAMETERS)})",
        "min": f"min({a}, max({b}, -3))",
        "power": f"clip({a}, -2, 2)**{random.integers(1, 6)}/10",
        "not": f"(({a})*0.3 if not {b} >= 0.1 and V < 3 else -{b})",
    }[kind]


def model(random):
    """Return a random model in which everything occurs."""
    lines = [f"named = {expression(random, 2)}"]
    for v in VARIABLES:
        lines.append(f"d{v}/dt = -{v}*{random.choice(PARAMETERS)} + 0.1*tanh({expression(random, 3)}) + 0.01*named")
    lines.append("unused = a + b*c + I*0")
    return rb.neuron(
        "Random",
        "\n".join(lines),
        parameters=dict(zip(PARAMETERS, random.uniform(0.5, 2, 3), strict=True)),
        initial={v: 0 for v in VARIABLES},
    )


def by_numpy(cls, method, dt, state, given):
    """Return the state one step on, as the scheme's expressions say."""
    rules = SCHEMES[method](system_of(cls.model.hashed))
    values = evaluated(list(rules.values()), {**given, **state, "dt": dt, "G": 0.0, "t": 0.0})
    return dict(zip([v.args[0] for v in rules], values, strict=True))


@pytest.fixture(autouse=True)
def operations_of_schemes(monkeypatch):
    """What only schemes use, with limits where quotients lose digits."""
    phi1 = EVALUATED["phi1"]
    monkeypatch.setitem(EVALUATED, "effective_time", lambda rate, dt: dt * phi1(-rate * dt))
    with np.errstate(all="ignore"):
        monkeypatch.setitem(
            EVALUATED,
            "phi2",
            lambda z: np.where(
                np.abs(z) < 1e-3, 0.5 + z / 6 + z**2 / 24, (np.expm1(z) - z) / np.where(z == 0, 1, z**2)
            ),
        )


@pytest.mark.parametrize("seed", range(40))
def test_random_models(seed):
    random = np.random.default_rng(seed)
    cls = model(random)
    method = random.choice([m for m in cls.model.methods])
    assert rb.neuron(**cls.arguments()) is cls
    each = random.random() < 0.5
    parameters = {p: random.uniform(0.5, 2, N) if each else float(random.uniform(0.5, 2)) for p in PARAMETERS}
    current = random.normal(0, 1, N)
    net = rb.Network(dt=0.1, threads=2)
    state = {v: random.normal(0, 1, N) for v in VARIABLES}
    e = net.add(cls(method=str(method), I_x=current, **parameters), N, name="e", **state)
    for _ in range(3):
        net.run(0.1)
        state = by_numpy(cls, method, 0.1, state, {**parameters, "I": current})
    for v in VARIABLES:
        np.testing.assert_allclose(e[v], state[v], rtol=1e-10, atol=1e-12, err_msg=f"{method}: {cls.model.equation}")


@pytest.mark.parametrize("method", ["euler", "rk4", "etd2"])
def test_many_variables(method):
    """A chain of forty variables, which needs many values at once."""
    n = 40
    lines = [f"dx{k}/dt = -x{k}*{1 + 0.01 * k} + sin(x{(k + 1) % n} - x{k - 1 if k else n - 1})" for k in range(n)]
    Chain = rb.neuron("Chain", "\n".join(lines), initial={f"x{k}": 0.1 * k for k in range(n)})
    net = rb.Network(dt=0.1)
    e = net.add(Chain(method=method), 3, name="e")
    net.run(0.2)
    state = {f"x{k}": 0.1 * k for k in range(n)}
    for _ in range(2):
        state = by_numpy(Chain, method, 0.1, state, {"I": 0.0})
    np.testing.assert_allclose([e[f"x{k}"][1] for k in range(n)], [state[f"x{k}"] for k in range(n)], rtol=1e-10)
