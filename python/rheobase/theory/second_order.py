"""How fluctuations of mean input and noise change the mean rate of a neuron, frequency by frequency.

A mean input I + Re a e^{iωt} and an intensity 1 + Re b e^{iωt}, with a real, change the mean rate by
a² G/2 + a Re(b H)/2 + b b* J/2: slow ones by the curvature of the rate, G(0) = ∂²r/∂I²/2, H(0) = ∂²r/∂I∂b and
J(0) = ∂²r/∂b²/2, fast ones hardly at all. Fluctuations with small spectra S change it by
2 ∫ (S_aa G + Re S_ba H + S_bb J) df over f > 0.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rheobase.theory.coloured_density import ColouredDensity


def with_second_order(d: ColouredDensity, omegas: Iterable[float]) -> tuple[np.ndarray, ...]:
    """Return responses to mean and noise, power spectrum, G, H and J at angular frequencies above 0, 1/ms; (K,) each.

    In 1/(ms mV), 1/ms, 1/ms, 1/(ms mV²), 1/(ms mV) and 1/ms. Pushes D of the steady density make it move, L P₁ =
    −D P₀; what pushes it while it moves changes it in the mean, L₀ P₂ = −Re(D* P₁)/2.
    """
    at = list(omegas)
    if d.rate == 0:
        return tuple(np.zeros((6, len(at))))
    linear, pushes, leaving = [], [], []
    top = (d._up[-1] > 0) / d._around[0].tau_m
    for omega in at:
        solved = d._pushed(omega)
        linear.append((*d._responses(omega, solved)[:2], d._power(omega, solved[..., : d._size])))
        by_mean, by_noise = np.moveaxis(_moved(d, omega, solved), -1, 0)
        mean_twice, mean_of_noise = d._by_mean(by_mean), d._by_mean(by_noise)
        noise_of_mean, noise_twice = d._by_noise(by_mean)[0], d._by_noise(by_noise)[0]
        both = mean_of_noise.real + noise_of_mean.real, noise_of_mean.imag - mean_of_noise.imag
        pushes += [x.reshape(-1) for x in (mean_twice.real, *both, noise_twice.real)]
        first, second = by_mean[-1].sum(0), by_noise[-1].sum(0)
        leaving += [top * x for x in (first.real, second.real, -second.imag, np.zeros(d._size))]
    to_mean, to_noise, power = np.array(linear).T
    G, in_phase, late, J = _steady(d, np.stack(pushes, axis=-1), np.stack(leaving, axis=-1)).reshape(-1, 4).T
    return to_mean, to_noise, power.real, G, in_phase - 1j * late, J


def _moved(d: ColouredDensity, omega: float, solved: np.ndarray) -> np.ndarray:
    """Return how the density moves with mean and noise, (..., 2), from the parts of which `solved` consists."""
    n, leaving = d._size, d._steady.density[-1].sum(0)
    crossing = d._up[-1][:, None] * solved[-1].sum(0)
    crossing[:, n] += (d._up[-1] > 0) * leaving / d._around[0].tau_m
    back = d._after_spike * np.exp(-1j * omega * d._rest)
    right = back @ crossing[:, n:]
    right[:, 1] += d._noise_while_refractory(omega)[0] @ (d._up[-1] * leaving)
    again = np.linalg.solve(np.eye(n) - back @ crossing[:, :n], right)
    return np.asarray(solved[..., :n] @ again + solved[..., n:])


def _steady(d: ColouredDensity, pushes: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """Return the changes of the mean rate, 1/ms, by pushes of the density, (unknowns, K), that keep its norm."""
    n, one = d._size, d._one
    solved = d._solve(np.concatenate([d._sources, pushes], axis=1))
    crossing = d._up[-1][:, None] * solved[-1].sum(0)
    crossing[:, n:] += leaving
    norm = one @ np.einsum("c,cjk->jk", d._cells, solved[:, 0]) + d._rest * (one @ crossing)
    system = np.vstack([np.eye(n) - d._after_spike @ crossing[:, :n], norm[:n]])
    again = np.linalg.lstsq(system, np.vstack([d._after_spike @ crossing[:, n:], -norm[n:]]), rcond=None)[0]
    return np.asarray(one @ (crossing[:, :n] @ again + crossing[:, n:]))
