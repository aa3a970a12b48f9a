"""Every function and operator of the grammar, computed by the engine, against NumPy."""

import numpy as np
import pytest

import rheobase as rb

X = np.concatenate([np.linspace(-30, 30, 2001), [-1e-9, 1e-9, 0.5, -0.5], np.geomspace(1e-12, 600, 200)])


def computed(text, x=X, y=2.5):
    Named = rb.neuron("Named", f"f = {text}\ndx/dt = 0*x + 0*y", parameters={"y": y}, initial={"x": 0})
    net = rb.Network(dt=0.1)
    e = net.add(Named(), len(x), name="e", x=x)
    return e["f"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(x)", np.exp),
        ("expm1(x)", np.expm1),
        ("tanh(x)", np.tanh),
        ("sin(x)", np.sin),
        ("cos(x)", np.cos),
        ("tan(x/20)", lambda x: np.tan(x / 20)),
        ("sinh(x/3)", lambda x: np.sinh(x / 3)),
        ("cosh(x/3)", lambda x: np.cosh(x / 3)),
        ("arctan(x)", np.arctan),
        ("arcsin(x/1001)", lambda x: np.arcsin(x / 1001)),
        ("arccos(x/1001)", lambda x: np.arccos(x / 1001)),
        ("abs(x)", np.abs),
        ("sign(x)", np.sign),
        ("floor(x)", np.floor),
        ("ceil(x)", np.ceil),
        ("sqrt(abs(x))", lambda x: np.sqrt(np.abs(x))),
        ("log(abs(x) + 1e-300)", lambda x: np.log(np.abs(x) + 1e-300)),
        ("log10(abs(x) + 1)", lambda x: np.log10(np.abs(x) + 1)),
        ("log1p(x/1001)", lambda x: np.log1p(x / 1001)),
        ("exprel(x)", lambda x: np.where(x == 0, 1, np.expm1(x) / np.where(x == 0, 1, x))),
        ("clip(x, -1, y)", lambda x: np.clip(x, -1, 2.5)),
        ("min(x, y) + max(x, -y)", lambda x: np.minimum(x, 2.5) + np.maximum(x, -2.5)),
        ("mod(x, y)", lambda x: np.mod(x, 2.5)),
        ("x % y", lambda x: np.mod(x, 2.5)),
        ("x**2 - x**3 + x**-1*0", lambda x: x**2 - x**3),
        ("abs(x)**y", lambda x: np.abs(x) ** 2.5),
        ("abs(x)**0.5", lambda x: np.abs(x) ** 0.5),
        ("int(x > y)", lambda x: (x > 2.5) * 1.0),
        ("int(x >= 0.5 and not x > y or x == -0.5)", lambda x: ((x >= 0.5) & (x <= 2.5) | (x == -0.5)) * 1.0),
        ("int(-1 < x <= y)", lambda x: ((x > -1) & (x <= 2.5)) * 1.0),
        ("int(x != 0.5)", lambda x: (x != 0.5) * 1.0),
        ("where(x > 0, x, -y)", lambda x: np.where(x > 0, x, -2.5)),
        ("x if x > 0 else y", lambda x: np.where(x > 0, x, 2.5)),
        ("+x - -x + pi*e", lambda x: 2 * x + np.pi * np.e),
        ("2*(x - y)/(3*y) - (x + y)*(x - y)", lambda x: 2 * (x - 2.5) / 7.5 - (x + 2.5) * (x - 2.5)),
        ("1/(1 + exp(-x/y))", lambda x: 1 / (1 + np.exp(-x / 2.5))),
    ],
)
def test_functions_agree_with_numpy(text, expected):
    x = X[X != 0]
    with np.errstate(all="ignore"):
        wanted = expected(x)
    # sines are good to an absolute error; a product of sums may cancel
    np.testing.assert_allclose(computed(text, x), wanted, rtol=3e-14, atol=3e-13 if text.startswith("2*") else 1e-14)


def test_what_is_beyond_finite_numbers_stays_so():
    x = np.array([0.0, -1.0])
    np.testing.assert_array_equal(computed("log(x)", x), [-np.inf, np.nan])
    np.testing.assert_array_equal(computed("sqrt(x)", x), [0, np.nan])
    np.testing.assert_array_equal(computed("1/x", x), [np.inf, -1])
    np.testing.assert_array_equal(np.isnan(computed("exp(log(x))", x)), [False, True])
    np.testing.assert_array_equal(computed("x**y", x, 3.0), [0, -1])
    np.testing.assert_array_equal(computed("exprel(x*0)", x), [1, 1])


def test_parameters_alone_are_prepared_with_the_same_functions():
    """exp(y) of a parameter and exp(x) of a variable of that value are the same number."""
    x = np.linspace(-3, 3, 50)
    for function in ("exp", "tanh", "expm1", "sin"):
        Both = rb.neuron(
            "Both", f"a = {function}(x)\nb = {function}(y)\ndx/dt = 0*x + 0*y", parameters={"y": 0.0}, initial={"x": 0}
        )
        net = rb.Network(dt=0.1)
        e = net.add(Both(y=x), 50, name="e", x=x)
        np.testing.assert_array_equal(e["a"], e["b"])
