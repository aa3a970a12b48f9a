"""Fixed points that are not isolated but fill a line or a surface, as those of line and ring attractors do."""

from __future__ import annotations

import numpy as np

from rheobase.dynamics.fields import Field
from rheobase.dynamics.fixed_points.newton_steps import speeds

#: Singular values, next to the largest, that count as 0 on a continuum, and how far from a zero others are looked for.
_ZERO, _NEXT = 1e-5, 0.01


def continuum_dimension(F: Field, u: np.ndarray, jacobian: np.ndarray, width: np.ndarray) -> int:
    """Return along how many directions there are other zeros next to a zero u, (n,), on one side at least.

    `width`, (n,), is what each variable may cover: in units of it variables of all sizes count alike.
    """
    if not np.isfinite(jacobian).all():
        return 0
    _, values, axes = np.linalg.svd(jacobian * width)
    scale = max(float(values[0]), change_around(F, u, width, _NEXT))
    flat = axes[values <= _ZERO * scale]
    if not len(flat):
        return 0
    begin = u[:, None] + _NEXT * width[:, None] * np.concatenate([flat, -flat]).T
    end = begin.copy()
    for _ in range(4):
        jacobians = F.many_jacobians(end) * width
        if not np.isfinite(jacobians).all():
            break
        # The shortest step, which leaves the place along the set as it is.
        steps = np.linalg.pinv(jacobians, rcond=1e-3) @ -F.many(end).T[:, :, None]
        end = end + width[:, None] * steps[:, :, 0].T
    near = np.linalg.norm((end - begin) / width[:, None], axis=0) < _NEXT / 2
    zero = near & (speeds(F, end) <= 1e-11 * scale)
    return int(zero.reshape(2, -1).any(axis=0).sum())


def change_around(F: Field, u: np.ndarray, width: np.ndarray, part: float) -> float:
    """Return how steeply the field changes around a zero u, (n,), within a `part` of `width`, per width."""
    shifts = part * np.diag(width)
    around = F.many(np.concatenate([u[:, None] + shifts, u[:, None] - shifts], axis=1))
    return float(np.nan_to_num(np.abs(around), nan=0.0, posinf=0.0).max()) / part
