"""How fluctuations of mean input and noise change the mean rate of a neuron, frequency by frequency.

A mean input I + Re a e^{iωt} and an intensity 1 + Re b e^{iωt}, with a real, change the mean rate by
a² G/2 + a Re(b H)/2 + b b* J/2: slow ones by the curvature of the rate, G(0) = ∂²r/∂I²/2, H(0) = ∂²r/∂I∂b and
J(0) = ∂²r/∂b²/2, fast ones hardly at all. Fluctuations with small spectra S change it by
2 ∫ (S_aa G + Re S_ba H + S_bb J) df over f > 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.theory.neurons.cell_sweep import Sweep
from rheobase.theory.neurons.coloured_density import ColouredDensity, at_once, swept_together
from rheobase.theory.neurons.small_matrices import multiply, solve


def with_second_order(densities: Sequence[ColouredDensity], omega: np.ndarray) -> list[np.ndarray]:
    """Return responses to mean and noise, power spectrum, G, H and J at angular frequencies above 0, 1/ms; (6, F) each.

    In 1/(ms mV), 1/ms, 1/ms, 1/(ms mV²), 1/(ms mV) and 1/ms. Pushes D of the steady density make it move, L P₁ =
    −D P₀; what pushes it while it moves changes it in the mean, L₀ P₂ = −Re(D* P₁)/2.
    """
    found: dict[int, np.ndarray] = {}
    for some in at_once([d for d in densities if d.rate > 0], 2 * len(omega)):
        moving = swept_together(some, [d.driven for d in some], np.tile(omega, (len(some), 1)))
        pushed = [_pushed(d, omega, swept) for d, swept in zip(some, moving, strict=True)]
        sources = [np.concatenate([d.sources, by], axis=1) for d, (by, _) in zip(some, pushed, strict=True)]
        steady = swept_together(some, sources, np.zeros((len(some), 1)))
        for d, swept, (_, leaving), still in zip(some, moving, pushed, steady, strict=True):
            G, in_phase, late, J = _change_of_rate(d, still, leaving).reshape(-1, 4).T
            first = (*d.responses(omega, swept), d.power(omega, swept))
            found[id(d)] = np.stack([*first, G, in_phase - 1j * late, J])
    return [found.get(id(d), np.zeros((6, len(omega)))) for d in densities]


def _pushed(d: ColouredDensity, omega: np.ndarray, swept: Sweep) -> tuple[np.ndarray, np.ndarray]:
    """Return what pushes the density while it moves, (unknowns, 4 F), and what they let through the top, (nodes, 4 F).

    For each frequency those of G, the real and the imaginary part of H, and J.
    """
    pushes, leaving = [], []
    top = (d.up[-1] > 0) / d.around[0].tau_m
    for by_mean, by_noise in np.moveaxis(_moved(d, omega, swept), -1, 1):
        mean_twice, mean_of_noise = d.by_mean(by_mean), d.by_mean(by_noise)
        noise_of_mean, noise_twice = d.by_noise(by_mean)[0], d.by_noise(by_noise)[0]
        both = mean_of_noise.real + noise_of_mean.real, noise_of_mean.imag - mean_of_noise.imag
        pushes += [x.reshape(-1) for x in (mean_twice.real, *both, noise_twice.real)]
        first, second = by_mean[-1].sum(0), by_noise[-1].sum(0)
        leaving += [top * x for x in (first.real, second.real, -second.imag, np.zeros(d.size))]
    return np.stack(pushes, axis=-1), np.stack(leaving, axis=-1)


def _moved(d: ColouredDensity, omega: np.ndarray, swept: Sweep) -> np.ndarray:
    """Return how the density moves with mean and noise (F × cells × polynomials × nodes × 2)."""
    again = d.returning(omega, swept)[1]
    pushes = np.broadcast_to(np.eye(again.shape[-1]), (len(omega), again.shape[-1], again.shape[-1]))
    return swept.densities(np.concatenate([again, pushes], axis=1))


def _change_of_rate(d: ColouredDensity, swept: Sweep, leaving: np.ndarray) -> np.ndarray:
    """Return the changes of the mean rate, 1/ms, by K steady pushes of the density, which keep its norm."""
    n, one = d.size, d.summing
    crossing = d.up[-1][:, None] * swept.top[0]
    crossing[:, n:] += leaving
    norm = one @ np.einsum("c,cjk->jk", d.cells, swept.densities()[0, :, 0]) + d.rest * (one @ crossing)
    back = multiply(d.after_spike, crossing)
    again = solve(np.eye(n) - back[:, :n] + np.outer(one, norm[:n]), back[:, n:] - np.outer(one, norm[n:]))
    return np.asarray(one @ (multiply(crossing[:, :n], again) + crossing[:, n:]))
