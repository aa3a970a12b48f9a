"""Experiments on networks: trials, on any number of workers, and what they say together.

`rheobase.trials` runs them and returns `Trials`; `rheobase.sweep` calls a function at every point of a grid.
"""

from rheobase.experiments.outcomes import Estimate, TrialRate, Trials
from rheobase.experiments.running import TrialError, trials
from rheobase.experiments.sweep_values import Sweep
from rheobase.experiments.sweeping import SweepError, sweep

__all__ = ["Estimate", "Sweep", "SweepError", "TrialError", "TrialRate", "Trials", "sweep", "trials"]


def __dir__() -> list[str]:
    return __all__
