"""How the field compares runs of the microcircuit: distributions of rate, irregularity and correlation over neurons.

The first 500 ms are not looked at; CVs are of neurons with more than two spikes, correlations of 250 neurons a
population in bins of 2 ms, and distributions are compared by the Kolmogorov–Smirnov distance.
"""

from pathlib import Path

import numpy as np

from rheobase import spikes
from rheobase.circuits.microcircuit import POPULATIONS

#: Activity of a full-scale run of NEST 3.10: Poisson drive, seed 1234, 5 s after 0.5 s.
PATH = Path(__file__).with_name("microcircuit_reference.npz")
BIN, CORRELATED = 2.0, 250


def statistics(trains):
    """Return counts and CV of every neuron (NaN below three spikes) and the correlations of pairs, by population."""
    found = {"counts": {}, "cv": {}, "cc": {}}
    for name in POPULATIONS:
        record = trains[name]
        counts = record.count()
        cv = spikes.cv(record)
        found["counts"][name] = counts
        found["cv"][name] = np.where(counts > 2, cv, np.nan)
        found["cc"][name] = correlations(record)
    return found


def correlations(record):
    """Return the correlations of all pairs among the first 250 neurons that fire."""
    chosen = record.select(slice(0, min(CORRELATED, record.n)))
    matrix = spikes.correlation_matrix(chosen, BIN)
    fires = np.isfinite(np.diag(matrix))
    matrix = matrix[np.ix_(fires, fires)]
    return matrix[np.triu_indices(len(matrix), 1)]


def save(path, found, sizes, duration):
    """Save statistics, small: half precision is finer than what is compared."""
    counts = np.concatenate([found["counts"][name] for name in POPULATIONS])
    np.savez_compressed(
        path,
        counts=counts.astype(np.min_scalar_type(counts.max())),
        cv=np.concatenate([found["cv"][name] for name in POPULATIONS]).astype(np.float16),
        sizes=np.asarray(sizes),
        duration_ms=float(duration),
        **{f"cc_{name[1:]}": found["cc"][name].astype(np.float16) for name in POPULATIONS},
    )


def load(path=PATH):
    """Return statistics as saved, and the duration (ms)."""
    with np.load(path) as data:
        ends = np.cumsum(data["sizes"])[:-1]
        found = {
            "counts": dict(zip(POPULATIONS, np.split(data["counts"], ends), strict=True)),
            "cv": dict(zip(POPULATIONS, np.split(data["cv"].astype(float), ends), strict=True)),
            "cc": {name: data[f"cc_{name[1:]}"].astype(float) for name in POPULATIONS},
        }
        return found, float(data["duration_ms"])


def rates(found, duration):
    """Return mean rates (Hz) by population."""
    return {name: 1e3 * counts.mean() / duration for name, counts in found["counts"].items()}


def means(found, duration):
    """Return the mean rate (Hz), CV and correlation by population; not a number where nothing says one."""
    result = {}
    for name, rate in rates(found, duration).items():
        cv, cc = found["cv"][name], found["cc"][name]
        result[name] = {
            "rate": float(rate),
            "cv": float(np.nanmean(cv)) if np.isfinite(cv).any() else np.nan,
            "cc": float(cc.mean()) if cc.size else np.nan,
        }
    return result


def distances(found, duration, other, other_duration):
    """Return Kolmogorov–Smirnov distances of rate, CV and correlation by population.

    Counts are compared as rates; where durations differ, so do the grids the rates lie on, and the distances grow.
    """
    result = {}
    for name in POPULATIONS:
        pairs = {
            "rate": (found["counts"][name] / duration, other["counts"][name] / other_duration),
            "cv": (found["cv"][name], other["cv"][name]),
            "cc": (found["cc"][name], other["cc"][name]),
        }
        result[name] = {what: distance(a, b) for what, (a, b) in pairs.items()}
    return result


def distance(a, b):
    """Return the largest difference of two empirical distributions; half precision makes both equally coarse."""
    a, b = (np.sort(x[np.isfinite(x)].astype(np.float16).astype(float)) for x in (np.asarray(a), np.asarray(b)))
    if a.size == 0 or b.size == 0:
        return float("nan")
    at = np.concatenate([a, b])
    return float(
        np.max(np.abs(np.searchsorted(a, at, side="right") / a.size - np.searchsorted(b, at, side="right") / b.size))
    )


def table(found, duration, other, other_duration):
    """Return lines comparing a run with a reference."""
    ours, theirs = means(found, duration), means(other, other_duration)
    apart = distances(found, duration, other, other_duration)
    head = f"{'':6}{'rate':>8}{'ref':>8}{'CV':>8}{'ref':>8}{'CC':>9}{'ref':>9}   KS: {'rate':>6}{'CV':>7}{'CC':>7}"
    lines = [head]
    for name in POPULATIONS:
        a, b, d = ours[name], theirs[name], apart[name]
        lines.append(
            f"{name:6}{a['rate']:8.3f}{b['rate']:8.3f}{a['cv']:8.3f}{b['cv']:8.3f}{a['cc']:9.4f}{b['cc']:9.4f}"
            f"       {d['rate']:6.3f}{d['cv']:7.3f}{d['cc']:7.3f}"
        )
    return "\n".join(lines)
