"""Experiments on networks: trials, on any number of workers, and what they say together.

`rheobase.trials` runs them and returns `Trials`.
"""

from rheobase.experiments.outcomes import Estimate, TrialRate, Trials
from rheobase.experiments.running import TrialError, trials

__all__ = ["Estimate", "TrialError", "TrialRate", "Trials", "trials"]


def __dir__() -> list[str]:
    return __all__
