"""Tuning curves: how the firing rate depends on a stimulus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks, html
from rheobase.models.values import Brief
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class TuningCurve(Brief):
    """Mean response to each stimulus.

    Parameters
    ----------
    stimuli : array of float, shape (K,)
        The stimuli (orientations in degrees, say), ascending.
    rates : array of float, shape (K,)
        Trial-averaged rates, Hz.
    sd : array of float, shape (K,)
        Standard deviation of the rate across trials, Hz.
    fano : array of float, shape (K,)
        Fano factor of the counts; NaN where there was no spike.
    trials : array of int, shape (K,)
        Trials of each stimulus.
    ddof : int
        The variances divide by trials - `ddof`.

    Examples
    --------
    >>> tuning_curve([[2, 4], [4, 8]], [0.0, 90.0], 1000.0).rates
    array([3., 6.])
    """

    stimuli: np.ndarray
    rates: np.ndarray
    sd: np.ndarray
    fano: np.ndarray
    trials: np.ndarray
    ddof: int

    @property
    def sem(self) -> np.ndarray:
        """Standard error of the rates, sd/√trials, Hz; an estimate without bias in the variance only for ddof 1."""
        return self.sd / np.sqrt(self.trials)

    @property
    def preferred(self) -> float:
        """The stimulus of the highest rate; the first one if several share it."""
        return float(self.stimuli[np.argmax(self.rates)])

    def _repr_html_(self) -> str:
        rows = zip(self.stimuli, self.rates, self.sd, self.fano, self.trials, strict=True)
        head = ("stimulus", "rate (Hz)", "sd (Hz)", "Fano factor", "trials")
        return html.table(rows, head=head, title="TuningCurve", more=f" (ddof {self.ddof})")


def tuning_curve(counts: npt.ArrayLike, stimuli: npt.ArrayLike, duration: float, *, ddof: int = 0) -> TuningCurve:
    """Average spike counts over the trials of each stimulus (Rosenbaum, section 2.1).

    Parameters
    ----------
    counts : array of shape (trials, K) or (trials,)
        Spike counts: a column per stimulus, or one count per trial where `stimuli` tells the stimulus of each trial.
    stimuli : array of float, shape (K,) or (trials,)
        The stimuli.
    duration : float
        Length of a trial, ms.
    ddof : int, default 0
        The variances divide by the number of trials minus `ddof`.

    Returns
    -------
    TuningCurve
        Sorted by stimulus; equal stimuli are put together.

    Raises
    ------
    ValueError
        If shapes do not fit, counts are negative or there are none.

    Examples
    --------
    >>> tuning_curve([3, 1, 5], [90.0, 0.0, 90.0], 500.0).rates
    array([2., 8.])
    """
    table = checks.array("counts", counts, low=0)
    ddof = checks.integer("ddof", ddof, low=0, high=1)
    window = PER_MS * checks.number("duration", duration, above=0)  # seconds
    if table.ndim not in (1, 2) or table.size == 0:
        raise ValueError(f"counts must have shape (trials, K) or (trials,) and not be empty, got {table.shape}")
    labels = checks.array("stimuli", stimuli, shape=(table.shape[-1],))
    shown, which = np.unique(np.broadcast_to(labels, table.shape), return_inverse=True)
    which, flat = which.ravel(), table.ravel()
    trials = np.bincount(which)
    mean = np.bincount(which, flat) / trials
    squares = np.bincount(which, (flat - mean[which]) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(trials > ddof, squares / (trials - ddof), np.nan)
        fano = variance / mean
    return TuningCurve(shown, mean / window, np.sqrt(variance) / window, fano, trials, ddof)
