"""Perceptrons, readouts and reservoirs as estimators of scikit-learn."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from rheobase.learning import (
    LMS,
    RLS,
    MultilayerPerceptron,
    Perceptron,
    ReadoutRegressor,
    ReservoirRegressor,
    Standardizer,
)

#: Checks of scikit-learn that fail, each with the reason.
ALL = {
    "check_do_not_raise_errors_in_init_or_set_params": "arguments are checked where they are given, not in fit",
    "check_n_features_in_after_fitting": "the message is that of all other functions of this library",
    "check_complex_data": "as above",
    "check_dtype_object": "arrays of objects are refused",
    "check_estimators_empty_data_messages": "the message is that of all other functions of this library",
    "check_estimators_nan_inf": "as above: it says finite",
    "check_fit2d_predict1d": "the message is that of all other functions of this library",
}
SUPERVISED = {
    "check_estimators_unfitted": "NotFittedError is scikit-learn's own; here it is the ValueError from which it comes",
    "check_requires_y_none": "the message is that of all other functions of this library",
}
CLASSIFIER = {
    **SUPERVISED,
    "check_no_attributes_set_in_init": "the name of the loss is an attribute beside the loss",
    "check_classifiers_regression_target": "any numbers may be labels",
    "check_supervised_y_2d": "labels must be a vector",
    "check_fit2d_1sample": "the message says that there is one class only",
}
SERIES = {
    "check_regressors_train": "samples are a series in time",
    "check_methods_sample_order_invariance": "as above",
    "check_methods_subset_invariance": "as above",
}
ESTIMATORS = {
    "perceptron": (Perceptron(loss="cross_entropy", rate=0.5, batch=32, seed=1), CLASSIFIER),
    "multilayer": (MultilayerPerceptron((8,), epochs=10, seed=1), CLASSIFIER),
    "standardizer": (
        Standardizer(per_feature=True),
        {"check_fit2d_1sample": "the message says that x must vary"},
    ),
    "readout": (ReadoutRegressor(RLS(c=100)), SUPERVISED),
    "reservoir": (ReservoirRegressor(10, seed=1), SUPERVISED | SERIES),
}
RNG = np.random.default_rng(1)
X = RNG.normal(size=(120, 3))
LABELS = np.where(X[:, 0] + 0.5 * X[:, 1] > 0, "up", "down")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ESTIMATORS)
def test_checks_of_scikit_learn(name):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    estimator, expected = ESTIMATORS[name]
    expected = ALL | expected
    outcomes = checks.check_estimator(estimator, on_fail=None, on_skip=None, expected_failed_checks=expected)
    failed = {o["check_name"]: o["exception"] for o in outcomes if o["status"] == "failed"}
    assert not failed
    assert set(expected) == {o["check_name"] for o in outcomes if o["status"] == "xfail"}


def test_classifiers_go_into_pipelines_and_searches():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(Standardizer(), Perceptron(rate=0.1, seed=1))
    assert cross_val_score(pipeline, X, LABELS, cv=3).mean() > 0.9
    search = GridSearchCV(pipeline, {"perceptron__rate": [1e-6, 0.1]}, cv=3).fit(X, LABELS)
    assert search.best_params_ == {"perceptron__rate": 0.1}
    assert set(search.predict(X)) == {"up", "down"}


def test_regressors_go_into_searches():
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.model_selection import TimeSeriesSplit, cross_val_score

    target = X @ [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    assert cross_val_score(ReadoutRegressor(RLS(c=100)), X, target, cv=3).min() > 0.99
    x = RNG.normal(size=(400, 1))
    late = np.roll(x[:, 0], 2)
    reservoir = ReservoirRegressor(60, tau=2, t_start=20, seed=1)
    scores = cross_val_score(reservoir, x, late, cv=TimeSeriesSplit(2))
    assert scores.min() > 0.5 > cross_val_score(ReadoutRegressor(), x, late, cv=TimeSeriesSplit(2)).max()
    assert clone(reservoir).get_params() == reservoir.get_params()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_know_their_arguments(name):
    estimator, _ = ESTIMATORS[name]
    again = type(estimator)(**estimator.get_params())
    assert again.get_params() == estimator.get_params()
    with pytest.raises(ValueError, match=f"parameter of {type(estimator).__name__} must be one of"):
        again.set_params(wrong=1)
    y = LABELS if estimator._kind == "classifier" else X[:, 0]
    fitted = again.fit(X, y)
    assert fitted is again
    sent = pickle.loads(pickle.dumps(fitted))
    method = "transform" if estimator._kind == "transformer" else "predict"
    np.testing.assert_array_equal(getattr(sent, method)(X), getattr(fitted, method)(X))
    assert repr(sent) == repr(estimator) and len(repr(sent)) < 120


def test_parameters_are_checked_and_changed():
    perceptron = Perceptron(rate=0.5)
    assert perceptron.set_params(epochs=3).get_params()["epochs"] == 3
    assert perceptron.rate == 0.5 and perceptron.epochs == 3
    with pytest.raises(ValueError, match="epochs must be >= 0"):
        perceptron.set_params(epochs=-1)
    assert perceptron.get_params()["epochs"] == 3


def test_readouts_learn_by_either_rule_as_often_as_asked():
    target = X[:, 0] - X[:, 2]
    once, often = (ReadoutRegressor(LMS(eps=0.01), passes=k).fit(X, target).score(X, target) for k in (1, 5))
    assert once < often
    with pytest.raises(TypeError, match="rule must be LMS"):
        ReadoutRegressor("rls")
    with pytest.raises(ValueError, match="y must vary for a score"):
        ReadoutRegressor().fit(X, np.ones(120)).score(X, np.ones(120))


def test_nothing_of_scikit_learn_is_loaded():
    code = (
        "import sys, numpy as np; from rheobase.learning import *; x = np.eye(2)\n"
        "Perceptron(seed=1).fit(x, [0, 1]).get_params(); ReadoutRegressor().fit(x, [0.0, 1.0]).score(x, [0.0, 1.0])\n"
        "assert not [m for m in sys.modules if m.startswith('sklearn')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
