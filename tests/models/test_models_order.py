"""The order of every scheme of every model, from its error at a fixed time against a much finer solution."""

import numpy as np
import pytest

from rheobase.models.catalogue import NEURONS

ORDER = {"euler": 1, "exponential_euler": 1, "exponential_midpoint": 2, "heun": 2, "etd2": 2, "rk4": 4, "exact": np.inf}

STEPS = 8


@pytest.mark.parametrize("conductance", [False, True], ids=["current", "conductance"])
@pytest.mark.parametrize(
    ("name", "method"),
    [(n, m) for n, model in NEURONS.items() if model.model.has_derivative for m in model.model.methods],
)
def test_order(name, method, conductance, simulate):
    model, smooth = NEURONS[name].model, NEURONS[name].model.example.smooth
    variables = [v.name for v in model.variables]
    start = {key: value for key, value in smooth.settings.items() if key in variables}
    parameters = {key: value for key, value in smooth.settings.items() if key not in variables}
    g = (smooth.G, smooth.reversal) if conductance else None

    def end(scheme, refinement):
        neuron = NEURONS[name](method=scheme, I_x=smooth.I, **parameters)
        traces = simulate(neuron, STEPS * smooth.dt, smooth.dt / refinement, g=g, gates=start)
        assert len(traces.spikes[0]) == 0, "the order is measured between spikes"
        return traces.end[variables[0]][0]

    true = end("rk4", 512)
    refinements = (1, 2) if method == "exact" else {1: (16, 32), 2: (8, 16), 4: (2, 4)}[ORDER[method]]
    coarse, fine = (abs(end(method, r) - true) for r in refinements)
    if method == "exact":
        assert coarse < 1e-10
        return
    assert fine > 1e-12, "the error must stand out from rounding for its order to be measured"
    assert np.log2(coarse / fine) == pytest.approx(ORDER[method], abs=0.25)


def test_every_method_has_an_order():
    assert {m for model in NEURONS.values() for m in model.model.methods} <= set(ORDER)
