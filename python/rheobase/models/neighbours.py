"""Pairs of neurons by distance, found cell by cell: neither time nor memory grows with the square of their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import ceil, floor, sqrt

import numpy as np

from rheobase.models.thinning import thinned

#: Cells along a reach, by number of axes.
CELLS_PER_REACH = {1: 16, 2: 8, 3: 4}


def distances(a: np.ndarray, b: np.ndarray, box: np.ndarray | None) -> np.ndarray:
    """Return the distance of each point of `a` to that of `b`, the shortest way round where space repeats."""
    apart = a - b
    if box is not None:
        apart -= box * np.rint(apart / box)
    return np.sqrt(np.einsum("...k,...k->...", apart, apart))


class Cells:
    """Points of two populations in common cells of space."""

    def __init__(self, pre: np.ndarray, post: np.ndarray, box: np.ndarray | None, reach: float) -> None:
        self.pre, self.post, self.box, self.reach = pre, post, box, reach
        both = np.concatenate([pre, post])
        self.origin = np.zeros(pre.shape[1]) if box is not None else both.min(axis=0)
        size = np.maximum(box if box is not None else both.max(axis=0) - self.origin, 1e-300)
        most = ceil((4 * max(len(pre), len(post))) ** (1 / pre.shape[1]))
        wanted = size / reach * CELLS_PER_REACH[pre.shape[1]]
        self.shape = tuple(int(np.clip(floor(min(w, most)), 1, most)) for w in wanted)
        self.width = size / self.shape
        self.pre_order, self.pre_start = self._sorted(pre)
        self.post_order, self.post_start = self._sorted(post)
        filled = np.flatnonzero(np.diff(self.pre_start))
        self.filled, self.places = filled, np.stack(np.unravel_index(filled, self.shape), axis=-1)

    def _sorted(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return points cell after cell, and where those of each begin."""
        place = np.clip(((points - self.origin) / self.width).astype(np.int64), 0, np.array(self.shape) - 1)
        cell = np.ravel_multi_index(tuple(place.T), self.shape)
        start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=int(np.prod(self.shape))))])
        return np.argsort(cell, kind="stable"), start

    def offsets(self) -> Iterator[tuple[np.ndarray, float, float]]:
        """Yield each offset between cells, with the smallest and the largest distance that points may have."""
        for offset in product(*(self._steps(k) for k in range(len(self.shape)))):
            steps = np.abs(np.array(offset))
            near, far = np.maximum(steps - 1, 0) * self.width, (steps + 1) * self.width
            least = sqrt(float(near @ near))
            if least <= self.reach:
                yield np.array(offset), least, sqrt(float(far @ far))

    def _steps(self, axis: int) -> list[int]:
        cells, steps = self.shape[axis], ceil(self.reach / self.width[axis])
        if self.box is None:
            return list(range(-min(steps, cells - 1), min(steps, cells - 1) + 1))
        if 2 * steps + 1 >= cells:  # all the way round, each cell once
            return [k if k <= cells // 2 else k - cells for k in range(cells)]
        return list(range(-steps, steps + 1))

    def pairs(self, offset: np.ndarray, share: float, random: np.random.Generator) -> Iterator[tuple[np.ndarray, ...]]:
        """Yield an independent share of the pairs whose cells lie so far apart, as (pre, post, distance)."""
        target = self.places + offset
        if self.box is not None:
            target %= self.shape
            inside = np.arange(len(target))
        else:
            inside = np.flatnonzero(((target >= 0) & (target < self.shape)).all(axis=1))
        cell, other = self.filled[inside], np.ravel_multi_index(tuple(target[inside].T), self.shape)
        width = np.diff(self.post_start)[other]
        end = np.cumsum(np.diff(self.pre_start)[cell] * width)
        for index in thinned(int(end[-1]) if len(end) else 0, share, random):
            k = np.searchsorted(end, index, side="right")
            behind = end[k] - index - 1  # counted from the last pair of the two cells
            pre = self.pre_order[self.pre_start[cell[k] + 1] - 1 - behind // width[k]]
            post = self.post_order[self.post_start[other[k] + 1] - 1 - behind % width[k]]
            yield pre, post, distances(self.pre[pre], self.post[post], self.box)


def drawn_pairs(
    cells: Cells,
    probability: Callable[[np.ndarray], np.ndarray],
    most: Callable[[float, float], float],
    beyond: float,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw every pair at a distance between `beyond` and the cells' reach with a probability that depends on it.

    `most` tells the largest probability between two distances.
    """
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for offset, least, largest in cells.offsets():
        if largest < beyond:
            continue
        bound = min(1.0, most(max(least, beyond), min(largest, cells.reach)))
        for pre, post, distance in cells.pairs(offset, bound, random):
            accepted = (distance >= beyond) & (distance <= cells.reach)
            pre, post, distance = pre[accepted], post[accepted], distance[accepted]
            taken = random.random(len(distance)) * bound < probability(distance)
            found.append((pre[taken].astype(np.uint32), post[taken].astype(np.uint32)))
    if not found:
        return np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    return np.concatenate([pre for pre, _ in found]), np.concatenate([post for _, post in found])
