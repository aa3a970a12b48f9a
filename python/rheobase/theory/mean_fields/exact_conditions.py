"""What exact firing-rate equations take for granted, and what a network has of it."""

from __future__ import annotations

import warnings

import numpy as np

from rheobase.models.circuit import Circuit
from rheobase.models.currents import OrnsteinUhlenbeck, TimeSeries, WhiteNoise
from rheobase.models.neurons import Neuron
from rheobase.theory.inputs.afferents import all_afferents
from rheobase.theory.membranes import average
from rheobase.units import PER_MS

#: Quantiles of the currents whose rates are compared, and how much faster neurons may fire between their ends.
_CURRENTS, _FASTER = 1000, 0.05

#: Longest delay, in membrane time constants, about which nothing is said.
_LATE = 0.1

#: Half-widths from the median beyond which currents are counted, and the part of a Lorentzian that lies there.
_FAR = 4.0
_BEYOND = 1 - 2 / np.pi * np.arctan(_FAR)

#: How improbable currents must be, drawn from a Lorentzian, to be refused.
_IMPROBABLE = 1e-6


def scale(name: str, neuron: Neuron) -> tuple[float, float, float]:
    """Return 2 D, V_T and the least current that makes a neuron fire, mV."""
    model = neuron.model.name
    if model == "ThetaNeuron":
        return 1.0, 0.0, 0.0
    if model != "QIF":
        raise ValueError(f"neurons must be QIF or ThetaNeuron for exact rates, got {name!r} of {model}")
    p = {key: _given(value) for key, value in neuron.parameters.items() if key != "I_x"}
    if any(value.size != 1 for value in p.values()):
        raise ValueError(f"neurons must differ by their I_x alone for exact rates, not those of {name!r}")
    if float(p["t_ref"]) > 0:
        raise ValueError(f"t_ref must be 0 for exact rates, got {float(p['t_ref']):g} for {name!r}")
    return float(2 * p["D"]), float(p["V_T"]), float(p["V_T"] - p["E_L"] - p["D"])


def spread(name: str, I_x: object) -> tuple[float, float]:
    """Return median and half-width of the currents of a population, and raise if they are not those of a Lorentzian.

    Light tails are told by how few currents lie far out, other shapes by the largest distance between the distribution
    functions (Kolmogorov & Smirnov): either must be more improbable than one in a million.
    """
    from scipy.special import bdtr, kolmogi

    currents = np.sort(np.atleast_1d(_given(I_x)))
    low, median, high = np.quantile(currents, [0.25, 0.5, 0.75], method="weibull")
    half_width = (high - low) / 2
    if currents[0] == currents[-1]:
        return float(median), 0.0
    required = f"I_x of {name!r} must have a Lorentzian distribution for exact rates, such as from lorentzian"
    if half_width == 0:
        raise ValueError(f"{required}, got more than half of them alike")
    n = len(currents)
    far = int((np.abs(currents - median) > _FAR * half_width).sum())
    if bdtr(far, n, _BEYOND) < _IMPROBABLE:
        which = f"lie more than {_FAR:g} half-widths from the median"
        raise ValueError(f"{required}: {_BEYOND:.1%} of them should {which}, got {far / n:.1%}")
    share = np.arctan((currents - median) / half_width) / np.pi + 0.5
    off = float(np.abs(share - (np.arange(n) + 0.5) / n).max())
    if off > kolmogi(_IMPROBABLE) / np.sqrt(n):
        raise ValueError(f"{required}, got a distribution function that is off by {off:.2g}")
    return float(median), float(half_width)


def check_injections(circuit: Circuit) -> None:
    """Raise where injected currents make neurons of a population differ."""
    for injected in circuit.injections:
        current, n = injected.current, circuit[injected.post].n
        if isinstance(current, TimeSeries):
            values = current._on_grid(circuit.dt, n)[1]
        else:
            values = np.atleast_2d(getattr(current, "mean", 0.0))
        if np.ptp(values, axis=1).any():
            raise ValueError(
                f"neurons must differ by their I_x alone for exact rates, got a current into {injected.post!r} that "
                "differs from neuron to neuron"
            )


def check_delays(circuit: Circuit) -> None:
    """Warn where delays between populations are long, next to the membranes that wait."""
    membranes = {p.name: average(p.neuron.parameters["tau_m"]) for p in circuit.neurons}
    late = [(average(q.delay), q) for q in circuit.projections if q.pre in membranes]
    slow = [(delay, q.pre, q.post) for delay, q in late if delay > _LATE * membranes[q.post]]
    if slow:
        delay, pre, post = max(slow)
        _warn(
            f"delays, such as {delay:.3g} ms from {pre!r} to {post!r}, are left out: steady rates do not feel them, "
            "but their stability and the time course of rates do"
        )


