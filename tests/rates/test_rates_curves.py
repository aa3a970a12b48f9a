"""f-I curves: their values, and every derivative against differences."""

import pickle

import numpy as np
import pytest

from rheobase.rates import Interpolated, Logistic, NumericalCurve, PowerLaw, Softplus, Tanh, ThresholdLinear

CURVES = [
    ThresholdLinear(),
    Tanh(),
    Tanh(60, 60, -1, 3),
    Logistic(50, 2, 0.7),
    PowerLaw(),
    PowerLaw(0.3, 3, -5),
    Softplus(),
    Softplus(2, -3, 0.5),
    Interpolated([-20, -3, 4, 15], [0, 1, 10, 12]),
    NumericalCurve(np.sin),
]


@pytest.mark.parametrize("f", CURVES, ids=lambda f: type(f).__name__)
def test_derivatives(f):
    x = np.linspace(-30, 30, 301) + 0.0137
    h = 1e-5
    assert f.derivative(x) == pytest.approx((f(x + h) - f(x - h)) / (2 * h), abs=1e-4 * max(1, np.ptp(f(x))) / 10)
    assert f(x.reshape(7, 43)).shape == (7, 43)
    assert np.shape(f(1.0)) == ()
    if not isinstance(f, NumericalCurve):
        assert (np.diff(f(x)) >= 0).all()


def test_values():
    assert ThresholdLinear(3.58, 9.64)(13.6) == pytest.approx(14.1768)
    assert ThresholdLinear(3.58, 9.64)(9.0) == 0
    tanh = Tanh(60, 60)
    assert tanh([-5, 0, 5]) == pytest.approx([0.005448, 60, 119.994552], abs=5e-7)
    assert tanh.derivative(0.0) == pytest.approx(60)
    assert Logistic()(0.0) == 0.5
    assert Logistic().derivative(0.0) == 0.25
    assert PowerLaw(0.04, 2, 1)(11.0) == pytest.approx(4)
    assert Softplus(3.58, 9.64, 1e-3)([5, 20]) == pytest.approx(ThresholdLinear(3.58, 9.64)([5, 20]), abs=1e-9)
    f = Interpolated([0, 10, 20], [0, 5, 20])
    assert f([-5, 0, 10, 20]) == pytest.approx([0, 0, 5, 20])
    assert f(30.0) - f(25.0) == pytest.approx(f(25.0) - f(20.0))


def test_a_curve_that_falls_ends_at_zero():
    f = Interpolated([0, 10, 20], [0, 9, 4])
    assert f([20.0, 22.0, 60.0])[0] == 4
    assert 0 < f([22.0])[0] < 4
    assert (f([60.0])[0], f.derivative([60.0])[0]) == (0, 0)


def test_extreme_inputs_stay_finite():
    with np.errstate(all="raise", under="ignore"):
        for f in CURVES[:-1]:
            assert np.isfinite(f([-1e4, 1e4])).all()
            assert np.isfinite(f.derivative([-1e4, 1e4])).all()


def test_curves_pickle():
    for f in CURVES:
        assert pickle.loads(pickle.dumps(f))(3.0) == f(3.0)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: ThresholdLinear(g=-1), ValueError, "g must be >= 0"),
        (lambda: ThresholdLinear(theta="a"), TypeError, "theta must be a number"),
        (lambda: Tanh(width=0), ValueError, "width must be > 0"),
        (lambda: Logistic(r_max=0), ValueError, "r_max must be > 0"),
        (lambda: PowerLaw(p=0.5), ValueError, "p must be >= 1"),
        (lambda: Softplus(width=-1), ValueError, "width must be > 0"),
        (lambda: Interpolated([0, 0], [1, 2]), ValueError, "I must hold at least two increasing"),
        (lambda: Interpolated([0, 1], [1, 2, 3]), ValueError, "rate must have shape (2,)"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
