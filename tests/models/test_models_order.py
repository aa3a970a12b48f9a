"""The order of every scheme of every model, from its error at a fixed time against a much finer solution."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.models.neurons import MODELS

ORDER = {"euler": 1, "exponential_euler": 1, "heun": 2, "etd2": 2, "rk4": 4, "exact": np.inf}

#: A smooth stretch of every model's life: the coarsest dt, a steady input, a conductance with its reversal, and where
#: it starts if not where it does by default.
SMOOTH = {
    "EIF": {"I": 12.0},
    "EIFChR": {"gates": {"p": 0.05, "L": 0.12}},
    "QIF": {"I": 12.0},
    "AdEx": {"I": 12.0, "w": -3.0, "model": {"tau_w": 20.0, "a": 0.5}},
    "Izhikevich": {"dt": 0.25, "I": 2.0, "V": -70.0},
    "HodgkinHuxley": {"dt": 0.0625, "I": 3.0, "g": (0.06, -65.0)},
    "TraubMiles": {"dt": 0.0625, "I": 150.0, "g": (2.0, -65.0)},
    "MorrisLecar": {"dt": 0.5, "I": 60.0, "g": (0.4, -65.0)},
    "FitzHughNagumo": {"dt": 0.5, "I": 0.2, "g": (0.2, -1.5)},
    "ThetaNeuron": {"dt": 0.125, "I": 0.6, "g": (0.2, 0.0)},
}
USUAL = {"dt": 1.0, "I": 5.0, "g": (0.2, -65.0)}
#: Maps: their only scheme is the model itself, whatever dt.
MAPS = {"Binary"}
STEPS = 8


@pytest.mark.parametrize("conductance", [False, True], ids=["current", "conductance"])
@pytest.mark.parametrize(
    ("name", "method"), [(n, m) for n, model in MODELS.items() if n not in MAPS for m in model.model.methods]
)
def test_order(name, method, conductance, simulate):
    case = {**USUAL, **SMOOTH.get(name, {})}
    coarsest, parameters = case.pop("dt"), {"I_x": case.pop("I"), **case.pop("model", {})}
    variable = MODELS[name].model.variables[0].name
    g = case.pop("g") if conductance else None
    case.pop("g", None)

    def end(scheme, refinement):
        traces = simulate(
            MODELS[name](method=scheme, **parameters), STEPS * coarsest, coarsest / refinement, g=g, **case
        )
        assert len(traces.spikes[0]) == 0, "the order is measured between spikes"
        return traces.end[variable][0]

    true = end("rk4", 512)
    refinements = (1, 2) if method == "exact" else {1: (16, 32), 2: (8, 16), 4: (2, 4)}[ORDER[method]]
    coarse, fine = (abs(end(method, r) - true) for r in refinements)
    if method == "exact":
        assert coarse < 1e-10
        return
    assert fine > 1e-12, "the error must stand out from rounding for its order to be measured"
    assert np.log2(coarse / fine) == pytest.approx(ORDER[method], abs=0.25)


def test_every_method_has_an_order():
    assert {m for model in MODELS.values() for m in model.model.methods} <= set(ORDER)
    assert rb.EIF().method == "etd2"