def check_ends(name: str, neuron: Neuron, centre: float, half_width: float) -> None:
    """Warn where V_re and V_th are so near that neurons without input fire much faster than from −∞ to ∞."""
    if neuron.model.name != "QIF":
        return
    p = {key: float(np.mean(_given(neuron.parameters[key]))) for key in ("V_T", "V_re", "V_th", "D")}
    low, high = ((p[end] - p["V_T"]) / (2 * p["D"]) for end in ("V_re", "V_th"))
    share = (np.arange(_CURRENTS) + 0.5) / _CURRENTS
    root = np.sqrt(np.maximum(centre + half_width * np.tan(np.pi * (share - 0.5)), 1e-12))
    fires = root > 1e-6
    # The passage times ∫ dx/(x² + root²), over τ, of those that fire.
    passage = (np.arctan2(high, root) - np.arctan2(low, root))[fires] / root[fires]
    exact, ended = (root[fires] / np.pi).sum(), (1 / passage).sum()
    if ended > (1 + _FASTER) * exact:
        _warn(
            f"V_re and V_th of {name!r} are {-low:.3g} and {high:.3g} times 2 D from V_T, so that neurons without "
            f"input fire {ended / exact - 1:.0%} faster than these equations say, which are exact from -inf to inf"
        )


def check_noise(
    circuit: Circuit,
    tau: np.ndarray,
    g_L: np.ndarray,
    scales: np.ndarray,
    centres: np.ndarray,
    half_widths: np.ndarray,
) -> None:
    """Warn where neurons have noise of their own, or differ by what they receive, by more than the half-width.

    Currents over g_L of `scales`, mV, are 1 in the equations. White noise of intensity s² there does what a current of
    s^(4/3) does, for that is the only scale of τ x' = x² + s ξ(t/τ); slower noise has no more than its s.d.
    """
    afferents, sources = all_afferents(circuit)
    rates = np.sqrt((centres + np.hypot(centres, half_widths)) / 2) / (np.pi * tau) / PER_MS
    senders = sources | {p.name: (float(rate), 0.0) for p, rate in zip(circuit.neurons, rates, strict=True)}
    for k, p in enumerate(circuit.neurons):
        arriving = afferents[k]
        # Neurons have of the noise of each other what they do not share, and all of that of sources.
        intensities = [a.power * PER_MS * senders[a.pre][0] * (1 if a.pre in sources else a.left) for a in arriving]
        variances = [i / (2 * sum(a.tau)) if a.tau else np.inf for i, a in zip(intensities, arriving, strict=True)]
        for intensity, variance in _injected_noise(circuit, p.name):
            intensities.append(intensity / g_L[k] ** 2)
            variances.append(variance / g_L[k] ** 2)
        white = (sum(intensities) / (scales[k] ** 2 * tau[k])) ** (2 / 3)
        noise = min(white, np.sqrt(sum(variances)) / scales[k]) if white > 0 else 0.0
        unlike = np.sqrt(sum(a.quenched(*senders[a.pre]) for a in arriving)) / scales[k]
        for size, what in ((noise, "have noise of their own"), (unlike, "differ by what they receive from others")):
            if size > half_widths[k]:
                _warn(
                    f"neurons of {p.name!r} {what}, which is left out: it does as much as currents that differ by "
                    f"{size * scales[k]:.2g} mV, and the half-width of theirs is {half_widths[k] * scales[k]:.2g} mV"
                )


def _injected_noise(circuit: Circuit, name: str) -> list[tuple[float, float]]:
    """Return intensities at low frequencies, mV²·ms, and variances, mV², of noise injected into a population."""
    currents = [injected.current for injected in circuit.injections if injected.post == name]
    white = [(float(np.mean(np.square(c.sigma))), np.inf) for c in currents if isinstance(c, WhiteNoise)]
    slow = [(float(np.mean(np.square(c.std))), c.tau) for c in currents if isinstance(c, OrnsteinUhlenbeck)]
    return [(i, v) for i, v in white if i > 0] + [(2 * tau * variance, variance) for variance, tau in slow]


def _given(I_x: object) -> np.ndarray:
    """Return currents that are numbers."""
    try:
        return np.asarray(I_x, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"I_x must be a number or one per neuron for exact rates, such as from lorentzian, got {I_x!r}"
        ) from None


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=4)
