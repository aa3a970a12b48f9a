"""An independent share of many, in time that grows with the share."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np

#: Numbers that are given together.
PIECE = 2**20
#: What is less probable than this is as good as impossible.
LEAST = 1e-15


def thinned(total: int, p: float, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the numbers below `total`, each kept with probability `p`, in pieces: by the gaps between those kept."""
    if p >= 1:
        yield from (np.arange(first, min(first + PIECE, total)) for first in range(0, total, PIECE))
        return
    at = -1
    while at < total - 1 and p > LEAST:
        left = (total - at) * p
        index = at + np.cumsum(random.geometric(p, int(min(left + 5 * sqrt(left) + 10, PIECE))))
        at = int(index[-1])
        yield index[: np.searchsorted(index, total)]
