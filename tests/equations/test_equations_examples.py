"""Examples of Brian2 give the same numbers here: benchmarks/agreement.json holds what Brian2 2.9 found.

Where nothing is random, rounding alone may differ. Elsewhere the means over seeds are compared by Student's test.
"""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
examples = importlib.import_module("examples")

REFERENCE = json.loads((BENCHMARKS / "agreement.json").read_text())

#: Chance that one comparison finds fault with two samples of the same; about twenty are made, on seeds that stay.
FALSE_ALARM = 1e-4
SEEDS = range(101, 105)


def test_every_example_has_a_reference():
    assert set(examples.NAMES) == set(REFERENCE)
    assert len(examples.NAMES) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("name", examples.NAMES)
def test_an_example_agrees_with_brian2(name):
    module, theirs = importlib.import_module(f"examples.{name}"), REFERENCE[name]
    if module.EXACT is not None:
        ours = module.rheobase(1)
        assert set(ours) == set(theirs)
        for key, (value,) in theirs.items():
            assert ours[key] == pytest.approx(value, rel=module.EXACT), key
        return
    runs = [module.rheobase(seed) for seed in SEEDS]
    assert all(set(run) == set(theirs) for run in runs)
    for key, values in theirs.items():
        test = stats.ttest_ind([run[key] for run in runs], values)
        assert test.pvalue > FALSE_ALARM, (key, np.mean([run[key] for run in runs]), np.mean(values), test.pvalue)
