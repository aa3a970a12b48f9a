"""Where populations lie: from left to right as spikes run, those that excite one another close together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse.csgraph

from rheobase import checks
from rheobase.plot.diagram.parts import Diagram, Node

#: Radius of a population in one piece, and of a single neuron among several.
POPULATION, NEURON = 0.3, 0.16
#: From centre to centre of neurons in a column, and room for its name above it.
SPACING, TEXT = 0.42, 0.2
#: Between populations of one column, of a pair, and between columns.
GAP, PAIR_GAP, COLUMN_GAP = 0.35, 0.75, 0.95


def places(diagram: Diagram, given: Mapping[str, tuple[float, float]] | None = None) -> dict[str, np.ndarray]:
    """Return the centre of each population; `given` ones lie where they are told to."""
    found = _columns(diagram)
    for name, place in checks.mapping("places", given).items():
        checks.choice("places", name, found)
        found[name] = checks.array(f"places[{name!r}]", place, shape=(2,))
    return found


def radius(node: Node) -> float:
    """Return the radius of each of its circles."""
    return NEURON if node.each else POPULATION


def circles(node: Node, centre: np.ndarray) -> np.ndarray:
    """Return the centres of its circles, shape (circles, 2), from top to bottom."""
    heights = SPACING * (0.5 * (node.circles - 1) - np.arange(node.circles))
    return centre + np.stack([np.zeros(node.circles), heights], axis=1)


def _columns(diagram: Diagram) -> dict[str, np.ndarray]:
    """Place blocks of populations that reach each other in columns, each block right of all that reach it."""
    blocks, depths = _blocks(diagram)
    laid = [_block([diagram.nodes[k] for k in block]) for block in blocks]
    found: dict[str, np.ndarray] = {}
    left = 0.0
    for depth in range(max(depths, default=0) + 1):
        column = [laid[b] for b in range(len(blocks)) if depths[b] == depth]
        half = max((extent[0] for _, extent in column), default=0.0)
        top = 0.5 * (sum(2 * extent[1] for _, extent in column) + GAP * (len(column) - 1))
        for local, extent in column:
            for name, place in local.items():
                found[name] = place + np.array([left + half, top - extent[1]])
            top -= 2 * extent[1] + GAP
        tallest = max((extent[1] for _, extent in column), default=0.0)
        left += 2 * half + COLUMN_GAP * max(1.0, tallest)
    return {name: found[name] for name in diagram.names}


def _blocks(diagram: Diagram) -> tuple[list[list[int]], list[int]]:
    """Return the sets of populations that reach each other, and how many steps each set lies from a beginning."""
    index = {name: k for k, name in enumerate(diagram.names)}
    n = len(index)
    graph = np.zeros((n, n), dtype=bool)
    for arrow in diagram.arrows:
        graph[index[arrow.pre], index[arrow.post]] = True
    n_blocks, labels = scipy.sparse.csgraph.connected_components(graph, directed=True, connection="strong")
    order = list(dict.fromkeys(labels.tolist()))
    blocks = [np.flatnonzero(labels == label).tolist() for label in order]
    between = np.array([[graph[np.ix_(a, b)].any() and a is not b for b in blocks] for a in blocks], dtype=bool)
    depths = [0] * n_blocks
    for _ in blocks:
        for a, b in np.argwhere(between.reshape(n_blocks, n_blocks)):
            depths[b] = max(depths[b], depths[a] + 1)
    return blocks, depths


def _block(nodes: list[Node]) -> tuple[dict[str, np.ndarray], tuple[float, float]]:
    """Place one population, a pair one above the other, or more on a ring; return also half of width and height."""
    halves = [0.5 * SPACING * (node.circles - 1) + radius(node) + (TEXT if node.each else 0.0) for node in nodes]
    if len(nodes) == 1:
        return {nodes[0].name: np.zeros(2)}, (radius(nodes[0]), halves[0])
    if len(nodes) == 2:
        half = sum(halves) + 0.5 * PAIR_GAP
        heights = (half - halves[0], halves[1] - half)
        there = {node.name: np.array([0.0, y]) for node, y in zip(nodes, heights, strict=True)}
        return there, (POPULATION, half)
    ring = max(0.5 + max(halves), (0.25 + max(halves)) / np.sin(np.pi / len(nodes)))
    angles = np.pi * (0.5 + 1 / len(nodes)) - 2 * np.pi * np.arange(len(nodes)) / len(nodes)
    there = {node.name: ring * np.array([np.cos(a), np.sin(a)]) for node, a in zip(nodes, angles, strict=True)}
    return there, (ring + POPULATION, ring + max(halves))
