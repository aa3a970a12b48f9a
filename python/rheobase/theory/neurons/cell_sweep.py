"""Linear systems of a row of cells that pass on only the values at their ends, many at once.

From the lowest cell up, what each cell holds is what it would without the next one, and what the value at the lower end
of that adds; down again these values are put in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rheobase.models.values import Brief
from rheobase.theory.neurons.small_matrices import multiply, solve


def signs_below(degrees: int) -> np.ndarray:
    """Return the signs of the Legendre polynomials at the lower end of a cell; at the upper end they are 1."""
    return np.asarray((-1.0) ** np.arange(degrees))


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Brief):
    """What cells hold without the next ones, and what the values from these add.

    Attributes
    ----------
    alone : list of ndarray, shape (systems, degrees · nodes, K)
        From the lowest cell up; of the systems that have this cell.
    from_above : list of ndarray, shape (systems, degrees · nodes, nodes)
    """

    alone: list[np.ndarray]
    from_above: list[np.ndarray]

    @property
    def top(self) -> np.ndarray:
        """Values at the upper end of the highest cell (systems × nodes × K)."""
        nodes = self.from_above[-1].shape[-1]
        return np.asarray(_by_degree(self.alone[-1], nodes).sum(axis=1))

    def part(self, first: int, end: int) -> Sweep:
        """Return that of some of the systems, which have as many cells."""
        inside = slice(len(self.alone) - sum(len(cell) >= end for cell in self.alone), None)
        return Sweep([c[first:end] for c in self.alone[inside]], [c[first:end] for c in self.from_above[inside]])

    def densities(self, parts: np.ndarray | None = None) -> np.ndarray:
        """Return what cells hold (systems × cells × degrees × nodes × m) of all sources, or of m sums of them (K × m).

        Sums are found with less, and each system may have its own (systems × K × m). Cells that it lacks hold nothing.
        """
        nodes = self.from_above[-1].shape[-1]
        if parts is None:
            held = list(self.alone)
        else:
            held = [multiply(cell, parts if parts.ndim == 2 else parts[: len(cell)]) for cell in self.alone]
        for c in reversed(range(len(held) - 1)):
            above = _by_degree(held[c + 1][: len(held[c])], nodes)
            value = np.einsum("d,bdnk->bnk", signs_below(above.shape[1]), above)
            held[c] = held[c] + multiply(self.from_above[c], value)
        top = _by_degree(held[-1], nodes)
        found = np.zeros((len(top), len(held), *top.shape[1:]), dtype=top.dtype)
        for c, cell in enumerate(held):
            found[: len(cell), c] = _by_degree(cell, nodes)
        return found


def sweep(matrix_of: Callable[[int], np.ndarray], up: np.ndarray, down: np.ndarray, sources: np.ndarray) -> Sweep:
    """Return what sources lead to in systems of cells.

    Parameters
    ----------
    matrix_of : callable
        From the number of a cell to a new array of its matrices (systems × unknowns × unknowns): of the first systems
        alone where the last ones have fewer cells, which lie on top.
    up, down : ndarray, shape (systems or 1, cells + 1, nodes)
        Speeds at the ends of cells, upwards from below and, negative, downwards from above.
    sources : ndarray, shape (systems or 1, cells, degrees · nodes, K)
        What they bring to each cell.

    Raises
    ------
    LinAlgError
        If a system is singular.
    """
    cells, unknowns, k = sources.shape[1:]
    nodes = up.shape[-1]
    degrees = unknowns // nodes
    below = signs_below(degrees)
    signs = np.outer(below, below)[:, None, :, None]
    first = int(np.argmax(sources.any(axis=(0, 2, 3))))
    alone: list[np.ndarray] = []
    from_above: list[np.ndarray] = []
    for c in range(cells):
        matrices = matrix_of(c)
        systems, kind = len(matrices), matrices.dtype
        fed_from_below = len(from_above[-1]) if c else 0
        rising, sinking = up[:fed_from_below, c, :, None], down[:systems, c + 1]
        if c:
            fed = rising * _by_degree(from_above[-1], nodes).sum(axis=1)
            own = matrices.reshape(systems, degrees, nodes, degrees, nodes)[:fed_from_below]
            own += signs * fed[:, None, :, None, :]
        falling = np.flatnonzero(sinking.any(axis=0))
        right = np.zeros((systems, degrees, nodes, len(falling) + (k if c >= first else 0)), dtype=kind)
        right[:, :, falling, np.arange(len(falling))] = sinking[:, None, falling]
        if c >= first:
            brought = right[..., len(falling) :]
            brought -= _by_degree(sources[:systems, c], nodes)
            if c > first:
                risen = rising * _by_degree(alone[-1], nodes).sum(axis=1)
                brought[:fed_from_below] -= below[:, None, None] * risen[:, None]
        solved = solve(matrices, right.reshape(systems, unknowns, -1))
        by_value = np.zeros((systems, unknowns, nodes), dtype=kind)
        by_value[:, :, falling] = solved[..., : len(falling)]
        from_above.append(by_value)
        alone.append(solved[..., len(falling) :] if c >= first else np.zeros((systems, unknowns, k), dtype=kind))
    return Sweep(alone, from_above)


def _by_degree(of_unknowns: np.ndarray, nodes: int) -> np.ndarray:
    """Return an array (systems × unknowns × K) with polynomials and nodes apart."""
    systems, unknowns, k = of_unknowns.shape
    return of_unknowns.reshape(systems, unknowns // nodes, nodes, k)
