"""A Gaussian variable at nodes, and in the Hermite modes in which it decays."""

from functools import cache

import numpy as np


@cache
def modes_of(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes z_j, and the orthogonal matrix from amplitudes at nodes (columns) to Hermite modes (rows)."""
    position = np.diag(np.sqrt(np.arange(1.0, nodes)), 1)
    z, modes = np.linalg.eigh(position + position.T)
    return z, modes * np.sign(modes[0])
